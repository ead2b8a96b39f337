"""The training playground: a small network learns points in the plane before one's eyes."""

from ui import train_view
from ui.frame import open_page
from ui.lesson_view import show_lesson
from ui.train_state import TABLE


def show() -> None:
    """The page `/train`."""
    state = open_page("train", TABLE)
    train_view.page()
    show_lesson(state, "train")
