"""The figure of the cures: for each one a dot a seed, left the share of dead units, right the accuracy."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.experiments.cures import CURES, Comparison
from figures import style
from figures.table import csv_text

DEAD, DEAD_MIDDLE, ACCURACY, ACCURACY_MIDDLE = range(4)
_SPREAD = 0.3  # how far dots of one row lie apart


def figure(
    found: Comparison, names: Mapping[str, str], words: Mapping[str, str], look: style.Look = style.SCREEN
) -> go.Figure:
    """Rows in the order of CURES, the network without a cure on top; `names` are theirs.

    `words` has dead, accuracy, seed and middle.
    """
    rows = len(CURES)
    axes = style.layout(look, words["dead"], "")
    right = style.layout(look, words["accuracy"], "")
    share: dict[str, Any] = {"range": [-0.05, 1.05], "tickformat": ".0%", "tickvals": [0, 0.5, 1], "zeroline": False}
    share["tickfont"] = {"size": look.small}
    axes["xaxis"] |= share | {"domain": [0, 0.45]}
    axes["xaxis2"] = right["xaxis"] | share | {"domain": [0.55, 1], "anchor": "y"}
    axes["yaxis"] |= {
        "range": [rows - 0.5, -0.5], "tickvals": list(range(rows)), "ticktext": [names[name] for name in CURES],
        "zeroline": False,
    }  # fmt: skip
    axes["margin"] |= {"l": 8.5 * look.font, "r": 1.6 * look.font}
    axes["height"] = 1.15 * look.height
    axes["uirevision"] = "cures"
    seeds = len(found.seeds)
    # neighbouring seeds lie far apart, so that no two equal dots hide each other
    heights = np.arange(rows)[:, None] + _SPREAD * (2 * ((np.arange(seeds) * 7) % seeds) / max(seeds - 1, 1) - 1)
    colours = np.repeat([style.VERMILLION, *[style.BLUE] * (rows - 1)], seeds)
    traces: list[dict[str, Any]] = []
    for values, axis in ((found.dead, "x"), (found.accuracy, "x2")):
        traces += [
            {
                "type": "scatter",
                "mode": "markers",
                "x": values.ravel(),
                "y": heights.ravel(),
                "xaxis": axis,
                "text": np.tile(found.seeds, rows).astype(str),
                "marker": {"color": colours, "size": 0.6 * look.marker, "opacity": 0.6},
                "showlegend": False,
                "hovertemplate": words["seed"] + " %{text}: %{x:.1%}<extra></extra>",
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": middles(values),
                "y": np.arange(rows),
                "xaxis": axis,
                "name": words["middle"],
                "showlegend": axis == "x",
                "marker": {
                    "symbol": "line-ns", "size": 2.2 * look.marker, "color": style.GREY,
                    "line": {"width": 1.2 * look.stroke, "color": style.GREY},
                },
                "hovertemplate": "%{x:.1%}<extra></extra>",
            },
        ]  # fmt: skip
    return go.Figure(traces, axes)


def middles(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """The median of each row over the runs that stayed sound; NaN where none did."""
    return np.array([np.median(row[~np.isnan(row)]) if np.isfinite(row).any() else np.nan for row in values])


def rows_in_words(found: Comparison) -> dict[str, dict[str, str]]:
    """Each cure in numbers: dead, the median share, accuracy, its median, lowest and highest, and runs diverged."""
    said = {}
    for row, name in enumerate(CURES):
        sound = ~found.diverged[row]
        texts = {"diverged": str(int((~sound).sum())), "seeds": str(len(sound))}
        if not sound.any():
            said[name] = texts | dict.fromkeys(("dead", "accuracy", "lowest", "highest"), "—")
            continue
        dead, accuracy = found.dead[row][sound], found.accuracy[row][sound]
        shares = {"dead": np.median(dead), "accuracy": np.median(accuracy)}
        shares |= {"lowest": accuracy.min(), "highest": accuracy.max()}
        said[name] = texts | {slot: f"{100 * share:.0f}%" for slot, share in shares.items()}
    return said


def data_csv(found: Comparison) -> str:
    """The comparison as CSV: a row a cure and seed."""
    count = len(found.seeds)
    return csv_text(
        {
            "cure": np.repeat(CURES, count),
            "seed": np.tile(found.seeds, len(CURES)),
            "dead before training": found.born.ravel(),
            "dead": found.dead.ravel(),
            "accuracy": found.accuracy.ravel(),
        }
    )
