"""The whole app without a browser: `app.py` by Streamlit's AppTest, opened at one of its pages."""

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from app import MENU
from benchmarks import APP

PAGES = tuple(page for pages in MENU.values() for page in pages)
# What would take seconds unless a link asks for less: the training over ten seeds, a sweep through wide layers.
QUICK = {"dead_relu": {"spread": "0", "width": "4"}, "depth": {"width": "16"}, "residual": {"depth": "4"}}
SECONDS = 60  # until a run counts as stuck, on a loaded machine


def opened(page: str = "", locale: str = "en-GB", **query: str) -> AppTest:
    """The app after its first run, opened by a link to `page` with this query."""
    at = AppTest.from_file(APP, default_timeout=SECONDS)
    # AppTest.switch_page only reaches pages that are files. This is what a browser sends for a page.
    at._page_hash = calc_hash(page)
    at.context["locale"] = locale
    at.query_params.update(QUICK.get(page, {}) | query)
    return fine(at.run())


def fine(at: AppTest) -> AppTest:
    """The same app, if its last run has shown no exception."""
    assert not at.exception, "the page shows an exception; its traceback is in the captured log"
    return at


def address(at: AppTest) -> dict[str, str]:
    """The query in the address bar."""
    return dict(at.query_params)


def held(at: AppTest) -> dict[str, object]:
    """The values of the state that is on the screen."""
    return at.session_state["state"].values
