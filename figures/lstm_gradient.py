"""How far a gradient reaches back through time, over the length on a scale of powers of ten, with its films.

Lines: the present bias of the gate that keeps, the same cell with bias 0 and with bias 1, a layer without
gates, and what the keeping gates alone would leave. Words are passed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.experiments.lstm import KEEPER, LENGTHS, Cell, Reach, reach
from figures import style
from figures.film import Film, frame_values, track
from figures.lstm import BIASES
from figures.numbers import exact, power_of_ten, short
from figures.table import csv_text

Values = NDArray[np.floating[Any]]

LOWEST, HIGHEST = -18.0, 3.0  # powers of ten: a layer without gates is at 10⁻¹⁶ after 50 steps
L = np.arange(LENGTHS + 1.0)
LENGTH_POSITIONS = L[1:]
BESIDE = (0.0, 1.0)

GUIDE, PLAIN, ZERO, ONE, KEPT, NOW, POINTS = range(7)
COLUMNS = ("now", "zero", "one", "plain")  # of the readout: the present bias, bias 0, bias 1, and no gates
ROWS = ("gate", "left", "kept")
_COLOURS = (style.BLUE, style.GREEN, style.VERMILLION, style.GREY)


@dataclass(frozen=True)
class Reached:
    """What is on the screen: the cell with its present bias, and with those beside; a layer without gates; a length.

    `now` has the present bias alone, `beside` those of BESIDE.
    """

    now: Reach
    beside: Reach
    plain: Reach
    length: int


@lru_cache(maxsize=64)
def _reach(cell: Cell, biases: tuple[float, ...], seed: int) -> Reach:
    return reach(cell, biases, seed)


def reached(cell: Cell, bias: float, seed: int, length: int) -> Reached:
    """What a cell with this bias of its keeping gate leaves of a gradient."""
    plain = Cell("plain", cell.f, cell.gate)
    return Reached(_reach(cell, (bias,), seed), _reach(cell, BESIDE, seed), _reach(plain, (0.0,), seed), length)


def powers(values: Values) -> Values:
    """log₁₀, NaN for an exact 0 and for what has left the range of floats."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log10(values)
    return np.where(np.isfinite(found), found, np.nan)


def figure(shown: Reached, words: Mapping[str, str], look: style.Look) -> go.Figure:
    """What is left over the length. `words`: length, left, now, zero, one, plain, kept."""
    axes = style.layout(look, words["length"], words["left"], uirevision="gradient")
    axes["xaxis"] |= {"range": [-1, LENGTHS + 1], "zeroline": False}
    ticks = list(range(-18, 4, 3))
    axes["yaxis"] |= {"range": [LOWEST, HIGHEST], "zeroline": False, "tickvals": ticks}
    axes["yaxis"] |= {"ticktext": [power_of_ten(power) for power in ticks]}
    guide = {"color": style.GREY, "dash": "solid", "width": 1.5}

    def line(values: Values, name: str, colour: str, dash: str, width: float = 1.0) -> dict[str, Any]:
        hover = "%{x}: 10<sup>%{y:.2f}</sup>"
        drawn = {"color": colour, "dash": dash, "width": width * look.stroke}
        return style.curve(L, powers(values), words[name], drawn, look, hover)

    zero, one = shown.beside.left
    traces = [
        style.curve([shown.length] * 2, [LOWEST, HIGHEST], "", guide, look, showlegend=False),
        line(shown.plain.left[0], "plain", style.GREY, "dashdot"),
        line(zero, "zero", style.GREEN, "dash"),
        line(one, "one", style.VERMILLION, "dot"),
        line(shown.now.kept[0], "kept", "#7766FF", "longdash", 0.6),
        line(shown.now.left[0], "now", style.BLUE, "solid", 1.4),
        style.points(
            [shown.length] * len(COLUMNS),
            _points(shown, shown.now.left, np.array([shown.length]))[0],
            _COLOURS,
            ["circle", "diamond", "square", "cross"],
            look.marker,
        ),
    ]
    return go.Figure(traces, axes)


