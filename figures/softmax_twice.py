"""The figure of a softmax put twice: loss and accuracy over the epochs, beside those of a loss that takes logits."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.experiments.classifier import FLOOR, Classifier
from figures import style
from figures.film import Film, frame_values, track
from figures.numbers import number
from figures.table import csv_text

Runs = tuple[Classifier, Classifier]  # the softmax once, and twice

ONCE, TWICE, BOTTOM, ONCE_RIGHT, TWICE_RIGHT, NOW, NOW_RIGHT = range(7)
COLOURS, SYMBOLS = (style.BLUE, style.VERMILLION), ("circle", "diamond")
HIGHEST = 2.6  # nats at the axis: guessing among ten classes costs 2.30, and a start can be worse


def epochs(runs: Runs) -> NDArray[np.float64]:
    """The epochs, from 0, before training."""
    return np.arange(len(runs[0].loss), dtype=np.float64)


def figure(
    runs: Runs, epoch: int, names: Sequence[str], words: Mapping[str, str], look: style.Look = style.SCREEN
) -> go.Figure:
    """Left each run's own loss, and the floor under the second; right the accuracy on test digits.

    `words`: epoch, loss, accuracy, floor.
    """
    steps = epochs(runs)
    axes, right = (
        style.layout(look, words["epoch"], words["loss"]),
        style.layout(look, words["epoch"], words["accuracy"]),
    )
    span = [-0.02 * steps[-1], 1.02 * steps[-1]]
    axes["xaxis"] |= {"domain": [0, 0.46], "range": span, "zeroline": False}
    axes["yaxis"] |= {"range": [0, HIGHEST]}
    axes["xaxis2"] = right["xaxis"] | {"domain": [0.54, 1], "range": span, "anchor": "y2", "zeroline": False}
    axes["yaxis2"] = right["yaxis"] | {"range": [0, 1.04], "tickformat": ".0%", "anchor": "x2", "side": "right"}
    axes["margin"]["r"] = 5 * look.font
    axes["uirevision"] = "softmax_twice"
    looks = (style.VALUE, style.DERIVATIVE)
    beside = {"xaxis": "x2", "yaxis": "y2", "showlegend": False}
    floor = {"color": style.GREY, "dash": "dot"}
    traces: list[dict[str, Any]] = [
        style.curve(steps, run.loss, name, line, look, "%{x}: %{y:.3f}")
        for run, name, line in zip(runs, names, looks, strict=True)
    ]
    traces.append(style.curve(span, [FLOOR, FLOOR], words["floor"], floor, look))
    traces += [
        style.curve(steps, run.accuracy, name, line, look, "%{x}: %{y:.1%}", **beside)
        for run, name, line in zip(runs, names, looks, strict=True)
    ]
    losses, rights = _points(runs, np.array([epoch]))
    traces += [
        style.points([epoch] * 2, losses[0], COLOURS, SYMBOLS, look.marker),
        style.points([epoch] * 2, rights[0], COLOURS, SYMBOLS, look.marker, xaxis="x2", yaxis="y2"),
    ]
    return go.Figure(traces, axes)


def _points(runs: Runs, frames: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The heights of the points in both panels, shape (frames, 2)."""
    return np.stack([run.loss[frames] for run in runs], axis=1), np.stack(
        [run.accuracy[frames] for run in runs], axis=1
    )


def film(runs: Runs, epoch: int) -> Film:
    """What moves with the epoch: the points on the curves, and the numbers of both runs."""
    steps = epochs(runs)
    values = frame_values(steps, float(epoch))
    frames = values.astype(int)
    losses, rights = _points(runs, frames)
    at = values[:, None]
    tracks = (
        track(NOW, "x", at, at),
        track(NOW, "y", losses),
        track(NOW_RIGHT, "x", at, at),
        track(NOW_RIGHT, "y", rights),
    )
    words = in_words(runs, frames)
    said = zip(words["epoch"], words["accuracy0"], words["accuracy1"], strict=True)
    return Film("epoch", steps, float(epoch), tracks, words | {"epoch_said": [f"{e}: {a}, {b}" for e, a, b in said]})


def in_words(runs: Runs, frames: NDArray[np.intp]) -> dict[str, list[str]]:
    """The slots: epoch, and for row 0 (once) and 1 (twice) loss, accuracy and confidence."""
    words = {"epoch": [str(frame) for frame in frames.tolist()]}
    for row, run in enumerate(runs):
        words[f"loss{row}"] = [number(loss, 3) for loss in run.loss[frames].tolist()]
        words[f"accuracy{row}"] = [f"{100 * share:.1f}%" for share in run.accuracy[frames].tolist()]
        words[f"confidence{row}"] = [f"{100 * share:.1f}%" for share in run.confidence[frames].tolist()]
    return words


def present_words(runs: Runs, epoch: int) -> dict[str, str]:
    """The readout's words for the present epoch."""
    return {slot: texts[0] for slot, texts in in_words(runs, np.array([epoch])).items()}


def data_csv(runs: Runs) -> str:
    """Loss, accuracy and confidence of both runs after every epoch, as CSV."""
    columns: dict[str, NDArray[Any]] = {"epoch": epochs(runs)}
    for run, name in zip(runs, ("softmax once", "softmax twice"), strict=True):
        columns |= {
            f"loss ({name})": run.loss,
            f"accuracy ({name})": run.accuracy,
            f"confidence ({name})": run.confidence,
        }
    return csv_text(columns)
