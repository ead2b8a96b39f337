"""Attention over a reader's words: scores and weights as a picture, one row as bars, and what d_k does to both."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations import entropy
from activations.experiments.attention import (
    attention_weights,
    causal,
    dot_products,
    jacobian_norm,
    token_vectors,
)  # fmt: skip
from figures import style
from figures.film import Film, Picture, Track, frame_values, present_frame, track
from figures.numbers import number, short
from figures.picture import image, palette, places
from figures.softmax import as_text
from figures.table import csv_text

CHARTS = ("weights", "row", "growth")
MAP, ROW, GROWTH = range(3)
OTHER, BARS = range(2)  # traces of the second chart
# Traces of the third: entropy and slope, divided by √d_k and not, and the points on them.
ENTROPY, ENTROPY_RAW, SLOPE, SLOPE_RAW, ENTROPY_NOW, SLOPE_NOW = range(6)

Values = NDArray[np.floating[Any]]
_POWERS = [2**power for power in range(10)]
WIDTHS: NDArray[np.float64] = np.unique([*np.geomspace(1, 512, 64).round(), *_POWERS])
TEMPERATURES: NDArray[np.float64] = np.array([float(f"{value:.3g}") for value in np.geomspace(0.1, 10, 41)])
LARGEST_SCORE = 4.0  # at the ends of the colours: scores divided by √d_k are of a size of 1
_PIXELS = 48  # a side of the picture: what smooths it blurs only the edges of its cells
_BESIDE = 11  # so many names stand at a side in letters of full size
_FEW = 8  # so many bars leave room for their numbers
_HIDDEN = 0  # the place in a palette of what may not be seen: clear


def _with_clear(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    clear = colours.copy()
    clear[_HIDDEN] = 0
    return clear


WEIGHTS = _with_clear(palette("#F5F5F5", style.BLUE, "#00314D"))
SCORES = _with_clear(palette(style.BLUE, "#F5F5F5", style.VERMILLION))


@dataclass(frozen=True)
class Shown:
    """What is on the screen: the tokens with their seeded vectors, how attention is set, and the row looked at."""

    tokens: tuple[str, ...]
    seed: int = 0
    width: int = 64
    temperature: float = 1.0
    scaled: bool = True
    causal: bool = False
    row: int = 0
    scores: bool = False  # the picture shows scores instead of weights

    @property
    def visible(self) -> NDArray[np.bool_]:
        """What each token may look at."""
        many = len(self.tokens)
        return causal(many) if self.causal else np.ones((many, many), dtype=bool)

    @cached_property
    def vectors(self) -> tuple[Values, Values]:
        """The queries and keys of the tokens."""
        return token_vectors(self.tokens, self.seed)

    def dots(self, widths: Values) -> Values:
        """q · k for each of some d_k."""
        return dot_products(*self.vectors, [int(width) for width in widths])


@dataclass(frozen=True)
class Frames:
    """Attention at some d_k and temperatures, one a frame; with the divisor √d_k (first) and without (second).

    scores: what goes into softmax; weights: what comes out, both (2, frames, tokens, tokens). spread:
    the scores' standard deviation, entropy (bits), top (the largest weight of a row) and slope (the
    size of softmax's Jacobian), all (2, frames): averages over the rows.
    """

    widths: Values
    temperatures: Values
    scores: Values
    weights: Values
    spread: Values
    entropy: Values
    top: Values
    slope: Values


def frames(shown: Shown, widths: Values, temperatures: Values) -> Frames:
    """Work attention out at every pair of a width and a temperature."""
    dots = shown.dots(np.unique(widths))[np.unique(widths, return_inverse=True)[1]]
    divisors = np.stack([np.sqrt(widths) * temperatures, temperatures])[..., None, None]
    visible = shown.visible
    weights = attention_weights(np.broadcast_to(dots, (2, *dots.shape)), divisors, visible)
    scores = dots / divisors
    return Frames(
        widths,
        temperatures,
        scores,
        weights,
        scores[..., visible].std(axis=-1),
        entropy(weights).mean(axis=-1),
        weights.max(axis=-1).mean(axis=-1),
        jacobian_norm(weights).mean(axis=-1),
    )


def _now(shown: Shown) -> Frames:
    return frames(shown, np.array([float(shown.width)]), np.array([shown.temperature]))


def _over_widths(shown: Shown, temperatures: Values) -> Values:
    """Entropy divided and not, slope divided and not, at every width: shape (4, temperatures, widths)."""
    found = frames(shown, np.tile(WIDTHS, len(temperatures)), np.repeat(temperatures, len(WIDTHS)))
    return np.concatenate([found.entropy, found.slope]).reshape(4, len(temperatures), len(WIDTHS))


@lru_cache(maxsize=64)
def _kept(tokens: tuple[str, ...], seed: int, is_causal: bool) -> Values:
    """The curves at the handle's temperatures: the same wherever the handles stand, and nearly all of a film's work."""
    return _over_widths(Shown(tokens, seed, causal=is_causal), TEMPERATURES)


# --- the charts ---------------------------------------------------------------------------------------


def weights(shown: Shown, words: Mapping[str, str], look: style.Look) -> go.Figure:
    """The picture: a row for each token that asks, a column for each that is looked at. `words`: key, query."""
    many = len(shown.tokens)
    axes = style.layout(look, words["key"], words["query"])
    shared = {"showgrid": False, "zeroline": False, "range": [-0.5, many - 0.5]}
    names = _names(shown.tokens, look)
    axes["xaxis"] |= shared | names | {"tickangle": -90, "side": "top"}
    axes["yaxis"] |= shared | names | {"tickvals": [many - 1 - place for place in names["tickvals"]]}
    side = _room(shown.tokens, look)
    axes["margin"] = {
        "l": side + 1.6 * look.font,
        "r": 0.4 * look.font,
        "t": side + 2.1 * look.font,
        "b": 0.4 * look.font,
    }
    axes["showlegend"] = False
    axes["clickanywhere"] = True
    axes["uirevision"] = f"weights {many}"
    moved = _picture(shown, _now(shown))
    axes["images"] = [image(moved.values[0], moved.palette, (-0.5, many - 0.5), (-0.5, many - 0.5))]
    frame = {
        "type": "scatter",
        "mode": "lines",
        "line": {"color": style.VERMILLION, "width": look.stroke},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
    for part in _frame(many, np.array([shown.row])):
        frame[part.attribute] = part.values[0]
    return go.Figure([frame], axes)


def _names(tokens: tuple[str, ...], look: style.Look) -> dict[str, Any]:
    """The tokens at an axis: shorter and smaller where they are many, and from afar not all of them."""
    step = math.ceil(len(tokens) / _BESIDE) if look.font >= style.CLASSROOM.font else 1
    places = list(range(0, len(tokens), step))
    return {
        "tickvals": places,
        "ticktext": [as_text(_name(tokens[place], len(tokens))) for place in places],
        "tickfont": {"size": _size(tokens, look)},
    }


def _size(tokens: tuple[str, ...], look: style.Look) -> float:
    return look.font if len(tokens) <= _BESIDE or look.font >= style.CLASSROOM.font else 0.78 * look.font


def _wide(text: str) -> float:
    """About how wide it is, in sizes of its letters."""
    return sum(0.56 if c.isascii() else 1.02 for c in text)


def _name(token: str, many: int) -> str:
    most = 6.1 if many <= _BESIDE else 4.4
    if _wide(token) <= most:
        return token
    kept = next(kept for kept in range(len(token) - 1, -1, -1) if _wide(f"{token[:kept]}…") <= most)
    return f"{token[:kept]}…"


def _room(tokens: tuple[str, ...], look: style.Look) -> float:
    """How much room the names take."""
    return (max(1.0, *(_wide(_name(token, len(tokens))) for token in tokens)) + 0.6) * _size(tokens, look)


def _picture(shown: Shown, found: Frames) -> Picture:
    which = 0 if shown.scaled else 1
    if shown.scores:
        cells, colours = places(found.scores[which], -LARGEST_SCORE, LARGEST_SCORE), SCORES
    else:
        cells, colours = places(found.weights[which], 0, 1), WEIGHTS
    # Place 0 is for what is hidden, and nothing else.
    cells = np.where(shown.visible, np.maximum(cells, 1), _HIDDEN).astype(np.uint8)[:, ::-1]
    times = math.ceil(_PIXELS / cells.shape[-1])
    return Picture(0, cells.repeat(times, axis=1).repeat(times, axis=2), colours, MAP)


def _frame(many: int, rows: NDArray[np.int64]) -> list[Track]:
    """The frame around one row of the picture."""
    top = many - 0.5 - rows[:, None]
    left = np.full(top.shape, -0.5)
    right = left + many
    return [
        track(0, "x", left, right, right, left, left, chart=MAP),
        track(0, "y", top, top, top - 1, top - 1, top, chart=MAP),
    ]


def row(shown: Shown, words: Mapping[str, str], look: style.Look) -> go.Figure:
    """What one token looks at, as bars, with the other choice of divisor as a ghost.

    `words`: weight, divided, plain.
    """
    many = len(shown.tokens)
    names = [words["divided"], words["plain"]]
    axes = style.layout(look, "", words["weight"], barmode="overlay", bargap=0.1)
    axes["xaxis"] |= _names(shown.tokens, look) | {
        "tickangle": -90,
        "showgrid": False,
        "zeroline": False,
        "range": [-0.6, many - 0.4],
    }
    axes["yaxis"] |= {"range": [0, 1.08], "tickvals": [0, 0.5, 1]}
    axes["margin"]["b"] = _room(shown.tokens, look) + 0.6 * look.font
    axes["uirevision"] = f"row {many}"
    grey = {"color": "rgba(128,134,139,0.25)", "line": {"color": style.GREY, "width": look.stroke}}
    bars: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": list(range(many)),
            "width": width,
            "name": name,
            "marker": marker,
            "hovertemplate": f"%{{y:.4f}}<extra>{name}</extra>",
        }
        for name, width, marker in (
            (names[shown.scaled], 0.86, grey),
            (names[not shown.scaled], 0.6, {"color": style.BLUE}),
        )
    ]
    if many <= _FEW:
        bars[BARS] |= {
            "texttemplate": "%{y:.2f}",
            "textposition": "outside",
            "constraintext": "none",
            "textfont": {"size": look.small},
            "cliponaxis": False,
        }
    for moved in _bars(shown, _now(shown), np.array([shown.row])):
        bars[moved.trace][moved.attribute] = moved.values[0]
    return go.Figure(bars, axes)


def _bars(shown: Shown, found: Frames, rows: NDArray[np.int64]) -> list[Track]:
    mine = 0 if shown.scaled else 1
    count = max(len(rows), found.weights.shape[1])
    at = np.broadcast_to(rows, count)
    frame = np.broadcast_to(np.arange(found.weights.shape[1]), count)
    return [
        track(trace, "y", found.weights[which, frame, at], chart=ROW)
        for trace, which in ((OTHER, 1 - mine), (BARS, mine))
    ]


def growth(shown: Shown, words: Mapping[str, str], look: style.Look) -> go.Figure:
    """Entropy, and the size of softmax's slopes, over d_k. `words`: width, entropy, slope, divided, plain."""
    axes = style.layout(look, words["width"], "")
    axes["xaxis"] |= {
        "range": [-0.08, math.log10(512) + 0.08],
        "tickvals": np.log10([1, 8, 64, 512]),
        "ticktext": ["1", "8", "64", "512"],
        "zeroline": False,
        "anchor": "y2",
    }
    most = float(entropy(attention_weights(np.zeros(shown.visible.shape), 1.0, shown.visible)).mean()) or 1.0
    axes["yaxis2"] = axes["yaxis"] | {"domain": [0, 0.36], "range": [0, 0.54], "tickvals": [0, 0.25, 0.5]}
    axes["yaxis2"] |= {"zeroline": False}
    axes["yaxis"] |= {"domain": [0.54, 0.9], "range": [0, 1.08 * most], "nticks": 4, "zeroline": False}
    axes["uirevision"] = f"growth {len(shown.tokens)} {shown.causal}"
    axes["annotations"] = [
        {
            "text": words[name],
            "showarrow": False,
            "xref": "paper",
            "yref": "paper",
            "x": 0,
            "y": y,
            "xanchor": "left",
            "yanchor": "bottom",
            "font": {"size": look.small},
        }
        for name, y in (("entropy", 0.9), ("slope", 0.36))
    ]
    x = np.log10(WIDTHS)
    hover = "d<sub>k</sub> = %{customdata}: %{y:.3f}"
    lines = [
        style.curve(x, [], words[name], looks, look, hover, yaxis=axis, showlegend=axis == "y", customdata=WIDTHS)
        for axis in ("y", "y2")
        for name, looks in (("divided", style.VALUE), ("plain", style.DERIVATIVE))
    ]
    colours = [style.BLUE, style.VERMILLION]
    points = [style.points([], [], colours, "circle", 0.8 * look.marker, yaxis=axis) for axis in ("y", "y2")]
    traces = [*lines, *points]
    for moved in [*_lines(shown, np.array([shown.temperature])), *_points(_now(shown))]:
        traces[moved.trace][moved.attribute] = moved.values[0]
    return go.Figure(traces, axes)


