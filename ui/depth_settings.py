"""What can be set on the page on signals through depth, the published results as settings, and the widgets for both."""

import math
from functools import partial
from typing import Any

import streamlit as st

import activations
from activations.experiments import INITIALISATIONS, DeepNetwork
from figures import born_dead
from ui import controls, entries, frame
from ui.state import State

UNITS = 16_000  # of all layers together: 62 layers of 256, or 31 of 512, take two seconds over all σ_w
DEPTHS = (2, 5, 10, 20, 30, 50, 75, 100)
WIDTHS = (16, 32, 64, 128, 256, 512)
PARTS = ("signals", "theory", "dead")
NOISES = ("normal", "uniform", "orthogonal")
NORMALISATIONS = ("none", "layer", "batch")
FREE = "free"
STARTS = (*INITIALISATIONS, FREE)
_AFRESH: dict[str, Any] = {"noise": "normal", "sw": 1.5}  # where a free initialisation begins
_DIGITS = "%.5g"  # of a σ in its field, whatever was typed or came by a link


def _written(value: float) -> float:
    return float(entries.plain(value))  # as a link holds it, so that the link gives the same picture


TABLE: entries.Table = (
    entries.Choice("part", "signals", PARTS),
    entries.Choice("f", "tanh", activations.names()),
    entries.Choice("noise", "uniform", NOISES),
    entries.Number("sw", _written(math.sqrt(1 / 3)), 0.1, 4),
    entries.Number("sb", 0.0, 0, 5),
    entries.Number("depth", 30, 2, 100, whole=True),
    entries.Number("width", 128, 16, 512, whole=True),
    entries.Number("layer", 10, 1, 100, whole=True),
    entries.Flag("res"),
    entries.Choice("norm", "none", NORMALISATIONS),
    entries.Number("mean", 0.0, -5, 5),
    entries.Number("std", 1.0, 0.01, 10),
    entries.Number("seed", 0, 0, 9999, whole=True),
    entries.Flag("near"),
    entries.Flag("vs"),
    entries.Choice("f2", "tanh", activations.names()),
    entries.Choice("noise2", "uniform", NOISES),
    entries.Number("sw2", 1.0, 0.1, 4),
    entries.Number("sb2", 0.0, 0, 5),
    entries.Flag("res2"),
    entries.Choice("norm2", "none", NORMALISATIONS),
    entries.Number("n", 2, 1, born_dead.WIDEST, whole=True),
    entries.Number("hidden", 10, 1, born_dead.DEEPEST, whole=True),
)


def start(name: str, suffix: str = "") -> dict[str, Any]:
    """The entries of a named initialisation, for the setting itself or, with "2", for the one beside."""
    if name == FREE:
        chosen = _AFRESH
    else:
        chosen = {"noise": INITIALISATIONS[name].noise, "sw": _written(INITIALISATIONS[name].sigma_w)}
    return {f"{entry}{suffix}": value for entry, value in chosen.items()}


_DEFAULTS = {entry.name: entry.default for entry in TABLE}
_MOVING = {"layer", "n", "hidden", "near"}  # a result stays the same wherever its handles stand and from wherever seen
PRESETS: dict[str, dict[str, Any]] = {
    name: {name: value for name, value in _DEFAULTS.items() if name != "seed"} | values
    for name, values in {
        "glorot": {"width": 256, "std": 0.1, "layer": 1, "vs": True, **start("uniform"), **start("glorot", "2")},
        "he": {"f": "relu", "width": 512, "vs": True, "f2": "relu", **start("lecun"), **start("he", "2")},
        "klambauer": {
            "f": "selu",
            "depth": 32,
            "width": 256,
            "mean": 0.5,
            "std": 2.0,
            "near": True,
            "vs": True,
            "f2": "relu",
            **start("lecun"),
            **start("lecun", "2"),
        },
        "edge": {"part": "theory", "width": 256, **start("lecun")},
        "relu": {"part": "theory", "f": "relu", "width": 256, **start("he")},
        "lu": {"part": "dead"},
    }.items()
}


