"""The core against the textbook's formula in plain NumPy, on a million float64: what care for the edges costs."""

import math
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

import activations
from benchmarks import Row

TITLE = "Core: a call on 10⁶ float64"

SIZE = 1_000_000
ROUNDS = 15
LAMBDA, ALPHA = 1.0507009873554805, 1.6732632423543772  # SELU's

Call = Callable[[np.ndarray], np.ndarray]


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


_erf = np.vectorize(math.erf, otypes=[float])  # NumPy has none: Python's own, number by number


def _normal(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + _erf(x / math.sqrt(2)))


def _softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# The formula as it stands in a textbook: right for ordinary numbers, the edges left as they come.
TEXTBOOK: dict[str, tuple[Call, Call]] = {
    "relu": (lambda x: np.maximum(x, 0), lambda x: (x > 0).astype(x.dtype)),
    "sigmoid": (_sigmoid, lambda x: _sigmoid(x) * (1 - _sigmoid(x))),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "leaky_relu": (lambda x: np.where(x > 0, x, 0.01 * x), lambda x: np.where(x > 0, 1.0, 0.01)),
    "elu": (lambda x: np.where(x > 0, x, np.exp(x) - 1), lambda x: np.where(x > 0, 1.0, np.exp(x))),
    "selu": (
        lambda x: LAMBDA * np.where(x > 0, x, ALPHA * (np.exp(x) - 1)),
        lambda x: LAMBDA * np.where(x > 0, 1.0, ALPHA * np.exp(x)),
    ),
    "gelu": (
        lambda x: x * _normal(x),
        lambda x: _normal(x) + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi),
    ),
    "relu6": (lambda x: np.minimum(np.maximum(x, 0), 6), lambda x: ((x > 0) & (x < 6)).astype(x.dtype)),
    "identity": (np.copy, np.ones_like),
}


def run(_: Path) -> Iterator[Row]:
    """Time value and derivative of each function, and softmax over rows of ten."""
    x = np.random.default_rng(0).normal(0, 4, SIZE)
    for name, (value, derivative) in TEXTBOOK.items():
        f = activations.get(name)
        yield _row(f"{name}(x)", f, value, x)
        yield _row(f"{name}′(x)", f.derivative, derivative, x)
    yield _row("softmax, rows of 10", activations.softmax, _softmax, x.reshape(-1, 10))


def _row(what: str, ours: Call, textbook: Call, x: np.ndarray) -> Row:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the textbook's overflows are its own
        np.testing.assert_allclose(ours(x), textbook(x), rtol=1e-6, atol=1e-12)
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):  # turn about
            for call, found in zip((ours, textbook), times, strict=True):
                start = time.perf_counter()
                call(x)
                found.append(time.perf_counter() - start)
    # The fastest of the rounds: whatever else the machine does can only add.
    return Row(what, 1e3 * min(times[0]), 1e3 * min(times[1]), "ms")
