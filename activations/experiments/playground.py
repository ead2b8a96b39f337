"""The training playground: a small network learns points in the plane, and the whole run is kept.

Mini-batches are drawn by a new shuffling every epoch; the last batch of an epoch may be smaller.
Weights, shuffling and points come from the seed, each from a stream of its own, so that two
settings with the same seed learn from the same points in the same order.

Kept are the weights at up to 100 epochs after the start, dense at the start, where most happens, and what
`recording` reads off them. A run ends when a weight grows beyond LIMIT: it has diverged, and
`Divergence` says where.

One core takes about 1 s for 1,000 epochs on 500 points, two layers of 16 tanh units, batches of 32.
"""

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from activations.base import Array, Parameter, parameter
from activations.experiments import datasets, optimisers, own_points
from activations.experiments._checks import CheckedSettings, whole
from activations.experiments.datasets import Data, Points
from activations.experiments.network import INITIALISATIONS, LOSSES, Backward, Initialisation, Layer, Loss, Network
from activations.experiments.recording import Recorder, Recording, frame_epochs

LAYERS = 4
MOST_STEPS = 50_000
# No weight of a network that learns comes near a million, and below it all that is kept stays finite.
LIMIT = 1e6
_LOOK_ON = 200  # steps after a divergence within which an overflow is looked for