def depth(state: State) -> int:
    """How many layers are worked out: as many as asked for, if their units are not too many."""
    return int(min(state["depth"], UNITS // state["width"]))


def layer(state: State) -> int:
    """The layer that is looked at."""
    return int(min(state["layer"], depth(state)))


def network(state: State, suffix: str = "") -> DeepNetwork:
    """The network of the setting itself or, with "2", of the one beside it on the same seed."""
    return DeepNetwork(
        f=activations.get(state[f"f{suffix}"]),
        depth=depth(state),
        width=int(state["width"]),
        noise=state[f"noise{suffix}"],
        sigma_b=state[f"sb{suffix}"],
        residual=state[f"res{suffix}"],
        normalisation=state[f"norm{suffix}"],
        input_mean=state["mean"],
        input_std=state["std"],
        seed=int(state["seed"]),
    )


def started(state: State, suffix: str = "") -> str:
    """The name of the initialisation that the state stands for."""
    now = {name: state[name] for name in start(FREE, suffix)}
    return next((name for name in INITIALISATIONS if start(name, suffix) == now), FREE)


def published(state: State) -> str | None:
    """The published result that the state shows, if it is one."""
    for name, values in PRESETS.items():
        if all(state[entry] == value for entry, value in values.items() if entry not in _MOVING):
            return name
    return None


# --- widgets ------------------------------------------------------------------------------------------


def results(state: State) -> None:
    """The published results, one click each."""
    with st.container(horizontal=True, horizontal_alignment="right", gap="xsmall", key="results"):
        for name, values in PRESETS.items():
            controls.button(state, state.words(f"depth.preset.{name}"), values, f"preset.{name}")


def settings_row(state: State) -> None:
    """What a student sets first, and behind two buttons the rest."""
    words = state.words
    with st.container(horizontal=True, key="settings"):
        _function(state, "", label_visibility="collapsed", width=126)
        _start(state, "", label_visibility="collapsed", width=212)
        for name, usual, width in (("depth", DEPTHS, 116), ("width", WIDTHS, 164)):
            options, say = sorted({*usual, state[name]}), partial(_count, state, name)
            more = {"label_visibility": "collapsed", "width": width}
            controls.select(state, name, options, words(f"depth.{name}"), say, **more)
        with st.popover(words("depth.more"), icon=":material/tune:"):
            controls.number(state, "depth", words("depth.depth"), 2, 100, 1, key="depth.exact")
            controls.number(state, "width", words("depth.width"), 16, 512, 1, key="width.exact")
            _biases(state, "")
            _branches(state, "")
            controls.number(state, "mean", words("depth.input_mean"), -5.0, 5.0, 0.1)
            controls.number(state, "std", words("depth.input_std"), 0.01, 10.0, 0.1)
            controls.number(state, "seed", words("depth.seed"), 0, 9999, 1)
            if state["part"] == "signals":
                controls.toggle(state, "near", words("depth.near"))
        if state["part"] == "signals":
            with st.popover(words("depth.what_if"), icon=":material/compare:"):
                controls.toggle(state, "vs", words("depth.what_if.show"))
                _function(state, "2")
                _start(state, "2")
                controls.number(state, "sw2", words("depth.sigma_w"), 0.1, 4.0, 0.05, format=_DIGITS)
                _biases(state, "2")
                _branches(state, "2")
                st.caption(words("depth.what_if.shared"))


def _count(state: State, name: str, count: int) -> str:
    return state.words(f"depth.{name}.count", count=f"{count:,}")


def _function(state: State, suffix: str, **more: Any) -> None:
    def say(name: str) -> str:
        return frame.title(name, state["lang"])

    controls.select(state, f"f{suffix}", activations.names(), state.words("depth.f"), say, **more)


def _start(state: State, suffix: str, **more: Any) -> None:
    """The initialisation: a name for what two entries say together."""
    words, key = state.words, f"{state.page}.start{suffix}"
    st.session_state[key] = started(state, suffix)
    free = {name: state[f"{name}{suffix}"] for name in _AFRESH} if started(state, suffix) == FREE else _AFRESH

    def say(name: str) -> str:
        if name != FREE:
            return words(f"depth.start.{name}")
        return words("depth.start.free", noise=words(f"depth.noise.{free['noise']}"), sigma=f"{free['sw']:.4g}")

    def take() -> None:
        state.set(**start(st.session_state[key], suffix))

    st.selectbox(words("depth.start"), STARTS, key=key, format_func=say, on_change=take, **more)


def _biases(state: State, suffix: str) -> None:
    controls.number(state, f"sb{suffix}", state.words("depth.sigma_b"), 0.0, 5.0, 0.05, format=_DIGITS)


def _branches(state: State, suffix: str) -> None:
    words = state.words
    controls.toggle(state, f"res{suffix}", words("depth.residual"))
    controls.choice(
        state, f"norm{suffix}", NORMALISATIONS, words("depth.norm"), lambda name: words(f"depth.norm.{name}")
    )
