"""CPU of one script run of a page: the whole server process, driven over a websocket, against an empty app.

The process's own clock is read before and after, so that everything counts: the script, encoding
its messages, the event loop, and whatever Streamlit does after the run. What the process uses while
nobody reads is measured too and taken off.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks import EMPTY_APP, Row
from benchmarks.load import EMPTY, SCENARIOS
from benchmarks.reader import Scenario, query, reading
from benchmarks.server import Server, serve

TITLE = "Script run: CPU of the server"

RUNS = 60  # the process clock ticks every 10 ms: 60 runs of 3 ms are known to 6 %
ROUNDS = 3
IDLE_SECONDS = 2.0

# A whole page is run when it is opened or its language changes; a release runs only the handles' part of it.
WHOLE = (query("/sigmoid, whole page", "sigmoid", "x=2"), query("/, whole page", "", ""))
SAME_FILM, NEW_FILMS = SCENARIOS


def run(app: Path) -> Iterator[Row]:
    """Measure every scenario and the empty app, turn about."""
    ours = [(SAME_FILM, "≤ 10 ms"), (NEW_FILMS, "≤ 60 ms"), *((scenario, "") for scenario in WHOLE)]
    with ExitStack() as stack:
        empty_server = stack.enter_context(serve(EMPTY_APP))
        server = stack.enter_context(serve(app))
        turns = [(empty_server, EMPTY), *((server, scenario) for scenario, _ in ours)]
        cpu = asyncio.run(measure(turns))
    for scenario, goal in ours:
        yield Row(f"{scenario.name}: CPU a run", cpu[scenario.name], cpu[EMPTY.name], "ms", goal)


async def measure(turns: list[tuple[Server, Scenario]], rounds: int = ROUNDS, runs: int = RUNS) -> dict[str, float]:
    """Milliseconds of CPU a run, by scenario: the median of the rounds."""
    found: dict[str, list[float]] = {scenario.name: [] for _, scenario in turns}
    for _ in range(rounds):
        for server, scenario in turns:
            found[scenario.name].append(await _one(server, scenario, runs))
    return {name: sorted(values)[len(values) // 2] for name, values in found.items()}


async def _one(server: Server, scenario: Scenario, runs: int) -> float:
    async with reading(server.url, scenario) as reader:
        for _ in range(5):  # caches fill, modules load
            await reader.move()
        idle = await _idle_share(server)
        wall, cpu = time.perf_counter(), server.cpu_seconds()
        for _ in range(runs):
            await reader.move()
        await asyncio.sleep(0.2)  # what is done after the last run belongs to it
        wall, cpu = time.perf_counter() - wall, server.cpu_seconds() - cpu
    return max(0.0, 1e3 * (cpu - idle * wall) / runs)


async def _idle_share(server: Server) -> float:
    start, cpu = time.perf_counter(), server.cpu_seconds()
    await asyncio.sleep(IDLE_SECONDS)
    return (server.cpu_seconds() - cpu) / (time.perf_counter() - start)
