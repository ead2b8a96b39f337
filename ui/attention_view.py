"""The parts of the page on attention."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import streamlit as st

from activations.experiments import tokens
from activations.experiments.attention import TOKENS
from activations.experiments.masking import WAYS
from figures import attention as drawing
from figures import masking
from figures.attention import Shown
from ui import controls, entries
from ui.chart import show_chart
from ui.entries import UnusableError
from ui.instrument import below, line, look, slot
from ui.runs import keep
from ui.scrubber import Handle, Mark, Pick, encoded, scrubber, slot_table
from ui.state import State, changes, live

PARTS = ("weights", "mask")
PICTURES = ("weights", "scores")
SPLITS = get_args(tokens.Split)


@dataclass(frozen=True)
class Sentence:
    """A reader's sentence on one line, at most `longest` characters of it; without one the page has its own."""

    name: str
    longest: int = 200
    default: str = ""

    def read(self, text: str) -> str:
        """The sentence; UnusableError if it is too long (`clamp` then gives its beginning)."""
        line = tokens.clean(text)
        if len(line) > self.longest:
            raise UnusableError("notice.long", most=str(self.longest))
        return line

    def clamp(self, text: str) -> str:
        """As much of it as there is room for."""
        return tokens.clean(tokens.clean(text)[: self.longest])

    def write(self, value: str) -> str:
        """The sentence itself."""
        return value


SENTENCE = Sentence("s")
TABLE: entries.Table = (
    entries.Choice("part", "weights", PARTS),
    SENTENCE,
    entries.Choice("split", "auto", SPLITS),
    entries.Number("d", 64, 1, 512, whole=True),
    entries.Number("t", 1.0, 0.1, 10),
    entries.Flag("scaled", True),
    entries.Flag("causal"),
    entries.Choice("show", "weights", PICTURES),
    entries.Number("row", 1, 1, TOKENS, whole=True),
    entries.Number("seen", 3, 0, TOKENS, whole=True),
    entries.Number("seed", 0, 0, 9999, whole=True),
)
_MOVING = {"part", "d", "t", "row", "seen"}


def _tokens(state: State) -> tuple[str, ...]:
    """All tokens of the reader's sentence, or of the page's own where there is none."""
    return tokens.tokens(state["s"], state["split"]) or tokens.tokens(state.words("attention.example"), "words")


def _shown(state: State, values: Any) -> Shown:
    sentence = _tokens(state)[:TOKENS]
    return Shown(
        tokens=sentence,
        seed=int(values["seed"]),
        width=int(values["d"]),
        temperature=float(values["t"]),
        scaled=values["scaled"],
        causal=values["causal"],
        row=min(int(values["row"]), len(sentence)) - 1,
        scores=values["show"] == "scores",
    )


def _say(state: State, name: str) -> Callable[[str], str]:
    return lambda option: state.words(f"attention.{name}.{option}")


@live
def page(state: State) -> None:
    """Everything above the lesson: the sentence, how attention is set, and the instrument."""
    words = state.words
    bare = {"label_visibility": "collapsed"}

    if not state.present:
        with st.container(horizontal=True, vertical_alignment="center", key="attention-sentence"):
            controls.parts(state, PARTS)
            _sentence(state)
            controls.select(state, "split", SPLITS, words("attention.split"), _say(state, "split"), width=170, **bare)
            again = {"seed": (int(state["seed"]) + 1) % 10_000}
            controls.button(state, words("attention.again"), again, "again", icon=":material/casino:")
    with st.container(horizontal=True, vertical_alignment="center"):
        if state.present:
            controls.parts(state, PARTS)
        controls.toggle(state, "scaled", words("attention.scaled"))
        if state["part"] == "weights":
            controls.toggle(state, "causal", words("attention.causal"))
            controls.choice(state, "show", PICTURES, words("attention.show"), _say(state, "show"), **bare)
        _remarks(state)
    (weights if state["part"] == "weights" else mask)(state)


def _sentence(state: State) -> None:
    """The field for the reader's own sentence; what is too long is cut, with a word about it."""
    key = "attention.s"
    st.session_state[key] = state["s"]

    def take() -> None:
        given = st.session_state[key]
        state.faults.pop("s", None)
        try:
            changes()["s"] = SENTENCE.read(given)
        except UnusableError as fault:
            changes()["s"] = SENTENCE.clamp(given)
            state.faults["s"] = ("", fault)

    st.text_input(
        state.words("attention.sentence"),
        key=key,
        on_change=take,
        placeholder=state.words("attention.example"),
        label_visibility="collapsed",
        width="stretch",
    )


