"""The parts of the playground: presets, settings, the decision surface over the epochs, and what stands beside it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from time import perf_counter
from typing import Any

import streamlit as st

from activations.experiments import datasets, own_points, playground
from activations.experiments.own_points import PointsError
from activations.experiments.playground import MOST_STEPS, Run, Settings, steps_an_epoch
from activations.experiments.presets import PRESETS
from activations.experiments.recording import frame_epochs
from figures import style, train_parts, train_units
from figures import train as drawing
from figures.numbers import number
from figures.train import Moving
from ui import controls, train_controls, train_numbers
from ui.chart import download, show_chart
from ui.language import Words
from ui.runs import keep, progress_place, run_each
from ui.scrubber import Handle, Pick, encoded, scrubber, slot_table
from ui.state import State, live
from ui.train_controls import UNTRAINED
from ui.train_state import LAST, OF_A_RUN, PARTS, SIDES, differing, settings_of, values_of

SURFACE = "chart-train"
# A chart of its own for each part, lest a frame of one is put on another.
PART_CHARTS = {part: f"chart-train-part-{part}" for part in PARTS}
# What a preset is about is seen in one of the parts.
PART_OF = {"linear": "curves", "layer": "units", "vanishing": "layers", "dying": "layers", "xor": "functions",
           "xor_two": "functions", "spiral": "units", "hills": "curves", "runaway": "curves"}  # fmt: skip
LOOK = replace(style.SCREEN, height=330, font=13, marker=10)


@live
def page(state: State) -> None:
    """Everything above the lesson."""
    with st.container(gap="xsmall", key="train"):
        if not state.present:
            presets(state)
            settings(state)
        try:
            asked = settings_of(state.values)
        except PointsError as fault:
            board(state, fault)
            return
        _capped(state, asked)
        progress_place(state)
        instrument(state, asked)


def presets(state: State) -> None:
    """The settings that teach something, one click each."""
    with st.container(horizontal=True, gap="xxsmall", key="train-presets"):
        for name, asked in PRESETS.items():
            values = values_of(asked) | {"part": PART_OF[name]}
            controls.button(state, state.words(f"train.preset.{name}"), values, f"preset.{name}")


def settings(state: State) -> None:
    """What is learnt, by which network, and the button that trains it."""
    words = state.words
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="train-settings"):
        train_controls.points(state)
        train_controls.layers(state)
        train_controls.more(state)
        copied = {f"{name}2": state[name] for name in OF_A_RUN} if not state["race"] else {}
        controls.toggle(state, "race", words("train.race"), UNTRAINED | copied)
        if not state["race"]:
            _train(state)
    if state["race"]:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="train-settings2"):
            st.markdown(words("train.against"), width="content")
            train_controls.layers(state, "2")
            train_controls.more(state, "2")
            _train(state)
    if state["data"] == "own":
        train_controls.own(state)


def _train(state: State) -> None:
    """The button that trains, and beforehand how long it will take."""
    words = state.words
    try:
        asked = settings_of(state.values)
    except PointsError:
        asked = ()
    controls.button(
        state, words("train.train"), {"run": True} | LAST, "train", icon=":material/play_arrow:",
        disabled=state["run"] or not asked,
    )  # fmt: skip
    if asked:
        steps = sum(one.epochs * steps_an_epoch(one) for one in asked)
        seconds = sum(_duration(one) for one in asked)
        how_long = "train.steps" if seconds >= 0.1 else "train.steps.quick"
        st.caption(words(how_long, steps=f"{steps:,}", seconds=f"{seconds:.1f}"), width="content")


def _duration(asked: Settings) -> float:
    """About how many seconds a run takes on this machine: a few of its steps are timed, and a look at the network."""
    trial = replace(asked, epochs=0)

    def fastest(steps: int, looks: int) -> float:
        times = []
        for _ in range(4):  # the fastest counts: other readers' scripts can only add
            began = perf_counter()
            playground.trial(trial, steps, looks)
            times.append(perf_counter() - began)
        return min(times)

    # before the first look much is prepared, once
    step, look = keep(
        ("playground pace", trial), lambda: (fastest(10, 0) / 10, max(0.0, fastest(0, 2) - fastest(0, 1)))
    )
    return float(asked.epochs * steps_an_epoch(asked) * step + len(frame_epochs(asked.epochs)) * look)


def _capped(state: State, asked: Sequence[Settings]) -> None:
    if asked[0].epochs < state["epochs"]:
        said = state.words("train.capped", most=f"{MOST_STEPS:,}", epochs=asked[0].epochs, asked=state["epochs"])
        st.warning(said)


def board(state: State, fault: PointsError) -> None:
    """A reader's points while there are too few to learn from."""
    st.info(train_controls.said(state, fault), icon=":material/info:")
    values = sorted({value for *_, value in state["own"]})
    labels = [values.index(value) % own_points.CLASSES for *_, value in state["own"]]
    figure = drawing.board([point[:2] for point in state["own"]], labels, datasets.BOARD, LOOK)
    show_chart(state, figure, key=SURFACE, alt=state.words("train.alt.board", count=len(state["own"])))
    hear()


