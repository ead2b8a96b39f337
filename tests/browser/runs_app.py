"""An app for tests: work of a length that a link or a button sets, in a live part, with words below it."""

from functools import partial

import streamlit as st

from tests.ui import working
from ui import controls, entries
from ui.frame import open_page
from ui.runs import progress_place, run
from ui.state import State, live

TABLE = (entries.Number("seconds", 0.0, 0, 600),)


@live
def page(state: State) -> None:
    """Buttons that set the length, and what came of the work."""
    for seconds in (0.0, 0.25, 600.0):
        controls.button(state, f"{seconds:g} s", {"seconds": seconds}, f"{seconds:g}")
    progress_place(state)
    found = run(state["seconds"], partial(working.last, state["seconds"]), "Working")
    st.text(f"took {found:g} s")


open_page("", TABLE)
page()
st.text("the end")
