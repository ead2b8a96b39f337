"""What the address of the page on dying ReLUs says, its presets, and the settings that its parts share."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

import activations
from activations.experiments import cures, dying_network
from figures import style
from ui import controls, entries
from ui.frame import title
from ui.state import State

EPOCHS = 60
PARTS = ("run", "layers", "life", "cures")
RATES = (0.01, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0)
BIASES = (-3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0)
WIDTHS = (4, 8, 16, 32, 64, 128)
LOOK = replace(style.LOW, height=278)  # where settings stand above the figure and a table below
WIDEST = 32  # units a layer, where there are several
DEEPEST = 4
TABLE: entries.Table = (
    entries.Choice("part", "run", PARTS),
    entries.Choice("f", "relu", activations.names()),
    entries.Number("hidden", 3, 1, DEEPEST, whole=True),
    entries.Number("rate", 0.2, 0.001, 10),
    entries.Number("bias", 0.0, -5, 5),
    entries.Number("width", 32, 1, 128, whole=True),
    entries.Number("seed", 0, 0, 9999, whole=True),
    entries.Number("epoch", EPOCHS, 0, EPOCHS, whole=True),
    entries.Number("digit", 3, 0, 9, whole=True),
    entries.Flag("spread", True),
    entries.Number("layer", 1, 1, DEEPEST, whole=True),
    entries.Number("unit", 1, 1, WIDEST, whole=True),
    entries.Number("turn", 1, 1, dying_network.MOST_TURNS, whole=True),
    entries.Choice("trouble", "rate", cures.TROUBLES),
    entries.Flag("predict"),
    entries.Number("guess", 0, 0, DEEPEST * WIDEST, whole=True),
    entries.Flag("shown"),
)
HIDE = {"shown": False}  # another run than the one that was guessed at
_ONE = {"part": "run", "bias": 0.0, "width": 32, "seed": 0, "epoch": EPOCHS} | HIDE
_DEEP = {"f": "relu", "hidden": 3, "bias": 0.0, "width": 16, "seed": 0, "epoch": EPOCHS, "turn": 1} | HIDE
PRESETS: dict[str, dict[str, Any]] = {
    "healthy": _ONE | {"f": "relu", "rate": 0.2},
    "deadly": _ONE | {"f": "relu", "rate": 2.0},
    "bias": _ONE | {"f": "relu", "rate": 0.2, "bias": -2.0},
    "leaky": _ONE | {"f": "leaky_relu", "rate": 2.0},
    "deep": _DEEP | {"part": "layers", "rate": 0.2, "width": 32},
    "cut": _DEEP | {"part": "layers", "rate": 0.2, "width": 32, "bias": -1.0},
    "killed": _DEEP | {"part": "life", "rate": 0.5, "layer": 1, "unit": 13, "epoch": 1},
    "returns": _DEEP
    | {"part": "life", "hidden": 4, "rate": 0.05, "seed": 2, "layer": 2, "unit": 5, "epoch": 12, "turn": 2},
}
_OF_RUN = ("healthy", "deadly", "bias", "leaky")


def presets(state: State) -> None:
    """The settings that teach something, one click each."""
    shown = [name for name in PRESETS if (name in _OF_RUN) == (state["part"] == "run")]
    with st.container(horizontal=True, gap="xsmall"):
        for name in shown:
            controls.button(state, state.words(f"dead_relu.preset.{name}"), PRESETS[name], f"preset.{name}")


def settings_row(state: State) -> None:
    """What can be set before training, side by side."""
    for column, setting in zip(st.columns(_SHARES[state["part"]]), _settings(state), strict=True):
        with column:
            setting()


def settings(state: State) -> None:
    """What can be set before training, one below the other."""
    for setting in _settings(state):
        setting()


_SHARES = {"run": [3, 3, 3, 3, 2], "layers": [3, 2, 3, 3, 3, 2]}


def _settings(state: State) -> list[Callable[[], None]]:
    """The widgets of what can be set; letting go of one trains again."""
    words, lang, is_deep = state.words, state["lang"], state["part"] != "run"
    widths = [width for width in WIDTHS if width <= WIDEST] if is_deep else WIDTHS

    def stops(name: str, usual: Sequence[float]) -> Callable[[], None]:
        label = words(f"dead_relu.{name}")
        return partial(controls.stops, state, name, usual, label, lambda value: f"{value:g}".replace("-", "−"), HIDE)

    names, f = activations.names(), words("dead_relu.f")
    layers, hidden = range(1, DEEPEST + 1), words("dead_relu.hidden")
    return [
        partial(controls.select, state, "f", names, f, lambda name: title(name, lang), HIDE),
        *([partial(controls.select, state, "hidden", layers, hidden, str, HIDE)] if is_deep else []),
        stops("rate", RATES),
        stops("bias", BIASES),
        stops("width", widths),
        partial(controls.number, state, "seed", words("dead_relu.seed"), 0, 9999, 1, HIDE),
    ]
