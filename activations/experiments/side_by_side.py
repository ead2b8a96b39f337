"""Networks that learn the digits side by side, one a seed: the seed axis comes first in every array.

x (64 pixels) → hidden layers → softmax over 10 classes, cross-entropy, plain mini-batch gradient
descent (batches of 32, newly shuffled every epoch). A hidden layer is a = h W + b, z = N(a), h′ = f(z),
where N is nothing or batch normalisation (Ioffe and Szegedy 2015): every unit over the batch, with
learnt scale γ (from 1) and shift β (from 0). Looked at, the networks are normalised by the statistics
of all images that they learn from, so that an image's answer does not depend on its neighbours.

Every seed has one generator, from which first its weights are drawn, layer by layer, and then the
order of every epoch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from activations.base import Activation, Array
from activations.experiments.deep_network import EPSILON, through_normalisation
from activations.softmax import log_softmax

BATCH = 32
LIMIT = 1e100
CLASSES = 10
Start = Literal["he", "unit"]
STARTS: tuple[Start, ...] = get_args(Start)


@dataclass(frozen=True)
class Recipe:
    """A network and how it is trained.

    f: the hidden layers' activation. widths: their units. learning_rate: the step along the mean
    gradient of a batch. initial_bias: of the hidden layers; the output's is 0. start: weights normal, of
    variance 2 / inputs ("he", He et al. 2015) or 1 ("unit"). warm_up: steps over which the rate
    grows in equal parts to its full size. clip: the longest that the gradient of all weights together
    may be; a longer one is shortened to it (Pascanu et al. 2013). normalised: batch normalisation.
    """

    f: Activation
    widths: tuple[int, ...]
    learning_rate: float
    initial_bias: float = 0.0
    start: Start = "he"
    warm_up: int = 0
    clip: float = np.inf
    normalised: bool = False


class Layer(NamedTuple):
    """A hidden layer's pass forwards: what goes in, z, f′(z), what goes out, and if it is normalised N(a) and
    1/√(variance + ε). What goes in and out has a last column of ones, for the biases."""

    inputs: Array
    z: Array
    slope: Array
    output: Array
    centred: Array | None
    spread: Array | None


class Networks:
    """One network a seed. Its biases are the last rows of its `matrices`, so that one product serves both.

    matrices: for every hidden layer W over b and, normalised, γ over β; last W over b. A step makes new ones.
    The inputs and outputs of layers are made once for every shape of images: another pass overwrites them.
    """

    def __init__(
        self, recipe: Recipe, seeds: Sequence[int], images: NDArray[np.float64], labels: NDArray[np.int64]
    ) -> None:
        self.recipe, self.images, self.labels = recipe, images, labels
        self.targets = np.eye(CLASSES)[labels]
        self.generators = [np.random.default_rng(seed) for seed in seeds]
        self.steps = 0
        weights: list[Array] = []
        inputs = images.shape[1]
        for width in recipe.widths:
            weights += [self._drawn(inputs, width), self._filled(width, recipe.initial_bias)]
            if recipe.normalised:
                weights += [self._filled(width, 1.0), self._filled(width, 0.0)]
            inputs = width
        self.weights = [*weights, self._drawn(inputs, CLASSES), self._filled(CLASSES, 0.0)]
        self._held: dict[tuple[int, ...], list[Array]] = {}

    def _drawn(self, inputs: int, outputs: int) -> Array:
        spread = np.sqrt(2.0 / inputs) if self.recipe.start == "he" else 1.0
        return np.stack([g.normal(0.0, spread, (inputs, outputs)) for g in self.generators])

    def _filled(self, units: int, value: float) -> Array:
        return np.full((len(self.generators), 1, units), value)

    @property
    def weights(self) -> list[Array]:
        """For every hidden layer W, b and, normalised, γ and β; last W and b: views of `matrices`."""
        return _parted(self.matrices)

    @weights.setter
    def weights(self, parts: Sequence[Array]) -> None:
        pairs = zip(parts[::2], parts[1::2], strict=True)
        self.matrices: list[Array] = [np.concatenate(pair, axis=1) for pair in pairs]

    def _hidden(self) -> Sequence[tuple[Array, Array | None]]:
        """For every hidden layer W over b and, normalised, γ over β."""
        if self.recipe.normalised:
            return list(zip(self.matrices[:-1:2], self.matrices[1::2], strict=True))
        return [(matrix, None) for matrix in self.matrices[:-1]]

    def _arrays(self, shape: tuple[int, ...]) -> list[Array]:
        """For images of this shape, what goes into every layer and into the outputs: to be filled, but for the ones."""
        if shape not in self._held:
            *_, count, pixels = shape
            hidden = [np.ones((len(self.generators), count, width + 1)) for width in self.recipe.widths]
            self._held[shape] = [np.ones((*shape[:-1], pixels + 1)), *hidden]
        return self._held[shape]

    def forward(self, x: Array, counted: int | None = None) -> tuple[list[Layer], Array]:
        """Every hidden layer and the outputs, for images of shape (n, 64) or, seed by seed, (seeds, n, 64).

        Normalisation counts the first `counted` images, or all.
        """
        layers, f = [], self.recipe.f
        h, *outputs = self._arrays(x.shape)
        h[..., :-1] = x
        for (matrix, learnt), output in zip(self._hidden(), outputs, strict=True):
            z: Array = h @ matrix
            centred, spread = None, None
            if learnt is not None:
                z -= z[:, :counted].mean(axis=1, keepdims=True)
                spread = 1 / np.sqrt(np.square(z[:, :counted]).mean(axis=1, keepdims=True) + EPSILON)
                centred = z * spread
                z = learnt[:, :1] * centred + learnt[:, 1:]
            output[..., :-1], slope = f.with_derivative(z)
            layers.append(Layer(h, z, slope, output, centred, spread))
            h = output
        return layers, h @ self.matrices[-1]

    def gradients(self, x: Array, y: Array) -> list[Array]:
        """The gradients of the mean cross-entropy in the order of `weights`; y holds 0 and 1, a column a class."""
        return _parted(self.backward(y, *self.forward(x)))

    def backward(self, y: Array, layers: Sequence[Layer], logits: Array) -> list[Array]:
        """The same for a pass forwards, in the order of `matrices`."""
        # softmax by hand: the library's, with its checks, took a third of the training time
        at_outputs: Array = logits - np.maximum.reduce(logits, axis=-1, keepdims=True)
        np.exp(at_outputs, out=at_outputs)
        at_outputs /= np.add.reduce(at_outputs, axis=-1, keepdims=True)
        # the gradient of cross-entropy by the logits is p − y; the mean is over the batch
        at_outputs -= y
        at_outputs /= logits.shape[1]
        found: list[Array] = [layers[-1].output.swapaxes(1, 2) @ at_outputs]
        back, above = at_outputs, self.matrices[-1]
        for layer, (matrix, learnt) in zip(reversed(layers), reversed(self._hidden()), strict=True):
            inputs, _, slope, _, centred, spread = layer
            at_a: Array = back @ above[:, :-1].swapaxes(1, 2)
            at_a *= slope
            if learnt is not None and centred is not None and spread is not None:
                by_both = [(at_a * centred).sum(axis=1, keepdims=True), at_a.sum(axis=1, keepdims=True)]
                found.append(np.concatenate(by_both, axis=1))
                at_a = through_normalisation(at_a * learnt[:, :1], centred, spread, -2)
            found.append(inputs.swapaxes(-1, -2) @ at_a)
            back, above = at_a, matrix
        return found[::-1]

    def step(self, x: Array, y: Array) -> None:
        """One step along the gradient of a batch."""
        found, recipe = self.backward(y, *self.forward(x)), self.recipe
        self.steps += 1
        rate: float | Array = recipe.learning_rate * min(1.0, self.steps / max(recipe.warm_up, 1))
        if np.isfinite(recipe.clip):
            length = np.sqrt(sum(np.square(one).sum(axis=(1, 2)) for one in found))
            rate = rate * np.minimum(1.0, recipe.clip / np.maximum(length, recipe.clip))[:, None, None]
        self.matrices = [matrix - rate * one for matrix, one in zip(self.matrices, found, strict=True)]

    def skip_epoch(self) -> NDArray[np.int64]:
        """Draw the order of the next epoch, shape (seeds, images), and do no more."""
        return np.stack([g.permutation(len(self.images)) for g in self.generators])

    def batches(self) -> Iterator[tuple[Array, Array]]:
        """The batches of the next epoch, newly shuffled for every seed."""
        orders = self.skip_epoch()
        x, y = self.images[orders], self.targets[orders]
        for start in range(0, len(self.images), BATCH):
            yield x[:, start : start + BATCH], y[:, start : start + BATCH]

    def train_epoch(self) -> None:
        """Go once through the images."""
        for x, y in self.batches():
            self.step(x, y)

    def sound(self) -> NDArray[np.bool_]:
        """Which networks hold only numbers of a size whose products stay finite, shape (seeds,)."""
        largest: Array = np.array([np.abs(array).max(axis=(1, 2)) for array in self.matrices]).max(axis=0)
        return largest < LIMIT  # False for NaN too, which max hands on

    def active(self, layer: Layer) -> NDArray[np.bool_]:
        """Which units of a layer have a slope on which images, shape (seeds, images, units)."""
        return np.asarray(layer.slope != 0)

    def score(self, logits: Array, labels: NDArray[np.int64]) -> tuple[Array, Array]:
        """The share of the images classified rightly and the mean cross-entropy, shape (seeds,)."""
        accuracy: Array = (logits.argmax(axis=-1) == labels).mean(axis=-1)
        # sums down long columns: along rows of ten numbers they take twice as long
        by_class = log_softmax(np.ascontiguousarray(logits.swapaxes(1, 2)), axis=1)
        loss: Array = -np.take_along_axis(by_class, labels[None, None], axis=1)[:, 0].mean(axis=-1)
        return accuracy, loss


def _parted(matrices: Sequence[Array]) -> list[Array]:
    """Each matrix without its last row, and this row: W and b, γ and β."""
    return [part for matrix in matrices for part in (matrix[:, :-1], matrix[:, -1:])]
