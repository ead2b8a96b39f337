"""The rows of a model's parts."""

import re
from xml.etree import ElementTree

import pytest

import activations
from figures import model_strip, style
from lessons.models import MODELS
from tests.figures.test_thumbnail import points, shapes


@pytest.mark.parametrize("model", MODELS, ids=[model.id for model in MODELS])
def test_every_model_can_be_drawn_within_its_picture(model) -> None:
    picture = model_strip.strip(model.drawn, model.arcs)
    tiles = shapes(picture, "rect")
    frames = [tile for tile in tiles if tile.attrib["fill"] == "none"]
    assert len(frames) == sum(part not in ("add", "multiply") for part in model.drawn)
    assert len(shapes(picture, "circle")) == 9 * model.drawn.count("weights") + sum(
        part in ("add", "multiply") for part in model.drawn
    )
    for tile in tiles:
        assert float(tile.attrib["x"]) >= 0
        assert float(tile.attrib["x"]) + float(tile.attrib["width"]) <= model_strip.WIDTH
        assert float(tile.attrib["y"]) + float(tile.attrib["height"]) <= model_strip.HEIGHT
    assert len(shapes(picture, "polyline")) == sum(part in activations.names() for part in model.drawn)
    assert "nan" not in picture


def test_a_curve_is_its_functions() -> None:
    (line,) = shapes(model_strip.strip(["tanh"]), "polyline")
    heights = [y for _, y in points(line)]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] - heights[-1] == pytest.approx(model_strip.SIDE - 14)
    middle = (heights[0] + heights[-1]) / 2
    assert heights[len(heights) // 2] == pytest.approx(middle, abs=0.1)
    (bent,) = shapes(model_strip.strip(["relu"]), "polyline")
    assert len({y for x, y in points(bent) if x <= points(bent)[24][0]}) == 1


def test_a_connection_around_is_drawn_above_and_one_back_in_time_below() -> None:
    def path(arcs: tuple[tuple[int, int], ...]) -> str:
        root = ElementTree.fromstring(model_strip.strip(["weights", "add", "tanh"], arcs))
        return root[0].attrib["d"]

    assert "V12H" not in path(())
    assert "V12H" in path(((-1, 1),))
    assert f"V{model_strip.HEIGHT - 12}H" in path(((2, -1),))
    assert style.GREY in model_strip.strip(["add"])


def test_two_wires_meet_where_a_value_is_multiplied_by_its_gate() -> None:
    picture = model_strip.strip(["add", "weights", "multiply", "weights", "add"], ((0, 4), (1, 2)))
    wires = ElementTree.fromstring(picture)[0].attrib["d"]
    around, beside = re.findall(r"M[\d.]+ [\d.]+V([\d.]+)H([\d.]+)V", wires)
    assert float(around[0]) < float(beside[0]) < model_strip.HEIGHT / 2  # one wire inside of the other
    signs = [circle.attrib["cx"] for circle in shapes(picture, "circle") if circle.attrib["r"] == "11"]
    assert [beside[1], around[1]] == signs[1:]
    # the arms of a × are slanted
    assert re.search(r"M[\d.]+ [\d.]+l", model_strip.strip(["multiply"]))
    assert not re.search(r"M[\d.]+ [\d.]+l", model_strip.strip(["add"]))
