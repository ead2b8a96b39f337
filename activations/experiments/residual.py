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
| 32, batch, 1            | 0.325 to 0.591 | 0.987 to 0.999 |
| 32, nothing, 1/√L, sigmoid | 0.109       | 0.964 to 0.972 |

The plain stack's training is chaotic where it fails: another last digit of σ_w, or another BLAS, gives
another number below 0.6. Each network takes a core about 0.2 s at 32 blocks and 0.8 s at 64 with normalisation, of
which the products of matrices in the steps alone take 0.08 s and 0.16 s; `train` has one alone, so that the
two can have a core each.

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
Kind = Literal["plain", "residual"]
KINDS: tuple[Kind, ...] = get_args(Kind)
QUANTITIES = ("size", "difference", "gradient")

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
    rounding. gradient: root mean square of the loss's gradient by the activations, as a multiple of that
    behind the last block (NaN if that is 0). Of one network alone, that axis is that of the epochs.
    """

    size: Array
    difference: Array
    gradient: Array


@dataclass(frozen=True)
class Training:
    """One network after every epoch; entry 0 is before training.

    accuracy: share of the digits classified rightly, loss: mean cross-entropy in nats, of the training and
    the test digits, shape (epochs + 1, 2). passage: (epochs + 1, depth + 1). diverged_at: the epoch in which
    a weight became NaN or grew beyond LIMIT, or None; from then on the entries are NaN.
    """

    settings: Settings
    accuracy: Array
    loss: Array
    passage: Passage
    diverged_at: int | None


@dataclass(frozen=True)
class Comparison:
    """Both trainings; a second axis, that of KINDS, behind the first of all that `Training` has."""

    settings: Settings
    accuracy: Array
    loss: Array
    passage: Passage
    diverged_at: tuple[int | None, int | None]


class Pass:
    """What a pass leaves, a digit a column; another one over as many digits overwrites it.

    By block, the axis that comes first: h, the activations, the input's first, with a last row of ones for the
    biases; slope, α f′(z), or f′(z) in a plain network; with normalisation `normal`, N(W h), and `spread`, the
    reciprocal of its standard deviation; at_h, where the way back puts the gradient by the activations.
    """

    def __init__(self, depth: int, plain: int, residual: int, digits: int, dtype: np.dtype[Any]) -> None:
        networks = plain + residual
        self.h = np.ones((depth + 1, networks, WIDTH + 1, digits), dtype)
        self.values = self.h[:, :, :-1]
        self.slope, self.normal = np.empty((2, depth, networks, WIDTH, digits), dtype)
        self.spread = np.empty((depth, networks, WIDTH, 1), dtype)
        self.at_h = np.empty_like(self.values)
        self.logits = np.empty((networks, CLASSES, digits), dtype)
        # what each block needs, cut out once: its products take hardly longer than that
        before, after = self.values[:-1], self.values[1:]
        below, above = self.at_h[:-1], self.at_h[1:]
        in_block = self.slope, self.normal, self.spread
        self.forwards = list(
            zip(self.h, before, before[:, plain:], after[:, :plain], after[:, plain:], *in_block, strict=False)
        )
        self.backwards = list(
            zip(above, below, above[:, plain:], below[:, plain:], self.h.swapaxes(2, 3), *in_block, strict=False)
        )[::-1]


class Stacks:
    """Networks of one shape side by side: first plain ones, then residual ones, a σ_w each.

    Their axis comes first, in `blocks` second. A digit is a column here, so that W stands on the left: W h
    where the module writes h W. Weights: `into`, `blocks` and `out`; the last columns of the latter two are the
    biases. They are float64 unless `cast`, and are changed in place: what is cut out of them, and the arrays of a
    pass for every number of digits, are made once, for a block's products take hardly longer than to ask for them.
    """

    NAMES = ("into", "blocks", "out")

    def __init__(self, settings: Settings, plain: Sequence[float], residual: Sequence[float]) -> None:
        self.settings = settings
        self.counts = len(plain), len(residual)
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
        self._prepare()

    def _prepare(self) -> None:
        self._passes: dict[int, Pass] = {}
        self._by_blocks = np.zeros_like(self.blocks)
        inner = self.blocks[..., :-1]
        self._forwards = list(zip(self.blocks, inner, self.blocks[..., -1:], strict=True))
        self._backwards = list(zip(inner.swapaxes(2, 3), self._by_blocks, self._by_blocks[..., -1:], strict=True))[::-1]

    @property
    def weights(self) -> list[Array]:
        """All that is learnt, in the order of NAMES."""
        return [getattr(self, name) for name in self.NAMES]

    def cast(self, dtype: type[np.floating[Any]]) -> "Stacks":
        """The same networks with weights of another precision."""
        made = copy(self)
        made.into, made.blocks, made.out = (weights.astype(dtype) for weights in self.weights)
        made._prepare()
        return made

    def forward(self, x: Array) -> Pass:
        """Send digits through, shape (64, digits), and keep what the way back needs."""
        f, normalised = self.settings.f, self.settings.normalisation == "batch"
        kept = self._pass(x.shape[1])
        np.matmul(self.into, x, out=kept.values[0])
        plain, residual = self.counts
        for (block, weights, bias), (h, before, shortcut, after, after_shortcut, slope, normal, spread) in zip(
            self._forwards, kept.forwards, strict=True
        ):
            if normalised:
                np.matmul(weights, before, out=normal)
                spread[...] = _normalise(normal)
                z: Array = normal + bias
            else:
                z = block @ h
            value, slope[...] = f.with_derivative(z)
            if plain:
                after[...] = value[:plain]
            if residual:
                np.multiply(value[plain:], self.alpha, out=after_shortcut)
                after_shortcut += shortcut
        kept.slope[:, plain:] *= self.alpha
        np.matmul(self.out, kept.h[-1], out=kept.logits)
        return kept

    def _pass(self, count: int) -> Pass:
        if count not in self._passes:
            self._passes[count] = Pass(len(self.blocks), *self.counts, count, self.blocks.dtype)
        return self._passes[count]

    def logits(self, x: Array, learnt: int | None = None) -> Array:
        """The outputs alone. Batch normalisation takes its statistics from the first `learnt` digits, or from all."""
        plain, residual = self.counts
        h: Array = np.ones((plain + residual, WIDTH + 1, x.shape[1]), self.into.dtype)
        values = h[:, :-1]
        z = np.empty(values.shape, h.dtype)
        f, _ = self.settings.f.formulas
        np.matmul(self.into, x, out=values)
        for block in self.blocks:
            if self.settings.normalisation == "batch":
                np.matmul(block[..., :-1], values, out=z)
                _normalise(z, learnt)
                z += block[..., -1:]
            else:
                np.matmul(block, h, out=z)
            value = f(z)
            values[:plain] = value[:plain]
            values[plain:] += self.alpha * value[plain:]
        return np.asarray(self.out @ h)

    def backward(self, x: Array, targets: Array, kept: Pass) -> tuple[list[Array], Array]:
        """The gradients of the mean cross-entropy by the weights, and by the activations, the input's first.

        The array of those by `blocks` is made once: another call overwrites it.
        """
        e = np.exp(kept.logits - kept.logits.max(axis=1, keepdims=True))
        # the gradient of cross-entropy by the logits is p − y; the mean is over the digits
        at_logits = (e / e.sum(axis=1, keepdims=True) - targets) / x.shape[1]
        by_out = at_logits @ kept.h[-1].swapaxes(1, 2)
        np.matmul(self.out[..., :-1].swapaxes(1, 2), at_logits, out=kept.at_h[-1])
        (_, residual), normalised = self.counts, self.settings.normalisation == "batch"
        at_z = np.empty_like(kept.at_h[0])
        for (turned, by_block, by_bias), (at_h, below, shortcut, below_shortcut, rows, slope, normal, spread) in zip(
            self._backwards, kept.backwards, strict=True
        ):
            np.multiply(at_h, slope, out=at_z)
            bias = _through_normalisation(at_z, normal, spread) if normalised else None
            np.matmul(at_z, rows, out=by_block)
            if bias is not None:
                by_bias[...] = bias
            np.matmul(turned, at_z, out=below)
            if residual:
                below_shortcut += shortcut
        return [kept.at_h[0] @ x.T, self._by_blocks, by_out], kept.at_h

    def passage(self, x: Array, targets: Array) -> Passage:
        """Signal and gradient on these digits, shape (networks, depth + 1)."""
        kept = self.forward(x)
        _, along = self.backward(x, targets, kept)
        gradient, size = _rms(along), _rms(kept.values)
        difference = _rms(kept.values - _mean(kept.values))
        top = gradient[:, -1:]
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


def _normalise(z: Array, learnt: int | None = None) -> Array:
    """Make z into N(z), by the statistics of the first `learnt` digits, and give back what it was multiplied by."""
    counted = z[..., :learnt]
    z -= _mean(counted)
    count = counted.shape[-1]
    spread = np.sqrt(count / (np.vecdot(counted, counted) + count * EPSILON))[..., None]
    z *= spread
    return np.asarray(spread)


def _through_normalisation(at_z: Array, normal: Array, spread: Array) -> Array:
    """Make the gradient behind N into that before it, and give back the gradient by the biases."""
    mean = _mean(at_z)
    shared = normal * (np.vecdot(at_z, normal)[..., None] / normal.shape[-1])
    shared += mean
    at_z -= shared
    at_z *= spread
    return np.asarray(mean * at_z.shape[-1])


def _rms(values: Array) -> Array:
    """The root mean square over digits and units, a network a row."""
    return np.asarray(np.sqrt(np.square(values).mean(axis=(2, 3)))).T


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
            both = Stacks(settings, part, part).passage(data.x[:, :PROBES], data.targets[:, :PROBES])
            found.append(Passage(*(_by_kind(getattr(both, name)) for name in QUANTITIES)))
            if progress:
                progress(min(start + _ABREAST, len(values)) / len(values))
    return joined(found)


def joined(parts: Sequence[Passage]) -> Passage:
    """What was measured for some values of σ_w, and behind it what for others."""
    return Passage(*(np.concatenate([getattr(part, name) for part in parts]) for name in QUANTITIES))


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


def train(settings: Settings, kind: Kind, progress: Callable[[float], None] | None = None) -> Training:
    """Train one network and look at it after every epoch; `progress` hears the share done, 0 to 1."""
    data, looks = prepared(), settings.epochs + 1
    own = [settings.sigma_w]
    stacks = Stacks(settings, own if kind == "plain" else [], own if kind == "residual" else [])
    learning = stacks.cast(np.float32)
    shuffling = np.random.default_rng((settings.seed, settings.depth + 1))
    accuracy, loss = np.full((2, looks, 2), np.nan)
    passage = Passage(*np.full((len(QUANTITIES), looks, settings.depth + 1), np.nan))
    diverged_at: int | None = None
    with np.errstate(all="ignore"):
        for epoch in range(looks):
            if epoch:
                train_epoch(learning, data, shuffling)
                for exact, learnt in zip(stacks.weights, learning.weights, strict=True):
                    exact[:] = learnt
            if not stacks.sound():
                diverged_at = epoch
                break
            # a signal too large for float32 before training makes the first step diverge: from then on it will do
            accuracy[epoch], loss[epoch] = _fit(learning if epoch else stacks, data)
            seen = stacks.passage(data.x[:, :PROBES], data.targets[:, :PROBES])
            for name in QUANTITIES:
                getattr(passage, name)[epoch] = getattr(seen, name)[0]
            if progress:
                progress(epoch / settings.epochs)
    return Training(settings, accuracy, loss, passage, diverged_at)


def side_by_side(plain: Training, residual: Training) -> Comparison:
    """Both trainings as one."""
    both = plain, residual
    return Comparison(
        plain.settings,
        np.stack([one.accuracy for one in both], axis=1),
        np.stack([one.loss for one in both], axis=1),
        Passage(*(np.stack([getattr(one.passage, name) for one in both], axis=1) for name in QUANTITIES)),
        (plain.diverged_at, residual.diverged_at),
    )


def compare(settings: Settings) -> Comparison:
    """Both networks trained, one after the other."""
    return side_by_side(train(settings, "plain"), train(settings, "residual"))


def _fit(stacks: Stacks, data: Digits) -> tuple[Array, Array]:
    """Accuracy and loss of one network, of the training and the test digits."""
    logits = stacks.logits(data.x.astype(stacks.into.dtype), data.learnt)[0].astype(np.float64)
    right = logits.argmax(axis=0) == data.labels
    losses = -(log_softmax(logits, axis=0) * data.targets).sum(axis=0)
    parts = (slice(None, data.learnt), slice(data.learnt, None))
    accuracy, loss = (np.array([of[part].mean() for part in parts]) for of in (right, losses))
    return accuracy, loss
