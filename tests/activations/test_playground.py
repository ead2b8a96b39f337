"""The playground's runs: what is recorded, against plain re-computations; presets over seeds; divergence."""

import dataclasses
import itertools
import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations import Identity, LeakyReLU, ParameterError, ReLU, Sigmoid, Tanh
from activations.experiments import datasets, optimisers
from activations.experiments.datasets import KINDS, Data
from activations.experiments.network import LOSSES, Layer
from activations.experiments.one_point import one_point
from activations.experiments.own_points import PointsError
from activations.experiments.playground import (
    LIMIT,
    MOST_STEPS,
    Settings,
    overshoot,
    steps_an_epoch,
    train,
)
from activations.experiments.recording import BINS, FRAMES, HIGHEST, SIDE, SPAN, STRIDE, frame_epochs
from tests.activations.settings import EVERY_SETTING

OWN = ((0.0, 0.0, 1.0), (0.0, 10.0, 2.0), (100.0, 0.0, 2.0), (100.0, 10.0, 1.0), (90.0, 9.0, 3.0))
SMALL = Settings(data=Data(count=60), layers=(Layer(Tanh(), 3), Layer(ReLU(), 4)), batch=16, epochs=5)


def same(one, other):
    """Two runs are equal in every array, to the last bit."""
    assert_array_equal(one.thetas, other.thetas)
    for entry in dataclasses.fields(one.recording):
        mine, theirs = (getattr(run.recording, entry.name) for run in (one, other))
        for a, b in zip(mine, theirs, strict=True) if isinstance(mine, tuple) else [(mine, theirs)]:
            assert_array_equal(a, b, err_msg=entry.name)


# --- the points ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "own"])
def test_every_set_has_its_classes_in_equal_parts_and_keeps_some_for_testing(kind):
    for classes in (2, 5):
        data = Data(kind=kind, classes=classes, count=200, test_share=0.25)
        points = datasets.make(data, seed=3)
        expected = classes if kind in datasets.MANY else 2
        assert points.positions.shape == (200, 2)
        assert points.classes == len(points.names) == expected
        assert len(np.unique(points.labels)) == expected
        assert_allclose(np.bincount(points.labels) / 200, 1 / expected, atol=0.1)
        for label in range(expected):
            assert_allclose(points.is_test[points.labels == label].mean(), 0.25, atol=0.01)
        assert np.abs(points.positions).max() <= points.half_width <= 1.1 * np.abs(points.positions).max() + 0.5
        assert np.abs(points.targets).max() <= (2 if kind == "hills" else 1)
        assert not datasets.make(replace(data, test_share=0), seed=3).is_test.any()
        assert np.any(datasets.make(data, seed=4).positions != points.positions)


def test_the_shapes_of_the_sets_without_noise():
    made = {kind: datasets.make(Data(kind=kind, noise=0, count=300), seed=0) for kind in KINDS if kind != "own"}
    radius = np.hypot(*made["circles"].positions.T)
    assert_allclose(radius, np.where(made["circles"].labels == 0, 1.2, 0.5))
    corner = made["xor"].positions
    assert_array_equal(np.abs(corner), 1)
    assert_array_equal(made["xor"].labels, (corner[:, 0] * corner[:, 1] < 0).astype(int))
    assert_array_equal(made["hills"].targets, datasets.hills(made["hills"].positions))
    assert_array_equal(made["hills"].labels, made["hills"].targets > 0)
    assert_allclose(datasets.hills(np.array([[0.6, 0.6], [-0.6, -0.6], [1.0, -1.0]])), [1, -1, 0], atol=0.01)
    upper = made["moons"].positions[made["moons"].labels == 0] + (0.5, 0.25)
    assert_allclose(np.hypot(*upper.T), 1)
    assert upper[:, 1].min() >= 0


