"""The figures of a unit's life: its z on all images over the epochs, its gradient, and a turn step by step."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.experiments.dying_network import DyingNetwork, Life, Turn
from figures import style
from figures.film import Film, track
from figures.numbers import number, power_of_ten
from figures.table import csv_text

BELOW, ABOVE, SHARE, GRADIENT, TURNS, NOW_SHARE, NOW_GRADIENT = range(7)
_LEAST = 0.5  # a bin without an image lies under the lowest end of the log scale
_MARKS = {"dies": ("x", style.VERMILLION), "wakes": ("star", style.GREEN)}


def figure(
    run: DyingNetwork,
    life: Life,
    layer: int,
    unit: int,
    epoch: int,
    words: Mapping[str, str],
    look: style.Look = style.SCREEN,
) -> go.Figure:
    """Left how many images give the unit which z; right over the epochs its share of active images and its gradient.

    layer and unit count from 0. `words` has z, images, below, above, epoch, share and gradient.
    """
    frames = len(run.accuracy)
    images = int(life.counts[0].sum())
    steps = np.arange(frames)
    middles, counts = _middles(life), _heights(life)
    share, gradient = run.active_share[:, layer, unit], _gradient(run, layer, unit)
    most = max(float(share.max()), 0.01)
    axes = style.layout(look, words["z"], words["images"])
    axes["xaxis"] |= {"domain": [0, 0.46], "range": [life.edges[0], life.edges[-1]], "showgrid": False}
    axes["yaxis"] |= {
        "type": "log", "range": [np.log10(0.7), np.log10(1.3 * images)], "zeroline": False,
        "tickvals": [1, 10, 100, 1000], "ticktext": ["1", "10", "100", "1,000"],
    }  # fmt: skip
    right = style.layout(look, words["epoch"], "")
    span = {"domain": [0.58, 1], "range": [-1, max(frames, 2)]}
    axes["xaxis2"] = right["xaxis"] | span | {"anchor": "y2", "showticklabels": False, "title": {"text": ""}}
    axes["xaxis3"] = right["xaxis"] | span | {"anchor": "y3"}
    axes["yaxis2"] = right["yaxis"] | {
        "domain": [0.56, 1], "anchor": "x2", "range": [-0.06 * most, 1.06 * most], "tickformat": ".0%", "nticks": 4,
    }  # fmt: skip
    axes["yaxis3"] = right["yaxis"] | {"domain": [0, 0.46], "anchor": "x3", "type": "log", "zeroline": False}
    axes["yaxis3"] |= _decades(gradient)
    axes["bargap"] = 0.04
    axes["barmode"] = "overlay"
    axes["margin"]["l"] = 5.4 * look.font
    axes["legend"] |= {"font": {"size": look.small}}
    axes["uirevision"] = f"dead_life {layer} {unit} {life.edges[0]} {life.edges[-1]}"
    upper, lower = {"xaxis": "x2", "yaxis": "y2"}, {"xaxis": "x3", "yaxis": "y3"}
    bar = {"type": "bar", "x": middles, "width": np.diff(life.edges), "hovertemplate": "%{x:.2f}: %{y}<extra></extra>"}
    marks = [_MARKS[turn.kind] for turn in life.turns]
    traces: list[dict[str, Any]] = [
        bar | {"y": counts[epoch, : _zero(life)], "x": middles[: _zero(life)], "name": words["below"],
               "width": np.diff(life.edges)[: _zero(life)], "marker": {"color": style.GREY}},
        bar | {"y": counts[epoch, _zero(life) :], "x": middles[_zero(life) :], "name": words["above"],
               "width": np.diff(life.edges)[_zero(life) :], "marker": {"color": style.BLUE}},
        style.curve(steps, share, words["share"], style.VALUE, look, "%{x}: %{y:.1%}", **upper),
        style.curve(steps, gradient, words["gradient"], style.DERIVATIVE, look, "%{x}: %{y:.2e}", **lower),
        {
            "type": "scatter",
            "mode": "markers",
            "x": [turn.epoch for turn in life.turns],
            "y": [most / 2] * len(life.turns),
            "marker": {
                "symbol": [symbol for symbol, _ in marks], "color": [colour for _, colour in marks],
                "size": look.marker,
            },
            "showlegend": False,
            "hovertemplate": "%{x}<extra></extra>",
            **upper,
        },
        style.points([epoch], share[[epoch]], [style.BLUE], ["circle"], 0.8 * look.marker, **upper),
        style.points([epoch], gradient[[epoch]], [style.VERMILLION], ["diamond"], 0.8 * look.marker, **lower),
    ]  # fmt: skip
    return go.Figure(traces, axes)


def _middles(life: Life) -> NDArray[np.float64]:
    return (life.edges[1:] + life.edges[:-1]) / 2


def _heights(life: Life) -> NDArray[np.float64]:
    return np.maximum(life.counts, _LEAST)


def _zero(life: Life) -> int:
    """How many bins lie below 0."""
    return int((_middles(life) < 0).sum())


def _gradient(run: DyingNetwork, layer: int, unit: int) -> NDArray[np.float64]:
    """The length of the unit's gradient; where it is 0, which no log scale holds, there is none."""
    length = run.gradient[:, layer, unit]
    return np.where(length > 0, length, np.nan)


