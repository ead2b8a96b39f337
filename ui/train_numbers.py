"""One point and one unit with all their numbers: the forward and the backward pass as a textbook writes them."""

import math
from collections.abc import Sequence
from typing import Any

import streamlit as st

from activations.experiments.one_point import LayerPass, PointPass, one_point
from activations.experiments.playground import Run
from figures.numbers import short
from ui.state import State

WRITTEN_OUT = 3  # sums of more terms are shown in the table alone
NEXT = r"\\&\quad {}"  # a line goes on below, so that the last row of a classroom sees all of it


def show(state: State, run: Run, frame: int, point: int, layer: int, unit: int) -> None:
    """The passes of a point, read at a unit of a layer; all are counted from 0, and the last layer is the output."""
    words = state.words
    passes = one_point(run, frame, point)
    at = passes.layers[layer]
    is_output, z = layer == len(passes.layers) - 1, float(at.z[unit])
    st.markdown(_where(state, run, frame, point))
    added = "" if len(at.h_in) <= WRITTEN_OUT else r"\textstyle\sum_i w_i h_i + b = "
    added += _sum(at.weights[:, unit], at.h_in, z, float(at.bias[unit]))
    lines = [
        rf"z &= {added} = {_tex(z)}",
        *([] if is_output else [_value_line(run, at, layer, unit)]),
        _loss_line(run, passes),
        *_back_lines(run, passes, layer, unit),
    ]
    st.latex(r"\begin{aligned}" + r"\\".join(lines) + r"\end{aligned}")
    if state.present:
        return
    st.markdown(_below(words("train.numbers.input"), at, unit))
    if not is_output:
        st.markdown(_above(words("train.numbers.above"), passes.layers[layer + 1], unit))


def _where(state: State, run: Run, frame: int, point: int) -> str:
    points, words = run.points, state.words
    x, y = (points.positions[point] * points.scale + points.centre).round(3).tolist()
    group = words("train.figure.tested" if points.is_test[point] else "train.figure.learnt")
    if run.settings.loss == "squared":
        wanted = words("train.numbers.target", target=f"{points.targets[point]:.3f}")
    else:
        wanted = words("train.numbers.class", name=points.names[points.labels[point]])
    place = f"({short(x)}, {short(y)})"
    return words("train.numbers.where", place=place, group=group, wanted=wanted, epoch=int(run.epochs[frame]))


def _figures(result: float, *terms: float) -> int:
    """How many figures the terms of a sum need so that `result`, printed with three, can be had from them."""
    largest = max(map(abs, terms), default=0.0)
    lost = math.floor(math.log10(largest / abs(result))) if largest and result else 0
    return min(4 + max(lost, 0), 15)


def _tex(value: float, figures: int = 3) -> str:
    """`value` in TeX with so many figures, of which no fewer than three are decimals."""
    if not 1e-3 <= abs(value) < 1e6:
        mantissa, exponent = f"{value:.{figures - 1}e}".split("e")
        return rf"{mantissa} \times 10^{{{int(exponent)}}}" if value else "0"
    return f"{value:.{max(3, figures - 1 - math.floor(math.log10(abs(value))))}f}"


def _inside(value: float, figures: int = 3) -> str:
    return rf"({_tex(value, figures)})" if value < 0 else _tex(value, figures)


def _wanted(value: float, figures: int) -> str:
    """A target; those of classes are 0 and 1."""
    return f"{value:.0f}" if value in (0, 1) else _inside(value, figures)


def _sum(weights: Any, values: Any, result: float, bias: float | None = None) -> str:
    """Σ w h + b with the numbers put in, the terms one by one where they are few."""
    is_short, last = len(weights) <= WRITTEN_OUT, [] if bias is None else [bias]
    terms = (weights * values).tolist() if is_short else [float(weights @ values)]
    figures = _figures(result, *terms, *last)
    pairs = zip(weights.tolist(), values.tolist(), strict=True)
    products = [rf"{_inside(weight, figures)} \cdot {_inside(value, figures)}" for weight, value in pairs]
    shown = products if is_short else [_inside(term, figures) for term in terms]
    return _joined([*shown, *(_inside(one, figures) for one in last)], 2, " + ", f"{NEXT} + ")


def _joined(parts: Sequence[str], abreast: int, joint: str, joint_of_rows: str) -> str:
    rows = [joint.join(parts[start : start + abreast]) for start in range(0, len(parts), abreast)]
    return joint_of_rows.join(rows)


