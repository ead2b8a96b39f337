"""The part beside the decision surface that shows what every unit of a layer makes of the plane."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from activations.experiments.playground import Run
from figures import style
from figures.film import LARGEST_PICTURES, Picture, track
from figures.picture import image
from figures.table import csv_text
from figures.train import TWO_SIDED, Moving, Rows, positions, rows

_ACROSS = 1.6  # a chart is this much wider than high
_SHARE = 0.9  # of its place, which a unit's map takes


def _columns(count: int) -> int:
    """How many maps stand side by side, so that they are as large as the chart allows."""
    return max(range(1, count + 1), key=lambda columns: min(_ACROSS / columns, 1 / math.ceil(count / columns)))


def _corner(unit: int, count: int) -> tuple[int, int]:
    row, column = divmod(unit, _columns(count))
    return column, -row


def unit_at(count: int, x: float, y: float) -> int | None:
    """The unit whose map lies at a place of the figure."""
    column, row = math.floor(x), math.floor(-y)
    unit = row * _columns(count) + column
    return unit if 0 <= column < _columns(count) and row >= 0 and unit < count else None


def _thinned(runs: Sequence[Run], layer: int, side: int) -> int:
    """1, or 2 where only every second cell of a map is shown, so that the film stays small."""
    frames = len(positions(runs))
    cells = frames * sum(int(np.prod(run.recording.surface.shape[1:])) for run in runs)
    cells += frames * int(np.prod(runs[side].recording.maps[layer].shape[1:]))
    return 1 if cells < 0.95 * LARGEST_PICTURES else 2


def units_moving(runs: Sequence[Run], shown: Rows, layer: int, side: int) -> Moving:
    """The maps of a layer's units, and crosses on those that are dead."""
    recording, frames, step = runs[side].recording, shown[side], _thinned(runs, layer, side)
    maps = recording.maps[layer][frames][:, :, ::step, ::step]
    heights = np.array([_corner(unit, maps.shape[1])[1] - _SHARE / 2 for unit in range(maps.shape[1])])
    crosses = np.where(recording.dead[layer][frames], heights, np.nan)
    return Moving(
        [track(0, "y", crosses)],
        [Picture(unit, np.ascontiguousarray(maps[:, unit]), TWO_SIDED) for unit in range(maps.shape[1])],
    )


def units(
    runs: Sequence[Run],
    epoch: int,
    layer: int,
    unit: int,
    side: int,
    words: Mapping[str, str],
    look: style.Look = style.SCREEN,
) -> go.Figure:
    """What each unit of a layer answers over the window, from its largest negative to its largest positive value.

    `words` has dead. The chosen unit is framed; a click anywhere on a map chooses it.
    """
    count, step = runs[side].settings.layers[layer].width, _thinned(runs, layer, side)
    # every second of an odd number of cells begins and ends at the edges: the first and the last reach beyond them
    beyond = 0.0 if step == 1 else _SHARE / (2 * runs[side].recording.maps[layer].shape[-1])
    axes = style.layout(look, "", "", clickanywhere=True)
    axes["margin"] = {"l": 4, "r": 4, "t": 1.8 * look.font, "b": 4}
    row_count = math.ceil(count / _columns(count))
    hidden = {"visible": False, "fixedrange": True}
    axes["xaxis"] |= hidden | {"range": [-0.05, _columns(count)], "constrain": "domain"}
    axes["yaxis"] |= hidden | {"range": [-row_count, 0.05], "scaleanchor": "x", "constrain": "domain"}
    corners = [_corner(number, count) for number in range(count)]
    empty = np.zeros((1, 1), dtype=np.uint8)
    axes["images"] = [
        image(empty, TWO_SIDED, (x - beyond, x + _SHARE + beyond), (y - _SHARE - beyond, y + beyond))
        for x, y in corners
    ]
    axes["shapes"] = [
        {
            "type": "rect",
            "x0": x,
            "x1": x + _SHARE,
            "y0": y,
            "y1": y - _SHARE,
            "line": {"color": style.GREY, "width": 4 if number == unit else 1},
        }
        for number, (x, y) in enumerate(corners)
    ]
    axes["legend"] |= {"itemclick": False, "itemdoubleclick": False}
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [x + _SHARE / 2 for x, _ in corners],
            "name": words["dead"],
            "showlegend": True,
            "marker": {"symbol": "x", "size": 1.3 * look.marker, "color": style.GREY},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "text",
            "x": [x + 0.03 for x, _ in corners],
            "y": [y - 0.02 for _, y in corners],
            "text": [str(number + 1) for number in range(count)],
            "textposition": "bottom right",
            "textfont": {"size": look.small},
            "showlegend": False,
            "hoverinfo": "skip",
        },
    ]
    units_moving(runs, rows(runs, np.array([epoch])), layer, side).apply(traces, axes["images"])
    axes["uirevision"] = f"units {layer} {count}"
    return go.Figure(traces, axes)


def data_csv(run: Run, epoch: int, layer: int) -> str:
    """The maps of an epoch as CSV: a row a cell of the window, with its middle; a column a unit.

    The answers are those of the maps, in 127 steps up to the unit's largest of the run.
    """
    (frame,) = rows([run], np.array([epoch]))[0]
    maps = run.recording.answers(layer, frame)
    middles = run.points.half_width * np.linspace(-1.0, 1.0, 2 * maps.shape[1] + 1)[1::2]
    x, y = np.meshgrid(middles, middles)
    columns = {f"unit {number}": values.ravel() for number, values in enumerate(maps, start=1)}
    return csv_text({"x": x.ravel(), "y": y.ravel()} | columns)
