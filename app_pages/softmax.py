"""Softmax and temperature: logits and probabilities, moved by hand."""

from ui import controls, softmax_view
from ui.frame import open_page
from ui.lesson_view import show_lesson


def show() -> None:
    """The page `/softmax`."""
    state = open_page("softmax", softmax_view.TABLE)
    words = state.words
    if not state.present:
        softmax_view.presets(state)
    controls.choice(
        state,
        "part",
        softmax_view.PARTS,
        words("softmax.part"),
        lambda name: words(f"softmax.part.{name}"),
        label_visibility="collapsed",
    )
    (softmax_view.shift if state["part"] == "shift" else softmax_view.instrument)(state)
    show_lesson(state, "softmax")
