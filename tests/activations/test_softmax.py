"""Softmax and its relatives against 50 digits, and everything that must not change."""

import math
import sys
from functools import partial

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from activations import ParameterError, Sigmoid, cross_entropy, entropy, log_softmax, softmax, softmax_jacobian

EPS = sys.float_info.epsilon
TEMPERATURES = np.geomspace(0.01, 100, 41)
VECTORS = [[2, 1, 0.1], [0.3], [40, 0], [0, 0, 0, 0], [-3.5, 700, 12, 699], [1e-9, -1e-9], [9, 3, -2.5, 5, 5]]
every_vector = pytest.mark.parametrize("z", VECTORS, ids=str)
every_temperature = pytest.mark.parametrize("temperature", [0.01, 0.5, 1, 2, 100])
moderate = st.floats(-50, 50)


def exact_softmax(z, temperature=1):
    """Textbook softmax in 400 digits, which hold e^±700 side by side."""
    with mpmath.workdps(400):
        e = [mpmath.exp(mpmath.mpf(value) / mpmath.mpf(temperature)) for value in z]
        total = mpmath.fsum(e)
        return [value / total for value in e]


def tolerance(z, temperature):
    """Relative: the rounding of (z − max) / T, of some size d, moves e^… by up to d · ε."""
    return EPS * (6 + 2 * (max(z) - min(z)) / temperature)


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [(0.5, [0.8638, 0.1169, 0.0193]), (1, [0.6590, 0.2424, 0.0986]), (2, [0.5017, 0.3043, 0.1940])],
)
def test_the_published_example(temperature, expected):
    assert_allclose(softmax([2, 1, 0.1], temperature=temperature), expected, atol=5e-5)


def test_by_hand():
    assert_allclose(softmax([math.log(1), math.log(2), math.log(5)]), [1 / 8, 2 / 8, 5 / 8], rtol=4 * EPS)
    assert_allclose(softmax([0, math.log(9)], temperature=0.5), [1 / 82, 81 / 82], rtol=8 * EPS)
    assert_allclose(log_softmax([0, 0, 0, 0]), [-math.log(4)] * 4, rtol=2 * EPS)
    assert_allclose(
        softmax_jacobian([0, math.log(3)], temperature=2),
        np.array([[1, -1], [-1, 1]]) * math.sqrt(3) / (1 + math.sqrt(3)) ** 2 / 2,
        rtol=8 * EPS,
    )


@every_vector
@every_temperature
def test_softmax_against_high_precision(z, temperature):
    p = softmax(z, temperature=temperature)
    expected = [float(value) for value in exact_softmax(z, temperature)]
    assert_allclose(p, expected, rtol=tolerance(z, temperature), atol=5e-324)
    assert_allclose(p.sum(), 1, rtol=4 * EPS)


@every_vector
@every_temperature
def test_log_softmax_against_high_precision(z, temperature):
    with mpmath.workdps(400):
        expected = [float(mpmath.log(value)) for value in exact_softmax(z, temperature)]
    assert_allclose(log_softmax(z, temperature=temperature), expected, rtol=tolerance(z, temperature), atol=5e-324)


@every_vector
@every_temperature
def test_the_jacobian_against_high_precision(z, temperature):
    p = exact_softmax(z, temperature)
    with mpmath.workdps(400):
        expected = [
            [float(a * ((i == k) - b) / mpmath.mpf(float(temperature))) for k, b in enumerate(p)]
            for i, a in enumerate(p)
        ]
    jacobian = softmax_jacobian(z, temperature=temperature)
    assert_allclose(jacobian, expected, rtol=3 * tolerance(z, temperature), atol=1e-320)
    assert_allclose(jacobian, jacobian.T, rtol=4 * EPS, atol=0)
    assert_allclose(jacobian.sum(axis=0), 0, atol=EPS / temperature)


def test_the_jacobian_is_the_slope_of_softmax():
    z, step = np.array([0.3, -1.2, 2.0, 0.7]), 1e-6
    for temperature in (0.5, 1.0, 3.0):
        columns = [
            (softmax(z + d, temperature=temperature) - softmax(z - d, temperature=temperature)) / (2 * step)
            for d in np.eye(4) * step
        ]
        assert_allclose(softmax_jacobian(z, temperature=temperature), np.array(columns).T, atol=1e-9)


def test_the_jacobian_of_a_stack():
    z = np.arange(12.0).reshape(2, 2, 3) ** 1.1
    stack = softmax_jacobian(z)
    assert stack.shape == (2, 2, 3, 3)
    assert_array_equal(stack[1, 0], softmax_jacobian(z[1, 0]))


