"""The films of signals through depth: over the layers, and over σ_w. Films count the charts in the order of CHARTS."""

from collections.abc import Iterator

import numpy as np

from activations.experiments import Signals
from figures.depth import (
    BARS,
    CHARTS,
    GUIDE,
    OUTLINE,
    QUANTITIES,
    SIGMA_W,
    Shown,
    Values,
    heights,
    places,
    points,
)  # fmt: skip
from figures.film import Film, Track, frame_values, track
from figures.numbers import short
from figures.signal_words import in_words


def layer_film(shown: Shown) -> Film:
    """What moves with the handle for the layer: the histogram, the guides and the points."""
    depth = shown.depth
    positions = np.arange(1.0, depth + 1)
    tracks = [track(BARS, "y", heights(shown.run)[0, 1:], chart=0)]
    if shown.beside is not None:
        tracks.append(track(OUTLINE, "y", heights(shown.beside)[0, 1:], chart=0))
    for number, chart in enumerate(CHARTS[1:], start=1):
        marks = points(shown, chart, shown.run)[0, 1:]
        at = positions[:, None]
        tracks += [
            track(GUIDE, "x", at, at, chart=number),
            track(places(chart)[1], "x", np.repeat(at, marks.shape[1], axis=1), chart=number),
            track(places(chart)[1], "y", marks, chart=number),
        ]
    frames = np.arange(1, depth + 1)
    words = in_words(shown.run, shown.beside, np.zeros(depth, dtype=np.int64), frames)
    said = [f"{layer}: {std}" for layer, std in zip(words["layer"], words["std0"], strict=True)]
    return Film("layer", positions, float(shown.layer), tracks, words | {"layer_said": said})


def sigma_film(shown: Shown, sweep: Signals) -> Film:
    """What moves with the handle for σ_w: everything of the run, at the present layer. `sweep` is over SIGMA_W."""
    present = float(shown.run.sigma_w[0])
    runs = [sweep] if len(frame_values(SIGMA_W, present)) == len(SIGMA_W) else [sweep, shown.run]
    tracks = list(_sigma_tracks(shown, runs))
    words: dict[str, list[str]] = {}
    for run in runs:
        values = np.arange(len(sweep.sigma_w) if run is sweep else 1)
        for slot, texts in in_words(run, shown.beside, values, np.full(len(values), shown.layer)).items():
            words.setdefault(slot, []).extend(texts)
    words["sw"] = [short(value, 3) for value in frame_values(SIGMA_W, present).tolist()]
    said = [
        f"{sigma}: {std}, {kept}" for sigma, std, kept in zip(words["sw"], words["std0"], words["gkept0"], strict=True)
    ]
    return Film("sw", SIGMA_W, present, tracks, words | {"sw_said": said})


def _sigma_tracks(shown: Shown, runs: list[Signals]) -> Iterator[Track]:
    def joined(parts: list[Values]) -> Values:
        return np.concatenate([parts[0], *(part[:1] for part in parts[1:])])

    yield track(BARS, "y", joined([heights(run)[:, shown.layer] for run in runs]), chart=0)
    for number, chart in enumerate(CHARTS[1:], start=1):
        for place, quantity in enumerate(QUANTITIES[chart], start=1):
            if quantity in shown.drawn(chart):
                yield track(
                    place, "y", joined([shown.curve(run, quantity)[:, shown.layers] for run in runs]), chart=number
                )
        marks = joined([points(shown, chart, run)[:, shown.layer] for run in runs])
        yield track(places(chart)[1], "y", marks, chart=number)
