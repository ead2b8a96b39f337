"""The charts and films of plain and residual stacks: each frame is what the core measures."""

import csv
import math
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import activations
from activations.experiments.residual import KINDS, Comparison, Passage, Settings, at_depths, at_start, compare
from figures import residual, style
from figures.film import LARGEST
from figures.numbers import number
from figures.residual import CHARTS, DEPTHS, FEWEST, LINES, MARKS, OVER_BLOCKS, SIGMA_W
from tests.figures.decoding import sent

WORDS = {part: part for part in ("accuracy", "block", "epoch", "plain", "residual", "test")}
ASKED = Settings(activations.get("tanh"), depth=5, epochs=3)
MEASURED = {"signal": "difference", "gradient": "gradient"}
SPAN = DEPTHS[-1]


@cache
def run(name: str = "tanh") -> Comparison:
    return compare(Settings(activations.get(name), depth=5, epochs=3))


@cache
def sweep() -> Passage:
    return at_start(ASKED, SIGMA_W.tolist())


def test_learning_is_drawn_as_it_was_measured() -> None:
    figure = residual.learning(run(), 2, WORDS, style.SCREEN)
    for place, kind in enumerate(KINDS):
        for part in range(2):
            trace = figure.data[2 * place + part]
            assert_array_equal(trace.y, run().accuracy[:, place, part])
            assert trace.line.color == LINES[kind]["color"]
            assert (trace.line.dash == "dot") == bool(part)
    assert_array_equal(figure.data[MARKS].y, run().accuracy[2, :, 0])
    assert LINES["plain"]["dash"] != LINES["residual"]["dash"]


@pytest.mark.parametrize("chart", OVER_BLOCKS)
def test_a_passage_is_drawn_block_by_block_in_powers_of_ten(chart: str) -> None:
    found = residual.at(run().passage, 1)
    ends = residual.limits(chart, [run().passage])
    figure = residual.over_blocks(found, chart, ends, 5, WORDS, style.SCREEN)
    for place, trace in enumerate(figure.data):
        assert_allclose(10.0 ** np.array(trace.y), getattr(found, MEASURED[chart])[place], rtol=1e-12)
        assert_array_equal(trace.x, range(6))
        assert all(ends[0] <= y <= ends[1] for y in trace.y)
    assert tuple(figure.layout.yaxis.range) == ends
    assert 2 <= len(figure.layout.yaxis.tickvals) <= 8


def test_the_axes_hold_what_they_must_and_no_less_than_so_many_powers() -> None:
    def passage(*values: float) -> Passage:
        return Passage(*[np.array([values, values])] * 3)

    assert residual.limits("signal", [passage(1.0, 0.5)]) == (-2.0, 0.2)
    assert residual.limits("signal", [passage(1.0)], 6) == (-6.0, 0.2)
    assert residual.limits("signal", [passage(1e-9), passage(3e4)]) == (-9.0, 5.2)
    assert residual.limits("signal", [passage(1e-300, 1e300)]) == (-40.0, 20.0)
    assert residual.limits("gradient", [passage(math.nan, 0.0)]) == (-FEWEST, 0.2)


def test_a_film_over_epochs_is_the_run() -> None:
    film = sent(residual.epoch_film(run(), 0))
    assert film.frames == 4
    assert_array_equal(film.tracks[MARKS, "x"], np.repeat(np.arange(4.0)[:, None], 2, axis=1))
    assert_allclose(film.tracks[MARKS, "y"], run().accuracy[:, :, 0], rtol=1e-6)
    for number_, chart in enumerate(OVER_BLOCKS, start=1):
        assert CHARTS[number_] == chart
        for place in range(2):
            wanted = getattr(run().passage, MEASURED[chart])[:, place]
            assert_allclose(10.0 ** film.tracks[number_, place, "y"], wanted, rtol=1e-5)
    assert film.words["learnt1"][3] == f"{100 * run().accuracy[3, 1, 0]:.1f}%"
    assert film.words["tested0"][2] == f"{100 * run().accuracy[2, 0, 1]:.1f}%"
    assert film.words["loss1"][1] == number(run().loss[1, 1, 0], 3)
    assert film.words["difference0"][3] == number(run().passage.difference[3, 0, -1], 3)
    assert film.words["gradient0"][0] == number(run().passage.gradient[0, 0, 0], 3)
    assert residual.present_words(run(), 2) == {slot: texts[2] for slot, texts in film.words.items()}


