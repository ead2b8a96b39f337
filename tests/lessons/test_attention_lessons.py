"""Every figure that the lessons on attention and on the next word quote is what the core computes."""

import math
import re
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

import lessons
from activations import entropy
from activations.experiments.attention import attention, attention_weights, dot_products, jacobian_norm, token_vectors
from activations.experiments.masking import hidden_as
from activations.experiments.sampling import DRAWS, EXAMPLES, distil, next_word, standard_error
from tests.lessons.test_demo_lessons import fixed, source, vector

TOPICS = ("attention", "sampling")
TEN = tuple(f"w{index}" for index in range(10))
EXAMPLE = attention([[1, 1, 1, 1]], [[1, 1, 1, 1], [1, -1, 1, -1], [-1, -1, 0, 0]], [[1, 0], [0, 1], [1, 1]])
SURE, OPEN = (EXAMPLES[name][0] for name in ("sure", "open"))


@cache
def over_seeds(width: int, divided: bool) -> tuple[float, float]:
    """Entropy and ‖J‖ of ten tokens' weights, on average over 200 sets of vectors."""
    dots = np.array([dot_products(*token_vectors(TEN, seed), [width])[0] for seed in range(200)])
    weights = attention_weights(dots, math.sqrt(width) if divided else 1.0)
    return float(entropy(weights).mean()), float(jacobian_norm(weights).mean())


def percent(digits: int = 1) -> Callable[[float], str]:
    return lambda share: f"{share:.{digits}%}"


def cut_off(z: tuple[float, ...], k: int) -> float:
    found = next_word(z, top_k=k)
    return float(found.tempered[~found.after_k].sum())


def words_left(z: tuple[float, ...], **asked: float | bool) -> int:
    return int((next_word(z, **asked).p > 0).sum())


FAR = (0.127 - 0.1) / standard_error(0.1, 1000)
SOFT = distil(*EXAMPLES["sure"], [1, 4, 8, 16])

# (topic, what the lesson says, the value, how it is written)
FIGURES: list[tuple[str, str, object, Callable]] = [
    ("attention", "(2, 0, -1)", EXAMPLE.scores[0], lambda v: f"({', '.join(f'{one:g}' for one in v)})"),
    ("attention", "(4, 0, -2)", EXAMPLE.scores[0] * 2, lambda v: f"({', '.join(f'{one:g}' for one in v)})"),
    ("attention", "(0.844, 0.114, 0.042)", EXAMPLE.weights[0], vector(3)),
    ("attention", "(0.886, 0.156)", EXAMPLE.output[0], vector(3)),
    ("attention", r"\log_2 10 = 3.32", entropy(np.full(10, 0.1)), lambda v: rf"\log_2 10 = {v:.2f}"),
    ("attention", "1.5", over_seeds(8, False)[0], fixed(1)),
    ("attention", "0.31", over_seeds(8, False)[1], fixed(2)),
    ("attention", "0.5", over_seeds(64, False)[0], fixed(1)),
    ("attention", "0.17", over_seeds(64, False)[1], fixed(2)),
    ("attention", "0.2", over_seeds(512, False)[0], fixed(1)),
    ("attention", "0.06", over_seeds(512, False)[1], fixed(2)),
    ("attention", "2.8", over_seeds(8, True)[0], fixed(1)),
    ("attention", "0.34", over_seeds(8, True)[1], fixed(2)),
    ("attention", "2.8", over_seeds(512, True)[0], fixed(1)),
    ("attention", "0.35", over_seeds(512, True)[1], fixed(2)),
    ("attention", "65504", np.finfo(np.float16).max, fixed(0)),
    ("attention", "64", np.spacing(np.float32(1e9)), fixed(0)),
    ("attention", "22.6", math.sqrt(512), fixed(1)),
    ("attention", r"\sqrt{256} = 16", math.sqrt(256), lambda v: rf"\sqrt{{256}} = {v:.0f}"),
    ("sampling", "92.9%", next_word(SURE).p[0], percent()),
    ("sampling", "57.1%", next_word(SURE, temperature=2).p[0], percent()),
    ("sampling", "32.2%", cut_off(OPEN, 5), percent()),
    ("sampling", "1.2%", cut_off(SURE, 5), percent()),
    ("sampling", "0.183", next_word(OPEN).p[0], fixed(3)),
    ("sampling", "0.817", 1 - next_word(OPEN).p[0], fixed(3)),
    ("sampling", "1.2", 100 * standard_error(next_word(OPEN).p[0], int(DRAWS.default)), fixed(1)),
    ("sampling", "2.3%", SOFT.targets[0, 1], percent()),
    ("sampling", "10.8%", SOFT.targets[1, 1], percent()),
    ("sampling", "0.0083", SOFT.size[2], fixed(4)),
    ("sampling", "0.0019", SOFT.size[3], fixed(4)),
    ("sampling", "0.530", 8**2 * SOFT.size[2], fixed(3)),
    ("sampling", "0.489", 16**2 * SOFT.size[3], fixed(3)),
    ("sampling", "0.463", SOFT.limit, fixed(3)),
    ("sampling", "0.625", next_word(np.log([0.5, 0.3, 0.15, 0.05]), top_p=0.6).p[0], fixed(3)),
    ("sampling", "0.375", next_word(np.log([0.5, 0.3, 0.15, 0.05]), top_p=0.6).p[1], fixed(3)),
    ("sampling", "0.0095", standard_error(0.1, 1000), fixed(4)),
    ("sampling", "2.8", FAR, fixed(1)),
    # a normal number is farther away than 2.85 standard deviations about once in 200 times
    (
        "sampling",
        "200",
        1 / math.erfc((0.127 - 0.1) / standard_error(0.1, 1000) / math.sqrt(2)),
        lambda v: f"{round(v, -2):.0f}",
    ),
]
# What a question gives, and what is no result.
SETTINGS = {"attention": set(), "sampling": {"0.15", "0.05", "0.127", "100%", "90%"}}
NUMBER = re.compile(r"\d+\.\d{2,}(?!\d|%)|\d+(?:\.\d+)?%")


