"""A layer's outputs with few bits: what a wide range costs, and what a ceiling such as ReLU6's buys.

Outputs from 0 to `top` are stored as whole numbers of 0 to 2ⁿ − 1 steps, as in Jacob et al. 2018:
every output is rounded to the nearest step, and what lies above `top` becomes `top`. All maps of a
layer share one step. So one loud map makes the step coarse for all, unless a ceiling cuts it off.
"""

import numpy as np

from activations.base import Array, Parameter

BITS = Parameter("bits", symbol="n", default=8, low=1, high=8, step=1)


def step(bits: int, top: float) -> float:
    """The distance of two neighbouring values of `bits` bits between 0 and `top`."""
    return top / float(2**bits - 1)


def quantised(outputs: Array, bits: int, top: float) -> Array:
    """The outputs as they are after rounding to `bits` bits between 0 and `top`, which is above 0."""
    size = step(bits, top)
    return np.asarray(np.rint(np.clip(outputs, 0.0, top) / size) * size)


def errors(outputs: Array, bits: int, tops: Array) -> Array:
    """The root of the mean squared error of quantising with each of `tops`, shape of `tops`."""
    steps = tops.reshape(-1, 1) / (2**bits - 1)
    flat = outputs.ravel()
    found = np.rint(np.clip(flat, 0.0, tops.reshape(-1, 1)) / steps) * steps
    return np.asarray(np.sqrt(((found - flat) ** 2).mean(axis=1)).reshape(tops.shape))
