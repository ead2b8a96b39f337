"""The gallery's small pictures: plain SVG drawn from the core's numbers, light enough for thirty a page.

They carry no words, so they need no language; the ground is left clear for light and dark alike.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import activations
from activations import Activation
from activations.experiments import convolution, digits
from activations.experiments.attention import attention_weights, causal
from activations.experiments.datasets import Data
from activations.experiments.lstm import STEPS, Cell, forward, sequence, unit
from activations.experiments.playground import Settings, train
from activations.experiments.sampling import EXAMPLES, next_word
from figures import model_strip, style
from figures.convolution import INK, SIGNED
from figures.picture import places, png
from figures.train import TWO_SIDED

WIDTH, HEIGHT = 320, 150
_SPAN = 4.0  # x from −4 to 4, or as far as the kinks need


def curve(f: Activation) -> str:
    """f solid and f′ dashed, over a span that holds every kink."""
    x = _x(f)
    low, high = _limits([f(x), f.derivative(x)])
    return _svg(
        _axes(low, high)
        + _line(x, f.derivative(x), low, high, style.VERMILLION, dash="7 5")
        + _line(x, f(x), low, high, style.BLUE)
    )


def overlay(functions: Sequence[Activation]) -> str:
    """Several functions over each other."""
    x = np.linspace(-_SPAN, _SPAN, 161)
    low, high = -1.2, 2.2
    lines = (
        _line(x, np.clip(f(x), low, high), low, high, colour)
        for f, colour in zip(functions, style.SERIES, strict=False)
    )
    return _svg(_axes(low, high) + "".join(lines))


def zones(f: Activation, left: float, right: float) -> str:
    """f with the zones left of `left` and right of `right` shaded, where it saturates."""
    x = _x(f)
    low, high = _limits([f(x)])
    left, right = max(left, -_SPAN), min(right, _SPAN)
    shade = "".join(
        f'<rect x="{_across(a):.1f}" y="0" width="{_across(b) - _across(a):.1f}" height="{HEIGHT}" '
        f'fill="{style.GREY}" opacity="0.3"/>'
        for a, b in ((-_SPAN, left), (right, _SPAN))
    )
    return _svg(shade + _axes(low, high) + _line(x, f(x), low, high, style.BLUE))


def bars(probabilities: Sequence[float]) -> str:
    """A probability distribution, its largest bar as high as the picture."""
    step, tallest = WIDTH / len(probabilities), max(probabilities)
    return _svg(
        "".join(
            f'<rect x="{(index + 0.2) * step:.1f}" y="{HEIGHT * (1 - 0.9 * p / tallest):.1f}" width="{0.6 * step:.1f}" '
            f'height="{HEIGHT * 0.9 * p / tallest:.1f}" fill="{style.BLUE}"/>'
            for index, p in enumerate(probabilities)
        )
    )


def units(dead: Iterable[bool]) -> str:
    """A layer of units: full discs are alive, empty rings are dead."""
    discs = []
    for index, is_dead in enumerate(dead):
        x, y = 40 + 40 * (index % 7), 35 + 40 * (index // 7)
        fill = "none" if is_dead else style.BLUE
        discs.append(f'<circle cx="{x}" cy="{y}" r="13" fill="{fill}" stroke="{style.GREY}" stroke-width="2.5"/>')
    return _svg("".join(discs))


def fading(shares: Sequence[float]) -> str:
    """Histograms of a signal that fades, one behind the other: the deeper, the narrower."""
    x = np.linspace(-_SPAN, _SPAN, 161)
    drawn = []
    for index, share in enumerate(shares):
        foot = HEIGHT * (0.42 + 0.56 * index / max(len(shares) - 1, 1))
        bell = foot - 0.38 * HEIGHT * np.exp(-0.5 * (x / (1.3 * share)) ** 2)
        points = " ".join(f"{_across(a):.1f},{b:.1f}" for a, b in zip(x.tolist(), bell.tolist(), strict=True))
        drawn.append(
            f'<polyline points="{points}" fill="{style.BLUE}" fill-opacity="0.25" stroke="{style.BLUE}" '
            f'stroke-width="3" stroke-linejoin="round"/>'
        )
    return _svg("".join(drawn))


def fork() -> str:
    """A path that divides: a question with its answers."""
    ends = "".join(
        f'<circle cx="{x}" cy="122" r="15" fill="{colour}"/>'
        for x, colour in zip((60, 160, 260), (style.BLUE, style.VERMILLION, style.GREEN), strict=True)
    )
    lines = f'<path d="M160 30L60 122M160 30V122M160 30L260 122" stroke="{style.GREY}" stroke-width="3"/>'
    return _svg(f'{lines}<circle cx="160" cy="30" r="18" fill="{style.GREY}"/>{ends}')


def surface() -> str:
    """Two moons of points over what a small network answers."""
    run = train(Settings(data=Data(count=80, noise=0.1), epochs=150, seed=3))
    per_unit = WIDTH / (2 * run.points.half_width)
    cells = run.recording.surface[-1]
    rows = round(len(cells) * HEIGHT / WIDTH / 2)
    middle = len(cells) // 2
    answers = png(cells[middle - rows : middle + rows + 1], TWO_SIDED)
    shapes = []
    for (x, y), label in zip(run.points.positions.tolist(), run.points.labels.tolist(), strict=True):
        across, down = WIDTH / 2 + per_unit * x, HEIGHT / 2 - per_unit * y
        square = f'<rect x="{across - 3.5:.1f}" y="{down - 3.5:.1f}" width="7" height="7" fill="{style.VERMILLION}"/>'
        shapes.append(square if label else f'<circle cx="{across:.1f}" cy="{down:.1f}" r="4" fill="{style.BLUE}"/>')
    ground = f'<image href="{answers}" width="{WIDTH}" height="{HEIGHT}" preserveAspectRatio="none"/>'
    return _svg(ground + "".join(shapes))


def feature_map() -> str:
    """A digit, and beside it what a filter for left edges and ReLU make of it."""
    image = digits.load().images[digits.load().first[3]].reshape(8, 8)
    edges = np.maximum(convolution.by_hand()(image[None])[0, ..., 0], 0.0)
    pictures = (png(places(image, 0, 1)[::-1], INK), png(places(edges, -2, 2)[::-1], SIGNED))
    return _svg(
        "".join(
            f'<image href="{picture}" x="{x}" y="8" width="134" height="134" style="image-rendering: pixelated"/>'
            f'<rect x="{x}" y="8" width="134" height="134" fill="none" stroke="{style.GREY}" stroke-width="2"/>'
            for picture, x in zip(pictures, (14, 172), strict=True)
        )
    )


def chains() -> str:
    """Two models in a row each: one of convolutions with a connection around, one recurrent."""
    rows = (
        model_strip.strip(("weights", "relu", "weights", "add", "relu", "softmax"), ((0, 3),)),
        model_strip.strip(("weights", "sigmoid", "tanh", "add", "tanh"), ((4, -1),)),
    )
    return _svg(
        "".join(f'<svg y="{75 * index}" width="{WIDTH}" height="75">{row}</svg>' for index, row in enumerate(rows))
    )


def shortcuts() -> str:
    """Two stacks of blocks over one another: in the plain one the signal fades, with arcs around it comes through."""
    drawn = []
    for row, (top, colour, fades) in enumerate(((24, style.VERMILLION, 0.72), (104, style.BLUE, 1.0))):
        for block in range(7):
            x, strength = 22 + 41 * block, fades**block
            drawn.append(
                f'<rect x="{x}" y="{top}" width="28" height="28" rx="5" fill="{colour}" fill-opacity="{strength:.2f}" '
                f'stroke="{style.GREY}" stroke-width="2"/>'
                f'<path d="M{x - 13} {top + 14}h13" stroke="{style.GREY}" stroke-width="2.5"/>'
            )
            if row:
                arc = f"M{x - 7} {top + 14}C{x - 7} {top - 26} {x + 34} {top - 26} {x + 34} {top + 14}"
                drawn.append(f'<path d="{arc}" stroke="{style.BLUE}" stroke-width="2.5" fill="none"/>')
        drawn.append(f'<path d="M296 {top + 14}h15" stroke="{style.GREY}" stroke-width="2.5"/>')
    return _svg("".join(drawn))


def looks(weights: NDArray[np.floating[Any]]) -> str:
    """Who looks at whom: a row for each that looks, the darker the more."""
    many = len(weights)
    side = HEIGHT / many
    left = (WIDTH - HEIGHT) / 2
    cells = (
        f'<rect x="{left + column * side + 1:.1f}" y="{row * side + 1:.1f}" width="{side - 2:.1f}" '
        f'height="{side - 2:.1f}" fill="{style.BLUE}" opacity="{0.12 + 0.88 * weight:.2f}"/>'
        for row, line in enumerate(weights.tolist())
        for column, weight in enumerate(line)
        if weight
    )
    return _svg("".join(cells))


def cut_off(probabilities: Sequence[float], kept: int) -> str:
    """A distribution whose tail is cut off: what is left is full, the rest an outline."""
    step, tallest = WIDTH / len(probabilities), max(probabilities)
    shapes = (
        f'<rect x="{(index + 0.15) * step:.1f}" y="{HEIGHT * (0.98 - 0.9 * p / tallest):.1f}" '
        f'width="{0.7 * step:.1f}" height="{HEIGHT * 0.9 * p / tallest:.1f}" '
        f'fill="{style.BLUE if index < kept else "none"}" stroke="{style.GREY}" stroke-width="{2 * (index >= kept)}"/>'
        for index, p in enumerate(probabilities)
    )
    cut = (
        f'<path d="M{kept * step:.1f} 0V{HEIGHT}" stroke="{style.VERMILLION}" stroke-width="4" stroke-dasharray="9 6"/>'
    )
    return _svg("".join(shapes) + cut)


def answer() -> str:
    """A digit, and how much a network gives to each class."""
    page = digits.load()
    pixels = page.images[page.first[8]].reshape(8, 8)
    side = 15
    squares = "".join(
        f'<rect x="{20 + side * column}" y="{15 + side * row}" width="{side}" height="{side}" fill="{style.GREY}" '
        f'opacity="{shade:.2f}"/>'
        for row, line in enumerate(pixels.tolist())
        for column, shade in enumerate(line)
        if shade
    )
    shares = (0.02, 0.05, 0.1, 0.2, 0.04, 0.06, 0.03, 0.05, 1.0, 0.55)
    bars = "".join(
        f'<rect x="{165 + 14 * place}" y="{135 - 115 * share:.1f}" width="10" height="{115 * share:.1f}" '
        f'fill="{style.VERMILLION}"/>'
        for place, share in enumerate(shares)
    )
    return _svg(squares + bars)


def remembered() -> str:
    """The state of an LSTM's unit after a pulse, once with its forget gate open and once with it nearly shut."""
    low, high = -0.15, 0.65
    drawn = []
    for forget_bias, colour, dash in ((5.0, style.BLUE, ""), (0.0, style.VERMILLION, "7 5")):
        run = forward(Cell("lstm"), unit("lstm", np.array([forget_bias, -3.0, 0.0, 0.0])), sequence("pulse"))
        state = np.asarray(run.c[:, 0], dtype=np.float64)
        drawn.append(_line(np.linspace(-_SPAN, _SPAN, STEPS + 1), state, low, high, colour, dash))
    ground = HEIGHT * high / (high - low)
    axis = f'<path d="M0 {ground:.1f}H{WIDTH}" stroke="{style.GREY}" stroke-width="1.2" fill="none"/>'
    return _svg(axis + "".join(drawn))


