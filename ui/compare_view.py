"""The parts of the page that compares functions."""

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

import streamlit as st

import activations
import lessons
from activations import Activation
from figures import compare as drawing
from figures.compare import slot
from figures.film import between
from figures.function import WINDOWS, View
from figures.numbers import number, short
from ui import controls, entries
from ui.chart import download, show_chart
from ui.function_view import Window, window_name
from ui.language import Words
from ui.scrubber import Encoded, Handle, encoded, scrubber
from ui.state import State, live

FUNCTIONS = entries.Several("f", ("relu", "sigmoid", "tanh"), activations.names())
PARAMETERS = {
    slot(name, declared.name): (name, declared)
    for name in activations.names()
    for declared in activations.kind(name).parameters()
}
TABLE: entries.Table = (
    FUNCTIONS,
    entries.Number("x", 1.0, -40, 40),
    *(entries.Number(key, entry.default, entry.low, entry.high) for key, (_, entry) in PARAMETERS.items()),
    Window("w", 3.0),
)
Functions = tuple[Activation, ...]
MANY = 6  # functions; beyond these the numbers of each take one row


def name_of(function: str, lang: str) -> str:
    """A function's name without the word for function that Chinese titles add to a foreign name."""
    return lessons.read(function, lang).title.removesuffix(" 函数")


def _functions(values: Mapping[str, Any]) -> Functions:
    """The chosen functions in the catalogue's order, with their parameters."""
    return tuple(
        activations.get(
            name,
            **{entry.name: values[slot(name, entry.name)] for entry in activations.kind(name).parameters()},
        )
        for name in activations.names()
        if name in values["f"]
    )


def _view(values: Mapping[str, Any], present: bool) -> View:
    """The window that was asked for, or the smallest that holds x."""
    width = next(width for width in WINDOWS if width >= max(values["w"], abs(values["x"])))
    return View(width, look=drawing.CLASSROOM if present else drawing.SCREEN)


@lru_cache(maxsize=128)
def _figure(functions: Functions, x: float, view: View, lang: str) -> Any:
    words = Words(lang)
    named = {f.name: name_of(f.name, lang) for f in functions}
    return drawing.figure(functions, x, view, named | {part: words(f"compare.{part}") for part in ("value", "slope")})


@lru_cache(maxsize=256)
def _x_film(functions: Functions, off: float | None, view: View) -> Encoded:
    """The film over x, the same for every x that is one of its positions; `off` is one that is not."""
    return encoded(drawing.x_film(functions, 0.0 if off is None else off, view))


@lru_cache(maxsize=256)
def _parameter_film(functions: Functions, index: int, parameter: str, x: float, view: View) -> Encoded:
    return encoded(drawing.parameter_film(functions, index, parameter, x, view))


def _film(names: tuple[str, ...], view: View, handle: str, values: Mapping[str, Any]) -> Encoded:
    """The film of a handle, x or a function's parameter, around the values of all."""
    functions, x = _functions({**values, "f": names}), values["x"]
    if handle != "x":
        function, declared = PARAMETERS[handle]
        index = [f.name for f in functions].index(function)
        return _parameter_film(functions, index, declared.name, x, view)
    return _x_film(functions, between(drawing.x_positions(functions, view.half_width), x), view)


@live
def page(state: State) -> None:
    """Everything above the lesson."""
    # The window holds x; from then on it stays so wide, though x be moved back.
    state.values["w"] = _view(state.values, state.present).half_width
    choice(state)
    figure(state)
    state.around = None
    handles()
    if not state.present:
        notes(state)


def choice(state: State) -> None:
    """Which functions are drawn, and how wide the window is."""
    words, lang = state.words, state["lang"]
    with st.container(horizontal=True, vertical_alignment="center", key="compare-head"):
        with st.container():
            controls.several(
                state,
                "f",
                activations.names(),
                words("compare.functions"),
                lambda name: f"{drawing.sign(name)[1]} {name_of(name, lang)}",
                label_visibility="collapsed",
                wrap=True,
            )
        controls.choice(
            state, "w", WINDOWS, words("function.window"), window_name, label_visibility="collapsed", width="content"
        )