def _lines(shown: Shown, temperatures: Values) -> list[Track]:
    """The curves of each temperature."""
    kept = _kept(shown.tokens, shown.seed, shown.causal)
    places = [present_frame(TEMPERATURES, float(temperature)) for temperature in temperatures]
    found = [
        kept[:, place] if place < len(TEMPERATURES) else _over_widths(shown, temperatures[[frame]])[:, 0]
        for frame, place in enumerate(places)
    ]
    return [
        track(trace, "y", np.array([curves[place] for curves in found]), chart=GROWTH)
        for place, trace in enumerate((ENTROPY, ENTROPY_RAW, SLOPE, SLOPE_RAW))
    ]


def _points(found: Frames) -> list[Track]:
    x = np.log10(found.widths)[:, None]
    return [
        part
        for trace, values in ((ENTROPY_NOW, found.entropy), (SLOPE_NOW, found.slope))
        for part in (track(trace, "x", x, x, chart=GROWTH), track(trace, "y", values.T, chart=GROWTH))
    ]


def row_at(y: float, tokens: int) -> int:
    """The row of the picture at a height of its chart."""
    return int(np.clip(tokens - 1 - round(y), 0, tokens - 1))


def row_of_scores(shown: Shown) -> Values:
    """The scores of the row that is looked at, as they go into softmax."""
    return np.asarray(_now(shown).scores[0 if shown.scaled else 1, 0, shown.row])


