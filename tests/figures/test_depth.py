"""The charts and films of signals through depth: each frame is what a direct call of the core measures."""

import csv
import dataclasses
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import activations
from activations.experiments import DeepNetwork, Signals, signals
from activations.experiments.signals import spans
from figures import depth, depth_films, signal_words, style
from figures.depth import BARS, CHARTS, GUIDE, OUTLINE, QUANTITIES, REFERENCES, SIGMA_W, Shown, places
from figures.film import LARGEST
from figures.numbers import number
from tests.figures.decoding import sent

WORDS = {
    part: part
    for part in (
        "activations",
        "activation",
        "layer",
        "run",
        "other",
        *(q for chart in QUANTITIES.values() for q in chart),
    )
}
FIRST = {"spread": "std", "shares": "saturated", "gradient": "gradient"}
SWEEP = tuple(SIGMA_W.tolist())


def network(name: str = "tanh", **settings: object) -> DeepNetwork:
    return DeepNetwork(activations.get(name), **{"depth": 6, "width": 16} | settings)


def shown(
    mine: DeepNetwork, beside: DeepNetwork | None = None, sigma_w: float = 1.23, layer: int = 3, near: bool = False
) -> Shown:
    span = spans(mine, *([beside] if beside else []))
    other = signals(beside, [1.5], span=span) if beside else None
    return Shown(signals(mine, [sigma_w, *REFERENCES], span=span), other, layer, near)


def as_drawn(found: Signals, quantity: str, near: bool = False) -> np.ndarray:
    """A quantity of the first σ_w on its chart's axis, layer by layer."""
    values = getattr(found, quantity)[0]
    if near and quantity in ("std", "mean"):
        return values
    with np.errstate(divide="ignore"):
        values = np.log10(np.abs(values)) if quantity in ("std", "mean") else values
    return np.where(np.isfinite(values), values, np.nan)


CASES = {
    "alone": (network(), None),
    "normalised": (network("selu", normalisation="batch"), None),
    "beside": (network(), network("relu", residual=True)),
    "near": (network("selu", input_mean=0.5, input_std=2.0), network("relu", input_mean=0.5, input_std=2.0), True),
}


def case_shown(case: str, sigma_w: float = 1.23, layer: int = 3) -> Shown:
    mine, beside, *near = CASES[case]
    return shown(mine, beside, sigma_w, layer, *near)


every_case = pytest.mark.parametrize("case", CASES)


def figures(now: Shown) -> list:
    drawn = [depth.histogram(now, WORDS, style.SCREEN)]
    return drawn + [depth.over_layers(now, chart, WORDS, style.SCREEN) for chart in CHARTS[1:]]


@every_case
def test_the_charts_show_what_was_measured(case: str) -> None:
    now = case_shown(case)
    histogram, *others = figures(now)
    counts = now.run.counts[0, 3]
    assert_allclose(np.square(histogram.data[BARS].y), counts / counts.sum())
    assert_allclose(histogram.data[BARS].x, (now.run.edges[1:] + now.run.edges[:-1]) / 2)
    assert histogram.data[OUTLINE].visible == (now.beside is not None)
    if now.beside:
        assert_allclose(np.square(histogram.data[OUTLINE].y), now.beside.counts[0, 3] / counts.sum())
        assert_array_equal(now.run.edges, now.beside.edges)
    for chart, figure in zip(CHARTS[1:], others, strict=True):
        for place, quantity in enumerate(QUANTITIES[chart], start=1):
            trace = figure.data[place]
            assert trace.name == quantity
            assert_allclose(trace.y, as_drawn(now.run, quantity, now.near))
            assert trace.visible == (quantity in now.drawn(chart))
            if quantity in now.drawn(chart) and quantity in ("std", "mean", "gradient"):
                low, high = figure.layout.yaxis.range
                expected = trace.y[3] if low <= trace.y[3] <= high else np.nan
                assert_allclose(points_of(figure, chart)[place - 1], expected)
        beside, points = (figure.data[place] for place in places(chart))
        assert beside.visible == (now.beside is not None)
        if now.beside:
            assert_allclose(beside.y, as_drawn(now.beside, FIRST[chart], now.near))
            assert_allclose(points.y[-1], as_drawn(now.beside, FIRST[chart], now.near)[3])
            assert beside.name == "other"
            assert beside.showlegend == (chart == "gradient")
        assert_array_equal(points.x, 3)
        assert_array_equal(figure.data[GUIDE].x, [3, 3])
        lines = [trace.line for trace in figure.data[1 : places(chart)[0] + 1]]
        assert len({line.dash for line in lines}) == len({line.color for line in lines}) == len(lines)


