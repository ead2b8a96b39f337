"""The figures of a layer with few bits: what they draw is what the core computes, and films end where figures begin."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from activations.experiments import convolution, digits
from activations.experiments.quantisation import errors, quantised
from figures import quantisation as drawing
from figures import style
from figures.film import LARGEST_PICTURES, present_frame
from figures.picture import image
from figures.quantisation import CEILINGS, CLIPPED, LOUD, QUIET, WHOLE, Stored
from tests.figures.decoding import decode

NAMES = {name: name for name in ("ceiling", "error", "quiet", "loud", "clipped", "whole", "exact")}
DIGIT = digits.load().images[digits.load().first[3]].reshape(8, 8)
USUAL = Stored(DIGIT, convolution.by_hand(), 0, 8, 32.0, 6.0)
SILENT = convolution.Layer(np.zeros((6, 3, 3)), -np.ones(6))
STORED = [USUAL, replace(USUAL, loud=4, bits=3, gain=7.77, ceiling=3.21), replace(USUAL, layer=SILENT)]


@pytest.mark.parametrize("stored", STORED, ids=["usual", "three bits", "silent"])
def test_every_film_shows_in_its_present_frame_what_the_figures_show(stored: Stored) -> None:
    figures = (drawing.error_figure(stored, NAMES), drawing.rounded(stored, NAMES))
    words = drawing.present_words(stored)
    for film in (drawing.bits_film(stored), drawing.gain_film(stored), drawing.ceiling_film(stored)):
        frame = present_frame(film.positions, film.present)
        for track in film.tracks:
            drawn = np.array(figures[track.chart].data[track.trace][track.attribute], dtype=float)
            assert_allclose(track.values[frame], drawn, rtol=1e-5, equal_nan=True)
        for picture in film.pictures:
            drawn = figures[picture.chart].layout.images[picture.image].source
            assert drawn == image(picture.values[frame], picture.palette, (0, 8), (-8, 0))["source"]
        for slot in words:
            assert film.words[slot][frame] == words[slot], (film.handle, slot)
        assert len(film.encode()) < LARGEST_PICTURES / 5
        decode(film.encode())


def test_the_curves_are_the_errors_over_the_test_digits() -> None:
    figure = drawing.error_figure(USUAL, NAMES)
    images = digits.load().images[digits.split().test[: drawing.TESTED]].reshape(-1, 8, 8)
    outputs = np.maximum(convolution.by_hand()(images), 0)
    assert_allclose(figure.data[QUIET].y, errors(outputs[..., 1:], 8, CEILINGS))
    assert_allclose(figure.data[LOUD].y, errors(32 * outputs[..., 0], 8, CEILINGS))
    reach = max(32 * outputs[..., 0].max(), outputs.max())
    assert figure.data[WHOLE].x[0] == pytest.approx(reach)
    assert figure.data[CLIPPED].x[0] == 6.0


def dips(stored: Stored) -> bool:
    """Whether with some ceiling the error of the quiet maps is by a third below those with the ceilings beside it."""
    heights = np.log10(stored.quiet_errors(stored.bits, CEILINGS))
    return bool(((heights[:-2] + heights[2:]) / 2 - heights[1:-1]).max() > -np.log10(2 / 3))


@pytest.mark.parametrize("loud", range(6))
def test_the_curve_dips_where_the_page_says_so(loud: int) -> None:
    stored = replace(USUAL, loud=loud)
    assert [bits for bits in range(1, 9) if dips(replace(stored, bits=bits))] == list(drawing.DIPPING)
    # the filters by hand give sixteenths, and so do whole numbers of steps where it dips
    outputs = 16 * stored.tested
    assert_allclose(outputs, np.rint(outputs), atol=1e-9)


def test_a_loud_map_costs_the_quiet_ones_sixteen_times_the_error_and_a_ceiling_moves_the_cost_to_it() -> None:
    words = drawing.present_words(USUAL)
    assert (words["top0"], words["step0"]) == ("96.0", "0.3765")
    assert (words["top1"], words["step1"]) == ("6.0", "0.0235")
    quiet = [float(words[f"quiet{row}"]) for row in (0, 1)]
    loud = [float(words[f"loud{row}"]) for row in (0, 1)]
    assert quiet[0] / quiet[1] == pytest.approx(16, rel=0.05)
    assert loud[1] / loud[0] > 100


def test_without_a_loud_map_the_ceiling_buys_nothing() -> None:
    words = drawing.present_words(replace(USUAL, gain=1.0))
    assert float(words["step0"]) < float(words["step1"])
    assert float(words["quiet0"]) <= float(words["quiet1"])


def test_the_rows_are_exact_with_the_whole_range_and_with_the_ceiling() -> None:
    four = replace(USUAL, bits=4, gain=8.0)
    exact = four.loudened(np.array([8.0]))[0]
    assert_allclose(exact[0], 8 * exact[0] / 8)
    film = drawing.bits_film(four)
    assert [picture.image for picture in film.pictures] == list(range(18))
    coarse, fine = (len(np.unique(quantised(exact[1:], 4, top))) for top in (four.reach, 6.0))
    assert coarse < fine / 2  # what can be seen: fewer shades


def test_the_mark_of_relu6_is_where_the_handle_stops_at_six() -> None:
    assert CEILINGS[round(drawing.SIX * (len(CEILINGS) - 1))] == 6.0


def test_letters_are_large_in_a_classroom() -> None:
    figure = drawing.rounded(USUAL, NAMES, style.CLASSROOM)
    assert figure.data[0].textfont.size >= style.CLASSROOM.font
    assert drawing.error_figure(USUAL, NAMES, style.CLASSROOM).layout.legend.font.size >= style.CLASSROOM.font


def test_the_table_has_every_ceiling() -> None:
    rows = drawing.data_csv(USUAL).splitlines()
    assert rows[0] == "ceiling,step,quiet,loud"
    assert len(rows) == len(CEILINGS) + 1
