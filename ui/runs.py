"""Results kept for all readers: each is worked out once by its key, and the least used are dropped.

What takes long is done elsewhere (ui/pool.py), with its progress on the page and a way to cancel it.
"""

import pickle
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from ui import pool
from ui.films import MissingError, answering
from ui.state import COMMON, State, UnfinishedError

PATIENCE = 0.5  # seconds before a progress bar appears
POLL = 0.05  # seconds: how soon a reader's next change is seen
KEPT = 300  # results
LARGEST = 64_000_000  # bytes of them all, pickled

_kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
_lock = Lock()


def keep(key: Hashable, make: Callable[[], Any]) -> Any:
    """What is kept under `key`, or else what `make` makes, kept from now on."""
    found, kept = _look(key)
    if not kept:
        found = make()
        _put(key, found)
    return found


def _look(key: Hashable) -> tuple[Any, bool]:
    with _lock:
        if key not in _kept:
            return None, False
        _kept.move_to_end(key)
        return _kept[key][0], True


def _put(key: Hashable, made: Any) -> None:
    size = len(pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
    with _lock:
        _kept[key] = made, size
        while len(_kept) > KEPT or (sum(size for _, size in _kept.values()) > LARGEST and len(_kept) > 1):
            _kept.popitem(last=False)


def run(key: Hashable, work: pool.Work, label: str) -> Any:
    """`run_each` for one piece of work."""
    return run_each([(key, work)], label)[0]


def run_each(asked: Sequence[tuple[Hashable, pool.Work]], label: str) -> list[Any]:
    """Like `keep` for work that takes long, in a live part: keys with work for ui/pool.py, done side by side.

    The results come in the order of the keys, of which several may be the same.

    After half a second their progress shows under `label`, and a button that cancels them. That brings
    back the state for which all work was last done; `progress_place` says so. Where there is none, the
    live part ends here. If the reader changes something meanwhile, the page runs again with it, and
    the work is given up unless it is asked for again. Data to download are made in a thread without
    a page: the work is done there and then. For a film that is asked for by its address it is not done:
    MissingError, and the run that the browser then asks for does it.
    """
    works = dict(asked)
    if not _has_page():
        if answering.get():
            raise MissingError
        return [keep(key, partial(work, lambda share: None)) for key, work in asked]
    looked = {key: _look(key) for key in works}
    found = {key: made for key, (made, kept) in looked.items() if kept}
    missing = [key for key in works if key not in found]
    held: State = st.session_state["state"]
    if missing:
        if held.cancelled == held.values:
            raise UnfinishedError
        jobs = [pool.want(key, works[key], partial(_put, key)) for key in missing]
        held.waiting = True
        try:
            _show_progress(jobs, label, held)
        finally:
            for job in jobs:
                pool.leave(job)
        for job in jobs:
            if job.error:
                raise job.error
            found[job.key] = job.result
    held.waiting = False
    return [found[key] for key, _ in asked]


def _has_page() -> bool:
    return get_script_run_ctx(suppress_warning=True) is not None


def _show_progress(jobs: Sequence[pool.Job], label: str, held: State) -> None:
    place = st.empty() if held.place is None else held.place
    bar, shown, began = None, None, monotonic()
    while not all(job.done.wait(POLL) for job in jobs):
        _heed_reader()
        if monotonic() - began <= PATIENCE:
            continue
        if bar is None:
            # named by the job, for a run of the script may wait more than once, and not by the hash of the
            # job's key, which functions without parameters share
            number, keys = jobs[0].number, [job.key for job in jobs]
            with place.container(horizontal=True, vertical_alignment="center", key=f"run-progress-{number}"):
                bar = st.empty()
                st.button(held.words("run.cancel"), key=f"cancel {number}", on_click=_cancel, args=(keys, held))
        share = sum(1.0 if job.done.is_set() else min(job.share, 1.0) for job in jobs) / len(jobs)
        now = (round(share, 2), label if any(job.started for job in jobs) else held.words("run.waiting"))
        if now != shown:
            shown = now
            bar.progress(now[0], text=now[1])
    if bar is not None:
        place.empty()


def _heed_reader() -> None:
    """End this run of the script if the reader has done something meanwhile.

    Streamlit does so by itself, whenever anything is shown, unless the widget is in a live part:
    those wait for the run to end. So the whole page runs again then, with what was changed.
    """
    context = get_script_run_ctx()
    if context is None or context.script_requests is None or context.yield_check is None:
        return
    context.yield_check()
    if context.script_requests._state is ScriptRequestType.RERUN:
        st.rerun()


def _cancel(keys: Iterable[Hashable], held: State) -> None:
    for key in keys:
        pool.cancel(key)
    common = {entry.name for entry in COMMON}
    before = {name: value for name, value in (held.good or {}).items() if name not in common}
    held.set(cancelled=dict(held.values), **before)


def progress_place(state: State) -> None:
    """Where a live part shows the progress of its work, and says that it was cancelled and offers to start it again.

    It stands before all that shows results, so that the old ones stay in their place until there are new ones.
    """
    said, state.place = st.empty(), st.empty()
    if not state.cancelled:
        return
    words, asked = state.words, state.cancelled
    with said.container(horizontal=True, vertical_alignment="center"):
        st.info(words("run.cancelled" if state.good else "run.cancelled.nothing"), icon=":material/info:")
        st.button(words("run.again"), key="run.again", on_click=lambda: state.set(**asked))
