"""An app for tests: one handle, with a lazy film, over two charts, of which one has a picture; clicks are heard.

A third chart, of which the film speaks, is absent.
"""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from figures import style
from figures.film import Film, Picture, track
from figures.picture import centres, image, palette, places
from ui import entries
from ui.chart import show_chart
from ui.frame import open_page
from ui.runs import keep
from ui.scrubber import Handle, Pick, encoded, scrubber
from ui.state import State, live

POSITIONS = np.linspace(0, 1, 21)
START = 0.5
COLOURS = palette(style.BLUE, "#ffffff", style.VERMILLION)
X = np.linspace(-1, 1, 41)
CELLS = 12
# t·x + (1 − t)·y over the plane, and along the line y = x².
PLANE = np.stack(
    [places(t * centres(-1, 1, CELLS) + (1 - t) * centres(-1, 1, CELLS)[:, None], -1, 1) for t in POSITIONS]
)
CURVES = POSITIONS[:, None] * X + (1 - POSITIONS[:, None]) * X**2
TABLE = (
    entries.Number("t", START, 0, 1),
    entries.Number("px", 0.0, -9, 9),
    entries.Number("py", 0.0, -9, 9),
    entries.Number("point", -1, -1, 9, whole=True),
)


def film() -> Film:
    """The plane and the curve for every t."""
    words = {"t": [f"{t:.2f}" for t in POSITIONS]}
    curves = (track(0, "y", CURVES, chart=1), track(0, "y", CURVES, chart=2))
    return Film("t", POSITIONS, START, curves, words, [Picture(0, PLANE, COLOURS)])


@live
def page(state: State) -> None:
    """The charts and their handle."""
    present = int(abs(POSITIONS - state.base({"t", "px", "py", "point"})["t"]).argmin())
    axes = style.layout(style.SCREEN, "x", "y", clickanywhere=True)
    axes["xaxis"] |= {"range": [-1, 1]}
    axes["yaxis"] |= {"range": [-1, 1]}
    plane = axes | {"images": [image(PLANE[present], COLOURS, (-1, 1), (-1, 1))]}
    dots = {"type": "scatter", "mode": "markers", "x": [-0.5, 0.5], "y": [0.5, -0.5], "marker": {"size": 20}}
    curve = {"type": "scatter", "mode": "lines", "x": X, "y": CURVES[present]}
    for place, key, figure in zip(
        st.columns(2), ("plane", "curve"), (go.Figure([dots], plane), go.Figure([curve], axes)), strict=True
    ):
        with place:
            show_chart(state, figure, key=key, alt=key)

    def picked(pick: Pick) -> None:
        state.set(px=round(pick.x, 2), py=round(pick.y, 2), point=-1 if pick.point is None else pick.point)

    scrubber(
        state,
        [Handle("t", "t", keep("film", lambda: encoded(film())), value=state["t"], lazy=True)],
        chart=("plane", "curve", "absent"),
        readout=['<p>t = <b data-slot="t"></b></p>'],
        words={"t": f"{state['t']:.2f}"},
        key="scrubber",
        picked=picked,
    )


open_page("", TABLE)
page()
