"""The figures of a layer with few bits: its maps as they are stored, the error by the ceiling, and their films."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.experiments import digits
from activations.experiments.convolution import SIDE, Layer
from activations.experiments.quantisation import BITS, errors, quantised, step
from figures import style
from figures.convolution import mosaic, moving_maps
from figures.film import Film, frame_values, track
from figures.numbers import number, power_of_ten, short
from figures.table import csv_text

Values = NDArray[np.float64]

DEPTHS = np.arange(float(BITS.low), BITS.high + 1)  # where the handle for the bits stops
GAINS = 2.0 ** (np.arange(37) / 6)  # from 1 to 64
CEILINGS = np.unique(np.append(2.0 ** (np.arange(-8, 57) / 8), 6.0))  # from 1/2 to 128
SIX = float(np.flatnonzero(CEILINGS == 6.0)[0] / (len(CEILINGS) - 1))  # where on the handle ReLU6 is
# Bits with which, for the filters by hand, some ceiling suits the quiet maps better than those beside it.
DIPPING = (7, 8)
TESTED = 50  # test digits over which errors are measured
QUIET, LOUD, CLIPPED, WHOLE = range(4)  # the traces of the errors
ERRORS, ROUNDED = 0, 1  # the charts, as films count them


@dataclass(frozen=True)
class Stored:
    """What is on the screen: an image (8, 8), six filters of which one is loud by `gain`, the bits, and the ceiling."""

    image: Values
    layer: Layer
    loud: int
    bits: int
    gain: float
    ceiling: float

    @cached_property
    def outputs(self) -> Values:
        """The image's six maps behind ReLU, none of them loud yet, shape (6, 8, 8)."""
        return np.asarray(np.maximum(np.moveaxis(self.layer(self.image[None])[0], -1, 0), 0.0))

    @cached_property
    def tested(self) -> Values:
        """The maps of 50 test digits behind ReLU, none of them loud yet, shape (6, 3200)."""
        images = digits.load().images[digits.split().test[:TESTED]].reshape(-1, SIDE, SIDE)
        maps = np.moveaxis(self.layer(images), -1, 0)
        return np.asarray(np.maximum(maps, 0.0).reshape(len(self.layer.filters), -1))

    @cached_property
    def quiet(self) -> Values:
        """The outputs of the maps that are not loud, over the test digits, in one row."""
        return np.asarray(np.delete(self.tested, self.loud, axis=0).ravel())

    def whole(self, gains: Values) -> Values:
        """How far the outputs of the layer reach over the test digits: the range that ReLU needs."""
        reaches = np.maximum(gains * self.tested[self.loud].max(), self.quiet.max())
        return np.asarray(np.maximum(reaches, 1e-3))  # all filters may be silent

    @property
    def reach(self) -> float:
        """`whole` for the present gain."""
        return float(self.whole(np.array([self.gain]))[0])

    @property
    def end(self) -> float:
        """The number at which colours are fullest: few outputs of the quiet maps go beyond it."""
        return max(float(np.quantile(self.tested, 0.99)), 0.1)

    def loudened(self, gains: Values) -> Values:
        """The image's maps with the loud one times each of `gains`, shape (gains, 6, 8, 8)."""
        factors = np.ones((len(gains), len(self.outputs), 1, 1))
        factors[:, self.loud, 0, 0] = gains
        return np.asarray(self.outputs * factors)

    def quiet_errors(self, bits: int, tops: Values) -> Values:
        """The error over the quiet maps with each of `tops`."""
        return np.asarray(errors(self.quiet, bits, tops))

    def loud_errors(self, bits: int, tops: Values, gain: float) -> Values:
        """The error over the loud map with each of `tops`."""
        return np.asarray(errors(gain * self.tested[self.loud], bits, tops))


