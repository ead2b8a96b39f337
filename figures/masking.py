"""Ways to hide tokens, as a table of words: what each leaves to the tokens that may be seen, and what leaks."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from activations.experiments.masking import WAYS, hidden_as
from figures.film import Film
from figures.numbers import exact
from figures.table import csv_text

Values = NDArray[np.floating[Any]]
VERDICTS = ("right", "nan", "leaks", "less")
_NEAR = 0.01  # of a sum of 1: what float16 rounds away is no fault


def film(scores: Values, seen: int, words: Mapping[str, str]) -> Film:
    """What changes with the number of tokens that may be seen, from none to all; `words` as for `readout`."""
    positions = np.arange(len(scores) + 1)
    told = readout(scores, positions, words)
    said = [f"{value}: {verdict}" for value, verdict in zip(told["seen"], told[f"w{_place('infinity')}"], strict=True)]
    return Film("seen", positions.astype(np.float64), float(seen), (), told | {"seen_said": said})


def _place(way: str) -> int:
    return list(WAYS).index(way)


def readout(scores: Values, seen: NDArray[np.int64], words: Mapping[str, str]) -> dict[str, list[str]]:
    """The slots of each frame: seen; and for way i, v{i}: the weight of what may be seen, h{i}: of what may not, and
    w{i}: a word about it, from `words`: right, nan, leaks, less.
    """
    told = {"seen": [str(many) for many in seen.tolist()]}
    for place, way in enumerate(WAYS):
        sums = [_sums(scores, way, many) for many in seen.tolist()]
        told[f"v{place}"] = [exact(visible) for visible, _ in sums]
        told[f"h{place}"] = [exact(hidden) for _, hidden in sums]
        told[f"w{place}"] = [
            words[verdict(visible, hidden, many)] for (visible, hidden), many in zip(sums, seen.tolist(), strict=True)
        ]
    return told


def _sums(scores: Values, way: str, seen: int) -> tuple[float, float]:
    visible = np.arange(len(scores)) < seen
    weights = hidden_as(way, scores, visible)
    return float(np.where(visible, weights, 0.0).sum() + 0 * weights.sum()), float(weights[~visible].sum())


def verdict(visible: float, hidden: float, seen: int) -> str:
    """What is to be said of a row in which `seen` tokens may be seen: right, nan, leaks or less (than a sum of 1)."""
    if np.isnan(visible) or np.isnan(hidden):
        return "nan"
    if hidden > 0:
        return "leaks"
    return "right" if seen == 0 or abs(visible - 1) < _NEAR else "less"


def present_words(scores: Values, seen: int, words: Mapping[str, str]) -> dict[str, str]:
    """The table's words for the present state."""
    return {slot: texts[0] for slot, texts in readout(scores, np.array([seen]), words).items()}


def data_csv(scores: Values, seen: int, tokens: Sequence[str]) -> str:
    """The weights of every token as CSV, a column a way."""
    visible = np.arange(len(scores)) < seen
    columns: dict[str, Any] = {"token": tokens, "score": scores}
    return csv_text(columns | {way: hidden_as(way, scores, visible) for way in WAYS})
