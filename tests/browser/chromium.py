"""Find a Chromium for the browser tests, or install one.

`python -m tests.browser.chromium` prints the path of the one found; with `--install` it gets one
first where none is there. There is no way to skip: without a browser the tests fail.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The font carries Chinese: without one, a page in Chinese is drawn as empty boxes, of other widths than letters.
DEBIAN_PACKAGES = ("chromium", "fonts-wqy-microhei")
HELP = (
    "No Chromium was found, and the browser tests need one. Put a Chromium or Chrome on the PATH "
    "(on Debian, as root: apt-get install chromium fonts-wqy-microhei), "
    "or run: .venv/bin/python -m playwright install --with-deps chromium"
)


class NoChromiumError(RuntimeError):
    """There is no Chromium here; the message says how to get one."""


def find() -> str:
    """The path of a Chromium: one on the PATH, else the one that Playwright has installed."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    own = _of_playwright()
    if own is not None:
        return str(own)
    raise NoChromiumError(HELP)


def install() -> str:
    """Find a Chromium, or install one from Debian or through Playwright; NoChromiumError when neither can be had."""
    is_root_on_debian = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None
    if is_root_on_debian and not (_has_font() and _found()):
        _succeeds(["apt-get", "update", "-q"])
        _succeeds(["apt-get", "install", "-y", "-q", "--no-install-recommends", *DEBIAN_PACKAGES])
    if not _found():
        _succeeds([sys.executable, "-m", "playwright", "install", "chromium"])
    return find()


def _found() -> bool:
    try:
        find()
    except NoChromiumError:
        return False
    return True


def _has_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, check=False)
    return bool(listed.stdout.strip())


def _of_playwright() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.is_file() else None


def _succeeds(command: list[str]) -> bool:
    """Run `command`, its output shown; whether it worked (what follows looks for the result itself)."""
    print("+", *command, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode == 0


if __name__ == "__main__":
    try:
        print(install() if "--install" in sys.argv[1:] else find())
    except NoChromiumError as error:
        sys.exit(str(error))
