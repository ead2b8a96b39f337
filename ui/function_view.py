"""The parts of a function's page, from the core's numbers to Streamlit's elements."""

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

import streamlit as st

import activations
from figures import function as drawing
from figures import style
from figures.film import between
from figures.function import View
from figures.numbers import number, short
from ui import controls, entries
from ui import formula as mathml
from ui.chart import download, show_chart
from ui.frame import title
from ui.language import Words
from ui.scrubber import Encoded, Handle, encoded, scrubber
from ui.state import State, live

GRADIENT = entries.Number("g", 0.8, -10, 10)  # dL/dy of the worked chain-rule step


def table(name: str) -> entries.Table:
    """What a link to a function's page may say."""
    parameters = (
        entries.Number(declared.name, declared.default, declared.low, declared.high)
        for declared in activations.kind(name).parameters()
    )
    return (
        entries.Number("x", 1.0, -40, 40),
        *parameters,
        Window("w", 6.0),
        entries.Flag("d2"),
        GRADIENT,
    )


class Window(entries.Choice):
    """The half-width of the x axis, one of a few numbers."""

    def __init__(self, name: str, default: float) -> None:
        super().__init__(name, default, [f"{width:g}" for width in drawing.WINDOWS])  # type: ignore[arg-type]

    def read(self, text: str) -> float:  # type: ignore[override]
        """The width that `text` names."""
        return float(super().read(text))

    def write(self, value: float) -> str:  # type: ignore[override]
        """The width without needless decimals."""
        return f"{value:g}"


def window_name(half_width: float) -> str:
    """A window as it stands on its button."""
    return f"±{half_width:g}"


def _settings(values: Mapping[str, Any], name: str) -> tuple[tuple[str, float], ...]:
    return tuple((declared.name, values[declared.name]) for declared in activations.kind(name).parameters())


def _view(values: Mapping[str, Any], present: bool) -> View:
    """The window that was asked for, or the smallest that holds x."""
    width = next(width for width in drawing.WINDOWS if width >= max(values["w"], abs(values["x"])))
    return View(width, values["d2"], style.CLASSROOM if present else style.SCREEN)


@lru_cache(maxsize=128)
def _figure(name: str, settings: tuple[tuple[str, float], ...], x: float, view: View, lang: str) -> Any:
    words = Words(lang)
    f = activations.get(name, **dict(settings))
    named = {part: words(f"trace.{part}") for part in ("value", "slope", "curvature", "tangent")}
    return drawing.figure(f, x, view, named)


@lru_cache(maxsize=256)
def _x_film(
    name: str, settings: tuple[tuple[str, float], ...], off: float | None, view: View, gradient: float
) -> Encoded:
    """The film over x, the same for every x that is one of its positions; `off` is one that is not."""
    x = 0.0 if off is None else off
    return encoded(drawing.x_film(activations.get(name, **dict(settings)), x, view, gradient))


@lru_cache(maxsize=256)
def _parameter_film(
    name: str, settings: tuple[tuple[str, float], ...], parameter: str, x: float, view: View, gradient: float
) -> Encoded:
    f = activations.get(name, **dict(settings))
    return encoded(drawing.parameter_film(f, parameter, x, view, gradient))


def _film(name: str, view: View, gradient: float, handle: str, values: Mapping[str, float]) -> Encoded:
    """The film of a handle, `x` or a parameter, around the values of all."""
    settings, x = _settings(values, name), values["x"]
    if handle != "x":
        return _parameter_film(name, settings, handle, x, view, gradient)
    return _x_film(name, settings, between(drawing.x_positions(view.half_width), x), view, gradient)


@lru_cache(maxsize=64)
def _facts_of(name: str, settings: tuple[tuple[str, float], ...], parameter: str) -> tuple[Any, ...]:
    """The facts at every position of a parameter's handle."""
    declared = next(declared for declared in activations.kind(name).parameters() if declared.name == parameter)
    values = drawing.parameter_positions(declared).tolist()
    return tuple(activations.get(name, **dict(settings) | {parameter: value}).facts for value in values)


@lru_cache(maxsize=4096)
def _present_words(f: activations.Activation, x: float, gradient: float) -> dict[str, str]:
    return drawing.present_words(f, x, gradient)


def formula(state: State) -> None:
    """The function and its derivative in TeX."""
    facts = activations.get(state.page, **dict(_settings(state.values, state.page))).facts
    st.markdown(
        rf"$\displaystyle {facts.symbol}(x) = {facts.latex}$ $\qquad$ "
        rf"$\displaystyle {facts.symbol}'(x) = {facts.derivative_latex}$",
        width="content",
    )


def readout(f: activations.Activation, curvature: bool, gradient: float) -> list[str]:
    """The lines under the handles: the formulas with the numbers put in."""
    letters = {"x": "x_inside"} | {declared.symbol: declared.name for declared in f.parameters()}
    symbol, formula = f.facts.symbol, f.facts.one_line or f.facts.latex
    for letter, value in f.facts.constants:
        formula = formula.replace(letter, number(value))
    lines = [
        mathml.with_numbers(symbol, formula, letters, "y"),
        mathml.line(rf"{symbol}'({mathml.place(1)}) = {mathml.place(2)}", (("@1", "x"), ("@2", "slope"))),
    ]
    if curvature:
        lines.append(
            mathml.line(rf"{symbol}''({mathml.place(1)}) = {mathml.place(2)}", (("@1", "x"), ("@2", "curvature")))
        )
    chain = (
        r"\frac{\partial L}{\partial x} = \frac{\partial L}{\partial y} \cdot "
        rf"{symbol}'(x) \allowbreak = {number(gradient, 2)} \cdot {mathml.place(1)} \allowbreak = {mathml.place(2)}"
    )
    lines.append(mathml.line(chain, (("@1", "slope_inside"), ("@2", "downstream"))))
    return lines


