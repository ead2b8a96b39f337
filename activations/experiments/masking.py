"""Ways to hide tokens from attention, in the precision that each is known from, with what goes wrong in each."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activations.base import Array

Floats = NDArray[np.floating[Any]]


def hidden_as(way: str, scores: ArrayLike, visible: ArrayLike) -> Array:
    """The weights that a row of `scores` gives where only some tokens are `visible`, in one of the WAYS.

    Computed just as the way says, in its own precision, NaN and rounding included; returned as
    float64. Raises KeyError for an unknown way.

    zero: hidden scores are set to 0. after: the weights of all, then those of hidden tokens set to 0.
    billion: −10⁹ is added to hidden scores, in float32. half: the same in float16. plain: −∞, and
    e^z / Σ e^z just as it stands. infinity: −∞, and the largest score subtracted first. safe: the
    same, but a row in which all is hidden gets the weights 0.
    """
    z, seen = np.asarray(scores, dtype=np.float64), np.asarray(visible, dtype=bool)
    with np.errstate(all="ignore"):  # what goes wrong is what is shown
        return np.asarray(WAYS[way](z, seen), dtype=np.float64)


def _textbook(z: Floats) -> Floats:
    e = np.exp(z)
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def _shifted(z: Floats) -> Floats:
    return _textbook(z - z.max(axis=-1, keepdims=True))


def _added(z: Floats, seen: NDArray[np.bool_], dtype: type[np.floating[Any]]) -> Floats:
    return _shifted(z.astype(dtype) + np.where(seen, 0.0, -1e9).astype(dtype))


def _infinite(z: Floats, seen: NDArray[np.bool_]) -> Floats:
    return np.where(seen, z, -np.inf)


def _safe(z: Floats, seen: NDArray[np.bool_]) -> Floats:
    some = seen.any(axis=-1, keepdims=True)
    return np.where(some, _shifted(np.where(some, _infinite(z, seen), 0.0)), 0.0)


WAYS: dict[str, Callable[[Floats, NDArray[np.bool_]], Floats]] = {
    "zero": lambda z, seen: _shifted(np.where(seen, z, 0.0)),
    "after": lambda z, seen: np.where(seen, _shifted(z), 0.0),
    "billion": lambda z, seen: _added(z, seen, np.float32),
    "half": lambda z, seen: _added(z, seen, np.float16),
    "plain": lambda z, seen: _textbook(_infinite(z, seen)),
    "infinity": lambda z, seen: _shifted(_infinite(z, seen)),
    "safe": _safe,
}
