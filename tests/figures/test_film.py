"""Films: what is encoded is what the core said, and small enough for a phone."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from figures.film import (
    LARGEST,
    LARGEST_PICTURES,
    Film,
    Picture,
    Track,
    between,
    frame_values,
    present_frame,
    still,
    track,
)
from figures.picture import palette
from tests.figures.decoding import decode, sent


def small(present: float, words: dict[str, list[str]] | None = None) -> Film:
    positions = np.array([0.0, 0.5, 1.0])
    values = frame_values(positions, present)
    tracks = [
        track(2, "y", values[:, None], 2 * values[:, None]),
        track(0, "x", still(np.array([7.0, np.nan]), len(values))),
    ]
    return Film("x", positions, present, tracks, words if words is not None else {"x": [str(v) for v in values]})


@pytest.mark.parametrize(("present", "frame", "frames"), [(0.5, 1, 3), (1.0, 2, 3), (0.3, 3, 4), (-9.0, 3, 4)])
def test_a_decoded_film_is_the_film(present: float, frame: int, frames: int) -> None:
    film = small(present)
    found = sent(film)
    assert found.header == {
        "handle": "x",
        "positions": [0.0, 0.5, 1.0],
        "frames": frames,
        "tracks": [[0, 2, "y", 2], [0, 0, "x", 2]],
        "palettes": 0,
        "pictures": [],
        "words": {"x": list(film.words["x"])},
    }
    for entry in film.tracks:
        assert_array_equal(found.tracks[entry.trace, entry.attribute], entry.values)
    assert_array_equal(found.tracks[2, "y"][frame], np.float32([present, 2 * present]))


@given(st.text(max_size=7))
def test_the_numbers_are_aligned_whatever_the_words(text: str) -> None:
    # A Float32Array in the browser may only begin at a multiple of four.
    data = small(0.5, {"x": [text] * 3}).encode()
    assert int.from_bytes(data[:4], "little") % 4 == 0
    assert decode(data).words["x"] == [text] * 3


def test_positions_are_written_without_noise() -> None:
    film = Film("x", np.array([0.1 + 0.2, 1 / 3]), 1 / 3, ())
    assert json.loads(film.encode()[4:])["positions"] == [0.3, 0.3333333333]


def test_a_film_over_two_charts_carries_pictures_in_the_colours_of_their_palettes() -> None:
    positions = np.array([0.0, 0.5, 1.0])
    warm, cold = palette("#ff0000", "#ffff00"), palette("#0000ff", "#00ffff")
    grid = np.arange(3 * 5 * 7, dtype=np.uint8).reshape(3, 5, 7)
    tracks = [track(0, "y", positions[:, None]), track(0, "y", 2 * positions[:, None], chart=1)]
    pictures = [
        Picture(0, grid, warm),
        Picture(1, 255 - grid[:, :1, :3], cold),
        Picture(0, grid[:, :2, :1], warm, chart=1),
    ]
    found = sent(Film("x", positions, 0.5, tracks, {"x": ["ö", "", "z"]}, pictures))
    assert_array_equal(found.tracks[0, "y"], positions[:, None])
    assert_array_equal(found.tracks[1, 0, "y"], 2 * positions[:, None])
    assert found.header["palettes"] == 2  # one that two pictures share goes once
    for entry in pictures:
        shown = found.pictures[entry.chart, entry.image]
        assert_array_equal(shown[:, ::-1], entry.palette[entry.values])  # the top row first


def test_a_film_says_how_large_it_may_be() -> None:
    assert small(0.5).bound == LARGEST
    cells = np.zeros((3, 2, 2), np.uint8)
    film = Film("x", np.array([0.0, 0.5, 1.0]), 0.5, (), {}, [Picture(0, cells, palette("#000000", "#ffffff"))])
    assert film.bound == LARGEST_PICTURES


@pytest.mark.parametrize("cells", [np.zeros((2, 4, 4), np.uint8), np.zeros((3, 4, 4)), np.zeros((3, 16), np.uint8)])
def test_a_picture_that_is_not_bytes_in_every_frame_is_refused(cells: np.ndarray) -> None:
    with pytest.raises(ValueError, match="picture 4 must be bytes in 3 frames"):
        Film("x", np.array([0.0, 0.5, 1.0]), 0.5, (), {}, [Picture(4, cells, palette("#000000", "#ffffff"))])


@given(st.floats(-2, 2))
def test_the_present_value_has_a_frame_of_its_own(present: float) -> None:
    positions = np.linspace(-1, 1, 21)
    values = frame_values(positions, present)
    assert values[present_frame(positions, present)] == pytest.approx(present, rel=1e-9, abs=1e-12)
    assert_array_equal(values[: len(positions)], positions)


def test_a_value_between_two_positions_needs_a_film_of_its_own() -> None:
    positions = np.array([0.0, 0.5, 1.0])
    assert between(positions, 0.5) is None
    assert between(positions, 0.5 + 1e-13) is None
    assert between(positions, 0.3) == 0.3


@pytest.mark.parametrize(
    ("tracks", "words", "said"),
    [
        ([Track(3, "y", np.zeros((2, 5), np.float32))], {}, "track 3.y must have 3 frames"),
        ([Track(3, "y", np.zeros(3, np.float32))], {}, "track 3.y must have 3 frames"),
        ([], {"slope": ["1", "2"]}, "slot 'slope' must have 3 texts, not 2"),
    ],
)
def test_a_film_of_uneven_length_is_refused(tracks: list[Track], words: dict[str, list[str]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Film("x", np.array([0.0, 0.5, 1.0]), 0.5, tracks, words)
