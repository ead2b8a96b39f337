"""Results kept for all readers."""

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import pytest

from ui import runs


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_kept", OrderedDict())


class Place:
    """Stands in for Streamlit's empty place: keeps what was shown in it."""

    def __init__(self) -> None:
        self.shown: list[object] = []

    def progress(self, share: float, text: str) -> None:
        self.shown.append((share, text))

    def empty(self) -> None:
        self.shown.append(None)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    made = Place()
    monkeypatch.setattr("streamlit.empty", lambda: made)
    return made


def test_what_is_kept_is_made_once() -> None:
    made: list[str] = []
    for key in ("a", "b", "a"):
        assert runs.keep(key, lambda key=key: made.append(key) or key) == key
    assert made == ["a", "b"]


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "KEPT", 2)
    for key in ("a", "b", "a", "c"):
        runs.keep(key, lambda: key)  # noqa: B023 - called at once
    assert list(runs._kept) == ["a", "c"]  # b was the least used


def test_what_fails_is_not_kept() -> None:
    def fail() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        runs.keep("a", fail)
    assert runs.keep("a", lambda: 1) == 1


def test_many_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: runs.keep(number % 5, lambda: number % 5), range(200)))
    assert found == [number % 5 for number in range(200)]


def test_short_work_shows_no_progress(place: Place) -> None:
    assert runs.run("a", lambda progress: progress(0.5), "Training") is None
    assert place.shown == [None]


def test_long_work_shows_its_progress(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.4, 0.6, 9.0])
    monkeypatch.setattr(runs, "monotonic", lambda: next(clock))

    def work(progress: object) -> str:
        for share in (0.2, 0.5, 1.0000001):
            progress(share)
        return "done"

    assert runs.run("a", work, "Training") == "done"
    assert place.shown == [(0.5, "Training"), (1.0, "Training"), None]
    place.shown.clear()
    assert runs.run("a", work, "Training") == "done"
    assert place.shown == []  # kept: no work, no progress
