"""The parts of the softmax page."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import streamlit as st

from figures import softmax as drawing
from figures import style
from figures.film import between
from figures.softmax import Choice, Names
from ui import controls, entries
from ui.chart import download, show_chart
from ui.language import Words
from ui.scrubber import Encoded, Handle, Mark, encoded, scrubber, slot_table
from ui.state import State, changes, live

FEWEST, MOST = 2, 10


class Target(entries.Number):
    """A class by its number from 0, or "none", which is −1 inside."""

    def read(self, text: str) -> float:
        """The class that `text` names."""
        if text == "none":
            return self.default
        try:
            return super().read(text)
        except entries.UnusableError:
            raise entries.UnusableError("notice.choice", options=f"none, {self.low} … {self.high}") from None

    def clamp(self, text: str) -> None:
        """No class is near another."""

    def write(self, value: float) -> str:
        """The class as it stands in an address."""
        return "none" if value == self.default else super().write(value)


LOGITS = entries.Numbers("z", (2.0, 1.0, 0.1), -1000, 1000, FEWEST, MOST)
NAMES = entries.Texts("names", MOST)
TEMPERATURE = entries.Number("t", 1.0, 0.05, 20)
SHIFT = entries.Number("shift", 0.0, -1000, 1000)
TARGET = Target("target", -1, 0, MOST - 1, whole=True)
RESETS = ("z", "t", "names", "set", "target")
SETS = ("plain", "image", "words")  # where the classes' names come from, unless the reader gives them
PARTS = ("bars", "jacobian", "shift")
TABLE: entries.Table = (
    LOGITS,
    TEMPERATURE,
    TARGET,
    SHIFT,
    entries.Choice("set", "plain", SETS),
    NAMES,
    entries.Choice("part", "bars", PARTS),
)
PRESETS: dict[str, dict[str, Any]] = {
    "image": {"z": (4.0, 2.5, 1.0, -0.5), "set": "image"},
    "words": {"z": (3.2, 2.9, 2.1, 1.0, 0.2, -1.5), "set": "words"},
    "equal": {"z": (1.0, 1.0, 1.0, 1.0), "set": "plain"},
    "ahead": {"z": (9.0, 1.0, 0.5, 0.0), "set": "plain"},
}


def names(state: State) -> tuple[str, ...]:
    """The classes' names: the reader's own where given, else those of the set."""
    words = state.words
    own = state["names"]
    return tuple(
        own[index] if index < len(own) and own[index] else words(f"softmax.class.{state['set']}.{index}")
        for index in range(len(state["z"]))
    )


def choice(values: Any) -> Choice:
    """What softmax is asked by these values of the state."""
    target = int(values["target"])
    return Choice(values["z"], values["t"], target if 0 <= target < len(values["z"]) else None)


def _figure_words(lang: str) -> dict[str, str]:
    words = Words(lang)
    return {part: words(f"softmax.figure.{part}") for part in ("probability", "ghost", "now", "row", "column")}


@lru_cache(maxsize=64)
def _bars(asked: Choice, classes: tuple[str, ...], lang: str, look: style.Look) -> Any:
    return drawing.bars(asked, Names(classes, _figure_words(lang)), look)


@lru_cache(maxsize=64)
def _jacobian(asked: Choice, classes: tuple[str, ...], lang: str, look: style.Look) -> Any:
    return drawing.jacobian(asked, Names(classes, _figure_words(lang)), look)


@lru_cache(maxsize=128)
def _temperature_film(asked: Choice) -> Encoded:
    return encoded(drawing.temperature_film(asked))


@lru_cache(maxsize=1024)
def _logit_film(asked: Choice, index: int) -> Encoded:
    return encoded(drawing.logit_film(asked, index))


def _film(count: int, target: int | None, handle: str, values: Mapping[str, float]) -> Encoded:
    """The film of a handle, `t` or a logit `z0`, `z1` …, around the values of all."""
    asked = Choice(tuple(values[f"z{index}"] for index in range(count)), values["t"], target)
    if handle != "t":
        return _logit_film(asked, int(handle[1:]))
    off = between(drawing.TEMPERATURES, asked.temperature)
    return _temperature_film(replace(asked, temperature=1.0 if off is None else off))


@lru_cache(maxsize=128)
def _shift_film(asked: Choice, shift: float, lang: str) -> Encoded:
    return encoded(drawing.shift_film(asked, shift, _overflow_words(lang)))


def _overflow_words(lang: str) -> dict[str, str]:
    words = Words(lang)
    return {"overflow": words("softmax.overflow"), "undefined": words("softmax.undefined")}


def _look(state: State) -> style.Look:
    return style.CLASSROOM if state.present else style.SCREEN


@live
def page(state: State) -> None:
    """Everything above the lesson: presets, the choice of what is shown, and the instrument."""
    if not state.present:
        presets(state)
    controls.parts(state, PARTS)
    (shift if state["part"] == "shift" else instrument)(state)


def presets(state: State) -> None:
    """Buttons for logits that teach something, and the classes' own editor."""
    words = state.words
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for name, values in PRESETS.items():
            cleared = {"names": (), "target": -1, "t": 1.0}
            controls.button(state, words(f"softmax.preset.{name}"), cleared | values, f"preset.{name}")
        with st.popover(words("softmax.classes"), icon=":material/edit:"):
            _editor(state)


