"""The dying network: up to four hidden layers learn the digits; units die, in deeper layers some come back.

As in dying_layer.py, all 1,797 digits are learnt from, and a unit is *dead* if it is silent, of slope 0,
on every one of them. No gradient then reaches its own weights. In the first hidden layer that is the
end, for its inputs are the data. Further up the inputs are outputs of other units, which go on
learning: they can move so far that the unit answers to some image again, and it has come back. A unit
is *cut off* if it is active on some image and yet gets no gradient from any: on the images it answers
to, the units above it that could pass one down are all silent, as they are when a whole layer is dead.

Measured, three layers of 32 ReLU units, rate 0.2, 60 epochs, seeds 0 to 9: in every run units of the
second and the third layer come back, 9 to 26 times in all; in the first layer none ever does.
One core takes about 0.4 s for one run of three layers of 32, and 0.5 s for four.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from activations.base import Activation, Array, parameter
from activations.experiments import digits
from activations.experiments._checks import CheckedSettings
from activations.experiments.side_by_side import Networks, Recipe
from activations.rectifiers import ReLU

BINS = 48
MOST_TURNS = 8
TOGETHER = 300  # images that are looked at in one go: what a pass leaves of them stays in the processor's cache


@dataclass(frozen=True)
class Settings(CheckedSettings):
    """What can be set. Numbers out of range raise ParameterError; see dying_layer.Settings.

    hidden: hidden layers. width: units in each of them.
    """

    f: Activation = field(default_factory=ReLU)
    hidden: int = parameter(3, symbol="L", low=1, high=4, step=1)
    learning_rate: float = parameter(0.2, symbol="η", low=0.001, high=10.0, step=0.001)
    initial_bias: float = parameter(0.0, symbol="b", low=-5.0, high=5.0, step=0.1)
    width: int = parameter(32, symbol="n", low=1, high=32, step=1)
    seed: int = parameter(0, symbol="s", low=0, high=9999, step=1)
    epochs: int = parameter(60, symbol="e", low=1, high=200, step=1)


@dataclass(frozen=True)
class DyingNetwork:
    """One run, seen after every epoch; entry 0 is before training. The arrays end before a divergence.

    weights: for every layer W, shape (epochs + 1, inputs, units), and b, shape (epochs + 1, 1, units), the
    output's last. active_share: the share of the images on which a unit is active, and gradient: the
    length of the gradient of the mean loss over all images by its weights and bias, both of shape
    (epochs + 1, hidden, width). silent: units silent on the first image of each class, shape
    (epochs + 1, hidden, 10). accuracy, loss: over all images, shape (epochs + 1,).
    """

    settings: Settings
    weights: tuple[Array, ...]
    active_share: Array
    gradient: Array
    silent: NDArray[np.int64]
    accuracy: Array
    loss: Array
    diverged_at: int | None

    @property
    def dead(self) -> NDArray[np.bool_]:
        """Which units are dead, shape (epochs + 1, hidden, width)."""
        return np.asarray(self.active_share == 0)

    @property
    def cut_off(self) -> NDArray[np.bool_]:
        """Which units are not dead and yet get no gradient from any image, shape (epochs + 1, hidden, width)."""
        return np.asarray((self.gradient == 0) & ~self.dead)

    @property
    def came_back(self) -> NDArray[np.bool_]:
        """Which units were dead after one epoch and not after the next, shape (epochs, hidden, width)."""
        return np.asarray(self.dead[:-1] & ~self.dead[1:])


Kind = Literal["dies", "wakes"]


@dataclass(frozen=True)
class Turn:
    """The step that killed a unit or woke it: the last of its kind in its epoch, `step` counted from 1.

    highest: the largest z over all images before the epoch and after each of its steps, shape (steps + 1,).
    before, after: z on every image around the step, shape (images,); own: z if only the unit's own
    weights had moved, below: if only the layers below it had. gradient: the length of the unit's
    gradient in the step's batch. bias: before and after.
    """

    kind: Kind
    epoch: int
    step: int
    highest: Array
    before: Array
    after: Array
    own: Array
    below: Array
    gradient: float
    bias: tuple[float, float]


@dataclass(frozen=True)
class Life:
    """A unit followed through a run.

    edges: of the histogram's bins, of which 0 is one, shape (bins + 1,). counts: images in each bin, those
    beyond the ends in the outermost, shape (epochs + 1, bins). highest: the largest z, bias: b, both of
    shape (epochs + 1,). turns: its first deaths and returns, in order, at most MOST_TURNS.
    """

    edges: Array
    counts: NDArray[np.int64]
    highest: Array
    bias: Array
    turns: tuple[Turn, ...]


def networks(settings: Settings, seeds: Sequence[int]) -> Networks:
    """The networks of these settings for several seeds, before training."""
    widths = (settings.width,) * settings.hidden
    recipe = Recipe(settings.f, widths, settings.learning_rate, settings.initial_bias)
    return Networks(recipe, seeds, digits.load().images, digits.load().labels)


def train(settings: Settings, progress: Callable[[float], None] | None = None) -> DyingNetwork:
    """Train one network and look at it after every epoch; `progress` hears the share done, 0 to 1."""
    learning, first = networks(settings, [settings.seed]), digits.load().first
    ones = np.ones(len(learning.images))
    kept, shares, gradients, silent, scores = [], [], [], [], []
    diverged_at = None
    with np.errstate(all="ignore"):
        for epoch in range(settings.epochs + 1):
            if epoch:
                learning.train_epoch()
            if not learning.sound()[0]:
                diverged_at = epoch
                break
            active, lengths, logits = _look(learning)
            kept.append([matrix[0] for matrix in learning.matrices])
            # as a product: counting truth values takes twice as long
            shares.append([ones @ layer.astype(np.float64) / len(ones) for layer in active])
            silent.append([(~layer[first]).sum(axis=1) for layer in active])
            gradients.append(lengths)
            scores.append(np.concatenate(learning.score(logits, learning.labels)))
            if progress:
                progress(epoch / settings.epochs)
    accuracy, loss = np.array(scores).T
    matrices = [np.array(entries) for entries in zip(*kept, strict=True)]
    weights = tuple(part for matrix in matrices for part in (matrix[:, :-1], matrix[:, -1:]))
    return DyingNetwork(
        settings, weights, np.array(shares), np.array(gradients), np.array(silent), accuracy, loss, diverged_at
    )


def _look(learning: Networks) -> tuple[list[NDArray[np.bool_]], Array, Array]:
    """Of one network, over all images: where the units of each layer are active, shape (images, width), the lengths
    of their gradients, shape (hidden, width), and the logits. One pass forwards serves all."""
    active, gradients, logits = [], [], []
    for start in range(0, len(learning.images), TOGETHER):
        part = slice(start, start + TOGETHER)
        layers, outputs = learning.forward(learning.images[part])
        share = outputs.shape[1] / len(learning.images)
        active.append([learning.active(layer)[0] for layer in layers])
        gradients.append([share * one for one in learning.backward(learning.targets[part], layers, outputs)])
        logits.append(outputs)
    whole = [np.concatenate(parts) for parts in zip(*active, strict=True)]
    total = [np.sum(parts, axis=0) for parts in zip(*gradients, strict=True)]
    return whole, _lengths(total), np.concatenate(logits, axis=1)


def _lengths(gradients: list[Array]) -> Array:
    """The length of every hidden unit's gradient, of one network, shape (hidden, width)."""
    return np.sqrt([np.square(matrix[0]).sum(axis=0) for matrix in gradients[:-1]])


