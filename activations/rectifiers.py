"""The identity and the functions made of straight pieces: ReLU, Leaky ReLU, ReLU6."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from activations.base import EVERYWHERE, Activation, Array, Facts, Interval, constant_like, elementwise, parameter


@dataclass(frozen=True)
class Identity(Activation):
    r"""Identity: the input, unchanged.

    f(x) = x. The output of a network that predicts a number; as a hidden layer it adds nothing,
    since layers without a bend collapse into one linear map.
    """

    name: ClassVar[str] = "identity"

    @elementwise
    def __call__(self, x: Array) -> Array:
        return x

    @elementwise
    def derivative(self, x: Array) -> Array:
        return constant_like(x, 1.0)

    @elementwise
    def second_derivative(self, x: Array) -> Array:
        return constant_like(x, 0.0)

    @property
    def facts(self) -> Facts:
        return Facts(
            range=EVERYWHERE,
            monotone=True,
            zero_centred=True,
            saturates=(False, False),
            smoothness=math.inf,
            kinks=(),
            largest_slope=1.0,
            symbol=r"\operatorname{id}",
            latex="x",
            derivative_latex="1",
            paper="",
        )


@dataclass(frozen=True)
class ReLU(Activation):
    r"""Rectified linear unit: positive input passes, negative input becomes 0.

    f(x) = max(0, x). At the kink: slope 0 (PyTorch and JAX agree), curvature 0.
    Nair and Hinton 2010; Glorot, Bordes and Bengio 2011.
    """

    name: ClassVar[str] = "relu"

    @elementwise
    def __call__(self, x: Array) -> Array:
        return np.maximum(x, 0.0)

    @elementwise
    def derivative(self, x: Array) -> Array:
        return np.where(x > 0, 1.0, constant_like(x, 0.0))

    def with_derivative(self, x: Array) -> tuple[Array, Array]:
        """f(x) and f′(x), which is the sign of f(x): 0 or 1."""
        value = np.maximum(x, 0.0)
        return value, np.sign(value)

    @elementwise
    def second_derivative(self, x: Array) -> Array:
        return constant_like(x, 0.0)

    @property
    def facts(self) -> Facts:
        return Facts(
            range=Interval(0.0, math.inf, open_high=True),
            monotone=True,
            zero_centred=False,
            saturates=(True, False),
            smoothness=0,
            kinks=(0.0,),
            largest_slope=1.0,
            symbol=r"\operatorname{ReLU}",
            latex=r"\max(0, x)",
            derivative_latex=r"\begin{cases}1 & x > 0\\0 & x \le 0\end{cases}",
            paper="Nair & Hinton 2010; Glorot, Bordes & Bengio 2011",
        )


@dataclass(frozen=True)
class LeakyReLU(Activation):
    r"""Leaky ReLU: a small slope keeps a gradient for negative input.

    f(x) = x for x > 0, alpha·x otherwise; for 0 < alpha ≤ 1 that is max(alpha·x, x). At the kink:
    slope alpha as in PyTorch (JAX takes 1), curvature 0. With alpha = 1 it is the identity.
    Maas, Hannun and Ng 2013.
    """

    name: ClassVar[str] = "leaky_relu"
    # 0 · −∞ is NaN, so alpha stays above 0 (at 0 it would be ReLU); beyond 1 the max form fails.
    alpha: float = parameter(0.01, symbol="α", low=0.001, high=1.0, step=0.001)

    @elementwise
    def __call__(self, x: Array) -> Array:
        return np.where(x > 0, x, self.alpha * x)

    @elementwise
    def derivative(self, x: Array) -> Array:
        return np.where(x > 0, 1.0, constant_like(x, 0.0) + self.alpha)

    def with_derivative(self, x: Array) -> tuple[Array, Array]:
        """f(x) = max(alpha · x, x), and f′(x), the larger of alpha and the sign of max(x, 0)."""
        return np.maximum(x, self.alpha * x), np.maximum(np.sign(np.maximum(x, 0.0)), self.alpha)

    @elementwise
    def second_derivative(self, x: Array) -> Array:
        return constant_like(x, 0.0)

    @property
    def facts(self) -> Facts:
        bent = self.alpha < 1
        return Facts(
            range=EVERYWHERE,
            monotone=True,
            zero_centred=not bent,
            saturates=(False, False),
            smoothness=0 if bent else math.inf,
            kinks=(0.0,) if bent else (),
            largest_slope=1.0,
            symbol=r"\operatorname{LeakyReLU}",
            latex=r"\max(\alpha \cdot x,\ x)",
            derivative_latex=r"\begin{cases}1 & x > 0\\\alpha & x \le 0\end{cases}",
            paper="Maas, Hannun & Ng 2013",
        )


@dataclass(frozen=True)
class ReLU6(Activation):
    r"""ReLU6: a ReLU that stops at 6, so that low-precision numbers can hold its output.

    f(x) = min(max(0, x), 6). At both kinks: slope 0 (PyTorch and JAX agree), curvature 0.
    Krizhevsky 2010; Sandler et al. 2018 (MobileNetV2).
    """

    name: ClassVar[str] = "relu6"

    @elementwise
    def __call__(self, x: Array) -> Array:
        return np.minimum(np.maximum(x, 0.0), 6.0)

    @elementwise
    def derivative(self, x: Array) -> Array:
        return np.where((x > 0) & (x < 6), 1.0, constant_like(x, 0.0))

    @elementwise
    def second_derivative(self, x: Array) -> Array:
        return constant_like(x, 0.0)

    @property
    def facts(self) -> Facts:
        return Facts(
            range=Interval(0.0, 6.0),
            monotone=True,
            zero_centred=False,
            saturates=(True, True),
            smoothness=0,
            kinks=(0.0, 6.0),
            largest_slope=1.0,
            symbol=r"\operatorname{ReLU6}",
            latex=r"\min(\max(0, x),\ 6)",
            derivative_latex=r"\begin{cases}0 & x \le 0\\1 & 0 < x < 6\\0 & x \ge 6\end{cases}",
            paper="Sandler et al. 2018",
        )
