"""What a reader takes along from each instrument: its data, its figures, its address."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_handles import EN, arrives, handle
from tests.browser.test_layout import FULL

Idle = Callable[[Page], None]
SECONDS = 60_000  # ms: a page that trains first, on a loaded machine


def text_of(page: Page, press: Callable[[], None]) -> tuple[str, str]:
    """The name and the text of the file that a press brings."""
    with page.expect_download() as download:
        press()
    return download.value.suggested_filename, Path(download.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("address", [one for one in FULL if "shift" not in one])
def test_data_figures_and_address_can_be_taken_along(open_page, wait_idle: Idle, address: str) -> None:
    page = open_page(f"{address}&lang=en")
    expect(page.locator("input[data-handle]").first).to_be_visible(timeout=SECONDS)
    wait_idle(page)
    offered = page.get_by_test_id("stDownloadButton").get_by_role("button").all()
    for button in offered:
        name, text = text_of(page, button.click)
        rows = list(csv.reader(text.splitlines()))
        assert name.endswith(".csv")
        assert len(rows) > 2
        assert len(rows[0]) > 1
        assert {len(row) for row in rows} == {len(rows[0])}
    svg = page.get_by_role("button", name=EN("scrubber.svg"), exact=True)
    if svg.count():
        name, text = text_of(page, svg.first.click)
        assert name.endswith(".svg")
        assert text.startswith("<svg")
    link = page.get_by_role("button", name=EN("scrubber.link"), exact=True)
    if link.count():
        link.first.click()
        expect(page.get_by_text(EN("scrubber.copied"), exact=True)).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert offered or svg.count()


def points(svg: str) -> list[str]:
    """Where the points of a saved figure stand."""
    places = (re.search(r'class="point"[^>]*translate\(([^)]+)\)', tag) for tag in re.findall(r"<path[^>]*>", svg))
    return [place[1] for place in places if place]


def test_what_is_taken_along_is_the_moved_state_and_not_the_first(open_page, wait_idle: Idle) -> None:
    page = open_page("/leaky_relu?lang=en&x=-1")
    csv_button = page.get_by_test_id("stDownloadButton").get_by_role("button").first
    svg_button = page.get_by_role("button", name=EN("scrubber.svg"), exact=True)
    expect(handle(page, "alpha")).to_be_visible()
    wait_idle(page)
    _, first = text_of(page, svg_button.click)
    # By keys, since such a move is not told to the server at once; the CSV is made there.
    handle(page, "alpha").press("End")
    arrives(page, "alpha", "1")
    _, data = text_of(page, csv_button.click)
    rows = {float(row["x"]): row for row in csv.DictReader(data.splitlines())}
    assert float(rows[-1.0]["f(x)"]) == -1.0
    assert float(rows[-1.0]["f'(x)"]) == 1.0
    _, moved = text_of(page, svg_button.click)
    assert len(points(moved)) == len(points(first)) > 1
    assert points(moved) != points(first)

    fresh = open_page(page.url)  # in a profile of its own
    expect(handle(fresh, "alpha")).to_be_visible()
    wait_idle(fresh)
    _, opened = text_of(fresh, fresh.get_by_role("button", name=EN("scrubber.svg"), exact=True).click)
    assert points(opened) == points(moved)
