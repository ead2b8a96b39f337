"""Where there is no Chromium, the browser tests fail and say how to get one; they are never skipped."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import ROOT
from tests.browser import chromium


@pytest.fixture
def nothing_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """A machine with an empty PATH and no browser of Playwright's; returns the commands that were tried.

    Playwright itself is asked in the last test, which has a process of its own: it cannot be started twice in one.
    """
    tried: list[list[str]] = []
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "_of_playwright", lambda: None)
    # Nothing is downloaded by a test.
    monkeypatch.setattr(chromium, "_succeeds", lambda command: bool(tried.append(command)))
    return tried


def test_without_a_chromium_the_message_says_how_to_get_one(nothing_anywhere: list[list[str]]) -> None:
    with pytest.raises(chromium.NoChromiumError, match=r"apt-get install chromium.*playwright install --with-deps"):
        chromium.find()
    assert nothing_anywhere == []  # finding installs nothing


def test_an_install_that_fails_says_so_after_it_has_tried(nothing_anywhere: list[list[str]]) -> None:
    with pytest.raises(chromium.NoChromiumError, match="apt-get install chromium"):
        chromium.install()
    assert nothing_anywhere == [[sys.executable, "-m", "playwright", "install", "chromium"]]


def test_the_command_fails_with_the_message(tmp_path: Path) -> None:
    environment = {"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}
    command = [sys.executable, "-m", "tests.browser.chromium"]
    run = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert run.stderr.strip() == chromium.HELP
