"""Parts beside the decision surface: loss and accuracy, layers, and functions.

Each part has a figure, drawn for one epoch, and what of it moves over epochs, for the film.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.experiments import saturation_bounds
from activations.experiments.playground import Run
from activations.experiments.recording import BINS, SPAN
from figures import style
from figures.film import track
from figures.train import RUN_COLOURS, RUN_DASHES, Moving, Rows, positions, rows

_SMALLEST = 1e-12  # the lowest gradient norm that is drawn: a layer without any lies there


# --- loss and accuracy ---------------------------------------------------------------------------


def curves_moving(runs: Sequence[Run], shown: Rows) -> Moving:
    """A point on every curve."""
    tracks = []
    for side, (run, frames) in enumerate(zip(runs, shown, strict=True)):
        for panel, values in enumerate((run.recording.loss, run.recording.score)):
            place = 6 * side + 3 * panel + 2
            tracks += [
                track(place, "x", np.repeat(run.epochs[frames][:, None], 2, axis=1)),
                track(place, "y", values[frames]),
            ]
    return Moving(tracks)


def curves(
    runs: Sequence[Run], epoch: int, titles: Sequence[str], words: Mapping[str, str], look: style.Look = style.SCREEN
) -> go.Figure:
    """Over the epochs loss above, below accuracy or R²: of training points solid, of test points dotted.

    `words` has epoch, loss, accuracy, r2, learnt and tested.
    """
    is_regression = runs[0].settings.loss == "squared"
    last = max(int(positions(runs)[-1]), 1)
    axes = _two_panels(look, words["epoch"], words["loss"], words["r2" if is_regression else "accuracy"])
    for name in ("xaxis", "xaxis2"):
        axes[name] |= {"range": [-0.02 * last, 1.03 * last]}
    losses = np.concatenate([run.recording.loss.ravel() for run in runs])
    axes["yaxis"] |= {"range": [0, 1.08 * float(np.nanpercentile(losses, 99.5))], "rangemode": "tozero"}
    if is_regression:
        axes["yaxis2"] |= {"range": [-0.3, 1.06]}
    else:
        axes["yaxis2"] |= {"range": [-0.05, 1.08], "tickformat": ".0%"}
    traces: list[dict[str, Any]] = []
    for side, run in enumerate(runs):
        colour = RUN_COLOURS[side]
        for panel, values in enumerate((run.recording.loss, run.recording.score)):
            on = {"xaxis": f"x{panel + 1}".replace("1", ""), "yaxis": f"y{panel + 1}".replace("1", "")}
            for column, (group, dash) in enumerate((("learnt", "solid"), ("tested", "dot"))):
                is_race = len(runs) > 1  # whose legend tells the runs apart: dots are test points there too
                name = titles[side] if is_race else words[group]
                is_listed = panel == 0 and bool(np.isfinite(values[0, column])) and not (is_race and column)
                traces.append(
                    on
                    | {
                        "type": "scatter",
                        "mode": "lines",
                        "x": run.epochs,
                        "y": values[:, column],
                        "name": name,
                        "showlegend": is_listed,
                        "line": {"color": colour, "dash": dash, "width": look.stroke},
                    }
                )
            traces.append(
                on
                | {
                    "type": "scatter",
                    "mode": "markers",
                    "showlegend": False,
                    "marker": {"color": colour, "size": 0.8 * look.marker, "symbol": ["circle", "circle-open"]},
                    "hoverinfo": "skip",
                }
            )
    curves_moving(runs, rows(runs, np.array([epoch]))).apply(traces)
    axes["uirevision"] = f"curves {last}"
    return go.Figure(traces, axes)


def _two_panels(look: style.Look, x: str, upper: str, lower: str) -> dict[str, Any]:
    axes = style.layout(look, "", upper)
    other = style.layout(look, x, lower)
    axes["xaxis"] |= {"anchor": "y", "showticklabels": False}
    axes["yaxis"] |= {"domain": [0.56, 1]}
    axes["xaxis2"] = other["xaxis"] | {"anchor": "y2"}
    axes["yaxis2"] = other["yaxis"] | {"domain": [0, 0.46], "anchor": "x2"}
    axes["legend"] |= {"font": {"size": 0.85 * look.font}}
    return axes


# --- layers --------------------------------------------------------------------------------------


def _drawn_norms(run: Run) -> NDArray[np.float64]:
    return np.maximum(run.recording.gradient, _SMALLEST)


def layers_moving(runs: Sequence[Run], shown: Rows) -> Moving:
    """Each layer's gradient norm, and its dead and saturated share."""
    tracks = []
    for side, (run, frames) in enumerate(zip(runs, shown, strict=True)):
        tracks += [
            track(3 * side, "y", _drawn_norms(run)[frames]),
            track(3 * side + 1, "y", run.recording.dead_share[frames]),
            track(3 * side + 2, "y", run.recording.saturated[frames]),
        ]
    return Moving(tracks)


