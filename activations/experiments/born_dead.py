"""Born dead: ReLU networks that no input can pass, before a single step of training.

If in one hidden layer every unit is silent on every input, the network answers all inputs alike and
no gradient reaches its first layers: it is born dead. Where weights and biases are drawn from
symmetric distributions (here normal, with variance 2 / inputs as in He et al. 2015, and biases 0),
Lu et al. 2019 bound the probability of that by

    1 − ∏ (1 − 2^−N)   over the hidden layers, N units in each.

With a single input it is exactly that, for every unit of a layer that is reached is silent with
probability ½; the more inputs there are, the fewer networks are silent on all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activations.base import Array, parameter
from activations.experiments._checks import CheckedSettings

_AT_ONCE = 500  # networks: their activations stay in the processor's cache, and progress is told


@dataclass(frozen=True)
class NarrowNetworks(CheckedSettings):
    """What can be set; ParameterError for what is out of range.

    width: units of every hidden layer. depth: hidden layers. dimension: of the inputs. inputs: how
    many, drawn evenly from [−1, 1] in every coordinate. networks: how many are drawn. seed.
    """

    width: int = parameter(2, symbol="N", low=1, high=16, step=1)
    depth: int = parameter(100, symbol="L", low=1, high=100, step=1)
    dimension: int = parameter(1, symbol="d", low=1, high=16, step=1)
    inputs: int = parameter(64, symbol="m", low=1, high=256, step=1)
    networks: int = parameter(2000, symbol="r", low=100, high=10_000, step=100)
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


def born_dead(settings: NarrowNetworks, progress: Callable[[float], None] | None = None) -> BornDead:
    """Draw the networks and see in which layer each dies, if in any: deeper ones have died there, too."""
    died = np.zeros(settings.depth + 1, dtype=np.int64)
    for start in range(0, settings.networks, _AT_ONCE):
        count = min(_AT_ONCE, settings.networks - start)
        died += np.bincount(_layer_of_death(settings, start, count), minlength=settings.depth + 1)
        if progress:
            progress((start + count) / settings.networks)
    dead = np.cumsum(died[:-1])
    return BornDead(settings, dead, dead / settings.networks, bound(settings.width, np.arange(1, settings.depth + 1)))


def _layer_of_death(settings: NarrowNetworks, start: int, count: int) -> NDArray[np.int64]:
    """For each network the first hidden layer, from 0, that is silent on every input; `depth` if none is."""
    stream = np.random.default_rng((settings.seed, start))
    h = stream.uniform(-1, 1, (count, settings.inputs, settings.dimension))
    found = np.full(count, settings.depth, dtype=np.int64)
    for layer in range(settings.depth):
        fan_in = h.shape[-1]
        weights = stream.standard_normal((count, fan_in, settings.width)) * np.sqrt(2 / fan_in)
        h = np.maximum(h @ weights, 0)
        largest = h.max(axis=(1, 2))
        found = np.where((largest == 0) & (found == settings.depth), layer, found)
        # the scale decides nothing and is lost in a hundred layers, so it is taken out
        h /= np.where(largest > 0, largest, 1)[:, None, None]
    return found
