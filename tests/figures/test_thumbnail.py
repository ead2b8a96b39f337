"""The gallery's small pictures."""

from xml.etree import ElementTree

import pytest

import activations
from activations.experiments import saturation_bounds
from figures import style, thumbnail
from tests.pages import running

PAGES = [page for page in running.PAGES if page]
SVG = "{http://www.w3.org/2000/svg}"


def shapes(picture: str, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture).iter(f"{SVG}{name}"))


def points(line: ElementTree.Element) -> list[tuple[float, ...]]:
    return [tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_picture_of_its_own(page: str) -> None:
    picture = thumbnail.of_page(page)
    root = ElementTree.fromstring(picture)
    assert root.tag == f"{SVG}svg"
    assert len(root) > 0
    assert not list(root.iter(f"{SVG}text"))  # it needs no language
    assert [other for other in PAGES if thumbnail.of_page(other) == picture] == [page]
    assert len(picture) < 20_000
    assert "nan" not in picture
    assert "inf" not in picture


def test_an_unknown_page_has_a_clear_ground() -> None:
    assert len(ElementTree.fromstring(thumbnail.of_page("nothing"))) == 0


@pytest.mark.parametrize("name", activations.names())
def test_a_curve_is_drawn_solid_and_its_slope_dashed(name: str) -> None:
    slope, value = shapes(thumbnail.curve(activations.get(name)), "polyline")
    assert value.attrib["stroke"] == style.BLUE
    assert value.attrib["stroke-dasharray"] == ""
    assert slope.attrib["stroke"] == style.VERMILLION
    assert slope.attrib["stroke-dasharray"] != ""
    for line in (slope, value):
        assert all(0 <= x <= thumbnail.WIDTH and 0 <= y <= thumbnail.HEIGHT for x, y in points(line))
        assert (points(line)[0][0], points(line)[-1][0]) == (0, thumbnail.WIDTH)


def test_sigmoid_is_half_way_up_in_the_middle() -> None:
    _, value = shapes(thumbnail.curve(activations.get("sigmoid")), "polyline")
    middle = [y for x, y in points(value) if x == thumbnail.WIDTH / 2]
    assert middle == [pytest.approx(thumbnail.HEIGHT / 2, abs=0.1)]


def test_probabilities_are_as_high_as_they_are_large() -> None:
    bars = shapes(thumbnail.bars([0.5, 0.25, 0.25]), "rect")
    heights = [float(bar.attrib["height"]) for bar in bars]
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.1)
    assert all(
        float(bar.attrib["y"]) + height == pytest.approx(thumbnail.HEIGHT, abs=0.1)
        for bar, height in zip(bars, heights, strict=True)
    )


def test_a_dead_unit_is_an_empty_ring() -> None:
    discs = shapes(thumbnail.units([True, False, True]), "circle")
    assert [disc.attrib["fill"] == "none" for disc in discs] == [True, False, True]


def test_zones_are_shaded_outside_of_their_bounds() -> None:
    left, right = saturation_bounds(activations.get("tanh"), 0.01)
    first, second = shapes(thumbnail.zones(activations.get("tanh"), left, right), "rect")
    assert float(first.attrib["width"]) == pytest.approx(float(second.attrib["width"]), abs=0.1)
    assert float(first.attrib["width"]) == pytest.approx(thumbnail.WIDTH * (4 + left) / 8, abs=0.1)
