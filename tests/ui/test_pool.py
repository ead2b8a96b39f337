"""Long work in processes of its own: results, failures, and what happens to processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_equal

from activations import ParameterError
from activations.experiments import Settings, train
from tests.ui import working
from ui import pool

SECONDS = 60  # until a wait counts as endless, on a loaded machine


def until(true: Callable[[], Any]) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def begin(work: pool.Work, key: object = "key") -> pool.Job:
    return pool.want(key, work, lambda result: None)


def outcome(work: pool.Work) -> Any:
    """What comes of a work."""
    job = begin(work)
    assert job.done.wait(SECONDS)
    pool.leave(job)
    if job.error:
        raise job.error
    return job.result


def process_of(file: Path) -> int:
    """The number of the process that waits for `file`."""
    noted = file.with_suffix(".pid")
    until(lambda: noted.exists() and noted.read_text())
    return int(noted.read_text())


def test_the_numbers_are_those_of_the_core() -> None:
    settings = Settings(width=8, epochs=3, learning_rate=2.0)
    assert_equal(vars(outcome(partial(train, settings))), vars(train(settings)))


def test_the_process_is_small_modest_and_warm() -> None:
    said = outcome(working.describe)
    assert said["pid"] != os.getpid()
    assert said["niceness"] == min(19, os.nice(0) + 10)
    assert said["threads"] == "1"
    assert not {"streamlit", "plotly", "pytest"}.intersection(said["modules"])
    known = {worker.process.pid for worker in pool._workers if worker.process}
    assert said["pid"] in known
    assert len(known) == pool.WORKERS
    assert outcome(working.describe)["pid"] in known


@pytest.mark.parametrize(
    "value", [None, "", b"x" * 10_000_000, {"a": np.arange(3)}], ids=["none", "empty", "10 MB", "array"]
)
def test_what_is_worked_out_comes_back(value: object) -> None:
    assert_equal(outcome(partial(working.echo, value)), value)


def test_progress_is_heard(tmp_path: Path) -> None:
    file = tmp_path / "go"
    job = begin(partial(working.wait_for, file))
    until(lambda: job.started and job.share == 0.25)
    file.touch()
    assert job.done.wait(SECONDS)
    assert job.result == "done"
    pool.leave(job)


def test_failures_come_back_as_themselves() -> None:
    with pytest.raises(ParameterError, match=r"slope must be a number above 0 to 1, not 2") as caught:
        outcome(working.refuse)
    assert (caught.value.name, caught.value.value, caught.value.low, caught.value.open_low) == ("slope", 2, 0, True)
    assert "working.py" in caught.value.__notes__[0]


def test_a_failure_that_cannot_travel_comes_back_in_words() -> None:
    with pytest.raises(RuntimeError, match="StubbornError: 1 and 2"):
        outcome(working.refuse_stubbornly)
    with pytest.raises(Exception, match="pickle"):
        outcome(working.give_a_function)
    with pytest.raises(Exception, match="pickle"):
        outcome(lambda progress: None)
    assert outcome(partial(working.echo, 1)) == 1


def test_those_who_ask_for_the_same_wait_for_one_job(tmp_path: Path) -> None:
    file = tmp_path / "go"
    heard: list[str] = []
    jobs = [pool.want("key", partial(working.wait_for, file), heard.append) for _ in range(3)]
    assert jobs[0] is jobs[1] is jobs[2]
    file.touch()
    assert jobs[0].done.wait(SECONDS)
    assert heard == ["done"]
    for job in jobs:
        pool.leave(job)
    assert outcome(partial(working.echo, 1)) == 1  # under the same key: that job is over


def test_what_is_cancelled_ends_at_once_unless_others_wait(tmp_path: Path) -> None:
    file = tmp_path / "go"
    mine, other = (begin(partial(working.wait_for, file)) for _ in range(2))
    process = process_of(file)
    pool.leave(mine)
    pool.cancel("key")
    assert alive(process)
    assert not other.given_up
    pool.leave(other)
    pool.cancel("key")
    assert other.given_up
    until(lambda: not alive(process))
    assert outcome(partial(working.echo, 1)) == 1


def test_work_that_nobody_waits_for_is_given_up_after_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "GRACE", 0.05)
    file = tmp_path / "go"
    job = begin(partial(working.wait_for, file))
    process = process_of(file)
    pool.leave(job)
    assert begin(partial(working.wait_for, file)) is job  # asked for again within the moment
    time.sleep(4 * pool.GRACE)
    assert alive(process)
    pool.leave(job)
    until(lambda: not alive(process))
    assert job.given_up


def test_work_beyond_the_processes_waits_for_its_turn(tmp_path: Path) -> None:
    files = [tmp_path / str(number) for number in range(pool.WORKERS + 2)]
    jobs = [begin(partial(working.wait_for, file), file) for file in files]
    for file in files[: pool.WORKERS]:
        process_of(file)
    assert [job.started for job in jobs] == [True] * pool.WORKERS + [False, False]
    pool.leave(jobs[-2])
    pool.cancel(files[-2])  # before it has begun
    for file in files:
        file.touch()
    assert jobs[-1].done.wait(SECONDS)
    assert not files[-2].with_suffix(".pid").exists()
    for job in (*jobs[:-2], jobs[-1]):
        assert job.done.wait(SECONDS)
        pool.leave(job)


def test_a_process_that_dies_is_replaced(tmp_path: Path) -> None:
    assert outcome(partial(working.die_once, tmp_path / "died")) == "done"
    with pytest.raises(pool.WorkerDiedError):
        outcome(working.die)
    assert outcome(partial(working.echo, 1)) == 1


def test_a_process_that_dies_idle_is_replaced() -> None:
    outcome(working.describe)
    for worker in pool._workers:
        if worker.process:
            worker.process.kill()
            worker.process.wait()
    assert outcome(partial(working.echo, 1)) == 1


def test_without_processes_work_is_done_here_and_said_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("no processes")

    job = pool.Job("key", partial(working.echo, 7), lambda result: None)
    worker = pool._Worker()
    monkeypatch.setattr("subprocess.Popen", fail)
    assert worker._do(job) == 7
    assert (job.share, len(caplog.records)) == (0.5, 1)


@pytest.mark.parametrize("end", ["kill", "terminate"])
def test_no_process_outlives_the_server(tmp_path: Path, end: str) -> None:
    file = tmp_path / "go"
    program = f"""
from functools import partial
from pathlib import Path
from tests.ui import working
from ui import pool
pool.want("key", partial(working.wait_for, Path({str(file)!r})), print).done.wait()
"""
    server = subprocess.Popen([sys.executable, "-c", program], cwd=pool.ROOT)
    process = process_of(file)
    getattr(server, end)()
    server.wait()
    until(lambda: not alive(process))


def test_jobs_are_told_apart_even_when_they_are_gone() -> None:
    # a button's key is made of the number, and a gone job's place in memory may be the next one's
    numbers = {pool.Job("key", str, print).number for _ in range(9)}
    assert len(numbers) == 9
