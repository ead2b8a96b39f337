"""The parts of the page on plain and residual stacks."""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

import activations
from activations.experiments import residual as experiment
from activations.experiments.residual import KINDS, Comparison, Normalisation, Passage, Settings
from figures import residual as drawing
from figures.residual import CHARTS, DEPTHS, OVER_BLOCKS, REFERENCES, SIGMA_W
from ui import controls, depth_common, entries, instrument
from ui.chart import show_chart
from ui.frame import title
from ui.runs import keep, progress_place, run, run_each
from ui.scrubber import Handle, encoded, scrubber, slot_table
from ui.state import State, live

EPOCHS = 15
PARTS = ("training", "start")
# What a block is: whether normalised, and whether the residual branch is divided by √L.
BLOCKS: dict[str, tuple[Normalisation, bool]] = {
    "scaled": ("none", True),
    "whole": ("none", False),
    "batch": ("batch", False),
}
STOPS = (4, 8, 16, 24, 32, 48, 64)
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
HE = round(math.sqrt(2), 9)  # a place of the handle for σ_w, as an address holds it
STARTS = (0.5, 1.0, 1.2, HE, 1.6, 2.0)
TABLE: entries.Table = (
    entries.Choice("part", "training", PARTS),
    entries.Choice("f", "relu", activations.names()),
    entries.Number("depth", 32, 4, 64, whole=True),
    entries.Number("sw", HE, 0.1, 4),
    entries.Choice("block", "scaled", tuple(BLOCKS)),
    entries.Number("rate", 0.05, 0.001, 2),
    entries.Number("seed", 0, 0, 9999, whole=True),
    entries.Number("epoch", EPOCHS, 0, EPOCHS, whole=True),
)
_USUAL = {"part": "training", "f": "relu", "depth": 32, "sw": HE, "block": "scaled", "rate": 0.05, "seed": 0}
PRESETS: dict[str, dict[str, Any]] = {
    "shallow": {"depth": 8},
    "deep": {},
    "deepest": {"depth": 64},
    "sigmoid": {"f": "sigmoid"},
    "batch": {"block": "batch"},
    "whole": {"block": "whole", "part": "start"},
}


@live
def page(state: State) -> None:
    """Everything above the lesson: the settings, and both networks in training or at their start."""
    with st.container(gap="xsmall", key="residual"):
        _page(state)


def _page(state: State) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        controls.parts(state, PARTS)
        if not state.present:
            presets(state)
    if not state.present:
        settings_row(state)
    progress_place(state)
    (training if state["part"] == "training" else start)(state)


def presets(state: State) -> None:
    """The settings that teach something, one click each."""
    with st.container(horizontal=True, horizontal_alignment="right", gap="xsmall", key="results"):
        for name, values in PRESETS.items():
            setting = _USUAL | {"part": state["part"], "epoch": EPOCHS} | values
            controls.button(state, state.words(f"residual.preset.{name}"), setting, f"preset.{name}")


def settings_row(state: State) -> None:
    """What can be set beforehand. Before training, depth and σ_w have handles of their own, and no rate counts."""
    words, lang = state.words, state["lang"]
    trains = state["part"] == "training"
    columns = st.columns([3, 4, 3, 3, 3, 2] if trains else [3, 4, 2, 7])
    with columns[0]:
        controls.select(state, "f", activations.names(), words("residual.f"), lambda name: title(name, lang))
    with columns[1]:
        controls.select(
            state, "block", tuple(BLOCKS), words("residual.block"), lambda name: words(f"residual.block.{name}")
        )
    if trains:
        usual: dict[str, Sequence[float]] = {"depth": STOPS, "sw": STARTS, "rate": RATES}
        for column, (name, stops) in zip(columns[2:], usual.items(), strict=False):
            with column:
                controls.stops(state, name, stops, words(f"residual.{name}"), lambda value: f"{value:.4g}")
    with columns[5 if trains else 2]:
        controls.number(state, "seed", words("residual.seed"), 0, 9999, 1)


def _settings(state: State, values: Any) -> Settings:
    normalisation, scaled = BLOCKS[state["block"]]
    return Settings(
        f=activations.get(state["f"]),
        normalisation=normalisation,
        scaled=scaled,
        depth=values["depth"],
        sigma_w=values["sw"],
        learning_rate=state["rate"],
        seed=state["seed"],
        epochs=EPOCHS,
    )


def _named(state: State) -> dict[str, str]:
    parts = ("accuracy", "block", "epoch", "plain", "residual", "test")
    return {part: state.words(f"residual.figure.{part}") for part in parts}


def _show(state: State, charts: Sequence[str], draw: Callable[[str], Any], key: Hashable, said: dict[str, Any]) -> None:
    """The charts beside one another, each under its title."""
    words = state.words
    for column, chart in zip(st.columns(len(charts)), charts, strict=True):
        with column, st.container(gap=None):
            st.markdown(f"**{words(f'residual.chart.{chart}')}**")
            show_chart(
                state,
                keep(("residual", chart, key, state["lang"], state.present), partial(draw, chart)),
                key=_key(state, chart),
                alt=words(f"residual.alt.{chart}", **said),
            )


def _key(state: State, chart: str) -> str:
    return f"chart-residual-{state['part']}-{chart}"


def _names(state: State) -> dict[str, str]:
    return {f"name{row}": state.words(f"residual.figure.{kind}") for row, kind in enumerate(KINDS)}


def _columns(state: State, *slots: str) -> dict[str, str]:
    return {slot: state.words(f"residual.column.{slot}") for slot in slots}


