"""The figures that the lessons on single functions quote are the core's, and so is the NumPy code beside them."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import activations
import lessons
from activations.experiments import Settings, saturation_bounds, spread

TOPICS = activations.names()

relu, sigmoid, tanh, leaky, elu, selu, gelu, relu6, identity = map(activations.get, TOPICS)
leaky_fifth = activations.get("leaky_relu", alpha=0.2)


def crossing(f: Callable[[float], float], low: float, high: float) -> float:
    """Where f, positive at `low` and negative at `high`, is 0: by bisection."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) > 0 else (low, middle)
    return low


def one_per_cent(f: Any) -> float:
    """How far out the slope falls below 1% of its largest value."""
    return crossing(lambda x: f.derivative(x) - 0.01 * f.facts.largest_slope, 0.0, 20.0)


EQUAL_SLOPES = crossing(lambda x: tanh.derivative(x) - sigmoid.derivative(x), 0.0, 3.0)

# Functions with a dip, quoted beside Leaky ReLU; those that the app does not have are written out here.
X = np.linspace(-4.0, 4.0, 80_001)
GELU = gelu(X)
SILU = X * sigmoid(X)
MISH = X * tanh(np.log1p(np.exp(X)))


def steepest(curve: np.ndarray) -> float:
    return np.gradient(curve, X).max()


# A standard normal input: equal steps, a kink between two of them, and the chance of each.
Z = (np.arange(-12_000, 12_000) + 0.5) / 1000
CHANCE = np.exp(-Z * Z / 2) / np.sqrt(2 * np.pi) / 1000


def mean_square(start: float, layers: int) -> float:
    """What SELU layers make of the mean square of a signal, in a very wide network with weights of variance 1/n."""
    for _ in range(layers):
        start = CHANCE @ selu(math.sqrt(start) * Z) ** 2
    return start


ROOT = math.sqrt(2)
SHARE = (1 + math.erf(1)) / 2  # Φ(√2)
TANH_FORM = 0.5 * X * (1 + np.tanh(math.sqrt(2 / math.pi) * (X + 0.044715 * X**3)))

