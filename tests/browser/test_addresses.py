"""Addresses in a browser: language, history, hostile links."""

from collections.abc import Callable

import pytest
from numpy.testing import assert_allclose
from playwright.sync_api import Page, expect

from figures.function import CURVATURE, POINTS
from tests.browser.test_handles import EN, arrives, drawn, exact, handle, query, sentence, slot
from ui import frame
from ui.language import Words

Idle = Callable[[Page], None]


def test_the_switch_of_language_keeps_the_state_and_a_new_tab_remembers(open_page, wait_idle: Idle) -> None:
    page = open_page("/leaky_relu?x=-2.5&alpha=0.2&w=12")
    arrives(page, "lang", "en")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title() == frame.title("leaky_relu", "en")
    before = query(page)
    exact(page, "x").fill("two")
    exact(page, "x").press("Enter")
    wait_idle(page)

    page.get_by_role("button", name="中文").click()
    wait_idle(page)
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    expect(page.get_by_role("heading", level=1)).to_have_text(frame.title("leaky_relu", "zh"))
    assert query(page) == before | {"lang": "zh"}
    expect(sentence(page, "x")).to_have_text(Words("zh")("fault.number", low="−40", high="40"))
    expect(slot(page, "y")).to_have_text("−0.5000")

    page.goto("/tanh")  # a link without a language, as a new tab would open it
    wait_idle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(frame.title("tanh", "zh"))
    arrives(page, "lang", "zh")
    assert page.title() == frame.title("tanh", "zh")


@pytest.mark.parametrize(("language", "lang"), [("zh", "zh-CN"), ("en", "en")])
def test_a_first_visit_follows_the_browsers_language(open_page, language: str, lang: str) -> None:
    page = open_page("/", language=language)
    arrives(page, "lang", language)
    assert page.locator("html").get_attribute("lang") == lang


def test_back_and_forward_go_from_page_to_page_and_find_the_state(open_page, wait_idle: Idle) -> None:
    page = open_page("/?lang=en")
    begun = page.evaluate("history.length")
    page.get_by_test_id("stMain").get_by_role("link", name="Sigmoid").first.click()
    page.wait_for_url("**/sigmoid?*")
    wait_idle(page)
    for value in ("2", "-3", "4"):
        exact(page, "x").fill(value)
        exact(page, "x").press("Enter")
        arrives(page, "x", value)
        wait_idle(page)
    assert page.evaluate("history.length") == begun + 1  # the releases have replaced the address

    page.get_by_test_id("stSidebar").get_by_role("link", name="Tanh").click()
    page.wait_for_url("**/tanh?*")
    wait_idle(page)
    arrives(page, "lang", "en")
    assert query(page) == {"lang": "en"}
    assert page.evaluate("history.length") == begun + 2

    page.go_back()
    page.wait_for_url("**/sigmoid?*")
    wait_idle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sigmoid")
    assert query(page)["x"] == "4"
    assert_allclose(drawn(page, POINTS, "x"), 4, atol=1e-6)
    page.go_back()
    wait_idle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(frame.title("", "en"))
    page.go_forward()
    page.wait_for_url("**/sigmoid?*")
    wait_idle(page)
    assert_allclose(drawn(page, POINTS, "x"), 4, atol=1e-6)
    assert handle(page, "x").get_attribute("aria-valuetext") == "4.00"


def test_a_link_of_the_lesson_sets_the_state_of_this_page(open_page, wait_idle: Idle) -> None:
    page = open_page("/softmax?lang=en&z=5,5")
    page.get_by_role("link", name="Cool: T = 0.5").click()
    arrives(page, "t", "0.5")
    wait_idle(page)
    assert float(exact(page, "t").input_value()) == 0.5
    assert_allclose(drawn(page, 1), [0.864, 0.117, 0.019], atol=5e-4)
    # clicked again after a change, it sets the same state again
    handle(page, "t").press("End")
    arrives(page, "t", "20")
    wait_idle(page)
    page.get_by_role("link", name="Cool: T = 0.5").click()
    arrives(page, "t", "0.5")
    wait_idle(page)
    assert_allclose(drawn(page, 1), [0.864, 0.117, 0.019], atol=5e-4)