def _remarks(state: State) -> None:
    """What the vectors are, and what was left out of the reader's sentence."""
    words, many = state.words, len(_tokens(state))
    remarks = [] if state.present else [words("attention.seeded")]
    if many > TOKENS:
        remarks.append(f":material/content_cut: {words('attention.cut', many=many, most=TOKENS)}")
    if "s" in state.faults:
        remarks.append(f":material/content_cut: {words('fault.long', **state.faults['s'][1].values)}")
    for remark in remarks:
        st.caption(remark, width="content")


def weights(state: State) -> None:
    """The picture of scores or weights, one token's row as bars, and entropy and slope over d_k."""
    words, lang = state.words, state["lang"]
    state.around = None
    base, shape = _shown(state, state.base(_MOVING)), look(state, 1.08)
    names = ("key", "query", "weight", "divided", "plain", "width", "entropy", "slope")
    named = {name: words(f"attention.figure.{name}") for name in names}
    draws = (drawing.weights, drawing.row, drawing.growth)
    for place, chart, draw in zip(st.columns([10, 9, 10]), drawing.CHARTS, draws, strict=True):
        with place:
            show_chart(
                state,
                keep(("attention", chart, base, lang, shape), lambda draw=draw: draw(base, named, shape)),
                key=f"chart-attention-{chart}",
                alt=words(f"attention.alt.{chart}", tokens=len(base.tokens)),
            )
    _weight_handles()
    note = words("attention.note")
    below(state, note, "attention", lambda: drawing.data_csv(_shown(state, state.values)))


@live
def _weight_handles(state: State) -> None:
    words, shown = state.words, _shown(state, state.values)
    films = {
        "d": drawing.width_film,
        "t": drawing.temperature_film,
        "row": drawing.row_film,
    }
    last = len(drawing.WIDTHS) - 1
    ends = {1: "start", 512: "end"}
    marks = [
        Mark(int(abs(drawing.WIDTHS - value).argmin()) / last, str(value), ends.get(value, ""))
        for value in (1, 8, 64, 512)
    ]
    slots = {name: slot(name) for name in drawing.present_words(shown)}
    columns = {name: words(f"attention.column.{name}") for name in ("spread", "entropy", "top", "slope")}

    def handle(name: str) -> Handle:
        made = keep(("attention film", name, shown), lambda: encoded(films[name](shown)))
        return Handle(
            name,
            words(f"attention.handle.{name}"),
            made,
            marks if name == "d" else (),
            value=shown.row + 1 if name == "row" else None,
            lazy=True,
            small=name != "d",
        )

    def picked(pick: Pick) -> None:
        if pick.chart == f"chart-attention-{drawing.CHARTS[drawing.MAP]}":
            state.set(row=drawing.row_at(pick.y, len(shown.tokens)) + 1)

    scrubber(
        state,
        [handle(name) for name in films],
        chart=[f"chart-attention-{chart}" for chart in drawing.CHARTS],
        readout=[
            slot_table(words("attention.column.name"), columns, 2),
            line(words("attention.line", **slots)),
        ],
        words=drawing.present_words(shown)
        | {"name0": words("attention.figure.divided"), "name1": words("attention.figure.plain")},
        tools=("link", "svg"),
        key="scrubber-attention",
        picked=picked,
    )


def mask(state: State) -> None:
    """Ways to hide tokens: what each leaves to those that may be seen, and what goes wrong when nothing may."""
    words, shown = state.words, _shown(state, state.values)
    if not state.present:
        st.markdown(words("attention.mask.why"))
    _mask_handle()
    below(
        state,
        words("attention.mask.note"),
        "masks",
        lambda: masking.data_csv(drawing.row_of_scores(shown), _seen(state, shown), shown.tokens),
    )


def _seen(state: State, shown: Shown) -> int:
    return int(min(state["seen"], len(shown.tokens)))


@live
def _mask_handle(state: State) -> None:
    words, shown = state.words, _shown(state, state.values)
    scores, seen = drawing.row_of_scores(shown), _seen(state, shown)
    said = {verdict: words(f"attention.verdict.{verdict}") for verdict in masking.VERDICTS}
    film = keep(("mask film", shown, state["lang"]), lambda: encoded(masking.film(scores, 0, said)))
    columns = {
        name: words(f"attention.mask.{column}") for name, column in (("v", "seen"), ("h", "hidden"), ("w", "verdict"))
    }
    names = {f"name{place}": words(f"attention.way.{way}") for place, way in enumerate(WAYS)}
    scrubber(
        state,
        [Handle("seen", words("attention.handle.seen"), film, value=seen)],
        chart="",
        readout=[slot_table(words("attention.mask.way"), columns, len(WAYS))],
        words=masking.present_words(scores, seen, said) | names,
        tools=("link",),
        key="scrubber-mask",
    )
