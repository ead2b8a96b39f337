"""What the page on convolution computes at once: its filters' training, and its costliest films."""

from collections.abc import Iterator
from pathlib import Path

import activations
from activations.experiments import convolution, digits
from benchmarks import Row, fastest
from figures import convolution as maps
from figures import quantisation as bits

TITLE = "Convolution: six filters learn from 1,197 digits; a film of twelve maps, and one of stored maps"

GOAL = "≤ 0.5 s"


def run(_: Path) -> Iterator[Row]:
    """Time the training, each film with a function that is slow to compute, and the films of a layer with few bits."""
    layer = convolution.by_hand()
    image = digits.load().images[digits.load().first[3]].reshape(convolution.SIDE, convolution.SIDE)
    shown = maps.Shown(image, layer, activations.get("gelu"), 0.0, 0, 27)
    stored = bits.Stored(image, layer, 0, 8, 32.0, 6.0)
    yield Row("filters, learned with ReLU", fastest(lambda: convolution.train(convolution.Settings())), None, "s", GOAL)
    yield Row(
        "film of the bias, GELU", fastest(lambda: maps.bias_film(shown, maps.tested(layer)).encode()), None, "s", GOAL
    )
    yield Row("film of the loud map", fastest(lambda: bits.gain_film(stored).encode()), None, "s", GOAL)
    yield Row("film of the bits", fastest(lambda: bits.bits_film(stored).encode()), None, "s", GOAL)
