"""Mean-field theory: what layers do to a signal's length as their width grows without bound.

In a wide network the pre-activations of a layer are normally distributed with mean 0. Their mean
square q goes from layer to layer by the length map, and a gradient's by χ:

    q′ = σ_w² E f(√q x)² + σ_b²,   χ(q) = σ_w² E f′(√q x)²,   x normal with mean 0 and variance 1.

Where q has settled at a fixed point q*, χ₁ = χ(q*) says what a layer makes of a gradient's mean
square: below 1 it vanishes (order), above 1 it explodes (chaos), and χ₁ = 1 is the edge of chaos.
Poole et al. 2016; Schoenholz et al. 2017. Theirs are networks without normalisation and residual
connections, and so is this one.

The expectations are integrals over panels that end at the function's kinks, and grow wider away
from 0, each with Gauss's nodes. Gauss–Hermite nodes, laid over a kink without regard to it, miss
ReLU6's χ by several per cent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from activations.base import Activation, Array, Parameter
from activations.experiments._checks import whole
from activations.experiments.signals import SIGMA_W

LAYERS = Parameter("layers", symbol="L", default=30, low=1, high=100, step=1)
SIGMA_B = Parameter("sigma_b", symbol="σ_b", default=0.0, low=0.0, high=5.0, step=0.01)

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_REACH = 9.5  # the normal density there is e^-45: beyond, nothing is lost
# Panels between these x, and between these f-inputs, where functions of scale 1 bend.
_IN_X = np.arange(-9.0, 10.0, 3.0)
_IN_INPUT = np.array([0.0, *(sign * 2.0**power for power in range(-2, 7) for sign in (-1, 1))])
_SMALLEST, _LARGEST = 1e-12, 1e8  # of q: outside, a signal counts as gone or as exploded
_LEVEL = 1e-9  # a falling map that comes this close to q′ = q, relatively, stands still
_GONE = 1e-8  # at the edge of chaos q tends to 0 ever more slowly, and so the map stands still before it is there


def mean_square(f: Activation, q: ArrayLike) -> Array:
    """E f(√q x)² for every q ≥ 0 in an array of one axis; x is normal with mean 0 and variance 1."""
    return _expect(f, q, lambda inputs: np.asarray(f(inputs)))


def mean_square_slope(f: Activation, q: ArrayLike) -> Array:
    """E f′(√q x)², likewise."""
    return _expect(f, q, lambda inputs: np.asarray(f.derivative(inputs)))


def _expect(f: Activation, q: ArrayLike, value: Callable[[Array], Array]) -> Array:
    std = np.sqrt(np.maximum(np.asarray(q, dtype=np.float64), 1e-300))[:, None]
    bends = np.concatenate([_IN_INPUT, f.facts.kinks]) / std
    edges = np.concatenate([bends, np.broadcast_to(_IN_X, (len(std), len(_IN_X)))], axis=1)
    edges = np.sort(np.clip(edges, -_REACH, _REACH), axis=1)
    ends = np.full((len(std), 1), _REACH)
    edges = np.concatenate([-ends, edges, ends], axis=1)[:, :, None]
    half = np.diff(edges, axis=1) / 2
    x = edges[:, :-1] + half * (1 + _NODES)
    with np.errstate(under="ignore"):
        density = np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)
        return np.asarray((half * _WEIGHTS * density * value(std[:, :, None] * x) ** 2).sum(axis=(1, 2)))


Fate = Literal["settles", "vanishes", "explodes", "stays"]


@dataclass(frozen=True)
class MeanField:
    """The theory for one function and one σ_b, for every σ_w (first axis).

    q: the axis of the length map, shape (n,). image: q′ for every q, shape (values, n).
    path: q layer by layer, the first layer's first, shape (values, layers). fate: whether q settles
    at a fixed point above 0, vanishes (q* = 0), explodes (q* = ∞), or stays wherever it is, since
    every q is a fixed point. fixed: q* from the first layer's q. chi: χ₁ = χ(q*), for an explosion
    its limit as q grows.
    """

    f: Activation
    sigma_b: float
    sigma_w: Array
    q: Array
    image: Array
    path: Array
    fate: tuple[Fate, ...]
    fixed: Array
    chi: Array


def mean_field(
    f: Activation,
    sigma_w: ArrayLike,
    progress: Callable[[float], None] | None = None,
    *,
    sigma_b: float = 0.0,
    start: float = 1.0,
    layers: int = 30,
    q: ArrayLike = (),
) -> MeanField:
    """The length map of `f` at the points `q`, and where `layers` layers lead an input of mean square `start`.

    The first layer's q is σ_w² start + σ_b², for it is fed by the input itself. Each σ_w from 0.1
    to 4, σ_b from 0 to 5 and 1 to 100 layers, ParameterError otherwise.
    """
    layers = whole(LAYERS, layers)
    values = np.array([SIGMA_W.check(value) for value in np.ravel(np.asarray(sigma_w)).tolist()])
    bias, points, gain = SIGMA_B.check(sigma_b), np.asarray(q, dtype=np.float64), np.square(values)
    path = np.empty((len(values), layers))
    path[:, 0] = gain * start + bias**2
    for layer in range(1, layers):
        path[:, layer] = gain * mean_square(f, path[:, layer - 1]) + bias**2
    fates, fixed = [], np.empty(len(values))
    for place, (value, first) in enumerate(zip(values.tolist(), path[:, 0].tolist(), strict=True)):
        fate, fixed[place] = _settle(f, value, first, bias)
        fates.append(fate)
        if progress:
            progress((place + 1) / len(values))
    image = gain[:, None] * mean_square(f, points) + bias**2
    chi = gain * mean_square_slope(f, np.minimum(fixed, _LARGEST))
    return MeanField(f, bias, values, points, image, path, tuple(fates), fixed, chi)


def _settle(f: Activation, sigma_w: float, q: float, sigma_b: float) -> tuple[Fate, float]:
    """Where the length map leads from q: its fate and the fixed point, found by bisection."""

    def growth(points: Array) -> Array:
        """q′/q − 1."""
        return (sigma_w**2 * mean_square(f, points) + sigma_b**2) / points - 1

    grows = growth(np.array([q]))[0]
    # A rising map leads without a turn to the next fixed point on the side it leads to.
    steps = np.geomspace(q, _LARGEST if grows > 0 else _SMALLEST, 200)
    ahead = growth(steps)
    if np.all(np.abs(ahead) < _LEVEL):
        return "stays", q
    crossed = np.flatnonzero(ahead <= 0 if grows > 0 else ahead > -_LEVEL)
    if not crossed.size:
        return ("explodes", np.inf) if grows > 0 else ("vanishes", 0.0)
    if crossed[0] == 0:
        return "settles", q
    near, far = steps[crossed[0] - 1], steps[crossed[0]]
    for _ in range(60):
        middle = np.sqrt(near * far)
        here = growth(np.array([middle]))[0]
        if here > 0 if grows > 0 else here <= -_LEVEL:
            near = middle
        else:
            far = middle
    return ("settles", float(far)) if far > _GONE else ("vanishes", 0.0)
