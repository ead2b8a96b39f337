"""Long work in a browser: its progress, its end by the reader, and what the page shows then."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.server import Server
from tests.browser.conftest import serving
from tests.browser.test_handles import EN, query
from ui import pool

Idle = Callable[[Page], None]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The small app, in place of the whole one."""
    with serving(Path(__file__).with_name("runs_app.py")) as running:
        yield running


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def test_work_is_cancelled_started_again_and_changed_under_way(open_page, wait_idle: Idle) -> None:
    page = open_page("/?lang=en")
    shown = page.get_by_text("took 0 s")
    expect(shown).to_be_visible()
    place = shown.bounding_box()
    for _ in range(pool.WORKERS + 1):  # as often as would leave no process free, if it went on
        press(page, "600 s")
        expect(page.get_by_text("Working")).to_be_visible()
        assert shown.bounding_box() == place  # what there was stays, where it was
        press(page, EN("run.cancel"))
        expect(page.get_by_text(EN("run.cancelled"))).to_be_visible()
        expect(page.get_by_text("took 0 s")).to_be_visible()
        wait_idle(page)
        assert query(page) == {"lang": "en"}

    press(page, EN("run.again"))
    expect(page.get_by_text("Working")).to_be_visible()
    expect(page.get_by_text(EN("run.cancelled"))).to_have_count(0)
    press(page, "0.25 s")
    expect(page.get_by_text("took 0.25 s")).to_be_visible()
    wait_idle(page)
    assert query(page) == {"lang": "en", "seconds": "0.25"}
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_a_page_whose_first_work_is_cancelled_says_so_and_goes_on(open_page, wait_idle: Idle) -> None:
    page = open_page("/?lang=en")
    page.goto("/?lang=en&seconds=599")
    expect(page.get_by_text("Working")).to_be_visible()
    press(page, EN("run.cancel"))
    expect(page.get_by_text(EN("run.cancelled.nothing"))).to_be_visible()
    expect(page.get_by_text("the end")).to_be_visible()
    wait_idle(page)
    assert query(page) == {"lang": "en", "seconds": "599"}
    press(page, "0 s")
    expect(page.get_by_text("took 0 s")).to_be_visible()
    expect(page.get_by_text(EN("run.cancelled.nothing"))).to_have_count(0)


def test_two_readers_of_the_same_work_wait_for_one_job(open_page, wait_idle: Idle) -> None:
    first, second = open_page("/?lang=en"), open_page("/?lang=en")
    for page in (first, second):
        press(page, "600 s")
        expect(page.get_by_text("Working")).to_be_visible()
    press(first, EN("run.cancel"))
    expect(first.get_by_text("took 0 s")).to_be_visible()
    expect(second.get_by_text("Working")).to_be_visible()
    press(second, EN("run.cancel"))
    expect(second.get_by_text("took 0 s")).to_be_visible()
