"""The heads of a classifier: losses by hand, gradients against differences, and what a softmax put twice costs."""

import math
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations import ParameterError, softmax, softmax_jacobian
from activations.experiments import classifier, digits
from activations.experiments.classifier import FLOOR, HEADS, Settings, train

LABELLED = np.array([[0.0, 1, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]])
SEVERAL = np.array([[0.0, 1, 0, 0, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]])


def some_weights(width: int = 5, seed: int = 0) -> classifier.Weights:
    g = np.random.default_rng(seed)
    sizes = ((64, width), (width,), (width, 10), (10,))
    w1, b1, w2, b2 = (0.5 * g.standard_normal(size) for size in sizes)
    return w1, b1, w2, b2


def textbook_loss(head: str, z: np.ndarray, wanted: np.ndarray) -> float:
    """The mean loss as it is written down, for logits of a moderate size."""
    if head == "sigmoid":
        p = 1 / (1 + np.exp(-z))
        return float(-(wanted * np.log(p) + (1 - wanted) * np.log(1 - p)).sum(axis=1).mean())
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    if head == "twice":
        p = np.exp(p) / np.exp(p).sum(axis=1, keepdims=True)
    return float(-(wanted * np.log(p)).sum(axis=1).mean())


@pytest.mark.parametrize("head", HEADS)
def test_the_gradients_agree_with_central_differences(head: classifier.Head) -> None:
    images = digits.load().images[:2]
    wanted = SEVERAL if head == "sigmoid" else LABELLED
    weights = some_weights()
    hidden = images @ weights[0] + weights[1]
    assert np.abs(hidden).min() > 1e-3  # no unit so near its kink that a difference would not be a slope
    assert (hidden < 0).any()
    found = classifier.gradients(head, weights, images, wanted)
    for array, gradient in zip(weights, found, strict=True):
        expected = np.empty_like(array)
        for place in np.ndindex(array.shape):
            ends = []
            for step in (1e-5, -1e-5):
                array[place] += step
                ends.append(textbook_loss(head, classifier.forward(weights, images)[1], wanted))
                array[place] -= step
            expected[place] = (ends[0] - ends[1]) / 2e-5
        assert_allclose(gradient, expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max())


@pytest.mark.parametrize("head", HEADS)
def test_the_losses_are_the_textbooks(head: classifier.Head) -> None:
    z = np.random.default_rng(1).normal(0, 3, (2, 10))
    wanted = SEVERAL if head == "sigmoid" else LABELLED
    assert_allclose(classifier.losses(head, z, wanted).mean(), textbook_loss(head, z, wanted), rtol=1e-12)


def test_losses_and_gradients_by_hand() -> None:
    z, wanted = np.zeros((1, 10)), LABELLED[:1]
    assert_allclose(classifier.losses("softmax", z, wanted), [math.log(10)])
    assert_allclose(classifier.losses("twice", z, wanted), [math.log(10)])
    assert_allclose(classifier.losses("sigmoid", z, wanted), [10 * math.log(2)])
    assert_allclose(classifier.at_logits("softmax", z, wanted)[0, :3], [0.1, -0.9, 0.1])
    # Jᵀ(q − y) with J = 0.1 I − 0.01: 0.1 (q − y), for q − y adds up to 0
    assert_allclose(classifier.at_logits("twice", z, wanted)[0, :3], [0.01, -0.09, 0.01])
    assert_allclose(classifier.at_logits("sigmoid", z, wanted)[0, :3], [0.5, -0.5, 0.5])


def test_a_softmax_put_twice_hides_its_mistakes() -> None:
    z = np.array([[30.0, *[0.0] * 9]])
    for wanted in (np.eye(10)[:1], np.eye(10)[1:2]):  # surely right, surely wrong
        back = classifier.at_logits("twice", z, wanted)
        p = softmax(z)[0]
        assert_allclose(back[0], softmax_jacobian(z)[0].T @ (softmax(p) - wanted[0]), atol=1e-15)
        assert np.abs(back).max() < 1e-12
    assert np.abs(classifier.at_logits("softmax", z, wanted)).max() > 0.99
    assert_allclose(classifier.losses("twice", z, np.eye(10)[:1]), [FLOOR], rtol=1e-9)
    assert pytest.approx(1.4612, abs=5e-5) == FLOOR
    assert_allclose(np.exp(-FLOOR), math.e / (math.e + 9))


@pytest.mark.parametrize("head", HEADS)
def test_logits_of_any_size_have_a_loss(head: classifier.Head) -> None:
    z = np.array([[1000.0, -1000.0, *[0.0] * 8]])
    for wanted in (np.eye(10)[:1], np.eye(10)[1:2]):
        assert np.isfinite(classifier.losses(head, z, wanted)).all()
        assert np.isfinite(classifier.at_logits(head, z, wanted)).all()


def test_two_digits_on_a_sheet_by_hand() -> None:
    first, second = np.array([0.0, 0.5, 1.0]), np.array([0.25, 0.75, 0.0])
    assert_array_equal(classifier.overlaid(first, second), [0.25, 0.75, 1])
    assert_array_equal(classifier.overlaid(first, second, (0.5, 0.0)), [0, 0.25, 0.5])
    both = classifier.overlaid(first, second, [(1, 0), (0, 0), (0, 1)])
    assert_array_equal(both, [first, np.zeros(3), second])


