"""How a lesson is shown: its sections in order, links as buttons, answers folded."""

import re

import streamlit as st

import lessons
from lessons import Link, Question, Text
from ui.frame import link
from ui.state import State

_DISPLAYED = re.compile(r"^\$\$(.+)\$\$$", re.MULTILINE)
# an escaped dollar and a formula on lines of its own are found first, and passed over
_INLINE = re.compile(r"\\\$|\$\$.*?\$\$|\$(?P<tex>[^$]+)\$(?P<closing>[，。、；：！？）]+)?", re.DOTALL)
_TRY = ":material/play_circle:"


def show_lesson(state: State, topic: str) -> None:
    """The lesson on `topic` in the page's language; not in presentation mode."""
    if state.present:
        return
    with st.container(key="lesson"):
        for section in lessons.read(topic, state["lang"]).sections:
            # the heading goes with the first text: every element costs the server a message
            waiting = f"## {section.heading}"
            for block in section.blocks:
                match block:
                    case Text(markdown):
                        waiting = f"{waiting}\n\n{markdown}"
                        continue
                    case Link(label, page, query):
                        _write(waiting)
                        link(page, label, state.elsewhere(**dict(query)), _TRY)
                    case Question(question, answer):
                        _write(waiting)
                        with st.expander(question):
                            _write(answer)
                waiting = ""
            _write(waiting)


def _write(markdown: str) -> None:
    if markdown:
        # on a line of its own a formula has full size only if the signs around it have theirs too
        st.markdown(bound(_DISPLAYED.sub(r"$$\n\1\n$$", markdown)))


def bound(markdown: str) -> str:
    """Chinese marks behind an inline formula become its last part.

    A formula is a box, and Chromium breaks a line behind a box even if the next one then begins with a full stop.
    A formula that follows at once is kept apart by a space of no width: $$ would begin one on lines of its own.
    """

    def joined(found: re.Match[str]) -> str:
        closing = found["closing"]
        apart = "\u200b" if markdown[found.end() :].startswith("$") else ""
        return rf"${found['tex']}\text{{{closing}}}${apart}" if closing else found[0]

    return _INLINE.sub(joined, markdown)


def show_code(state: State, topic: str) -> None:
    """The same function in each framework, to copy; not in presentation mode."""
    found = lessons.code(topic)
    if state.present or not found:
        return
    st.header(state.words("code.heading"), anchor="code")
    for tab, (_, body) in zip(st.tabs([name for name, _ in found]), found, strict=True):
        # uncoloured: the colours Streamlit gives to Python fall short of a contrast of 4.5;
        # wrapped: a box that scrolls sideways cannot be reached from the keyboard
        tab.code(body, language=None, wrap_lines=True)
