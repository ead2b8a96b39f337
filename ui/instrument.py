"""What instruments share around their charts: the height of a figure, the readout's markup, what stands below."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from figures import style
from ui.chart import download
from ui.state import State


def look(state: State, share: float = 1.0) -> style.Look:
    """Lower than elsewhere, so that the settings, two handles and the numbers fit the same screen."""
    usual = style.CLASSROOM if state.present else style.SCREEN
    return replace(usual, height=round((500 if state.present else 255) * share))


def slot(name: str) -> str:
    """A place in the readout that the films fill."""
    return f'<b data-slot="{name}"></b>'


def line(*parts: str) -> str:
    """A line of the readout."""
    return f'<p class="totals">{" ".join(parts)}</p>'


def below(state: State, note: str, file: str, data: Callable[[], str]) -> None:
    """What there is to say of the charts, and their data; not in presentation mode."""
    if state.present:
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(note, width="stretch")
        download(state, file, data)
