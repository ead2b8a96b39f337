"""The cell as a drawing: a wire for every number of one step, with the number on it, and gates that open and close.

The numbers are slots, which films fill (figures/lstm.py); so is the width of what shows how far a gate is
open. The drawing itself is SVG, as wide as its place; it carries no words, so it needs no language.
"""

from collections.abc import Mapping

from activations.experiments.lstm import CANDIDATES, Kind
from figures import style

WIDTH, HEIGHT = 720, 400
BOX = 100  # how wide a gate is drawn: all of it is filled where the gate is open
_HIGH, _LETTERS = 50, 28  # of a gate; letters that can be read from the last row

# Colours and dashes of what a step works out, the same in the drawing and in the charts.
LINES: Mapping[str, Mapping[str, str]] = {
    "f": {"color": style.BLUE, "dash": "solid"},
    "i": {"color": style.GREEN, "dash": "dash"},
    "o": {"color": style.PURPLE, "dash": "dashdot"},
    "g": {"color": style.VERMILLION, "dash": "dot"},
    "r": {"color": style.GREEN, "dash": "dash"},
    "z": {"color": style.BLUE, "dash": "solid"},
    "n": {"color": style.VERMILLION, "dash": "dot"},
    "c": {"color": "#7766FF", "dash": "solid"},
    "h": {"color": "#8C564B", "dash": "dash"},
}


def diagram(kind: Kind, described: str) -> str:
    """The drawing of one step, as markup for a readout. `described`: what it shows, for those who do not see it.

    Slots: x, h0 and c0 (before the step), h1 and c1 (after it), for each gate its pre-activation (p_f), its
    value (v_f), and the width and start of its filling (w_f, s_f), and the products on the wires between.
    """
    body = _lstm() if kind == "lstm" else _gru("h" if kind == "gru_before" else "u h + b′")
    return (
        f'<svg class="cell" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{described}" '
        f'font-size="{_LETTERS}" fill="currentColor">{body}</svg>'
    )


