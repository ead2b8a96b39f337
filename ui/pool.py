"""Long work in processes of its own: in a thread its many small NumPy calls would hold up every reader's script.

A piece of work is a `functools.partial` of a function of the core that takes one more argument, a
function to report its progress to. Who asks for the same key at the same time waits for the same job.
A process is killed when nobody waits for its job any more, and another one is started in its place.
"""

import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Hashable
from contextlib import suppress
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock, Thread, Timer
from typing import Any

from ui import worker

Work = Callable[[Callable[[float], None]], Any]

WORKERS = 2
GRACE = 0.5  # seconds that work goes on unwanted: a change that does not concern it asks for it again at once
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM")}
ROOT = Path(__file__).parents[1]


class WorkerDiedError(RuntimeError):
    """A worker process died over a piece of work, and another one again."""


class _GivenUpError(Exception):
    """Nobody waits for the work any more."""


_numbers = count()


class Job:
    """A piece of work on its way, with a number of its own.

    `share` of it is done, and after `done` there is a `result` or an `error`.
    """

    def __init__(self, key: Hashable, work: Work, finished: Callable[[Any], None]) -> None:
        self.key, self.work, self.finished = key, work, finished
        self.number = next(_numbers)
        self.started, self.share = False, 0.0
        self.done = Event()
        self.result: Any = None
        self.error: Exception | None = None
        self.wanted = 0
        self.given_up = False
        self.worker: _Worker | None = None

    def report(self, share: float) -> None:
        """Hear how much of the work is done."""
        self.share = share
        if self.given_up:
            raise _GivenUpError


_jobs: dict[Hashable, Job] = {}
_waiting: SimpleQueue[Job] = SimpleQueue()
_workers: list["_Worker"] = []
_lock = Lock()


def want(key: Hashable, work: Work, finished: Callable[[Any], None]) -> Job:
    """The job under `key`, which is begun unless it is on its way; `finished` hears its result. `leave` it after."""
    with _lock:
        if key not in _jobs:
            _jobs[key] = Job(key, work, finished)
            _waiting.put(_jobs[key])
            while len(_workers) < WORKERS:
                _workers.append(_Worker())
                _workers[-1].start()
        _jobs[key].wanted += 1
        return _jobs[key]


def leave(job: Job) -> None:
    """Wait for `job` no longer; it goes on if others wait for it, or do so soon."""
    with _lock:
        job.wanted -= 1
    if not job.done.is_set():
        timer = Timer(GRACE, _give_up, [job])
        timer.daemon = True
        timer.start()


def cancel(key: Hashable) -> None:
    """End the job under `key` at once, unless others wait for it."""
    if key in _jobs:
        _give_up(_jobs[key])


def _give_up(job: Job) -> None:
    with _lock:
        if job.wanted or job.given_up or _jobs.get(job.key) is not job:
            return
        job.given_up = True
        del _jobs[job.key]
        if job.worker:
            job.worker.kill()


class _Worker(Thread):
    """A process that works, and the thread that speaks with it."""

    def __init__(self) -> None:
        super().__init__(daemon=True, name="worker")
        self.process: subprocess.Popen[bytes] | None = None

    def kill(self) -> None:
        if self.process:
            self.process.kill()

    def run(self) -> None:
        while True:
            self._start()  # before there is anything to do, so that it is warm
            job = _waiting.get()
            with _lock:
                if job.given_up:
                    continue
                job.worker, job.started = self, True
            try:
                job.result = self._do(job)
                job.finished(job.result)
            except Exception as error:
                job.error = error
            with _lock:
                job.worker = None
                if not job.given_up:
                    del _jobs[job.key]
            job.done.set()

    def _do(self, job: Job) -> Any:
        for _ in range(2):
            self._start()
            if not self.process:
                return job.work(job.report)
            try:
                kind, told = self._ask(job)
            except (EOFError, OSError):
                self._end()
                if job.given_up:
                    raise _GivenUpError from None
                continue
            if kind == "failed":
                raise told
            return told
        raise WorkerDiedError(f"the worker died twice over {job.key!r}")

    def _ask(self, job: Job) -> tuple[str, Any]:
        """What the process makes of the work; EOFError or OSError if it dies."""
        worker.send(self.process.stdin, job.work)
        while True:
            kind, told = pickle.loads(worker.receive(self.process.stdout))
            if kind != "share":
                return kind, told
            job.share = told

    def _start(self) -> None:
        if self.process and self.process.poll() is None:
            return
        self._end()
        try:
            # In a session of its own: Ctrl-C in the terminal is for the server, and with it the workers go.
            self.process = subprocess.Popen(
                [sys.executable, "-m", worker.__name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=ROOT,
                env=os.environ | ONE_THREAD,
                start_new_session=True,
            )
        except OSError as error:
            logging.getLogger(__name__).warning("no worker process can be started, work is done here: %s", error)

    def _end(self) -> None:
        if self.process:
            with suppress(OSError), self.process:
                self.process.kill()
        self.process = None
