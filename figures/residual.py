"""Plain against residual in three charts: how well both learn, and over the blocks their signal and their gradient.

Films count the charts in the order of CHARTS, those of the start without the first. Words are passed in.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.experiments.residual import KINDS, Comparison, Passage
from figures import style
from figures.depth import SIGMA_W
from figures.film import Film, Track, frame_values, track
from figures.numbers import number, power_of_ten, short
from figures.table import csv_text

Values = NDArray[np.float64]
Range = tuple[float, float]

CHARTS = ("learning", "signal", "gradient")
OVER_BLOCKS = CHARTS[1:]
DEPTHS = tuple(range(4, 65, 4))  # where the handle for the depth stops
REFERENCES = (1.2, 1.6)  # σ_w: the axes hold what stacks of the greatest depth do with them, and so they stand still
LINES: dict[str, dict[str, str]] = {
    "plain": {"color": style.VERMILLION, "dash": "dash"},
    "residual": {"color": style.BLUE, "dash": "solid"},
}
TESTED = "dot"
# The traces of the chart of learning: training and test of each network, the points. Over the blocks: each network.
LEARNT, MARKS = (0, 2), 4
_QUANTITIES = {"signal": "difference", "gradient": "gradient"}
_LOWEST, _HIGHEST = -40.0, 20.0  # powers of ten at an axis
FEWEST, BELOW = 2.0, 6.0  # powers of ten that an axis has at least; and before training, where signals fade


def powers(found: Passage, chart: str) -> Values:
    """What a chart over the blocks shows, as powers of ten; NaN where there is nothing."""
    with np.errstate(divide="ignore"):
        values = np.log10(np.asarray(getattr(found, _QUANTITIES[chart])))
    return np.where(np.isfinite(values), values, np.nan)


def limits(chart: str, passages: Sequence[Passage], fewest: float = FEWEST) -> Range:
    """The ends of a chart's axis, so that it holds all of these passages, and at least so many powers of ten."""
    values = np.concatenate([powers(found, chart).ravel() for found in passages])
    values = values[np.isfinite(values)]
    low, high = math.floor(min(values.min(initial=0.0), 0.0)), math.ceil(max(values.max(initial=0.0), 0.0))
    return max(min(low, high - fewest), _LOWEST), min(high + 0.2, _HIGHEST)


def learning(run: Comparison, epoch: int, words: Mapping[str, str], look: style.Look) -> go.Figure:
    """Accuracy over the epochs. `words`: epoch, accuracy, test, and plain and residual, the names of the networks."""
    steps = np.arange(len(run.accuracy))
    axes = style.layout(look, words["epoch"], "", uirevision=f"learning {len(steps)}")
    axes["xaxis"] |= {"range": [-0.5, len(steps) - 0.5], "zeroline": False}
    axes["yaxis"] |= {"range": [-0.03, 1.04], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    traces = []
    for place, kind in enumerate(KINDS):
        for part, name in enumerate((words[kind], words["test"])):
            line = LINES[kind] | ({"dash": TESTED, "width": 0.7 * look.stroke} if part else {})
            shown = {"showlegend": not part}
            traces.append(style.curve(steps, run.accuracy[:, place, part], name, line, look, "%{x}: %{y:.1%}", **shown))
    colours, symbols = _marks()
    traces.append(style.points([epoch] * 2, run.accuracy[epoch, :, 0], colours, symbols, look.marker))
    return go.Figure(traces, axes)


def over_blocks(
    found: Passage, chart: str, ends: Range, span: int, words: Mapping[str, str], look: style.Look
) -> go.Figure:
    """A chart over the blocks of one passage, shape (2, blocks + 1). `words`: block, and plain and residual."""
    axes = style.layout(look, words["block"], "", uirevision=f"{chart} {span} {ends}")
    axes["xaxis"] |= {"range": [-0.02 * span, 1.02 * span], "zeroline": False}
    step = next(step for step in (1, 2, 3, 5, 10, 20) if (ends[1] - ends[0]) / step <= 6)
    ticks = [power for power in range(-60, 61, step) if ends[0] <= power <= ends[1]]
    axes["yaxis"] |= {"range": list(ends), "tickvals": ticks, "ticktext": [power_of_ten(power) for power in ticks]}
    shown = padded(powers(found, chart), span)
    traces = [
        style.curve(np.arange(span + 1), values, words[kind], LINES[kind], look, "%{x}: 10<sup>%{y:.2f}</sup>")
        for kind, values in zip(KINDS, shown, strict=True)
    ]
    return go.Figure(traces, axes)


def padded(values: Values, span: int) -> Values:
    """Curves up to block `span`, empty beyond the last block there is."""
    missing = span + 1 - values.shape[-1]
    return np.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, missing)], constant_values=np.nan)


def _marks() -> tuple[list[str], list[str]]:
    return [LINES[kind]["color"] for kind in KINDS], ["diamond", "circle"]


def _over_blocks_tracks(found: Sequence[Passage], span: int, first: int) -> list[Track]:
    """The curves over the blocks, a frame a passage."""
    return [
        track(place, "y", np.stack([padded(powers(one, chart), span)[place] for one in found]), chart=number)
        for number, chart in enumerate(OVER_BLOCKS, start=first)
        for place in range(len(KINDS))
    ]


