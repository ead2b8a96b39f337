"""The parts of the saturation page: three instruments, of which one is shown."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

import streamlit as st

import activations
from activations import Activation
from figures import saturation as drawing
from figures import style
from figures.film import Film
from figures.numbers import typed
from ui import controls, entries, frame
from ui import formula as mathml
from ui.chart import show_chart
from ui.instrument import below, line, slot
from ui.language import Words
from ui.scrubber import Encoded, Handle, Mark, encoded, scrubber, slot_table
from ui.state import State, live

FUNCTIONS = ("sigmoid", "tanh", "relu")
STARTS = tuple(drawing.STARTS)
PARTS = ("slopes", "depth", "neuron")
DEPTH = entries.Number("n", 20, 1, drawing.DEEPEST, whole=True)
STEP = entries.Number("step", 0, 0, drawing.STEPS, whole=True)
START = entries.Choice("start", "far", STARTS)


class Share(entries.Number):
    """A share, which may be typed as a percentage too."""

    def read(self, text: str) -> float:
        """The share in `text`: 0.01, or 1%."""
        number, is_percent, rest = text.strip().replace("％", "%").partition("%")
        if not is_percent or rest:
            return super().read(text)
        try:
            share = float(f"{float(typed(number)):.12g}e-2")  # dividing by 100 would turn 0.7% into 0.006999…
        except ValueError:
            return super().read(text)
        return super().read(entries.plain(share))

    def say(self, value: float) -> str:
        """The share as a percentage."""
        return drawing.percent(value)


TABLE: entries.Table = (
    entries.Choice("part", "slopes", PARTS),
    entries.Choice("f", "sigmoid", FUNCTIONS),
    Share("share", 0.01, drawing.LOWEST_SHARE, drawing.HIGHEST_SHARE),
    entries.Number("x", 2.0, -drawing.HALF_WIDTH, drawing.HALF_WIDTH),
    DEPTH,
    START,
    STEP,
)


@live
def page(state: State) -> None:
    """The choice of the part that is shown, and its instrument."""
    choices(state)
    {"slopes": _slopes, "depth": _depth, "neuron": _neuron}[state["part"]](state)


def choices(state: State) -> None:
    """Which part is shown, and of which function, or from which start."""
    words = state.words
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        controls.parts(state, PARTS)
        if state["part"] == "neuron":
            _choice(state, "start", STARTS, lambda start: words(f"saturation.start.{start}"))
        else:
            _choice(state, "f", FUNCTIONS, lambda name: frame.title(name, state["lang"]))


def _choice(state: State, name: str, options: tuple[str, ...], say: Callable[[str], str]) -> None:
    label = state.words(f"saturation.choose.{name}")
    controls.choice(state, name, options, label, say, label_visibility="collapsed")


def _figure_words(lang: str) -> dict[str, str]:
    curves = ("zone", "value", "slope", "best", "product", "zero", "squared", "cross_entropy")
    axes = ("layers", "products", "steps", "output")
    return {part: Words(lang)(f"saturation.figure.{part}") for part in (*curves, *axes)}


def _said(lang: str) -> dict[str, str]:
    return {part: Words(lang)(f"saturation.said.{part}") for part in ("inside", "outside", "zero", "below")}


def _look(state: State) -> style.Look:
    return style.CLASSROOM if state.present else style.LOW


def _note(state: State) -> str:
    return state.words(f"saturation.note.{state['part']}")


@lru_cache(maxsize=192)
def _figure(draw: Callable[..., Any], *asked: Any, lang: str, look: style.Look) -> Any:
    return draw(*asked, _figure_words(lang), look)


@lru_cache(maxsize=768)
def _film(make: Callable[..., Film], f: Activation, *at: float, lang: str) -> Encoded:
    return encoded(make(f, *at, _said(lang)))


def _curves(
    state: State, moving: tuple[str, str], draw: Callable[..., Any], say: Callable[..., dict[str, str]]
) -> None:
    """The figure of a part about one function, which the handles for `moving` play on, and its words for the ear."""
    words, lang, part = state.words, state["lang"], state["part"]
    drawn = state.base(set(moving))
    asked = (activations.get(state["f"]), *(drawn[name] for name in moving))
    show_chart(
        state,
        _figure(draw, *asked, lang=lang, look=_look(state)),
        key=f"chart-{part}",
        alt=words(f"saturation.alt.{part}", name=frame.title(state["f"], lang), **say(*asked, _said(lang))),
    )


# --- where slopes die ---------------------------------------------------------------------------------


def _slopes(state: State) -> None:
    _curves(state, ("x", "share"), drawing.slopes_figure, drawing.slopes_now)
    _slopes_handles()
    below(
        state,
        state.words(f"saturation.note.{state['part']}"),
        f"saturation-{state['f']}",
        lambda: drawing.slopes_csv(activations.get(state["f"])),
    )


def _slopes_film(f: Activation, lang: str, handle: str, values: Mapping[str, float]) -> Encoded:
    make = {"share": drawing.share_film, "x": drawing.slopes_x_film}[handle]
    return _film(make, f, values["x"], values["share"], lang=lang)


@live
def _slopes_handles(state: State) -> None:
    words, lang = state.words, state["lang"]
    f, x, share = activations.get(state["f"]), state["x"], state["share"]
    films = partial(_slopes_film, f, lang)
    symbol = f.facts.symbol
    slope = mathml.line(rf"{symbol}'({mathml.place(1)}) = {mathml.place(2)}", (("@1", "x"), ("@2", "slope")))
    largest = words("saturation.of_largest", part=slot("of_largest"), largest=f"{f.facts.largest_slope:g}")
    zone = words("saturation.zone", percent=slot("percent"), bounds=slot("bounds"))
    scrubber(
        state,
        [
            Handle("share", words("saturation.handle.share"), films("share", state), _share_marks()),
            Handle("x", "x", films("x", state)),
        ],
        chart="chart-slopes",
        readout=[line(zone), line(slope, largest, slot("place"))],
        words=drawing.slopes_now(f, x, share, _said(lang)),
        films=films,
        key="scrubber-slopes",
    )


def _share_marks() -> list[Mark]:
    places = drawing.share_places((0.001, 0.01, 0.1))
    return [Mark(at, text, "" if at else "start") for at, text in places]


# --- what depth makes of them -------------------------------------------------------------------------


def _depth(state: State) -> None:
    _curves(state, ("x", "n"), drawing.depth_figure, drawing.depth_now)
    _depth_handles()
    below(
        state,
        state.words(f"saturation.note.{state['part']}"),
        f"saturation-depth-{state['f']}",
        lambda: drawing.depth_csv(activations.get(state["f"]), state["x"]),
    )


def _depth_film(f: Activation, lang: str, handle: str, values: Mapping[str, float]) -> Encoded:
    make = {"n": drawing.depth_film, "x": drawing.depth_x_film}[handle]
    return _film(make, f, values["x"], values["n"], lang=lang)


@live
def _depth_handles(state: State) -> None:
    words, lang = state.words, state["lang"]
    f, x, n = activations.get(state["f"]), state["x"], state["n"]
    films = partial(_depth_film, f, lang)
    marks = [Mark(0, "1", "start"), Mark(9 / 49, "10")]
    one, two, three, four = (mathml.place(index) for index in range(1, 5))
    product = mathml.line(
        rf"{f.facts.symbol}'({one})^{{{two}}} = ({three})^{{{two}}} = {four}",
        (("@1", "x"), ("@2", "n"), ("@3", "slope"), ("@4", "product")),
    )
    best = mathml.line(
        rf"{f.facts.largest_slope:g}^{{{one}}} = {two}",
        (("@1", "n"), ("@2", "best")),
    )
    scrubber(
        state,
        [
            Handle("n", "n", films("n", state), marks),
            Handle("x", "x", films("x", state)),
        ],
        chart="chart-depth",
        readout=[
            line(words("saturation.product"), product, slot("note")),
            line(words("saturation.best"), best),
        ],
        words=drawing.depth_now(f, x, n, _said(lang)),
        films=films,
        key="scrubber-depth",
    )


# --- the neuron that waits ----------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _step_film(start: str) -> Encoded:
    return encoded(drawing.step_film(start, 0))


def _neuron(state: State) -> None:
    words, start = state.words, state["start"]
    drawn = state.base({"step"})
    last = drawing.neuron_now(start, drawing.STEPS)
    show_chart(
        state,
        _figure(drawing.neuron_figure, start, drawn["step"], lang=state["lang"], look=_look(state)),
        key="chart-neuron",
        alt=words(
            "saturation.alt.neuron",
            begin=words(f"saturation.start.{start}"),
            last_s=last["a0"],
            last_c=last["a1"],
            **drawing.neuron_now(start, drawn["step"]),
        ),
    )
    _neuron_handle()
    below(
        state,
        state.words(f"saturation.note.{state['part']}"),
        f"saturation-neuron-{start}",
        lambda: drawing.neuron_csv(start),
    )


@live
def _neuron_handle(state: State) -> None:
    words, start, step = state.words, state["start"], state["step"]
    columns = {"w": "w", "b": "b", "a": words("saturation.output"), "g": words("saturation.gradient")}
    losses = {"name0": words("saturation.figure.squared"), "name1": words("saturation.figure.cross_entropy")}
    scrubber(
        state,
        [Handle("step", words("saturation.handle.step"), _step_film(start), value=step, alone=True)],
        chart="chart-neuron",
        readout=[slot_table(words("saturation.loss"), columns, 2)],
        words=drawing.neuron_now(start, step) | losses,
        key="scrubber-neuron",
    )
