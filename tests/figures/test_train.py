"""The playground's figures and films: what is drawn is what the run has recorded."""

import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import plotly.graph_objects as go
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations import LeakyReLU, ReLU, Sigmoid, Tanh
from activations.experiments.datasets import Data
from activations.experiments.network import Layer
from activations.experiments.playground import Run, Settings, train
from activations.experiments.presets import PRESETS
from activations.experiments.recording import SPAN
from figures import style, train_parts, train_units
from figures import train as drawing
from figures.film import LARGEST_PICTURES
from figures.numbers import number, tex
from figures.train import CHOSEN, LEARNT, TESTED, TRACES
from tests.figures.decoding import sent
from tests.figures.test_picture import pixels

WORDS = {name: name for name in ("learnt", "tested", "dead", "epoch", "loss", "accuracy", "r2", "layer", "output",
                                 "losses", "gradient", "dead_share", "saturated", "z")}  # fmt: skip
WORDS["layer_of"] = "{layer}: {name}"
SMALL = Settings(data=Data(count=60), layers=(Layer(Tanh(), 3), Layer(ReLU(), 5)), epochs=12)
KINDS = {
    "two": (SMALL,),
    "race": (SMALL, replace(SMALL, layers=(Layer(Sigmoid(), 2),) * 3)),
    "many": (replace(SMALL, data=Data(kind="blobs", classes=5, count=60)),),
    "numbers": (replace(SMALL, data=Data(kind="hills", count=60), loss="squared"),),
    "linear": (replace(SMALL, layers=()),),
    "ends early": (SMALL, replace(SMALL, loss="squared", learning_rate=10.0, scale=5.0)),
}
TITLES = ["one", "other"]


@cache
def runs(kind: str) -> tuple[Run, ...]:
    return tuple(map(train, KINDS[kind]))


def parts(found: tuple[Run, ...], epoch: int):
    """Every part that can be drawn of these runs: its figure at this epoch, and what moves in it."""
    rows = drawing.rows(found, drawing.positions(found))
    yield train_parts.curves(found, epoch, TITLES, WORDS), train_parts.curves_moving(found, rows)
    yield train_parts.layers(found, epoch, TITLES, WORDS), train_parts.layers_moving(found, rows)
    for side, run in enumerate(found):
        names = [layer.f.name for layer in run.settings.layers]
        if names:
            figure = train_parts.functions(found, epoch, side, names, WORDS)
            yield figure, train_parts.functions_moving(found, rows, side)
        for layer in range(len(names)):
            figure = train_units.units(found, epoch, layer, 1, side, WORDS)
            yield figure, train_units.units_moving(found, rows, layer, side)