def layers(
    runs: Sequence[Run], epoch: int, titles: Sequence[str], words: Mapping[str, str], look: style.Look = style.SCREEN
) -> go.Figure:
    """Above the norm of each layer's gradient on a log scale, below the share of dead units and of saturated ones.

    `words` has layer, output, gradient, dead_share and saturated.
    """
    depth = max(len(run.settings.layers) for run in runs)
    axes = _two_panels(look, words["layer"], words["gradient"], "")
    norms = np.concatenate([_drawn_norms(run).ravel() for run in runs])
    decades = [math.floor(math.log10(norms.min())), math.ceil(math.log10(norms.max()) + 1e-9)]
    axes["yaxis"] |= {
        "type": "log",
        "range": [decades[0] - 0.2, decades[1] + 0.2],
        "exponentformat": "power",
        "dtick": max(1, round((decades[1] - decades[0]) / 4)),
    }
    places = list(range(1, depth + 1))
    axes["xaxis"] |= {
        "range": [0.5, depth + 1.5],
        "tickvals": [*places, depth + 1],
        "ticktext": [*map(str, places), words["output"]],
        "showticklabels": True,
    }
    axes["xaxis2"] |= {
        "domain": [0, 0.47],
        "title": {"text": words["dead_share"]},
        "range": [0.5, max(depth, 1) + 0.5],
        "tickvals": places,
        "zeroline": False,
    }
    axes["xaxis3"] = axes["xaxis2"] | {"domain": [0.53, 1], "title": {"text": words["saturated"]}, "anchor": "y3"}
    axes["yaxis2"] |= {"range": [0, 1.04], "tickformat": ".0%", "domain": [0, 0.4]}
    axes["yaxis3"] = axes["yaxis2"] | {"anchor": "x3", "showticklabels": False}
    axes["barmode"] = "group"
    traces: list[dict[str, Any]] = []
    for side, run in enumerate(runs):
        colour, count = RUN_COLOURS[side], len(run.settings.layers)
        bar = {"type": "bar", "x": list(range(1, count + 1)), "marker": {"color": colour}, "showlegend": False}
        traces += [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [*range(1, count + 1), depth + 1],
                "name": titles[side],
                "showlegend": len(runs) > 1,
                "line": {"color": colour, "dash": RUN_DASHES[side], "width": look.stroke},
                "marker": {"size": 0.8 * look.marker, "symbol": ("circle", "diamond")[side]},
                "hovertemplate": "%{y:.3g}<extra></extra>",
            },
            bar | {"xaxis": "x2", "yaxis": "y2", "hovertemplate": "%{y:.0%}<extra></extra>"},
            bar | {"xaxis": "x3", "yaxis": "y3", "hovertemplate": "%{y:.0%}<extra></extra>"},
        ]
    layers_moving(runs, rows(runs, np.array([epoch]))).apply(traces)
    axes["uirevision"] = f"layers {depth}"
    return go.Figure(traces, axes)


# --- functions -----------------------------------------------------------------------------------


def functions_moving(runs: Sequence[Run], shown: Rows, side: int) -> Moving:
    """The histogram of each layer's pre-activations."""
    histograms = runs[side].recording.histogram
    return Moving([track(2 * layer, "y", bins[shown[side]]) for layer, bins in enumerate(histograms)])


