"""The saturation page's figures and films against direct calls of the core."""

import csv
import math
import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import activations
from activations import Activation
from activations.experiments import saturation_bounds, slope_products, train_neuron
from figures import saturation, style
from figures.film import LARGEST, Film, frame_values
from figures.numbers import power_text

WORDS = dict.fromkeys(("zone", "value", "slope", "best", "product", "layers", "products", "steps", "output"), "")
WORDS |= {name: name for name in ("inside", "outside", "zero", "below", "squared", "cross_entropy")}
# As long as the longest sentence of the page, so that a film's size is that of the real one.
LONG = WORDS | dict.fromkeys(("zero", "below"), "无论多深都恰好是 0：对数坐标上没有 0 的位置。")
FUNCTIONS = [activations.get(name) for name in ("sigmoid", "tanh", "relu")]
every_function = pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.name)
every_start = pytest.mark.parametrize("start", saturation.STARTS)


def films(f: Activation, x: float = 1.2345, share: float = 0.0123, n: int = 50) -> list[Film]:
    return [
        saturation.share_film(f, x, share, LONG),
        saturation.slopes_x_film(f, x, share, LONG),
        saturation.depth_film(f, x, n, LONG),
        saturation.depth_x_film(f, x, n, LONG),
        saturation.step_film("far", n),
    ]


def values(film: Film, trace: int, attribute: str) -> np.ndarray:
    return next(one.values for one in film.tracks if (one.trace, one.attribute) == (trace, attribute))


def test_the_field_of_the_share_speaks_as_its_scale_does() -> None:
    film = saturation.share_film(activations.get("sigmoid"), 2.0, 0.01, WORDS)
    marks = [text for _, text in saturation.share_places((0.001, 0.01, 0.1))]
    assert marks == ["0.1%", "1%", "10%"]
    assert set(marks) <= set(film.words["share"])


@every_function
def test_a_film_reaches_a_phone_in_a_blink(f: Activation) -> None:
    for film in films(f):
        assert 0 < len(film.encode()) <= LARGEST


@every_function
def test_the_zones_end_where_the_core_says(f: Activation) -> None:
    film = saturation.share_film(f, 2.0, 0.0123, WORDS)
    shares = frame_values(film.positions, film.present)
    assert len(shares) == len(saturation.SHARES) + 1
    outlines = values(film, saturation.ZONES, "x")
    for share, outline in zip(shares, outlines, strict=True):
        left, right = saturation_bounds(f, share)
        assert_allclose(outline[[0, 1]], [-10, left], rtol=1e-6)
        if math.isinf(right):
            assert np.isnan(outline[6:]).all()
        else:
            assert_allclose(outline[[6, 7]], [right, 10], rtol=1e-6)


@every_function
def test_the_points_lie_on_the_curves(f: Activation) -> None:
    film = saturation.slopes_x_film(f, 1.2345, 0.01, WORDS)
    x = frame_values(film.positions, film.present)
    assert_allclose(values(film, saturation.POINTS, "x"), np.stack([x, x], axis=1), rtol=1e-6)
    heights = values(film, saturation.POINTS, "y")
    assert_allclose(heights, np.stack([f(x), f.derivative(x)], axis=1), rtol=1e-6)


@every_function
@pytest.mark.parametrize("x", [-1.0, 0.0, 2.0, 10.0])
def test_products_are_the_core_s_at_every_depth(f: Activation, x: float) -> None:
    film = saturation.depth_film(f, x, 7, WORDS)
    expected = slope_products(f, x, saturation.DEPTHS)
    for n, line, reached in zip(
        film.positions.astype(int),
        values(film, saturation.PRODUCT, "y"),
        values(film, saturation.REACHED, "y"),
        strict=True,
    ):
        assert np.isnan(line[n:]).all()
        assert_allclose(reached[0], n * math.log10(f.facts.largest_slope), rtol=1e-6)
        if expected.exact_zero:
            assert np.isnan(line).all()
            assert np.isnan(reached[1])
            assert np.isfinite(reached[2])
        else:
            assert_allclose(line[:n], expected.log10[:n], rtol=1e-6)
            assert_allclose(reached[1], expected.log10[n - 1], rtol=1e-6)
            assert np.isnan(reached[2])


