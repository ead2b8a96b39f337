"""The numbers that the lessons quote, each against the core. Those of softmax are in test_softmax.py."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations import ELU, GELU, SELU, Identity, LeakyReLU, ReLU, Sigmoid, Tanh, softmax
from activations.experiments import saturation_bounds, slope_products, train_neuron

sigmoid, tanh = Sigmoid(), Tanh()
X = np.linspace(-20, 20, 8001)


def printed(value, digits):
    """As a page prints it."""
    return f"{value:.{digits}f}"


def test_sigmoid_at_2():
    assert printed(sigmoid(2), 4) == "0.8808"
    assert printed(sigmoid.derivative(2), 4) == "0.1050"


def test_the_slope_of_sigmoid_is_at_most_a_quarter_at_0():
    slopes = sigmoid.derivative(X)
    assert X[np.argmax(slopes)] == pytest.approx(0, abs=1e-12)
    assert slopes.max() == 0.25
    assert tanh.derivative(X).max() == 1


def test_ten_sigmoid_layers_at_best():
    assert f"{slope_products(sigmoid, 0.0, 10).product[0]:.2e}" == "9.54e-07"


def test_tanh_saturates_sooner_than_sigmoid():
    assert printed(tanh.derivative(3), 4) == "0.0099"
    assert printed(sigmoid.derivative(3), 4) == "0.0452"
    assert tanh.derivative(1.6625) > sigmoid.derivative(1.6625)
    assert tanh.derivative(1.6635) < sigmoid.derivative(1.6635)
    beyond = np.linspace(1.6635, 300, 10_000)
    assert np.all(tanh.derivative(beyond) < sigmoid.derivative(beyond))


def test_where_one_per_cent_of_the_slope_is_left():
    for f, edge in ((sigmoid, "5.986"), (tanh, "2.993")):
        left, right = saturation_bounds(f, 0.01)
        assert printed(right, 3) == edge
        assert left == -right


def test_tanh_is_a_stretched_sigmoid():
    assert_allclose(tanh(X), 2 * sigmoid(2 * X) - 1, atol=1e-15)


def test_the_saturated_neuron():
    assert printed(train_neuron(2.0, 2.0).output[-1], 3) == "0.203"
    assert printed(train_neuron(0.6, 0.9).output[-1], 3) == "0.094"


def test_leaky_relu_is_the_larger_of_two_lines():
    for alpha in (0.001, 0.01, 0.2, 0.999):
        assert_array_equal(LeakyReLU(alpha=alpha)(X), np.maximum(alpha * X, X))
    assert_array_equal(LeakyReLU(alpha=1)(X), Identity()(X))


def test_the_slope_of_elu_is_continuous_for_alpha_1_alone():
    for alpha in (0.1, 0.5, 1.0, 1.5, 2.0):
        elu = ELU(alpha=alpha)
        left, right = elu.derivative([-1e-12, 1e-12])
        assert left == pytest.approx(alpha)
        assert right == 1
        assert (elu.facts.kinks == ()) == (alpha == 1)
        assert elu.derivative(0) == alpha  # PyTorch's and JAX's choice
        assert elu(-40) == -alpha  # it does saturate, on the left


def test_selu_is_a_scaled_elu():
    (_, scale), (_, alpha) = SELU().facts.constants
    assert_allclose(SELU()(X), scale * ELU(alpha=alpha)(X), rtol=1e-15)
    assert_allclose(SELU().derivative(X), scale * ELU(alpha=alpha).derivative(X), rtol=1e-15)
    assert SELU().facts.largest_slope == SELU().derivative(0) == pytest.approx(scale * alpha, rel=1e-15)


def test_gelu_dips_and_is_steeper_than_1():
    gelu = GELU()
    (turn,) = gelu.facts.turns
    assert printed(turn, 3) == "-0.752"
    assert printed(gelu(turn), 3) == "-0.170"
    assert gelu(X).min() == pytest.approx(gelu.facts.range.low, abs=1e-6)
    assert X[gelu(X).argmin()] == pytest.approx(turn, abs=0.005)
    assert printed(gelu.facts.largest_slope, 3) == "1.129"
    assert gelu.facts.largest_slope == pytest.approx(
        (1 + math.erf(1)) / 2 + 1 / (math.e * math.sqrt(math.pi)), rel=1e-15
    )
    assert gelu.derivative(math.sqrt(2)) == pytest.approx(gelu.facts.largest_slope, rel=1e-15)


def test_layers_without_a_bend_collapse_into_one():
    rng = np.random.default_rng(0)
    w1, w2 = rng.normal(size=(3, 5)), rng.normal(size=(5, 2))
    x = rng.normal(size=(50, 3))
    assert_allclose(Identity()(x @ w1) @ w2, x @ (w1 @ w2), rtol=1e-10)
    assert not np.allclose(ReLU()(x @ w1) @ w2, x @ (w1 @ w2))


def test_relu_is_not_linear_and_a_sum_of_relus_bends():
    relu = ReLU()
    assert relu(-1) + relu(2) != relu(-1 + 2)
    assert_array_equal(relu([-1.0, 0, 1]) + relu([1.0, 0, -1]), [1, 0, 1])  # |x|


def test_softmax_of_two_is_the_sigmoid_of_the_difference():
    for a, b in ((2.0, 1.0), (-3.0, 4.5), (0.0, 0.0)):
        assert softmax([a, b])[0] == pytest.approx(sigmoid(a - b), rel=1e-14)


def test_multiplying_the_logits_sharpens():
    z = np.array([2, 1, 0.1])
    assert softmax(z).max() < softmax(3 * z).max() < 1
    assert math.isclose(softmax(z)[0], softmax(z + 7)[0], rel_tol=1e-14)
