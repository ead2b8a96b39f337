"""Results kept for all readers."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

import pytest

from activations import ParameterError
from tests.ui import working
from ui import entries, pool, runs, state
from ui.language import Words
from ui.state import COMMON, State, UnfinishedError


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_kept", OrderedDict())


class ReaderActsError(Exception):
    """Stands in for Streamlit's way of ending a run of the script."""


class Page:
    """Stands in for Streamlit's places: keeps what is shown, and lets a reader press its button."""

    def __init__(self) -> None:
        self.shown: list[object] = []
        self.buttons: dict[str, Callable[[], None]] = {}

    def progress(self, share: float, text: str) -> None:
        self.shown.append((share, text))

    def container(self, **_: object) -> AbstractContextManager[None]:
        return nullcontext()

    def empty(self) -> "Page":
        return self

    def info(self, text: str, **_: object) -> None:
        self.shown.append(text)

    def button(self, label: str, key: str, on_click: Callable[..., None], args: tuple[object, ...] = ()) -> None:
        self.buttons[label] = lambda: on_click(*args)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    made = Page()
    for name in ("empty", "button", "container", "info"):
        monkeypatch.setattr(f"streamlit.{name}", getattr(made, name))
    return made


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> State:
    """The state of a page with one number, x = 1."""
    table = [*COMMON, entries.Number("x", 1.0, 0, 9)]
    made = State("page", table, {"lang": "en", "present": False, "x": 1.0}, [])
    monkeypatch.setattr("streamlit.session_state", {"state": made})
    monkeypatch.setattr("ui.runs._has_page", lambda: True)
    return made


def change(held: State, **values: object) -> None:
    """What the reader changes, as the next run of the page finds it."""
    held.set(**values)
    state._apply(held)


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


def test_no_more_bytes_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "LARGEST", 3_000)
    for key, size in (("a", 1_000), ("b", 1_000), ("a", 0), ("c", 1_500)):
        runs.keep(key, lambda: bytes(size))  # noqa: B023 - called at once
    assert list(runs._kept) == ["a", "c"]
    runs.keep("large", lambda: bytes(9_000))
    assert list(runs._kept) == ["large"]  # what was asked for last is always kept


def test_without_a_page_the_work_is_done_there_and_then() -> None:
    # as where data to download are made, in a thread of Streamlit's
    assert runs.run("nowhere", lambda report: report(0.5) or 7, "label") == 7
    assert runs.run("nowhere", lambda report: 8, "label") == 7


def test_short_work_shows_no_progress_and_is_kept(page: Page, held: State) -> None:
    assert runs.run("a", partial(working.echo, 3), "Training") == 3
    assert page.shown == []
    assert not held.waiting
    assert runs.run("a", lambda progress: pytest.fail("it was kept"), "Training") == 3


def test_long_work_shows_its_progress_and_a_way_out(
    page: Page, held: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "PATIENCE", 0.0)
    file = tmp_path / "go"

    def read(share: float, text: str) -> None:
        Page.progress(page, share, text)
        assert held.waiting
        if share:
            file.touch()

    monkeypatch.setattr(page, "progress", read)
    assert runs.run("a", partial(working.wait_for, file), "Training") == "done"
    assert page.shown[-1] == (0.25, "Training")
    assert set(page.buttons) == {"Cancel"}
    assert not held.waiting


def waiting(*files: Path) -> list[tuple[Hashable, pool.Work]]:
    return [(file, partial(working.wait_for, file)) for file in files]


def test_pieces_of_work_go_on_side_by_side(
    page: Page, held: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "PATIENCE", 0.0)
    first, second = tmp_path / "first", tmp_path / "second"
    kept = ("a", partial(working.echo, 3))
    works = [*waiting(first, second), kept, kept]  # the same asked for twice is done once
    runs.run(*kept, "Training")

    def both_begun() -> None:
        # each ends only once both have begun, and they are heard of before the second ends
        if all(file.with_suffix(".pid").exists() for file in (first, second)):
            first.touch()
            if page.shown and page.shown[-1][0] > 0.5:
                second.touch()

    monkeypatch.setattr(runs, "_heed_reader", both_begun)
    assert runs.run_each(works, "Training") == ["done", "done", 3, 3]
    # half of it is done with the first, and a quarter of the second; together, what is kept left out
    assert (0.62, "Training") in page.shown
    assert list(page.buttons) == ["Cancel"]
    runs.run_each(works, "Training")  # all kept


