"""The dying layer: one hidden layer learns handwritten digits, and some of its units may die on the way.

x (64 pixels) → f(x W₁ + b₁) (the hidden layer) → softmax(h W₂ + b₂) (10 classes), cross-entropy,
plain mini-batch gradient descent (batches of 32, newly shuffled every epoch) on all 1,797 digits.
Weights start as in He et al. 2015: normal, variance 2 / inputs; b₁ starts at `initial_bias`, b₂ at 0.

A unit is *active* on an image if its slope there is not 0, so that the image can teach it;
otherwise it is *silent* on that image. For ReLU silent means output 0. A unit is *dead* if it is
silent on every image: no gradient reaches its weights, and since the layer below it is the data,
plain gradient descent never wakes it again. Leaky ReLU and the identity have no slope 0, so their
units can't die; neither can those of the smooth functions, short of where float64 holds the slope
no longer: sigmoid |z| ≈ 745, tanh 373, ELU and SELU z ≈ −745, GELU −39.

Measured, width 32, 60 epochs, training accuracy (seed 0; in brackets the range over seeds 0 to 9):

| setting                   | dead of 32    | accuracy               |
|---------------------------|---------------|------------------------|
| ReLU, rate 0.2            | 2 (1 to 4)    | 0.998 (0.998 to 0.999) |
| ReLU, rate 2              | 32 (32)       | 0.098 (0.098 to 0.102) |
| Leaky ReLU 0.01, rate 2   | 0 (0)         | 0.974 (0.955 to 0.999) |
| ReLU, rate 0.2, bias −2   | 32 (26 to 32) | 0.098 (0.098 to 0.965) |

One core takes about 0.2 s for one such run, 0.6 s at width 128 (1.2 s with GELU), 0.8 s for ten seeds.
The numbers are the same at every run on one machine. Another processor or BLAS may round the last
digit differently; where training is calm (rate 0.2) no printed digit changes, but at rate 2 the
difference grows: Leaky ReLU's 0.974 becomes 0.974 to 0.994 with six kernels of OpenBLAS.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from activations.base import Activation, Array, Parameter, parameter
from activations.experiments import digits
from activations.experiments._checks import CheckedSettings, whole
from activations.experiments.side_by_side import Networks, Recipe
from activations.rectifiers import ReLU

SEEDS = Parameter("seeds", symbol="n", default=10, low=1, high=100, step=1)


@dataclass(frozen=True)
class Settings(CheckedSettings):
    """What can be set. Numbers out of range raise ParameterError.

    f: the hidden layer's activation. learning_rate: the step along the mean gradient of a batch.
    initial_bias: b₁ at the start. width: hidden units. seed: of the weights and of the shuffling.
    epochs: passes through the data.
    """

    f: Activation = field(default_factory=ReLU)
    learning_rate: float = parameter(0.2, symbol="η", low=0.001, high=10.0, step=0.001)
    initial_bias: float = parameter(0.0, symbol="b", low=-5.0, high=5.0, step=0.1)
    width: int = parameter(32, symbol="n", low=1, high=128, step=1)
    seed: int = parameter(0, symbol="s", low=0, high=9999, step=1)
    epochs: int = parameter(60, symbol="e", low=1, high=200, step=1)


@dataclass(frozen=True)
class DyingLayer:
    """One training run, seen after every epoch; entry 0 is before training, so there are epochs + 1.

    active_share: for each unit the share of the images on which it is active, 0 to 1, shape
    (epochs + 1, width). dead: number of dead units, shape (epochs + 1,). silent: number of units
    silent on the first image of each class (`digits.load().first`), shape (epochs + 1, 10); the dead
    are among them. accuracy: share of the images classified rightly, 0 to 1, and loss: mean
    cross-entropy in nats, both over all images, shape (epochs + 1,). diverged_at: the epoch in which
    a weight became NaN or grew beyond 1e100, or None; the arrays then end before it.
    """

    settings: Settings
    active_share: Array
    dead: NDArray[np.int64]
    silent: NDArray[np.int64]
    accuracy: Array
    loss: Array
    diverged_at: int | None


@dataclass(frozen=True)
class Spread:
    """How much chance decides: the same settings with other seeds, after the last epoch.

    seeds: shape (n,). dead, accuracy, loss: as in DyingLayer, shape (n,). diverged: which runs met
    NaN or weights beyond 1e100, shape (n,); their other entries are those of the last epoch before it.
    """

    settings: Settings
    seeds: NDArray[np.int64]
    dead: NDArray[np.int64]
    accuracy: Array
    loss: Array
    diverged: NDArray[np.bool_]


def _networks(settings: Settings, seeds: list[int]) -> Networks:
    recipe = Recipe(settings.f, (settings.width,), settings.learning_rate, settings.initial_bias)
    return Networks(recipe, seeds, digits.load().images, digits.load().labels)


def _look(networks: Networks) -> tuple[NDArray[np.bool_], Array, Array]:
    """Active or not, shape (seeds, images, width); accuracy and loss, shape (seeds,)."""
    (layer,), logits = networks.forward(networks.images)
    return networks.active(layer), *networks.score(logits, networks.labels)


def train(settings: Settings, progress: Callable[[float], None] | None = None) -> DyingLayer:
    """Train one layer and look at it after every epoch; `progress` hears the share done, 0 to 1."""
    networks, first = _networks(settings, [settings.seed]), digits.load().first
    shares, silent, accuracies, losses = [], [], [], []
    diverged_at = None
    with np.errstate(all="ignore"):
        for epoch in range(settings.epochs + 1):
            if epoch:
                networks.train_epoch()
            if not networks.sound()[0]:
                diverged_at = epoch
                break
            active, accuracy, loss = _look(networks)
            shares.append(active[0].mean(axis=0))
            silent.append((~active[0, first]).sum(axis=1))
            accuracies.append(accuracy[0])
            losses.append(loss[0])
            if progress:
                progress(epoch / settings.epochs)
    active_share = np.array(shares)
    dead = (active_share == 0).sum(axis=1)
    return DyingLayer(
        settings, active_share, dead, np.array(silent), np.array(accuracies), np.array(losses), diverged_at
    )


def spread(settings: Settings, seeds: int = 10, progress: Callable[[float], None] | None = None) -> Spread:
    """The same settings with the seeds 0 to `seeds` − 1, trained side by side; `settings.seed` is not used.

    `seeds` from 1 to 100, ParameterError otherwise.
    """
    seeds = whole(SEEDS, seeds)
    networks = _networks(settings, list(range(seeds)))
    alive = np.ones(seeds, dtype=bool)
    with np.errstate(all="ignore"):
        for epoch in range(1, settings.epochs + 1):
            before = networks.weights
            networks.train_epoch()
            alive &= networks.sound()
            # a run that has diverged stands still where it was last made of numbers
            networks.weights = [
                np.where(alive[:, None, None], now, then) for now, then in zip(networks.weights, before, strict=True)
            ]
            if progress:
                progress(epoch / settings.epochs)
        active, accuracy, loss = _look(networks)
    return Spread(settings, np.arange(seeds), (~active.any(axis=1)).sum(axis=1), accuracy, loss, ~alive)
