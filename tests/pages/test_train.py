"""The playground without a browser: presets, settings, a reader's own points, what is said of a run."""

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from activations import get
from activations.experiments import own_points
from activations.experiments.network import Layer
from activations.experiments.one_point import PointPass, one_point
from activations.experiments.own_points import PointsError
from activations.experiments.playground import Settings, train
from activations.experiments.presets import PRESETS
from figures.numbers import tex
from tests.pages.running import address, fine, held, opened
from ui.language import Words
from ui.train_state import LAYERS, PARTS, settings_of, values_of
from ui.train_view import columns_of

say = Words("en")
CORNERS = "0,0,1\n0,1,2\n1,0,2\n1,1,1"
TEXT = "train.own.text"


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_one_click_and_its_link_says_the_same(name: str) -> None:
    at = fine(opened("train", lang="en").button(key=f"train.preset.{name}").click().run())
    assert settings_of(held(at)) == PRESETS[name]
    assert held(at)["run"]
    assert len(at.info) == 0  # its part has something to show
    again = opened("train", **address(at))
    assert settings_of(held(again)) == PRESETS[name]
    assert len(again.info) == 0


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_a_race_and_of_a_network_without_layers(part: str) -> None:
    fine(opened("train", lang="zh", part=part, race="1", net2="relu:3", epochs="20", side="2"))
    at = fine(opened("train", lang="zh", part=part, net="none", epochs="20"))
    assert len(at.info) == (part in ("units", "functions"))


def test_a_change_shows_the_untrained_network_until_it_is_trained() -> None:
    at = opened("train", lang="en", epochs="20", data="circles", net="relu:4")
    assert at.button(key="train.train").proto.disabled
    fine(at.slider(key="train.net.0.width").set_value(6).run())
    assert held(at)["net"] == (Layer(get("relu"), 6),)
    assert not held(at)["run"]
    assert address(at)["run"] == "0"
    fine(at.button(key="train.train").click().run())
    assert held(at)["run"]
    assert "run" not in address(at)


def test_layers_are_added_and_taken_away() -> None:
    at = opened("train", lang="en", epochs="20", net="none", run="0")
    for count in range(1, LAYERS + 1):
        fine(at.button(key="train.layers.more").click().run())
        assert len(held(at)["net"]) == count
    assert at.button(key="train.layers.more").proto.disabled
    fine(at.selectbox(key="train.net.1.f").select("leaky_relu").run())
    fine(at.number_input(key="train.net.1.leaky_relu.alpha").set_value(0.3).run())
    assert held(at)["net"][1].f == get("leaky_relu", alpha=0.3)
    assert address(at)["net"] == "tanh:8~leaky_relu:8:0.3~tanh:8~tanh:8"
    fine(at.button(key="train.layers.less").click().run())
    assert len(held(at)["net"]) == LAYERS - 1


def test_a_race_begins_with_two_of_the_same() -> None:
    at = opened("train", lang="en", epochs="20", net="relu:3", rate="0.3", run="0")
    fine(at.toggle(key="train.race").set_value(True).run())
    one, other = settings_of(held(at))
    assert one == other
    assert one.learning_rate == 0.3


def test_more_steps_than_there_may_be_are_cut_with_a_notice() -> None:
    at = opened("train", lang="en", batch="1", epochs="5000", run="0")
    (settings,) = settings_of(held(at))
    assert settings.epochs == 50_000 // 280
    said = say("train.capped", most="50,000", epochs=settings.epochs, asked=5000)
    assert [warning.value for warning in at.warning] == [said]


def test_a_divergence_is_said_with_its_step_its_layer_and_its_reason() -> None:
    at = fine(opened("train", lang="en").button(key="train.preset.runaway").click().run())
    (warning,) = at.warning
    for part in ("step 47 ", "epoch 47", "in the output layer", "2.3", "epoch 46"):
        assert part in warning.value
    link = {"rate": "3", "l2": "1", "epochs": "60", "net": "tanh:4", "batch": "1000"}
    (penalty,) = fine(opened("train", lang="en", **link)).warning
    assert "−2.0" in penalty.value


def test_the_numbers_are_there_for_a_point_and_a_unit() -> None:
    at = opened("train", lang="en", part="numbers", net="relu:4~tanh:3", epochs="20", point="7", layer="2", unit="3")
    (formula,) = at.latex
    assert r"\tanh'(z)" in formula.value
    assert "| 4 |" in at.markdown[-1].value or any("| 4 |" in text.value for text in at.markdown)
    assert at.number_input(key="train.unit").value == 3
    output = opened("train", lang="en", part="numbers", net="relu:4", epochs="20", layer="2", unit="9")
    assert held(output)["unit"] == 2  # there are two outputs
    assert r"\delta" in output.latex[0].value


def shown(**query: str) -> tuple[AppTest, PointPass]:
    """The page at the numbers of the seventh point, and what the core says of it."""
    at = opened("train", lang="en", part="numbers", epochs="20", point="7", **query)
    (settings,) = settings_of(held(at))
    run = train(settings)
    return at, one_point(run, len(run.epochs) - 1, 6)


