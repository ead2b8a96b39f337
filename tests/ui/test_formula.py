"""Formulas as MathML, with slots where the numbers go."""

import re
from xml.etree import ElementTree

import pytest

import activations
from tests.activations.settings import EVERY_SETTING
from ui import formula
from ui.function_view import readout

M = "{http://www.w3.org/1998/Math/MathML}"


def parsed(line: str) -> ElementTree.Element:
    """A line of the readout; well-formed, or this raises."""
    return ElementTree.fromstring(line)


def slots(line: str) -> list[str]:
    return [element.attrib["data-slot"] for element in parsed(line).iter() if "data-slot" in element.attrib]


@pytest.mark.parametrize(
    ("latex", "places", "expected"),
    [
        ("x + 1", (("x", "x_inside"),), ["x_inside"]),
        (r"\frac{1}{1+e^{-x}}", (("x", "x_inside"),), ["x_inside"]),
        (r"\max(0, x) + \alpha x", (("x", "x_inside"), ("α", "alpha")), ["x_inside", "alpha", "x_inside"]),
        (rf"f({formula.place(1)}) = {formula.place(2)}", (("@1", "x"), ("@2", "y")), ["x", "y"]),
        (rf"f'({formula.place(1)})", (("@1", "x"),), ["x"]),
        ("y", (("x", "x"),), []),
    ],
)
def test_slots_stand_where_the_letters_stood(latex: str, places: tuple, expected: list[str]) -> None:
    line = formula.line(latex, places)
    assert slots(line) == expected
    for element in parsed(line).iter():
        if "data-slot" in element.attrib:
            assert element.tag.removeprefix(M) == "mn"
            assert not element.text
    assert "@" not in line


def test_a_letter_in_a_word_is_no_slot() -> None:
    # the x of max and exp stays
    assert slots(formula.line(r"\max(0, y) + \exp(y)", (("x", "x"), ("y", "y")))) == ["y", "y"]


@pytest.mark.parametrize(
    ("latex", "prime"),
    [(r"\sigma'(x)", "′"), (r"\operatorname{ReLU}''(x)", "″"), (r"\operatorname{ReLU6}'(x)", "′"), ("f'(x)^2", "′")],
)
def test_a_prime_stands_behind_its_function_and_not_in_an_exponent(latex: str, prime: str) -> None:
    line = parsed(formula.line(latex, ()))
    (found,) = [element for element in line.iter() if element.text == prime]
    assert found.attrib["class"] == "prime"
    assert all(prime not in "".join(power.itertext()) for power in line.iter(f"{M}msup"))


def test_with_numbers() -> None:
    line = formula.with_numbers(r"\sigma", r"\frac{1}{1+e^{-x}}", {"x": "x_inside"}, "y")
    assert slots(line) == ["x", "x_inside", "y"]
    assert re.sub(r"\s", "", "".join(parsed(line).itertext())) in ("σ()=11+e−=", "σ()=11+e-=")


@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
@pytest.mark.parametrize("curvature", [False, True])
def test_the_readout_of_every_function(f, curvature: bool) -> None:
    lines = readout(f, curvature, -0.8)
    found = [slots(line) for line in lines]
    value, slope, *rest = found
    assert value[0] == "x"
    assert value[-1] == "y"
    assert "x_inside" in value
    assert {declared.name for declared in f.parameters()} <= set(value)
    assert slope == ["x", "slope"]
    assert rest == [["x", "curvature"]] * curvature + [["slope_inside", "downstream"]]
    assert not "".join(parsed(lines[0]).itertext()).startswith("(")  # the function's symbol comes first
    assert "−0.80" in "".join(parsed(lines[-1]).itertext())


def test_constants_stand_as_numbers() -> None:
    value = "".join(parsed(readout(activations.get("selu"), False, 0.8)[0]).itertext())
    assert "1.0507" in value
    assert "1.6733" in value
    assert not set("λα") & set(value)


def test_a_line_may_break_where_it_says() -> None:
    whole, broken = formula.line("y = x + 1", ()), formula.line(r"y \allowbreak = x \allowbreak {} + 1", ())
    assert len(parsed(whole)) == 1
    assert len(parsed(broken)) == 3
    assert re.sub(r"\s", "", "".join(parsed(broken).itertext())) == "y=x+1"


def test_a_line_is_made_once() -> None:
    assert formula.line("x + 2", (("x", "x"),)) is formula.line("x + 2", (("x", "x"),))
