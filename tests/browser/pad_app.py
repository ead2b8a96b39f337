"""An app for tests: a drawing pad, and beside it how much ink a network reads in each pixel."""

import streamlit as st

from activations.experiments import drawing
from ui.frame import open_page
from ui.pad import Drawing, pad
from ui.state import State, live

TABLE = (Drawing("ink"),)


@live
def page(state: State) -> None:
    """The pad, and what is made of the drawing."""
    pad(state, "ink", label="Your digit")
    st.code(" ".join(f"{16 * share:.0f}" for share in drawing.pixels(drawing.read(state["ink"]))))


open_page("", TABLE)
page()