@live
def page(state: State) -> None:
    """Everything above the lesson: the formula, the figure with its handles, and the facts."""
    # a window that had to widen for x stays, or the axes would jump back when x does
    state.values["w"] = _view(state.values, state.present).half_width
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        formula(state)
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            label = state.words("function.window")
            controls.choice(state, "w", drawing.WINDOWS, label, window_name, label_visibility="collapsed")
            controls.toggle(state, "d2", state.words("function.curvature"))
    figure(state)
    state.around = None
    handles()
    if not state.present:
        chain_rule(state)
        facts(state)


def _now(state: State) -> tuple[activations.Activation, View]:
    f = activations.get(state.page, **dict(_settings(state.values, state.page)))
    return f, _view(state.values, state.present)


def figure(state: State) -> None:
    """The figure that the films play on."""
    name, words = state.page, state.words
    _, view = _now(state)
    drawn = state.base({"x", "g", *(declared.name for declared in activations.kind(name).parameters())})
    settings = _settings(drawn, name)
    f = activations.get(name, **dict(settings))
    x = max(-view.half_width, min(drawn["x"], view.half_width))
    show_chart(
        state,
        _figure(name, settings, x, view, state["lang"]),
        key=f"chart-{name}",
        alt=words(
            "alt.function",
            name=title(name, state["lang"]),
            low=short(-view.half_width, 0),
            high=short(view.half_width, 0),
            x=short(x),
            y=number(float(f(x))),
            slope=number(float(f.derivative(x))),
        ),
    )


@live
def handles(state: State) -> None:
    """The handles and the formula with the numbers put in."""
    name, x, gradient = state.page, state["x"], state["g"]
    f, view = _now(state)
    state.stands_in((f.facts, view))
    films = partial(_film, name, view, gradient)
    shown = [Handle("x", "x", films("x", state), value=x, alone=not f.parameters())]
    for declared in f.parameters():
        # The page names the facts, which may depend on the parameter.
        facts = _facts_of(name, _settings(state.values, name), declared.name)
        regimes = [facts.index(fact) for fact in facts]
        regime = facts.index(f.facts) if f.facts in facts else -1
        film = films(declared.name, state)
        shown.append(Handle(declared.name, declared.symbol, film, regimes=regimes, regime=regime))
    scrubber(
        state,
        shown,
        chart=f"chart-{name}",
        readout=readout(f, state["d2"], gradient),
        words=_present_words(f, x, gradient),
        films=films,
        key=f"scrubber-{name}",
    )


def chain_rule(state: State) -> None:
    """The gradient that the worked chain-rule step starts from, and the figure's data to download."""
    words = state.words
    with st.container(horizontal=True, vertical_alignment="bottom"):
        controls.number(state, "g", words("function.gradient"), -10.0, 10.0, 0.1, width=170)
        download(state, state.page, lambda: drawing.data_csv(_now(state)[0], _now(state)[1].half_width))


def facts(state: State) -> None:
    """What the core says of the function, each entry tested there."""
    words = state.words
    f, _ = _now(state)
    known = f.facts
    low, high = known.range.low, known.range.high
    left, right = ("(" if known.range.open_low else "["), (")" if known.range.open_high else "]")
    sides = {(True, True): "both", (True, False): "left", (False, True): "right", (False, False): "none"}
    smooth = {0: "continuous", 1: "slope", float("inf"): "all"}[known.smoothness]
    falls = [words("facts.turns", x=number(turn), y=number(float(f(turn)))) for turn in known.turns]
    rows = {
        "range": f"{left}{_end(low)}, {_end(high)}{right}",
        "monotone": ", ".join(falls) or words("facts.yes"),
        "zero_centred": words("facts.yes" if known.zero_centred else "facts.no"),
        "saturates": words(f"facts.saturates.{sides[known.saturates]}"),
        "smoothness": words(f"facts.smoothness.{smooth}"),
        "kinks": ", ".join(_end(kink) for kink in known.kinks) or words("facts.none"),
        "largest_slope": f"{known.largest_slope:g}",
    }
    if known.constants:
        rows["constants"] = ", ".join(f"${letter} = {value!r}$" for letter, value in known.constants)
    body = "\n".join(f"| {words(f'facts.{row}')} | {text} |" for row, text in rows.items())
    convention = f"\n\n{words('facts.kink_convention')}" if known.kinks else ""
    with st.container(key="facts"):
        st.markdown(
            f"## {words('facts.heading')}\n\n| {words('facts.fact')} | {words('facts.answer')} |\n|---|---|\n"
            f"{body}{convention}"
        )


def _end(value: float) -> str:
    return {float("inf"): "∞", -float("inf"): "−∞"}.get(value, f"{value:g}".replace("-", "−"))