def test_a_failure_of_one_is_that_of_all(page: Page, held: State) -> None:
    with pytest.raises(ParameterError):
        runs.run_each([("a", partial(working.echo, 3)), ("b", working.refuse)], "Training")


def test_cancelling_ends_all_pieces_of_work(
    page: Page, held: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tmp_path / "first", tmp_path / "second"

    def act() -> None:
        if page.buttons and all(file.with_suffix(".pid").exists() for file in files):
            raise ReaderActsError

    monkeypatch.setattr(runs, "PATIENCE", 0.0)
    monkeypatch.setattr(runs, "_heed_reader", act)
    with pytest.raises(ReaderActsError):
        runs.run_each(waiting(*files), "Training")
    page.buttons.pop("Cancel")()
    assert pool._jobs.keys().isdisjoint(files)


def test_work_in_a_queue_says_so(page: Page, held: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "PATIENCE", 0.0)
    files = [tmp_path / str(number) for number in range(pool.WORKERS)]
    before = [pool.want(file, partial(working.wait_for, file), lambda result: None) for file in files]

    def read(share: float, text: str) -> None:
        Page.progress(page, share, text)
        for file in files:
            file.touch()

    monkeypatch.setattr(page, "progress", read)
    assert runs.run("a", partial(working.echo, 3), "Training") == 3
    assert page.shown[0] == (0.0, Words("en")("run.waiting"))
    for job in before:
        pool.leave(job)


def test_a_failure_is_raised_and_not_kept(page: Page, held: State) -> None:
    for _ in range(2):
        with pytest.raises(ParameterError):
            runs.run("a", working.refuse, "Training")


def interrupted(page: Page, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for work, and end the run of the script once it shows progress."""

    def act() -> None:
        if page.buttons and file.with_suffix(".pid").exists():
            raise ReaderActsError

    page.buttons.clear()
    with monkeypatch.context() as patched:
        patched.setattr(runs, "PATIENCE", 0.0)
        patched.setattr(runs, "_heed_reader", act)
        with pytest.raises(ReaderActsError):
            runs.run(file, partial(working.wait_for, file), "Training")


def test_cancelling_ends_the_work_and_brings_back_the_state_before(
    page: Page, held: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.run("a", partial(working.echo, 1), "Training")
    change(held, x=2.0)
    interrupted(page, tmp_path / "two", monkeypatch)
    change(held, x=3.0, lang="zh")  # the reader changes it again, before anything is done
    interrupted(page, tmp_path / "three", monkeypatch)
    page.buttons.pop("取消")()
    state._apply(held)
    assert pool._jobs.keys().isdisjoint({tmp_path / "three"})
    assert held.values == {"lang": "zh", "present": False, "x": 1.0}
    runs.progress_place(held)
    assert page.shown[-1] == Words("zh")("run.cancelled")
    assert runs.run("a", partial(working.echo, 1), "Training") == 1

    page.buttons.pop(Words("zh")("run.again"))()
    state._apply(held)
    assert held["x"] == 3.0
    assert held.cancelled is None
    (tmp_path / "three").touch()
    assert runs.run(tmp_path / "three", partial(working.wait_for, tmp_path / "three"), "Training") == "done"


def test_cancelling_the_first_work_of_all_leaves_nothing_to_show(
    page: Page, held: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(page, tmp_path / "go", monkeypatch)
    page.buttons.pop("Cancel")()
    state._apply(held)
    with pytest.raises(UnfinishedError):
        runs.run("a", partial(working.echo, 1), "Training")
    runs.progress_place(held)
    assert page.shown[-1] == Words("en")("run.cancelled.nothing")
    page.buttons.pop(Words("en")("run.again"))()
    state._apply(held)
    assert runs.run("a", partial(working.echo, 1), "Training") == 1


def test_another_change_clears_what_was_cancelled(held: State) -> None:
    held.cancelled = dict(held.values)
    change(held, x=2.0)
    assert held.cancelled is None
