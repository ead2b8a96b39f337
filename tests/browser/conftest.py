"""The app in a real Chromium.

    def test_something(open_page, wait_idle):
        page = open_page("/sigmoid?x=2", width=360, height=740, dark=True, language="zh")
        page.get_by_role("button", name="重置").click()
        wait_idle(page)

A test fails when its page logs an error, throws, or asks for anything that is not on the app's own
server; the run fails when the server has logged a warning or a traceback. A test that provokes such
a thing on purpose takes the fixture `problems`, asserts on it and clears it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from benchmarks import APP, ROOT
from benchmarks.server import Server, serve
from tests.browser import chromium

ARGUMENTS = (
    "--no-sandbox",  # the sandbox does not start as root, which is who CI is
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing outside is reached, whatever the app asks for; what it asks for is recorded by `_watch`.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
QUIET_MS = 250  # Streamlit waits up to 200 ms before it reports what was typed
LOG_FORMAT = "%(levelname)s %(message)s"
LOG_PROBLEM = re.compile(r"^(WARNING|ERROR|CRITICAL)|Traceback|\w+Warning:", re.MULTILINE)
# On /sigmoid Streamlit first looks for its server under /sigmoid/, then under /: the first answer is a 404 by design.
LOOKING_FOR_SERVER = re.compile(r"/\w+/_stcore/(health|host-config)$")
SHOTS = ROOT / "shots"  # not in git: a picture of each page of a failed test

_failed = pytest.StashKey[bool]()


class OpenPage(Protocol):
    """Opens an address of the app in a fresh browser profile and waits until its script has run."""

    def __call__(
        self,
        path: str = "/",
        *,
        width: int = 1280,
        height: int = 720,
        dark: bool = False,
        language: str = "en",
        touch: bool = False,
        reduced_motion: bool = False,
    ) -> Page: ...


@contextmanager
def serving(script: Path) -> Iterator[Server]:
    """A server of `script`; the run fails when it has logged a warning or a traceback."""
    with serve(script, [f"--logger.messageFormat={LOG_FORMAT}"]) as running:
        yield running
        running.check()
        log = running.log()
    assert not LOG_PROBLEM.search(log), f"the server has logged:\n{log}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember that a test has failed, for `open_page`."""
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed
    return report


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The app on a port of its own, one for each worker."""
    with serving(APP) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for each worker."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium.find(), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def problems() -> list[str]:
    """What went wrong in the pages of this test; must be empty at its end."""
    return []


@pytest.fixture
def wait_idle() -> Callable[[Page], None]:
    """Call it with a page: it returns once the script has run and no element is a grey placeholder any more."""
    return _wait_idle


@pytest.fixture
def accessibility() -> Callable[[Page], list[str]]:
    """Call it with a page: what axe-core finds wrong with it, a line for each element; [] is what one wants."""
    return _accessibility


@pytest.fixture
def open_page(
    request: pytest.FixtureRequest, server: Server, browser: Browser, problems: list[str]
) -> Iterator[OpenPage]:
    """Open pages of the app; each has a profile of its own, closed after the test."""
    pages: list[Page] = []

    def open_one(
        path: str = "/",
        *,
        width: int = 1280,
        height: int = 720,
        dark: bool = False,
        language: str = "en",
        touch: bool = False,
        reduced_motion: bool = False,
    ) -> Page:
        context = browser.new_context(
            base_url=server.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale=LOCALES[language],
            has_touch=touch,
            reduced_motion="reduce" if reduced_motion else "no-preference",
            permissions=["clipboard-read", "clipboard-write"],
        )
        page = context.new_page()
        pages.append(page)
        _watch(page, server.url, problems)
        page.goto(path)
        _wait_idle(page)
        return page

    yield open_one
    for number, page in enumerate(pages):
        if request.node.stash.get(_failed, False) and not page.is_closed():
            page.screenshot(path=SHOTS / f"{_file_name(request.node.nodeid)}-{number}.png")
        page.context.close()
    server.check()
    assert not problems, "\n".join(problems)


def _wait_idle(page: Page) -> None:
    # A release needs a moment until Streamlit knows of it: idle is what stays idle for QUIET_MS.
    page.evaluate("() => { window.__busyAt = performance.now() }")
    page.wait_for_function(
        """quiet => {
            const app = document.querySelector('[data-testid="stApp"]')
            const idle = app?.dataset.testScriptState === 'notRunning' &&
                app.dataset.testConnectionState === 'CONNECTED' &&
                !document.querySelector('[data-testid="stSkeleton"]')
            if (!idle) window.__busyAt = performance.now()
            return idle && performance.now() - (window.__busyAt ?? 0) >= quiet
        }""",
        arg=QUIET_MS,
    )


def _accessibility(page: Page) -> list[str]:
    # Not by Axe's own report: it fails on what lies in a component, whose address is a list in a list.
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['target']}: {node['html'][:100]}: {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    ]


def _watch(page: Page, own: str, problems: list[str]) -> None:
    """Write into `problems` what the page should not do."""
    host = urlsplit(own).netloc

    def console(message: ConsoleMessage) -> None:
        source = message.location.get("url", "")
        if message.type == "error" and not LOOKING_FOR_SERVER.search(source):
            problems.append(f"{page.url}: console: {message.text} ({source})")

    def address(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host:
            problems.append(f"{page.url}: asks for {url}")

    page.on("console", console)
    page.on("pageerror", lambda error: problems.append(f"{page.url}: uncaught: {error}"))
    page.on("crash", lambda _: problems.append(f"{page.url}: the tab crashed"))
    page.on("websocket", lambda socket: address(socket.url))
    page.context.on("request", lambda request: address(request.url))


def _file_name(name: str) -> Path:
    return Path(re.sub(r"\W+", "-", name).strip("-")[:100])