def test_mistakes_come_with_the_most_confident_first() -> None:
    logits = np.zeros((5, 10))
    logits[[0, 1, 2, 3, 4], [3, 3, 3, 3, 4]] = [2, 5, 9, 4, 1]
    assert classifier.mistakes(logits, np.array([0, 1, 3, 2, 0])).tolist() == [1, 3, 0, 4]
    assert classifier.mistakes(logits, np.array([3, 3, 3, 3, 4])).tolist() == []


@pytest.mark.parametrize("head", HEADS)
def test_the_same_settings_give_the_same_network(head: classifier.Head) -> None:
    asked = Settings(head=head, count=40, width=8, epochs=3, seed=5)
    heard: list[float] = []
    one, other = train(asked, heard.append), train(asked)
    assert heard == sorted(heard)
    assert heard[-1] == 1
    for left, right in zip(one.weights, other.weights, strict=True):
        assert_array_equal(left, right)
    assert_array_equal(one.loss, other.loss)
    assert len(one.loss) == len(one.accuracy) == len(one.confidence) == 4
    assert not np.array_equal(one.loss, train(Settings(head, 40, 8, 3, 6)).loss)


@pytest.mark.parametrize("head", ["softmax", "twice"])
def test_what_is_seen_is_what_the_last_weights_give(head: classifier.Head) -> None:
    run = train(Settings(head=head, count=60, width=8, epochs=5))
    shipped, parts = digits.load(), digits.split()
    learnt, labels = parts.train[:60], shipped.labels[parts.test]
    z = run.logits(shipped.images[learnt])
    assert_allclose(run.loss[-1], textbook_loss(head, z, np.eye(10)[shipped.labels[learnt]]))
    p = run.probabilities(shipped.images[parts.test])
    assert_allclose(p, softmax(run.logits(shipped.images[parts.test])))
    assert_allclose(run.accuracy[-1], (p.argmax(axis=1) == labels).mean())
    assert_allclose(run.confidence[-1], p.max(axis=1).mean())


def test_momentum_by_hand() -> None:
    # 20 digits are one batch: two epochs are two steps along the whole gradient, whatever their order.
    run = train(Settings(count=20, width=4, epochs=2))
    g = np.random.default_rng(0)
    weights = [
        g.normal(0, math.sqrt(2 / 64), (64, 4)), np.zeros(4), g.normal(0, math.sqrt(2 / 4), (4, 10)), np.zeros(10)
    ]  # fmt: skip
    learnt = digits.split().train[:20]
    x, y = digits.load().images[learnt], np.eye(10)[digits.load().labels[learnt]]
    speeds = [0.0] * 4
    for _ in range(2):
        hidden = np.maximum(x @ weights[0] + weights[1], 0)
        back = (softmax(hidden @ weights[2] + weights[3]) - y) / 20
        below = (back @ weights[2].T) * (hidden > 0)
        steps = [x.T @ below, below.sum(axis=0), hidden.T @ back, back.sum(axis=0)]
        speeds = [0.9 * speed - 0.1 * step for speed, step in zip(speeds, steps, strict=True)]
        weights = [array + speed for array, speed in zip(weights, speeds, strict=True)]
    for left, right in zip(run.weights, weights, strict=True):
        assert_allclose(left, right, atol=1e-12)


@pytest.mark.parametrize(
    "wrong", [{"count": 19}, {"count": 1198}, {"width": 0}, {"epochs": 201}, {"seed": -1}, {"width": 2.5}]
)
def test_settings_out_of_range_are_refused(wrong: dict) -> None:
    with pytest.raises(ParameterError):
        Settings(**wrong)


def test_an_unknown_head_is_refused() -> None:
    with pytest.raises(ValueError, match="softmax, twice, sigmoid"):
        Settings(head="relu")  # type: ignore[arg-type]


# --- what the heads do on the digits ------------------------------------------------------------------


@cache
def on_all(head: classifier.Head, epochs: int) -> classifier.Classifier:
    return train(Settings(head=head, count=1197, epochs=epochs))


def test_a_softmax_put_twice_learns_later_and_never_below_its_floor() -> None:
    once, twice = on_all("softmax", 50), on_all("twice", 50)
    assert once.loss[-1] < 0.01
    assert FLOOR < twice.loss.min() < FLOOR + 0.02
    assert once.accuracy[-1] > 0.97
    assert twice.accuracy[-1] < once.accuracy[-1]
    reached = [int((run.accuracy > 0.9).argmax()) for run in (once, twice)]
    assert 1 <= reached[0] < reached[1]
    assert (twice.accuracy[1:10] < once.accuracy[1:10]).all()


def test_sigmoids_find_none_one_or_two_digits_and_softmax_always_one() -> None:
    exclusive, independent = on_all("softmax", 50), on_all("sigmoid", 100)
    shipped, test = digits.load(), digits.split().test
    images, there = shipped.images[test], np.eye(10, dtype=bool)[shipped.labels[test]]
    other = np.random.default_rng(0).permutation(len(test))
    pairs, both = classifier.overlaid(images, images[other]), there | there[other]
    assert (independent.probabilities(np.zeros(64)) < 0.01).all()
    assert ((independent.probabilities(images) > 0.5) == there).all(axis=1).mean() > 0.85
    found = independent.probabilities(pairs) > 0.5
    # chance: of 55 answers with one or two classes, one is right
    assert (found == both).all(axis=1).mean() > 0.4
    assert (both & found).sum() / both.sum() > 0.7
    for sheets in (np.zeros((1, 64)), images, pairs):
        assert_allclose(exclusive.probabilities(sheets).sum(axis=1), 1)
    assert (exclusive.probabilities(pairs) > 0.5).sum(axis=1).max() == 1
