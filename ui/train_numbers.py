"""One point and one unit with all their numbers: the forward and the backward pass as a textbook writes them."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from activations.experiments.one_point import LayerPass, PointPass, one_point
from activations.experiments.playground import Run
from figures.numbers import short, tex
from ui.state import State

WRITTEN_OUT = 3  # sums of more terms are shown in the table alone


def show(state: State, run: Run, frame: int, point: int, layer: int, unit: int) -> None:
    """The passes of a point, read at a unit of a layer; all are counted from 0, and the last layer is the output."""
    words = state.words
    passes = one_point(run, frame, point)
    at = passes.layers[layer]
    is_output = layer == len(passes.layers) - 1
    st.markdown(_where(state, run, frame, point))
    lines = [
        rf"z &= {_sum(at.weights[:, unit], at.h_in, float(at.bias[unit]))} = {tex(float(at.z[unit]))}",
        *([] if is_output else [_value_line(run, at, layer, unit)]),
        _loss_line(run, passes),
        *_back_lines(run, passes, layer, unit),
    ]
    st.latex(r"\begin{aligned}" + r"\\".join(lines) + r"\end{aligned}")
    st.markdown(_table(words("train.numbers.input"), at, unit))
    if not is_output and passes.layers[layer + 1].at_z.size > WRITTEN_OUT:
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


def _product(first: float, second: float) -> str:
    return rf"{_inside(first)} \cdot {_inside(second)}"


def _inside(value: float) -> str:
    return rf"({tex(value)})" if value < 0 else tex(value)


def _sum(weights: Any, values: Any, bias: float | None = None) -> str:
    """Σ w h + b with the numbers put in, the terms one by one where they are few."""
    products = list(zip(weights.tolist(), values.tolist(), strict=True))
    last = [] if bias is None else [_inside(bias)]
    if len(products) <= WRITTEN_OUT:
        return " + ".join([*(_product(weight, value) for weight, value in products), *last])
    return " + ".join([rf"{_inside(float(weights @ values))}", *last])


def _value_line(run: Run, at: LayerPass, layer: int, unit: int) -> str:
    symbol = run.settings.layers[layer].f.facts.symbol
    return rf"h &= {symbol}({tex(float(at.z[unit]))}) = {tex(float(at.h[unit]))}"


def _loss_line(run: Run, passes: PointPass) -> str:
    loss = tex(passes.loss)
    answers = [tex(float(answer)) for answer in passes.answers]
    if run.settings.loss == "squared":
        return rf"L &= \tfrac12 ({answers[0]} - {_inside(float(passes.wanted[0]))})^2 = {loss}"
    together = r",\ ".join(answers)
    # the chance given to what is there: of each class by itself where they are independent
    p = passes.answers[-passes.wanted.size :].tolist()
    right = [(y > 0, p if y > 0 else 1.0 - p) for y, p in zip(passes.wanted.tolist(), p, strict=True)]
    chances = [chance for is_there, chance in right if is_there or run.settings.loss == "sigmoid"]
    told = " ".join(rf"- \log {_near_one(chance)}" for chance in chances)
    return rf"p &= ({together}),\quad L = {told} = {loss}"


def _back_lines(run: Run, passes: PointPass, layer: int, unit: int) -> Sequence[str]:
    at = passes.layers[layer]
    delta = tex(float(at.at_z[unit]))
    if layer == len(passes.layers) - 1:
        wanted = float(passes.wanted[unit])
        difference = f"{_near_one(float(at.at_z[unit]) + wanted, -float(at.at_z[unit]))} - {_inside(wanted)}"
        return [rf"\delta &= \tfrac{{\partial L}}{{\partial z}} = {difference} = {delta}"]
    above = passes.layers[layer + 1]
    symbol = run.settings.layers[layer].f.facts.symbol
    at_h, slope = float(at.at_h[unit]), float(at.slope[unit])
    terms = _sum(above.weights[unit], above.at_z)
    told = rf" = {tex(at_h)}" if above.at_z.size <= WRITTEN_OUT else ""
    return [
        rf"\tfrac{{\partial L}}{{\partial h}} &= \textstyle\sum_j w_j \delta_j = {terms}{told}",
        rf"\delta &= \tfrac{{\partial L}}{{\partial h}} \cdot {symbol}'(z) = {_product(at_h, slope)} = {delta}",
    ]


def _near_one(value: float, rest: float | None = None) -> str:
    """A number, and just below 1 what it is short of it, so that the reader can go on calculating."""
    rest = 1.0 - value if rest is None else rest
    return rf"(1 - {tex(rest)})" if 0 < rest < 0.01 and value > 0.9 else tex(value)


def _above(heading: str, above: LayerPass, unit: int) -> str:
    """What comes back from every unit of the layer above: the weight to it, its δ, and their product."""
    head = rf"| {heading} | $w_j$ | $\delta_j$ | $w_j \delta_j$ |"
    rows = [
        f"| {number + 1} | ${tex(w)}$ | ${tex(delta)}$ | ${tex(w * delta)}$ |"
        for number, (w, delta) in enumerate(zip(above.weights[unit].tolist(), above.at_z.tolist(), strict=True))
    ]
    return "\n".join([head, "|---|---:|---:|---:|", *rows])


def _table(heading: str, at: LayerPass, unit: int) -> str:
    """Every input of the unit: its value, its weight, their product, and the weight's gradient."""
    head = rf"| {heading} | $h_i$ | $w_i$ | $w_i h_i$ | $\partial L / \partial w_i = \delta h_i$ |"
    rows = [
        f"| {number + 1} | ${tex(h)}$ | ${tex(w)}$ | ${tex(w * h)}$ | ${tex(g)}$ |"
        for number, (h, w, g) in enumerate(
            zip(at.h_in.tolist(), at.weights[:, unit].tolist(), at.at_weights[:, unit].tolist(), strict=True)
        )
    ]
    bias = f"| $b$ | | ${tex(float(at.bias[unit]))}$ | | ${tex(float(at.at_bias[unit]))}$ |"
    return "\n".join([head, "|---|---:|---:|---:|---:|", *rows, bias])
