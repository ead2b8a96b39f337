"""How a figure is put on a page: its buttons, its words for those who do not see it, its height, its data."""

from collections.abc import Callable
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


def download(state: State, name: str, data: Callable[[], str]) -> None:
    """A button that hands over a figure's data as CSV, made when it is asked for."""
    st.download_button(
        state.words("chart.csv"),
        data,
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"download-{name}",
        on_click="ignore",
        icon=":material/download:",
    )
