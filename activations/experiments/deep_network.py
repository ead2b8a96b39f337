"""A deep fully-connected network at initialisation, and one pass through it forwards and backwards.

Layer l of the network, for rows h of activations (h₀ is the input):

    a = h W + b,   z = N(a),   h′ = f(z)   or, with residual connections,   h′ = h + f(z)

W has entries of variance σ_w² / width, b of variance σ_b². All layers have the same width n. N is
nothing, or normalisation over the layer (each input by itself, over the units: Ba, Kiros and Hinton
2016) or over the batch (each unit by itself, over the inputs: Ioffe and Szegedy 2015), without
learnt scale and shift, and with PyTorch's ε.

Several values of σ_w go through side by side: they share one draw of noise W/σ_w, so that only σ_w
tells them apart, and every layer is one product of matrices.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

import numpy as np

from activations.base import Activation, Array, parameter
from activations.experiments._checks import CheckedSettings
from activations.sigmoids import Tanh

Noise = Literal["normal", "uniform", "orthogonal"]
Normalisation = Literal["none", "layer", "batch"]

INPUTS = 32  # as many go through at once; "dead" means silent on all of them
EPSILON = 1e-5
_AXES: dict[Normalisation, int] = {"layer": -1, "batch": -2}


class Initialisation(NamedTuple):
    """How weights are drawn: from which distribution, and σ_w, of which σ_w² / n is the variance."""

    noise: Noise
    sigma_w: float


# By name. With equal widths Glorot's variance 2 / (n + n) is LeCun's 1 / n; they differ in the distribution.
INITIALISATIONS: dict[str, Initialisation] = {
    "he": Initialisation("normal", float(np.sqrt(2.0))),  # He et al. 2015
    "glorot": Initialisation("uniform", 1.0),  # Glorot and Bengio 2010, the normalised one: ±√6 / √(n + n)
    "lecun": Initialisation("normal", 1.0),  # LeCun et al. 1998
    "uniform": Initialisation("uniform", float(np.sqrt(1 / 3))),  # ±1 / √n: variance 1 / 3n
    "orthogonal": Initialisation("orthogonal", 1.0),  # Saxe et al. 2014
}


@dataclass(frozen=True)
class DeepNetwork(CheckedSettings):
    """What can be set. Numbers out of range raise ParameterError, unknown words ValueError.

    f: the activation of every layer. depth: layers. width: units a layer, and inputs. noise: the
    distribution of the weights. sigma_b: σ_b. residual: whether each layer adds to its input.
    normalisation: see the module. input_mean, input_std: of the normally distributed inputs. seed.
    """

    f: Activation = field(default_factory=Tanh)
    depth: int = parameter(30, symbol="L", low=2, high=100, step=1)
    width: int = parameter(128, symbol="n", low=16, high=512, step=1)
    noise: Noise = "normal"
    sigma_b: float = parameter(0.0, symbol="σ_b", low=0.0, high=5.0, step=0.01)
    residual: bool = False
    normalisation: Normalisation = "none"
    input_mean: float = parameter(0.0, symbol="μ", low=-5.0, high=5.0, step=0.1)
    input_std: float = parameter(1.0, symbol="s", low=0.01, high=10.0, step=0.01)
    seed: int = parameter(0, symbol="s", low=0, high=9999, step=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, value, known in (
            ("noise", self.noise, get_args(Noise)),
            ("normalisation", self.normalisation, get_args(Normalisation)),
        ):
            if value not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}, not {value!r}")


@dataclass(frozen=True)
class Draws:
    """What chance decides: inputs (INPUTS, n), noise (depth, n, n) of variance 1/n, biases (depth, n), and
    at_top (INPUTS, n), the error that is sent back from the last layer; biases are scaled already."""

    inputs: Array
    noise: Array
    biases: Array
    at_top: Array


def draw(network: DeepNetwork) -> Draws:
    """The network's draws. Each layer has its own stream, so that a deeper network begins like a shallower one."""
    n, seed = network.width, network.seed
    start = np.random.default_rng((seed, 0))
    inputs = network.input_mean + network.input_std * start.standard_normal((INPUTS, n))
    at_top = start.standard_normal((INPUTS, n))
    noise, biases = np.empty((network.depth, n, n)), np.empty((network.depth, n))
    for layer in range(network.depth):
        stream = np.random.default_rng((seed, layer + 1))
        noise[layer] = _matrix(network.noise, n, stream)
        biases[layer] = network.sigma_b * stream.standard_normal(n)
    return Draws(inputs, noise, biases, at_top)


