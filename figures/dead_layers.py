"""The figure of the dying network: every layer's units over the epochs, and how many of each are dead."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.experiments.dying_network import DyingNetwork
from figures import style
from figures.dead_relu import dead_marks
from figures.film import Film, track
from figures.table import csv_text

COLOURS = (style.BLUE, style.GREEN, style.PURPLE, "#8C564B")  # of the layers; what is dead is vermillion
DASHES = ("solid", "dash", "dot", "dashdot")
UNITS, MARKS, LINE, POINT = range(4)  # the traces of a layer, in this order
TRACES = 4


def place(layer: int, trace: int) -> int:
    """Where one of a layer's traces stands in the figure."""
    return TRACES * layer + trace


def unit_of(run: DyingNetwork, trace: int, point: int) -> tuple[int, int] | None:
    """The layer and the unit, both from 0, that a point of a trace stands for, if it is one of the units."""
    layer, kind = divmod(trace, TRACES)
    hidden, width = run.active_share.shape[1:]
    return (layer, point) if kind in (UNITS, MARKS) and layer < hidden and point < width else None


def figure(
    run: DyingNetwork, epoch: int, names: Sequence[str], words: Mapping[str, str], look: style.Look = style.SCREEN
) -> go.Figure:
    """Left, a panel a layer, the first on top: the share of the images, 0 to 1, on which each unit is active.

    Right, over the epochs, how many of each layer are dead. `names` are those of the layers; `words` has
    unit, epoch, dead and dead_count.
    """
    frames, hidden, width = run.active_share.shape
    units = np.arange(1, width + 1)
    steps = np.arange(frames)
    most = max(int(run.dead.sum(axis=2).max()), 4)
    axes = style.layout(look, "", "")
    right = style.layout(look, words["epoch"], "")
    axes["margin"] |= {"r": 3.0 * look.font, "l": 5.2 * look.font}
    axes["uirevision"] = f"dead_layers {hidden} {width} {most}"
    axes["xaxis2"] = right["xaxis"] | {"domain": [0.66, 1], "range": [-1, max(frames, 2)], "anchor": "y9"}
    axes["yaxis9"] = right["yaxis"] | {
        "range": [-0.05 * most, 1.18 * most], "anchor": "x2", "side": "right", "nticks": 5,
    }  # fmt: skip
    axes["xaxis"] |= {
        "domain": [0, 0.6], "range": [0.3, width + 0.7], "showgrid": False, "zeroline": False,
        "anchor": f"y{hidden}".replace("y1", "y"), "title": {"text": words["unit"], "font": {"size": look.font}},
    }  # fmt: skip
    panel = axes.pop("yaxis")
    high = 1 / hidden
    traces: list[dict[str, Any]] = []
    for layer in range(hidden):
        name = "y" if layer == 0 else f"y{layer + 1}"
        top = 1 - layer * high
        axes[f"yaxis{name[1:]}"] = panel | {
            "domain": [top - 0.84 * high, top], "range": [-0.2, 1.08], "tickvals": [0, 0.5, 1],
            "ticktext": ["", names[layer], ""],
        }  # fmt: skip
        share, dead = run.active_share[epoch, layer], run.dead[:, layer].sum(axis=1)
        line = {"color": COLOURS[layer], "dash": DASHES[layer]}
        on_right = {"xaxis": "x2", "yaxis": "y9"}
        traces += [
            {
                "type": "bar",
                "x": units,
                "y": share,
                "yaxis": name,
                "marker": {"color": COLOURS[layer]},
                "showlegend": False,
                "hovertemplate": "%{x}: %{y:.1%}<extra></extra>",
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": units,
                "y": _marks(share),
                "yaxis": name,
                "name": words["dead"],
                "marker": {"color": style.VERMILLION, "symbol": "x", "size": 0.7 * look.marker},
                "showlegend": layer == 0,
                "hovertemplate": "%{x}<extra></extra>",
            },
            style.curve(steps, dead, names[layer], line, look, "%{x}: %{y}", **on_right),
            style.points([epoch], dead[[epoch]], [COLOURS[layer]], ["circle"], 0.8 * look.marker, **on_right),
        ]
    axes["annotations"] = [
        {
            "text": words["dead_count"], "xref": "x2 domain", "yref": "y9 domain", "x": 0.5, "y": 1, "showarrow": False,
            "xanchor": "center", "yanchor": "top", "font": {"size": look.small},
        }
    ]  # fmt: skip
    return go.Figure(traces, axes)


def _marks(active_share: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    return dead_marks(active_share, -0.1)


def film(run: DyingNetwork, epoch: int, digit: int) -> Film:
    """What moves with the epoch: every unit's share, the marks of the dead, how many there are, and the numbers."""
    frames, hidden, _ = run.active_share.shape
    steps = np.arange(frames, dtype=np.float64)
    dead = run.dead.sum(axis=2)
    tracks = []
    for layer in range(hidden):
        shares = run.active_share[:, layer]
        tracks += [
            track(place(layer, UNITS), "y", shares),
            track(place(layer, MARKS), "y", _marks(shares)),
            track(place(layer, POINT), "x", steps[:, None]),
            track(place(layer, POINT), "y", dead[:, [layer]]),
        ]
    return Film("epoch", steps, float(epoch), tracks, numbers_in_words(run, digit))


def numbers_in_words(run: DyingNetwork, digit: int) -> dict[str, list[str]]:
    """The slots: epoch, accuracy, loss, and a row a layer: dead, silent, cut and back, those that have come back."""
    frames, hidden, width = run.active_share.shape
    words = {"epoch": [str(frame) for frame in range(frames)]}
    back = np.concatenate([np.zeros((1, hidden), dtype=int), np.cumsum(run.came_back.sum(axis=2), axis=0)])
    rows = {
        "dead": run.dead.sum(axis=2),
        "silent": run.silent[:, :, digit],
        "cut": run.cut_off.sum(axis=2),
    }
    for layer in range(hidden):
        for part, counts in rows.items():
            words[f"{part}{layer}"] = [f"{count} / {width}" for count in counts[:, layer].tolist()]
        words[f"back{layer}"] = [str(count) for count in back[:, layer].tolist()]
    words["accuracy"] = [f"{100 * share:.1f}%" for share in run.accuracy.tolist()]
    said = zip(words["epoch"], rows["dead"].tolist(), words["accuracy"], strict=True)
    words["epoch_said"] = [f"{epoch}: {', '.join(map(str, dead))}; {accuracy}" for epoch, dead, accuracy in said]
    return words


def present_words(run: DyingNetwork, epoch: int, digit: int) -> dict[str, str]:
    """The readout's words for one epoch."""
    return {slot: texts[epoch] for slot, texts in numbers_in_words(run, digit).items()}


def data_csv(run: DyingNetwork) -> str:
    """The run as CSV: per epoch accuracy, loss, dead units a layer, and each unit's share of active images."""
    columns: dict[str, Any] = {"epoch": np.arange(len(run.accuracy)), "accuracy": run.accuracy, "loss": run.loss}
    hidden, width = run.active_share.shape[1:]
    for layer in range(hidden):
        columns[f"dead (layer {layer + 1})"] = run.dead[:, layer].sum(axis=1)
    for layer in range(hidden):
        for unit in range(width):
            name = f"active share of unit {unit + 1} (layer {layer + 1})"
            columns[name] = run.active_share[:, layer, unit]
    return csv_text(columns)
