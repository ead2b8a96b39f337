"""The figures of the saturation page: where slopes die, what depth makes of them, and a neuron that waits.

Words on a figure and in a readout are passed in; each function says which it needs.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations import Activation
from activations.experiments import NeuronRun, saturation_bounds, slope_products, train_neuron
from figures import style
from figures.film import Film, frame_values, still, track
from figures.function import grid
from figures.numbers import exact, number, power_of_ten, power_text, short
from figures.table import csv_text

Values = NDArray[np.float64]

HALF_WIDTH = 10.0  # of the x axis: sigmoid's slope falls below a thousandth of its largest only at 8.29
X = np.round(np.arange(-200, 201) * 0.05, 2)
DEEPEST = 50
DEPTHS = np.arange(1.0, DEEPEST + 1)
SHALLOWEST_POWER = -32  # the axis of products ends here: 0.25⁵⁰ is 7.9 × 10⁻³¹, so sigmoid's best stays in sight
ZERO_PLACE = -12.5  # the height of the words that stand in for products of exactly 0: between two lines of the grid
STEPS = 300
STARTS = {"far": (2.0, 2.0), "near": (0.6, 0.9)}  # w and b; Nielsen 2015, chapter 3
LOWEST_SHARE, HIGHEST_SHARE = 0.001, 0.5
# Round shares, about as far apart from each other as a logarithmic scale wants them.
_MANTISSAS = (1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.2, 2.4, 2.6, 2.8, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9)
SHARES = np.array(
    [share for power in (-3, -2, -1) for m in _MANTISSAS if (share := float(f"{m}e{power}")) <= HIGHEST_SHARE]
)

# The order of the traces; films name them by number.
ZONES, VALUE, SLOPE, POINTS = range(4)
BEST, PRODUCT, REACHED = range(3)
SQUARED, CROSS_ENTROPY, NOW = range(3)


def percent(share: float) -> str:
    """A share as a percentage of three digits.

    >>> percent(0.01), percent(0.41997), percent(8.24e-9)
    ('1%', '42%', '8.24 × 10⁻⁷%')
    """
    value = 100 * share
    return f"{value:.3g}%" if value == 0 or value >= 0.001 else f"{number(value)}%"


# --- where slopes die ---------------------------------------------------------------------------------


def share_places(shares: Sequence[float]) -> list[tuple[float, str]]:
    """Where round shares lie on the handle's scale, from 0 to 1, and how they are written there."""
    return [(float(np.argmin(np.abs(SHARES - share))) / (len(SHARES) - 1), percent(share)) for share in shares]


def bounds(f: Activation, shares: Values) -> Values:
    """The edges of the zones for each share, shape (len(shares), 2): left one and right one, infinite where none is."""
    known = dict(zip(SHARES.tolist(), _edges(f).tolist(), strict=True))
    return np.array([known[share] if share in known else saturation_bounds(f, share) for share in shares.tolist()])


@lru_cache(maxsize=16)
def _edges(f: Activation) -> Values:
    lowest, highest = saturation_bounds(f, LOWEST_SHARE), saturation_bounds(f, HIGHEST_SHARE)
    if lowest == highest:  # the edges only move inwards as the share grows, so here they stand still
        return np.tile(lowest, (len(SHARES), 1))
    return np.array([saturation_bounds(f, share) for share in SHARES.tolist()])


def slopes_figure(f: Activation, x: float, share: float, words: Mapping[str, str], look: style.Look) -> go.Figure:
    """f and f′ with the zones of small slope shaded, and the points at `x`. `words`: zone, value, slope."""
    points = grid(f, HALF_WIDTH)
    low, high = _y_range(f)

    at = np.array([x])
    zones = {
        "type": "scatter",
        "mode": "lines",
        "x": _zones(bounds(f, np.array([share])))[0],
        "y": [low, low, high, high, low, None, low, low, high, high, low],
        "fill": "toself",
        "fillcolor": "rgba(128,134,139,0.28)",
        "line": {"color": style.GREY, "width": 1},
        "name": words["zone"],
        "hoverinfo": "skip",
    }
    axes = style.layout(look, "<i>x</i>", "", uirevision=f"slopes {f.name}")
    axes["xaxis"]["range"] = [-HALF_WIDTH, HALF_WIDTH]
    axes["yaxis"]["range"] = [low, high]
    hover = "%{x:.3f}, %{y:.4f}"
    return go.Figure(
        [
            zones,
            style.curve(points, f(points), words["value"], style.VALUE, look, hover, connectgaps=True),
            style.curve(points, f.derivative(points), words["slope"], style.DERIVATIVE, look, hover),
            style.points(
                [x, x],
                np.concatenate([f(at), f.derivative(at)]),
                [style.BLUE, style.VERMILLION],
                ["circle", "diamond"],
                look.marker,
            ),
        ],
        axes,
    )


