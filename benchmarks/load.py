"""Many readers at once: how long a moved handle waits for the server, against an empty app's rerun in the same run."""

import asyncio
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

from benchmarks import EMPTY_APP, Row, percentile
from benchmarks.reader import Reader, Scenario, moves, query, reading, typed
from benchmarks.server import Server, serve

TITLE = "Load: what the server answers while many read"

READERS = int(os.environ.get("READERS", "200"))
PAUSE = (2.0, 4.0)  # seconds between two moves of one reader
ROUND_SECONDS = 12.0
ROUNDS = 2  # each round measures every server, turn about, so that a slow moment of the machine hits all

EMPTY = query("empty app", "", "x={}")

# What the readers of the app do, a reader each in turn: three move one handle, so that nothing is asked of the
# server; three move several, whose films change with each other; two type numbers, which needs runs of the script.
CROWD = (
    moves("sigmoid", "sigmoid", "x"),
    moves("leaky_relu", "leaky_relu", "alpha", "x"),
    typed("relu", "relu", "x"),
    moves("softmax", "softmax", "t", "z0", "z1"),
    moves("tanh", "tanh", "x"),
    moves("softmax", "softmax", "z2", "t"),
    moves("gelu", "gelu", "x"),
    typed("leaky_relu", "leaky_relu", "alpha", "x"),
)
EVERYONE = "a move among readers of eight instruments"
SCENARIOS = (
    typed("/sigmoid, x typed", "sigmoid", "x"),
    typed("/leaky_relu, alpha typed", "leaky_relu", "alpha"),
)


def run(app: Path) -> Iterator[Row]:
    """Measure the crowd, the same with all of it on one handle, and the empty app, turn about."""
    with ExitStack() as stack:
        empty = stack.enter_context(serve(EMPTY_APP))
        ours = stack.enter_context(serve(app))
        turns = {
            EMPTY.name: (empty, (EMPTY,)),
            EVERYONE: (ours, CROWD),
            **{f"all on {scenario.name}": (ours, (scenario,)) for scenario in SCENARIOS},
        }
        times = asyncio.run(measure(turns))
        ours.check()
    floor = times.pop(EMPTY.name)
    for name, found in times.items():
        for share, goal in ((0.5, "≤ 2 ×"), (0.95, "≤ 150 ms")):
            what = f"{name}: p{round(100 * share)} of {READERS} readers"
            yield Row(what, 1e3 * percentile(found, share), 1e3 * percentile(floor, share), "ms", goal)


async def measure(
    turns: Mapping[str, tuple[Server, Sequence[Scenario]]],
    readers: int = READERS,
    rounds: int = ROUNDS,
    seconds: float = ROUND_SECONDS,
) -> dict[str, list[float]]:
    """The seconds of every answer, by the name of the turn; only one server is under load at a time."""
    times: dict[str, list[float]] = {name: [] for name in turns}
    for _ in range(rounds):
        for name, (server, scenarios) in turns.items():
            times[name] += await crowd(server, scenarios, readers, seconds)
    return times


async def crowd(server: Server, scenarios: Sequence[Scenario], readers: int, seconds: float) -> list[float]:
    """The seconds of every answer to so many readers, who move handles for so long, each as one of `scenarios`."""
    async with AsyncExitStack() as stack:
        crowd = [
            await stack.enter_async_context(reading(server.url, scenarios[number % len(scenarios)], number))
            for number in range(readers)
        ]
        found = await asyncio.gather(*(_read(reader, seconds) for reader in crowd))
    return [time for times in found for time in times]


async def _read(reader: Reader, seconds: float) -> list[float]:
    """Move a handle every few seconds, as a person would; return how long each answer took."""
    chance = random.Random(reader.number)  # the same crowd in every run
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    times: list[float] = []
    await asyncio.sleep(chance.uniform(0, PAUSE[1]))
    while loop.time() < end:
        if (seconds_waited := await reader.move()) is not None:
            times.append(seconds_waited)
        await asyncio.sleep(chance.uniform(*PAUSE))
    return times
