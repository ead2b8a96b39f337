"""What can be set on the playground: points, layers with a function each, and how they are trained.

Every change takes the picture back to the untrained network: `run` says whether the settings are trained.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

import activations
from activations import Parameter
from activations.experiments import datasets, network, optimisers, own_points
from activations.experiments.network import Layer
from activations.experiments.own_points import PointsError
from activations.experiments.playground import LAYERS, MOST_STEPS
from ui import controls
from ui.entries import shown
from ui.frame import title
from ui.state import State, changes
from ui.train_state import BOUNDS

UNTRAINED = {"run": False}
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
SCALES = (0.1, 0.3, 1.0, 2.0, 5.0)
BATCHES = (1, 4, 8, 16, 32, 64, 128, 1000)
EPOCHS = (20, 50, 100, 200, 500, 1000)
PENALTIES = (0.0, 0.0001, 0.001, 0.01, 0.1)
COUNTS = (50, 100, 200, 400, 700, 1000)
NOISES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
SHARES = (0.0, 0.1, 0.2, 0.3, 0.5)


def brief(state: State, f: str) -> str:
    """A function's name without the word for function, which Chinese puts behind it."""
    return title(f, state["lang"]).removesuffix(" 函数")


def points(state: State) -> None:
    """Which points there are."""
    words = state.words
    controls.select(
        state,
        "data",
        datasets.KINDS,
        words("train.data"),
        lambda kind: words(f"train.data.{kind}"),
        UNTRAINED | {"point": 1},
        label_visibility="collapsed",
        width=140,
    )


def layers(state: State, suffix: str = "") -> None:
    """The hidden layers in a row: each opens to its function, its units and its parameters; one more, one less."""
    words, name = state.words, f"net{suffix}"
    chosen: tuple[Layer, ...] = state[name]
    for place, layer in enumerate(chosen):
        label = words("train.layer.short", name=brief(state, layer.f.name), width=layer.width)
        with st.popover(label, key=f"train.layer{suffix}.{place}"):
            _layer(state, name, place)
    if not chosen:
        st.markdown(words("train.layers.none"), width="content")
    with st.container(horizontal=True, gap="xxsmall", width="content"):
        more = (*chosen, chosen[-1] if chosen else Layer())
        key = f"train.layers{suffix}"
        st.button(
            "＋", key=f"{key}.more", disabled=len(chosen) == LAYERS, help=words("train.layers.more"),
            on_click=partial(state.set, **{name: more} | UNTRAINED),
        )  # fmt: skip
        st.button(
            "−", key=f"{key}.less", disabled=not chosen, help=words("train.layers.less"),
            on_click=partial(state.set, **{name: chosen[:-1]} | UNTRAINED),
        )  # fmt: skip


def _layer(state: State, name: str, place: int) -> None:
    """One layer's function, units and parameters."""
    words, chosen = state.words, state[name]
    layer: Layer = chosen[place]

    def put(key: str, change: Any) -> None:
        other = change(st.session_state[key])
        changes().update({name: (*chosen[:place], other, *chosen[place + 1 :])} | UNTRAINED)

    key = f"train.{name}.{place}"
    _seeded(f"{key}.f", layer.f.name)
    st.selectbox(
        words("train.f"), activations.names(), key=f"{key}.f", format_func=lambda f: title(f, state["lang"]),
        on_change=put, args=(f"{key}.f", lambda f: replace(layer, f=activations.get(f))),
    )  # fmt: skip
    _seeded(f"{key}.width", layer.width)
    st.slider(
        words("train.width"), int(BOUNDS["width"].low), int(BOUNDS["width"].high), key=f"{key}.width",
        on_change=put, args=(f"{key}.width", lambda width: replace(layer, width=width)),
    )  # fmt: skip
    for entry in layer.f.parameters():
        _parameter(f"{key}.{layer.f.name}.{entry.name}", layer, entry, put)


def _parameter(key: str, layer: Layer, entry: Parameter, put: Any) -> None:
    def change(value: float) -> Layer:
        return replace(layer, f=activations.get(layer.f.name, **layer.f.settings | {entry.name: value}))

    _seeded(key, layer.f.settings[entry.name])
    st.number_input(entry.symbol, entry.low, entry.high, step=entry.step, key=key, on_change=put, args=(key, change))


def _seeded(key: str, value: Any) -> None:
    st.session_state[key] = value


