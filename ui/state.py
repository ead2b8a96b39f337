"""The state of a page: read from the address, changed by widgets, written back to the address.

The address is the state. A run of the script starts either because the reader came by a link, by
Back or by Forward: then the address is read; or because a widget changed: then the state held in
the session is taken with that change, since the browser may not yet have the address of the change
before. Widgets report through `on_change`, so the two are told apart without guessing.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lessons import LANGUAGES
from ui import entries, language
from ui.entries import Notice, Table, UnusableError
from ui.language import Words

COMMON = (entries.Choice("lang", "", LANGUAGES), entries.Flag("present"))


class UnfinishedError(Exception):
    """A live part cannot be drawn: the work that it needs was cancelled."""


@dataclass
class State:
    """What is on the screen: the page's values by name, the words, and what the link got wrong."""

    page: str
    table: Table
    values: dict[str, Any]
    notices: list[Notice]
    drawn: dict[str, Any] = field(default_factory=dict)
    around: Any = None
    address_follows: bool = False  # the scrubber will write the address itself, which saves a message a release
    faults: dict[str, tuple[str, UnusableError]] = field(default_factory=dict)  # what was typed and refused, by handle
    waiting: bool = False  # whether the last run of the page ended before the long work that it asked for
    good: dict[str, Any] | None = None  # the values before the last change for which all such work was done
    cancelled: dict[str, Any] | None = None  # the values for which the reader has cancelled it
    place: DeltaGenerator | None = None  # where the live part that is being drawn shows how far its work is

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def words(self) -> Words:
        """The interface's words in the page's language."""
        return Words(self.values["lang"])

    @property
    def present(self) -> bool:
        """Whether the page is shown in presentation mode."""
        return bool(self.values["present"])

    def query(self) -> dict[str, str]:
        """The query of a link to this state; the language is always in it."""
        return {"lang": self["lang"]} | entries.write([e for e in self.table if e.name != "lang"], self.values)

    def elsewhere(self, **values: str) -> dict[str, str]:
        """The query of a link to another page: its own values, and this page's language and mode."""
        common = {"lang": self["lang"]} | ({"present": "1"} if self.present else {})
        return common | values

    def base(self, moving: set[str]) -> dict[str, Any]:
        """The values that the figure under the films is drawn with.

        They stay as they were when only handles (`moving`) have moved since, so that letting go of
        a handle sends no new figure; any other change draws it anew from the present values.
        """
        if any(self.drawn.get(name) != value for name, value in self.values.items() if name not in moving):
            self.drawn = dict(self.values)
        return self.drawn

    def stands_in(self, around: Any) -> None:
        """Say what a live part depends on that is drawn around it; if that has changed, the page runs again."""
        if self.around is not None and self.around != around:
            self.around = None
            st.query_params.from_dict(self.query())  # the run that follows reads it, before the scrubber has written it
            st.rerun()
        self.around = around

    def coming(self, name: str) -> Any:
        """What the next run will show: for a widget's callback that builds on a value which others may have moved."""
        return (self.values | releases() | changes())[name]

    def set(self, **values: Any) -> None:
        """Change the state from a widget's callback; the page's next run shows it."""
        changes().update(values)

    def release(self, **values: Any) -> None:
        """Change the state where handles were let go.

        The browser may tell of it only just before another widget is touched: what that one has set, stays.
        """
        releases().update(values)


def releases() -> dict[str, Any]:
    """Where handles have been let go since the last run."""
    found: dict[str, Any] = st.session_state.setdefault("releases", {})
    return found


def changes() -> dict[str, Any]:
    """What widgets have changed since the last run."""
    found: dict[str, Any] = st.session_state.setdefault("changes", {})
    return found


def on_change(name: str, key: str, also: Mapping[str, Any] | None = None) -> Callable[[], None]:
    """A callback that takes the new value of the widget `key` as the state's `name`, and what `also` sets with it."""

    def take() -> None:
        changes().update({name: st.session_state[key]} | dict(also or {}))

    return take


def coming_language() -> str:
    """The language of this run, before its page is opened: as just chosen, as the link says, or as before."""
    held: State | None = st.session_state.get("state")
    for choice in (changes().get("lang"), st.query_params.get("lang"), held and held["lang"]):
        if choice in LANGUAGES:
            return str(choice)
    return language.preferred()


def coming_mode() -> bool:
    """Whether this run will be in presentation mode, before its page is opened."""
    return bool(changes().get("present", st.query_params.get("present") == "1"))


def open_page(page: str, table: Table) -> State:
    """The state of `page` for a whole run of the script, its address brought up to date."""
    full = [*COMMON, *table]
    received = st.query_params.to_dict()
    held: State | None = st.session_state.get("state")
    opened = held is None or held.page != page
    if held is None or opened or (not (changes() or releases()) and received != held.query()):
        values, notices = entries.read(full, received)
        # Streamlit's own menu drops the query, but the language stays as it was
        values["lang"] = values["lang"] or coming_language()
        changes().clear()
        releases().clear()
        held = st.session_state["state"] = State(page, full, values, notices)
    else:
        _apply(held)
    # The address of a page just opened is put in place by `ui.bridge`, which says why. Later it is told at
    # every run, for a link to the page that one is on does not change the address by itself.
    if not opened:
        st.query_params.from_dict(held.query())
    return held


def _apply(held: State) -> bool:
    """Take over what widgets have changed; whether there was anything."""
    cancelled = changes().get("cancelled")
    taken = {name: value for name, value in (releases() | changes()).items() if name in held.values}
    changes().clear()
    releases().clear()
    if taken and not held.waiting:
        held.good = dict(held.values)
    held.values |= taken
    if taken or cancelled:
        held.notices, held.cancelled = [], cancelled
    return bool(taken)


def live(draw: Callable[[State], None]) -> Callable[[], None]:
    """Make of `draw` a part of the page that runs alone when one of its own widgets changes.

    Letting go of a handle then costs what the instrument costs, not what the lesson under it does.
    """

    @st.fragment
    @wraps(draw)
    def part() -> None:
        held: State = st.session_state["state"]
        if _apply(held) and not held.address_follows:
            st.query_params.from_dict(held.query())
        held.address_follows = False
        around, held.place = held.place, None
        try:
            with suppress(UnfinishedError):
                draw(held)
        finally:
            held.place = around

    return part
