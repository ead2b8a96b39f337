"""Plain against residual: both networks at once, a worker each as the page has them, against both on one core."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import activations
from activations.experiments import residual
from activations.experiments.residual import KINDS, Settings
from benchmarks import Row, at_once, by_itself, fastest
from figures.depth import SIGMA_W

TITLE = "Plain against residual: 15 epochs on 1,197 digits, 32 units a block"

SHORT, PROGRESS = "≤ 0.5 s", "with progress"
TRAININGS = {
    "32 blocks": (Settings(), SHORT),
    "64 blocks": (Settings(depth=64), SHORT),
    "32 blocks of sigmoid": (Settings(f=activations.get("sigmoid")), SHORT),
    "32 blocks with batch normalisation": (Settings(normalisation="batch", scaled=False), SHORT),
    "32 blocks of the slowest function, GELU": (Settings(f=activations.get("gelu")), PROGRESS),
    "64 blocks with batch normalisation": (Settings(depth=64, normalisation="batch", scaled=False), PROGRESS),
}
DEPTHS = 32, 64
ROUNDS = 3


def run(_: Path) -> Iterator[Row]:
    """Time the trainings as the page has them done: in processes of their own, with one thread for their BLAS."""
    seconds = by_itself("benchmarks.residual")
    for what, (_settings, goal) in TRAININGS.items():
        yield Row(what, seconds[what], seconds.get(f"{what}, one core"), "s", goal)
    for depth in DEPTHS:
        what = f"before training, {len(SIGMA_W)} values of σ_w, {depth} blocks"
        yield Row(what, seconds[f"sweep {depth}"], None, "s", SHORT)


def _trained(settings: Settings) -> Callable[[], None]:
    return partial(at_once, *(partial(residual.train, settings, kind) for kind in KINDS))


def _swept(settings: Settings) -> Callable[[], None]:
    values = SIGMA_W.tolist()
    halves = values[: len(values) // 2 + 1], values[len(values) // 2 + 1 :]
    return partial(at_once, *(partial(residual.at_start, settings, half) for half in halves))


def _measured() -> dict[str, float]:
    usual, _ = TRAININGS["32 blocks"]
    _trained(Settings(depth=4, epochs=1))()  # so that the workers have started
    found = {what: fastest(_trained(settings), ROUNDS) for what, (settings, _) in TRAININGS.items()}
    found |= {f"sweep {depth}": fastest(_swept(Settings(depth=depth)), ROUNDS) for depth in DEPTHS}
    return found | {"32 blocks, one core": fastest(lambda: residual.compare(usual), ROUNDS)}


if __name__ == "__main__":
    print(json.dumps(_measured()))