def test_for_two_classes_softmax_is_the_sigmoid_of_the_difference():
    z = np.linspace(-40, 40, 161)
    pairs = np.stack([z, np.zeros_like(z)], axis=-1)
    assert_allclose(softmax(pairs)[:, 0], Sigmoid()(z), rtol=4 * EPS)
    assert_allclose(softmax_jacobian(pairs)[:, 0, 0], Sigmoid().derivative(z), rtol=6 * EPS)


@given(z=st.lists(moderate, min_size=1, max_size=8), shift=st.integers(-1000, 1000), temperature=st.floats(0.1, 10))
def test_adding_a_constant_changes_nothing(z, shift, temperature):
    p = softmax(z, temperature=temperature)
    # the sum z + shift is itself rounded, by up to 1e3 · ε
    moved = softmax(np.array(z) + shift, temperature=temperature)
    assert_allclose(moved, p, rtol=5e3 * EPS / temperature, atol=0)
    quarters = np.round(np.array(z) * 4) / 4  # no rounding at all here, so not the last digit may change
    assert_array_equal(softmax(quarters + shift), softmax(quarters))


@given(z=st.lists(st.floats(-1e308, 1e308), min_size=1, max_size=8))
def test_temperature_never_changes_the_order(z):
    order = np.argsort(z)
    p = softmax(z, temperature=TEMPERATURES[:, None])
    assert np.all(np.diff(p[:, order], axis=1) >= 0)
    assert_array_equal(p[:, np.argmax(z)], p.max(axis=1))
    assert_allclose(p.sum(axis=1), 1, rtol=8 * EPS)


def test_temperature_flattens():
    p = softmax([2, 1, 0.1], temperature=TEMPERATURES[:, None])
    assert np.all(np.diff(p.max(axis=1)) <= 0)
    assert np.all(np.diff(entropy(p)) >= 0)
    assert_allclose(p[0], [1, 0, 0], atol=1e-40)
    assert_allclose(softmax([2, 1, 0.1], temperature=1e9), [1 / 3] * 3, rtol=1e-8)


def test_an_array_of_temperatures_is_many_calls():
    z, temperatures = [2, 1, 0.1], [0.05, 1.0, 20.0]
    for function in (softmax, log_softmax):
        together = function(z, temperature=np.array(temperatures)[:, None])
        assert_array_equal(together, [function(z, temperature=t) for t in temperatures])


def test_axis():
    z = np.arange(24.0).reshape(2, 3, 4) % 5
    for function in (softmax, log_softmax):
        for axis in (0, 1, 2, -1, -2, -3):
            assert_array_equal(function(z, axis=axis), np.moveaxis(function(np.moveaxis(z, axis, -1)), -1, axis))
    assert softmax(z[:0]).shape == (0, 3, 4)
    assert log_softmax(z[:0]).shape == (0, 3, 4)


def test_no_size_of_logit_overflows():
    with np.errstate(all="raise"):
        assert_array_equal(softmax([1000, 0]), [1, 0])
        assert_array_equal(log_softmax([1000, 0]), [0, -1000])
        assert_array_equal(softmax([1e308, -1e308], temperature=0.01), [1, 0])
        assert_array_equal(log_softmax(np.float32([3e38, -3e38])), np.float32([0, -math.inf]))
        assert_array_equal(softmax_jacobian([1e308, -1e308]), np.zeros((2, 2)))
        assert_array_equal(softmax([5e-324, 0], temperature=5e-324), softmax([1, 0]))
        assert_allclose(softmax(np.zeros(1000)), 1e-3, rtol=4 * EPS)


def test_infinite_logits_give_the_limit():
    inf = math.inf
    with np.errstate(all="raise"):
        assert_array_equal(softmax([inf, 1, -inf]), [1, 0, 0])
        assert_array_equal(softmax([inf, inf, 1]), [0.5, 0.5, 0])
        assert_array_equal(softmax([-inf, 0, 0]), [0, 0.5, 0.5])
        assert_array_equal(log_softmax([inf, 1, -inf]), [0, -inf, -inf])
        assert_array_equal(softmax([-inf, -inf]), [math.nan] * 2)  # no distribution


@given(
    z=st.lists(st.floats(), min_size=1, max_size=5), temperature=st.floats(0, exclude_min=True, allow_infinity=False)
)
def test_no_input_gives_a_warning(z, temperature):
    with np.errstate(all="raise"):
        p = softmax(z, temperature=temperature)
        log_p = log_softmax(z, temperature=temperature)
        softmax_jacobian(z, temperature=temperature)
        h, loss = entropy(p), cross_entropy(z, 0, temperature=temperature)
    if np.isnan(z).any() or np.isneginf(z).all():
        assert np.isnan(p).all()
        assert np.isnan(log_p).all()
        assert np.isnan(h)
        assert np.isnan(loss)
    else:
        assert np.all((p >= 0) & (p <= 1))
        assert_allclose(p.sum(), 1, rtol=8 * EPS)
        assert np.all(log_p <= 0)
        assert 0 <= h <= math.log2(len(z)) * (1 + 4 * EPS)
        assert loss >= 0


