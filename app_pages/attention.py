"""Attention: what softmax makes of the scores between words, and why they are divided by √d_k."""

from ui import attention_view
from ui.frame import open_page
from ui.lesson_view import show_lesson


def show() -> None:
    """The page `/attention`."""
    state = open_page("attention", attention_view.TABLE)
    attention_view.page()
    show_lesson(state, "attention")
