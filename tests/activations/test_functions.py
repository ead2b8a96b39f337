"""Every function against independent formulas in 50 digits, its facts against dense sampling, and the array rules."""

import math
import sys

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal, assert_array_less

import activations
from activations import gaussian
from tests.activations import gaussian_fit
from tests.activations.settings import EVERY_SETTING, METHODS, kinks_at_any_setting

EPS = sys.float_info.epsilon
NORMAL = sys.float_info.min

every_setting = pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
every_method = pytest.mark.parametrize("method", METHODS)


def selu_constants():
    """λ and α, from what they are for: a standard normal input to SELU comes out with mean 0 and variance 1."""
    below = mpmath.expm1(mpmath.mpf(1) / 2 + mpmath.log(mpmath.erfc(mpmath.sqrt(0.5))))  # −2 E[e^x − 1; x < 0]
    alpha = -mpmath.sqrt(2 / mpmath.pi) / below
    # E[(e^x − 1)²; x < 0]
    square = (
        mpmath.e**2 * mpmath.erfc(mpmath.sqrt(2)) - 2 * mpmath.sqrt(mpmath.e) * mpmath.erfc(mpmath.sqrt(0.5)) + 1
    ) / 2
    return 1 / mpmath.sqrt(mpmath.mpf(1) / 2 + alpha**2 * square), alpha


# The textbook formulas, on mpmath numbers; parameters by their names. A new function needs its line here.
ORACLES = {
    "relu": lambda x: x if x > 0 else mpmath.mpf(0),
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "tanh": lambda x: (mpmath.exp(x) - mpmath.exp(-x)) / (mpmath.exp(x) + mpmath.exp(-x)),
    "leaky_relu": lambda x, alpha: max(x, mpmath.mpf(alpha) * x),
    "elu": lambda x, alpha: x if x > 0 else mpmath.mpf(alpha) * mpmath.expm1(x),
    "selu": lambda x: selu_constants()[0] * (x if x > 0 else selu_constants()[1] * mpmath.expm1(x)),
    "gelu": lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
    "relu6": lambda x: min(max(x, mpmath.mpf(0)), mpmath.mpf(6)),
    "identity": lambda x: x,
}

# Worked by hand: x, f(x), f′(x), f″(x). A new function needs its line here.
E = math.e
LAMBDA, ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717  # as published
LEFT = LAMBDA * ALPHA
AT_1, BELOW_1 = math.exp(-1 / 2) / math.sqrt(2 * math.pi), (1 + math.erf(math.sqrt(1 / 2))) / 2  # φ(1) and Φ(1)
BY_HAND = {
    "relu": [(-2, 0, 0, 0), (0, 0, 0, 0), (3, 3, 1, 0)],
    "sigmoid": [
        (0, 1 / 2, 1 / 4, 0),
        (math.log(3), 3 / 4, 3 / 16, -3 / 32),
        (-math.log(3), 1 / 4, 3 / 16, 3 / 32),
        (1, E / (1 + E), E / (1 + E) ** 2, E * (1 - E) / (1 + E) ** 3),
    ],
    "tanh": [
        (0, 0, 1, 0),
        (math.log(2), 3 / 5, 16 / 25, -96 / 125),
        (-math.log(2), -3 / 5, 16 / 25, 96 / 125),
        (math.log(3), 4 / 5, 9 / 25, -72 / 125),
    ],
    "leaky_relu": [(-5, -0.05, 0.01, 0), (0, 0, 0.01, 0), (3, 3, 1, 0)],
    "elu": [(-math.log(2), -1 / 2, 1 / 2, 1 / 2), (0, 0, 1, 0), (3, 3, 1, 0)],
    "selu": [(-math.log(2), -LEFT / 2, LEFT / 2, LEFT / 2), (0, 0, LEFT, 0), (1, LAMBDA, LAMBDA, 0)],
    "gelu": [
        (0, 0, 1 / 2, math.sqrt(2 / math.pi)),
        (1, BELOW_1, BELOW_1 + AT_1, AT_1),
        (-1, BELOW_1 - 1, 1 - BELOW_1 - AT_1, AT_1),
    ],
    "relu6": [(-1, 0, 0, 0), (0, 0, 0, 0), (2.5, 2.5, 1, 0), (6, 6, 0, 0), (7, 6, 0, 0)],
    "identity": [(-5, -5, 1, 0), (0, 0, 1, 0), (3, 3, 1, 0)],
}

