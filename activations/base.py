"""What every activation shares: parameters that check themselves, dtype rules, and facts.

Conventions
-----------
An activation is a frozen dataclass; its fields are its parameters. Calling it gives f(x), and
`derivative` and `second_derivative` give f′(x) and f″(x). All three work elementwise on anything
that NumPy can read as numbers: the shape is kept, float16, float32 and float64 are kept, integers
and booleans become float64, and a scalar gives a NumPy scalar. Nothing is written in place. NaN
stays NaN and an infinity gives the limit. Inputs and outputs are pure numbers, without a unit.

At a kink the derivative is PyTorch's, and the second derivative is 0.
"""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any, ClassVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activations.errors import ParameterError

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Parameter:
    """How one parameter is shown and what it may be: symbol, default, bounds (both allowed) and step."""

    name: str
    symbol: str
    default: float
    low: float
    high: float
    step: float

    def check(self, value: object) -> float:
        """Return `value` as a float, or raise ParameterError with the valid range."""
        is_number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
        if not is_number or not self.low <= cast(float, value) <= self.high:
            raise ParameterError(self.name, value, self.low, self.high)
        return float(cast(float, value))


def parameter(default: float, *, symbol: str, low: float, high: float, step: float) -> Any:
    """Declare a field of an activation: its default, the symbol in formulas, its bounds and its step."""
    return field(default=default, metadata={"symbol": symbol, "low": low, "high": high, "step": step})


@dataclass(frozen=True)
class Interval:
    """The values from `low` to `high`; an end belongs to it unless it is open."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def __contains__(self, value: float) -> bool:
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return above and below


@dataclass(frozen=True)
class Facts:
    """What is true of a function; each entry is tested against the function itself.

    range: the values it takes. monotone: it never falls as x grows. zero_centred: f(−x) = −f(x), so
    that inputs spread evenly about 0 give outputs spread evenly about 0. saturates: on the left and
    on the right, whether f′ tends to 0. smoothness: how many derivatives are continuous (inf: all).
    kinks: where f′ jumps. turns: where f stops falling and begins to rise. largest_slope: the largest
    f′. latex, derivative_latex: the right-hand sides of f and f′; one_line: that of f without cases,
    if latex has them; constants: what letters in these stand for, other than x and the parameters,
    as pairs of TeX and value. symbol: the function's name in formulas. paper: where it comes from.
    """

    range: Interval
    monotone: bool
    zero_centred: bool
    saturates: tuple[bool, bool]
    smoothness: float
    kinks: tuple[float, ...]
    largest_slope: float
    symbol: str
    latex: str
    derivative_latex: str
    paper: str
    turns: tuple[float, ...] = ()
    one_line: str = ""
    constants: tuple[tuple[str, float], ...] = ()


def elementwise(method: Callable[[Any, Array], Array]) -> Callable[[Any, ArrayLike], Any]:
    """Give a formula on float64 arrays the rules of this module's first paragraph.

    Everything is worked out in float64, so that float32 and float16 results are correctly rounded
    in all but a few cases. Overflow in a branch that `np.where` then discards is no error.
    """

    @wraps(method)
    def apply(self: Any, x: ArrayLike) -> Any:
        given = np.asarray(x)
        if given.dtype.kind in "biu":
            given = given.astype(np.float64)
        if given.dtype.type not in (np.float16, np.float32, np.float64):
            raise TypeError(f"x must hold integers or float16, float32 or float64 numbers, not {given.dtype}")
        with np.errstate(all="ignore"):
            result = np.asarray(method(self, given.astype(np.float64, copy=False)))
            if result is given:
                result = given.copy()
            return result.astype(given.dtype, copy=False)[()]

    return apply


@dataclass(frozen=True)
class Activation:
    """An activation function with its derivatives and facts; subclasses give the formulas."""

    name: ClassVar[str]

    def __post_init__(self) -> None:
        for declared in self.parameters():
            object.__setattr__(self, declared.name, declared.check(getattr(self, declared.name)))

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """What can be set, in the order of the fields."""
        return tuple(
            Parameter(name=entry.name, default=cast(float, entry.default), **entry.metadata)
            for entry in dataclasses.fields(cls)
        )

    @property
    def settings(self) -> dict[str, float]:
        """The parameters' present values by name."""
        return dataclasses.asdict(self)

    def __call__(self, x: ArrayLike) -> Any:
        """f(x), elementwise."""
        raise NotImplementedError

    def derivative(self, x: ArrayLike) -> Any:
        """f′(x), elementwise; at a kink PyTorch's value."""
        raise NotImplementedError

    def second_derivative(self, x: ArrayLike) -> Any:
        """f″(x), elementwise; 0 at a kink."""
        raise NotImplementedError

    @property
    def formulas(self) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
        """f and f′ as they are written, without the rules of this module: for loops over small arrays.

        They take float64 arrays, or float32 and give float32 or float64, to its last digits, for it; they may
        warn of overflow, and the identity hands its input back.
        """
        kind: Any = type(self)
        return partial(kind.__call__.__wrapped__, self), partial(kind.derivative.__wrapped__, self)

    def with_derivative(self, x: Array) -> tuple[Array, Array]:
        """f(x) and f′(x) at once, by the rules of `formulas`; the same numbers, but perhaps for the last digits.

        The two share no memory.

        For training, which needs both: a function overrides it whose two formulas have work in common.
        """
        value, derivative = self.formulas
        return value(x), derivative(x)

    @property
    def facts(self) -> Facts:
        """What is true of this function with these parameters."""
        raise NotImplementedError


class Family:
    """One function for many values of its parameters at once; the parameter axis comes first.

    `Family(LeakyReLU, alpha=[0.1, 0.2])(x)` has shape (2, *x.shape). Every value is checked; a bad
    one raises ParameterError. Parameters that are not named keep their defaults.
    """

    def __init__(self, kind: type[Activation], **values: ArrayLike) -> None:
        declared = {entry.name: entry for entry in kind.parameters()}
        unknown = values.keys() - declared.keys()
        if unknown:
            raise TypeError(
                f"{kind.name} has no parameter {', '.join(sorted(unknown))}; it has: {', '.join(declared) or 'none'}"
            )
        self._kind = kind
        self._columns = {
            name: np.array([entry.check(value) for value in np.ravel(values.get(name, entry.default)).tolist()])
            for name, entry in declared.items()
        }
        self._length = max((len(column) for column in self._columns.values()), default=1)

    def _apply(self, method: str, x: ArrayLike) -> Any:
        array = np.asarray(x)
        member = object.__new__(self._kind)
        for name, column in self._columns.items():
            object.__setattr__(member, name, column.reshape(-1, *(1,) * array.ndim))
        result = np.asarray(getattr(member, method)(array))
        return np.broadcast_to(result, (self._length, *array.shape)).copy()

    def __call__(self, x: ArrayLike) -> Any:
        """f(x) for every value of the parameters."""
        return self._apply("__call__", x)

    def derivative(self, x: ArrayLike) -> Any:
        """f′(x) for every value of the parameters."""
        return self._apply("derivative", x)

    def second_derivative(self, x: ArrayLike) -> Any:
        """f″(x) for every value of the parameters."""
        return self._apply("second_derivative", x)


def constant_like(x: Array, value: float) -> Array:
    """`value` wherever x is a number, NaN where it is not."""
    return np.where(np.isnan(x), x, value)


EVERYWHERE = Interval(-math.inf, math.inf, open_low=True, open_high=True)
