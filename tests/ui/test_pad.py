"""The drawing pad's Python side: its entry of the table, what the browser is told, and what is taken from it."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import orjson
import pytest

from activations.experiments import drawing
from ui import entries
from ui import pad as pads
from ui.language import Words
from ui.pad import Drawing, pad
from ui.state import COMMON, State, changes

INK = Drawing("ink")
CROSS = drawing.written(np.eye(32, dtype=bool) | np.eye(32, dtype=bool)[::-1])


def page(**values: Any) -> State:
    return State("test", [*COMMON, INK], {"lang": "en", "present": False, "ink": ""} | values, [])


class Browser:
    """Stands in for the component: keeps what it was told, and answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.session: dict[str, Any] = {}
        monkeypatch.setattr("ui.pad._component", lambda: self._show)
        monkeypatch.setattr("streamlit.session_state", self.session)

    def _show(self, *, key: str, data: bytes, on_drawn_change: Any) -> None:
        self.key, self.heard = key, on_drawn_change
        self.data: dict[str, Any] = orjson.loads(data)

    def draw(self, text: str, count: int = 1) -> dict[str, Any]:
        """A stroke has ended in the browser; what changes of the state."""
        self.session[self.key] = SimpleNamespace(drawn={"drawing": text, "count": count})
        self.heard()
        found = dict(changes())
        changes().clear()
        return found


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    return Browser(monkeypatch)


def test_the_browser_is_told_the_drawing_and_the_words(browser: Browser) -> None:
    pad(page(ink=CROSS), "ink", label="Your digit")
    assert browser.key == "pad"
    assert (browser.data["drawing"], browser.data["label"]) == (CROSS, "Your digit")
    assert (browser.data["side"], browser.data["across"]) == (32, 8)
    assert browser.data["say"]["clear"] == Words("en")("pad.clear")
    assert browser.data["say"]["cell"].format(row=1, column=2, dots=3) == Words("en")(
        "pad.cell", row=1, column=2, dots=3
    )


@pytest.mark.parametrize("text", [CROSS, ""])
def test_a_stroke_sets_the_state_and_is_answered(browser: Browser, text: str) -> None:
    pad(page(), "ink", label="Your digit", key="mine")
    assert browser.data["answers"] == 0
    assert browser.draw(text, count=3) == {"ink": text}
    pad(page(), "ink", label="Your digit", key="mine")
    assert browser.data["answers"] == 3


def test_what_is_no_drawing_changes_nothing(browser: Browser) -> None:
    pad(page(), "ink", label="Your digit")
    assert browser.draw("<b>") == {}


def test_what_is_told_on_the_way_to_another_page_is_passed_over(browser: Browser) -> None:
    pad(page(), "ink", label="Your digit")
    browser.heard()
    assert changes() == {}


def test_a_link_without_a_drawing_is_short_and_one_that_is_damaged_says_so() -> None:
    values, notices = entries.read([INK], {"ink": CROSS})
    assert (values["ink"], notices) == (CROSS, [])
    assert page(ink=CROSS).query() == {"lang": "en", "ink": CROSS}
    assert page().query() == {"lang": "en"}
    values, (notice,) = entries.read([INK], {"ink": CROSS[:-1]})
    assert values["ink"] == ""
    for lang in ("en", "zh"):
        said = Words(lang)(notice.message, **notice.values)
        assert str(drawing.LENGTH) in said
        assert {"en": "an empty field", "zh": "空白画板"}[lang] in said
    assert pads.ACROSS == 8
