"""The parts of the page on dying ReLUs."""

from base64 import b64encode
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import streamlit as st

import activations
from activations.experiments import DyingLayer, Settings, spread, train
from figures import dead_relu as drawing
from figures import style
from ui import controls, entries
from ui.chart import download, show_chart
from ui.frame import title
from ui.runs import cancelled, keep, run
from ui.scrubber import Handle, encoded, scrubber, slot_table
from ui.state import State, live

EPOCHS = 60
OTHER = "leaky_relu"  # what is trained beside the chosen function
RATES = (0.01, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0)
BIASES = (-3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0)
WIDTHS = (4, 8, 16, 32, 64, 128)
TABLE: entries.Table = (
    entries.Choice("f", "relu", activations.names()),
    entries.Number("rate", 0.2, 0.001, 10),
    entries.Number("bias", 0.0, -5, 5),
    entries.Number("width", 32, 1, 128, whole=True),
    entries.Number("seed", 0, 0, 9999, whole=True),
    entries.Number("epoch", EPOCHS, 0, EPOCHS, whole=True),
    entries.Number("digit", 3, 0, 9, whole=True),
    entries.Flag("spread", True),
)
PRESETS: dict[str, dict[str, Any]] = {
    "healthy": {"f": "relu", "rate": 0.2, "bias": 0.0},
    "deadly": {"f": "relu", "rate": 2.0, "bias": 0.0},
    "bias": {"f": "relu", "rate": 0.2, "bias": -2.0},
    "leaky": {"f": "leaky_relu", "rate": 2.0, "bias": 0.0},
}


@live
def page(state: State) -> None:
    """Everything above the lesson: the settings, the run over its epochs, silence, and other seeds."""
    presets(state)
    if not state.present:
        settings_row(state)
    cancelled(state)
    instrument(state)
    if not state.present:
        digit(state)
        seeds(state)


def presets(state: State) -> None:
    """The settings that teach something, one click each."""
    with st.container(horizontal=True, gap="small"):
        for name, values in PRESETS.items():
            same = {"width": 32, "seed": 0, "epoch": EPOCHS}
            controls.button(state, state.words(f"dead_relu.preset.{name}"), same | values, f"preset.{name}")


def settings_row(state: State) -> None:
    """What can be set before training; letting go of one trains again."""
    words = state.words
    columns = st.columns([3, 3, 3, 3, 2])
    with columns[0]:
        controls.select(state, "f", activations.names(), words("dead_relu.f"), lambda name: title(name, state["lang"]))
    for column, (name, stops) in zip(columns[1:], (("rate", RATES), ("bias", BIASES), ("width", WIDTHS)), strict=False):
        with column:
            controls.stops(state, name, stops, words(f"dead_relu.{name}"), lambda value: f"{value:g}".replace("-", "−"))
    with columns[4]:
        controls.number(state, "seed", words("dead_relu.seed"), 0, 9999, 1)


def _settings(state: State, name: str) -> Settings:
    return Settings(
        f=activations.get(name),
        learning_rate=state["rate"],
        initial_bias=state["bias"],
        width=state["width"],
        seed=state["seed"],
        epochs=EPOCHS,
    )


def trained(state: State, name: str) -> DyingLayer:
    """The run of one function with the present settings, trained now or kept from before."""
    asked = _settings(state, name)
    return run(("train", asked), partial(train, asked), state.words("dead_relu.training"))


def _figure_words(state: State) -> dict[str, str]:
    parts = ("unit", "active", "dead", "epoch")
    named = {part: state.words(f"dead_relu.figure.{part}") for part in parts}
    return named | {
        "run": state.words("dead_relu.figure.accuracy_of", name=title(state["f"], state["lang"])),
        "other": state.words("dead_relu.figure.accuracy_of", name=_beside(state)),
    }


def _beside(state: State) -> str:
    return state.words("dead_relu.beside", name=title(OTHER, state["lang"]))


