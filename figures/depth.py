"""Signals through depth, in four charts: one layer's histogram, and over the layers spread, shares and gradient.

A setting is drawn with what it consists of; of another setting beside it, on the same seed, only the
first quantity of each chart is drawn. One handle moves all four charts: films count them in the
order of `CHARTS`. Words are passed in.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.experiments import Signals
from figures import style
from figures.numbers import power_of_ten
from figures.table import csv_text

Values = NDArray[np.float64]

CHARTS = ("histogram", "spread", "shares", "gradient")
QUANTITIES: dict[str, tuple[str, ...]] = {
    "spread": ("std", "mean"),
    "shares": ("saturated", "dead"),
    "gradient": ("gradient", "slopes", "weights", "normalisation"),
}
_POWERS = ("spread", "gradient")  # charts whose axis counts powers of ten
_LINES: dict[str, dict[str, str]] = {
    "std": {"color": style.BLUE, "dash": "solid"},
    "mean": {"color": style.PURPLE, "dash": "dash"},
    "saturated": {"color": style.BLUE, "dash": "solid"},
    "dead": {"color": style.PURPLE, "dash": "dash"},
    "gradient": {"color": style.BLUE, "dash": "solid"},
    "slopes": {"color": style.VERMILLION, "dash": "dash"},
    "weights": {"color": style.PURPLE, "dash": "dot"},
    "normalisation": {"color": style.SERIES[4], "dash": "longdash"},
}
_BESIDE = {"color": style.GREEN, "dash": "dashdot"}

# Where the handle for σ_w stops: evenly, and at the values of the named initialisations.
SIGMA_W = np.unique(
    np.round([*np.arange(0.1, 2.001, 0.05), *np.arange(2.1, 4.001, 0.1), math.sqrt(1 / 3), math.sqrt(2)], 10)
)
REFERENCES = (math.sqrt(1 / 3), 2.0)  # the axes hold what these σ_w do, and so they stand still
POINTS = 51  # of a curve at most: deeper networks show every second layer, so that a film stays small
_FEWEST_POWERS, _LOWEST, _HIGHEST = 3.0, -40.0, 20.0
_FAR = 1e3  # seen from near, what is farther away is drawn here: beyond the axis, and within what float32 holds
_LARGE = 20  # from this size of letters on, a chart of half the height has room for three ticks
_SHARES = (0.0, 0.01, 0.1, 0.3, 0.6, 1.0)  # marked on the histogram's axis

# The traces of the histogram; of the others: the guide, the quantities, the setting beside, the points.
BARS, OUTLINE = range(2)
GUIDE = 0


def places(chart: str) -> tuple[int, int]:
    """The numbers of the last two traces of a chart over layers: the setting beside, and the points."""
    return 1 + len(QUANTITIES[chart]), 2 + len(QUANTITIES[chart])


@dataclass(frozen=True)
class Shown:
    """What is on the screen: a run whose σ_w are the present one and REFERENCES, another beside, and a layer.

    Seen from near, mean and standard deviation are drawn as they are, around what the inputs have, and not
    as powers of ten.
    """

    run: Signals
    beside: Signals | None
    layer: int
    near: bool = False

    @property
    def depth(self) -> int:
        """How many layers there are."""
        return self.run.network.depth

    @cached_property
    def layers(self) -> NDArray[np.int64]:
        """The layers at which curves have their points: the input (0), the last one, and those between."""
        return np.unique(np.linspace(0, self.depth, min(self.depth, POINTS - 1) + 1).round().astype(np.int64))

    def drawn(self, chart: str) -> tuple[str, ...]:
        """The quantities of a chart that are to be seen."""
        normalised = self.run.network.normalisation != "none"
        return tuple(name for name in QUANTITIES[chart] if name != "normalisation" or normalised)

    def powers(self, chart: str) -> bool:
        """Whether the axis of a chart counts powers of ten."""
        return chart in _POWERS and not (self.near and chart == "spread")

    def curve(self, found: Signals, quantity: str) -> Values:
        """A quantity as its chart shows it, shape (σ_w, layers)."""
        return curve(found, quantity, near=self.near)


def heights(found: Signals) -> Values:
    """The histogram's bars: the square root of each bin's share, shape (σ_w, layers, bins)."""
    return np.asarray(np.sqrt(found.counts / found.counts[0, 0].sum()))


def curve(found: Signals, quantity: str, *, near: bool = False) -> Values:
    """A quantity as its chart shows it, shape (σ_w, layers): as powers of ten where its axis counts those."""
    values = np.asarray(getattr(found, quantity))
    if quantity in QUANTITIES["spread"] and near:
        values = np.clip(values, -_FAR, _FAR)
    elif quantity in QUANTITIES["spread"]:
        with np.errstate(divide="ignore"):
            values = np.log10(np.abs(values))
    return np.where(np.isfinite(values), values, np.nan)


def histogram(shown: Shown, words: Mapping[str, str], look: style.Look) -> go.Figure:
    """The activations of one layer. `words`: activations, and if another is beside, run and other."""
    edges = shown.run.edges
    both = shown.beside is not None
    axes = style.layout(look, words["activation"], "", uirevision=f"histogram {edges[0]} {edges[-1]}", bargap=0.06)
    axes["xaxis"] |= {"range": [edges[0], edges[-1]], "showgrid": False}
    marked = [share for share in _SHARES if look.font < _LARGE or share != 0.01]  # large letters would meet
    axes["yaxis"] |= {
        "range": [0, 1.03],
        "tickvals": np.sqrt(marked),
        "ticktext": [f"{share:.0%}" for share in marked],
    }
    bars = {
        "type": "bar",
        "x": (edges[1:] + edges[:-1]) / 2,
        "y": heights(shown.run)[0, shown.layer],
        "name": words["run" if both else "activations"],
        "marker": {"color": style.BLUE},
        "hoverinfo": "skip",
    }
    outline = {
        "type": "scatter",
        "mode": "lines",
        "x": (edges[1:] + edges[:-1]) / 2,
        "y": heights(shown.beside)[0, shown.layer] if shown.beside else np.zeros(len(edges) - 1),
        "name": words["other"] if both else "",
        "visible": both,
        "line": {"color": style.GREEN, "width": look.stroke, "shape": "hvh"},
        "hoverinfo": "skip",
    }
    return go.Figure([bars, outline], axes)


def over_layers(shown: Shown, chart: str, words: Mapping[str, str], look: style.Look) -> go.Figure:
    """One of the charts over the layers. `words`: layer, each quantity's name, and if another is beside, other."""
    low, high = _range(shown, chart)
    large, powers = look.font >= _LARGE, shown.powers(chart)
    axes = style.layout(look, words["layer"], "", uirevision=f"{chart} {shown.depth} {low} {high} {powers}")
    axes["xaxis"] |= {"range": [-0.02 * shown.depth, 1.02 * shown.depth], "zeroline": False}
    axes["yaxis"] |= {"range": [low, high], "zeroline": False} | _ticks(chart, powers, low, high, large)
    axes["legend"] |= {"itemwidth": 30}
    axes["margin"] |= {"t": 2.0 * look.font}
    axes["minreducedheight"] = 10  # under 64 px Plotly would take the margins' room
    if chart == "spread":  # the axis of the shares, right under it, is the same
        axes["xaxis"] |= {"title": {}, "showticklabels": False}
        axes["margin"] |= {"b": 0.6 * look.font}
    elif chart == "shares" and large:  # the handle right under it says what is counted
        axes["xaxis"] |= {"title": {}}
        axes["margin"] |= {"b": 1.6 * look.font}
    seen = shown.drawn(chart)

    def line(values: Values, name: str, visible: bool, looks: Mapping[str, str]) -> dict[str, Any]:
        read_off = "10<sup>%{y:.2f}</sup>" if powers else "%{y:.1%}" if chart == "shares" else "%{y:.3g}"
        return {
            "type": "scatter",
            "mode": "lines",
            "x": shown.layers,
            "y": values[0, shown.layers],
            "name": name,
            "visible": visible,
            "line": dict(looks, width=look.stroke, simplify=False),
            "hovertemplate": f"%{{x}}: {read_off}<extra>{name}</extra>",
        }

    guide = {
        "type": "scatter",
        "mode": "lines",
        "x": [shown.layer, shown.layer],
        "y": [low, high],
        "line": {"color": style.GREY, "width": 1},
        "showlegend": False,
        "hoverinfo": "skip",
    }
    quantities = [line(shown.curve(shown.run, q), words[q], q in seen, _LINES[q]) for q in QUANTITIES[chart]]
    first = QUANTITIES[chart][0]
    other = shown.beside or shown.run
    beside = line(shown.curve(other, first), words["other"] if shown.beside else "", shown.beside is not None, _BESIDE)
    beside["showlegend"] = chart == "gradient" and not large  # elsewhere only the histogram has room for the word
    marks = {
        "type": "scatter",
        "mode": "markers",
        "x": np.full(len(QUANTITIES[chart]) + 1, shown.layer),
        "y": points(shown, chart, shown.run)[0, shown.layer],
        "marker": {
            "color": [*(_LINES[q]["color"] for q in QUANTITIES[chart]), style.GREEN],
            "size": 0.8 * look.marker,
            "line": {"color": "white", "width": 1.5},
        },
        "showlegend": False,
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    return go.Figure([guide, *quantities, beside, marks], axes)


def points(shown: Shown, chart: str, run: Signals) -> Values:
    """The heights of the points at every layer, shape (σ_w, layers, points); NaN for what is not seen."""
    seen = shown.drawn(chart)
    columns = [shown.curve(run, q) if q in seen else np.full(run.std.shape, np.nan) for q in QUANTITIES[chart]]
    other = np.full(run.std.shape, np.nan)
    if shown.beside is not None:
        other = np.broadcast_to(shown.curve(shown.beside, QUANTITIES[chart][0])[:1], run.std.shape)
    low, high = _range(shown, chart)
    found = np.stack([*columns, other], axis=-1)
    return np.where((found >= low) & (found <= high), found, np.nan)


def _range(shown: Shown, chart: str) -> tuple[float, float]:
    """The ends of a chart's axis: what the references and the setting beside do, and at least three powers of ten.

    From near: what the inputs have and what they would be led to, (0, 1), with some room.
    """
    if chart not in _POWERS:
        return -0.03, 1.03
    if not shown.powers(chart):
        mean, std = shown.run.network.input_mean, shown.run.network.input_std
        return min(-0.5, 1.2 * mean), 1.2 * max(1.25, mean, std)
    found = [curve(shown.run, quantity)[1:] for quantity in shown.drawn(chart)]
    if shown.beside is not None:
        found.append(curve(shown.beside, QUANTITIES[chart][0]))
    values = np.concatenate([part.ravel() for part in found])
    values = values[np.isfinite(values)]
    low, high = math.floor(min(values.min(), 0.0)), math.ceil(max(values.max(), 0.0))
    low, high = max(low, _LOWEST), min(high + 0.3, _HIGHEST)
    return min(low, high - _FEWEST_POWERS), high


def _ticks(chart: str, powers_of_ten: bool, low: float, high: float, large: bool) -> dict[str, Any]:
    if chart == "shares":
        return {"tickformat": ".0%", "tickvals": [0, 1] if large else [0, 0.5, 1]}
    most = 3 if large and chart == "spread" else 6
    step = next(step for step in (1, 2, 5, 10, 20) if (high - low) / step <= most)
    if not powers_of_ten:
        return {"tickvals": [value for value in range(-60, 60, step) if low <= value <= high]}
    powers = [power for power in range(-60, 60, step) if low <= power <= high]
    return {
        "tickvals": powers,
        "ticktext": [power_of_ten(power) for power in powers],
    }


def data_csv(shown: Shown) -> str:
    """The data of the charts: for each layer what was measured, with log₁₀ of the gradient and its parts."""
    columns: dict[str, NDArray[Any]] = {"layer": np.arange(shown.depth + 1)}
    for run, name in ((shown.run, ""), (shown.beside, " (beside)")):
        if run is not None:
            quantities = ("mean", "std", "saturated", "dead", "gradient", "slopes", "normalisation", "weights")
            columns |= {f"{'log10 ' * (q in QUANTITIES['gradient'])}{q}{name}": getattr(run, q)[0] for q in quantities}
    return csv_text(columns)
