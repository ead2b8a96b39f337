"""The figure that compares functions: their values above, their slopes below, one x for both."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

import activations
from activations import Activation
from figures import function, style
from figures.film import Film, frame_values, still, track
from figures.function import View, at_the_ends, grid, parameter_positions
from figures.numbers import number, short
from figures.table import csv_text

SCREEN = replace(style.SCREEN, height=340)  # two panels, and still room for the handles and the numbers
CLASSROOM = replace(style.CLASSROOM, height=520)  # what a screen of 1920 × 1080 leaves of many functions

# A function keeps its colour and its sign whatever it is compared with. The numbers of colours and of
# signs have no common factor, so that colour and sign together repeat late.
SIGNS = {"circle": "●", "diamond": "◆", "square": "■", "triangle-up": "▲", "cross": "✚", "x": "✕", "star": "★"}
_PANELS = ((0.44, 1.0), (0.0, 0.4))  # of the height: values, slopes
_LIKE_PANELS = ((0.52, 1.0), (0.0, 0.48))  # where so many names stand in both that the lower ones have no room else
_LINE, _TIGHT = 1.15, 0.93  # the height of a name's line, in the size of its letters; and where none may be smaller
_MOST_POINTS = 3606  # positions times functions: a film of six functions at every position stays under 200 KB


def colour(name: str) -> str:
    """The colour of a function's curves."""
    return style.SERIES[activations.names().index(name) % len(style.SERIES)]


def sign(name: str) -> tuple[str, str]:
    """The sign of a function's points: what Plotly calls it, and the character that looks like it."""
    return list(SIGNS.items())[activations.names().index(name) % len(SIGNS)]


