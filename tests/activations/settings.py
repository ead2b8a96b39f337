"""Every function of the catalogue at many settings: the tests loop over these instead of naming functions."""

from collections.abc import Iterator

import activations
from activations import Activation

# Values that papers and models use, beside the bounds and the middle of every range.
PUBLISHED = {
    "leaky_relu": [{"alpha": value} for value in (0.1, 0.2, 0.25)],
    "elu": [{"alpha": 1.6732632423543772}],  # SELU's
}


def _settings(kind: type[Activation]) -> Iterator[Activation]:
    yield kind()
    for entry in kind.parameters():
        for value in (entry.low, (entry.low + entry.high) / 2, entry.high):
            yield kind(**{entry.name: value})
    for chosen in PUBLISHED.get(kind.name, ()):
        yield kind(**chosen)


def kinks_at_any_setting(f: Activation) -> tuple[float, ...]:
    """Where the slope of f jumps at some setting: where ELU's does not, its curvature still does."""
    return tuple(sorted({kink for other in EVERY_SETTING if type(other) is type(f) for kink in other.facts.kinks}))


EVERY_SETTING = tuple(dict.fromkeys(f for kind in activations.CATALOGUE for f in _settings(kind)))
METHODS = ("__call__", "derivative", "second_derivative")
