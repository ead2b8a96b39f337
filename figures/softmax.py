"""The figures of the softmax page: the probabilities as bars, the Jacobian as a heat map, and their films."""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations import entropy, log_softmax, softmax, softmax_jacobian
from figures import style
from figures.film import Film, frame_values, track
from figures.numbers import number, short
from figures.table import csv_text

GHOST, BARS = range(2)
TEMPERATURES = np.array([float(f"{value:.3g}") for value in np.geomspace(0.05, 20, 161)])
SHIFTS = np.arange(-1000.0, 1001.0, 10.0)
_ABREAST, _LONGEST = 36, 10  # letters of names under the bars: side by side, and of each that stands upright
_FEW = 6  # so many classes leave room for three digits each
_SPANS = (10.0, 100.0, 1000.0)  # half-widths of a logit's handle; the first that holds the logit


@dataclass(frozen=True)
class Choice:
    """What softmax is asked: the logits, the temperature, and the true class, if one is chosen."""

    logits: tuple[float, ...]
    temperature: float = 1.0
    target: int | None = None


@dataclass(frozen=True)
class Names:
    """The classes' names, a reader's own words among them, and the words on the figure."""

    classes: tuple[str, ...]
    words: Mapping[str, str] = field(hash=False, default_factory=dict)


def logit_positions(value: float, classes: int) -> NDArray[np.float64]:
    """Where a logit's handle stops: values about 0, in a span that holds the present one.

    201 of them, or 101 where many classes make many films.
    """
    span = next(half for half in _SPANS if half >= abs(value))
    return np.asarray(np.round(np.linspace(-span, span, 201 if classes <= 5 else 101), 6))


def as_text(label: str) -> str:
    """A reader's text for a Plotly label: shown as it is, never read as mark-up."""
    return html.escape(label, quote=False)


def bars(choice: Choice, names: Names, look: style.Look = style.SCREEN) -> go.Figure:
    """The probabilities as bars, with those of temperature 1 as a ghost behind."""
    places = list(range(len(choice.logits)))
    few = len(places) <= _FEW
    p = softmax(choice.logits, temperature=choice.temperature)
    axes = style.layout(look, "", names.words["probability"], barmode="overlay", bargap=0.1)
    axes["xaxis"] |= _at_the_axis(names.classes) | {"tickvals": places, "showgrid": False}
    axes["margin"]["b"] = _below(axes, look)
    axes["xaxis"] |= {"range": [-0.6, len(places) - 0.4], "zeroline": False}
    axes["yaxis"] |= {"range": [0, 1.08], "tickformat": ".1f"}
    axes["uirevision"] = f"softmax {len(places)}"
    return go.Figure(
        [
            {
                "type": "bar",
                "x": places,
                "y": softmax(choice.logits),
                "width": 0.86,
                "name": names.words["ghost"],
                "marker": {"color": "rgba(128,134,139,0.25)", "line": {"color": style.GREY, "width": look.stroke}},
                "hovertemplate": "%{y:.4f}<extra>" + names.words["ghost"] + "</extra>",
            },
            {
                "type": "bar",
                "x": places,
                "y": p,
                "width": 0.6,
                "name": names.words["now"],
                "marker": {"color": style.BLUE},
                "texttemplate": "%{y:.3f}" if few else "%{y:.2f}",
                "textposition": "outside",
                "constraintext": "none",
                "textfont": {"size": look.font if few else look.small},
                "cliponaxis": False,
                "hovertemplate": "%{y:.4f}<extra>" + names.words["now"] + "</extra>",
            },
        ],
        axes,
    )


def _at_the_axis(classes: Sequence[str]) -> dict[str, Any]:
    """The classes' names under the bars: upright and cut where they would not have room beside one another."""
    wide = max(sum(1 if letter.isascii() else 2 for letter in name) for name in classes)
    if wide * len(classes) <= _ABREAST:
        return {"ticktext": [as_text(name) for name in classes], "tickangle": 0}
    return {"ticktext": [as_text(cut(name)) for name in classes], "tickangle": -90}


def _below(axes: Mapping[str, Any], look: style.Look) -> float:
    """How much room these names take."""
    return look.font * (1.5 + 0.6 * _LONGEST if axes["xaxis"]["tickangle"] else 2.2)