def of_page(page: str) -> str:
    """The picture of a page's card; for one that has none, a clear ground."""
    if page in activations.names():
        return curve(activations.get(page))
    sigmoid = activations.get("sigmoid")
    drawn: dict[str, Callable[[], str]] = {
        "softmax": lambda: bars(activations.softmax([2, 1, 0.1, 0.7, -0.5]).tolist()),
        "saturation": lambda: zones(sigmoid, -2.5, 2.5),
        "dead_relu": lambda: units(index % 5 in (1, 2) for index in range(21)),
        "depth": lambda: fading([0.5**layer for layer in range(5)]),
        "train": surface,
        "in_models": chains,
        "residual": shortcuts,
        "convolution": feature_map,
        "attention": lambda: looks(attention_weights(np.sin(np.outer(range(1, 7), range(2, 8))) * 2, 1.0, causal(6))),
        "sampling": lambda: cut_off(np.sqrt(next_word(EXAMPLES["open"][0], top_p=0.8).plain).tolist(), 7),
        "classifier": answer,
        "lstm": remembered,
        "choose": fork,
        "compare": lambda: overlay([activations.get(name) for name in ("relu", "sigmoid", "tanh")]),
    }
    return drawn[page]() if page in drawn else _svg("")


def _x(f: Activation) -> NDArray[np.float64]:
    span = max([_SPAN, *(1.4 * abs(kink) for kink in f.facts.kinks)])
    sides = [side for kink in f.facts.kinks for side in (kink - 1e-9, kink + 1e-9)]
    return np.unique(np.concatenate([np.linspace(-span, span, 161), sides]))


def _limits(curves: Sequence[NDArray[np.float64]]) -> tuple[float, float]:
    low, high = min(map(np.min, curves)), max(map(np.max, curves))
    margin = 0.08 * (high - low)
    return float(low - margin), float(high + margin)


def _across(x: float, span: float = _SPAN) -> float:
    return WIDTH * (x + span) / (2 * span)


def _line(x: NDArray[np.float64], y: NDArray[np.float64], low: float, high: float, colour: str, dash: str = "") -> str:
    points = " ".join(
        f"{_across(a, float(x[-1])):.1f},{HEIGHT * (high - b) / (high - low):.1f}"
        for a, b in zip(x.tolist(), y.tolist(), strict=True)
    )
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="4" stroke-linejoin="round" '
        f'stroke-dasharray="{dash}"/>'
    )


def _axes(low: float, high: float) -> str:
    zero = HEIGHT * high / (high - low)
    return (
        f'<path d="M0 {zero:.1f}H{WIDTH}M{WIDTH / 2} 0V{HEIGHT}" stroke="{style.GREY}" stroke-width="1.2" fill="none"/>'
    )


def _svg(body: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{body}</svg>'
