"""The parts of the page on convolution: the feature maps of a digit, and the same maps with few bits."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

import activations
from activations import Activation
from activations.experiments import convolution, digits, drawing
from figures import convolution as drawn_maps
from figures import quantisation as drawn_bits
from figures import style
from figures.convolution import Shown
from figures.film import Film
from figures.quantisation import Stored
from ui import controls, entries
from ui.chart import show_chart
from ui.instrument import below, slot
from ui.pad import Drawing, pad
from ui.runs import keep, progress_place, run
from ui.scrubber import Encoded, Handle, Mark, Pick, encoded, scrubber, slot_table
from ui.state import State, live
from ui.train_controls import brief

PARTS = ("maps", "bits")
OWN = "own"
IMAGES = (*map(str, range(10)), OWN)
SETS = ("hand", "learned")
LEARNT = convolution.Settings(seed=2)
LEARNED = ("convolution", LEARNT)  # what their training is kept under
LOOK = replace(style.SCREEN, height=290, font=13)
Values = Mapping[str, Any] | State
WINDOW, MAPS, ERRORS, ROUNDED = "chart-window", "chart-maps", "chart-errors", "chart-rounded"


def _parameter_entries() -> list[entries.Number]:
    """An entry for each parameter of each function, such as leaky_relu_alpha."""
    return [
        entries.Number(f"{name}_{one.name}", one.default, one.low, one.high)
        for name in activations.names()
        for one in activations.kind(name).parameters()
    ]


def _within(name: str, default: float, positions: Any, whole: bool = False) -> entries.Number:
    """An entry for what a handle sets that stops at these positions."""
    return entries.Number(name, default, float(positions[0]), float(positions[-1]), whole)


TABLE: entries.Table = (
    entries.Choice("part", "maps", PARTS),
    entries.Choice("image", "3", IMAGES),
    Drawing("ink"),
    entries.Choice("set", "hand", SETS),
    entries.Number("filter", 1, 1, convolution.FILTERS, whole=True),
    entries.Choice("f", "relu", activations.names()),
    *_parameter_entries(),
    _within("b", 0.0, drawn_maps.BIASES),
    entries.Number("cell", 28, 1, convolution.SIDE**2, whole=True),
    _within("bits", 8, drawn_bits.DEPTHS, whole=True),
    _within("gain", 32.0, drawn_bits.GAINS),
    _within("top", 6.0, drawn_bits.CEILINGS),
)
OF_BITS = {"bits": drawn_bits.bits_film, "gain": drawn_bits.gain_film, "top": drawn_bits.ceiling_film}
HANDLES = {"b", "cell", "bits", "gain", "top", *(entry.name for entry in _parameter_entries())}


@live
def page(state: State) -> None:
    """Everything above the lesson: what is looked at, and one of two instruments."""
    with st.container(gap="xsmall", key="convolution"):
        choices(state)
        progress_place(state)
        {"maps": feature_maps, "bits": few_bits}[state["part"]](state)


def choices(state: State) -> None:
    """The part, the digit, the filters and the function."""
    words = state.words
    hidden = {"label_visibility": "collapsed"}
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="convolution-choices"):
        controls.parts(state, PARTS)
        controls.choice(
            state, "set", SETS, words("convolution.set"), lambda name: words(f"convolution.set.{name}"), **hidden
        )
        controls.choice(
            state, "image", IMAGES, words("convolution.image"),
            lambda image: words("convolution.image.own") if image == OWN else image, wrap=True, **hidden,
        )  # fmt: skip
        if state["part"] == "maps":
            controls.select(
                state, "f", activations.names(), words("convolution.f"), partial(brief, state), **hidden
            )  # fmt: skip
        if not state.present:  # there a click on a map chooses its filter
            controls.choice(
                state, "filter", range(1, convolution.FILTERS + 1), words("convolution.filter"), drawn_maps.filter_name,
                **hidden,
            )  # fmt: skip


# --- what is shown ------------------------------------------------------------------------------------


def _layer(state: State) -> convolution.Layer:
    """The six filters; the learned ones are trained now or kept from before."""
    if state["set"] == "learned":
        run(LEARNED, partial(convolution.train, LEARNT), state.words("convolution.training"))
    return _filters(state["set"])


def _filters(name: str) -> convolution.Layer:
    return convolution.by_hand() if name == "hand" else _learned().network.layer


def _learned() -> convolution.Learned:
    found: convolution.Learned = keep(LEARNED, partial(convolution.train, LEARNT))
    return found


def _image(values: Values) -> Any:
    """The pixels of the shipped digit, or of the reader's own, 8 by 8."""
    data = digits.load()
    found = drawing.digit(values["ink"]) if values["image"] == OWN else data.images[data.first[int(values["image"])]]
    return found.reshape(convolution.SIDE, convolution.SIDE)