def _lstm() -> str:
    f, i, g, o, top, bottom = 190, 320, 450, 570, 70, 362
    middle = (i + g) // 2
    wires = [
        _wire("c", f"M10 {top}H{WIDTH - 12}", arrow=True),
        _wire("f", f"M{f} 262V{top + 20}"),
        _wire("i", f"M{i} 262V150H{middle - 20}"),
        _wire("g", f"M{g} 262V150H{middle + 20}"),
        _wire("c", f"M{middle} 130V{top + 20}"),
        _wire("c", f"M{o} {top}V105"),
        _wire("h", f"M{o} 145V170M{o} 190H{WIDTH - 12}", arrow=True),
        _wire("o", f"M{o} 262V210"),
        _bus([f, i, g, o], bottom, 312),
    ]
    places = {"f": f, "i": i, "g": g, "o": o}
    gates = [_gate(name, x, 262) for name, x in places.items()]
    signs = [
        _sign("×", f, top),
        _sign("+", middle, top),
        _sign("×", middle, 150),
        _sign("×", o, 190),
        _small("φ", o, 125),
    ]
    numbers = [
        _number("c0", 8, 44, letter="cₜ₋₁"),
        _number("fc", (f + middle) // 2, 56, anchor="middle"),
        _number("c1", WIDTH - 8, 44, letter="cₜ", anchor="end"),
        _number("ig", middle + 10, 122),
        _number("phi", o - 12, 165, anchor="end"),
        _number("h1", WIDTH - 8, 178, letter="hₜ", anchor="end"),
        *(_number(f"v_{name}", x + 9, 250) for name, x in places.items()),
        *(_number(f"p_{name}", x + 9, 344) for name, x in places.items()),
        *_inputs(),
    ]
    return "".join(wires + gates + signs + numbers)


def _gru(entering: str) -> str:
    z, r, n, top, bottom, gate, times = 90, 220, 540, 70, 362, 250, 430
    height = 318  # of the reset gate’s product
    wires = [
        _wire("h", f"M10 {top}H{WIDTH - 12}", arrow=True),
        _wire("z", f"M{z} {gate}V{top + 20}M{z} 150H{n - 20}"),
        _wire("n", f"M{n} {gate}V{top + 20}"),
        _wire("r", f"M{r} {gate}V225H{times}V{height - 20}"),
        _wire("h", f"M{times} {bottom}V{height}H{n - 24}V{gate + _HIGH}"),
        _bus([z, r, n + 20], bottom, gate + _HIGH),
    ]
    places = {"z": z, "r": r, "n": n}
    gates = [_gate(name, x, gate) for name, x in places.items()]
    signs = [
        _sign("×", z, top),
        _sign("+", n, top),
        _sign("×", n, 150),
        _sign("1−", 190, 150),
        _sign("×", times, height),
    ]
    numbers = [
        _number("h0", 8, 44, letter="hₜ₋₁"),
        _number("zh", (z + n) // 2, 56, anchor="middle"),
        _number("h1", WIDTH - 8, 44, letter="hₜ", anchor="end"),
        _number("open", 222, 140),
        _number("zn", n + 10, 120),
        _number("v_z", z + 9, 238),
        _number("v_r", r + 9, 214),
        _number("v_n", n + 9, 238),
        _number("p_z", z + 9, 340),
        _number("p_r", r + 9, 340),
        _number("p_n", n + 30, 340),
        _number("reset", times - 26, height - 6, anchor="end"),
        f'<text x="{times + 14}" y="{bottom - 9}" font-style="italic">{entering}</text>',
        *_inputs(),
    ]
    return "".join(wires + gates + signs + numbers)


def _inputs() -> list[str]:
    return [_number("x", 10, 394, letter="xₜ"), _number("h0", 250, 394, letter="hₜ₋₁")]


def _wire(name: str, path: str, arrow: bool = False) -> str:
    head = ""
    if arrow:
        y = path.rpartition("M")[2].partition("H")[0].split()[-1]
        head = f"M{WIDTH - 24} {int(y) - 9}L{WIDTH - 11} {y}L{WIDTH - 24} {int(y) + 9}"
    return f'<path d="{path}{head}" fill="none" stroke="{LINES[name]["color"]}" stroke-width="4"/>'


def _bus(taps: list[int], y: int, up: int) -> str:
    """The wire at the bottom, which takes x and h to every gate."""
    path = f"M10 {y}H{max(taps)}" + "".join(f"M{x} {y}V{up}" for x in taps)
    return f'<path d="{path}" fill="none" stroke="{style.GREY}" stroke-width="3"/>'


def _gate(name: str, x: int, y: int) -> str:
    colour, letter = LINES[name]["color"], "φ" if name in CANDIDATES else "σ"
    left = x - BOX // 2
    return (
        f'<rect class="ground" x="{left}" y="{y}" width="{BOX}" height="{_HIGH}" rx="8" stroke="none"/>'
        f'<svg x="{left}" y="{y}" width="{BOX}" height="{_HIGH}"><g data-slot="s_{name}" data-sets="transform">'
        f'<rect data-slot="w_{name}" data-sets="width" height="{_HIGH}" fill="{colour}" fill-opacity="0.4"/></g></svg>'
        f'<rect x="{left}" y="{y}" width="{BOX}" height="{_HIGH}" rx="8" fill="none" stroke="{colour}" '
        f'stroke-width="4"/>'
        f'<text x="{x}" y="{y + 35}" text-anchor="middle"><tspan font-weight="700" font-style="italic">{name}</tspan>'
        f" = {letter}</text>"
    )


def _sign(text: str, x: int, y: int) -> str:
    return (
        f'<circle class="ground" cx="{x}" cy="{y}" r="20" stroke="{style.GREY}" stroke-width="3"/>'
        f'<text x="{x}" y="{y + 10}" text-anchor="middle">{text}</text>'
    )


def _small(text: str, x: int, y: int) -> str:
    return (
        f'<rect class="ground" x="{x - 24}" y="{y - 20}" width="48" height="40" rx="8" '
        f'stroke="{style.GREY}" stroke-width="3"/><text x="{x}" y="{y + 10}" text-anchor="middle">{text}</text>'
    )


def _number(slot: str, x: int, y: int, letter: str = "", anchor: str = "start") -> str:
    before = f'<tspan font-style="italic">{letter}</tspan> ' if letter else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{before}<tspan data-slot="{slot}"></tspan></text>'
