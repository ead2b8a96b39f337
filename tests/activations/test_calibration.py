"""Calibration: the error by hand and against a plain loop, the fitted temperature, and Guo et al.'s effect."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations import cross_entropy, softmax
from activations.experiments import digits
from activations.experiments.calibration import COLDEST, HOTTEST, fit_temperature, nll, reliability
from activations.experiments.classifier import Settings, train


def logits_of(*confidences: float) -> np.ndarray:
    """Two classes, of which the first has these probabilities."""
    return np.array([[math.log(p), math.log1p(-p)] for p in confidences])


def made(seed: int = 0, count: int = 400, scale: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    g = np.random.default_rng(seed)
    return g.normal(0, scale, (count, 10)), g.integers(0, 10, count)


def test_by_hand() -> None:
    # 0.95 twice, one right; 0.72 right; 0.68 wrong
    found = reliability(logits_of(0.95, 0.95, 0.72, 0.68), np.array([0, 1, 0, 1]))
    assert found.count[0].tolist() == [0, 0, 0, 0, 0, 0, 1, 1, 0, 2]
    assert_allclose(found.accuracy[0, 6:], [0, 1, np.nan, 0.5])
    assert_allclose(found.confidence[0, 6:], [0.68, 0.72, np.nan, 0.95])
    assert_allclose(found.error, [(0.68 + 0.28 + 2 * 0.45) / 4])
    assert_allclose(found.mean_confidence, [(0.95 + 0.95 + 0.72 + 0.68) / 4])
    assert found.right == 0.5


def test_an_edge_belongs_to_the_bin_below_it() -> None:
    found = reliability(np.array([[0.0, 0.0], [800.0, 0.0]]), np.array([0, 0]))
    assert found.count[0].tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1]  # ½ and 1


@pytest.mark.parametrize("bins", [1, 7, 15])
def test_against_a_plain_loop(bins: int) -> None:
    z, labels = made()
    temperatures = [0.3, 1.0, 2.5]
    found = reliability(z, labels, temperatures, bins)
    for row, temperature in enumerate(temperatures):
        p = softmax(z, temperature=temperature)
        error = 0.0
        for place in range(bins):
            inside = (p.max(axis=1) > place / bins) & (p.max(axis=1) <= (place + 1) / bins)
            assert found.count[row, place] == inside.sum()
            if inside.any():
                right = (p.argmax(axis=1) == labels)[inside].mean()
                error += inside.mean() * abs(right - p.max(axis=1)[inside].mean())
                assert_allclose(found.accuracy[row, place], right)
        assert_allclose(found.error[row], error)
        assert_allclose(nll(z, labels, [temperature])[0], _mean_loss(z, labels, temperature))
        assert found.right == (p.argmax(axis=1) == labels).mean()
    assert found.count.sum(axis=1).tolist() == [400] * 3


def _mean_loss(z: np.ndarray, labels: np.ndarray, temperature: float) -> float:
    losses = [cross_entropy(row, int(label), temperature) for row, label in zip(z, labels, strict=True)]
    return float(np.mean(losses))


@pytest.mark.parametrize("factor", [0.4, 1.0, 3.0])
def test_the_fitted_temperature_is_the_scale_that_the_logits_have_too_much(factor: float) -> None:
    g = np.random.default_rng(3)
    z = g.normal(0, 2, (20_000, 5))
    labels = (softmax(z).cumsum(axis=1) < g.random((20_000, 1))).sum(axis=1)
    fitted = fit_temperature(factor * z, labels)
    assert fitted == pytest.approx(factor, rel=0.03)  # three standard errors: 1% each at 20,000 labels
    assert fitted == pytest.approx(factor * fit_temperature(z, labels), rel=1e-9)
    assert reliability(factor * z, labels, [fitted]).error[0] < 0.015


@pytest.mark.parametrize("seed", range(3))
def test_the_fitted_temperature_has_the_least_loss(seed: int) -> None:
    z, labels = made(seed)
    labels = np.where(np.arange(400) % 3 == 0, labels, z.argmax(axis=1))
    fitted = fit_temperature(z, labels)
    assert COLDEST < fitted < HOTTEST
    around = nll(z, labels, [0.999 * fitted, fitted, 1.001 * fitted])
    assert around[1] < around[0]
    assert around[1] < around[2]


def test_where_no_temperature_is_best_the_end_is_taken() -> None:
    z, _ = made()
    assert fit_temperature(z, z.argmax(axis=1)) == pytest.approx(COLDEST)
    assert fit_temperature(z, z.argmin(axis=1)) == pytest.approx(HOTTEST)
    assert fit_temperature(40 * np.eye(10), np.arange(10)) == pytest.approx(COLDEST)  # where rounding leaves no slope


def test_few_digits_long_learnt_make_a_network_over_confident_and_one_number_mends_it() -> None:
    # Guo et al. 2017, here on ten seeds: each is over-confident, and on each both error and loss fall.
    shipped, parts = digits.load(), digits.split()
    errors = []
    for seed in range(10):
        network = train(Settings(count=100, seed=seed))
        z, labels = network.logits(shipped.images[parts.test]), shipped.labels[parts.test]
        fitted = fit_temperature(network.logits(shipped.images[parts.held_out]), shipped.labels[parts.held_out])
        found, losses = reliability(z, labels, [1, fitted]), nll(z, labels, [1, fitted])
        assert found.mean_confidence[0] > found.right
        assert 1.2 < fitted < 2.2
        assert found.error[1] < found.error[0]
        assert losses[1] < losses[0]
        assert_array_equal(softmax(z, temperature=fitted).argmax(axis=1), z.argmax(axis=1))
        errors.append(found.error)
    before, after = np.mean(errors, axis=0)
    assert after < 0.75 * before
