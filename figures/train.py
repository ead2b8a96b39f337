"""The figures of the training playground: the decision surface, and the film over the epochs of one run or two.

Two runs with the same points race side by side under one handle; a run that has ended early stands
still at its last epoch. What moves is worked out by one function for the base figure (one frame) and
for the film (all frames), so that they agree. The parts beside the surface are in `train_parts`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations.experiments.datasets import Points
from activations.experiments.playground import Run
from figures import style
from figures.film import Film, Picture, Track
from figures.numbers import number
from figures.picture import COLOURS, image, png
from figures.table import csv_text

CLASS_COLOURS = style.SERIES[:5]
CLASS_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross")
RUN_COLOURS = (style.GREEN, style.PURPLE)
RUN_DASHES = ("solid", "dash")
TRACES = 3  # of each surface
LEARNT, TESTED, CHOSEN = range(TRACES)
_CLEAREST, _FULLEST = 10, 150  # how much of the ground a colour covers, of 255

Rows = Sequence[NDArray[np.int64]]  # for each run, which of its frames is shown in each frame of the film


@dataclass(frozen=True)
class Moving:
    """What changes in one chart: tracks of traces, pictures, both over the same frames."""

    tracks: Sequence[Track] = ()
    pictures: Sequence[Picture] = ()

    def apply(self, traces: Sequence[dict[str, Any]], images: Sequence[dict[str, Any]] = ()) -> None:
        """Put the first frame into a base figure's traces and images."""
        for track in self.tracks:
            traces[track.trace][track.attribute] = track.values[0]
        for picture in self.pictures:
            images[picture.image]["source"] = png(picture.values[0], picture.palette)


def positions(runs: Sequence[Run]) -> NDArray[np.int64]:
    """The epochs at which the handle stops: all that one of the runs has kept."""
    return np.unique(np.concatenate([run.epochs for run in runs]))


def nearest(runs: Sequence[Run], epoch: float) -> int:
    """The epoch among `positions` that is nearest to `epoch`."""
    kept = positions(runs)
    return int(kept[np.argmin(np.abs(kept - epoch))])


def rows(runs: Sequence[Run], epochs: NDArray[np.int64]) -> Rows:
    """For each run the frame that it shows at each of these epochs: the last one it has kept by then."""
    return [np.searchsorted(run.epochs, epochs, side="right") - 1 for run in runs]


def _rgb(colour: str) -> list[int]:
    return list(bytes.fromhex(colour.lstrip("#")))


