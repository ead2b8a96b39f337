"""The playground without a browser: presets, settings, a reader's own points, what is said of a run."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from activations import get
from activations.experiments import own_points
from activations.experiments.network import Layer
from activations.experiments.one_point import one_point
from activations.experiments.own_points import PointsError
from activations.experiments.playground import Settings, train
from activations.experiments.presets import PRESETS
from lessons import LANGUAGES
from tests.pages.running import address, fine, held, opened
from ui import train_numbers, train_view
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
    for part in ("step 47 ", "epoch 47", "in the output layer the gradient", "2.3", "epoch 46"):
        assert part in warning.value
    link = {"rate": "3", "l2": "1", "epochs": "60", "net": "tanh:4", "batch": "1000"}
    (penalty,) = fine(opened("train", lang="en", **link)).warning
    assert "by −2 a step" in penalty.value
    (swing,) = fine(opened("train", lang="en", opt="momentum", **link | {"rate": "5"})).warning
    assert "by about −2.78 a step" in swing.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_a_run_would_have_overflowed_is_said(language: str) -> None:
    layers = "~".join(["identity:16"] * 3)
    link = {"data": "hills", "loss": "squared", "net": layers, "init": "he", "rate": "2", "epochs": "60"}
    at = opened("train", lang=language, **link)
    (warning,) = at.warning
    found = train(*settings_of(held(at))).divergence
    assert found is not None
    assert found.overflow is not None
    step, layer = found.overflow
    words = Words(language)
    where = words("train.diverged.output") if layer == 3 else words("train.diverged.layer", number=layer + 1)
    assert warning.value.endswith(words("train.diverged.overflow", step=f"{step:,}", layer=where))
    assert "。 " not in warning.value


def test_a_short_training_takes_less_than_a_tenth_of_a_second() -> None:
    at = opened("train", lang="en", net="none", epochs="1", n="50", run="0")
    assert say("train.steps.quick", steps=2) in [caption.value for caption in at.caption]


def test_how_long_a_run_takes_counts_its_steps_and_the_looks_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def trial(settings: Settings, steps: int, looks: int) -> None:
        nonlocal now
        now += 0.001 * steps + 0.26 * looks

    monkeypatch.setattr(train_view, "perf_counter", lambda: now)
    monkeypatch.setattr(train_view.playground, "trial", trial)
    at = opened("train", lang="en", net="tanh:7", epochs="200", n="50", test="0.2", batch="10", seed="4321", run="0")
    said = f"{200 * 4 * 0.001 + 101 * 0.26:.1f}"  # 40 points to learn from; 101 of the epochs are kept
    assert say("train.steps", steps="800", seconds=said) in [caption.value for caption in at.caption]


def test_a_race_of_two_losses_says_so() -> None:
    link = {"lang": "en", "part": "curves", "epochs": "20", "race": "1", "loss2": "squared", "net2": "relu:3"}
    at = opened("train", **link)
    assert say("train.note.mixed") in [caption.value for caption in at.caption]
    assert columns_of(say, settings_of(held(at)))["score_learnt"] == say("train.column.score_learnt.both")
    same = opened("train", **link | {"loss2": "softmax"})
    assert say("train.note.curves") in [caption.value for caption in same.caption]


def test_the_numbers_are_there_for_a_point_and_a_unit() -> None:
    at = opened("train", lang="en", part="numbers", net="relu:4~tanh:3", epochs="20", point="7", layer="2", unit="3")
    (formula,) = at.latex
    assert r"\tanh'(z)" in formula.value
    assert "| 4 |" in at.markdown[-1].value or any("| 4 |" in text.value for text in at.markdown)
    assert at.number_input(key="train.unit").value == 3
    output = opened("train", lang="en", part="numbers", net="relu:4", epochs="20", layer="2", unit="9")
    assert held(output)["unit"] == 2  # there are two outputs
    assert r"\delta" in output.latex[0].value


NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def plain(tex: str) -> str:
    """A formula in which numbers are put in, as Python would read it."""
    text = re.sub(r" \\times 10\^\{(-?\d+)\}", r"e\1", tex)
    text = re.sub(r"\\log (\d\S*)", r"log(\1)", text)
    for sign, other in ((r"\log", "log"), (r"\cdot", "*"), (r"\tfrac12 (", "0.5*("), ("^2", "**2"), (r"\ ", " ")):
        text = text.replace(sign, other)
    return text


def numbers(text: str) -> list[float]:
    return [float(found) for found in NUMBER.findall(text.replace("**2", "").replace("0.5*(", "("))]


def unit_of(text: str) -> float:
    """Of a printed number the last digit's one."""
    digits, _, exponent = text.partition("e")
    return float(10.0 ** (int(exponent or 0) - len(digits.partition(".")[2])))


def same(shown: list[float], expected: list[float]) -> None:
    assert_allclose(shown, expected, rtol=5.1e-3, atol=1e-300)


def rows(table: str) -> list[list[float]]:
    return [numbers(plain(line).split("|", 2)[2]) for line in table.splitlines()[2:]]


