"""The page on gated cells without a browser: its parts, its choices, and what a link may say."""

import pytest
from streamlit.testing.v1 import AppTest

from lessons import LANGUAGES
from tests.pages.running import address, fine, held, opened
from ui import lstm_view
from ui.language import Words

EN = Words("en")


def click(at: AppTest, preset: str) -> AppTest:
    return fine(at.button(key=f"lstm.preset.{preset}").click().run())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", lstm_view.PARTS)
@pytest.mark.parametrize("kind", lstm_view.KINDS)
def test_every_cell_in_every_part(lang: str, part: str, kind: str) -> None:
    at = opened("lstm", lang=lang, part=part, cell=kind, f="relu", gate="hard_sigmoid")
    assert len(at.info) == 0
    assert [box.label for box in at.selectbox][:3] == [Words(lang)(f"lstm.{name}") for name in ("cell", "f", "gate")]
    # the sequence belongs to the one unit; the gradient is measured on noise
    assert (Words(lang)("lstm.x") in [box.label for box in at.selectbox]) == (part == "cell")


def test_presets_set_everything_and_say_so_in_the_address() -> None:
    at = opened("lstm", lang="en", bo="2", f="gelu", seed="7")
    click(at, "relu")
    assert address(at) == {"lang": "en", "f": "relu", "x": "constant", "t": "16"}
    click(at, "zero")
    assert address(at) == {"lang": "en", "part": "gradient", "bf": "0"}
    click(at, "one")
    assert address(at) == {"lang": "en", "part": "gradient"}
    assert held(at)["seed"] == 0


def test_a_choice_leaves_the_biases_as_they_are() -> None:
    at = opened("lstm", lang="en", bf="-2.5", bz="3")
    fine(at.selectbox(key="lstm.cell").set_value("gru_after").run())
    assert address(at) == {"lang": "en", "cell": "gru_after", "bf": "-2.5", "bz": "3"}
    fine(at.number_input(key="lstm.seed").set_value(9999).run())
    fine(at.selectbox(key="lstm.f").set_value("identity").run())
    assert held(at)["bf"] == -2.5


@pytest.mark.parametrize(
    ("query", "used"),
    [
        ({"bf": "100"}, {"bf": 6}),
        ({"bi": "-7"}, {"bi": -6}),
        ({"t": "17"}, {"t": 16}),
        ({"len": "0"}, {"len": 1}),
        ({"cell": "rnn"}, {"cell": "lstm"}),
        ({"f": "softmax"}, {"f": "tanh"}),
        ({"x": "sine"}, {"x": "pulse"}),
        ({"seed": "1e9"}, {"seed": 9999}),
    ],
)
def test_what_a_link_gets_wrong_is_brought_into_range_with_a_notice(query: dict, used: dict) -> None:
    at = opened("lstm", lang="en", **query)
    assert len(at.info) == 1
    assert {name: held(at)[name] for name in used} == used


def test_an_unbounded_cell_at_the_ends_of_every_handle() -> None:
    ends = {f"b{gate}": "6" for gate in lstm_view.LETTERS}
    for kind in lstm_view.KINDS:
        for part in lstm_view.PARTS:
            at = opened("lstm", lang="zh", cell=kind, part=part, f="identity", x="constant", t="16", **ends)
            fine(at.button(key="switch.present").click().run())
