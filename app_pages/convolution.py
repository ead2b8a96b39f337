"""Convolution: feature maps of a digit before and after an activation, and the same maps with few bits."""

from ui import convolution_view
from ui.frame import open_page
from ui.lesson_view import show_lesson


def show() -> None:
    """The page `/convolution`."""
    state = open_page("convolution", convolution_view.TABLE)
    convolution_view.page()
    show_lesson(state, "convolution")
