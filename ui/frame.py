"""What every page has: the menu, the bar at its top, notices, presentation mode, and its address."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

import lessons
from ui import language
from ui import state as page_state
from ui.bridge import bridge
from ui.entries import Table
from ui.language import Words
from ui.state import State


def menu() -> Mapping[str, Sequence[str]]:
    """The pages under each heading of the menu."""
    found: Mapping[str, Sequence[str]] = st.session_state["menu"]
    return found


def title(page: str, lang: str) -> str:
    """What a page is called in a language."""
    return lessons.read(page, lang).title if page else Words(lang)("app.name")


def navigate(shown: Mapping[str, Mapping[str, Callable[[], None]]]) -> st.Page:
    """The menu over all pages, given under their headings by their addresses, and the page that this run is for.

    It is Streamlit's own: one message where a link a page took a dozen, and it closes on a phone.
    """
    lang = page_state.coming_language()
    words = Words(lang)
    sections = {
        heading and words(heading): {
            address: st.Page(show, title=title(address, lang), url_path=address, default=not address)
            for address, show in pages.items()
        }
        for heading, pages in shown.items()
    }
    st.session_state["pages"] = {address: page for pages in sections.values() for address, page in pages.items()}
    st.session_state["menu"] = {heading: tuple(pages) for heading, pages in shown.items() if heading}
    return st.navigation(
        {heading: list(pages.values()) for heading, pages in sections.items()},
        position="hidden" if page_state.coming_mode() else "sidebar",
        expanded=True,
    )


def link(page: str, label: str, query: Mapping[str, str], icon: str | None = None) -> None:
    """A link to a page of the app in a given state; it stays in this tab."""
    st.page_link(st.session_state["pages"][page], label=label, query_params=dict(query), icon=icon)


def open_page(page: str, table: Table) -> State:
    """Open a page: read its state, and draw what stands around it."""
    state = page_state.open_page(page, table)
    st.html(f"<style>{_style('house.css')}{_style('present.css') if state.present else ''}</style>")
    bridge(state)
    _top(state)
    for notice in state.notices:
        st.info(state.words(notice.message, **notice.values), icon=":material/info:")
    return state


@cache
def _style(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _top(state: State) -> None:
    """The title, and what changes the whole page: as buttons, for a link would hold the state of an earlier run."""
    words = state.words
    with st.container(horizontal=True, horizontal_alignment="distribute", key="top"):
        st.title(title(state.page, state["lang"]), anchor=False)
        with st.container(horizontal=True, horizontal_alignment="right", width="content", gap="small"):
            for other in lessons.LANGUAGES:
                if other != state["lang"]:
                    _switch(language.NAMES[other], {"lang": other}, ":material/translate:")
            mode = "present.leave" if state.present else "present.enter"
            _switch(words(mode), {"present": not state.present}, ":material/present_to_all:")


def _switch(label: str, values: dict[str, Any], icon: str) -> None:
    name = next(iter(values))
    st.button(label, key=f"switch.{name}", icon=icon, on_click=lambda: page_state.changes().update(values))