@live
def hear(state: State) -> None:
    """Clicks on the board, heard by a scrubber without handles."""
    state.stands_in(state["own"])
    scrubber(
        state, [], chart=SURFACE, readout=[], words={}, tools=(), key="scrubber-board",
        picked=lambda pick: _set_point(state, pick, None),
    )  # fmt: skip


def _runs(state: State, asked: Sequence[Settings]) -> list[Run]:
    """The runs, trained now or kept from before; before training, of the untrained networks."""
    if not state["run"]:
        untrained = [replace(one, epochs=0) for one in asked]
        return [keep(("playground", one), partial(playground.train, one)) for one in untrained]
    works = [(("playground", one), partial(playground.train, one)) for one in asked]
    return run_each(works, state.words("train.training"))


def _titles(state: State, asked: Sequence[Settings]) -> list[str]:
    """What tells two runs apart."""
    differ = differing(tuple(asked))
    if "layers" in differ or len(asked) == 1:
        return [_network_in_words(state, one) for one in asked]
    of_fields = {
        "learning_rate": "η = {:g}",
        "scale": "g = {:g}",
        "batch": "B = {:g}",
        "l1": "λ₁ = {:g}",
        "l2": "λ₂ = {:g}",
    }
    of_words = {"loss": "loss", "optimiser": "opt", "initialisation": "init"}
    found = []
    for one in asked:
        numbers = [text.format(getattr(one, name)) for name, text in of_fields.items() if name in differ]
        named = [state.words(f"train.{of_words[name]}.{getattr(one, name)}") for name in of_words if name in differ]
        found.append(", ".join([*named, *numbers]) or _network_in_words(state, one))
    return found


def _network_in_words(state: State, asked: Settings) -> str:
    """The hidden layers, those with the same function together: Tanh 16-8, ReLU 8."""
    groups = groupby(asked.layers, key=lambda layer: layer.f)
    named = [
        f"{train_controls.brief(state, f.name)} {'-'.join(str(layer.width) for layer in same)}" for f, same in groups
    ]
    return ", ".join(named) or state.words("train.layers.none")


def _figure_words(state: State, part: str) -> dict[str, str]:
    said = {
        "surface": ("learnt", "tested"),
        "units": ("dead",),
        "curves": ("epoch", "loss", "losses", "accuracy", "r2", "learnt", "tested"),
        "layers": ("layer", "output", "gradient", "dead_share", "saturated"),
        "functions": ("z", "layer_of"),
        "numbers": (),
    }
    return {name: state.words(f"train.figure.{name}") for name in said[part]}


class Shown:
    """What of the runs is looked at, brought into what there is of them."""

    def __init__(self, state: State, runs: Sequence[Run]) -> None:
        self.side = min(SIDES.index(state["side"]), len(runs) - 1)
        hidden = runs[self.side].settings.layers
        outputs = runs[self.side].network.sizes[-1]
        self.part = state["part"]
        # only the numbers are shown of the output layer too
        self.layers = len(hidden) + (self.part == "numbers")
        self.layer = min(state["layer"], max(self.layers, 1)) - 1
        width = hidden[self.layer].width if self.layer < len(hidden) else outputs
        self.width, self.unit = width, min(state["unit"], width) - 1
        self.point = min(state["point"], len(runs[0].points.labels)) - 1
        self.is_empty = self.layers == 0 and self.part in ("units", "functions")

    @property
    def key(self) -> tuple[Any, ...]:
        """What the film depends on."""
        return self.part, self.layer if self.part == "units" else 0, self.side


