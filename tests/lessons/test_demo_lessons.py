"""Every figure that the lessons on softmax and on the demos quote is what the core computes."""

import math
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike

import activations
import lessons
from activations.experiments import INITIALISATIONS, MeanField, dying_network, mean_field
from activations.experiments.born_dead import bound

TOPICS = ("softmax", "saturation", "dead_relu", "depth", "compare", "choose")

sigmoid, tanh = activations.get("sigmoid"), activations.get("tanh")
softmax, entropy = activations.softmax, activations.entropy
Z = [2, 1, 0.1]
P = softmax(Z)
JACOBIAN = activations.softmax_jacobian(Z)
TWICE = softmax([1, 0, 0])


def source(topic: str, language: str) -> str:
    return (Path(lessons.__file__).parent / topic / f"{language}.md").read_text(encoding="utf-8")


# How a value is written in a lesson.


def fixed(digits: int, minus: str = "−") -> Callable[[float], str]:
    """A number with so many digits after the point; in prose with the real minus sign, in TeX with '-'."""
    return lambda value: f"{value:.{digits}f}".replace("-", minus)


def vector(digits: int) -> Callable[[ArrayLike], str]:
    """A vector in TeX: (0.659, 0.242, 0.099); digits that are all zeros are left away."""

    def write(values: ArrayLike) -> str:
        numbers = [f"{value:.{digits}f}" for value in np.asarray(values)]
        return f"({', '.join(f'{float(number):g}' if float(number) % 1 == 0 else number for number in numbers)})"

    return write


