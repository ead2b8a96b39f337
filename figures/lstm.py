"""One unit of an LSTM or a GRU through a short sequence: its gates and its state over time, and a step in numbers.

The drawing of the step is figures/lstm_cell.py's; the films here fill its slots. A handle for a bias moves
the pre-activation of its gate at every step. Words are passed in; each function says which it needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.experiments.lstm import CANDIDATES, KEEPER, STEPS, Cell, Pass, Toy, forward, sequence, unit
from figures import style
from figures.film import Film, Track, frame_values, track
from figures.lstm_cell import BOX, LINES
from figures.numbers import exact, inside, power_of_ten, short
from figures.table import csv_text

Values = NDArray[np.floating[Any]]

BIAS = 6.0  # handles for biases go from −BIAS to BIAS: a gate is then all but shut, or open
BIASES = np.round(np.arange(-60, 61) * 0.1, 1)
STEP_POSITIONS = np.arange(1.0, STEPS + 1)
INNER = "m"  # the second bias of the GRU's candidate, by its handle
FACTORS = ("c0", "v_g", "h0", "v_n")  # numbers that formulas multiply: these also come in brackets, as x_in
_TICKS = (1, 2, 5, 10, 20, 50, 100, 1000, 10_000, 100_000)
_MOST_TICKS = 7
_GATES = (0.58, 1.0)  # the part of the height that the upper panel takes
_STATE = (0.0, 0.46)

X = 0  # the first trace; the others follow from the cell


@dataclass(frozen=True)
class Shown:
    """What is on the screen: the cell, its biases by gate, b′, the sequence, and the step, from 1."""

    cell: Cell
    b: tuple[float, ...]
    inner: float
    toy: Toy
    seed: int
    step: int

    @property
    def inputs(self) -> Values:
        """The sequence, shape (STEPS, 1)."""
        return sequence(self.toy, self.seed)

    @cached_property
    def run(self) -> Pass:
        """The unit's way through the sequence."""
        return self.over(None, np.zeros(1))

    def over(self, gate: str | None, values: Values) -> Pass:
        """The unit with many values of one bias side by side; without one, as it is, once a value."""
        b, inner = np.tile(self.b, (len(values), 1)), np.full(len(values), self.inner)
        if gate == INNER:
            inner = values
        elif gate is not None:
            b[:, self.cell.gates.index(gate)] = values
        return forward(self.cell, unit(self.cell.kind, b, inner), self.inputs)


def handles(cell: Cell) -> tuple[str, ...]:
    """The biases that can be moved, by gate; b′ comes last."""
    return (*cell.gates, INNER) if cell.kind == "gru_after" else cell.gates


def usual(cell: Cell) -> tuple[float, ...]:
    """The biases of a cell that keeps: 1 for the gate that does so, 0 for the others."""
    return tuple(float(gate == KEEPER.get(cell.kind)) for gate in cell.gates)


def upper(cell: Cell) -> tuple[str, ...]:
    """What the upper panel shows: the gates."""
    return tuple(gate for gate in cell.gates if gate not in CANDIDATES)


def lower(cell: Cell) -> tuple[str, ...]:
    """What the lower panel shows beside the input: the candidate and the state."""
    candidate = next(gate for gate in cell.gates if gate in CANDIDATES)
    return (candidate, "c", "h") if cell.kind == "lstm" else (candidate, "h")


def places(cell: Cell) -> dict[str, int]:
    """The numbers of the traces: a curve by its letter, and two guides and two sets of points, upper one first."""
    names = (*upper(cell), *lower(cell), "upper guide", "lower guide", "upper points", "lower points")
    return {name: place for place, name in enumerate(names, start=X + 1)}


def series(run: Pass, name: str) -> Values:
    """A letter's value at every step, shape (values, STEPS)."""
    if name in run.cell.gates:
        return np.asarray(run.gates[:, :, run.cell.gates.index(name), 0]).T
    return np.asarray((run.c if name == "c" else run.h)[1:, :, 0]).T


def squeezed(values: Values) -> Values:
    """The heights of states: as they are near 0, and like logarithms far from it, so that growth stays in sight."""
    return np.asarray(np.arcsinh(values))


@lru_cache(maxsize=64)
def _reached(cell: Cell, toy: Toy, seed: int) -> tuple[float, float]:
    """The lowest and the highest state that any one handle leads to from the usual biases."""
    shown = Shown(cell, usual(cell), 0.0, toy, seed, 1)
    runs = [shown.over(gate, BIASES[::6]) for gate in handles(cell)]
    found = [shown.inputs, *(series(run, name) for run in runs for name in lower(cell))]
    return min(float(part.min()) for part in found), max(float(part.max()) for part in found)