POINTS = np.concatenate([np.linspace(-9.7, 9.7, 41), [s * x for s in (-1, 1) for x in (1e-8, 0.01, 20, 40, 100, 700)]])
# Steps of a power of two, so that the kinks 0 and 6 are hit exactly.
GRID = np.arange(-12 * 256, 12 * 256 + 1) / 256
FAR = np.concatenate([-np.geomspace(1e300, 12, 400), GRID, np.geomspace(12, 1e300, 400)])


def exact(f, order, x):
    """The order-th derivative of the oracle at x; digits enough for slopes as small as e^(−2|x|)."""
    with mpmath.workdps(50 + int(abs(x))):
        return mpmath.diff(lambda t: ORACLES[f.name](t, **f.settings), mpmath.mpf(x), order)


def away_from_kinks(f, x):
    kinks = kinks_at_any_setting(f)
    return x[np.all([np.abs(x - kink) > 1e-9 for kink in kinks], axis=0)] if kinks else x


@every_setting
@pytest.mark.parametrize("order", [0, 1, 2])
def test_against_high_precision(f, order):
    assert f.name in ORACLES, f"{f.name} has no formula in ORACLES: add it"
    for x in away_from_kinks(f, POINTS):
        expected = exact(f, order, float(x))
        got = mpmath.mpf(float(getattr(f, METHODS[order])(x)))
        # within a few units of the last digit, also where the value is tiny; the oracle's own noise is far below
        allowed = 6 * EPS * max(abs(expected), NORMAL) + mpmath.mpf(10) ** (-40 - int(abs(x)))
        assert abs(got - expected) <= allowed, f"at {x}: {got} instead of {expected}"


@pytest.mark.parametrize("kind", activations.CATALOGUE, ids=lambda kind: kind.name)
def test_by_hand(kind):
    assert kind.name in BY_HAND, f"{kind.name} has no values in BY_HAND: add them"
    for x, *expected in BY_HAND[kind.name]:
        got = [getattr(kind(), method)(x) for method in METHODS]
        assert_allclose(got, expected, rtol=8 * EPS, atol=EPS / 8, err_msg=f"at {x}")


def test_the_tails_of_sigmoid():
    sigmoid = activations.Sigmoid()
    assert sigmoid(-745) == 5e-324
    assert sigmoid(-1000) == 0
    assert sigmoid(745) == 1
    for x in (-40.0, 40.0):
        assert_allclose(sigmoid.derivative(x), 4.248354255291589e-18, rtol=4 * EPS)


def test_the_constants_of_selu():
    with mpmath.workdps(40):
        assert tuple(map(float, selu_constants())) == (LAMBDA, ALPHA)
    assert activations.SELU().facts.constants == ((r"\lambda", LAMBDA), (r"\alpha", ALPHA))
    # tanh-sinh would see the kink: a sum over equal steps has it between two of them
    x = (np.arange(-12_000, 12_000) + 0.5) / 1000
    chance = np.exp(-x * x / 2) / np.sqrt(2 * np.pi) / 1000
    y = activations.SELU()(x)
    assert_allclose([chance @ y, chance @ y**2], [0, 1], atol=1e-6)


GELU_EXACT = {
    "__call__": lambda x, phi, below: x * below,
    "derivative": lambda x, phi, below: below + x * phi,
    "second_derivative": lambda x, phi, below: (2 - x * x) * phi,
}
NEAR = [side * 10.0**power for side in (-1, 1) for power in range(-16, 0)]


