"""The cures for dying units, side by side on the same seeds."""

from functools import partial

import streamlit as st

from activations.experiments import cures as experiment
from figures import cures as drawing
from figures import style
from ui import controls
from ui.chart import download, show_chart
from ui.frame import title
from ui.runs import keep, run
from ui.state import State

SEEDS = 20
FUNCTIONS = ("leaky_relu", "elu", "gelu")


def _names(state: State) -> dict[str, str]:
    lang = state["lang"]
    return {
        name: title(name, lang) if name in FUNCTIONS else state.words(f"dead_relu.cure.{name}")
        for name in experiment.CURES
    }


def cures(state: State) -> None:
    """The trouble that is chosen, every cure's dead units and accuracy, and the numbers beside the dots."""
    words, lang = state.words, state["lang"]
    trouble = state["trouble"]
    controls.choice(
        state, "trouble", experiment.TROUBLES, words("dead_relu.trouble"),
        lambda name: words(f"dead_relu.trouble.{name}"), label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    found = run(
        ("cures", trouble), partial(experiment.compare, trouble, SEEDS), words("dead_relu.cures.training", seeds=SEEDS)
    )
    names, look = _names(state), style.CLASSROOM if state.present else style.SCREEN
    said = {
        "dead": words("dead_relu.figure.dead_count"),
        "accuracy": words("dead_relu.figure.accuracy"),
        "middle": words("dead_relu.figure.middle"),
        "seed": words("dead_relu.seed"),
    }
    rows = drawing.rows_in_words(found)
    show_chart(
        state,
        keep(
            ("cures figure", trouble, lang, look),
            lambda: drawing.figure(found, names, said, look),
        ),
        key="chart-cures",
        alt=words("dead_relu.cures.alt", seeds=SEEDS, dead=rows["none"]["dead"], accuracy=rows["none"]["accuracy"]),
    )
    if state.present:
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(words(f"dead_relu.cures.{trouble}"), width="stretch")
        download(state, "dead_relu-cures", lambda: drawing.data_csv(found))
    _table(state, names, rows)


def _table(state: State, names: dict[str, str], rows: dict[str, dict[str, str]]) -> None:
    words = state.words
    head = [words(f"dead_relu.cures.column.{part}") for part in ("cure", "change", "dead", "accuracy")]
    lines = [head, ["---"] * len(head)]
    for name, said in rows.items():
        change = words(f"dead_relu.change.{state['trouble']}" if name == "he" else f"dead_relu.change.{name}")
        lost = "" if said["diverged"] == "0" else words("dead_relu.cures.diverged", **said)
        lines.append([names[name], change, said["dead"], words("dead_relu.cures.accuracy", **said) + lost])
    st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))
