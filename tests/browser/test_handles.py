"""Handles under a mouse and a keyboard: the figure follows the hand, the address follows the release."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from numpy.testing import assert_allclose
from playwright.sync_api import Locator, Page, expect

import activations
from activations import softmax
from figures import function
from figures.function import POINTS, SLOPE, TANGENT, VALUE
from figures.numbers import number
from figures.softmax import cut
from ui.language import Words

EN = Words("en")
THUMB = 22.4  # px, of the slider in ui/scrubber/scrubber.css
Idle = Callable[[Page], None]


def handle(page: Page, name: str) -> Locator:
    return page.locator(f"input[data-handle={name}]")


def exact(page: Page, name: str) -> Locator:
    return page.locator(f"input[data-exact={name}]")


def slot(page: Page, name: str) -> Locator:
    return page.locator(f"[data-slot={name}]").first


def sentence(page: Page, name: str) -> Locator:
    """What is said beside the field of a handle."""
    return page.locator(".handle", has=handle(page, name)).locator("[role=alert]")


def said(label: str, what: str) -> str:
    """The words of a handle's button for the ear."""
    return f"{label}: {EN(f'scrubber.{what}')}"


def hold(page: Page, name: str, to: float) -> None:
    """Take a handle and move it to a share (0 to 1) of its way, without letting go."""
    slider = handle(page, name)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    now = int(slider.input_value()) / int(slider.get_attribute("max") or 1)
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + THUMB / 2 + now * (box["width"] - THUMB), y)
    page.mouse.down()
    page.mouse.move(box["x"] + THUMB / 2 + to * (box["width"] - THUMB), y, steps=5)


def drawn(page: Page, trace: int, attribute: str = "y", chart: int = 0) -> np.ndarray:
    """What a trace of a chart shows now, once Plotly has taken it in hand."""
    asked = [chart, trace, attribute]
    # what came as bytes, Plotly decodes when it draws
    page.wait_for_function(
        """([chart, trace, attribute]) => {
            const values = document.querySelectorAll('.js-plotly-plot')[chart]?.data?.[trace]?.[attribute]
            return Number.isInteger((values?._inputArray ?? values)?.length)
        }""",
        arg=asked,
    )
    found = page.evaluate(
        """([chart, trace, attribute]) => {
            const values = document.querySelectorAll('.js-plotly-plot')[chart].data[trace][attribute]
            return Array.from(values._inputArray ?? values, (value) => Number.isFinite(value) ? value : null)
        }""",
        asked,
    )
    return np.array(found, dtype=float)


def query(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))


def arrives(page: Page, name: str, text: str) -> None:
    """Wait until the address has this entry: components come after the page, and keys are told after a pause."""
    page.wait_for_function(
        "([name, text]) => new URLSearchParams(location.search).get(name) === text", arg=[name, text]
    )


def count_runs(page: Page) -> None:
    """From now on `runs` says how often the script's state has changed: 0 as long as it has not run."""
    page.evaluate(
        """() => {
            window.__runs = 0
            const app = document.querySelector('[data-testid="stApp"]')
            new MutationObserver((changes) => { window.__runs += changes.length })
                .observe(app, { attributeFilter: ['data-test-script-state'] })
        }"""
    )


def runs(page: Page) -> int:
    return page.evaluate("window.__runs")


def test_a_drag_moves_the_points_before_any_run_and_the_address_on_release(open_page, wait_idle: Idle) -> None:
    page = open_page("/sigmoid?x=2")
    sigmoid = activations.get("sigmoid")
    assert_allclose(drawn(page, POINTS, "x"), 2)
    expect(slot(page, "y")).to_have_text("0.8808")
    arrives(page, "lang", "en")
    address, visits = page.url, page.evaluate("history.length")
    count_runs(page)

    hold(page, "x", 0.25)
    x = float(function.x_positions(6.0)[int(handle(page, "x").input_value())])
    assert x == pytest.approx(-3, abs=0.1)
    expect(slot(page, "y")).to_have_text(number(float(sigmoid(x))))
    expect(slot(page, "slope")).to_have_text(number(float(sigmoid.derivative(x))))
    page.wait_for_function("x => document.querySelector('.js-plotly-plot').data[3].x[0] < x", arg=x + 0.001)
    assert_allclose(drawn(page, POINTS, "x"), x, atol=1e-6)
    assert_allclose(drawn(page, POINTS), [sigmoid(x), sigmoid.derivative(x)], atol=1e-6)
    assert_allclose(drawn(page, TANGENT, "x"), [x - 2, x + 2], atol=1e-6)
    assert page.url == address
    assert runs(page) == 0

    page.mouse.up()
    arrives(page, "x", f"{x:.10g}")
    wait_idle(page)
    assert runs(page) == 0, "nothing that the server makes depends on x here"
    assert query(page) == {"lang": "en", "x": f"{x:.10g}"}
    assert page.evaluate("history.length") == visits

    seen = [slot(page, name).text_content() for name in ("x", "y", "slope", "downstream")]
    points = drawn(page, POINTS)
    page.reload()
    wait_idle(page)
    assert [slot(page, name).text_content() for name in ("x", "y", "slope", "downstream")] == seen
    assert_allclose(drawn(page, POINTS), points, atol=1e-6)
    assert query(page)["x"] == f"{x:.10g}"


