"""The address is the state: links set it, widgets change it, and a change of language keeps it."""

from collections.abc import Callable
from unittest.mock import patch
from urllib.parse import parse_qsl

import pytest

from tests.pages.running import address, fine, held, opened
from ui import entries, state
from ui.language import Words
from ui.state import State

TABLE = [*state.COMMON, entries.Number("x", 1.0, -40, 40), entries.Flag("d2")]


def make(**values: object) -> State:
    return State("sigmoid", TABLE, {"lang": "en", "present": False, "x": 1.0, "d2": False} | values, [])


def test_a_query_has_the_language_and_what_differs_from_the_defaults() -> None:
    assert make().query() == {"lang": "en"}
    assert make(x=2.0, present=True).query() == {"lang": "en", "present": "1", "x": "2"}
    assert make(lang="zh", d2=True).query() == {"lang": "zh", "d2": "1"}


def test_links_elsewhere_carry_language_and_mode() -> None:
    assert make(x=2.0).elsewhere() == {"lang": "en"}
    assert make(lang="zh", present=True).elsewhere(z="1,2") == {"lang": "zh", "present": "1", "z": "1,2"}


def test_the_figure_under_the_films_stays_while_only_handles_move() -> None:
    page = make()
    assert page.base({"x"})["x"] == 1.0
    page.values["x"] = 2.0
    assert page.base({"x"})["x"] == 1.0
    page.values["d2"] = True  # anything else draws it anew, from the present values
    assert page.base({"x"}) == {"lang": "en", "present": False, "x": 2.0, "d2": True}
    page.values["x"] = 3.0
    assert page.base({"x"})["x"] == 2.0


def test_a_part_whose_surroundings_have_changed_asks_for_a_whole_run() -> None:
    page = make(x=2.0)
    with patch("streamlit.rerun") as rerun, patch("streamlit.query_params") as address:
        page.stands_in("six")
        page.stands_in("six")
        assert rerun.call_count == 0
        page.stands_in("twelve")
        assert rerun.call_count == 1
        # that run begins with the address, which must not be that of before the change
        address.from_dict.assert_called_once_with(page.query())


def test_words_and_mode() -> None:
    assert make(lang="zh").words == Words("zh")
    assert make(present=True).present is True


def test_a_link_is_the_state() -> None:
    at = opened("leaky_relu", lang="zh", x="-2.5", alpha="0.2", w="12", d2="1", g="-1")
    wanted = {"x": -2.5, "alpha": 0.2, "w": 12.0, "d2": True, "g": -1.0, "lang": "zh", "present": False}
    assert held(at) == wanted
    fine(at.run())
    assert held(at) == wanted
    assert address(at) == {"lang": "zh", "x": "-2.5", "alpha": "0.2", "w": "12", "d2": "1", "g": "-1"}


@pytest.mark.parametrize(("locale", "lang"), [("zh-CN", "zh"), ("zh", "zh"), ("en-GB", "en"), ("fr", "en"), ("", "en")])
def test_a_first_visit_follows_the_browsers_language(locale: str, lang: str) -> None:
    assert held(opened("", locale))["lang"] == lang


def test_a_link_outdoes_the_browsers_language() -> None:
    assert held(opened("", "zh-CN", lang="en"))["lang"] == "en"


def test_the_switch_of_language_keeps_the_state() -> None:
    at = opened("sigmoid", lang="en", x="2", d2="1", w="12")
    before = held(at)
    fine(at.button(key="switch.lang").click().run())
    assert held(at) == before | {"lang": "zh"}
    assert address(at) == {"lang": "zh", "x": "2", "w": "12", "d2": "1"}
    assert at.title[0].value != "Sigmoid"
    fine(at.button(key="switch.lang").click().run())
    assert held(at) == before


def test_presentation_and_back_keeps_the_state() -> None:
    at = opened("sigmoid", lang="en", x="2")
    before = held(at)
    fine(at.button(key="switch.present").click().run())
    assert address(at) == {"lang": "en", "present": "1", "x": "2"}
    fine(at.button(key="switch.present").click().run())
    assert held(at) == before


def test_a_widget_changes_the_address_and_a_notice_goes_with_the_first_change() -> None:
    at = opened("sigmoid", lang="en", x="nonsense")
    assert len(at.info) == 1
    fine(at.toggle(key="sigmoid.d2").set_value(True).run())
    assert address(at) == {"lang": "en", "d2": "1"}
    assert len(at.info) == 0


def test_back_and_forward_are_read_from_the_address() -> None:
    at = opened("sigmoid", lang="en", x="2")
    fine(at.toggle(key="sigmoid.d2").set_value(True).run())
    at.query_params.clear()
    at.query_params.update({"lang": "en", "x": "-3"})
    fine(at.run())
    assert held(at)["x"] == -3.0
    assert held(at)["d2"] is False
    assert at.toggle(key="sigmoid.d2").value is False


def test_a_change_while_the_address_is_behind_is_not_lost() -> None:
    at = opened("sigmoid", lang="en")
    fine(at.toggle(key="sigmoid.d2").set_value(True).run())
    at.query_params.clear()  # as the browser had it before it heard of the change
    at.query_params.update({"lang": "en"})
    fine(at.number_input(key="sigmoid.g").set_value(2.0).run())
    assert held(at)["d2"] is True
    assert held(at)["g"] == 2.0
    assert address(at) == {"lang": "en", "d2": "1", "g": "2"}


def test_the_bridge_is_told_the_address_on_the_first_run() -> None:
    told: list[dict] = []

    def component(*_: object, **__: object) -> Callable:
        return lambda **more: told.append(more["data"])

    with patch("ui.bridge._component", component):
        opened("sigmoid", lang="zh", x="2", nonsense="1")
    assert told[-1]["language"] == "zh-CN"
    assert dict(parse_qsl(told[-1]["query"])) == {"lang": "zh", "x": "2"}
