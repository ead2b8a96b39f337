"""The figures of the dying layer: its units over the epochs, its accuracy, and other seeds beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.experiments import DyingLayer, Spread
from activations.experiments.digits import load
from figures import style
from figures.digit import svg
from figures.film import Film, frame_values, track
from figures.numbers import number
from figures.table import csv_text

UNITS, DEAD, ACCURACY, OTHER, POINTS = range(5)


def epochs(run: DyingLayer, other: DyingLayer) -> NDArray[np.float64]:
    """The epochs that both runs reached, from 0, before training."""
    return np.arange(min(len(run.accuracy), len(other.accuracy)), dtype=np.float64)


def figure(
    run: DyingLayer, other: DyingLayer, epoch: int, words: Mapping[str, str], look: style.Look = style.SCREEN
) -> go.Figure:
    """Left the share of the images on which each unit is active, right the accuracy of both runs.

    `words` has unit, active, dead, epoch, run and other.
    """
    width = run.active_share.shape[1]
    units = np.arange(1, width + 1)
    steps = epochs(run, other)
    axes = style.layout(look, words["unit"], "")
    axes["xaxis"] |= {"domain": [0, 0.56], "range": [0.3, width + 0.7], "showgrid": False, "zeroline": False}
    axes["yaxis"] |= {"range": [-0.07, 1.05], "tickformat": ".0%"}
    right = style.layout(look, words["epoch"], "")
    axes["xaxis2"] = right["xaxis"] | {"domain": [0.62, 1], "range": [-1, max(len(steps), 2)], "anchor": "y2"}
    axes["yaxis2"] = right["yaxis"] | {"range": [-0.07, 1.05], "tickformat": ".0%", "anchor": "x2", "side": "right"}
    axes["margin"]["r"] = 3.4 * look.font
    axes["uirevision"] = f"dead_relu {width}"
    right_side = {"xaxis": "x2", "yaxis": "y2"}
    dashed = {"color": style.GREEN, "dash": "dashdot"}
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": units,
            "y": run.active_share[epoch],
            "name": words["active"],
            "marker": {"color": style.BLUE},
            "hovertemplate": "%{x}: %{y:.1%}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": units,
            "y": dead_marks(run.active_share[epoch]),
            "name": words["dead"],
            "marker": {"color": style.VERMILLION, "symbol": "x", "size": 0.8 * look.marker},
            "hoverinfo": "skip",
        },
        style.curve(steps, run.accuracy[: len(steps)], words["run"], style.VALUE, look, "%{x}: %{y:.1%}", **right_side),
        style.curve(steps, other.accuracy[: len(steps)], words["other"], dashed, look, "%{x}: %{y:.1%}", **right_side),
        style.points(
            [epoch, epoch],
            [run.accuracy[epoch], other.accuracy[epoch]],
            [style.BLUE, style.GREEN],
            ["circle", "diamond"],
            look.marker,
            **right_side,
        ),
    ]
    return go.Figure(traces, axes)


def dead_marks(active_share: NDArray[np.floating[Any]], height: float = -0.035) -> NDArray[np.float64]:
    """A mark just under the axis for each dead unit, none (NaN) for the others."""
    return np.where(active_share == 0, height, np.nan)


def film(run: DyingLayer, other: DyingLayer, epoch: int, digit: int) -> Film:
    """What moves with the epoch: every unit's share, the marks of the dead, and the numbers of both runs."""
    steps = epochs(run, other)
    values = frame_values(steps, float(epoch))
    frames = values.astype(int)
    shares = run.active_share[frames]
    tracks = (
        track(UNITS, "y", shares),
        track(DEAD, "y", dead_marks(shares)),
        track(POINTS, "x", values[:, None], values[:, None]),
        track(POINTS, "y", run.accuracy[frames][:, None], other.accuracy[frames][:, None]),
    )
    return Film("epoch", steps, float(epoch), tracks, numbers_in_words(run, other, frames, digit))


