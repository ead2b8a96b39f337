"""Next word: what temperature and filters leave of a distribution, and draws from it."""

from ui import sampling_view
from ui.frame import open_page
from ui.lesson_view import show_lesson


def show() -> None:
    """The page `/sampling`."""
    state = open_page("sampling", sampling_view.TABLE)
    sampling_view.page()
    show_lesson(state, "sampling")