def cut(name: str) -> str:
    """As much of a class's name as stands upright under its bar."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def temperature_film(choice: Choice) -> Film:
    """What moves with the temperature: the bars and their numbers; the ghost of T = 1 stands still."""
    values = frame_values(TEMPERATURES, choice.temperature)
    logits = np.broadcast_to(np.array(choice.logits), (len(values), len(choice.logits)))
    p = softmax(logits, temperature=values[:, None])
    words = readout(logits, values, p, choice.target)
    said = [f"T = {t}, max {top}" for t, top in zip(words["t"], words["top"], strict=True)]
    return Film("t", TEMPERATURES, choice.temperature, [track(BARS, "y", p)], words | {"t_said": said})


def logit_film(choice: Choice, index: int) -> Film:
    """What moves with one logit: every bar, for the probabilities share one sum, and the ghosts."""
    present = choice.logits[index]
    positions = logit_positions(present, len(choice.logits))
    values = frame_values(positions, present)
    logits = np.tile(np.array(choice.logits), (len(values), 1))
    logits[:, index] = values
    p = softmax(logits, temperature=choice.temperature)
    tracks = [track(GHOST, "y", softmax(logits)), track(BARS, "y", p)]
    words = readout(logits, np.full(len(values), choice.temperature), p, choice.target)
    name = f"z{index}"
    said = [f"{z}: {share}" for z, share in zip(words[name], words[f"p{index}"], strict=True)]
    return Film(name, positions, present, tracks, words | {f"{name}_said": said})


def readout(
    logits: NDArray[np.float64], temperatures: NDArray[np.float64], p: NDArray[np.float64], target: int | None
) -> dict[str, list[str]]:
    """The slots for each frame: t, z0 …, p0 …, sum, entropy (bits), top, and with a true class loss and g0 …"""
    words = {
        "t": [short(t) for t in temperatures.tolist()],
        "sum": [number(total) for total in p.sum(axis=-1).tolist()],
        "entropy": [number(bits, 3) for bits in np.atleast_1d(entropy(p)).tolist()],
        "top": [number(top) for top in p.max(axis=-1).tolist()],
    }
    for index in range(p.shape[-1]):
        words[f"z{index}"] = [short(z) for z in logits[:, index].tolist()]
        words[f"p{index}"] = [number(share) for share in p[:, index].tolist()]
    if target is not None:
        loss = -log_softmax(logits, temperature=temperatures[:, None])[:, target]
        words["loss"] = [number(value) for value in loss.tolist()]
        gradient = (p - np.eye(p.shape[-1])[target]) / temperatures[:, None]
        for index in range(p.shape[-1]):
            words[f"g{index}"] = [number(value) for value in gradient[:, index].tolist()]
    return words


def present_words(choice: Choice) -> dict[str, str]:
    """The readout's words for the present state."""
    logits = np.array([choice.logits])
    p = softmax(logits, temperature=choice.temperature)
    words = readout(logits, np.array([choice.temperature]), p, choice.target)
    return {slot: texts[0] for slot, texts in words.items()} | {"most": number(math.log2(len(choice.logits)), 3)}


def shift_film(choice: Choice, shift: float, words: Mapping[str, str]) -> Film:
    """What moves when a constant is added to every logit: e^z overflows or vanishes, softmax stays.

    `words` has "overflow" and "undefined", said of the naive result where it is infinite or 0/0.
    """
    values = frame_values(SHIFTS, shift)
    return Film("shift", SHIFTS, shift, (), shift_words(choice, values, words))


def shift_words(choice: Choice, shifts: NDArray[np.float64], words: Mapping[str, str]) -> dict[str, list[str]]:
    """The slots of the overflow table: shift, s0 … (z + c), e0 … (e^z naively), n0 … (naive p), m0 … (softmax)."""
    moved = np.array(choice.logits) + shifts[:, None]
    with np.errstate(all="ignore"):  # overflowing is what is shown here
        powers = np.exp(moved / choice.temperature)
        naive = powers / powers.sum(axis=-1, keepdims=True)
    stable = softmax(moved, temperature=choice.temperature)
    slots = {"shift": [short(value, 0) for value in shifts.tolist()]}
    for index in range(len(choice.logits)):
        slots[f"s{index}"] = [short(z) for z in moved[:, index].tolist()]
        slots[f"e{index}"] = [words["overflow"] if math.isinf(e) else number(e) for e in powers[:, index].tolist()]
        slots[f"n{index}"] = [words["undefined"] if math.isnan(q) else number(q) for q in naive[:, index].tolist()]
        slots[f"m{index}"] = [number(share) for share in stable[:, index].tolist()]
    return slots


def present_shift(choice: Choice, shift: float, words: Mapping[str, str]) -> dict[str, str]:
    """The overflow table's words for the present state."""
    return {slot: texts[0] for slot, texts in shift_words(choice, np.array([shift]), words).items()}


def jacobian(choice: Choice, names: Names, look: style.Look = style.SCREEN) -> go.Figure:
    """The Jacobian ∂p_i/∂z_k as a heat map: row i, column k; blue where it is negative."""
    matrix = softmax_jacobian(choice.logits, temperature=choice.temperature)
    few = len(names.classes) <= _FEW
    largest = float(np.abs(matrix).max()) or 1.0
    places = list(range(len(matrix)))
    axes = style.layout(look, names.words["column"], names.words["row"])
    plain = {"tickvals": places, "showgrid": False, "zeroline": False}
    axes["xaxis"] |= _at_the_axis(names.classes) | plain
    axes["yaxis"] |= {"ticktext": [as_text(cut(name)) for name in names.classes], "autorange": "reversed"} | plain
    axes["margin"] = {"l": 7.5 * look.font, "r": look.font, "t": look.font, "b": 2 * look.font + _below(axes, look)}
    return go.Figure(
        [
            {
                "type": "heatmap",
                "z": matrix,
                "zmin": -largest,
                "zmax": largest,
                "colorscale": [[0, style.BLUE], [0.5, "#F5F5F5"], [1, style.VERMILLION]],
                "showscale": False,
                "text": [
                    [number(value, 3) if few else f"{round(value, 2) + 0.0:.2f}".replace("-", "−") for value in row]
                    for row in matrix.tolist()
                ],
                # Many classes leave no room for numbers at the size of a classroom: colours and what is read off them.
                "texttemplate": "%{text}" if few or look != style.CLASSROOM else "",
                "textfont": {"size": look.font if few else 10},
                "hovertemplate": "%{z:.4f}<extra></extra>",
            }
        ],
        axes,
    )


def data_csv(choice: Choice, classes: Sequence[str]) -> str:
    """The figures' data as CSV: for each class its logit, p at this temperature and at 1, its row of the Jacobian."""
    matrix = softmax_jacobian(choice.logits, temperature=choice.temperature)
    columns = {
        "class": classes,
        "logit": choice.logits,
        f"p (T = {choice.temperature:g})": softmax(choice.logits, temperature=choice.temperature),
        "p (T = 1)": softmax(choice.logits),
    }
    return csv_text(columns | {f"dp/dz {index + 1}": matrix[:, index] for index in range(len(classes))})
