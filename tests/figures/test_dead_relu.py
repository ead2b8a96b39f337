"""The figures of the dying layer against the runs they show."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import activations
from activations.experiments import DyingLayer, Settings, Spread, train
from activations.experiments.digits import load
from figures import dead_relu, style
from figures.dead_relu import ACCURACY, DEAD, OTHER, POINTS, UNITS
from figures.film import LARGEST
from tests.figures.decoding import sent

WORDS = {part: part for part in ("unit", "active", "dead", "epoch", "run", "other")}
LEAKY = activations.get("leaky_relu")


def pair(epochs: int = 4, **settings: float) -> tuple[DyingLayer, DyingLayer]:
    return tuple(train(Settings(f=f, epochs=epochs, **settings)) for f in (activations.get("relu"), LEAKY))


@pytest.fixture(scope="module")
def dying() -> tuple[DyingLayer, DyingLayer]:
    """A run in which units die one after the other, and the same with Leaky ReLU."""
    return pair(width=8, learning_rate=1.0)


@pytest.fixture(scope="module")
def long() -> tuple[DyingLayer, DyingLayer]:
    """As many epochs and units as the page can show, on a step that makes the numbers long."""
    return pair(epochs=60, width=128, learning_rate=0.001)


@pytest.mark.parametrize("digit", [0, 9])
def test_every_frame_is_what_the_run_says(dying: tuple[DyingLayer, DyingLayer], digit: int) -> None:
    run, other = dying
    found = sent(dead_relu.film(run, other, 2, digit))
    assert found.header["positions"] == [0, 1, 2, 3, 4]
    assert found.frames == 5
    assert run.dead[-1] > 0
    for frame in range(5):
        share = run.active_share[frame]
        assert_array_equal(found.tracks[UNITS, "y"][frame], share.astype(np.float32))
        marked = ~np.isnan(found.tracks[DEAD, "y"][frame])
        assert_array_equal(marked, share == 0)
        assert marked.sum() == run.dead[frame]
        assert_array_equal(found.tracks[POINTS, "x"][frame], [frame, frame])
        assert_allclose(found.tracks[POINTS, "y"][frame], [run.accuracy[frame], other.accuracy[frame]], rtol=1e-6)
        words = {slot: texts[frame] for slot, texts in found.words.items()}
        assert words == dead_relu.present_words(run, other, frame, digit)
        for row, shown in enumerate(dying):
            assert words[f"dead{row}"] == f"{shown.dead[frame]} / 8"
            assert words[f"silent{row}"] == f"{shown.silent[frame, digit]} / 8"
            assert words[f"accuracy{row}"] == f"{100 * shown.accuracy[frame]:.1f}%"
        assert words["epoch"] == str(frame)
        assert words["epoch_said"] == f"{frame}: {words['dead0']}, {words['accuracy0']}"


def test_the_figure_is_what_the_run_says(dying: tuple[DyingLayer, DyingLayer]) -> None:
    run, other = dying
    figure = dead_relu.figure(run, other, 3, WORDS)
    assert_array_equal(figure.data[UNITS].y, run.active_share[3])
    assert_array_equal(figure.data[ACCURACY].y, run.accuracy)
    assert_array_equal(figure.data[OTHER].y, other.accuracy)
    assert figure.data[ACCURACY].line.dash != figure.data[OTHER].line.dash
    assert_array_equal(figure.data[POINTS].x, [3, 3])
    for entry in dead_relu.film(run, other, 3, 0).tracks:
        assert len(figure.data[entry.trace][entry.attribute]) == entry.values.shape[1]


def test_axes_stand_still_while_the_epochs_pass(dying: tuple[DyingLayer, DyingLayer]) -> None:
    layouts = [dead_relu.figure(*dying, epoch, WORDS).layout for epoch in range(5)]
    assert all(layout == layouts[0] for layout in layouts)


def test_the_largest_film_is_small(long: tuple[DyingLayer, DyingLayer]) -> None:
    assert len(dead_relu.film(*long, 60, 3).encode()) <= LARGEST


def test_a_film_ends_where_the_shorter_run_ends() -> None:
    # With a step this large the identity's numbers leave the range of floats, and its run ends early.
    run = train(Settings(f=activations.get("identity"), learning_rate=10.0, epochs=12, width=16))
    other = train(Settings(f=activations.get("relu"), learning_rate=0.1, epochs=12, width=16))
    assert run.diverged_at is not None
    steps = dead_relu.epochs(run, other)
    assert steps.tolist() == list(range(len(run.accuracy)))
    assert len(steps) < 13
    last = int(steps[-1])
    film = dead_relu.film(run, other, last, 3)
    assert sent(film).frames == len(steps)
    figure = dead_relu.figure(run, other, last, WORDS)
    assert len(figure.data[OTHER].y) == len(figure.data[ACCURACY].y) == len(steps)


def test_the_spread_is_said_and_shown() -> None:
    found = Spread(
        settings=Settings(width=8),
        seeds=np.arange(4),
        dead=np.array([0, 8, 8, 3]),
        accuracy=np.array([0.995, 0.1, 0.0999, 0.5]),
        loss=np.zeros(4),
        diverged=np.zeros(4, dtype=bool),
    )
    assert dead_relu.spread_words(found) == {
        "fewest": "0",
        "most": "8",
        "lowest": "10.0",
        "highest": "99.5",
        "all_dead": "2",
        "seeds": "4",
    }
    for dead, kind in (([0, 0], "none"), ([8, 8], "all"), ([0, 8], "whole"), ([2, 7], "some"), ([0, 1], "some")):
        assert dead_relu.spread_kind(replace(found, dead=np.array(dead))) == kind
    named = {"dead_units": "dead units", "accuracy": "accuracy", "seed": "seed"}
    figure = dead_relu.seeds([("ReLU", found), ("Leaky ReLU", found)], named)
    for trace, name in zip(figure.data, ("ReLU", "Leaky ReLU"), strict=True):
        assert trace.name == name
        assert_array_equal(trace.x, found.dead)
        assert_array_equal(trace.y, found.accuracy)
    assert figure.data[0].marker.symbol != figure.data[1].marker.symbol


@pytest.mark.parametrize("digit", range(10))
def test_a_digits_picture_is_its_image(digit: int) -> None:
    root = ElementTree.fromstring(dead_relu.digit_picture(digit))
    shades = [float(square.attrib["opacity"]) for square in root if "opacity" in square.attrib]
    assert_allclose(shades, load().images[load().first[digit]], atol=5e-4)
    assert load().labels[load().first[digit]] == digit


def test_a_classrooms_figure_is_larger(dying: tuple[DyingLayer, DyingLayer]) -> None:
    large = dead_relu.figure(*dying, 0, WORDS, style.CLASSROOM)
    assert large.layout.font.size >= 28
