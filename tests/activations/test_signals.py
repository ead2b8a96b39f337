"""Signals through depth: published results over repeated seeds, the passes against differences, bounds and purity.

Where a tolerance stands for chance, it was set from ten seeds, whose range is given beside it.
"""

import dataclasses
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import activations
from activations import Activation, ParameterError
from activations.experiments import INITIALISATIONS, DeepNetwork, mean_field, signals
from activations.experiments.deep_network import INPUTS, Draws, backward, draw, forward
from activations.experiments.signals import BINS, spans
from tests.activations.settings import EVERY_SETTING

SEEDS = range(10)
ROOT_THIRD, ROOT_TWO = math.sqrt(1 / 3), math.sqrt(2)


def network(name: str = "tanh", **settings: object) -> DeepNetwork:
    return DeepNetwork(activations.get(name), **settings)


# The networks of the published results; the page's presets are these, which tests/pages/test_depth.py asserts.
GLOROT = network("tanh", depth=30, width=256, noise="uniform", input_std=0.1)
HE = network("relu", depth=30, width=512)
KLAMBAUER = network("selu", depth=32, width=256, input_mean=0.5, input_std=2.0)


def seeds(asked: DeepNetwork, sigma_w: float) -> list:
    return [signals(dataclasses.replace(asked, seed=seed), [sigma_w]) for seed in SEEDS]


def kept_of_variance(found) -> float:
    """The share of the gradient's variance that a layer keeps, on average over all of them."""
    return 10 ** (2 * found.gradient[0, 0] / found.network.depth)


# --- published results -------------------------------------------------------------------------------


def test_glorot_and_bengio_the_gradient_falls_by_three_a_layer():
    # tanh in its linear regime, at inputs of 0.1; ten seeds: 0.330 to 0.337 with the usual start, 0.975 to 0.993
    # with the normalised one, whose signal is not quite small enough to be linear
    usual = [kept_of_variance(found) for found in seeds(GLOROT, INITIALISATIONS["uniform"].sigma_w)]
    assert_allclose(usual, 1 / 3, rtol=0.02)
    assert_allclose(np.mean(usual), 1 / 3, rtol=0.005)
    level = [kept_of_variance(found) for found in seeds(GLOROT, INITIALISATIONS["glorot"].sigma_w)]
    assert_allclose(level, 1, rtol=0.03)


def test_the_bounds_of_uniform_weights():
    for name, bound in (("uniform", 1 / math.sqrt(64)), ("glorot", math.sqrt(6 / (64 + 64)))):
        weights = INITIALISATIONS[name].sigma_w * draw(network(noise="uniform", width=64, depth=4)).noise
        assert np.abs(weights).max() <= bound
        assert np.abs(weights).max() > 0.999 * bound


def test_he_a_relu_layer_keeps_root_half_under_variance_one_over_n():
    # ten seeds: 0.700 to 0.726 a layer, 1.9e-5 to 5.4e-5 after 30; under 2/n 0.990 to 1.027, 0.62 to 1.78
    small, he = seeds(HE, INITIALISATIONS["lecun"].sigma_w), seeds(HE, INITIALISATIONS["he"].sigma_w)
    for found, one_layer, tolerance in ((small, math.sqrt(0.5), 0.03), (he, 1.0, 0.03)):
        kept = [(run.std[0, 30] / run.std[0, 1]) ** (1 / 29) for run in found]
        assert_allclose(kept, one_layer, rtol=tolerance)
        assert_allclose([kept_of_variance(run) for run in found], one_layer**2, rtol=0.03)
    # the root mean square of the activations falls from 1 to 2^−15, in the middle of the seeds within a tenth
    ends = [math.hypot(run.std[0, 30], run.mean[0, 30]) for run in small]
    assert_allclose(np.exp(np.mean(np.log(ends))), 2.0**-15, rtol=0.15)
    assert_allclose([run.std[0, 30] for run in he], 1, atol=0.8)