def prose(topic: str, language: str) -> str:
    text = source(topic, language).split(f"## {lessons.HEADINGS['references'][language]}")[0]
    return re.sub(r"\]\(/[^)]*\)", "]", text)


@pytest.mark.parametrize(("topic", "quoted", "value", "write"), FIGURES, ids=[f"{row[0]}: {row[1]}" for row in FIGURES])
def test_a_quoted_figure_is_what_the_core_computes(topic: str, quoted: str, value: object, write: Callable) -> None:
    assert write(value) == quoted
    for language in lessons.LANGUAGES:
        assert re.search(rf"(?<![\d.]){re.escape(quoted)}(?!\d)", prose(topic, language)), language


@pytest.mark.parametrize("language", lessons.LANGUAGES)
@pytest.mark.parametrize("topic", TOPICS)
def test_no_figure_goes_unchecked(topic: str, language: str) -> None:
    checked = {number for row in FIGURES if row[0] == topic for number in NUMBER.findall(row[1])}
    found = set(NUMBER.findall(prose(topic, language)))
    assert found - SETTINGS[topic] == checked


@pytest.mark.parametrize(
    ("z", "asked", "left"),
    [
        (OPEN, {"top_p": 0.9}, 9),
        (SURE, {"top_p": 0.9}, 1),
        (OPEN, {"min_p": 0.1}, 10),
        (SURE, {"min_p": 0.1}, 1),
        (SURE, {"temperature": 2, "top_p": 0.9}, 7),
        (SURE, {"temperature": 2, "min_p": 0.1}, 4),
        (SURE, {"temperature": 2, "top_p": 0.9, "temperature_last": True}, 1),
        (np.log([0.5, 0.3, 0.15, 0.05]), {"top_p": 0.6}, 2),
        (np.log([0.5, 0.3, 0.15, 0.05]), {"min_p": 0.2}, 3),
    ],
)
def test_so_many_words_are_left(z: tuple[float, ...], asked: dict[str, float | bool], left: int) -> None:
    assert words_left(z, **asked) == left
    # the banana has no chance with min-p, and a small one without
    assert next_word(SURE, temperature=2).p[-1] > 0
    assert next_word(SURE, temperature=2, min_p=0.1).p[-1] == 0


def test_what_the_lesson_says_of_precisions() -> None:
    nothing = np.zeros(4, dtype=bool)
    scores = [1.5, -0.5, 0.25, 2.0]
    assert np.isnan(hidden_as("half", scores, nothing)).all()
    assert np.unique(hidden_as("billion", scores, nothing)).tolist() == [0.25]


@pytest.mark.parametrize("topic", TOPICS)
def test_card_texts_are_short(topic: str) -> None:
    english, chinese = (lessons.read(topic, language) for language in lessons.LANGUAGES)
    assert len(english.summary.split()) <= 20
    assert len(chinese.summary) <= 40
    assert len(english.used.split()) <= 12


@pytest.mark.parametrize("topic", TOPICS)
def test_a_lesson_ends_with_questions_to_check_oneself(topic: str) -> None:
    for language in lessons.LANGUAGES:
        check = lessons.read(topic, language).sections[4]
        assert check.kind == "check"
        assert 2 <= len(check.blocks) <= 3