def functions(
    runs: Sequence[Run],
    epoch: int,
    side: int,
    names: Sequence[str],
    words: Mapping[str, str],
    look: style.Look = style.SCREEN,
) -> go.Figure:
    """For every hidden layer its function, and behind it the histogram of what comes in; where it saturates is grey.

    `names` are the functions' own; `words` has layer and z. Bins at the edges hold what lies beyond.
    """
    run = runs[side]
    count = len(run.settings.layers)
    columns, lines = (1 if count == 1 else 2), math.ceil(count / 2)
    plain = style.layout(look, "", "")
    axes = dict(plain)
    axes |= {"showlegend": False, "shapes": [], "annotations": [], "barmode": "overlay", "bargap": 0}
    axes["margin"] |= {"l": 2.6 * look.font, "b": 3.4 * look.font}
    traces: list[dict[str, Any]] = []
    middles = np.linspace(-SPAN, SPAN, 2 * BINS + 1)[1::2]
    for layer, chosen in enumerate(run.settings.layers):
        line, column = divmod(layer, columns)
        x_name, bin_name, f_name = (
            str(number) if number > 1 else "" for number in (layer + 1, 2 * layer + 1, 2 * layer + 2)
        )
        x_domain = [0.54 * column, 1.0 if columns == 1 else 0.46 + 0.54 * column]
        top = 1 - line * (1 / lines + 0.07)
        y_domain = [max(top - (1.0 if lines == 1 else 0.42), 0), top]
        reach = np.asarray(chosen.f(np.linspace(-SPAN, SPAN, 321)))
        room = 0.07 * (reach.max() - reach.min())
        axes[f"xaxis{x_name}"] = plain["xaxis"] | {
            "domain": x_domain,
            "anchor": f"y{bin_name}",
            "range": [-SPAN, SPAN],
            "title": {"text": words["z"] if line == lines - 1 else ""},
        }
        highest = 1.08 * float(run.recording.histogram[layer].max())
        hidden = {"visible": False, "fixedrange": True, "range": [0, highest]}
        axes[f"yaxis{bin_name}"] = hidden | {"domain": y_domain, "anchor": f"x{x_name}"}
        axes[f"yaxis{f_name}"] = plain["yaxis"] | {
            "overlaying": f"y{bin_name}",
            "anchor": f"x{x_name}",
            "range": [float(reach.min() - room), float(reach.max() + room)],
            "nticks": 5,
            "tickmode": "auto",  # not in step with the hidden axis under it
        }
        axes["shapes"] += _zones(chosen.f, f"x{x_name}", f"y{bin_name} domain")
        axes["annotations"].append(
            {
                "text": words["layer_of"].format(layer=layer + 1, name=names[layer]),
                "showarrow": False,
                "xref": f"x{x_name} domain",
                "yref": f"y{bin_name} domain",
                "x": 0.02,
                "y": 1.0,
                "xanchor": "left",
                "yanchor": "bottom",
            }
        )
        on = {"xaxis": f"x{x_name}"}
        traces += [
            on
            | {
                "type": "bar",
                "yaxis": f"y{bin_name}",
                "x": middles,
                "width": 2 * SPAN / BINS,
                "marker": {"color": RUN_COLOURS[side], "opacity": 0.45},
                "hovertemplate": "%{y:.1%}<extra></extra>",
            },
            on
            | {
                "type": "scatter",
                "mode": "lines",
                "yaxis": f"y{f_name}",
                "x": np.linspace(-SPAN, SPAN, 321),
                "y": reach,
                "line": style.VALUE | {"width": look.stroke},
                "hoverinfo": "skip",
            },
        ]
    functions_moving(runs, rows(runs, np.array([epoch])), side).apply(traces)
    axes["uirevision"] = f"functions {names}"
    return go.Figure(traces, axes)


def _zones(f: Any, x: str, y: str) -> list[dict[str, Any]]:
    left, right = (float(np.clip(bound, -SPAN, SPAN)) for bound in saturation_bounds(f))
    ends = [(start, end) for start, end in ((-SPAN, left), (right, SPAN)) if start < end]
    zone = {"type": "rect", "xref": x, "yref": y, "y0": 0, "y1": 1, "line": {"width": 0}, "layer": "below"}
    return [zone | {"x0": start, "x1": end, "fillcolor": style.GREY, "opacity": 0.18} for start, end in ends]
