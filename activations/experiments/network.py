"""A small fully-connected network: its weights in one vector, its passes forward and back.

h₀ = x, then for every hidden layer z = h W + b and h = f(z), a function a layer, and last the
outputs z = h W + b without a function: the loss brings its own.

- softmax: one output a class, L = −log softmax(z)ₗ for the label l.
- sigmoid: one output for two classes, otherwise one a class, L = Σ −log σ(±z), + where the class is the label.
- squared: one output, L = ½ (z − t)² for the target t.

The layers' matrices, biases as their last rows, lie one after the other in one vector, so that an
optimiser moves them all at once.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from activations.base import Activation, Array, parameter
from activations.experiments._checks import CheckedSettings
from activations.experiments.datasets import Points
from activations.sigmoids import Sigmoid, Tanh
from activations.softmax import log_softmax, softmax

Loss = Literal["softmax", "sigmoid", "squared"]
LOSSES: tuple[Loss, ...] = get_args(Loss)
Initialisation = Literal["standard", "glorot", "he"]
INITIALISATIONS: tuple[Initialisation, ...] = get_args(Initialisation)

_sigmoid: Callable[[Array], Array] = Sigmoid().formulas[0]


@dataclass(frozen=True)
class Layer(CheckedSettings):
    """A hidden layer: its function and how many units it has."""

    f: Activation = field(default_factory=Tanh)
    width: int = parameter(8, symbol="n", low=1, high=32, step=1)


class Network:
    """The shape of a network, and what can be worked out for any vector `theta` of its weights."""

    def __init__(self, layers: Sequence[Layer], loss: Loss, classes: int) -> None:
        self.functions = tuple(layer.f for layer in layers)
        self.loss = loss
        one_output = loss == "squared" or (loss == "sigmoid" and classes == 2)
        self.sizes = (2, *(layer.width for layer in layers), 1 if one_output else classes)
        self.shapes = tuple((inputs + 1, outputs) for inputs, outputs in zip(self.sizes, self.sizes[1:], strict=False))
        self.ends = np.cumsum([0, *(rows * columns for rows, columns in self.shapes)]).tolist()

    @property
    def size(self) -> int:
        """How many weights and biases there are."""
        return int(self.ends[-1])

    def matrices(self, theta: Array) -> list[Array]:
        """Views of `theta`, whose weights lie along the last axis: a matrix a layer, its last row the biases."""
        parts = zip(self.shapes, self.ends, self.ends[1:], strict=False)
        return [theta[..., start:end].reshape(*theta.shape[:-1], *shape) for shape, start, end in parts]

    def initial(self, how: Initialisation, scale: float, generator: np.random.Generator) -> Array:
        """Weights to start from, times `scale`; biases start at 0. With n inputs and m units a layer has

        standard: uniform within ±1/√n (variance 1 / 3n). glorot: uniform within ±√(6 / (n + m)) (variance
        2 / (n + m)), both Glorot and Bengio 2010. he: normal, variance 2 / n, He et al. 2015.
        """
        theta = np.zeros(self.size)
        for matrix in self.matrices(theta):
            inputs, units = matrix.shape[0] - 1, matrix.shape[1]
            if how == "he":
                drawn = generator.normal(0.0, math.sqrt(2.0 / inputs), (inputs, units))
            else:
                bound = 1.0 / math.sqrt(inputs) if how == "standard" else math.sqrt(6.0 / (inputs + units))
                drawn = generator.uniform(-bound, bound, (inputs, units))
            matrix[:-1] = scale * drawn
        return theta

    def forward(self, theta: Array, positions: Array) -> tuple[list[Array], list[Array]]:
        """z of every layer, the outputs last, and what goes into every layer, the positions first."""
        inputs, z = [positions], []
        for matrix, f in zip(self.matrices(theta), (*self.functions, None), strict=True):
            z.append(inputs[-1] @ matrix[:-1] + matrix[-1])
            if f is not None:
                inputs.append(np.asarray(f(z[-1])))
        return z, inputs

    def answers(self, outputs: Array) -> Array:
        """Probabilities, one a class, shape (n, classes); for the squared loss the number itself, shape (n, 1)."""
        if self.loss == "squared":
            return outputs
        if self.loss == "softmax":
            return np.asarray(softmax(outputs))
        p = _sigmoid(outputs)
        return np.concatenate([1.0 - p, p], axis=1) if outputs.shape[1] == 1 else p

    def wanted(self, points: Points) -> Array:
        """What the outputs are compared with: 0 and 1, or the targets; shape (n, outputs)."""
        if self.loss == "squared":
            return points.targets[:, None]
        if self.sizes[-1] == 1:
            return points.labels[:, None].astype(np.float64)
        return np.eye(self.sizes[-1])[points.labels]

    def losses(self, outputs: Array, wanted: Array) -> Array:
        """The loss of every point, shape (n,)."""
        if self.loss == "squared":
            return np.asarray(0.5 * ((outputs - wanted) ** 2).sum(axis=1))
        if self.loss == "softmax":
            return np.asarray(-(log_softmax(outputs) * wanted).sum(axis=1))
        # log(1 + e^−s) where s is the output with the sign that should be positive
        signed = np.where(wanted > 0, outputs, -outputs)
        return np.asarray((np.maximum(-signed, 0.0) + np.log1p(np.exp(-np.abs(signed)))).sum(axis=1))

    def at_outputs(self, outputs: Array, wanted: Array) -> Array:
        """dL/dz at the outputs of every point: for all three losses the answer less what was wanted."""
        if self.loss == "squared":
            return outputs - wanted
        if self.loss == "sigmoid":
            return _sigmoid(outputs) - wanted
        # softmax by hand: the library's, with its checks, took a third of the training time
        e: Array = outputs - np.maximum.reduce(outputs, axis=1, keepdims=True)
        np.exp(e, out=e)
        e /= np.add.reduce(e, axis=1, keepdims=True)
        e -= wanted
        return e


class Backward:
    """The gradient of the mean loss of a batch, and of the penalties, filled into the vector `gradient`.

    It reads the weights in `theta`, which may change in place between two calls. Its arrays are made
    once for every size of batch, and the functions' formulas are called without their checks:
    at sixteen units a layer, that is half of the time of a step. The penalties are
    l1 Σ|w| + ½ l2 Σw² over the weights; biases are free. d|w|/dw counts as 0 at 0.
    """

    def __init__(self, network: Network, theta: Array, l1: float = 0.0, l2: float = 0.0) -> None:
        self.network, self.theta, self.l1, self.l2 = network, theta, l1, l2
        self.gradient = np.zeros_like(theta)
        self._matrices = network.matrices(theta)
        self._across = [matrix[:-1].T for matrix in self._matrices]
        self._into = network.matrices(self.gradient)
        self._slopes: list[Array] = [np.empty(0)] * len(network.functions)
        self._is_weight = np.ones_like(theta)
        for matrix in network.matrices(self._is_weight):
            matrix[-1] = 0.0
        self._buffers: dict[int, list[tuple[Array, Array, Array]]] = {}

    def _made(self, count: int) -> list[tuple[Array, Array, Array]]:
        """For every layer: what goes into it with a 1 for the bias, the same turned, and its z."""
        buffers: list[tuple[Array, Array, Array]] = []
        for inputs, units in self.network.shapes:
            held = np.ones((count, inputs))
            buffers.append((held, held.T, np.empty((count, units))))
        return buffers

    def fill(self, positions: Array, wanted: Array) -> None:
        """Fill `gradient` for a batch of positions, shape (n, 2)."""
        count = len(positions)
        if count not in self._buffers:
            self._buffers[count] = self._made(count)
        buffers = self._buffers[count]
        buffers[0][0][:, :-1] = positions
        for layer, f in enumerate(self.network.functions):
            held, _, z = buffers[layer]
            np.dot(held, self._matrices[layer], out=z)
            buffers[layer + 1][0][:, :-1], self._slopes[layer] = f.with_derivative(z)
        held, turned, z = buffers[-1]
        np.dot(held, self._matrices[-1], out=z)
        back = self.network.at_outputs(z, wanted)
        back /= count
        np.dot(turned, back, out=self._into[-1])
        for layer in range(len(self._slopes) - 1, -1, -1):
            _, turned, _ = buffers[layer]
            back = np.dot(back, self._across[layer + 1])
            back *= self._slopes[layer]
            np.dot(turned, back, out=self._into[layer])
        if self.l2:
            self.gradient += self.l2 * self._is_weight * self.theta
        if self.l1:
            self.gradient += self.l1 * self._is_weight * np.sign(self.theta)

    def overflowed(self) -> int | None:
        """The first layer in which a number of the last pass was not finite, or None."""
        for layer, gradient in enumerate(self._into):
            sums = [gradient.sum(), *(buffers[layer][2].sum() for buffers in self._buffers.values())]
            if not np.all(np.isfinite(sums)):
                return layer
        return None

    def penalty(self) -> float:
        """What the penalties add to the mean loss."""
        weights = self._is_weight * self.theta
        return float(self.l1 * np.abs(weights).sum() + 0.5 * self.l2 * (weights**2).sum())