@every_function
def test_products_are_the_core_s_at_every_x(f: Activation) -> None:
    film = saturation.depth_x_film(f, 1.2345, 12, WORDS)
    x = frame_values(film.positions, film.present)
    expected = slope_products(f, x, saturation.DEPTHS)
    lines = values(film, saturation.PRODUCT, "y")
    assert np.isnan(lines[:, 12:]).all()
    some = ~expected.exact_zero
    assert_allclose(lines[some, :12], expected.log10[some, :12], rtol=1e-6)
    assert np.isnan(lines[~some]).all()
    assert film.words["note"] == [
        "zero" if zero else "below" if power < saturation.SHALLOWEST_POWER else ""
        for zero, power in zip(expected.exact_zero, expected.log10[:, 11], strict=True)
    ]


@every_start
def test_the_neuron_is_the_core_s_at_every_step(start: str) -> None:
    w, b = saturation.STARTS[start]
    runs = [train_neuron(w, b, loss="squared"), train_neuron(w, b, loss="cross_entropy")]
    film = saturation.step_film(start, 150)
    assert_array_equal(film.positions, np.arange(301))
    heights = values(film, saturation.NOW, "y")
    assert_allclose(heights, np.stack([run.output for run in runs], axis=1), rtol=1e-6)
    drawn = saturation.neuron_figure(start, 150, WORDS, style.SCREEN)
    for trace, run in zip((saturation.SQUARED, saturation.CROSS_ENTROPY), runs, strict=True):
        assert_array_equal(drawn.data[trace].y, run.output)
    for row, run in enumerate(runs):
        assert film.words[f"w{row}"][150] == f"{run.w[150]:.3f}".replace("-", "−")


def test_the_numbers_of_the_lesson() -> None:
    sigmoid, tanh, relu = FUNCTIONS
    gelu = activations.get("gelu")
    assert saturation.slopes_now(sigmoid, 6.0, 0.01, WORDS)["bounds"] == "|x| > 5.986"
    assert saturation.slopes_now(sigmoid, 6.0, 0.01, WORDS)["place"] == "inside"
    assert saturation.slopes_now(sigmoid, 5.9, 0.01, WORDS)["place"] == "outside"
    assert saturation.slopes_now(tanh, 3.0, 0.01, WORDS)["bounds"] == "|x| > 2.993"
    assert saturation.slopes_now(relu, 3.0, 0.01, WORDS)["bounds"] == "x ≤ 0"
    assert saturation.slopes_now(relu, 0.0, 0.01, WORDS)["place"] == "inside"
    # where GELU turns its slope is 0, but to the left it is not yet: no saturation
    assert saturation.slopes_now(gelu, gelu.facts.turns[0], 0.01, WORDS)["place"] == "outside"
    assert saturation.slopes_now(gelu, -3.1, 0.01, WORDS)["place"] == "inside"
    assert saturation.depth_now(sigmoid, 2.0, 10, WORDS)["best"] == "9.54 × 10⁻⁷"
    assert saturation.depth_now(sigmoid, 2.0, 10, WORDS)["product"] == "1.63 × 10⁻¹⁰"
    assert saturation.depth_now(relu, 2.0, 50, WORDS)["product"] == "1"
    assert saturation.depth_now(relu, 0.0, 1, WORDS) | {"product": "0", "note": "zero"} == saturation.depth_now(
        relu, 0.0, 1, WORDS
    )
    assert saturation.depth_now(tanh, 10.0, 50, WORDS)["product"].endswith("× 10⁻⁴⁰⁵")
    ends = {start: saturation.neuron_now(start, 300) for start in saturation.STARTS}
    assert (ends["far"]["a0"], ends["near"]["a0"]) == ("0.203", "0.094")
    assert (ends["far"]["a1"], ends["near"]["a1"]) == ("0.012", "0.012")
    assert saturation.neuron_now("far", 0)["g0"] == "0.0173"


