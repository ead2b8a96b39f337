"""The films of mean-field theory: over σ_w, and over the layers; and their words. Films count CHARTS in their order."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from activations.experiments import MeanField, Signals
from figures.depth import SIGMA_W
from figures.film import Film, frame_values, track
from figures.length_map import (
    EDGE,
    FIXED,
    MAP,
    NOW,
    STAIRS,
    STEPS,
    Theory,
    Values,
    clipped,
    kept,
    points,
    stairs,
    steps,
)  # fmt: skip
from figures.numbers import number, short


def sigma_film(shown: Theory, words: Mapping[str, str]) -> Film:
    """What moves with the handle for σ_w. `words` are those of `in_words`."""
    present = float(shown.now.sigma_w[0])
    values = frame_values(SIGMA_W, present)
    pairs = [(shown.over, shown.sweep)] + ([(shown.now, shown.found)] if len(values) > len(SIGMA_W) else [])

    def joined(parts: list[Values]) -> Values:
        return np.concatenate([parts[0], *(part[:1] for part in parts[1:])])

    climbed = [stairs(theory.path, shown.layer) for theory, _ in pairs]
    measured = [steps(found.length, shown.layer) for _, found in pairs]
    fixed = joined([clipped(theory.fixed)[:, None] for theory, _ in pairs])
    at = [points(theory, found) for theory, found in pairs]
    tracks = [track(MAP, "y", joined([clipped(theory.image) for theory, _ in pairs]), chart=0)]
    for place, axis in enumerate(("x", "y")):
        tracks += [
            track(STAIRS, axis, joined([part[place] for part in climbed]), chart=0),
            track(STEPS, axis, joined([part[place] for part in measured]), chart=0),
            track(FIXED, axis, fixed, chart=0),
            track(NOW, axis, joined([part[place] for part in at]), chart=1),
        ]
    told: dict[str, list[str]] = {}
    for theory, found in pairs:
        count = len(SIGMA_W) if theory is shown.over else 1
        for slot, texts in in_words(theory, found, np.arange(count), np.full(count, shown.layer), words).items():
            told.setdefault(slot, []).extend(texts)
    said = [f"{sigma}: χ₁ = {value}" for sigma, value in zip(told["sw"], told["chi"], strict=True)]
    return Film("sw", SIGMA_W, present, tracks, told | {"sw_said": said})


def layer_film(shown: Theory, words: Mapping[str, str]) -> Film:
    """What moves with the handle for the layer: how far the stairs and the simulation have gone."""
    layers = np.arange(1, shown.found.network.depth + 1)
    climbed = np.stack([stairs(shown.now.path[:1], int(layer))[:, 0] for layer in layers], axis=1)
    measured = np.stack([steps(shown.found.length[:1], int(layer))[:, 0] for layer in layers], axis=1)
    tracks = [
        track(trace, axis, part[place], chart=0)
        for trace, part in ((STAIRS, climbed), (STEPS, measured))
        for place, axis in enumerate(("x", "y"))
    ]
    told = in_words(shown.now, shown.found, np.zeros(len(layers), dtype=np.int64), layers, words)
    said = [f"{layer}: q = {q}" for layer, q in zip(told["layer"], told["q"], strict=True)]
    return Film("layer", layers.astype(np.float64), float(shown.layer), tracks, told | {"layer_said": said})


def in_words(
    theory: MeanField, found: Signals, at: NDArray[np.int64], layers: NDArray[np.int64], words: Mapping[str, str]
) -> dict[str, list[str]]:
    """The slots for pairs of a σ_w (by its place) and a layer.

    sw, layer; q and sim_q: the mean square of z there by theory and simulation; fixed, fate; chi and
    sim_chi, phase. `words`: settles, vanishes, explodes, stays; order, edge, chaos.
    """
    chis = theory.chi[at].tolist()
    phases = ["edge" if abs(value - 1) < EDGE else "order" if value < 1 else "chaos" for value in chis]
    return {
        "sw": [short(value, 3) for value in theory.sigma_w[at].tolist()],
        "layer": [str(layer) for layer in layers.tolist()],
        "q": [number(value, 3) for value in theory.path[at, layers - 1].tolist()],
        "sim_q": [number(value, 3) for value in found.length[at, layers].tolist()],
        "fixed": [number(value, 3) if value else "0" for value in theory.fixed[at].tolist()],
        "fate": [words[theory.fate[place]] for place in at.tolist()],
        "chi": [number(value, 3) for value in chis],
        "sim_chi": [number(value, 3) for value in kept(found)[at].tolist()],
        "phase": [words[phase] for phase in phases],
    }


def present_words(shown: Theory, words: Mapping[str, str]) -> dict[str, str]:
    """The readout's words for the present state: one text a slot."""
    told = in_words(shown.now, shown.found, np.array([0]), np.array([shown.layer]), words)
    return {slot: texts[0] for slot, texts in told.items()}
