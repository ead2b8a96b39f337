"""The scrubber: handles in the browser that play films on the charts beside them.

The server hears of a handle when it is let go: `released` puts the new values into the state, and
the next run sends the films around it. What was typed and cannot be used stays in its field, with
a sentence that says what is valid.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from math import isfinite
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import streamlit as st
from streamlit import runtime
from streamlit.components.v2.types import ComponentRenderer

from figures.film import Film, present_frame
from figures.numbers import typed
from ui import entries
from ui.entries import UnusableError
from ui.films import offer, served
from ui.state import State

_FOLDER = Path(__file__).parent
_SCRIPTS = ("films", "chart", "elements", "scrubber")  # a component is given one text
_PLAIN = "plain_films"  # in the session: films by address did not reach this reader, so runs send them
_SAID = ("exact", "less", "more", "play", "pause", "reset", "link", "copied", "svg", "readout")


@dataclass(frozen=True)
class Mark:
    """A word on the scale of a handle, at a share (0 to 1) of its length."""

    at: float
    text: str
    align: str = ""


@dataclass(frozen=True)
class Encoded:
    """A film ready to be sent, with what the server needs to know of it: where it stops and what it says there."""

    data: bytes
    positions: Any  # of NumPy's arrays, which this room does not name
    present: float
    texts: Sequence[str]
    said: Sequence[str]


def encoded(film: Film) -> Encoded:
    """Encode a film once; callers cache the result."""
    texts = film.words[film.handle]
    said = film.words.get(f"{film.handle}_said", texts)
    return Encoded(film.encode(), film.positions, film.present, texts, said)


@dataclass(frozen=True)
class Handle:
    """One handle: what it moves, its label, its film, and words on its scale.

    `name` is an entry of the page's table, or else `entry` says what the handle may be and the
    scrubber's `released` puts it into the state. `value` is where the handle stands; without it,
    where the film was made for. A `lazy` film is fetched when the handle is first moved or played.
    `beside` are slots of the readout that stand in its row; `small` ones share a row where there is room.
    A handle stands `alone` if nothing that the server makes depends on it, films of other handles
    included, which the scrubber's `films` make by address: then the browser keeps its address, and
    tells of it before anything else is touched. `regimes` number what does depend on it, position by
    position, and `regime` says which it is now: the server need hear at once only where that changes.
    """

    name: str
    label: str
    film: Encoded
    marks: Sequence[Mark] = ()
    entry: entries.Number | None = None
    value: float | None = None
    lazy: bool = False
    beside: Sequence[str] = ()
    small: bool = False
    alone: bool = False
    regimes: Sequence[int] = ()
    regime: int = 0

    def data(self, place: str, state: State, followed: bool) -> dict[str, Any]:
        """What the browser is told of the handle, with what was typed and refused, and why.

        The film's address is given unless the browser asks for films by values (`followed`).
        """
        film = self.film
        value = film.present if self.value is None else self.value
        present = present_frame(film.positions, value)
        stored = next((entry for entry in state.table if entry.name == (self.entry or self).name), None)
        text, sentence = typed(film.texts[present]), ""
        if self.name in state.faults:
            text, fault = state.faults[self.name]
            sentence = state.words(f"fault.{fault.message.removeprefix('notice.')}", **fault.values)
        return {
            "name": self.name,
            "label": self.label,
            "film": "" if followed else _address(film, place),
            "lazy": self.lazy,
            "alone": self.alone or followed,
            "regimes": list(self.regimes),
            "regime": self.regime,
            "value": value,
            "around": film.present,
            "of": stored.name if stored else self.name,
            "usual": stored.write(stored.default) if stored else "",
            "count": len(film.positions),
            "at": int(abs(film.positions - value).argmin()),
            "present": present,
            "text": text,
            "said": film.said[present],
            "fault": sentence,
            "beside": list(self.beside),
            "small": self.small,
            "marks": [{"at": mark.at, "text": mark.text, "align": mark.align} for mark in self.marks],
        }


@dataclass(frozen=True)
class Pick:
    """What was clicked: the `chart` by its key, the place by `x` and `y`, and the trace's point, if there is one."""

    chart: str
    x: float
    y: float
    trace: int | None
    point: int | None


