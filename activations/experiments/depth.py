"""Gradient through depth: what n layers of one activation do to a gradient, and where each saturates.

A gradient that passes back through n layers is multiplied by n slopes f′(z) (and by the weights,
which are left out here: the slope alone is this experiment's subject).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from activations.base import Activation, Array, Parameter

SHARE = Parameter("share", symbol="s", default=0.01, low=1e-6, high=0.99, step=0.01)

# Where the edge of saturation is looked for: dense where the curves bend, then in steps of about
# 1 % out to 1e8, since a slope such as 1 / (1 + |x|)² shrinks slowly.
_OUTWARD = np.concatenate([np.linspace(0.0, 32.0, 6401), np.geomspace(32.0, 1e8, 1501)[1:]])
_LINE = np.concatenate([-_OUTWARD[:0:-1], _OUTWARD])


@dataclass(frozen=True)
class SlopeProducts:
    """Products of n equal slopes.

    x: pre-activations, of any shape. depths: layer counts n, shape (n,). slope: f′(x), the shape of
    x. product: f′(x)ⁿ, shape (*x.shape, n). log10: log₁₀ |f′(x)ⁿ|, the same shape, worked out from
    the slope's own logarithm, so that it is right where `product` has run out of floating-point
    range; −∞ where the slope itself is 0. exact_zero: where that is so, shape of x: every product
    there is 0 (unless n = 0), not merely too small to be written down.
    """

    x: Array
    depths: Array
    slope: Array
    product: Array
    log10: Array
    exact_zero: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def slope_products(f: Activation, x: ArrayLike, depths: ArrayLike) -> SlopeProducts:
    """f′(x)ⁿ for every pre-activation in `x` and every n in `depths`; the axes of x come first.

    `depths` is one or more whole numbers ≥ 0; ValueError otherwise. For sigmoid at its best, x = 0,
    the product is 0.25ⁿ: 9.54e-7 at n = 10. A slope that float64 cannot hold (sigmoid's beyond
    x = ±745) counts as 0. Hochreiter 1991; Bengio, Simard and Frasconi 1994.
    """
    points = np.asarray(x, dtype=np.float64)
    layers = np.atleast_1d(np.asarray(depths, dtype=np.float64))
    if layers.ndim != 1 or not np.all((layers >= 0) & (layers < np.inf) & (layers == np.floor(layers))):
        raise ValueError(f"depths must be whole numbers from 0, not {depths!r}")
    slope = np.asarray(f.derivative(points))
    with np.errstate(all="ignore"):
        product = slope[..., None] ** layers
        magnitude = np.log10(np.abs(slope))[..., None]
        # 0 · −∞ is NaN, but an empty product is 1, whose logarithm is 0
        log10 = np.where(layers == 0, 0.0, layers * magnitude)
    return SlopeProducts(points, layers, slope, product, log10, slope == 0)


def saturation_bounds(f: Activation, share: float = SHARE.default) -> tuple[float, float]:
    """The x left of which, and the x right of which, |f′| stays under `share` of its largest value.

    For share 0.01: sigmoid ±5.986, tanh ±2.993, ReLU from 0 leftwards and never on the right. A
    side on which the slope never stays under it gives −inf or inf. `share` from 1e-6 to 0.99,
    ParameterError otherwise. Found from the core's derivative by bisection, to the last digit.
    """
    limit = SHARE.check(share) * f.facts.largest_slope

    def beyond(start: int, step: int) -> float:
        line = _LINE[::step]
        if abs(f.derivative(math.copysign(math.inf, line[0]))) >= limit:
            return math.copysign(math.inf, line[0])
        steep = np.flatnonzero(np.abs(f.derivative(line)) >= limit)
        if not steep.size or steep[0] == 0:
            raise ValueError(f"{f!r} does not saturate within ±{_LINE[-1]:g}")
        outer, inner = float(line[steep[0] - 1]), float(line[steep[0]])
        while (middle := outer + (inner - outer) / 2) not in (outer, inner):
            if abs(f.derivative(middle)) >= limit:
                inner = middle
            else:
                outer = middle
        return outer

    return beyond(0, 1), beyond(-1, -1)
