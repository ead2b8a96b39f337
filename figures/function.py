"""The figure of one activation function: its curve, its slope, and the point that a handle moves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

import activations
from activations import Activation, Parameter
from figures import style
from figures.film import Film, frame_values, still, track
from figures.numbers import inside, number, short
from figures.table import csv_text

WINDOWS = (3.0, 6.0, 12.0, 40.0)  # half-widths of the x axis: the bend, the usual view, the tails, the far tails
_STEPS = {3.0: 0.01, 6.0: 0.02, 12.0: 0.05, 40.0: 0.2}  # of the x handle: a position every pixel or two

# The order of the traces; films name them by number. Few traces, for Plotly spends about a
# millisecond a frame on each, whether it moves or not: so all points are one trace.
VALUE, SLOPE, TANGENT, POINTS, CURVATURE = range(5)


@dataclass(frozen=True)
class View:
    """What of a function is shown: the half-width of the x axis, whether f″ too, and how large."""

    half_width: float = 6.0
    curvature: bool = False
    look: style.Look = field(default=style.SCREEN)


def x_positions(half_width: float) -> NDArray[np.float64]:
    """Where the x handle stops in a window."""
    step = _STEPS[half_width]
    count = round(half_width / step)
    return np.asarray(np.arange(-count, count + 1) * step, dtype=np.float64)


def parameter_positions(declared: Parameter) -> NDArray[np.float64]:
    """Where a parameter's handle stops: about a hundred round values, and both ends and the default."""
    rough = (declared.high - declared.low) / 100
    magnitude = 10.0 ** np.floor(np.log10(rough))
    step = magnitude * min((1, 2, 5, 10), key=lambda nice: abs(nice * magnitude - rough))
    multiples = np.arange(np.ceil(declared.low / step), np.floor(declared.high / step) + 1) * step
    return np.unique(np.concatenate([[declared.low, declared.default, declared.high], np.round(multiples, 10)]))


def breaks(f: Activation) -> tuple[float, ...]:
    """Where the slope jumps, for these or for any other values of the parameters.

    A film and the figure under it must have the same points, though Leaky ReLU and ELU lose their kinks at alpha = 1.
    """
    return tuple(sorted({kink for member in (f, *at_the_ends(f)) for kink in member.facts.kinks}))


def at_the_ends(f: Activation) -> tuple[Activation, ...]:
    """f with each of its parameters at either end of its range: what the axes must hold, to stand still."""
    return tuple(
        activations.get(f.name, **f.settings | {declared.name: end})
        for declared in f.parameters()
        for end in (declared.low, declared.high)
    )


def grid(f: Activation, half_width: float) -> NDArray[np.float64]:
    """The x of the curves: denser around 0, and broken by NaN at each kink, where the slope jumps.

    On either side of a kink stands the neighbouring float, so that each piece reaches its end. A
    function with parameters gets half the points, since its film carries every curve a hundred times.
    """
    points = 121 if f.parameters() else 241
    bunching = np.interp(half_width, [3, 6, 12, 40], [0.3, 1.0, 2.0, 3.5])
    x: NDArray[np.float64] = half_width * np.sinh(bunching * np.linspace(-1, 1, points)) / np.sinh(bunching)
    for kink in breaks(f):
        if abs(kink) < half_width:
            sides = [np.nextafter(kink, -np.inf), np.nan, np.nextafter(kink, np.inf)]
            x = np.concatenate([x[~(x >= kink)], sides, x[x > kink]])  # the NaN of an earlier kink stays
    # just inside the window, for a slope may jump where it ends
    inside = np.nextafter(half_width, 0.0)
    return np.clip(x, -inside, inside)


def y_range(f: Activation, view: View) -> tuple[float, float]:
    """The y axis of a window: wide enough for every value of the parameters, so that it stands still."""
    x = grid(f, view.half_width)
    curves = [curve for member in (f, *at_the_ends(f)) for curve in _curves(member, x, view)]
    low, high = min(map(np.nanmin, curves)), max(map(np.nanmax, curves))
    margin = 0.08 * (high - low)
    return low - margin, high + margin


def _curves(f: Any, x: NDArray[np.float64], view: View) -> list[NDArray[np.float64]]:
    return [f(x), f.derivative(x)] + ([f.second_derivative(x)] if view.curvature else [])


def figure(f: Activation, x: float, view: View, words: Mapping[str, str]) -> go.Figure:
    """The figure with the points at `x`. `words` names the curves: value, slope, curvature, tangent."""
    points = grid(f, view.half_width)
    look = view.look

    tangent_x, tangent_y = _tangent(f, np.array([x]), view.half_width)
    kinks = _kinks(f, view)
    colours = [style.BLUE, style.VERMILLION] + [style.GREEN] * view.curvature

    def curve(y: NDArray[np.float64], part: str, line: dict[str, Any], **more: Any) -> dict[str, Any]:
        return style.curve(points, y, words[part], line, look, "%{x:.3f}, %{y:.4f}", **more)

    traces = [
        curve(f(points), "value", style.VALUE, connectgaps=True),
        curve(f.derivative(points), "slope", style.DERIVATIVE),
        style.curve(
            tangent_x[0], tangent_y[0], words["tangent"], {"color": style.GREY, "width": 0.7 * look.stroke}, look
        ),
        style.points(
            np.concatenate([kinks, np.full(len(colours), x)]),
            np.concatenate([f.derivative(kinks), _heights(f, np.array([x]), view)[0]]),
            [style.VERMILLION] * len(kinks) + colours,
            ["circle"] * len(kinks) + ["circle", "diamond", "square"][: len(colours)],
            [0.6 * look.marker] * len(kinks) + [look.marker] * len(colours),
        ),
    ]
    if view.curvature:
        traces.append(curve(f.second_derivative(points), "curvature", style.SECOND))
    axes = style.layout(look, "<i>x</i>", "")
    axes["xaxis"]["range"] = [-view.half_width, view.half_width]
    axes["yaxis"]["range"] = y_range(f, view)
    axes["uirevision"] = f"{f.name} {view.half_width:g}"
    return go.Figure(traces, axes)