def test_a_film_over_depths_is_each_depths_own_start() -> None:
    depths = sorted({*DEPTHS, 5})
    starts = dict(zip(depths, at_depths(ASKED, depths), strict=True))
    film = sent(residual.depth_film(starts, 5))
    assert film.frames == len(DEPTHS) + 1  # the present depth lies between two stops
    for frame, depth in enumerate([*DEPTHS, 5]):
        drawn = film.tracks[0, "y"][frame]
        assert_allclose(10.0 ** drawn[: depth + 1], starts[depth].difference[0], rtol=1e-5)
        assert np.isnan(drawn[depth + 1 :]).all()
        assert film.words["depth"][frame] == str(depth)
    assert_allclose(10.0 ** film.tracks[1, 1, "y"][-1][:6], starts[5].gradient[1], rtol=1e-5)


@pytest.mark.parametrize("sigma_w", [float(SIGMA_W[20]), 1.23])
def test_a_film_over_sigma_is_the_sweep(sigma_w: float) -> None:
    mine = residual.at(at_start(ASKED, [sigma_w]), 0)
    film = sent(residual.sigma_film(sweep(), mine, sigma_w))
    own = sigma_w not in SIGMA_W
    assert film.frames == len(SIGMA_W) + own
    assert_allclose(10.0 ** film.tracks[0, "y"][: len(SIGMA_W), :6], sweep().difference[:, 0], rtol=1e-5)
    assert_allclose(10.0 ** film.tracks[1, 1, "y"][: len(SIGMA_W), :6], sweep().gradient[:, 1], rtol=1e-5)
    if own:
        assert_allclose(10.0 ** film.tracks[1, "y"][-1, :6], mine.difference[1], rtol=1e-5)
    assert film.words["size1"][7] == number(sweep().size[7, 1, -1], 3)


def test_the_largest_films_are_small_enough() -> None:
    deep = Settings(activations.get("relu"), depth=64)
    whole = at_start(deep, [1.0])
    many = Passage(*(np.repeat(part, len(SIGMA_W), axis=0) for part in (whole.size, whole.difference, whole.gradient)))
    assert len(residual.sigma_film(many, residual.at(many, 0), 1.23).encode()) <= LARGEST
    starts = dict(zip(DEPTHS, at_depths(ASKED, DEPTHS), strict=True))
    assert len(residual.depth_film(starts, 64).encode()) <= LARGEST


def test_a_network_that_has_diverged_is_a_dash() -> None:
    lost = Settings(activations.get("identity"), depth=16, scaled=False, learning_rate=2, sigma_w=4, epochs=2)
    found = compare(lost)
    words = residual.present_words(found, 2)
    assert {words[f"{slot}0"] for slot in ("learnt", "tested", "loss", "difference", "gradient")} == {"—"}
    assert np.isnan(sent(residual.epoch_film(found, 0)).tracks[MARKS, "y"][1:]).all()


def test_the_data_are_those_of_the_charts() -> None:
    rows = list(csv.DictReader(residual.training_csv(run()).splitlines()))
    assert [float(row["training accuracy (plain)"]) for row in rows] == run().accuracy[:, 0, 0].tolist()
    assert [float(row["test loss (residual)"]) for row in rows] == run().loss[:, 1, 1].tolist()
    found = residual.at(sweep(), 4)
    rows = list(csv.DictReader(residual.start_csv(found).splitlines()))
    assert [int(row["block"]) for row in rows] == list(range(6))
    assert [float(row["gradient (residual)"]) for row in rows] == found.gradient[1].tolist()
