"""Long work for one reader: how long released handles of others wait meanwhile, against their quiet time."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from benchmarks import Row, percentile
from benchmarks.load import SCENARIOS, crowd
from benchmarks.reader import Reader, Scenario, query, reading
from benchmarks.server import Server, serve

TITLE = "Long work: a rerun of 20 readers while another's goes on"

READERS = 20
ROUND_SECONDS = 12.0
ROUNDS = 2  # each measures both, turn about

# The work that goes on: every rerun asks for another run of the playground, which takes seconds of a core.
WORK = query("/train", "train", "run=1&n=1000&epochs=2000&rate={}")


def run(app: Path) -> Iterator[Row]:
    """Measure every scenario of the load with and without the work."""
    with serve(app) as server:
        for scenario in SCENARIOS:
            quiet: list[float] = []
            busy: list[float] = []
            for turn in range(ROUNDS):
                quiet += asyncio.run(crowd(server, (scenario,), READERS, ROUND_SECONDS))
                busy += asyncio.run(_while_working(server, turn + ROUNDS * SCENARIOS.index(scenario), scenario))
            for share in (0.5, 0.95):
                what = f"{scenario.name}: p{round(100 * share)}"
                yield Row(what, 1e3 * percentile(busy, share), 1e3 * percentile(quiet, share), "ms", "≤ 2 ×")
        server.check()


async def _while_working(server: Server, number: int, scenario: Scenario) -> list[float]:
    """The seconds of the crowd's reruns, while the reader `number` asks for work after work."""
    async with reading(server.url, WORK, number) as worker:
        working = asyncio.create_task(_work(worker))
        times = await crowd(server, (scenario,), READERS, ROUND_SECONDS)
        assert not working.done(), "the work has ended before the readers"
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
    return times


async def _work(worker: Reader) -> None:
    while True:
        await worker.move()