def trained(state: State) -> Comparison:
    """Both networks with the present settings, trained now or kept from before."""
    asked = _settings(state, state.values)
    works = [(("residual", asked, kind), partial(experiment.train, asked, kind)) for kind in KINDS]
    return experiment.side_by_side(*run_each(works, state.words("residual.training")))


def training(state: State) -> None:
    """Both networks over the epochs."""
    words, found = state.words, trained(state)
    for kind, epoch in zip(KINDS, found.diverged_at, strict=True):
        if epoch is not None:
            st.warning(words("residual.diverged", name=words(f"residual.figure.{kind}"), epoch=epoch))
    epoch = state.base({"epoch"})["epoch"]
    look, named = instrument.look(state), _named(state)

    def draw(chart: str) -> Any:
        if chart == "learning":
            return drawing.learning(found, epoch, named, look)
        ends = drawing.limits(chart, [found.passage])
        seen = drawing.at(found.passage, epoch)
        return drawing.over_blocks(seen, chart, ends, found.settings.depth, named, look)

    last = drawing.present_words(found, EPOCHS)
    said = {"blocks": found.settings.depth, "plain": last["learnt0"], "residual": last["learnt1"]}
    _show(state, CHARTS, draw, (found.settings, epoch), said | {"epochs": EPOCHS})
    over_epochs()
    instrument.below(state, words("residual.note"), "residual", lambda: drawing.training_csv(trained(state)))


@live
def over_epochs(state: State) -> None:
    """The handle for the epoch, and the numbers of both networks."""
    words, found = state.words, trained(state)
    film = keep(("residual epochs", found.settings), lambda: encoded(drawing.epoch_film(found, 0)))
    scrubber(
        state,
        [Handle("epoch", words("residual.epoch"), film, value=state["epoch"], alone=True)],
        chart=[_key(state, chart) for chart in CHARTS],
        readout=[
            slot_table(
                words("residual.network"),
                _columns(state, "learnt", "tested", "loss", "difference", "gradient"),
                len(KINDS),
            )
        ],
        words=drawing.present_words(found, state["epoch"]) | _names(state),
        tools=("link", "svg"),
        key="scrubber-residual",
    )


def begun(state: State, settings: Settings, sigma_w: Sequence[float]) -> Passage:
    """Signal and gradient at the start for some σ_w, measured now, in two halves, or kept from before."""
    asked = replace(settings, sigma_w=HE, learning_rate=RATES[0])  # neither counts: one measurement for all
    half = math.ceil(len(sigma_w) / 2)
    works = [
        (("residual start", asked, tuple(part)), partial(experiment.at_start, asked, part))
        for part in (sigma_w[:half], sigma_w[half:])
        if part
    ]
    return experiment.joined(run_each(works, state.words("residual.measuring")))


def _began(state: State, values: Any) -> Passage:
    """The start that `values` ask for."""
    return drawing.at(begun(state, _settings(state, values), (values["sw"],)), 0)


def _depths(state: State, settings: Settings) -> dict[int, Passage]:
    """The start at every depth at which the handle stops, and at the present one."""
    depths = sorted({*DEPTHS, settings.depth})
    asked = replace(settings, depth=DEPTHS[0], learning_rate=RATES[0])
    work = partial(experiment.at_depths, asked, depths)
    found = run(("residual depths", asked, tuple(depths)), work, state.words("residual.measuring"))
    return dict(zip(depths, found, strict=True))


def start(state: State) -> None:
    """Signal and gradient of both networks before training, with handles for depth and σ_w."""
    words = state.words
    state.around = None
    values = state.base({"depth", "sw", "epoch", "rate"})
    settings = _settings(state, values)
    shown, widest = _began(state, values), replace(settings, depth=DEPTHS[-1])
    edges, look, named = begun(state, widest, REFERENCES), instrument.look(state), _named(state)

    def draw(chart: str) -> Any:
        return drawing.over_blocks(shown, chart, drawing.limits(chart, [edges], drawing.BELOW), DEPTHS[-1], named, look)

    said = drawing.start_words([shown])
    numbers = {"blocks": settings.depth, "plain": said["difference0"][0], "residual": said["difference1"][0]}
    _show(state, OVER_BLOCKS, draw, settings, numbers)
    over_starts()
    instrument.below(
        state, words("residual.note"), "residual-start", lambda: drawing.start_csv(_began(state, state.values))
    )


@live
def over_starts(state: State) -> None:
    """The handles for depth and σ_w, and the numbers of both networks."""
    words, settings = state.words, _settings(state, state.values)
    state.stands_in((state["f"], state["block"], state["seed"]))
    mine = _began(state, state.values)
    starts = _depths(state, settings)
    sweep = begun(state, settings, SIGMA_W.tolist())
    depths = keep(("residual depths", settings), lambda: encoded(drawing.depth_film(starts, state["depth"])))
    scales = keep(("residual scales", settings), lambda: encoded(drawing.sigma_film(sweep, mine, state["sw"])))
    scrubber(
        state,
        [
            Handle("depth", words("residual.depth"), depths),
            depth_common.sigma_handle(state, scales),
        ],
        chart=[_key(state, chart) for chart in OVER_BLOCKS],
        readout=[slot_table(words("residual.network"), _columns(state, "size", "difference", "gradient"), len(KINDS))],
        words={slot: texts[0] for slot, texts in drawing.start_words([mine]).items()} | _names(state),
        tools=("link", "svg"),
        key="scrubber-residual-start",
    )
