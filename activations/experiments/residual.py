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
deviation. But for α, nothing is set for one of the two alone. Steps are taken in float32, signal and gradient
are looked at in float64.

Measured, ReLU, σ_w = √2, rate 0.05, 15 epochs, training accuracy over the seeds 0 to 7:

| L, N, α                 | plain          | residual       |
|-------------------------|----------------|----------------|
| 8, nothing, 1/√L        | 0.974 to 0.998 | 0.988 to 0.992 |
| 32, nothing, 1/√L       | 0.211 to 0.510 | 0.984 to 0.992 |
| 64, nothing, 1/√L       | 0.109          | 0.834 to 0.987 |
| 32, batch, 1            | 0.308 to 0.515 | 0.987 to 1.000 |
| 32, nothing, 1/√L, sigmoid | 0.109       | 0.964 to 0.972 |

The plain stack's training is chaotic where it fails: another last digit of σ_w, or another BLAS, gives
another number below 0.6. One core takes about 0.4 s at 32 blocks and 1.5 s at 64 with normalisation, of which
the products of matrices in the steps alone take 0.1 s and 0.2 s.

This is not the experiment of He et al. 2015 but a small one beside it: their networks are convolutional,
with two or three layers and batch normalisation in a block, and a ReLU behind the sum.
"""

import math
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal, get_args

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
    """What a pass forward leaves, a digit a column.

    h: the activations, the input's first, with a last row of ones for the biases; another pass over as many
    digits overwrites them. slope: f′(z) of every block; with normalisation normal: N(W h), and spread: the
    reciprocal of its standard deviation. logits.
    """

    h: list[Array]
    slope: list[Array]
    normal: list[Array]
    spread: list[Array]
    logits: Array


class Stacks:
    """Networks of one shape side by side: first plain ones, then residual ones, a σ_w each.

    Their axis comes first, in `blocks` second. A digit is a column here, so that W stands on the left: W h
    where the module writes h W. Weights: `into`, `blocks` and `out`; the last columns of the latter two are the
    biases. They are float64 unless `cast`; the arrays of a pass are made once for every number of digits.
    """

    NAMES = ("into", "blocks", "out")

    def __init__(self, settings: Settings, plain: Sequence[float], residual: Sequence[float]) -> None:
        self.settings = settings
        self.residual = slice(len(plain), None)
        self.alpha = 1 / math.sqrt(settings.depth) if settings.scaled else 1.0
        sigma_w = np.array([*plain, *residual])
        pixels = digits.load().images.shape[1]
        ends = np.random.default_rng((settings.seed, 0))
        into = ends.standard_normal((pixels, WIDTH)).T / math.sqrt(pixels)
        out = ends.standard_normal((WIDTH, CLASSES)).T / math.sqrt(WIDTH)
        # a stream a block, so that a deeper network begins like a shallower one
        noise = [
            np.random.default_rng((settings.seed, block)).standard_normal((WIDTH, WIDTH)).T
            for block in range(1, settings.depth + 1)
        ]
        self.into = np.repeat(into[None], len(sigma_w), axis=0)
        self.blocks = np.zeros((settings.depth, len(sigma_w), WIDTH, WIDTH + 1))
        self.blocks[..., :-1] = sigma_w[:, None, None] / math.sqrt(WIDTH) * np.array(noise)[:, None]
        self.out = np.zeros((len(sigma_w), CLASSES, WIDTH + 1))
        self.out[..., :-1] = out
        self._held: dict[int, list[Array]] = {}
        self._by_blocks = np.zeros_like(self.blocks)

    @property
    def weights(self) -> list[Array]:
        """All that is learnt, in the order of NAMES."""
        return [getattr(self, name) for name in self.NAMES]

    def cast(self, dtype: type[np.floating[Any]]) -> "Stacks":
        """The same networks with weights of another precision."""
        made = copy(self)
        made.into, made.blocks, made.out = (weights.astype(dtype) for weights in self.weights)
        made._held = {}
        made._by_blocks = np.zeros_like(made.blocks)
        return made

    def _arrays(self, count: int) -> list[Array]:
        """A pass's activations for so many digits, to be filled; below them the row of ones."""
        if count not in self._held:
            networks, _, rows = self.out.shape
            self._held[count] = list(np.ones((self.settings.depth + 1, networks, rows, count), self.into.dtype))
        return self._held[count]

    def forward(self, x: Array) -> Pass:
        """Send digits through, shape (64, digits), and keep what the way back needs."""
        h, f = self._arrays(x.shape[1]), self.settings.f
        kept = Pass(h, [], [], [], h[0])
        np.matmul(self.into, x, out=h[0][:, :-1])
        for block, before, after in zip(self.blocks, h, h[1:], strict=False):
            if self.settings.normalisation == "batch":
                normal: Array = block[..., :-1] @ before[:, :-1]
                kept.spread.append(_normalise(normal))
                kept.normal.append(normal)
                z: Array = normal + block[..., -1:]
            else:
                z = block @ before
            value, slope = f.with_derivative(z)
            kept.slope.append(slope.astype(z.dtype, copy=False))
            self._add(value, before)
            after[:, :-1] = value
        kept.logits = self.out @ h[-1]
        return kept

    def _add(self, value: Array, before: Array) -> None:
        """Make f(z) what leaves the block: in the residual networks h + α f(z)."""
        branch = value[self.residual]
        branch *= self.alpha
        branch += before[self.residual, :-1]

    def logits(self, x: Array, learnt: int | None = None) -> Array:
        """The outputs alone. Batch normalisation takes its statistics from the first `learnt` digits, or from all."""
        h: Array = np.ones((*self.into.shape[:1], WIDTH + 1, x.shape[1]), self.into.dtype)
        f, _ = self.settings.f.formulas
        np.matmul(self.into, x, out=h[:, :-1])
        for block in self.blocks:
            if self.settings.normalisation == "batch":
                z: Array = block[..., :-1] @ h[:, :-1]
                _normalise(z, learnt)
                z += block[..., -1:]
            else:
                z = block @ h
            value = f(z)
            self._add(value, h)
            h[:, :-1] = value
        return np.asarray(self.out @ h)

    def backward(self, x: Array, targets: Array, kept: Pass) -> tuple[list[Array], list[Array]]:
        """The gradients of the mean cross-entropy by the weights, and by the activations, the input's first.

        The array of those by `blocks` is made once: another call overwrites it.
        """
        e = np.exp(kept.logits - kept.logits.max(axis=1, keepdims=True))
        # the gradient of cross-entropy by the logits is p − y; the mean is over the digits
        at_logits = (e / e.sum(axis=1, keepdims=True) - targets) / x.shape[1]
        by_out = at_logits @ kept.h[-1].swapaxes(1, 2)
        at_h: Array = self.out[..., :-1].swapaxes(1, 2) @ at_logits
        along = [at_h]
        for number in range(len(self.blocks) - 1, -1, -1):
            block, by_block, h = self.blocks[number], self._by_blocks[number], kept.h[number]
            at_z = at_h * kept.slope[number]
            branch = at_z[self.residual]
            branch *= self.alpha
            if self.settings.normalisation == "batch":
                by_block[..., -1:] = _through_normalisation(at_z, kept.normal[number], kept.spread[number])
                np.matmul(at_z, h[:, :-1].swapaxes(1, 2), out=by_block[..., :-1])
            else:
                np.matmul(at_z, h.swapaxes(1, 2), out=by_block)
            below = block[..., :-1].swapaxes(1, 2) @ at_z
            below[self.residual] += at_h[self.residual]
            at_h = below
            along.append(at_h)
        return [at_h @ x.T, self._by_blocks, by_out], along[::-1]

    def passage(self, x: Array, targets: Array) -> Passage:
        """Signal and gradient on these digits, shape (networks, depth + 1)."""
        kept = self.forward(x)
        _, along = self.backward(x, targets, kept)
        signal = [h[:, :-1] for h in kept.h]
        gradient = np.stack([_rms(at_h) for at_h in along], axis=-1)
        top = gradient[:, -1:]
        size = np.stack([_rms(h) for h in signal], axis=-1)
        difference = np.stack([_rms(h - _mean(h)) for h in signal], axis=-1)
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
    """The mean over the digits, as a product of matrices: NumPy's own takes several times as long."""
    return np.asarray(values @ _equal_parts(values.shape[-1], values.dtype))


