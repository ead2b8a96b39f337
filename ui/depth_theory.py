"""The instruments for theory: the length map with χ₁, and networks that are born dead."""

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from activations import experiments
from activations.experiments import BornDead, DeepNetwork, MeanField, NarrowNetworks
from figures import born_dead as dead_drawing
from figures import length_films, length_map
from figures.depth import REFERENCES, SIGMA_W
from figures.length_map import Theory
from ui import depth_common as common
from ui import depth_settings as settings
from ui import instrument
from ui.chart import show_chart
from ui.runs import keep, run
from ui.scrubber import Handle, encoded, scrubber
from ui.state import State, live


def _theory(state: State, values: Any) -> Theory:
    plain = replace(settings.network(state), residual=False, normalisation="none")
    over = _fields(state, plain, tuple(SIGMA_W.tolist()))
    now = _fields(state, plain, (values["sw"],))
    found = common.measured(state, plain, (values["sw"], *REFERENCES))
    return Theory(now, found, over, common.sweep(state, plain), min(int(values["layer"]), plain.depth))


def _fields(state: State, network: DeepNetwork, sigma_w: tuple[float, ...]) -> MeanField:
    """The theory for some σ_w, worked out now or kept from before."""
    asked = {
        "sigma_b": network.sigma_b,
        "start": network.input_mean**2 + network.input_std**2,
        "layers": network.depth,
    }
    work = partial(experiments.mean_field, network.f, sigma_w, **asked, q=tuple(length_map.Q.tolist()))
    return run(("mean field", network.f, sigma_w, *asked.values()), work, state.words("depth.measuring"))


def theory(state: State) -> None:
    """The length map as a cobweb, and χ₁ over σ_w, with the simulation's dots."""
    words, lang = state.words, state["lang"]
    state.around = None
    base = _theory(state, state.base({"layer", "sw", "n", "hidden", "part"}))
    names = ("q", "next", "map", "stairs", "simulated", "fixed", "sigma", "chi", "theory")
    named = {part: words(f"depth.figure.{part}") for part in names}
    look = instrument.look(state)
    draws = (length_map.length_map, length_map.chi)
    for place, chart, draw in zip(st.columns(2), length_map.CHARTS, draws, strict=True):
        with place:
            show_chart(
                state,
                keep(
                    (chart, base.found.network, float(base.now.sigma_w[0]), base.layer, lang, look),
                    lambda draw=draw: draw(base, named, look),
                ),
                key=f"chart-{chart}",
                alt=words(f"depth.alt.{chart}"),
            )
    _theory_handles()
    note = words("depth.note.theory", units=f"{settings.UNITS:,}")
    instrument.below(state, note, "depth-theory", partial(_data, state))


def _data(state: State) -> str:
    return length_map.data_csv(_theory(state, state.values))


@live
def _theory_handles(state: State) -> None:
    words = state.words
    state.stands_in(settings.started(state))
    shown = _theory(state, state.values)
    said = ("settles", "vanishes", "explodes", "stays", "order", "edge", "chaos")
    told = {part: words(f"depth.theory.{part}") for part in said}
    key = (shown.found.network, float(shown.now.sigma_w[0]), state["lang"])
    layer_film = keep(("q film", key), lambda: encoded(length_films.layer_film(shown, told)))
    sigma_film = keep(("χ film", key, shown.layer), lambda: encoded(length_films.sigma_film(shown, told)))
    lines = ("fate", "chi", "layer")
    names = ("fixed", "fate", "chi", "sim_chi", "phase", "layer", "q", "sim_q")
    slots = {name: instrument.slot(name) for name in names}
    scrubber(
        state,
        [
            common.sigma_handle(state, sigma_film),
            Handle("layer", words("depth.handle.layer"), layer_film, value=shown.layer),
        ],
        chart=[f"chart-{chart}" for chart in length_map.CHARTS],
        readout=[instrument.line(words(f"depth.theory.line.{line}", **slots)) for line in lines],
        words=length_films.present_words(shown, told),
        tools=("link", "svg"),
        key="scrubber-theory",
    )


def _born_dead(state: State) -> tuple[BornDead, ...]:
    """The networks of every width, drawn now or kept from before."""
    asked = tuple(NarrowNetworks(width=int(width), seed=int(state["seed"])) for width in dead_drawing.WIDTHS)
    return run(("born dead", asked), partial(experiments.born_dead_each, asked), state.words("depth.drawing"))


def born_dead(state: State) -> None:
    """The share of deep narrow ReLU networks that no input passes, beside the upper bound."""
    words, lang = state.words, state["lang"]
    found = _born_dead(state)
    drawn = state.base({"n", "hidden", "part"})
    width, hidden, look = int(drawn["n"]), int(drawn["hidden"]), instrument.look(state, 1.15)
    named = {part: words(f"depth.figure.{part}") for part in ("layers", "bound", "share")}
    show_chart(
        state,
        keep(
            ("born dead", state["seed"], width, hidden, lang, look),
            lambda: dead_drawing.figure(found, width, hidden, named, look),
        ),
        key="chart-dead",
        alt=words("depth.alt.dead", **dead_drawing.present_words(found, width, hidden)),
    )
    _dead_handles()
    instrument.below(state, words("depth.note.dead"), "depth-born-dead", lambda: dead_drawing.data_csv(found))


@live
def _dead_handles(state: State) -> None:
    words, found = state.words, _born_dead(state)
    width, hidden = int(state["n"]), int(state["hidden"])
    seed = state["seed"]
    width_film = keep(("N film", seed, hidden), lambda: encoded(dead_drawing.width_film(found, 1, hidden)))
    hidden_film = keep(("hidden film", seed, width), lambda: encoded(dead_drawing.hidden_film(found, width, 1)))
    slots = {slot: instrument.slot(slot) for slot in ("n", "hidden", "dead", "share", "error", "bound")}
    scrubber(
        state,
        [
            Handle("n", words("depth.handle.n"), width_film, value=width),
            Handle("hidden", words("depth.handle.hidden"), hidden_film, value=hidden),
        ],
        chart="chart-dead",
        readout=[instrument.line(words("depth.dead.line", networks=found[0].settings.networks, **slots))],
        words=dead_drawing.present_words(found, width, hidden),
        tools=("link", "svg"),
        key="scrubber-born-dead",
    )
