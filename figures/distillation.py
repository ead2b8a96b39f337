"""Soft targets: a teacher's probabilities and a student's at one temperature, and the gradient over all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations import entropy
from activations.experiments.sampling import EXAMPLES, WORDS, Distillation, distil
from figures import style
from figures.film import Film, Track, frame_values, track
from figures.numbers import number, power_of_ten, short
from figures.sampling import Named, roots
from figures.softmax import as_text
from figures.table import csv_text

CHARTS = ("targets", "gradient")
TEACHER, STUDENT = range(2)  # of the first chart
PLAIN, WEIGHTED, LIMIT, NOW = range(4)  # of the second
TEMPERATURES = np.array([float(f"{value:.3g}") for value in np.geomspace(1, 30, 61)])


def found(example: str, temperatures: NDArray[np.float64] = TEMPERATURES) -> Distillation:
    """The example's teacher and student at some temperatures."""
    return distil(*EXAMPLES[example], temperatures)


def targets(example: str, temperature: float, named: Named, look: style.Look) -> go.Figure:
    """The teacher's and the student's probabilities. `named.labels`: probability, teacher, student."""
    now, labels = found(example, np.array([temperature])), named.labels
    places = list(range(WORDS))
    axes = style.layout(look, "", labels["probability"], barmode="group", bargap=0.2)
    axes["xaxis"] |= {
        "tickvals": places,
        "ticktext": [as_text(word) for word in named.words],
        "tickangle": -90,
        "showgrid": False,
        "range": [-0.6, WORDS - 0.4],
        "zeroline": False,
    }
    axes["yaxis"] |= roots(look)
    axes["margin"]["b"] = 6 * look.font
    axes["uirevision"] = f"targets {example}"
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": places,
            "name": labels[name],
            "marker": {"color": colour},
            "hovertemplate": f"%{{customdata:.2%}}<extra>{labels[name]}</extra>",
        }
        for name, colour in (("teacher", style.BLUE), ("student", style.VERMILLION))
    ]
    for moved in _bars(now):
        traces[moved.trace][moved.attribute] = moved.values[0]
    return go.Figure(traces, axes)


def _bars(now: Distillation) -> list[Track]:
    return [
        track(trace, attribute, values)
        for trace, p in ((TEACHER, now.targets), (STUDENT, now.guesses))
        for attribute, values in (("y", np.sqrt(p)), ("customdata", p))
    ]


def gradient(example: str, temperature: float, labels: Mapping[str, str], look: style.Look) -> go.Figure:
    """The gradient's length over the temperature, plain and times T². `labels`: temperature, size, plain, weighted,
    limit."""
    over = found(example)
    low, high = np.floor(np.log10(over.size.min())), np.ceil(np.log10(over.temperature**2 * over.size).max())
    axes = style.layout(look, labels["temperature"], labels["size"])
    ticks = [1, 2, 5, 10, 20, 30]
    axes["xaxis"] |= {
        "range": [-0.03, np.log10(TEMPERATURES[-1]) + 0.03],
        "tickvals": np.log10(ticks),
        "ticktext": [str(tick) for tick in ticks],
        "zeroline": False,
    }
    powers = np.arange(low, high + 1)
    axes["yaxis"] |= {
        "range": [low, high + 0.1],
        "tickvals": powers,
        "ticktext": [power_of_ten(int(power)) for power in powers],
        "zeroline": False,
    }
    axes["uirevision"] = f"gradient {example}"
    x = np.log10(over.temperature)
    hover = "T = %{customdata:.3g}: 10<sup>%{y:.2f}</sup>"
    curves = (
        (over.size, labels["plain"], style.VALUE),
        (over.temperature**2 * over.size, labels["weighted"], style.DERIVATIVE),
        (np.full(len(x), over.limit), labels["limit"], {"color": style.GREY, "dash": "dot"}),
    )
    lines = [style.curve(x, np.log10(y), name, line, look, hover, customdata=over.temperature)
             for y, name, line in curves]  # fmt: skip
    points = style.points([], [], [style.BLUE, style.VERMILLION], "circle", look.marker)
    for moved in _points(found(example, np.array([temperature]))):
        points[moved.attribute] = moved.values[0]
    return go.Figure([*lines, points], axes)


def _points(now: Distillation) -> list[Track]:
    x = np.log10(now.temperature)[:, None]
    y = np.log10(now.size)[:, None]
    return [track(NOW, "x", x, x, chart=1), track(NOW, "y", y, 2 * x + y, chart=1)]


def film(example: str, temperature: float) -> Film:
    """What moves with the temperature of the soft targets, on both charts."""
    values = frame_values(TEMPERATURES, temperature)
    now = found(example, values)
    words = readout(now)
    said = [f"T = {t}, T² · ‖∂L/∂z‖ = {weighted}" for t, weighted in zip(words["soft"], words["weighted"], strict=True)]
    return Film("soft", TEMPERATURES, temperature, [*_bars(now), *_points(now)], words | {"soft_said": said})


def readout(now: Distillation) -> dict[str, list[str]]:
    """The slots: soft; first and second, the teacher's likeliest words' p; entropy (bits); size, weighted, limit."""
    ordered = np.sort(now.targets, axis=-1)
    return {
        "soft": [short(t) for t in now.temperature.tolist()],
        "first": [f"{share:.1%}" for share in ordered[:, -1].tolist()],
        "second": [f"{share:.1%}" for share in ordered[:, -2].tolist()],
        "entropy": [number(bits, 3) for bits in np.atleast_1d(entropy(now.targets)).tolist()],
        "size": [number(size) for size in now.size.tolist()],
        "weighted": [number(size) for size in (now.temperature**2 * now.size).tolist()],
        "limit": [number(now.limit)] * len(now.temperature),
    }


def present_words(example: str, temperature: float) -> dict[str, str]:
    """The readout's words for the present state."""
    return {slot: texts[0] for slot, texts in readout(found(example, np.array([temperature]))).items()}


def data_csv(example: str, temperature: float, words: Sequence[str]) -> str:
    """The charts' data as CSV: for each word both logits, both probabilities and the gradient at this temperature."""
    now = found(example, np.array([temperature]))
    columns = {"word": words} | dict(zip(("teacher's logit", "student's logit"), EXAMPLES[example], strict=True))
    more = {"soft target": now.targets[0], "student's p": now.guesses[0], "gradient": now.gradient[0]}
    return csv_text(columns | more)