def _y_range(f: Activation) -> tuple[float, float]:
    x = grid(f, HALF_WIDTH)
    curves = np.concatenate([f(x), f.derivative(x)])
    low, high = float(np.nanmin(curves)), float(np.nanmax(curves))
    margin = 0.08 * (high - low)
    return low - margin, high + margin


def _zones(edges: Values) -> Values:
    """The x of both zones' outlines, left one first, for each pair of edges; no outline where there is no zone."""
    left = np.where(np.isfinite(edges[:, 0]), np.maximum(edges[:, 0], -HALF_WIDTH), np.nan)
    right = np.where(np.isfinite(edges[:, 1]), np.minimum(edges[:, 1], HALF_WIDTH), np.nan)
    far_left = np.where(np.isnan(left), np.nan, -HALF_WIDTH)
    far_right = np.where(np.isnan(right), np.nan, HALF_WIDTH)
    gap = np.full(len(edges), np.nan)
    outline = (far_left, left, left, far_left, far_left, gap, right, far_right, far_right, right, right)
    return np.stack(outline, axis=1)


def share_film(f: Activation, x: float, share: float, words: Mapping[str, str]) -> Film:
    """What moves with the handle for the share: the zones. `words`: inside, outside."""
    values = frame_values(SHARES, share)
    edges = bounds(f, values)
    said = slope_words(f, np.full(len(values), x), values, words)
    spoken = [f"{part}: {where}" for part, where in zip(said["percent"], said["bounds"], strict=True)]
    return Film("share", SHARES, share, [track(ZONES, "x", _zones(edges))], said | {"share_said": spoken})


def slopes_x_film(f: Activation, x: float, share: float, words: Mapping[str, str]) -> Film:
    """What moves with the handle for x beside the zones: the points on f and f′. `words`: inside, outside."""
    values = frame_values(X, x)
    columns = values[:, None]
    tracks = (
        track(POINTS, "x", columns, columns),
        track(POINTS, "y", f(columns), f.derivative(columns)),
    )
    said = slope_words(f, values, np.full(len(values), share), words)
    return Film("x", X, x, tracks, {slot: said[slot] for slot in ("x", "slope", "of_largest", "place")})


def slope_words(f: Activation, x: Values, shares: Values, words: Mapping[str, str]) -> dict[str, list[str]]:
    """The slots of the readout, for pairs of an x and a share.

    x, slope, of_largest (the slope as a share of the largest), place (`words`: inside or outside;
    GELU's slope of 0 at its lowest point is in no zone), share, percent (the share), bounds (the zones).
    """
    slopes = np.atleast_1d(f.derivative(x))
    parts = np.abs(slopes) / f.facts.largest_slope
    edges = bounds(f, shares)
    inside = (x <= edges[:, 0]) | (x >= edges[:, 1])
    return {
        "x": [short(value) for value in x.tolist()],
        "slope": [number(value) for value in slopes.tolist()],
        "of_largest": [percent(part) for part in parts.tolist()],
        "place": [words["inside" if within else "outside"] for within in inside],
        "share": [percent(share) for share in shares.tolist()],
        "percent": [percent(share) for share in shares.tolist()],
        "bounds": [bounds_text(left, right) for left, right in edges.tolist()],
    }


def slopes_now(f: Activation, x: float, share: float, words: Mapping[str, str]) -> dict[str, str]:
    """The readout of `slope_words` for the present state: one text a slot."""
    return _first(slope_words(f, np.array([x]), np.array([share]), words))


def bounds_text(left: float, right: float) -> str:
    """Where the zones are.

    >>> bounds_text(-5.98644, 5.98644), bounds_text(0.0, math.inf)
    ('|x| > 5.986', 'x ≤ 0')
    """
    if left == -right:
        return f"|x| > {number(right, 3)}"
    sides = [f"x ≤ {number(left, 3) if left else 0}"] * math.isfinite(left)
    sides += [f"x ≥ {number(right, 3) if right else 0}"] * math.isfinite(right)
    return ", ".join(sides)


def slopes_csv(f: Activation) -> str:
    """The data of the figure: x, f(x), f′(x), and f′ as a share of its largest value."""
    slopes = f.derivative(X)
    return csv_text({"x": X, "f(x)": f(X), "f'(x)": slopes, "share": np.abs(slopes) / f.facts.largest_slope})


# --- what depth makes of them -------------------------------------------------------------------------


