"""The compare figure: its films say what the core says, are small, and never move an axis."""

import csv
import io
import re
from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import activations
from activations import Activation
from figures import compare
from figures.film import LARGEST, Film, frame_values
from figures.function import WINDOWS, View
from figures.numbers import number

WORDS = {name: name.title() for name in activations.names()} | {"value": "f(x)", "slope": "f′(x)"}
EVERY = tuple(kind() for kind in activations.CATALOGUE)
LEAKY = activations.get("leaky_relu", alpha=0.2)
CHOICES = (EVERY, EVERY[:3], EVERY[1:2], (EVERY[0], LEAKY, EVERY[5]))
VIEWS = tuple(View(width) for width in WINDOWS)
some = pytest.mark.parametrize("functions", CHOICES, ids=lambda functions: "-".join(f.name for f in functions))
views = pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view.half_width:g}")


def tracks(film: Film) -> dict[tuple[int, str], np.ndarray]:
    return {(track.trace, track.attribute): track.values for track in film.tracks}


def as_sent(*values: object) -> np.ndarray:
    """Numbers of the core as a film carries them."""
    return np.asarray(values, dtype=np.float64).astype(np.float32)


def limits(figure) -> list[tuple[float, float]]:
    return [tuple(figure.layout[axis].range) for axis in ("yaxis", "yaxis2")]


