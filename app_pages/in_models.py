"""Inside real models: which function stands where in well-known models, and why."""

from ui import models_view
from ui.frame import open_page
from ui.lesson_view import show_lesson


def show() -> None:
    """The page `/in_models`."""
    state = open_page("in_models", models_view.TABLE)
    models_view.page()
    show_lesson(state, "in_models")