# --- the films ----------------------------------------------------------------------------------------


def width_film(shown: Shown) -> Film:
    """What moves with d_k: the picture, the bars, and the points on the curves."""
    values = frame_values(WIDTHS, shown.width)
    found = frames(shown, values, np.full(len(values), shown.temperature))
    words = readout(shown, found, np.array([shown.row]))
    tracks = [*_bars(shown, found, np.array([shown.row])), *_points(found)]
    said = [
        f"d_k = {d}, H = {bits}" for d, bits in zip(words["d"], words[f"entropy{int(not shown.scaled)}"], strict=True)
    ]
    return Film("d", WIDTHS, shown.width, tracks, words | {"d_said": said}, [_picture(shown, found)])


def temperature_film(shown: Shown) -> Film:
    """What moves with the temperature: all of it, the curves too."""
    values = frame_values(TEMPERATURES, shown.temperature)
    found = frames(shown, np.full(len(values), float(shown.width)), values)
    words = readout(shown, found, np.array([shown.row]))
    tracks = [*_bars(shown, found, np.array([shown.row])), *_points(found), *_lines(shown, values)]
    said = [
        f"T = {t}, H = {bits}" for t, bits in zip(words["t"], words[f"entropy{int(not shown.scaled)}"], strict=True)
    ]
    return Film("t", TEMPERATURES, shown.temperature, tracks, words | {"t_said": said}, [_picture(shown, found)])