def _matrix(noise: Noise, n: int, stream: np.random.Generator) -> Array:
    if noise == "uniform":
        return stream.uniform(-np.sqrt(3 / n), np.sqrt(3 / n), (n, n))
    normal = stream.standard_normal((n, n))
    if noise == "normal":
        return np.asarray(normal / np.sqrt(n))
    q, r = np.linalg.qr(normal)
    # with the signs of R's diagonal every orthogonal matrix is equally likely (Mezzadri 2007)
    return np.asarray(q * np.sign(np.diagonal(r)))


class Layer(NamedTuple):
    """One layer forwards, shapes (σ_w, INPUTS, n): z, slope f′(z), output h; spread: 1/√(variance + ε), or None."""

    z: Array
    slope: Array
    output: Array
    spread: Array | None


def forward(network: DeepNetwork, draws: Draws, sigma_w: Array) -> Iterator[Layer]:
    """Send the inputs through, layer by layer, for every value in `sigma_w` (shape (values,))."""
    scale = sigma_w[:, None, None]
    h: Array = np.broadcast_to(draws.inputs, (len(sigma_w), *draws.inputs.shape))
    for noise, bias in zip(draws.noise, draws.biases, strict=True):
        z: Array = scale * _times(h, noise)
        if network.sigma_b:
            z += bias
        spread = None
        if network.normalisation != "none":
            z, spread = _normalised(z, _AXES[network.normalisation])
        h = np.asarray(network.f(z)) + (h if network.residual else 0.0)
        yield Layer(z, np.asarray(network.f.derivative(z)), h, spread)


class Step(NamedTuple):
    """One layer backwards: what its parts multiply the length of the gradient by, each of shape (σ_w,).

    gradient: at the layer's input, shape (σ_w, INPUTS, n), scaled to root mean square 1 (or 0, if
    nothing is left). slopes, normalisation, weights: by the three parts of the branch f(N(h W + b)).
    whole: by the layer; their product, unless there are residual connections.
    """

    gradient: Array
    slopes: Array
    normalisation: Array
    weights: Array
    whole: Array


def backward(network: DeepNetwork, draws: Draws, sigma_w: Array, layers: list[Layer]) -> Iterator[Step]:
    """Send the error at the top back through `layers`, the last first.

    The gradient is scaled anew at every layer, since over 100 of them it leaves the range of floats.
    """
    scale = sigma_w[:, None, None]
    at_output: Array = np.broadcast_to(draws.at_top / rms(draws.at_top), (len(sigma_w), *draws.at_top.shape))
    for layer, noise in zip(reversed(layers), reversed(draws.noise), strict=True):
        at_z = at_output * layer.slope
        at_a: Array = at_z
        if layer.spread is not None:
            at_a = through_normalisation(at_z, layer.z, layer.spread, _AXES[network.normalisation])
        at_input = scale * _times(at_a, noise.T)
        lengths = [rms(at_output), rms(at_z), rms(at_a), rms(at_input)]
        if network.residual:
            at_input += at_output
        slopes, normalisation, weights = (_ratio(*pair) for pair in zip(lengths[1:], lengths, strict=False))
        length = rms(at_input)
        at_input *= _ratio(np.ones_like(length), length)[:, None, None]
        yield Step(at_input, slopes, normalisation, weights, _ratio(length, lengths[0]))
        at_output = at_input


def rms(values: Array) -> Array:
    """The root mean square over the last two axes."""
    return np.asarray(np.sqrt(mean_square(values)))


def mean_square(values: Array) -> Array:
    """The mean of the squares over the last two axes; no array of squares is made."""
    return np.asarray(np.einsum("...ij,...ij->...", values, values) / (values.shape[-2] * values.shape[-1]))


def _ratio(above: Array, below: Array) -> Array:
    """above / below, and 0 where both are 0: of no gradient nothing is kept."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _times(rows: Array, matrix: Array) -> Array:
    """rows @ matrix as one product, whatever the number of leading axes."""
    return np.asarray((rows.reshape(-1, rows.shape[-1]) @ matrix).reshape(rows.shape))


def _normalised(a: Array, axis: int) -> tuple[Array, Array]:
    centred = a - a.mean(axis=axis, keepdims=True)
    spread = 1 / np.sqrt(np.mean(np.square(centred), axis=axis, keepdims=True) + EPSILON)
    return centred * spread, spread


def through_normalisation(at_z: Array, z: Array, spread: Array, axis: int) -> Array:
    """The gradient at a from that at z = N(a), normalised along `axis`; spread is 1/√(variance + ε)."""
    along = np.mean(at_z * z, axis=axis, keepdims=True)
    return np.asarray(spread * (at_z - at_z.mean(axis=axis, keepdims=True) - z * along))