def test_own_points_are_brought_to_the_same_size():
    points = datasets.make(Data(kind="own", own=OWN, test_share=0.5), seed=0)
    assert points.classes == 3
    assert points.names == ("1", "2", "3")
    assert_allclose(points.positions.mean(axis=0), 0, atol=1e-15)
    assert_allclose(points.positions.std(axis=0), 1)
    assert_allclose(points.positions * points.scale + points.centre, [point[:2] for point in OWN], atol=1e-12)
    assert_array_equal(points.labels, [0, 1, 1, 0, 2])
    assert_allclose(points.targets, [-1, 0, 0, -1, 1])
    # the only point of its class is learnt from
    assert not points.is_test[4]
    board = tuple((x / 100, y / 10, value) for x, y, value in OWN)
    as_they_are = datasets.make(Data(kind="own", own=board), seed=0)
    assert_array_equal(as_they_are.positions, [point[:2] for point in board])
    assert as_they_are.half_width == datasets.BOARD
    many = tuple((float(i), float(i % 3), float(i)) for i in range(20))
    assert datasets.make(Data(kind="own", own=many, test_share=0.5), seed=0).is_test.sum() == 10


# --- the runs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", optimisers.NAMES)
def test_a_run_is_what_its_points_gradients_make_it(name, loss):
    settings = replace(SMALL, optimiser=name, loss=loss, learning_rate=0.05, l1=0.001, l2=0.01, batch=20)
    run = train(settings)
    shuffling = np.random.default_rng((settings.seed, 2))
    learnt = np.flatnonzero(~run.points.is_test)
    optimiser = optimisers.make(name, run.network.size, 0.05)
    theta = run.thetas[0].copy()
    for epoch in range(2):
        order = learnt[shuffling.permutation(len(learnt))]
        for batch in (order[at : at + 20] for at in range(0, len(order), 20)):
            now = replace_theta(run, theta)
            gradient = np.zeros_like(theta)
            for point in batch:
                parts = [(layer.at_weights, layer.at_bias) for layer in one_point(now, 0, point).layers]
                whole = np.concatenate([np.vstack([weights, bias]).ravel() for weights, bias in parts])
                gradient += whole / len(batch)
            for matrix, into in zip(run.network.matrices(theta), run.network.matrices(gradient), strict=True):
                into[:-1] += 0.001 * np.sign(matrix[:-1]) + 0.01 * matrix[:-1]
            optimiser.step(theta, gradient)
        assert_allclose(run.thetas[epoch + 1], theta, rtol=1e-9, atol=1e-12)


def replace_theta(run, theta):
    return replace(run, thetas=theta[None])


@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
def test_every_function_can_be_trained(f):
    run = train(replace(SMALL, layers=(Layer(f, 6), Layer(f, 5)), learning_rate=0.05, epochs=40))
    assert run.divergence is None
    assert run.recording.loss[-1, 0] < run.recording.loss[0, 0]
    assert [maps.shape for maps in run.recording.maps] == [(41, 6, 15, 15), (41, 5, 15, 15)]
    assert np.all((run.recording.saturated >= 0) & (run.recording.saturated <= 1))


def test_the_same_seed_gives_the_same_run_and_another_one_another():
    same(train(SMALL), train(SMALL))
    other = train(replace(SMALL, seed=1))
    assert np.all(other.thetas[0] != train(SMALL).thetas[0]) or np.any(other.thetas != train(SMALL).thetas)
    # the points and their order do not depend on the network
    wide = train(replace(SMALL, layers=(Layer(ReLU(), 9),)))
    assert_array_equal(wide.points.positions, train(SMALL).points.positions)


def test_a_run_can_be_handed_to_another_process():
    run = pickle.loads(pickle.dumps(train(SMALL)))
    same(run, train(SMALL))
    assert hash(run.settings) == hash(SMALL)


@pytest.mark.parametrize("epochs", [0, 1, 99, 100, 101, 1000, 5000])
def test_at_most_a_hundred_epochs_are_kept_dense_at_the_start(epochs):
    kept = frame_epochs(epochs)
    assert (kept[0], kept[-1]) == (0, epochs)
    steps = np.diff(kept)
    assert np.all(steps > 0)
    assert np.all(np.diff(steps) >= -1)  # rounding may make a gap one shorter than the one before
    assert len(kept) == min(epochs, FRAMES) + 1