# topic, what stands before the figure, the figure as quoted, its value, how it is written
FIGURES: tuple[tuple[str, str, str, float, str], ...] = (
    ("sigmoid", r"\sigma(0) = ", "0.5", sigmoid(0), ".1f"),
    ("sigmoid", r"\sigma(0.5) = ", "0.6225", sigmoid(0.5), ".4f"),
    ("sigmoid", r"\sigma(1) = ", "0.7311", sigmoid(1), ".4f"),
    ("sigmoid", r"\sigma(2) = ", "0.8808", sigmoid(2), ".4f"),
    ("sigmoid", r"\sigma(6) = ", "0.9975", sigmoid(6), ".4f"),
    ("sigmoid", r"\sigma(-2) = ", "0.1192", sigmoid(-2), ".4f"),
    ("sigmoid", "$", "0.25", sigmoid.facts.largest_slope, ".2f"),
    ("sigmoid", "$", "0.25", sigmoid.derivative(0), ".2f"),
    ("sigmoid", "$", "0.1966", sigmoid.derivative(1), ".4f"),
    ("sigmoid", "$", "0.1050", sigmoid.derivative(2), ".4f"),
    ("sigmoid", "$", "0.0025", sigmoid.derivative(6), ".4f"),
    ("sigmoid", "$", "0.0025", sigmoid(6) * sigmoid.derivative(6), ".4f"),
    ("sigmoid", r"\sigma(x) - y = ", "0.9975", sigmoid(6) - 0, ".4f"),
    ("sigmoid", " ", "400", 1 / sigmoid.derivative(6), "one digit"),
    ("sigmoid", "$", r"4.25 \times 10^{-18}", sigmoid.derivative(40), "power"),
    ("sigmoid", "|x| > ", "5.986", one_per_cent(sigmoid), ".3f"),
    ("sigmoid", "0.25^{10} = ", r"9.54 \times 10^{-7}", sigmoid.derivative(0) ** 10, "power"),
    ("relu", r"\operatorname{ReLU}(2) = ", "2", relu(2), ".0f"),
    ("relu", r"\operatorname{ReLU}(-3) = ", "0", relu(-3), ".0f"),
    ("relu", r"\operatorname{ReLU}(0.5) = ", "0.5", relu(0.5), ".1f"),
    ("relu", r"\operatorname{ReLU}(5) = ", "5", relu(5), ".0f"),
    ("relu", r"\operatorname{ReLU}'(0) = ", "0", relu.derivative(0), ".0f"),
    ("relu", "1^{10} = ", "1", relu.derivative(3) ** 10, ".0f"),
    ("relu", "0.25^{10} = ", r"9.54 \times 10^{-7}", sigmoid.derivative(0) ** 10, "power"),
    ("relu", "1/", "1024", 1 / (1 / math.sqrt(2)) ** 20, ".0f"),
    ("relu", r"\operatorname{ReLU}(20) = ", "10", relu(20) / relu(2), ".0f"),
    ("relu", r"\sigma(2) = ", "0.8808", sigmoid(2), ".4f"),
    ("relu", "$", "0.1050", sigmoid.derivative(2), ".4f"),
    ("relu", "$", r"2.06 \times 10^{-9}", sigmoid.derivative(20), "power"),
    ("tanh", r"\tanh(0) = ", "0", tanh(0), ".0f"),
    ("tanh", r"\tanh(0.1) = ", "0.0997", tanh(0.1), ".4f"),
    ("tanh", r"\tanh(1) = ", "0.7616", tanh(1), ".4f"),
    ("tanh", r"\tanh(2) = ", "0.9640", tanh(2), ".4f"),
    ("tanh", "$", "1", tanh.derivative(0), ".0f"),
    ("tanh", "$", "0.4200", tanh.derivative(1), ".4f"),
    ("tanh", "1 - 0.7616^2 = ", "0.4200", 1 - tanh(1) ** 2, ".4f"),
    ("tanh", "$", "0.0707", tanh.derivative(2), ".4f"),
    ("tanh", "$", "0.0099", tanh.derivative(3), ".4f"),
    ("tanh", "$", "0.0452", sigmoid.derivative(3), ".4f"),
    ("tanh", r"x \approx ", "1.663", EQUAL_SLOPES, ".3f"),
    ("tanh", "$", "0.1340", tanh.derivative(EQUAL_SLOPES), ".4f"),
    ("tanh", "$", "0.1340", sigmoid.derivative(EQUAL_SLOPES), ".4f"),
    ("tanh", "|x| > ", "2.993", one_per_cent(tanh), ".3f"),
    ("tanh", "$", "5.986", one_per_cent(sigmoid), ".3f"),
    ("tanh", "$", "5.986", 2 * one_per_cent(tanh), ".3f"),
    ("tanh", "$", "0.2689", sigmoid(-1), ".4f"),
    ("tanh", "$", "-0.7616", tanh(-1), ".4f"),
    ("tanh", "$", r"3.10 \times 10^{-12}", tanh.derivative(2) ** 10, "power"),
    ("tanh", " ", "4.5", 5 * 0.9, ".1f"),
    ("leaky_relu", r"\alpha = ", "0.01", activations.get("leaky_relu").alpha, ".2f"),
    ("leaky_relu", "f(3) = ", "3", leaky(3), ".0f"),
    ("leaky_relu", "f(-5) = ", "-0.05", leaky(-5), ".2f"),
    ("leaky_relu", "f(-5) = ", "-1", leaky_fifth(-5), ".0f"),
    ("leaky_relu", "−", "1.5", -activations.get("leaky_relu", alpha=0.3)(-5), ".1f"),
    ("leaky_relu", "$", "0.01", leaky.derivative(-5), ".2f"),
    ("leaky_relu", "$", "0.2", leaky_fifth.derivative(-5), ".1f"),
    ("leaky_relu", " ", "20", leaky_fifth.derivative(-5) / leaky.derivative(-5), ".0f"),
    ("leaky_relu", "$", "10^{-20}", leaky.derivative(-1) ** 10, "bare power"),
    ("leaky_relu", "$", "-0.170", GELU.min(), ".3f"),
    ("leaky_relu", r"x \approx ", "-0.752", X[GELU.argmin()], ".3f"),
    ("leaky_relu", "$", "1.129", steepest(GELU), ".3f"),
    ("leaky_relu", "$", "-0.278", SILU.min(), ".3f"),
    ("leaky_relu", "$", "-1.278", X[SILU.argmin()], ".3f"),
    ("leaky_relu", "$", "1.100", steepest(SILU), ".3f"),
    ("leaky_relu", "$", "-0.309", MISH.min(), ".3f"),
    ("leaky_relu", "$", "-1.192", X[MISH.argmin()], ".3f"),
    ("leaky_relu", "$", "1.088", steepest(MISH), ".3f"),
    ("elu", r"\operatorname{ELU}(2) = ", "2", elu(2), ".0f"),
    ("elu", r"\operatorname{ELU}(-1) = ", "-0.6321", elu(-1), ".4f"),
    ("elu", r"\operatorname{ELU}(-3) = ", "-0.9502", elu(-3), ".4f"),
    ("elu", "$", "0.399", CHANCE @ relu(Z), ".3f"),
    ("elu", "$", "0.161", CHANCE @ elu(Z), ".3f"),
    ("elu", "$", "0.3679", elu.derivative(-1), ".4f"),
    ("elu", "$", "0.0498", elu.derivative(-3), ".4f"),
    ("elu", "x = -", "4.605", -saturation_bounds(elu)[0], ".3f"),
    ("elu", "x = -", "4.605", -math.log(leaky.derivative(-1)), ".3f"),
    ("elu", "$", "0.0067", elu.derivative(-5), ".4f"),
    ("elu", "$", r"1.93 \times 10^{-22}", elu.derivative(-5) ** 10, "power"),
    ("elu", "$", "0.0183", elu.derivative(-4), ".4f"),
    ("elu", r"\alpha = ", "1.6733", dict(selu.facts.constants)[r"\alpha"], ".4f"),
    ("selu", r"\lambda = ", "1.0507009873554805", dict(selu.facts.constants)[r"\lambda"], ".16f"),
    ("selu", r"\alpha = ", "1.6732632423543772", dict(selu.facts.constants)[r"\alpha"], ".16f"),
    ("selu", " = ", "1.6733", dict(selu.facts.constants)[r"\alpha"], ".4f"),
    ("selu", r"\operatorname{SELU}(1) = ", "1.0507", selu(1), ".4f"),
    ("selu", r"\operatorname{SELU}(-1) = ", "-1.1113", selu(-1), ".4f"),
    ("selu", r"\operatorname{SELU}(-3) = ", "-1.6706", selu(-3), ".4f"),
    ("selu", r"-\lambda\alpha = ", "-1.7581", selu(-40), ".4f"),
    ("selu", "$", "0.399", CHANCE @ relu(Z), ".3f"),
    ("selu", "$", "0.161", CHANCE @ elu(Z), ".3f"),
    ("selu", "$", "1.0507", selu.derivative(3), ".4f"),
    ("selu", "$", "1.7581", selu.derivative(0), ".4f"),
    ("selu", "$", "3.006", mean_square(4, 1), ".3f"),
    ("selu", "$", "1.131", mean_square(4, 10), ".3f"),
    ("selu", "$", "0.331", mean_square(0.25, 1), ".3f"),
    ("selu", "$", "0.880", mean_square(0.25, 10), ".3f"),
    ("selu", "$", "0.5625", 0.75**2, ".4f"),
    ("selu", "x = -", "0.564", crossing(lambda t: selu.derivative(-t) - 1, 0, 5), ".3f"),
    ("selu", "$", "0.0118", selu.derivative(-5), ".4f"),
    ("gelu", r"\Phi(3) = ", "0.9987", gelu(3) / 3, ".4f"),
    ("gelu", r"\operatorname{GELU}(3) = ", "2.9960", gelu(3), ".4f"),
    ("gelu", r"\operatorname{GELU}(-3) = ", "-0.0040", gelu(-3), ".4f"),
    ("gelu", r"\operatorname{GELU}(1) = ", "0.8413", gelu(1), ".4f"),
    ("gelu", r"\operatorname{GELU}(-1) = ", "-0.1587", gelu(-1), ".4f"),
    ("gelu", "$", "-0.170", gelu.facts.range.low, ".3f"),
    ("gelu", r"x \approx ", "-0.752", gelu.facts.turns[0], ".3f"),
    ("gelu", "−", "0.752", -gelu.facts.turns[0], ".3f"),
    ("gelu", "$", "1.129", gelu.derivative(ROOT), ".3f"),
    ("gelu", "$", "1.129", gelu.facts.largest_slope, ".3f"),
    ("gelu", "$", "-0.129", gelu.derivative(-ROOT), ".3f"),
    ("gelu", "$", "-0.129", gelu.derivative(X).min(), ".3f"),
    ("gelu", "$", "-0.0119", gelu.derivative(-3), ".4f"),
    ("gelu", "$", r"-7.15 \times 10^{-6}", gelu.derivative(-5), "power"),
    ("gelu", "$", r"-7.62 \times 10^{-22}", gelu.derivative(-10), "power"),
    ("gelu", "$", "0.00047", np.abs(TANH_FORM - GELU).max(), ".5f"),
    ("gelu", "$", "0.020", np.abs(X * sigmoid(1.702 * X) - GELU).max(), ".3f"),
    ("gelu", "$", "0.9214", SHARE, ".4f"),
    ("gelu", "$", "0.2076", gelu.derivative(ROOT) - SHARE, ".4f"),
    ("gelu", "$", "-0.0455", gelu(0 + 0 - 2), ".4f"),
    ("gelu", "$", "-0.1587", gelu(0 + 1 - 2), ".4f"),
    ("gelu", "1.129^{10} = ", "3.36", gelu.facts.largest_slope**10, ".2f"),
    ("gelu", "0.5^{10} = ", r"9.77 \times 10^{-4}", gelu.derivative(0) ** 10, "power"),
    ("relu6", r"\operatorname{ReLU6}(3) = ", "3", relu6(3), ".0f"),
    ("relu6", r"\operatorname{ReLU6}(8) = ", "6", relu6(8), ".0f"),
    ("relu6", "6/255 = ", "0.0235", relu6.facts.range.high / 255, ".4f"),
    ("relu6", "100/255 = ", "0.392", 100 / 255, ".3f"),
    ("relu6", "$", "0.5", relu6(0 + 3) / 6, ".1f"),
    ("identity", "f(-40) = ", "-40", identity(-40), ".0f"),
    ("identity", "$", "1", identity.derivative(-3), ".0f"),
    ("identity", "0.5^{10} = ", r"9.77 \times 10^{-4}", (0.5 * identity.derivative(1)) ** 10, "power"),
    ("identity", "$", "1024", (2 * identity.derivative(1)) ** 10, ".0f"),
)