def test_one_handle_after_another_asks_for_no_run(open_page, wait_idle: Idle) -> None:
    page = open_page("/leaky_relu?lang=en&x=-2&alpha=0.1")
    count_runs(page)
    hold(page, "alpha", 0.5)
    page.mouse.up()
    page.wait_for_function("new URLSearchParams(location.search).get('alpha') != '0.1'")
    alpha = float(query(page)["alpha"])
    assert alpha == pytest.approx(0.5, abs=0.05)
    f = activations.get("leaky_relu", alpha=alpha)

    hold(page, "x", 0.25)
    x = float(function.x_positions(6.0)[int(handle(page, "x").input_value())])
    expect(slot(page, "y")).to_have_text(number(float(f(x))))
    expect(slot(page, "slope")).to_have_text(number(alpha))
    page.mouse.up()
    arrives(page, "x", f"{x:.10g}")
    assert_allclose(drawn(page, POINTS)[1:], [float(f(x)), alpha], atol=1e-6)

    handle(page, "alpha").press("End")  # there it becomes the identity: the facts under the figure change
    arrives(page, "alpha", "1")
    expect(slot(page, "y")).to_have_text(number(x))
    wait_idle(page)
    assert runs(page) > 0
    expect(page.get_by_text("every derivative is continuous")).to_be_visible()


def test_logits_are_kept_in_the_address_without_a_run(open_page, wait_idle: Idle) -> None:
    page = open_page("/softmax?lang=en")
    count_runs(page)
    handle(page, "z1").press("End")
    arrives(page, "z", "2,10,0.1")
    handle(page, "t").press("End")
    arrives(page, "t", "20")
    handle(page, "z0").press("Home")
    arrives(page, "z", "-10,10,0.1")
    expect(slot(page, "p0")).to_have_text(number(float(softmax([-10, 10, 0.1], temperature=20)[0])))
    wait_idle(page)
    assert_allclose(drawn(page, 1), softmax([-10, 10, 0.1], temperature=20), atol=1e-6)
    assert runs(page) == 0
    # back at the start the address says nothing of it
    page.get_by_role("button", name=EN("scrubber.reset"), exact=True).click()
    page.wait_for_function("location.search === '?lang=en'")


def test_films_that_do_not_come_by_address_come_with_runs(open_page, wait_idle: Idle) -> None:
    page = open_page("/leaky_relu?lang=en&x=-2&alpha=0.1")
    page.route("**/films/**", lambda route: route.fulfill(status=204))  # as a proxy might that knows of no films
    hold(page, "alpha", 0.5)
    page.mouse.up()
    page.wait_for_function("new URLSearchParams(location.search).get('alpha') != '0.1'")
    wait_idle(page)
    alpha = float(query(page)["alpha"])
    handle(page, "x").press("Home")
    arrives(page, "x", "-6")
    expect(slot(page, "y")).to_have_text(number(-6 * alpha))
    assert_allclose(drawn(page, POINTS)[1:], [-6 * alpha, alpha], atol=1e-6)


def test_saving_the_figure_or_opening_a_reference_keeps_what_was_moved(open_page, wait_idle: Idle) -> None:
    page = open_page("/sigmoid?lang=en&x=1")
    hold(page, "x", 0.25)
    page.mouse.up()
    arrives(page, "x", "-3")
    with page.expect_download():  # Plotly clicks a link of its own
        page.get_by_role("button", name=EN("scrubber.svg"), exact=True).click()
    page.locator('[data-testid="stMain"] a[href^="http"]').first.click(modifiers=["ControlOrMeta"])
    wait_idle(page)
    assert query(page)["x"] == "-3"
    assert exact(page, "x").input_value() == "-3.00"
    assert_allclose(drawn(page, POINTS, "x"), -3, atol=1e-6)