def follow(run: DyingNetwork, layer: int, unit: int, progress: Callable[[float], None] | None = None) -> Life:
    """The life of a unit, its layer and place counted from 0; `progress` hears the share done, 0 to 1."""
    again = networks(run.settings, [run.settings.seed])
    z: Array = np.array([_answers(again, weights, layer, unit) for weights in zip(*run.weights, strict=True)])
    edges = _edges(z)
    inside = np.clip(z, edges[0], edges[-1])
    counts = np.array([np.histogram(values, edges)[0] for values in inside])
    dead = run.dead[:, layer, unit]
    epochs = (np.flatnonzero(dead[1:] != dead[:-1]) + 1).tolist()[:MOST_TURNS]
    turns = []
    for epoch in epochs:
        turns.append(_turn(run, layer, unit, epoch))
        if progress:
            progress(len(turns) / len(epochs))
    return Life(edges, counts, z.max(axis=1), run.weights[2 * layer + 1][:, 0, unit], tuple(turns))


def _inputs(learning: Networks, weights: Sequence[Array], layer: int) -> Array:
    """What goes into a layer for every image, with these weights of one network."""
    learning.weights = [weight[None] for weight in weights]
    return learning.images if layer == 0 else learning.forward(learning.images)[0][layer - 1].output[0, :, :-1]


def _answers(learning: Networks, weights: Sequence[Array], layer: int, unit: int) -> Array:
    """z of a unit on every image, with these weights of one network."""
    return _z(_inputs(learning, weights, layer), weights, layer, unit)


def _z(inputs: Array, weights: Sequence[Array], layer: int, unit: int) -> Array:
    return np.asarray(inputs @ weights[2 * layer][:, unit] + weights[2 * layer + 1][0, unit])


def _edges(z: Array) -> Array:
    """Edges of equal bins over all but the outermost hundredth of the values, 0 among them."""
    low, high = np.quantile(z, (0.005, 0.995))
    low, high = min(float(low), 0.0), max(float(high), 0.0)
    step = max((high - low) / (BINS - 1), 1e-12)
    below = np.ceil(-low / step)
    return np.asarray(step * (np.arange(BINS + 1) - below))


def _turn(run: DyingNetwork, layer: int, unit: int, epoch: int) -> Turn:
    """The turn of a unit that was dead before or after this epoch, not both; the epoch is gone through again."""
    again = networks(run.settings, [run.settings.seed])
    for _ in range(epoch - 1):
        again.skip_epoch()
    again.weights = [entries[epoch - 1][None] for entries in run.weights]
    trail, batches = [[weight[0] for weight in again.weights]], list(again.batches())
    for x, y in batches:
        again.step(x, y)
        trail.append([weight[0] for weight in again.weights])
    z = np.array([_answers(again, weights, layer, unit) for weights in trail])
    dead = ~(run.settings.f.derivative(z) != 0).any(axis=1)
    step = int(np.flatnonzero(dead[1:] != dead[:-1])[-1]) + 1
    old, new = trail[step - 1], trail[step]
    again.weights = [weight[None] for weight in old]
    x, y = batches[step - 1]
    gradient = _lengths(again.backward(y, *again.forward(x)))[layer, unit]
    return Turn(
        "dies" if dead[step] else "wakes",
        epoch,
        step,
        z.max(axis=1),
        z[step - 1],
        z[step],
        _z(_inputs(again, old, layer), new, layer, unit),
        _z(_inputs(again, new, layer), old, layer, unit),
        float(gradient),
        (float(old[2 * layer + 1][0, unit]), float(new[2 * layer + 1][0, unit])),
    )
