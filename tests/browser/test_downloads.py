"""What a reader takes along from each instrument: its data, its figures, its address."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_handles import EN
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
