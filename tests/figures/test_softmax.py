"""The softmax page's figures and films against direct calls of the core and against the textbook formula."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations import entropy, softmax, softmax_jacobian
from figures import softmax as drawing
from figures import style
from figures.film import LARGEST, Film, frame_values, present_frame
from figures.numbers import number, short
from figures.softmax import BARS, GHOST, Choice, Names
from tests.figures.decoding import sent

WORDS = {part: part for part in ("probability", "ghost", "now", "row", "column")}
OVERFLOW = {"overflow": "overflow (∞)", "undefined": "undefined (NaN)"}
SIZES = range(2, 11)
CHOICES = [
    Choice((2.0, 1.0, 0.1)),
    Choice((2.0, 1.0, 0.1), 0.5, 1),
    Choice((9.0, 1.0, 0.5, 0.0), 0.05, 0),
    Choice((-1000.0, 1000.0), 20.0, 0),
    Choice((1.23456, -77.7, 3.0, 3.0, 0.0), 3.3333333, 4),
    Choice(tuple(0.1234567 * index - 0.4 for index in range(10)), 1.7, 9),
]
every_choice = pytest.mark.parametrize("choice", CHOICES, ids=repr)


def names(count: int) -> Names:
    return Names(tuple(f"class {index}" for index in range(count)), WORDS)


def textbook(logits: tuple[float, ...], temperature: float) -> list[float]:
    largest = max(logits)
    powers = [math.exp((z - largest) / temperature) for z in logits]
    return [power / math.fsum(powers) for power in powers]


def assert_words(film: Film, frame: int, asked: Choice) -> None:
    """The words of a frame against what Python's own mathematics says of `asked`."""
    words = {slot: texts[frame] for slot, texts in sent(film).words.items()}
    p = textbook(asked.logits, asked.temperature)
    for index, (z, share) in enumerate(zip(asked.logits, p, strict=True)):
        assert words[f"z{index}"] == short(z)
        assert words[f"p{index}"] == number(share)
    assert words["t"] == short(asked.temperature)
    assert words["sum"] == "1.0000"
    assert words["top"] == number(max(p))
    assert words["entropy"] == number(float(entropy(np.array(p))), 3)
    assert ("loss" in words) == (asked.target is not None)
    if asked.target is not None:
        z = sorted(value / asked.temperature for value in asked.logits)
        # the largest power is 1: with log1p a tiny loss keeps its digits
        others = math.fsum(math.exp(value - z[-1]) for value in z[:-1])
        loss = math.log1p(others) + (z[-1] - asked.logits[asked.target] / asked.temperature)
        assert words["loss"] == number(loss)
        for index, share in enumerate(p):
            gradient = (share - (index == asked.target)) / asked.temperature
            # 1 − p loses digits, here and there differently: the texts are compared as numbers by the eye's measure
            assert words[f"g{index}"][:6] == number(gradient)[:6]


@every_choice
def test_every_frame_of_the_temperature_film_is_what_the_core_says(choice: Choice) -> None:
    film = drawing.temperature_film(choice)
    found = sent(film)
    values = frame_values(drawing.TEMPERATURES, choice.temperature)
    assert set(found.tracks) == {(BARS, "y")}  # the ghost of T = 1 stands still
    for frame, temperature in enumerate(values):
        assert_allclose(
            found.tracks[BARS, "y"][frame], softmax(choice.logits, temperature=temperature), rtol=3e-7, atol=1e-44
        )
    for frame in (present_frame(film.positions, choice.temperature), 0, 80):
        assert_words(film, frame, Choice(choice.logits, float(values[frame]), choice.target))


@every_choice
def test_every_frame_of_a_logits_film_is_what_the_core_says(choice: Choice) -> None:
    for index, present in enumerate(choice.logits):
        film = drawing.logit_film(choice, index)
        found = sent(film)
        assert film.handle == f"z{index}"
        values = frame_values(film.positions, present)
        for frame, value in enumerate(values):
            logits = (*choice.logits[:index], float(value), *choice.logits[index + 1 :])
            bars = softmax(logits, temperature=choice.temperature)
            assert_allclose(found.tracks[BARS, "y"][frame], bars, rtol=3e-7, atol=1e-44)
            assert_allclose(found.tracks[GHOST, "y"][frame], softmax(logits), rtol=3e-7, atol=1e-44)
        assert_words(film, present_frame(film.positions, present), choice)


def test_the_example_of_the_page() -> None:
    assert_allclose(sent(drawing.temperature_film(CHOICES[0])).tracks[BARS, "y"][80], [0.659, 0.242, 0.099], atol=5e-4)
    words = drawing.present_words(CHOICES[0])
    assert [words[f"p{index}"] for index in range(3)] == ["0.6590", "0.2424", "0.0986"]
    assert words["most"] == "1.585"


def test_the_temperatures_are_logarithmic_from_end_to_end_with_1_in_the_middle() -> None:
    at = drawing.TEMPERATURES
    assert (at[0], at[80], at[-1]) == (0.05, 1.0, 20.0)
    assert_allclose(at[1:] / at[:-1], 400 ** (1 / 160), rtol=0.02)  # three digits each


@pytest.mark.parametrize("count", SIZES)
def test_every_film_is_small(count: int) -> None:
    # Values off the grid with many digits, probabilities that need powers of ten, and a true class: the longest texts.
    choice = Choice(tuple(-123.4567 - 7.891 * index for index in range(count)), 3.3333333, count - 1)
    films = [drawing.temperature_film(choice), drawing.shift_film(choice, 123.4567, OVERFLOW)]
    films += [drawing.logit_film(choice, index) for index in range(count)]
    assert max(len(film.encode()) for film in films) <= LARGEST


