"""Mean-field theory in two charts: the length map with its cobweb, and χ₁ over σ_w, each with the simulation's dots.

One handle moves both: films count them in the order of `CHARTS`. Words are passed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.experiments import MeanField, Signals
from figures import style
from figures.depth import SIGMA_W
from figures.table import csv_text

Values = NDArray[np.floating[Any]]

CHARTS = ("map", "chi")
FARTHEST = 3.0  # of the axes of q: an input of mean square 1 begins at σ_w², and settles lower
Q = np.linspace(0, FARTHEST, 101)
EDGE = 1e-6  # this close to 1, χ₁ is at the edge of chaos
CLIMBED = 50  # layers of which stairs and steps are drawn at most, so that a film stays small
_OUTSIDE = 1e6  # what is farther away is drawn here: beyond the axes, and within what float32 holds

DIAGONAL, MAP, STAIRS, STEPS, FIXED = range(5)
LEVEL, CHI, MEASURED, NOW = range(4)


@dataclass(frozen=True)
class Theory:
    """What is on the screen: theory and simulation for the present σ_w (entry 0 of both), over SIGMA_W, and a layer."""

    now: MeanField
    found: Signals
    over: MeanField
    sweep: Signals
    layer: int


def kept(found: Signals) -> Values:
    """By what a layer multiplies the gradient's mean square, for each σ_w, over the upper half of the layers.

    There q has settled, so that theory's χ₁ is what it is held against.
    """
    half = found.network.depth // 2
    return np.asarray(10 ** (2 * (found.gradient[:, half] - found.gradient[:, -1]) / (found.network.depth - half)))


def length_map(shown: Theory, words: Mapping[str, str], look: style.Look) -> go.Figure:
    """q′ over q, the way from layer to layer as stairs, and the simulation.

    `words`: q, next, map, stairs, simulated, fixed.
    """
    axes = style.layout(look, words["q"], words["next"], uirevision="map")
    axes["xaxis"] |= {"range": [0, FARTHEST], "zeroline": False}
    axes["yaxis"] |= {"range": [0, FARTHEST], "zeroline": False}
    climbed = stairs(shown.now.path[:1], shown.layer)
    measured = steps(shown.found.length[:1], shown.layer)
    line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    diagonal = {"x": [0, FARTHEST], "y": [0, FARTHEST], "line": {"color": style.GREY, "width": 1}, "showlegend": False}
    return go.Figure(
        [
            line | diagonal,
            line
            | {
                "x": Q,
                "y": clipped(shown.now.image[0]),
                "name": words["map"],
                "line": style.VALUE | {"width": look.stroke, "simplify": False},
                "hoverinfo": "x+y",
            },
            line
            | {
                "x": climbed[0, 0],
                "y": climbed[1, 0],
                "name": words["stairs"],
                "line": {"color": style.VERMILLION, "width": 0.6 * look.stroke},
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": measured[0, 0],
                "y": measured[1, 0],
                "name": words["simulated"],
                "marker": {"color": style.GREEN, "symbol": "diamond", "size": 0.6 * look.marker},
                "hoverinfo": "x+y",
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": clipped(shown.now.fixed[:1]),
                "y": clipped(shown.now.fixed[:1]),
                "name": words["fixed"],
                "marker": {
                    "color": style.BLUE,
                    "size": look.marker,
                    "line": {"color": "white", "width": 1.5},
                },
                "hoverinfo": "x",
            },
        ],
        axes,
    )


def chi(shown: Theory, words: Mapping[str, str], look: style.Look) -> go.Figure:
    """χ₁ over σ_w by theory and by simulation. `words`: sigma, chi, theory, simulated."""
    top = float(np.clip(shown.over.chi.max(), 1.5, 4.0))
    sigma = words["sigma"]
    if look.font > style.SCREEN.font:  # lowered, but as large as the rest: to be read from the last row
        sigma = sigma.replace("<sub>w", '<sub><span style="font-size:143%">w</span>')
    axes = style.layout(look, sigma, words["chi"], uirevision=f"chi {top}")
    axes["xaxis"] |= {"range": [0, SIGMA_W[-1] + 0.05], "zeroline": False}
    axes["yaxis"] |= {"range": [0, 1.03 * top], "zeroline": False}
    at = points(shown.now, shown.found)
    return go.Figure(
        [
            {
                "type": "scatter",
                "mode": "lines",
                "x": [0, SIGMA_W[-1] + 0.05],
                "y": [1, 1],
                "line": {"color": style.GREY, "width": 1, "dash": "dash"},
                "showlegend": False,
                "hoverinfo": "skip",
            },
            {
                "type": "scatter",
                "mode": "lines",
                "x": SIGMA_W,
                "y": shown.over.chi,
                "name": words["theory"],
                "line": style.VALUE | {"width": look.stroke},
                "hovertemplate": "%{x}: %{y:.3f}<extra></extra>",
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": SIGMA_W,
                "y": kept(shown.sweep),
                "name": words["simulated"],
                "marker": {"color": style.GREEN, "symbol": "diamond", "size": 0.5 * look.marker},
                "hovertemplate": "%{x}: %{y:.3f}<extra></extra>",
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": at[0, 0],
                "y": at[1, 0],
                "marker": {
                    "color": [style.BLUE, style.GREEN],
                    "symbol": ["circle", "diamond"],
                    "size": look.marker,
                    "line": {"color": "white", "width": 1.5},
                },
                "showlegend": False,
                "hoverinfo": "skip",
            },
        ],
        axes,
    )


def clipped(values: Values) -> Values:
    """What lies far beyond the axes, brought nearer."""
    return np.minimum(values, _OUTSIDE)


def stairs(path: Values, layer: int) -> Values:
    """The cobweb of the first `layer` layers, shape (2, values, points): up to the map, across to the diagonal."""
    path = path[:, :CLIMBED]
    reached = path[:, np.minimum(np.arange(path.shape[1]), layer - 1)]
    x = np.repeat(reached, 2, axis=1)[:, :-1]
    y = np.concatenate([np.zeros((len(path), 1)), np.repeat(reached[:, 1:], 2, axis=1)], axis=1)
    return clipped(np.stack([x, y]))


def steps(lengths: Values, layer: int) -> Values:
    """The simulation's pairs of q and the next q among the first `layer` layers, shape (2, values, points)."""
    lengths = lengths[:, : CLIMBED + 1]
    pairs = np.stack([lengths[:, 1:-1], lengths[:, 2:]])
    beyond = np.arange(pairs.shape[2]) >= layer - 1
    return np.where(beyond, np.nan, clipped(pairs))


def points(theory: MeanField, found: Signals) -> Values:
    """The two points at each σ_w, shape (2, values, 2): theory and simulation."""
    x = np.stack([theory.sigma_w, theory.sigma_w], axis=1)
    return np.stack([x, np.stack([theory.chi, kept(found)[: len(x)]], axis=1)])


def data_csv(shown: Theory) -> str:
    """The data of the charts: for each σ_w q*, χ₁ by theory, and what the simulation keeps of the gradient."""
    columns: dict[str, Any] = {"sigma_w": shown.over.sigma_w, "q*": shown.over.fixed, "fate": shown.over.fate}
    return csv_text(columns | {"chi_1": shown.over.chi, "simulated": kept(shown.sweep)})