# Numbers that belong to a formula: they are not worked out.
CONSTANTS = {"gelu": {"0.044715", "1.702"}}


def written(value: float, form: str) -> str:
    """The number as a lesson writes it: a format specification, or a power of ten in TeX."""
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    match form:
        case "power":
            return rf"{mantissa} \times 10^{{{int(exponent)}}}"
        case "bare power":
            assert mantissa == "1.00"
            return f"10^{{{int(exponent)}}}"
        case "one digit":
            return f"{float(f'{value:.0e}'):.0f}"
        case _:
            return format(value, form)


def taught(topic: str, language: str) -> str:
    """A lesson's text without its references, whose numbers are of another kind."""
    path = lessons.__path__[0]
    with open(f"{path}/{topic}/{language}.md", encoding="utf-8") as file:
        return file.read().partition(f"## {lessons.HEADINGS['references'][language]}")[0]


@pytest.mark.parametrize(("topic", "before", "figure", "value", "form"), FIGURES)
def test_a_quoted_figure_is_the_cores(topic: str, before: str, figure: str, value: float, form: str) -> None:
    assert written(value, form) == figure
    for language in lessons.LANGUAGES:
        assert re.search(re.escape(before + figure) + r"(?!\.?\d)", taught(topic, language)), language


@pytest.mark.parametrize("language", lessons.LANGUAGES)
@pytest.mark.parametrize("topic", TOPICS)
def test_no_long_figure_is_left_unchecked(topic: str, language: str) -> None:
    checked = {figure.lstrip("-") for of, _, figure, _, _ in FIGURES if of == topic} | CONSTANTS.get(topic, set())
    assert set(re.findall(r"\d+\.\d{3,}", re.sub(r"\]\([^)]*\)", "", taught(topic, language)))) <= checked


