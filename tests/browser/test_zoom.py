"""What a reader has zoomed to stays, whatever else changes, until the window itself does."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_handles import EN, arrives, exact, handle
from ui.function_view import window_name
from ui.language import NAMES

Idle = Callable[[Page], None]
ENDS = """() => ['xaxis', 'yaxis'].map((axis) =>
    document.querySelector('.js-plotly-plot').layout[axis].range.map((end) => Math.round(1000 * end) / 1000))"""


def press(page: Page, title: str) -> None:
    """Press a button of the figure, which are seen only while the pointer is over it."""
    page.locator(".js-plotly-plot").first.hover()
    page.locator(f'.modebar-btn[data-title="{title}"]').first.click()


def ends(page: Page, wait_idle: Idle) -> list[list[float]]:
    """Where the axes end, once the figure has settled."""
    wait_idle(page)
    return page.evaluate(ENDS)


def test_a_zoom_outlives_other_changes(open_page, wait_idle: Idle) -> None:
    page = open_page("/elu?lang=en")
    expect(handle(page, "x")).to_be_visible()
    usual = ends(page, wait_idle)
    press(page, "Zoom in")
    zoomed = ends(page, wait_idle)
    assert zoomed[0] == [-3, 3]
    assert zoomed[1][1] - zoomed[1][0] < 0.6 * (usual[1][1] - usual[1][0])

    curvature = page.get_by_text(EN("function.curvature"), exact=True)
    curvature.click()
    arrives(page, "d2", "1")
    assert ends(page, wait_idle) == zoomed
    exact(page, "alpha").fill("1.5")
    exact(page, "alpha").press("Enter")
    arrives(page, "alpha", "1.5")
    assert ends(page, wait_idle) == zoomed
    page.get_by_role("button", name=NAMES["zh"]).click()
    arrives(page, "lang", "zh")
    assert ends(page, wait_idle) == zoomed

    # The figure's own way back leads to the window, which holds f″ as well; another window is not zoomed.
    press(page, "Reset axes")
    whole = ends(page, wait_idle)
    assert whole[0] == [-6, 6]
    assert whole[1][0] <= usual[1][0] + 0.01
    press(page, "Zoom in")
    page.get_by_text(window_name(12.0), exact=True).click()
    arrives(page, "w", "12")
    assert ends(page, wait_idle)[0] == [-12, 12]


@pytest.mark.parametrize("address", ["/saturation?", "/compare?f=relu,elu&w=6"])
def test_a_zoom_outlives_a_change_of_language(open_page, wait_idle: Idle, address: str) -> None:
    page = open_page(f"{address}&lang=en")
    expect(handle(page, "x")).to_be_visible()
    usual = ends(page, wait_idle)
    press(page, "Zoom in")
    zoomed = ends(page, wait_idle)
    assert zoomed != usual
    page.get_by_role("button", name=NAMES["zh"]).click()
    arrives(page, "lang", "zh")
    assert ends(page, wait_idle) == zoomed