@every_method
def test_gelu_keeps_its_digits_everywhere(method):
    turn, bend = activations.GELU().facts.turns[0], math.sqrt(2)
    rng = np.random.default_rng(0)
    points = [
        rng.uniform(-39, 9, 800),
        rng.uniform(-3, 3, 400),
        -np.geomspace(1e-300, 1, 50),
        [38.5, -38.5, -39.5, -1e9],
    ]
    points += [[zero, *(zero + step for step in NEAR)] for zero in (turn, bend, -bend)]
    for x in np.concatenate(points).tolist():
        with mpmath.workdps(60):
            t = mpmath.mpf(x)
            phi = mpmath.exp(-t * t / 2) / mpmath.sqrt(2 * mpmath.pi)
            expected = GELU_EXACT[method](t, phi, mpmath.erfc(-t / mpmath.sqrt(2)) / 2)
            got = mpmath.mpf(float(getattr(activations.GELU(), method)(x)))
            # measured: 3.4, 2.9 and 4.8 units of the last digit
            assert abs(got - expected) <= 5 * max(math.ulp(float(expected)), NORMAL * EPS), f"at {x}: {got}"


def test_the_coefficients_of_gelu_are_those_of_the_fit():
    named = ("TAIL", "SLOPE", "SINGLE")
    assert gaussian_fit.coefficients() == {name: getattr(gaussian, name) for name in named}
    assert (gaussian_fit.SINGLE_FARTHEST, gaussian_fit.SINGLE_SHIFT) == (
        gaussian.SINGLE_FARTHEST, gaussian.SINGLE_SHIFT,
    )  # fmt: skip
    assert (gaussian_fit.FARTHEST, gaussian_fit.MIDDLE, gaussian_fit.SHIFT) == (
        gaussian.FARTHEST, gaussian.MIDDLE, gaussian.SHIFT,
    )  # fmt: skip
    with mpmath.workdps(50):
        for double, rest, exact in (
            (gaussian.TURN, gaussian.TURN_REST, gaussian_fit.turn()),
            (gaussian.BEND, gaussian.BEND_REST, mpmath.sqrt(2)),
        ):
            assert (double, rest) == (float(exact), float(exact - float(exact)))


@every_setting
def test_with_derivative_gives_the_same_numbers(f):
    x = np.concatenate([np.linspace(-12, 12, 4801), [-gaussian.TURN, 0.0, 1e-300, -1e-300, 1e5, -1e5]])
    with np.errstate(all="ignore"):
        value, derivative = f.with_derivative(x)
        shaped = f.with_derivative(x[:4800].reshape(3, 40, 40))
        lost, _ = f.with_derivative(np.array([math.nan, 1.0]))
    assert_allclose(value, f(x), rtol=1e-14)
    assert_allclose(derivative, f.derivative(x), rtol=1e-14)
    for flat, again in zip((value, derivative), shaped, strict=True):
        assert_allclose(again, flat[:4800].reshape(3, 40, 40), rtol=1e-14)
    assert np.isnan(lost[0])
    assert_allclose(lost[1], f(1.0))


@every_setting
def test_float32_gives_the_same_numbers_to_its_last_digits(f):
    x = np.concatenate([np.linspace(-30, 30, 4801), [-gaussian.TURN, 0.0, 1e-30, 1e5, -1e5]]).astype(np.float32)
    exact = x.astype(np.float64)
    with np.errstate(all="ignore"):
        value, derivative = f.with_derivative(x)
        alone = f.formulas[0](x)
        lost, _ = f.with_derivative(np.array([math.nan, 1.0], dtype=np.float32))
    # of what is added up to give them, 1 or |x|
    eps = np.finfo(np.float32).eps
    for found in (value, alone):
        assert_array_less(np.abs(found - f(exact)), 2 * eps * np.maximum(np.abs(exact), 1))
    assert_array_less(np.abs(derivative - f.derivative(exact)), 2.5 * eps)
    assert np.isnan(lost[0])


def test_a_long_array_is_worked_out_as_a_short_one():
    gelu, x = activations.GELU(), np.linspace(-40, 10, 3 * gaussian.BLOCK + 7)
    for method in METHODS:
        apply = getattr(gelu, method)
        assert_array_equal(apply(x[::-1])[::-1], apply(x))
        assert_array_equal(apply(x)[gaussian.BLOCK - 3 : gaussian.BLOCK + 3], apply(x[gaussian.BLOCK - 3 :][:6]))


