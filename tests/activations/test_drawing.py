"""A reader's own digit: what a link says of it, and what a network reads."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from activations.experiments import digits, drawing
from activations.experiments.drawing import BLOCK, DOTS, LENGTH, SIDE, WIDEST, DrawingError

BITMAPS = arrays(bool, (SIDE, SIDE))


def box(rows: slice, columns: slice) -> np.ndarray:
    """A field with one rectangle of ink."""
    field = np.zeros((SIDE, SIDE), dtype=bool)
    field[rows, columns] = True
    return field


def ring(high: int, wide: int, top: int, left: int) -> np.ndarray:
    """A nought of strokes two dots thick."""
    field = box(slice(top, top + high), slice(left, left + wide))
    field[top + 2 : top + high - 2, left + 2 : left + wide - 2] = False
    return field


@given(BITMAPS)
def test_what_is_written_is_read(bitmap: np.ndarray) -> None:
    text = drawing.written(bitmap)
    assert len(text) in (0, LENGTH)
    assert_array_equal(drawing.read(text), bitmap)
    assert drawing.written(drawing.read(text)) == text


def test_the_text_by_hand() -> None:
    # The first dot is the highest bit of the first of six: 100000, the letter number 32.
    assert drawing.written(box(slice(0, 1), slice(0, 1))) == "g" + "A" * (LENGTH - 1)
    # The last has bits 1019 to 1023 of the dots and two zeros behind: 000100, the letter number 4.
    assert drawing.written(box(slice(31, 32), slice(31, 32))) == "A" * (LENGTH - 1) + "E"
    assert drawing.written(box(slice(0, 0), slice(0, 0))) == ""
    assert not drawing.read("").any()


def test_two_texts_of_one_drawing_are_written_as_one() -> None:
    # The two lowest bits of the last character say nothing.
    assert drawing.written(drawing.read("A" * (LENGTH - 1) + "H")) == "A" * (LENGTH - 1) + "E"
    assert drawing.written(drawing.read("A" * LENGTH)) == ""


@given(st.text(max_size=200) | st.sampled_from(["A" * 170, "A" * 172, "A" * 10_000, "=" * 171, "A" * 170 + "\n"]))
def test_what_is_no_drawing_is_refused(text: str) -> None:
    if text:
        with pytest.raises(DrawingError, match="171 characters"):
            drawing.read(text)


def test_pixels_count_the_dots_of_their_blocks() -> None:
    found = 16 * drawing.pixels(box(slice(2, 8), slice(4, 10))).reshape(8, 8)
    expected = np.zeros((8, 8))
    expected[:2, 1:3] = [[8, 4], [16, 8]]
    assert_array_equal(found, expected)


def test_the_shipped_digits_are_as_the_docstring_says() -> None:
    images = 16 * digits.load().images.reshape(-1, 8, 8)
    inked = images > 0
    assert inked.any(axis=2).all()  # all rows
    ink = images.sum(axis=(1, 2))
    assert round(ink.mean()) == DOTS
    assert_allclose(np.quantile(ink, [0.05, 0.95]).round(), [261, 368])
    # 20 columns in the middle touch six pixels of a row; few digits touch more
    touched = inked.any(axis=1).sum(axis=1)
    assert WIDEST == 5 * BLOCK
    assert (touched > 6).mean() < 0.1


@pytest.mark.parametrize("high", [10, 20, 32])
def test_size_and_place_of_a_drawing_do_not_matter(high: int) -> None:
    found = drawing.fitted(ring(high, high // 2, (32 - high) // 2, 16 - high // 2))
    rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    assert (rows[0], rows[-1]) == (0, 31)
    assert abs(columns[0] - (31 - columns[-1])) <= 1
    assert abs(found.sum() - DOTS) <= 80  # half of what a layer of dots inside and around such a nought has
    middle = drawing.pixels(found).reshape(8, 8)[3:5, 3:5]
    assert middle.max() <= 0.25  # it is still a ring


def test_ink_is_taken_off_a_drawing_that_has_too_much() -> None:
    found = drawing.fitted(box(slice(0, 32), slice(8, 24)))
    assert abs(int(found.sum()) - DOTS) < 16 * 32 - DOTS


def test_something_flat_is_not_blown_up_to_the_full_height() -> None:
    found = drawing.fitted(box(slice(15, 17), slice(4, 28)))
    assert 2 <= found.any(axis=1).sum() < 32


@given(BITMAPS)
def test_any_field_can_be_fitted(bitmap: np.ndarray) -> None:
    found = drawing.fitted(bitmap)
    assert found.shape == (SIDE, SIDE)
    assert found.dtype == bool
    assert found.any() == bitmap.any()
    assert not np.shares_memory(found, bitmap) or found is bitmap


def test_an_empty_drawing_is_an_empty_digit() -> None:
    assert_array_equal(drawing.digit(""), np.zeros(64))


def test_a_shipped_digit_drawn_smaller_at_the_edge_is_still_the_nearest_to_its_class() -> None:
    # Bitmaps are made of the shipped counts, shrunk to 60 %, and put into a corner.
    data = digits.load()
    split = digits.split()
    known, of_known = data.images[split.train], data.labels[split.train]
    grid = (np.arange(20) + 0.5) / 20 * 8 - 0.5
    right = 0
    for index in split.test:
        image = data.images[index].reshape(8, 8)
        rows = np.array([np.interp(grid, np.arange(8), row) for row in image])
        small = np.array([np.interp(grid, np.arange(8), column) for column in rows.T]).T
        bitmap = np.zeros((SIDE, SIDE), dtype=bool)
        bitmap[:20, :20] = small > 0.5
        distances = ((known - drawing.pixels(drawing.fitted(bitmap))) ** 2).sum(axis=1)
        right += of_known[distances.argmin()] == data.labels[index]
    assert right / len(split.test) > 0.9