@cache
def _equal_parts(count: int, dtype: np.dtype[Any]) -> Array:
    return np.full((count, 1), 1 / count, dtype)


def _mean_product(one: Array, other: Array) -> Array:
    return np.asarray(np.vecdot(one, other)[..., None] / one.shape[-1])


def _normalise(z: Array, learnt: int | None = None) -> Array:
    """Make z into N(z), by the statistics of the first `learnt` digits, and give back what it was multiplied by."""
    counted = z[..., :learnt]
    z -= _mean(counted)
    spread = 1 / np.sqrt(_mean_product(counted, counted) + EPSILON)
    z *= spread
    return np.asarray(spread)


def _through_normalisation(at_z: Array, normal: Array, spread: Array) -> Array:
    """Make the gradient behind N into that before it, and give back the gradient by the biases."""
    mean = _mean(at_z)
    shared = normal * _mean_product(at_z, normal)
    shared += mean
    at_z -= shared
    at_z *= spread
    return np.asarray(mean * at_z.shape[-1])


def _rms(values: Array) -> Array:
    """The root mean square over digits and units."""
    return np.asarray(np.sqrt(np.square(values).mean(axis=(1, 2))))


@dataclass(frozen=True)
class Digits:
    """The training digits, then the test digits, a column each, centred and scaled by the former.

    labels, and as 0 and 1 in rows of the classes: targets.
    """

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
    x = np.ascontiguousarray((centred / centred[:learnt].std()).T)
    return Digits(x, labels, np.eye(CLASSES)[:, labels], learnt)


