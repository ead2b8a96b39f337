"""The scrubber's Python side: what the browser is told, and what is taken from what it answers."""

from functools import partial
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

import activations
from figures import function as drawing
from figures.function import View
from ui import entries, function_view, scrubber
from ui.language import Words
from ui.scrubber import Handle, Mark, Pick, encoded
from ui.state import COMMON, State, changes, releases

SIGMOID = activations.get("sigmoid")
X = entries.Number("x", 1.0, -40, 40)


class Browser:
    """Stands in for the component: keeps what it was told, and answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.session: dict[str, Any] = {}
        self.files: dict[str, bytes] = {}
        manager = SimpleNamespace(media_file_mgr=SimpleNamespace(add=self._add))
        monkeypatch.setattr("ui.scrubber.runtime.get_instance", lambda: manager)
        monkeypatch.setattr("ui.scrubber._component", lambda: self._show)
        monkeypatch.setattr("streamlit.session_state", self.session)

    def _add(self, data: bytes, kind: str, place: str) -> str:
        assert kind == "application/octet-stream"
        self.files[place] = data
        return f"/media/{place}"

    def _show(self, *, key: str, data: bytes, on_released_change: Any, on_picked_change: Any) -> None:
        self.key, self.heard, self.clicked = key, on_released_change, on_picked_change
        self.data: dict[str, Any] = orjson.loads(data)

    def answer(self, **values: Any) -> dict[str, Any]:
        """A release in the browser; what changes of the state."""
        count = self.session.get("answers", {}).get(self.key, 0) + 1
        self.session[self.key] = SimpleNamespace(released={"values": values, "count": count})
        self.heard()
        found = releases() | changes()
        changes().clear()
        releases().clear()
        return found

    def click(self, told: Any) -> None:
        """A click on a chart in the browser."""
        self.session[self.key] = SimpleNamespace(picked=told)
        self.clicked()

    def handle(self, name: str) -> dict[str, Any]:
        return next(handle for handle in self.data["handles"] if handle["name"] == name)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    return Browser(monkeypatch)


def page(**values: Any) -> State:
    table = [*COMMON, X, entries.Number("g", 0.8, -10, 10), entries.Flag("d2")]
    defaults = {entry.name: entry.default for entry in table} | {"lang": "en"}
    return State("sigmoid", table, defaults | values, [])


def film(x: float = 1.0) -> scrubber.Encoded:
    return encoded(drawing.x_film(SIGMOID, x, View(6.0), 0.8))


def show(state: State, x: float = 1.0, **more: Any) -> None:
    handles = [Handle("x", "x", film(x), [Mark(0.5, "0", "start")])]
    options = {"chart": "chart", "readout": ["<p></p>"], "words": {"y": "0.7"}, "key": "scrubber"} | more
    scrubber.scrubber(state, handles, **options)


def test_the_browser_is_told_where_the_handle_stands(browser: Browser) -> None:
    show(page())
    told = browser.handle("x")
    assert told["count"] == 601
    assert told["at"] == told["present"] == 350
    assert (told["text"], told["said"], told["fault"]) == ("1.00", "1.00", "")
    assert told["marks"] == [{"at": 0.5, "text": "0", "align": "start"}]
    assert told["film"] == "/media/scrubber-x"
    assert browser.files["scrubber-x"] == film().data
    assert browser.data["charts"] == ["chart"]
    assert browser.data["words"] == {"y": "0.7"}
    assert browser.data["say"]["reset"] == Words("en")("scrubber.reset")


def test_a_value_between_two_positions_has_a_picture_of_its_own(browser: Browser) -> None:
    show(page(), x=-1.2345)
    told = browser.handle("x")
    assert told["present"] == told["count"] == 601
    assert told["at"] == 238  # −1.24 is nearest
    assert told["text"] == "-1.2345"  # to be typed over, with a minus that every keyboard has
    assert told["said"] == "−1.2345"
    show(page(), x=-1e-7)
    told = browser.handle("x")
    assert told["text"] == "-1e-7"
    assert told["said"] == "−1 × 10⁻⁷"


def test_one_film_serves_every_value_that_is_one_of_its_positions() -> None:
    told = Handle("x", "x", film(), value=-6.0)
    assert told.film.texts[0] == "−6.00"
    assert drawing.x_positions(6.0)[0] == -6.0


@pytest.mark.parametrize(
    ("given", "value"), [(2.5, 2.5), ("2.5", 2.5), (" −2 ", -2.0), ("40", 40.0), ("1e1", 10.0), (-0.0, 0.0)]
)
def test_a_release_changes_the_state(browser: Browser, given: Any, value: float) -> None:
    show(page())
    assert browser.answer(x=given) == {"x": value}
    assert browser.session["answers"] == {"scrubber": 1}


@pytest.mark.parametrize(
    "given", ["", "nan", "inf", "1e308", "-41", "two", "<b>", None, [], {}, True, "9" * 10_000, "½"]
)
def test_what_cannot_be_used_changes_nothing_and_is_explained_beside_the_field(browser: Browser, given: Any) -> None:
    state = page(x=2.0)
    show(state, x=2.0)
    assert browser.answer(x=given) == {}
    show(state, x=2.0)
    told = browser.handle("x")
    assert told["fault"] == Words("en")("fault.number", low="−40", high="40")
    assert told["text"] == str(given)[:40]
    assert told["at"] == 400  # the handle itself stays


def test_the_sentence_goes_with_the_next_good_value(browser: Browser) -> None:
    state = page()
    show(state)
    browser.answer(x="two")
    browser.answer(x="2")
    show(state)
    assert browser.handle("x")["fault"] == ""
    assert browser.handle("x")["text"] == "1.00"


def test_the_sentence_goes_with_a_reset(browser: Browser) -> None:
    state = page(x=2.0)
    show(state, x=2.0)
    browser.answer(x="two")
    assert browser.answer(reset=True) == {"x": 1.0}
    show(state)
    assert browser.handle("x")["fault"] == ""


def test_the_sentence_follows_the_language_and_stays_on_its_page(browser: Browser) -> None:
    state = page()
    show(state)
    browser.answer(x="two")
    state.values["lang"] = "zh"
    show(state)
    assert browser.handle("x")["fault"] == Words("zh")("fault.number", low="−40", high="40")
    show(page())
    assert browser.handle("x")["fault"] == ""


def test_only_what_has_a_handle_can_be_set(browser: Browser) -> None:
    show(page())
    assert browser.answer(g=3, d2="1", lang="zh", nonsense=1) == {}


def test_reset_puts_back_the_handles_or_what_is_named(browser: Browser) -> None:
    show(page())
    assert browser.answer(reset=True) == {"x": 1.0}
    show(page(), resets=("x", "g"))
    assert browser.answer(reset=True) == {"x": 1.0, "g": 0.8}


def test_a_page_can_put_handles_together_without_undoing_a_reset(browser: Browser) -> None:
    state = page()
    handles = [Handle("z0", "A", film(), entry=entries.Number("z", 0.0, -40, 40))]
    more = {"chart": "", "readout": [], "words": {}, "key": "s", "resets": ("x",)}
    scrubber.scrubber(state, handles, released=lambda values: {"x": values.get("z0", 7.0)}, **more)
    assert browser.answer(z0="3") == {"x": 3.0}
    assert browser.answer(reset=True) == {"x": 1.0}


def test_a_film_without_words_for_the_ear_says_what_it_shows() -> None:
    assert film().said == film().texts


def test_a_film_is_fetched_at_once_unless_its_handle_is_lazy(browser: Browser) -> None:
    state, more = page(), {"chart": ("one", "two"), "readout": [], "words": {}, "key": "s"}
    scrubber.scrubber(state, [Handle("x", "x", film()), Handle("g", "g", film(), lazy=True)], **more)
    assert [browser.handle(name)["lazy"] for name in ("x", "g")] == [False, True]
    assert browser.data["charts"] == ["one", "two"]
    assert not browser.data["picks"]


def test_films_come_by_address_where_the_server_answers_there(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = partial(function_view._film, "sigmoid", View(6.0), 0.8)
    show(page(), films=make)
    assert browser.data["films"] == ""
    assert browser.handle("x")["film"] == "/media/scrubber-x"
    assert not browser.handle("x")["alone"]
    monkeypatch.setattr("ui.films._served", True)
    show(page(), films=make)
    assert browser.data["films"].startswith("/films/")
    told = browser.handle("x")
    assert (told["film"], told["alone"]) == ("", True)
    assert (told["value"], told["around"], told["of"], told["usual"]) == (1.0, 1.0, "x", "1")


def test_films_come_with_runs_once_one_has_not_reached_the_reader(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.films._served", True)
    make = partial(function_view._film, "sigmoid", View(6.0), 0.8)
    show(page(), films=make)
    browser.session["scrubber"] = SimpleNamespace(released={"values": {}, "count": 1, "lost": True})
    browser.heard()
    show(page(), films=make)
    assert browser.data["films"] == ""
    assert browser.handle("x")["film"] == "/media/scrubber-x"


def test_a_page_without_a_chart_plays_for_its_readout_alone(browser: Browser) -> None:
    show(page(), chart="")
    assert browser.data["charts"] == []


def test_a_presentation_has_no_tools(browser: Browser) -> None:
    show(page())
    assert browser.data["tools"] == ["reset", "link", "svg"]
    show(page(present=True))
    assert browser.data["tools"] == []


def test_what_is_clicked_is_told_with_its_place(browser: Browser) -> None:
    found: list[Pick] = []
    show(page(), chart=("one", "two"), picked=found.append)
    assert browser.data["picks"]
    browser.click({"chart": 1, "trace": 2, "point": 30, "x": 0.5, "y": -1})
    browser.click({"chart": 0, "x": 2, "y": 3})
    browser.click({"chart": 0, "trace": 1, "point": [3, 4], "x": "2", "y": 3})  # a cell of a heat map
    assert found == [Pick("two", 0.5, -1.0, 2, 30), Pick("one", 2.0, 3.0, None, None), Pick("one", 2.0, 3.0, 1, None)]


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {},
        "x",
        {"chart": 2, "x": 0, "y": 0},
        {"chart": 0, "x": "cat", "y": 0},
        {"chart": 0, "x": float("nan"), "y": 0},
        {"chart": 0, "x": 0, "y": [1]},
    ],
)
def test_a_click_that_cannot_be_used_is_none(browser: Browser, told: Any) -> None:
    found: list[Pick] = []
    show(page(), chart=("one", "two"), picked=found.append)
    browser.click(told)
    assert found == []
