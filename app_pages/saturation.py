"""Saturation: where slopes die, what depth makes of them, and a neuron that waits."""

from ui import saturation_view
from ui.frame import open_page
from ui.lesson_view import show_lesson


def show() -> None:
    """The page `/saturation`."""
    state = open_page("saturation", saturation_view.TABLE)
    saturation_view.page()
    show_lesson(state, "saturation")
