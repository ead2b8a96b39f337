"""The gallery: where a visit begins."""

import streamlit as st

from ui import gallery_view
from ui.frame import menu, open_page


def show() -> None:
    """The page `/`."""
    state = open_page("", ())
    gallery_view.path(state)
    for heading, pages in menu().items():
        st.header(state.words(heading), anchor=heading.removeprefix("menu."))
        gallery_view.cards(state, pages)