def points_of(figure, chart: str) -> np.ndarray:
    return figure.data[places(chart)[1]].y


def test_normalisation_is_drawn_only_where_there_is_some() -> None:
    assert "normalisation" not in shown(network()).drawn("gradient")
    assert "normalisation" in shown(network(normalisation="layer")).drawn("gradient")


def test_the_setting_itself_keeps_its_curves_with_another_beside() -> None:
    alone, beside = shown(network()), case_shown("beside")
    assert [beside.drawn(chart) for chart in QUANTITIES] == [alone.drawn(chart) for chart in QUANTITIES]
    assert beside.drawn("gradient") == ("gradient", "slopes", "weights")


def test_from_near_the_way_back_to_0_and_1_can_be_seen() -> None:
    # the input's mean 0.5 and standard deviation 2 lie at a third and more of the axis from where SELU leads them
    asked = network("selu", depth=32, width=256, input_mean=0.5, input_std=2.0)
    now = shown(asked, sigma_w=1.0, near=True)
    figure = depth.over_layers(now, "spread", WORDS, style.SCREEN)
    low, high = figure.layout.yaxis.range
    std, mean = figure.data[1].y, figure.data[2].y
    assert low <= min(mean.min(), 0)
    assert std.max() <= high
    assert (std[0] - std[-1]) / (high - low) > 0.3
    assert (mean[0] - mean[-1]) / (high - low) > 0.15
    assert_allclose([mean[-1], std[-1]], [0, 1], atol=0.1)
    assert list(figure.layout.yaxis.tickvals) == [0, 1, 2]


def test_large_letters_have_few_ticks_where_there_is_little_height() -> None:
    for name in activations.names():
        now = shown(network(name, depth=100))
        spread, shares = (depth.over_layers(now, chart, WORDS, style.CLASSROOM) for chart in ("spread", "shares"))
        assert 1 <= len(spread.layout.yaxis.tickvals) <= 4
        assert list(shares.layout.yaxis.tickvals) == [0, 1]
    assert len(depth.histogram(now, WORDS, style.CLASSROOM).layout.yaxis.tickvals) == 5


@every_case
def test_every_layer_s_frame_is_what_was_measured(case: str) -> None:
    now = case_shown(case)
    found = sent(depth_films.layer_film(now))
    assert found.header["positions"] == [1, 2, 3, 4, 5, 6]
    for frame, layer in enumerate(range(1, 7)):
        there = dataclasses.replace(now, layer=layer)
        compare(found, frame, figures(there), {GUIDE})
        words = {slot: texts[frame] for slot, texts in found.words.items() if not slot.endswith("said")}
        assert words == signal_words.present_words(now.run, now.beside, layer)


@every_case
@pytest.mark.parametrize("sigma_w", [1.23, 1.5])
def test_every_sigma_w_s_frame_is_a_direct_call_of_the_core(case: str, sigma_w: float) -> None:
    mine, now = CASES[case][0], case_shown(case, sigma_w)
    span = (float(now.run.edges[0]), float(now.run.edges[-1]))
    found = sent(depth_films.sigma_film(now, signals(mine, SWEEP, span=span)))
    positions = [*SWEEP, *([sigma_w] if sigma_w == 1.23 else [])]
    assert found.frames == len(positions)
    for frame, value in enumerate(positions):
        if frame % 6 and frame < len(SWEEP) - 2:
            continue  # each direct call takes a while
        direct = dataclasses.replace(now, run=signals(mine, [value, *REFERENCES], span=span))
        compare(found, frame, figures(direct), set())
        words = {slot: texts[frame] for slot, texts in found.words.items() if slot not in ("sw", "sw_said")}
        assert words == signal_words.present_words(direct.run, direct.beside, 3)
        assert float(found.words["sw"][frame]) == pytest.approx(value, rel=1e-5)


def compare(found, frame: int, drawn: list, moved: set[int]) -> None:
    """What a frame shows is what the figures drawn for its state show; `moved` are traces that move in x."""
    for chart, trace, attribute, values in found.moves():
        expected = np.asarray(drawn[chart].data[trace][attribute], dtype=float)
        assert_allclose(values[frame], expected, rtol=1e-5, atol=1e-6, err_msg=f"{chart} {trace} {attribute}")
    charts = {chart for chart, _, attribute, _ in found.moves() if attribute == "x"}
    assert charts == ({1, 2, 3} if moved else set())


