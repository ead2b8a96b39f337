"""Plain against residual: both networks trained side by side against one after the other."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import activations
from activations.experiments import residual
from activations.experiments.residual import Settings, Stacks, at_start, compare
from benchmarks import Row, by_itself, fastest
from figures.depth import SIGMA_W

TITLE = "Plain against residual: 15 epochs on 1,197 digits, 32 units a block"

USUAL = Settings()
LARGEST = Settings(depth=64, normalisation="batch", scaled=False)
SLOWEST = Settings(f=activations.get("gelu"))
PROGRESS = "with progress"
ROUNDS = 2


def run(_: Path) -> Iterator[Row]:
    """Time the trainings as the page has them done: in a process of its own, with one thread for its BLAS."""
    seconds = by_itself("benchmarks.residual")
    yield Row("32 blocks, against one after the other", seconds["usual"], seconds["apart"], "s", "≤ 0.5 s")
    yield Row("32 blocks of the slowest function, GELU", seconds["slowest"], None, "s", PROGRESS)
    yield Row("64 blocks with batch normalisation", seconds["largest"], None, "s", PROGRESS)
    yield Row(f"before training, {len(SIGMA_W)} values of σ_w", seconds["sweep"], None, "s", "≤ 0.5 s")


def _apart() -> None:
    """Each network by itself, the passes and the looks included."""
    data = residual.prepared()
    for plain, shortcut in (([USUAL.sigma_w], []), ([], [USUAL.sigma_w])):
        exact = Stacks(USUAL, plain, shortcut)
        alone = exact.cast(np.float32)
        shuffling = np.random.default_rng((USUAL.seed, USUAL.depth + 1))
        for _ in range(USUAL.epochs):
            residual.train_epoch(alone, data, shuffling)
            alone.logits(data.x.astype(np.float32), data.learnt)
            exact.passage(data.x[:, : residual.PROBES], data.targets[:, : residual.PROBES])


if __name__ == "__main__":
    print(
        json.dumps(
            {
                "usual": fastest(lambda: compare(USUAL), ROUNDS),
                "apart": fastest(_apart, ROUNDS),
                "slowest": fastest(lambda: compare(SLOWEST), ROUNDS),
                "largest": fastest(lambda: compare(LARGEST), ROUNDS),
                "sweep": fastest(lambda: at_start(USUAL, SIGMA_W.tolist()), ROUNDS),
            }
        )
    )