def _shades(colour: str, strength: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The colour over the page's own ground, stronger where `strength` (0 to 1) is."""
    alpha = _CLEAREST + (_FULLEST - _CLEAREST) * strength
    return np.column_stack([np.tile(_rgb(colour), (len(strength), 1)), alpha]).round().astype(np.uint8)


def _two_sided() -> NDArray[np.uint8]:
    """From blue by the page's ground to vermillion."""
    strength = np.linspace(0.0, 1.0, COLOURS // 2)
    return np.concatenate([_shades(style.BLUE, strength[::-1]), _shades(style.VERMILLION, strength)])


TWO_SIDED = _two_sided()


def surface_palette(run: Run) -> NDArray[np.uint8]:
    """The colours of a run's surface, whose numbers `Recording` describes."""
    classes = run.points.classes
    if run.settings.loss == "squared" or classes == 2:
        return TWO_SIDED
    band = COLOURS // classes
    bands = [_shades(colour, np.linspace(0.0, 1.0, band)) for colour in CLASS_COLOURS[:classes]]
    return np.concatenate([*bands, np.zeros((COLOURS - classes * band, 4), dtype=np.uint8)])


def surface_moving(runs: Sequence[Run], shown: Rows) -> Moving:
    """The runs' surfaces in these frames."""
    return Moving(
        pictures=[
            Picture(side, run.recording.surface[frames], surface_palette(run))
            for side, (run, frames) in enumerate(zip(runs, shown, strict=True))
        ]
    )


def _marks(points: Points, is_regression: bool) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """The colour and the symbol of every point: by its class, in regression by its target."""
    if not is_regression:
        return np.array(CLASS_COLOURS)[points.labels], np.array(CLASS_SYMBOLS)[points.labels]
    share = np.clip(np.abs(points.targets), 0.0, 1.0)[:, None]
    full = np.where(points.targets[:, None] < 0, _rgb(style.BLUE), _rgb(style.VERMILLION))
    mixed = (share * full + (1.0 - share) * np.array(_rgb(style.GREY))).astype(int)
    return np.array([f"rgb({r},{g},{b})" for r, g, b in mixed.tolist()]), np.full(len(share), "circle")


def _groups(points: Points) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.flatnonzero(~points.is_test), np.flatnonzero(points.is_test)


def point_at(points: Points, trace: int | None, number_in_trace: int | None) -> int | None:
    """The index of the point that was clicked, or None if it was something else."""
    if trace is None or number_in_trace is None or trace % TRACES == CHOSEN:
        return None
    group = _groups(points)[trace % TRACES]
    return int(group[number_in_trace]) if number_in_trace < len(group) else None


def _point_traces(
    points: Points, is_regression: bool, chosen: int | None, side: int, words: Mapping[str, str], look: style.Look
) -> list[dict[str, Any]]:
    places = points.positions * points.scale + points.centre
    colours, symbols = _marks(points, is_regression)
    axes = {"xaxis": f"x{side + 1 if side else ''}", "yaxis": f"y{side + 1 if side else ''}"}
    size = 0.55 * look.marker
    traces = []
    for group, name, suffix in zip(_groups(points), ("learnt", "tested"), ("", "-open"), strict=True):
        traces.append(
            axes
            | {
                "type": "scatter",
                "mode": "markers",
                "x": places[group, 0],
                "y": places[group, 1],
                "name": words[name],
                "showlegend": side == 0 and len(group) > 0,
                "legendgroup": name,
                "marker": {
                    "color": colours[group],
                    "symbol": [f"{symbol}{suffix}" for symbol in symbols[group].tolist()],
                    "size": size,
                    "line": {"width": 1.5 if suffix else 0.8} | ({} if suffix else {"color": "white"}),
                },
                "hovertemplate": "%{x:.3g}, %{y:.3g}<extra></extra>",
            }
        )
    ring = places[[chosen]] if chosen is not None else np.empty((0, 2))
    traces.append(
        axes
        | {
            "type": "scatter",
            "mode": "markers",
            "x": ring[:, 0],
            "y": ring[:, 1],
            "showlegend": False,
            "marker": {"symbol": "circle-open", "size": 2.2 * size, "color": style.GREY, "line": {"width": 3}},
            "hoverinfo": "skip",
        }
    )
    return traces


def surface(
    runs: Sequence[Run],
    epoch: int,
    chosen: int | None,
    titles: Sequence[str],
    words: Mapping[str, str],
    look: style.Look = style.SCREEN,
) -> go.Figure:
    """The points over the answers of the network, of two runs side by side; `chosen` is ringed.

    `words` has learnt and tested, `titles` stand over the surfaces of a race.
    """
    points = runs[0].points
    traces, images, axes = [], [], _window_axes(points, len(runs), look)
    for side, run in enumerate(runs):
        traces += _point_traces(points, run.settings.loss == "squared", chosen, side, words, look)
        number_of = str(side + 1) if side else ""
        (left, bottom), (right, top) = _corners(points)
        empty = np.zeros((1, 1), dtype=np.uint8)
        images.append(image(empty, TWO_SIDED, (left, right), (bottom, top), (f"x{number_of}", f"y{number_of}")))
    surface_moving(runs, rows(runs, np.array([epoch]))).apply(traces, images)
    axes["images"] = images
    axes["annotations"] = [
        {
            "text": title,
            "showarrow": False,
            "xref": f"x{side + 1 if side else ''} domain",
            "yref": f"y{side + 1 if side else ''} domain",
            "x": 0,
            "y": 1,
            "xanchor": "left",
            "yanchor": "bottom",
            "font": {"color": RUN_COLOURS[side]},
        }
        for side, title in enumerate(titles if len(runs) > 1 else ())
    ]
    return go.Figure(traces, axes)


def board(
    points: Sequence[tuple[float, float]],
    labels: Sequence[int],
    half_width: float,
    look: style.Look = style.SCREEN,
) -> go.Figure:
    """Points that are being set by hand, before there is anything to learn from them."""
    places, classes = np.array(points).reshape(-1, 2), np.array(labels, dtype=np.int64)
    axes = _square_axes(1, (-half_width, half_width), (-half_width, half_width), look)
    marker = {
        "color": np.array(CLASS_COLOURS)[classes],
        "symbol": np.array(CLASS_SYMBOLS)[classes],
        "size": 0.55 * look.marker,
        "line": {"width": 0.8, "color": "white"},
    }
    dots = {"type": "scatter", "mode": "markers", "x": places[:, 0], "y": places[:, 1], "marker": marker}
    return go.Figure([dots | {"showlegend": False, "hovertemplate": "%{x:.3g}, %{y:.3g}<extra></extra>"}], axes)


def _corners(points: Points) -> NDArray[np.float64]:
    ends: NDArray[np.float64] = np.array([[-points.half_width], [points.half_width]]) * points.scale + points.centre
    return ends


def _window_axes(points: Points, count: int, look: style.Look) -> dict[str, Any]:
    (left, bottom), (right, top) = _corners(points).tolist()
    return _square_axes(count, (left, right), (bottom, top), look)


def _square_axes(count: int, x: tuple[float, float], y: tuple[float, float], look: style.Look) -> dict[str, Any]:
    axes = style.layout(look, "", "", clickanywhere=True)
    axes["margin"] = {"l": 2.6 * look.font, "r": 4, "t": (1.9 + 1.3 * (count > 1)) * look.font, "b": 1.8 * look.font}
    plain_x = axes["xaxis"] | {"range": x, "constrain": "domain", "zeroline": False}
    plain_y = axes["yaxis"] | {
        "range": y,
        "constrain": "domain",
        "constraintoward": "top",
        "zeroline": False,
        "scaleratio": (x[1] - x[0]) / (y[1] - y[0]),
    }
    for side in range(count):
        name = str(side + 1) if side else ""
        gap = 0.06 * (count - 1)
        domain = [side * (0.5 + gap / 2), 1.0 if count == 1 else side * (0.5 + gap / 2) + 0.5 - gap / 2]
        axes[f"xaxis{name}"] = plain_x | {"domain": domain, "anchor": f"y{name}"}
        axes[f"yaxis{name}"] = plain_y | {"anchor": f"x{name}", "scaleanchor": f"x{name}", "showticklabels": side == 0}
    # at the very top, over the titles of a race, which stand on the surfaces
    legend = {"yref": "container", "y": 1, "yanchor": "top", "font": {"size": look.small}}
    axes["legend"] |= legend | {"itemclick": False, "itemdoubleclick": False}
    axes["uirevision"] = f"train {x} {y} {count}"
    return axes


def film(runs: Sequence[Run], epoch: int, part: Moving) -> Film:
    """What moves with the epoch: the surfaces in chart 0, in chart 1 what `part` has for every one of `positions`."""
    kept = positions(runs)
    shown = surface_moving(runs, rows(runs, kept))
    return Film(
        "epoch",
        kept.astype(np.float64),
        float(epoch),
        [Track(track.trace, track.attribute, track.values, chart=1) for track in part.tracks],
        numbers_in_words(runs, kept),
        [*shown.pictures, *(Picture(one.image, one.values, one.palette, chart=1) for one in part.pictures)],
    )


def numbers_in_words(runs: Sequence[Run], epochs: NDArray[np.int64]) -> dict[str, list[str]]:
    """The slots: epoch, and for the run of each row loss and score, learnt and tested.

    Where one run learns classes and one numbers, their scores are of two kinds, and R² is called so.
    """
    is_mixed = len({run.settings.loss == "squared" for run in runs}) > 1
    words = {"epoch": [str(epoch) for epoch in epochs.tolist()]}
    for row, (run, frames) in enumerate(zip(runs, rows(runs, epochs), strict=True)):
        for column, group in enumerate(("learnt", "tested")):
            words[f"loss_{group}{row}"] = [_told(value) for value in run.recording.loss[frames, column].tolist()]
            scores = run.recording.score[frames, column].tolist()
            words[f"score_{group}{row}"] = [_score(value, run, is_mixed) for value in scores]
    said = zip(words["epoch"], words["loss_learnt0"], words["score_learnt0"], strict=True)
    return words | {"epoch_said": [f"{epoch}: {loss}, {score}" for epoch, loss, score in said]}


def _told(value: float) -> str:
    return "–" if np.isnan(value) else number(value, 3)


def _score(value: float, run: Run, is_named: bool) -> str:
    if np.isnan(value):
        return "–"
    if run.settings.loss != "squared":
        return f"{100 * value:.1f}%"
    return f"R² = {number(value, 3)}" if is_named else number(value, 3)


def present_words(runs: Sequence[Run], epoch: int) -> dict[str, str]:
    """The readout's words for the present epoch."""
    return {slot: texts[0] for slot, texts in numbers_in_words(runs, np.array([epoch])).items()}


def data_csv(runs: Sequence[Run]) -> str:
    """The runs as CSV: for every kept epoch losses, scores, each layer's gradient norm, dead and saturated share."""
    epochs = positions(runs)
    columns: dict[str, NDArray[Any]] = {"epoch": epochs}
    for side, (run, frames) in enumerate(zip(runs, rows(runs, epochs), strict=True)):
        suffix = f" ({'AB'[side]})" if len(runs) > 1 else ""
        recording = run.recording
        for column, group in enumerate(("training", "test")):
            columns[f"loss {group}{suffix}"] = recording.loss[frames, column]
            columns[f"score {group}{suffix}"] = recording.score[frames, column]
        named = {"gradient norm": recording.gradient, "dead": recording.dead_share, "saturated": recording.saturated}
        for name, values in named.items():
            columns |= {f"{name} {layer + 1}{suffix}": values[frames, layer] for layer in range(values.shape[1])}
    return csv_text(columns)
