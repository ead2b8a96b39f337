"""The parts of the page on convolution: the feature maps of a digit, and the same maps with few bits."""

from collections.abc import Callable
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
from ui.chart import download, show_chart
from ui.pad import Drawing, pad
from ui.runs import cancelled, keep, run
from ui.scrubber import Encoded, Handle, Mark, Pick, encoded, scrubber, slot_table
from ui.state import State, live
from ui.train_controls import brief

PARTS = ("maps", "bits")
OWN = "own"
IMAGES = (*map(str, range(10)), OWN)
SETS = ("hand", "learned")
LEARNT = convolution.Settings(seed=2)
LOOK = replace(style.SCREEN, height=290, font=13)
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
HANDLES = {"b", "cell", "bits", "gain", "top", *(entry.name for entry in _parameter_entries())}


@live
def page(state: State) -> None:
    """Everything above the lesson: what is looked at, and one of two instruments."""
    with st.container(gap="xsmall", key="convolution"):
        choices(state)
        cancelled(state)
        {"maps": feature_maps, "bits": few_bits}[state["part"]](state)


def choices(state: State) -> None:
    """The part, the digit, the filters and the function."""
    words = state.words
    hidden = {"label_visibility": "collapsed"}
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="convolution-choices"):
        controls.choice(
            state, "part", PARTS, words("convolution.part"), lambda part: words(f"convolution.part.{part}"), **hidden
        )
        controls.choice(
            state, "set", SETS, words("convolution.set"), lambda name: words(f"convolution.set.{name}"), **hidden
        )
        controls.choice(
            state, "image", IMAGES, words("convolution.image"),
            lambda image: words("convolution.image.own") if image == OWN else image, wrap=True, **hidden,
        )  # fmt: skip
        if state["part"] == "maps":
            controls.select(
                state, "f", activations.names(), words("convolution.f"), partial(brief, state),
                width=132, **hidden,
            )  # fmt: skip


# --- what is shown ------------------------------------------------------------------------------------


def _layer(state: State) -> convolution.Layer:
    """The six filters; the learned ones are trained now or kept from before."""
    if state["set"] == "hand":
        return convolution.by_hand()
    work = partial(convolution.train, LEARNT)
    learned: convolution.Learned = run(("convolution", LEARNT), work, state.words("convolution.training"))
    return learned.network.layer


def _image(values: dict[str, Any]) -> Any:
    """The pixels of the shipped digit, or of the reader's own, 8 by 8."""
    data = digits.load()
    found = drawing.digit(values["ink"]) if values["image"] == OWN else data.images[data.first[int(values["image"])]]
    return found.reshape(convolution.SIDE, convolution.SIDE)


def _function(values: dict[str, Any]) -> Activation:
    name = values["f"]
    declared = activations.kind(name).parameters()
    return activations.get(name, **{one.name: values[f"{name}_{one.name}"] for one in declared})


def _shown(values: dict[str, Any], layer: convolution.Layer) -> Shown:
    return Shown(_image(values), layer, _function(values), values["b"], values["filter"] - 1, values["cell"] - 1)


def _stored(values: dict[str, Any], layer: convolution.Layer) -> Stored:
    return Stored(_image(values), layer, values["filter"] - 1, values["bits"], values["gain"], values["top"])


def _key(values: dict[str, Any], *names: str) -> tuple[Any, ...]:
    """What a kept figure or film depends on."""
    return tuple(values[name] for name in ("image", "ink", "set", "filter", *names))


def _film(state: State, handle: str, make: Callable[[], Film], *names: str) -> Encoded:
    return keep(("convolution film", handle, _key(state.values, *names)), lambda: encoded(make()))


# --- feature maps -------------------------------------------------------------------------------------


def feature_maps(state: State) -> None:
    """The digit with the patch that is worked on, and the six maps before and after the function."""
    words, lang = state.words, state["lang"]
    layer = _layer(state)
    drawn = state.base(HANDLES)
    shown, look = _shown(drawn, layer), _look(state)
    own = state["image"] == OWN
    columns = st.columns([3, 4, 6] if own else [4, 6])
    if own:
        with columns[0]:
            pad(state, "ink", label=words("convolution.pad"))
    named = {part: words(f"convolution.figure.{part}") for part in ("weights", "products")} | {
        "before": words("convolution.figure.before"),
        "after": words("convolution.figure.after", name=brief(state, state["f"])),
    }
    key = ("convolution figure", _key(drawn, *_film_names(state), "cell", "b"), lang, look)
    with columns[-2]:
        figure = keep((*key, WINDOW), lambda: drawn_maps.window(shown, named, look))
        show_chart(state, figure, key=WINDOW, alt=words("convolution.alt.window", filter=state["filter"]))
    with columns[-1]:
        figure = keep((*key, MAPS), lambda: drawn_maps.maps(shown, named, look))
        said = drawn_maps.present_words(shown, drawn_maps.tested(layer))
        show_chart(
            state,
            figure,
            key=MAPS,
            alt=words("convolution.alt.maps", zeros=said["zeros_all"], before=named["before"], after=named["after"]),
        )
    over_maps()


def _film_names(state: State) -> tuple[str, ...]:
    """The entries of the function and of its parameters."""
    return ("f", *(f"{state['f']}_{one.name}" for one in activations.kind(state["f"]).parameters()))


