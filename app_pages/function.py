"""A function: its curve and slope, moved by hand, its facts, its lesson and its code."""

import streamlit as st

import activations
from figures.function import WINDOWS
from ui import controls, function_view
from ui.frame import open_page
from ui.lesson_view import show_code, show_lesson


def show(name: str) -> None:
    """The page of the activation called `name`."""
    state = open_page(name, function_view.table(name))
    words = state.words
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        function_view.formula(state)
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            controls.choice(
                state, "w", WINDOWS, words("function.window"), function_view.window_name, label_visibility="collapsed"
            )
            controls.toggle(state, "d2", words("function.curvature"))
    function_view.instrument(state)
    if not state.present:
        function_view.chain_rule(state)
        function_view.facts(state)
        show_lesson(state, name)
        show_code(state, name)


def pages() -> tuple[str, ...]:
    """The addresses that this module serves: every activation of the catalogue."""
    return activations.names()
