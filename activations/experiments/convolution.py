"""A small convolution over handwritten digits: its feature maps, and how its filters learn.

A filter is nine weights. It is laid over every 3 × 3 patch of an image; the map's value there is
the sum of the nine products, and a bias. Networks call this a convolution, though the filter is not
turned over as it is in mathematics. As in VGGNet (Simonyan and Zisserman 2014) the step is one pixel
and the image is framed by one pixel of zeros, so that a map is as large as its image.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from activations.base import Activation, Array, parameter
from activations.experiments import digits
from activations.experiments._checks import CheckedSettings
from activations.rectifiers import ReLU

SIZE = 3  # of a filter, in each direction
SIDE = 8  # of a digit
CLASSES = 10
BATCH = 32

# Filters by hand, and the edge, corner or stroke that each answers to with a positive number.
BY_HAND: dict[str, tuple[tuple[float, ...], ...]] = {
    "left": ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),  # paper on the left, ink on the right
    "right": ((1, 0, -1), (1, 0, -1), (1, 0, -1)),
    "top": ((-1, -1, -1), (0, 0, 0), (1, 1, 1)),
    "bottom": ((1, 1, 1), (0, 0, 0), (-1, -1, -1)),
    "slant": ((0, -1, -1), (1, 0, -1), (1, 1, 0)),
    "stroke": ((-1, 2, -1), (-1, 2, -1), (-1, 2, -1)),
}
FILTERS = len(BY_HAND)


@dataclass(frozen=True)
class Layer:
    """Filters of shape (k, 3, 3) and their biases of shape (k,)."""

    filters: Array
    biases: Array

    def __call__(self, images: Array) -> Array:
        """The feature maps of images of shape (n, rows, columns), shape (n, rows, columns, k)."""
        return convolve(patches(images), self)


def by_hand() -> Layer:
    """The filters made by hand, without biases."""
    return Layer(np.array(list(BY_HAND.values()), dtype=np.float64), np.zeros(FILTERS))


def patches(images: Array) -> Array:
    """The nine pixels around every pixel, with zeros beyond the edge: shape (n, rows, columns, 9)."""
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    return sliding_window_view(framed, (SIZE, SIZE), axis=(1, 2)).reshape(*images.shape, SIZE**2)


def convolve(over: Array, layer: Layer) -> Array:
    """The feature maps over the `patches` of images, shape (n, rows, columns, k): the step that `Layer` takes."""
    return np.asarray(over @ layer.filters.reshape(-1, SIZE**2).T + layer.biases)


def gradients(over: Array, at_maps: Array) -> tuple[Array, Array]:
    """What reaches filters and biases of a gradient `at_maps`, which has the shape of the maps.

    A filter's gradient is the patches' sum, each weighted by the gradient at the cell that it gave:
    a convolution again, of the image with the gradient at its map.
    """
    at_filters = at_maps.reshape(-1, at_maps.shape[-1]).T @ over.reshape(-1, SIZE**2)
    return at_filters.reshape(-1, SIZE, SIZE), at_maps.reshape(-1, at_maps.shape[-1]).sum(axis=0)


def image_gradient(layer: Layer, at_maps: Array) -> Array:
    """What reaches the images of a gradient at their maps, shape (n, rows, columns): a convolution with turned filters.

    Unused where the images are data; where another layer lies below, this is what it learns from.
    """
    turned = layer.filters[:, ::-1, ::-1].reshape(-1, SIZE**2)
    each = np.stack([patches(at_maps[..., k]) @ weights for k, weights in enumerate(turned)])
    return np.asarray(each.sum(axis=0))


@dataclass(frozen=True)
class Settings(CheckedSettings):
    """How filters learn. Numbers out of range raise ParameterError.

    f: the activation behind the convolution. learning_rate: the step along the mean gradient of a
    batch. seed: of the weights and of the shuffling. epochs: passes through the training digits.
    """

    f: Activation = field(default_factory=ReLU)
    learning_rate: float = parameter(0.5, symbol="η", low=0.001, high=10.0, step=0.001)
    seed: int = parameter(0, symbol="s", low=0, high=9999, step=1)
    epochs: int = parameter(20, symbol="e", low=0, high=100, step=1)


@dataclass(frozen=True)
class Network:
    """Six maps by a convolution, an activation, the mean over every 2 × 2 patch, and a softmax over ten classes.

    weights: shape (96, 10), from the pooled maps to the classes. offsets: shape (10,).
    """

    layer: Layer
    weights: Array
    offsets: Array

    @property
    def parts(self) -> tuple[Array, ...]:
        """All that learns."""
        return self.layer.filters, self.layer.biases, self.weights, self.offsets


@dataclass(frozen=True)
class Learned:
    """A network after its training, and the share of test digits that it classifies rightly, 0 to 1."""

    settings: Settings
    network: Network
    accuracy: float


def start(settings: Settings) -> Network:
    """The network before training: weights as in He et al. 2015, normal with variance 2 / inputs, and no biases."""
    generator = np.random.default_rng(settings.seed)
    pooled = FILTERS * (SIDE // 2) ** 2
    filters = generator.normal(0.0, np.sqrt(2.0 / SIZE**2), (FILTERS, SIZE, SIZE))
    weights = generator.normal(0.0, np.sqrt(2.0 / pooled), (pooled, CLASSES))
    return Network(Layer(filters, np.zeros(FILTERS)), weights, np.zeros(CLASSES))


def _pool(maps: Array) -> Array:
    """The mean over every 2 × 2 patch, all of an image in a row."""
    half = SIDE // 2
    return np.asarray(maps.reshape(len(maps), half, 2, half, 2, -1).mean(axis=(2, 4)).reshape(len(maps), -1))


def logits(network: Network, f: Activation, over: Array) -> Array:
    """What the network answers to the `patches` of images, shape (n, 10)."""
    return np.asarray(_pool(f(convolve(over, network.layer))) @ network.weights + network.offsets)


def loss_gradients(network: Network, f: Activation, over: Array, targets: Array) -> tuple[float, tuple[Array, ...]]:
    """Mean cross-entropy in nats, and its gradients in the order of `network.parts`.

    over: `patches` of images, shape (n, 8, 8, 9). targets: shape (n, 10), one 1 a row.
    """
    value, slope = f.with_derivative(convolve(over, network.layer))
    pooled = _pool(value)
    scores = pooled @ network.weights + network.offsets
    scores = scores - scores.max(axis=1, keepdims=True)
    logarithms = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    at_logits = (np.exp(logarithms) - targets) / len(over)
    # each cell of a patch takes a quarter of what reaches their mean
    shared = (at_logits @ network.weights.T).reshape(len(over), SIDE // 2, SIDE // 2, FILTERS) / 4
    at_filters, at_biases = gradients(over, shared.repeat(2, axis=1).repeat(2, axis=2) * slope)
    loss = -float((logarithms * targets).sum(axis=1).mean())
    return loss, (at_filters, at_biases, pooled.T @ at_logits, at_logits.sum(axis=0))


def train(settings: Settings, progress: Callable[[float], None] | None = None) -> Learned:
    """Learn from the training digits, in newly shuffled batches of 32; `progress` hears the share done, 0 to 1.

    Measured over seeds 0 to 4, the share of the test digits: ReLU 0.950 to 0.977, tanh 0.953 to 0.970, sigmoid
    0.907 to 0.933, no activation (identity) 0.947 to 0.963. One core takes about 0.2 s.
    """
    data, split = digits.load(), digits.split()
    over, targets = patches(data.images.reshape(-1, SIDE, SIDE)), np.eye(CLASSES)[data.labels]
    network = start(settings)
    generator = np.random.default_rng((settings.seed, 1))
    for epoch in range(settings.epochs):
        order = generator.permutation(split.train)
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            _, found = loss_gradients(network, settings.f, over[batch], targets[batch])
            filters, biases, weights, offsets = (
                part - settings.learning_rate * gradient for part, gradient in zip(network.parts, found, strict=True)
            )
            network = Network(Layer(filters, biases), weights, offsets)
        if progress:
            progress((epoch + 1) / settings.epochs)
    answers = logits(network, settings.f, over[split.test]).argmax(axis=1)
    return Learned(settings, network, float((answers == data.labels[split.test]).mean()))
