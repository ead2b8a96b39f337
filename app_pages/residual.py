"""Plain against residual: two deep stacks learn side by side, and only the shortcuts tell them apart."""

from ui import residual_view
from ui.frame import open_page
from ui.lesson_view import show_lesson


def show() -> None:
    """The page `/residual`."""
    state = open_page("residual", residual_view.TABLE)
    residual_view.page()
    show_lesson(state, "residual")