@pytest.mark.parametrize(
    ("kind", "loss", "classes"),
    [("moons", "softmax", 2), ("moons", "sigmoid", 2), ("blobs", "softmax", 4), ("spiral", "sigmoid", 3),
     ("hills", "squared", 2)],
)  # fmt: skip
def test_what_is_recorded(kind, loss, classes):
    settings = replace(SMALL, data=Data(kind=kind, classes=classes, count=80), loss=loss, learning_rate=0.3)
    run = train(settings)
    recording, points, network = run.recording, run.points, run.network
    edges = np.linspace(-points.half_width, points.half_width, SIDE + 1)
    axis = (edges[1:] + edges[:-1]) / 2
    for frame in (0, 3, 5):
        z, _ = network.forward(run.thetas[frame], points.positions)
        answers = network.answers(z[-1])
        for column, group in enumerate((~points.is_test, points.is_test)):
            losses = [one_point(run, frame, index).loss for index in np.flatnonzero(group)]
            assert_allclose(recording.loss[frame, column], np.mean(losses), rtol=1e-12)
            if loss == "squared":
                error = np.mean((answers[group, 0] - points.targets[group]) ** 2)
                expected = 1 - error / np.var(points.targets[~points.is_test])
            else:
                expected = np.mean(answers[group].argmax(axis=1) == points.labels[group])
            assert_allclose(recording.score[frame, column], expected, rtol=1e-12)
        for layer, (values, f) in enumerate(zip(z, network.functions, strict=False)):
            learnt = values[~points.is_test]
            assert_array_equal(recording.dead[layer][frame], [np.all(f.derivative(u) == 0) for u in learnt.T])
            assert recording.dead_share[frame, layer] == recording.dead[layer][frame].mean()
            counts, _ = np.histogram(learnt, BINS, (-SPAN, SPAN))
            assert_allclose(recording.histogram[layer][frame], counts / learnt.size, rtol=1e-6)
            assert_allclose(recording.histogram[layer].sum(axis=1), 1, rtol=1e-6)
        # the surface and the maps at three places of the window, column first
        for row, column in ((1, 1), (4, 43), (43, 19)):
            (place,) = network.answers(network.forward(run.thetas[frame], np.array([[axis[column], axis[row]]]))[0][-1])
            index = int(recording.surface[frame, row, column])
            if loss == "squared":
                assert abs(index / 255 * 2 * HIGHEST - HIGHEST - np.clip(place[0], -HIGHEST, HIGHEST)) < 0.006
            elif classes == 2:
                assert abs(index / 255 - place[1]) < 0.002
            else:
                assert index // (256 // classes) == place.argmax()
            _, held = network.forward(run.thetas[frame], np.array([[axis[column], axis[row]]]))
            for layer, values in enumerate(held[1:]):
                limit = recording.limits[layer]
                shown = recording.maps[layer][frame, :, row // STRIDE, column // STRIDE].astype(float)
                assert_allclose((shown - 127) / 127 * limit, values[0], atol=np.max(limit) / 250)


def test_gradient_norms_by_layer():
    run = train(SMALL)
    learnt = np.flatnonzero(~run.points.is_test)
    for layer in range(3):
        passes = [one_point(run, 2, index).layers[layer] for index in learnt]
        weights = np.mean([p.at_weights for p in passes], axis=0)
        bias = np.mean([p.at_bias for p in passes], axis=0)
        norm = math.sqrt((weights**2).sum() + (bias**2).sum())
        assert_allclose(run.recording.gradient[2, layer], norm, rtol=1e-10)


def test_saturated_pre_activations():
    run = train(replace(SMALL, scale=10.0, initialisation="he"))
    z, _ = run.network.forward(run.thetas[0], run.points.positions[~run.points.is_test])
    small = np.abs(Tanh().derivative(z[0])) < 0.01
    assert_allclose(run.recording.saturated[0], [small.mean(), (z[1] <= 0).mean()])
    assert 0.2 < small.mean() < 1


@pytest.mark.parametrize("loss", LOSSES)
def test_one_point_back_and_forth(loss):
    run = train(replace(SMALL, loss=loss))
    found = one_point(run, 4, 7)
    h = run.points.positions[7]
    for layer, f in zip(found.layers, (*run.network.functions, Identity()), strict=True):
        assert_array_equal(layer.h_in, h)
        assert_allclose(layer.z, h @ layer.weights + layer.bias, rtol=1e-14)
        assert_allclose(layer.h, f(layer.z))
        assert_allclose(layer.slope, f.derivative(layer.z))
        assert_allclose(layer.at_z, layer.at_h * layer.slope)
        assert_allclose(layer.below, layer.weights @ layer.at_z)
        h = layer.h
    for below, above in itertools.pairwise(found.layers):
        assert_array_equal(below.at_h, above.below)

    # dL/dx by differences
    def loss_at(x):
        z, _ = run.network.forward(run.thetas[4], x[None])
        return run.network.losses(z[-1], found.wanted[None])[0]

    for axis in range(2):
        step = 1e-6 * np.eye(2)[axis]
        slope = (loss_at(run.points.positions[7] + step) - loss_at(run.points.positions[7] - step)) / 2e-6
        assert_allclose(found.layers[0].below[axis], slope, rtol=1e-6, atol=1e-9)


def test_without_test_points_there_is_nothing_to_test():
    run = train(replace(SMALL, data=Data(count=20, test_share=0)))
    assert np.all(np.isnan(run.recording.loss[:, 1]) & np.isnan(run.recording.score[:, 1]))
    assert np.all(np.isfinite(run.recording.loss[:, 0]))


def test_no_epochs_show_the_untrained_network():
    run = train(replace(SMALL, epochs=0))
    assert run.epochs.tolist() == [0]
    assert run.steps == 0
    assert_array_equal(run.thetas[0], train(SMALL).thetas[0])


def test_progress_is_told():
    heard = []
    train(SMALL, progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1


# --- divergence ----------------------------------------------------------------------------------

RUNAWAY = Settings(
    data=Data(kind="hills"), layers=(Layer(Identity(), 16),) * 3, loss="squared", learning_rate=2.0, initialisation="he"
)


def test_a_run_that_diverges_ends_before_it_and_says_where():
    run = train(RUNAWAY)
    found = run.divergence
    assert found is not None
    assert found.cause == "rate"
    assert run.steps == found.step
    assert found.epoch == math.ceil(found.step / steps_an_epoch(RUNAWAY))
    assert run.epochs[-1] == found.epoch - 1
    for entry in dataclasses.fields(run.recording):
        for values in getattr(run.recording, entry.name):
            assert np.all(np.isfinite(values))
    # a plain step of η times the gradient is what took the weights beyond the limit
    assert found.before < LIMIT < found.after <= found.before + RUNAWAY.learning_rate * found.gradient * (1 + 1e-12)
    assert found.overflow is not None
    assert found.step < found.overflow[0] <= found.step + 50


def test_the_step_of_a_divergence_is_the_first_beyond_the_limit():
    # by plain steps on one weight matrix: linear regression, whose rate is far beyond 2 / curvature
    settings = Settings(
        data=Data(kind="hills", count=20, test_share=0), layers=(), loss="squared", learning_rate=10, batch=20
    )
    run = train(settings)
    x = np.hstack([run.points.positions, np.ones((20, 1))])
    theta, steps = run.thetas[0].copy(), 0
    while np.abs(theta).max() < LIMIT:
        theta -= 10 * x.T @ (x @ theta - run.points.targets) / 20
        steps += 1
    assert run.divergence is not None
    assert (run.divergence.step, run.divergence.epoch, run.divergence.layer) == (steps, steps, 0)
    assert_allclose(run.divergence.after, np.linalg.norm(theta), rtol=1e-6)


def test_a_penalty_can_make_weights_run_away():
    run = train(replace(SMALL, l2=1.0, learning_rate=3.0, epochs=100))
    assert run.divergence is not None
    assert run.divergence.cause == "penalty"
    assert train(replace(SMALL, l2=1.0, learning_rate=0.5, epochs=100)).divergence is None
    heavy = replace(SMALL, l2=1.0, optimiser="momentum", epochs=100)
    for rate, cause in ((5.0, "penalty"), (3.0, "rate")):  # beyond 2 (1 + 0.9), and not yet
        found = train(replace(heavy, learning_rate=rate)).divergence
        assert found is None or found.cause == cause
    assert train(replace(heavy, learning_rate=5.0)).divergence is not None


@pytest.mark.parametrize(("optimiser", "edge"), [("sgd", 2.0), ("momentum", 2 * 1.9)])
def test_a_penalty_is_the_cause_from_where_it_alone_makes_weights_grow(optimiser, edge):
    for rate in (0.9 * edge, edge, 1.1 * edge, 5.0):
        settings = replace(SMALL, l2=1.0, learning_rate=rate, optimiser=optimiser, epochs=200)
        by, theta = optimisers.make(optimiser, 1, rate), np.ones(1)
        sizes = []
        for _ in range(100):
            by.step(theta, theta.copy())
            sizes.append(theta[0])
        if rate < edge:
            assert abs(sizes[-1]) < 0.1
            assert overshoot(settings) is None
            continue
        assert overshoot(settings) == pytest.approx(sizes[-1] / sizes[-2], rel=1e-3)
        found = train(settings).divergence
        assert found is None or found.cause == "penalty"
        assert found is not None or rate == edge


def test_no_penalty_makes_weights_run_away_under_adam():
    settings = replace(SMALL, l2=1.0, learning_rate=10.0, optimiser="adam", epochs=200)
    assert overshoot(settings) is None
    assert train(settings).divergence is None


@pytest.mark.parametrize("optimiser", optimisers.NAMES)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_wildest_settings_end_quietly(loss, optimiser):
    for f in (Identity(), LeakyReLU(), ReLU(), Sigmoid()):
        layers = (Layer(f, 32),) * 4
        settings = Settings(
            layers=layers, loss=loss, optimiser=optimiser, learning_rate=10, scale=10, l1=1, l2=1, epochs=5
        )
        with np.errstate(all="raise"):
            run = train(settings)
        for values in (run.thetas, run.recording.loss, run.recording.gradient, *run.recording.limits):
            assert np.all(np.isfinite(values))


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("batch", 0), ("batch", 1001), ("batch", 2.5), ("learning_rate", 0), ("learning_rate", math.nan), ("scale", 11),
        ("l1", -1), ("l2", 2), ("seed", -1), ("epochs", -1), ("epochs", 5001), ("epochs", 1.5), ("epochs", True),
    ],
)  # fmt: skip
def test_settings_refuse_what_is_out_of_range(name, value):
    with pytest.raises(ParameterError) as caught:
        Settings(**{name: value})
    assert caught.value.name == name


