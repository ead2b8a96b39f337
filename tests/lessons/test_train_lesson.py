"""What the playground's lesson says is what the experiment does, and its links are the presets."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import lessons
from activations import ReLU
from activations.experiments.datasets import Data
from activations.experiments.network import Layer
from activations.experiments.playground import Run, Settings, train
from activations.experiments.presets import PRESETS
from lessons import Link, Text
from ui import entries
from ui.train_state import TABLE, settings_of

SEEDS = range(10)


@cache
def runs(name: str, side: int = 0) -> tuple[Run, ...]:
    return tuple(train(replace(PRESETS[name][side], seed=seed)) for seed in SEEDS)


def score(name: str, side: int = 0) -> np.ndarray:
    return np.array([run.recording.score[-1, 0] for run in runs(name, side)])


def reaching(side: int) -> float:
    """How many times the first layer's gradient norm goes into the fourth's, before any step."""
    norms = [run.recording.gradient[0] for run in runs("vanishing", side)]
    return 1 / float(np.median([norm[0] / norm[3] for norm in norms]))


def curvature() -> float:
    """Of the squared error of a plane: the largest eigenvalue of the inputs' second moments."""
    points = runs("runaway")[0].points
    x = np.column_stack([points.positions, np.ones(len(points.labels))])[~points.is_test]
    return float(np.linalg.eigvalsh(x.T @ x / len(x)).max())


NOISY = Settings(data=Data(count=50, noise=0.5), layers=(Layer(ReLU(), 16),) * 2, epochs=1000)


@cache
def noisy() -> np.ndarray:
    """The losses of a network that learns the noise by heart: seed, epoch, of training and of test points."""
    return np.array([train(replace(NOISY, seed=seed)).recording.loss for seed in SEEDS])


def rises() -> np.ndarray:
    """How many times its lowest value the test loss is at the end, seed by seed."""
    tested = noisy()[..., 1]
    return tested[:, -1] / tested.min(axis=1)


# (what the lesson says, in English and in Chinese, and what is computed)
CLAIMS = [
    ("51%", "51%", lambda: f"{100 * score('linear')[0]:.0f}"),
    ("never more than 58%", "从没超过 58%", lambda: f"{np.ceil(100 * score('linear').max()):.0f}"),
    ("at least 99%", "至少对 99%", lambda: f"{np.floor(100 * score('layer').min()):.0f}"),
    ("about 1/245", "大约 1/245", lambda: f"1/{reaching(0):.0f}"),
    ("about 1/3 ", "大约 1/3（", lambda: f"1/{reaching(1):.0f}"),
    (
        "dead at the end for 9 of 10 seeds",
        "10 个种子里有 9 个到最后整整一层都死了",
        lambda: str(sum(run.recording.dead_share[-1].max() == 1 for run in runs("dying"))),
    ),
    ("circles for 9 of 10 seeds", "10 个种子里有 9 个学会了同心圆", lambda: str(np.sum(score("dying", 1) > 0.95))),
    ("for 2 of the 10", "10 个里有 2 个", lambda: str(sum(run.divergence is not None for run in runs("dying", 1)))),
    ("for 2 of these 10 seeds", "这 10 个种子里，训练只有 2 个", lambda: str(np.sum(score("xor_two") > 0.97))),
    ("four times that value for 5 of these 10", "有 5 个，最后超过了最低点的四倍", lambda: str(np.sum(rises() > 4))),
    ("curvature of this loss is 1.035", "最大的曲率是 1.035", lambda: f"{curvature():.3f}"),
    (r"2 / 1.035 = 1.93$", r"2 / 1.035 = 1.93$", lambda: f"{2 / curvature():.2f}"),
    (r"1 - 2.3 \times 1.035 = -1.38$", r"1 - 2.3 \times 1.035 = -1.38$", lambda: f"{1 - 2.3 * curvature():.2f}"),
]


def said(language: str) -> str:
    (section,) = [part for part in lessons.read("train", language).sections if part.kind == "try_this"]
    return "\n".join(block.markdown for block in section.blocks if isinstance(block, Text))


@pytest.mark.parametrize(("english", "chinese", "computed"), CLAIMS, ids=[claim[0] for claim in CLAIMS])
def test_a_claim(english: str, chinese: str, computed) -> None:
    value = computed()
    for language, claim in (("en", english), ("zh", chinese)):
        assert value in claim
        assert claim in said(language)


def test_what_is_said_without_a_number() -> None:
    assert runs("dying", 1)[3].divergence is not None
    assert not any(run.recording.dead_share.any() for run in runs("dying", 1))
    assert score("xor", 1).min() > 0.97
    assert score("vanishing").max() < 0.55
    assert rises().min() > 1.1
    assert np.all(noisy()[:, -1, 1] > noisy()[:, -1, 0])
    assert 1 - PRESETS["runaway"][0].learning_rate * curvature() < -1


def test_the_links_are_the_presets() -> None:
    linked = []
    for section in lessons.read("train", "en").sections:
        for block in section.blocks:
            if isinstance(block, Link):
                values, notices = entries.read(TABLE, dict(block.query))
                assert notices == []
                linked.append(settings_of(values))
    assert set(linked) == {asked for name, asked in PRESETS.items() if name != "hills"} | {(NOISY,)}
