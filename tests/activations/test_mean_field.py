"""Mean-field theory: closed forms, many digits from mpmath, published edges of chaos, and simulation."""

import dataclasses
import math

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose

import activations
from activations import Activation, ParameterError
from activations.experiments import DeepNetwork, mean_field, signals
from activations.experiments.mean_field import mean_square, mean_square_slope
from tests.activations.settings import EVERY_SETTING

ROOT_TWO = math.sqrt(2)
RELU, TANH, SELU = (activations.get(name) for name in ("relu", "tanh", "selu"))


# --- Gaussian integrals -------------------------------------------------------------------------------


def exactly(g, std: float, bends: list[float]) -> float:
    """E g(std · x)² to many digits, split where g bends."""
    cuts = sorted({-14.0, 14.0, *(b / std for b in bends if abs(b / std) < 14), *np.linspace(-12, 12, 9).tolist()})
    return float(mpmath.quad(lambda x: mpmath.npdf(x) * mpmath.mpf(float(g(std * float(x)))) ** 2, cuts))


@pytest.mark.parametrize("q", [1e-6, 0.04, 1.0, 12.5, 1e4])
@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
def test_the_integrals_against_many_digits(f: Activation, q: float):
    bends = [*f.facts.kinks, *(sign * 2.0**k for k in range(-2, 6) for sign in (-1, 1)), 0.0]
    std = math.sqrt(q)
    assert_allclose(mean_square(f, [q])[0], exactly(f, std, bends), rtol=1e-11)
    assert_allclose(mean_square_slope(f, [q])[0], exactly(f.derivative, std, bends), rtol=1e-11)


def test_the_integrals_in_closed_form():
    q = np.geomspace(1e-8, 1e8, 33)
    assert_allclose(mean_square(RELU, q), q / 2, rtol=1e-13)
    assert_allclose(mean_square_slope(RELU, q), 0.5, rtol=1e-13)
    assert_allclose(mean_square(activations.get("identity"), q), q, rtol=1e-13)
    leaky = activations.get("leaky_relu", alpha=0.2)
    assert_allclose(mean_square(leaky, q), q * (1 + 0.2**2) / 2, rtol=1e-13)
    # tanh becomes a step: its square tends to 1
    assert_allclose(mean_square(TANH, [1e12]), 1, rtol=1e-5)
    assert_allclose(mean_square(RELU, [0.0]), 0, atol=1e-299)


def test_nodes_that_ignore_a_kink_miss_it():
    # 65 Gauss–Hermite nodes over ReLU6's slope, which jumps at 0 and at 6: why panels end at kinks
    nodes, weights = np.polynomial.hermite_e.hermegauss(65)
    relu6 = activations.get("relu6")
    blind = (weights * relu6.derivative(10 * nodes) ** 2).sum() / math.sqrt(2 * math.pi)
    exact = 0.5 * math.erf(6 / 10 / ROOT_TWO)
    assert_allclose(mean_square_slope(relu6, [100.0]), exact, rtol=1e-12)
    assert abs(blind / exact - 1) > 0.05


# --- fixed points and edges ---------------------------------------------------------------------------


def test_the_edge_of_chaos_for_tanh_is_at_1():
    found = mean_field(TANH, [0.9, 1.0, 1.01, 1.5])
    assert found.fate == ("vanishes", "vanishes", "settles", "settles")
    assert_allclose(found.chi[:2], [0.81, 1.0], rtol=1e-12)  # at q* = 0 the slope is 1, so χ₁ = σ_w²
    assert np.all(found.chi[2:] > 1)
    # below the edge gradients vanish whatever the bias, above it there is a bias that orders them again
    assert mean_field(TANH, [0.99], sigma_b=0.5).chi[0] < 1
    assert mean_field(TANH, [1.5], sigma_b=1.5).chi[0] < 1


def test_the_edge_of_chaos_for_relu_is_at_root_two():
    for start in (0.1, 1.0, 30.0):
        found = mean_field(RELU, [ROOT_TWO], start=start)
        assert found.fate == ("stays",)  # every q is a fixed point
        assert_allclose(found.fixed, 2 * start, rtol=1e-12)
        assert_allclose(found.path, 2 * start, rtol=1e-12)
    assert_allclose(mean_field(RELU, [1.0, ROOT_TWO, 2.0]).chi, [0.5, 1, 2], rtol=1e-12)
    for bias in (0.01, 0.3, 2.0):
        with_bias = mean_field(RELU, [ROOT_TWO], sigma_b=bias, layers=50)
        assert with_bias.fate == ("explodes",)  # no q is one: each layer adds σ_b²
        assert_allclose(np.diff(with_bias.path[0]), bias**2, rtol=1e-9)
        assert_allclose(with_bias.chi, 1, rtol=1e-12)
    below = mean_field(RELU, [1.0], sigma_b=0.3)
    assert_allclose(below.fixed, 0.3**2 / (1 - 0.5), rtol=1e-8)  # q = q / 2 + σ_b²