def _editor(state: State) -> None:
    words = state.words
    shown = names(state)

    def rename(index: int, key: str) -> Callable[[], None]:
        def take() -> None:
            given = st.session_state[key].replace("|", "/")
            own = [*state["names"], *[""] * len(shown)][: len(shown)]
            state.faults.pop("names", None)
            try:
                (own[index],) = NAMES.read(given)
            except entries.UnusableError as fault:
                (own[index],) = NAMES.clamp(given)
                state.faults["names"] = (str(index + 1), fault)
            changes()["names"] = tuple(own) if any(own) else ()

        return take

    for index, name in enumerate(shown):
        key = f"softmax.name.{index}"
        st.session_state[key] = name
        st.text_input(words("softmax.name", number=index + 1), key=key, on_change=rename(index, key))
    if state["names"] and "names" in state.faults:
        number, fault = state.faults["names"]
        cut = words("softmax.name.cut", number=number, longest=fault.values["longest"])
        st.caption(f":material/content_cut: {cut}")
    with st.container(horizontal=True):
        for label, more in ((words("softmax.add"), True), (words("softmax.remove"), False)):
            count = len(shown) + (1 if more else -1)
            off = not FEWEST <= count <= MOST
            st.button(label, key=f"softmax.resize.{more}", on_click=partial(_resize, state, more), disabled=off)


def _resize(state: State, more: bool) -> None:
    """One class more or less; the logits may have moved since the button was drawn."""
    z = state.coming("z")
    z = (*z, 0.0) if more else z[:-1]
    state.set(z=z, names=state["names"][: len(z)])


def instrument(state: State) -> None:
    """The bars, or the Jacobian, beside the handles: the temperature first, then every logit."""
    classes = names(state)
    state.around = None
    figure, panel = st.columns([2, 3])
    with figure:
        if state["part"] == "bars":
            _show_bars(state, classes)
        else:
            jacobian(state, choice(state.values), classes)
    with panel:
        (live_handles if state["part"] == "bars" else lambda: handles(state))()
    if state.present:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _target(state, classes)
        download(state, "softmax", lambda: drawing.data_csv(choice(state.values), names(state)))
    if state["part"] == "jacobian":
        st.markdown(state.words("softmax.jacobian.why"))


def handles(state: State) -> None:
    """The handles, and the numbers of every class."""
    words, classes, asked = state.words, names(state), choice(state.values)
    bars = state["part"] == "bars"
    films = partial(_film, len(classes), asked.target)
    now = {"t": asked.temperature} | {f"z{index}": logit for index, logit in enumerate(asked.logits)}
    state.stands_in((classes, asked.target))
    scrubber(
        state,
        [_temperature_handle(words, films("t", now), asked.temperature), *_logit_handles(films, now, asked, classes)],
        chart="chart-softmax" if bars else "",
        readout=[_totals(words, asked)],
        words=drawing.present_words(asked),
        heads=(words("softmax.logit"), words("softmax.probability")) + ("∂L/∂z",) * (asked.target is not None),
        tools=("reset", "link", "svg") if bars else ("reset", "link"),
        resets=RESETS,
        films=films if bars else None,  # the Jacobian is drawn again
        released=lambda values: _into_logits(state, values),
        key="scrubber-softmax",
    )


