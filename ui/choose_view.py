"""The parts of the page that leads from a few questions to a function."""

from functools import lru_cache

import streamlit as st

from lessons import choosing
from lessons.choosing import CHOICES, Choice
from ui import controls, entries
from ui.frame import link, title
from ui.language import Words
from ui.state import State, live

TABLE: entries.Table = tuple(entries.Choice(question.id, "", question.answers) for question in CHOICES)
_NOTHING = {question.id: "" for question in CHOICES}


def answers(state: State) -> dict[str, str]:
    """What has been answered; an answer to a question that does not apply counts for nothing."""
    given = {question.id: state[question.id] for question in CHOICES if state[question.id]}
    applying = {question.id for question in choosing.questions(given)}
    return {id: answer for id, answer in given.items() if id in applying}


@live
def page(state: State) -> None:
    """Everything above the lesson."""
    questions(state)
    recommendation(state)
    if not state.present:
        table(state)


def questions(state: State) -> None:
    """The questions that apply so far, each a row of answers to click."""
    given = answers(state)
    for question in choosing.questions(given):
        _row(state, question, given)
    if given and not state.present:
        controls.button(state, state.words("choose.again"), _NOTHING, "again", icon=":material/restart_alt:")


def _row(state: State, question: Choice, given: dict[str, str]) -> None:
    lang = state["lang"]
    key = f"choose.{question.id}"
    st.session_state[key] = given.get(question.id)

    def take() -> None:
        picked = st.session_state[key]
        if picked is not None:  # clicking the one that is on keeps it on
            after = given | {question.id: picked}
            applying = {asked.id for asked in choosing.questions(after)}
            state.set(**_NOTHING | {id: answer for id, answer in after.items() if id in applying})
        else:
            state.set(**given)

    st.pills(
        choosing.label(question.id, language=lang),
        question.answers,
        key=key,
        format_func=lambda answer: choosing.label(question.id, answer, language=lang),
        on_change=take,
    )


def recommendation(state: State) -> None:
    """Where the answers lead, or what is still missing."""
    words, found = state.words, choosing.recommend(answers(state))
    with st.container(border=True, key="recommendation"):
        if found is None:
            st.markdown(words("choose.unfinished"))
            return
        advice = choosing.advice(found.id, state["lang"])
        models = words("choose.models", models=advice.models)
        st.markdown(f"## {advice.headline}\n\n{advice.reason}\n\n{models}")
        label = words("choose.why", page=title(found.page, state["lang"]))
        link(found.page, label, state.elsewhere(**dict(found.query)), ":material/arrow_forward:")


def table(state: State) -> None:
    """All answers at once, a table for the output and one for the hidden layers, the present row marked."""
    given = tuple(answers(state).items())
    tables = [_table(where, given, state["lang"]) for where in CHOICES[0].answers]
    with st.container(key="answers"):
        st.markdown("\n\n".join([f"## {state.words('choose.all')}", *tables]))


@lru_cache(maxsize=256)
def _table(where: str, given: tuple[tuple[str, str], ...], lang: str) -> str:
    first = CHOICES[0].id
    asked = [question.id for question in choosing.questions({first: where}) if question.id != first]
    heads = [choosing.label(id, language=lang) for id in asked]
    rows = [[*heads, Words(lang)("choose.advice")]]
    rows.append(["---"] * len(rows[0]))
    for path, found in choosing.every_answer():
        if path[first] == where:
            cells = [choosing.label(id, path[id], language=lang) for id in asked]
            cells.append(choosing.advice(found.id, lang).headline)
            if path == dict(given):
                cells = [f"**{cell}**" for cell in cells]
                cells[0] = f"➤ {cells[0]}"
            rows.append(cells)
    body = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"**{choosing.label(first, where, language=lang)}**\n\n{body}"