def at(found: Passage, index: int) -> Passage:
    """One passage out of many."""
    return Passage(found.size[index], found.difference[index], found.gradient[index])


def epoch_film(run: Comparison, epoch: int) -> Film:
    """What moves with the epoch: the points on the curves, and the signal and gradient of both networks."""
    steps = np.arange(len(run.accuracy), dtype=np.float64)
    values = frame_values(steps, float(epoch))
    frames = values.astype(int)
    tracks = [
        track(MARKS, "x", values[:, None], values[:, None]),
        track(MARKS, "y", run.accuracy[frames, :, 0]),
        *_over_blocks_tracks([at(run.passage, frame) for frame in frames.tolist()], run.settings.depth, 1),
    ]
    return Film("epoch", steps, float(epoch), tracks, training_words(run, frames))


def depth_film(found: Mapping[int, Passage], present: int) -> Film:
    """What moves with the depth; `found` has the start of every depth at which the handle stops, and of the present."""
    positions = np.array(DEPTHS, dtype=np.float64)
    depths = frame_values(positions, float(present)).astype(int).tolist()
    passages = [found[depth] for depth in depths]
    words = start_words(passages) | {"depth": [str(depth) for depth in depths]}
    return Film("depth", positions, float(present), _over_blocks_tracks(passages, DEPTHS[-1], 0), _said(words, "depth"))


def sigma_film(sweep: Passage, mine: Passage, present: float) -> Film:
    """What moves with σ_w; `sweep` is over SIGMA_W, `mine` the start with the present value."""
    values = frame_values(SIGMA_W, present)
    passages = [at(sweep, index) for index in range(len(SIGMA_W))] + [mine] * (len(values) - len(SIGMA_W))
    words = start_words(passages) | {"sw": [short(value, 3) for value in values.tolist()]}
    return Film("sw", SIGMA_W, present, _over_blocks_tracks(passages, DEPTHS[-1], 0), _said(words, "sw"))


def _said(words: dict[str, list[str]], handle: str) -> dict[str, list[str]]:
    said = zip(words[handle], words["difference0"], words["difference1"], strict=True)
    return words | {f"{handle}_said": [f"{value}: {plain}, {residual}" for value, plain, residual in said]}


def start_words(found: Sequence[Passage]) -> dict[str, list[str]]:
    """The slots, row 0 plain and 1 residual: size and difference behind the last block, gradient at the first."""
    words: dict[str, list[str]] = {}
    for row in range(len(KINDS)):
        words[f"size{row}"] = [_measured(float(one.size[row, -1])) for one in found]
        words[f"difference{row}"] = [_measured(float(one.difference[row, -1])) for one in found]
        words[f"gradient{row}"] = [_measured(float(one.gradient[row, 0])) for one in found]
    return words


def training_words(run: Comparison, frames: NDArray[np.intp]) -> dict[str, list[str]]:
    """The slots: epoch, and by row accuracy and loss of training and test digits, difference and gradient."""
    words = start_words([at(run.passage, frame) for frame in frames.tolist()])
    words["epoch"] = [str(frame) for frame in frames.tolist()]
    for row in range(len(KINDS)):
        for part, slot in enumerate(("learnt", "tested")):
            words[f"{slot}{row}"] = [_share(share) for share in run.accuracy[frames, row, part].tolist()]
        words[f"loss{row}"] = [_measured(loss) for loss in run.loss[frames, row, 0].tolist()]
    said = zip(words["epoch"], words["learnt0"], words["learnt1"], strict=True)
    return words | {"epoch_said": [f"{epoch}: {plain}, {residual}" for epoch, plain, residual in said]}


def present_words(run: Comparison, epoch: int) -> dict[str, str]:
    """The readout's words for the present epoch."""
    return {slot: texts[0] for slot, texts in training_words(run, np.array([epoch])).items()}


def _measured(value: float) -> str:
    return number(value, 3) if math.isfinite(value) else "—"


def _share(share: float) -> str:
    return f"{100 * share:.1f}%" if math.isfinite(share) else "—"


def training_csv(run: Comparison) -> str:
    """The training as CSV: for every epoch and network accuracy and loss, of training and test digits."""
    columns: dict[str, NDArray[Any]] = {"epoch": np.arange(len(run.accuracy))}
    for place, kind in enumerate(KINDS):
        for part, name in enumerate(("training", "test")):
            columns[f"{name} accuracy ({kind})"] = run.accuracy[:, place, part]
            columns[f"{name} loss ({kind})"] = run.loss[:, place, part]
    return csv_text(columns)


def start_csv(found: Passage) -> str:
    """The start as CSV: for every block and network size, difference and gradient."""
    columns: dict[str, NDArray[Any]] = {"block": np.arange(found.size.shape[-1])}
    for place, kind in enumerate(KINDS):
        columns |= {f"{name} ({kind})": getattr(found, name)[place] for name in ("size", "difference", "gradient")}
    return csv_text(columns)
