"""What the lesson on convolution says is what the core computes, and its links show it."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import activations
import lessons
from activations import Activation
from activations.experiments import convolution, digits
from activations.experiments.quantisation import quantised, step
from figures import convolution as maps
from figures.quantisation import Stored
from ui import entries
from ui.convolution_view import LEARNT, TABLE

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
FILTERS = dict(zip(convolution.BY_HAND, convolution.by_hand().filters, strict=True))
Z = maps.tested(convolution.by_hand())
relu, tanh, leaky = (activations.get(name) for name in ("relu", "tanh", "leaky_relu"))
EDGE = np.array([[0, 0, 1]] * 3, dtype=float)


def source(language: str) -> str:
    return (Path(lessons.__file__).parent / "convolution" / f"{language}.md").read_text(encoding="utf-8")


def zeros(f: Activation, bias: float = 0.0) -> str:
    return maps.share(np.asarray(f(Z + bias)))


def stored(gain: float) -> Stored:
    image = digits.load().images[digits.load().first[3]].reshape(8, 8)
    return Stored(image, convolution.by_hand(), 0, 8, gain, 6.0)


# (what the lesson says in both languages, what is computed of it)
FIGURES: list[tuple[str, Callable[[], str]]] = [
    (r"z = 3 \times 1 - 3 \times 0 = 3$", lambda: f"{(FILTERS['left'] * EDGE).sum():.0f}"),
    ("−3", lambda: f"−{-(FILTERS['left'] * EDGE[:, ::-1]).sum():.0f}"),
    ("59%", lambda: zeros(relu)),
    ("15%", lambda: zeros(tanh)),
    ("82%", lambda: zeros(relu, -1.0)),
    ("0.5", lambda: f"{activations.get('sigmoid')(0.0)}"),
    ("1,197", lambda: f"{len(digits.split().train):,}"),
    ("$96/255 = 0.376$", lambda: f"{stored(32).reach:.0f}/255 = {step(8, stored(32).reach):.3f}"),
    ("$6/255 = 0.0235$", lambda: f"6/255 = {step(8, 6.0):.4f}"),
    ("42.5", lambda: f"{1 / step(8, 6.0):.1f}"),
    ("0.988", lambda: f"{42 * step(8, 6.0):.3f}"),
    ("1.012", lambda: f"{43 * step(8, 6.0):.3f}"),
]
# Figures of the page's own settings, of the models, and of what is counted by looking.
SETTINGS = {
    *("0", "1", "2", "3", "4", "6", "16", "19", "32", "50", "95", "96", "255", "0.05", "1.00", "42", "43", "5"),
    *("2011", "2014", "2015", "2016", "2018", "2019", "2020"),
}


@pytest.mark.parametrize(("quoted", "compute"), FIGURES, ids=[quoted for quoted, _ in FIGURES])
@pytest.mark.parametrize("language", lessons.LANGUAGES)
def test_a_figure(language: str, quoted: str, compute: Callable[[], str]) -> None:
    assert quoted in source(language)
    assert compute() in quoted


@pytest.mark.parametrize("language", lessons.LANGUAGES)
def test_no_figure_goes_unchecked(language: str) -> None:
    prose = source(language).split(f"## {lessons.HEADINGS['references'][language]}")[0]
    prose = re.sub(r"\]\(/[^)]*\)|2×2|3×3|VGGNet|ReLU6|MobileNetV2", "", prose)
    checked = {number for quoted, _ in FIGURES for number in NUMBER.findall(quoted)}
    assert set(NUMBER.findall(prose)) <= checked | SETTINGS


def test_what_is_said_without_a_figure() -> None:
    assert zeros(tanh, 0.05) == "0%"
    assert zeros(activations.get("sigmoid")) == "0%"
    assert leaky.settings["alpha"] == 0.01  # a hundredth
    assert round(stored(1).reach) == 5
    assert step(8, stored(32).reach) / step(8, 6.0) == pytest.approx(16)
    assert all(weights.sum() == 0 for weights in FILTERS.values())
    values = list(FILTERS.values())
    assert (values[0] == -values[1]).all()
    assert (values[2] == -values[3]).all()
    # most of tanh's zeros are where a patch is blank
    images = digits.load().images[digits.split().test[: maps.TESTED]].reshape(-1, 8, 8)
    blank = (convolution.patches(images) == 0).all(axis=-1)
    assert blank.mean() > 0.8 * (Z == 0).mean()
    # with few bits a value between two steps may go to either
    assert quantised(np.array([0.999, 1.001]), 8, 6.0) == pytest.approx([42 * 6 / 255, 43 * 6 / 255])


def test_the_learned_filters_are_as_good_as_the_lesson_says() -> None:
    assert convolution.train(LEARNT).accuracy > 0.95


def test_every_link_can_be_read() -> None:
    for language in lessons.LANGUAGES:
        for section in lessons.read("convolution", language).sections:
            for block in section.blocks:
                if isinstance(block, lessons.Link):
                    _, notices = entries.read(TABLE, dict(block.query))
                    assert notices == []


def test_both_languages_have_the_same_formulas_and_references() -> None:
    english, chinese = (source(language) for language in lessons.LANGUAGES)
    for pattern in (r"\$\$.*?\$\$|\$[^$\n]+\$", r"\]\((http[^)\s]+)\)", r"\]\((/[^)\s]+)\)"):
        assert re.findall(pattern, english) == re.findall(pattern, chinese)