def _function(values: Values) -> Activation:
    names = zip(_parameters(values["f"]), activations.kind(values["f"]).parameters(), strict=True)
    return activations.get(values["f"], **{declared.name: values[name] for name, declared in names})


def _parameters(f: str) -> list[str]:
    """The entries of a function's parameters."""
    return [f"{f}_{declared.name}" for declared in activations.kind(f).parameters()]


def _shown(values: Values) -> Shown:
    layer = _filters(values["set"])
    return Shown(_image(values), layer, _function(values), values["b"], values["filter"] - 1, values["cell"] - 1)


def _stored(values: Values) -> Stored:
    layer = _filters(values["set"])
    return Stored(_image(values), layer, values["filter"] - 1, values["bits"], values["gain"], values["top"])


def _films(state: State) -> "partial[Encoded]":
    """What makes the film of a handle from its name and where all handles stand, for what is chosen now."""
    chosen = ("image", "ink", "set", "filter", "f")
    return partial(_film, tuple((name, state[name]) for name in chosen))


def _film(chosen: tuple[tuple[str, Any], ...], handle: str, moved: Values) -> Encoded:
    values = dict(chosen)
    handles = ("bits", "gain", "top") if handle in OF_BITS else ("cell", "b", *_parameters(values["f"]))
    values |= {name: moved[name] for name in handles}
    return keep(("convolution film", handle, tuple(values.items())), lambda: encoded(_make_film(handle, values)))


def _make_film(handle: str, values: Values) -> Film:
    if handle in OF_BITS:
        return OF_BITS[handle](_stored(values))
    shown = _shown(values)
    if handle == "cell":
        return drawn_maps.cell_film(shown)
    if handle == "b":
        return drawn_maps.bias_film(shown, drawn_maps.tested(shown.layer))
    (declared,) = (one for one in shown.f.parameters() if handle.endswith(one.name))
    return drawn_maps.parameter_film(shown, handle, declared)


# --- feature maps -------------------------------------------------------------------------------------


def feature_maps(state: State) -> None:
    """The digit with the patch that is worked on, and the six maps before and after the function."""
    words = state.words
    layer = _layer(state)
    window, maps = _columns(state, [3, 4, 6])
    named = {part: words(f"convolution.figure.{part}") for part in ("weights", "products")} | {
        "before": words("convolution.figure.before"),
        "after": words("convolution.figure.after", name=brief(state, state["f"])),
    }
    drawn, look = state.base(HANDLES), _look(state)
    with window:
        figure = _figure(state, WINDOW, lambda: drawn_maps.window(_shown(drawn), named, look))
        show_chart(state, figure, key=WINDOW, alt=words("convolution.alt.window", filter=state["filter"]))
    with maps:
        figure = _figure(state, MAPS, lambda: drawn_maps.maps(_shown(drawn), named, look))
        zeros = drawn_maps.present_words(_shown(state.values), drawn_maps.tested(layer))["zeros_all"]
        alt = words("convolution.alt.maps", before=named["before"], after=named["after"], zeros=zeros)
        show_chart(state, figure, key=MAPS, alt=alt)
    over_maps()