def test_klambauer_selu_leads_mean_and_variance_to_0_and_1():
    # from an input of mean 0.5 and variance 4; ten seeds: mean −0.021 to 0.021, variance 0.94 to 1.05
    found = seeds(KLAMBAUER, INITIALISATIONS["lecun"].sigma_w)
    assert_allclose([run.mean[0, 0] for run in found], 0.5, atol=0.1)
    assert_allclose([run.std[0, 0] for run in found], 2, rtol=0.05)
    means, variances = ([run.mean[0, 32] for run in found], [run.std[0, 32] ** 2 for run in found])
    assert_allclose(means, 0, atol=0.06)
    assert_allclose(variances, 1, atol=0.15)
    assert_allclose(np.mean(means), 0, atol=0.02)
    assert_allclose(np.mean(variances), 1, atol=0.04)
    # each step leads nearer: the first layers are far off, relu on the same seeds never comes back
    assert found[0].std[0, 1] ** 2 > 2
    other = signals(dataclasses.replace(KLAMBAUER, f=activations.get("relu")), [1.0])
    assert other.std[0, 32] ** 2 < 1e-8


# --- what the lesson says of chance ---------------------------------------------------------------------


def test_in_a_deep_relu_network_ever_more_units_are_silent():
    # under 2/n; ten seeds, after 1, 10, 20 and 50 layers: 0, 0.16 to 0.27, 0.27 to 0.37, 0.33 to 0.45
    dead = [run.dead[0, [1, 10, 20, 50]] for run in seeds(network("relu", depth=50, width=256), ROOT_TWO)]
    assert np.all(np.diff(dead, axis=1)[:, :2] > 0)
    assert np.all(np.diff(np.mean(dead, axis=0)) > 0)
    assert_allclose(np.mean(dead, axis=0), [0, 0.22, 0.33, 0.4], atol=0.03)


def test_lengths_wander_at_width_256():
    # ReLU under 2/n: from layer to layer by 0.088 to 0.147 over ten seeds, about an eighth; over 30 layers this adds up
    steps = [np.log(run.length[0, 2:] / run.length[0, 1:-1]) for run in seeds(network("relu", width=256), ROOT_TWO)]
    assert_allclose(np.std(steps), 1 / 8, atol=0.02)
    assert np.std(np.sum(steps, axis=1)) > 3 / 8
    # tanh in chaos is drawn back: in every layer within 0.012 to 0.041 of its fixed point
    lengths = np.array([run.length[0, 10:] for run in seeds(network("tanh", width=256), 1.5)])
    assert 0.01 < np.sqrt(np.mean((lengths / mean_field(activations.get("tanh"), [1.5]).fixed - 1) ** 2)) < 0.05


# --- the passes ---------------------------------------------------------------------------------------

FORMS = [
    {"residual": residual, "normalisation": normalisation}
    for residual in (False, True)
    for normalisation in ("none", "layer", "batch")
]


