"""Print one table of all benches, or of those named: `python -m benchmarks [core] [depth] [load]`."""

import argparse
import importlib
import os
import platform
from pathlib import Path

from benchmarks import APP, Row

# In the order of the table. A bench that needs no server comes first; what loads the machine comes last.
WITHOUT_APP = (
    *("core", "depth", "playground", "dead_relu"),
    *("lstm", "convolution", "residual", "attention", "classifier"),
)
NAMES = (*WITHOUT_APP, "script_run", "browser", "long_work", "load")


def main() -> None:
    """Run the benches and print their rows as they come."""
    there = [name for name in NAMES if Path(__file__).with_name(f"{name}.py").is_file()]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(there)}; all when none is named")
    parser.add_argument("--app", type=Path, default=APP, help="the app to measure")
    arguments = parser.parse_args()
    unknown = set(arguments.names).difference(there)
    if unknown:
        parser.error(f"no bench {', '.join(sorted(unknown))}; there are {', '.join(there)}")

    print(f"# {machine()}")
    for name in [name for name in there if name in arguments.names] or there:
        bench = importlib.import_module(f"benchmarks.{name}")
        print(f"\n{bench.TITLE}\n{'':<46}{'ours':>10}{'against':>10}{'':<5}{'ratio':>8}  goal", flush=True)
        if name not in WITHOUT_APP and not arguments.app.is_file():
            print(f"  not measured: {arguments.app.name} is not there")
            continue
        for row in bench.run(arguments.app):
            print(line(row), flush=True)


def line(row: Row) -> str:
    """One row of the table."""
    against = "" if row.against is None else f"{row.against:.2f}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f} ×"
    return f"  {row.what:<44}{row.ours:>10.2f}{against:>10} {row.unit:<4}{ratio:>8}  {row.goal}".rstrip()


def machine() -> str:
    """The size of this machine, without which no number says anything."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    # The cores this process may use: in a container fewer than the machine has.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{cores} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


if __name__ == "__main__":
    main()