def depth_figure(f: Activation, x: float, n: int, words: Mapping[str, str], look: style.Look) -> go.Figure:
    """The product of n slopes against n, its powers of ten on an even scale, above it the best case.

    `words`: best, product (the names of the lines), layers, products (of the axes), zero (said in
    the figure where every product is exactly 0, which no logarithmic scale can show).
    """
    at, depths = np.array([x]), np.array([n], dtype=np.float64)
    products, reached = _products(f, at, depths), _reached(f, at, depths)
    powers = list(range(0, SHALLOWEST_POWER, -5))
    axes = style.layout(look, words["layers"], words["products"], uirevision=f"depth {f.name}")
    axes["xaxis"] |= {"range": [0, DEEPEST + 1], "zeroline": False}
    axes["yaxis"] |= {
        "range": [SHALLOWEST_POWER, 1.5],
        "tickvals": powers,
        "ticktext": [power_of_ten(power) for power in powers],
    }
    axes["margin"]["l"] = 5.0 * look.font
    hover = "n = %{x}: 10<sup>%{y:.2f}</sup>"
    thin = {"color": style.VERMILLION, "width": 0.6 * look.stroke}
    dots = {"mode": "lines+markers", "marker": {"size": 0.5 * look.marker}}
    points = style.points(
        [n, n, DEEPEST / 2],
        reached[0],
        [style.GREY, style.VERMILLION, style.GREY],
        ["circle", "diamond", "circle"],
        look.marker,
        mode="markers+text",
        text=["", "", words["zero"]],
        textfont={"size": look.font},
        cliponaxis=True,  # a product below the scale is not shown on its edge
    )
    points["marker"]["opacity"] = [1, 1, 0]  # the third point is words alone
    return go.Figure(
        [
            style.curve(DEPTHS, _best(f, DEPTHS), words["best"], {"color": style.GREY}, look, hover),
            style.curve(DEPTHS, products[0], words["product"], thin, look, hover, **dots),
            points,
        ],
        axes,
    )


def _best(f: Activation, n: Values) -> Values:
    """log₁₀ of what n layers leave where every one of them is at its steepest."""
    return n * math.log10(f.facts.largest_slope)


def _products(f: Activation, x: Values, n: Values) -> Values:
    """log₁₀ of the products of 1, 2, … slopes for each pair of an x and an n; NaN beyond n and for exact zeros."""
    log10 = slope_products(f, x, DEPTHS).log10
    return np.where((n[:, None] >= DEPTHS) & np.isfinite(log10), log10, np.nan)


def _reached(f: Activation, x: Values, n: Values) -> Values:
    """The heights at n for each pair of an x and an n: the best case, the product, and that of the words for zero."""
    products = slope_products(f, x, DEPTHS)
    log10 = products.log10[np.arange(len(x)), n.astype(int) - 1]
    product = np.where(products.exact_zero, np.nan, log10)
    return np.stack([_best(f, n), product, np.where(products.exact_zero, ZERO_PLACE, np.nan)], axis=1)


def depth_film(f: Activation, x: float, n: int, words: Mapping[str, str]) -> Film:
    """What moves with the handle for the depth: how far the products reach. `words`: zero, below."""
    xs = np.full(DEEPEST, x)
    tracks = (
        track(PRODUCT, "y", _products(f, xs, DEPTHS)),
        track(REACHED, "x", np.stack([DEPTHS, DEPTHS, np.full(DEEPEST, DEEPEST / 2)], axis=1)),
        track(REACHED, "y", _reached(f, xs, DEPTHS)),
    )
    said = depth_words(f, xs, DEPTHS, words)
    spoken = [f"n = {depth}: {product}" for depth, product in zip(said["n"], said["product"], strict=True)]
    return Film("n", DEPTHS, n, tracks, said | {"n_said": spoken})


def depth_x_film(f: Activation, x: float, n: int, words: Mapping[str, str]) -> Film:
    """What moves with the handle for x: how steeply the products fall. `words`: zero, below."""
    values = frame_values(X, x)
    ns = np.full(len(values), float(n))
    tracks = (
        track(PRODUCT, "y", _products(f, values, ns)),
        track(REACHED, "x", still(np.array([n, n, DEEPEST / 2]), len(values))),
        track(REACHED, "y", _reached(f, values, ns)),
    )
    said = depth_words(f, values, ns, words)
    spoken = [f"x = {at}: {product}" for at, product in zip(said["x"], said["product"], strict=True)]
    changing = {slot: said[slot] for slot in ("x", "slope", "product", "note")}
    return Film("x", X, x, tracks, changing | {"x_said": spoken})