@every_choice
def test_a_film_fits_onto_its_figure(choice: Choice) -> None:
    figure = drawing.bars(choice, names(len(choice.logits)))
    films = [drawing.temperature_film(choice), *(drawing.logit_film(choice, i) for i in range(len(choice.logits)))]
    for film in films:
        for entry in film.tracks:
            assert len(figure.data[entry.trace][entry.attribute]) == entry.values.shape[1]


@every_choice
def test_the_bars_are_what_the_core_says(choice: Choice) -> None:
    figure = drawing.bars(choice, names(len(choice.logits)))
    assert_array_equal(figure.data[BARS].y, softmax(choice.logits, temperature=choice.temperature))
    assert_array_equal(figure.data[GHOST].y, softmax(choice.logits))


def test_axes_stand_still_while_a_handle_moves() -> None:
    layouts = [drawing.bars(Choice((z, 1.0, 0.1), t), names(3)).layout for z in (-9.0, 9.0) for t in (0.05, 20.0)]
    assert len({(layout.xaxis.range, layout.yaxis.range, layout.uirevision) for layout in layouts}) == 1


@pytest.mark.parametrize("value", [0.0, 10.0, -10.0, 10.5, 999.9, -1000.0])
@pytest.mark.parametrize("classes", SIZES)
def test_a_logits_handle_reaches_its_present_value(value: float, classes: int) -> None:
    positions = drawing.logit_positions(value, classes)
    assert positions[0] <= value <= positions[-1]
    assert 0.0 in positions


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("<img src>", "&lt;img src&gt;"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=…"),
        ("<b>fat</b> & <a href='javascript:alert(1)'>x</a>", None),
        ("&lt;", "&amp;lt;"),
        ("猫 🐈", "猫 🐈"),
    ],
)
def test_a_name_is_shown_as_text(name: str, label: str | None) -> None:
    # Plotly reads labels as a small mark-up of its own.
    classes = Names((name, "plain"), WORDS)
    choice = Choice((1.0, 2.0))
    matrix = drawing.jacobian(choice, classes).layout
    for shown in (drawing.bars(choice, classes).layout.xaxis, matrix.xaxis, matrix.yaxis):
        assert "<" not in shown.ticktext[0]
        assert shown.ticktext[0] == label or label is None
        assert shown.ticktext[1] == "plain"


def test_reader_words_stand_nowhere_but_in_the_labels() -> None:
    # What is drawn in hovers and legends is the house's own; a reader's name there would be mark-up again.
    spoilt = Names(("<i>spoilt</i>", "b"), WORDS)
    for figure in (drawing.bars(Choice((1.0, 2.0)), spoilt), drawing.jacobian(Choice((1.0, 2.0)), spoilt)):
        assert "<i>spoilt" not in figure.to_json()


@every_choice
def test_the_jacobian_is_what_the_core_says(choice: Choice) -> None:
    figure = drawing.jacobian(choice, names(len(choice.logits)))
    (map_,) = figure.data
    matrix = softmax_jacobian(choice.logits, temperature=choice.temperature)
    assert_array_equal(map_.z, matrix)
    assert map_.zmax == -map_.zmin > 0
    if len(matrix) <= 6:
        assert [list(row) for row in map_.text] == [[number(value, 3) for value in row] for row in matrix.tolist()]
    else:
        told = [[float(text.replace("−", "-")) for text in row] for row in map_.text]
        assert_allclose(told, matrix, rtol=0, atol=0.005)
        assert not any(text.startswith("−0.00") for row in map_.text for text in row)
        assert drawing.jacobian(choice, names(len(matrix)), style.CLASSROOM).data[0].texttemplate == ""


def test_adding_a_constant_changes_nothing_but_the_naive_formula() -> None:
    choice = CHOICES[0]
    film = drawing.shift_film(choice, 0.0, OVERFLOW)
    found = sent(film)
    assert found.tracks == {}
    p = drawing.present_words(choice)
    for frame, shift in enumerate(film.positions.tolist()):
        for index, z in enumerate(choice.logits):
            assert found.words[f"s{index}"][frame] == short(z + shift)
            assert found.words[f"m{index}"][frame] == p[f"p{index}"]
            try:
                power = number(math.exp(z + shift))
            except OverflowError:
                power = OVERFLOW["overflow"]
            assert found.words[f"e{index}"][frame] == power
    first, last = ([found.words[f"n{index}"][frame] for index in range(3)] for frame in (0, -1))
    assert first == last == [OVERFLOW["undefined"]] * 3  # 0/0 below, ∞/∞ above


def test_the_present_words_of_a_shift() -> None:
    words = drawing.present_shift(CHOICES[0], 708.5, OVERFLOW)
    assert words["e0"] == OVERFLOW["overflow"]
    assert words["n0"] == OVERFLOW["undefined"]
    assert words["n1"] == "0.0000"
    assert words["m0"] == "0.6590"


def test_a_film_shows_the_present_value_off_its_grid() -> None:
    film = drawing.logit_film(Choice((0.123456, 0.0)), 0)
    assert len(film.positions) == 201
    assert sent(film).frames == 202
    assert film.words["z0"][-1] == "0.123456"
