"""Cures for dying units side by side: the same network, the same 20 seeds, one thing changed at a time.

Two hidden layers of 32 ReLU units learn 1,197 of the digits (digits.split().train) for 10 epochs by
plain mini-batch gradient descent and are in one of two troubles:

- rate: weights as in He et al. 2015, but a learning rate of 1;
- start: a learning rate of 0.3, but weights of variance 1, whatever the number of inputs.

Dead units are counted on the digits learnt from; accuracy is measured on the 300 test digits.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from activations.base import Array
from activations.experiments import digits
from activations.experiments._checks import whole
from activations.experiments.dying_layer import SEEDS
from activations.experiments.side_by_side import BATCH, Networks, Recipe
from activations.exponential_units import ELU
from activations.gaussian import GELU
from activations.rectifiers import LeakyReLU, ReLU

WIDTHS = (32, 32)
EPOCHS = 10
WARM_UP = 3  # epochs
CLIP = 1.0
SLOWER = 10  # the lower rate is so many times lower
Trouble = Literal["rate", "start"]
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)
_IN_TROUBLE: dict[Trouble, Recipe] = {
    "rate": Recipe(ReLU(), WIDTHS, learning_rate=1.0),
    "start": Recipe(ReLU(), WIDTHS, learning_rate=0.3, start="unit"),
}
CURES = ("none", "lower", "warm_up", "he", "clip", "leaky_relu", "elu", "gelu", "batch_norm")


def recipes(trouble: Trouble) -> dict[str, Recipe]:
    """The network in trouble ("none") and the same with each cure, in the order of CURES."""
    if trouble not in TROUBLES:
        raise ValueError(f"trouble must be one of {', '.join(TROUBLES)}, not {trouble!r}")
    base = _IN_TROUBLE[trouble]
    steps_an_epoch = -(-len(digits.split().train) // BATCH)
    return {
        "none": base,
        "lower": replace(base, learning_rate=base.learning_rate / SLOWER),
        "warm_up": replace(base, warm_up=WARM_UP * steps_an_epoch),
        "he": replace(base, start="he"),
        "clip": replace(base, clip=CLIP),
        "leaky_relu": replace(base, f=LeakyReLU()),
        "elu": replace(base, f=ELU()),
        "gelu": replace(base, f=GELU()),
        "batch_norm": replace(base, normalised=True),
    }


@dataclass(frozen=True)
class Comparison:
    """What became of each seed's network under each cure: rows in the order of CURES.

    born: the share of all hidden units that are dead before training, dead: after it, accuracy: on the
    test digits, 0 to 1, all of shape (cures, seeds). diverged: where weights grew beyond 1e100 or
    became NaN; the entries there are NaN.
    """

    trouble: Trouble
    seeds: NDArray[np.int64]
    born: Array
    dead: Array
    accuracy: Array
    diverged: NDArray[np.bool_]


def compare(trouble: Trouble, seeds: int = 20, progress: Callable[[float], None] | None = None) -> Comparison:
    """Train the seeds 0 to `seeds` − 1 with every cure; `progress` hears the share done, 0 to 1.

    ValueError for an unknown trouble, ParameterError for `seeds` outside 1 to 100.
    """
    seeds = whole(SEEDS, seeds)
    found = []
    for row, recipe in enumerate(recipes(trouble).values()):

        def hear(share: float, row: int = row) -> None:
            if progress:
                progress((row + share) / len(CURES))

        found.append(_trained(recipe, seeds, hear))
    born, dead, accuracy, diverged = (np.array(part) for part in zip(*found, strict=True))
    return Comparison(trouble, np.arange(seeds), born, dead, accuracy, diverged)


def _trained(
    recipe: Recipe, seeds: int, hear: Callable[[float], None]
) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Of every seed the share dead before and after training, the accuracy, and whether it diverged."""
    learnt, tested = digits.split().train, digits.split().test
    images, labels = digits.load().images, digits.load().labels
    learning = Networks(recipe, range(seeds), images[learnt], labels[learnt])
    everything = np.concatenate([images[learnt], images[tested]])

    def look() -> tuple[Array, Array]:
        layers, logits = learning.forward(everything, len(learnt))
        silent = [~learning.active(layer)[:, : len(learnt)].any(axis=1) for layer in layers]
        accuracy, _ = learning.score(logits[:, len(learnt) :], labels[tested])
        return np.concatenate(silent, axis=1).mean(axis=1), accuracy

    with np.errstate(all="ignore"):
        born, _ = look()
        for epoch in range(EPOCHS):
            learning.train_epoch()
            hear((epoch + 1) / EPOCHS)
        dead, accuracy = look()
    sound = learning.sound()
    return born, np.where(sound, dead, np.nan), np.where(sound, accuracy, np.nan), ~sound