def _value_line(run: Run, at: LayerPass, layer: int, unit: int) -> str:
    symbol = run.settings.layers[layer].f.facts.symbol
    return rf"h &= {symbol}({_tex(float(at.z[unit]), 4)}) = {_tex(float(at.h[unit]))}"


def _loss_line(run: Run, passes: PointPass) -> str:
    answers, wanted, loss = passes.answers.tolist(), passes.wanted.tolist(), passes.loss
    if run.settings.loss == "squared":
        (answer,), (target,) = answers, wanted
        figures = _figures(answer - target, answer, target)
        difference = rf"{_tex(answer, figures)} - {_wanted(target, figures)}"
        return rf"L &= \tfrac12 ({difference})^2 = {_tex(loss)}"
    figures = _figures(loss, 1.0)
    told = [_tex(answer, figures) for answer in answers]
    together = _joined(told, 4, r",\ ", f",{NEXT}")
    line = rf"p &= ({together})\\"
    if len(wanted) == 1:  # one output for two classes
        return rf"{line}L &= -\log {told[int(wanted[0])]} = {_tex(loss)}"
    right = wanted.index(1)
    terms = [rf"-\log {told[right]}"]
    if run.settings.loss == "sigmoid":  # every class is a question of its own
        terms += [rf"-\log(1 - {answer})" for label, answer in enumerate(told) if label != right]
    return rf"{line}L &= {_joined(terms, 2, ' ', NEXT)} = {_tex(loss)}"


def _back_lines(run: Run, passes: PointPass, layer: int, unit: int) -> Sequence[str]:
    at = passes.layers[layer]
    delta = float(at.at_z[unit])
    if layer == len(passes.layers) - 1:
        wanted = float(passes.wanted[unit])
        figures = _figures(delta, delta + wanted, wanted)
        difference = f"{_tex(delta + wanted, figures)} - {_wanted(wanted, figures)}"
        return [rf"\delta &= \tfrac{{\partial L}}{{\partial z}} = {difference} = {_tex(delta)}"]
    above = passes.layers[layer + 1]
    symbol = run.settings.layers[layer].f.facts.symbol
    at_h, slope = float(at.at_h[unit]), float(at.slope[unit])
    is_short = len(above.at_z) <= WRITTEN_OUT  # otherwise the table has the terms
    told = f"{NEXT} = {_sum(above.weights[unit], above.at_z, at_h)} = {_tex(at_h)}" if is_short else f" = {_tex(at_h)}"
    product = rf"{_inside(at_h, 4)} \cdot {_inside(slope, 4)}"
    return [
        rf"\tfrac{{\partial L}}{{\partial h}} &= \textstyle\sum_j w_j \delta_j{told}",
        rf"\delta &= \tfrac{{\partial L}}{{\partial h}} \cdot {symbol}'(z) = {product} = {_tex(delta)}",
    ]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _in_maths(*values: float) -> list[str]:
    return [f"${_tex(value)}$" for value in values]


def _below(heads: str, at: LayerPass, unit: int) -> str:
    """Every input of the unit: its value, its weight, their product, and the weight's gradient."""
    columns = (at.h_in.tolist(), at.weights[:, unit].tolist(), at.at_weights[:, unit].tolist())
    rows = [
        _row(str(number), *_in_maths(h, w, w * h, gradient))
        for number, (h, w, gradient) in enumerate(zip(*columns, strict=True), start=1)
    ]
    (bias, at_bias) = _in_maths(float(at.bias[unit]), float(at.at_bias[unit]))
    return "\n".join([_row(heads), "|---|---:|---:|---:|---:|", *rows, _row("$b$", "", bias, "", at_bias)])


def _above(heads: str, above: LayerPass, unit: int) -> str:
    """Every unit that the unit's output goes to: its weight, what comes back from there, and their product."""
    rows = [
        _row(str(number), *_in_maths(w, delta, w * delta))
        for number, (w, delta) in enumerate(
            zip(above.weights[unit].tolist(), above.at_z.tolist(), strict=True), start=1
        )
    ]
    (total,) = _in_maths(float(above.below[unit]))
    return "\n".join([_row(heads), "|---|---:|---:|---:|", *rows, _row(r"$\sum_j$", "", "", total)])
