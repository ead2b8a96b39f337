"""The seeded experiments: published numbers, independent re-computations, the same answer every time."""

import dataclasses
import math

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations import Activation, Identity, LeakyReLU, ParameterError, ReLU, ReLU6, Sigmoid, Tanh
from activations.experiments import Settings, saturation_bounds, slope_products, spread, train, train_neuron
from activations.experiments.digits import load, split
from tests.activations.settings import EVERY_SETTING


def assert_same(one, other):
    """Two results are equal in every field, to the last bit."""
    for entry in dataclasses.fields(one):
        assert_array_equal(getattr(one, entry.name), getattr(other, entry.name), err_msg=entry.name)


# --- depth ---------------------------------------------------------------------------------------


def test_ten_sigmoid_layers_at_best():
    result = slope_products(Sigmoid(), 0.0, np.arange(1, 11))
    assert result.product.shape == (10,)
    assert_array_equal(result.product, 0.25 ** np.arange(1, 11))
    assert_allclose(result.product[-1], 9.54e-7, rtol=1e-3)


@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
def test_slope_products_against_high_precision(f):
    x, depths = np.linspace(-8, 8, 33), np.array([0, 1, 2, 10, 100, 1000])
    with np.errstate(all="raise"):
        result = slope_products(f, x, depths)
    assert result.product.shape == result.log10.shape == (33, 6)
    assert_array_equal(result.slope, f.derivative(x))
    assert_array_equal(result.exact_zero, result.slope == 0)
    for i, slope in enumerate(result.slope):
        for k, depth in enumerate(depths.tolist()):
            product = mpmath.mpf(float(slope)) ** depth
            assert_allclose(result.product[i, k], float(product), rtol=1e-13, atol=5e-324)
            expected = float(mpmath.log10(abs(product))) if product else -math.inf
            assert_allclose(result.log10[i, k], expected, rtol=1e-14, atol=1e-15)


def test_an_underflowing_product_keeps_its_logarithm_and_is_no_exact_zero():
    result = slope_products(Sigmoid(), [-40.0, 0.0], [100])
    assert result.product[0, 0] == 0
    assert not result.exact_zero.any()
    assert_allclose(result.log10[:, 0], [100 * math.log10(4.248354255291589e-18), 100 * math.log10(0.25)], rtol=1e-14)
    dead = slope_products(ReLU(), [-1.0, 1.0], [0, 3])
    assert_array_equal(dead.exact_zero, [True, False])
    assert_array_equal(dead.log10, [[0, -math.inf], [0, 0]])


def test_slope_products_put_the_axes_of_x_first():
    x = np.linspace(-3, 3, 6).reshape(2, 3)
    assert slope_products(Tanh(), x, [1, 2, 3, 4]).product.shape == (2, 3, 4)
    assert slope_products(Tanh(), x[:0], 5).product.shape == (0, 3, 1)


@pytest.mark.parametrize("depths", [-1, 1.5, [1, math.nan], [math.inf], [[1, 2]]], ids=repr)
def test_depths_are_whole_numbers(depths):
    with pytest.raises(ValueError, match="whole numbers from 0"):
        slope_products(Sigmoid(), 0.0, depths)


@pytest.mark.parametrize("share", [1e-6, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99])
def test_saturation_bounds_in_closed_form(share):
    tanh = math.acosh(1 / math.sqrt(share))  # tanh′ = sech², and σ′(x) = sech²(x/2) / 4
    assert_allclose(saturation_bounds(Tanh(), share), [-tanh, tanh], rtol=1e-12)
    assert_allclose(saturation_bounds(Sigmoid(), share), [-2 * tanh, 2 * tanh], rtol=1e-12)
    assert saturation_bounds(ReLU(), share) == (0, math.inf)
    assert saturation_bounds(ReLU6(), share) == (0, 6)
    assert saturation_bounds(Identity(), share) == (-math.inf, math.inf)
    leak = -math.inf if share <= 0.2 else 0
    assert saturation_bounds(LeakyReLU(alpha=0.2), share) == (leak, math.inf)


@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
@pytest.mark.parametrize("share", [0.01, 0.3])
def test_beyond_the_bounds_the_slope_is_small(f, share):
    limit = share * f.facts.largest_slope
    for side, bound in zip((-1, 1), saturation_bounds(f, share), strict=True):
        if math.isinf(bound):
            assert abs(f.derivative(bound)) >= limit
        else:
            assert np.all(np.abs(f.derivative(bound + side * np.geomspace(1e-9, 1e6, 50))) < limit)
            assert abs(f.derivative(bound - side * 1e-6)) >= limit


@pytest.mark.parametrize("share", [0, 1, -0.1, math.nan, None, True, "0.1"], ids=repr)
def test_a_bad_share_is_refused(share):
    with pytest.raises(ParameterError, match=r"share must be a number from 1e-06 to 0\.99"):
        saturation_bounds(Sigmoid(), share)


