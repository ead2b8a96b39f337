"""The bridge to the browser's page: sets `<html lang>`, keeps the address and remembers the language."""

from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from ui.language import COOKIE
from ui.state import State


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(
        "activation_lab_bridge", js=(Path(__file__).parent / "bridge.js").read_text(encoding="utf-8")
    )


def bridge(state: State) -> None:
    """Bring the browser's page into line with the state."""
    _component()(
        key="bridge",
        data={
            "language": {"zh": "zh-CN"}.get(state["lang"], state["lang"]),
            "cookie": COOKIE,
            "chosen": state["lang"],
            "present": state.present,
            "page": state.page,
            "query": urlencode(state.query()),
        },
    )
