"""What is read off a network at every epoch that is kept: its losses, its pictures, and how each layer fares."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from activations.base import Array
from activations.experiments.datasets import Points
from activations.experiments.depth import saturation_bounds
from activations.experiments.network import Backward, Network

FRAMES = 100
SIDE = 45  # the decision surface's cells; the middle of every three by three is a cell of the units' maps
STRIDE = 3
HIGHEST = 1.25  # the answers that a regression's surface tells apart: −1.25 to 1.25
SPAN, BINS = 8.0, 64  # the histogram's window, −8 to 8; what lies beyond is counted in its last bins

Bytes = NDArray[np.uint8]


def frame_epochs(epochs: int) -> NDArray[np.int64]:
    """The epochs that are kept: every one up to FRAMES, otherwise FRAMES of them after the start, from 1 ever wider."""
    if epochs <= FRAMES:
        return np.arange(epochs + 1)
    power = math.log(epochs) / math.log(FRAMES)  # puts the first one at 1
    return np.rint(epochs * np.linspace(0.0, 1.0, FRAMES + 1) ** power).astype(np.int64)


@dataclass(frozen=True)
class Recording:
    """Everything by frame; layers are counted from the points to the output.

    loss: of the training and the test points, shape (frames, 2), without penalties; score: the share
    classified rightly, for regression R², the share of the targets' variance that is explained,
    shape (frames, 2). NaN where there are no test points. gradient: for every layer, the output's
    too, the norm of the gradient of the loss of all training points by its weights and biases,
    shape (frames, layers + 1). dead: for every hidden layer which of its units have slope 0 at every
    training point, shape (frames, units); dead_share: of each layer's units; saturated: share of its
    pre-activations where the slope is below 1 % of its largest, beyond the function's
    `saturation_bounds`; shape (frames, layers) each.

    surface: the answers at the middles of SIDE × SIDE cells of the window, rows from below, as 8-bit
    numbers, shape (frames, SIDE, SIDE): for two classes 255 times the probability of the second; for
    regression from −HIGHEST to HIGHEST; for k classes bands of 256 // k numbers, one a class, the surer
    the higher in its band.
    maps: for every hidden layer its units' values over the window, shape (frames, units, 15, 15),
    from −limit to limit as 0 to 254, the limits, shape (units,), being each unit's largest value in
    the whole run. histogram: for every hidden layer the share of its pre-activations in each of BINS
    bins over −SPAN to SPAN, shape (frames, BINS).
    """

    loss: Array
    score: Array
    gradient: Array
    dead: tuple[NDArray[np.bool_], ...]
    saturated: Array
    surface: Bytes
    maps: tuple[Bytes, ...]
    limits: tuple[Array, ...]
    histogram: tuple[Array, ...]

    @property
    def dead_share(self) -> Array:
        """The share of dead units, shape (frames, layers)."""
        shares = [layer.mean(axis=1) for layer in self.dead]
        return np.stack(shares, axis=1) if shares else np.empty((len(self.loss), 0))

    def answers(self, layer: int, frame: int) -> Array:
        """What a layer's units answer over the window, in the steps of their maps, shape (units, 15, 15)."""
        found: Array = self.limits[layer][:, None, None] * (self.maps[layer][frame] - 127.0) / 127.0
        return found


