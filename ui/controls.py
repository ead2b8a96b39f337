"""Streamlit's own widgets tied to the state: shown with its value, and reporting every change to it.

`also` is what such a change sets beside.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ui.state import State, changes, on_change

Also = Mapping[str, Any] | None


def _seed(state: State, name: str, value: Any) -> str:
    key = f"{state.page}.{name}"
    st.session_state[key] = value
    return key


def choice(
    state: State,
    name: str,
    options: Sequence[Any],
    label: str,
    say: Callable[[Any], str],
    also: Also = None,
    **more: Any,
) -> None:
    """A row of buttons of which one is on."""
    key = _seed(state, name, state[name])

    def take() -> None:
        picked = st.session_state[key]
        # clicking the one that is on keeps it on
        changes().update({name: state[name]} if picked is None else {name: picked} | dict(also or {}))

    st.segmented_control(label, options, key=key, format_func=say, on_change=take, **more)


def parts(state: State, options: Sequence[str], also: Also = None) -> None:
    """Which part of the page is shown: a row of buttons, worded `<page>.part` and `<page>.part.<option>`."""
    words, page = state.words, state.page
    choice(
        state, "part", options, words(f"{page}.part"), lambda part: words(f"{page}.part.{part}"), also,
        label_visibility="collapsed", wrap=True,
    )  # fmt: skip


def select(
    state: State,
    name: str,
    options: Sequence[Any],
    label: str,
    say: Callable[[Any], str],
    also: Also = None,
    **more: Any,
) -> None:
    """A list to pick one from."""
    key = _seed(state, name, state[name])
    st.selectbox(label, options, key=key, format_func=say, on_change=on_change(name, key, also), **more)


def stops(
    state: State,
    name: str,
    usual: Sequence[Any],
    label: str,
    say: Callable[[Any], str],
    also: Also = None,
    **more: Any,
) -> None:
    """A handle over the usual values, and the present one if a link set another."""
    key = _seed(state, name, state[name])
    options = sorted({*usual, state[name]})
    st.select_slider(label, options, key=key, format_func=say, on_change=on_change(name, key, also), **more)


def several(
    state: State, name: str, options: Sequence[str], label: str, say: Callable[[str], str], **more: Any
) -> None:
    """A list to pick some from, at least one."""
    key = _seed(state, name, list(state[name]))

    def take() -> None:
        changes()[name] = tuple(st.session_state[key]) or state[name]

    st.pills(label, options, key=key, format_func=say, on_change=take, selection_mode="multi", **more)


def toggle(state: State, name: str, label: str, also: Also = None, **more: Any) -> None:
    """A switch."""
    key = _seed(state, name, state[name])
    st.toggle(label, key=key, on_change=on_change(name, key, also), **more)


def number(
    state: State,
    name: str,
    label: str,
    low: float,
    high: float,
    step: float,
    also: Also = None,
    key: str | None = None,
    **more: Any,
) -> None:
    """A field for a number; with a `key` of its own it may stand beside another widget for the same."""
    key = _seed(state, key or name, state[name])
    st.number_input(label, low, high, key=key, step=step, on_change=on_change(name, key, also), **more)


def button(state: State, label: str, values: dict[str, Any], key: str, **more: Any) -> None:
    """A button that sets a state."""
    st.button(label, key=f"{state.page}.{key}", on_click=lambda: state.set(**values), **more)
