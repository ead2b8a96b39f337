"""The next word: filters worked by hand, draws against the distribution, and the gradient of soft targets."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from activations import ParameterError, softmax
from activations.experiments.sampling import (
    EXAMPLES,
    WORDS,
    chi_square,
    distil,
    next_word,
    standard_error,
    tallies,
)  # fmt: skip

HALF = np.log([0.5, 0.3, 0.15, 0.05])  # logits whose softmax is known
logits = st.lists(st.floats(-30, 30), min_size=1, max_size=20)
settings = st.fixed_dictionaries(
    {
        "temperature": st.floats(0.05, 20),
        "top_k": st.integers(1, 20),
        "top_p": st.floats(0.001, 1),
        "min_p": st.floats(0, 1),
        "temperature_last": st.booleans(),
    }
)


def by_hand(z, temperature, top_k, top_p, min_p, temperature_last):
    """The filters one word after another, in plain Python."""

    def tempered(left, t):
        top = max(z[i] for i in left)
        powers = {i: math.exp((z[i] - top) / t) for i in left}
        total = math.fsum(powers.values())
        return {i: power / total for i, power in powers.items()}

    seen = 1.0 if temperature_last else temperature
    left = sorted(range(len(z)), key=lambda i: -z[i])[:top_k]
    reached, kept = 0.0, []
    for i in left:
        if top_p < 1 and reached >= top_p:
            break
        kept.append(i)
        reached += tempered(left, seen)[i]
    p = tempered(kept, seen)
    kept = [i for i in kept if p[i] >= min_p * max(p.values())]
    final = tempered(kept, temperature)
    return [final.get(i, 0.0) for i in range(len(z))]


def test_temperature_alone_is_softmax():
    assert_allclose(next_word(HALF).p, [0.5, 0.3, 0.15, 0.05], rtol=1e-14)
    assert_allclose(next_word(HALF, temperature=3).p, softmax(HALF, temperature=3), rtol=1e-14)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"top_k": 1}, [1, 0, 0, 0]),
        ({"top_k": 2}, [5 / 8, 3 / 8, 0, 0]),
        ({"top_p": 0.4}, [1, 0, 0, 0]),
        ({"top_p": 0.6}, [5 / 8, 3 / 8, 0, 0]),
        ({"top_p": 0.9}, [10 / 19, 6 / 19, 3 / 19, 0]),
        ({"top_p": 1}, [0.5, 0.3, 0.15, 0.05]),
        ({"min_p": 0.2}, [10 / 19, 6 / 19, 3 / 19, 0]),
        ({"min_p": 0.4}, [5 / 8, 3 / 8, 0, 0]),
        ({"min_p": 1}, [1, 0, 0, 0]),
        # each filter on what the one before has left: 0.5 and 0.3 become 0.625 and 0.375, and 0.625 reaches 0.6
        ({"top_k": 2, "top_p": 0.6}, [1, 0, 0, 0]),
        # at temperature ½ the squares count: 0.25, 0.09 and 0.0225 of 0.365
        ({"temperature": 0.5, "top_p": 0.9}, [25 / 34, 9 / 34, 0, 0]),
        ({"temperature": 0.5, "top_p": 0.9, "temperature_last": True}, np.array([0.25, 0.09, 0.0225, 0]) / 0.3625),
    ],
    ids=str,
)  # fmt: skip
def test_filters_by_hand(asked, expected):
    assert_allclose(next_word(HALF, **asked).p, expected, rtol=1e-12, atol=1e-15)
    backwards = next_word(HALF[::-1], **asked).p  # the order of the words makes no difference
    assert_allclose(backwards[::-1], expected, rtol=1e-12, atol=1e-15)


@given(logits, settings)
def test_filters_against_plain_python(z, asked):
    found = next_word(z, **asked)
    assert_allclose(found.p.sum(), 1, rtol=1e-12)
    assert found.after_min.any()
    assert not (found.after_p & ~found.after_k).any()
    assert not (found.after_min & ~found.after_p).any()
    assert_array_equal(found.p[~found.after_min], 0)
    wanted = by_hand(z, **asked)
    # A word whose share lies on the threshold but for rounding may stand on either side of it.
    if (np.array(wanted) > 0).sum() == found.after_min.sum():
        assert_allclose(found.p, wanted, rtol=1e-9, atol=1e-12)


def test_a_share_that_is_reached_exactly_is_enough():
    assert_array_equal(next_word([0.0, 0.0], top_p=0.5).p, [1, 0])
    assert_array_equal(next_word([0.0, 0.0], top_p=0.51).p, [0.5, 0.5])
    assert_array_equal(next_word([0.0, 0.0, 0.0], top_k=2).p, [0.5, 0.5, 0])  # of equal ones the first


def test_many_settings_in_one_call():
    t, k = np.array([0.5, 1.0, 2.0]), np.array([3, 12, 5])
    z = EXAMPLES["open"][0]
    found = next_word(z, temperature=t, top_k=k, top_p=0.9, min_p=0.01)
    for at in range(3):
        one = next_word(z, temperature=t[at], top_k=int(k[at]), top_p=0.9, min_p=0.01)
        assert_array_equal(found.p[at], one.p)
        assert_array_equal(found.after_k[at], one.after_k)


@pytest.mark.parametrize(
    "bad",
    [{"temperature": 0}, {"temperature": math.nan}, {"top_k": 0}, {"top_k": 1.5}, {"top_p": 0}, {"top_p": 1.1},
     {"top_p": math.nan}, {"min_p": -0.1}, {"min_p": 1.1}, {"min_p": math.nan}],
    ids=str,
)  # fmt: skip
def test_bad_settings_are_refused(bad):
    with pytest.raises(ParameterError):
        next_word(HALF, **bad)


def test_draws_are_seeded_and_of_the_words_that_are_left():
    p = next_word(EXAMPLES["open"][0], top_k=5).p
    counts = tallies(p, 1000, 3)
    assert counts.sum() == 1000
    assert_array_equal(counts, tallies(p, 1000, 3))
    assert (counts != tallies(p, 1000, 4)).any()
    assert_array_equal(counts[5:], 0)
    assert_array_equal(tallies(np.stack([p, p]), 1000, 3), [counts, counts])


def test_a_last_word_that_cannot_come_does_not():
    # the sum of the others may be a little below 1 by rounding, and a chance just above it
    p = np.array([0.1] * 10 + [0.0])
    counts = tallies(p * (1 - 1e-3), 100_000)
    assert counts[-1] == 0
    assert counts.sum() == 100_000


def test_the_standard_error_by_hand():
    assert_allclose(standard_error([0.5, 0.2, 0.0, 1.0], 100), [0.05, 0.04, 0, 0])


def test_over_many_seeds_shares_miss_by_their_standard_error():
    p = next_word(EXAMPLES["open"][0]).p
    shares = np.array([tallies(p, 1000, seed) for seed in range(400)]) / 1000
    assert_allclose(shares.mean(axis=0), p, atol=4 * standard_error(p).max() / 20)
    assert_allclose(shares.std(axis=0), standard_error(p), rtol=0.15)  # of 400: by 3.5% each
    within = np.abs(shares - p) < 2 * standard_error(p)
    assert 0.93 < within[:, :-1].mean() < 0.975  # the moon is too rare for a normal law


def test_over_many_seeds_chi_square_comes_out_at_its_freedom():
    for asked in ({}, {"top_k": 4}, {"temperature": 2.0, "min_p": 0.3}):
        p = next_word(EXAMPLES["open"][0], **asked).p
        found = [chi_square(tallies(p, 1000, seed), p) for seed in range(400)]
        (free,) = {freedom for _, freedom in found}
        squares = np.array([square for square, _ in found])
        error = math.sqrt(2 * free / len(squares))
        assert abs(squares.mean() - free) < 4 * error
        assert_allclose(squares.var(), 2 * free, rtol=0.35)


def test_chi_square_by_hand():
    # 10, 20 and 70 of 100 against 0.2, 0.2 and 0.6: 100/20 + 0 + 100/60
    square, free = chi_square([10, 20, 70], [0.2, 0.2, 0.6])
    assert_allclose(square, 5 + 100 / 60, rtol=1e-12)
    assert free == 2


def test_rare_words_are_counted_together():
    # 2 and 3 are expected of the last two: together 5, a cell of their own
    square, free = chi_square([50, 41, 6, 3], [0.55, 0.4, 0.03, 0.02])
    assert_allclose(square, 25 / 55 + 1 / 40 + 16 / 5, rtol=1e-12)
    assert free == 2
    # 1 is expected of the last one: it goes with the one before
    square, free = chi_square([50, 41, 9], [0.55, 0.44, 0.01])
    assert_allclose(square, 25 / 55 + 25 / 45, rtol=1e-12)
    assert free == 1
    assert chi_square([100, 0], [1.0, 0.0]) == (0.0, 0)
    assert chi_square([1000, 0, 0], [1 - 1e-9, 9e-10, 1e-10]) == (0.0, 0)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_gradient_of_soft_targets_is_the_slope_of_the_loss(example):
    teacher, student = (np.array(z) for z in EXAMPLES[example])
    assert len(teacher) == len(student) == WORDS
    assert (np.diff(teacher) < 0).all()  # the likeliest first, as the page draws them
    step = 1e-5

    def loss(z, t):
        return -(softmax(teacher, temperature=t) * np.log(softmax(z, temperature=t))).sum()

    for t in (1.0, 2.5, 20.0):
        slopes = [(loss(student + d, t) - loss(student - d, t)) / (2 * step) for d in np.eye(WORDS) * step]
        found = distil(teacher, student, t)
        assert_allclose(found.gradient[0], slopes, rtol=1e-6, atol=2e-11)
        assert_allclose(found.size, np.linalg.norm(slopes), rtol=1e-6)


@pytest.mark.parametrize("example", EXAMPLES)
def test_times_the_square_of_t_the_gradient_tends_to_its_limit(example):
    teacher, student = (np.array(z) for z in EXAMPLES[example])
    found = distil(teacher, student, [1e4, 2e4])
    assert_allclose(found.temperature**2 * found.size, found.limit, rtol=1e-3)
    apart = (student - student.mean()) - (teacher - teacher.mean())
    assert_allclose(found.gradient[1] * 4e8, apart / WORDS, rtol=2e-3, atol=1e-4)
    # and without the factor it falls to a quarter when T doubles, the further the better
    assert_allclose(found.size[0] / found.size[1], 4, rtol=1e-3)
