"""The parts of the page on where activation functions live in well-known models."""

import re
from base64 import b64encode
from functools import cache, lru_cache

import streamlit as st

from figures import model_strip
from lessons import models
from lessons.models import FAMILIES, FUNCTIONS, KINDS, MODELS, Model
from ui import controls, entries, gallery_view
from ui.frame import link, menu, title
from ui.language import Words
from ui.state import State, live

ALL = "all"
HEADING = "menu.models"  # the pages that show these places at work
TABLE: entries.Table = (entries.Choice("f", ALL, (ALL, *FUNCTIONS)),)


@live
def page(state: State) -> None:
    """Everything above the lesson: the pages, the choice of a function, the table, and a card a model."""
    if not state.present:
        gallery_view.cards(state, [page for page in menu()[HEADING] if page != state.page])
        st.header(state.words("in_models.heading"), anchor="models")
    controls.choice(
        state,
        "f",
        (ALL, *FUNCTIONS),
        state.words("in_models.f"),
        lambda name: state.words("in_models.all") if name == ALL else called(state, name),
        wrap=True,
    )
    table(state)
    if not state.present:
        cards(state)


def called(state: State, page: str) -> str:
    """The title of a page; softmax by its name alone."""
    return state.words("in_models.softmax") if page == "softmax" else title(page, state["lang"])


def shown(function: str) -> list[Model]:
    """The models that have this function somewhere, or all of them."""
    return [model for model in MODELS if function in (ALL, *model.functions)]


def table(state: State) -> None:
    """The models at a glance: which function at which kind of place."""
    with st.container(key="models"):
        st.markdown(_table(state["f"], state["lang"]))


@lru_cache(maxsize=64)
def _table(function: str, lang: str) -> str:
    words = Words(lang)
    rows = [
        [words("in_models.model"), *(words(f"in_models.kind.{kind}") for kind in KINDS)],
        ["---"] * (1 + len(KINDS)),
    ]
    for model in shown(function):
        cells = []
        for kind in KINDS:
            said = {}
            for place in model.places:
                if place.kind == kind:
                    name = _short(models.saying(model, place, lang).function)
                    said[name] = f"**{name}**" if place.function == function else name
            cells.append(" · ".join(said.values()))
        rows.append([_short(models.name(model, lang)), *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _short(name: str) -> str:
    """A name without what is said of it behind a comma or in brackets."""
    return re.split(r"[,，(（]", name)[0].strip()


def cards(state: State) -> None:
    """A card a model under its family: a picture of its parts, which function stands where and why, and links."""
    for family in FAMILIES:
        found = [model for model in shown(state["f"]) if model.family == family]
        if not found:
            continue
        st.subheader(state.words(f"in_models.family.{family}"), anchor=family)
        for start in range(0, len(found), 2):
            for column, model in zip(st.columns(2), found[start : start + 2], strict=False):
                with column.container(border=True, height="stretch"):
                    card(state, model)


def card(state: State, model: Model) -> None:
    """One model: its words, and links to its functions and to the pages on which such places can be tried."""
    st.markdown(_words(model, state["lang"]))
    with st.container(horizontal=True, gap="small"):
        for name in (*model.functions, *model.pages):
            icon = ":material/play_circle:" if name in model.pages else ":material/arrow_forward:"
            link(name, called(state, name), state.elsewhere(), icon)


@lru_cache(maxsize=64)
def _words(model: Model, lang: str) -> str:
    words, name = Words(lang), models.name(model, lang)
    lines = [f"![{name}]({_picture(model)})\n\n**{name}**\n"]
    for place in model.places:
        said = models.saying(model, place, lang)
        lines.append(words("in_models.place", function=said.function, where=said.where, why=said.why))
    if remark := models.remark(model, lang):
        lines.append(f"\n{remark}")
    return "\n".join([*lines, f"\n:small[{models.references(model, lang)}]"])


@cache
def _picture(model: Model) -> str:
    drawn = model_strip.strip(model.drawn, model.arcs)
    return "data:image/svg+xml;base64," + b64encode(drawn.encode()).decode()