@every_function
def test_the_axes_stand_still_and_hold_what_moves(f: Activation) -> None:
    ranges = [
        [
            saturation.slopes_figure(f, x, share, WORDS, style.SCREEN).layout,
            saturation.depth_figure(f, x, n, WORDS, style.SCREEN).layout,
        ]
        for x, share, n in ((-10.0, 0.001, 1), (0.0, 0.01, 20), (10.0, 0.5, 50))
    ]
    for slopes, depth in ranges[1:]:
        assert (slopes.xaxis.range, slopes.yaxis.range) == (ranges[0][0].xaxis.range, ranges[0][0].yaxis.range)
        assert (depth.xaxis.range, depth.yaxis.range) == (ranges[0][1].xaxis.range, ranges[0][1].yaxis.range)
    low, high = ranges[0][0].yaxis.range
    x = np.linspace(-10, 10, 2001)
    assert low < min(f(x).min(), f.derivative(x).min())
    assert high > max(f(x).max(), f.derivative(x).max())


@every_function
def test_a_film_s_present_frame_is_the_figure(f: Activation) -> None:
    # The film is painted over the figure as soon as it arrives: nothing may jump then.
    slopes = saturation.slopes_figure(f, 1.2345, 0.0123, WORDS, style.SCREEN).data
    depth = saturation.depth_figure(f, 1.2345, 12, WORDS, style.SCREEN).data
    for film, figure in (
        (saturation.share_film(f, 1.2345, 0.0123, WORDS), slopes),
        (saturation.slopes_x_film(f, 1.2345, 0.0123, WORDS), slopes),
        (saturation.depth_film(f, 1.2345, 12, WORDS), depth),
        (saturation.depth_x_film(f, 1.2345, 12, WORDS), depth),
    ):
        frame = int(np.argmin(np.abs(frame_values(film.positions, film.present) - film.present)))
        for track in film.tracks:
            drawn = np.array(figure[track.trace][track.attribute], dtype=float)
            assert_allclose(track.values[frame], drawn, rtol=1e-6)


def test_shares_are_round_and_about_evenly_spaced_on_a_logarithmic_scale() -> None:
    assert (saturation.SHARES[0], saturation.SHARES[-1]) == (0.001, 0.5)
    assert {0.01, 0.02, 0.05, 0.1} <= set(saturation.SHARES.tolist())
    ratios = saturation.SHARES[1:] / saturation.SHARES[:-1]
    assert ratios.min() > 1.05
    assert ratios.max() < 1.18
    assert saturation.share_places((0.001, 0.5)) == [(0.0, "0.1%"), (1.0, "50%")]


@every_function
def test_the_data_to_download_is_the_core_s(f: Activation) -> None:
    rows = list(csv.reader(saturation.slopes_csv(f).splitlines()))
    assert rows[0] == ["x", "f(x)", "f'(x)", "share"]
    x = np.array([float(row[0]) for row in rows[1:]])
    assert_array_equal([float(row[2]) for row in rows[1:]], f.derivative(x))
    rows = list(csv.reader(saturation.depth_csv(f, 2.0).splitlines()))
    assert_array_equal([float(row[1]) for row in rows[1:]], slope_products(f, 2.0, saturation.DEPTHS).product)


@every_start
def test_the_neuron_s_data_to_download(start: str) -> None:
    rows = list(csv.reader(saturation.neuron_csv(start).splitlines()))
    assert len(rows) == 302
    assert len(rows[0]) == 11
    assert float(rows[-1][3]) == train_neuron(*saturation.STARTS[start], loss="squared").output[-1]


@pytest.mark.parametrize("log10", [-404.2, -300.00001, -301.9999])
def test_a_product_below_every_float_is_still_said(log10: float) -> None:
    text = power_text(0.0, log10)
    found = re.fullmatch(r"(\d\.\d\d) × 10(\S+)", text)
    assert found
    power = int(found[2].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    assert_allclose(math.log10(float(found[1])) + power, log10, atol=0.003)
