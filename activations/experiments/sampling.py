"""Drawing the next word: temperature and filters over the logits, and draws against the distribution they leave.

Temperature: Ackley, Hinton & Sejnowski 1985. Top-k: Fan, Lewis & Dauphin 2018. Top-p, the nucleus:
Holtzman et al. 2019. Min-p: Nguyen et al. 2024. Soft targets: Hinton, Vinyals & Dean 2015.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activations.base import Array, Parameter
from activations.errors import ParameterError
from activations.experiments._checks import whole
from activations.softmax import softmax

DRAWS = Parameter("draws", symbol="N", default=1000, low=1, high=100_000, step=1)
SEED = Parameter("seed", symbol="s", default=0, low=0, high=9999, step=1)
WORDS = 12  # of which the next one is chosen
# Logits of a next word as a large model may give them, and as a small one does that has still to learn. They are
# written by us: in "sure" the text before leaves hardly a choice, in "open" much of one.
EXAMPLES: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "sure": (
        (9.0, 5.3, 5.0, 4.6, 4.2, 3.7, 3.3, 2.9, 2.2, 1.5, 0.8, -1.0),
        (3.5, 2.6, 2.9, 1.8, 2.2, 2.4, 1.2, 1.6, 0.9, 1.1, 0.3, 0.5),
    ),
    "open": (
        (4.2, 4.0, 3.9, 3.7, 3.6, 3.4, 3.3, 3.1, 2.9, 2.6, 1.8, -0.5),
        (2.0, 1.2, 2.5, 1.9, 1.1, 1.6, 0.7, 2.1, 1.0, 0.6, 1.4, 0.4),
    ),
}
FEWEST_EXPECTED = 5.0  # a cell of a χ² statistic that expects fewer is taken together with others


@dataclass(frozen=True)
class NextWord:
    """What each step of the filter leaves; every array has the shape (…, words).

    plain and tempered: the distribution at temperature 1 and at the one asked for, before anything is
    filtered. after_k, after_p, after_min: which words are left after top-k, top-p and min-p. p: the
    distribution that words are drawn from.
    """

    plain: Array
    tempered: Array
    after_k: NDArray[np.bool_]
    after_p: NDArray[np.bool_]
    after_min: NDArray[np.bool_]
    p: Array


def next_word(
    logits: ArrayLike,
    *,
    temperature: ArrayLike = 1.0,
    top_k: ArrayLike | None = None,
    top_p: ArrayLike = 1.0,
    min_p: ArrayLike = 0.0,
    temperature_last: bool = False,
) -> NextWord:
    """The distribution of the next word: temperature, then top-k, top-p and min-p, each on what is left.

    What a filter leaves is scaled to a sum of 1 before the next one looks at it. Top-k keeps the k
    largest logits, of equal ones the first. Top-p keeps the smallest set of the likeliest words whose
    probabilities reach p. Min-p keeps the words with at least that share of the largest probability.
    At least one word is always left. With `temperature_last` the filters see the distribution at
    temperature 1, and what they leave is tempered.

    Settings may be arrays of one shape, for many distributions in one call. Raises ParameterError
    for T ≤ 0, a k that is no whole number from 1, a p outside (0, 1], a min-p outside [0, 1].
    """
    z = np.asarray(logits, dtype=np.float64)
    settings = (temperature, z.shape[-1] if top_k is None else top_k, top_p, min_p)
    t, k, nucleus, least = (np.asarray(one)[..., None] for one in np.broadcast_arrays(*settings))
    if not np.all((k >= 1) & (k == np.floor(k))):
        raise ParameterError("top_k", top_k, 1, z.shape[-1])
    if not np.all((nucleus > 0) & (nucleus <= 1)):
        raise ParameterError("top_p", top_p, 0, 1, open_low=True)
    if not np.all((least >= 0) & (least <= 1)):
        raise ParameterError("min_p", min_p, 0, 1)
    z = np.broadcast_to(z, np.broadcast_shapes(z.shape, t.shape[:-1] + z.shape[-1:]))
    tempered = softmax(z, temperature=t)
    order = np.argsort(-z, axis=-1, kind="stable")
    rank = np.argsort(order, axis=-1)

    after_k = rank < k
    seen = _scaled(np.where(after_k, softmax(z) if temperature_last else tempered, 0.0))
    sorted_seen = np.take_along_axis(seen, order, axis=-1)
    before = np.take_along_axis(np.cumsum(sorted_seen, axis=-1) - sorted_seen, rank, axis=-1)
    after_p = after_k & ((before < nucleus) | (nucleus == 1))
    # the largest is always left, and shares of it are the same before and after scaling
    after_min = after_p & (seen >= least * seen.max(axis=-1, keepdims=True))
    left = _scaled(np.where(after_min, tempered, 0.0))
    return NextWord(softmax(z), tempered, after_k, after_p, after_min, left)


def _scaled(p: Array) -> Array:
    return np.asarray(p / p.sum(axis=-1, keepdims=True))


def tallies(p: ArrayLike, draws: int = 1000, seed: int = 0) -> NDArray[np.int64]:
    """How often each word comes in seeded draws from `p`, of shape (…, words); every row uses the same chances.

    Equal chances for all rows (inverse transform sampling) let only what the rows differ in make a
    difference. Raises ParameterError for a number of draws or a seed out of range.
    """
    count = whole(DRAWS, draws)
    chances = np.sort(np.random.default_rng(whole(SEED, seed)).random(count))
    up_to = np.cumsum(np.asarray(p, dtype=np.float64), axis=-1)
    up_to /= up_to[..., -1:]  # exactly 1 from the last word on that can come, so that none beyond it does
    drawn = np.searchsorted(chances, up_to)
    return np.diff(drawn, axis=-1, prepend=0)


def standard_error(p: ArrayLike, draws: int = 1000) -> Any:
    """By how much a word's share of so many draws typically misses p: √(p (1 − p) / N)."""
    chance = np.asarray(p, dtype=np.float64)
    return np.sqrt(chance * (1.0 - chance) / whole(DRAWS, draws))