# On the bars letting go of a handle changes nothing but the handles; the Jacobian is drawn again.
live_handles = live(handles)


def _show_bars(state: State, classes: tuple[str, ...]) -> None:
    same_classes = len(state.drawn.get("z", ())) == len(state["z"])
    drawn = choice(state.base({"t", "shift", "part", "target"} | ({"z"} if same_classes else set())))
    show_chart(
        state,
        _bars(drawn, classes, state["lang"], _look(state)),
        key="chart-softmax",
        alt=state.words("softmax.alt", classes=", ".join(classes)),
    )


def _into_logits(state: State, values: dict[str, Any]) -> dict[str, Any]:
    """Handles move single logits, z0 and so on; the state holds them all as z."""
    logits = list(state["z"])
    for name in [name for name in values if name[1:].isdigit()]:
        logits[int(name[1:])] = values.pop(name)
    return values | {"z": tuple(logits)}


def _name_slots(classes: tuple[str, ...]) -> dict[str, str]:
    return {f"name{index}": name for index, name in enumerate(classes)}


def _temperature_handle(words: Words, film: Encoded, temperature: float) -> Handle:
    marks = (
        Mark(0.0, words("softmax.limit.zero"), "start"),
        Mark(0.5, "1"),
        Mark(1.0, words("softmax.limit.infinity"), "end"),
    )
    return Handle("t", words("softmax.temperature"), film, marks, value=temperature)


def _logit_handles(
    films: Callable[[str, Mapping[str, float]], Encoded],
    now: Mapping[str, float],
    asked: Choice,
    classes: tuple[str, ...],
) -> list[Handle]:
    columns = ("p",) if asked.target is None else ("p", "g")
    return [
        Handle(
            f"z{index}",
            name,
            films(f"z{index}", now),
            entry=LOGITS.each,
            beside=[f"{column}{index}" for column in columns],
        )
        for index, name in enumerate(classes)
    ]


def _target(state: State, classes: tuple[str, ...]) -> None:
    words = state.words
    options = [-1, *range(len(classes))]
    if state["target"] >= len(classes):
        state.values["target"] = -1
    controls.select(
        state,
        "target",
        options,
        words("softmax.target"),
        lambda index: words("softmax.no_target") if index < 0 else classes[index],
        width=240,
    )


def _totals(words: Words, asked: Choice) -> str:
    parts = [
        words("softmax.sum") + ' = <b data-slot="sum"></b>',
        words("softmax.top") + ' = <b data-slot="top"></b>',
        words("softmax.entropy", now='<b data-slot="entropy"></b>', most='<span data-slot="most"></span>'),
    ]
    if asked.target is not None:
        parts += [words("softmax.loss") + ' = <b data-slot="loss"></b>', words("softmax.gradient")]
    return f'<p class="totals">{" · ".join(parts)}</p>'


def shift(state: State) -> None:
    """The same constant added to every logit: softmax stays, the textbook formula breaks down."""
    words, classes, asked = state.words, names(state), choice(state.values)
    if not state.present:
        st.markdown(words("softmax.shift.why"))
    columns = {
        "s": "z + c",
        # in a presentation as large as the letter it stands at, to be read from the last row
        "e": words("softmax.shift.power", power=f'e<sup style="font-size:{1 if state.present else 0.8}em">z/T</sup>'),
        "n": words("softmax.shift.naive"),
        "m": words("softmax.shift.stable"),
    }
    film = _shift_film(asked, state["shift"], state["lang"])
    scrubber(
        state,
        [Handle("shift", "c", film, alone=True)],
        chart="",
        readout=[slot_table(words("softmax.class"), columns, len(classes))],
        words=drawing.present_shift(asked, state["shift"], _overflow_words(state["lang"])) | _name_slots(classes),
        tools=("reset", "link"),
        resets=("shift", *RESETS),
        key="scrubber-shift",
    )


def jacobian(state: State, asked: Choice, classes: tuple[str, ...]) -> None:
    """The Jacobian at the present logits, drawn again when a handle is let go."""
    words = state.words
    show_chart(
        state,
        _jacobian(asked, classes, state["lang"], _look(state)),
        key="chart-jacobian",
        alt=words("softmax.jacobian.alt", size=len(classes)),
    )
