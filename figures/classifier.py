"""What a network answers to a picture: the picture itself, and beside it two rows of bars, a bar a class.

For a test digit or a reader's drawing they are its logits and its probabilities; for two digits over each
other the probabilities by softmax, and those by ten sigmoids.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations import entropy, log_softmax, softmax
from activations.base import Array
from activations.experiments.classifier import CLASSES, PIXELS, Classifier, overlaid
from figures import style
from figures.digit import INK, cells
from figures.film import Film, Picture, Track, frame_values, track
from figures.numbers import number, short
from figures.picture import image
from figures.table import csv_text

UPPER, GHOST, LOWER, UPPER_MARKS, MARKS = range(5)
TEMPERATURES = np.array([float(f"{0.25 * 2 ** (step / 20):.4g}") for step in range(101)])  # 0.25 to 8, 1 among them
INKS = np.round(np.linspace(0, 1, 51), 2)
PROBABILITY = (0.0, 1.0)  # the upper axis where probabilities stand there, too
_UNDER = -0.075  # where the marks of true classes stand, under their bars
_NOBODY = np.full(2, np.nan)  # the marks of a picture whose class nobody knows


@dataclass(frozen=True)
class Sheet:
    """What the figure shows, for one picture or, along the first axis, for the frames of a film.

    pixels: shape (…, 64). upper, ghost, lower: the bars, shape (…, 10). true: the classes that are there,
    at most two, NaN for none, shape (…, 2).
    """

    pixels: Array
    upper: Array
    ghost: Array
    lower: Array
    true: Array


def of_logits(pixels: Array, logits: Array, temperature: float | Array, labels: NDArray[Any] | None) -> Sheet:
    """Logits above and their probabilities below, with those of T = 1 as ghosts; `labels` has shape (…) or is None."""
    true = _NOBODY if labels is None else np.repeat(np.asarray(labels, dtype=np.float64)[..., None], 2, axis=-1)
    shape = np.broadcast_shapes(logits.shape, np.shape(temperature)) if np.ndim(temperature) else logits.shape
    return Sheet(
        np.broadcast_to(pixels, (*shape[:-1], pixels.shape[-1])),
        np.broadcast_to(logits, shape),
        np.broadcast_to(softmax(logits), shape),
        softmax(np.broadcast_to(logits, shape), temperature=temperature),
        np.broadcast_to(true, (*shape[:-1], 2)),
    )


@dataclass(frozen=True)
class Pair:
    """Two test digits on one sheet, their classes, how much ink each has, and what two heads answer."""

    exclusive: Classifier
    independent: Classifier
    first: Array
    second: Array
    classes: tuple[int, int]

    def sheet(self, ink: Array) -> Sheet:
        """Softmax above and sigmoids below, for ink of shape (2,) or (frames, 2)."""
        pixels = overlaid(self.first, self.second, ink)
        answers = self.independent.probabilities(pixels)
        true = np.where(ink > 0, np.array(self.classes, dtype=np.float64), np.nan)
        return Sheet(pixels, self.exclusive.probabilities(pixels), np.zeros_like(answers), answers, true)


def figure(
    shown: Sheet, span: tuple[float, float], words: Mapping[str, str], look: style.Look = style.SCREEN
) -> go.Figure:
    """The picture at the left, `upper` over `lower` at its right; `span` is the upper axis's.

    `words`: upper, lower (titles of the rows), true (what the mark says), class, and ghost, which is empty where no
    bars stand behind.
    """
    upper_axes, axes = style.layout(look, "", ""), style.layout(look, words["class"], "")
    room = {"domain": [0.36, 1], "range": [-0.6, CLASSES - 0.4], "tickvals": list(range(CLASSES)), "showgrid": False}
    probability = {"range": [-0.14, 1.04], "tickvals": [0, 0.5, 1]}
    is_probability = span == PROBABILITY
    upper_axis = probability if is_probability else {"range": list(span), "nticks": 5}
    axes["xaxis"] |= room | {"zeroline": False, "anchor": "y2"}
    axes["yaxis"] = upper_axes["yaxis"] | upper_axis | {"domain": [0.575, 1], "anchor": "x"}
    axes["yaxis2"] = style.layout(look, "", "")["yaxis"] | probability | {"domain": [0, 0.425], "anchor": "x"}
    bare = {"visible": False, "range": [0, 1]}
    axes["xaxis3"] = bare | {"domain": [0, 0.26], "anchor": "y3", "constrain": "domain", "constraintoward": "left"}
    axes["yaxis3"] = bare | {"domain": [0, 1], "anchor": "x3", "scaleanchor": "x3", "constrain": "domain"}
    axes["margin"] |= {"l": 0.6 * look.font, "t": 1.9 * look.font}
    axes["images"] = [image(cells(shown.pixels), INK, (0, 1), (0, 1), ("x3", "y3"))]
    edge = {"color": style.GREY, "width": 1}
    axes["shapes"] = [
        {"type": "rect", "xref": "x3", "yref": "y3", "x0": 0, "x1": 1, "y0": 0, "y1": 1, "line": edge, "layer": "above"}
    ]
    axes["annotations"] = [
        {
            "text": words[name],
            "showarrow": False,
            "x": 0,
            "xref": "x domain",
            "xanchor": "left",
            "y": 1,
            "yref": f"{axis} domain",
            "yanchor": "bottom",
        }
        for name, axis in (("upper", "y"), ("lower", "y2"))
    ]
    axes |= {"barmode": "overlay", "bargap": 0.25, "showlegend": False, "uirevision": "classifier"}
    below = {"xaxis": "x", "yaxis": "y2"}
    ghost = {"color": "rgba(128,134,139,0.25)", "line": {"color": style.GREY, "width": 0.6 * look.stroke}}
    classes = list(range(CLASSES))
    hover = "%{x}: %{y:.4f}<extra></extra>"
    mark = {"color": style.GREEN, "symbol": "triangle-up", "size": 0.9 * look.marker}
    marks = {"type": "scatter", "mode": "markers", "x": shown.true, "marker": mark, "cliponaxis": False,
             "hovertemplate": words["true"] + " %{x}<extra></extra>"}  # fmt: skip
    upper_mark = _UNDER if is_probability else np.nan  # logits have no room under their bars
    return go.Figure(
        [
            {"type": "bar", "x": classes, "y": shown.upper, "marker": {"color": style.BLUE}, "hovertemplate": hover},
            {"type": "bar", "x": classes, "y": shown.ghost, "width": 0.9, "marker": ghost, "hoverinfo": "skip"} | below,
            {"type": "bar", "x": classes, "y": shown.lower, "width": 0.6, "marker": {"color": style.VERMILLION}}
            | {"hovertemplate": hover}
            | below,
            marks | {"y": [upper_mark, upper_mark]},
            marks | {"y": [_UNDER, _UNDER]} | below,
        ],
        axes,
    )


def _bars(shown: Sheet) -> list[Track]:
    return [track(UPPER, "y", shown.upper), track(GHOST, "y", shown.ghost), track(LOWER, "y", shown.lower)]


def _another(shown: Sheet) -> list[Track]:
    """Another picture: other bars, and other classes on it."""
    return [*_bars(shown), track(UPPER_MARKS, "x", shown.true), track(MARKS, "x", shown.true)]


def logit_span(*logits: Array) -> tuple[float, float]:
    """The upper axis for these logits."""
    low, high = min(float(part.min()) for part in logits), max(float(part.max()) for part in logits)
    room = 0.05 * (high - low) or 1.0
    return min(low, 0.0) - room, max(high, 0.0) + room


# --- one digit ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Digits:
    """Digits to be classified: their pixels, shape (n, 64), labels, shape (n,), and logits, shape (n, 10)."""

    pixels: Array
    labels: NDArray[np.int64]
    logits: Array

    def sheet(self, index: int, temperature: float) -> Sheet:
        """One of them."""
        return of_logits(self.pixels[index], self.logits[index], temperature, self.labels[index])


def digit_film(digits: Digits, index: int, temperature: float, said: Mapping[str, str]) -> Film:
    """What moves with the number of the digit: everything. `said` has right and wrong."""
    positions = np.arange(1.0, len(digits.labels) + 1)
    shown = of_logits(digits.pixels, digits.logits, temperature, digits.labels)
    words = answer_words(digits.logits, np.full(len(positions), temperature), digits.labels, said)
    words["image"] = [str(int(place)) for place in positions]
    told = zip(words["image"], words["label"], words["seen"], words["top"], strict=True)
    words["image_said"] = [f"{place}: {label} → {seen}, {top}" for place, label, seen, top in told]
    return Film(
        "image",
        positions,
        float(index + 1),
        _another(shown),
        words,
        [Picture(0, cells(shown.pixels), INK)],
    )


def temperature_film(logits: Array, label: int | None, temperature: float, said: Mapping[str, str]) -> Film:
    """What moves with the temperature: the probabilities."""
    values = frame_values(TEMPERATURES, temperature)
    frames = np.broadcast_to(logits, (len(values), CLASSES))
    labels = None if label is None else np.full(len(values), label)
    words = answer_words(frames, values, labels, said)
    words["t_said"] = [
        f"T = {t}: {seen}, {top}" for t, seen, top in zip(words["t"], words["seen"], words["top"], strict=True)
    ]
    shown = of_logits(np.zeros(PIXELS), frames, values[:, None], None)
    # all bars: of those that a film leaves out, Plotly takes away the bars
    return Film("t", TEMPERATURES, temperature, _bars(shown), words)


def answer_words(
    logits: Array, temperatures: Array, labels: NDArray[np.int64] | None, said: Mapping[str, str]
) -> dict[str, list[str]]:
    """The slots of each frame: t, seen, top, second, second_p, entropy (bits); with labels label, verdict, loss."""
    p = np.asarray(softmax(logits, temperature=temperatures[:, None]))
    order = np.argsort(-logits, axis=-1, kind="stable")
    frames = np.arange(len(p))
    words = {
        "t": [short(t) for t in temperatures.tolist()],
        "seen": [str(place) for place in order[:, 0].tolist()],
        "top": [percent(share) for share in p[frames, order[:, 0]].tolist()],
        "second": [str(place) for place in order[:, 1].tolist()],
        "second_p": [percent(share) for share in p[frames, order[:, 1]].tolist()],
        "entropy": [number(bits, 3) for bits in np.atleast_1d(entropy(p)).tolist()],
    }
    if labels is not None:
        loss = -np.asarray(log_softmax(logits, temperature=temperatures[:, None]))[frames, labels]
        words["label"] = [str(label) for label in labels.tolist()]
        words["verdict"] = [said["right" if is_right else "wrong"] for is_right in (order[:, 0] == labels).tolist()]
        words["loss"] = [number(value, 3) for value in loss.tolist()]
    return words


def percent(share: float) -> str:
    """A share as people read it; what is nearly certain never looks quite so.

    >>> percent(0.9731), percent(0.99996), percent(1e-9)
    ('97.3%', '> 99.9%', '< 0.1%')
    """
    if 0.9995 <= share < 1:
        return "> 99.9%"
    return "< 0.1%" if 0 < share < 0.0005 else f"{100 * share:.1f}%"


def data_csv(digits: Digits, temperature: float) -> str:
    """Every digit with its label, its logits and its probabilities, as CSV."""
    p = np.asarray(softmax(digits.logits, temperature=temperature))
    columns: dict[str, Sequence[Any] | NDArray[Any]] = {"number": np.arange(1, len(p) + 1), "label": digits.labels}
    columns |= {f"z {place}": digits.logits[:, place] for place in range(CLASSES)}
    return csv_text(columns | {f"p {place} (T = {temperature:g})": p[:, place] for place in range(CLASSES)})


# --- two digits ---------------------------------------------------------------------------------------


def ink(first: float, second: float) -> Array:
    """The ink of both digits as `Pair` takes it."""
    return np.array([first, second])


def ink_film(pair: Pair, which: int, present: tuple[float, float], none: str) -> Film:
    """What moves with the ink of the first digit (`which` 0) or of the second (1): everything."""
    values = frame_values(INKS, present[which])
    inks = np.tile(ink(*present), (len(values), 1))
    inks[:, which] = values
    shown = pair.sheet(inks)
    words = pair_words(shown, inks, none)
    name = "uv"[which]
    words[f"{name}_said"] = [
        f"{share}: softmax {soft}, sigmoid {found}"
        for share, soft, found in zip(words[name], words["soft"], words["found"], strict=True)
    ]
    return Film(name, INKS, present[which], _another(shown), words, [Picture(0, cells(shown.pixels), INK)])


def pair_words(shown: Sheet, inks: Array, none: str) -> dict[str, list[str]]:
    """The slots: u and v (the ink), there, soft, soft_sum, found (what is above ½), found_sum; `none` is no class."""
    classes = [
        ", ".join(str(place) for place in sorted({int(place) for place in true if not np.isnan(place)})) or none
        for true in shown.true
    ]
    return {
        "u": [short(share) for share in inks[:, 0].tolist()],
        "v": [short(share) for share in inks[:, 1].tolist()],
        "there": classes,
        "soft": [f"{int(p.argmax())} ({percent(float(p.max()))})" for p in shown.upper],
        "soft_sum": [number(total, 2) for total in shown.upper.sum(axis=1).tolist()],
        "found": [
            ", ".join(f"{place} ({percent(float(p[place]))})" for place in np.flatnonzero(p > 0.5).tolist()) or none
            for p in shown.lower
        ],
        "found_sum": [number(total, 2) for total in shown.lower.sum(axis=1).tolist()],
    }


def present_pair(pair: Pair, present: tuple[float, float], none: str) -> dict[str, str]:
    """The readout's words for the present ink."""
    inks = ink(*present)[None]
    return {slot: texts[0] for slot, texts in pair_words(pair.sheet(inks), inks, none).items()}


def present_answer(logits: Array, label: int | None, temperature: float, said: Mapping[str, str]) -> dict[str, str]:
    """The readout's words for one picture."""
    labels = None if label is None else np.array([label])
    words = answer_words(logits[None], np.array([temperature]), labels, said)
    return {slot: texts[0] for slot, texts in words.items()}


def pair_csv(pair: Pair, present: tuple[float, float]) -> str:
    """The two rows of bars as CSV."""
    shown = pair.sheet(ink(*present))
    return csv_text({"class": np.arange(CLASSES), "softmax": shown.upper, "sigmoid": shown.lower})
