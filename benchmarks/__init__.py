"""What `make bench` runs: ratios, each measured side by side in one run, never an absolute promise.

A bench is a module here with `TITLE` and `run(app)`, which yields `Row`s; its line in
`benchmarks/__main__.py` puts it into the table.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from ui import pool

ROOT = Path(__file__).parents[1]
APP = ROOT / "app.py"
EMPTY_APP = Path(__file__).with_name("empty_app.py")


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, ours, what it is held against, and the goal."""

    what: str
    ours: float
    against: float | None  # None where there is nothing to compare with
    unit: str
    goal: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours as a multiple of what it is held against."""
        return self.ours / self.against if self.against else None


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie; NaN when there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))] if ordered else float("nan")


def fastest(call: Callable[[], object], rounds: int = 3) -> float:
    """The seconds of the fastest call: whatever else the machine does can only add."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


_numbers = count()


def at_once(*works: pool.Work) -> None:
    """Have works done by the app's workers, one each."""
    jobs = [pool.want(next(_numbers), work, lambda made: None) for work in works]
    for job in jobs:
        job.done.wait()
        pool.leave(job)
        if job.error:
            raise job.error


def by_itself(bench: str) -> Any:
    """What the module `bench` prints as JSON when it is run in a process of its own, with one thread for its BLAS.

    So the app's workers do what takes long.
    """
    told = subprocess.run(
        [sys.executable, "-m", bench],
        cwd=ROOT,
        env=os.environ | pool.ONE_THREAD,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(told.stdout)
