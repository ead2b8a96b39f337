r"""Softmax and what belongs to it: maps of a whole vector, not curves of one variable.

All functions take logits `z` (any real numbers) along `axis` and work on floats of any size
without overflow: the largest logit is subtracted first, which changes nothing in the result. What
underflows on the way, or overflows when it is rounded to a lower precision, does so silently.
"""

import math
from operator import index
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from activations.base import Array
from activations.errors import ParameterError


def _checked_temperature(temperature: ArrayLike) -> Array:
    array = np.asarray(temperature)
    if array.dtype.kind not in "iuf" or not np.all((array > 0) & (array < np.inf)):
        raise ParameterError("temperature", temperature, 0.0, math.inf, open_low=True)
    return array.astype(np.float64)


def _scaled(z: ArrayLike, axis: int, temperature: ArrayLike) -> tuple[Array, np.dtype[Any]]:
    """(z − max z) / T in float64, and the dtype that the result shall have."""
    divisor = _checked_temperature(temperature)
    given = np.asarray(z)
    if given.dtype.kind not in "biuf":
        raise TypeError(f"logits must be integers or floating-point numbers, not {given.dtype}")
    dtype = given.dtype if given.dtype.type in (np.float16, np.float32, np.float64) else np.dtype(np.float64)
    logits = given.astype(np.float64, copy=False)
    if logits.ndim == 0 or logits.shape[axis] == 0:
        raise ValueError("softmax needs at least one logit along its axis")
    top = logits.max(axis=axis, keepdims=True)
    with np.errstate(all="ignore"):
        # where() keeps an infinite top from giving ∞ − ∞; all −∞ is no distribution and stays NaN
        below = np.where((logits == top) & (top > -np.inf), 0.0, logits - top)
        return below / divisor, dtype


def softmax(z: ArrayLike, axis: int = -1, temperature: ArrayLike = 1.0) -> Any:
    """Softmax: turns logits into a probability distribution along `axis`.

    p_i = e^(z_i / T) / Σ_j e^(z_j / T). `temperature` T > 0 is a number, or an array that
    broadcasts against z for many temperatures in one call. Raises ParameterError for T ≤ 0, NaN or
    infinity, ValueError for an empty axis, TypeError for logits that are no real numbers.
    Bridle 1990; temperature: Hinton et al. 2015.
    """
    scaled, dtype = _scaled(z, axis, temperature)
    with np.errstate(all="ignore"):
        e = np.exp(scaled)
        return (e / e.sum(axis=axis, keepdims=True)).astype(dtype, copy=False)


def log_softmax(z: ArrayLike, axis: int = -1, temperature: ArrayLike = 1.0) -> Any:
    """Logarithm of softmax, exact where softmax itself would round to 0 or to 1.

    log p_i = z_i/T − log Σ_j e^(z_j/T), in natural units (nats). Errors as for `softmax`.
    """
    scaled, dtype = _scaled(z, axis, temperature)
    with np.errstate(all="ignore"):
        e = np.exp(scaled)
        # the largest term is 1: leaving it out keeps the digits of a sum that is barely above 1
        np.put_along_axis(e, scaled.argmax(axis=axis, keepdims=True), 0.0, axis=axis)
        return (scaled - np.log1p(e.sum(axis=axis, keepdims=True))).astype(dtype, copy=False)


def softmax_jacobian(z: ArrayLike, temperature: float = 1.0) -> Any:
    """Jacobian of softmax over the last axis: J[…, i, k] = ∂p_i / ∂z_k.

    J = (diag(p) − p pᵀ) / T, shape (…, n, n); rows and columns sum to 0. On the diagonal p_i − p_i²
    is computed as Σ_{k≠i} p_i p_k, which keeps its digits where p_i is almost 1. Errors as for
    `softmax`.
    """
    p = np.asarray(softmax(z, temperature=temperature))
    wide, diagonal = p.astype(np.float64), np.eye(p.shape[-1], dtype=bool)
    with np.errstate(all="ignore"):
        outer = np.where(diagonal, 0.0, wide[..., :, None] * wide[..., None, :])
        jacobian = np.where(diagonal, outer.sum(axis=-1, keepdims=True), 0.0 - outer)
        return (jacobian / float(temperature)).astype(p.dtype, copy=False)


def entropy(p: ArrayLike, axis: int = -1, base: float = 2.0) -> Any:
    """Entropy of a probability distribution, in bits for base 2 and in nats for base e.

    H = −Σ p_i log p_i with 0 log 0 = 0: 0 for a sure thing, log n for n equal chances.
    """
    probabilities = np.asarray(p, dtype=np.float64)
    positive = np.where(probabilities > 0, probabilities, 1.0)
    with np.errstate(all="ignore"):
        nats = -(probabilities * np.log(positive)).sum(axis=axis)
        return np.maximum(nats / math.log(base), 0.0)[()]


def cross_entropy(z: ArrayLike, target: int, temperature: float = 1.0) -> Any:
    """Cross-entropy loss −log p_target over the last axis, in nats; its gradient by z is (p − y) / T.

    Raises IndexError if `target` is not a class. Errors otherwise as for `softmax`.
    """
    log_p = log_softmax(z, temperature=temperature)
    classes = log_p.shape[-1]
    if isinstance(target, bool) or not 0 <= index(target) < classes:
        raise IndexError(f"target must be a class from 0 to {classes - 1}, not {target!r}")
    return 0.0 - log_p[..., target]  # 0 − 0 is 0, where −0 would be printed as "-0.00"
