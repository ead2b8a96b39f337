"""Results kept for all readers: each is worked out once by its key, and the least used are dropped."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from time import monotonic
from typing import Any

import streamlit as st

PATIENCE = 0.5  # seconds before a progress bar appears
KEPT = 300  # a run of the dying layer takes up to 70 kB, a film up to 100

_kept: OrderedDict[Hashable, Any] = OrderedDict()
_lock = Lock()


def keep(key: Hashable, make: Callable[[], Any]) -> Any:
    """What is kept under `key`, or else what `make` makes, kept from now on."""
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = make()
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def run(key: Hashable, work: Callable[[Callable[[float], None]], Any], label: str) -> Any:
    """Like `keep` for work that takes long: it is given a function to report its progress to.

    After half a second a progress bar shows. If the reader changes something meanwhile, Streamlit
    ends this run of the script at the next report, and the work with it.
    """

    def make() -> Any:
        place, began = st.empty(), monotonic()

        def progress(share: float) -> None:
            if monotonic() - began > PATIENCE:
                place.progress(min(share, 1.0), text=label)

        made = work(progress)
        place.empty()
        return made

    return keep(key, make)