def test_a_change_of_theme_keeps_what_two_handles_have_moved(open_page, wait_idle: Idle) -> None:
    page = open_page("/leaky_relu?lang=en&x=1&alpha=0.1")
    for name in ("alpha", "x"):
        hold(page, name, 0.25)
        page.mouse.up()
        page.wait_for_function("name => !location.search.includes(`${name}=1`)", arg=name)
    before = [drawn(page, trace) for trace in (VALUE, SLOPE, POINTS)]
    assert before[0][0] < -1
    page.emulate_media(color_scheme="dark")  # upon which Streamlit draws its own figure again
    wait_idle(page)
    page.wait_for_function(
        """() => {
            const { y } = document.querySelector('.js-plotly-plot').data[0]
            return ArrayBuffer.isView(y) && y[0] < -1
        }"""
    )
    for trace, values in zip((VALUE, SLOPE, POINTS), before, strict=True):
        assert_allclose(drawn(page, trace), values)


def test_keys_on_one_handle_and_at_once_on_another_move_both(open_page) -> None:
    page = open_page("/leaky_relu?lang=en&x=-2&alpha=0.1")
    expect(exact(page, "alpha")).to_have_value("0.100")
    handle(page, "alpha").press("ArrowRight")  # told after a pause
    handle(page, "x").press("ArrowRight")
    arrives(page, "x", "-1.98")
    arrives(page, "alpha", "0.11")
    f = activations.get("leaky_relu", alpha=0.11)
    expect(slot(page, "y")).to_have_text(number(float(f(-1.98))))
    page.wait_for_function("Math.abs(document.querySelector('.js-plotly-plot').data[3].x[1] + 1.98) < 1e-6")
    assert_allclose(drawn(page, POINTS)[1:], [float(f(-1.98)), 0.11], atol=1e-6)


def test_a_playing_handle_is_let_go_where_it_is_when_another_is_taken(open_page) -> None:
    page = open_page("/leaky_relu?lang=en&x=-2&alpha=0.1")
    expect(exact(page, "alpha")).to_have_value("0.100")
    page.get_by_role("button", name=said("α", "play")).click()
    expect(exact(page, "alpha")).not_to_have_value("0.100")
    page.get_by_role("button", name=said("x", "more")).click()
    arrives(page, "x", "-1.98")
    alpha = float(query(page)["alpha"])
    assert float(exact(page, "alpha").input_value()) == pytest.approx(alpha)
    expect(slot(page, "y")).to_have_text(number(-1.98 * alpha))


def test_a_class_is_added_to_the_logits_as_they_stand(open_page) -> None:
    page = open_page("/softmax?lang=en")
    handle(page, "z0").press("End")
    arrives(page, "z", "10,1,0.1")
    page.get_by_role("button", name=EN("softmax.classes")).click()
    page.get_by_role("button", name=EN("softmax.add")).click()
    arrives(page, "z", "10,1,0.1,0")


def test_a_link_made_by_the_browser_holds_what_the_server_has_settled(open_page, wait_idle: Idle) -> None:
    page = open_page("/saturation?lang=en&part=depth&n=25")
    for _ in range(5):
        handle(page, "n").press("ArrowLeft")
    page.wait_for_function("!location.search.includes('n=25')")
    assert query(page) == {"lang": "en", "part": "depth"}  # 20 is the default
    page.reload()
    wait_idle(page)
    expect(handle(page, "n")).to_be_visible()


def test_what_the_server_has_not_heard_of_is_told_before_anything_else_is_touched(open_page, wait_idle: Idle) -> None:
    page = open_page("/sigmoid?lang=en&x=2")
    count_runs(page)
    for to in (0.25, 0.75):
        hold(page, "x", to)
        page.mouse.up()
    x = f"{function.x_positions(6.0)[int(handle(page, 'x').input_value())]:.10g}"
    arrives(page, "x", x)
    assert runs(page) == 0
    page.get_by_text(Words("en")("function.curvature")).click()
    arrives(page, "d2", "1")
    wait_idle(page)
    assert query(page) == {"lang": "en", "x": x, "d2": "1"}
    assert float(exact(page, "x").input_value()) == float(x)
    handle(page, "x").press("Home")
    arrives(page, "x", "-6")
    page.get_by_role("button", name="中文").click()
    arrives(page, "lang", "zh")
    wait_idle(page)
    assert query(page) == {"lang": "zh", "x": "-6", "d2": "1"}
    assert exact(page, "x").input_value() == "-6.00"
    handle(page, "x").press("End")
    arrives(page, "x", "6")
    page.keyboard.press("Tab")  # out of the handle, within the scrubber: nothing is told yet
    page.get_by_role("link", name="Tanh").first.click()
    wait_idle(page)
    page.go_back()
    arrives(page, "x", "6")
    wait_idle(page)
    assert exact(page, "x").input_value() == "6.00"