def test_every_number_of_a_point_is_that_of_its_passes() -> None:
    at, passes = shown(net="relu:4~tanh:3", layer="2", unit="2")
    here, above = passes.layers[1], passes.layers[2]
    (formula,) = at.latex
    z, h, loss, at_h, delta = formula.value.partition(r"\end{aligned}")[0].split(r"\\")
    numbers = {name: tex(float(getattr(here, name)[1])) for name in ("z", "h", "slope", "at_h", "at_z")}
    assert z.endswith(f"= {numbers['z']}")
    assert h == rf"h &= \tanh({numbers['z']}) = {numbers['h']}"
    first = f"({numbers['at_h']})" if here.at_h[1] < 0 else numbers["at_h"]
    assert delta.endswith(rf"\tanh'(z) = {first} \cdot {numbers['slope']} = {numbers['at_z']}")
    for number in (*above.weights[1].tolist(), *above.at_z.tolist()):  # of two units: the terms stand in the sum
        assert tex(number) in at_h
    chance = float(passes.answers[int(np.argmax(passes.wanted))])
    assert rf"- \log {tex(chance)} = {tex(passes.loss)}" in loss


def test_more_units_above_than_a_sum_can_show_stand_in_a_table() -> None:
    at, passes = shown(net="tanh:8~tanh:8", layer="1", unit="2")
    above = passes.layers[1]
    (table,) = [text.value for text in at.markdown if say("train.numbers.above") in text.value]
    for row, (weight, delta) in enumerate(zip(above.weights[1].tolist(), above.at_z.tolist(), strict=True)):
        assert f"| {row + 1} | ${tex(weight)}$ | ${tex(delta)}$ | ${tex(weight * delta)}$ |" in table


def test_a_race_of_two_tasks_names_both_scores() -> None:
    one, other = Settings(), Settings(loss="squared")
    assert columns_of(say, [one])["score_learnt"] == say("train.column.score_learnt")
    assert columns_of(say, [other, other])["score_learnt"] == say("train.column.score_learnt.r2")
    assert columns_of(say, [one, other])["score_learnt"] == say("train.column.score_learnt.both")


# --- a reader's own points -------------------------------------------------------------------------


def test_pasted_points_go_into_the_link_and_are_learnt() -> None:
    at = opened("train", lang="en", data="own", net="relu:3", epochs="20")
    assert say("train.fault.few", fewest=4, found=0) in [info.value for info in at.info]
    typed = "x,y,class\n" + CORNERS.replace("0,1", "0.12345,1")
    fine(at.text_area(key=TEXT).set_value(typed).run())
    assert at.text_area(key=TEXT).value == typed  # whatever a link rounds it to
    fine(at.text_area(key=TEXT).set_value("x,y,class\n" + CORNERS).run())
    assert held(at)["own"] == own_points.parse(CORNERS)
    assert len(at.info) == 0
    fine(at.button(key="train.train").click().run())
    again = opened("train", **address(at))
    assert settings_of(held(again)) == settings_of(held(at))
    assert again.text_area(key=TEXT).value == CORNERS


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (CORNERS + "\n5,5", "columns"),
        (CORNERS + "\n5,five,1", "number"),
        (CORNERS + "\n5,nan,1", "number"),
        (CORNERS.replace("2", "1"), "one_class"),
        ("1,2,3\n" * 1_000_000, "many"),
        (CORNERS + "\n<b>x</b>,1,1", "number"),
    ],
    ids=lambda value: value[:20],
)
def test_points_of_no_use_are_refused_with_the_line_and_stay(text: str, reason: str) -> None:
    with pytest.raises(PointsError) as caught:
        own_points.parse(text)
    assert caught.value.reason == reason
    at = opened("train", lang="en", data="own", net="relu:3", epochs="20", run="0")
    fine(at.text_area(key=TEXT).set_value(CORNERS).run())
    fine(at.text_area(key=TEXT).set_value(text).run())
    (error,) = at.error
    if "line" in caught.value.values:
        assert f"Line {caught.value.values['line']}" in error.value
    assert "<b>" not in error.value.replace(r"\<b\>", "")
    assert at.text_area(key=TEXT).value == text
    assert held(at)["own"] == own_points.parse(CORNERS)  # what was there is learnt as before
    fine(at.text_area(key=TEXT).set_value(CORNERS).run())
    assert len(at.error) == 0


def test_numbers_to_learn_need_the_loss_for_numbers() -> None:
    many = own_points.written([(float(i), float(i % 3), float(i)) for i in range(12)])
    at = opened("train", lang="en", data="own", own=many, net="tanh:3", epochs="20")
    assert [info.value for info in at.info] == [say("train.fault.many_classes", found=12, most=5)]
    fine(at.selectbox(key="train.loss").select("squared").run())
    assert len(at.info) == 0


def test_the_values_of_a_preset_are_its_settings() -> None:
    for asked in PRESETS.values():
        assert settings_of(values_of(asked)) == asked
    deep = (replace(PRESETS["layer"][0], epochs=60),)
    assert settings_of(values_of(deep)) == deep