# --- facts ---------------------------------------------------------------------------------------


@every_setting
def test_range_is_never_left_and_is_reached(f):
    span, y = f.facts.range, f(FAR)
    assert np.all((y >= span.low) & (y <= span.high))
    with_limits = np.concatenate([y, [f(-math.inf), f(math.inf)]])
    for end, nearest in ((span.low, with_limits.min()), (span.high, with_limits.max())):
        assert nearest == end or abs(nearest - end) < 1e-6
    # an open end is not reached while float64 can tell, a closed one is
    near = f(np.concatenate([GRID, f.facts.turns]))
    assert all(value in span for value in near)
    assert span.open_low or near.min() == pytest.approx(span.low, rel=2 * EPS)
    assert span.open_high or near.max() == span.high


@every_setting
def test_monotone(f):
    assert bool(np.all(np.diff(f(FAR)) >= 0)) == f.facts.monotone


@every_setting
def test_it_turns_where_the_slope_becomes_positive(f):
    assert f.facts.monotone == (not f.facts.turns)
    slopes = f.derivative(FAR)
    assert np.sum(np.diff(np.sign(slopes[slopes != 0])) != 0) == len(f.facts.turns)
    for turn in f.facts.turns:
        below, above = f.derivative(np.nextafter(turn, [-math.inf, math.inf]))
        assert below < 0 < above


@every_setting
def test_zero_centred_means_odd(f):
    assert np.allclose(f(-GRID), -f(GRID), rtol=1e-14, atol=0) == f.facts.zero_centred


@every_setting
def test_saturates_where_the_slope_tends_to_0(f):
    for side, saturates in zip((-1, 1), f.facts.saturates, strict=True):
        slopes = np.abs(f.derivative(side * np.array([1e3, 1e6, math.inf])))
        assert (slopes[-1] == 0) == saturates
        assert (slopes[1] < 1e-5) == saturates


@every_setting
def test_kinks_are_where_the_slope_jumps(f):
    step = GRID[1] - GRID[0]
    bend = np.abs(f.second_derivative(GRID)).max()
    jumps = np.flatnonzero(np.abs(np.diff(f.derivative(GRID))) > 2 * step * bend + 1e-9)
    for kink in f.facts.kinks:
        below, above = f.derivative(np.array([kink - 1e-9, kink + 1e-9]))
        assert abs(above - below) > 1e-6
    for cell in jumps:
        assert any(GRID[cell] <= kink <= GRID[cell + 1] for kink in f.facts.kinks), f"a jump after {GRID[cell]}"
    assert len(jumps) == len(f.facts.kinks)


@every_setting
def test_smoothness_counts_the_continuous_derivatives(f):
    def continuous(values):
        # halving the step halves the largest change of a continuous function, and not that of a jump
        fine, coarse = np.abs(np.diff(values)).max(), np.abs(np.diff(values[::2])).max()
        return coarse == 0 or fine < 0.75 * coarse

    counted = 0
    for method in METHODS[1:]:
        if not continuous(getattr(f, method)(GRID)):
            break
        counted += 1
    assert min(f.facts.smoothness, 2) == counted


@every_setting
def test_largest_slope(f):
    largest = f.derivative(GRID).max()
    assert largest <= f.facts.largest_slope * (1 + EPS)
    assert_allclose(largest, f.facts.largest_slope, rtol=1e-5)


@every_setting
def test_formulas_for_the_page(f):
    facts = f.facts
    assert all((facts.symbol, facts.latex, facts.derivative_latex))
    for entry in f.parameters():
        assert rf"\{entry.name}" in facts.latex, f"{entry.name} does not appear in the formula"
        assert rf"\{entry.name}" in (facts.one_line or facts.latex)
    for letter, _ in facts.constants:
        assert letter in facts.latex
        assert letter in facts.derivative_latex


# --- arrays, dtypes, odd inputs ------------------------------------------------------------------


