"""Networks side by side: the backward pass against central differences, and each part of a step by hand."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations import GELU, ReLU, Tanh
from activations.experiments.digits import load
from activations.experiments.side_by_side import BATCH, STARTS, Networks, Recipe
from activations.softmax import log_softmax
from tests.activations.settings import EVERY_SETTING

IMAGES, LABELS = load().images[:100], load().labels[:100]
SEEDS = (3, 4)
FEW = 9  # images in a batch


def made(recipe: Recipe, seeds=SEEDS) -> Networks:
    return Networks(recipe, seeds, IMAGES, LABELS)


def shaken(recipe: Recipe) -> Networks:
    """Networks whose biases, scales and shifts are not where they start."""
    networks, chance = made(recipe), np.random.default_rng(0)
    networks.weights = [weight + 0.1 * chance.standard_normal(weight.shape) for weight in networks.weights]
    return networks


def losses(networks: Networks, x, y):
    return -(log_softmax(networks.forward(x)[1]) * y).sum(axis=-1).mean(axis=-1)


def largest_differences(recipe: Recipe) -> list[tuple[float, float]]:
    """For every array of weights the largest gap to central differences, and the largest gradient."""
    networks = shaken(recipe)
    x, y = next(networks.batches())
    x, y = x[:, :FEW], y[:, :FEW]
    gaps = []
    with np.errstate(all="ignore"):
        for place, gradient in enumerate(networks.gradients(x, y)):
            weight, chance = networks.weights[place], np.random.default_rng(place)
            start = weight.copy()
            rows, columns = start.shape[1:]
            every = list(itertools.product(range(rows), range(columns)))
            gap = 0.0
            for row, column in chance.permutation(every)[:20].tolist():
                ends = []
                for shift in (2e-4, 1e-4, -1e-4, -2e-4):
                    weight[:, row, column] = start[:, row, column] + shift
                    ends.append(losses(networks, x, y))
                weight[:] = start
                # the error of two points is of the step's square, of four of its fourth power
                slope = (-ends[0] + 8 * ends[1] - 8 * ends[2] + ends[3]) / 1.2e-3
                gap = max(gap, float(np.abs(gradient[:, row, column] - slope).max()))
            gaps.append((gap, float(np.abs(gradient).max())))
    return gaps


@pytest.mark.parametrize("normalised", [False, True], ids=["plain", "batch_norm"])
@pytest.mark.parametrize("widths", [(5,), (6, 5), (5, 4, 6, 5)], ids=str)
@pytest.mark.parametrize("f", [Tanh(), GELU()], ids=repr)
def test_the_gradient_of_every_weight(f, widths, normalised):
    for gap, largest in largest_differences(Recipe(f, widths, 0.1, normalised=normalised)):
        # a bias before normalisation has a gradient of exactly 0, of which rounding leaves some
        assert gap <= 1e-6 * max(largest, 1e-3)


@pytest.mark.parametrize("normalised", [False, True], ids=["plain", "batch_norm"])
@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
def test_the_gradient_with_every_function(f, normalised):
    # a kink between two ends of a difference spoils it: no more than one array in all may be so
    gaps = largest_differences(Recipe(f, (5, 4), 0.1, initial_bias=0.2, normalised=normalised))
    spoilt = [gap for gap, largest in gaps if gap > 1e-6 * max(largest, 1e-3)]
    assert spoilt == []


def test_a_batch_is_normalised_and_looked_at_by_all_images():
    networks = shaken(Recipe(ReLU(), (6, 5), 0.1, normalised=True))
    layers, logits = networks.forward(networks.images)
    for number, layer in enumerate(layers):
        assert_allclose(layer.centred.mean(axis=1), 0, atol=1e-12)
        assert_allclose(layer.centred.std(axis=1), 1, atol=1e-3)
        scale, shift = networks.weights[4 * number + 2 : 4 * number + 4]
        assert_allclose(layer.z, scale * layer.centred + shift)
    # other images, counted as strangers, do not change the answers to those that are counted
    more = np.concatenate([networks.images, 1 - networks.images[:7]])
    assert_allclose(networks.forward(more, len(networks.images))[1][:, : len(networks.images)], logits, rtol=1e-10)
    assert np.abs(networks.forward(more)[1][:, : len(networks.images)] - logits).max() > 1e-3


def test_a_warm_up_grows_in_equal_parts():
    recipe = Recipe(Tanh(), (4,), learning_rate=0.5, warm_up=4)
    networks = made(recipe)
    for step, (x, y) in enumerate(networks.batches(), start=1):
        before, gradients = networks.weights, networks.gradients(x, y)
        networks.step(x, y)
        rate = 0.5 * min(1, step / 4)
        for now, then, gradient in zip(networks.weights, before, gradients, strict=True):
            assert_allclose(now, then - rate * gradient, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("clip", [0.05, 1e3])
def test_clipping_shortens_a_seeds_whole_gradient(clip):
    networks = made(Recipe(ReLU(), (8, 8), learning_rate=1.0, clip=clip))
    x, y = next(networks.batches())
    before, gradients = networks.weights, networks.gradients(x, y)
    networks.step(x, y)
    for seed in range(len(SEEDS)):
        length = np.sqrt(sum((gradient[seed] ** 2).sum() for gradient in gradients))
        moved = [then[seed] - now[seed] for now, then in zip(networks.weights, before, strict=True)]
        assert_allclose(np.sqrt(sum((part**2).sum() for part in moved)), min(length, clip), rtol=1e-12)
        for part, gradient in zip(moved, gradients, strict=True):
            assert_allclose(part * length, gradient[seed] * min(length, clip), rtol=1e-9, atol=1e-14)


def test_starts():
    for start, variance in zip(STARTS, (2 / 64, 1.0), strict=True):
        networks = made(Recipe(ReLU(), (200, 7), 0.1, initial_bias=-0.5, start=start))
        w1, b1, w2, b2, out, out_bias = networks.weights
        assert_allclose(w1.var(), variance, rtol=0.03)
        assert_allclose(w2.var(), 2 / 200 if start == "he" else 1.0, rtol=0.1)
        assert out.shape == (2, 7, 10)
        assert_array_equal(b1, -0.5)
        assert_array_equal(b2, -0.5)
        assert_array_equal(out_bias, 0)
        assert not np.array_equal(w1[0], w1[1])


def test_every_seed_goes_its_own_way_and_an_epoch_holds_every_image_once():
    networks = made(Recipe(ReLU(), (4,), 0.1))
    batches = list(networks.batches())
    assert [x.shape[1] for x, _ in batches] == [BATCH, BATCH, BATCH, len(IMAGES) - 3 * BATCH]
    x = np.concatenate([x for x, _ in batches], axis=1)
    for seed in range(2):
        assert_array_equal(np.sort(x[seed].sum(axis=1)), np.sort(IMAGES.sum(axis=1)))
    assert not np.array_equal(x[0], x[1])
    alone = made(Recipe(ReLU(), (4,), 0.1), seeds=(4,))
    assert_array_equal(next(alone.batches())[0][0], x[1, :BATCH])
    assert_array_equal(alone.weights[0][0], networks.weights[0][1])


def test_a_network_is_sound_until_its_numbers_run_away():
    networks = made(Recipe(ReLU(), (4,), 0.1))
    assert networks.sound().all()
    networks.weights[1][0] = np.nan
    assert networks.sound().tolist() == [False, True]
    networks.weights[1][1] = -1e101
    assert not networks.sound().any()