def row_film(shown: Shown) -> Film:
    """What moves with the row that is looked at: its frame, and its bars."""
    many = len(shown.tokens)
    rows = np.arange(many)
    found = _now(shown)
    words = readout(shown, found, rows)
    said = [f"{place}: {looks}" for place, looks in zip(words["row"], words["best"], strict=True)]
    tracks = [*_frame(many, rows), *_bars(shown, found, rows)]
    return Film("row", rows.astype(np.float64) + 1, shown.row + 1.0, tracks, words | {"row_said": said})


def readout(shown: Shown, found: Frames, rows: NDArray[np.int64]) -> dict[str, list[str]]:
    """The slots of each frame: d, t, row; and of the row its token (asks), the one it looks at most (best) and share.

    With 0 for divided by √d_k and 1 for not: spread, entropy (bits), top and slope.
    """
    count = max(len(rows), found.weights.shape[1])
    at = np.broadcast_to(rows, count)
    frame = np.broadcast_to(np.arange(found.weights.shape[1]), count)
    looks = found.weights[0 if shown.scaled else 1, frame, at]
    told = {
        "d": [f"{width:.0f}" for width in found.widths[frame].tolist()],
        "t": [short(value) for value in found.temperatures[frame].tolist()],
        "row": [str(place + 1) for place in at.tolist()],
        "asks": [shown.tokens[place] for place in at.tolist()],
        "best": [shown.tokens[place] for place in looks.argmax(axis=-1).tolist()],
        "share": [f"{share:.1%}" for share in looks.max(axis=-1).tolist()],
    }
    for which in range(2):
        told |= {
            f"spread{which}": [number(value, 3) for value in found.spread[which, frame].tolist()],
            f"entropy{which}": [number(value, 3) for value in found.entropy[which, frame].tolist()],
            f"top{which}": [f"{value:.1%}" for value in found.top[which, frame].tolist()],
            f"slope{which}": [number(value, 3) for value in found.slope[which, frame].tolist()],
        }
    return told


def present_words(shown: Shown) -> dict[str, str]:
    """The readout's words for the present state."""
    told = readout(shown, _now(shown), np.array([shown.row]))
    return {slot: texts[0] for slot, texts in told.items()}


def data_csv(shown: Shown) -> str:
    """The picture's data as CSV: for each pair of tokens q · k, and score and weight, divided by √d_k and not."""
    found, many = _now(shown), len(shown.tokens)
    dots = shown.dots(found.widths)[0]
    columns = {
        "query": np.repeat(shown.tokens, many),
        "key": np.tile(shown.tokens, many),
        "q · k": dots.ravel(),
        "score / √d_k": found.scores[0].ravel(),
        "weight": found.weights[0].ravel(),
        "score": found.scores[1].ravel(),
        "weight without √d_k": found.weights[1].ravel(),
    }
    return csv_text(columns)
