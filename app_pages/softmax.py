"""Softmax and temperature: logits and probabilities, moved by hand."""

from ui import softmax_view
from ui.frame import open_page
from ui.lesson_view import show_lesson


def show() -> None:
    """The page `/softmax`."""
    state = open_page("softmax", softmax_view.TABLE)
    softmax_view.page()
    show_lesson(state, "softmax")