def test_a_hostile_link_gives_notices_and_a_page_that_works(open_page, wait_idle: Idle) -> None:
    evil = "https://evil.example/a:smile:"
    page = open_page(
        f"/sigmoid?lang=<script>&x={evil}&w=www.evil.example&g=%24x%24:material/info:&d2=<b>fat</b>&<i>=1&present=2"
    )
    notices = page.get_by_test_id("stAlert")
    assert notices.count() == 7
    said = [text.replace("\u2060", "") for text in notices.get_by_test_id("stMarkdownContainer").all_inner_texts()]
    number, choice = (lambda **values: EN("notice.number", **values)), (lambda **values: EN("notice.choice", **values))
    assert number(name="x", text=evil, low="−40", high="40", used="1") in said
    assert number(name="g", text="$x$:material/info:", low="−10", high="10", used="0.8") in said
    assert choice(name="d2", text="<b>fat</b>", options="0, 1", used="0") in said
    assert notices.locator("p").locator("a, b, i, script, img, span, .katex").count() == 0
    expect(slot(page, "y")).to_have_text("0.7311")
    arrives(page, "lang", "en")
    assert query(page) == {"lang": "en"}

    handle(page, "x").press("Home")
    arrives(page, "x", "-6")
    wait_idle(page)
    expect(slot(page, "y")).to_have_text("0.0025")


def test_a_value_out_of_range_is_clamped(open_page) -> None:
    page = open_page("/sigmoid?lang=zh&x=1e308")
    expect(page.get_by_test_id("stAlert")).to_contain_text("40")
    arrives(page, "x", "40")
    assert query(page) == {"lang": "zh", "x": "40"}
    assert_allclose(drawn(page, POINTS, "x"), 40, atol=1e-5)


def test_a_copied_link_shows_the_same_in_a_fresh_profile(open_page, wait_idle: Idle) -> None:
    page = open_page("/leaky_relu?lang=zh")
    words = Words("zh")
    expect(handle(page, "alpha")).to_be_visible()
    wait_idle(page)
    handle(page, "x").press("Home")
    arrives(page, "x", "-6")
    handle(page, "alpha").press("End")
    arrives(page, "alpha", "1")
    page.get_by_text(words("function.curvature"), exact=True).click()
    arrives(page, "d2", "1")
    wait_idle(page)
    page.get_by_role("button", name=words("scrubber.link"), exact=True).click()
    expect(page.get_by_text(words("scrubber.copied"), exact=True)).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")

    fresh = open_page(copied, language="en")  # whose browser prefers the other language, and remembers nothing
    expect(slot(fresh, "y")).to_have_text(slot(page, "y").text_content() or "")
    wait_idle(fresh)
    assert query(fresh) == query(page) == {"lang": "zh", "x": "-6", "alpha": "1", "d2": "1"}
    expect(fresh.get_by_role("heading", level=1)).to_have_text(frame.title("leaky_relu", "zh"))
    for name in ("x", "alpha"):
        assert exact(fresh, name).input_value() == exact(page, name).input_value()
    for trace in range(CURVATURE + 1):
        assert_allclose(drawn(fresh, trace), drawn(page, trace), atol=1e-6)
        assert_allclose(drawn(fresh, trace, "x"), drawn(page, trace, "x"), atol=1e-6)


@pytest.mark.parametrize(
    ("lang", "limits"), [("en", ("T→0: one-hot", "T→∞: uniform")), ("zh", ("T→0：独热", "T→∞：均匀"))]
)
def test_the_limits_of_the_temperature_are_named_at_the_ends_of_its_scale(
    open_page, lang: str, limits: tuple[str, str]
) -> None:
    page = open_page(f"/softmax?lang={lang}")
    marks = page.locator(".handle", has=handle(page, "t")).locator(".mark")
    expect(marks).to_have_text([limits[0], "1", limits[1]])
    places = [marks.nth(index).evaluate("(mark) => mark.style.left") for index in range(3)]
    assert places == ["0%", "50%", "100%"]
