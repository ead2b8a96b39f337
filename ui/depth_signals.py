"""The instrument for signals: one layer's histogram, and what becomes of signal and gradient over all layers."""

from functools import partial
from typing import Any

import streamlit as st

from activations.experiments.signals import spans
from figures import depth as drawing
from figures import depth_films, signal_words
from figures.depth import Shown
from ui import depth_common as common
from ui import depth_settings as settings
from ui import frame, instrument
from ui.chart import show_chart
from ui.runs import keep
from ui.scrubber import Handle, encoded, scrubber
from ui.state import State, live


def _shown(state: State, values: Any) -> Shown:
    """What is on the screen for the σ_w and the layer in `values`."""
    network, span = settings.network(state), _span(state)
    mine = common.measured(state, network, (values["sw"], *drawing.REFERENCES), span)
    beside = common.measured(state, settings.network(state, "2"), (state["sw2"],), span) if state["vs"] else None
    return Shown(mine, beside, min(int(values["layer"]), settings.depth(state)), state["near"])


def _span(state: State) -> tuple[float, float]:
    """What the histogram covers: the same for both settings, so that their bars can be compared."""
    return spans(*(settings.network(state, suffix) for suffix in (("", "2") if state["vs"] else ("",))))


def _key(shown: Shown) -> tuple[Any, ...]:
    """What tells one picture from another."""
    runs = [found for found in (shown.run, shown.beside) if found is not None]
    return (shown.layer, shown.near, *((found.network, float(found.sigma_w[0])) for found in runs))


def signals(state: State) -> None:
    """The histogram of a layer, and over all layers what becomes of the signal and of the gradient."""
    words, lang = state.words, state["lang"]
    state.around = None
    base = _shown(state, state.base({"layer", "sw", "n", "hidden", "part"}))
    named = {part: words(f"depth.figure.{part}") for chart in drawing.CHARTS[1:] for part in drawing.QUANTITIES[chart]}
    named |= {part: words(f"depth.figure.{part}") for part in ("activations", "activation", "layer", "run", "other")}
    if state["near"]:
        named["mean"] = words("depth.column.mean")  # with its sign
    columns = dict(zip(drawing.CHARTS, (0, 1, 1, 2), strict=True))
    shares = {"spread": 0.5, "shares": 0.5}
    places = [column.container(gap=None) for column in st.columns([9, 11, 11] if state.present else [9, 9, 12])]
    for chart in drawing.CHARTS:
        look = instrument.look(state, shares.get(chart, 1.0))
        draw = drawing.histogram if chart == "histogram" else partial(drawing.over_layers, chart=chart)
        with places[columns[chart]]:
            show_chart(
                state,
                keep((chart, _key(base), lang, look), lambda draw=draw, look=look: draw(base, words=named, look=look)),
                key=f"chart-{chart}",
                alt=words(
                    f"depth.alt.{'near' if base.near and chart == 'spread' else chart}",
                    layers=base.depth,
                    layer=base.layer,
                ),
            )
    _signal_handles()
    note = words("depth.note.signals", units=f"{settings.UNITS:,}")
    instrument.below(state, note, "depth", lambda: drawing.data_csv(_shown(state, state.values)))


@live
def _signal_handles(state: State) -> None:
    words = state.words
    state.stands_in(settings.started(state))
    shown = _shown(state, state.values)
    sweep = common.sweep(state, shown.run.network, _span(state))
    layer_film = keep(("layer film", _key(shown)[1:]), lambda: encoded(depth_films.layer_film(shown)))
    sigma_film = keep(("sigma film", _key(shown)), lambda: encoded(depth_films.sigma_film(shown, sweep)))
    mine, other = names_of(state)
    names = {"name0": mine, "name1": words("depth.beside", name=other)}
    scrubber(
        state,
        [
            Handle("layer", words("depth.handle.layer"), layer_film, value=shown.layer),
            common.sigma_handle(state, sigma_film),
        ],
        chart=[f"chart-{chart}" for chart in drawing.CHARTS],
        readout=[_table(state, 2 if shown.beside else 1)],
        words=signal_words.present_words(shown.run, shown.beside, shown.layer) | names,
        tools=("link", "svg"),
        key="scrubber-depth",
    )


def names_of(state: State) -> tuple[str, str]:
    """What the rows of the two settings are called: by what tells them apart, as far as there is something beside."""
    words, suffixes = state.words, ("", "2")
    functions = [frame.title(state[f"f{suffix}"], state["lang"]) for suffix in suffixes]
    shown = {name: not state["vs"] or state[name] != state[f"{name}2"] for name in ("f", "res", "norm")}
    names = []
    for function, suffix in zip(functions, suffixes, strict=True):
        parts = [function] if shown["f"] else []
        if shown["res"] and state[f"res{suffix}"]:
            parts.append(words("depth.short.residual"))
        if shown["norm"] and state[f"norm{suffix}"] != "none":
            norm = state[f"norm{suffix}"]
            # with "what if" before it the column has no room for more
            parts.append(words(f"depth.short.{norm}") if parts and state["vs"] else words(f"depth.norm.{norm}"))
        names.append(" + ".join(parts))
    mine, other = names
    if not any(shown.values()):
        if [name for name in ("noise", "sw", "sb") if state[name] != state[f"{name}2"]] == ["sb"]:
            mine, other = (words("depth.short.biases", sigma=f"{state[f'sb{suffix}']:.3g}") for suffix in suffixes)
            return mine, other
        # only the weights differ; those of the setting itself have a handle
        begun = settings.started(state, "2")
        return functions[0], functions[1] if begun == settings.FREE else words(f"depth.short.{begun}")
    return mine or words("depth.short.none"), other or words("depth.short.none")


def _table(state: State, rows: int) -> str:
    """The numbers: those at the layer, and those of a layer on average, a row a setting."""
    words = state.words
    suffixes = ("", "2")[:rows]
    normalised = any(state[f"norm{suffix}"] != "none" for suffix in suffixes)
    residual = any(state[f"res{suffix}"] for suffix in suffixes)
    # without a way round, and with nothing else between, the two products make up the gradient
    product = "" if normalised or residual else "product."
    columns = {name: name for name in ("std", "mean", "saturated", "dead", "gradient")}
    columns |= {name: f"{product}{name}" for name in ("slopes", "weights")}
    columns |= {"normalisation": "normalisation"} if normalised and not residual else {}
    columns |= {name: name for name in ("kept", "gkept")}
    titles = [words("depth.column.at_layer", layer=instrument.slot("layer")), "σ<sub>w</sub>"]
    titles += [words(f"depth.column.{name}") for name in columns.values()]
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    body = "".join(
        f'<tr><th scope="row" data-slot="name{row}"></th>'
        + "".join(f'<td data-slot="{name}{row}"></td>' for name in ("sigma", *columns))
        + "</tr>"
        for row in range(rows)
    )
    kind = "" if normalised else "steady"  # with one column more there is no room to spare
    return f"<table class='{kind}'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
