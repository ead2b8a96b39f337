"""The figures of a classifier's output: every frame against the core, still axes, small films."""

from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations import entropy, log_softmax, softmax
from activations.experiments import digits
from activations.experiments.classifier import Classifier, Settings, overlaid, train
from figures import classifier, style
from figures.classifier import GHOST, INKS, LOWER, MARKS, TEMPERATURES, UPPER, UPPER_MARKS, Digits, Pair
from figures.digit import INK, cells, svg
from figures.film import LARGEST, LARGEST_PICTURES
from figures.numbers import number
from tests.figures.decoding import sent

WORDS = {"class": "class", "true": "there", "upper": "above", "lower": "below"}
SAID = {"right": "right", "wrong": "wrong"}


@pytest.fixture(scope="module")
def network() -> Classifier:
    return train(Settings(count=60, width=8, epochs=20))


@pytest.fixture(scope="module")
def known(network: Classifier) -> Digits:
    shipped, test = digits.load(), digits.split().test
    return Digits(shipped.images[test], shipped.labels[test], network.logits(shipped.images[test]))


@pytest.fixture(scope="module")
def pair(network: Classifier) -> Pair:
    other = train(Settings(head="sigmoid", count=200, width=16, epochs=60))
    images = digits.load().images
    return Pair(network, other, images[4], images[15], (4, 5))


def shown_picture(pixels: np.ndarray) -> np.ndarray:
    """The colours of an image, the top row first."""
    return INK[np.round(255 * pixels.reshape(8, 8)).astype(int)]


@pytest.mark.parametrize("temperature", [1.0, 0.7315])
def test_every_frame_of_the_digits_is_what_the_network_answers(known: Digits, temperature: float) -> None:
    film = sent(classifier.digit_film(known, 4, temperature, SAID))
    assert film.frames == 300
    p = softmax(known.logits, temperature=temperature)
    assert_allclose(film.tracks[UPPER, "y"], known.logits, rtol=1e-6)
    assert_allclose(film.tracks[GHOST, "y"], softmax(known.logits), rtol=1e-5, atol=1e-7)
    assert_allclose(film.tracks[LOWER, "y"], p, rtol=1e-5, atol=1e-7)
    for marks in (UPPER_MARKS, MARKS):
        assert_array_equal(film.tracks[marks, "x"], np.repeat(known.labels[:, None], 2, axis=1))
    for frame in (0, 6, 150, 299):
        assert_array_equal(film.pictures[0, 0][frame], shown_picture(known.pixels[frame]))
        words = {slot: texts[frame] for slot, texts in film.words.items()}
        label, seen = int(known.labels[frame]), int(p[frame].argmax())
        assert words["image"] == str(frame + 1)
        assert (words["label"], words["seen"]) == (str(label), str(seen))
        assert words["verdict"] == ("right" if label == seen else "wrong")
        assert words["top"] == classifier.percent(p[frame].max())
        second = int(np.argsort(p[frame])[-2])
        assert (words["second"], words["second_p"]) == (str(second), classifier.percent(p[frame, second]))
        assert words["loss"] == number(-log_softmax(known.logits[frame], temperature=temperature)[label], 3)
        assert words["entropy"] == number(entropy(p[frame]), 3)
        assert words["image_said"] == f"{frame + 1}: {label} → {seen}, {words['top']}"
        present = classifier.present_answer(known.logits[frame], label, temperature, SAID)
        assert present.items() <= words.items()
    assert set(film.words["verdict"]) == {"right", "wrong"}


@pytest.mark.parametrize("temperature", [1.0, 1.618])
@pytest.mark.parametrize("label", [None, 3])
def test_every_frame_of_the_temperature(known: Digits, label: int | None, temperature: float) -> None:
    logits = known.logits[9]
    film = sent(classifier.temperature_film(logits, label, temperature, SAID))
    values = [*TEMPERATURES, *([temperature] if temperature not in TEMPERATURES else [])]
    assert film.frames == len(values)
    for frame, value in enumerate(values):
        assert_allclose(film.tracks[LOWER, "y"][frame], softmax(logits, temperature=value), rtol=1e-5, atol=1e-7)
        assert_allclose(film.tracks[GHOST, "y"][frame], softmax(logits), rtol=1e-5, atol=1e-7)
        assert_allclose(film.tracks[UPPER, "y"][frame], logits, rtol=1e-6)
        present = classifier.present_answer(logits, label, value, SAID)
        assert present == {slot: texts[frame] for slot, texts in film.words.items() if slot != "t_said"}
    assert ("loss" in film.words) == (label is not None)
    assert len(set(film.words["seen"])) == 1  # no temperature changes the order
    assert 1.0 in TEMPERATURES
    assert (TEMPERATURES[0], TEMPERATURES[-1]) == (0.25, 8)


@pytest.mark.parametrize("which", [0, 1])
def test_every_frame_of_the_ink(pair: Pair, which: int) -> None:
    film = sent(classifier.ink_film(pair, which, (0.5, 0.3), "none"))
    name = "uv"[which]
    assert film.header["handle"] == name
    for frame, share in enumerate(INKS):
        ink = (share, 0.3) if which == 0 else (0.5, share)
        sheet = overlaid(pair.first, pair.second, ink)
        soft, sure = pair.exclusive.probabilities(sheet), pair.independent.probabilities(sheet)
        assert_allclose(film.tracks[UPPER, "y"][frame], soft, rtol=1e-5, atol=1e-7)
        assert_allclose(film.tracks[LOWER, "y"][frame], sure, rtol=1e-5, atol=1e-7)
        there = [label for label, part in zip((4, 5), ink, strict=True) if part > 0]
        marks = film.tracks[MARKS, "x"][frame]
        assert marks[~np.isnan(marks)].tolist() == there
        words = {slot: texts[frame] for slot, texts in film.words.items()}
        assert (words["u"], words["v"]) == tuple(f"{part:.2f}" for part in ink)
        assert words["there"] == (", ".join(map(str, there)) or "none")
        assert words["soft"] == f"{soft.argmax()} ({classifier.percent(soft.max())})"
        assert words["soft_sum"] == "1.00"
        found = [f"{place} ({classifier.percent(sure[place])})" for place in range(10) if sure[place] > 0.5]
        assert words["found"] == (", ".join(found) or "none")
        assert words["found_sum"] == number(sure.sum(), 2)
        assert classifier.present_pair(pair, ink, "none").items() <= words.items()
    assert len(set(film.words["found"])) > 2


