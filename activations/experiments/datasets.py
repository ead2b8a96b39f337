"""Points in the plane to learn from: two classes or more, or a number a point.

Every set can serve both tasks. In classification a point has a label, in regression a target: for
the sets of classes that is the label as a number from −1 to 1, for the hills the height, of which
the label says whether it is above 0.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from activations.base import Array, parameter
from activations.experiments import own_points
from activations.experiments._checks import CheckedSettings
from activations.experiments.own_points import Point

Kind = Literal["moons", "circles", "spiral", "xor", "blobs", "hills", "own"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MANY = ("spiral", "blobs")  # the sets that can have more than two classes
BOARD = 2.0  # half the width of the board on which own points are set by hand
_AS_THEY_ARE = (np.zeros(2), np.ones(2))  # centre and scale


@dataclass(frozen=True)
class Data(CheckedSettings):
    """Which points there are. Numbers out of range raise ParameterError, own points PointsError.

    kind: one of KINDS. count: how many points, those kept for testing included. noise: the standard
    deviation of what is added to both coordinates (for the hills: to the target). classes: how many,
    for spiral and blobs; the others have two. test_share: the share of the points of each class
    that is kept for testing. own: the points of kind "own", for which count and noise do not count.
    """

    kind: Kind = "moons"
    count: int = parameter(400, symbol="n", low=20, high=1000, step=1)
    noise: float = parameter(0.15, symbol="σ", low=0.0, high=0.5, step=0.01)
    classes: int = parameter(2, symbol="k", low=2, high=own_points.CLASSES, step=1)
    test_share: float = parameter(0.3, symbol="t", low=0.0, high=0.5, step=0.05)
    own: tuple[Point, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}")
        if self.kind == "own":
            own_points.check(self.own)


@dataclass(frozen=True)
class Points:
    """The points as the network is given them.

    positions: shape (n, 2). labels: 0 to classes − 1, shape (n,). targets: shape (n,). is_test:
    which are kept for testing, shape (n,). classes: how many. names: what a label stands for.
    half_width: half the width of a square window about 0 that holds all points with some room. centre
    and scale: a position times `scale` plus `centre` is the place in the reader's own units, shape
    (2,) each. Own points that reach beyond ±BOARD are brought to mean 0 and standard deviation 1.
    """

    positions: Array
    labels: NDArray[np.int64]
    targets: Array
    is_test: NDArray[np.bool_]
    classes: int
    names: tuple[str, ...]
    half_width: float
    centre: Array
    scale: Array


def make(data: Data, seed: int) -> Points:
    """The points of `data`; the same data and seed give the same points, whatever learns from them."""
    generator = np.random.default_rng((seed, 0))
    if data.kind == "own":
        return _own(data, generator)
    classes = data.classes if data.kind in MANY else 2
    labels = np.arange(data.count) % classes
    if data.kind == "hills":
        positions = generator.uniform(-1.5, 1.5, (data.count, 2))
        heights = hills(positions) + generator.normal(0.0, 1.0, data.count) * data.noise
        labels, targets = (heights > 0).astype(np.int64), heights
    else:
        clean = _SETS[data.kind](labels, classes, generator)
        positions = clean + generator.normal(0.0, 1.0, clean.shape) * data.noise
        targets = np.linspace(-1.0, 1.0, classes)[labels]
    names = tuple(str(label + 1) for label in range(classes))
    is_test = _split(labels, data.test_share, generator)
    return Points(positions, labels, targets, is_test, classes, names, _half_width(positions), *_AS_THEY_ARE)


def _half_width(positions: Array) -> float:
    return math.ceil(2.2 * float(np.abs(positions).max())) / 2


def hills(positions: Array) -> Array:
    """The height of the regression's landscape: a hill at (0.6, 0.6) and a hollow at (−0.6, −0.6)."""
    from_hill, from_hollow = (((positions - place) ** 2).sum(axis=-1) for place in (0.6, -0.6))
    return np.asarray(np.exp(-2.0 * from_hill) - np.exp(-2.0 * from_hollow))


def _moons(labels: NDArray[np.int64], _: int, generator: np.random.Generator) -> Array:
    angle = generator.uniform(0.0, math.pi, len(labels))
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    return np.where(labels[:, None] == 0, upper, lower) - (0.5, 0.25)


def _circles(labels: NDArray[np.int64], _: int, generator: np.random.Generator) -> Array:
    angle = generator.uniform(0.0, 2.0 * math.pi, len(labels))
    radius = np.where(labels == 0, 1.2, 0.5)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _spiral(labels: NDArray[np.int64], classes: int, generator: np.random.Generator) -> Array:
    along = generator.uniform(0.0, 1.0, len(labels))
    radius = 0.15 + 1.35 * along
    angle = 1.5 * math.pi * along + 2.0 * math.pi * labels / classes
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _xor(labels: NDArray[np.int64], _: int, generator: np.random.Generator) -> Array:
    first = generator.choice([-1.0, 1.0], len(labels))
    return np.stack([first, np.where(labels == 0, first, -first)], axis=1)


def _blobs(labels: NDArray[np.int64], classes: int, generator: np.random.Generator) -> Array:
    angle = 2.0 * math.pi * labels / classes + math.pi / 4
    centres = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return centres + 0.2 * generator.normal(0.0, 1.0, centres.shape)


_SETS: dict[str, Callable[[NDArray[np.int64], int, np.random.Generator], Array]] = {
    "moons": _moons,
    "circles": _circles,
    "spiral": _spiral,
    "xor": _xor,
    "blobs": _blobs,
}


def _own(data: Data, generator: np.random.Generator) -> Points:
    x, y, value = np.array(data.own, dtype=np.float64).T
    given = np.stack([x, y], axis=1)
    on_board = bool(np.abs(given).max() <= BOARD)
    centre, scale = _AS_THEY_ARE if on_board else (given.mean(axis=0), given.std(axis=0))
    positions = (given - centre) / scale
    half_width = BOARD if on_board else _half_width(positions)
    kinds, labels = np.unique(value, return_inverse=True)
    # from −1 to 1, so that a loss means the same whatever the unit of the value is
    targets = 2.0 * (value - kinds[0]) / (kinds[-1] - kinds[0]) - 1.0
    names = tuple(f"{kind:g}" for kind in kinds.tolist())
    are_classes = len(kinds) <= own_points.CLASSES
    is_test = _split(labels if are_classes else np.zeros_like(labels), data.test_share, generator)
    return Points(positions, labels, targets, is_test, len(kinds), names, half_width, centre, scale)


def _split(labels: NDArray[np.int64], share: float, generator: np.random.Generator) -> NDArray[np.bool_]:
    """Of each class its share for testing; half of a single point rounds to none, so one is left to learn from."""
    is_test = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = generator.permutation(np.flatnonzero(labels == label))
        is_test[members[: round(share * len(members))]] = True
    return is_test
