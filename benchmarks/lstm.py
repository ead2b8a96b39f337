"""Gated cells: what the page works out when a handle is let go, and the gradient of 121 biases against one by one."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from activations.experiments.lstm import Cell, reach
from benchmarks import Row
from figures import lstm, lstm_gradient
from figures.lstm import BIASES, Shown

TITLE = "LSTM and GRU: the films of a cell, and the gradient for 121 biases over 50 steps"

GOAL = "≤ 0.5 s"
ROUNDS = 5


def run(_: Path) -> Iterator[Row]:
    """Time what a release may ask for at its most."""
    shown = Shown(Cell("lstm"), (1.0, 0.0, 0.0, 0.0), 0.0, "noise", 0, 8)
    yield Row("five films of one unit, encoded", _seconds(lambda: _films(shown)), None, "s", GOAL)
    reached = lstm_gradient.reached(Cell("lstm"), 1.0, 0, 20)
    film = lambda: lstm_gradient.bias_film(reached, 0, {"zero": "0"}).encode()  # noqa: E731
    yield Row("the film of the gradient, encoded", _seconds(film), None, "s", GOAL)
    together, single = _seconds(_together), _seconds(_one_by_one)
    np.testing.assert_allclose(_together(), _one_by_one(), rtol=1e-9)
    yield Row("its gradients, against bias by bias", together, single, "s", GOAL)


def _films(shown: Shown) -> list[bytes]:
    films = [lstm.step_film(shown), *(lstm.bias_film(shown, gate) for gate in lstm.handles(shown.cell))]
    return [film.encode() for film in films]


def _together() -> np.ndarray:
    return reach(Cell("lstm"), BIASES.tolist()).left


def _one_by_one() -> np.ndarray:
    return np.concatenate([reach(Cell("lstm"), (bias,)).left for bias in BIASES.tolist()])


def _seconds(call: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)  # whatever else the machine does can only add
