"""Outputs with few bits: the stored values by hand, and the errors that a wide range and a ceiling make."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import activations
from activations.experiments.quantisation import errors, quantised, step

OUTPUTS = np.random.default_rng(0).gamma(2.0, 1.0, 4000)


def test_the_step_by_hand() -> None:
    assert step(8, 6.0) == pytest.approx(0.0235294, abs=1e-7)
    assert step(2, 6.0) == 2.0
    assert step(1, 5.0) == 5.0


def test_stored_values_by_hand() -> None:
    # Two bits between 0 and 6: 0, 2, 4 and 6.
    assert_allclose(quantised(np.array([-1, 0, 0.9, 1.1, 2.9, 3.1, 6, 7, 40]), 2, 6.0), [0, 0, 0, 2, 2, 4, 6, 6, 6])


@given(st.integers(1, 8), st.floats(0.1, 100), st.floats(0, 200))
def test_a_stored_value_is_one_of_the_steps_and_the_nearest(bits: int, top: float, output: float) -> None:
    size = step(bits, top)
    (found,) = quantised(np.array([output]), bits, top)
    steps = found / size
    assert abs(steps - round(steps)) < 1e-9
    assert 0 <= round(steps) <= 2**bits - 1
    assert abs(found - min(output, top)) <= size / 2 * (1 + 1e-9)


def test_what_the_ceiling_cuts_off_is_what_relu6_cuts_off() -> None:
    relu6 = activations.get("relu6")
    assert_allclose(quantised(OUTPUTS, 8, 6.0), quantised(relu6(OUTPUTS), 8, 6.0))
    assert np.abs(quantised(OUTPUTS, 8, 6.0) - relu6(OUTPUTS)).max() <= 6 / 255 / 2 + 1e-12


def test_the_error_is_that_of_the_stored_values() -> None:
    tops = np.array([0.5, 6.0, 30.0])
    expected = [np.sqrt(np.mean((quantised(OUTPUTS, 5, top) - OUTPUTS) ** 2)) for top in tops]
    assert_allclose(errors(OUTPUTS, 5, tops), expected, rtol=1e-12)


def test_rounding_alone_has_the_error_of_a_uniform_share_of_a_step() -> None:
    # Bennett 1948: step / √12, where nothing is cut off and the steps are small against the spread.
    top = float(OUTPUTS.max())
    assert errors(OUTPUTS, 8, np.array([top]))[0] == pytest.approx(step(8, top) / np.sqrt(12), rel=0.05)


def test_each_bit_less_doubles_the_error() -> None:
    top = np.array([OUTPUTS.max()])
    ratios = [errors(OUTPUTS, bits - 1, top)[0] / errors(OUTPUTS, bits, top)[0] for bits in (6, 7, 8)]
    assert ratios == pytest.approx([2.0] * 3, rel=0.1)


def test_there_is_a_best_ceiling_between_cutting_and_rounding() -> None:
    tops = np.geomspace(0.5, 100, 60)
    found = errors(OUTPUTS, 4, tops)
    best = int(found.argmin())
    assert 0 < best < len(tops) - 1
    assert tops[best] < OUTPUTS.max()