@pytest.mark.parametrize(
    ("link", "layer"),
    [
        *(({}, layer) for layer in (1, 2, 3)),
        *(({"net": "relu:4~tanh:3"}, layer) for layer in (1, 2, 3)),
        *(({"data": "hills", "loss": "squared", "net": "gelu:2"}, layer) for layer in (1, 2)),
        ({"loss": "sigmoid", "net": "sigmoid:5"}, 2),
        *(({"loss": "sigmoid", "data": "blobs", "k": "4"}, layer) for layer in (2, 3)),
    ],
    ids=str,
)
def test_every_number_put_in_is_the_one_that_was_computed(link: dict[str, str], layer: int) -> None:
    at = opened("train", lang="en", part="numbers", epochs="60", rate="0.3", point="7", layer=str(layer), **link)
    (settings,) = settings_of(held(at))
    run = train(settings)
    passes = one_point(run, len(run.epochs) - 1, 6)
    found, is_output = passes.layers[layer - 1], layer == len(passes.layers)
    weights, h_in, b, z = found.weights[:, 0], found.h_in, found.bias[0], found.z[0]
    lines = {}
    formula = at.latex[0].value.replace(train_numbers.NEXT, " ")
    for line in formula.split(r"\begin{aligned}")[1].split(r"\end")[0].split(r"\\"):
        name, shown = line.split(" &= ")
        lines[name.strip()] = [text for text in plain(shown).split(" = ") if not re.search(r"[a-z]{1,}_|[A-Z']", text)]

    added = [weights @ h_in, b] if len(weights) > 3 else [*np.column_stack([weights, h_in]).ravel(), b]
    same(numbers(" ".join(lines["z"])), [*added, z])
    loss = numbers(" ".join(lines["L"]))
    if settings.loss == "squared":
        same(loss, [passes.answers[0], passes.wanted[0], passes.loss])
    else:
        same(numbers(lines["p"][0]), passes.answers.tolist())
        label = run.points.labels[6]
        others = np.delete(passes.answers, label) if len(passes.wanted) > 1 and settings.loss == "sigmoid" else []
        shown = [value for text in lines["L"] for value in numbers(text.replace("1 - ", "").replace("-log", "log"))]
        same(shown, [passes.answers[label], *others, passes.loss])
    delta = lines[r"\delta"]
    if is_output:
        same(numbers(delta[-2].replace(" - ", " "))[:1], [found.at_z[0] + passes.wanted[0]])
    else:
        assert numbers(lines["h"][-1])[-1:] == pytest.approx([found.h[0]], rel=5.1e-3)
        same(numbers(delta[-2]), [found.at_h[0], found.slope[0]])
        above = passes.layers[layer]
        same(numbers(lines[r"\tfrac{\partial L}{\partial h}"][-1]), [found.at_h[0]])
    same(numbers(delta[-1]), [found.at_z[0]])

    # as printed, both sides are the same
    for name in ("z", "L", r"\delta", r"\tfrac{\partial L}{\partial h}"):
        for text in lines.get(name, [])[-2:-1]:
            result = lines[name][-1]
            assert eval(text, {"log": math.log}) == pytest.approx(float(result), abs=1.6 * unit_of(result)), name

    below, *others = (text.value for text in at.markdown if "|---" in text.value)
    for shown, expected in zip(
        rows(below), [*zip(h_in, weights, weights * h_in, found.at_weights[:, 0], strict=True), (b, found.at_bias[0])],
        strict=True,
    ):  # fmt: skip
        same(shown, list(expected))
    assert len(others) == (not is_output)
    if others:
        products = above.weights[0] * above.at_z
        expected = [*zip(above.weights[0], above.at_z, products, strict=True), (products.sum(),)]
        for shown, wanted in zip(rows(others[0]), expected, strict=True):
            same(shown, list(wanted))


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


def test_what_was_typed_stays_and_the_link_has_it_rounded() -> None:
    at = opened("train", lang="en", data="own", net="relu:3", epochs="20", run="0")
    typed = "x;y;class\n0;0;1\n4;1;2\n1;0;2\n1;1;1"
    fine(at.text_area(key=TEXT).set_value(typed).run())
    assert at.text_area(key=TEXT).value == typed
    rounded = held(at)["own"]
    assert rounded[2][0] == pytest.approx(1, abs=4 / own_points.STEPS)
    assert rounded[2][0] != 1
    fine(at.text_area(key=TEXT).set_value(typed + "\nx,1,1").run())
    assert at.text_area(key=TEXT).value == typed + "\nx,1,1"
    assert len(at.error) == 1
    fine(at.text_area(key=TEXT).set_value(typed).run())  # the same points again
    assert (at.text_area(key=TEXT).value, len(at.error)) == (typed, 0)
    fine(at.button(key="train.own.clear").click().run())
    assert at.text_area(key=TEXT).value == ""
    again = opened("train", lang="en", data="own", own=own_points.written(rounded), run="0")
    assert again.text_area(key=TEXT).value.splitlines()[2] == "1.00024,0,2"


def test_what_was_typed_and_what_is_said_of_it_outlast_a_presentation_and_go_with_clear() -> None:
    at = opened("train", lang="en", data="own", net="relu:3", epochs="20", run="0")
    typed = "0,0,1\n1,2"
    fine(at.text_area(key=TEXT).set_value(typed).run())
    for way in ("enter", "leave"):
        fine(next(button for button in at.button if button.label == say(f"present.{way}")).click().run())
    assert (at.text_area(key=TEXT).value, len(at.error)) == (typed, 1)
    fine(at.button(key="train.own.clear").click().run())
    assert (at.text_area(key=TEXT).value, len(at.error)) == ("", 0)


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
