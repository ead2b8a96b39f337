"""Normalisation worked by hand, for every module that has one of its own.

(1, 2, 3) has mean 2 and variance 2/3. With ε = 1e-5 its outer values become
±1 / √(2/3 + 1e-5) = ±√1.5 · (1 − 0.75e-5) = ±1.2247357; without ε it would be ±1.2247449.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from activations import Identity
from activations.experiments import residual
from activations.experiments.deep_network import DeepNetwork, Draws, forward, through_normalisation
from activations.experiments.side_by_side import Networks, Recipe

Z = np.array([1.0, 2.0, 3.0])
OUTER = 1.2247357
NORMAL = np.array([-OUTER, 0.0, OUTER])
SHIFTED = np.array([-1.9494714, 0.5, 2.9494714])  # γ = 2, β = 1/2
# ∂z₁/∂a: spread · (1 − 1/3 − 1.4999775/3, −1/3, −1/3 + 1.4999775/3), 1.4999775 being the square of OUTER
BACK = np.array([0.2041318, -0.4082452, 0.2041134])


@pytest.mark.parametrize(("over", "inputs"), [("layer", Z[None, :]), ("batch", Z[:, None])])
def test_a_deep_network_over_the_layer_and_over_the_batch(over, inputs):
    n = inputs.shape[1]
    draws = Draws(inputs, np.eye(n)[None], np.zeros((1, n)), inputs)
    (layer,) = forward(DeepNetwork(Identity(), normalisation=over), draws, np.array([1.0]))
    assert_allclose(layer.z.ravel(), NORMAL, rtol=1e-7, atol=1e-15)
    assert_allclose(layer.output, layer.z)
    assert layer.spread is not None
    assert_allclose(layer.spread.ravel(), OUTER, rtol=1e-7)  # the outer values are 1 away from the mean


@pytest.mark.parametrize("axis", [-1, -2], ids=["layer", "batch"])
def test_the_way_back(axis):
    shape = (1, 3) if axis == -1 else (3, 1)
    at_z, z = np.array([1.0, 0.0, 0.0]).reshape(shape), NORMAL.reshape(shape)
    found = through_normalisation(at_z, z, np.full((1, 1), OUTER), axis)
    assert_allclose(found.ravel(), BACK, atol=1e-7)
    assert found.sum() == pytest.approx(0, abs=1e-12)  # the same added to all three changes nothing


def test_networks_side_by_side_with_scale_and_shift():
    networks = Networks(Recipe(Identity(), (1,), 0.1, normalised=True), (0,), Z[:, None], np.array([0, 1, 2]))
    w, b, scale, shift, *_ = networks.weights
    w[:], b[:], scale[:], shift[:] = 1.0, 7.0, 2.0, 0.5  # the bias goes with the mean
    (layer,), _ = networks.forward(Z[:, None])
    assert layer.centred is not None
    assert_allclose(layer.centred.ravel(), NORMAL, rtol=1e-7, atol=1e-15)
    assert_allclose(layer.z.ravel(), SHIFTED, rtol=1e-7)
    assert_allclose(layer.output[..., :-1].ravel(), SHIFTED, rtol=1e-7)
    # counted are the first three; a fourth is put on their scale
    (more,), _ = networks.forward(np.array([[1.0], [2.0], [3.0], [12.0]]), 3)
    assert_allclose(more.z.ravel(), [*SHIFTED, 2 * 10 * OUTER + 0.5], rtol=1e-7)


def test_a_stack_of_blocks_with_shift():
    settings = residual.Settings(Identity(), normalisation="batch", scaled=False, depth=4)
    stacks = residual.Stacks(settings, [1.0], [1.0])
    stacks.into[:], stacks.blocks[..., :-1], stacks.blocks[..., -1] = 0.0, np.eye(residual.WIDTH), 0.5
    stacks.into[:, :, 0] = 1.0  # every unit receives the first pixel
    pixels = np.zeros((64, 3))
    pixels[0] = Z
    after = stacks.forward(pixels).h[1][:, :-1]  # networks, units, digits
    expected = np.stack([NORMAL + 0.5, Z + NORMAL + 0.5])[:, None]
    assert_allclose(after, expected * np.ones((residual.WIDTH, 1)), rtol=1e-7)
