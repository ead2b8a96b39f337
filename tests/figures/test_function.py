"""The figure of one function: every frame of every film is what the core says, for the whole catalogue."""

import csv
import io

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import activations
from activations import Activation
from figures import function, style
from figures.film import LARGEST, Film, frame_values, present_frame
from figures.function import CURVATURE, POINTS, SLOPE, TANGENT, VALUE, WINDOWS, View
from figures.numbers import number, short
from tests.activations.settings import EVERY_SETTING, kinks_at_any_setting
from tests.figures.decoding import sent

WORDS = {"value": "f(x)", "slope": "f′(x)", "curvature": "f″(x)", "tangent": "tangent"}
VIEWS = [View(width, curvature) for width in WINDOWS for curvature in (False, True)]
GRADIENT = -0.7
EPSILON = np.finfo(np.float32).eps

every_setting = pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
every_view = pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view.half_width:g}-{view.curvature}")
on_and_off_the_grid = pytest.mark.parametrize("x", [0.0, 1.0, -2.5, 1.2345678, -0.0031])
WITH_PARAMETERS = [
    pytest.param(f, declared.name, id=f"{f!r}-{declared.name}")
    for f in (*EVERY_SETTING, activations.get("leaky_relu", alpha=0.123456))
    for declared in f.parameters()
]


def curves(f: Activation, view: View) -> list:
    return [f, f.derivative] + [f.second_derivative] * view.curvature


def kinks(f: Activation, view: View) -> list[float]:
    return [kink for kink in kinks_at_any_setting(f) if abs(kink) < view.half_width]


def assert_frame(film: Film, frame: int, f: Activation, x: float, view: View) -> None:
    """The points, the tangent and the words of a frame against direct calls at `x`."""
    found = sent(film)
    heights = [float(curve(x)) for curve in curves(f, view)]
    still = [float(f.derivative(kink)) for kink in kinks(f, view)]
    assert_allclose(found.tracks[POINTS, "y"][frame], still + heights, rtol=EPSILON, atol=1e-45)
    ends = np.array([x - view.half_width / 3, x + view.half_width / 3])
    tangent = found.tracks[TANGENT, "y"][frame]
    assert_allclose(tangent, f(x) + f.derivative(x) * (ends - x), rtol=3 * EPSILON, atol=1e-6)
    words = {slot: texts[frame] for slot, texts in found.words.items()}
    slope = number(float(f.derivative(x)))
    assert words["x"] == short(x)
    assert words["x_inside"] == (f"({short(x)})" if x < 0 else short(x))
    assert words["y"] == number(heights[0])
    assert words["slope"] == slope
    assert words["slope_inside"] == (f"({slope})" if "−" in slope[0] else slope)
    assert words["curvature"] == number(float(f.second_derivative(x)))
    assert words["downstream"] == number(GRADIENT * float(f.derivative(x)))