def error_figure(stored: Stored, words: Mapping[str, str], look: style.Look = style.SCREEN) -> go.Figure:
    """The errors of the quiet maps and of the loud one by the ceiling, with marks at the ceiling and at ReLU's range.

    `words` has ceiling, error, quiet, loud, clipped and whole.
    """
    axes = style.layout(look, words["ceiling"], words["error"])
    axes["xaxis"] |= {"type": "log", "range": list(np.log10(CEILINGS[[0, -1]])), "tickvals": [1, 6, 32, 128]}
    axes["yaxis"] |= {"type": "log", "range": [-4.0, 2.5], "tickvals": [1e-4, 1e-2, 1, 100]}
    axes["yaxis"]["ticktext"] = [power_of_ten(-4), power_of_ten(-2), "1", "100"]
    axes["legend"] |= {"font": {"size": look.small}}
    quiet, loud = (values[0] for values in _curves(stored, np.array([stored.bits]), np.array([stored.gain])))
    dashed = {"color": style.VERMILLION, "dash": "dash"}
    colours = [style.BLUE, style.VERMILLION]
    traces = [
        style.curve(CEILINGS, quiet, words["quiet"], style.VALUE, look, "%{x:.3g}: %{y:.2g}"),
        style.curve(CEILINGS, loud, words["loud"], dashed, look, "%{x:.3g}: %{y:.2g}"),
        style.points(
            *_marks(stored, stored.bits, stored.ceiling, stored.gain), colours, ["circle"] * 2, look.marker,
            name=words["clipped"],
        ),
        style.points(
            *_marks(stored, stored.bits, stored.reach, stored.gain), colours, ["square-open"] * 2, look.marker,
            name=words["whole"],
        ),
    ]  # fmt: skip
    for trace in traces[CLIPPED:]:
        trace |= {"showlegend": True}
    traces[WHOLE]["marker"]["line"] = {"width": 2.5}
    return go.Figure(traces, axes | {"uirevision": "errors"})


def _curves(stored: Stored, bits: NDArray[np.int64], gains: Values) -> tuple[Values, Values]:
    """The errors over CEILINGS of the quiet maps and of the loud one, a row for each pair; an error of 0 is a gap."""
    quiet = {depth: stored.quiet_errors(depth, CEILINGS) for depth in set(bits.tolist())}
    loud = [
        stored.loud_errors(depth, CEILINGS, gain) for depth, gain in zip(bits.tolist(), gains.tolist(), strict=True)
    ]
    return _positive(np.stack([quiet[depth] for depth in bits.tolist()])), _positive(np.stack(loud))


def _positive(values: Values) -> Values:
    return np.where(values > 0, values, np.nan)  # an axis of powers has no place for 0


def _marks(stored: Stored, bits: int, top: float, gain: float) -> tuple[list[float], list[float]]:
    tops = np.array([top])
    pair = (stored.quiet_errors(bits, tops)[0], stored.loud_errors(bits, tops, gain)[0])
    return [top, top], _positive(np.array(pair)).tolist()


def rounded(stored: Stored, words: Mapping[str, str], look: style.Look = style.SCREEN) -> go.Figure:
    """The maps behind ReLU as they are, as they are stored with its range, and with the ceiling.

    `words` has exact, whole and clipped, which stand over the rows.
    """
    (exact,) = stored.loudened(np.array([stored.gain]))
    rows = {
        words["exact"]: exact,
        words["whole"]: quantised(exact, stored.bits, stored.reach),
        words["clipped"]: quantised(exact, stored.bits, stored.ceiling),
    }
    axes, traces = mosaic(rows, stored.end, stored.loud, look)
    return go.Figure(traces, axes | {"uirevision": "rounded"})


# --- films ------------------------------------------------------------------------------------------


def bits_film(stored: Stored) -> Film:
    """What moves with the bits: both curves and all marks, and both rows of stored maps."""
    depths = frame_values(DEPTHS, float(stored.bits)).astype(np.int64)
    count = len(depths)
    return _film(
        stored, "bits", DEPTHS, float(stored.bits), depths, np.full(count, stored.gain), np.full(count, stored.ceiling)
    )


def gain_film(stored: Stored) -> Film:
    """What moves with the gain of the loud map: its curve, the marks, and all maps."""
    gains = frame_values(GAINS, stored.gain)
    count = len(gains)
    return _film(stored, "gain", GAINS, stored.gain, np.full(count, stored.bits), gains, np.full(count, stored.ceiling))


