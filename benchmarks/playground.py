"""The playground's training against the loop of a textbook, and against PyTorch where it is installed."""

import importlib.util
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from activations import CATALOGUE, Tanh
from activations.base import Activation
from activations.experiments.datasets import Data
from activations.experiments.network import Layer
from activations.experiments.playground import Run, Settings, train
from benchmarks import Row, fastest

TITLE = "Playground: 1,000 epochs on 500 points, two layers of 16 tanh units, batches of 32 (16,000 steps)"

SETTINGS = Settings(
    data=Data(count=714), layers=(Layer(Tanh(), 16), Layer(Tanh(), 16)), learning_rate=0.03, epochs=1000
)
ROUNDS = 3


def run(_: Path) -> Iterator[Row]:
    """Time whole runs, turn about; ours also records a hundred frames, which the others do not."""
    theirs: dict[str, Callable[[Run], float]] = {"the plain loop": _textbook}
    if importlib.util.find_spec("torch"):
        theirs["PyTorch, one thread"] = _torch
    reference = train(SETTINGS)
    times: dict[str, list[float]] = {name: [] for name in ("ours", *theirs)}
    for _round in range(ROUNDS):
        start = time.perf_counter()
        train(SETTINGS)
        times["ours"].append(time.perf_counter() - start)
        for name, loop in theirs.items():
            start = time.perf_counter()
            loss = loop(reference)
            times[name].append(time.perf_counter() - start)
            # the same weights, points and order: the same loss, but for the last digits
            np.testing.assert_allclose(loss, reference.recording.loss[-1, 0], rtol=1e-3)
    for name in theirs:
        yield Row(f"a run, against {name}", min(times["ours"]), min(times[name]), "s", "≤ 2 s")
    if "PyTorch, one thread" not in theirs:
        yield Row("PyTorch is not installed: a run alone", min(times["ours"]), None, "s", "≤ 2 s")
    seconds = {f.name: fastest(lambda f=f: train(_with(f())), ROUNDS) for f in CATALOGUE}
    slowest = max(seconds, key=lambda name: seconds[name])
    yield Row(f"the slowest of all functions, {slowest}", seconds[slowest], None, "s", "≤ 2 s")


def _with(f: Activation) -> Settings:
    return replace(SETTINGS, layers=tuple(Layer(f, layer.width) for layer in SETTINGS.layers))


def _batches(reference: Run) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The batches in the order in which the reference took them."""
    learnt = ~reference.points.is_test
    x, labels = reference.points.positions[learnt], reference.points.labels[learnt]
    shuffling = np.random.default_rng((SETTINGS.seed, 2))
    for _epoch in range(SETTINGS.epochs):
        order = shuffling.permutation(len(x))
        for at in range(0, len(x), SETTINGS.batch):
            yield x[order[at : at + SETTINGS.batch]], labels[order[at : at + SETTINGS.batch]]


def _textbook(reference: Run) -> float:
    """Forward, backward, step, as they stand in a textbook: new arrays at every line, a list of layers."""
    matrices = reference.network.matrices(reference.thetas[0].copy())
    weights, biases = [matrix[:-1].copy() for matrix in matrices], [matrix[-1].copy() for matrix in matrices]

    def forward(x: np.ndarray) -> list[np.ndarray]:
        held = [x]
        for w, b in zip(weights[:-1], biases[:-1], strict=True):
            held.append(np.tanh(held[-1] @ w + b))
        z = held[-1] @ weights[-1] + biases[-1]
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return [*held, e / e.sum(axis=1, keepdims=True)]

    for x, labels in _batches(reference):
        *held, p = forward(x)
        delta = (p - np.eye(2)[labels]) / len(x)
        steps = []
        for layer in (2, 1, 0):
            steps.append((layer, held[layer].T @ delta, delta.sum(axis=0)))
            if layer:
                delta = (delta @ weights[layer].T) * (1 - held[layer] ** 2)
        for layer, at_weights, at_bias in steps:
            weights[layer] -= SETTINGS.learning_rate * at_weights
            biases[layer] -= SETTINGS.learning_rate * at_bias
    learnt = ~reference.points.is_test
    p = forward(reference.points.positions[learnt])[-1]
    labels = reference.points.labels[learnt]
    return float(-np.log(p[np.arange(len(labels)), labels]).mean())


def _torch(reference: Run) -> float:
    import torch

    torch.set_num_threads(1)
    layers = []
    for matrix in reference.network.matrices(reference.thetas[0]):
        linear = torch.nn.Linear(*matrix[:-1].shape, dtype=torch.float64)
        linear.weight.data = torch.from_numpy(matrix[:-1].T.copy())
        linear.bias.data = torch.from_numpy(matrix[-1].copy())
        layers += [linear, torch.nn.Tanh()]
    network = torch.nn.Sequential(*layers[:-1])
    optimiser = torch.optim.SGD(network.parameters(), lr=SETTINGS.learning_rate)
    loss_of = torch.nn.CrossEntropyLoss()
    for x, labels in _batches(reference):
        optimiser.zero_grad()
        loss_of(network(torch.from_numpy(x)), torch.from_numpy(labels)).backward()
        optimiser.step()
    learnt = ~reference.points.is_test
    x, labels = reference.points.positions[learnt], reference.points.labels[learnt]
    with torch.no_grad():
        return float(loss_of(network(torch.from_numpy(x)), torch.from_numpy(labels)))