def scientific(value: float) -> str:
    """A number in TeX as 9.54 \\times 10^{-7}."""
    mantissa, exponent = f"{value:.2e}".split("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}"


# What the lessons compute beyond single calls of the core.


def neuron_after(steps: int, start: tuple[float, float], *, cross_entropy: bool) -> float:
    """The output of one sigmoid neuron (input 1, target 0, learning rate 0.15) after so many steps."""
    weight, bias = start
    for _ in range(steps):
        z = weight + bias
        gradient = sigmoid(z) * (1.0 if cross_entropy else sigmoid.derivative(z))
        weight, bias = weight - 0.15 * gradient, bias - 0.15 * gradient
    return float(sigmoid(weight + bias))


def share_limit(f: activations.Activation) -> float:
    """How far from 0 the slope first falls below 1% of its largest value."""
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if f.derivative(middle) > 0.01 * f.facts.largest_slope else (low, middle)
    return low


def crossing() -> float:
    """Where tanh's slope falls below sigmoid's."""
    low, high = 0.0, 5.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if tanh.derivative(middle) > sigmoid.derivative(middle) else (low, middle)
    return low


def overflow(dtype: type[np.floating]) -> float:
    """Above which z e^z overflows, cut (not rounded) to two digits."""
    return math.floor(100 * math.log(float(np.finfo(dtype).max))) / 100


GRID = np.linspace(-3, 3, 600_001)
CURVES = {
    "gelu": activations.get("gelu")(GRID),
    "silu": GRID * sigmoid(GRID),
    "mish": GRID * np.tanh(np.log1p(np.exp(GRID))),
}


def dip(name: str) -> tuple[float, float]:
    """Where a curve is lowest, and how low."""
    place = int(CURVES[name].argmin())
    return float(GRID[place]), float(CURVES[name][place])


def steepest(name: str) -> float:
    return float(np.gradient(CURVES[name], GRID).max())


def theory(name: str, sigma_w: float) -> MeanField:
    """The mean-field theory of a function without biases."""
    return mean_field(activations.get(name), [sigma_w])


FAR, NEAR = (2.0, 2.0), (0.6, 0.9)
(KILLER,) = dying_network.follow(
    dying_network.train(dying_network.Settings(width=16, learning_rate=0.5, epochs=1)), layer=0, unit=12
).turns

# (topic, what the lesson says, the value, how it is written)
FIGURES: list[tuple[str, str, object, Callable]] = [
    ("softmax", "(0.659, 0.242, 0.099)", P, vector(3)),
    ("softmax", "(0.864, 0.117, 0.019)", softmax(Z, temperature=0.5), vector(3)),
    ("softmax", "(0.502, 0.304, 0.194)", softmax(Z, temperature=2), vector(3)),
    ("softmax", "0.225", JACOBIAN[0, 0], fixed(3)),
    ("softmax", "−0.160", JACOBIAN[1, 0], fixed(3)),
    ("softmax", r"\sigma(2) = 0.881", sigmoid(2.0), lambda v: rf"\sigma(2) = {v:.3f}"),
    ("softmax", r"\sigma(2) = 0.881", softmax([2, 0])[0], lambda v: rf"\sigma(2) = {v:.3f}"),
    ("softmax", "0.655", entropy(softmax(Z, temperature=0.5)), fixed(3)),
    ("softmax", "1.222", entropy(P), fixed(3)),
    ("softmax", "1.481", entropy(softmax(Z, temperature=2)), fixed(3)),
    ("softmax", r"\log_2 3 = 1.585", entropy(softmax([0, 0, 0])), lambda v: rf"\log_2 3 = {v:.3f}"),
    ("softmax", "709.78", overflow(np.float64), fixed(2)),
    ("softmax", "88.72", overflow(np.float32), fixed(2)),
    ("softmax", "(1, 0)", softmax([1000, 0]), vector(3)),
    ("softmax", "0.417", activations.cross_entropy(Z, 0), fixed(3)),
    ("softmax", "(-0.341, 0.242, 0.099)", P - [1, 0, 0], vector(3)),
    ("softmax", "2.317", activations.cross_entropy(Z, 2), fixed(3)),
    ("softmax", "(0.659, 0.242, -0.901)", P - [0, 0, 1], vector(3)),
    ("softmax", "(0.9997, 0.0003)", softmax([8, 0]), vector(4)),
    ("softmax", "0.0003", activations.softmax_jacobian([8, 0])[0, 0], fixed(4)),
    ("softmax", "(0.731, 0.269)", softmax([8, 0], temperature=8), vector(3)),
    ("softmax", "0.197", activations.softmax_jacobian([8 / 8, 0 / 8])[0, 0], fixed(3)),
    ("softmax", "(0.448, 0.296, 0.256)", softmax(P), vector(3)),
    ("softmax", "(0.576, 0.212, 0.212)", TWICE, vector(3)),
    ("softmax", "0.551", -math.log(TWICE[0]), fixed(3)),
    ("softmax", "0.55", -math.log(TWICE[0]), fixed(2)),
    ("softmax", "0.953", sigmoid(3.0), fixed(3)),
    ("softmax", "0.499", softmax([3, 3, -3])[0], fixed(3)),
    ("softmax", "0.25", softmax([5, 5, 5, 5], temperature=0.1)[0], fixed(2)),
    ("softmax", "0.25", softmax([5, 5, 5, 5], temperature=10)[0], fixed(2)),
    ("softmax", r"\log_2 4 = 2", entropy(softmax([5, 5, 5, 5])), lambda v: rf"\log_2 4 = {v:g}"),
    ("softmax", "7.39", np.divide(*softmax([4, 2])), fixed(2)),
    ("softmax", "2.72", np.divide(*softmax([4, 2], temperature=2)), fixed(2)),
    ("saturation", "|x| > 5.986", share_limit(sigmoid), lambda v: f"|x| > {v:.3f}"),
    ("saturation", "|x| > 2.993", share_limit(tanh), lambda v: f"|x| > {v:.3f}"),
    ("saturation", "0.25", sigmoid.facts.largest_slope, fixed(2)),
    ("saturation", r"9.54 \times 10^{-7}", sigmoid.derivative(0.0) ** 10, scientific),
    ("saturation", "0.105", sigmoid.derivative(2.0), fixed(3)),
    ("saturation", r"1.63 \times 10^{-10}", sigmoid.derivative(2.0) ** 10, scientific),
    ("saturation", "0.420", tanh.derivative(1.0), fixed(3)),
    ("saturation", r"1.71 \times 10^{-4}", tanh.derivative(1.0) ** 10, scientific),
    ("saturation", r"2.91 \times 10^{-8}", tanh.derivative(1.0) ** 20, scientific),
    ("saturation", "0.982", sigmoid(4.0), fixed(3)),
    (
        "saturation",
        r"= 0.982 \times 0.0177 = 0.0173",
        (sigmoid(4.0), sigmoid.derivative(4.0)),
        lambda v: rf"= {v[0]:.3f} \times {v[1]:.4f} = {v[0] * v[1]:.4f}",
    ),
    ("saturation", "57", 1 / sigmoid.derivative(4.0), fixed(0)),
    ("saturation", "0.203", neuron_after(300, FAR, cross_entropy=False), fixed(3)),
    ("saturation", "0.012", neuron_after(300, FAR, cross_entropy=True), fixed(3)),
    ("saturation", "0.094", neuron_after(300, NEAR, cross_entropy=False), fixed(3)),
    ("saturation", "0.012", neuron_after(300, NEAR, cross_entropy=True), fixed(3)),
    ("saturation", "0.933", neuron_after(150, FAR, cross_entropy=False), fixed(3)),
    ("saturation", "1.663", crossing(), fixed(3)),
    ("saturation", "0.0099", tanh.derivative(3.0), fixed(4)),
    ("saturation", "0.0452", sigmoid.derivative(3.0), fixed(4)),
    ("saturation", "0.0625", sigmoid.facts.largest_slope**2, fixed(4)),
    ("saturation", r"9.54 \times 10^{-7}", 0.5**20, scientific),
    ("dead_relu", "0.5 - 0.5 \\times 3 = -1.0", 0.5 - 0.5 * 3, lambda v: rf"0.5 - 0.5 \times 3 = {v:.1f}"),
    ("dead_relu", "0.1 - 0.5 \\times 3 = -1.4", 0.1 - 0.5 * 3, lambda v: rf"0.1 - 0.5 \times 3 = {v:.1f}"),
    ("dead_relu", "−2.4", (0.5 - 0.5 * 3) * 1 + (0.1 - 0.5 * 3), fixed(1)),
    ("dead_relu", "2.96", KILLER.before.max(), fixed(2)),
    ("dead_relu", "−0.17", KILLER.after.max(), fixed(2)),
    ("depth", r"1/\sqrt{3} = 0.577", INITIALISATIONS["uniform"].sigma_w, lambda v: rf"1/\sqrt{{3}} = {v:.3f}"),
    ("depth", r"\sqrt{2} = 1.414", INITIALISATIONS["he"].sigma_w, lambda v: rf"\sqrt{{2}} = {v:.3f}"),
    ("depth", r"\sqrt{1/2} = 0.707", theory("relu", 1.0).chi[0] ** 0.5, lambda v: rf"\sqrt{{1/2}} = {v:.3f}"),
    ("depth", r"3.05 \times 10^{-5}", theory("relu", 1.0).chi[0] ** (30 / 2), scientific),
    ("depth", "30%", 100 * (1 - theory("relu", 1.0).chi[0] ** 0.5), lambda v: f"{round(v, -1):.0f}%"),
    ("depth", "0.944", bound(2, 10), fixed(3)),
    ("depth", r"q^* = 0.793", theory("tanh", 1.5).fixed[0], lambda v: f"q^* = {v:.3f}"),
    ("depth", r"\chi_1 = 1.139", theory("tanh", 1.5).chi[0], lambda v: rf"\chi_1 = {v:.3f}"),
    ("depth", r"\chi_1 = 1.106", theory("tanh", math.sqrt(2)).chi[0], lambda v: rf"\chi_1 = {v:.3f}"),
    ("depth", r"\chi_1 = 0.8^2 = 0.64", theory("tanh", 0.8).chi[0], lambda v: rf"\chi_1 = 0.8^2 = {v:.2f}"),
    ("depth", "0.00515", 0.9**50, fixed(5)),
    ("compare", "0.25", sigmoid.derivative(0.0), fixed(2)),
    ("compare", "0.0452", sigmoid.derivative(3.0), fixed(4)),
    ("compare", "0.0099", tanh.derivative(3.0), fixed(4)),
    ("compare", "1.663", crossing(), fixed(3)),
    ("compare", "0.105", sigmoid.derivative(2.0), fixed(3)),
    ("compare", "0.071", tanh.derivative(2.0), fixed(3)),
    ("compare", "−3", activations.get("leaky_relu")(-300.0), fixed(0)),
    ("compare", "-0.752", dip("gelu")[0], fixed(3, "-")),
    ("compare", "−0.170", dip("gelu")[1], fixed(3)),
    ("compare", "1.129", steepest("gelu"), fixed(3)),
    ("compare", "−1.758", activations.get("selu").facts.range.low, fixed(3)),
    ("compare", "-1.278", dip("silu")[0], fixed(3, "-")),
    ("compare", "−0.278", dip("silu")[1], fixed(3)),
    ("compare", "1.100", steepest("silu"), fixed(3)),
    ("compare", "-1.192", dip("mish")[0], fixed(3, "-")),
    ("compare", "−0.309", dip("mish")[1], fixed(3)),
    ("compare", "1.088", steepest("mish"), fixed(3)),
    ("choose", "0.25", sigmoid.facts.largest_slope, fixed(2)),
    ("choose", r"7.89 \times 10^{-31}", sigmoid.facts.largest_slope**50, scientific),
    ("choose", "0.953", sigmoid(3.0), fixed(3)),
    ("choose", "0.499", softmax([3, 3, -3])[0], fixed(3)),
]

# Numbers that are settings, not results: the learning rate, the slope of a Leaky ReLU.
SETTINGS = {"saturation": {"0.15"}, "compare": {"0.01"}}

NUMBER = re.compile(r"\d+\.\d{2,}")


@pytest.mark.parametrize(("topic", "quoted", "value", "write"), FIGURES, ids=[f"{row[0]}: {row[1]}" for row in FIGURES])
def test_a_quoted_figure_is_what_the_core_computes(topic, quoted, value, write):
    assert write(value) == quoted
    for language in lessons.LANGUAGES:
        # not as a part of a longer number
        assert re.search(rf"(?<![\d.]){re.escape(quoted)}(?!\d)", source(topic, language)), language


@pytest.mark.parametrize("language", lessons.LANGUAGES)
@pytest.mark.parametrize("topic", TOPICS)
def test_no_figure_goes_unchecked(topic, language):
    prose = source(topic, language).split(f"## {lessons.HEADINGS['references'][language]}")[0]
    prose = re.sub(r"\]\(/[^)]*\)", "]", prose)
    checked = {number for row in FIGURES if row[0] == topic for number in NUMBER.findall(row[1])}
    assert set(NUMBER.findall(prose)) == checked | SETTINGS.get(topic, set())


def test_the_steepest_slope_of_gelu_is_at_the_root_of_two():
    assert GRID[np.gradient(CURVES["gelu"], GRID).argmax()] == pytest.approx(math.sqrt(2), abs=1e-3)


def test_the_naive_softmax_of_large_logits_is_nan():
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp([1000.0, 0.0])
        assert np.isnan((e / e.sum())[0])


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_teach_the_same(topic):
    """The same blocks, links, questions and formulas in the same order; the words are each language's own."""
    english, chinese = (lessons.read(topic, language) for language in lessons.LANGUAGES)
    for one, other in zip(english.sections, chinese.sections, strict=True):
        assert [type(block) for block in one.blocks] == [type(block) for block in other.blocks]
        for left, right in zip(one.blocks, other.blocks, strict=True):
            if isinstance(left, lessons.Link):
                assert (left.page, left.query) == (right.page, right.query)
            else:
                assert formulas(left) == formulas(right)


def formulas(block: lessons.Block) -> list[str]:
    text = block.markdown if isinstance(block, lessons.Text) else block.answer
    return re.findall(r"\$\$.*?\$\$|\$[^$\n]+\$", text, flags=re.DOTALL)


@pytest.mark.parametrize("topic", TOPICS)
def test_references_are_the_same_links(topic):
    links = [re.findall(r"\]\((http[^)\s]+)\)", source(topic, language)) for language in lessons.LANGUAGES]
    assert links[0]
    assert links[0] == links[1]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_lesson_ends_with_questions_to_check_oneself(topic):
    for language in lessons.LANGUAGES:
        check = lessons.read(topic, language).sections[4]
        assert check.kind == "check"
        assert 2 <= len(check.blocks) <= 3
        assert all(isinstance(block, lessons.Question) and block.answer for block in check.blocks)


@pytest.mark.parametrize("topic", TOPICS)
def test_card_texts_are_short(topic):
    english, chinese = (lessons.read(topic, language) for language in lessons.LANGUAGES)
    assert len(english.summary.split()) <= 20
    assert len(chinese.summary) <= 40
    assert len(english.used.split()) <= 12