def test_keys_buttons_and_typing(open_page, wait_idle: Idle) -> None:
    page = open_page("/sigmoid?x=1")
    x = handle(page, "x")
    x.focus()
    assert x.get_attribute("aria-valuetext") == "1.00"
    page.keyboard.press("ArrowRight")
    assert x.get_attribute("aria-valuetext") == "1.02"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert x.get_attribute("aria-valuetext") == "0.98"
    page.keyboard.press("PageUp")
    assert float(x.get_attribute("aria-valuetext") or "nan") > 1.5
    page.keyboard.press("PageDown")
    page.keyboard.press("Home")
    assert x.get_attribute("aria-valuetext") == "−6.00"
    page.keyboard.press("End")
    assert x.get_attribute("aria-valuetext") == "6.00"
    expect(slot(page, "y")).to_have_text("0.9975")
    arrives(page, "x", "6")
    wait_idle(page)
    expect(x).to_be_focused()  # the answer of the server takes nothing out of the hand

    page.get_by_role("button", name=said("x", "less")).click()
    assert x.get_attribute("aria-valuetext") == "5.98"
    page.get_by_role("button", name=said("x", "more")).click()
    page.get_by_role("button", name=said("x", "less")).click()
    arrives(page, "x", "5.98")
    wait_idle(page)

    field = exact(page, "x")
    assert field.input_value() == "5.98"
    field.fill("1.2345")
    field.press("Enter")
    arrives(page, "x", "1.2345")
    wait_idle(page)
    assert x.get_attribute("aria-valuetext") == "1.2345"
    assert_allclose(drawn(page, POINTS, "x"), 1.2345, atol=1e-6)  # between two positions of the handle
    expect(slot(page, "y")).to_have_text(number(float(activations.get("sigmoid")(1.2345))))

    x.press("ArrowRight")
    arrives(page, "x", "1.26")
    wait_idle(page)
    field.fill("1.2345")  # the same text a second time
    field.blur()
    arrives(page, "x", "1.2345")
    wait_idle(page)

    for wrong in ("two", "", "nan", "41"):
        field.fill(wrong)
        field.press("Enter")
        wait_idle(page)
        expect(sentence(page, "x")).to_have_text(EN("fault.number", low="−40", high="40"))
        assert field.input_value() == wrong
        assert query(page)["x"] == "1.2345"
        assert_allclose(drawn(page, POINTS, "x"), 1.2345, atol=1e-6)

    page.get_by_role("button", name=EN("scrubber.reset"), exact=True).click()
    wait_idle(page)
    assert query(page) == {"lang": "en"}
    assert field.input_value() == "1.00"
    expect(sentence(page, "x")).to_be_empty()
    assert_allclose(drawn(page, POINTS, "x"), 1, atol=1e-6)


def test_play_and_pause(open_page, wait_idle: Idle) -> None:
    page = open_page("/tanh?x=-6")
    count_runs(page)
    page.get_by_role("button", name=said("x", "play")).click()
    page.wait_for_function("() => document.querySelector('.js-plotly-plot').data[3].x[0] > -5")
    assert runs(page) == 0
    page.get_by_role("button", name=said("x", "pause")).click()
    wait_idle(page)
    x = float(query(page)["x"])
    assert -5 < x < 6
    expect(page.get_by_role("button", name=said("x", "play"))).to_be_visible()
    assert_allclose(drawn(page, POINTS, "x"), x, atol=1e-6)


def test_a_film_that_plays_to_its_end_stays_there(open_page, wait_idle: Idle) -> None:
    page = open_page("/relu?x=5.5", reduced_motion=True)
    page.get_by_role("button", name=said("x", "play")).click()
    page.wait_for_function("() => document.querySelector('.js-plotly-plot').data[3].x.at(-1) > 5.99")
    wait_idle(page)
    assert query(page)["x"] == "6"