def ceiling_film(stored: Stored) -> Film:
    """What moves with the ceiling: its marks, and the lowest row of maps."""
    ceilings = frame_values(CEILINGS, stored.ceiling)
    count = len(ceilings)
    return _film(
        stored, "top", CEILINGS, stored.ceiling, np.full(count, stored.bits), np.full(count, stored.gain), ceilings
    )


def _film(
    stored: Stored,
    handle: str,
    positions: Values,
    present: float,
    bits: NDArray[np.int64],
    gains: Values,
    ceilings: Values,
) -> Film:
    exact, reaches = stored.loudened(gains), stored.whole(gains)
    steps = list(zip(bits.tolist(), gains.tolist(), ceilings.tolist(), reaches.tolist(), strict=True))
    marks = {
        CLIPPED: [_marks(stored, depth, top, gain) for depth, gain, top, _ in steps],
        WHOLE: [_marks(stored, depth, reach, gain) for depth, gain, _, reach in steps],
    }
    tracks = [
        track(trace, attribute, np.array([pair[place] for pair in found]), chart=ERRORS)
        for trace, found in marks.items()
        for place, attribute in enumerate("xy")
    ]
    if handle != "top":
        curves = _curves(stored, bits, gains)
        tracks += [track(trace, "y", values, chart=ERRORS) for trace, values in zip((QUIET, LOUD), curves, strict=True)]
    stored_maps = [
        np.stack([quantised(maps, depth, top) for maps, depth, top in zip(exact, bits.tolist(), tops, strict=True)])
        for tops in (reaches.tolist(), ceilings.tolist())
    ]
    pictures = [
        picture
        for row, values in enumerate([exact, *stored_maps])
        for picture in moving_maps(np.asarray(values, dtype=np.float64), stored.end, row, ROUNDED)
    ]
    words = _in_words(stored, steps)
    words[handle] = [short(value, 0 if handle == "bits" else 1) for value in frame_values(positions, present).tolist()]
    words[f"{handle}_said"] = [f"{value}: {quiet}" for value, quiet in zip(words[handle], words["quiet1"], strict=True)]
    return Film(handle, positions, present, tracks, words, pictures)


def _in_words(stored: Stored, steps: list[tuple[int, float, float, float]]) -> dict[str, list[str]]:
    """The slots of the rows 0 (ReLU) and 1 (with the ceiling): the range, the step, and both errors."""
    words: dict[str, list[str]] = {}
    for row, tops in enumerate(([reach for *_, reach in steps], [top for _, _, top, _ in steps])):
        pairs = [
            [array[0] for array in (stored.quiet_errors(bits, top), stored.loud_errors(bits, top, gain))]
            for (bits, gain, _, _), top in zip(steps, (np.array([top]) for top in tops), strict=True)
        ]
        words |= {
            f"top{row}": [short(float(f"{top:.3g}"), 1) for top in tops],
            f"step{row}": [number(step(bits, top)) for (bits, *_), top in zip(steps, tops, strict=True)],
            f"quiet{row}": [number(float(quiet)) for quiet, _ in pairs],
            f"loud{row}": [number(float(loud)) for _, loud in pairs],
        }
    return words


def present_words(stored: Stored) -> dict[str, str]:
    """The readout's words for the present state."""
    words = _in_words(stored, [(stored.bits, stored.gain, stored.ceiling, stored.reach)])
    return {slot: texts[0] for slot, texts in words.items()}


def data_csv(stored: Stored) -> str:
    """The errors as CSV, a row for every ceiling: its step, and the errors of the quiet maps and of the loud one."""
    quiet, loud = (stored.quiet_errors(stored.bits, CEILINGS), stored.loud_errors(stored.bits, CEILINGS, stored.gain))
    return csv_text({"ceiling": CEILINGS, "step": CEILINGS / (2**stored.bits - 1), "quiet": quiet, "loud": loud})
