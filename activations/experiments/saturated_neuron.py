"""The saturated neuron: one neuron learns to answer 0, slowly if it starts where its curve is flat.

Input 1, target 0. The set-up, the starting points and the end points with squared error are those
of Nielsen, Neural Networks and Deep Learning, 2015, chapter 3.
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from activations.base import Activation, Array, Parameter
from activations.experiments._checks import whole
from activations.sigmoids import Sigmoid

Loss = Literal["squared", "cross_entropy"]

START = Parameter("start", symbol="w", default=2.0, low=-100.0, high=100.0, step=0.1)
LEARNING_RATE = Parameter("learning_rate", symbol="η", default=0.15, low=0.001, high=10.0, step=0.01)
STEPS = Parameter("steps", symbol="n", default=300, low=1, high=10_000, step=1)


@dataclass(frozen=True)
class NeuronRun:
    """One training run; every array has shape (steps + 1,), entry 0 before the first step.

    w, b: weight and bias. z = w + b: the pre-activation. output: a = f(z). loss: L, in nats for
    cross-entropy. gradient: dL/dz, which is also dL/dw and dL/db, since the input is 1.
    """

    w: Array
    b: Array
    z: Array
    output: Array
    loss: Array
    gradient: Array


def train_neuron(
    w: float = START.default,
    b: float = START.default,
    *,
    f: Activation | None = None,
    loss: Loss = "squared",
    learning_rate: float = LEARNING_RATE.default,
    steps: int = 300,
) -> NeuronRun:
    """Gradient descent on one neuron a = f(w · 1 + b) with target 0; `f` is Sigmoid() by default.

    squared: L = ½ a², dL/dz = a · f′(z): where f is flat, nothing is learnt.
    cross_entropy (sigmoid only): L = −log(1 − a), dL/dz = a: the slope has cancelled out.

    From w = b = 2 squared error ends at output 0.203, from w = 0.6, b = 0.9 at 0.094. Raises
    ParameterError for a number out of range, ValueError for an unknown loss, or for cross-entropy
    with a function other than sigmoid, whose output need not be a probability.
    """
    f = Sigmoid() if f is None else f
    if loss not in get_args(Loss):
        raise ValueError(f"loss must be one of {', '.join(get_args(Loss))}, not {loss!r}")
    if loss == "cross_entropy" and not isinstance(f, Sigmoid):
        raise ValueError(f"cross-entropy needs a probability, so f must be sigmoid, not {f.name}")
    w, b = (Parameter(name, START.symbol, START.default, START.low, START.high, START.step).check(value)
            for name, value in (("w", w), ("b", b)))  # fmt: skip
    rate = LEARNING_RATE.check(learning_rate)
    rows = []
    for _ in range(whole(STEPS, steps) + 1):
        z = w + b
        output = float(f(z))
        if loss == "squared":
            value, gradient = 0.5 * output * output, output * float(f.derivative(z))
        else:
            value, gradient = max(z, 0.0) + math.log1p(math.exp(-abs(z))), output
        rows.append((w, b, z, output, value, gradient))
        w, b = w - rate * gradient, b - rate * gradient
    return NeuronRun(*np.array(rows).T.copy())
