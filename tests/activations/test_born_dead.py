"""Networks born dead: the bound of Lu et al. 2019, met exactly by a single input and never passed by two."""

import dataclasses
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations import ParameterError
from activations.experiments import NarrowNetworks, born_dead, born_dead_each
from activations.experiments.born_dead import bound


def deviations(share: np.ndarray, expected: np.ndarray, networks: int) -> np.ndarray:
    """By how many standard errors a share of so many networks lies above what is expected."""
    error = np.sqrt(np.maximum(expected * (1 - expected), 1 / networks) / networks)
    return (share - expected) / error


def test_the_bound():
    assert_allclose(bound(2, 1), 0.25)
    assert_allclose(bound(2, 9), 1 - 0.75**9)
    assert_allclose(bound([[1], [3]], [1, 10]), [[0.5, 1 - 0.5**10], [0.125, 1 - 0.875**10]])
    assert_allclose(bound(10, 100), 1 - (1 - 2.0**-10) ** 100, rtol=1e-12)


@pytest.mark.parametrize("width", [1, 2, 3, 4, 6])
def test_a_single_input_meets_the_bound(width: int):
    # 5,000 networks: four standard errors are at most 2.9 %
    found = born_dead(NarrowNetworks(width=width, signs=1, networks=5000))
    assert np.abs(deviations(found.share, found.bound, 5000)).max() < 4
    assert_allclose(found.bound, bound(width, np.arange(1, 101)))


@pytest.mark.parametrize("width", [1, 2, 3, 4, 6])
def test_the_bound_holds_and_is_near_in_deep_networks(width: int):
    found = born_dead(NarrowNetworks(width=width, networks=5000))
    assert deviations(found.share, found.bound, 5000).max() < 4
    assert found.share[0] == 0  # of 1 and −1 one passes any unit
    assert_array_equal(found.share, found.dead / 5000)
    assert np.all(np.diff(found.dead) >= 0)


def test_deep_and_narrow_networks_are_born_dead():
    # ten hidden layers of two units; over ten seeds 0.900 to 0.918 of 2,000 networks
    shares = [born_dead(NarrowNetworks(seed=seed)).share[9] for seed in range(5)]
    assert_allclose(shares, 0.91, atol=0.025)
    assert bound(2, 10) == pytest.approx(0.944, abs=5e-4)
    # a little more width helps more than anything
    assert born_dead(NarrowNetworks(width=8)).share[9] < 0.03


def test_a_network_by_hand():
    """The same draws, one network after the other, each unit written out."""
    asked = NarrowNetworks(width=3, depth=12, networks=100, seed=4)
    found = born_dead(asked)
    stream = np.random.default_rng((4, 0))
    alive = [[np.array([1.0]), np.array([-1.0])] for _ in range(100)]
    dead = 0
    for layer in range(12):
        inputs = 1 if layer == 0 else 3
        weights = stream.standard_normal((len(alive), inputs, 3)) * math.sqrt(2 / inputs)
        after = [
            [np.array([max(0.0, sum(h[i] * w[i, j] for i in range(inputs))) for j in range(3)]) for h in pair]
            for pair, w in zip(alive, weights, strict=True)
        ]
        alive = [pair for pair in after if any(h.any() for h in pair)]
        dead = 100 - len(alive)
        assert found.dead[layer] == dead
    assert dead > 30


def test_the_scale_of_the_input_decides_nothing():
    # without biases every layer passes a positive factor on: so ±1 stand for all inputs
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal((1, 3)), *(rng.standard_normal((3, 3)) for _ in range(5))]

    def silent(x: float) -> bool:
        h = np.array([x])
        for matrix in weights:
            h = np.maximum(h @ matrix, 0)
        return not h.any()

    for sign in (-1, 1):
        assert len({silent(sign * size) for size in (1e-3, 0.2, 1.0, 50.0)}) == 1


def test_the_same_seed_gives_the_same_networks():
    one, other = born_dead(NarrowNetworks(depth=20)), born_dead(NarrowNetworks(depth=20))
    assert_array_equal(one.dead, other.dead)
    assert not np.array_equal(born_dead(NarrowNetworks(depth=20, seed=1)).dead, one.dead)


def test_several_settings_one_after_the_other():
    heard: list[float] = []
    asked = [NarrowNetworks(width=width, depth=5) for width in (1, 2)]
    found = born_dead_each(asked, heard.append)
    assert heard == [0.5, 1.0]
    for one, alone in zip(found, asked, strict=True):
        assert_array_equal(one.dead, born_dead(alone).dead)
        assert dataclasses.asdict(one.settings) == dataclasses.asdict(alone)


@pytest.mark.parametrize("bad", [{"width": 0}, {"depth": 101}, {"networks": 50}, {"signs": 3}, {"seed": 0.5}], ids=str)
def test_settings_refuse_what_is_out_of_range(bad: dict):
    with pytest.raises(ParameterError):
        NarrowNetworks(**bad)