@dataclass(frozen=True)
class Settings(CheckedSettings):
    """What can be set. Numbers out of range raise ParameterError, as do more than MOST_STEPS steps in all.

    data: the points. layers: up to four hidden layers, the first one next to the points. loss:
    softmax or sigmoid with cross-entropy (classification), squared (regression). optimiser:
    sgd, momentum or adam. learning_rate: η. initialisation: how weights are drawn, and scale: times
    what. batch: points a step. l1, l2: weights of the penalties. seed: of everything drawn.
    epochs: passes through the training points.
    """

    data: Data = field(default_factory=Data)
    layers: tuple[Layer, ...] = (Layer(), Layer())
    loss: Loss = "softmax"
    optimiser: optimisers.Name = "sgd"
    initialisation: Initialisation = "glorot"
    learning_rate: float = parameter(0.1, symbol="η", low=0.0001, high=10.0, step=0.0001)
    scale: float = parameter(1.0, symbol="g", low=0.01, high=10.0, step=0.01)
    batch: int = parameter(32, symbol="B", low=1, high=1000, step=1)
    l1: float = parameter(0.0, symbol="λ₁", low=0.0, high=1.0, step=0.0001)
    l2: float = parameter(0.0, symbol="λ₂", low=0.0, high=1.0, step=0.0001)
    seed: int = parameter(0, symbol="s", low=0, high=9999, step=1)
    epochs: int = parameter(200, symbol="e", low=0, high=5000, step=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, known in (("loss", LOSSES), ("optimiser", optimisers.NAMES), ("initialisation", INITIALISATIONS)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}, not {getattr(self, name)!r}")
        if len(self.layers) > LAYERS:
            raise ValueError(f"there can be at most {LAYERS} hidden layers, not {len(self.layers)}")
        if self.loss != "squared" and self.data.kind == "own":
            own_points.check_classes(self.data.own)
        whole(self.epochs_allowed(), self.epochs)

    def epochs_allowed(self) -> Parameter:
        """What `epochs` may be with these points and this batch, so that MOST_STEPS are not exceeded."""
        declared = next(entry for entry in self.parameters() if entry.name == "epochs")
        return replace(declared, high=min(declared.high, MOST_STEPS // steps_an_epoch(self)))


@lru_cache(maxsize=64)
def points_of(data: Data, seed: int) -> Points:
    """The points of these data, made once."""
    return datasets.make(data, seed)


def steps_an_epoch(settings: Settings) -> int:
    """How many batches an epoch has."""
    learnt = int((~points_of(settings.data, settings.seed).is_test).sum())
    return math.ceil(learnt / settings.batch)


Cause = Literal["rate", "penalty"]
CAUSES: tuple[Cause, ...] = get_args(Cause)


def overshoot(settings: Settings) -> float | None:
    """What the L2 penalty alone multiplies weights by in a step, if that takes them past 0 and no nearer to it.

    With momentum β that is so from η λ₂ = 2 (1 + β) on, and it holds after some steps: the factor is the root
    of r² − (1 + β − η λ₂) r + β that is largest in size. Plain descent has β = 0 and 1 − η λ₂. Adam's steps
    are about η long whatever the gradient, so that no penalty makes weights run away: None, as for all
    that is stable.
    """
    if settings.optimiser == "adam":
        return None
    beta = optimisers.MOMENTUM if settings.optimiser == "momentum" else 0.0
    middle = (1.0 + beta - settings.learning_rate * settings.l2) / 2
    if middle > -(1.0 + beta) / 2:
        return None
    return middle - math.sqrt(middle**2 - beta)


@dataclass(frozen=True)
class Divergence:
    """The step that took a weight beyond LIMIT, and what was measured there.

    step, epoch: counted from 1. layer: 0 is the first hidden layer, the last the output. gradient:
    the norm of this layer's gradient in that step; before, after: the norm of its weights. cause:
    "penalty" if the L2 penalty alone takes weights further from 0 at every step, as `overshoot` says,
    otherwise "rate": the step, η times the gradient, was too long. overflow: the step in which, had
    the run gone on, a number would have left float64's range, and the layer in which; or None.
    """

    step: int
    epoch: int
    layer: int
    gradient: float
    before: float
    after: float
    cause: Cause
    overflow: tuple[int, int] | None


@dataclass(frozen=True)
class Run:
    """A run as it was recorded. epochs: those that were kept, shape (frames,). thetas: the weights at each of
    them, shape (frames, weights). recording: what was read off them. steps: how many were taken."""

    settings: Settings
    points: Points
    epochs: NDArray[np.int64]
    thetas: Array
    recording: Recording
    steps: int
    divergence: Divergence | None

    @property
    def network(self) -> Network:
        """The network's shape."""
        return Network(self.settings.layers, self.settings.loss, self.points.classes)


class _Learner:
    """A network, its optimiser and the order of its batches."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.points = settings, points_of(settings.data, settings.seed)
        self.network = Network(settings.layers, settings.loss, self.points.classes)
        weights, self._shuffling = (np.random.default_rng((settings.seed, stream)) for stream in (1, 2))
        self.theta = self.network.initial(settings.initialisation, settings.scale, weights)
        self.backward = Backward(self.network, self.theta, settings.l1, settings.l2)
        self.optimiser = optimisers.make(settings.optimiser, self.network.size, settings.learning_rate)
        learnt = ~self.points.is_test
        self._positions, self._wanted = self.points.positions[learnt], self.network.wanted(self.points)[learnt]

    def shuffled(self) -> list[tuple[Array, Array]]:
        """The batches of the next epoch."""
        order = self._shuffling.permutation(len(self._positions))
        positions, wanted, size = self._positions[order], self._wanted[order], self.settings.batch
        return [(positions[at : at + size], wanted[at : at + size]) for at in range(0, len(order), size)]

    def step(self, batch: tuple[Array, Array]) -> None:
        self.backward.fill(*batch)
        self.optimiser.step(self.theta, self.backward.gradient)

    def is_sound(self) -> bool:
        return bool(np.abs(self.theta).max() < LIMIT)  # False for NaN too, which max hands on

    def batches(self, first: list[tuple[Array, Array]]) -> Iterator[tuple[Array, Array]]:
        """The batches of an epoch and of all that would follow."""
        yield from first
        while True:
            yield from self.shuffled()

    def saved(self) -> tuple[Any, ...]:
        """Everything that changes, as it is now."""
        return copy.deepcopy((self.theta, self.optimiser, self._shuffling))

    def restore(self, saved: tuple[Any, ...]) -> None:
        """Go back to where `saved` was made."""
        self.theta[:], self.optimiser, self._shuffling = saved

    def train_epoch(self) -> None:
        for batch in self.shuffled():
            self.step(batch)

    def diverged(self, epoch: int) -> Divergence:
        """Go through an epoch, at whose end the weights will no longer be sound, and say where that happens."""
        settings, network = self.settings, self.network
        first = self.shuffled()
        coming = self.batches(first)
        steps = (epoch - 1) * len(first)
        while self.is_sound():
            before = self.theta.copy()
            self.step(next(coming))
            steps += 1
        norms = [
            [float(np.linalg.norm(part)) for part in network.matrices(vector)]
            for vector in (before, self.theta, self.backward.gradient)
        ]
        layer = int(np.argmax([np.abs(part).max() for part in network.matrices(self.theta)]))
        overflow = None
        for later in range(1, _LOOK_ON + 1):
            self.step(next(coming))
            found = self.backward.overflowed()
            if found is not None:
                overflow = (steps + later, found)
                break
        cause: Cause = "rate" if overshoot(settings) is None else "penalty"
        old, new, gradient = (part[layer] for part in norms)
        return Divergence(steps, epoch, layer, gradient, old, new, cause, overflow)


def trial(settings: Settings, steps: int, looks: int) -> None:
    """Take the first `steps` steps, look `looks` times and forget it all: who times this knows how long a run takes."""
    learner = _Learner(settings)
    coming = learner.batches([])
    with np.errstate(all="ignore"):
        for _ in range(steps):
            learner.step(next(coming))
        if looks:
            recorder = Recorder(learner.network, learner.points)
            for _ in range(looks):
                recorder.look(learner.theta)


def train(settings: Settings, progress: Callable[[float], None] | None = None) -> Run:
    """Train the network and keep the run; `progress` hears the share done, 0 to 1."""
    learner = _Learner(settings)
    recorder = Recorder(learner.network, learner.points)
    frames = frame_epochs(settings.epochs).tolist()
    kept: list[int] = []
    thetas: list[Array] = []

    def keep(epoch: int) -> None:
        kept.append(epoch)
        thetas.append(learner.theta.copy())
        recorder.look(learner.theta)

    divergence, steps = None, settings.epochs * steps_an_epoch(settings)
    with np.errstate(all="ignore"):
        keep(0)
        before = learner.saved()
        for epoch in range(1, settings.epochs + 1):
            learner.train_epoch()
            if not learner.is_sound():
                learner.restore(before)
                for _ in range(kept[-1] + 1, epoch):
                    learner.train_epoch()
                if epoch - 1 > kept[-1]:
                    keep(epoch - 1)
                divergence = learner.diverged(epoch)
                steps = divergence.step
                break
            if epoch == frames[len(kept)]:
                keep(epoch)
                before = learner.saved()
            if progress:
                progress(epoch / settings.epochs)
    return Run(settings, learner.points, np.array(kept), np.array(thetas), recorder.recording(), steps, divergence)