class Recorder:
    """Looks at a network's weights, frame after frame."""

    def __init__(self, network: Network, points: Points) -> None:
        self.network, self.points = network, points
        self._wanted = network.wanted(points)
        self._groups = (np.flatnonzero(~points.is_test), np.flatnonzero(points.is_test))
        axis = points.half_width * (2.0 * np.arange(SIDE) + 1.0 - SIDE) / SIDE
        x, y = np.meshgrid(axis, axis)
        self._window = np.stack([x.ravel(), y.ravel()], axis=1)
        self._bounds = [saturation_bounds(f) for f in network.functions]
        self._rows: dict[str, list[Array]] = {name: [] for name in ("loss", "score", "gradient", "saturated")}
        self._dead: list[list[NDArray[np.bool_]]] = [[] for _ in network.functions]
        self._surface: list[Bytes] = []
        self._maps: list[list[NDArray[np.float32]]] = [[] for _ in network.functions]
        self._histogram: list[list[Array]] = [[] for _ in network.functions]

    def look(self, theta: Array) -> None:
        """Keep what `theta` is like now."""
        z, _ = self.network.forward(theta, self.points.positions)
        self._fit(z[-1])
        learnt = self._groups[0]
        self._layers([values[learnt] for values in z[:-1]])
        backward = Backward(self.network, theta)
        backward.fill(self.points.positions[learnt], self._wanted[learnt])
        self._rows["gradient"].append(
            np.array([np.linalg.norm(part) for part in self.network.matrices(backward.gradient)])
        )
        seen, values = self.network.forward(theta, self._window)
        self._surface.append(self._indices(seen[-1]).reshape(SIDE, SIDE))
        for layer, held in enumerate(values[1:]):
            square = held.T.reshape(-1, SIDE, SIDE)[:, STRIDE // 2 :: STRIDE, STRIDE // 2 :: STRIDE]
            self._maps[layer].append(square.astype(np.float32))

    def _fit(self, outputs: Array) -> None:
        losses = self.network.losses(outputs, self._wanted)
        if self.network.loss == "squared":
            right = 1.0 - (outputs - self._wanted)[:, 0] ** 2 / np.var(self.points.targets[self._groups[0]])
        else:
            right = (self.network.answers(outputs).argmax(axis=1) == self.points.labels).astype(np.float64)
        for name, of_point in (("loss", losses), ("score", right)):
            means = [of_point[group].mean() if len(group) else np.nan for group in self._groups]
            self._rows[name].append(np.array(means))

    def _layers(self, z: list[Array]) -> None:
        saturated = []
        for layer, (values, f, (left, right)) in enumerate(zip(z, self.network.functions, self._bounds, strict=True)):
            self._dead[layer].append(np.all(np.asarray(f.derivative(values)) == 0, axis=0))
            saturated.append(np.mean((values <= left) | (values >= right)))
            inside = np.clip(values, -SPAN, SPAN)
            counts, _ = np.histogram(inside, BINS, (-SPAN, SPAN))
            self._histogram[layer].append(counts / values.size)
        self._rows["saturated"].append(np.array(saturated))

    def _indices(self, outputs: Array) -> Bytes:
        answers = self.network.answers(outputs)
        classes = answers.shape[1]
        if self.network.loss == "squared":
            index = 127.5 + 127.5 * np.clip(answers[:, 0] / HIGHEST, -1.0, 1.0)
        elif classes == 2:
            index = 255.0 * answers[:, 1]
        else:
            band = 256 // classes
            sure = np.clip((answers.max(axis=1) * classes - 1.0) / (classes - 1.0), 0.0, 1.0)
            index = band * answers.argmax(axis=1) + (band - 1) * sure
        indices: Bytes = np.rint(index).astype(np.uint8)
        return indices

    def recording(self) -> Recording:
        """All that was kept."""
        maps, limits = [], []
        for frames in self._maps:
            values = np.array(frames)
            limit = np.abs(values).max(axis=(0, 2, 3)).astype(np.float64)
            share = values / np.where(limit == 0, 1.0, limit)[:, None, None]
            maps.append(np.rint(127.0 + 127.0 * share).astype(np.uint8))
            limits.append(limit)
        return Recording(
            **{name: np.array(rows) for name, rows in self._rows.items()},
            dead=tuple(np.array(frames) for frames in self._dead),
            surface=np.array(self._surface),
            maps=tuple(maps),
            limits=tuple(limits),
            histogram=tuple(np.array(frames, dtype=np.float32) for frames in self._histogram),
        )
