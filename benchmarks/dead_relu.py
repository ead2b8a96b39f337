"""Dying ReLUs: the cures on 20 seeds side by side, against one seed after the other; and the longest single run."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

import activations
from activations.experiments import cures, dying_layer, dying_network
from benchmarks import Row, at_once, by_itself, fastest
from ui import pool

TITLE = "Dying ReLU: nine networks on 20 seeds, 10 epochs of 1,197 digits, two layers of 32"

SEEDS = 20
GOAL = "≤ 5 s"


def run(_: Path) -> Iterator[Row]:
    """Time each comparison as the page has it done: in a process of its own, with one thread for its BLAS."""
    seconds = by_itself("benchmarks.dead_relu")
    for trouble in cures.TROUBLES:
        what = f"all cures, {trouble}; against seed after seed"
        yield Row(what, seconds[trouble], seconds[f"{trouble} plain"], "s", GOAL)
    yield Row("one layer of 32, 60 epochs, and Leaky ReLU beside", seconds["layer"], None, "s", "≤ 2 s")
    yield Row("the same with 128 units of the slowest function, GELU", seconds["wide"], None, "s", "≤ 2 s")
    yield Row("ten seeds of one layer of 32, and Leaky ReLU beside", seconds["spread"], None, "s", GOAL)
    yield Row("one run of three layers of 32, 60 epochs", seconds["usual"], None, "s", "≤ 0.5 s")
    yield Row("one run of four layers of 32, 60 epochs", seconds["deep"], None, "s", "≤ 0.5 s")
    yield Row("the life of one of its units", seconds["life"], None, "s", "≤ 0.5 s")


def _measured() -> dict[str, float]:
    found = {}
    for trouble in cures.TROUBLES:
        together, found[trouble] = _timed(lambda trouble=trouble: cures.compare(trouble, SEEDS))
        alone, found[f"{trouble} plain"] = _timed(lambda trouble=trouble: _one_by_one(trouble))
        # the same networks, but for what rounding makes of training that is not calm
        np.testing.assert_allclose(np.nanmedian(together.dead[0]), np.nanmedian(alone), atol=0.15)
    at_once(*_beside(dying_layer.Settings(epochs=1)))  # so that the workers have started
    found["layer"] = fastest(lambda: at_once(*_beside(dying_layer.Settings())))
    found["wide"] = fastest(lambda: at_once(*_beside(dying_layer.Settings(f=activations.get("gelu"), width=128))))
    _, found["spread"] = _timed(lambda: at_once(*_beside(dying_layer.Settings(), 10)))
    found["usual"] = fastest(lambda: dying_network.train(dying_network.Settings()))
    found["deep"] = fastest(lambda: dying_network.train(dying_network.Settings(hidden=4)))
    deep = dying_network.train(dying_network.Settings(hidden=4))
    _, found["life"] = _timed(lambda: dying_network.follow(deep, 3, 0))
    return found


def _beside(settings: dying_layer.Settings, seeds: int = 0) -> list[pool.Work]:
    """A run of the function and of Leaky ReLU, or one with each of so many seeds."""
    asked = [replace(settings, f=f) for f in (settings.f, activations.get("leaky_relu"))]
    if seeds:
        return [partial(dying_layer.spread, one, seeds) for one in asked]
    return [partial(dying_layer.train, one) for one in asked]


def _timed(call: Callable[[], object]) -> tuple[object, float]:
    start = time.perf_counter()
    made = call()
    return made, time.perf_counter() - start


def _one_by_one(trouble: cures.Trouble) -> list[float]:
    """As in a notebook: every seed by itself; the share of dead units without a cure."""
    found = []
    for row, recipe in enumerate(cures.recipes(trouble).values()):
        for seed in range(SEEDS):
            _, dead, _, _ = cures.trained(recipe, [seed], lambda share: None)
            if row == 0:
                found.append(float(dead[0]))
    return found


if __name__ == "__main__":
    print(json.dumps(_measured()))
