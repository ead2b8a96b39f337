"""The S-shaped functions: sigmoid and tanh."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from activations.base import Activation, Array, Facts, Interval, elementwise


@dataclass(frozen=True)
class Sigmoid(Activation):
    r"""Sigmoid (logistic function): squeezes any number into (0, 1).

    f(x) = 1 / (1 + e^−x). With e = e^−|x|, which never overflows, f′(x) = e / (1 + e)² and
    f″(x) = −sign(x) · e (1 − e) / (1 + e)³: forms whose terms all have one sign, so that no digit
    is lost in the tails, as it would be in σ (1 − σ).
    """

    name: ClassVar[str] = "sigmoid"

    @elementwise
    def __call__(self, x: Array) -> Array:
        e = np.exp(-np.abs(x))
        return np.where(x >= 0, 1.0, e) / (1.0 + e)

    @elementwise
    def derivative(self, x: Array) -> Array:
        e = np.exp(-np.abs(x))
        return e / (1.0 + e) ** 2

    def with_derivative(self, x: Array) -> tuple[Array, Array]:
        """f(x) and f′(x) with p = 1 / (1 + e): e^min(x, 0) · p and e p². To choose branches would cost most."""
        e = np.exp(-np.abs(x))
        p = 1.0 / (1.0 + e)
        return np.exp(np.minimum(x, 0.0)) * p, e * p * p

    @elementwise
    def second_derivative(self, x: Array) -> Array:
        e = np.exp(-np.abs(x))
        one_minus_e = -np.expm1(-np.abs(x))
        return 0.0 - np.sign(x) * e * one_minus_e / (1.0 + e) ** 3

    @property
    def facts(self) -> Facts:
        return Facts(
            range=Interval(0.0, 1.0, open_low=True, open_high=True),
            monotone=True,
            zero_centred=False,
            saturates=(True, True),
            smoothness=math.inf,
            kinks=(),
            largest_slope=0.25,
            symbol=r"\sigma",
            latex=r"\frac{1}{1 + e^{-x}}",
            derivative_latex=r"\frac{e^{-x}}{(1 + e^{-x})^2}",
            paper="",
        )


@dataclass(frozen=True)
class Tanh(Activation):
    r"""Hyperbolic tangent: squeezes any number into (−1, 1), centred on 0.

    f(x) = (e^x − e^−x) / (e^x + e^−x) = 2σ(2x) − 1. With E = e^−2|x|, f′(x) = 4E / (1 + E)², which
    keeps its digits in the tails, where 1 − tanh² loses them all, and f″(x) = −2 f(x) f′(x).
    LeCun et al. 1998.
    """

    name: ClassVar[str] = "tanh"

    @elementwise
    def __call__(self, x: Array) -> Array:
        return np.tanh(x)

    @elementwise
    def derivative(self, x: Array) -> Array:
        e = np.exp(-2.0 * np.abs(x))
        return 4.0 * e / (1.0 + e) ** 2

    @elementwise
    def second_derivative(self, x: Array) -> Array:
        e = np.exp(-2.0 * np.abs(x))
        return 0.0 - 8.0 * np.tanh(x) * e / (1.0 + e) ** 2

    @property
    def facts(self) -> Facts:
        return Facts(
            range=Interval(-1.0, 1.0, open_low=True, open_high=True),
            monotone=True,
            zero_centred=True,
            saturates=(True, True),
            smoothness=math.inf,
            kinks=(),
            largest_slope=1.0,
            symbol=r"\tanh",
            latex=r"\frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}",
            derivative_latex=r"1 - \tanh^2(x)",
            paper="LeCun et al. 1998",
        )
