"""Units that leave 0 on the left by an exponential: ELU and SELU."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from activations.base import Activation, Array, Facts, Interval, constant_like, elementwise, parameter

# Klambauer et al. 2017 choose them so that (mean, variance) = (0, 1) is kept; two digits more than float64 holds.
SELU_LAMBDA = 1.050700987355480493
SELU_ALPHA = 1.673263242354377285
SELU_LEFT = 1.758099340847376860  # their product, rounded once: the slope just left of 0


@dataclass(frozen=True)
class ELU(Activation):
    r"""Exponential linear unit: positive input passes, negative input bends towards −alpha.

    f(x) = x for x > 0, alpha·(e^x − 1) otherwise, which expm1 computes without losing digits near 0.
    At 0: slope alpha (PyTorch and JAX agree), curvature 0. The slope is continuous only for
    alpha = 1; the curvature jumps for every alpha. Clevert, Unterthiner and Hochreiter 2015.
    """

    name: ClassVar[str] = "elu"
    # At 0 it would be ReLU; beyond 2 the curve only grows steeper left of its kink.
    alpha: float = parameter(1.0, symbol="α", low=0.1, high=2.0, step=0.01)

    @elementwise
    def __call__(self, x: Array) -> Array:
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0.0)))

    @elementwise
    def derivative(self, x: Array) -> Array:
        return np.where(x > 0, 1.0, self.alpha * np.exp(np.minimum(x, 0.0)))

    @elementwise
    def second_derivative(self, x: Array) -> Array:
        return np.where(x < 0, self.alpha * np.exp(np.minimum(x, 0.0)), constant_like(x, 0.0))

    @property
    def facts(self) -> Facts:
        smooth = self.alpha == 1
        return Facts(
            range=Interval(-self.alpha, math.inf, open_low=True, open_high=True),
            monotone=True,
            zero_centred=False,
            saturates=(True, False),
            smoothness=1 if smooth else 0,
            kinks=() if smooth else (0.0,),
            largest_slope=max(1.0, self.alpha),
            symbol=r"\operatorname{ELU}",
            latex=r"\begin{cases}x & x > 0\\\alpha\,(e^{x} - 1) & x \le 0\end{cases}",
            one_line=r"\max(0, x) \allowbreak {} + \min(0,\ \alpha \cdot (e^{x} - 1))",
            derivative_latex=r"\begin{cases}1 & x > 0\\\alpha \cdot e^{x} & x \le 0\end{cases}",
            paper="Clevert, Unterthiner & Hochreiter 2015",
        )


@dataclass(frozen=True)
class SELU(Activation):
    r"""Scaled ELU: with the right weights, layer after layer drifts towards mean 0 and variance 1.

    f(x) = λ·x for x > 0, λ·α·(e^x − 1) otherwise, with λ = 1.0507009873554804934… and
    α = 1.6732632423543772848…, which follow from asking that a normal input of mean 0 and variance 1
    keeps both. At the kink: slope λ·α (PyTorch and JAX agree), curvature 0. Klambauer et al. 2017.
    """

    name: ClassVar[str] = "selu"

    @elementwise
    def __call__(self, x: Array) -> Array:
        return np.where(x > 0, SELU_LAMBDA * x, SELU_LEFT * np.expm1(np.minimum(x, 0.0)))

    @elementwise
    def derivative(self, x: Array) -> Array:
        return np.where(x > 0, SELU_LAMBDA, SELU_LEFT * np.exp(np.minimum(x, 0.0)))

    @elementwise
    def second_derivative(self, x: Array) -> Array:
        return np.where(x < 0, SELU_LEFT * np.exp(np.minimum(x, 0.0)), constant_like(x, 0.0))

    @property
    def facts(self) -> Facts:
        return Facts(
            range=Interval(-SELU_LEFT, math.inf, open_low=True, open_high=True),
            monotone=True,
            zero_centred=False,
            saturates=(True, False),
            smoothness=0,
            kinks=(0.0,),
            largest_slope=SELU_LEFT,
            symbol=r"\operatorname{SELU}",
            latex=r"\lambda \cdot \begin{cases}x & x > 0\\\alpha\,(e^{x} - 1) & x \le 0\end{cases}",
            one_line=(r"\lambda \cdot \max(0, x) \allowbreak {} + \lambda \cdot \min(0,\ \alpha \cdot (e^{x} - 1))"),
            derivative_latex=r"\begin{cases}\lambda & x > 0\\\lambda\alpha \cdot e^{x} & x \le 0\end{cases}",
            constants=((r"\lambda", SELU_LAMBDA), (r"\alpha", SELU_ALPHA)),
            paper="Klambauer et al. 2017",
        )
