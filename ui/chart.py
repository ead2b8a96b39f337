"""How a figure is put on a page: its buttons, its words for those who do not see it, and its height."""

from typing import Any

import streamlit as st

from figures import style
from ui.state import State


def show_chart(state: State, figure: Any, *, key: str, alt: str) -> None:
    """Show a Plotly figure under `key`, described by `alt`; in presentation mode as high as the screen allows."""
    if not state.present:
        st.plotly_chart(figure, key=key, config=style.CONFIG, theme=None, alt=alt)
        return
    with st.container(key=f"stage-{key}"):  # ui/present.css gives it a share of the screen
        st.plotly_chart(figure, key=key, config=style.CONFIG, theme=None, alt=alt, height="stretch")
