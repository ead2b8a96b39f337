"""Many readers at once: how long a released handle waits, against an empty app in the same run."""

import asyncio
import os
import random
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

from benchmarks import EMPTY_APP, Row, percentile
from benchmarks.reader import Reader, Scenario, query, reading, release
from benchmarks.server import Server, serve

TITLE = "Load: a rerun while many read"

READERS = int(os.environ.get("READERS", "200"))
PAUSE = (2.0, 4.0)  # seconds between two releases of one reader
ROUND_SECONDS = 12.0
ROUNDS = 2  # each round measures every server, turn about, so that a slow moment of the machine hits all

EMPTY = query("empty app", "", "x={}")

# What the readers of the app do; a page with more handles gets its line here.
SCENARIOS = (
    release("/sigmoid, x released", "sigmoid", "x"),
    release("/leaky_relu, alpha released", "leaky_relu", "alpha"),
)


def run(app: Path) -> Iterator[Row]:
    """Measure every scenario and the empty app, turn about."""
    with ExitStack() as stack:
        empty = stack.enter_context(serve(EMPTY_APP))
        ours = stack.enter_context(serve(app))
        turns = [(empty, EMPTY), *((ours, scenario) for scenario in SCENARIOS)]
        times = asyncio.run(measure(turns))
        ours.check()
    floor = times[EMPTY.name]
    for scenario in SCENARIOS:
        for share, goal in ((0.5, "≤ 2 ×"), (0.95, "≤ 150 ms")):
            what = f"{scenario.name}: p{round(100 * share)} of {READERS} readers"
            yield Row(what, 1e3 * percentile(times[scenario.name], share), 1e3 * percentile(floor, share), "ms", goal)


async def measure(
    turns: Sequence[tuple[Server, Scenario]],
    readers: int = READERS,
    rounds: int = ROUNDS,
    seconds: float = ROUND_SECONDS,
) -> dict[str, list[float]]:
    """The seconds of every rerun, by scenario; only one server is under load at a time."""
    times: dict[str, list[float]] = {scenario.name: [] for _, scenario in turns}
    for _ in range(rounds):
        for server, scenario in turns:
            times[scenario.name] += await crowd(server, scenario, readers, seconds)
    return times


async def crowd(server: Server, scenario: Scenario, readers: int, seconds: float) -> list[float]:
    """The seconds of every rerun of so many readers who release a handle for so long."""
    async with AsyncExitStack() as stack:
        crowd = [await stack.enter_async_context(reading(server.url, scenario, number)) for number in range(readers)]
        found = await asyncio.gather(*(_read(reader, seconds) for reader in crowd))
    return [time for times in found for time in times]


async def _read(reader: Reader, seconds: float) -> list[float]:
    """Release a handle every few seconds, as a person would; return how long each release took."""
    chance = random.Random(reader.number)  # the same crowd in every run
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    times: list[float] = []
    await asyncio.sleep(chance.uniform(0, PAUSE[1]))
    while loop.time() < end:
        times.append(await reader.rerun())
        await asyncio.sleep(chance.uniform(*PAUSE))
    return times
