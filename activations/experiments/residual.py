"""Plain against residual: two deep stacks learn handwritten digits side by side; only the shortcuts tell them apart.

x (64 pixels) → h₀ = x W_in → L blocks of WIDTH units → softmax(h_L W_out + b_out) (10 classes). A block is

    plain      h′ = f(N(h W) + b)
    residual   h′ = h + α f(N(h W) + b)

N is nothing, or batch normalisation (Ioffe and Szegedy 2015; without a learnt scale, which the next
layer's weights can stand for, and b is its shift). α is 1, or 1/√L: without normalisation every block
adds to the variance of the signal, and L branches of full size would make it grow like a power of L's
exponential (Hayou et al. 2021; De and Smith 2020 show that batch normalisation does the like by itself).

Both start from the same weights, of variance σ_w² / inputs (He et al. 2015 for σ_w = √2), biases 0, and
see the same digits in the same order: cross-entropy, plain gradient descent, batches of 64, on the
training digits of `digits.split`, pixels centred on their means and divided by their common standard
deviation. But for α, nothing is set for one of the two alone.

Measured, ReLU, σ_w = √2, rate 0.05, 15 epochs, training accuracy over the seeds 0 to 7:

| L, N, α                 | plain          | residual       |
|-------------------------|----------------|----------------|
| 8, nothing, 1/√L        | 0.968 to 0.998 | 0.989 to 0.992 |
| 32, nothing, 1/√L       | 0.100 to 0.423 | 0.984 to 0.992 |
| 64, nothing, 1/√L       | 0.109 to 0.206 | 0.840 to 0.987 |
| 32, batch, 1            | 0.356 to 0.529 | 0.987 to 1.000 |
| 32, nothing, 1/√L, sigmoid | 0.109       | 0.964 to 0.972 |

The plain stack's training is chaotic where it fails: another last digit of σ_w, or another BLAS, gives
another number below one half. One core takes about 1.8 s at 32 blocks and 4 s at 64 with normalisation.

This is not the experiment of He et al. 2015 but a small one beside it: their networks are convolutional,
with two or three layers and batch normalisation in a block, and a ReLU behind the sum.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from activations.base import Activation, Array, parameter
from activations.experiments import digits
from activations.experiments._checks import CheckedSettings
from activations.experiments.deep_network import EPSILON
from activations.rectifiers import ReLU
from activations.softmax import log_softmax

Normalisation = Literal["none", "batch"]
NORMALISATIONS: tuple[Normalisation, ...] = get_args(Normalisation)
KINDS = ("plain", "residual")

WIDTH, BATCH, CLASSES = 32, 64, 10
PROBES = 100  # the training digits on which signal and gradient are looked at
ROUNDING = 1e-14  # of the signal's size: smaller differences between digits are those of float64's last digits
LIMIT = 1e6  # no weight of a network that learns comes near it, and below it all that is kept stays finite
_ABREAST = 8  # values of σ_w at once: their arrays stay in the processor's cache


@dataclass(frozen=True)
class Settings(CheckedSettings):
    """What can be set. Numbers out of range raise ParameterError, an unknown normalisation ValueError.

    f: the function of every block. depth: blocks. normalisation: N. scaled: whether α is 1/√L.
    sigma_w: σ_w. learning_rate: η. seed: of the weights and of the shuffling. epochs: passes through
    the training digits.
    """

    f: Activation = field(default_factory=ReLU)
    normalisation: Normalisation = "none"
    scaled: bool = True
    depth: int = parameter(32, symbol="L", low=4, high=64, step=1)
    sigma_w: float = parameter(math.sqrt(2.0), symbol="σ_w", low=0.1, high=4.0, step=0.01)
    learning_rate: float = parameter(0.05, symbol="η", low=0.001, high=2.0, step=0.001)
    seed: int = parameter(0, symbol="s", low=0, high=9999, step=1)
    epochs: int = parameter(15, symbol="e", low=1, high=40, step=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.normalisation not in NORMALISATIONS:
            known = ", ".join(NORMALISATIONS)
            raise ValueError(f"normalisation must be one of {known}, not {self.normalisation!r}")


@dataclass(frozen=True)
class Passage:
    """Signal and gradient on PROBES digits, at the input of the first block (0) and behind every block, last axis.

    The axis before it is that of KINDS. size: root mean square of the activations. difference: of their
    deviations from the mean over the digits, which is what tells one digit from another, 0 where that is only
    rounding. gradient: root mean
    square of the loss's gradient by the activations, as a multiple of that behind the last block (NaN if
    that is 0).
    """

    size: Array
    difference: Array
    gradient: Array


@dataclass(frozen=True)
class Comparison:
    """Both networks after every epoch; entry 0 is before training, the second axis that of KINDS.

    accuracy: share of the digits classified rightly, loss: mean cross-entropy in nats, of the training and
    the test digits, shape (epochs + 1, 2, 2). passage: (epochs + 1, 2, depth + 1). diverged_at: for each
    network the epoch in which a weight became NaN or grew beyond LIMIT, or None; from then on its entries are NaN.
    """

    settings: Settings
    accuracy: Array
    loss: Array
    passage: Passage
    diverged_at: tuple[int | None, int | None]


@dataclass
class Pass:
    """What a pass forward leaves, block by block: activations (the first is the input's), z and, with normalisation,
    N(h W) and the reciprocal of its standard deviation; and the logits."""

    h: list[Array]
    z: list[Array]
    normal: list[Array]
    spread: list[Array]
    logits: Array


class Stacks:
    """Networks of one shape side by side; their axis comes first, in the blocks' weights second.

    `shortcut` says which of them are residual. Their weights: `into`, `blocks`, `biases`, `out`, `out_bias`.
    """

    NAMES = ("into", "blocks", "biases", "out", "out_bias")

    def __init__(self, settings: Settings, shortcut: NDArray[np.bool_], sigma_w: Array) -> None:
        self.settings = settings
        count, depth = len(shortcut), settings.depth
        self.carried = shortcut.astype(np.float64)[:, None, None]
        alpha = 1 / math.sqrt(depth) if settings.scaled else 1.0
        self.branch = np.where(shortcut, alpha, 1.0)[:, None, None]
        self._f, self._slope = settings.f.formulas
        ends = np.random.default_rng((settings.seed, 0))
        into = ends.standard_normal((digits.load().images.shape[1], WIDTH)) / math.sqrt(digits.load().images.shape[1])
        out = ends.standard_normal((WIDTH, CLASSES)) / math.sqrt(WIDTH)
        self.into, self.out = (np.repeat(one[None], count, axis=0) for one in (into, out))
        # a stream a block, so that a deeper network begins like a shallower one
        noise = [
            np.random.default_rng((settings.seed, block)).standard_normal((WIDTH, WIDTH))
            for block in range(1, depth + 1)
        ]
        self.blocks = sigma_w[:, None, None] / math.sqrt(WIDTH) * np.array(noise)[:, None]
        self.biases = np.zeros((depth, count, 1, WIDTH))
        self.out_bias = np.zeros((count, 1, CLASSES))

    @property
    def weights(self) -> list[Array]:
        """All that is learnt, in the order of NAMES."""
        return [getattr(self, name) for name in self.NAMES]

    def forward(self, x: Array, learnt: int | None = None, keep: bool = True) -> Pass:
        """Send digits through. Batch normalisation takes its statistics from the first `learnt` of them, or from all.

        Without `keep` only the logits are of use: over all digits, what is kept would fill the processor's cache.
        """
        h: Array = x @ self.into
        kept = Pass([h], [], [], [], h)
        for block, bias in zip(self.blocks, self.biases, strict=True):
            z: Array = h @ block
            if self.settings.normalisation == "batch":
                z -= _mean(z[:, :learnt])
                spread = 1 / np.sqrt(_mean(np.square(z[:, :learnt])) + EPSILON)
                z *= spread
                if keep:
                    kept.normal.append(z)
                    kept.spread.append(spread)
            z = z + bias
            h = self.carried * h + self.branch * self._f(z)
            if keep:
                kept.z.append(z)
                kept.h.append(h)
        kept.logits = h @ self.out + self.out_bias
        return kept

    def backward(self, x: Array, targets: Array, kept: Pass) -> tuple[list[Array], list[Array]]:
        """The gradients of the mean cross-entropy by the weights, and by the activations, the input's first."""
        e = np.exp(kept.logits - kept.logits.max(axis=-1, keepdims=True))
        # the gradient of cross-entropy by the logits is p − y; the mean is over the digits
        at_logits = (e / e.sum(axis=-1, keepdims=True) - targets) / len(x)
        by_out = kept.h[-1].swapaxes(1, 2) @ at_logits
        by_blocks, by_biases = np.empty_like(self.blocks), np.empty_like(self.biases)
        at_h: Array = at_logits @ self.out.swapaxes(1, 2)
        along = [at_h]
        for block in reversed(range(len(self.blocks))):
            at_z: Array = self.branch * at_h * self._slope(kept.z[block])
            by_biases[block] = at_z.sum(axis=1, keepdims=True)
            if self.settings.normalisation == "batch":
                normal = kept.normal[block]
                shared = _mean(at_z) + normal * _mean(at_z * normal)
                at_z = kept.spread[block] * (at_z - shared)
            np.matmul(kept.h[block].swapaxes(1, 2), at_z, out=by_blocks[block])
            at_h = self.carried * at_h + at_z @ self.blocks[block].swapaxes(1, 2)
            along.append(at_h)
        by_into = x.T @ at_h
        return [by_into, by_blocks, by_biases, by_out, at_logits.sum(axis=1, keepdims=True)], along[::-1]

    def passage(self, x: Array, targets: Array) -> Passage:
        """Signal and gradient on these digits, shape (networks, depth + 1)."""
        kept = self.forward(x)
        _, along = self.backward(x, targets, kept)
        gradient = np.stack([_rms(at_h) for at_h in along], axis=-1)
        top = gradient[:, -1:]
        size = np.stack([_rms(h) for h in kept.h], axis=-1)
        difference = np.stack([_rms(h - _mean(h)) for h in kept.h], axis=-1)
        return Passage(
            size,
            np.where(difference < ROUNDING * size, 0.0, difference),
            np.divide(gradient, top, out=np.full_like(gradient, np.nan), where=top > 0),
        )

    def sound(self) -> NDArray[np.bool_]:
        """Which networks hold only numbers below LIMIT."""
        largest = [
            np.abs(self.blocks).max(axis=(0, 2, 3)),
            *(np.abs(w).max(axis=(1, 2)) for w in (self.into, self.out)),
        ]
        return np.asarray(np.max(largest, axis=0) < LIMIT)  # False for NaN too, which max hands on


def _mean(values: Array) -> Array:
    """The mean over the digits; NumPy's own, with its checks, took a tenth of the training time."""
    return np.asarray(np.add.reduce(values, axis=1, keepdims=True) / values.shape[1])


def _rms(values: Array) -> Array:
    """The root mean square over digits and units."""
    return np.asarray(np.sqrt(np.square(values).mean(axis=(1, 2))))


@dataclass(frozen=True)
class Digits:
    """The training digits, then the test digits, centred and scaled by the former; labels as 0 and 1 too."""

    x: Array
    labels: NDArray[np.int64]
    targets: Array
    learnt: int


@cache
def prepared() -> Digits:
    """The digits as the networks see them, made once."""
    found, parts = digits.load(), digits.split()
    chosen = np.concatenate([parts.train, parts.test])
    images, labels = found.images[chosen], found.labels[chosen]
    learnt = len(parts.train)
    centred = images - images[:learnt].mean(axis=0)
    return Digits(centred / centred[:learnt].std(), labels, np.eye(CLASSES)[labels], learnt)


def at_start(settings: Settings, sigma_w: Sequence[float], progress: Callable[[float], None] | None = None) -> Passage:
    """Signal and gradient before training, for each σ_w on the same draw of noise: shape (σ_w, 2, depth + 1).

    Each value from 0.1 to 4, ParameterError otherwise; `settings.sigma_w` is not used.
    """
    values = np.array([replace(settings, sigma_w=value).sigma_w for value in sigma_w])
    data, found = prepared(), []
    with np.errstate(all="ignore"):
        for start in range(0, len(values), _ABREAST):
            part = np.repeat(values[start : start + _ABREAST], len(KINDS))
            stacks = Stacks(settings, np.tile([False, True], len(part) // 2), part)
            found.append(stacks.passage(data.x[:PROBES], data.targets[:PROBES]))
            if progress:
                progress(min(start + _ABREAST, len(values)) / len(values))
    shape = (len(values), len(KINDS), settings.depth + 1)
    return Passage(
        *(
            np.concatenate([getattr(part, name) for part in found]).reshape(shape)
            for name in ("size", "difference", "gradient")
        )
    )


def at_depths(
    settings: Settings, depths: Sequence[int], progress: Callable[[float], None] | None = None
) -> list[Passage]:
    """Signal and gradient before training for stacks of these depths, shape (2, depth + 1) each."""
    found = []
    for done, depth in enumerate(depths, start=1):
        whole = at_start(replace(settings, depth=depth), (settings.sigma_w,))
        found.append(Passage(whole.size[0], whole.difference[0], whole.gradient[0]))
        if progress:
            progress(done / len(depths))
    return found


def train_epoch(stacks: Stacks, data: Digits, shuffling: np.random.Generator) -> None:
    """Once through the training digits in a new order, a step of gradient descent a batch."""
    order = shuffling.permutation(data.learnt)
    for start in range(0, data.learnt, BATCH):
        batch = order[start : start + BATCH]
        gradients, _ = stacks.backward(data.x[batch], data.targets[batch], stacks.forward(data.x[batch]))
        for weights, gradient in zip(stacks.weights, gradients, strict=True):
            weights -= stacks.settings.learning_rate * gradient


def compare(settings: Settings, progress: Callable[[float], None] | None = None) -> Comparison:
    """Train both networks and look at them after every epoch; `progress` hears the share done, 0 to 1."""
    data = prepared()
    stacks = Stacks(settings, np.array([False, True]), np.full(2, settings.sigma_w))
    shuffling = np.random.default_rng((settings.seed, settings.depth + 1))
    alive = np.ones(2, dtype=bool)
    diverged_at: list[int | None] = [None, None]
    fits, passages = [], []
    with np.errstate(all="ignore"):
        for epoch in range(settings.epochs + 1):
            if epoch:
                train_epoch(stacks, data, shuffling)
            for lost in np.flatnonzero(alive & ~stacks.sound()):
                diverged_at[lost] = epoch
            alive &= stacks.sound()
            fits.append(_fit(stacks, data, alive))
            passages.append(_seen(stacks.passage(data.x[:PROBES], data.targets[:PROBES]), alive))
            if progress:
                progress(epoch / settings.epochs)
    passage = Passage(*(np.array(parts) for parts in zip(*passages, strict=True)))
    accuracy, loss = (np.array(parts) for parts in zip(*fits, strict=True))
    return Comparison(settings, accuracy, loss, passage, (diverged_at[0], diverged_at[1]))


def _fit(stacks: Stacks, data: Digits, alive: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Accuracy and loss of training and test digits, shape (2, 2) each."""
    logits = stacks.forward(data.x, data.learnt, keep=False).logits
    right = logits.argmax(axis=-1) == data.labels
    losses = -(log_softmax(logits) * data.targets).sum(axis=-1)
    parts = (slice(None, data.learnt), slice(data.learnt, None))
    accuracy, loss = (np.stack([of[:, part].mean(axis=1) for part in parts], axis=1) for of in (right, losses))
    return np.where(alive[:, None], accuracy, np.nan), np.where(alive[:, None], loss, np.nan)


def _seen(passage: Passage, alive: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    size, difference, gradient = (
        np.where(alive[:, None], part, np.nan) for part in (passage.size, passage.difference, passage.gradient)
    )
    return size, difference, gradient
