"""The figures of calibration: the reliability diagram, and loss and calibration error over the temperature."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.base import Array
from activations.experiments.calibration import BINS, Reliability, fit_temperature, nll, reliability
from figures import style
from figures.classifier import TEMPERATURES
from figures.film import Film, frame_values, track
from figures.numbers import number, short
from figures.table import csv_text

RELIABILITY, LOSS = range(2)  # the charts that the handle moves
ACCURACY, GAPS, DIAGONAL, COUNTS = range(4)
HELD_OUT, TESTED, ERROR, NOW, NOW_ERROR = range(5)
_MIDDLES = (np.arange(BINS) + 0.5) / BINS


@dataclass(frozen=True)
class Calibrated:
    """Logits and labels of the held-out digits, by which T is chosen, and of the test digits, by which it is judged."""

    held_logits: Array
    held_labels: NDArray[np.int64]
    logits: Array
    labels: NDArray[np.int64]

    @cached_property
    def fitted(self) -> float:
        """The temperature with the least loss on the held-out digits."""
        return fit_temperature(self.held_logits, self.held_labels)

    def at(self, temperatures: Array) -> tuple[Reliability, Array, Array]:
        """The test digits' reliability, and both losses: on the held-out digits and on the test."""
        return (
            reliability(self.logits, self.labels, temperatures),
            nll(self.held_logits, self.held_labels, temperatures),
            nll(self.logits, self.labels, temperatures),
        )


def _gaps(found: Reliability) -> Array:
    """For each bin a line from its accuracy to its mean confidence, and a break after it."""
    ends = np.stack([found.accuracy, found.confidence, np.full_like(found.accuracy, np.nan)], axis=-1)
    return ends.reshape(len(ends), -1)


def reliability_figure(
    shown: Calibrated, temperature: float, words: Mapping[str, str], look: style.Look = style.SCREEN
) -> go.Figure:
    """Above the accuracy of each bin beside its confidence, below how many of the predictions lie in it.

    `words`: confidence, accuracy, gap, perfect, share.
    """
    found = reliability(shown.logits, shown.labels, [temperature])
    axes = style.layout(look, words["confidence"], words["accuracy"])
    low = style.layout(look, "", words["share"])
    axes["xaxis"] |= {"range": [0, 1], "tickformat": ".0%", "nticks": 6, "anchor": "y2", "zeroline": False}
    axes["yaxis"] |= {"range": [0, 1.02], "tickformat": ".0%", "nticks": 6, "domain": [0.36, 1]}
    axes["yaxis2"] = low["yaxis"] | {"range": [0, 1.04], "tickvals": [0, 1], "tickformat": ".0%", "domain": [0, 0.26]}
    axes["legend"] |= {"font": {"size": look.small}}
    axes |= {"bargap": 0.12, "barmode": "overlay", "uirevision": "reliability"}
    return go.Figure(
        [
            {
                "type": "bar",
                "x": _MIDDLES,
                "y": found.accuracy[0],
                "name": words["accuracy"],
                "marker": {"color": style.BLUE},
                "hovertemplate": "%{y:.1%}<extra>" + words["accuracy"] + "</extra>",
            },
            {
                "type": "scatter",
                "mode": "lines",
                "x": np.repeat(_MIDDLES, 3),
                "y": _gaps(found)[0],
                "name": words["gap"],
                "line": {"color": style.VERMILLION, "width": 3 * look.stroke},
                "connectgaps": False,
                "hovertemplate": "%{y:.1%}<extra>" + words["gap"] + "</extra>",
            },
            {
                "type": "scatter",
                "mode": "lines",
                "x": [0, 1],
                "y": [0, 1],
                "name": words["perfect"],
                "line": {"color": style.GREY, "dash": "dash", "width": 0.8 * look.stroke},
                "hoverinfo": "skip",
            },
            {
                "type": "bar",
                "x": _MIDDLES,
                "y": found.count[0] / len(shown.labels),
                "yaxis": "y2",
                "marker": {"color": style.GREY},
                "showlegend": False,
                "hovertemplate": "%{y:.1%}<extra>" + words["share"] + "</extra>",
            },
        ],
        axes,
    )


