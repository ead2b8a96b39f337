"""The figures of the convolution: one step in large, its maps before and after the activation, and their films."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from activations import Activation, family
from activations.base import Parameter
from activations.experiments import digits
from activations.experiments.convolution import FILTERS, SIDE, SIZE, Layer, convolve, patches
from figures import style
from figures.film import Film, Picture, frame_values, track
from figures.function import parameter_positions
from figures.numbers import short
from figures.picture import image, palette, places
from figures.table import csv_text

Values = NDArray[np.float64]

INK = palette("#ffffff", "#000000")
# From blue over the page's own ground, which is 0, to vermillion.
SIGNED = palette(style.BLUE, style.BLUE, style.VERMILLION, style.VERMILLION)
SIGNED[:, :3] = np.where(np.arange(256)[:, None] < 128, SIGNED[0, :3], SIGNED[-1, :3])
SIGNED[:, 3] = np.abs(2 * np.arange(256) - 255)
CELLS = np.arange(1.0, SIDE**2 + 1)  # where the handle for the place stops, row by row
BIASES = np.linspace(-3.0, 3.0, 61)
TESTED = 50  # test digits over which zeros are counted
WINDOW, MAPS = 0, 1  # the charts, as films count them
OUTLINES = 0  # the trace of both that frames the patch, and the cell that it gives

_WEIGHT = 1.2  # side of a weight beside the digit, whose pixels have side 1
_FILTER_AT = (9.0, 0.0)  # left and top of the filter and of the products in the window
_PRODUCTS_AT = (9.0, -SIDE + SIZE * _WEIGHT)
_STEP = SIDE + 1.0  # from one map to the next
_SMALL = 4.0  # side of a filter over its map
_HEADING = 2.3  # over every row of maps


@dataclass(frozen=True)
class Shown:
    """What is on the screen: an image (8, 8), six filters, an activation, a bias for all, filter and cell from 0."""

    image: Values
    layer: Layer
    f: Activation
    bias: float
    filter: int
    cell: int

    @cached_property
    def over(self) -> Values:
        """The patches of the image, shape (1, 8, 8, 9)."""
        return np.asarray(patches(self.image[None]))

    @cached_property
    def z(self) -> Values:
        """The six maps before the activation, without the handle's bias, shape (6, 8, 8)."""
        return np.moveaxis(convolve(self.over, self.layer)[0], -1, 0)

    @cached_property
    def products(self) -> Values:
        """The nine products at every cell, shape (64, 9)."""
        return np.asarray(self.over.reshape(-1, SIZE**2) * self.layer.filters[self.filter].ravel())

    @cached_property
    def ends(self) -> tuple[float, float]:
        """Where colours are fullest, of weights and of maps: few of the shipped digits go beyond these numbers."""
        of_maps = np.abs(self.layer(_first_digits()))
        return float(np.abs(self.layer.filters).max()), float(np.quantile(of_maps, 0.99))


def _first_digits() -> Values:
    data = digits.load()
    return np.asarray(data.images[data.first].reshape(-1, SIDE, SIDE))


def tested(layer: Layer) -> Values:
    """The maps of 50 test digits before the activation, in one row."""
    images = digits.load().images[digits.split().test[:TESTED]]
    return np.asarray(layer(images.reshape(-1, SIDE, SIDE)).ravel())


def _coloured(values: Values, end: float) -> NDArray[np.uint8]:
    """Places in the palette, the lowest row first, from −`end` to `end`."""
    return places(values, -end, end)[..., ::-1, :]


def _box(left: Values, top: Values, side: float) -> Values:
    """The corners of squares, as x and then y of a closed line, shape (frames, 10)."""
    right, bottom = left + side, top - side
    return np.stack([left, right, right, left, left, top, top, bottom, bottom, top], axis=1)


