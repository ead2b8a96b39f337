"""The handwritten digits that the networks learn from; source and licence: DIGITS.md beside this file."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Digits:
    """images: shape (1797, 64), 8 × 8 pixels row by row, from 0 (paper) to 1 (ink). labels: shape (1797,), 0 to 9.

    first: shape (10,), for every class the index of its first image. All arrays are read-only.
    """

    images: NDArray[np.float64]
    labels: NDArray[np.int64]
    first: NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Which digits serve what, as indices into `Digits`, shuffled once and the same for every experiment.

    train: to learn from, shape (1197,). held_out: to choose and to calibrate with, shape (300,).
    test: to judge by, shape (300,); nothing is ever chosen by them. All arrays are read-only.
    """

    train: NDArray[np.int64]
    held_out: NDArray[np.int64]
    test: NDArray[np.int64]


@cache
def load() -> Digits:
    """The 1,797 digits, read once. Alpaydin and Kaynak 1998."""
    with np.load(Path(__file__).with_name("digits.npz"), allow_pickle=False) as stored:
        images = stored["images"].astype(np.float64) / 16.0
        labels = stored["labels"].astype(np.int64)
    first = np.array([np.argmax(labels == digit) for digit in range(10)])
    for array in (images, labels, first):
        array.setflags(write=False)
    return Digits(images, labels, first)


@cache
def split() -> Split:
    """The digits in three parts that share none, every class in each."""
    order = np.random.default_rng(0).permutation(len(load().labels))
    order.setflags(write=False)
    return Split(order[:1197], order[1197:1497], order[1497:])