def at_start(settings: Settings, sigma_w: Sequence[float], progress: Callable[[float], None] | None = None) -> Passage:
    """Signal and gradient before training, for each σ_w on the same draw of noise: shape (σ_w, 2, depth + 1).

    Each value from 0.1 to 4, ParameterError otherwise; `settings.sigma_w` is not used.
    """
    values = np.array([replace(settings, sigma_w=value).sigma_w for value in sigma_w])
    data, found = prepared(), []
    with np.errstate(all="ignore"):
        for start in range(0, len(values), _ABREAST):
            part = values[start : start + _ABREAST].tolist()
            found.append(Stacks(settings, part, part).passage(data.x[:, :PROBES], data.targets[:, :PROBES]))
            if progress:
                progress(min(start + _ABREAST, len(values)) / len(values))
    size, difference, gradient = (
        np.concatenate([_by_kind(getattr(part, name)) for part in found]) for name in ("size", "difference", "gradient")
    )
    return Passage(size, difference, gradient)


def _by_kind(values: Array) -> Array:
    """From rows of plain and then residual networks to the shape (σ_w, 2, depth + 1)."""
    return values.reshape(len(KINDS), -1, values.shape[-1]).swapaxes(0, 1)


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
    x, targets = (of[:, order].astype(stacks.into.dtype) for of in (data.x, data.targets))
    for start in range(0, data.learnt, BATCH):
        batch = slice(start, start + BATCH)
        gradients, _ = stacks.backward(x[:, batch], targets[:, batch], stacks.forward(x[:, batch]))
        for weights, gradient in zip(stacks.weights, gradients, strict=True):
            gradient *= stacks.settings.learning_rate
            weights -= gradient


def compare(settings: Settings, progress: Callable[[float], None] | None = None) -> Comparison:
    """Train both networks and look at them after every epoch; `progress` hears the share done, 0 to 1."""
    data = prepared()
    stacks = Stacks(settings, [settings.sigma_w], [settings.sigma_w])
    learning = stacks.cast(np.float32)
    shuffling = np.random.default_rng((settings.seed, settings.depth + 1))
    alive = np.ones(2, dtype=bool)
    diverged_at: list[int | None] = [None, None]
    fits, passages = [], []
    with np.errstate(all="ignore"):
        for epoch in range(settings.epochs + 1):
            if epoch:
                train_epoch(learning, data, shuffling)
                for exact, learnt in zip(stacks.weights, learning.weights, strict=True):
                    exact[:] = learnt
            for lost in np.flatnonzero(alive & ~stacks.sound()):
                diverged_at[lost] = epoch
            alive &= stacks.sound()
            # a signal too large for float32 before training makes the first step diverge: from then on it will do
            fits.append(_fit(learning if epoch else stacks, data, alive))
            passages.append(_seen(stacks.passage(data.x[:, :PROBES], data.targets[:, :PROBES]), alive))
            if progress:
                progress(epoch / settings.epochs)
    passage = Passage(*(np.array(parts) for parts in zip(*passages, strict=True)))
    accuracy, loss = (np.array(parts) for parts in zip(*fits, strict=True))
    return Comparison(settings, accuracy, loss, passage, (diverged_at[0], diverged_at[1]))


def _fit(stacks: Stacks, data: Digits, alive: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Accuracy and loss of training and test digits, shape (2, 2) each."""
    logits = stacks.logits(data.x.astype(stacks.into.dtype), data.learnt).astype(np.float64)
    right = logits.argmax(axis=1) == data.labels
    losses = -(log_softmax(logits, axis=1) * data.targets).sum(axis=1)
    parts = (slice(None, data.learnt), slice(data.learnt, None))
    accuracy, loss = (np.stack([of[:, part].mean(axis=1) for part in parts], axis=1) for of in (right, losses))
    return np.where(alive[:, None], accuracy, np.nan), np.where(alive[:, None], loss, np.nan)


def _seen(passage: Passage, alive: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    size, difference, gradient = (
        np.where(alive[:, None], part, np.nan) for part in (passage.size, passage.difference, passage.gradient)
    )
    return size, difference, gradient
