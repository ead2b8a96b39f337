"""Gradient descent, plain, with momentum, and Adam: each moves a vector of weights in place.

The formulas are PyTorch's; an optimiser keeps what it needs from one step to the next and nothing else.
"""

from typing import Literal, get_args

import numpy as np

from activations.base import Array

Name = Literal["sgd", "momentum", "adam"]
NAMES: tuple[Name, ...] = get_args(Name)
MOMENTUM = 0.9
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


class SGD:
    """Gradient descent: θ ← θ − η g."""

    def __init__(self, size: int, rate: float) -> None:
        self.rate = rate
        self._move = np.empty(size)

    def step(self, theta: Array, gradient: Array) -> None:
        """One step along `gradient`."""
        np.multiply(gradient, self.rate, out=self._move)
        theta -= self._move


class Momentum:
    """The heavy ball: v ← 0.9 v + g, θ ← θ − η v, from v = 0. Polyak 1964."""

    def __init__(self, size: int, rate: float) -> None:
        self.rate = rate
        self._velocity, self._move = np.zeros(size), np.empty(size)

    def step(self, theta: Array, gradient: Array) -> None:
        """One step along what is left of earlier gradients and this one."""
        self._velocity *= MOMENTUM
        self._velocity += gradient
        np.multiply(self._velocity, self.rate, out=self._move)
        theta -= self._move


class Adam:
    """Steps of about η a weight, whatever the gradient's size. Kingma and Ba 2015.

    m ← 0.9 m + 0.1 g, v ← 0.999 v + 0.001 g², θ ← θ − η m̂ / (√v̂ + 1e-8), where m̂ = m / (1 − 0.9ᵗ)
    and v̂ = v / (1 − 0.999ᵗ) at step t make up for the start at 0.
    """

    def __init__(self, size: int, rate: float) -> None:
        self.rate, self._steps = rate, 0
        self._mean, self._square = np.zeros(size), np.zeros(size)
        self._move, self._root = np.empty(size), np.empty(size)

    def step(self, theta: Array, gradient: Array) -> None:
        """One step along the mean of the gradients, over the root of the mean of their squares."""
        self._steps += 1
        self._mean *= BETA_1
        np.multiply(gradient, 1.0 - BETA_1, out=self._move)
        self._mean += self._move
        self._square *= BETA_2
        np.multiply(gradient, gradient, out=self._move)
        self._move *= 1.0 - BETA_2
        self._square += self._move
        np.divide(self._square, 1.0 - BETA_2**self._steps, out=self._root)
        np.sqrt(self._root, out=self._root)
        self._root += EPSILON
        np.multiply(self._mean, self.rate / (1.0 - BETA_1**self._steps), out=self._move)
        self._move /= self._root
        theta -= self._move


Optimiser = SGD | Momentum | Adam


def make(name: Name, size: int, rate: float) -> Optimiser:
    """The optimiser called `name` for `size` weights at the learning rate `rate`."""
    kinds: dict[str, type[Optimiser]] = {"sgd": SGD, "momentum": Momentum, "adam": Adam}
    return kinds[name](size, rate)
