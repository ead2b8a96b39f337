"""A model's parts in a row as a small SVG picture: its layers of weights, and the curves of the functions between them.

It carries no words, so it needs no language; the ground is left clear for light and dark alike.
"""

from collections.abc import Sequence

import numpy as np

import activations
from figures import style

WIDTH, HEIGHT = 480, 104
SIDE, GAP = 40, 13  # of a part's tile, and between two of them: nine fit
_TOP = 34  # of the tiles
_MIDDLE = _TOP + SIDE / 2
_POINTS = 49
_SHARES = (0.9, 0.45, 0.2, 0.1)  # the bars that stand for softmax: a distribution, exact numbers elsewhere
_GREY = f'stroke="{style.GREY}" stroke-width="2.5" fill="none"'


def strip(parts: Sequence[str], arcs: Sequence[tuple[int, int]] = ()) -> str:
    """The parts from left to right, each the name of a function, "softmax", "weights", "add" or "multiply".

    An arc leads from behind one part (−1: from the input) into another; one that leads back is drawn below,
    one inside of another lower than that.
    """
    width = len(parts) * SIDE + (len(parts) + 1) * GAP
    left = (WIDTH - width) / 2 + GAP
    starts = [left + index * (SIDE + GAP) for index in range(len(parts))]
    gaps = [left - GAP, *(start + SIDE for start in starts)]
    wires = "".join(f"M{gap:.1f} {_MIDDLE:.1f}h{GAP}" for gap in gaps)
    arched = "".join(_arc(gaps[source + 1] + GAP / 2, starts, target, source, arcs) for source, target in arcs)
    tiles = "".join(_tile(part, start) for part, start in zip(parts, starts, strict=True))
    body = f'<path d="{wires}{arched}" {_GREY}/>{tiles}'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{body}</svg>'


def _arc(begin: float, starts: Sequence[float], target: int, source: int, arcs: Sequence[tuple[int, int]]) -> str:
    """A wire around: above and down into its part, or, back in time, below and up before the part it leads to."""
    if target > source:
        high = 23 if any(begins < source and target < ends for begins, ends in arcs) else 12
        return f"M{begin:.1f} {_MIDDLE:.1f}V{high}H{starts[target] + SIDE / 2:.1f}V{_TOP + SIDE / 2 - 11:.1f}"
    return f"M{begin:.1f} {_MIDDLE:.1f}V{HEIGHT - 12}H{starts[target + 1] - GAP / 2:.1f}V{_MIDDLE:.1f}"


def _tile(part: str, left: float) -> str:
    if part in ("add", "multiply"):
        x, arm = left + SIDE / 2, 6.0
        cross = f"M{x - arm:.1f} {_MIDDLE:.1f}h{2 * arm:.1f}M{x:.1f} {_MIDDLE - arm:.1f}v{2 * arm:.1f}"
        if part == "multiply":
            arm = 4.5
            cross = "".join(
                f"M{x - arm:.1f} {_MIDDLE - slope * arm:.1f}l{2 * arm:.1f} {2 * slope * arm:.1f}" for slope in (1, -1)
            )
        ends = f"M{left:.1f} {_MIDDLE:.1f}H{x - 11:.1f}M{x + 11:.1f} {_MIDDLE:.1f}H{left + SIDE:.1f}"
        return f'<circle cx="{x:.1f}" cy="{_MIDDLE:.1f}" r="11" {_GREY}/><path d="{cross}{ends}" {_GREY}/>'
    if part == "weights":
        dots = "".join(
            f'<circle cx="{left + x:.1f}" cy="{_TOP + y}" r="3.6" fill="{style.GREY}"/>'
            for x in (9, 20, 31)
            for y in (9, 20, 31)
        )
        return _frame(left, style.GREY) + dots
    if part == "softmax":
        bars = "".join(
            f'<rect x="{left + 6 + 7.5 * index:.1f}" y="{_TOP + SIDE - 5 - 29 * share:.1f}" width="5.5" '
            f'height="{29 * share:.1f}" fill="{style.GREEN}"/>'
            for index, share in enumerate(_SHARES)
        )
        return _frame(left, style.GREEN) + bars
    return _frame(left, style.BLUE) + _curve(part, left)


def _frame(left: float, colour: str) -> str:
    return (
        f'<rect x="{left:.1f}" y="{_TOP}" width="{SIDE}" height="{SIDE}" rx="7" fill="none" stroke="{colour}" '
        f'stroke-width="2.5"/>'
    )


def _curve(name: str, left: float) -> str:
    f = activations.get(name)
    reach = max([4.0, *(1.5 * abs(kink) for kink in f.facts.kinks)])
    x = np.linspace(-reach, reach, _POINTS)
    y = np.asarray(f(x))
    across = left + 5 + (SIDE - 10) * (x + reach) / (2 * reach)
    up = _TOP + SIDE - 7 - (SIDE - 14) * (y - y.min()) / (y.max() - y.min())
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across.tolist(), up.tolist(), strict=True))
    return f'<polyline points="{points}" fill="none" stroke="{style.BLUE}" stroke-width="3" stroke-linejoin="round"/>'
