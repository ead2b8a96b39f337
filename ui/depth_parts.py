"""The three instruments of the page on signals through depth: the signals, their theory, and networks born dead."""

import math
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from activations import experiments
from activations.experiments import BornDead, DeepNetwork, NarrowNetworks, Signals
from figures import born_dead as dead_drawing
from figures import depth as drawing
from figures import depth_films, length_films, length_map, signal_words, style
from figures.depth import SIGMA_W, Shown
from figures.length_map import Theory
from ui import depth_settings as settings
from ui import frame
from ui.chart import download, show_chart
from ui.runs import keep, run
from ui.scrubber import Handle, Mark, encoded, scrubber
from ui.state import State, live

_SIGMA_MARKS = {math.sqrt(1 / 3): "1/√n", 1.0: "1/n", math.sqrt(2): "2/n", 3.0: "3"}  # as initialisations are known


def _look(state: State, share: float = 1.0) -> style.Look:
    look = style.CLASSROOM if state.present else style.SCREEN
    return replace(look, height=round((500 if state.present else 290) * share))


def _measured(state: State, network: DeepNetwork, sigma_w: tuple[float, ...]) -> Signals:
    """The signals of a network for some σ_w, measured now or kept from before."""
    work = partial(experiments.signals, network, sigma_w)
    return run(("signals", network, sigma_w), work, state.words("depth.measuring"))


def _sweep(state: State, network: DeepNetwork) -> Signals:
    return _measured(state, network, tuple(SIGMA_W.tolist()))


def _sigma_handle(state: State, film: Any) -> Handle:
    last = len(SIGMA_W) - 1
    marks = [Mark(int(abs(SIGMA_W - value).argmin()) / last, text) for value, text in _SIGMA_MARKS.items()]
    return Handle("sw", state.words("depth.handle.sw"), film, marks)


def _tools(state: State) -> tuple[str, ...]:
    return () if state.present else ("link", "svg")


def _slot(name: str) -> str:
    return f'<b data-slot="{name}"></b>'


# --- signals ------------------------------------------------------------------------------------------


def _shown(state: State, values: Any) -> Shown:
    """What is on the screen for the σ_w and the layer in `values`."""
    mine = _measured(state, settings.network(state), (values["sw"], *drawing.REFERENCES))
    beside = _measured(state, settings.network(state, "2"), (state["sw2"],)) if state["vs"] else None
    return Shown(mine, beside, min(int(values["layer"]), settings.depth(state)))


def _key(shown: Shown) -> tuple[Any, ...]:
    """What tells one picture from another."""
    runs = [found for found in (shown.run, shown.beside) if found is not None]
    return (shown.layer, *((found.network, float(found.sigma_w[0])) for found in runs))


def signals(state: State) -> None:
    """The histogram of a layer, and over all layers what becomes of the signal and of the gradient."""
    words, lang = state.words, state["lang"]
    state.around = None
    base = _shown(state, state.base({"layer", "sw", "n", "hidden", "part"}))
    named = {part: words(f"depth.figure.{part}") for chart in drawing.CHARTS[1:] for part in drawing.QUANTITIES[chart]}
    named |= {part: words(f"depth.figure.{part}") for part in ("activations", "activation", "layer", "run", "other")}
    columns = dict(zip(drawing.CHARTS, (0, 1, 1, 2), strict=True))
    shares = {"spread": 0.52, "shares": 0.43}
    places = st.columns([10, 10, 12])
    for chart in drawing.CHARTS:
        look = _look(state, shares.get(chart, 1.0))
        draw = drawing.histogram if chart == "histogram" else partial(drawing.over_layers, chart=chart)
        with places[columns[chart]]:
            show_chart(
                state,
                keep((chart, _key(base), lang, look), lambda draw=draw, look=look: draw(base, words=named, look=look)),
                key=f"chart-{chart}",
                alt=words(f"depth.alt.{chart}", layers=base.depth, layer=base.layer),
            )
    _signal_handles()
    if not state.present:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(words("depth.note.signals", units=f"{settings.UNITS:,}"), width="stretch")
            download(state, "depth", lambda: drawing.data_csv(_shown(state, state.values)))


@live
def _signal_handles(state: State) -> None:
    words = state.words
    state.stands_in(settings.started(state))
    shown = _shown(state, state.values)
    sweep = _sweep(state, shown.run.network)
    layer_film = keep(("layer film", _key(shown)[1:]), lambda: encoded(depth_films.layer_film(shown)))
    sigma_film = keep(("sigma film", _key(shown)), lambda: encoded(depth_films.sigma_film(shown, sweep)))
    names = {"name0": _name(state, ""), "name1": words("depth.beside", name=_name(state, "2"))}
    scrubber(
        state,
        [
            Handle("layer", words("depth.handle.layer"), layer_film, value=shown.layer),
            _sigma_handle(state, sigma_film),
        ],
        chart=[f"chart-{chart}" for chart in drawing.CHARTS],
        readout=[_table(state, 2 if shown.beside else 1)],
        words=signal_words.present_words(shown.run, shown.beside, shown.layer) | names,
        tools=_tools(state),
        key="scrubber-depth",
    )


def _name(state: State, suffix: str) -> str:
    parts = [frame.title(state[f"f{suffix}"], state["lang"])]
    if state[f"res{suffix}"]:
        parts.append(state.words("depth.short.residual"))
    if state[f"norm{suffix}"] != "none":
        parts.append(state.words(f"depth.norm.{state[f'norm{suffix}']}"))
    return " + ".join(parts)