def test_selu_has_its_fixed_point_at_1():
    # mean 0 and variance 1 go through unchanged (Klambauer et al. 2017), and from elsewhere they are sought
    for start in (0.3, 1.0, 4.0):
        found = mean_field(SELU, [1.0], start=start, layers=100)
        assert found.fate == ("settles",)
        assert_allclose(found.fixed, 1, rtol=1e-7)
        assert_allclose(found.path[0, -1], 1, rtol=1e-4)


@pytest.mark.parametrize("sigma_b", [0.0, 0.4])
@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
def test_the_fixed_point_is_where_the_map_leads(f: Activation, sigma_b: float):
    sigma_w = np.array([0.5, 0.9, 1.2, 1.9, 3.0])
    found = mean_field(f, sigma_w, sigma_b=sigma_b, layers=100)
    for place, (fate, fixed) in enumerate(zip(found.fate, found.fixed.tolist(), strict=True)):
        end = found.path[place, -1]
        if fate == "settles":
            image = sigma_w[place] ** 2 * mean_square(f, [fixed])[0] + sigma_b**2
            assert_allclose(image, fixed, rtol=1e-8)
            assert_allclose(end, fixed, rtol=1e-2)  # near an edge 100 layers are not enough for more
        elif fate == "vanishes":
            assert end < 0.02 * found.path[place, 0]
        elif fate == "explodes":
            assert end > 1e3
        else:
            assert_allclose(found.path[place], end, rtol=1e-6)


def test_the_image_is_the_map():
    q = np.linspace(0, 3, 7)
    found = mean_field(TANH, [0.7, 1.4], sigma_b=0.2, q=q)
    for place, sigma_w in enumerate((0.7, 1.4)):
        assert_allclose(found.image[place], sigma_w**2 * mean_square(TANH, q) + 0.04, rtol=1e-14)
        assert found.path[place, 0] == pytest.approx(sigma_w**2 + 0.04)


@pytest.mark.parametrize(
    "bad", [{"sigma_w": [0.01]}, {"sigma_b": 9.0}, {"sigma_w": [math.nan]}, {"layers": 101}], ids=str
)
def test_numbers_out_of_range_are_refused(bad: dict):
    with pytest.raises(ParameterError):
        mean_field(TANH, **{"sigma_w": [1.0]} | bad)


def test_progress_is_told():
    heard: list[float] = []
    mean_field(TANH, [0.5, 1.0, 1.5, 2.0], heard.append)
    assert heard == [0.25, 0.5, 0.75, 1.0]


# --- theory against simulation ------------------------------------------------------------------------


@pytest.mark.parametrize("sigma_b", [0.0, 0.3])
@pytest.mark.parametrize("name", ["tanh", "sigmoid", "relu", "selu", "gelu", "relu6"])
def test_theory_against_simulation(name: str, sigma_b: float):
    # ten seeds at width 256: the mean q of layer 8 lies within 10 % of theory, for σ_b > 0 as well, and what a
    # layer keeps of the gradient's mean square within 8 % of χ (ReLU's lengths wander most)
    f = activations.get(name)
    asked = DeepNetwork(f, depth=16, width=256, sigma_b=sigma_b)
    sigma_w = [1.0, 1.5]
    found = [signals(dataclasses.replace(asked, seed=seed), sigma_w) for seed in range(10)]
    theory = mean_field(f, sigma_w, sigma_b=sigma_b, layers=16)
    lengths = np.mean([run.length for run in found], axis=0)
    assert_allclose(lengths[:, 8], theory.path[:, 7], rtol=0.1)
    # from layer 12 to layer 8 the gradient passes the layers 12, 11, 10 and 9
    kept = np.mean([2 * (run.gradient[:, 8] - run.gradient[:, 12]) for run in found], axis=0)
    expected = [
        np.log10(np.square(value) * mean_square_slope(f, path[8:12])).sum()
        for value, path in zip(sigma_w, theory.path, strict=True)
    ]
    assert_allclose(10 ** (kept / 4), 10 ** (np.array(expected) / 4), rtol=0.08)