def limits(shown: Shown) -> tuple[float, float]:
    """The ends of the axis of states: they hold what handles lead to, and what is there now."""
    low, high = _reached(shown.cell, shown.toy, shown.seed)
    now = [series(shown.run, name) for name in lower(shown.cell)]
    low, high = min(low, -0.5, *(float(part.min()) for part in now)), max(high, *(float(part.max()) for part in now))
    margin = 0.06 * float(squeezed(np.array(high)) - squeezed(np.array(low)))
    return float(squeezed(np.array(low))) - margin, float(squeezed(np.array(high))) + margin


def over_time(shown: Shown, words: Mapping[str, str], look: style.Look) -> go.Figure:
    """Above the gates, below the input, the candidate and the state. `words`: step, gates, state, input."""
    cell, (low, high) = shown.cell, limits(shown)
    axes = style.layout(look, words["step"], "", uirevision=f"lstm {cell.kind}")
    axes["xaxis"] |= {"range": [0.4, STEPS + 0.6], "zeroline": False, "showgrid": False, "anchor": "y2", "dtick": 3}
    axes["xaxis"] |= {"tick0": 1}
    axes["yaxis2"] = dict(axes["yaxis"])
    title = {"font": {"size": look.font}, "standoff": 4}
    axes["yaxis"] |= {"range": [-0.06, 1.06], "domain": _GATES, "tickvals": [0, 0.5, 1]}
    axes["yaxis"] |= {"title": title | {"text": words["gates"]}}
    ticks = _ticks(low, high)
    axes["yaxis2"] |= {
        "range": [low, high],
        "domain": _STATE,
        "anchor": "x",
        "tickvals": squeezed(np.array(ticks)),
        "ticktext": [f"{tick:,}".replace("-", "−").replace(",", "\u202f") for tick in ticks],
        "title": title | {"text": words["state"]},
    }
    axes["margin"] |= {"l": 4.2 * look.font}
    axes["legend"] |= {"itemwidth": 30}
    lower_panel, steps = {"yaxis": "y2"}, STEP_POSITIONS
    bars = {
        "type": "scatter",  # not bars: those would vanish with the first frame that does not move them
        "mode": "lines",
        "fill": "toself",
        "fillcolor": "rgba(128,134,139,0.35)",
        "line": {"width": 0},
        "x": (steps[:, None] + [-0.25, -0.25, 0.25, 0.25, np.nan]).ravel(),
        "y": (squeezed(shown.inputs) * [0, 1, 1, 0, np.nan]).ravel(),
        "name": words["input"],
        "hoverinfo": "skip",
        **lower_panel,
    }
    traces: list[dict[str, Any]] = [bars]
    for name in (*upper(cell), *lower(cell)):
        found, below = series(shown.run, name)[0], name in lower(cell)
        line = dict(LINES[name], width=(1.5 if name == "c" else 1.0) * look.stroke)
        more = lower_panel if below else {}
        traces.append(style.curve(steps, squeezed(found) if below else found, f"<i>{name}</i>", line, look, **more))
    guide = {"color": style.GREY, "dash": "solid", "width": 1.5}
    upper_panel: dict[str, Any] = {}
    for panel, ends in ((upper_panel, [-0.06, 1.06]), (lower_panel, [low, high])):
        traces.append(style.curve([shown.step] * 2, ends, "", guide, look, showlegend=False, **panel))
    for panel, names in ((upper_panel, upper(cell)), (lower_panel, lower(cell))):
        heights = _heights(shown.run, names)[0, :, shown.step - 1]
        colours = [LINES[name]["color"] for name in names]
        round_ones = ["circle"] * len(names)
        at = [shown.step] * len(names)
        traces.append(
            style.points(at, heights, colours, round_ones, 0.8 * look.marker, **{"cliponaxis": True, **panel})
        )
    return go.Figure(traces, axes)


def _ticks(low: float, high: float) -> list[int]:
    """Round states within the axis, a few of them."""
    for steps in (_TICKS, _TICKS[::3]):
        ticks = [tick for step in (0, *steps) for tick in {-step, step} if low <= squeezed(np.array(tick)) <= high]
        if len(ticks) <= _MOST_TICKS:
            break
    return sorted(ticks)


def _heights(run: Pass, names: Sequence[str]) -> Values:
    """Where a panel's points stand at every step, shape (values, names, STEPS)."""
    return np.stack([squeezed(series(run, n)) if n in lower(run.cell) else series(run, n) for n in names], axis=1)


def step_film(shown: Shown) -> Film:
    """What moves with the handle for the step: the guides and the points, and all numbers of the drawing."""
    at, found = places(shown.cell), STEP_POSITIONS[:, None]
    tracks: list[Track] = [track(at[guide], "x", found, found) for guide in ("upper guide", "lower guide")]
    for panel, names in (("upper points", upper(shown.cell)), ("lower points", lower(shown.cell))):
        tracks.append(track(at[panel], "x", *[found] * len(names)))
        tracks.append(track(at[panel], "y", _heights(shown.run, names)[0].T))
    runs = [(shown.run, 0, step) for step in range(STEPS)]
    words = _numbers(shown, runs)
    said = [f"{step}: {state}" for step, state in zip(words["t"], words["h1"], strict=True)]
    return Film("t", STEP_POSITIONS, float(shown.step), tracks, words | {"t_said": said})


