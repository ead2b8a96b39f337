"""The parts of the page on gated cells: one unit step by step, and how far a gradient reaches back through time."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from html import escape
from typing import Any

import streamlit as st

import activations
from activations.experiments import lstm as experiment
from activations.experiments.lstm import KEEPER, LENGTHS, STEPS, Cell
from figures import lstm as drawing
from figures import lstm_gradient as gradients
from figures import style
from figures.lstm import INNER, Shown
from figures.lstm_cell import diagram
from figures.lstm_gradient import Reached
from ui import controls, entries
from ui import formula as mathml
from ui.chart import show_chart
from ui.frame import title
from ui.instrument import below
from ui.language import Words
from ui.scrubber import Encoded, Handle, Mark, encoded, scrubber, slot_table
from ui.state import State, live

PARTS = ("cell", "gradient")
KINDS = tuple(KEEPER)
GATES = tuple(experiment.FOR_GATES)
TOYS = ("pulse", "constant", "noise")
SEED = experiment.SEED
# The gates of all kinds by their letters; each kind's keeper is open to begin with, the others in between.
LETTERS = tuple(dict.fromkeys(gate for kind in KINDS for gate in drawing.handles(Cell(kind))))
BIASES = tuple(
    entries.Number(f"b{gate}", float(gate in KEEPER.values()), -drawing.BIAS, drawing.BIAS) for gate in LETTERS
)
TABLE: entries.Table = (
    entries.Choice("part", "cell", PARTS),
    entries.Choice("cell", "lstm", KINDS),
    entries.Choice("f", "tanh", activations.names()),
    entries.Choice("gate", "sigmoid", GATES),
    entries.Choice("x", "pulse", TOYS),
    entries.Number("seed", 0, SEED.low, SEED.high, whole=True),
    entries.Number("t", 2, 1, STEPS, whole=True),
    entries.Number("len", 20, 1, LENGTHS, whole=True),
    *BIASES,
)
MOVING = {"t", "len", *(entry.name for entry in BIASES)}
_WIDTHS = {"cell": 205, "f": 165, "gate": 135, "x": 155}  # px: all in a row
_FRESH: dict[str, Any] = {entry.name: entry.default for entry in TABLE}
PRESETS: dict[str, dict[str, Any]] = {
    "keep": {"bf": 5.0, "bi": -3.0},
    "forget": {"bf": -3.0, "bi": -3.0},
    "relu": {"f": "relu", "x": "constant", "t": STEPS},
    "hard": {"gate": "hard_sigmoid", "bf": 5.0},
    "zero": {"part": "gradient", "bf": 0.0},
    "one": {"part": "gradient", "bf": 1.0},
}


@live
def page(state: State) -> None:
    """Everything above the lesson: the part, what teaches something, and the instrument."""
    words = state.words
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        controls.parts(state, PARTS)
        if not state.present:
            with st.container(horizontal=True, gap="small", width="content", key="lstm-presets"):
                for name, values in PRESETS.items():
                    controls.button(state, words(f"lstm.preset.{name}"), _FRESH | values, f"preset.{name}")
    (_unit if state["part"] == "cell" else _gradient)(state)


def _cell(values: Any) -> Cell:
    return Cell(values["cell"], activations.get(values["f"]), experiment.FOR_GATES[values["gate"]])


def _shown(values: Any) -> Shown:
    """One unit with these values of the state."""
    cell = _cell(values)
    biases = tuple(float(values[f"b{gate}"]) for gate in cell.gates)
    inner = float(values[f"b{INNER}"]) if cell.kind == "gru_after" else 0.0
    return Shown(cell, biases, inner, values["x"], int(values["seed"]), int(values["t"]))


def _reached(values: Any) -> Reached:
    """How far a gradient reaches with these values of the state."""
    cell = _cell(values)
    return gradients.reached(cell, float(values[f"b{KEEPER[cell.kind]}"]), int(values["seed"]), int(values["len"]))


def _settings(state: State, names: tuple[str, ...]) -> None:
    """What the cell is made of, and what it is given."""
    words, lang = state.words, state["lang"]
    choices: dict[str, tuple[tuple[str, ...], Callable[[str], str]]] = {
        "cell": (KINDS, lambda name: words(f"lstm.cell.{name}")),
        "f": (activations.names(), lambda name: title(name, lang)),
        "gate": (GATES, lambda name: words(f"lstm.gate.{name}")),
        "x": (TOYS, lambda name: words(f"lstm.x.{name}")),
    }
    with st.container(horizontal=True, gap="small", key="lstm-settings"):
        for name in names:
            if name == "seed":
                controls.number(state, "seed", words("lstm.seed"), int(SEED.low), int(SEED.high), 1, width=110)
            else:
                options, say = choices[name]
                controls.select(state, name, options, words(f"lstm.{name}"), say, width=_WIDTHS[name])


# --- one unit, step by step ----------------------------------------------------------------------------


@lru_cache(maxsize=128)
def _over_time(shown: Shown, lang: str, look: style.Look) -> Any:
    words = Words(lang)
    return drawing.over_time(
        shown, {part: words(f"lstm.figure.{part}") for part in ("step", "gates", "state", "input")}, look
    )


@lru_cache(maxsize=128)
def _step_film(shown: Shown) -> Encoded:
    return encoded(drawing.step_film(shown))


@lru_cache(maxsize=512)
def _bias_film(shown: Shown, gate: str) -> Encoded:
    return encoded(drawing.bias_film(shown, gate))


def _unit(state: State) -> None:
    words = state.words
    if not state.present:
        _settings(state, ("cell", "f", "gate", "x", "seed"))
    chart, panel = st.columns([11, 10])
    with chart:
        base = _shown(state.base(MOVING))
        show_chart(
            state,
            _over_time(base, state["lang"], style.CLASSROOM if state.present else replace(style.SCREEN, height=440)),
            key="chart-lstm",
            alt=words("lstm.alt.cell", cell=words(f"lstm.cell.{state['cell']}"), steps=STEPS),
        )
    with panel:
        _unit_handles()
    below(state, words(f"lstm.note.{state['part']}"), "lstm", lambda: drawing.data_csv(_shown(state.values)))


@live
def _unit_handles(state: State) -> None:
    words, shown = state.words, _shown(state.values)
    cell = shown.cell
    handles = [Handle("t", words("lstm.handle.t"), _step_film(shown))]
    for gate in drawing.handles(cell):
        handles.append(Handle(f"b{gate}", words(f"lstm.handle.{gate}"), _bias_film(shown, gate)))
    drawn = diagram(cell.kind, escape(words("lstm.alt.drawing", cell=words(f"lstm.cell.{cell.kind}"))))
    scrubber(
        state,
        handles,
        chart="chart-lstm",
        readout=[drawn, _formulas(cell)],
        words=drawing.present_words(shown),
        resets=("t", *(entry.name for entry in BIASES)),
        key="scrubber-lstm",
    )


def _formulas(cell: Cell) -> str:
    """The new state with the numbers put in."""
    one, two, three, four, five = (mathml.place(index) for index in range(1, 6))
    symbol, sum_of_products = cell.f.facts.symbol, rf"{one} \cdot {two} + {three} \cdot {four} \allowbreak = {five}"
    if cell.kind == "lstm":
        lines = (
            mathml.line(
                f"c = {sum_of_products}",
                (("@1", "v_f"), ("@2", "c0_in"), ("@3", "v_i"), ("@4", "v_g_in"), ("@5", "c1")),
            ),
            mathml.line(rf"h = {one} \cdot {symbol}({two}) = {three}", (("@1", "v_o"), ("@2", "c1"), ("@3", "h1"))),
        )
    else:
        lines = (
            mathml.line(rf"n = {symbol}({one}) = {two}", (("@1", "p_n"), ("@2", "v_n"))),
            mathml.line(
                f"h = {sum_of_products}",
                (("@1", "v_z"), ("@2", "h0_in"), ("@3", "open"), ("@4", "v_n_in"), ("@5", "h1")),
            ),
        )
    return f'<div class="beneath">{"".join(lines)}</div>'


# --- how far a gradient reaches ------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _reach_figure(cell: Cell, bias: float, seed: int, length: int, lang: str, look: style.Look) -> Any:
    words = Words(lang)
    parts = ("length", "left", "now", "zero", "one", "plain", "kept")
    return gradients.figure(
        gradients.reached(cell, bias, seed, length), {part: words(f"lstm.figure.{part}") for part in parts}, look
    )


def _gradient(state: State) -> None:
    words = state.words
    if not state.present:
        _settings(state, ("cell", "f", "gate", "seed"))
    base = state.base(MOVING | {"x"})
    cell = _cell(base)
    look = style.CLASSROOM if state.present else replace(style.LOW, height=255)
    show_chart(
        state,
        _reach_figure(cell, base[f"b{KEEPER[cell.kind]}"], base["seed"], base["len"], state["lang"], look),
        key="chart-gradient-length",
        alt=words("lstm.alt.gradient", cell=words(f"lstm.cell.{state['cell']}"), lengths=LENGTHS),
    )
    _gradient_handles()
    below(
        state, words(f"lstm.note.{state['part']}"), "lstm-gradient", lambda: gradients.data_csv(_reached(state.values))
    )


@lru_cache(maxsize=64)
def _length_film(cell: Cell, bias: float, seed: int, zero: str) -> Encoded:
    return encoded(gradients.length_film(gradients.reached(cell, bias, seed, 1), {"zero": zero}))


@lru_cache(maxsize=64)
def _keeper_film(cell: Cell, bias: float, seed: int, length: int, zero: str) -> Encoded:
    return encoded(gradients.bias_film(gradients.reached(cell, bias, seed, length), seed, {"zero": zero}))


@live
def _gradient_handles(state: State) -> None:
    words, cell = state.words, _cell(state.values)
    keeper = KEEPER[cell.kind]
    bias, seed, length, zero = state[f"b{keeper}"], state["seed"], state["len"], words("lstm.exactly_zero")
    marks = [Mark((value + drawing.BIAS) / (2 * drawing.BIAS), f"{value:g}") for value in gradients.BESIDE]
    columns = {part: words(f"lstm.figure.{part}") for part in gradients.COLUMNS}
    rows = {f"name{row}": words(f"lstm.row.{part}") for row, part in enumerate(gradients.ROWS)}
    scrubber(
        state,
        [
            Handle(f"b{keeper}", words(f"lstm.bias.{keeper}"), _keeper_film(cell, bias, seed, length, zero), marks),
            Handle("len", words("lstm.handle.len"), _length_film(cell, bias, seed, zero), value=length),
        ],
        chart="chart-gradient-length",
        readout=[slot_table(words("lstm.row.steps", steps='<b data-slot="len"></b>'), columns, len(rows), steady=True)],
        words=gradients.present_words(_reached(state.values), {"zero": zero}) | rows,
        key="scrubber-gradient-length",
    )
