"""Cures for dying units side by side: the same network, the same 20 seeds, one thing changed at a time.

Two hidden layers of 32 ReLU units learn 1,197 of the digits (digits.split().train) for 10 epochs by
plain mini-batch gradient descent and are in one of two troubles:

- rate: weights as in He et al. 2015, but a learning rate of 1;
- start: a learning rate of 0.3, but weights of variance 1, whatever the number of inputs.

Dead units are counted on the digits learnt from; accuracy is measured on the 300 test digits.

Measured, medians over seeds 0 to 19 of the share of dead units and of the accuracy:

| cure                          | rate        | start       |
|-------------------------------|-------------|-------------|
| none                          | 85 %, 0.10  | 52 %, 0.27  |
| a tenth of the rate           | 6 %, 0.96   | 5 %, 0.78   |
| warm-up over 3 epochs         | 79 %, 0.24  | 6 %, 0.89   |
| He initialisation             | there       | 4 %, 0.96   |
| gradient at most 1 long       | 5 %, 0.96   | 5 %, 0.87   |
| Leaky ReLU 0.01               | 0 %, 0.27   | 0 %, 0.80 * |
| ELU                           | 46 %, 0.10  | 1 %, 0.10   |
| GELU                          | 0 %, 0.17   | 0 %, 0.32   |
| batch normalisation           | 0 %, 0.97   | 3 %, 0.94   |

(* 6 of 20 runs diverge.) Leaky ReLU, ELU and GELU keep units alive, or more of them, and yet these
networks learn little: it is the steps that are too long. ELU's dead lie so far left that float64 holds
no slope there. One core takes about 3.5 s for one trouble, a quarter of it for GELU.
"""

from collections.abc import Callable, Sequence
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


Outcome = tuple[Array, Array, Array, NDArray[np.bool_]]


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
    found: list[Outcome] = []
    known: dict[Recipe, Outcome] = {}  # a cure that was there already changes nothing
    for row, recipe in enumerate(recipes(trouble).values()):

        def hear(share: float, row: int = row) -> None:
            if progress:
                progress((row + share) / len(CURES))

        if recipe not in known:
            known[recipe] = trained(recipe, range(seeds), hear)
        found.append(known[recipe])
    born, dead, accuracy, diverged = (np.array(part) for part in zip(*found, strict=True))
    return Comparison(trouble, np.arange(seeds), born, dead, accuracy, diverged)


def trained(recipe: Recipe, seeds: Sequence[int], hear: Callable[[float], None]) -> Outcome:
    """Of every seed the share dead before and after training, the accuracy, and whether it diverged.

    `hear` is told the share done, 0 to 1.
    """
    learnt, tested = digits.split().train, digits.split().test
    images, labels = digits.load().images, digits.load().labels
    learning = Networks(recipe, seeds, images[learnt], labels[learnt])
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