def depth_words(f: Activation, x: Values, n: Values, words: Mapping[str, str]) -> dict[str, list[str]]:
    """The slots of the readout for pairs of an x and an n: x, n, slope, product, best, note.

    The note says where the figure shows no point: `words` has zero (the product is exactly 0) and
    below (it lies under the end of the scale).
    """
    products = slope_products(f, x, DEPTHS)
    here = (np.arange(len(x)), n.astype(int) - 1)
    product, log10 = products.product[here], products.log10[here]

    def note(is_zero: bool, power: float) -> str:
        return words["zero"] if is_zero else words["below"] if power < SHALLOWEST_POWER else ""

    return {
        "x": [short(value) for value in x.tolist()],
        "n": [f"{depth:.0f}" for depth in n.tolist()],
        "slope": [exact(slope) for slope in products.slope.tolist()],
        "product": [power_text(*pair) for pair in zip(product.tolist(), log10.tolist(), strict=True)],
        "best": [exact(f.facts.largest_slope**depth) for depth in n.tolist()],
        "note": [note(*pair) for pair in zip(products.exact_zero.tolist(), log10.tolist(), strict=True)],
    }


def depth_now(f: Activation, x: float, n: int, words: Mapping[str, str]) -> dict[str, str]:
    """The readout of `depth_words` for the present state: one text a slot."""
    return _first(depth_words(f, np.array([x]), np.array([float(n)]), words))


def depth_csv(f: Activation, x: float) -> str:
    """The data of the figure: n, the product of n slopes at `x`, its log₁₀, and that of the best case."""
    products = slope_products(f, x, DEPTHS)
    return csv_text({"n": DEPTHS, "product": products.product, "log10": products.log10, "best log10": _best(f, DEPTHS)})


# --- the neuron that waits ----------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _runs(start: str) -> tuple[NeuronRun, NeuronRun]:
    """The training from `start` with squared error and with cross-entropy."""
    w, b = STARTS[start]
    return train_neuron(w, b, loss="squared", steps=STEPS), train_neuron(w, b, loss="cross_entropy", steps=STEPS)


def neuron_figure(start: str, step: int, words: Mapping[str, str], look: style.Look) -> go.Figure:
    """The output over the steps with each loss. `words`: squared, cross_entropy, steps, output."""
    squared, cross_entropy = _runs(start)

    axes = style.layout(look, words["steps"], words["output"], uirevision=f"neuron {start}")
    axes["xaxis"] |= {"range": [-4, STEPS + 4], "zeroline": False}
    axes["yaxis"] |= {"range": [-0.04, 1.06]}
    steps, hover = np.arange(STEPS + 1), "%{x}: %{y:.4f}"
    dashed = {"color": style.GREEN, "dash": "dashdot"}
    return go.Figure(
        [
            style.curve(steps, squared.output, words["squared"], style.VALUE, look, hover),
            style.curve(steps, cross_entropy.output, words["cross_entropy"], dashed, look, hover),
            style.points(
                [step, step],
                [squared.output[step], cross_entropy.output[step]],
                [style.BLUE, style.GREEN],
                ["circle", "square"],
                [1.6 * look.marker, 1.1 * look.marker],  # both start at one point: one shows behind the other
            ),
        ],
        axes,
    )


def step_film(start: str, step: int) -> Film:
    """What moves with the handle for the step: the points on both curves."""
    positions = np.arange(STEPS + 1.0)
    squared, cross_entropy = _runs(start)
    columns = positions[:, None]
    tracks = (
        track(NOW, "x", columns, columns),
        track(NOW, "y", squared.output[:, None], cross_entropy.output[:, None]),
    )
    return Film("step", positions, step, tracks, neuron_words(start, np.arange(STEPS + 1)))


def neuron_words(start: str, steps: NDArray[np.int64]) -> dict[str, list[str]]:
    """The slots for each step: step, and for row 0 (squared error) and 1 (cross-entropy) w, b, a (the output), g."""
    words = {"step": [str(step) for step in steps.tolist()]}
    for row, run in enumerate(_runs(start)):
        for slot, series, digits in (("w", run.w, 3), ("b", run.b, 3), ("a", run.output, 3), ("g", run.gradient, 4)):
            words[f"{slot}{row}"] = [number(value, digits) for value in series[steps].tolist()]
    said = [f"{step}: {a}, {b}" for step, a, b in zip(words["step"], words["a0"], words["a1"], strict=True)]
    return words | {"step_said": said}


def neuron_now(start: str, step: int) -> dict[str, str]:
    """The readout of `neuron_words` for the present state: one text a slot."""
    return _first(neuron_words(start, np.array([step])))


def neuron_csv(start: str) -> str:
    """The data of the figure: for each step and loss w, b, output, loss and gradient."""
    columns: dict[str, NDArray[Any]] = {"step": np.arange(STEPS + 1.0)}
    for name, run in zip(("squared", "cross-entropy"), _runs(start), strict=True):
        series = {"w": run.w, "b": run.b, "output": run.output, "loss": run.loss, "gradient": run.gradient}
        columns |= {f"{part} ({name})": values for part, values in series.items()}
    return csv_text(columns)


def _first(words: Mapping[str, list[str]]) -> dict[str, str]:
    return {slot: texts[0] for slot, texts in words.items()}