def figure(state: State) -> None:
    """The two panels that the films play on."""
    drawn, view = state.base({"x", *PARAMETERS}), _view(state.values, state.present)
    functions, x = _functions(drawn), max(-view.half_width, min(drawn["x"], view.half_width))
    show_chart(
        state,
        _figure(functions, x, view, state["lang"]),
        key="chart-compare",
        alt=_alt(state.words, functions, x, view),
    )


@live
def handles(state: State) -> None:
    """The handle for x and one for each parameter, and the numbers of every function."""
    lang, functions, view, x = state["lang"], _functions(state.values), _view(state.values, state.present), state["x"]
    state.stands_in(view)
    films = partial(_film, tuple(f.name for f in functions), view)
    now = {"x": x} | {key: state[key] for key in PARAMETERS}
    alone = not any(f.parameters() for f in functions)
    shown = [Handle("x", "x", films("x", now), value=x, alone=alone)]
    for f in functions:
        for declared in f.parameters():
            key, label = slot(f.name, declared.name), f"{name_of(f.name, lang)} {declared.symbol}"
            shown.append(Handle(key, label, films(key, now), small=True))
    scrubber(
        state,
        shown,
        chart="chart-compare",
        readout=[_numbers(tuple(f.name for f in functions), lang)],
        words=drawing.present_words(functions, x),
        films=films,
        key="scrubber-compare",
    )


def _alt(words: Words, functions: Functions, x: float, view: View) -> str:
    numbers = [
        words(
            "compare.alt.one",
            name=name_of(f.name, words.language),
            y=number(float(f(x))),
            slope=number(float(f.derivative(x))),
        )
        for f in functions
    ]
    low, high = short(-view.half_width, 0), short(view.half_width, 0)
    return words("compare.alt", low=low, high=high, x=short(x), numbers=" ".join(numbers))


@lru_cache(maxsize=64)
def _numbers(names: tuple[str, ...], lang: str) -> str:
    """A small table a function, side by side and wrapping, so that the same row is compared across.

    Of many functions each table is one row, for two panels and the numbers of all are to fit one screen.
    """
    many = len(names) > MANY
    tables = "".join((_row if many else _rows)(name, name_of(name, lang)) for name in names)
    columns = f"repeat(auto-fill,minmax({'15.5em' if many else '8.1em'},1fr))"
    gap = "0 1.2rem" if many else "0.2rem 0.6rem"
    return f'<div style="display:grid;width:100%;gap:{gap};grid-template-columns:{columns}">{tables}</div>'


def _signed(name: str, title: str) -> str:
    return f'<span aria-hidden="true" style="color:{drawing.colour(name)}">{drawing.sign(name)[1]}</span> {title}'


def _rows(name: str, title: str) -> str:
    """The name over the value, over the slope."""
    rows = "".join(
        f'<tr><th scope="row">{letter}(x)</th><td data-slot="{slot(name, part)}"></td></tr>'
        for letter, part in (("f", "value"), ("f′", "slope"))
    )
    caption = f'<caption style="text-align:left;white-space:nowrap">{_signed(name, title)}</caption>'
    return f"<table>{caption}<tbody>{rows}</tbody></table>"


def _row(name: str, title: str) -> str:
    """The name, the value and the slope in one row, in columns that stand under those of the row above."""
    cells = "".join(
        f'<td style="width:30%"><span style="float:left">{letter}</span>'
        f'<span data-slot="{slot(name, part)}"></span></td>'
        for letter, part in (("f", "value"), ("f′", "slope"))
    )
    head = f'<th scope="row" style="width:40%">{_signed(name, title)}</th>'
    return f'<table style="table-layout:fixed"><tbody><tr>{head}{cells}</tr></tbody></table>'


def notes(state: State) -> None:
    """How to read curves that coincide, and the data of the figure to download."""
    words = state.words
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(words("compare.coincide"), width="stretch")
        download(state, "compare", lambda: drawing.data_csv(_functions(state.values), state["w"]))
