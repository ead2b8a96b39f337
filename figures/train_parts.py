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
from figures.numbers import power_of_ten
from figures.table import csv_text
from figures.train import RUN_COLOURS, RUN_DASHES, Moving, Rows, positions, rows

_RUNAWAY = 1e3  # a loss that grows so many times over its median is drawn on a log scale
_WINDOW = np.linspace(-SPAN, SPAN, 321)
_MIDDLES = np.linspace(-SPAN, SPAN, 2 * BINS + 1)[1::2]
_SMALLEST = 1e-12  # the lowest end of a log scale: a layer without any gradient lies there


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

    `words` has epoch, loss, losses (where the runs' differ), accuracy, r2, learnt and tested.
    """
    regressions = [run.settings.loss == "squared" for run in runs]
    scores = [
        words[name] for name, is_there in (("accuracy", not all(regressions)), ("r2", any(regressions))) if is_there
    ]
    last = max(int(positions(runs)[-1]), 1)
    loss = words["loss" if len({run.settings.loss for run in runs}) == 1 else "losses"]
    axes = _two_panels(look, words["epoch"], loss, ", ".join(scores))
    for name in ("xaxis", "xaxis2"):
        axes[name] |= {"range": [-0.02 * last, 1.03 * last]}
    losses = np.concatenate([run.recording.loss.ravel() for run in runs])
    highest = float(np.nanmax(losses))
    if highest > _RUNAWAY * float(np.nanmedian(losses)):
        ends = np.log10([max(float(np.nanmin(losses)), _SMALLEST), highest])
        axes["yaxis"] |= _powers(math.ceil(ends[0]), math.floor(ends[1]))
        axes["yaxis"] |= {"range": [float(ends[0]) - 0.2, float(ends[1]) + 0.3]}
    else:
        axes["yaxis"] |= {"range": [0, 1.08 * float(np.nanpercentile(losses, 99.5))]}
    if all(regressions):
        axes["yaxis2"] |= {"range": [-0.3, 1.06]}
    else:
        axes["yaxis2"] |= {"range": [-0.05, 1.08], "tickformat": ".0%"}
    if look.font >= style.CLASSROOM.font:  # letters that large leave room for two or three
        axes["yaxis"] |= {"nticks": 3}
        axes["yaxis2"] |= {"tickvals": [0, 1]}
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


def _powers(low: int, high: int) -> dict[str, Any]:
    """A log scale with two or three powers of ten, which do not touch in a classroom's size either."""
    powers = list(range(high, low - 1, -max(1, math.ceil((high - low) / 2))))
    return {"type": "log", "tickvals": [10.0**power for power in powers], "ticktext": list(map(power_of_ten, powers))}


def _two_panels(look: style.Look, x: str, upper: str, lower: str) -> dict[str, Any]:
    axes = style.layout(look, "", upper)
    other = style.layout(look, x, lower)
    axes["xaxis"] |= {"anchor": "y", "showticklabels": False}
    axes["yaxis"] |= {"domain": [0.56, 1]}
    axes["xaxis2"] = other["xaxis"] | {"anchor": "y2"}
    axes["yaxis2"] = other["yaxis"] | {"domain": [0, 0.46], "anchor": "x2"}
    axes["legend"] |= {"font": {"size": look.small}}
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
    decades = (math.floor(math.log10(norms.min())), math.ceil(math.log10(norms.max()) + 1e-9))
    axes["yaxis"] |= _powers(*decades) | {"range": [decades[0] - 0.2, decades[1] + 0.2]}
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


def _panel(run: Run, layer: int) -> tuple[NDArray[np.float64], float, float]:
    """A layer's function over the window, and the range of its axis."""
    reach = np.asarray(run.settings.layers[layer].f(_WINDOW))
    room = 0.07 * float(reach.max() - reach.min())
    return reach, float(reach.min()) - room, float(reach.max()) + room


def functions_moving(runs: Sequence[Run], shown: Rows, side: int) -> Moving:
    """The histogram of each layer's pre-activations, its highest bin of the whole run as high as the panel, and
    their mean on the curve. Without a point that moves, Plotly would leave the curve out of the film's frames."""
    run, tracks = runs[side], []
    for layer, bins in enumerate(run.recording.histogram):
        _, low, high = _panel(run, layer)
        means = (bins[shown[side]] @ _MIDDLES)[:, None]
        tracks += [
            track(3 * layer, "y", bins[shown[side]] / bins.max() * (high - low) / 1.08),
            track(3 * layer + 2, "x", means),
            track(3 * layer + 2, "y", np.asarray(run.settings.layers[layer].f(means.astype(np.float64)))),
        ]
    return Moving(tracks)


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
    for layer, chosen in enumerate(run.settings.layers):
        line, column = divmod(layer, columns)
        is_covered = layer + columns < count  # by a panel below with the same axis
        name = str(layer + 1) if layer else ""
        x_domain = [0.54 * column, 1.0 if columns == 1 else 0.46 + 0.54 * column]
        top = 1 - line * (1 / lines + 0.07)
        y_domain = [max(top - (1.0 if lines == 1 else 0.42), 0), top]
        reach, low, high = _panel(run, layer)
        axes[f"xaxis{name}"] = plain["xaxis"] | {
            "domain": x_domain,
            "anchor": f"y{name}",
            "range": [-SPAN, SPAN],
            "title": {"text": "" if is_covered else words["z"]},
            "showticklabels": not is_covered,
        }
        axes[f"yaxis{name}"] = plain["yaxis"] | {
            "domain": y_domain,
            "anchor": f"x{name}",
            "range": [low, high],
            "nticks": 5,
        }
        axes["shapes"] += _zones(chosen.f, f"x{name}", f"y{name} domain")
        axes["annotations"].append(
            {
                "text": words["layer_of"].format(layer=layer + 1, name=names[layer]),
                "showarrow": False,
                "xref": f"x{name} domain",
                "yref": f"y{name} domain",
                "x": 0.02,
                "y": 1.0,
                "xanchor": "left",
                "yanchor": "bottom",
            }
        )
        on = {"xaxis": f"x{name}", "yaxis": f"y{name}"}
        traces += [
            on
            | {
                "type": "bar",
                "base": low,
                "x": _MIDDLES,
                "width": 2 * SPAN / BINS,
                "marker": {"color": RUN_COLOURS[side], "opacity": 0.45},
                "hoverinfo": "skip",
            },
            on
            | {
                "type": "scatter",
                "mode": "lines",
                "x": _WINDOW,
                "y": reach,
                "line": style.VALUE | {"width": look.stroke},
                "hoverinfo": "skip",
            },
            on
            | {
                "type": "scatter",
                "mode": "markers",
                "marker": {"color": RUN_COLOURS[side], "size": look.marker, "line": {"color": "white", "width": 1.5}},
                "hovertemplate": "%{x:.3f}, %{y:.3f}<extra></extra>",
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


def functions_csv(run: Run, epoch: int) -> str:
    """The histograms of an epoch as CSV: a row a bin, with its ends; a column a layer, the share of what comes in."""
    (frame,) = rows([run], np.array([epoch]))[0]
    ends = np.linspace(-SPAN, SPAN, BINS + 1)
    columns = {f"layer {layer}": bins[frame] for layer, bins in enumerate(run.recording.histogram, start=1)}
    return csv_text({"z from": ends[:-1], "z to": ends[1:]} | columns)
