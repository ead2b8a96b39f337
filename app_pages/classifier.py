"""Classifier: what softmax does at the output of ResNet, Inception and BERT, on a small network that learns digits."""

from ui import classifier_view
from ui.frame import open_page
from ui.lesson_view import show_lesson


def show() -> None:
    """The page `/classifier`."""
    state = open_page("classifier", classifier_view.TABLE)
    classifier_view.page()
    show_lesson(state, "classifier")
