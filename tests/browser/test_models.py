"""The pages inside real models, each from its link: by touch on a phone in Chinese, by keys on a laptop in English."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app import MENU
from lessons.models import FUNCTIONS
from tests.browser.test_handles import EN, query
from tests.browser.test_layout import link

Idle = Callable[[Page], None]
INSTRUMENTS = [page for page in MENU["menu.models"] if page != "in_models"]


def first_slider(page: Page) -> str:
    """The name of the first handle, once it is there."""
    slider = page.locator("input[data-handle]").first
    expect(slider).to_be_visible()
    slider.scroll_into_view_if_needed()
    return str(slider.get_attribute("data-handle"))


def same_after_reload(page: Page, name: str, wait_idle: Idle) -> None:
    """The address reopens where the handle stands and what it says."""
    slider = page.locator(f"input[data-handle={name}]")
    value, text = slider.input_value(), slider.get_attribute("aria-valuetext")
    page.reload()
    wait_idle(page)
    expect(slider).to_have_value(value)
    expect(slider).to_have_attribute("aria-valuetext", str(text))


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_a_handle_follows_a_finger(open_page, wait_idle: Idle, name: str) -> None:
    page = open_page(link(name, lang="zh"), width=390, height=844, touch=True, language="zh")
    wait_idle(page)
    handle = first_slider(page)
    slider, before = page.locator(f"input[data-handle={handle}]"), query(page)
    now = int(slider.input_value()) / int(slider.get_attribute("max") or 1)
    box = slider.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] * (0.3 if now > 0.5 else 0.7), box["y"] + box["height"] / 2)
    page.wait_for_function("before => location.search.slice(1) !== before", arg=page.url.partition("?")[2])
    wait_idle(page)
    assert query(page).keys() ^ before.keys() <= {handle}
    assert query(page) != before
    same_after_reload(page, handle, wait_idle)


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_a_handle_follows_the_keys(open_page, wait_idle: Idle, name: str) -> None:
    page = open_page(link(name, lang="en"))
    wait_idle(page)
    handle = first_slider(page)
    slider = page.locator(f"input[data-handle={handle}]")
    stood = slider.input_value()
    slider.press("End" if stood == "0" else "Home")
    expect(slider).not_to_have_value(stood)
    page.wait_for_function("name => new URLSearchParams(location.search).has(name)", arg=handle)
    wait_idle(page)
    same_after_reload(page, handle, wait_idle)


def tab_to(page: Page, words: str, within: str = "stMain") -> None:
    """Press Tab until what has the focus says these words; every stop on the way is one that can be seen."""
    for _ in range(150):
        page.keyboard.press("Tab")
        focused = page.locator(f'[data-testid="{within}"] :focus')
        if focused.count() and focused.inner_text().strip().endswith(words):
            expect(focused).to_be_in_viewport()
            assert focused.evaluate("element => element.matches(':focus-visible')")
            return
    raise AssertionError(f"Tab never came to {words!r}")


def test_models_are_chosen_and_their_links_followed_by_keys(open_page, wait_idle: Idle) -> None:
    page = open_page("/in_models?lang=en")
    main = page.get_by_test_id("stMain")
    pictures = main.locator("img").count()
    tab_to(page, EN("in_models.all"))
    for _ in range(1 + FUNCTIONS.index("gelu")):  # one stop for the whole row: arrows walk in it, Space chooses
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.wait_for_function("new URLSearchParams(location.search).get('f') === 'gelu'")
    wait_idle(page)
    assert main.locator("img").count() < pictures
    expect(main.get_by_text("BERT (2018)", exact=True)).to_be_visible()
    expect(main.get_by_text("VGGNet (2014)", exact=True)).to_have_count(0)
    # the focus is still on the choice, so that Tab goes on from there: past the table, into the cards
    tab_to(page, "Next word")
    page.keyboard.press("Enter")
    page.wait_for_function("location.pathname === '/sampling'")
    wait_idle(page)
    assert query(page) == {"lang": "en"}
    page.go_back()
    page.wait_for_function("location.pathname === '/in_models'")
    wait_idle(page)
    assert query(page)["f"] == "gelu"
    expect(main.get_by_text("VGGNet (2014)", exact=True)).to_have_count(0)


def test_models_are_chosen_by_a_finger(open_page, wait_idle: Idle) -> None:
    page = open_page("/in_models?lang=zh", width=390, height=844, touch=True, language="zh")
    cards = page.locator('[data-testid="stMain"] h3, [data-testid="stMain"] img').count()
    page.get_by_test_id("stMain").get_by_role("radio", name="GELU").or_(
        page.get_by_test_id("stMain").get_by_role("button", name="GELU", exact=True)
    ).first.tap()
    page.wait_for_function("new URLSearchParams(location.search).get('f') === 'gelu'")
    wait_idle(page)
    assert page.locator('[data-testid="stMain"] h3, [data-testid="stMain"] img').count() < cards
