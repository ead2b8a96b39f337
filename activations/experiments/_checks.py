"""What the experiments refuse beyond a parameter's range."""

from dataclasses import dataclass, fields
from typing import cast

from activations.base import Parameter
from activations.errors import ParameterError


class WholeNumberError(ParameterError):
    """A count lies outside its range or is no whole number; the same attributes as ParameterError."""

    def __init__(self, name: str, value: object, low: float, high: float) -> None:
        super().__init__(name, value, low, high)
        self.args = (f"{name} must be a whole number from {low:g} to {high:g}, not {value!r}",)


def whole(declared: Parameter, value: object) -> int:
    """Return `value` as an int, or raise WholeNumberError with the valid range."""
    try:
        number = declared.check(value)
    except ParameterError:
        raise WholeNumberError(declared.name, value, declared.low, declared.high) from None
    if not number.is_integer():
        raise WholeNumberError(declared.name, value, declared.low, declared.high)
    return int(number)


@dataclass(frozen=True)
class CheckedSettings:
    """Settings whose numbers, declared by `parameter`, check themselves; those annotated as int are whole."""

    def __post_init__(self) -> None:
        counts = self.counts()
        for declared in self.parameters():
            value = getattr(self, declared.name)
            checked = whole(declared, value) if declared.name in counts else declared.check(value)
            object.__setattr__(self, declared.name, checked)

    @classmethod
    def counts(cls) -> set[str]:
        """The names of the numbers that are whole."""
        return {entry.name for entry in fields(cls) if entry.type is int}

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """The numbers that can be set, in the order of the fields."""
        return tuple(
            Parameter(name=entry.name, default=float(cast(float, entry.default)), **entry.metadata)
            for entry in fields(cls)
            if entry.metadata
        )
