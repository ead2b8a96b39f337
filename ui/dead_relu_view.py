"""The parts of the page on dying ReLUs."""

from base64 import b64encode
from dataclasses import replace
from functools import lru_cache, partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import activations
from activations.experiments import DyingLayer, Settings, Spread, spread, train
from figures import dead_relu as drawing
from figures import style
from ui import controls, dead_relu_predict
from ui.chart import download, show_chart
from ui.dead_relu_cures import cures
from ui.dead_relu_deep import layers, life
from ui.dead_relu_state import BIASES, EPOCHS, HIDE, LOOK, PARTS, PRESETS, RATES, TABLE, presets, settings_row
from ui.frame import title
from ui.runs import keep, progress_place, run_each
from ui.scrubber import Handle, encoded, scrubber, slot_table
from ui.state import State, live

OTHER = "leaky_relu"  # what is trained beside the chosen function
RESETS = ("f", "rate", "bias", "width", "seed", "epoch", "digit", *HIDE)
Spreads = list[tuple[str, Spread]]  # by the function's title

__all__ = ["BIASES", "PRESETS", "RATES", "TABLE", "page"]


@live
def page(state: State) -> None:
    """Everything above the lesson: the choice of the part, its settings, and the part."""
    with st.container(gap="xsmall", key="dead-head"):
        head(state)
    progress_place(state)
    {"run": one_layer, "layers": layers, "life": life, "cures": cures}[state["part"]](state)


def head(state: State) -> None:
    """The choice of the part, and what is set for it."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        controls.parts(state, PARTS, HIDE)
        if state["part"] in ("run", "layers"):
            dead_relu_predict.toggle(state)
    if state["part"] != "cures":
        presets(state)
        if not state.present and state["part"] != "life":
            settings_row(state)


def one_layer(state: State) -> None:
    """One hidden layer: the run over its epochs, silence, and other seeds."""
    if dead_relu_predict.asks(state, state["width"]):
        return
    instrument(state)
    beside = st.container(key="seeds-said")  # filled last, so that nothing waits for ten runs
    if not state.present:
        digit(state)
    seeds(state, beside)


def _settings(state: State, name: str) -> Settings:
    return Settings(
        f=activations.get(name),
        learning_rate=state["rate"],
        initial_bias=state["bias"],
        width=state["width"],
        seed=state["seed"],
        epochs=EPOCHS,
    )


def trained(state: State) -> tuple[DyingLayer, DyingLayer]:
    """The runs of the chosen function and of the one beside it, trained now or kept from before."""
    asked = [_settings(state, name) for name in (state["f"], OTHER)]
    works = [(("train", one), partial(train, one)) for one in asked]
    mine, beside = run_each(works, state.words("dead_relu.training"))
    return mine, beside


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
    mine, beside = trained(state)
    dead_relu_predict.answers(state, state["width"], int(mine.dead[-1]))
    for result in (mine, beside):
        if result.diverged_at is not None:
            name = title(result.settings.f.name, lang)
            st.warning(words("dead_relu.diverged", name=name, epoch=result.diverged_at))
    last = len(drawing.epochs(mine, beside)) - 1
    drawn = state.base({"epoch", "digit", "spread", "guess"})
    look = style.CLASSROOM if state.present else LOOK
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
    state.around = None
    over_epochs()


@live
def over_epochs(state: State) -> None:
    """The handle for the epoch, and the numbers of both runs."""
    words, lang = state.words, state["lang"]
    state.stands_in(_settings(state, state["f"]))
    mine, beside = trained(state)
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
        tools=("reset", "link", "svg"),
        resets=RESETS,
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
        mine, beside = trained(state)
        download(state, "dead_relu", lambda: drawing.data_csv(mine, beside))


def _spreads(state: State) -> Spreads:
    """The runs with ten seeds of the chosen function, and of the one beside it."""
    # the spread trains the seeds 0 to 9, whatever the seed of the one run
    asked = {name: replace(_settings(state, name), seed=0) for name in (state["f"], OTHER)}
    works = [(("spread", one), partial(spread, one, 10)) for one in asked.values()]
    found = run_each(works, state.words("dead_relu.training_seeds"))
    return [(title(name, state["lang"]), result) for name, result in zip(asked, found, strict=True)]


def _say_spreads(state: State, found: Spreads) -> None:
    said = [
        state.words(
            f"dead_relu.seeds.said.{drawing.spread_kind(result)}",
            name=name,
            width=state["width"],
            **drawing.spread_words(result),
        )
        for name, result in found
    ]
    st.markdown("  \n".join(said))


def seeds(state: State, beside: DeltaGenerator) -> None:
    """The same settings with ten seeds, for one run is chance: in words `beside` the run, and as a figure."""
    words = state.words
    if not state.present:
        st.header(words("dead_relu.seeds.heading"), anchor="seeds")
        controls.toggle(state, "spread", words("dead_relu.seeds.show"))
    if not state["spread"]:
        return
    with beside:
        state.place = st.empty()  # the one above the instrument may be out of sight
        found = _spreads(state)
        _say_spreads(state, found)
    if state.present:
        return
    named = {
        "dead_units": words("dead_relu.figure.dead_units"),
        "accuracy": words("dead_relu.figure.accuracy"),
        "seed": words("dead_relu.seed"),
    }
    show_chart(state, drawing.seeds(found, named), key="chart-seeds", alt=words("dead_relu.seeds.alt"))
    download(state, "dead_relu-seeds", lambda: drawing.seeds_csv([result for _, result in found]))