def test_a_parameter_moves_the_curve_itself(open_page, wait_idle: Idle) -> None:
    page = open_page("/leaky_relu?x=-2")
    count_runs(page)
    hold(page, "alpha", 0.5)
    page.wait_for_function("() => document.querySelector('.js-plotly-plot').data[0].y[0] < -2")
    f = activations.get("leaky_relu")
    alpha = float(function.parameter_positions(f.parameters()[0])[int(handle(page, "alpha").input_value())])
    f = activations.get("leaky_relu", alpha=alpha)
    grid = drawn(page, VALUE, "x")
    assert_allclose(drawn(page, VALUE), f(grid), atol=1e-6)
    assert_allclose(drawn(page, SLOPE), f.derivative(grid), atol=1e-6)
    assert runs(page) == 0
    page.mouse.up()
    arrives(page, "alpha", f"{alpha:.10g}")
    wait_idle(page)
    assert query(page) == {"lang": "en", "x": "-2", "alpha": f"{alpha:.10g}"}
    expect(slot(page, "y")).to_have_text(number(-2 * alpha))

    # At 1 the kink is gone, but the curve keeps its points.
    handle(page, "alpha").press("End")
    arrives(page, "alpha", "1")
    wait_idle(page)
    grid = drawn(page, VALUE, "x")
    assert_allclose(drawn(page, VALUE), grid, atol=1e-5)
    assert len(drawn(page, POINTS, "x")) == len(drawn(page, POINTS))


def test_a_parameter_moves_what_stands_around_the_figure_too(open_page, wait_idle: Idle) -> None:
    page = open_page("/elu?x=-1")
    facts = page.locator(".st-key-facts")
    expect(facts).to_contain_text("(−1, ∞)")
    for key, alpha in (("End", "2"), ("Home", "0.1")):
        handle(page, "alpha").press(key)
        arrives(page, "alpha", alpha)
        wait_idle(page)
        f = activations.get("elu", alpha=float(alpha))
        expect(facts).to_contain_text(f"(−{alpha}, ∞)")
        expect(slot(page, "y")).to_have_text(number(f(-1)))
        assert_allclose(drawn(page, SLOPE), f.derivative(drawn(page, VALUE, "x")), atol=1e-6)


def test_a_wider_window_keeps_x_and_a_link_beyond_the_window_widens_it(open_page, wait_idle: Idle) -> None:
    page = open_page("/sigmoid?x=2&w=3")
    page.get_by_role("radio", name="±12").or_(page.get_by_role("button", name="±12")).click()
    wait_idle(page)
    assert query(page) == {"lang": "en", "x": "2", "w": "12"}
    assert_allclose(drawn(page, POINTS, "x"), 2, atol=1e-6)
    page.goto("/sigmoid?x=30&w=3")
    wait_idle(page)
    assert_allclose(drawn(page, POINTS, "x"), 30, atol=1e-5)
    assert page.evaluate("document.querySelector('.js-plotly-plot').layout.xaxis.range") == [-40, 40]


# For each trace of bars, whether each of them has a colour: those that Plotly has not styled are black.
BARS = """() => [...document.querySelectorAll('.js-plotly-plot .barlayer .trace')].map((trace) =>
    [...trace.querySelectorAll('.point path')].map((bar) => getComputedStyle(bar).fill !== 'rgb(0, 0, 0)'))"""


def test_temperature_moves_the_bars_and_leaves_the_ghost(open_page, wait_idle: Idle) -> None:
    page = open_page("/softmax")
    logits = [2, 1, 0.1]
    assert_allclose(drawn(page, 1), [0.659, 0.242, 0.099], atol=5e-4)
    count_runs(page)
    hold(page, "t", 0.8)
    page.wait_for_function("() => document.querySelector('.js-plotly-plot').data[1].y[0] < 0.5")
    t = float(exact(page, "t").input_value())
    assert t > 4
    p = softmax(logits, temperature=t)
    assert_allclose(drawn(page, 1), p, atol=1e-6)
    assert_allclose(drawn(page, 0), softmax(logits), atol=1e-6)
    assert page.evaluate(BARS) == [[True] * 3] * 2
    for index, share in enumerate(p.tolist()):  # the readout follows the bars by a frame
        expect(slot(page, f"p{index}")).to_have_text(number(share))
    expect(slot(page, "sum")).to_have_text("1.0000")
    assert runs(page) == 0
    page.mouse.up()
    wait_idle(page)
    assert float(query(page)["t"]) == t

    hold(page, "z2", 0.9)
    page.wait_for_function("() => document.querySelector('.js-plotly-plot').data[1].y[2] > 0.5")
    page.mouse.up()
    wait_idle(page)
    z = [float(value) for value in query(page)["z"].split(",")]
    assert z[:2] == logits[:2]
    assert z[2] == pytest.approx(8, abs=0.3)
    assert_allclose(drawn(page, 1), softmax(z, temperature=t), atol=1e-6)
    assert_allclose(drawn(page, 0), softmax(z), atol=1e-6)
    assert page.evaluate(BARS) == [[True] * 3] * 2

    page.get_by_role("button", name=EN("scrubber.reset"), exact=True).click()
    wait_idle(page)
    assert query(page) == {"lang": "en"}
    assert_allclose(drawn(page, 1), softmax(logits), atol=1e-6)


