"""The other side of ui/pool.py: a process that does one piece of work after the other, `python -m ui.worker`.

It imports what the work needs and nothing else, so that it is there quickly. It reads works, callables
that take a function to report their progress to, and answers with pairs: ("share", done), then ("done",
result) or ("failed", exception). A message is a pickle behind its length, eight bytes little-endian.
"""

import os
import pickle
import sys
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from traceback import format_exc
from typing import Any, BinaryIO

BETWEEN = 0.05  # seconds between two reports: more often than a progress bar moves, they only cost
NICENESS = 10  # readers' scripts go first


def send(stream: BinaryIO, message: Any) -> None:
    """Write a message; what cannot be pickled is refused before anything is written."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(len(data).to_bytes(8, "little") + data)
    stream.flush()


def receive(stream: BinaryIO) -> bytes:
    """Read a message, still pickled; EOFError if the other side is gone."""
    length = int.from_bytes(_exactly(stream, 8), "little")
    return _exactly(stream, length)


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def main() -> None:
    """Work until nobody asks any more."""
    # What the work prints must not get between the messages.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    asked: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(asked,), daemon=True).start()
    while True:
        _answer(answers, asked.get())


def _listen(asked: SimpleQueue[bytes]) -> None:
    """Hear at any time that the server is gone, and be gone then, in the middle of the work if need be."""
    try:
        while True:
            asked.put(receive(sys.stdin.buffer))
    except EOFError:
        os._exit(0)


def _answer(answers: BinaryIO, asked: bytes) -> None:
    try:
        work: Callable[[Callable[[float], None]], Any] = pickle.loads(asked)
        send(answers, ("done", work(_Report(answers))))
    except Exception as error:
        error.add_note(f"in the worker:\n{format_exc()}")
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # an exception that cannot travel: its words can
            error = RuntimeError("".join(error.__notes__))
        send(answers, ("failed", error))


class _Report:
    """What the work reports its progress to."""

    def __init__(self, answers: BinaryIO) -> None:
        self.answers, self.last = answers, monotonic()

    def __call__(self, share: float) -> None:
        now = monotonic()
        if now - self.last > BETWEEN:
            self.last = now
            send(self.answers, ("share", float(share)))


if __name__ == "__main__":
    main()