def test_a_function_without_an_edge_within_sight_is_refused():
    @dataclasses.dataclass(frozen=True)
    class Flat(type(Sigmoid())):
        def derivative(self, x):
            return np.zeros_like(np.asarray(x, float))

    with pytest.raises(ValueError, match="does not saturate"):
        saturation_bounds(Flat())


# --- the saturated neuron ------------------------------------------------------------------------


@pytest.mark.parametrize(("w", "b", "published", "exact"), [(2.0, 2.0, 0.20, 0.203), (0.6, 0.9, 0.09, 0.094)])
def test_the_published_end_points(w, b, published, exact):
    run = train_neuron(w, b)
    assert run.output.shape == (301,)
    assert round(run.output[-1], 2) == published
    assert round(run.output[-1], 3) == exact


@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
@pytest.mark.parametrize("start", [(2.0, 2.0), (0.6, 0.9), (-3.0, 1.0), (50.0, 50.0), (-80.0, -50.0)])
def test_the_neuron_follows_its_gradient(loss, start):
    with np.errstate(all="raise"):
        run = train_neuron(*start, loss=loss, steps=40)

    def exact_loss(z):
        a = 1 / (1 + mpmath.exp(-z))
        return a**2 / 2 if loss == "squared" else -mpmath.log(1 - a)

    assert (run.w[0], run.b[0]) == start
    assert_array_equal(run.z, run.w + run.b)
    assert_array_equal(run.output, Sigmoid()(run.z))
    with mpmath.workdps(250):
        for step in (0, 1, 20, 40):
            z = mpmath.mpf(float(run.z[step]))
            assert_allclose(run.loss[step], float(exact_loss(z)), rtol=1e-14)
            assert_allclose(run.gradient[step], float(mpmath.diff(exact_loss, z)), rtol=1e-14)
    for parameter in (run.w, run.b):
        assert_allclose(np.diff(parameter), -0.15 * run.gradient[:-1], rtol=1e-12, atol=1e-13)


def test_cross_entropy_learns_where_squared_error_stands_still():
    squared, entropy = train_neuron(), train_neuron(loss="cross_entropy")
    assert squared.output[0] == entropy.output[0]
    assert squared.gradient[0] < 0.02
    assert entropy.gradient[0] > 0.98
    assert entropy.output[-1] < 0.02


def test_any_function_can_be_the_neuron():
    assert train_neuron(0.6, 0.9, f=Tanh()).output[-1] < 0.1
    assert train_neuron(2.0, 2.0, f=Tanh()).output[-1] > 0.99  # saturated: stuck where it starts
    assert_array_equal(train_neuron(-1.0, -1.0, f=ReLU()).w, -1.0)  # dead: it never moves


@pytest.mark.parametrize(
    "bad", [{"w": math.nan}, {"b": 1e9}, {"learning_rate": 0}, {"steps": 0}, {"steps": 2.5}, {"steps": True}], ids=str
)
def test_the_neuron_refuses_numbers_out_of_range(bad):
    ((name, value),) = bad.items()
    with pytest.raises(ParameterError, match=rf"^{name} must be a (whole )?number from") as caught:
        train_neuron(**bad)
    assert (caught.value.name, caught.value.value) == (name, pytest.approx(value, nan_ok=True))


def test_the_neuron_refuses_losses_without_meaning():
    with pytest.raises(ValueError, match="squared, cross_entropy"):
        train_neuron(loss="hinge")
    with pytest.raises(ValueError, match="must be sigmoid"):
        train_neuron(f=Tanh(), loss="cross_entropy")


def test_the_neuron_is_pure():
    assert_same(train_neuron(), train_neuron())


# --- the digits ----------------------------------------------------------------------------------