def more(state: State, suffix: str = "") -> None:
    """Everything else about how a network is trained; of the first one also what both runs share."""
    words = state.words
    with st.popover(words("train.more"), key=f"train.more{suffix}", icon=":material/tune:"):
        left, right = st.columns(2)
        with left:
            for name, options in (
                ("loss", network.LOSSES),
                ("opt", optimisers.NAMES),
                ("init", network.INITIALISATIONS),
            ):
                controls.select(
                    state, f"{name}{suffix}", options, words(f"train.{name}"), partial(_option, state, name), UNTRAINED
                )
            _stops(state, f"rate{suffix}", RATES, words("train.rate"))
            _stops(state, f"batch{suffix}", BATCHES, words("train.batch"))
        with right:
            _stops(state, f"scale{suffix}", SCALES, words("train.scale"))
            _stops(state, f"l1{suffix}", PENALTIES, words("train.l1"))
            _stops(state, f"l2{suffix}", PENALTIES, words("train.l2"))
            if suffix:
                return
            _stops(state, "epochs", EPOCHS, words("train.epochs"))
            controls.number(state, "seed", words("train.seed"), 0, int(BOUNDS["seed"].high), 1, UNTRAINED)
        with left:
            if state["data"] != "own":
                _stops(state, "n", COUNTS, words("train.count"))
                _stops(state, "noise", NOISES, words("train.noise"))
        with right:
            _stops(state, "test", SHARES, words("train.test"))
            if state["data"] in datasets.MANY:
                _stops(state, "k", range(2, own_points.CLASSES + 1), words("train.classes"))
        st.caption(words("train.most", most=f"{MOST_STEPS:,}"))


def _option(state: State, name: str, option: str) -> str:
    return state.words(f"train.{name}.{option}")


def _stops(state: State, name: str, usual: Sequence[Any], label: str) -> None:
    controls.stops(state, name, usual, label, lambda value: f"{value:g}", UNTRAINED)


def own(state: State) -> None:
    """A reader's own points: which class a click sets, and all of them as CSV."""
    words = state.words
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        controls.choice(
            state, "pen", range(own_points.CLASSES + 1), words("train.own.class"),
            lambda kind: str(kind) if kind else words("train.own.look"),
        )  # fmt: skip
        with st.popover(words("train.own.csv"), icon=":material/table:"):
            _csv(state)
        st.button(words("train.own.clear"), key="train.own.clear", on_click=partial(_clear, state))
        fault: PointsError | None = st.session_state.get("train.own.fault")
        if fault:
            st.error(said(state, fault))


def _clear(state: State) -> None:
    st.session_state.pop("train.own.shown", None)  # what was typed goes too, and what was said of it
    state.set(own=(), **UNTRAINED)


def _csv(state: State) -> None:
    """The points as text to edit or to paste over. What was typed stays: rounded are the link's points alone, and of
    what cannot be read a sentence says why.

    A million lines are refused in 0.3 s; Chromium takes 50 s before, to lay them out in any field for text.
    """
    words, key = state.words, "train.own.text"
    if st.session_state.get("train.own.shown") != state["own"]:  # changed by something else than this field
        st.session_state["train.own.shown"] = state["own"]
        st.session_state["train.own.typed"] = "\n".join(f"{x:g},{y:g},{value:g}" for x, y, value in state["own"])
        st.session_state["train.own.fault"] = None
        st.session_state.pop(key, None)
    # Streamlit forgets what is in a field that is not drawn for a while
    if key not in st.session_state:
        st.session_state[key] = st.session_state["train.own.typed"]

    def take() -> None:
        st.session_state["train.own.typed"] = st.session_state[key]
        try:
            found = own_points.read(own_points.written(own_points.parse(st.session_state[key])))
        except PointsError as fault:
            st.session_state["train.own.fault"] = fault
            return
        st.session_state["train.own.fault"] = None
        st.session_state["train.own.shown"] = found
        state.set(own=found, **UNTRAINED)

    st.text_area(words("train.own.text", most=own_points.MOST), key=key, height=260, on_change=take)


def said(state: State, fault: PointsError) -> str:
    """What is wrong with the points, and what would be valid, in the page's language."""
    values: Mapping[str, Any] = {
        name: f"{value:,.0f}" if isinstance(value, (int, float)) else shown(str(value)) or "—"
        for name, value in fault.values.items()
    }
    return state.words(f"train.fault.{fault.reason}", **values)