def instrument(state: State, asked: Sequence[Settings]) -> None:
    """The decision surface with the handle for the epoch under it, and beside it the part that is chosen."""
    runs = _runs(state, asked)
    titles = _titles(state, asked)
    for one, name in zip(runs, titles, strict=True):
        if one.divergence:
            st.warning(_diverged(state, one, name if len(runs) > 1 else ""))
    shown, look, wide = Shown(state, runs), _look(state), _look(state, len(runs) > 1)
    drawn = state.base({"epoch"})
    epoch = drawing.nearest(runs, drawn["epoch"])
    surface, beside = st.columns([5, 4] if len(runs) > 1 else [4, 5])
    with surface:
        last = drawing.present_words(runs, epoch)
        show_chart(
            state,
            keep(
                ("train surface", *asked, state["run"], epoch, shown.point, state["lang"], wide),
                lambda: drawing.surface(runs, epoch, shown.point, titles, _figure_words(state, "surface"), wide),
            ),
            key=SURFACE,
            alt=state.words(
                "train.alt.surface", epoch=last["epoch"], score=last["score_learnt0"], loss=last["loss_learnt0"]
            ),
        )
        over_epochs()
    with beside:
        _choices(state, runs, shown, titles)
        _part(state, asked, runs, shown, epoch, titles, look)


def _look(state: State, is_race: bool = False) -> style.Look:
    """Two surfaces side by side are not as high as one."""
    return style.CLASSROOM if state.present else replace(LOOK, height=290) if is_race else LOOK


def _choices(state: State, runs: Sequence[Run], shown: Shown, titles: Sequence[str]) -> None:
    words = state.words
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="train-choices"):
        controls.parts(state, PARTS)
        if len(runs) > 1 and shown.part in ("units", "functions", "numbers"):
            controls.choice(
                state, "side", SIDES, words("train.side"), lambda side: titles[SIDES.index(side)],
                label_visibility="collapsed",
            )  # fmt: skip
        if shown.part in ("units", "numbers") and shown.layers > 1:
            state.values["layer"] = shown.layer + 1
            controls.choice(
                state, "layer", range(1, shown.layers + 1), words("train.figure.layer"),
                partial(_layer_name, state, len(runs[shown.side].settings.layers)), label_visibility="collapsed",
            )  # fmt: skip


def _layer_name(state: State, hidden: int, layer: int) -> str:
    return state.words("train.layer", number=layer) if layer <= hidden else state.words("train.figure.output")


def _part(
    state: State,
    asked: Sequence[Settings],
    runs: Sequence[Run],
    shown: Shown,
    epoch: int,
    titles: Sequence[str],
    look: style.Look,
) -> None:
    words = state.words
    if shown.is_empty:
        st.info(words("train.no_layers"))
        return
    if shown.part == "numbers":
        _numbers(state, runs, shown)
        return
    said = _figure_words(state, shown.part)
    names = [train_controls.brief(state, layer.f.name) for layer in runs[shown.side].settings.layers]
    draw = {
        "units": lambda: train_units.units(runs, epoch, shown.layer, shown.unit, shown.side, said, look),
        "curves": lambda: train_parts.curves(runs, epoch, titles, said, look),
        "layers": lambda: train_parts.layers(runs, epoch, titles, said, look),
        "functions": lambda: train_parts.functions(runs, epoch, shown.side, names, said, look),
    }
    key = ("train part", *asked, state["run"], epoch, *shown.key, shown.unit, state["lang"], look)
    show_chart(state, keep(key, draw[shown.part]), key=PART_CHARTS[shown.part], alt=words(f"train.alt.{shown.part}"))
    if not state.present:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            note = words(f"train.note.{shown.part}")
            if shown.part == "curves" and "loss" in differing(tuple(asked)):
                note = words("train.note.mixed")
            st.caption(note, width="stretch")
            download(state, "train", lambda: _data(state, runs, shown))


def _data(state: State, runs: Sequence[Run], shown: Shown) -> str:
    run, epoch = runs[shown.side], drawing.nearest(runs, state["epoch"])
    if shown.part == "units":
        return train_units.data_csv(run, epoch, shown.layer)
    return train_parts.functions_csv(run, epoch) if shown.part == "functions" else drawing.data_csv(runs)


def _numbers(state: State, runs: Sequence[Run], shown: Shown) -> None:
    words = state.words
    state.values["unit"], state.values["point"] = shown.unit + 1, shown.point + 1
    with st.container(horizontal=True, gap="small"):
        controls.number(state, "point", words("train.point"), 1, len(runs[0].points.labels), 1)
        controls.number(state, "unit", words("train.unit"), 1, shown.width, 1)
    (frame,) = drawing.rows([runs[shown.side]], [drawing.nearest(runs, state["epoch"])])
    with st.container(key="train-numbers"):
        train_numbers.show(state, runs[shown.side], int(frame[0]), shown.point, shown.layer, shown.unit)


