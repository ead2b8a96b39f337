"""Born dead: ReLU networks that no input can pass, before a single step of training.

If in one hidden layer every unit is silent on every input, the network answers all inputs alike and
no gradient reaches its first layers: it is born dead. Where weights and biases are drawn from
symmetric distributions (here normal, with variance 2 / inputs as in He et al. 2015, and biases 0),
Lu et al. 2019 bound the probability of that by

    1 − ∏ (1 − 2^−N)   over the hidden layers, N units in each.

For a single input it is exactly that: every unit of a layer that is reached is silent with
probability ½. The networks here have one input, any number x. Without biases a positive factor of x
passes through unchanged, so that x = 1 and x = −1 stand for all of them; a network is dead later on
both than on one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activations.base import Array, parameter
from activations.experiments._checks import CheckedSettings

_AT_ONCE = 1000  # networks: their activations stay in the processor's cache


@dataclass(frozen=True)
class NarrowNetworks(CheckedSettings):
    """What can be set; ParameterError for what is out of range.

    width: units of every hidden layer. depth: hidden layers. signs: 2 for inputs of both signs, 1 for
    positive ones alone. networks: how many are drawn. seed.
    """

    width: int = parameter(2, symbol="N", low=1, high=32, step=1)
    depth: int = parameter(100, symbol="L", low=1, high=100, step=1)
    signs: int = parameter(2, symbol="s", low=1, high=2, step=1)
    networks: int = parameter(2000, symbol="r", low=100, high=20_000, step=100)
    seed: int = parameter(0, symbol="s", low=0, high=9999, step=1)


@dataclass(frozen=True)
class BornDead:
    """Networks that are born dead, by depth; entry 0 stands for one hidden layer, shape (depth,).

    dead: how many of the networks. share: their share. bound: Lu et al.'s upper bound.
    """

    settings: NarrowNetworks
    dead: NDArray[np.int64]
    share: Array
    bound: Array


def bound(width: ArrayLike, depth: ArrayLike) -> Array:
    """1 − (1 − 2^−N)^L for L hidden layers of N units; the arguments are broadcast."""
    return np.asarray(-np.expm1(np.asarray(depth) * np.log1p(-(2.0 ** -np.asarray(width, dtype=np.float64)))))


def born_dead(settings: NarrowNetworks) -> BornDead:
    """Draw the networks and see in which layer each dies, if in any: deeper ones have died there, too."""
    died = np.zeros(settings.depth, dtype=np.int64)
    for start in range(0, settings.networks, _AT_ONCE):
        died += _deaths(settings, start, min(_AT_ONCE, settings.networks - start))
    dead = np.cumsum(died)
    depths = np.arange(1, settings.depth + 1)
    return BornDead(settings, dead, dead / settings.networks, bound(settings.width, depths))


def born_dead_each(
    settings: Sequence[NarrowNetworks], progress: Callable[[float], None] | None = None
) -> tuple[BornDead, ...]:
    """`born_dead` for several settings, one after the other."""
    found = []
    for asked in settings:
        found.append(born_dead(asked))
        if progress:
            progress(len(found) / len(settings))
    return tuple(found)


def _deaths(settings: NarrowNetworks, start: int, alive: int) -> NDArray[np.int64]:
    """How many of `alive` networks die in each hidden layer."""
    stream = np.random.default_rng((settings.seed, start))
    h = np.broadcast_to(np.array([[1.0], [-1.0]])[: settings.signs], (alive, settings.signs, 1))
    died = np.zeros(settings.depth, dtype=np.int64)
    for layer in range(settings.depth):
        weights = stream.standard_normal((len(h), h.shape[-1], settings.width)) * np.sqrt(2 / h.shape[-1])
        h = np.maximum(h @ weights, 0)
        largest = h.max(axis=(1, 2))
        died[layer] = np.count_nonzero(largest == 0)
        # the dead need no more layers; a scale decides nothing, and over a hundred layers it would be lost
        h = h[largest > 0] / largest[largest > 0, None, None]
    return died