@every_setting
@every_method
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dtype_and_shape_are_kept(f, method, dtype):
    apply = getattr(f, method)
    base = np.linspace(-7, 7, 24).astype(dtype)
    for x in (
        base,
        base[::3],
        base[::-1],
        base.reshape(2, 3, 4),
        base.reshape(4, 6).T,
        np.asfortranarray(base.reshape(4, 6)),
        base[:0],
        np.zeros((2, 0, 3), dtype),
    ):
        y = apply(x)
        assert isinstance(y, np.ndarray)
        assert (y.dtype, y.shape) == (x.dtype, x.shape)
        # lower precision is float64's result, rounded
        assert_array_equal(y, apply(x.astype(np.float64)).astype(dtype))
    for scalar in (dtype(1.5), np.array(1.5, dtype)):
        assert isinstance(apply(scalar), dtype)


def test_the_other_byte_order_is_kept():
    x = np.array([-1.0, 2.0], dtype=">f8")
    y = activations.ReLU()(x)
    assert y.dtype == x.dtype
    assert_array_equal(y, [0, 2])


@every_setting
@every_method
def test_integers_become_float64(f, method):
    apply = getattr(f, method)
    expected = apply(np.array([0.0, 1.0]))
    for x in ([0, 1], (False, True), np.array([0, 1], np.int8), np.array([0, 1], np.uint64), np.array([False, True])):
        y = apply(x)
        assert y.dtype == np.float64
        assert_array_equal(y, expected)
    for scalar in (1, True, 1.0, np.int32(1), np.float64(1)):
        assert type(apply(scalar)) is np.float64
        assert apply(scalar) == expected[1]


@every_setting
@every_method
@pytest.mark.parametrize("x", ["1", [1j], [None], np.array(["a"]), np.longdouble(1)], ids=repr)
def test_what_is_no_number_is_refused(f, method, x):
    if np.dtype(np.longdouble) == np.float64 and isinstance(x, np.longdouble):
        pytest.skip("long double is float64 on this machine")
    with pytest.raises(TypeError, match="float64"):
        getattr(f, method)(x)


@every_setting
@every_method
def test_nothing_is_written_in_place(f, method):
    x = np.linspace(-7, 7, 29)
    before = x.copy()
    x.setflags(write=False)
    y = getattr(f, method)(x)
    assert not np.shares_memory(x, y)
    assert y.flags.writeable
    y[:] = -99
    assert_array_equal(x, before)


@every_setting
@every_method
def test_nan_stays_nan(f, method):
    y = getattr(f, method)(np.array([math.nan, 1.0, -math.nan]))
    assert_array_equal(np.isnan(y), [True, False, True])


@every_setting
def test_infinity_gives_the_limit(f):
    ends = np.array([-math.inf, math.inf])
    if f.facts.monotone:
        assert_array_equal(f(ends), [f.facts.range.low, f.facts.range.high])
    large = np.array([-1e300, 1e300])
    for limit, value in zip(f(ends), f(large), strict=True):
        if math.isinf(limit):
            assert abs(value) > 1e200
            assert np.sign(value) == np.sign(limit)
        else:
            assert_allclose(value, limit, rtol=1e-9)
    assert_allclose(f.derivative(ends), f.derivative(large), rtol=1e-9)
    assert_array_equal(f.second_derivative(ends), 0)


ANY_FLOAT = {
    np.float16: st.floats(width=16),
    np.float32: st.floats(width=32),
    np.float64: st.floats(),
}


@pytest.mark.parametrize("dtype", ANY_FLOAT, ids=lambda dtype: dtype.__name__)
@given(data=st.data())
def test_no_input_gives_a_warning(dtype, data):
    x = np.array(data.draw(st.lists(ANY_FLOAT[dtype], max_size=6)), dtype)
    with np.errstate(all="raise"):
        for f in EVERY_SETTING:
            for method in METHODS:
                y = getattr(f, method)(x)
                assert (y.dtype, y.shape) == (x.dtype, x.shape)
                assert_array_equal(np.isnan(y), np.isnan(x))
            for value in f(x[~np.isnan(x)]):
                assert f.facts.range.low <= value <= f.facts.range.high