def numbers_in_words(run: DyingLayer, other: DyingLayer, frames: NDArray[np.intp], digit: int) -> dict[str, list[str]]:
    """The slots: epoch, and for row 0 (the run) and 1 (the other) dead, silent, accuracy and loss."""
    words = {"epoch": [str(frame) for frame in frames.tolist()]}
    for row, shown in enumerate((run, other)):
        width = shown.active_share.shape[1]
        words[f"dead{row}"] = [f"{count} / {width}" for count in shown.dead[frames].tolist()]
        words[f"silent{row}"] = [f"{count} / {width}" for count in shown.silent[frames, digit].tolist()]
        words[f"accuracy{row}"] = [f"{100 * share:.1f}%" for share in shown.accuracy[frames].tolist()]
        words[f"loss{row}"] = [number(loss, 3) for loss in shown.loss[frames].tolist()]
    said = zip(words["epoch"], words["dead0"], words["accuracy0"], strict=True)
    return words | {"epoch_said": [f"{epoch}: {dead}, {accuracy}" for epoch, dead, accuracy in said]}


def present_words(run: DyingLayer, other: DyingLayer, epoch: int, digit: int) -> dict[str, str]:
    """The readout's words for the present epoch."""
    words = numbers_in_words(run, other, np.array([epoch]), digit)
    return {slot: texts[0] for slot, texts in words.items()}


def seeds(
    spreads: Sequence[tuple[str, Spread]], words: Mapping[str, str], look: style.Look = style.SCREEN
) -> go.Figure:
    """One dot a seed: how many units are dead at the end, and how accurate the network is."""
    width = spreads[0][1].settings.width
    axes = style.layout(look, words["dead_units"], words["accuracy"])
    axes["xaxis"] |= {"range": [-0.04 * width, 1.04 * width]}
    axes["yaxis"] |= {"range": [-0.05, 1.07], "tickformat": ".0%"}
    axes["height"] = 0.8 * look.height
    looks = ((style.BLUE, "circle"), (style.GREEN, "diamond"))
    return go.Figure(
        [
            {
                "type": "scatter",
                "mode": "markers",
                "x": spread.dead,
                "y": spread.accuracy,
                "name": name,
                "text": [str(seed) for seed in spread.seeds.tolist()],
                "marker": {"color": colour, "symbol": symbol, "size": look.marker, "opacity": 0.75},
                "hovertemplate": words["seed"] + " %{text}: %{x}, %{y:.1%}<extra></extra>",
            }
            for (name, spread), (colour, symbol) in zip(spreads, looks, strict=False)
        ],
        axes,
    )


def data_csv(run: DyingLayer, other: DyingLayer) -> str:
    """The run as CSV: per epoch dead units, accuracy and loss of both, and each unit's share of active images."""
    steps = epochs(run, other).astype(int)
    columns: dict[str, NDArray[Any]] = {"epoch": steps}
    for shown in (run, other):
        name = shown.settings.f.name
        parts = {"dead": shown.dead, "accuracy": shown.accuracy, "loss": shown.loss}
        columns |= {f"{part} ({name})": values[steps] for part, values in parts.items()}
    units = run.active_share[steps].T
    return csv_text(columns | {f"active share of unit {index + 1}": share for index, share in enumerate(units)})


def seeds_csv(spreads: Sequence[Spread]) -> str:
    """The spread as CSV: for each seed and function the dead units and the accuracy at the end."""
    columns: dict[str, NDArray[Any]] = {"seed": spreads[0].seeds}
    for spread in spreads:
        name = spread.settings.f.name
        columns |= {f"dead ({name})": spread.dead, f"accuracy ({name})": spread.accuracy}
    return csv_text(columns)


def spread_kind(spread: Spread) -> str:
    """Which sentence says the spread: in no run a unit dead, in every run all, in some runs all, or some units."""
    dead, width = spread.dead, spread.settings.width
    if dead.max() == 0:
        return "none"
    if dead.min() == width:
        return "all"
    return "whole" if dead.max() == width else "some"


def spread_words(spread: Spread) -> dict[str, str]:
    """The spread in numbers: the fewest and the most dead, the lowest and the highest accuracy."""
    return {
        "fewest": str(spread.dead.min()),
        "most": str(spread.dead.max()),
        "lowest": f"{100 * spread.accuracy.min():.1f}",
        "highest": f"{100 * spread.accuracy.max():.1f}",
        "all_dead": str(int((spread.dead == spread.settings.width).sum())),
        "seeds": str(len(spread.seeds)),
    }


def digit_picture(digit: int) -> str:
    """The image of the chosen digit as SVG, 8 × 8 squares of grey."""
    return svg(load().images[load().first[digit]])
