"""The page on signals through depth: published results, settings, and one of three instruments."""

import streamlit as st

from ui import controls
from ui.depth_settings import PARTS, TABLE, UNITS, depth, published, results, settings_row
from ui.depth_signals import signals
from ui.depth_theory import born_dead, theory
from ui.runs import progress_place
from ui.state import State, live

__all__ = ["TABLE", "page"]


@live
def page(state: State) -> None:
    """Everything above the lesson: the part, the published results, the settings, the instrument."""
    with st.container(gap="xsmall", key="depth"):
        _page(state)


def _page(state: State) -> None:
    words = state.words
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        controls.parts(state, PARTS)
        if not state.present:
            results(state)
    if state["part"] != "dead" and not state.present:
        settings_row(state)
    shown = published(state)
    if shown and not state.present:
        st.caption(words(f"depth.result.{shown}"))
    progress_place(state)
    if state["part"] == "dead":
        born_dead(state)
        return
    if depth(state) < state["depth"]:
        st.info(words("depth.cap", asked=state["depth"], width=state["width"], units=f"{UNITS:,}", depth=depth(state)))
    (signals if state["part"] == "signals" else theory)(state)
