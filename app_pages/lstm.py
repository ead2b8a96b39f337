"""LSTM and GRU: a cell whose wires carry the numbers, and how far a gradient reaches back through time."""

from ui import lstm_view
from ui.frame import open_page
from ui.lesson_view import show_lesson


def show() -> None:
    """The page `/lstm`."""
    state = open_page("lstm", lstm_view.TABLE)
    lstm_view.page()
    show_lesson(state, "lstm")