def x_positions(functions: Sequence[Activation], half_width: float) -> NDArray[np.float64]:
    """Where the x handle stops: as for one function, but fewer of those places where there are many."""
    positions = function.x_positions(half_width)
    half = len(positions) // 2
    strides = (stride for stride in range(1, half + 1) if half % stride == 0)
    stride = next(each for each in strides if (2 * half // each + 1) * len(functions) <= _MOST_POINTS)
    return positions[::stride]


def ranges(functions: Sequence[Activation], half_width: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """The y axes of values and of slopes: wide enough for every value of the parameters, so that they stand still."""
    curves: tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]] = ([], [])
    for f in functions:
        x = grid(f, half_width)
        for member in (f, *at_the_ends(f)):
            curves[0].append(member(x))
            curves[1].append(member.derivative(x))
    return _range(curves[0]), _range(curves[1])


def _range(curves: list[NDArray[np.float64]]) -> tuple[float, float]:
    low, high = min(0.0, *map(np.nanmin, curves)), max(0.0, *map(np.nanmax, curves))
    margin = 0.1 * (high - low)
    return float(low - margin), float(high + margin)


def _heights(functions: Sequence[Activation], x: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The values and the slopes at each x, two arrays of shape (len(x), functions)."""
    return [
        np.stack([f(x) for f in functions], axis=-1),
        np.stack([f.derivative(x) for f in functions], axis=-1),
    ]


def figure(functions: Sequence[Activation], x: float, view: View, words: Mapping[str, str]) -> go.Figure:
    """The figure with the points at `x`. `words` names the functions, and the axes: value and slope.

    Only what can move is a trace, since Plotly spends about a millisecond a frame on each: the two
    curves of a function with parameters, and the points of each panel, joined by the guide at x.
    The other curves are shapes, which cost nothing while a handle moves.
    """
    look, count = view.look, len(functions)
    limits = ranges(functions, view.half_width)
    widths = [look.stroke * wider for wider in _widening(functions, view.half_width)]
    shapes, traces = [], []
    for panel, dash in enumerate(("solid", "dash")):
        axes = {"xaxis": "x", "yaxis": f"y{panel + 1}"}
        for index in _layers(functions):
            f = functions[index]
            points = grid(f, view.half_width)
            y = f.derivative(points) if panel else f(points)
            line = {"color": colour(f.name), "width": widths[index], "dash": dash}
            if f.parameters():
                traces.append(style.curve(points, y, words[f.name], line, look, connectgaps=not panel, **axes))
            else:
                place = {"xref": axes["xaxis"], "yref": axes["yaxis"], "layer": "between"}
                shapes.append({"type": "path", "path": _path(points, y), "line": line, "name": f.name} | place)
    for panel, heights in enumerate(_heights(functions, np.array([x]))):
        low, high = limits[panel]
        traces.append(
            style.points(
                np.full(count + 2, x),
                [low, *heights[0], high],
                [style.GREY, *(colour(f.name) for f in functions), style.GREY],
                ["circle", *(sign(f.name)[0] for f in functions), "circle"],
                # Where points coincide, the larger one behind shows around the smaller one.
                [0, *(look.marker * (1 + 0.12 * (count - 1 - index)) for index in range(count)), 0],
                mode="lines+markers",
                line={"color": style.GREY, "width": 0.5 * look.stroke},
                yaxis=f"y{panel + 1}",
            )
        )
    return go.Figure(traces, _layout(functions, view, words, limits) | {"shapes": shapes})


def _path(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    """A curve as an SVG path, with a gap where x is NaN and the two sides differ."""
    pieces = np.split(np.stack([x, y], axis=-1), np.flatnonzero(np.isnan(x)))
    path = ""
    for piece in pieces:
        ends = [f"{at:.6g},{height:.6g}" for at, height in piece[~np.isnan(piece[:, 0])].tolist()]
        path += "M" + "L".join(ends)
    return path


def _layout(
    functions: Sequence[Activation],
    view: View,
    words: Mapping[str, str],
    limits: tuple[tuple[float, float], tuple[float, float]],
) -> dict[str, Any]:
    look = view.look
    is_classroom = look.font >= CLASSROOM.font
    axes = style.layout(look, "<i>x</i>", words["value"], showlegend=False)
    widest = max(sum(0.55 if letter.isascii() else 1.0 for letter in words[f.name]) for f in functions)
    margin = {"l": 4.2 * look.font, "r": (widest + 2) * look.font, "t": 0.6 * look.font, "b": 2.9 * look.font}
    axes["margin"] = margin
    axes["yaxis2"] = axes["yaxis"] | {"title": axes["yaxis"]["title"] | {"text": words["slope"]}}
    for panel, name in enumerate(("yaxis", "yaxis2")):
        ticks = min(6, int(_pixels(functions, panel, look) / (1.8 * look.font)))
        axes[name] |= {"domain": _panels(functions, look)[panel], "range": limits[panel], "nticks": ticks}
    axes["xaxis"] |= {"range": [-view.half_width, view.half_width], "anchor": "y2"}
    axes["annotations"] = [
        {
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "y": height,
            "yref": f"y{panel + 1}",
            "yanchor": "middle",
            "showarrow": False,
            "text": f'<span style="color:{colour(f.name)}">{sign(f.name)[1]}</span> {words[f.name]}',
            "font": {"size": min(look.font, _room(functions, panel, look) / (_TIGHT if is_classroom else _LINE))},
        }
        for panel in range(2)
        if not is_classroom or _room(functions, panel, look) >= _TIGHT * look.font  # too small for a classroom: none
        for f, height in zip(functions, _label_heights(functions, panel, view, limits[panel]), strict=True)
    ]
    axes["uirevision"] = f"{[f.name for f in functions]} {view.half_width:g}"
    return axes


def _layers(functions: Sequence[Activation]) -> list[int]:
    """The functions from the back to the front: those with parameters, which are traces, lie over the shapes."""
    return sorted(range(len(functions)), key=lambda index: bool(functions[index].parameters()))


def _moving(functions: Sequence[Activation]) -> list[int]:
    """The functions whose curves can move, in the order of their traces."""
    return [index for index in _layers(functions) if functions[index].parameters()]


def _widening(functions: Sequence[Activation], half_width: float) -> list[float]:
    """How many times wider than usual each curve is drawn.

    Where curves coincide over a good part of the window, each is wider than those drawn over it, so
    that it shows on both sides of them.
    """
    layers = _layers(functions)
    values = _heights(functions, np.linspace(-half_width, half_width, 101))[0]
    shared = np.isclose(values[:, :, None], values[:, None, :]).mean(axis=0) > 0.2
    over = [layers[layers.index(index) + 1 :] for index in range(len(functions))]
    return [1 + 0.6 * int(shared[index, above].sum()) for index, above in enumerate(over)]


def _panels(functions: Sequence[Activation], look: style.Look) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the panels lie, in shares of the height: the values have the larger one, unless the names need both."""
    bottom, top = _PANELS[1]
    is_crowded = _inner(look) * (top - bottom) / len(functions) < _LINE * look.font
    return _LIKE_PANELS if is_crowded and look.font < CLASSROOM.font else _PANELS


def _inner(look: style.Look) -> float:
    """How high both panels are, with the gap between them."""
    return look.height - 3.5 * look.font


def _pixels(functions: Sequence[Activation], panel: int, look: style.Look) -> float:
    """How high a panel is."""
    bottom, top = _panels(functions, look)[panel]
    return _inner(look) * (top - bottom)


def _room(functions: Sequence[Activation], panel: int, look: style.Look) -> float:
    """The height that each name has in a panel that they fill."""
    return _pixels(functions, panel, look) / len(functions)


def _label_heights(functions: Sequence[Activation], panel: int, view: View, limits: tuple[float, float]) -> list[float]:
    """Where the names stand: at the right ends of their curves; those that would collide, in a stack around them."""
    look, (low, high) = view.look, limits
    apart = min(1.25 * look.font, _room(functions, panel, look)) / _pixels(functions, panel, look) * (high - low)
    ends = _heights(functions, grid(functions[0], view.half_width)[-1:])[panel][0].tolist()
    stacks: list[tuple[float, list[int]]] = []  # from below: the height of the middle, and who stands there
    for index in sorted(range(len(functions)), key=lambda index: (ends[index], -index)):
        members = [index]
        middle = ends[index]
        while True:
            half = apart * len(members) / 2
            middle = min(max(middle, low + half), high - half)
            if not stacks or middle - half >= stacks[-1][0] + apart * len(stacks[-1][1]) / 2:
                break
            members = stacks.pop()[1] + members
            middle = sum(ends[member] for member in members) / len(members)
        stacks.append((middle, members))
    heights = {
        member: middle + apart * (place - (len(members) - 1) / 2)
        for middle, members in stacks
        for place, member in enumerate(members)
    }
    return [heights[index] for index in range(len(functions))]


def x_film(functions: Sequence[Activation], x: float, view: View) -> Film:
    """What moves with the handle for x: the guide and the points in both panels, and every number."""
    positions, points = x_positions(functions, view.half_width), 2 * len(_moving(functions))
    values = frame_values(positions, x)
    across = np.repeat(values[:, None], len(functions) + 2, axis=1)
    tracks = []
    for panel, limits in enumerate(ranges(functions, view.half_width)):
        heights = _heights(functions, values)[panel]
        low, high = (still(np.array([end]), len(values)) for end in limits)
        tracks += [track(points + panel, "x", across), track(points + panel, "y", low, heights, high)]
    return Film("x", positions, x, tracks, _words(functions, values))


def parameter_film(functions: Sequence[Activation], index: int, parameter: str, x: float, view: View) -> Film:
    """What moves with a parameter of one function: its two curves, its points and its numbers."""
    f, moving = functions[index], _moving(functions)
    declared = next(entry for entry in f.parameters() if entry.name == parameter)
    positions, present = parameter_positions(declared), f.settings[parameter]
    values = frame_values(positions, present)
    family = activations.family(f.name, **f.settings | {parameter: values})
    points, at = grid(f, view.half_width), np.array([x])
    curves, heights = (family(points), family.derivative(points)), (family(at), family.derivative(at))
    tracks = []
    for panel, limits in enumerate(ranges(functions, view.half_width)):
        guide = np.array([limits[0], *_heights(functions, at)[panel][0], limits[1]])
        moved = np.tile(guide, (len(values), 1))
        moved[:, index + 1] = heights[panel][:, 0]
        curve, points_trace = panel * len(moving) + moving.index(index), 2 * len(moving) + panel
        tracks += [track(curve, "y", curves[panel]), track(points_trace, "y", moved)]
    words = {
        slot(f.name, "value"): [number(value) for value in heights[0][:, 0].tolist()],
        slot(f.name, "slope"): [number(value) for value in heights[1][:, 0].tolist()],
        slot(f.name, parameter): [short(value, 3) for value in values.tolist()],
    }
    return Film(slot(f.name, parameter), positions, present, tracks, words)


def slot(name: str, what: str) -> str:
    """The slot of the readout for a function's "value", its "slope" or one of its parameters."""
    return f"{name}_{what}"


def _words(functions: Sequence[Activation], x: NDArray[np.float64]) -> dict[str, list[str]]:
    words = {"x": [short(value) for value in x.tolist()]}
    for f in functions:
        words[slot(f.name, "value")] = [number(value) for value in f(x).tolist()]
        words[slot(f.name, "slope")] = [number(value) for value in f.derivative(x).tolist()]
    return words


def present_words(functions: Sequence[Activation], x: float) -> dict[str, str]:
    """The readout's words for the present state: one text a slot."""
    words = {name: texts[0] for name, texts in _words(functions, np.array([x])).items()}
    for f in functions:
        words |= {slot(f.name, name): short(value, 3) for name, value in f.settings.items()}
    return words


def data_csv(functions: Sequence[Activation], half_width: float) -> str:
    """The figure's data as CSV: x, and f(x) and f′(x) of every function at each position of the handle."""
    x = np.round(x_positions(functions, half_width), 10)  # steps of 0.05 add up to 0.15000000000000002
    columns = {"x": x}
    for f in functions:
        columns |= {f"{_title(f)} f(x)": f(x), f"{_title(f)} f'(x)": f.derivative(x)}
    return csv_text(columns)


def _title(f: Activation) -> str:
    settings = ", ".join(f"{name}={value:g}" for name, value in f.settings.items())
    return f"{f.name}({settings})" if settings else f.name
