"""The figure of networks that are born dead: their share over the hidden layers, beside Lu et al.'s upper bound."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.experiments import BornDead
from figures import style
from figures.film import Film, track
from figures.table import csv_text

Values = NDArray[np.float64]

WIDEST = 10  # of the handle for the width: at 10 units and 100 layers 9% are born dead at most
DEEPEST = 100
WIDTHS = np.arange(1.0, WIDEST + 1)
HIDDEN = np.arange(1.0, DEEPEST + 1)

GUIDE, BOUND, SHARE, NOW = range(4)


def figure(found: Sequence[BornDead], width: int, hidden: int, words: Mapping[str, str], look: style.Look) -> go.Figure:
    """The share born dead over the hidden layers; `found` has an entry a width, from 1.

    `words`: layers, bound, share.
    """
    run = found[width - 1]
    axes = style.layout(look, words["layers"], "", uirevision="born_dead")
    axes["xaxis"] |= {"range": [0, DEEPEST + 1], "zeroline": False}
    axes["yaxis"] |= {"range": [-0.02, 1.04], "tickformat": ".0%", "zeroline": False}
    at = _now(run, hidden)
    template = "%{x}: %{y:.1%}<extra></extra>"
    return go.Figure(
        [
            {
                "type": "scatter",
                "mode": "lines",
                "x": [hidden, hidden],
                "y": [-0.02, 1.04],
                "line": {"color": style.GREY, "width": 1},
                "showlegend": False,
                "hoverinfo": "skip",
            },
            {
                "type": "scatter",
                "mode": "lines",
                "x": HIDDEN,
                "y": run.bound,
                "name": words["bound"],
                "line": {"color": style.VERMILLION, "dash": "dash", "width": look.stroke},
                "hovertemplate": template,
            },
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": HIDDEN,
                "y": run.share,
                "name": words["share"],
                "line": {"color": style.BLUE, "width": 0.6 * look.stroke},
                "marker": {"size": 0.4 * look.marker},
                "hovertemplate": template,
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": [hidden, hidden],
                "y": at,
                "marker": {
                    "color": [style.VERMILLION, style.BLUE],
                    "symbol": ["diamond", "circle"],
                    "size": look.marker,
                    "line": {"color": "white", "width": 1.5},
                },
                "showlegend": False,
                "cliponaxis": False,
                "hoverinfo": "skip",
            },
        ],
        axes,
    )


def _now(run: BornDead, hidden: int) -> list[float]:
    return [float(run.bound[hidden - 1]), float(run.share[hidden - 1])]


def width_film(found: Sequence[BornDead], width: int, hidden: int) -> Film:
    """What moves with the handle for the width: both curves and their points."""
    tracks = (
        track(BOUND, "y", np.array([run.bound for run in found])),
        track(SHARE, "y", np.array([run.share for run in found])),
        track(NOW, "y", np.array([_now(run, hidden) for run in found])),
    )
    words = in_words(found, [(int(one), hidden) for one in WIDTHS])
    said = [f"N = {one}: {share}" for one, share in zip(words["n"], words["share"], strict=True)]
    return Film("n", WIDTHS, float(width), tracks, words | {"n_said": said})


def hidden_film(found: Sequence[BornDead], width: int, hidden: int) -> Film:
    """What moves with the handle for the layers: the guide and the points."""
    run = found[width - 1]
    at = HIDDEN[:, None]
    tracks = (
        track(GUIDE, "x", at, at),
        track(NOW, "x", at, at),
        track(NOW, "y", np.stack([run.bound, run.share], axis=1)),
    )
    words = in_words(found, [(width, int(one)) for one in HIDDEN])
    said = [f"{one}: {share}" for one, share in zip(words["hidden"], words["share"], strict=True)]
    return Film("hidden", HIDDEN, float(hidden), tracks, words | {"hidden_said": said})


def in_words(found: Sequence[BornDead], pairs: Sequence[tuple[int, int]]) -> dict[str, list[str]]:
    """The slots for pairs of a width and a number of hidden layers: n, hidden, dead, share, error, bound.

    The error is twice the standard error that the number of drawn networks leaves.
    """
    told: dict[str, list[str]] = {slot: [] for slot in ("n", "hidden", "dead", "share", "error", "bound")}
    for width, hidden in pairs:
        run = found[width - 1]
        share, networks = float(run.share[hidden - 1]), run.settings.networks
        texts = {
            "n": str(width),
            "hidden": str(hidden),
            "dead": str(run.dead[hidden - 1]),
            "share": f"{100 * share:.1f}%",
            "error": f"{200 * np.sqrt(share * (1 - share) / networks):.1f}%",
            "bound": f"{100 * run.bound[hidden - 1]:.1f}%",
        }
        for slot, text in texts.items():
            told[slot].append(text)
    return told


def present_words(found: Sequence[BornDead], width: int, hidden: int) -> dict[str, str]:
    """The readout's words for the present state: one text a slot."""
    return {slot: texts[0] for slot, texts in in_words(found, [(width, hidden)]).items()}


def data_csv(found: Sequence[BornDead]) -> str:
    """The data of the figure: for each number of hidden layers the share and the bound of every width."""
    columns: dict[str, Any] = {"hidden layers": HIDDEN}
    for width, run in enumerate(found, start=1):
        columns |= {f"share (N = {width})": run.share, f"bound (N = {width})": run.bound}
    return csv_text(columns)
