"""Signals through 50 layers of 256 units for 64 values of σ_w: all at once against one after the other, and PyTorch."""

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

import activations
from activations.experiments import DeepNetwork, signals
from activations.experiments.deep_network import INPUTS, draw
from benchmarks import Row, by_itself, fastest

TITLE = "Depth: 50 layers × 256 units × 64 values of σ_w, forwards and backwards"

NETWORK = DeepNetwork(activations.get("tanh"), depth=50, width=256)
SIGMA_W = np.linspace(0.5, 3.0, 64)


def run(_: Path) -> Iterator[Row]:
    """Time the sweep as the page has it done: in a process of its own, with one thread for its BLAS."""
    seconds = by_itself("benchmarks.depth")
    goal = "≤ 2 s"
    yield Row("against a plain loop, value by value", seconds["ours"], seconds["plain"], "s", goal)
    if "pytorch" in seconds:
        yield Row("against PyTorch, its autograd in float64", seconds["ours"], seconds["pytorch"], "s", goal)
    else:
        yield Row("against PyTorch: not installed here", seconds["ours"], None, "s", goal)


def _measured() -> dict[str, float]:
    """The seconds of each way, once all are seen to give the same gradients."""
    told = signals(NETWORK, SIGMA_W.tolist())
    ways: dict[str, Callable[[], object]] = {"plain": _plain}
    if importlib.util.find_spec("torch") is not None:
        ways["pytorch"] = _pytorch
    for way in ways.values():
        np.testing.assert_allclose(way(), told.gradient[:, 0], atol=1e-6)
    return {name: fastest(way) for name, way in {"ours": lambda: signals(NETWORK, SIGMA_W.tolist()), **ways}.items()}


def _plain() -> list[float]:
    """As in a notebook: for each σ_w its own weights, the two passes, and of each layer what the page shows."""
    draws, gradients = draw(NETWORK), []
    for sigma_w in SIGMA_W.tolist():
        h, slopes, shown = draws.inputs, [], []
        for noise in draws.noise:
            h = np.tanh(h @ (sigma_w * noise))
            slopes.append(1 - h * h)
            shown.append((h.mean(), h.std(), np.histogram(h, 48)[0], (slopes[-1] < 0.01).mean()))
        back = draws.at_top / np.sqrt(np.mean(draws.at_top**2))
        for noise, slope in zip(reversed(draws.noise), reversed(slopes), strict=True):
            back = (back * slope) @ (sigma_w * noise).T
        gradients.append(float(np.log10(np.sqrt(np.mean(back**2)))))
    return gradients


def _pytorch() -> list[float]:
    """The same with PyTorch's autograd: all values of σ_w as one batch, a product of matrices a layer."""
    import torch

    draws = draw(NETWORK)
    scale = torch.from_numpy(SIGMA_W)[:, None, None]
    inputs = torch.from_numpy(draws.inputs).expand(len(SIGMA_W), INPUTS, NETWORK.width).clone().requires_grad_()
    h = inputs
    for noise in draws.noise:
        h = torch.tanh(scale * (h @ torch.from_numpy(noise)))
        with torch.no_grad():
            _ = h.mean(dim=(1, 2)), h.std(dim=(1, 2)), ((1 - h * h) < 0.01).double().mean(dim=(1, 2))
    h.backward(torch.from_numpy(draws.at_top / np.sqrt(np.mean(draws.at_top**2))).expand_as(h))
    return torch.log10(inputs.grad.square().mean(dim=(1, 2)).sqrt()).tolist()


if __name__ == "__main__":
    print(json.dumps(_measured()))
