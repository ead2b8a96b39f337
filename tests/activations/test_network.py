"""The playground's network and its optimisers: gradients against differences, steps worked by hand."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations import Identity, ReLU, Sigmoid, Tanh
from activations.experiments import datasets, optimisers
from activations.experiments.datasets import Data
from activations.experiments.network import LOSSES, Backward, Layer, Network
from tests.activations.settings import EVERY_SETTING

POINTS = datasets.make(Data(kind="blobs", classes=3, count=60), seed=4)
PENALTIES = ((0.0, 0.0), (0.03, 0.0), (0.0, 0.2), (0.01, 0.1))


def objective(network, theta, positions, wanted, l1, l2):
    """The mean loss and the penalties, layer by layer, as a textbook writes them."""
    h, penalty = positions, 0.0
    for matrix, f in zip(network.matrices(theta), (*network.functions, Identity()), strict=True):
        h = f(h @ matrix[:-1] + matrix[-1])
        penalty += l1 * np.abs(matrix[:-1]).sum() + 0.5 * l2 * (matrix[:-1] ** 2).sum()
    if network.loss == "squared":
        losses = 0.5 * (h[:, 0] - wanted[:, 0]) ** 2
    elif network.loss == "softmax":
        losses = np.log(np.exp(h).sum(axis=1)) - (h * wanted).sum(axis=1)
    else:
        losses = (np.log1p(np.exp(h)) - h * wanted).sum(axis=1)
    return losses.mean() + penalty


def differences(function, theta, step=1e-5):
    found = np.empty_like(theta)
    for index in range(len(theta)):
        ends = []
        for side in (step, -step):
            moved = theta.copy()
            moved[index] += side
            ends.append(function(moved))
        found[index] = (ends[0] - ends[1]) / (2 * step)
    return found


def away_from_kinks(network, theta, positions):
    """Those positions at which no unit is near a kink, where a difference would not be a slope."""
    z, _ = network.forward(theta, positions)
    clear = np.ones(len(positions), dtype=bool)
    for values, f in zip(z, network.functions, strict=False):
        for kink in f.facts.kinks:
            clear &= np.all(np.abs(values - kink) > 1e-3, axis=1)
    return clear


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
def test_the_gradient_agrees_with_central_differences(f, loss):
    generator = np.random.default_rng(1)
    for count in range(5):
        network = Network([Layer(f, 3), Layer(Tanh(), 2), Layer(f, 4), Layer(f, 2)][:count], loss, 3)
        theta = network.initial("glorot", 1.5, generator) + 0.1 * generator.normal(size=network.size)
        clear = away_from_kinks(network, theta, POINTS.positions)
        assert clear.sum() >= 20
        positions, wanted = POINTS.positions[clear], network.wanted(POINTS)[clear]
        for l1, l2 in PENALTIES:
            backward = Backward(network, theta, l1, l2)
            backward.fill(positions, wanted)
            expected = differences(lambda moved: objective(network, moved, positions, wanted, l1, l2), theta)  # noqa: B023
            scale = np.abs(expected).max()
            assert_allclose(backward.gradient, expected, rtol=1e-6, atol=1e-6 * scale)
            own = network.losses(network.forward(theta, positions)[0][-1], wanted).mean() + backward.penalty()
            assert_allclose(own, objective(network, theta, positions, wanted, l1, l2), rtol=1e-12)


def test_batches_of_any_size_share_one_backward_pass():
    network = Network([Layer(ReLU(), 5)], "softmax", 3)
    theta = network.initial("he", 1.0, np.random.default_rng(0))
    backward, wanted = Backward(network, theta), network.wanted(POINTS)
    sums = np.zeros_like(theta)
    for start, end in ((0, 7), (7, 30), (30, 37), (37, 60)):
        backward.fill(POINTS.positions[start:end], wanted[start:end])
        sums += (end - start) / 60 * backward.gradient
    backward.fill(POINTS.positions, wanted)
    assert_allclose(backward.gradient, sums, rtol=1e-12, atol=1e-15)


def test_one_pass_by_hand():
    # One unit: z = 0.5·1 − 1·2 + 0.25 = −1.25, tanh; output 2h + 0.1; target 1.
    network = Network([Layer(Tanh(), 1)], "squared", 2)
    theta = np.array([0.5, -1.0, 0.25, 2.0, 0.1])
    h = math.tanh(-1.25)
    z, _ = network.forward(theta, np.array([[1.0, 2.0]]))
    assert_allclose(z[1], [[2 * h + 0.1]], rtol=1e-15)
    backward = Backward(network, theta)
    backward.fill(np.array([[1.0, 2.0]]), np.array([[1.0]]))
    error = 2 * h + 0.1 - 1
    at_z = 2 * error * (1 - h * h)
    assert_allclose(backward.gradient, [at_z, 2 * at_z, at_z, error * h, error], rtol=1e-14)


@pytest.mark.parametrize(("loss", "classes", "outputs"), [("softmax", 2, 2), ("softmax", 5, 5), ("sigmoid", 2, 1),
                                                          ("sigmoid", 4, 4), ("squared", 3, 1)])  # fmt: skip
def test_outputs_and_answers(loss, classes, outputs):
    network = Network([Layer(Sigmoid(), 2)], loss, classes)
    assert network.sizes == (2, 2, outputs)
    assert network.size == 6 + 3 * outputs
    answers = network.answers(np.linspace(-3, 3, 4 * outputs).reshape(4, outputs))
    assert answers.shape == (4, 1 if loss == "squared" else classes)
    if loss == "softmax" or (outputs == 1 and loss == "sigmoid"):
        assert_allclose(answers.sum(axis=1), 1, rtol=1e-15)


def test_extreme_outputs_have_finite_losses():
    far = np.array([[1e6, -1e6, 0.0], [-1e6, 1e6, 0.0]])
    wanted = np.eye(3)[[0, 0]]
    with np.errstate(all="raise", under="ignore"):
        assert_array_equal(Network([], "softmax", 3).losses(far, wanted), [0, 2e6])
        assert_allclose(Network([], "sigmoid", 3).losses(far, wanted), [math.log(2), 2e6 + math.log(2)])


@pytest.mark.parametrize(("how", "spread"), [("standard", 1 / (3 * 32)), ("glorot", 2 / (32 + 32)), ("he", 2 / 32)])
def test_initial_weights_have_the_variance_that_their_name_stands_for(how, spread):
    network = Network([Layer(Tanh(), 32)] * 4, "softmax", 2)
    drawn = [network.matrices(network.initial(how, 3.0, np.random.default_rng(seed)))[1] for seed in range(20)]
    weights = np.array([matrix[:-1] for matrix in drawn])
    assert_allclose(weights.var(), 9 * spread, rtol=0.03)  # 20,480 draws: a standard error of 1 % at most
    assert_array_equal([matrix[-1] for matrix in drawn], np.zeros((20, 32)))
    if how != "he":
        bound = 3 * math.sqrt(3 * spread)
        assert 0.99 * bound < np.abs(weights).max() <= bound


GRADIENTS = [np.array([2.0, -0.5]), np.array([1.0, 4.0]), np.array([0.0, -1.0])]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # θ − 0.1 g
        ("sgd", [[0.8, -2.95], [0.7, -3.35], [0.7, -3.25]]),
        # v = 2, 2.8, 2.52 and −0.5, 3.55, 2.195
        ("momentum", [[0.8, -2.95], [0.52, -3.305], [0.268, -3.5245]]),
    ],
)
def test_descent_by_hand(name, expected):
    theta = np.array([1.0, -3.0])
    optimiser = optimisers.make(name, 2, 0.1)
    for gradient, then in zip(GRADIENTS, expected, strict=True):
        optimiser.step(theta, gradient)
        assert_allclose(theta, then, rtol=1e-14)


def test_adam_by_hand():
    theta = np.array([1.0, -3.0])
    optimiser = optimisers.make("adam", 2, 0.1)
    optimiser.step(theta, GRADIENTS[0])
    # at the first step m̂ = g and v̂ = g²: every weight moves by η, but for 1e-8
    assert_allclose(theta, [0.9, -2.9], atol=1e-8)
    optimiser.step(theta, GRADIENTS[1])
    # m = 0.28, 0.355; m̂ = m / 0.19; v = 0.004996, 0.01624975; v̂ = v / 0.001999
    moved = [
        0.1 * (0.28 / 0.19) / math.sqrt(0.004996 / 0.001999),
        0.1 * (0.355 / 0.19) / math.sqrt(0.01624975 / 0.001999),
    ]
    assert_allclose(theta, [0.9 - moved[0], -2.9 - moved[1]], atol=2e-8)


def test_adam_in_plain_numbers():
    generator = np.random.default_rng(5)
    theta, m, v = 0.3, 0.0, 0.0
    moved = np.array([theta])
    optimiser = optimisers.make("adam", 1, 0.02)
    for step in range(1, 51):
        g = float(generator.normal())
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        theta -= 0.02 * (m / (1 - 0.9**step)) / (math.sqrt(v / (1 - 0.999**step)) + 1e-8)
        optimiser.step(moved, np.array([g]))
        assert_allclose(moved, [theta], rtol=1e-13)