def loss_figure(
    shown: Calibrated, temperature: float, words: Mapping[str, str], look: style.Look = style.SCREEN
) -> go.Figure:
    """Above the loss over the temperature on held-out and on test digits, below the calibration error on the test.

    `words`: temperature, loss, held_out, tested, error, fitted.
    """
    found, held, tested = shown.at(TEMPERATURES)
    axes = style.layout(look, words["temperature"], words["loss"])
    low = style.layout(look, "", words["error"])
    ticks = [0.25, 0.5, 1, 2, 4, 8]
    axes["xaxis"] |= {"type": "log", "range": [np.log10(0.24), np.log10(8.4)], "tickvals": ticks, "anchor": "y2"}
    axes["xaxis"] |= {"ticktext": [f"{tick:g}" for tick in ticks], "zeroline": False}
    axes["yaxis"] |= {"range": [0, 1.05 * max(held.max(), tested.max())], "nticks": 5, "domain": [0.5, 1]}
    axes["yaxis2"] = (
        low["yaxis"]
        | {"range": [0, 1.05 * found.error.max()], "nticks": 5}
        | {
            "tickformat": ".0%",
            "domain": [0, 0.4],
        }
    )
    axes["legend"] |= {"font": {"size": look.small}}
    axes["uirevision"] = "calibration"
    fitted = {"type": "line", "xref": "x", "yref": "paper", "x0": shown.fitted, "x1": shown.fitted, "y0": 0, "y1": 1}
    axes["shapes"] = [fitted | {"line": {"color": style.GREY, "dash": "dot", "width": look.stroke}}]
    axes["annotations"] = [
        {
            "text": words["fitted"].format(t=f"{shown.fitted:.2f}"),
            "showarrow": False,
            "xref": "x",
            "yref": "paper",
            "x": float(np.log10(shown.fitted)),
            "y": 1,
            "xanchor": "left",
            "yanchor": "top",
            "xshift": 0.4 * look.font,
        }
    ]
    now = _points(shown, np.array([temperature]))
    dashed = {"color": style.GREEN, "dash": "dash"}
    below = {"yaxis": "y2", "showlegend": False}
    return go.Figure(
        [
            style.curve(TEMPERATURES, held, words["held_out"], style.VALUE, look, "%{y:.3f}"),
            style.curve(TEMPERATURES, tested, words["tested"], dashed, look, "%{y:.3f}"),
            style.curve(TEMPERATURES, found.error, words["error"], dashed, look, "%{y:.1%}", **below),
            style.points([temperature] * 2, now[0, :2], [style.BLUE, style.GREEN], ["circle", "diamond"], look.marker)
            | {"cliponaxis": True},
            style.points([temperature], now[0, 2:], [style.GREEN], ["diamond"], look.marker, yaxis="y2"),
        ],
        axes,
    )


def _points(shown: Calibrated, temperatures: Array) -> Array:
    """Where the points stand: both losses and the calibration error, shape (temperatures, 3)."""
    found, held, tested = shown.at(temperatures)
    return np.stack([held, tested, found.error], axis=1)


def film(shown: Calibrated, temperature: float) -> Film:
    """What moves with the temperature: the diagram, and the points on the curves."""
    values = frame_values(TEMPERATURES, temperature)
    found = reliability(shown.logits, shown.labels, values)
    points, at = _points(shown, values), values[:, None]
    tracks = (
        track(ACCURACY, "y", found.accuracy, chart=RELIABILITY),
        track(GAPS, "y", _gaps(found), chart=RELIABILITY),
        track(COUNTS, "y", found.count / len(shown.labels), chart=RELIABILITY),
        track(NOW, "x", at, at, chart=LOSS),
        track(NOW, "y", points[:, :2], chart=LOSS),
        track(NOW_ERROR, "x", at, chart=LOSS),
        track(NOW_ERROR, "y", points[:, 2:], chart=LOSS),
    )
    words = in_words(shown, values)
    words["t"] = [short(t) for t in values.tolist()]
    words["t_said"] = [f"T = {t}: ECE {error}" for t, error in zip(words["t"], words["ece0"], strict=True)]
    return Film("t", TEMPERATURES, temperature, tracks, words)


def in_words(shown: Calibrated, temperatures: Array, row: int = 0) -> dict[str, list[str]]:
    """The slots of a row: accuracy, confidence, ece, held (the loss on held-out digits) and nll (on the test)."""
    found, held, tested = shown.at(temperatures)
    columns = {
        "accuracy": [_share(found.right)] * len(temperatures),
        "confidence": [_share(share) for share in found.mean_confidence.tolist()],
        "ece": [_share(error) for error in found.error.tolist()],
        "held": [number(loss, 3) for loss in held.tolist()],
        "nll": [number(loss, 3) for loss in tested.tolist()],
    }
    return {f"{slot}{row}": texts for slot, texts in columns.items()}


def _share(share: float) -> str:
    return f"{100 * share:.1f}%"


def present_words(shown: Calibrated, temperature: float) -> dict[str, str]:
    """The readout's words: row 0 at the present temperature, row 1 at T = 1, row 2 at the fitted one."""
    words: dict[str, str] = {}
    for row, at in enumerate((temperature, 1.0, shown.fitted)):
        words |= {slot: texts[0] for slot, texts in in_words(shown, np.array([at]), row).items()}
    return words


def data_csv(shown: Calibrated) -> str:
    """Loss and calibration error over the temperature, and each bin's count, accuracy and confidence, as CSV."""
    found, held, tested = shown.at(TEMPERATURES)
    columns: dict[str, NDArray[Any]] = {"T": TEMPERATURES, "NLL held out": held, "NLL test": tested, "ECE": found.error}
    for place in range(BINS):
        name = f"{place / BINS:.1f} to {(place + 1) / BINS:.1f}"
        columns |= {
            f"n ({name})": found.count[:, place],
            f"accuracy ({name})": found.accuracy[:, place],
            f"confidence ({name})": found.confidence[:, place],
        }
    return csv_text(columns)