def _cell_corner(cells: NDArray[np.int64]) -> tuple[Values, Values]:
    return (cells % SIDE).astype(np.float64), -(cells // SIDE).astype(np.float64)


def _outline(x: Values, y: Values, look: style.Look) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": style.GREEN, "width": 1.4 * look.stroke},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _patch_outline(cells: NDArray[np.int64]) -> tuple[Values, Values]:
    left, top = _cell_corner(cells)
    lines = _box(left - 1, top + 1, SIZE)
    return lines[:, :5], lines[:, 5:]


def _cell_outlines(cells: NDArray[np.int64], chosen: int) -> tuple[Values, Values]:
    """The cell on both maps of the filter, one line with a gap."""
    left, top = _cell_corner(cells)
    lines = [_box(left + chosen * _STEP, top + row, 1.0) for row in (_top(0), _top(1))]
    gap = np.full((len(cells), 1), np.nan)
    return tuple(  # type: ignore[return-value]
        np.concatenate([lines[0][:, part], gap, lines[1][:, part]], axis=1) for part in (slice(0, 5), slice(5, 10))
    )


def _axes(look: style.Look, width: tuple[float, float], height: tuple[float, float]) -> dict[str, Any]:
    axes = style.layout(look, "", "", clickanywhere=True)
    axes["margin"] = {"l": 4, "r": 4, "t": 4, "b": 4}
    hidden = {"visible": False, "fixedrange": True, "constrain": "domain"}
    axes["xaxis"] |= hidden | {"range": list(width)}
    axes["yaxis"] |= hidden | {"range": list(height), "scaleanchor": "x", "constraintoward": "top"}
    return axes


def _text(x: Sequence[float], y: Sequence[float], text: Sequence[str], place: str, size: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "text",
        "x": x,
        "y": y,
        "text": text,
        "textposition": place,
        "textfont": {"size": size},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _frame(x: float, y: float, side: float, width: float = 1.0) -> dict[str, Any]:
    line = {"color": style.GREY, "width": width}
    return {"type": "rect", "x0": x, "x1": x + side, "y0": y, "y1": y - side, "line": line}


def window(shown: Shown, words: Mapping[str, str], look: style.Look = style.SCREEN) -> go.Figure:
    """One step in large: the digit with the patch framed, the filter with its weights, and the nine products.

    `words` has weights and products.
    """
    beside = SIZE * _WEIGHT
    axes = _axes(look, (-1.1, _FILTER_AT[0] + beside + 0.1), (-SIDE - 1.1, 1.1))
    weights = shown.layer.filters[shown.filter]
    end = shown.ends[0]
    axes["images"] = [image(places(shown.image, 0, 1)[::-1], INK, (0, SIDE), (-SIDE, 0))] + [
        image(_coloured(values, end), SIGNED, (x, x + beside), (y - beside, y))
        for values, (x, y) in ((weights, _FILTER_AT), (_products(shown)[shown.cell], _PRODUCTS_AT))
    ]
    axes["shapes"] = [_frame(0, 0, SIDE), _frame(*_FILTER_AT, beside), _frame(*_PRODUCTS_AT, beside)]
    (x,), (y,) = _patch_outline(np.array([shown.cell]))
    corner = np.arange(SIZE) * _WEIGHT + _WEIGHT / 2
    in_words = _text(
        np.tile(_FILTER_AT[0] + corner, SIZE).tolist(),
        np.repeat(_FILTER_AT[1] - corner, SIZE).tolist(),
        [_weight(value) for value in weights.ravel().tolist()],
        "middle center",
        look.small,
    )
    headings = _text(
        [_FILTER_AT[0], _PRODUCTS_AT[0]], [_FILTER_AT[1] + 0.1, _PRODUCTS_AT[1] + 0.1],
        [words["weights"], words["products"]], "top right", look.small,
    )  # fmt: skip
    axes["uirevision"] = "window"
    return go.Figure([_outline(x, y, look), in_words, headings], axes)


def _weight(value: float) -> str:
    """Short, for three stand side by side in little room."""
    return f"{value:.0f}".replace("-", "−") if value % 1 == 0 else f"{round(value, 1) + 0.0:.1f}".replace("-", "−")


def filter_name(number: int) -> str:
    """What a filter is called, counted from 1: w₁."""
    return f"w{'₀₁₂₃₄₅₆₇₈₉'[number]}"


def _products(shown: Shown) -> Values:
    return shown.products.reshape(-1, SIZE, SIZE)


def map_at(x: float, y: float) -> tuple[int, int] | None:
    """The filter and the cell, both from 0, at a place of the figure of maps."""
    chosen = column_at(x)
    for top in (_top(0), _top(1)):
        column, row = int(x - (chosen or 0) * _STEP), int(top - y)
        if chosen is not None and column < SIDE and y <= top and row < SIDE:
            return chosen, row * SIDE + column
    return None


def column_at(x: float) -> int | None:
    """The filter, from 0, whose maps stand at a place of a mosaic."""
    found = int(x // _STEP)
    return found if 0 <= found < FILTERS else None


def pixel_at(x: float, y: float) -> int | None:
    """The cell, from 0, at a place of the window's digit."""
    return int(-y) * SIDE + int(x) if 0 <= x < SIDE and -SIDE < y <= 0 else None


def _top(row: int, filters: float = _SMALL) -> float:
    """Where a row of maps begins, under filters of this size and its heading."""
    return -filters - (row + 1) * _HEADING - row * SIDE


def mosaic(
    rows: Mapping[str, Values], end: float, chosen: int, look: style.Look, filters: float = 0.0
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The layout and the traces of rows of six maps (6, 8, 8) by what stands over them, the chosen one framed.

    Colours are fullest at ±`end`. Above them `filters` of height is left free.
    """
    bottom = _top(len(rows) - 1, filters) - SIDE
    axes = _axes(look, (-0.3, FILTERS * _STEP - 0.7), (bottom - 0.3, 0.3))
    corners = [(column * _STEP, _top(row, filters)) for row in range(len(rows)) for column in range(FILTERS)]
    pictures = _coloured(np.concatenate(list(rows.values())), end)
    axes["images"] = [
        image(cells, SIGNED, (x, x + SIDE), (y - SIDE, y)) for cells, (x, y) in zip(pictures, corners, strict=True)
    ]
    axes["shapes"] = [
        _frame(x, y, SIDE, 3.0 if place % FILTERS == chosen else 1.0) for place, (x, y) in enumerate(corners)
    ]
    tops = [_top(row, filters) + 0.1 for row in range(len(rows))]
    return axes, [_text([0.0] * len(rows), tops, list(rows), "top right", look.small)]


def moving_maps(values: Values, end: float, row: int, chart: int) -> list[Picture]:
    """A row of a mosaic in every frame, for maps of shape (frames, 6, 8, 8)."""
    cells = _coloured(values, end)
    return [
        Picture(row * FILTERS + place, np.ascontiguousarray(cells[:, place]), SIGNED, chart) for place in range(FILTERS)
    ]


def maps(shown: Shown, words: Mapping[str, str], look: style.Look = style.SCREEN) -> go.Figure:
    """The six filters, and under each its map before and after the activation; the chosen one is framed.

    `words` has before and after, which stand over the rows.
    """
    biased = shown.z + shown.bias
    rows = {words["before"]: biased, words["after"]: np.asarray(shown.f(biased))}
    axes, headings = mosaic(rows, shown.ends[1], shown.filter, look, _SMALL)
    lefts = [column * _STEP for column in range(FILTERS)]
    axes["images"] += [
        image(_coloured(weights, shown.ends[0]), SIGNED, (x, x + _SMALL), (-_SMALL, 0))
        for x, weights in zip(lefts, shown.layer.filters, strict=True)
    ]
    axes["shapes"] += [_frame(x, 0, _SMALL, 3.0 if place == shown.filter else 1.0) for place, x in enumerate(lefts)]
    (x,), (y,) = _cell_outlines(np.array([shown.cell]), shown.filter)
    numbers = _text(
        [left + _SMALL + 0.2 for left in lefts], [-_SMALL / 2] * FILTERS,
        [filter_name(place + 1) for place in range(FILTERS)], "middle right", look.small,
    )  # fmt: skip
    axes["uirevision"] = "maps"
    return go.Figure([_outline(x, y, look), *headings, numbers], axes)


# --- films ------------------------------------------------------------------------------------------


def cell_film(shown: Shown) -> Film:
    """What moves with the place of the patch: its frame, the products, the cell on both maps, and the sum."""
    cells = CELLS.astype(np.int64) - 1
    outlines = (_patch_outline(cells), _cell_outlines(cells, shown.filter))
    tracks = [
        track(OUTLINES, attribute, values, chart=chart)
        for chart, lines in enumerate(outlines)
        for attribute, values in zip("xy", lines, strict=True)
    ]
    products = _coloured(_products(shown), shown.ends[0])
    words = _at_cells(shown, cells, np.full(len(cells), shown.bias))
    words |= {"cell": [str(cell + 1) for cell in cells.tolist()]}
    return Film("cell", CELLS, shown.cell + 1.0, tracks, words, [Picture(2, products, SIGNED, WINDOW)])


def bias_film(shown: Shown, z_tested: Values) -> Film:
    """What moves with the bias: both rows of maps, the sum, and the zeros; `z_tested` is what `tested` gives."""
    biases = frame_values(BIASES, shown.bias)
    z = shown.z + biases[:, None, None, None]
    after = np.asarray(shown.f(z))
    end = shown.ends[1]
    words = _at_cells(shown, np.full(len(biases), shown.cell), biases) | zeros(shown, after)
    words["zeros_tested"] = [share(np.asarray(shown.f(z_tested + bias))) for bias in biases.tolist()]
    words["b"] = [short(bias) for bias in biases.tolist()]
    words["b_said"] = [f"{b}: {zero}" for b, zero in zip(words["b"], words["zeros_all"], strict=True)]
    return Film("b", BIASES, shown.bias, [], words, [*moving_maps(z, end, 0, MAPS), *moving_maps(after, end, 1, MAPS)])


def parameter_film(shown: Shown, handle: str, declared: Parameter) -> Film:
    """What moves with a parameter of the function: the maps after it, and the value at the cell."""
    positions = parameter_positions(declared)
    present = shown.f.settings[declared.name]
    values = frame_values(positions, present)
    after = np.asarray(family(shown.f.name, **{declared.name: values})(shown.z + shown.bias))
    at_cell = after[:, shown.filter].reshape(len(values), -1)[:, shown.cell]
    words = {"fz": [_fixed(value) for value in at_cell.tolist()]} | zeros(shown, after)
    words[handle] = [short(value, 3) for value in values.tolist()]
    return Film(handle, positions, present, [], words, moving_maps(after, shown.ends[1], 1, MAPS))


# --- words ------------------------------------------------------------------------------------------


def share(outputs: Values) -> str:
    """How many of the outputs are exactly 0; 0% and 100% only where that is none and all."""
    found = round(100 * float((outputs == 0).mean()))
    return f"{found if (outputs == 0).all() or not (outputs == 0).any() else min(max(found, 1), 99)}%"


def zeros(shown: Shown, after: Values) -> dict[str, list[str]]:
    """The shares of zeros of the chosen map and of all six, for maps after the activation (frames, 6, 8, 8)."""
    return {
        "zeros_map": [share(values[shown.filter]) for values in after],
        "zeros_all": [share(values) for values in after],
    }


def _at_cells(shown: Shown, cells: NDArray[np.int64], biases: Values) -> dict[str, list[str]]:
    """The sum at each cell with its bias: the products that two decimals show, z and f(z)."""
    own = float(shown.layer.biases[shown.filter])
    z = shown.z[shown.filter].ravel()[cells] + biases
    outputs = np.asarray(shown.f(z))
    return {
        "row": [str(cell // SIDE + 1) for cell in cells.tolist()],
        "column": [str(cell % SIDE + 1) for cell in cells.tolist()],
        "terms": [_sum(row[np.abs(row) >= 0.005].tolist()) for row in shown.products[cells]],
        "bias": [_signed(own + bias) for bias in biases.tolist()],
        "z": [_fixed(value) for value in z.tolist()],
        "fz": [_fixed(value) for value in outputs.tolist()],
    }


def _sum(terms: Sequence[float]) -> str:
    return " ".join([_fixed(terms[0]), *map(_signed, terms[1:])]) if terms else "0"


def _fixed(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")  # with 0 added, a negative zero is plain 0


def _signed(value: float) -> str:
    return f"{'−' if round(value, 2) < 0 else '+'} {abs(value):.2f}"


def present_words(shown: Shown, z_tested: Values) -> dict[str, str]:
    """The readout's words for the present state."""
    after = np.asarray(shown.f(shown.z + shown.bias))[None]
    words = _at_cells(shown, np.array([shown.cell]), np.array([shown.bias])) | zeros(shown, after)
    return {slot: texts[0] for slot, texts in words.items()} | {
        "zeros_tested": share(np.asarray(shown.f(z_tested + shown.bias)))
    }


def data_csv(shown: Shown) -> str:
    """The maps as CSV, a row for every cell: the pixel, and for each filter z and f(z)."""
    cells = np.arange(SIDE**2)
    columns: dict[str, NDArray[Any]] = {"row": cells // SIDE + 1, "column": cells % SIDE + 1}
    columns["ink"] = shown.image.ravel()
    for place, values in enumerate(shown.z + shown.bias, start=1):
        columns |= {f"z {place}": values.ravel(), f"{shown.f.name}(z {place})": np.asarray(shown.f(values)).ravel()}
    return csv_text(columns)