def chi_square(counts: ArrayLike, p: ArrayLike) -> tuple[float, int]:
    """Pearson's χ² of counts against p, and its degrees of freedom, by which it comes out on average.

    χ² = Σ (n_i − N p_i)² / (N p_i). Words of which fewer than five are expected are taken together,
    with the next rarest one if that is still too few. A single cell leaves no freedom, and χ² = 0.
    Pearson 1900.
    """
    found, chance = np.asarray(counts, dtype=np.float64), np.asarray(p, dtype=np.float64)
    order = np.argsort(-chance, kind="stable")
    expected = (chance * found.sum())[order]
    cells = max(int((expected >= FEWEST_EXPECTED).sum()), 1)
    cells += bool(expected[cells:].sum() >= FEWEST_EXPECTED)
    # the last cell is all that is left from its place on
    starts = np.arange(cells)
    n, wanted = np.add.reduceat(found[order], starts), np.add.reduceat(expected, starts)
    return float((((n - wanted) ** 2) / wanted).sum()), len(starts) - 1


@dataclass(frozen=True)
class Distillation:
    """A student learning from a teacher's soft targets, at some temperatures; arrays of shape (temperatures, words).

    targets: the teacher's softmax. guesses: the student's. gradient: of the cross-entropy between
    them by the student's logits, (q − p) / T. size, of shape (temperatures,): the gradient's length.
    limit: what T² · size tends to as T grows.
    """

    temperature: Array
    targets: Array
    guesses: Array
    gradient: Array
    size: Array
    limit: float


def distil(teacher: ArrayLike, student: ArrayLike, temperature: ArrayLike) -> Distillation:
    """Compare a student's logits with a teacher's at each of some temperatures.

    For a large T the gradient is (z − v) / (N T²), both logits taken about their means: it shrinks as
    1/T², and a loss multiplied by T² keeps its weight. Raises ParameterError for T ≤ 0. Hinton,
    Vinyals & Dean 2015, section 2.
    """
    v, z = np.asarray(teacher, dtype=np.float64), np.asarray(student, dtype=np.float64)
    t = np.atleast_1d(np.asarray(temperature, dtype=np.float64))
    targets, guesses = (softmax(np.broadcast_to(one, (len(t), len(one))), temperature=t[:, None]) for one in (v, z))
    gradient = (guesses - targets) / t[:, None]
    apart = (z - z.mean()) - (v - v.mean())
    limit = float(np.linalg.norm(apart) / len(apart))
    return Distillation(t, targets, guesses, gradient, np.linalg.norm(gradient, axis=-1), limit)
