"""Attention: worked by hand, its gradients, the growth of scores with d_k, and ways to hide tokens."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from activations import ParameterError, entropy, softmax_jacobian
from activations.experiments.attention import (
    WIDTH,
    attention,
    attention_weights,
    causal,
    dot_products,
    jacobian_norm,
    token_vectors,
)  # fmt: skip
from activations.experiments.masking import WAYS, hidden_as

TEN = tuple(f"word {index}" for index in range(10))


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def test_by_hand():
    # d_k = 4: the scores 4, 0 and −2 are halved. e² = 7.389056, e⁻¹ = 0.367879
    found = attention([[1, 1, 1, 1]], [[1, 1, 1, 1], [1, -1, 1, -1], [-1, -1, 0, 0]], [[1, 0], [0, 1], [1, 1]])
    total = math.exp(2) + 1 + math.exp(-1)
    expected = [math.exp(2) / total, 1 / total, math.exp(-1) / total]
    assert_allclose(found.scores, [[2, 0, -1]])
    assert_allclose(found.weights, [expected], rtol=1e-14)
    assert_allclose(found.output, [[expected[0] + expected[2], expected[1] + expected[2]]], rtol=1e-14)


def test_a_query_that_matches_nothing_takes_the_mean():
    found = attention(np.zeros((2, 3)), random(5, 3), np.arange(5.0)[:, None])
    assert_allclose(found.weights, 0.2)
    assert_allclose(found.output, 2.0)


@pytest.mark.parametrize("divisor", [None, 1.0, 7.5])
@pytest.mark.parametrize("visible", [None, causal(5), np.eye(5)[::-1] > 0], ids=["all", "causal", "one each"])
def test_gradients_by_central_differences(divisor, visible):
    inputs = [random(5, 8, seed=1), random(5, 8, seed=2), random(5, 3, seed=3)]
    upstream, step = random(5, 3, seed=4), 1e-6

    def loss(q, k, v):
        return float((attention(q, k, v, divisor=divisor, visible=visible).output * upstream).sum())

    found = attention(*inputs, divisor=divisor, visible=visible).gradients(upstream)
    for which, gradient in enumerate(found):
        slopes = np.zeros_like(inputs[which])
        for at in np.ndindex(slopes.shape):
            moved = [[part.copy() for part in inputs] for _ in range(2)]
            moved[0][which][at] += step
            moved[1][which][at] -= step
            slopes[at] = (loss(*moved[0]) - loss(*moved[1])) / (2 * step)
        assert_allclose(gradient, slopes, rtol=1e-6, atol=2e-9)  # differences of 1e-6 keep nine digits


def test_what_is_hidden_gets_no_weight_and_no_gradient():
    q, k, v = random(4, 6), random(4, 6, seed=1), random(4, 2, seed=2)
    found = attention(q, k, v, visible=causal(4))
    assert_array_equal(found.weights[~causal(4)], 0)
    assert_allclose(found.weights.sum(axis=-1), 1)
    by_queries, by_keys, by_values = found.gradients(random(4, 2, seed=3))
    assert_array_equal(by_queries[0], 0)  # the first token sees itself alone: nothing to choose
    assert (by_values[0] != 0).all()
    assert by_keys.shape == k.shape
    # later tokens are of no influence on earlier ones, whatever they are
    other = attention(q, np.vstack([k[:3], 1e6 * k[3:]]), np.vstack([v[:3], [[1e9, -1e9]]]), visible=causal(4))
    assert_array_equal(other.output[:3], found.output[:3])


def test_a_row_in_which_nothing_is_visible_is_0_and_never_nan():
    visible = np.array([[True, False], [False, False]])
    found = attention(random(2, 3), random(2, 3, seed=1), random(2, 2, seed=2), visible=visible)
    assert_array_equal(found.weights, [[1, 0], [0, 0]])
    assert_array_equal(found.output[1], 0)
    assert all(np.isfinite(gradient).all() for gradient in found.gradients(np.ones((2, 2))))


def test_bad_divisors_and_shapes_are_refused():
    with pytest.raises(ParameterError):
        attention([[1.0]], [[1.0]], [[1.0]], divisor=0.0)
    with pytest.raises(ValueError, match="mismatch"):
        attention([[1.0, 2.0]], [[1.0]], [[1.0]])


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=8))
def test_the_norm_is_that_of_the_jacobian(z):
    assert_allclose(jacobian_norm(attention_weights(z)), np.linalg.norm(softmax_jacobian(z)), rtol=1e-9, atol=1e-150)


def test_the_norm_by_hand():
    assert_allclose(jacobian_norm([0.5, 0.5]), 0.5)
    assert jacobian_norm([1.0, 0.0, 0.0]) == 0
    assert_allclose(jacobian_norm(np.full(16, 1 / 16)), math.sqrt(15) / 16)
    # [[1, −1], [−1, 1]] times 1e-12 (1 − 1e-12): what 1 − p would lose
    assert_allclose(jacobian_norm([1 - 1e-12, 1e-12]), 2e-12, rtol=1e-4)


# --- seeded vectors and the size of scores ------------------------------------------------------------


def test_equal_tokens_have_equal_vectors_and_others_have_others():
    queries, keys = token_vectors(["the", "cat", "the", "", "🙂", "猫"])
    assert queries.shape == keys.shape == (6, int(WIDTH.high))
    assert_array_equal(queries[0], queries[2])
    assert_array_equal(keys[0], keys[2])
    assert len({*queries[:, 0], *keys[:, 0]}) == 10
    again = token_vectors(["cat"])  # wherever it stands
    assert_array_equal(again[0][0], queries[1])
    assert (token_vectors(["cat"], seed=1)[0] != again[0]).all()
    with pytest.raises(ParameterError):
        token_vectors(["cat"], seed=-1)
    assert token_vectors(())[0].shape == (0, int(WIDTH.high))


def test_dot_products_go_over_the_first_components():
    queries, keys = token_vectors(TEN)
    widths = [64, 1, 512, 3, 3]
    found = dot_products(queries, keys, widths)
    for at, width in enumerate(widths):
        assert_allclose(found[at], queries[:, :width] @ keys[:, :width].T, rtol=1e-9, atol=1e-12)
    for bad in (0, 513, 1.5):
        with pytest.raises(ParameterError):
            dot_products(queries, keys, [bad])


def test_scores_have_the_variance_that_vaswani_et_al_give():
    widths = [1, 8, 64, 512]
    dots = np.array([dot_products(*token_vectors(TEN, seed), widths) for seed in range(60)])
    assert_allclose(dots.mean(axis=(0, 2, 3)) / np.sqrt(widths), 0, atol=0.1)
    assert_allclose(dots.var(axis=(0, 2, 3)), widths, rtol=0.1)  # of 6,000 products: by 2% each


def test_undivided_scores_saturate_softmax_and_divided_ones_do_not():
    widths = [8, 64, 512]
    dots = np.array([dot_products(*token_vectors(TEN, seed), widths) for seed in range(60)])
    plain = attention_weights(dots)
    divided = attention_weights(dots, np.sqrt(widths)[:, None, None])
    falling = jacobian_norm(plain).mean(axis=(0, 2))
    steady = jacobian_norm(divided).mean(axis=(0, 2))
    assert falling[0] > 1.7 * falling[1] > 1.7**2 * falling[2]
    assert_allclose(steady, steady[0], rtol=0.04)
    bits = entropy(plain).mean(axis=(0, 2))
    assert bits[0] > 2.5 * bits[1] > 6 * bits[2]
    assert_allclose(entropy(divided).mean(axis=(0, 2)), 2.78, atol=0.06)


# --- ways to hide ---------------------------------------------------------------------------------------

SCORES = np.array([1.5, -0.5, 0.25, 2.0])


def seen(many):
    return np.arange(len(SCORES)) < many


@pytest.mark.parametrize("way", ["billion", "half", "plain", "infinity", "safe"])
@pytest.mark.parametrize("many", [1, 2, 3, 4])
def test_good_ways_give_softmax_over_what_is_visible(way, many):
    weights = hidden_as(way, SCORES, seen(many))
    expected = np.exp(SCORES[:many]) / np.exp(SCORES[:many]).sum()
    tolerance = {"half": 2e-3, "billion": 1e-6}.get(way, 1e-14)
    assert_allclose(weights[:many], expected, rtol=tolerance)
    assert_array_equal(weights[many:], 0)


@pytest.mark.parametrize("way", ["half", "plain", "infinity"])
def test_where_nothing_is_visible_three_ways_give_nan(way):
    assert np.isnan(hidden_as(way, SCORES, seen(0))).all()


def test_where_nothing_is_visible_the_others_give_something():
    assert_array_equal(hidden_as("safe", SCORES, seen(0)), 0)
    assert_array_equal(hidden_as("after", SCORES, seen(0)), 0)
    # numbers of 10⁹ are 64 apart in float32: no score is left of it
    assert np.spacing(np.float32(1e9)) == 64
    assert_allclose(hidden_as("billion", SCORES, seen(0)), 0.25)
    assert np.float16(65504) == np.finfo(np.float16).max


def test_bad_ways_leak_or_do_not_add_up():
    # e^0 = 1 for each of the two that are hidden
    powers = [math.exp(1.5), math.exp(-0.5), 1, 1]
    assert_allclose(hidden_as("zero", SCORES, seen(2)), np.array(powers) / sum(powers), rtol=1e-14)
    full = np.exp(SCORES) / np.exp(SCORES).sum()
    assert_allclose(hidden_as("after", SCORES, seen(2)), [full[0], full[1], 0, 0], rtol=1e-14)


def test_the_plain_formula_overflows_where_the_maximum_is_not_taken_off():
    huge = np.array([1000.0, 0.0])
    assert np.isnan(hidden_as("plain", huge, [True, True])[0])
    assert_array_equal(hidden_as("infinity", huge, [True, True]), [1, 0])
    with pytest.raises(KeyError):
        hidden_as("nonsense", huge, [True, True])
    assert len(WAYS) == 7
