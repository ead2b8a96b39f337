"""Several hidden layers: where their dead units are, and one unit followed through its life."""

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

import activations
from activations.experiments import dying_network
from activations.experiments.dying_network import DyingNetwork, Life, Settings
from figures import dead_layers, dead_life, style
from ui import controls, dead_relu_predict
from ui.chart import download, show_chart
from ui.dead_relu_state import DEEPEST, EPOCHS, LOOK, WIDEST, settings
from ui.frame import title
from ui.runs import keep, run
from ui.scrubber import Handle, Pick, encoded, scrubber, slot_table
from ui.state import State, live

LAYERS, LIFE, TURN = "chart-dead-layers", "chart-dead-life", "chart-dead-turn"
MOVING = {"epoch", "digit", "turn"}


def _settings(state: State) -> Settings:
    return Settings(
        f=activations.get(state["f"]),
        hidden=state["hidden"],
        learning_rate=state["rate"],
        initial_bias=state["bias"],
        width=min(state["width"], WIDEST),
        seed=state["seed"],
        epochs=EPOCHS,
    )


def trained(state: State) -> DyingNetwork:
    """The network with the present settings, trained now or kept from before."""
    asked = _settings(state)
    found: DyingNetwork = run(
        ("dying network", asked), partial(dying_network.train, asked), state.words("dead_relu.training")
    )
    return found


def _said_before(state: State, network: DyingNetwork) -> None:
    """What the reader must know of this run: fewer units than asked for, or an early end."""
    if state["width"] > WIDEST:
        st.info(state.words("dead_relu.widest", most=WIDEST, asked=state["width"]))
    if network.diverged_at is not None:
        name = title(state["f"], state["lang"])
        st.warning(state.words("dead_relu.diverged", name=name, epoch=network.diverged_at))


def _layer_names(state: State, network: DyingNetwork) -> list[str]:
    return [state.words("dead_relu.layer", number=layer + 1) for layer in range(network.settings.hidden)]


# --- all layers ---------------------------------------------------------------------------------------


def layers(state: State) -> None:
    """Every layer's units over the epochs."""
    units = state["hidden"] * min(state["width"], WIDEST)
    if dead_relu_predict.asks(state, units):
        return
    words, lang = state.words, state["lang"]
    network = trained(state)
    dead_relu_predict.answers(state, units, int(network.dead[-1].sum()))
    _said_before(state, network)
    last = len(network.accuracy) - 1
    # a fourth layer's row in the table takes its place from the figure
    look = style.CLASSROOM if state.present else replace(LOOK, height=LOOK.height - 30 * (state["hidden"] == DEEPEST))
    start = min(state.base(MOVING)["epoch"], last)
    named = {part: words(f"dead_relu.figure.{part}") for part in ("unit", "epoch", "dead", "dead_count")}
    show_chart(
        state,
        keep(
            ("dead layers figure", network.settings, start, lang, look),
            lambda: dead_layers.figure(network, start, _layer_names(state, network), named, look),
        ),
        key=LAYERS,
        alt=words(
            "dead_relu.layers.alt",
            layers=state["hidden"],
            epochs=last,
            dead=", ".join(str(count) for count in network.dead[-1].sum(axis=1).tolist()),
        ),
    )
    layers_over_epochs()
    if not state.present:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(words("dead_relu.layers.note"), width="stretch")
            download(state, "dead_relu-layers", lambda: dead_layers.data_csv(network))


@live
def layers_over_epochs(state: State) -> None:
    """The handle for the epoch, the numbers of every layer, and a click on a unit, whose life is then shown."""
    words = state.words
    network = trained(state)
    state.stands_in(state["part"])
    epoch = min(state["epoch"], len(network.accuracy) - 1)
    film = keep(
        ("dead layers film", network.settings, state["digit"]),
        lambda: encoded(dead_layers.film(network, 0, state["digit"])),
    )
    columns = {part: words(f"dead_relu.column.{part}") for part in ("dead", "cut", "back")}
    columns["silent"] = words("dead_relu.column.silent", digit=state["digit"])
    names = {f"name{layer}": name for layer, name in enumerate(_layer_names(state, network))}
    scrubber(
        state,
        [Handle("epoch", words("dead_relu.epoch"), film, value=epoch, alone=True)],
        chart=LAYERS,
        readout=[slot_table(words("dead_relu.layers"), columns, network.settings.hidden)],
        words=dead_layers.present_words(network, epoch, state["digit"]) | names,
        tools=("link", "svg"),
        key="scrubber-dead-layers",
        picked=lambda pick: _follow(state, network, pick),
    )


def _follow(state: State, network: DyingNetwork, pick: Pick) -> None:
    if pick.trace is None or pick.point is None:
        return
    found = dead_layers.unit_of(network, pick.trace, pick.point)
    if found:
        state.set(part="life", layer=found[0] + 1, unit=found[1] + 1, turn=1)


# --- one unit -----------------------------------------------------------------------------------------


class Followed:
    """The unit that is followed, brought into what there is of them, and its life."""

    def __init__(self, state: State) -> None:
        self.network = trained(state)
        asked = self.network.settings
        self.layer = min(state["layer"], asked.hidden) - 1
        self.unit = min(state["unit"], asked.width) - 1
        self.key = (asked, self.layer, self.unit)
        self.life: Life = run(
            ("life", *self.key),
            partial(dying_network.follow, self.network, self.layer, self.unit),
            state.words("dead_relu.following"),
        )

    @property
    def place(self) -> tuple[DyingNetwork, Life, int, int]:
        """What the figures ask for."""
        return self.network, self.life, self.layer, self.unit


