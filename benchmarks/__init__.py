"""What `make bench` runs: ratios, each measured side by side in one run, never an absolute promise.

A bench is a module here with `TITLE` and `run(app)`, which yields `Row`s; its line in
`benchmarks/__main__.py` puts it into the table.
"""

from dataclasses import dataclass
from pathlib import Path

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