def _decades(gradient: NDArray[np.float64]) -> dict[str, Any]:
    """A log scale over all there is, labelled at three powers of ten or so."""
    found = gradient[np.isfinite(gradient)]
    ends = np.log10([found.min(), found.max()]) if len(found) else np.array([-4.0, 0.0])
    low, high = int(np.floor(ends[0])), int(np.ceil(ends[1]))
    powers = range(low, high + 1, max(1, (high - low) // 2))
    return {
        "range": [low - 0.2, high + 0.2],
        "tickvals": [10.0**power for power in powers],
        "ticktext": [power_of_ten(power) for power in powers],
    }


def film(run: DyingNetwork, life: Life, layer: int, unit: int, epoch: int, words: Mapping[str, str]) -> Film:
    """What moves with the epoch: the histogram, the points on both curves, and the numbers.

    `words` has alive, cut and dead.
    """
    steps = np.arange(len(run.accuracy), dtype=np.float64)
    counts, zero = _heights(life), _zero(life)
    tracks = [
        track(BELOW, "y", counts[:, :zero]),
        track(ABOVE, "y", counts[:, zero:]),
        track(NOW_SHARE, "x", steps[:, None]),
        track(NOW_SHARE, "y", run.active_share[:, [layer], unit]),
        track(NOW_GRADIENT, "x", steps[:, None]),
        track(NOW_GRADIENT, "y", _gradient(run, layer, unit)[:, None]),
    ]
    tracks = [entry for entry in tracks if entry.values.shape[1]]
    return Film("epoch", steps, float(epoch), tracks, in_words(run, life, layer, unit, words))


def in_words(run: DyingNetwork, life: Life, layer: int, unit: int, words: Mapping[str, str]) -> dict[str, list[str]]:
    """The slots: epoch, active0, highest0, bias0, gradient0 and name0, what the unit is."""
    images = int(life.counts[0].sum())
    active = (run.active_share[:, layer, unit] * images).round().astype(int)
    dead, cut = run.dead[:, layer, unit], run.cut_off[:, layer, unit]
    told = {
        "epoch": [str(epoch) for epoch in range(len(active))],
        "active0": [f"{count:,} / {images:,}" for count in active.tolist()],
        "highest0": [number(z, 2) for z in life.highest.tolist()],
        "bias0": [number(b, 3) for b in life.bias.tolist()],
        "gradient0": [number(g, 4) if g else "0" for g in run.gradient[:, layer, unit].tolist()],
        "name0": [
            words["dead" if is_dead else "cut" if is_cut else "alive"]
            for is_dead, is_cut in zip(dead.tolist(), cut.tolist(), strict=True)
        ],
    }
    said = zip(told["epoch"], told["name0"], told["active0"], strict=True)
    return told | {"epoch_said": [f"{epoch}: {state}, {count}" for epoch, state, count in said]}


def present_words(
    run: DyingNetwork, life: Life, layer: int, unit: int, epoch: int, words: Mapping[str, str]
) -> dict[str, str]:
    """The readout's words for one epoch."""
    return {slot: texts[epoch] for slot, texts in in_words(run, life, layer, unit, words).items()}


# --- a turn, step by step ------------------------------------------------------------------------


def turn_figure(turn: Turn, words: Mapping[str, str], look: style.Look = style.SCREEN) -> go.Figure:
    """The largest z over all images after every step of the turn's epoch; `words` has step and highest."""
    steps = np.arange(len(turn.highest))
    axes = style.layout(look, words["step"], words["highest"])
    axes["height"] = 0.72 * look.height
    axes["showlegend"] = False
    axes["margin"]["t"] = 0.6 * look.font
    axes["xaxis"] |= {"range": [-1, len(steps)], "zeroline": False}
    symbol, colour = _MARKS[turn.kind]
    ends = [turn.step - 1, turn.step]
    return go.Figure(
        [
            style.curve(steps, turn.highest, "", style.VALUE, look, "%{x}: %{y:.3f}"),
            style.points(ends, turn.highest[ends], [style.BLUE, colour], ["circle", symbol], look.marker),
        ],
        axes,
    )


def turn_words(run: DyingNetwork, turn: Turn) -> dict[str, str]:
    """A turn in numbers: epoch, step, of steps, images answered to before and after, z, gradient, move and bias."""
    slope = run.settings.f.derivative

    def answered(z: NDArray[np.floating[Any]]) -> str:
        return f"{int((slope(z) != 0).sum()):,}"

    rate = run.settings.learning_rate
    return {
        "epoch": str(turn.epoch),
        "step": str(turn.step),
        "steps": str(len(turn.highest) - 1),
        "images": f"{len(turn.before):,}",
        "active_before": answered(turn.before),
        "active_after": answered(turn.after),
        "before": number(float(turn.before.max()), 3),
        "after": number(float(turn.after.max()), 3),
        "own": number(float(turn.own.max()), 3),
        "below": number(float(turn.below.max()), 3),
        "gradient": number(turn.gradient, 3),
        "rate": f"{rate:g}",
        "move": number(rate * turn.gradient, 3),
        "bias_before": number(turn.bias[0], 3),
        "bias_after": number(turn.bias[1], 3),
    }


def cause(run: DyingNetwork, turn: Turn) -> str:
    """What killed a unit: "own" weights alone, the layers "below" alone, "either", or only both "together"."""
    own, below = (not (run.settings.f.derivative(z) != 0).any() for z in (turn.own, turn.below))
    if own and below:
        return "either"
    return "own" if own else "below" if below else "together"


def data_csv(run: DyingNetwork, life: Life, layer: int, unit: int) -> str:
    """The life as CSV: per epoch the share, the gradient, the largest z, the bias, and the images in each bin."""
    columns: dict[str, Any] = {
        "epoch": np.arange(len(run.accuracy)),
        "active share": run.active_share[:, layer, unit],
        "gradient": run.gradient[:, layer, unit],
        "largest z": life.highest,
        "bias": life.bias,
    }
    bins = zip(life.edges[:-1].tolist(), life.edges[1:].tolist(), life.counts.T, strict=True)
    return csv_text(columns | {f"images with z from {low:.4g} to {high:.4g}": count for low, high, count in bins})