def test_blank_paper_has_no_classes_on_it(pair: Pair) -> None:
    words = classifier.present_pair(pair, (0.0, 0.0), "none")
    assert words["there"] == "none"
    assert (pair.sheet(np.zeros(2)).pixels == 0).all()
    assert np.isnan(pair.sheet(np.zeros(2)).true).all()


def test_the_figure_is_what_is_shown(known: Digits) -> None:
    shown = known.sheet(7, 2.0)
    span = classifier.logit_span(known.logits)
    figure = classifier.figure(shown, span, WORDS)
    assert_array_equal(figure.data[UPPER].y, known.logits[7])
    assert_array_equal(figure.data[GHOST].y, softmax(known.logits[7]))
    assert_array_equal(figure.data[LOWER].y, softmax(known.logits[7], temperature=2.0))
    assert_array_equal(figure.data[MARKS].x, [known.labels[7]] * 2)
    assert figure.layout.yaxis.range[0] <= known.logits.min()
    assert figure.layout.yaxis.range[1] >= known.logits.max()
    film = classifier.digit_film(known, 7, 2.0, SAID)
    for entry in film.tracks:
        assert len(figure.data[entry.trace][entry.attribute]) == entry.values.shape[1]
    # Plotly takes the bars away of which a film says nothing
    bars = {place for place, trace in enumerate(figure.data) if trace.type == "bar"}
    for made in (film, classifier.temperature_film(known.logits[7], 1, 1.0, SAID)):
        assert bars <= {entry.trace for entry in made.tracks}


def test_axes_stand_still(known: Digits, pair: Pair) -> None:
    span = classifier.logit_span(known.logits)

    def still(shown: classifier.Sheet, span: tuple[float, float]) -> dict:
        layout = classifier.figure(shown, span, WORDS).layout.to_plotly_json()
        layout.pop("images")
        return layout

    layouts = [still(known.sheet(index, t), span) for index, t in ((0, 1.0), (5, 0.25), (299, 8.0))]
    assert all(layout == layouts[0] for layout in layouts)
    sheets = [still(pair.sheet(np.array(ink)), classifier.PROBABILITY) for ink in ((1, 1), (0, 0.5), (0, 0))]
    assert all(layout == sheets[0] for layout in sheets)


def test_films_are_small(known: Digits, pair: Pair) -> None:
    assert len(classifier.digit_film(known, 0, 0.7315, SAID).encode()) <= LARGEST  # far below what pictures may take
    assert len(classifier.temperature_film(known.logits[0], 1, 1.618, SAID).encode()) <= LARGEST
    assert len(classifier.ink_film(pair, 0, (0.333, 0.3), "none").encode()) <= LARGEST_PICTURES


def test_what_is_nearly_certain_does_not_look_quite_so() -> None:
    assert classifier.percent(0.5) == "50.0%"
    assert classifier.percent(0.99949) == "99.9%"
    assert classifier.percent(1 - 1e-9) == "> 99.9%"
    assert classifier.percent(1.0) == "100.0%"
    assert classifier.percent(1e-9) == "< 0.1%"
    assert classifier.percent(0.0) == "0.0%"


@pytest.mark.parametrize("index", [0, 8])
def test_a_digits_picture_is_its_pixels(index: int) -> None:
    pixels = digits.load().images[index]
    shades = [float(one.attrib["opacity"]) for one in ElementTree.fromstring(svg(pixels)) if "opacity" in one.attrib]
    assert_allclose(shades, pixels, atol=5e-4)
    assert_array_equal(cells(pixels)[::-1].ravel(), np.round(255 * pixels))
    assert_array_equal(INK[[0, 255]], [[255, 255, 255, 255], [0, 0, 0, 255]])


def test_the_data_are_all_digits(known: Digits) -> None:
    lines = classifier.data_csv(known, 2.0).splitlines()
    assert len(lines) == 301
    first = [float(value) for value in lines[1].split(",")]
    assert first[:2] == [1, known.labels[0]]
    assert_allclose(first[2:12], known.logits[0])
    assert_allclose(first[12:], softmax(known.logits[0], temperature=2.0))


def test_the_data_of_a_sheet(pair: Pair) -> None:
    lines = classifier.pair_csv(pair, (1.0, 0.5)).splitlines()
    sheet = overlaid(pair.first, pair.second, (1.0, 0.5))
    values = np.array([[float(value) for value in line.split(",")] for line in lines[1:]])
    assert_allclose(values[:, 1], pair.exclusive.probabilities(sheet))
    assert_allclose(values[:, 2], pair.independent.probabilities(sheet))


def test_a_classrooms_figure_is_larger(known: Digits) -> None:
    figure = classifier.figure(known.sheet(0, 1.0), (-1.0, 1.0), WORDS, style.CLASSROOM)
    assert figure.layout.font.size >= 28