def bias_film(shown: Shown, gate: str) -> Film:
    """What moves with the handle for a bias: every curve, and the numbers of the drawing at the present step."""
    present = shown.inner if gate == INNER else shown.b[shown.cell.gates.index(gate)]
    values = frame_values(BIASES, present)
    run, at = shown.over(gate, values), places(shown.cell)
    tracks = [track(at[name], "y", _heights(run, (name,))[:, 0]) for name in (*upper(shown.cell), *lower(shown.cell))]
    for panel, names in (("upper points", upper(shown.cell)), ("lower points", lower(shown.cell))):
        tracks.append(track(at[panel], "y", _heights(run, names)[:, :, shown.step - 1]))
    words = _numbers(shown, [(run, row, shown.step - 1) for row in range(len(values))])
    del words["t"]
    handle = f"b{gate}"
    words[handle] = [short(value, 1) for value in values.tolist()]
    said = [f"{bias}: {state}" for bias, state in zip(words[handle], words["h1"], strict=True)]
    return Film(handle, BIASES, present, tracks, words | {f"{handle}_said": said})


def present_words(shown: Shown) -> dict[str, str]:
    """The readout for the present state: one text a slot."""
    return {slot: texts[0] for slot, texts in _numbers(shown, [(shown.run, 0, shown.step - 1)]).items()}


def wire(value: float) -> str:
    """A number as it stands on a wire: as many digits as there is room for, and 0 and 1 if they are exact.

    >>> wire(0.7310586), wire(-12.345), wire(1.0), wire(123456.7)
    ('0.731', '−12.35', '1', '1.2×10⁵')
    """
    if value in (0, 1):
        return exact(value)
    if abs(value) >= 1e5:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa}×{power_of_ten(int(exponent))}".replace("-", "−")
    digits = max(0, 4 - len(f"{abs(value):.0f}"))
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")


def _numbers(shown: Shown, frames: Sequence[tuple[Pass, int, int]]) -> dict[str, list[str]]:
    """The slots of the drawing, frame by frame: which run, which of the values in it, and which step."""
    columns: dict[str, list[str]] = {}
    x = shown.inputs[:, 0]
    for run, row, step in frames:
        cell = run.cell
        numbers = {"x": x[step], "h0": run.h[step, row, 0], "h1": run.h[step + 1, row, 0]}
        gates = dict(zip(cell.gates, run.gates[step, row, :, 0].tolist(), strict=True))
        numbers |= {f"p_{gate}": pre for gate, pre in zip(cell.gates, run.pre[step, row, :, 0].tolist(), strict=True)}
        numbers |= {f"v_{gate}": value for gate, value in gates.items()}
        if cell.kind == "lstm":
            before, after = float(run.c[step, row, 0]), float(run.c[step + 1, row, 0])
            numbers |= {"c0": before, "c1": after, "fc": gates["f"] * before, "ig": gates["i"] * gates["g"]}
            numbers |= {"phi": float(cell.f(after))}
        else:
            z, before = gates["z"], float(numbers["h0"])
            numbers |= {"zh": z * before, "open": 1 - z, "zn": (1 - z) * gates["n"], "reset": run.reset[step, row, 0]}
        texts = {slot: wire(float(value)) for slot, value in numbers.items()}
        texts |= {f"{slot}_in": inside(texts[slot]) for slot in FACTORS if slot in texts}
        for gate, value in gates.items():
            width = BOX * min(abs(value), 1.0)
            if gate in CANDIDATES:  # from the middle to the side of its sign
                width /= 2
            start = BOX / 2 - width * (value < 0) if gate in CANDIDATES else 0.0
            texts |= {f"w_{gate}": f"{width:.0f}", f"s_{gate}": f"translate({start:.0f},0)"}
        for slot, text in (texts | {"t": str(step + 1)}).items():
            columns.setdefault(slot, []).append(text)
    return columns


def data_csv(shown: Shown) -> str:
    """The data of the charts: for each step the input, every pre-activation and gate, and the state after it."""
    run, cell = shown.run, shown.cell
    columns: dict[str, Any] = {"step": STEP_POSITIONS.astype(int), "x": shown.inputs[:, 0]}
    for place, gate in enumerate(cell.gates):
        columns |= {f"into {gate}": run.pre[:, 0, place, 0], gate: run.gates[:, 0, place, 0]}
    return csv_text(columns | {name: series(run, name)[0] for name in lower(cell) if name not in cell.gates})
