"""Predict first: the reader guesses how many units will be dead, and only then the run is shown."""

import streamlit as st

from ui import controls
from ui.dead_relu_state import EPOCHS, HIDE
from ui.state import State


def toggle(state: State) -> None:
    """The switch that asks for a guess before every run."""
    controls.toggle(state, "predict", state.words("dead_relu.predict"), HIDE)


def asks(state: State, units: int) -> bool:
    """Ask for the guess, out of `units`, while the run is still hidden; whether it is."""
    if not state["predict"] or state["shown"]:
        return False
    words = state.words
    state.values["guess"] = min(state["guess"], units)
    with st.container(border=True, key="predict"):
        st.markdown(words("dead_relu.predict.question", units=units, epochs=EPOCHS))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            controls.number(state, "guess", words("dead_relu.predict.guess"), 0, units, 1, width=220)
            controls.button(
                state, words("dead_relu.predict.show"), {"shown": True}, "predict.show", icon=":material/visibility:"
            )
    return True


def answers(state: State, units: int, dead: int) -> None:
    """What was guessed beside what came of it, once the run is shown."""
    if not state["predict"]:
        return
    guess = state["guess"]
    verdict = "right" if guess == dead else "more" if dead > guess else "fewer"
    with st.container(horizontal=True, vertical_alignment="center", key="predicted"):
        st.markdown(state.words(f"dead_relu.predict.{verdict}", guess=guess, dead=dead, units=units), width="content")
        controls.button(state, state.words("dead_relu.predict.again"), dict(HIDE), "predict.again")
