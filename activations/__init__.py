"""Activation functions with exact derivatives and tested facts.

>>> import activations
>>> activations.get("leaky_relu", alpha=0.2)([-5, 0, 3])
array([-1.,  0.,  3.])
>>> activations.softmax([2, 1, 0.1], temperature=0.5).round(3)
array([0.864, 0.117, 0.019])
"""

from typing import Any

from activations.base import Activation, Facts, Family, Interval, Parameter
from activations.errors import ParameterError, UnknownActivationError
from activations.exponential_units import ELU, SELU
from activations.gaussian import GELU
from activations.rectifiers import Identity, LeakyReLU, ReLU, ReLU6
from activations.sigmoids import Sigmoid, Tanh
from activations.softmax import cross_entropy, entropy, log_softmax, softmax, softmax_jacobian

# The catalogue: the order is the gallery's, the names are PyTorch's and JAX's.
CATALOGUE: tuple[type[Activation], ...] = (ReLU, Sigmoid, Tanh, LeakyReLU, ELU, SELU, GELU, ReLU6, Identity)

_BY_NAME = {kind.name: kind for kind in CATALOGUE}


def names() -> tuple[str, ...]:
    """The names of all activations, in the catalogue's order."""
    return tuple(_BY_NAME)


def kind(name: str) -> type[Activation]:
    """The class of the activation called `name`; UnknownActivationError lists the valid names."""
    try:
        return _BY_NAME[name]
    except (KeyError, TypeError):
        raise UnknownActivationError(name, names()) from None


def get(name: str, **parameters: float) -> Activation:
    """The activation called `name` with these parameters, the others at their defaults.

    Raises UnknownActivationError for the name, ParameterError for a value out of range and
    TypeError for a parameter that the function does not have.
    """
    return kind(name)(**parameters)


def family(name: str, **values: Any) -> Family:
    """The activation called `name` for many values of a parameter; the parameter axis comes first."""
    return Family(kind(name), **values)


__all__ = [
    "CATALOGUE",
    "ELU",
    "GELU",
    "SELU",
    "Activation",
    "Facts",
    "Family",
    "Identity",
    "Interval",
    "LeakyReLU",
    "Parameter",
    "ParameterError",
    "ReLU",
    "ReLU6",
    "Sigmoid",
    "Tanh",
    "UnknownActivationError",
    "cross_entropy",
    "entropy",
    "family",
    "get",
    "kind",
    "log_softmax",
    "names",
    "softmax",
    "softmax_jacobian",
]
