"""A reader's own points: what can be read, what is refused and with which line, and their short form in links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from activations.experiments import own_points
from activations.experiments.own_points import MOST, PointsError, check_classes, parse, read, written

FOUR = ((0.0, 0.0, 1.0), (0.0, 1.0, 2.0), (1.0, 0.0, 2.0), (1.0, 1.0, 1.0))
ROWS = "0,0,1\n0,1,2\n1,0,2\n1,1,1"


@pytest.mark.parametrize(
    "text",
    [
        ROWS,
        "x,y,class\n" + ROWS,
        "\n\n" + ROWS.replace("\n", "\r\n\n") + "\n  \n",
        ROWS.replace(",", ";"),
        ROWS.replace(",", "\t"),
        ROWS.replace(",", "  "),
        ROWS.replace(",", " , "),
        "x y value\n" + ROWS.replace("1", "1e0"),
    ],
    ids=repr,
)
def test_points_in_any_usual_form(text):
    assert parse(text) == FOUR


def test_a_minus_sign_may_be_typographic():
    assert parse(ROWS.replace("0,0", "−2.5,-0"))[0] == (-2.5, 0.0, 1.0)


@pytest.mark.parametrize(
    ("text", "reason", "values"),
    [
        ("", "few", {"found": 0, "fewest": 4}),
        ("0,0,1\n0,1,2", "few", {"found": 2}),
        (ROWS + "\n1,2", "columns", {"line": 5, "found": 2}),
        (ROWS + "\n1,2,3,4", "columns", {"line": 5, "found": 4}),
        ("x,y,class\n\n0,0,1\nleft,1,2\n", "number", {"line": 4, "column": 1, "text": "left"}),
        (ROWS + "\na,b,c", "number", {"line": 5, "column": 1, "text": "a"}),
        ("x,y,class\na,b,c\n" + ROWS, "number", {"line": 2, "column": 1, "text": "a"}),
        (ROWS + "\n1,nan,3", "number", {"line": 5, "column": 2, "text": "nan"}),
        (ROWS + "\n1,,3", "number", {"line": 5, "column": 2, "text": ""}),
        (ROWS + "\n1,1,inf", "large", {"line": 5, "column": 3}),
        (ROWS + "\n1e7,1,1", "large", {"line": 5, "column": 1, "largest": 1e6}),
        (ROWS.replace("2", "1"), "one_class", {}),
        ("3,0,1\n3,1,2\n3,2,2\n3,5,1", "one_place", {"column": 1}),
        ("1,2,3\n" * (MOST + 1), "many", {"found": MOST + 1, "most": MOST}),
        ("1,2,3\n" * 1_000_000, "many", {"found": 1_000_000}),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_cannot_be_used_is_refused_with_the_line_at_fault(text, reason, values):
    with pytest.raises(PointsError) as caught:
        parse(text)
    assert caught.value.reason == reason
    assert values.items() <= caught.value.values.items()


def test_more_values_than_classes_are_for_regression():
    points = [(float(i), float(i * i), float(i)) for i in range(6)]
    own_points.check(points)
    check_classes(points[:5])
    with pytest.raises(PointsError, match="many_classes"):
        check_classes(points)


numbers = st.floats(-1e6, 1e6)
values = st.sampled_from([0.0, 1.0, 2.5]) | numbers


@given(st.lists(st.tuples(numbers, numbers, values), max_size=MOST))
def test_a_link_keeps_the_points_to_a_four_thousandth_and_then_for_ever(points):
    text = written(points)
    once = read(text)
    assert len(text) < 130 + 6 * len(points)
    assert len(once) == len(points)
    for given_column, found in zip(zip(*points, strict=True), zip(*once, strict=True), strict=True):
        span = max(given_column) - min(given_column)
        assert_allclose(found, given_column, atol=0.51 * span / own_points.STEPS + 1e-9 * max(map(abs, given_column)))
    # what was read from a link is written as a link to the same, however often it is handed on
    assert read(written(once)) == once


def test_few_values_are_kept_to_the_last_digit():
    points = [(0.0, 1.0, 1 / 3), (1.0, 2.0, 2.0), (5.0, 0.0, -7.0), (2.0, 2.0, 2.0)]
    assert [value for *_, value in read(written(points))] == [0.3333333333, 2.0, -7.0, 2.0]
    assert written(points) == "0~5~0~2~-7~0.3333333333~2~AAgABMz__C__AAAZm__C"
    assert len(written([(float(i % 7), float(i), float(i % 2)) for i in range(MOST)])) < 2050


@pytest.mark.parametrize(
    "text",
    ["~", "AAAA", "0~1~0~1~0~1~", "0~1~0~1~0~1~AAAA", "0~1~0~1~0~1~AAAA!", "0~1~0~1~0~1~ééééé", 
     "nan~1~0~1~0~1~" + "A_-9B" * 4, "x~1~0~1~0~1~" + "A_-9A" * 4, "0~1~0~1~0~1~" + "AAAAA" * 10_000,
     "0~inf~0~1~0~1~AAAAA__AAB__AAAAA__B", "0~1~0~1~0~1~AAAAA__AAB__AAAAA__C",
     "0~1~0~1~0~1~2~.~AAAAAA", "0~1~0~1~0~.~AAAAAA", "0~1~0~1~AAAAA", "0~1~0~1~0~1~2~3~4~5~AAAAAAAAAA"],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_a_damaged_link_is_refused(text):
    with pytest.raises(PointsError):
        read(text)
