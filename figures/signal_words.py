"""The readout of signals through depth: numbers of one layer, and what is kept on average a layer."""

import numpy as np
from numpy.typing import NDArray

from activations.experiments import Signals
from figures.numbers import number, power_text, short

NOTHING = "—"
Indices = NDArray[np.int64]


def in_words(run: Signals, beside: Signals | None, values: Indices, layers: Indices) -> dict[str, list[str]]:
    """The slots for pairs of a σ_w of `run` (by its place) and a layer: layer, and in row 0 (`run`) and 1 (`beside`)

    sigma (σ_w), std, mean, saturated, dead, gradient, slopes, weights, normalisation (at the layer), kept and gkept
    (the shares of the standard deviation and of the gradient that a layer keeps, on average over all).
    """
    words = {"layer": [str(layer) for layer in layers.tolist()]}
    rows = [(run, values)] + ([] if beside is None else [(beside, np.zeros_like(values))])
    for row, (found, at) in enumerate(rows):
        words |= {f"{slot}{row}": texts for slot, texts in _row(found, at, layers).items()}
    return words


def present_words(run: Signals, beside: Signals | None, layer: int) -> dict[str, str]:
    """The readout's words for the present state: one text a slot."""
    words = in_words(run, beside, np.array([0]), np.array([layer]))
    return {slot: texts[0] for slot, texts in words.items()}


def _row(found: Signals, at: Indices, layers: Indices) -> dict[str, list[str]]:
    def logarithm(name: str) -> list[str]:
        return [_power(value) for value in getattr(found, name)[at, layers].tolist()]

    def percent(name: str) -> list[str]:
        return [f"{100 * share:.1f}%" for share in getattr(found, name)[at, layers].tolist()]

    return {
        "sigma": [short(value, 3) for value in found.sigma_w[at].tolist()],
        "std": [number(value, 3) for value in found.std[at, layers].tolist()],
        "mean": [number(value, 3) for value in found.mean[at, layers].tolist()],
        "saturated": percent("saturated"),
        "dead": percent("dead"),
        "gradient": logarithm("gradient"),
        "slopes": logarithm("slopes"),
        "weights": logarithm("weights"),
        "normalisation": logarithm("normalisation"),
        "kept": [_share(value) for value in kept(found)[at].tolist()],
        "gkept": [_share(value) for value in gradient_kept(found)[at].tolist()],
    }


def kept(found: Signals) -> NDArray[np.float64]:
    """By what a layer multiplies the standard deviation, on average from the first layer to the last, for each σ_w."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((found.std[:, -1] / found.std[:, 1]) ** (1 / (found.network.depth - 1)))


def gradient_kept(found: Signals) -> NDArray[np.float64]:
    """By what a layer multiplies the gradient, on average over all of them, for each σ_w."""
    return np.asarray(10 ** (found.gradient[:, 0] / found.network.depth))


def _power(log10: float) -> str:
    if log10 <= -300:
        return power_text(0.0, log10)
    return number(10**log10, max(0, 3 - max(0, int(log10))))


def _share(value: float) -> str:
    return number(value, 3) if np.isfinite(value) else NOTHING
