"""One point through one frame of a run, forward and back, with every number on the way."""

from dataclasses import dataclass

import numpy as np

from activations.base import Array
from activations.experiments.playground import Run


@dataclass(frozen=True)
class LayerPass:
    """What happens in one layer with n inputs and m units; the output layer has no function: h = z, slope 1.

    Forward: h_in, shape (n,); weights, shape (n, m); bias; z = h_in · weights + bias; h = f(z). Back:
    slope = f′(z); at_h = dL/dh, what comes from the layer above; at_z = at_h · slope; at_weights =
    h_in at_z, shape (n, m); at_bias = at_z; below = weights · at_z, shape (n,), what goes to the
    layer under it. Shapes are (m,) where none is said.
    """

    h_in: Array
    weights: Array
    bias: Array
    z: Array
    h: Array
    slope: Array
    at_h: Array
    at_z: Array
    at_weights: Array
    at_bias: Array
    below: Array


@dataclass(frozen=True)
class PointPass:
    """A point's passes. layers: from the points to the output. answers: probabilities or the number.
    wanted: what the outputs are compared with. loss: of this point alone, without penalties."""

    layers: tuple[LayerPass, ...]
    answers: Array
    wanted: Array
    loss: float


def one_point(run: Run, frame: int, point: int) -> PointPass:
    """The passes of the point with this index, with the weights of this frame."""
    network, theta = run.network, run.thetas[frame]
    wanted = network.wanted(run.points)[point : point + 1]
    z, inputs = network.forward(theta, run.points.positions[point : point + 1])
    at_z = network.at_outputs(z[-1], wanted)[0]
    at_h = at_z = network.at_outputs(z[-1], wanted)[0]
    slope, h = np.ones_like(at_z), z[-1][0]
    found: list[LayerPass] = []
    for layer, matrix in reversed(list(enumerate(network.matrices(theta)))):
        if layer < len(network.functions):
            slope = np.asarray(network.functions[layer].derivative(z[layer][0]))
            at_h, h = found[-1].below, inputs[layer + 1][0]
            at_z = at_h * slope
        h_in, weights = inputs[layer][0], matrix[:-1]
        at_weights = np.outer(h_in, at_z)
        found.append(
            LayerPass(h_in, weights, matrix[-1], z[layer][0], h, slope, at_h, at_z, at_weights, at_z, weights @ at_z)
        )
    loss = float(network.losses(z[-1], wanted)[0])
    return PointPass(tuple(reversed(found)), network.answers(z[-1])[0], wanted[0], loss)
