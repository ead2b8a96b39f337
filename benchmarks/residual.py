"""Plain against residual: both networks trained side by side against one after the other."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from activations.experiments import residual
from activations.experiments.residual import Settings, Stacks, at_start, compare
from benchmarks import ROOT, Row
from figures.depth import SIGMA_W
from ui.pool import ONE_THREAD

TITLE = "Plain against residual: 15 epochs on 1,197 digits, 32 units a block"

USUAL = Settings()
LARGEST = Settings(depth=64, normalisation="batch", scaled=False)
ROUNDS = 2


def run(_: Path) -> Iterator[Row]:
    """Time the trainings as the page has them done: in a process of its own, with one thread for its BLAS."""
    command = [sys.executable, "-m", "benchmarks.residual"]
    told = subprocess.run(command, cwd=ROOT, env=os.environ | ONE_THREAD, check=True, capture_output=True, text=True)
    seconds = json.loads(told.stdout)
    yield Row("32 blocks, against one after the other", seconds["usual"], seconds["apart"], "s", "≤ 5 s")
    yield Row("64 blocks with batch normalisation", seconds["largest"], None, "s", "≤ 5 s")
    yield Row(f"before training, {len(SIGMA_W)} values of σ_w", seconds["sweep"], None, "s", "≤ 0.5 s")


def _fastest(call: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)  # whatever else the machine does can only add


def _apart() -> None:
    """Each network by itself, the passes and the looks included."""
    data = residual.prepared()
    for shortcut in (False, True):
        alone = Stacks(USUAL, np.array([shortcut]), np.full(1, USUAL.sigma_w))
        shuffling = np.random.default_rng((USUAL.seed, USUAL.depth + 1))
        for _ in range(USUAL.epochs):
            residual.train_epoch(alone, data, shuffling)
            alone.forward(data.x, data.learnt, keep=False)
            alone.passage(data.x[: residual.PROBES], data.targets[: residual.PROBES])


if __name__ == "__main__":
    print(
        json.dumps(
            {
                "usual": _fastest(lambda: compare(USUAL)),
                "apart": _fastest(_apart),
                "largest": _fastest(lambda: compare(LARGEST)),
                "sweep": _fastest(lambda: at_start(USUAL, SIGMA_W.tolist())),
            }
        )
    )