@every_case
def test_axes_stand_still_while_handles_move(case: str) -> None:
    layouts = [
        [figure.layout for figure in figures(case_shown(case, sigma_w, layer))]
        for sigma_w, layer in ((0.3, 1), (1.0, 3), (4.0, 6))
    ]
    assert layouts[0] == layouts[1] == layouts[2]


@pytest.mark.parametrize("beside", [False, True])
def test_the_largest_films_are_small(beside: bool) -> None:
    mine = network("leaky_relu", depth=100, normalisation="layer")
    now = shown(mine, network("sigmoid", depth=100) if beside else None, layer=57)
    for film in (depth_films.layer_film(now), depth_films.sigma_film(now, signals(mine, SWEEP))):
        assert len(film.encode()) <= LARGEST


def test_deep_networks_show_every_second_layer_and_the_ends() -> None:
    assert shown(network(depth=50)).layers.tolist() == list(range(51))
    layers = shown(network(depth=100)).layers
    assert layers[[0, -1]].tolist() == [0, 100]
    assert len(layers) == 51


def test_points_beyond_the_axes_are_not_drawn() -> None:
    figure = depth.over_layers(shown(network("relu", depth=50), sigma_w=4.0, layer=50), "spread", WORDS, style.SCREEN)
    assert np.isnan(figure.data[places("spread")[1]].y[0])
    low, high = figure.layout.yaxis.range
    assert 2 < high - low <= 60


@pytest.mark.parametrize("name", activations.names())
def test_every_function_has_readable_axes(name: str) -> None:
    for figure in figures(shown(network(name, depth=100)))[1:]:
        ticks = figure.layout.yaxis.tickvals
        assert 2 <= len(ticks) <= 7
        assert len(figure.layout.yaxis.ticktext or ticks) == len(ticks)


def test_the_handle_stops_at_the_named_initialisations() -> None:
    assert len(SIGMA_W) <= 64
    for value in (math.sqrt(1 / 3), 1.0, math.sqrt(2)):
        assert np.abs(SIGMA_W - value).min() < 1e-9


def test_the_words_are_the_numbers() -> None:
    now = shown(network(), network("relu"))
    words = signal_words.present_words(now.run, now.beside, 4)
    run, other = now.run, now.beside
    assert words["layer"] == "4"
    assert words["std0"] == number(run.std[0, 4], 3)
    assert words["mean1"] == number(other.mean[0, 4], 3)
    assert words["saturated1"] == f"{100 * other.saturated[0, 4]:.1f}%"
    assert words["gradient0"] == number(10 ** run.gradient[0, 4], 3)
    assert words["kept0"] == number((run.std[0, 6] / run.std[0, 1]) ** (1 / 5), 3)
    assert words["gkept1"] == number((10 ** other.gradient[0, 0]) ** (1 / 6), 3)
    assert words["sigma1"] == "1.500"


def test_the_words_for_what_is_gone_and_for_what_is_huge() -> None:
    run = signals(network("relu", width=16, depth=100), [0.1])
    gone = dataclasses.replace(run, std=np.zeros_like(run.std), gradient=np.full_like(run.gradient, -np.inf))
    words = signal_words.present_words(gone, None, 1)
    assert words["gradient0"] == "0"
    assert words["kept0"] == signal_words.NOTHING
    assert words["gkept0"] == "0.000"
    tiny = dataclasses.replace(run, gradient=np.full_like(run.gradient, -404.2))
    assert signal_words.present_words(tiny, None, 1)["gradient0"] == "6.31 × 10⁻⁴⁰⁵"
    huge = dataclasses.replace(run, gradient=np.full_like(run.gradient, 3.2))
    assert signal_words.present_words(huge, None, 1)["gradient0"] == "1585"


def test_the_data_to_download() -> None:
    now = case_shown("beside")
    rows = list(csv.DictReader(depth.data_csv(now).splitlines()))
    assert [int(row["layer"]) for row in rows] == list(range(7))
    assert_array_equal([float(row["std"]) for row in rows], now.run.std[0])
    assert_array_equal([float(row["log10 gradient (beside)"]) for row in rows], now.beside.gradient[0])


def test_a_classroom_s_charts_are_larger() -> None:
    for figure in [depth.histogram(shown(network()), WORDS, style.CLASSROOM)]:
        assert figure.layout.font.size >= 28
