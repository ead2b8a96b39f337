"""Depth: what many layers make of a signal, and of the gradient on its way back."""

from ui import depth_view
from ui.frame import open_page
from ui.lesson_view import show_lesson


def show() -> None:
    """The page `/depth`."""
    state = open_page("depth", depth_view.TABLE)
    depth_view.page()
    show_lesson(state, "depth")