def test_numbers_on_cells_stand_out_from_them_in_the_dark_too(open_page) -> None:
    page = open_page("/softmax?part=jacobian", dark=True)
    fills = page.evaluate(
        "[...document.querySelectorAll('.heatmap-label text')].map((one) => getComputedStyle(one).fill)"
    )
    assert len(fills) == 9
    assert set(fills) == {"rgb(255, 255, 255)", "rgb(68, 68, 68)"}  # light on strong colours, dark on pale ones


def test_more_bars_than_before_all_have_their_colours(open_page, wait_idle: Idle) -> None:
    page = open_page("/softmax?lang=en")
    handle(page, "t").press("PageUp")
    for name, many in (("softmax.preset.image", 4), ("softmax.preset.words", 6)):
        page.get_by_role("button", name=EN(name)).click()
        page.wait_for_function("many => document.querySelector('.js-plotly-plot').data[1].y.length === many", arg=many)
        wait_idle(page)
        page.wait_for_timeout(300)  # a frame of the figure before would come in this time
        assert page.evaluate(BARS) == [[True] * many] * 2
        handle(page, "t").press("PageUp")
        page.wait_for_timeout(300)
        assert page.evaluate(BARS) == [[True] * many] * 2


def test_a_logit_that_is_no_number_is_refused_and_the_picture_stays(open_page, wait_idle: Idle) -> None:
    page = open_page("/softmax?z=3,1,2")
    bars = drawn(page, 1)
    for wrong in ("", "nan", "inf", "1e308"):
        field = exact(page, "z1")
        field.fill(wrong)
        field.press("Enter")
        wait_idle(page)
        expect(sentence(page, "z1")).to_have_text(EN("fault.number", low="−1000", high="1000"))
        assert field.input_value() == wrong
        assert_allclose(drawn(page, 1), bars, atol=1e-6)
        assert query(page)["z"] == "3,1,2"
    exact(page, "z1").fill("1000")
    exact(page, "z1").press("Enter")
    wait_idle(page)
    expect(sentence(page, "z1")).to_be_empty()
    page.wait_for_function("() => document.querySelector('.js-plotly-plot').data[1].y[1] > 0.999")
    assert_allclose(drawn(page, 1), [0, 1, 0], atol=1e-6)


def test_names_of_classes_are_text_and_short(open_page, wait_idle: Idle) -> None:
    page = open_page("/softmax")
    page.on("dialog", lambda dialog: pytest.fail(f"a name was run as a script: {dialog.message}"))
    page.get_by_test_id("stPopoverButton").click()
    for field, name in (("1", "<img src=x onerror=a()>"), ("2", "<b>" + "x" * 10_000), ("3", "猫 🐈")):
        box = page.get_by_role("textbox", name=EN("softmax.name", number=field))
        box.fill(name)
        box.press("Enter")
        wait_idle(page)
        cut_short = page.get_by_text(EN("softmax.name.cut", number=field, longest=24))
        expect(cut_short).to_have_count(1 if len(name) > 24 else 0)
    page.keyboard.press("Escape")
    long = "<b>" + "x" * 20 + "…"
    assert query(page)["names"] == f"<img src=x onerror=a()>|{long}|猫 🐈"
    for index, name in enumerate(("<img src=x onerror=a()>", long, "猫 🐈")):
        expect(page.locator(f"label[for=handle-z{index}]")).to_have_text(name)
        expect(page.locator(".js-plotly-plot .xtick text").nth(index)).to_have_text(cut(name))
    assert page.locator("img[src=x]").count() == 0
    page.reload()
    wait_idle(page)
    expect(page.locator("label[for=handle-z0]")).to_have_text("<img src=x onerror=a()>")