def loss(asked: DeepNetwork, draws: Draws, sigma_w: np.ndarray) -> np.ndarray:
    """Σ of the output times the error at the top, scaled as `backward` scales it, for each σ_w."""
    *_, last = forward(asked, draws, sigma_w)
    error = draws.at_top / np.sqrt(np.mean(draws.at_top**2))
    return (last.output * error).sum(axis=(1, 2))


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
def test_the_backward_pass_against_central_differences(f: Activation, form: dict):
    sigma_w, step = np.array([0.8, 1.6]), 1e-6
    for seed in range(20):
        asked = DeepNetwork(f, depth=3, width=16, sigma_b=0.3, seed=seed, **form)
        draws = draw(asked)
        layers = list(forward(asked, draws, sigma_w))
        # over a kink within reach of a step the difference would be half of one slope and half of another
        if min((np.abs(layer.z - kink).min() for layer in layers for kink in f.facts.kinks), default=1) > 1e-4:
            break
    else:
        pytest.fail("no seed keeps away from the kinks")
    steps = list(backward(asked, draws, sigma_w, layers))
    size = np.prod([part.whole for part in steps], axis=0)
    gradient = steps[-1].gradient * size[:, None, None]
    # along the gradient itself, and along three directions of chance, for every σ_w
    chance = np.random.default_rng(0)
    directions = [gradient[0], gradient[1], *chance.standard_normal((3, INPUTS, 16))]
    for direction in directions:
        towards = direction / np.sqrt(np.mean(direction**2)) if direction.any() else direction

        def moved(share: float, towards: np.ndarray = towards) -> np.ndarray:
            return loss(asked, dataclasses.replace(draws, inputs=draws.inputs + share * step * towards), sigma_w)

        # of fourth order: its error is far below the bound
        slope = (8 * (moved(1) - moved(-1)) - (moved(2) - moved(-2))) / (12 * step)
        told = (gradient * towards).sum(axis=(1, 2))
        largest = np.sqrt((gradient**2).sum(axis=(1, 2)) * (towards**2).sum())
        assert np.all(np.abs(slope - told) <= 1e-6 * largest)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_layer_s_parts_multiply_to_the_whole(form: dict):
    asked = network("tanh", depth=6, width=32, sigma_b=0.1, **form)
    found = signals(asked, [0.7, 1.3])
    product = found.slopes + found.normalisation + found.weights
    if not asked.residual:
        assert_allclose(found.gradient, product, atol=1e-12)
    assert_array_equal(found.gradient[:, -1], 0)
    assert_array_equal(product[:, -1], 0)
    if asked.normalisation == "none":
        assert_array_equal(found.normalisation, 0)


def test_the_weights_part_is_their_norm():
    # ‖W‖ / √n by the Frobenius norm; over ten seeds the product of 30 layers stays within 6 % of it
    asked = network("sigmoid", depth=30, width=256)
    for run in seeds(asked, 1.3)[:5]:
        noise = draw(run.network).noise
        norms = 1.3 * np.sqrt((noise**2).sum(axis=(1, 2)) / 256)
        assert_allclose(run.weights[0, 0], np.log10(norms).sum(), atol=0.15)
        # the other cause: the slopes of sigmoid at its best are 1/4
        assert run.slopes[0, 0] < 30 * math.log10(0.25)


def test_orthogonal_weights_keep_every_length():
    asked = network("identity", depth=50, width=64, noise="orthogonal")
    found = signals(asked, [1.0])
    assert_allclose(found.gradient, 0, atol=1e-12)
    assert_allclose(found.length[0, 1:], found.length[0, 1], rtol=1e-12)
    for matrix in draw(asked).noise[:3]:
        assert_allclose(matrix @ matrix.T, np.eye(64), atol=1e-12)


def test_residual_connections_and_normalisation_hold_a_signal_up():
    plain = signals(network("tanh", depth=50), [0.5])
    residual = signals(network("tanh", depth=50, residual=True), [0.5])
    layer = signals(network("tanh", depth=50, normalisation="layer"), [0.5])
    assert plain.std[0, -1] < 1e-14
    assert plain.gradient[0, 0] < -14
    assert residual.std[0, -1] > 1
    assert residual.gradient[0, 0] > 0
    assert 0.5 < layer.std[0, -1] < 0.8


def test_normalised_pre_activations_have_length_1():
    for normalisation, axis in (("layer", -1), ("batch", -2)):
        asked = network("tanh", depth=3, width=64, normalisation=normalisation)
        for step in forward(asked, draw(asked), np.array([1.0])):
            assert_allclose(step.z.mean(axis=axis), 0, atol=1e-12)
            assert_allclose(step.z.var(axis=axis), 1, rtol=1e-3)  # ε is in the denominator


