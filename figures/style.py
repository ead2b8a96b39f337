"""The house's looks: colours, dashes, and the layout that every figure starts from.

Okabe–Ito colours, of which these reach a contrast of 3:1 on both the light and the dark ground.
A derivative is told apart by its dash as well as by its colour, everywhere the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
GREY = "#80868B"  # guides and ghosts; 3:1 on both grounds
VALUE = {"color": BLUE, "dash": "solid"}
DERIVATIVE = {"color": VERMILLION, "dash": "dash"}
SECOND = {"color": GREEN, "dash": "dot"}
# The last but one is Okabe–Ito's orange, darkened to 3:1; brown, violet and olive are of a like lightness.
SERIES = (BLUE, VERMILLION, GREEN, PURPLE, "#8C564B", "#7766FF", "#6B8E00", "#A07000", GREY)

# The page's own stack: fonts of the reader's system that carry Chinese; nothing is downloaded.
FONT = (
    "'Source Sans', system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', sans-serif"
)

CONFIG: dict[str, Any] = {
    # A finger on the chart scrolls the page; zooming is a choice made with the buttons.
    "scrollZoom": False,
    "displaylogo": False,
    "modeBarButtons": [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]],
}


@dataclass(frozen=True)
class Look:
    """How large a figure is drawn: on a reader's screen, or for the last row of a classroom."""

    font: int = 14
    stroke: float = 2.5
    marker: int = 11
    height: int = 360

    @property
    def small(self) -> float:
        """The size of what may be smaller than the rest on a screen; in a classroom nothing may."""
        return 0.85 * self.font if self.font < 20 else self.font


SCREEN = Look()
LOW = Look(height=330)  # where more than handles and a line stands around the figure
CLASSROOM = Look(font=28, stroke=5.0, marker=20, height=560)


def layout(look: Look, x: str, y: str, **more: Any) -> dict[str, Any]:
    """The layout of a figure with one pair of axes, titled `x` and `y`; `more` is added to it.

    It does without a template, which Plotly would go through anew in every frame of a film. Grounds
    are clear, lines grey, and the page's style sheet gives words the colour of its text, so that
    the figure suits light and dark alike.
    """
    axis: dict[str, Any] = {
        "zeroline": True,
        "zerolinewidth": 1,
        "zerolinecolor": GREY,
        "showgrid": True,
        "gridcolor": "rgba(128, 134, 139, 0.25)",
        "automargin": False,
        "ticklabelstandoff": 6,
    }
    return {
        "template": {},
        "height": look.height,
        "margin": {"l": (5 if y else 3.6) * look.font, "r": look.font, "t": 2.2 * look.font, "b": 3.0 * look.font},
        "font": {"size": look.font, "family": FONT, "color": GREY},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": GREY, "activecolor": BLUE},
        "dragmode": False,
        "hovermode": "closest",
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "xanchor": "left", "yanchor": "bottom"},
        "xaxis": axis | {"title": {"text": x, "font": {"size": look.font}}},
        "yaxis": axis | {"title": {"text": y, "font": {"size": look.font}}},
        **more,
    }


def curve(
    x: Any, y: Any, name: str, line: Mapping[str, Any], look: Look, hover: str = "", **more: Any
) -> dict[str, Any]:
    """A trace that draws a curve: `line` is its colour and dash, `hover` the template of what can be read off it."""
    read_off = {"hovertemplate": f"{hover}<extra>{name}</extra>"} if hover else {"hoverinfo": "skip"}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "name": name,
        # Plotly would leave out points that lie nearly on a line, and a bend would show corners.
        "line": {"width": look.stroke, "simplify": False} | dict(line),
        **read_off,
        **more,
    }


def points(
    x: Any, y: Any, colours: Sequence[str], symbols: Sequence[str], size: float | Sequence[float], **more: Any
) -> dict[str, Any]:
    """A trace of the points that a handle moves, edged in white; `more` is added to it or replaces a part of it."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "marker": {
            "color": colours,
            "symbol": symbols,
            "size": size,
            "opacity": 1,  # Plotly thins points of several sizes
            "line": {"color": "white", "width": 1.5},
        },
        "showlegend": False,
        "cliponaxis": False,
        "hoverinfo": "skip",
        **more,
    }