def instrument(state: State) -> None:
    """The run over its epochs, with the same seed and Leaky ReLU beside it."""
    words, lang = state.words, state["lang"]
    mine, beside = trained(state, state["f"]), trained(state, OTHER)
    for result in (mine, beside):
        if result.diverged_at is not None:
            name = title(result.settings.f.name, lang)
            st.warning(words("dead_relu.diverged", name=name, epoch=result.diverged_at))
    last = len(drawing.epochs(mine, beside)) - 1
    drawn = state.base({"epoch", "digit", "spread"})
    look = style.CLASSROOM if state.present else style.LOW
    start = min(drawn["epoch"], last)
    show_chart(
        state,
        keep(
            ("dead_relu figure", mine.settings, start, lang, look),
            lambda: drawing.figure(mine, beside, start, _figure_words(state), look),
        ),
        key="chart-dead",
        alt=words("dead_relu.alt", width=state["width"], dead=int(mine.dead[last]), epochs=last),
    )
    over_epochs()


@live
def over_epochs(state: State) -> None:
    """The handle for the epoch, and the numbers of both runs."""
    words, lang = state.words, state["lang"]
    mine, beside = trained(state, state["f"]), trained(state, OTHER)
    epoch = min(state["epoch"], len(drawing.epochs(mine, beside)) - 1)
    film = keep(
        ("dead_relu film", mine.settings, state["digit"]),
        lambda: encoded(drawing.film(mine, beside, 0, state["digit"])),
    )
    columns = {part: words(f"dead_relu.column.{part}") for part in ("dead", "accuracy", "loss")}
    columns["silent"] = words("dead_relu.column.silent", digit=state["digit"])
    scrubber(
        state,
        [Handle("epoch", words("dead_relu.epoch"), film, value=epoch, alone=True)],
        chart="chart-dead",
        readout=[slot_table(words("dead_relu.run"), columns, 2)],
        words=drawing.present_words(mine, beside, epoch, state["digit"])
        | {"name0": title(state["f"], lang), "name1": _beside(state)},
        tools=() if state.present else ("link", "svg"),
        key="scrubber-dead",
    )


@lru_cache(maxsize=10)
def _digit_picture(digit: int) -> str:
    return "data:image/svg+xml;base64," + b64encode(drawing.digit_picture(digit).encode()).decode()


def digit(state: State) -> None:
    """The digit on which silence is counted, and what tells silent from dead."""
    words = state.words
    with st.container(horizontal=True, vertical_alignment="center"):
        controls.choice(state, "digit", range(10), words("dead_relu.digit"), str, wrap=True)
        st.markdown(f"![{state['digit']}]({_digit_picture(state['digit'])})", width="content")
        st.markdown(words("dead_relu.silent_or_dead"), width="stretch")
        mine, beside = trained(state, state["f"]), trained(state, OTHER)
        download(state, "dead_relu", lambda: drawing.data_csv(mine, beside))


def seeds(state: State) -> None:
    """The same settings with ten seeds, for one run is chance."""
    words, lang = state.words, state["lang"]
    st.header(words("dead_relu.seeds.heading"), anchor="seeds")
    controls.toggle(state, "spread", words("dead_relu.seeds.show"))
    if not state["spread"]:
        return
    found = []
    for name in dict.fromkeys((state["f"], OTHER)):
        # the spread trains the seeds 0 to 9, whatever the seed of the one run
        asked = replace(_settings(state, name), seed=0)
        label = words("dead_relu.training_seeds", name=title(name, lang))
        found.append((name, run(("spread", asked), partial(spread, asked, 10), label)))
    named = {
        "dead_units": words("dead_relu.figure.dead_units"),
        "accuracy": words("dead_relu.figure.accuracy"),
        "seed": words("dead_relu.seed"),
    }
    figure, text = st.columns([3, 2])
    with figure:
        show_chart(
            state,
            drawing.seeds([(title(name, lang), result) for name, result in found], named),
            key="chart-seeds",
            alt=words("dead_relu.seeds.alt"),
        )
    with text:
        for name, result in found:
            said = drawing.spread_words(result)
            st.markdown(words("dead_relu.seeds.said", name=title(name, lang), width=state["width"], **said))
        download(state, "dead_relu-seeds", lambda: drawing.seeds_csv([result for _, result in found]))
