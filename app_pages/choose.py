"""Which one: a few questions lead to a function, its reason, and the page that shows why."""

from ui import choose_view
from ui.frame import open_page
from ui.lesson_view import show_lesson


def show() -> None:
    """The page `/choose`."""
    state = open_page("choose", choose_view.TABLE)
    choose_view.page()
    show_lesson(state, "choose")
