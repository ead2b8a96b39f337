"""The demonstrations and the tools, each by one journey."""

from collections.abc import Callable

import numpy as np
from numpy.testing import assert_allclose
from playwright.sync_api import Page, expect

import activations
from activations.experiments import saturation_bounds
from figures import compare
from figures.numbers import number
from lessons import choosing
from tests.browser.test_handles import arrives, count_runs, drawn, exact, handle, hold, query, runs, slot
from ui import frame
from ui.language import Words

Idle = Callable[[Page], None]
POINTS = (2, 3)  # of the figure that compares: behind the curves of the two panels
SECONDS = 30_000  # ms: two trainings, on a loaded machine


def test_the_deadly_setting_is_one_click_away(open_page, wait_idle: Idle) -> None:
    page = open_page("/dead_relu?lang=en&spread=0")
    expect(slot(page, "dead0")).to_have_text("2 / 32", timeout=SECONDS)
    page.get_by_role("button", name=Words("en")("dead_relu.preset.deadly")).click()
    expect(slot(page, "dead0")).to_have_text("32 / 32", timeout=SECONDS)
    expect(slot(page, "dead1")).to_have_text("0 / 32")
    wait_idle(page)
    assert query(page)["rate"] == "2"
    assert (drawn(page, 0) == 0).all()

    # Before the first epoch two are dead; the handle goes back there without a run.
    count_runs(page)
    hold(page, "epoch", 0.0)
    expect(slot(page, "dead0")).to_have_text("2 / 32")
    assert (drawn(page, 0) > 0).sum() == 30
    assert runs(page) == 0
    page.mouse.up()
    arrives(page, "epoch", "0")

    wait_idle(page)
    page.get_by_role("button", name=Words("en")("dead_relu.preset.healthy")).click()
    expect(slot(page, "dead0")).to_have_text("2 / 32", timeout=SECONDS)
    wait_idle(page)
    assert query(page) == {"lang": "en", "spread": "0"}


def test_a_path_of_answers_ends_in_a_recommendation_and_its_page(open_page, wait_idle: Idle) -> None:
    page = open_page("/choose?lang=en")
    path, found = next(iter(choosing.every_answer()))
    given: dict[str, str] = {}
    while choosing.recommend(given) is None:
        asked = next(one for one in choosing.questions(given) if one.id not in given)
        given[asked.id] = path[asked.id]
        label = choosing.label(asked.id, path[asked.id], language="en")
        page.get_by_role("radio", name=label).or_(page.get_by_role("button", name=label, exact=True)).first.click()
        arrives(page, asked.id, path[asked.id])
        wait_idle(page)
    assert query(page) == {"lang": "en"} | path
    advice = choosing.advice(found.id, "en")
    expect(page.locator(".st-key-recommendation")).to_contain_text(advice.headline)
    page.locator(".st-key-recommendation").get_by_test_id("stPageLink-NavLink").click()
    page.wait_for_url(f"**/{found.page}?*")
    wait_idle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(frame.title(found.page, "en"))
    assert dict(found.query).items() <= query(page).items()
    page.go_back()
    page.wait_for_url("**/choose?*")
    wait_idle(page)
    expect(page.locator(".st-key-recommendation")).to_contain_text(advice.headline)


def test_one_handle_moves_over_every_curve(open_page, wait_idle: Idle) -> None:
    page = open_page("/compare?lang=en&f=relu,sigmoid,leaky_relu&x=1")
    functions = [activations.get(name) for name in ("relu", "sigmoid", "leaky_relu")]
    expect(slot(page, compare.slot("sigmoid", "value"))).to_have_text("0.7311")
    count_runs(page)
    hold(page, "x", 0.2)
    page.wait_for_function("() => document.querySelector('.js-plotly-plot').data.at(-1).x[0] < -1")
    x = float(exact(page, "x").input_value())
    assert x < -1
    for panel, of in enumerate(("__call__", "derivative")):
        heights = [float(getattr(f, of)(x)) for f in functions]
        points = drawn(page, POINTS[panel])
        assert_allclose(points[1:-1], heights, atol=1e-6)
        for f, height in zip(functions, heights, strict=True):
            expect(slot(page, compare.slot(f.name, ("value", "slope")[panel]))).to_have_text(number(height))
    assert runs(page) == 0
    page.mouse.up()
    wait_idle(page)
    assert float(query(page)["x"]) == x

    page.get_by_test_id("stMain").get_by_text("Tanh", exact=False).first.click()
    page.wait_for_function("() => new URLSearchParams(location.search).get('f').includes('tanh')")
    wait_idle(page)
    assert float(query(page)["x"]) == x
    expect(slot(page, compare.slot("tanh", "value"))).to_have_text(number(float(np.tanh(x))))


def test_the_share_handle_moves_the_saturated_zone(open_page, wait_idle: Idle) -> None:
    page = open_page("/saturation?lang=en")
    _, right = saturation_bounds(activations.get("sigmoid"), 0.01)
    expect(slot(page, "bounds")).to_contain_text(f"{right:.3f}")
    before = slot(page, "bounds").text_content()
    count_runs(page)
    hold(page, "share", 0.9)
    expect(slot(page, "bounds")).not_to_have_text(before or "")
    moved = slot(page, "bounds").text_content()
    assert runs(page) == 0
    page.mouse.up()
    wait_idle(page)
    share = float(query(page)["share"])
    assert share > 0.01
    assert slot(page, "bounds").text_content() == moved
    page.reload()
    wait_idle(page)
    expect(slot(page, "bounds")).to_have_text(moved or "")
    assert handle(page, "share").count() == 1


def test_the_share_may_be_typed_as_it_is_said(open_page, wait_idle: Idle) -> None:
    page = open_page("/saturation?lang=en")
    expect(exact(page, "share")).to_have_value("1%")
    exact(page, "share").fill("10%")
    exact(page, "share").press("Enter")
    arrives(page, "share", "0.1")
    wait_idle(page)
    expect(exact(page, "share")).to_have_value("10%")
    expect(slot(page, "percent")).to_have_text("10%")


def test_a_shift_is_reset_and_its_link_copied(open_page, wait_idle: Idle) -> None:
    page = open_page("/softmax?lang=en&part=shift&shift=700&z=5,1&target=0")
    expect(slot(page, "s0")).to_be_visible()
    assert page.locator("th sup").first.text_content() == "z/T"
    page.get_by_role("button", name=Words("en")("scrubber.link"), exact=True).click()
    expect(page.get_by_text(Words("en")("scrubber.copied"), exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.get_by_role("button", name=Words("en")("scrubber.reset"), exact=True).click()
    page.wait_for_function("!location.search.includes('shift=')")
    wait_idle(page)
    assert query(page) == {"lang": "en", "part": "shift"}