@pytest.mark.parametrize(
    ("name", "value"),
    [("count", 19), ("count", 1001), ("noise", 0.6), ("classes", 1), ("classes", 6), ("test_share", 0.6)],
)  # fmt: skip
def test_data_refuses_what_is_out_of_range(name, value):
    with pytest.raises(ParameterError, match=f"^{name} must be"):
        Data(**{name: value})


@pytest.mark.parametrize("width", [0, 33, 1.5])
def test_layers_refuse_what_is_out_of_range(width):
    with pytest.raises(ParameterError, match="width"):
        Layer(Tanh(), width)


def test_words_that_are_not_known_are_refused():
    for given in ({"loss": "hinge"}, {"optimiser": "lion"}, {"initialisation": "ones"}, {"layers": (Layer(),) * 5}):
        with pytest.raises(ValueError, match=r"must be one of|at most 4"):
            Settings(**given)
    with pytest.raises(ValueError, match="kind must be one of"):
        Data(kind="stars")
    with pytest.raises(PointsError, match="few"):
        Data(kind="own")


def test_more_classes_than_a_classification_has_are_refused():
    many = tuple((float(i), float(i % 3), float(i)) for i in range(20))
    data = Data(kind="own", own=many)
    with pytest.raises(PointsError, match="many_classes"):
        Settings(data=data)
    assert train(Settings(data=data, loss="squared", epochs=3)).recording.loss.shape == (4, 2)


def test_the_steps_are_bounded():
    data = Data(count=1000, test_share=0)
    allowed = Settings(data=data, batch=1, epochs=0).epochs_allowed()
    assert allowed.high == MOST_STEPS // 1000
    assert Settings(data=data, batch=1, epochs=int(allowed.high)).epochs == allowed.high
    with pytest.raises(ParameterError, match=f"epochs must be a whole number from 0 to {allowed.high}"):
        Settings(data=data, batch=1, epochs=int(allowed.high) + 1)
    assert steps_an_epoch(Settings(data=data, batch=999, epochs=0)) == 2
