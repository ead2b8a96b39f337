"""Calibration: whether a classifier that is 90% sure is right nine times out of ten, and one temperature to mend it.

The confidence of a prediction is the largest probability of softmax(z / T). Predictions are sorted by
confidence into bins of equal width; in a calibrated classifier the share of right ones in a bin is its mean
confidence. The expected calibration error (Naeini et al. 2015, Guo et al. 2017) is the mean over all
predictions of how far the two are apart in their bins:

    ECE = Σ_b (n_b / n) |accuracy_b − confidence_b|

Temperature scaling (Guo et al. 2017) chooses the T with the least mean loss −log softmax(z / T)_l on held-out
data. It divides every logit by one number: which class is largest, and so the accuracy, stays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activations.base import Array
from activations.softmax import log_softmax, softmax

BINS = 10
COLDEST, HOTTEST = 0.05, 20.0  # between these a temperature is looked for


@dataclass(frozen=True)
class Reliability:
    """For every temperature, along the first axis, the predictions bin by bin.

    Of n bins, bin b holds the predictions with b/n < confidence ≤ (b + 1)/n.
    count: predictions in each bin, shape (temperatures, bins). confidence, accuracy: their means in each bin,
    NaN in an empty one. error: the expected calibration error. mean_confidence: over all predictions, shape
    (temperatures,). right: the share of right predictions, the same at every temperature.
    """

    count: NDArray[np.int64]
    confidence: Array
    accuracy: Array
    error: Array
    mean_confidence: Array
    right: float


def reliability(
    logits: Array, labels: NDArray[np.int64], temperatures: ArrayLike = (1.0,), bins: int = BINS
) -> Reliability:
    """Sort the predictions for logits of shape (n, classes) into bins, for every temperature."""
    hot = np.asarray(temperatures, dtype=np.float64)
    confidence = np.asarray(softmax(logits, temperature=hot[:, None, None])).max(axis=-1)
    right = logits.argmax(axis=-1) == labels
    # an edge belongs to the bin below it, as in Guo et al. 2017, so that 1 lies in the last
    place = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    place += bins * np.arange(len(hot))[:, None]
    shape = (len(hot), bins)

    def total(weights: Array | None = None) -> Array:
        given = None if weights is None else weights.ravel()
        return np.bincount(place.ravel(), given, minlength=len(hot) * bins).reshape(shape).astype(np.float64)

    count = total().astype(np.int64)
    sure, hits = total(confidence), total(np.tile(right.astype(np.float64), (len(hot), 1)))
    filled = np.where(count > 0, count, np.nan)
    error = np.abs(hits - sure).sum(axis=1) / len(logits)
    return Reliability(count, sure / filled, hits / filled, error, confidence.mean(axis=1), float(right.mean()))


def nll(logits: Array, labels: NDArray[np.int64], temperatures: ArrayLike = (1.0,)) -> Array:
    """The mean loss −log softmax(z / T)_l, in nats, for every temperature, shape (temperatures,)."""
    hot = np.asarray(temperatures, dtype=np.float64)
    log_p = np.asarray(log_softmax(logits, temperature=hot[:, None, None]))
    return np.asarray(-log_p[:, np.arange(len(labels)), labels].mean(axis=-1))


def fit_temperature(logits: Array, labels: NDArray[np.int64]) -> float:
    """The temperature with the least `nll`, between 0.05 and 20.

    By β = 1/T the loss is convex, and its slope, the mean over the data of Σ_k p_k z_k − z_l, grows with β:
    where it passes 0 is found by halving. If all predictions are right it never does, and T is 0.05.
    """
    true = logits[np.arange(len(labels)), labels].mean()
    low, high = 1 / HOTTEST, 1 / COLDEST
    for _ in range(60):
        middle = (low + high) / 2
        expected = (np.asarray(softmax(logits, temperature=1 / middle)) * logits).sum(axis=-1).mean()
        low, high = (middle, high) if expected <= true else (low, middle)  # both are exact where p is 1
    return 2 / (low + high)
