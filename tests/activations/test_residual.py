"""Plain against residual: the effect over repeated seeds, the passes against formulas and differences, purity, bounds.

Where a tolerance stands for chance, it was set from the seeds 0 to 7, whose range is given beside it.
"""

import dataclasses
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import activations
from activations import ParameterError
from activations.experiments import digits
from activations.experiments.residual import (
    KINDS,
    LIMIT,
    NORMALISATIONS,
    PROBES,
    WIDTH,
    Settings,
    Stacks,
    at_depths,
    at_start,
    compare,
    train,
)  # fmt: skip
from activations.softmax import log_softmax
from tests.activations.settings import EVERY_SETTING

PLAIN, RESIDUAL = 0, 1


def settings(name: str = "relu", **more: object) -> Settings:
    return Settings(activations.get(name), **more)


def stacks(asked: Settings) -> Stacks:
    return Stacks(asked, [asked.sigma_w], [asked.sigma_w])


def sample(count: int = 24) -> tuple[np.ndarray, np.ndarray]:
    found = digits.load()
    return found.images[:count].T - 0.3, np.eye(10)[:, found.labels[:count]]


def losses(of: Stacks, x: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return -(log_softmax(of.forward(x).logits, axis=1) * targets).sum(axis=1).mean(axis=1)


# --- the effect --------------------------------------------------------------------------------------


def test_the_plain_stack_stops_where_the_residual_one_goes_on():
    # eight seeds, with six last digits of σ_w: 0.099 to 0.510 and 0.984 to 0.992
    found = np.array([compare(settings(seed=seed)).accuracy[-1] for seed in range(8)])
    assert found[:, PLAIN, 0].max() < 0.6
    assert found[:, RESIDUAL, 0].min() > 0.95
    # on digits that were never seen it is the same
    assert found[:, PLAIN, 1].max() < 0.65
    assert found[:, RESIDUAL, 1].min() > 0.93


def test_a_shallow_stack_needs_no_shortcuts():
    # eight seeds, with two last digits of σ_w: 0.974 to 0.998 and 0.988 to 0.992
    for seed in range(2):
        assert compare(settings(depth=8, seed=seed)).accuracy[-1, :, 0].min() > 0.95


def test_with_batch_normalisation_depth_hurts_the_plain_stack_too():
    # eight seeds: 0.298 to 0.585 and 0.987 to 1, over two last digits of σ_w
    run = compare(settings(normalisation="batch", scaled=False))
    assert run.accuracy[-1, PLAIN, 0] < 0.8
    assert run.accuracy[-1, RESIDUAL, 0] > 0.95
    # the gradient at the input of the plain one is a few hundred times that at the end; eight seeds: 215 to 592
    assert 100 < run.passage.gradient[0, PLAIN, 0] < 1000
    assert run.passage.gradient[0, RESIDUAL, 0] < 20


def test_what_goes_wrong_differs_from_function_to_function():
    relu = at_start(settings(), [math.sqrt(2)])
    assert 0.1 < relu.gradient[0, PLAIN, 0] < 10  # it does not vanish,
    assert relu.difference[0, PLAIN, -1] < 0.3 * relu.difference[0, PLAIN, 0]  # but digits grow alike
    assert relu.difference[0, RESIDUAL, -1] > relu.difference[0, RESIDUAL, 0]
    sigmoid = at_start(settings("sigmoid"), [math.sqrt(2)])
    assert sigmoid.gradient[0, PLAIN, 0] < 1e-14
    assert 0.5 < sigmoid.gradient[0, RESIDUAL, 0] < 2


def test_a_difference_that_is_only_rounding_is_none():
    deep = at_start(settings("sigmoid", depth=64), [math.sqrt(2)])
    assert deep.difference[0, PLAIN, -1] == 0
    assert deep.size[0, PLAIN, -1] > 0.4


def test_branches_of_full_size_make_the_signal_explode():
    scaled, whole = (at_start(settings(depth=64, scaled=scaled), [math.sqrt(2)]) for scaled in (True, False))
    assert scaled.size[0, RESIDUAL, -1] < 1e3
    assert whole.size[0, RESIDUAL, -1] > 1e6


# --- the passes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("scaled", [True, False])
def test_a_pass_is_the_formula_block_by_block(normalisation, scaled):
    asked = settings("tanh", depth=5, normalisation=normalisation, scaled=scaled, sigma_w=1.3)
    made, (x, _) = stacks(asked), sample()
    made.blocks[..., -1] = np.linspace(-0.2, 0.3, WIDTH)
    made.out[..., -1] = np.linspace(-0.1, 0.2, 10)
    kept, logits = made.forward(x), made.logits(x)
    for network, kind in enumerate(KINDS):
        # as the module writes it: a digit a row, W on the right
        h = x.T @ made.into[network].T
        for block in range(5):
            w, b = made.blocks[block, network, :, :-1].T, made.blocks[block, network, :, -1]
            a = h @ w
            if normalisation == "batch":
                a = (a - a.mean(axis=0)) / np.sqrt(a.var(axis=0) + 1e-5)
            f = np.tanh(a + b)
            h = f if kind == "plain" else h + f * (1 / math.sqrt(5) if scaled else 1)
            assert_allclose(kept.h[block + 1][network, :-1].T, h, rtol=1e-12, atol=1e-14)
        wanted = h @ made.out[network, :, :-1].T + made.out[network, :, -1]
        for found in (kept.logits, logits):
            assert_allclose(found[network].T, wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
def test_the_gradient_is_that_of_central_differences(f, normalisation):
    asked = Settings(f, depth=4, normalisation=normalisation, scaled=normalisation == "none", sigma_w=1.2)
    made, (x, targets) = stacks(asked), sample()
    chance = np.random.default_rng(1)
    made.blocks[..., -1] = 0.1 * chance.standard_normal(made.blocks.shape[:-1])
    gradients, along = made.backward(x, targets, made.forward(x))
    step = 1e-6
    for name, gradient in zip(Stacks.NAMES, gradients, strict=True):
        weights = getattr(made, name)
        networks = 1 if name == "blocks" else 0
        direction = chance.standard_normal(weights.shape)
        ends = []
        for sign in (1, -1):
            weights += sign * step * direction
            ends.append(losses(made, x, targets))
            weights -= sign * step * direction
        others = tuple(axis for axis in range(weights.ndim) if axis != networks)
        wanted = (gradient * direction).sum(axis=others)
        assert_allclose(wanted, (ends[0] - ends[1]) / (2 * step), rtol=1e-6, atol=2e-10, err_msg=name)
    # by the activations that go into the first block: through W_in they give the gradient of the weights before it
    assert_allclose(gradients[0], along[0] @ x.T, rtol=1e-12)
    assert len(along) == asked.depth + 1


def test_only_the_shortcuts_tell_the_two_apart():
    made = stacks(settings(depth=6))
    for name in Stacks.NAMES:
        weights = getattr(made, name)
        first, second = np.moveaxis(weights, 1 if name == "blocks" else 0, 0)
        assert_array_equal(first, second)
    # He's start: variance 2 / n
    assert_allclose(made.blocks[..., :-1].std(), math.sqrt(2 / WIDTH), rtol=0.02)
    assert_array_equal(made.blocks[..., -1], 0)
    assert_array_equal(made.out[..., -1], 0)


def test_a_deeper_stack_begins_like_a_shallower_one():
    shallow, deep = (stacks(settings(depth=depth)) for depth in (4, 9))
    assert_array_equal(shallow.blocks, deep.blocks[:4])
    assert_array_equal(shallow.into, deep.into)
    assert_array_equal(shallow.out, deep.out)


def test_a_network_does_not_know_what_stands_beside_it():
    asked = settings("gelu", depth=5)
    x, targets = sample()
    pair = stacks(asked)
    for kind, sigma_w in enumerate(([[asked.sigma_w], []], [[], [asked.sigma_w]])):
        alone = Stacks(asked, *sigma_w)
        assert_allclose(alone.forward(x).logits[0], pair.forward(x).logits[kind], rtol=1e-12)
        assert_allclose(alone.passage(x, targets).gradient[0], pair.passage(x, targets).gradient[kind], rtol=1e-9)


def test_normalisation_takes_its_statistics_from_the_digits_to_learn_from():
    made, (x, _) = stacks(settings(normalisation="batch", scaled=False, depth=4)), sample(40)
    together = made.logits(x, 24)
    assert_allclose(together[..., :24], made.forward(x[:, :24]).logits, rtol=1e-10)
    changed = x.copy()
    changed[:, 30] += 1
    assert_allclose(np.delete(made.logits(changed, 24), 30, axis=2), np.delete(together, 30, axis=2), rtol=1e-10)


def test_a_block_that_adds_nothing_hands_its_input_on():
    made, (x, _) = stacks(settings(depth=7)), sample()
    made.blocks[:] = 0.0
    kept = made.forward(x)
    assert_array_equal(kept.h[-1][RESIDUAL], kept.h[0][RESIDUAL])
    assert_array_equal(kept.h[-1][PLAIN, :-1], 0)


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
def test_a_step_in_float32_is_that_in_float64(f, normalisation):
    asked = Settings(f, depth=4, normalisation=normalisation, scaled=normalisation == "none", sigma_w=1.2)
    exact, (x, targets) = stacks(asked), sample()
    single = exact.cast(np.float32)
    found, along = single.backward(*(part.astype(np.float32) for part in (x, targets)), single.forward(x))
    wanted, _ = exact.backward(x, targets, exact.forward(x))
    assert {part.dtype for part in (*found, *along)} == {np.dtype(np.float32)}
    for one, other in zip(found, wanted, strict=True):
        assert_allclose(one, other, atol=2e-5 * np.abs(other).max())


def test_other_digits_do_not_disturb_a_pass():
    made, (x, targets) = stacks(settings("tanh", depth=4)), sample()
    kept = made.forward(x)
    first = [gradient.copy() for gradient in made.backward(x, targets, kept)[0]]
    other = made.forward(1 - x[:, :7])
    made.backward(1 - x[:, :7], targets[:, :7], other)
    for again, gradient in zip(made.backward(x, targets, kept)[0], first, strict=True):
        assert_array_equal(again, gradient)


# --- what is measured, purity, bounds ----------------------------------------------------------------


def test_what_a_passage_measures():
    made, (x, targets) = stacks(settings("tanh", depth=4)), sample()
    kept, found = made.forward(x), made.passage(x, targets)
    for network in range(2):
        h = kept.h[2][network, :-1]
        assert_allclose(found.size[network, 2], math.sqrt((h**2).mean()))
        assert_allclose(found.difference[network, 2], math.sqrt(h.var(axis=1).mean()))
    _, along = made.backward(x, targets, kept)
    assert_allclose(found.gradient[:, 1], [np.linalg.norm(along[1][n]) / np.linalg.norm(along[4][n]) for n in range(2)])
    assert_array_equal(found.gradient[:, -1], [1, 1])


def test_the_start_is_the_first_entry_of_a_training():
    asked = settings("tanh", depth=6, sigma_w=1.1, epochs=1)
    found, run = at_start(asked, [0.5, 1.1]), compare(asked)
    (deep,) = at_depths(asked, [6])
    for name in ("size", "difference", "gradient"):
        assert_allclose(getattr(found, name)[1], getattr(run.passage, name)[0], rtol=1e-9)
        assert_allclose(getattr(deep, name), getattr(found, name)[1], rtol=1e-12)
    assert found.size.shape == (2, 2, 7)
    assert PROBES == 100


def test_many_values_are_measured_as_one_by_one():
    asked, values = settings(depth=4), np.linspace(0.3, 2.5, 11)
    together = at_start(asked, values.tolist())
    for index in (0, 7, 8, 10):  # on both sides of a boundary between two lots
        assert_allclose(together.gradient[index], at_start(asked, [values[index]]).gradient[0], rtol=1e-9)


def test_the_same_seed_gives_the_same_run_and_another_another():
    asked = settings(depth=4, epochs=2)
    first, again, other = compare(asked), compare(asked), compare(dataclasses.replace(asked, seed=1))
    assert_array_equal(first.loss, again.loss)
    assert not np.any(first.loss == other.loss)
    assert first.accuracy.shape == first.loss.shape == (3, 2, 2)


@pytest.mark.parametrize("lost", [PLAIN, RESIDUAL])
def test_a_network_that_diverges_ends_and_the_other_goes_on(lost, monkeypatch):
    # the network that is to be lost starts with a weight beyond all bounds
    started = Stacks.__init__

    def start(self, *given):
        started(self, *given)
        if self.counts[lost]:
            self.out[0, 0, 0] = 2 * LIMIT

    monkeypatch.setattr(Stacks, "__init__", start)
    run = compare(settings(depth=4, epochs=2))
    assert run.diverged_at[lost] == 0
    assert run.diverged_at[1 - lost] is None
    assert np.isnan(run.accuracy[:, lost]).all()
    assert np.isnan(run.passage.size[:, lost]).all()
    monkeypatch.undo()
    assert_allclose(run.loss[:, 1 - lost], compare(settings(depth=4, epochs=2)).loss[:, 1 - lost], rtol=1e-9)


def test_a_start_that_only_float64_can_hold_is_looked_at():
    run = compare(settings("identity", depth=64, scaled=False, sigma_w=4, epochs=1))
    assert run.passage.size[0, RESIDUAL, -1] > np.finfo(np.float32).max
    assert np.isfinite(run.loss[0]).all()
    assert run.diverged_at == (1, 1)


def test_a_run_beyond_all_bounds_is_noticed():
    run = compare(settings("identity", depth=16, scaled=False, learning_rate=2, sigma_w=4, epochs=2))
    assert run.diverged_at == (1, 1)
    assert np.isfinite(run.loss[0]).all()
    assert np.isnan(run.loss[1:]).all()


def test_progress_grows_to_the_whole():
    for work in (
        lambda told: train(settings(depth=4, epochs=3), "plain", told.append),
        lambda told: at_start(settings(depth=4), [1.0] * 20, told.append),
        lambda told: at_depths(settings(), [4, 5, 6], told.append),
    ):
        told: list[float] = []
        work(told)
        assert told == sorted(told)
        assert told[-1] == 1
        assert len(told) >= 3


@pytest.mark.parametrize(
    ("name", "value"),
    [("depth", 3), ("depth", 65), ("depth", 4.5), ("sigma_w", 0.0), ("learning_rate", 3), ("seed", -1), ("epochs", 0)],
)
def test_what_is_out_of_range_is_refused(name, value):
    with pytest.raises(ParameterError, match=name):
        settings(**{name: value})
    with pytest.raises(ValueError, match="none, batch"):
        settings(normalisation="layer")
    with pytest.raises(ParameterError, match="sigma_w"):
        at_start(settings(), [1.0, 5.0])
