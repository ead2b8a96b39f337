"""Pictures: the colours that were meant, at the places that were meant."""

import struct
import zlib
from base64 import b64decode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal

from figures import picture
from figures.picture import centres, palette, places, png


def pixels(address: str) -> np.ndarray:
    """The colours of a PNG with a palette, (rows, columns, 4), read by its specification."""
    data = b64decode(address.removeprefix("data:image/png;base64,"))
    assert data[:8] == bytes([137, 80, 78, 71, 13, 10, 26, 10])
    chunks, place = {}, 8
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", data, place + 8 + length) == (zlib.crc32(kind + body),)
        chunks[kind] = body
        place += 12 + length
    assert list(chunks) == [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]
    columns, rows, *form = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert form == [8, 3, 0, 0, 0]
    colours = np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(256, 3)
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(rows, columns + 1)
    assert_array_equal(lines[:, 0], 0)
    colours = np.hstack([colours, np.frombuffer(chunks[b"tRNS"], np.uint8)[:, None]])
    return colours[lines[:, 1:]]


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=9)))
def test_a_png_shows_its_cells_with_the_lowest_row_at_the_bottom(cells: np.ndarray) -> None:
    colours = palette("#D55E00", "#ffffff", "#0072B2")
    assert_array_equal(pixels(png(cells, colours)), colours[cells[::-1]])


def test_a_palette_leads_through_its_colours() -> None:
    colours = palette("#0072B2", "#ffffff", "#D55E00")
    assert colours.shape == (256, 4)
    assert_array_equal(colours[[0, 255]], [[0, 0x72, 0xB2, 255], [0xD5, 0x5E, 0, 255]])
    assert_allclose(colours[[127, 128]], [[255, 255, 255, 255]] * 2, atol=2)
    assert_array_equal(palette("#000000", "#ffffff")[51], [51, 51, 51, 255])


@pytest.mark.parametrize(
    ("value", "place"), [(-1, 0), (0, 0), (1, 51), (5, 255), (6, 255), (-np.inf, 0), (np.inf, 255), (np.nan, 128)]
)
def test_a_value_has_its_place_between_the_ends(value: float, place: int) -> None:
    found = places(np.array([value]), 0.0, 5.0)
    assert found.dtype == np.uint8
    assert found == [place]


@given(st.floats(-9, 9), st.floats(0.1, 9), st.integers(1, 60))
def test_cells_fill_the_span_and_are_asked_at_their_middles(low: float, width: float, cells: int) -> None:
    at = centres(low, low + width, cells)
    assert len(at) == cells
    assert at[0] - low == pytest.approx(low + width - at[-1])
    assert at[0] - low == pytest.approx(width / cells / 2)


def test_an_image_fills_its_part_of_the_plane_below_the_traces() -> None:
    cells = np.zeros((2, 3), np.uint8)
    made = picture.image(cells, palette("#000000", "#ffffff"), (-1, 3), (0, 5), ("x2", "y2"))
    assert (made["x"], made["y"], made["sizex"], made["sizey"]) == (-1, 5, 4, 5)
    assert (made["xanchor"], made["yanchor"], made["sizing"], made["layer"]) == ("left", "top", "stretch", "below")
    assert (made["xref"], made["yref"]) == ("x2", "y2")
    assert made["source"] == png(cells, palette("#000000", "#ffffff"))
