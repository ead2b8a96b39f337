"""The figure of networks born dead and its films against the networks that were drawn."""

import csv

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations.experiments import BornDead, NarrowNetworks, born_dead
from activations.experiments.born_dead import bound
from figures import born_dead as drawing
from figures import style
from figures.born_dead import BOUND, GUIDE, HIDDEN, NOW, SHARE, WIDEST
from figures.film import LARGEST
from tests.figures.decoding import sent

NAMED = {part: part for part in ("layers", "bound", "share")}


@pytest.fixture(scope="module")
def found() -> tuple[BornDead, ...]:
    return tuple(born_dead(NarrowNetworks(width=width, networks=200)) for width in range(1, WIDEST + 1))


def draw(found: tuple[BornDead, ...], width: int, hidden: int):
    return drawing.figure(found, width, hidden, NAMED, style.SCREEN)


def test_the_figure_is_what_was_drawn(found: tuple[BornDead, ...]) -> None:
    figure = draw(found, 3, 7)
    assert_array_equal(figure.data[SHARE].x, np.arange(1, 101))
    assert_array_equal(figure.data[SHARE].y, found[2].share)
    assert_allclose(figure.data[BOUND].y, 1 - 0.875 ** np.arange(1, 101))
    assert figure.data[NOW].y == (found[2].bound[6], found[2].share[6])
    assert figure.data[GUIDE].x == (7, 7)
    assert figure.data[SHARE].line.dash != figure.data[BOUND].line.dash


def test_every_frame_is_what_was_drawn(found: tuple[BornDead, ...]) -> None:
    widths, layers = sent(drawing.width_film(found, 2, 10)), sent(drawing.hidden_film(found, 2, 10))
    assert widths.header["positions"] == list(range(1, WIDEST + 1))
    assert layers.header["positions"] == HIDDEN.tolist()
    pairs = [(widths, frame, frame + 1, 10) for frame in range(WIDEST)]
    pairs += [(layers, frame, 2, frame + 1) for frame in range(100)]
    for film, frame, width, hidden in pairs:
        figure = draw(found, width, hidden)
        for chart, trace, attribute, values in film.moves():
            assert chart == 0
            assert_allclose(values[frame], np.asarray(figure.data[trace][attribute], dtype=float), rtol=1e-6)
        words = {slot: texts[frame] for slot, texts in film.words.items() if not slot.endswith("said")}
        assert words == drawing.present_words(found, width, hidden)


def test_the_words_are_the_numbers(found: tuple[BornDead, ...]) -> None:
    words = drawing.present_words(found, 2, 10)
    share = found[1].share[9]
    assert words["dead"] == str(found[1].dead[9])
    assert words["share"] == f"{100 * share:.1f}%"
    assert words["bound"] == f"{100 * bound(2, 10):.1f}%" == "94.4%"
    assert words["error"] == f"{200 * np.sqrt(share * (1 - share) / 200):.1f}%"


def test_axes_stand_still_and_films_are_small(found: tuple[BornDead, ...]) -> None:
    assert draw(found, 1, 1).layout == draw(found, 10, 100).layout
    for film in (drawing.width_film(found, 1, 100), drawing.hidden_film(found, 10, 1)):
        assert len(film.encode()) <= LARGEST


def test_the_data_to_download(found: tuple[BornDead, ...]) -> None:
    rows = list(csv.DictReader(drawing.data_csv(found).splitlines()))
    assert_array_equal([float(row["share (N = 4)"]) for row in rows], found[3].share)
    assert_array_equal([float(row["bound (N = 4)"]) for row in rows], found[3].bound)