# --- what is measured ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["relu6", "tanh"])
def test_the_measurements_are_those_of_the_layers(name: str):
    asked = network(name, depth=4, width=32, sigma_b=0.5, input_mean=0.3, input_std=2.0)
    found = signals(asked, [0.9, 2.5])
    draws = draw(asked)
    layers = list(forward(asked, draws, np.array([0.9, 2.5])))
    assert_allclose(found.mean[:, 0], draws.inputs.mean())
    assert_allclose(found.std[:, 0], draws.inputs.std())
    for number, layer in enumerate(layers, start=1):
        for at in range(2):
            h, slope = layer.output[at], layer.slope[at]
            assert_allclose(h, asked.f(layer.z[at]))
            assert_allclose(found.mean[at, number], h.mean())
            assert_allclose(found.std[at, number], h.std())
            assert_allclose(found.length[at, number], (layer.z[at] ** 2).mean())
            assert_allclose(found.saturated[at, number], (np.abs(slope) < 0.01).mean())
            assert_allclose(found.dead[at, number], (slope == 0).all(axis=0).mean())
            clipped = np.clip(h, found.edges[0] + 1e-9, found.edges[-1] - 1e-9)
            assert_array_equal(found.counts[at, number], np.histogram(clipped, found.edges)[0])
    assert np.isnan(found.dead[:, 0]).all()
    assert 0.01 < found.saturated[1, 4] < 0.99


@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
def test_nothing_overflows_in_the_deepest_network(f: Activation):
    asked = DeepNetwork(f, depth=100, width=16, input_std=10.0, residual=True)
    with np.errstate(over="raise", invalid="raise"):
        for form in (asked, dataclasses.replace(asked, residual=False)):
            found = signals(form, [0.1, 4.0])
            for name in ("mean", "std", "gradient", "weights"):
                assert not np.isnan(getattr(found, name)).any()
            assert_array_equal(found.counts.sum(axis=2), INPUTS * 16)


def test_one_draw_serves_every_sigma_w():
    asked = network("elu", depth=5, width=32)
    together = signals(asked, np.linspace(0.5, 2.5, 9))
    for place, sigma_w in enumerate(together.sigma_w.tolist()):
        alone = signals(asked, [sigma_w])
        for name in ("mean", "std", "length", "gradient", "slopes", "weights"):
            assert_allclose(getattr(together, name)[place], getattr(alone, name)[0], rtol=1e-9, atol=1e-12)
        assert_array_equal(together.counts[place], alone.counts[0])


def test_a_deeper_network_begins_like_a_shallower_one():
    shallow, deep = (signals(network("tanh", depth=depth), [1.5]) for depth in (5, 9))
    assert_array_equal(shallow.std, deep.std[:, :6])
    assert_array_equal(shallow.counts, deep.counts[:, :6])


def test_the_same_seed_gives_the_same_signals():
    one, other = (signals(network(), [1.0, 1.5]) for _ in range(2))
    for entry in dataclasses.fields(one):
        assert_array_equal(getattr(one, entry.name), getattr(other, entry.name))
    assert signals(network(seed=1), [1.0]).std[0, 3] != one.std[0, 3]


def test_a_histogram_holds_what_a_function_can_give():
    low, high = spans(network("tanh"))
    width = (high - low) / BINS
    assert_allclose([low + width / 2, high - width / 2], [-1, 1])
    assert spans(network("tanh"), network("relu"))[1] > 4
    assert spans(network("sigmoid"), network("tanh", residual=True))[0] < -4
    assert signals(network(), [1.0], span=(-2.0, 3.0)).edges[[0, -1]].tolist() == [-2, 3]


def test_progress_is_told():
    heard: list[float] = []
    signals(network(depth=2, width=16), np.linspace(1, 2, 10), heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("depth", 1), ("depth", 101), ("depth", 2.5), ("width", 15), ("width", 513), ("sigma_b", -0.1),
        ("input_std", 0), ("input_mean", math.nan), ("seed", -1),
    ],
)  # fmt: skip
def test_settings_refuse_what_is_out_of_range(name: str, value: float):
    with pytest.raises(ParameterError) as caught:
        network(**{name: value})
    assert caught.value.name == name


def test_words_and_sigma_w_are_refused():
    with pytest.raises(ValueError, match="noise must be one of normal, uniform, orthogonal"):
        network(noise="cauchy")
    with pytest.raises(ValueError, match="normalisation must be one of none, layer, batch"):
        network(normalisation="group")
    with pytest.raises(ParameterError, match=r"sigma_w must be a number from 0\.1 to 4"):
        signals(network(), [1.0, 4.5])
