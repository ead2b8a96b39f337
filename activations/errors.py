"""What the core refuses, with the parts that a page needs to phrase the refusal in its own language."""

from collections.abc import Iterable
from functools import partial
from typing import Any


class ParameterError(ValueError):
    """A parameter lies outside its range: `name`, the offending `value`, and the bounds `low` and `high`."""

    def __init__(self, name: str, value: object, low: float, high: float, *, open_low: bool = False) -> None:
        self.name, self.value, self.low, self.high, self.open_low = name, value, low, high, open_low
        relation = "above" if open_low else "from"
        span = f"{relation} {low:g}" + (f" to {high:g}" if high != float("inf") else "")
        super().__init__(f"{name} must be a number {span}, not {value!r}")

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are copied and sent elsewhere by their message alone, from which none of this could be made.
        made = partial(type(self), open_low=self.open_low)
        return made, (self.name, self.value, self.low, self.high), self.__dict__


class UnknownActivationError(ValueError):
    """No activation has this name: the `name` asked for and the `names` there are."""

    def __init__(self, name: object, names: Iterable[str]) -> None:
        self.name, self.names = name, tuple(names)
        super().__init__(f"no activation is named {name!r}; valid names: {', '.join(self.names)}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.names), self.__dict__
