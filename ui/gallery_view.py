"""The parts of the gallery."""

from base64 import b64encode
from collections.abc import Sequence
from functools import cache

import streamlit as st

import lessons
from figures import thumbnail
from ui.frame import link
from ui.state import State

# A first visit: each step stands on the one before.
PATH = ("relu", "sigmoid", "saturation", "tanh", "dead_relu", "leaky_relu", "softmax", "choose")
_ABREAST = 3


@cache
def _picture(page: str) -> str:
    return "data:image/svg+xml;base64," + b64encode(thumbnail.of_page(page).encode()).decode()


def path(state: State) -> None:
    """The suggested order for a first visit."""
    words = state.words
    st.markdown(words("gallery.welcome"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="path"):
        st.markdown(f"**{words('gallery.path')}**", width="content")
        for number, page in enumerate(PATH, start=1):
            link(page, f"{number} · {lessons.read(page, state['lang']).title}", state.elsewhere())


def cards(state: State, pages: Sequence[str]) -> None:
    """A card a page: its picture, what it shows in a sentence, and where that is used."""
    for start in range(0, len(pages), _ABREAST):
        columns = st.columns(_ABREAST)
        for column, page in zip(columns, pages[start : start + _ABREAST], strict=False):
            lesson = lessons.read(page, state["lang"])
            with column.container(border=True, height="stretch"):
                st.markdown(f"![{lesson.title}]({_picture(page)})")
                link(page, f"**{lesson.title}**", state.elsewhere(), ":material/arrow_forward:")
                st.markdown(f"{lesson.summary}\n\n:small[{lesson.used}]")