@every_view
@every_setting
def test_every_frame_of_the_x_film_is_what_the_core_says(f: Activation, view: View) -> None:
    positions = function.x_positions(view.half_width)
    film = function.x_film(f, 1.2345678, view, GRADIENT)
    assert_array_equal(film.positions, positions)
    values = frame_values(positions, 1.2345678)
    found = sent(film)
    still = kinks(f, view)
    across = np.repeat(values[:, None], len(curves(f, view)), axis=1)
    assert_allclose(found.tracks[POINTS, "x"][:, len(still) :], across, rtol=EPSILON)
    assert_array_equal(found.tracks[POINTS, "x"][:, : len(still)], np.tile(np.float32(still), (len(values), 1)))
    heights = np.stack([curve(values) for curve in curves(f, view)], axis=1)
    assert_array_equal(found.tracks[POINTS, "y"][:, len(still) :], heights.astype(np.float32))
    assert_allclose(found.tracks[TANGENT, "x"].mean(axis=1), values, atol=40 * EPSILON)
    for frame in (0, len(values) // 3, present_frame(positions, 0.0), len(values) - 1):
        assert_frame(film, frame, f, float(values[frame]), view)


@on_and_off_the_grid
@every_setting
def test_the_present_frame_shows_the_present_x(f: Activation, x: float) -> None:
    view = View(6.0, True)
    film = function.x_film(f, x, view, GRADIENT)
    frame = present_frame(film.positions, x)
    assert_frame(film, frame, f, x if frame == len(film.positions) else float(film.positions[frame]), view)


@every_view
@pytest.mark.parametrize(("f", "name"), WITH_PARAMETERS)
def test_every_frame_of_a_parameters_film_is_what_the_core_says(f: Activation, name: str, view: View) -> None:
    x = -1.25
    film = function.parameter_film(f, name, x, view, GRADIENT)
    found, grid = sent(film), function.grid(f, view.half_width)
    values = frame_values(film.positions, f.settings[name])
    for frame, value in enumerate(values):
        member = activations.get(f.name, **f.settings | {name: float(value)})
        for trace, curve in zip((VALUE, SLOPE, CURVATURE), curves(member, view), strict=False):
            assert_array_equal(found.tracks[trace, "y"][frame], curve(grid).astype(np.float32))
        assert found.words[name][frame] == short(float(value), 3)
    assert (CURVATURE, "y") in found.tracks or not view.curvature
    frame = present_frame(film.positions, f.settings[name])
    assert_frame(film, frame, f, x, view)
    for frame in (0, len(values) // 2):
        assert_frame(film, frame, activations.get(f.name, **f.settings | {name: float(values[frame])}), x, view)


@every_view
@every_setting
def test_every_film_is_small(f: Activation, view: View) -> None:
    # A present value off the grid, in many digits and negative: the longest texts there are.
    x, gradient = -2.345678901, -9.87
    films = [function.x_film(f, x, view, gradient)]
    films += [function.parameter_film(f, declared.name, x, view, gradient) for declared in f.parameters()]
    assert max(len(film.encode()) for film in films) <= LARGEST


@pytest.mark.parametrize("half_width", WINDOWS)
def test_the_x_handle_stops_at_round_values_from_end_to_end(half_width: float) -> None:
    positions = function.x_positions(half_width)
    assert (positions[0], positions[-1]) == pytest.approx((-half_width, half_width))
    assert 0.0 in positions
    assert_allclose(np.diff(positions), positions[1] - positions[0], rtol=1e-9)
    assert len(positions) <= 700  # about one a pixel


@pytest.mark.parametrize(
    "declared", [d for kind in activations.CATALOGUE for d in kind.parameters()], ids=lambda declared: declared.name
)
def test_a_parameters_handle_reaches_both_ends_and_the_default(declared: activations.Parameter) -> None:
    positions = function.parameter_positions(declared)
    assert (positions[0], positions[-1]) == (declared.low, declared.high)
    assert declared.default in positions
    assert (np.diff(positions) > 0).all()
    assert 50 <= len(positions) <= 220


@every_view
@every_setting
def test_the_figure_is_what_the_core_says(f: Activation, view: View) -> None:
    x = -1.25
    figure = function.figure(f, x, view, WORDS)
    grid = function.grid(f, view.half_width)
    dashes = (VALUE, "solid"), (SLOPE, "dash"), (CURVATURE, "dot")
    for (trace, dash), curve in zip(dashes, curves(f, view), strict=False):
        drawn = figure.data[trace]
        assert_array_equal(drawn.x, grid)
        assert_array_equal(drawn.y, curve(grid))
        assert drawn.line.dash == dash
    assert len(figure.data) == 4 + view.curvature
    assert len({trace.line.color for trace in figure.data if trace.mode == "lines"}) == 3 + view.curvature
    points = figure.data[POINTS]
    assert_array_equal(points.y[-len(curves(f, view)) :], [float(curve(x)) for curve in curves(f, view)])
    assert len(points.x) == len(points.y) == len(points.marker.color) == len(points.marker.symbol)


@every_view
@every_setting
def test_a_film_fits_onto_its_figure(f: Activation, view: View) -> None:
    figure = function.figure(f, 1.0, view, WORDS)
    films = [function.x_film(f, 1.0, view, 1.0)]
    films += [function.parameter_film(f, declared.name, 1.0, view, 1.0) for declared in f.parameters()]
    for film in films:
        for entry in film.tracks:
            assert len(figure.data[entry.trace][entry.attribute]) == entry.values.shape[1]


def test_a_film_fits_onto_the_figure_of_any_other_setting() -> None:
    # The figure stays while a parameter moves, to and from alpha = 1, where Leaky ReLU and ELU have no kink.
    for name, alpha in (("leaky_relu", 0.01), ("elu", 0.5)):
        bent, smooth = (activations.get(name, alpha=value) for value in (alpha, 1.0))
        for drawn, played in ((bent, smooth), (smooth, bent)):
            figure = function.figure(drawn, 1.0, View(), WORDS)
            film = function.x_film(played, 1.0, View(), 1.0)
            assert len(figure.data[POINTS].y) == film.tracks[-1].values.shape[1]
            film = function.parameter_film(played, "alpha", 1.0, View(), 1.0)
            assert len(figure.data[VALUE].y) == film.tracks[0].values.shape[1]


@every_view
@pytest.mark.parametrize("kind", activations.CATALOGUE, ids=lambda kind: kind.name)
def test_axes_stand_still_while_a_handle_moves(kind: type[Activation], view: View) -> None:
    members = [kind()] + [kind(**{p.name: end}) for p in kind.parameters() for end in (p.low, p.high)]
    layouts = [function.figure(f, x, view, WORDS).layout for f in members for x in (-view.half_width, 0.3)]
    assert len({layout.xaxis.range for layout in layouts}) == 1
    assert len({layout.uirevision for layout in layouts}) == 1
    assert_allclose([layout.yaxis.range for layout in layouts], [layouts[0].yaxis.range] * len(layouts))


@every_view
@every_setting
def test_every_curve_is_inside_the_axes(f: Activation, view: View) -> None:
    low, high = function.y_range(f, view)
    x = function.x_positions(view.half_width)
    for curve in curves(f, view):
        assert low < curve(x).min() <= curve(x).max() < high


@every_setting
def test_the_curve_is_broken_at_each_kink(f: Activation) -> None:
    grid = function.grid(f, 12.0)
    assert np.isnan(grid).sum() == len(kinks_at_any_setting(f))
    for kink in kinks_at_any_setting(f):
        (place,) = np.flatnonzero(np.isnan(grid) & (np.roll(grid, 1) < kink) & (np.roll(grid, -1) > kink))
        assert grid[place + 1] - grid[place - 1] < 1e-12
    assert (np.diff(grid[~np.isnan(grid)]) > 0).all()


@every_setting
def test_the_present_words_are_those_of_the_films(f: Activation) -> None:
    x, view = 1.2345678, View(6.0)
    words = function.present_words(f, x, GRADIENT)
    film = function.x_film(f, x, view, GRADIENT)
    assert {slot: texts[-1] for slot, texts in film.words.items()} == {slot: words[slot] for slot in film.words}
    for declared in f.parameters():
        film = function.parameter_film(f, declared.name, x, view, GRADIENT)
        frame = present_frame(film.positions, f.settings[declared.name])
        assert {slot: texts[frame] for slot, texts in film.words.items()} == words


def test_sigmoid_by_hand() -> None:
    words = function.present_words(activations.get("sigmoid"), 2.0, 0.8)
    assert words == {
        "x": "2.00",
        "x_inside": "2.00",
        "y": "0.8808",
        "slope": "0.1050",
        "slope_inside": "0.1050",
        "curvature": "−0.0800",
        "downstream": "0.0840",
    }


@every_setting
def test_the_data_reads_back(f: Activation) -> None:
    head, *rows = csv.reader(io.StringIO(function.data_csv(f, 6.0)))
    assert head == ["x", "f(x)", "f'(x)", "f''(x)"]
    table = np.array(rows, dtype=float)
    x = table[:, 0]
    assert_array_equal(x, function.x_positions(6.0))
    assert_array_equal(table[:, 1:].T, [f(x), f.derivative(x), f.second_derivative(x)])


def test_a_classrooms_look_is_larger_in_everything() -> None:
    small = function.figure(activations.get("tanh"), 0.0, View(), WORDS)
    large = function.figure(activations.get("tanh"), 0.0, View(look=style.CLASSROOM), WORDS)
    assert large.layout.font.size >= 28 > small.layout.font.size
    for trace in (VALUE, SLOPE, TANGENT):
        assert large.data[trace].line.width > small.data[trace].line.width
    assert max(large.data[POINTS].marker.size) > max(small.data[POINTS].marker.size)