@live
def over_maps(state: State) -> None:
    """The handles for the place, the bias and the function's parameter, and the numbers."""
    words, films = state.words, _films(state)
    state.stands_in(films.args)
    shown, tested = _shown(state.values), drawn_maps.tested(_filters(state["set"]))
    handles = [
        Handle("cell", words("convolution.handle.cell"), films("cell", state), lazy=True),
        Handle("b", words("convolution.handle.b"), films("b", state), [Mark(0.5, "0")], lazy=True),
    ]
    for name, declared in zip(_parameters(state["f"]), shown.f.parameters(), strict=True):
        handles.append(Handle(name, declared.symbol, films(name, state), lazy=True))

    def picked(pick: Pick) -> None:
        if pick.chart == WINDOW:
            cell = drawn_maps.pixel_at(pick.x, pick.y)
            if cell is not None:
                state.set(cell=cell + 1)
        else:
            found = drawn_maps.map_at(pick.x, pick.y)
            if found is not None:
                state.set(filter=found[0] + 1, cell=found[1] + 1)

    zeros = words(
        "convolution.zeros", map=slot("zeros_map"), all=slot("zeros_all"), tested=slot("zeros_tested"),
        digits=drawn_maps.TESTED,
    )  # fmt: skip
    place = words("convolution.place", row=slot("row"), column=slot("column"))
    total = f"<i>z</i> = {slot('terms')} {slot('bias')} ≈ {slot('z')}, <i>f</i>(<i>z</i>) ≈ {slot('fz')}"
    scrubber(
        state,
        handles,
        chart=(WINDOW, MAPS),
        readout=[f'<p class="totals line parts">{place} {total}</p>', f'<p class="totals">{zeros}</p>'],
        words=drawn_maps.present_words(shown, tested),
        films=films,
        key="scrubber-maps",
        picked=picked,
    )
    note = words("convolution.note.maps")
    if state["set"] == "learned":
        note += words("convolution.note.learned", accuracy=f"{100 * _learned().accuracy:.1f}")
    below(state, note, "convolution-maps", lambda: drawn_maps.data_csv(shown))


# --- few bits -----------------------------------------------------------------------------------------


def few_bits(state: State) -> None:
    """The error by the ceiling, and the maps as they are, with ReLU's range and with the ceiling."""
    words = state.words
    _layer(state)
    curves, maps = _columns(state, [3, 5, 5])
    of_errors = ("ceiling", "error", "quiet", "loud", "clipped", "whole")
    named = {part: words(f"convolution.figure.{part}") for part in (*of_errors, "exact")}
    rows = {"exact": named["exact"]} | {part: words(f"convolution.rows.{part}") for part in ("whole", "clipped")}
    drawn, look = state.base(HANDLES), _look(state)
    with curves:
        figure = _figure(state, ERRORS, lambda: drawn_bits.error_figure(_stored(drawn), named, look))
        show_chart(state, figure, key=ERRORS, alt=words("convolution.alt.errors"))
    with maps:
        figure = _figure(state, ROUNDED, lambda: drawn_bits.rounded(_stored(drawn), rows, look))
        show_chart(state, figure, key=ROUNDED, alt=words("convolution.alt.rounded", loud=state["filter"]))
    over_bits()


@live
def over_bits(state: State) -> None:
    """The handles for the bits, the loud map and the ceiling, and the numbers with and without the ceiling."""
    words, films = state.words, _films(state)
    state.stands_in(films.args)
    stored = _stored(state.values)
    marks = {"top": [Mark(drawn_bits.SIX, "ReLU6")]}

    def picked(pick: Pick) -> None:
        found = drawn_maps.column_at(pick.x) if pick.chart == ROUNDED else None
        if found is not None:
            state.set(filter=found + 1)

    columns = {part: words(f"convolution.column.{part}") for part in ("top", "step", "quiet", "loud")}
    scrubber(
        state,
        [
            Handle(name, words(f"convolution.handle.{name}"), films(name, state), marks.get(name, ()), lazy=True)
            for name in OF_BITS
        ],
        chart=(ERRORS, ROUNDED),
        readout=[slot_table(words("convolution.stored"), columns, 2)],
        words=drawn_bits.present_words(stored) | {"name0": brief(state, "relu"), "name1": words("convolution.clipped")},
        films=films,
        key="scrubber-bits",
        picked=picked,
    )
    note = words("convolution.note.bits")
    if state["set"] == "hand" and state["bits"] in drawn_bits.DIPPING:
        note += words("convolution.note.dips")
    below(state, note, "convolution-bits", lambda: drawn_bits.data_csv(stored))


# --- both ---------------------------------------------------------------------------------------------


def _look(state: State) -> style.Look:
    return style.CLASSROOM if state.present else LOOK


def _columns(state: State, widths: list[int]) -> list[Any]:
    """The places of the two charts, and before them the pad for the reader's own digit."""
    if state["image"] != OWN:
        return st.columns(widths[1:])
    pad_place, *places = st.columns(widths)
    with pad_place:
        pad(state, "ink", label=state.words("convolution.pad"))
    return places


def _figure(state: State, name: str, draw: Callable[[], Any]) -> Any:
    """A figure for the values that the charts are drawn with, drawn now or kept from before."""
    values = tuple(state.drawn.items())
    return keep(("convolution figure", name, values), draw)
