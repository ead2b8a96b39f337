"""The parts of the page on the next word."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from activations.experiments.sampling import EXAMPLES, WORDS
from figures import distillation
from figures import sampling as drawing
from figures.sampling import Named, Sampler
from ui import controls, entries
from ui.chart import download, show_chart
from ui.instrument import below, line, look, slot
from ui.runs import keep
from ui.scrubber import Handle, encoded, scrubber
from ui.state import State, live

PARTS = ("draws", "soft")
FILTERS = ("t", "k", "p", "m")
ORDERS = ("first", "last")
TABLE: entries.Table = (
    entries.Choice("part", "draws", PARTS),
    entries.Choice("text", "open", tuple(EXAMPLES)),
    entries.Number("t", 1.0, 0.1, 10),
    entries.Number("k", WORDS, 1, WORDS, whole=True),
    entries.Number("p", 1.0, 0.01, 1),
    entries.Number("m", 0.0, 0, 1),
    entries.Choice("order", "first", ORDERS),
    entries.Number("seed", 0, 0, 9999, whole=True),
    entries.Number("soft", 4.0, 1, 30),
)
_OFF: dict[str, Any] = {"t": 1.0, "k": WORDS, "p": 1.0, "m": 0.0, "order": "first"}
PRESETS: dict[str, dict[str, Any]] = {
    "greedy": _OFF | {"k": 1},
    "hot": _OFF | {"t": 2.0},
    "nucleus": _OFF | {"p": 0.9},
    "least": _OFF | {"t": 2.0, "m": 0.1},
}
_MOVING = {"part", *FILTERS, "soft"}


def _sampler(values: Any) -> Sampler:
    settings = {name: float(values[name]) for name in FILTERS}
    return Sampler(values["text"], **settings, temperature_last=values["order"] == "last", seed=int(values["seed"]))


def _named(state: State, *labels: str) -> Named:
    words = state.words
    return Named(
        tuple(words(f"sampling.word.{state['text']}.{index}") for index in range(WORDS)),
        {label: words(f"sampling.figure.{label}") for label in labels},
    )


def _say(state: State, name: str) -> Callable[[str], str]:
    return lambda option: state.words(f"sampling.{name}.{option}")


@live
def page(state: State) -> None:
    """Everything above the lesson: settings that teach something, the text so far, and the instrument."""
    words = state.words
    bare = {"label_visibility": "collapsed"}
    with st.container(horizontal=True, vertical_alignment="center"):
        controls.parts(state, PARTS)
        controls.choice(state, "text", tuple(EXAMPLES), words("sampling.text"), _say(state, "text"), **bare)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(words("sampling.example"), width="content")
        if state["part"] == "draws" and not state.present:
            _presets(state)
    (draws if state["part"] == "draws" else soft)(state)


def _presets(state: State) -> None:
    with st.container(horizontal=True, horizontal_alignment="right", gap="xsmall", key="results"):
        for name, values in PRESETS.items():
            controls.button(state, state.words(f"sampling.preset.{name}"), values, f"preset.{name}")


def draws(state: State) -> None:
    """The distribution, and 1,000 draws from it, over the handles of temperature and filters."""
    words, lang = state.words, state["lang"]
    base, shape = _sampler(state.base(_MOVING)), look(state, 1.33)
    named = _named(state, "probability", "ghost", "now", "drawn", "missed")
    show_chart(
        state,
        keep(("next word", base, lang, shape), lambda: drawing.bars(base, named, shape)),
        key="chart-sampling",
        alt=words("sampling.alt", words=", ".join(named.words)),
    )
    _filter_handles()
    if state.present:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        controls.select(state, "order", ORDERS, words("sampling.order"), _say(state, "order"), width=330)
        again = {"seed": (int(state["seed"]) + 1) % 10_000}
        controls.button(state, words("sampling.again"), again, "again", icon=":material/casino:")
        download(state, "next-word", lambda: drawing.data_csv(_sampler(state.values), named.words))


@live
def _filter_handles(state: State) -> None:
    words, asked = state.words, _sampler(state.values)
    slots = {name: slot(name) for name in drawing.present_words(asked)}

    def handle(name: str) -> Handle:
        made = keep(("filter film", name, asked), lambda: encoded(drawing.film(asked, name)))
        return Handle(name, words(f"sampling.handle.{name}"), made, small=True)

    scrubber(
        state,
        [handle(name) for name in FILTERS],
        chart="chart-sampling",
        readout=[line(words(f"sampling.line.{part}", **slots)) for part in ("left", "draws")],
        words=drawing.present_words(asked),
        resets=(*FILTERS, "order"),
        key="scrubber-sampling",
    )


def soft(state: State) -> None:
    """The teacher's soft targets beside the student's guesses, and the size of the gradient over the temperature."""
    words, lang, shape = state.words, state["lang"], look(state, 1.1)
    drawn = state.base(_MOVING)
    example, temperature = drawn["text"], float(drawn["soft"])
    named = _named(state, "probability", "teacher", "student")
    labels = {
        label: words(f"sampling.figure.{label}") for label in ("temperature", "size", "plain", "weighted", "limit")
    }
    draw: dict[str, Callable[[], Any]] = {
        "targets": lambda: distillation.targets(example, temperature, named, shape),
        "gradient": lambda: distillation.gradient(example, temperature, labels, shape),
    }
    for place, chart in zip(st.columns(2), distillation.CHARTS, strict=True):
        with place:
            show_chart(
                state,
                keep((chart, example, temperature, lang, shape), draw[chart]),
                key=f"chart-{chart}",
                alt=words(f"sampling.alt.{chart}"),
            )
    _soft_handle()
    below(
        state,
        words("sampling.note.soft"),
        "soft-targets",
        lambda: distillation.data_csv(state["text"], float(state["soft"]), named.words),
    )


@live
def _soft_handle(state: State) -> None:
    words, example, temperature = state.words, state["text"], float(state["soft"])
    told = distillation.present_words(example, temperature)
    film = keep(("soft film", example, temperature), lambda: encoded(distillation.film(example, temperature)))
    slots = {name: slot(name) for name in told}
    scrubber(
        state,
        [Handle("soft", words("sampling.handle.t"), film)],
        chart=[f"chart-{chart}" for chart in distillation.CHARTS],
        readout=[line(words(f"sampling.line.{part}", **slots)) for part in ("soft", "gradient")],
        words=told,
        tools=("link", "svg"),
        key="scrubber-soft",
    )
