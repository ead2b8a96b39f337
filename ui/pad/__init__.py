"""The drawing pad: a field on which a reader draws a digit, by mouse, finger or pen, or cell by cell with the keyboard.

    TABLE = (..., Drawing("ink"))           # an entry of the page's table: "" or 171 characters of dots
    pad(state, "ink", label=words("..."))   # in a live part, which runs again when a stroke ends
    digit(state["ink"])                     # activations.experiments.drawing: shape (64,), as the shipped digits

The browser keeps the 32 × 32 dots and tells of them once a stroke ends; what networks read of them is the core's.
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson
import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from activations.experiments import drawing
from ui.entries import UnusableError
from ui.state import State

_FOLDER = Path(__file__).parent
ACROSS = drawing.SIDE // drawing.BLOCK  # cells in each direction, for the keyboard


@dataclass(frozen=True)
class Drawing:
    """A reader's drawing, written as `drawing` does; empty, it is left out of the address."""

    name: str
    default: str = ""

    def read(self, text: str) -> str:
        """The drawing in `text`, as it is written."""
        try:
            return drawing.written(drawing.read(text))
        except drawing.DrawingError:
            raise UnusableError("notice.drawing", length=str(drawing.LENGTH)) from None

    def clamp(self, text: str) -> None:
        """A damaged drawing is dropped whole."""

    def write(self, value: str) -> str:
        """The text itself."""
        return value


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(
        "activation_lab_pad",
        html='<div class="pad"></div>',
        css=(_FOLDER / "pad.css").read_text(encoding="utf-8"),
        js=(_FOLDER / "pad.js").read_text(encoding="utf-8"),
    )


def pad(state: State, name: str, *, label: str, key: str = "pad") -> None:
    """Show the pad with the drawing that the state holds as `name`, an entry of the kind `Drawing`; it sets that entry.

    `label` names the field, above it and to screen readers. Two pads of a page need a `key` each.
    """
    entry = next(entry for entry in state.table if entry.name == name)
    answers: dict[str, int] = st.session_state.setdefault("answers", {})
    words = state.words

    def take() -> None:
        told = st.session_state.get(key)
        if told is None:  # told on the way to another page
            return
        event = told.drawn
        answers[key] = int(event["count"])
        with suppress(UnusableError):
            state.set(**{name: entry.read(str(event["drawing"]))})

    say = {
        "hint": words("pad.hint"),
        "clear": words("pad.clear"),
        "cleared": words("pad.cleared"),
        # the browser puts the numbers in
        "cell": words("pad.cell", row="{row}", column="{column}", dots="{dots}"),
    }
    _component()(
        key=key,
        data=orjson.dumps(
            {
                "drawing": state[name],
                "answers": answers.get(key, 0),
                "side": drawing.SIDE,
                "across": ACROSS,
                "label": label,
                "presented": state.present,
                "say": say,
            }
        ),
        on_drawn_change=take,
    )