def _points(shown: Reached, left: Values, lengths: NDArray[np.int64]) -> Values:
    """The heights of the points for each pair of what the present bias leaves and a length; NaN off the scale."""
    rows = np.arange(len(lengths))
    beside = [shown.beside.left[0], shown.beside.left[1], shown.plain.left[0]]
    found = powers(np.stack([left[rows % len(left), lengths], *(one[lengths] for one in beside)], axis=1))
    return np.where((found >= LOWEST) & (found <= HIGHEST), found, np.nan)


def length_film(shown: Reached, words: Mapping[str, str]) -> Film:
    """What moves with the handle for the length: the guide, the points and the table. `words`: zero."""
    lengths = LENGTH_POSITIONS.astype(np.int64)
    at = LENGTH_POSITIONS[:, None]
    left = shown.now.left
    tracks = (
        track(GUIDE, "x", at, at),
        track(POINTS, "x", *[at] * len(COLUMNS)),
        track(POINTS, "y", _points(shown, left, lengths)),
    )
    said = _numbers(shown, shown.now, np.zeros_like(lengths), lengths, words)
    spoken = [f"{length}: {rest}" for length, rest in zip(said["len"], said["now1"], strict=True)]
    return Film("len", LENGTH_POSITIONS, float(shown.length), tracks, said | {"len_said": spoken})


def bias_film(shown: Reached, seed: int, words: Mapping[str, str]) -> Film:
    """What moves with the handle for the keeping gate's bias: its line, that of its gates alone, and the table."""
    present = float(shown.now.biases[0])
    values = frame_values(BIASES, present)
    run = reach(shown.now.cell, values.tolist(), seed)
    lengths = np.full(len(values), shown.length)
    tracks = (
        track(KEPT, "y", powers(run.kept)),
        track(NOW, "y", powers(run.left)),
        track(POINTS, "y", _points(shown, run.left, lengths)),
    )
    said = _numbers(shown, run, np.arange(len(values)), lengths, words)
    del said["len"]
    handle = f"b{KEEPER[run.cell.kind]}"
    spoken = [f"{bias}: {rest}" for bias, rest in zip(said["bias"], said["now1"], strict=True)]
    return Film(handle, BIASES, present, tracks, said | {handle: said["bias"], f"{handle}_said": spoken})


def present_words(shown: Reached, words: Mapping[str, str]) -> dict[str, str]:
    """The readout for the present state. `words`: zero, what is said of an exact 0."""
    found = _numbers(shown, shown.now, np.array([0]), np.array([shown.length]), words)
    return {slot: texts[0] for slot, texts in found.items()}


def _numbers(
    shown: Reached, run: Reach, biases: NDArray[np.int64], lengths: NDArray[np.int64], words: Mapping[str, str]
) -> dict[str, list[str]]:
    """The slots: len, bias (the present one), and in each of COLUMNS the rows 0 to 2: gate, left, kept."""
    said = {"len": [str(length) for length in lengths.tolist()]}
    said["bias"] = [short(value, 1) for value in run.biases[biases].tolist()]
    first = np.zeros_like(biases)
    shown_in = ((run, biases), (shown.beside, first), (shown.beside, first + 1), (shown.plain, first))
    for column, (found, at) in zip(COLUMNS, shown_in, strict=True):
        gated = found.cell.kind in KEEPER
        said[f"{column}0"] = [f"{value:.3f}" if gated else "–" for value in found.gate[at].tolist()]
        said[f"{column}1"] = [_left(value, words) for value in found.left[at, lengths].tolist()]
        said[f"{column}2"] = [_left(value, words) if gated else "–" for value in found.kept[at, lengths].tolist()]
    return said


def _left(value: float, words: Mapping[str, str]) -> str:
    return words["zero"] if value == 0 else exact(value)


def data_csv(shown: Reached) -> str:
    """The data of the chart: for each length what is left, and what the gates alone would leave."""
    named = {"present": (shown.now, 0), "bias 0": (shown.beside, 0), "bias 1": (shown.beside, 1)}
    columns: dict[str, Any] = {"length": L.astype(int)}
    for name, (found, row) in named.items():
        columns |= {f"left ({name})": found.left[row], f"gates alone ({name})": found.kept[row]}
    return csv_text(columns | {"left (no gates)": shown.plain.left[0]})
