"""Works for tests of the worker processes, which import them by name."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from activations import ParameterError

Progress = Callable[[float], None]


def echo(value: object, progress: Progress) -> object:
    """Give back what was given."""
    progress(0.5)
    print("printed between the messages")
    return value


def describe(progress: Progress) -> dict[str, object]:
    """Say where the work is done."""
    return {
        "pid": os.getpid(),
        "niceness": os.nice(0),
        "threads": os.environ["OPENBLAS_NUM_THREADS"],
        "modules": sorted(sys.modules),
    }


def wait_for(file: Path, progress: Progress) -> str:
    """Write the process's number into `file`.pid, and work until `file` is there."""
    file.with_suffix(".pid").write_text(str(os.getpid()))
    while not file.exists():
        progress(0.25)
        time.sleep(0.01)
    return "done"


def last(seconds: float, progress: Progress) -> float:
    """Take this long."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        progress(1 - left / seconds)
        time.sleep(0.01)
    return seconds


def refuse(progress: Progress) -> None:
    """Fail as the core does."""
    raise ParameterError("slope", 2, 0, 1, open_low=True)


class StubbornError(Exception):
    """Cannot be made again from its pickle."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def refuse_stubbornly(progress: Progress) -> None:
    """Fail with what cannot travel."""
    raise StubbornError(1, 2)


def give_a_function(progress: Progress) -> Callable[[], None]:
    """Work out what cannot travel."""
    return lambda: None


def die(progress: Progress) -> None:
    """Take the process along."""
    os._exit(3)


def die_once(file: Path, progress: Progress) -> str:
    """Take the process along the first time."""
    if not file.exists():
        file.touch()
        os._exit(3)
    return "done"
