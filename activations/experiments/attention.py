"""Scaled dot-product attention, on seeded vectors for a reader's words: why scores are divided by √d_k.

Vaswani et al. 2017, section 3.2.1: Attention(Q, K, V) = softmax(Q Kᵀ / √d_k) V. Its footnote 4: if
the components of q and k are independent, of mean 0 and variance 1, q · k has variance d_k.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activations.base import Array, Parameter
from activations.experiments._checks import whole
from activations.softmax import softmax

TOKENS = 16  # of a sentence: as many names as stand at the side of a heat map
WIDTH = Parameter("d_k", symbol="d", default=64, low=1, high=512, step=1)
SEED = Parameter("seed", symbol="s", default=0, low=0, high=9999, step=1)


@dataclass(frozen=True)
class Attention:
    """One head's attention: scores Q Kᵀ / divisor and weights, (queries, keys); output, (queries, d_v)."""

    queries: Array
    keys: Array
    values: Array
    divisor: float
    scores: Array
    weights: Array
    output: Array

    def gradients(self, upstream: ArrayLike) -> tuple[Array, Array, Array]:
        """The gradients by queries, keys and values, from the one by the output, of the output's shape.

        With g the gradient by a row w of weights, that by its scores is w ∘ (g − w · g).
        """
        given = np.asarray(upstream, dtype=np.float64)
        by_weights = given @ self.values.T
        inner = (self.weights * by_weights).sum(axis=-1, keepdims=True)
        by_scores = self.weights * (by_weights - inner) / self.divisor
        return by_scores @ self.keys, by_scores.T @ self.queries, self.weights.T @ given


def attention(
    queries: ArrayLike,
    keys: ArrayLike,
    values: ArrayLike,
    *,
    divisor: float | None = None,
    visible: ArrayLike | None = None,
) -> Attention:
    """Attention of every query over all keys; the scores are divided by √d_k unless `divisor` says otherwise.

    `visible`, (queries, keys), says what each query may look at; a query that may look at nothing gets
    weights and an output of 0, where softmax alone would give 0/0. Raises ValueError where shapes do
    not fit, ParameterError for a divisor ≤ 0.
    """
    q, k, v = (np.asarray(one, dtype=np.float64) for one in (queries, keys, values))
    over = math.sqrt(q.shape[-1]) if divisor is None else divisor
    dots = q @ k.T
    weights = attention_weights(dots, over, visible)
    return Attention(q, k, v, over, dots / over, weights, weights @ v)


def attention_weights(dots: ArrayLike, divisor: ArrayLike = 1.0, visible: ArrayLike | None = None) -> Array:
    """Softmax over the last axis of `dots` / `divisor`, for what is visible; 0 elsewhere, and in rows without anything.

    What is hidden gets the score −∞ first: e^−∞ is exactly 0, whatever the other scores are.
    """
    z = np.asarray(dots, dtype=np.float64)
    if visible is None:
        return np.asarray(softmax(z, temperature=divisor))
    seen = np.broadcast_to(np.asarray(visible, dtype=bool), z.shape)
    some = seen.any(axis=-1, keepdims=True)
    # of a row without anything softmax makes NaN
    return np.where(some, softmax(np.where(seen, z, -np.inf), temperature=divisor), 0.0)


def causal(tokens: int) -> NDArray[np.bool_]:
    """What a model that writes may look at: row i sees the tokens up to i, and none that come later."""
    return np.tri(tokens, dtype=bool)


def jacobian_norm(weights: ArrayLike) -> Array:
    """The size of softmax's slopes where it gives these weights: the Frobenius norm of diag(p) − p pᵀ.

    0 for a sure thing, at most ½, for two equal weights. Over the last axis. Differences are not
    taken, so that it keeps its digits where one weight is almost 1.
    """
    p = np.asarray(weights, dtype=np.float64)
    others = 1.0 - np.eye(p.shape[-1])
    on_diagonal = (p * (p @ others)) ** 2
    beside = p**2 * (p**2 @ others)
    return np.asarray(np.sqrt((on_diagonal + beside).sum(axis=-1)))


def token_vectors(tokens: Sequence[str], seed: int = 0) -> tuple[Array, Array]:
    """A query and a key for each token, (tokens, 512) each: independent normal numbers of mean 0 and variance 1.

    They are seeded by the token's letters and not learned: equal tokens get equal vectors, and nothing
    is meant by which other tokens they match. A head of width d_k uses the first d_k components.
    """
    start = whole(SEED, seed)
    drawn = {token: _drawn(token, start) for token in set(tokens)}
    both = np.array([drawn[token] for token in tokens]).reshape(len(tokens), 2, int(WIDTH.high))
    return both[:, 0], both[:, 1]


def _drawn(token: str, seed: int) -> Array:
    letters = int.from_bytes(sha256(token.encode("utf-8", "surrogatepass")).digest()[:16])
    return np.random.default_rng([letters, seed]).standard_normal((2, int(WIDTH.high)))


def dot_products(queries: Array, keys: Array, widths: Sequence[int]) -> Array:
    """q · k over the first d components for every d of `widths`, shape (widths, queries, keys).

    Raises WholeNumberError for a width that is none.
    """
    ends = np.array([whole(WIDTH, width) for width in widths])
    order = np.argsort(ends, kind="stable")
    starts = np.concatenate([[0], ends[order][:-1]])
    pieces = [queries[:, start:end] @ keys[:, start:end].T for start, end in zip(starts, ends[order], strict=True)]
    found = np.empty((len(ends), len(queries), len(keys)))
    found[order] = np.cumsum(pieces, axis=0)
    return found