def _kinks(f: Activation, view: View) -> NDArray[np.float64]:
    return np.array([kink for kink in breaks(f) if abs(kink) < view.half_width])


def _heights(f: Any, x: NDArray[np.float64], view: View) -> NDArray[np.float64]:
    """The heights of the points at each x: on the value, the slope and, if shown, the curvature."""
    return np.stack([np.ravel(curve) for curve in _curves(f, x, view)], axis=-1)


def _tangent(f: Any, x: NDArray[np.float64], half_width: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ends of the tangent at each x, a third of the window long: two arrays of shape (len(x), 2)."""
    ends = x[:, None] + half_width / 3 * np.array([-1.0, 1.0])
    values, slopes = np.ravel(f(x)), np.ravel(f.derivative(x))
    return ends, values[:, None] + slopes[:, None] * (ends - x[:, None])


def x_film(f: Activation, x: float, view: View, gradient: float) -> Film:
    """What moves with the handle for x: the points and the tangent, and the numbers in the formulas."""
    positions = x_positions(view.half_width)
    values = frame_values(positions, x)
    tangent_x, tangent_y = _tangent(f, values, view.half_width)
    kinks, heights = _kinks(f, view), _heights(f, values, view)
    frames = len(values)
    tracks = (
        track(TANGENT, "x", tangent_x),
        track(TANGENT, "y", tangent_y),
        track(POINTS, "x", still(kinks, frames), np.repeat(values[:, None], heights.shape[1], axis=1)),
        track(POINTS, "y", still(f.derivative(kinks), frames), heights),
    )
    words = numbers_in_words(values, f(values), f.derivative(values), f.second_derivative(values), gradient)
    return Film("x", positions, x, tracks, words)


def parameter_film(f: Activation, name: str, x: float, view: View, gradient: float) -> Film:
    """What moves with the handle for one parameter: the curves, the points on them, and the numbers."""
    declared = next(entry for entry in f.parameters() if entry.name == name)
    positions = parameter_positions(declared)
    present = f.settings[name]
    values = frame_values(positions, present)
    family = activations.family(f.name, **f.settings | {name: values})
    points = grid(f, view.half_width)
    at = np.array([x])
    y, slope, curvature = family(at), family.derivative(at), family.second_derivative(at)
    ends = x + view.half_width / 3 * np.array([-1.0, 1.0])
    tracks = [
        track(VALUE, "y", family(points)),
        track(SLOPE, "y", family.derivative(points)),
        track(TANGENT, "y", y + slope * (ends - x)),
        track(POINTS, "y", family.derivative(_kinks(f, view)), y, slope, *[curvature] * view.curvature),
    ]
    if view.curvature:
        tracks.append(track(CURVATURE, "y", family.second_derivative(points)))
    words = numbers_in_words(np.full(len(values), x), y[:, 0], slope[:, 0], curvature[:, 0], gradient)
    return Film(name, positions, present, tracks, words | {name: [short(value, 3) for value in values.tolist()]})


def numbers_in_words(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    slope: NDArray[np.float64],
    curvature: NDArray[np.float64],
    gradient: float,
) -> dict[str, list[str]]:
    """The slots of the readout: x, y, slope, curvature, downstream; x_inside and slope_inside bracket a minus."""
    texts = [short(value) for value in x.tolist()]
    slopes = [number(value) for value in slope.tolist()]
    return {
        "x": texts,
        "x_inside": [inside(text) for text in texts],
        "y": [number(value) for value in y.tolist()],
        "slope": slopes,
        "slope_inside": [inside(text) for text in slopes],
        "curvature": [number(value) for value in curvature.tolist()],
        "downstream": [number(value) for value in (gradient * slope).tolist()],
    }


def present_words(f: Activation, x: float, gradient: float) -> dict[str, str]:
    """The readout's words for the present state: one text a slot."""
    at = np.array([x])
    words = numbers_in_words(at, f(at), f.derivative(at), f.second_derivative(at), gradient)
    return {slot: texts[0] for slot, texts in words.items()} | {
        name: short(value, 3) for name, value in f.settings.items()
    }


def data_csv(f: Activation, half_width: float) -> str:
    """The figure's data as CSV: x, f(x), f′(x) and f″(x) at every position of the handle."""
    x = x_positions(half_width)
    return csv_text({"x": x, "f(x)": f(x), "f'(x)": f.derivative(x), "f''(x)": f.second_derivative(x)})
