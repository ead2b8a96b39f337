"""The next word: its distribution as bars, draws against it as points, and what moves with each setting.

Heights are square roots of probabilities, so that rare words can be seen. Below stands by how many
standard errors each word's share of the draws misses its probability.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations import entropy
from activations.experiments.sampling import (
    EXAMPLES,
    WORDS,
    NextWord,
    chi_square,
    next_word,
    standard_error,
    tallies,
)  # fmt: skip
from figures import style
from figures.film import Film, Track, frame_values, track
from figures.numbers import number, short
from figures.softmax import as_text
from figures.table import csv_text

GHOST, BARS, DRAWN, MISSES = range(4)
DRAWS = 1000
POSITIONS: dict[str, NDArray[np.float64]] = {
    "t": np.array([float(f"{value:.3g}") for value in np.geomspace(0.1, 10, 101)]),
    "k": np.arange(1.0, WORDS + 1),
    "p": np.round(np.arange(1, 101) / 100, 2),
    "m": np.round(np.concatenate([np.arange(40) * 0.005, 0.2 + np.arange(41) * 0.02]), 3),
}
SHARES = (0.0, 0.02, 0.1, 0.25, 0.5, 1.0)
TOP = 1.12  # of the axis: room for a number over a bar of 1
_WITHIN = 2  # standard errors: about 95% of all shares lie within
_FARTHEST = 4  # standard errors that have room; what is farther away stands at the edge


@dataclass(frozen=True)
class Sampler:
    """What is asked: an example by its name, the settings of the filter, and the seed of the draws."""

    example: str = "open"
    t: float = 1.0
    k: float = float(WORDS)
    p: float = 1.0
    m: float = 0.0
    temperature_last: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Named:
    """The words to choose from, and the words on the figure."""

    words: tuple[str, ...]
    labels: Mapping[str, str] = field(hash=False, default_factory=dict)


@dataclass(frozen=True)
class _Frames:
    """The distributions of some samplers, one a frame, and the draws from each."""

    found: NextWord
    counts: NDArray[np.int64]


def _frames(asked: Sampler, **moving: NDArray[np.float64]) -> _Frames:
    settings = {name: moving.get(name, np.array([getattr(asked, name)])) for name in POSITIONS}
    found = next_word(
        EXAMPLES[asked.example][0],
        temperature=settings["t"],
        top_k=settings["k"],
        top_p=settings["p"],
        min_p=settings["m"],
        temperature_last=asked.temperature_last,
    )
    return _Frames(found, tallies(found.p, DRAWS, asked.seed))


def bars(asked: Sampler, named: Named, look: style.Look = style.SCREEN) -> go.Figure:
    """The distribution as bars, that before any setting as a ghost, and draws as points.

    `named.labels`: probability, ghost, now, drawn, missed.
    """
    frames, labels = _frames(asked), named.labels
    places = list(range(WORDS))
    moving = _tracks(frames)
    axes = style.layout(look, "", labels["probability"], barmode="overlay", bargap=0.1)
    axes["xaxis"] |= {
        "tickvals": places,
        "ticktext": [as_text(word) for word in named.words],
        "showgrid": False,
        "range": [-0.6, WORDS - 0.4],
        "zeroline": False,
        "anchor": "y2",
    }
    axes["yaxis2"] = axes["yaxis"] | {
        "title": {"text": labels["missed"], "font": {"size": look.font}},
        "domain": [0, 0.27],
        "range": [-_FARTHEST - 0.3, _FARTHEST + 0.3],
        "tickvals": [-_WITHIN, 0, _WITHIN],
        "ticktext": [f"−{_WITHIN}", "0", f"+{_WITHIN}"],
    }
    axes["yaxis"] |= roots(look) | {"domain": [0.36, 1]}
    # On a phone the words stand upright; nobody presents on one.
    axes["margin"]["b"] = (4.6 if look.font < style.CLASSROOM.font else 1.8) * look.font
    axes["shapes"] = [
        {
            "type": "rect",
            "xref": "x domain",
            "yref": "y2",
            "x0": 0,
            "x1": 1,
            "y0": -_WITHIN,
            "y1": _WITHIN,
            "fillcolor": style.GREY,
            "opacity": 0.18,
            "line": {"width": 0},
            "layer": "below",
        }
    ]
    axes["uirevision"] = f"sampling {asked.example}"
    read_off = "%{customdata:.2%}"
    dots = {"color": style.VERMILLION, "size": 0.75 * look.marker, "line": {"color": "white", "width": 1.5}}
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": places,
            "customdata": frames.found.plain[0],
            "width": 0.86,
            "name": labels["ghost"],
            "marker": {"color": "rgba(128,134,139,0.25)", "line": {"color": style.GREY, "width": look.stroke}},
            "hovertemplate": f"{read_off}<extra>{labels['ghost']}</extra>",
        },
        {
            "type": "bar",
            "x": places,
            "width": 0.6,
            "name": labels["now"],
            "marker": {"color": style.BLUE},
            "hovertemplate": f"{read_off}<extra>{labels['now']}</extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": places,
            "name": labels["drawn"],
            "marker": dots,
            "hovertemplate": f"{read_off}<extra>{labels['drawn']}</extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": places,
            "yaxis": "y2",
            "marker": dots,
            "showlegend": False,
            "cliponaxis": False,
            "hovertemplate": f"%{{customdata:+.2f}}<extra>{labels['missed']}</extra>",
        },
    ]
    for moved in moving:
        traces[moved.trace][moved.attribute] = moved.values[0]
    return go.Figure(traces, axes)


def roots(look: style.Look) -> dict[str, Any]:
    """An axis of probabilities as square roots, for `yaxis`."""
    shares = [share for share in SHARES if look.font < style.CLASSROOM.font or share not in SHARES[1:2]]
    return {"range": [0, TOP], "tickvals": np.sqrt(shares), "ticktext": [f"{share:.0%}" for share in shares]}


def _tracks(frames: _Frames) -> list[Track]:
    p, shares = frames.found.p, frames.counts / DRAWS
    misses = _misses(frames)
    return [
        # It stands still, and yet it is told: Plotly takes away the bars that a frame does not name.
        track(GHOST, "y", np.sqrt(frames.found.plain)),
        track(BARS, "y", np.sqrt(p)),
        track(BARS, "customdata", p),
        track(DRAWN, "y", np.sqrt(np.where(p > 0, shares, np.nan))),
        track(DRAWN, "customdata", shares),
        track(MISSES, "y", np.clip(misses, -_FARTHEST, _FARTHEST)),
        track(MISSES, "customdata", misses),
    ]


def _misses(frames: _Frames) -> NDArray[np.float64]:
    """By how many standard errors each share misses; NaN for a word that comes never or always."""
    p, error = frames.found.p, standard_error(frames.found.p, DRAWS)
    return np.asarray((frames.counts / DRAWS - p) / np.where(error > 0, error, np.nan))


def film(asked: Sampler, handle: str) -> Film:
    """What moves with one of the settings t, k, p and m: the bars, the draws, and by how much they miss."""
    positions, present = POSITIONS[handle], float(getattr(asked, handle))
    values = frame_values(positions, present)
    frames = _frames(asked, **{handle: values})
    words = readout(asked, frames, **{handle: values})
    said = [f"{value}: {left} / {WORDS}" for value, left in zip(words[handle], words["left"], strict=True)]
    return Film(handle, positions, present, _tracks(frames), words | {f"{handle}_said": said})


def readout(asked: Sampler, frames: _Frames, **moving: NDArray[np.float64]) -> dict[str, list[str]]:
    """The slots of each frame.

    t, k, p, m; left_k, left_p, left: words after each filter; cut: the tempered probability of those cut
    off; top: the largest probability; entropy (bits); outside: words beyond two standard errors; chi, free.
    """
    found = frames.found
    count = len(found.p)
    settings = {
        name: np.broadcast_to(moving.get(name, np.array([getattr(asked, name)])), count).tolist() for name in POSITIONS
    }
    beyond = np.abs(np.nan_to_num(_misses(frames))) > _WITHIN
    squares = [chi_square(counts, p) for counts, p in zip(frames.counts, found.p, strict=True)]
    return {
        "t": [short(value) for value in settings["t"]],
        "k": [f"{value:.0f}" for value in settings["k"]],
        "p": [short(value) for value in settings["p"]],
        "m": [short(value) for value in settings["m"]],
        "left_k": [str(left) for left in found.after_k.sum(axis=-1).tolist()],
        "left_p": [str(left) for left in found.after_p.sum(axis=-1).tolist()],
        "left": [str(left) for left in found.after_min.sum(axis=-1).tolist()],
        "cut": [
            f"{share:.1%}" for share in np.where(found.after_min, 0.0, found.tempered).sum(axis=-1).tolist()
        ],
        "top": [f"{share:.1%}" for share in found.p.max(axis=-1).tolist()],
        "entropy": [number(bits, 3) for bits in np.atleast_1d(entropy(found.p)).tolist()],
        "outside": [str(many) for many in beyond.sum(axis=-1).tolist()],
        "chi": [f"{square:.1f}" for square, _ in squares],
        "free": [str(free) for _, free in squares],
    }  # fmt: skip


def present_words(asked: Sampler) -> dict[str, str]:
    """The readout's words for the present state."""
    return {slot: texts[0] for slot, texts in readout(asked, _frames(asked)).items()}


def data_csv(asked: Sampler, words: Sequence[str]) -> str:
    """The figure's data as CSV: for each word its logit, the distribution before and after, and the draws."""
    frames = _frames(asked)
    columns = {
        "word": words,
        "logit": EXAMPLES[asked.example][0],
        "p (T = 1)": frames.found.plain[0],
        "p": frames.found.p[0],
        f"of {DRAWS} draws": frames.counts[0],
        "standard error of the share": standard_error(frames.found.p[0], DRAWS),
    }
    return csv_text(columns)