def _read_pick(charts: Sequence[str], told: Any) -> Pick | None:
    """What the browser tells of a click, or None if it is nothing that can be used."""

    def place(name: str) -> int | None:
        return told[name] if type(told.get(name)) is int and told[name] >= 0 else None

    try:
        x, y = float(told["x"]), float(told["y"])
        if not (isfinite(x) and isfinite(y)):
            return None
        return Pick(charts[place("chart") or 0], x, y, place("trace"), place("point"))
    except (TypeError, ValueError, LookupError, AttributeError):
        return None


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(
        "activation_lab_scrubber",
        html='<div class="panel"></div>',
        css=(_FOLDER / "scrubber.css").read_text(encoding="utf-8"),
        js="\n".join((_FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in _SCRIPTS),
    )


def _address(film: Encoded, place: str) -> str:
    """Where the browser can fetch the film for as long as this state is shown."""
    return runtime.get_instance().media_file_mgr.add(film.data, "application/octet-stream", place)


def scrubber(
    state: State,
    handles: Sequence[Handle],
    *,
    chart: str | Sequence[str],
    readout: Sequence[str],
    words: Mapping[str, str],
    key: str,
    tools: Sequence[str] = ("reset", "link", "svg"),
    heads: Sequence[str] = (),
    resets: Sequence[str] = (),
    films: "partial[Encoded] | None" = None,
    released: Callable[[dict[str, Any]], dict[str, Any]] = lambda values: values,
    picked: Callable[[Pick], None] | None = None,
) -> None:
    """Show handles that play their films on the chart with the key `chart`, or on several, which films count from 0.

    `readout` are lines of the house's own markup with `data-slot` elements; `words` fills the slots
    for the present state. `heads` stand over the handles' fields and over what is beside them. What a
    handle was let go at is set in the state under its name; `released` can make other changes of it
    first. The `tools` stand below, but not in presentation mode; "reset" puts the handles, or the
    entries named in `resets`, back to their defaults. `films` makes the film of a handle from its name
    and the values of all; see `ui.films`. Then no release asks for a run, and a handle's film around
    new values is fetched when it is touched.
    `picked` hears what is clicked in the charts: points of traces, and any place of a chart whose
    layout has "clickanywhere".
    """
    charts = [one for one in ([chart] if isinstance(chart, str) else chart) if one]
    answers: dict[str, int] = st.session_state.setdefault("answers", {})
    table = {entry.name: entry for entry in state.table}
    known = {handle.name: handle.entry or table[handle.name] for handle in handles}
    translate = state.words
    followed = films is not None and served() and not st.session_state.get(_PLAIN)

    def take() -> None:
        told = st.session_state.get(key)
        if told is None:  # told on the way to another page; the address of this one already says it
            return
        event = told.released
        answers[key] = int(event["count"])
        if event.get("lost"):
            st.session_state[_PLAIN] = True
        accepted: dict[str, Any] = {}
        for name, given in event["values"].items():
            state.faults.pop(name, None)
            if name == "reset":
                state.faults.clear()
                names = resets or [handle.name for handle in handles]
                state.set(**{name: table[name].default for name in names})
            elif name in known:
                try:
                    accepted[name] = known[name].read(str(given))
                except UnusableError as fault:
                    state.faults[name] = (str(given)[:40], fault)
        if accepted:
            state.release(**released(accepted))
        state.address_follows = True

    def pick() -> None:
        found = _read_pick(charts, st.session_state[key].picked)
        if found and picked:
            picked(found)

    _component()(
        key=key,
        # as bytes: Streamlit looks through every entry of a dictionary for tables, 10 % of what a release costs
        data=orjson.dumps(
            {
                "charts": charts,
                "picks": picked is not None,
                "answers": answers.get(key, 0),
                "query": urlencode(state.query()),
                "filename": state.page or "activation-lab",
                "films": offer(films, known) if films and followed else "",
                "handles": [handle.data(f"{key}-{handle.name}", state, followed) for handle in handles],
                "heads": list(heads),
                "readout": list(readout),
                "words": dict(words),
                "tools": [] if state.present else list(tools),
                "say": {name: translate(f"scrubber.{name}") for name in _SAID},
            }
        ),
        on_released_change=take,
        on_picked_change=pick,
    )


def slot_table(first: str, columns: Mapping[str, str], rows: int, *, steady: bool = False, close: bool = False) -> str:
    """A table of slots for the readout: row i has the slot name{i} and a slot {column}{i} a column.

    The columns of a `steady` one have room for numbers that grow longer; those of a `close` one have less between
    them, and long words on two lines.
    """
    head = "".join(f'<th scope="col">{title}</th>' for title in (first, *columns.values()))
    body = "".join(
        f'<tr><th scope="row" data-slot="name{row}"></th>'
        + "".join(f'<td data-slot="{column}{row}"></td>' for column in columns)
        + "</tr>"
        for row in range(rows)
    )
    kind = ' class="steady"' if steady else ' class="close"' if close else ""
    return f"<table{kind}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