def _moving(runs: Sequence[Run], shown: Shown) -> Moving:
    if shown.is_empty or shown.part == "numbers":
        return Moving()
    all_rows = drawing.rows(runs, drawing.positions(runs))
    make = {
        "units": lambda: train_units.units_moving(runs, all_rows, shown.layer, shown.side),
        "curves": lambda: train_parts.curves_moving(runs, all_rows),
        "layers": lambda: train_parts.layers_moving(runs, all_rows),
        "functions": lambda: train_parts.functions_moving(runs, all_rows, shown.side),
    }
    return make[shown.part]()


@live
def over_epochs(state: State) -> None:
    """The handle for the epoch, the numbers of the runs, and what a click on a chart means."""
    words = state.words
    asked = settings_of(state.values)
    runs = _runs(state, asked)
    shown, titles = Shown(state, runs), _titles(state, asked)
    epoch = drawing.nearest(runs, state["epoch"])
    own = state["own"] if state["data"] == "own" else None
    state.stands_in((shown.point, shown.unit, own, epoch if shown.part == "numbers" else None))
    film = keep(
        ("train film", *asked, state["run"], *shown.key),
        lambda: encoded(drawing.film(runs, 0, _moving(runs, shown))),
    )
    # one alone is told by its shape, which is short: 2-8-8-2
    names = titles if len(runs) > 1 else ["-".join(map(str, runs[0].network.sizes))]
    columns = columns_of(words, asked)

    def picked(pick: Pick) -> None:
        if pick.chart == SURFACE:
            _set_point(state, pick, drawing.point_at(runs[0].points, pick.trace, pick.point))
        elif shown.part == "units":
            unit = train_units.unit_at(shown.width, pick.x, pick.y)
            if unit is not None:
                state.set(unit=unit + 1)

    scrubber(
        state,
        [Handle("epoch", words("train.figure.epoch"), film, value=epoch, lazy=True)],
        chart=(SURFACE, PART_CHARTS[shown.part]),
        readout=[slot_table(words("train.network"), columns, len(runs), close=True)],
        words=drawing.present_words(runs, epoch) | {f"name{row}": name for row, name in enumerate(names)},
        tools=("link", "svg"),
        key="scrubber-train",
        picked=picked,
    )


def _set_point(state: State, pick: Pick, index: int | None) -> None:
    """A click on the surface: a point that is there is chosen; a reader's own are set and taken away."""
    if state["data"] != "own" or not state["pen"]:
        if index is not None:
            state.set(point=index + 1)
        return
    points = list(state["own"])
    if index is None and pick.trace == 0 and pick.point is not None:  # on the board, which has one trace
        index = pick.point
    if index is not None:
        del points[index]
    elif len(points) < own_points.MOST:
        points.append((round(pick.x, 2), round(pick.y, 2), float(state["pen"])))
    state.set(own=own_points.read(own_points.written(points)), **UNTRAINED)


def _large(value: float) -> str:
    return f"{value:,.0f}" if 100 <= value < 1e7 else number(value, 3)


def columns_of(words: Words, asked: Sequence[Settings]) -> dict[str, str]:
    """The slots of the table and their headings: the score is R² where numbers are learnt, and a race may have both."""
    regressions = {one.loss == "squared" for one in asked}
    which = ".both" if len(regressions) > 1 else ".r2" if True in regressions else ""
    parts = ("loss_learnt", "loss_tested", "score_learnt", "score_tested")
    return {part: words(f"train.column.{part}{which if 'score' in part else ''}") for part in parts}


def _diverged(state: State, one: Run, name: str) -> str:
    """At which step, in which layer and why a run has diverged."""
    words, found = state.words, one.divergence
    assert found is not None

    def place(layer: int) -> str:
        is_output = layer == len(one.settings.layers)
        return words("train.diverged.output") if is_output else words("train.diverged.layer", number=layer + 1)

    overshoot = playground.overshoot(one.settings)
    factor = "" if overshoot is None else f"{overshoot:.3g}".replace("-", "−")
    said = words(
        f"train.diverged.{found.cause}",
        step=f"{found.step:,}",
        epoch=found.epoch,
        layer=place(found.layer),
        gradient=_large(found.gradient),
        rate=f"{one.settings.learning_rate:g}",
        before=_large(found.before),
        after=_large(found.after),
        factor=factor if one.settings.optimiser == "sgd" else words("train.diverged.about", factor=factor),
        last=int(one.epochs[-1]),
    )
    if found.overflow:
        step, where = found.overflow
        said += words("train.diverged.overflow", step=f"{step:,}", layer=place(where))
    return f"**{name}** {said}" if name else said