def same_colours(image, expected) -> None:
    assert_array_equal(pixels(image.source), expected)


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_of_a_film_is_the_figure_of_its_epoch(kind: str) -> None:
    found = runs(kind)
    kept = drawing.positions(found)
    for frame in (0, len(kept) // 2, len(kept) - 1):
        epoch = int(kept[frame])
        surface = drawing.surface(found, epoch, 3, TITLES, WORDS)
        for figure, moving in parts(found, epoch):
            film = sent(drawing.film(found, epoch, moving))
            assert film.frames == len(kept)
            assert_array_equal(film.header["positions"], kept)
            for (chart, trace, attribute), values in film.tracks.items():
                assert chart == 1
                drawn = np.array(figure.data[trace][attribute], dtype=float)
                assert_allclose(values[frame], drawn, rtol=1e-6, atol=1e-7)
            for (chart, image), colours in film.pictures.items():
                # a film has the lowest row last, as a PNG has
                same_colours((surface, figure)[chart].layout.images[image], colours[frame])


@pytest.mark.parametrize("kind", KINDS)
def test_axes_stand_still(kind: str) -> None:
    found = runs(kind)
    first, last = (list(parts(found, int(drawing.positions(found)[at]))) for at in (0, -1))
    for (one, _), (other, _) in zip(first, last, strict=True):
        for name in one.layout.to_plotly_json():
            if name.startswith(("xaxis", "yaxis")):
                assert one.layout[name] == other.layout[name]


@pytest.mark.parametrize("kind", KINDS)
def test_what_moves_stays_within_its_axes(kind: str) -> None:
    found = runs(kind)
    for figure, moving in parts(found, 0):
        for track in moving.tracks:
            if track.attribute != "y":
                continue
            name = (figure.data[track.trace].yaxis or "y").replace("y", "yaxis")
            axis = figure.layout[name]
            low, high = 10.0 ** np.array(axis.range) if axis.type == "log" else axis.range
            shown = track.values[np.isfinite(track.values)]
            if figure.data[track.trace].type == "bar" and figure.data[track.trace].base is not None:
                shown = shown + figure.data[track.trace].base
            is_r2 = name == "yaxis2" and found[-1].settings.loss == "squared"  # which falls without bound
            if is_r2 or not shown.size:
                continue
            assert np.mean((shown >= low - 1e-9) & (shown <= high * (1 + 1e-6))) > 0.9


@pytest.mark.parametrize("kind", KINDS)
def test_the_points_and_their_clicks(kind: str) -> None:
    found = runs(kind)
    points = found[0].points
    figure = drawing.surface(found, 0, 5, TITLES, WORDS)
    assert len(figure.data) == TRACES * len(found)
    for side in range(len(found)):
        for trace, expected in ((LEARNT, ~points.is_test), (TESTED, points.is_test)):
            drawn = figure.data[TRACES * side + trace]
            assert_allclose(np.column_stack([drawn.x, drawn.y]), points.positions[expected])
            for place, index in enumerate(np.flatnonzero(expected).tolist()):
                assert drawing.point_at(points, TRACES * side + trace, place) == index
        ring = figure.data[TRACES * side + CHOSEN]
        assert (ring.x[0], ring.y[0]) == tuple(points.positions[5])
    assert drawing.point_at(points, CHOSEN, 0) is None
    assert drawing.point_at(points, None, None) is None
    assert drawing.point_at(points, LEARNT, 10_000) is None


def test_the_colours_of_two_classes_are_those_of_their_points() -> None:
    palette = drawing.surface_palette(runs("two")[0])
    assert palette.shape == (256, 4)
    for end, colour in ((0, style.BLUE), (255, style.VERMILLION)):
        assert_array_equal(palette[end, :3], list(bytes.fromhex(colour[1:])))
    alpha = palette[:, 3].astype(int)
    assert_array_equal(alpha, alpha[::-1])
    assert np.all(np.diff(alpha[128:]) >= 0)
    assert alpha[255] > 10 * alpha[128] > 0


def test_the_bands_of_many_classes_are_those_of_their_points() -> None:
    (run,) = runs("many")
    palette = drawing.surface_palette(run)
    for label, colour in enumerate(drawing.CLASS_COLOURS):
        band = palette[51 * label : 51 * (label + 1)]
        assert_array_equal(np.unique(band[:, :3], axis=0), [list(bytes.fromhex(colour[1:]))])
        assert np.all(np.diff(band[:, 3].astype(int)) > 0)
    assert_array_equal(run.recording.surface // 51 < 5, True)


def test_a_map_is_chosen_by_a_click_anywhere_on_it() -> None:
    for count in (1, 2, 3, 5, 8, 16, 31, 32):
        run = train(replace(SMALL, layers=(Layer(Tanh(), count),), epochs=0))
        figure = train_units.units([run], 0, 0, 0, 0, WORDS)
        assert len(figure.layout.images) == len(figure.layout.shapes) == count
        for unit, (image, shape) in enumerate(zip(figure.layout.images, figure.layout.shapes, strict=True)):
            assert (shape.x0, shape.y0) == (image.x, image.y)
            for x, y in itertools.product((0.02, 0.5, 0.98), repeat=2):
                assert train_units.unit_at(count, image.x + x * image.sizex, image.y - y * image.sizey) == unit
        assert train_units.unit_at(count, -0.5, -0.5) is None
        assert train_units.unit_at(count, 0.5, 0.5) is None
        assert train_units.unit_at(count, 0.5, -99) is None
        assert sum(shape.line.width == 4 for shape in figure.layout.shapes) == 1


def test_dead_units_are_crossed_out_when_they_die() -> None:
    asked, _ = PRESETS["dying"]
    run = train(asked)
    rows = drawing.rows([run], drawing.positions([run]))
    (crosses,) = train_units.units_moving([run], rows, 1, 0).tracks
    assert_array_equal(np.isfinite(crosses.values), run.recording.dead[1])
    assert 0 < np.isfinite(crosses.values).sum(axis=1)[-1] == 8


def test_the_largest_films_stay_within_a_megabyte() -> None:
    widest = Settings(layers=(Layer(Tanh(), 32),) * 4, epochs=100, data=Data(count=20))
    run = train(widest)
    for found in ([run], [run, run]):
        kept = drawing.positions(found)
        assert len(kept) == 101
        rows = drawing.rows(found, kept)
        for moving in (
            train_units.units_moving(found, rows, 0, 0),
            train_parts.curves_moving(found, rows),
            train_parts.layers_moving(found, rows),
            train_parts.functions_moving(found, rows, 0),
        ):
            assert len(drawing.film(found, 100, moving).encode()) <= LARGEST_PICTURES


def test_a_thinned_map_shows_every_second_cell_at_its_place() -> None:
    run = train(Settings(layers=(Layer(Tanh(), 32),) * 2, epochs=100, data=Data(count=20)))
    fine, thin = (train_units.units(found, 0, 0, 0, 0, WORDS).layout.images[7] for found in ([run], [run, run]))
    cells = [pixels(image.source).shape[0] for image in (fine, thin)]
    assert cells == [15, 8]
    fine_x = fine.x + fine.sizex * (np.arange(15) + 0.5) / 15
    thin_x = thin.x + thin.sizex * (np.arange(8) + 0.5) / 8
    assert_allclose(thin_x, fine_x[::2])
    assert_array_equal(pixels(thin.source), pixels(fine.source)[::2, ::2])


def test_losses_that_run_away_are_drawn_by_powers_of_ten() -> None:
    calm, wild = (train_parts.curves([train(PRESETS[name][0])], 0, TITLES, WORDS) for name in ("hills", "runaway"))
    assert calm.layout.yaxis.type is None
    assert wild.layout.yaxis.type == "log"


def test_the_curves_are_the_recorded_ones() -> None:
    found = runs("race")
    figure = train_parts.curves(found, 5, TITLES, WORDS)
    for side, run in enumerate(found):
        for panel, values in enumerate((run.recording.loss, run.recording.score)):
            for column in range(2):
                line = figure.data[6 * side + 3 * panel + column]
                assert_array_equal(line.x, run.epochs)
                assert_array_equal(line.y, values[:, column])


def test_the_functions_stand_over_their_pre_activations() -> None:
    found = runs("two")
    figure = train_parts.functions(found, 12, 0, ["a", "b"], WORDS)
    for layer, chosen in enumerate(found[0].settings.layers):
        bars, curve, mean = figure.data[3 * layer : 3 * layer + 3]
        assert_array_equal(curve.y, chosen.f(np.array(curve.x)))
        share = found[0].recording.histogram[layer][-1]
        assert_allclose(np.array(bars.y) / np.sum(bars.y), share, rtol=1e-5)
        assert_allclose(mean.x[0], np.sum(share * np.array(bars.x)), rtol=1e-5)
    zones = [shape for shape in figure.layout.shapes if shape.xref == "x2"]
    assert [(zone.x0, zone.x1) for zone in zones] == [(-SPAN, 0)]  # ReLU saturates left of its kink
    leaky = train(replace(SMALL, layers=(Layer(LeakyReLU(alpha=0.2), 3),), epochs=0))
    assert len(train_parts.functions([leaky], 0, 0, ["a"], WORDS).layout.shapes) == 0


def test_words_follow_the_epochs() -> None:
    found = runs("ends early")
    kept = drawing.positions(found)
    words = drawing.numbers_in_words(found, kept)
    assert found[1].divergence is not None
    assert len(found[1].epochs) < len(kept)
    assert words["loss_learnt0"] == [number(loss, 3) for loss in found[0].recording.loss[:, 0].tolist()]
    last = number(float(found[1].recording.loss[-1, 0]), 3)
    assert words["loss_learnt1"][-1] == last
    assert words["score_learnt0"][-1].endswith("%")
    assert words["epoch"] == [str(epoch) for epoch in kept.tolist()]
    assert drawing.present_words(found, 12)["loss_learnt1"] == last
    empty = train(replace(SMALL, data=Data(count=20, test_share=0)))
    assert drawing.present_words([empty], 0)["loss_tested0"] == "–"


def test_a_race_of_classes_and_numbers_names_its_scores() -> None:
    found = runs("ends early")
    words = drawing.numbers_in_words(found, drawing.positions(found))
    assert all(text.endswith("%") for text in words["score_tested0"])
    assert words["score_learnt1"][0] == f"R² = {number(float(found[1].recording.score[0, 0]), 3)}"
    figure = train_parts.curves(found, 0, TITLES, WORDS)
    assert (figure.layout.yaxis.title.text, figure.layout.yaxis2.title.text) == ("losses", "accuracy, r2")
    alike = train_parts.curves(runs("race"), 0, TITLES, WORDS)
    assert (alike.layout.yaxis.title.text, alike.layout.yaxis2.title.text) == ("loss", "accuracy")
    assert "R²" not in drawing.present_words(runs("numbers"), 0)["score_learnt0"]


def test_the_nearest_epoch() -> None:
    found = [train(replace(SMALL, epochs=200))]
    assert drawing.nearest(found, 5000) == 200
    assert drawing.nearest(found, 0.4) == 0
    kept = drawing.positions(found).tolist()
    assert all(drawing.nearest(found, epoch) in kept for epoch in range(0, 201, 7))


def test_the_board_shows_points_that_are_being_set() -> None:
    figure = drawing.board([(0.5, -0.5), (1, 1)], [0, 1], 2.0)
    assert isinstance(figure, go.Figure)
    assert_array_equal(figure.data[0].x, [0.5, 1])
    assert figure.layout.clickanywhere
    assert len(drawing.board([], [], 2.0).data[0].x) == 0


def test_the_data_as_csv() -> None:
    text = drawing.data_csv(runs("race"))
    head, *lines = text.strip().splitlines()
    assert "gradient norm 4 (B)" in head
    assert "dead 3 (B)" in head
    assert len(lines) == 13
    first = dict(zip(head.split(","), lines[0].split(","), strict=True))
    assert float(first["loss training (A)"]) == runs("race")[0].recording.loss[0, 0]


def table(text: str) -> np.ndarray:
    return np.array([[float(cell) for cell in line.split(",")] for line in text.strip().splitlines()[1:]])


def test_the_maps_and_the_histograms_as_csv() -> None:
    (run,) = runs("two")
    for epoch in (0, 7):
        for layer in (0, 1):
            x, y, *answers = table(train_units.data_csv(run, epoch, layer)).T
            _, h = run.network.forward(run.thetas[epoch], np.column_stack([x, y]))
            steps = run.recording.limits[layer] / 127
            assert np.all(np.abs(np.column_stack(answers) - h[layer + 1]) <= 0.501 * steps)
        low, high, *shares = table(train_parts.functions_csv(run, epoch)).T
        assert (low[0], high[-1]) == (-SPAN, SPAN)
        z, _ = run.network.forward(run.thetas[epoch], run.points.positions[~run.points.is_test])
        for layer, share in enumerate(shares):
            inside = np.clip(z[layer], -SPAN, SPAN)
            counted = [np.mean((inside >= a) & ((inside < b) | (b == SPAN))) for a, b in zip(low, high, strict=True)]
            assert_allclose(share, counted, atol=1e-6)


@pytest.mark.parametrize(
    ("value", "text"), [(-0.5, "-0.500"), (9.5367e-7, r"9.54 \times 10^{-7}"), (np.inf, r"\infty"), (2.0, "2.000")]
)
def test_numbers_in_tex(value: float, text: str) -> None:
    assert tex(value) == text
