"""Compare: any functions over one another, values above and slopes below."""

from ui import compare_view
from ui.frame import open_page
from ui.lesson_view import show_lesson


def show() -> None:
    """The page `/compare`."""
    state = open_page("compare", compare_view.TABLE)
    compare_view.page()
    show_lesson(state, "compare")