@live
def over_maps(state: State) -> None:
    """The handles for the place, the bias and the function's parameter, and the numbers."""
    words, layer = state.words, _layer(state)
    state.stands_in((state["filter"], state["f"], state["image"], state["set"]))
    shown, tested = _shown(state.values, layer), drawn_maps.tested(layer)
    of_function = _film_names(state)
    handles = [
        Handle(
            "cell", words("convolution.handle.cell"),
            _film(state, "cell", lambda: drawn_maps.cell_film(shown), *of_function, "b"),
            value=state["cell"],
        ),
        Handle(
            "b", words("convolution.handle.b"),
            _film(state, "b", lambda: drawn_maps.bias_film(shown, tested), *of_function, "cell", "b"),
            [Mark(0.5, "0")],
        ),
    ]  # fmt: skip
    for name, declared in zip(of_function[1:], shown.f.parameters(), strict=True):
        film = partial(drawn_maps.parameter_film, shown, name, declared)
        handles.append(Handle(name, declared.symbol, _film(state, name, film, *of_function, "cell", "b")))

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
        "convolution.zeros", map=_slot("zeros_map"), all=_slot("zeros_all"), tested=_slot("zeros_tested"),
        digits=drawn_maps.TESTED,
    )  # fmt: skip
    place = words("convolution.place", row=_slot("row"), column=_slot("column"))
    total = f"<i>z</i> = {_slot('terms')} {_slot('bias')} ≈ {_slot('z')}, <i>f</i>(<i>z</i>) ≈ {_slot('fz')}"
    scrubber(
        state,
        handles,
        chart=(WINDOW, MAPS),
        readout=[f'<p class="totals line parts">{place} {total}</p>', f'<p class="totals">{zeros}</p>'],
        words=drawn_maps.present_words(shown, tested),
        tools=() if state.present else ("reset", "link", "svg"),
        key="scrubber-maps",
        picked=picked,
    )
    _below(state, "maps", lambda: drawn_maps.data_csv(shown))


# --- few bits -----------------------------------------------------------------------------------------


def few_bits(state: State) -> None:
    """The error by the ceiling, and the maps as they are, with ReLU's range and with the ceiling."""
    words, lang = state.words, state["lang"]
    layer = _layer(state)
    drawn = state.base(HANDLES)
    stored, look = _stored(drawn, layer), _look(state)
    of_errors = ("ceiling", "error", "quiet", "loud", "clipped", "whole")
    named = {part: words(f"convolution.figure.{part}") for part in (*of_errors, "exact")}
    own = state["image"] == OWN
    columns = st.columns([3, 5, 5] if own else [1, 1])
    if own:
        with columns[0]:
            pad(state, "ink", label=words("convolution.pad"))
    key = ("convolution figure", _key(drawn, "bits", "gain", "top"), lang, look)
    with columns[-2]:
        figure = keep((*key, ERRORS), lambda: drawn_bits.error_figure(stored, named, look))
        show_chart(state, figure, key=ERRORS, alt=words("convolution.alt.errors"))
    with columns[-1]:
        rows = {"exact": named["exact"]} | {part: words(f"convolution.rows.{part}") for part in ("whole", "clipped")}
        figure = keep((*key, ROUNDED), lambda: drawn_bits.rounded(stored, rows, look))
        show_chart(state, figure, key=ROUNDED, alt=words("convolution.alt.rounded", loud=state["filter"]))
    over_bits()


@live
def over_bits(state: State) -> None:
    """The handles for the bits, the loud map and the ceiling, and the numbers with and without the ceiling."""
    words = state.words
    stored = _stored(state.values, _layer(state))
    state.stands_in((state["filter"], state["image"], state["set"]))
    make = {"bits": drawn_bits.bits_film, "gain": drawn_bits.gain_film, "top": drawn_bits.ceiling_film}
    marks = {"top": [Mark(drawn_bits.SIX, "ReLU6")]}
    handles = [
        Handle(
            name, words(f"convolution.handle.{name}"), _film(state, name, partial(film, stored), "bits", "gain", "top"),
            marks.get(name, ()),
        )
        for name, film in make.items()
    ]  # fmt: skip

    def picked(pick: Pick) -> None:
        found = drawn_maps.column_at(pick.x) if pick.chart == ROUNDED else None
        if found is not None:
            state.set(filter=found + 1)

    columns = {part: words(f"convolution.column.{part}") for part in ("top", "step", "quiet", "loud")}
    scrubber(
        state,
        handles,
        chart=(ERRORS, ROUNDED),
        readout=[slot_table(words("convolution.stored"), columns, 2)],
        words=drawn_bits.present_words(stored) | {"name0": brief(state, "relu"), "name1": words("convolution.clipped")},
        tools=() if state.present else ("reset", "link", "svg"),
        key="scrubber-bits",
        picked=picked,
    )
    _below(state, "bits", lambda: drawn_bits.data_csv(stored))


# --- both ---------------------------------------------------------------------------------------------


def _look(state: State) -> style.Look:
    return style.CLASSROOM if state.present else LOOK


def _slot(name: str) -> str:
    return f'<b data-slot="{name}"></b>'


def _below(state: State, part: str, data: Callable[[], str]) -> None:
    """What there is to say of the instrument, and its data; not in presentation mode."""
    if state.present:
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        said = state.words(f"convolution.note.{part}")
        if part == "bits" and state["set"] == "hand":
            said += state.words("convolution.note.dips")
        st.caption(said, width="stretch")
        download(state, f"convolution-{part}", data)
