"""Dead ReLU: a real small training in which units die."""

from ui import dead_relu_view
from ui.frame import open_page
from ui.lesson_view import show_lesson


def show() -> None:
    """The page `/dead_relu`."""
    state = open_page("dead_relu", dead_relu_view.TABLE)
    dead_relu_view.page()
    show_lesson(state, "dead_relu")