@pytest.mark.parametrize("function", [softmax, log_softmax, softmax_jacobian], ids=lambda f: f.__name__)
def test_dtype_is_kept_and_nothing_is_written(function):
    for dtype in (np.float16, np.float32, np.float64):
        z = np.array([2, 1, 0.1], dtype)
        z.setflags(write=False)
        p = function(z)
        assert p.dtype == dtype
        assert not np.shares_memory(p, z)
        assert_allclose(p, function(z.astype(np.float64)), rtol=4 * np.finfo(dtype).eps)
        assert_array_equal(z, np.array([2, 1, 0.1], dtype))
    assert function([2, 1, 0]).dtype == np.float64
    assert function(np.array([True, False])).dtype == np.float64


@pytest.mark.parametrize("function", [softmax, log_softmax, softmax_jacobian, lambda z, **k: cross_entropy(z, 0, **k)])
@pytest.mark.parametrize("bad", [0, -1, -0.0, math.nan, math.inf, -math.inf, None, "1", True, 1j, [1, -1]], ids=repr)
def test_a_bad_temperature_is_refused(function, bad):
    with pytest.raises(ParameterError, match="temperature must be a number above 0") as caught:
        function([[2.0, 1.0]], temperature=bad)
    assert isinstance(caught.value, ValueError)
    assert (caught.value.name, caught.value.value, caught.value.low) == ("temperature", bad, 0)


@pytest.mark.parametrize("function", [softmax, log_softmax, softmax_jacobian])
def test_bad_logits_are_refused(function):
    for empty in ([], 3.0, np.zeros((2, 0))):
        with pytest.raises(ValueError, match="at least one logit"):
            function(empty)
    for bad in (["a", "b"], ["1", "2"], [None, 1], [1j, 0]):
        with pytest.raises(TypeError, match="logits must be"):
            function(bad)


def test_entropy():
    assert_allclose(entropy([1 / 8] * 8), 3, rtol=4 * EPS)
    assert_allclose(entropy([0.5, 0.25, 0.25]), 1.5, rtol=4 * EPS)
    assert_allclose(entropy([0.5, 0.5], base=math.e), math.log(2), rtol=4 * EPS)
    assert_allclose(entropy([0.2, 0.3, 0.5]), -sum(p * math.log2(p) for p in (0.2, 0.3, 0.5)), rtol=4 * EPS)
    sure = entropy([1, 0, 0])
    assert sure == 0
    assert not np.signbit(sure)
    assert_allclose(entropy([[0.5, 0.5], [1, 0]]), [1, 0])
    assert_allclose(entropy([[0.5, 1], [0.5, 0]], axis=0), [1, 0])
    assert np.isnan(entropy([math.nan, 1]))


@every_vector
@every_temperature
def test_cross_entropy_and_its_gradient(z, temperature):
    """The gradient by the logits is (p − y) / T; here it is differentiated in 400 digits."""
    for target in range(len(z)):

        def loss(k, value, target=target):
            return -mpmath.log(exact_softmax([*z[:k], value, *z[k + 1 :]], temperature)[target])

        with mpmath.workdps(400):
            expected = float(loss(0, z[0]))
            slopes = [float(mpmath.diff(partial(loss, k), z[k], h=mpmath.mpf(10) ** -150)) for k in range(len(z))]
        got = cross_entropy(z, target, temperature=temperature)
        assert_allclose(got, expected, rtol=tolerance(z, temperature), atol=5e-324)
        gradient = (softmax(z, temperature=temperature) - np.eye(len(z))[target]) / temperature
        assert_allclose(gradient, slopes, rtol=tolerance(z, temperature), atol=4 * EPS / temperature)


def test_cross_entropy_of_a_stack_and_of_certainty():
    assert_allclose(cross_entropy([[0, 0], [0, math.log(3)]], 0), [math.log(2), math.log(4)], rtol=4 * EPS)
    sure = cross_entropy([1000, 0], 0)
    assert sure == 0
    assert not np.signbit(sure)
    assert cross_entropy([1000, 0], 1) == 1000
    assert_allclose(cross_entropy([40, 0], 0), math.log1p(math.exp(-40)), rtol=4 * EPS)


@pytest.mark.parametrize("target", [-1, 3, 100, True])
def test_a_target_that_is_no_class_is_refused(target):
    with pytest.raises(IndexError, match="from 0 to 2"):
        cross_entropy([2, 1, 0.1], target)