def test_the_digits():
    digits = load()
    assert digits.images.shape == (1797, 64)
    assert digits.images.dtype == np.float64
    assert (digits.images.min(), digits.images.max()) == (0, 1)
    assert_array_equal(digits.images * 16 % 1, 0)
    # the numbers of examples that UCI publishes for this test set
    assert_array_equal(np.bincount(digits.labels), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    assert_array_equal(digits.labels[digits.first], np.arange(10))
    for digit, first in enumerate(digits.first):
        assert digit not in digits.labels[:first]
    # the first image is a nought: ink around an empty middle
    assert_array_equal(digits.images[0].reshape(8, 8)[3] * 16, [0, 4, 12, 0, 0, 8, 8, 0])


def test_the_split_uses_every_digit_once():
    parts = (split().train, split().held_out, split().test)
    assert [len(part) for part in parts] == [1197, 300, 300]
    assert_array_equal(np.sort(np.concatenate(parts)), np.arange(1797))
    for part in parts:
        assert np.bincount(load().labels[part]).min() >= 20  # of each class a tenth, give or take


def test_the_digits_are_read_once_and_cannot_be_changed():
    assert load() is load()
    for array in (load().images, load().labels, load().first):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


# --- the dying layer -----------------------------------------------------------------------------

LEAKY = LeakyReLU()


def test_a_healthy_layer():
    run = train(Settings())
    assert run.active_share.shape == (61, 32)
    assert run.silent.shape == (61, 10)
    assert run.dead.shape == run.accuracy.shape == run.loss.shape == (61,)
    assert run.diverged_at is None
    assert 1 <= run.dead[-1] <= 5  # measured: 2
    assert run.accuracy[-1] > 0.99  # measured: 0.998
    assert run.loss[-1] < 0.05 < 1.5 < run.loss[0]
    # dead and merely silent are not the same thing
    assert np.all(run.silent[-1] >= run.dead[-1] + 3)


def test_a_deadly_learning_rate():
    run = train(Settings(learning_rate=2))
    assert run.dead[0] < 5
    assert run.dead[-1] == 32
    assert 0.09 < run.accuracy[-1] < 0.11  # chance
    assert_array_equal(run.silent[-1], 32)


def test_leaky_relu_survives_the_same_seed_and_rate():
    run = train(Settings(f=LEAKY, learning_rate=2))
    assert_array_equal(run.dead, 0)
    assert_array_equal(run.silent, 0)
    # measured: 0.974, and 0.974 to 0.994 with other kernels of BLAS, since at this rate last digits grow
    assert run.accuracy[-1] > 0.9
    ten = spread(Settings(f=LEAKY, learning_rate=2))
    assert_array_equal(ten.dead, 0)
    assert np.median(ten.accuracy) > 0.95  # measured: 0.955 to 0.999


def test_a_deadly_bias():
    run = train(Settings(initial_bias=-2, epochs=5))
    assert_array_equal(run.dead, 32)
    assert_array_equal(run.active_share, 0)
    assert run.accuracy[-1] < 0.11


def test_a_dead_unit_stays_dead_in_a_single_layer():
    run = train(Settings(learning_rate=1, epochs=30))
    dead = run.active_share == 0
    assert 0 < dead[-1].sum() < 32
    assert np.all(dead[1:] >= dead[:-1])
    assert_array_equal(run.dead, dead.sum(axis=1))


def test_ten_seeds():
    healthy, deadly = spread(Settings()), spread(Settings(learning_rate=2))
    assert_array_equal(healthy.seeds, np.arange(10))
    assert healthy.accuracy.min() > 0.99  # measured: 0.998 to 0.999
    assert healthy.dead.max() <= 8  # measured: 1 to 4
    assert deadly.dead.min() >= 28  # measured: 32 in all
    assert np.median(deadly.accuracy) < 0.12
    assert not healthy.diverged.any()
    assert not deadly.diverged.any()


def test_a_spread_is_the_same_as_single_runs():
    settings = Settings(f=Tanh(), width=8, epochs=3, seed=1)
    together = spread(settings, seeds=3)
    for seed in range(3):
        run = train(dataclasses.replace(settings, seed=seed))
        assert together.dead[seed] == run.dead[-1]
        assert_allclose(together.accuracy[seed], run.accuracy[-1], atol=2 / 1797)
        assert_allclose(together.loss[seed], run.loss[-1], rtol=1e-9)


def textbook(settings, slope):
    """The same training, one image after the other within a batch, with the loss written out."""
    digits, rng = load(), np.random.default_rng(settings.seed)
    w1, w2 = (rng.normal(0, math.sqrt(2 / n), (n, m)) for n, m in ((64, settings.width), (settings.width, 10)))
    b1, b2 = np.full(settings.width, settings.initial_bias), np.zeros(10)
    order = rng.permutation(1797)
    for batch in (order[i : i + 32] for i in range(0, 1797, 32)):
        steps = [np.zeros_like(array) for array in (w1, b1, w2, b2)]
        for i in batch:
            x, y = digits.images[i], np.eye(10)[digits.labels[i]]
            z = x @ w1 + b1
            h = settings.f(z)
            e = np.exp(h @ w2 + b2)
            error = e / e.sum() - y
            back = (w2 @ error) * slope(z)
            for step, gradient in zip(steps, (np.outer(x, back), back, np.outer(h, error), error), strict=True):
                step += gradient / len(batch)
        w1, b1, w2, b2 = (a - settings.learning_rate * s for a, s in zip((w1, b1, w2, b2), steps, strict=True))
    e = np.exp(settings.f(digits.images @ w1 + b1) @ w2 + b2)
    p = e / e.sum(axis=1, keepdims=True)
    chosen = p[np.arange(1797), digits.labels]
    return -np.log(chosen).mean(), (p.argmax(axis=1) == digits.labels).mean()


@pytest.mark.parametrize(
    ("f", "slope"),
    [
        (ReLU(), lambda z: (z > 0) * 1.0),
        (LeakyReLU(alpha=0.1), lambda z: np.where(z > 0, 1, 0.1)),
        (Tanh(), lambda z: 1 - np.tanh(z) ** 2),
    ],
    ids=["relu", "leaky_relu", "tanh"],
)
def test_one_epoch_against_the_textbook(f, slope):
    settings = Settings(f=f, width=6, epochs=1, learning_rate=0.3, initial_bias=0.1, seed=5)
    run, (loss, accuracy) = train(settings), textbook(settings, slope)
    assert_allclose(run.loss[-1], loss, rtol=1e-9)
    assert_allclose(run.accuracy[-1], accuracy, atol=2 / 1797)


@pytest.mark.parametrize(("f", "ceiling", "bias"), [(ReLU(), math.inf, -0.5), (ReLU6(), 6, 5.0)], ids=str)
def test_before_training_units_are_as_he_initialisation_left_them(f, ceiling, bias):
    rng, digits = np.random.default_rng(3), load()
    z = digits.images @ rng.normal(0, math.sqrt(2 / 64), (64, 16)) + bias
    run = train(Settings(f=f, width=16, initial_bias=bias, seed=3, epochs=1))
    # a unit beyond ReLU6's ceiling has an output, but no slope, and so it is not active
    active = (z > 0) & (z < ceiling)
    assert 0 < active.mean() < 1
    assert_allclose(run.active_share[0], active.mean(axis=0), atol=1e-3)
    assert_array_equal(run.dead[0], np.sum(~active.any(axis=0)))
    assert_array_equal(run.silent[0], (~active[digits.first]).sum(axis=1))


@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
def test_every_function_can_be_trained(f: Activation):
    run = train(Settings(f=f, width=8, learning_rate=0.1, epochs=2))
    assert run.accuracy[-1] > 0.3
    assert np.all((run.active_share >= 0) & (run.active_share <= 1))
    assert np.all(run.silent >= run.dead[:, None])


def test_a_run_that_diverges_ends_before_it():
    settings = Settings(f=Identity(), learning_rate=10, epochs=20)
    run = train(settings)
    assert run.diverged_at is not None
    assert 1 <= run.diverged_at < 20
    for array in (run.active_share, run.dead, run.silent, run.accuracy, run.loss):
        assert len(array) == run.diverged_at
        assert np.all(np.isfinite(array))
    ten = spread(settings, seeds=3)
    assert ten.diverged.all()
    assert np.all(np.isfinite(ten.accuracy) & np.isfinite(ten.loss))
    assert_allclose(ten.accuracy[0], run.accuracy[-1], atol=2 / 1797)


def test_the_dying_layer_is_pure():
    settings = Settings(width=128, epochs=2)
    assert_same(train(settings), train(settings))
    assert_same(spread(settings, seeds=2), spread(settings, seeds=2))
    assert train(dataclasses.replace(settings, seed=1)).loss[0] != train(settings).loss[0]


def test_progress_is_told():
    for run in (train, spread):
        heard = []
        run(Settings(width=1, epochs=4), progress=heard.append)
        assert heard == sorted(heard)
        assert heard[-1] == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("width", 0), ("width", 129), ("width", 2.5), ("width", True), ("width", "8"), ("seed", -1), ("seed", None),
        ("epochs", 0), ("epochs", math.inf), ("learning_rate", 0), ("learning_rate", math.nan), ("initial_bias", 1e3),
    ],
)  # fmt: skip
def test_settings_refuse_what_is_out_of_range(name, value):
    whole = name in ("width", "seed", "epochs")
    with pytest.raises(ParameterError) as caught:
        Settings(**{name: value})
    declared = {entry.name: entry for entry in Settings.parameters()}[name]
    assert (caught.value.name, caught.value.low, caught.value.high) == (name, declared.low, declared.high)
    assert f"{name} must be a {'whole ' * whole}number from {declared.low:g} to" in str(caught.value)


@pytest.mark.parametrize("seeds", [0, -1, 101, 2.5, True])
def test_a_spread_needs_a_number_of_seeds(seeds):
    with pytest.raises(ParameterError, match="seeds must be a whole number from 1 to 100"):
        spread(Settings(), seeds=seeds)


def test_settings_are_values():
    assert Settings(width=16.0) == Settings(width=16)
    assert type(Settings(width=np.int64(16)).width) is int
    assert hash(Settings()) == hash(Settings())
    assert [entry.name for entry in Settings.parameters()] == [
        "learning_rate", "initial_bias", "width", "seed", "epochs",
    ]  # fmt: skip
