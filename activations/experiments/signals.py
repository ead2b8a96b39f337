"""Signals through depth: what a network at initialisation makes of its inputs, layer by layer, and of a gradient.

The network is that of `deep_network`. A random error is laid on the top layer's activations and
sent back; all gradients are told as multiples of it. On its way through one layer a gradient is
multiplied by the slopes f′(z) and by the weights. By how much each changes its length (its root
mean square over units and inputs) is told apart, so that without residual connections

    gradient = slopes × normalisation × weights

holds in every layer, exactly. Over random weights the weights' factor is near σ_w, which is also
‖W‖ / √n by the Frobenius norm.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from activations.base import Array, Parameter
from activations.experiments.deep_network import (
    INPUTS,
    DeepNetwork,
    Draws,
    Layer,
    backward,
    draw,
    forward,
    mean_square,
    rms,
)  # fmt: skip

SIGMA_W = Parameter("sigma_w", symbol="σ_w", default=1.0, low=0.1, high=4.0, step=0.05)
FLAT = 0.01  # of the largest slope: under it a unit counts as saturated
BINS = 48
WIDEST = 4.0  # of a histogram, for functions without bounds
_ABREAST = 4  # values of σ_w at once: their arrays stay in the processor's cache; twice as many took 1.2 times as long


@dataclass(frozen=True)
class Signals:
    """What was measured, for every σ_w (first axis) and every layer (second; entry 0 is the input).

    mean, std: of the activations, over units and inputs. length: mean square of the pre-activations
    z, NaN for the input. counts: activations in each bin of `edges`, last axis; what lies beyond
    counts in the outermost bins. saturated: share of all f′(z) whose size is under 1 % of the
    largest slope; dead: share of the units whose slope is 0 on every input; both NaN for the input.

    gradient, slopes, normalisation, weights: log₁₀ of what is left of the gradient at this layer's
    activations, and of the products of its parts, all 0 at the top layer and −∞ where nothing is left.
    """

    network: DeepNetwork
    sigma_w: Array
    mean: Array
    std: Array
    length: Array
    saturated: Array
    dead: Array
    gradient: Array
    slopes: Array
    normalisation: Array
    weights: Array
    counts: NDArray[np.uint16]
    edges: Array


def signals(
    network: DeepNetwork,
    sigma_w: Sequence[float],
    progress: Callable[[float], None] | None = None,
    *,
    span: tuple[float, float] | None = None,
) -> Signals:
    """Send inputs and an error through `network` for each value in `sigma_w`, on the same draw of chance.

    Each value from 0.1 to 4, ParameterError otherwise. `span` is what the histogram's bins cover;
    without it, what the network needs.
    """
    values = np.array([SIGMA_W.check(value) for value in sigma_w])
    draws, edges = draw(network), np.linspace(*(span or spans(network)), BINS + 1)
    measured = []
    for start in range(0, len(values), _ABREAST):
        measured.append(_measure(network, draws, values[start : start + _ABREAST], edges))
        if progress:
            progress(min(start + _ABREAST, len(values)) / len(values))
    joined = {name: np.concatenate([part[name] for part in measured]) for name in measured[0]}
    return Signals(network, values, edges=edges, **joined)


def spans(*networks: DeepNetwork) -> tuple[float, float]:
    """What a histogram of these networks has to cover: what their functions can give, within −4 and 4 if unbounded."""
    ends = []
    for network in networks:
        reach = network.f.facts.range
        free = network.residual or not np.isfinite(reach.high)
        low = -WIDEST if network.residual else max(reach.low, -WIDEST)
        ends.append((low, WIDEST if free else reach.high))
    low, high = min(ends)[0], max(high for _, high in ends)
    # half a bin of room at each end: a value on a bound lies in the middle of its bin
    room = (high - low) / (2 * (BINS - 1))
    return low - room, high + room


def _measure(network: DeepNetwork, draws: Draws, sigma_w: Array, edges: Array) -> dict[str, NDArray[np.generic]]:
    with np.errstate(under="ignore"):
        layers = list(forward(network, draws, sigma_w))
        steps = list(backward(network, draws, sigma_w, layers))
    found = [_input(draws, len(sigma_w), edges), *(_look(network, layer, edges) for layer in layers)]
    told: dict[str, NDArray[np.generic]] = {
        name: np.stack([entry[name] for entry in found], axis=1) for name in found[0]
    }
    for name, part in (("gradient", "whole"), *((part, part) for part in ("slopes", "normalisation", "weights"))):
        factors = np.stack([np.ones(len(sigma_w)), *(getattr(step, part) for step in steps)], axis=1)
        with np.errstate(divide="ignore"):
            told[name] = np.cumsum(np.log10(factors), axis=1)[:, ::-1]
    return told


def _input(draws: Draws, values: int, edges: Array) -> dict[str, NDArray[np.generic]]:
    h = np.broadcast_to(draws.inputs, (values, *draws.inputs.shape))
    unknown = np.full(values, np.nan)
    return _activations(h, edges) | {"length": unknown, "saturated": unknown, "dead": unknown}


def _look(network: DeepNetwork, layer: Layer, edges: Array) -> dict[str, NDArray[np.generic]]:
    steep = np.abs(layer.slope) >= FLAT * network.f.facts.largest_slope
    return _activations(layer.output, edges) | {
        "length": mean_square(layer.z),
        "saturated": 1 - steep.mean(axis=(1, 2)),
        "dead": 1 - (layer.slope != 0).any(axis=1).mean(axis=1),
    }


def _activations(h: Array, edges: Array) -> dict[str, NDArray[np.generic]]:
    places = np.clip((h - edges[0]) * (BINS / (edges[-1] - edges[0])), 0, BINS - 1).astype(np.intp)
    places += BINS * np.arange(len(h))[:, None, None]
    counts = np.bincount(places.ravel(), minlength=BINS * len(h)).reshape(len(h), BINS)
    mean = h.mean(axis=(1, 2))
    return {"mean": mean, "std": rms(h - mean[:, None, None]), "counts": counts.astype(np.uint16)}


__all__ = ["BINS", "FLAT", "INPUTS", "SIGMA_W", "Signals", "signals", "spans"]
