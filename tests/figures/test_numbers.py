"""Numbers as people read them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.numbers import inside, number, short, typed

SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def value_of(text: str) -> float:
    """What a reader makes of a number on the page."""
    if "∞" in text:
        return -math.inf if text.startswith("−") else math.inf
    mantissa, _, power = text.replace("−", "-").partition(" × 10")
    return float(mantissa) * 10.0 ** int(power.translate(SUPERSCRIPT) or "0")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.880797, "0.8808"),
        (-2, "−2.0000"),
        (0.0, "0.0000"),
        (-0.0, "0.0000"),
        (0.001, "0.0010"),
        (0.000999, "9.99 × 10⁻⁴"),
        (9.5367e-7, "9.54 × 10⁻⁷"),
        (-5e-324, "−4.94 × 10⁻³²⁴"),
        (999999.0, "999999.0000"),
        (1e6, "1.00 × 10⁶"),
        (-1.5e300, "−1.50 × 10³⁰⁰"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "NaN"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(("digits", "text"), [(1, "2.3"), (2, "2.35"), (3, "2.346")])
def test_number_with_digits(digits: int, text: str) -> None:
    assert number(2.3456, digits) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (2.0, 2, "2.00"),
        (0.125, 2, "0.125"),
        (-1.663, 2, "−1.663"),
        (-0.5, 2, "−0.50"),
        (0.01, 3, "0.010"),
        (0.0123456789, 3, "0.0123457"),
        (40, 0, "40"),
        (-1000.0, 0, "−1000"),
        (1e-7, 2, "1 × 10⁻⁷"),
        (-1.5e-7, 2, "−1.5 × 10⁻⁷"),
        (1234567.0, 2, "1.23457 × 10⁶"),
        (-0.0, 2, "0.00"),
    ],
)
def test_short(value: float, digits: int, text: str) -> None:
    assert short(value, digits) == text


@given(st.floats(-1e300, 1e300) | st.sampled_from([math.inf, -math.inf]))
def test_a_number_says_what_it_is(value: float) -> None:
    # A power of ten has three digits; decimals are right to half of the last of them.
    text = number(value)
    close = {"rel": 5.1e-3, "abs": 5e-324} if "×" in text else {"rel": 1e-9, "abs": 5.1e-5}
    assert value_of(text) == pytest.approx(value, **close)


@given(st.floats(-1e9, 1e9))
def test_nothing_has_a_hyphen_for_a_minus_sign(value: float) -> None:
    assert "-" not in number(value) + short(value)
    assert not number(value).startswith("−0.0000")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("−2.50", "-2.50"),
        ("1 × 10⁻⁷", "1e-7"),
        ("−1.5 × 10³⁰⁰", "-1.5e300"),
        # no numbers of the page, and none that could be taken for one
        ("2²", "2²"),
        ("5 × 1000", "5 × 1000"),
        ("5 × 10", "5 × 10"),
    ],
)
def test_typed(text: str, plain: str) -> None:
    assert typed(text) == plain


@pytest.mark.parametrize(
    ("text", "in_a_formula"), [("2.00", "2.00"), ("−2.00", "(−2.00)"), ("1 × 10⁻⁷", "1 × 10⁻⁷"), ("−∞", "(−∞)")]
)
def test_inside(text: str, in_a_formula: str) -> None:
    assert inside(text) == in_a_formula


@given(st.floats(-1000, 1000) | st.floats(-1e-3, 1e-3))
def test_a_handles_own_value_reads_back(value: float) -> None:
    assert float(typed(short(value))) == pytest.approx(value, rel=1e-5)
