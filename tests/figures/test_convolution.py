"""The figures of the convolution: what they draw is what the core computes, and films end where figures begin."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import activations
from activations.experiments import convolution, digits
from figures import convolution as drawing
from figures import style
from figures.convolution import INK, MAPS, SIGNED, WINDOW, Shown
from figures.film import LARGEST_PICTURES, present_frame
from figures.picture import image, places
from tests.figures.decoding import decode

NAMES = {"weights": "weights", "products": "products", "before": "before", "after": "after"}
DIGIT = digits.load().images[digits.load().first[3]].reshape(8, 8)
USUAL = Shown(DIGIT, convolution.by_hand(), activations.get("relu"), 0.0, 0, 27)
LEAKY = replace(USUAL, f=activations.get("leaky_relu", alpha=0.2), bias=-0.333, filter=4, cell=63)
SHOWN = [USUAL, LEAKY, replace(USUAL, image=np.zeros((8, 8)), f=activations.get("sigmoid"), cell=0, bias=3.0)]


def films(shown: Shown) -> list:
    """Every film around this state."""
    found = [drawing.cell_film(shown), drawing.bias_film(shown, drawing.tested(shown.layer))]
    declared = shown.f.parameters()
    return found + [drawing.parameter_film(shown, "p", one) for one in declared]


@pytest.mark.parametrize("shown", SHOWN, ids=["usual", "leaky", "empty"])
def test_every_film_shows_in_its_present_frame_what_the_figures_show(shown: Shown) -> None:
    figures = (drawing.window(shown, NAMES), drawing.maps(shown, NAMES))
    words = drawing.present_words(shown, drawing.tested(shown.layer))
    for film in films(shown):
        frame = present_frame(film.positions, film.present)
        for track in film.tracks:
            trace = figures[track.chart].data[track.trace]
            assert_allclose(track.values[frame], trace[track.attribute], atol=1e-5, equal_nan=True)
        for picture in film.pictures:
            drawn = figures[picture.chart].layout.images[picture.image].source
            (x, y) = ((0, 8), (-8, 0))
            assert drawn == image(picture.values[frame], picture.palette, x, y)["source"]
        for slot in words.keys() & film.words.keys():
            assert film.words[slot][frame] == words[slot], (film.handle, slot)
        assert len(film.encode()) < LARGEST_PICTURES / 5
        decode(film.encode())


def test_the_maps_are_those_of_the_convolution() -> None:
    figure = drawing.maps(LEAKY, NAMES)
    z = convolution.by_hand()(DIGIT[None])[0].transpose(2, 0, 1) - 0.333
    end = LEAKY.ends[1]
    for place, values in enumerate([*z, *LEAKY.f(z)]):
        cells = places(values, -end, end)[::-1]
        assert figure.layout.images[place].source == image(cells, SIGNED, (0, 8), (-8, 0))["source"]
    assert len(figure.layout.images) == 18


def test_the_window_shows_the_digit_the_weights_and_the_products() -> None:
    figure = drawing.window(USUAL, NAMES)
    assert figure.layout.images[0].source == image(places(DIGIT, 0, 1)[::-1], INK, (0, 8), (-8, 0))["source"]
    assert list(figure.data[1].text) == ["−1", "0", "1"] * 3
    # Cell 28 of the screen is row 4, column 4: the patch reaches from the third to the fifth pixel.
    assert (min(figure.data[0].x), max(figure.data[0].x)) == (2, 5)
    assert (min(figure.data[0].y), max(figure.data[0].y)) == (-5, -2)
    patch = DIGIT[2:5, 2:5] * convolution.by_hand().filters[0]
    cells = places(patch, -2, 2)[::-1]
    assert figure.layout.images[2].source == image(cells, SIGNED, (0, 8), (-8, 0))["source"]


def test_the_sum_in_words() -> None:
    words = drawing.present_words(USUAL, drawing.tested(USUAL.layer))
    # Of the digit 3 the patch is 1 13 13, 2 15 11, 0 1 12 sixteenths; 13 + 11 + 12 − 1 − 2 − 0 = 33.
    assert words["terms"] == "−0.06 + 0.81 − 0.12 + 0.69 + 0.75"
    assert (words["row"], words["column"], words["bias"]) == ("4", "4", "+ 0.00")
    assert words["z"] == words["fz"] == f"{33 / 16:.2f}"
    assert drawing.present_words(replace(USUAL, bias=-3.0), drawing.tested(USUAL.layer))["z"] == "−0.94"
    blank = drawing.present_words(replace(USUAL, image=np.zeros((8, 8))), drawing.tested(USUAL.layer))
    assert (blank["terms"], blank["z"], blank["zeros_all"]) == ("0", "0.00", "100%")


def test_zeros_are_counted_over_one_map_all_six_and_the_test_digits() -> None:
    words = drawing.present_words(USUAL, drawing.tested(USUAL.layer))
    z = convolution.by_hand()(DIGIT[None])[0]
    assert words["zeros_map"] == f"{100 * (z[..., 0] <= 0).mean():.0f}%"
    assert words["zeros_all"] == f"{100 * (z <= 0).mean():.0f}%"
    images = digits.load().images[digits.split().test[: drawing.TESTED]].reshape(-1, 8, 8)
    tested = convolution.by_hand()(images)
    assert words["zeros_tested"] == f"{100 * (tested <= 0).mean():.0f}%"


def test_a_share_is_0_or_100_only_if_it_is() -> None:
    outputs = np.zeros(1000)
    assert drawing.share(outputs) == "100%"
    outputs[0] = 1
    assert drawing.share(outputs) == "99%"
    assert drawing.share(1 - outputs) == "1%"
    assert drawing.share(outputs + 1) == "0%"


def test_a_click_finds_its_pixel_its_map_and_its_cell() -> None:
    assert drawing.pixel_at(0.5, -0.5) == 0
    assert drawing.pixel_at(7.9, -7.9) == 63
    assert drawing.pixel_at(8.5, -1) is None
    assert drawing.pixel_at(-0.5, -1) is None
    figure = drawing.maps(USUAL, NAMES)
    for place, shape in enumerate(figure.layout.shapes[:12]):
        assert drawing.map_at(shape.x0 + 0.5, shape.y0 - 0.5) == (place % 6, 0)
        assert drawing.map_at(shape.x1 - 0.5, shape.y1 + 0.5) == (place % 6, 63)
        assert drawing.map_at(shape.x1 + 0.5, shape.y0 - 0.5) is None
        assert drawing.column_at(shape.x0 + 0.5) == place % 6
    assert drawing.map_at(0.5, -0.5) is None  # on a filter
    assert drawing.map_at(60, -10) is None
    assert drawing.map_at(-1, -10) is None


def test_a_bias_moves_every_map_and_the_place_only_frames() -> None:
    place, bias = films(USUAL)
    assert {(picture.chart, picture.image) for picture in bias.pictures} == {(MAPS, number) for number in range(12)}
    assert bias.tracks == []
    assert {(picture.chart, picture.image) for picture in place.pictures} == {(WINDOW, 2)}
    # The map after ReLU at bias −3 is empty; at 3 all of it is above 0.
    assert (bias.pictures[6].values[0] == 128).all()
    assert bias.words["zeros_map"][-1] == "0%"
    assert bias.words["zeros_all"][0] == drawing.share(np.maximum(USUAL.z - 3, 0))


def test_a_learnt_weight_is_short() -> None:
    layer = convolution.Layer(np.full((6, 3, 3), -0.004), np.zeros(6))
    assert set(drawing.window(replace(USUAL, layer=layer), NAMES).data[1].text) == {"0.0"}


def test_letters_are_large_in_a_classroom() -> None:
    for figure in (drawing.window(USUAL, NAMES, style.CLASSROOM), drawing.maps(USUAL, NAMES, style.CLASSROOM)):
        assert min(trace.textfont.size for trace in figure.data if trace.mode == "text") >= style.CLASSROOM.font


def test_the_table_has_every_cell() -> None:
    rows = drawing.data_csv(USUAL).splitlines()
    assert len(rows) == 65
    assert rows[0].startswith("row,column,ink,z 1,relu(z 1),z 2")
    row = dict(zip(rows[0].split(","), map(float, rows[28].split(",")), strict=True))
    assert (row["row"], row["column"], row["z 1"], row["relu(z 2)"]) == (4, 4, 33 / 16, 0)
    assert_array_equal(row["ink"], DIGIT[3, 3])
