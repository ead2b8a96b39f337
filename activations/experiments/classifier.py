"""A classifier's head: a small network learns the handwritten digits, and its last layer answers in one of three ways.

x (64 pixels) → ReLU(x W₁ + b₁) → z = h W₂ + b₂, the logits of ten classes. What the loss does with them:

- softmax: L = −log p_l with p = softmax(z) and the label l. Exactly one class is right; ∂L/∂z = p − y.
- twice: L = −log q_l with q = softmax(p), p = softmax(z): a softmax put before a loss that applies its own.
  q comes from numbers between 0 and 1, so that it is e / (e + 9) at the most and L never below FLOOR.
  ∂L/∂z = Jᵀ(q − y) with the Jacobian J of the first softmax, which is nearly 0 where p is sure of itself.
- sigmoid: L = Σ_k −log σ(±z_k), + for the classes that are there. Any number of classes may be right, none
  and several included; ∂L/∂z = σ(z) − y. It learns from pictures on which no, one or two digits lie
  over each other, the darker ink on top (`overlaid`), newly put together every epoch.

Plain gradient descent with momentum (rate 0.1, momentum 0.9, batches of 32, newly shuffled every
epoch) on the first digits of `digits.split().train`. Weights start as in He et al. 2015, biases at 0.
One core takes about 0.6 s for 200 epochs on all 1,197 digits with 64 units, 0.05 s on 100 digits.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activations.base import Array, parameter
from activations.experiments import digits
from activations.experiments._checks import CheckedSettings
from activations.sigmoids import Sigmoid
from activations.softmax import log_softmax, softmax

Head = Literal["softmax", "twice", "sigmoid"]
HEADS: tuple[Head, ...] = get_args(Head)

CLASSES = 10
PIXELS = 64
RATE, MOMENTUM, BATCH = 0.1, 0.9, 32
FLOOR = math.log(1 + (CLASSES - 1) / math.e)  # the least loss of a softmax put twice: of p = (1, 0, …, 0)
_SHEETS = np.array([0, 1, 2, 2])  # as often no, one or two digits lie on a picture for the sigmoids

Weights = tuple[Array, Array, Array, Array]

_sigmoid: Callable[[Array], Array] = Sigmoid().formulas[0]


@dataclass(frozen=True)
class Settings(CheckedSettings):
    """What can be set. Numbers out of range raise ParameterError, another head ValueError.

    head: what the loss does with the logits. count: how many digits it learns from. width: hidden units.
    epochs: passes through them. seed: of the weights and of the shuffling.
    """

    head: Head = "softmax"
    count: int = parameter(100, symbol="n", low=20, high=1197, step=1)
    width: int = parameter(64, symbol="m", low=1, high=128, step=1)
    epochs: int = parameter(200, symbol="e", low=1, high=200, step=1)
    seed: int = parameter(0, symbol="s", low=0, high=9999, step=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.head not in HEADS:
            raise ValueError(f"no head {self.head!r}; there are {', '.join(HEADS)}")


@dataclass(frozen=True)
class Classifier:
    """A trained network. loss, accuracy and confidence are seen after every epoch; entry 0 is before training.

    loss: the mean loss, its own, over the digits that it learns from. accuracy: the share of the test digits whose
    label has the largest logit. confidence: the mean over the test digits of the largest probability,
    softmax(z) or σ(z). All have shape (epochs + 1,).
    """

    settings: Settings
    weights: Weights
    loss: Array
    accuracy: Array
    confidence: Array

    def logits(self, images: Array) -> Array:
        """z for images as `digits.load()` holds them, shape (…, 64); the result has shape (…, 10)."""
        return forward(self.weights, images)[1]

    def probabilities(self, images: Array) -> Array:
        """What the head makes of them: softmax(z) or σ(z)."""
        return answers(self.settings.head, self.logits(images))


def answers(head: Head, logits: Array) -> Array:
    """The probabilities that a head gives for its logits."""
    return _sigmoid(logits) if head == "sigmoid" else np.asarray(softmax(logits))


def losses(head: Head, logits: Array, wanted: Array) -> Array:
    """The loss of every picture, shape (n,); `wanted` is 1 for the classes that are there and 0 for the others."""
    if head == "softmax":
        return np.asarray(-(log_softmax(logits) * wanted).sum(axis=-1))
    if head == "twice":
        return np.asarray(-(log_softmax(softmax(logits)) * wanted).sum(axis=-1))
    # log(1 + e^−s) where s is the logit with the sign that should be positive
    signed = np.where(wanted > 0, logits, -logits)
    return np.asarray((np.maximum(-signed, 0.0) + np.log1p(np.exp(-np.abs(signed)))).sum(axis=-1))


def at_logits(head: Head, logits: Array, wanted: Array) -> Array:
    """∂L/∂z of every picture, shape (n, 10)."""
    if head == "sigmoid":
        return _sigmoid(logits) - wanted
    p = _softmax(logits)
    if head == "softmax":
        return p - wanted
    at_p = _softmax(p) - wanted
    return np.asarray(p * (at_p - (at_p * p).sum(axis=-1, keepdims=True)))


def _softmax(logits: Array) -> Array:
    # by hand: the library's, with its checks, would take a third of the training time
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def forward(weights: Weights, images: Array) -> tuple[Array, Array]:
    """The hidden layer and the logits."""
    w1, b1, w2, b2 = weights
    hidden = np.maximum(images @ w1 + b1, 0.0)
    return hidden, hidden @ w2 + b2


def gradients(head: Head, weights: Weights, images: Array, wanted: Array) -> Weights:
    """The gradient of the mean loss over the images, by each of the weights."""
    hidden, logits = forward(weights, images)
    back = at_logits(head, logits, wanted) / len(images)
    below = (back @ weights[2].T) * (hidden > 0)
    return images.T @ below, below.sum(axis=0), hidden.T @ back, back.sum(axis=0)


def overlaid(first: Array, second: Array, ink: ArrayLike = (1.0, 1.0)) -> Array:
    """Two images on one sheet: in every pixel the darker of both, each with its share of `ink`, 0 to 1.

    `ink` has shape (2,) or (n, 2) for n sheets at once.
    """
    shares = np.asarray(ink, dtype=np.float64)[..., None]
    return np.maximum(shares[..., 0, :] * first, shares[..., 1, :] * second)


def mistakes(logits: Array, labels: NDArray[np.int64]) -> NDArray[np.intp]:
    """Which images are classified wrongly, those first of whose wrong class the network is most confident."""
    p = answers("softmax", logits)
    wrong = np.flatnonzero(p.argmax(axis=-1) != labels)
    return wrong[np.argsort(-p[wrong].max(axis=-1), kind="stable")]


def train(settings: Settings, progress: Callable[[float], None] | None = None) -> Classifier:
    """Train a head and look at it after every epoch; `progress` hears the share done, 0 to 1."""
    shipped, parts = digits.load(), digits.split()
    learnt, tested = parts.train[: settings.count], parts.test
    images, wanted = shipped.images[learnt], np.eye(CLASSES)[shipped.labels[learnt]]
    generator = np.random.default_rng(settings.seed)
    weights = _initial(settings.width, generator)
    speeds = tuple(np.zeros_like(array) for array in weights)
    seen = []
    for epoch in range(settings.epochs + 1):
        if epoch:
            shown, true = _sheets(settings.head, images, wanted, generator)
            for start in range(0, settings.count, BATCH):
                batch = slice(start, start + BATCH)
                steps = gradients(settings.head, weights, shown[batch], true[batch])
                for array, speed, step in zip(weights, speeds, steps, strict=True):
                    speed *= MOMENTUM
                    speed -= RATE * step
                    array += speed
        loss = losses(settings.head, forward(weights, images)[1], wanted).mean()
        p = answers(settings.head, forward(weights, shipped.images[tested])[1])
        seen.append((loss, (p.argmax(axis=-1) == shipped.labels[tested]).mean(), p.max(axis=-1).mean()))
        if progress:
            progress(epoch / settings.epochs)
    loss, accuracy, confidence = np.array(seen).T
    return Classifier(settings, weights, loss, accuracy, confidence)


def _initial(width: int, generator: np.random.Generator) -> Weights:
    w1 = generator.normal(0.0, math.sqrt(2.0 / PIXELS), (PIXELS, width))
    w2 = generator.normal(0.0, math.sqrt(2.0 / width), (width, CLASSES))
    return w1, np.zeros(width), w2, np.zeros(CLASSES)


def _sheets(head: Head, images: Array, wanted: Array, generator: np.random.Generator) -> tuple[Array, Array]:
    """What an epoch shows, in its order, and which classes are there."""
    order = generator.permutation(len(images))
    if head != "sigmoid":
        return images[order], wanted[order]
    other = generator.permutation(len(images))
    lying = generator.choice(_SHEETS, len(images))
    there = np.stack([lying >= 1, lying >= 2], axis=1).astype(np.float64)
    classes = np.maximum(there[:, :1] * wanted[order], there[:, 1:] * wanted[other])
    return overlaid(images[order], images[other], there), classes