@some
@views
def test_the_points_of_every_frame_are_the_cores(functions: tuple[Activation, ...], view: View) -> None:
    x = 0.123
    film = compare.x_film(functions, x, view)
    values = frame_values(film.positions, x)
    assert film.present == values[-1] == x
    figure, seen = compare.figure(functions, x, view, WORDS), tracks(film)
    first = len(figure.data) - 2
    assert set(seen) == {(first + panel, attribute) for panel in range(2) for attribute in "xy"}
    for frame in (0, 1, len(values) // 3, len(values) // 2, len(values) - 2, len(values) - 1):
        for panel, method in enumerate(("__call__", "derivative")):
            heights = [getattr(f, method)(values[frame]) for f in functions]
            low, high = limits(figure)[panel]
            assert set(seen[first + panel, "x"][frame]) == set(as_sent(values[frame]))
            assert_array_equal(seen[first + panel, "y"][frame], as_sent(low, *heights, high))
        for f in functions:
            assert film.words[compare.slot(f.name, "value")][frame] == number(f(values[frame]))
            assert film.words[compare.slot(f.name, "slope")][frame] == number(f.derivative(values[frame]))


@views
def test_the_figure_under_the_film_is_its_present_frame(view: View) -> None:
    functions = (EVERY[0], LEAKY, EVERY[2])
    figure = compare.figure(functions, 0.123, view, WORDS)
    parameter = compare.parameter_film(functions, 1, "alpha", 0.123, view)
    for film in (compare.x_film(functions, 0.123, view), parameter):
        present = int(np.argmin(np.abs(frame_values(film.positions, film.present) - film.present)))
        for (trace, attribute), values in tracks(film).items():
            drawn = np.asarray(figure.data[trace][attribute])
            assert_array_equal(values[present], as_sent(*drawn))


@views
def test_the_curves_of_a_moved_parameter_are_the_cores(view: View) -> None:
    functions, index = (EVERY[4], EVERY[0], LEAKY, EVERY[5]), 2
    figure = compare.figure(functions, 0.5, view, WORDS)
    film = compare.parameter_film(functions, index, "alpha", -0.5, view)
    seen, x = tracks(film), compare.grid(LEAKY, view.half_width)
    values = frame_values(film.positions, 0.2)
    curves = [trace for trace, _ in seen if figure.data[trace].mode == "lines"]
    points = [trace for trace, _ in seen if figure.data[trace].mode == "lines+markers"]
    assert [figure.data[trace].name for trace in curves] == [WORDS["leaky_relu"]] * 2
    for frame in (0, len(values) // 2, len(values) - 1):
        member = activations.get("leaky_relu", alpha=values[frame])
        for panel, method in enumerate(("__call__", "derivative")):
            heights = [getattr(f, method)(-0.5) for f in (EVERY[4], EVERY[0], member, EVERY[5])]
            assert_array_equal(seen[curves[panel], "y"][frame], as_sent(*getattr(member, method)(x)))
            assert_array_equal(seen[points[panel], "y"][frame, 1:-1], as_sent(*heights))
        assert film.words[compare.slot("leaky_relu", "value")][frame] == number(member(-0.5))
        assert film.words[compare.slot("leaky_relu", "slope")][frame] == number(member.derivative(-0.5))


@some
@views
def test_the_curves_that_stand_still_are_the_cores(functions: tuple[Activation, ...], view: View) -> None:
    figure = compare.figure(functions, 0.0, view, WORDS)
    drawn = {(shape.name, shape.yref): shape for shape in figure.layout.shapes}
    for f in functions:
        for panel, method in enumerate(("__call__", "derivative")):
            if f.parameters():
                continue
            shape = drawn[f.name, f"y{panel + 1}".removesuffix("1")]
            x, y = np.array(re.findall(r"[ML]([^ML,]+),([^ML]+)", shape.path), dtype=float).T
            away = np.all([np.abs(x - kink) > 1e-4 for kink in (*f.facts.kinks, np.inf)], axis=0)
            assert away.sum() > 100
            assert_allclose(y[away], getattr(f, method)(x[away]), rtol=1e-4, atol=1e-5)
            assert shape.line.dash == ("dash" if panel else "solid")


@views
def test_a_slope_jumps_and_does_not_fall(view: View) -> None:
    for f in EVERY:
        x = compare.grid(f, view.half_width)
        y = f.derivative(x)
        steps = np.abs(np.diff(y))
        assert not np.any(steps > 0.2), f"{f.name} joins the two sides of a jump at {x[:-1][steps > 0.2]}"


@some
@views
def test_films_are_small(functions: tuple[Activation, ...], view: View) -> None:
    films = [compare.x_film(functions, 0.123456, view)]
    for index, f in enumerate(functions):
        for declared in f.parameters():
            films.append(compare.parameter_film(functions, index, declared.name, 0.123456, view))
    assert max(len(film.encode()) for film in films) <= LARGEST


def test_many_functions_stop_less_often_but_at_both_ends_and_in_the_middle() -> None:
    for width in WINDOWS:
        few, many = compare.x_positions(EVERY[:1], width), compare.x_positions(EVERY * 4, width)
        assert len(many) * 24 <= 601 * 6 < len(few) * 24
        assert {-width, 0.0, width} <= set(many.tolist()) <= set(few.tolist())
        assert_array_equal(many, np.unique(many))


@views
def test_the_axes_stand_still(view: View) -> None:
    for count in (1, 2, 3):
        for functions in combinations((*EVERY[:3], LEAKY), count):
            figures = [compare.figure(functions, x, view, WORDS) for x in (-view.half_width, 0.0, 1.5)]
            if LEAKY in functions:
                moved = tuple(activations.get("leaky_relu", alpha=1.0) if f == LEAKY else f for f in functions)
                figures.append(compare.figure(moved, 0.0, view, WORDS))
            assert len({str(limits(figure)) for figure in figures}) == 1
            assert all(figure.layout.xaxis.range == (-view.half_width, view.half_width) for figure in figures)


@some
@views
def test_everything_lies_in_its_panel(functions: tuple[Activation, ...], view: View) -> None:
    for (low, high), method in zip(compare.ranges(functions, view.half_width), ("__call__", "derivative"), strict=True):
        assert low < 0 < high
        for f in functions:
            curve = getattr(f, method)(compare.grid(f, view.half_width))
            assert low < np.nanmin(curve)
            assert np.nanmax(curve) < high


@pytest.mark.parametrize("look", [compare.SCREEN, compare.CLASSROOM], ids=["screen", "classroom"])
@some
@views
def test_names_do_not_cover_one_another(functions: tuple[Activation, ...], view: View, look) -> None:
    figure = compare.figure(functions, 0.0, View(view.half_width, look=look), WORDS)
    for axis, (low, high) in zip(("y", "y2"), limits(figure), strict=True):
        places = [note.y for note in figure.layout.annotations if note.yref == axis]
        if not places:  # in a classroom they would be too small to read
            assert look == compare.CLASSROOM
            assert axis == "y2"  # those of the values stand for both
            assert len(functions) > 6
            continue
        assert len(places) == len(functions)
        assert low < min(places)
        assert max(places) < high
        domain = figure.layout[axis.replace("y", "yaxis")].domain
        inner = look.height - figure.layout.margin.t - figure.layout.margin.b
        pixels = np.diff(np.sort(places)) / (high - low) * inner * (domain[1] - domain[0])
        sizes = {note.font.size for note in figure.layout.annotations if note.yref == axis}
        if look == compare.CLASSROOM:
            assert sizes == {look.font}
        else:
            assert 0.85 * look.font <= max(sizes) <= look.font
        line = 0.9 if look == compare.CLASSROOM else 1.1  # of the letters, signs from another font included
        assert np.all(pixels >= line * max(sizes))


def test_functions_are_told_apart_by_colour_and_sign() -> None:
    looks = [(compare.colour(name), *compare.sign(name)) for name in activations.names()]
    assert len(set(looks)) == len(looks)
    figure = compare.figure(EVERY, 0.0, VIEWS[0], WORDS)
    for points in figure.data[-2:]:
        assert list(points.marker.color[1:-1]) == [colour for colour, _, _ in looks]
        assert list(points.marker.symbol[1:-1]) == [symbol for _, symbol, _ in looks]


def test_the_data_are_the_cores() -> None:
    head, *rows = csv.reader(io.StringIO(compare.data_csv((EVERY[1], LEAKY), 3.0)))
    assert head == ["x", "sigmoid f(x)", "sigmoid f'(x)", "leaky_relu(alpha=0.2) f(x)", "leaky_relu(alpha=0.2) f'(x)"]
    assert [row[0] for row in rows[:3]] == ["-3.0", "-2.99", "-2.98"]
    x, *columns = np.array(rows, dtype=float).T
    expected = [EVERY[1](x), EVERY[1].derivative(x), LEAKY(x), LEAKY.derivative(x)]
    assert_array_equal(columns, expected)


def test_the_readout_has_words_for_every_slot() -> None:
    words = compare.present_words((EVERY[1], LEAKY), 2.0)
    assert words["sigmoid_value"] == "0.8808"
    assert words["sigmoid_slope"] == "0.1050"
    assert words["leaky_relu_alpha"] == "0.200"
    assert words["x"] == "2.00"
