"""A classifier's head on all 1,197 digits, as the page has it trained, and against PyTorch where it is installed."""

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from activations.experiments import digits
from activations.experiments.classifier import BATCH, HEADS, MOMENTUM, RATE, Settings, train
from benchmarks import Row, by_itself, fastest

TITLE = "Classifier: 200 epochs on 1,197 digits, 64 hidden units, batches of 32 (7,600 steps)"


def run(_: Path) -> Iterator[Row]:
    """Time every head in a process of its own, with one thread for its BLAS, as a worker trains it."""
    seconds = by_itself("benchmarks.classifier")
    for head in HEADS:
        yield Row(f"the head {head!r}", seconds[head], None, "s", "≤ 3 s")
    if "pytorch" in seconds:
        yield Row("softmax, against PyTorch, one thread", seconds["softmax"], seconds["pytorch"], "s", "≤ 3 s")
    else:
        yield Row("against PyTorch: not installed here", seconds["softmax"], None, "s", "≤ 3 s")


def _measured() -> dict[str, float]:
    ways: dict[str, Callable[[], object]] = {}
    for head in HEADS:
        ways[head] = lambda head=head: train(Settings(head=head, count=1197))
    if importlib.util.find_spec("torch") is not None:
        ways["pytorch"] = _pytorch
        np.testing.assert_allclose(_pytorch(), train(Settings(count=1197)).loss[-1], rtol=1e-2)
    return {name: fastest(way) for name, way in ways.items()}


def _pytorch() -> float:
    """The same weights, digits and order with PyTorch's modules; it does not look after every epoch, as ours does."""
    import torch

    torch.set_num_threads(1)
    learnt = digits.split().train
    x, y = torch.from_numpy(digits.load().images[learnt]), torch.from_numpy(digits.load().labels[learnt])
    generator = np.random.default_rng(0)
    layers = [torch.nn.Linear(64, 64, dtype=torch.float64), torch.nn.Linear(64, 10, dtype=torch.float64)]
    for layer in layers:
        inputs, units = layer.in_features, layer.out_features
        layer.weight.data = torch.from_numpy(generator.normal(0.0, np.sqrt(2.0 / inputs), (inputs, units)).T.copy())
        layer.bias.data.zero_()
    network = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1])
    optimiser = torch.optim.SGD(network.parameters(), lr=RATE, momentum=MOMENTUM)
    loss_of = torch.nn.CrossEntropyLoss()
    for _ in range(200):
        order = torch.from_numpy(generator.permutation(len(x)))
        for start in range(0, len(x), BATCH):
            batch = order[start : start + BATCH]
            optimiser.zero_grad()
            loss_of(network(x[batch]), y[batch]).backward()
            optimiser.step()
    with torch.no_grad():
        return float(loss_of(network(x), y))


if __name__ == "__main__":
    print(json.dumps(_measured()))
