"""A function: its curve and slope, moved by hand, its facts, its lesson and its code."""

import activations
from ui import function_view
from ui.frame import open_page
from ui.lesson_view import show_code, show_lesson


def show(name: str) -> None:
    """The page of the activation called `name`."""
    state = open_page(name, function_view.table(name))
    function_view.page()
    show_lesson(state, name)
    show_code(state, name)


def pages() -> tuple[str, ...]:
    """The addresses that this module serves: every activation of the catalogue."""
    return activations.names()