def _table(state: State, rows: int) -> str:
    """The numbers: those at the layer, and those of a layer on average, a row a setting."""
    words = state.words
    at_layer = ("std", "mean", "saturated", "dead", "gradient", "slopes", "weights")
    average = ("kept", "gkept")
    groups = (
        f'<th></th><th></th><th colspan="{len(at_layer)}" scope="colgroup">'
        f"{words('depth.column.at_layer', layer=_slot('layer'))}</th>"
        f'<th colspan="{len(average)}" scope="colgroup">{words("depth.column.average")}</th>'
    )
    titles = [words("depth.column.setting"), "σ<sub>w</sub>"]
    titles += [words(f"depth.column.{name}") for name in (*at_layer, *average)]
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    body = "".join(
        f'<tr><th scope="row" data-slot="name{row}"></th>'
        + "".join(f'<td data-slot="{name}{row}"></td>' for name in ("sigma", *at_layer, *average))
        + "</tr>"
        for row in range(rows)
    )
    return f"<table><thead><tr>{groups}</tr><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


# --- theory -------------------------------------------------------------------------------------------


def _theory(state: State, values: Any) -> Theory:
    plain = replace(settings.network(state), residual=False, normalisation="none")
    over = _fields(state, plain, tuple(SIGMA_W.tolist()))
    now = _fields(state, plain, (values["sw"],))
    found = _measured(state, plain, (values["sw"], *drawing.REFERENCES))
    return Theory(now, found, over, _sweep(state, plain), min(int(values["layer"]), plain.depth))


def _fields(state: State, network: DeepNetwork, sigma_w: tuple[float, ...]) -> Any:
    f, bias, layers = network.f, network.sigma_b, network.depth
    start = network.input_mean**2 + network.input_std**2
    work = partial(experiments.mean_field, f, sigma_w, bias, start=start, layers=layers, q=tuple(length_map.Q.tolist()))
    return keep(("mean field", f, sigma_w, bias, start, layers), work)


def theory(state: State) -> None:
    """The length map as a cobweb, and χ₁ over σ_w, with the simulation's dots."""
    words, lang = state.words, state["lang"]
    state.around = None
    base = _theory(state, state.base({"layer", "sw", "n", "hidden", "part"}))
    names = ("q", "next", "map", "stairs", "simulated", "fixed", "sigma", "chi", "theory")
    named = {part: words(f"depth.figure.{part}") for part in names}
    look = _look(state)
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
    if not state.present:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(words("depth.note.theory"), width="stretch")
            download(state, "depth-theory", lambda: length_map.data_csv(_theory(state, state.values)))


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
    slots = ("fixed", "fate", "chi", "sim_chi", "phase", "layer", "q", "sim_q")
    scrubber(
        state,
        [
            _sigma_handle(state, sigma_film),
            Handle("layer", words("depth.handle.layer"), layer_film, value=shown.layer),
        ],
        chart=[f"chart-{chart}" for chart in length_map.CHARTS],
        readout=[
            f'<p class="totals">{words(f"depth.theory.line.{line}", **{slot: _slot(slot) for slot in slots})}</p>'
            for line in lines
        ],
        words=length_films.present_words(shown, told),
        tools=_tools(state),
        key="scrubber-theory",
    )


# --- born dead ----------------------------------------------------------------------------------------


def _born_dead(state: State) -> list[BornDead]:
    """The networks of every width, drawn now or kept from before."""
    asked = [NarrowNetworks(width=int(width), seed=int(state["seed"])) for width in dead_drawing.WIDTHS]
    return [run(one, partial(experiments.born_dead, one), state.words("depth.drawing")) for one in asked]


def born_dead(state: State) -> None:
    """The share of deep narrow ReLU networks that no input passes, beside the upper bound."""
    words, lang = state.words, state["lang"]
    found = _born_dead(state)
    drawn = state.base({"n", "hidden", "part"})
    width, hidden, look = int(drawn["n"]), int(drawn["hidden"]), _look(state, 1.15)
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
    if not state.present:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(words("depth.note.dead"), width="stretch")
            download(state, "depth-born-dead", lambda: dead_drawing.data_csv(found))


@live
def _dead_handles(state: State) -> None:
    words, found = state.words, _born_dead(state)
    width, hidden = int(state["n"]), int(state["hidden"])
    seed = state["seed"]
    width_film = keep(("N film", seed, hidden), lambda: encoded(dead_drawing.width_film(found, 1, hidden)))
    hidden_film = keep(("hidden film", seed, width), lambda: encoded(dead_drawing.hidden_film(found, width, 1)))
    slots = {slot: _slot(slot) for slot in ("n", "hidden", "dead", "share", "error", "bound")}
    scrubber(
        state,
        [
            Handle("n", words("depth.handle.n"), width_film, value=width),
            Handle("hidden", words("depth.handle.hidden"), hidden_film, value=hidden),
        ],
        chart="chart-dead",
        readout=[f'<p class="totals">{words("depth.dead.line", networks=found[0].settings.networks, **slots)}</p>'],
        words=dead_drawing.present_words(found, width, hidden),
        tools=_tools(state),
        key="scrubber-born-dead",
    )