@pytest.mark.parametrize("topic", TOPICS)
def test_the_numpy_code_agrees_with_the_core(topic: str) -> None:
    names: dict[str, Any] = {}
    exec(dict(lessons.code(topic))["NumPy"], names)
    core = activations.get(topic)
    x = np.concatenate([np.linspace(-40.0, 40.0, 801), [-745.0, -1e-300, 1e-300, 745.0]])
    # short code for GELU rounds x² and x/√2, which far out counts a thousandfold, and runs out of digits below 1e-300
    rtol, atol = (1e-12, 1e-300) if topic == "gelu" else (1e-14, 0)
    np.testing.assert_allclose(names["f"](x), core(x), rtol=rtol, atol=atol)
    np.testing.assert_allclose(names["derivative"](x), core.derivative(x), rtol=rtol, atol=atol)
    assert names["f"](2.0) == pytest.approx(float(core(2.0)))


def test_the_leaky_numpy_code_takes_its_slope() -> None:
    names: dict[str, Any] = {}
    exec(dict(lessons.code("leaky_relu"))["NumPy"], names)
    x = np.linspace(-40.0, 40.0, 801)
    np.testing.assert_array_equal(names["f"](x, alpha=0.2), leaky_fifth(x))
    np.testing.assert_array_equal(names["derivative"](x, alpha=0.2), leaky_fifth.derivative(x))


def test_one_gelu_unit_solves_xor() -> None:
    outputs = {(a, b): gelu(a + b - 2) for a in (0, 1) for b in (0, 1)}
    assert outputs[1, 1] == 0
    assert all((output < -0.1) == (a != b) for (a, b), output in outputs.items())


def test_no_dead_unit_and_nothing_learned() -> None:
    ten = spread(Settings(f=elu, learning_rate=2))
    np.testing.assert_array_equal(ten.dead, 0)
    assert ten.accuracy.max() < 0.2  # measured: 0.098 to 0.102


@pytest.mark.parametrize("f", [selu, gelu], ids=repr)
def test_at_a_moderate_rate_no_unit_dies(f: activations.Activation) -> None:
    ten = spread(Settings(f=f))
    np.testing.assert_array_equal(ten.dead, 0)
    assert ten.accuracy.min() > 0.99  # measured: 0.998 to 0.999