def _figure_words(state: State) -> dict[str, str]:
    parts = ("z", "images", "below", "above", "epoch", "share", "gradient", "alive", "cut", "dead", "step", "highest")
    return {part: state.words(f"dead_relu.figure.{part}") for part in parts}


def life(state: State) -> None:
    """The unit's pre-activations and gradient over the epochs, and the steps that killed and woke it."""
    words, lang = state.words, state["lang"]
    followed = Followed(state)
    network, told, layer, unit = followed.place
    _said_before(state, network)
    if not state.present:
        _choice(state, network, layer, unit)
    last, look = len(network.accuracy) - 1, style.CLASSROOM if state.present else LOOK
    start = min(state.base(MOVING)["epoch"], last)
    show_chart(
        state,
        keep(
            ("dead life figure", *followed.key, start, lang, look),
            lambda: dead_life.figure(*followed.place, start, _figure_words(state), look),
        ),
        key=LIFE,
        alt=words("dead_relu.life.alt", layer=layer + 1, unit=unit + 1, turns=len(told.turns)),
    )
    life_over_epochs()
    if not state.present:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(words("dead_relu.life.note"), width="stretch")
            download(state, "dead_relu-life", lambda: dead_life.data_csv(*followed.place))
        turns(state, followed)


def _choice(state: State, network: DyingNetwork, layer: int, unit: int) -> None:
    """Which unit is followed, and units of this run that have died or come back, one click each."""
    words = state.words
    state.values |= {"layer": layer + 1, "unit": unit + 1}
    asked = network.settings
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="dead-units"):
        controls.number(state, "layer", words("dead_relu.layers"), 1, asked.hidden, 1, {"turn": 1}, width=130)
        controls.number(state, "unit", words("dead_relu.unit"), 1, asked.width, 1, {"turn": 1}, width=130)
        with st.popover(words("dead_relu.network"), icon=":material/tune:"):
            settings(state)
        for name, found in (("died", network.dead[1:] & ~network.dead[:-1]), ("returned", network.came_back)):
            places = found.any(axis=0).nonzero()
            controls.button(
                state, words(f"dead_relu.next.{name}"), _after(layer, unit, places), f"next.{name}",
                disabled=not len(places[0]),
            )  # fmt: skip


def _after(layer: int, unit: int, places: tuple[Any, ...]) -> dict[str, int]:
    """The next of these places after the present one, and after the last the first."""
    found = sorted(zip(*(part.tolist() for part in places), strict=True))
    if not found:
        return {}
    following = next((place for place in found if place > (layer, unit)), found[0])
    return {"layer": following[0] + 1, "unit": following[1] + 1, "turn": 1}


@live
def life_over_epochs(state: State) -> None:
    """The handle for the epoch, and the unit's numbers."""
    words = state.words
    followed = Followed(state)
    network, _, layer, unit = followed.place
    epoch = min(state["epoch"], len(network.accuracy) - 1)
    said = _figure_words(state)
    film = keep(
        ("dead life film", *followed.key, state["lang"]),
        lambda: encoded(dead_life.film(*followed.place, 0, said)),
    )
    columns = {part: words(f"dead_relu.column.{part}") for part in ("active", "highest", "bias", "gradient")}
    scrubber(
        state,
        [Handle("epoch", words("dead_relu.epoch"), film, value=epoch, alone=True)],
        chart=LIFE,
        readout=[slot_table(words("dead_relu.which", layer=layer + 1, unit=unit + 1), columns, 1)],
        words=dead_life.present_words(*followed.place, epoch, said),
        tools=("link", "svg"),
        key="scrubber-dead-life",
    )


def turns(state: State, followed: Followed) -> None:
    """The steps at which the unit died and came back, one of them looked at closely."""
    words = state.words
    network, told, layer, unit = followed.place
    st.header(words("dead_relu.turns.heading"), anchor="turns")
    if not told.turns:
        dead = bool(network.dead[0, layer, unit])
        st.markdown(words("dead_relu.turns.born" if dead else "dead_relu.turns.none"))
        return
    state.values["turn"] = min(state["turn"], len(told.turns))
    if len(told.turns) > 1:
        controls.choice(
            state, "turn", range(1, len(told.turns) + 1), words("dead_relu.turns"),
            lambda number: words(f"dead_relu.turn.{told.turns[number - 1].kind}", epoch=told.turns[number - 1].epoch),
            label_visibility="collapsed", wrap=True,
        )  # fmt: skip
    turn = told.turns[state["turn"] - 1]
    said = dead_life.turn_words(network, turn)
    figure, text = st.columns([3, 2])
    with figure:
        show_chart(
            state,
            dead_life.turn_figure(turn, _figure_words(state)),
            key=TURN,
            alt=words("dead_relu.turn.alt", **said),
        )
    with text:
        if turn.kind == "dies":
            st.markdown(words("dead_relu.turn.killed", **said))
            st.markdown(words(f"dead_relu.cause.{dead_life.cause(network, turn)}", **said))
        else:
            st.markdown(words("dead_relu.turn.woken", **said))
        st.caption(words("dead_relu.turns.note"))
