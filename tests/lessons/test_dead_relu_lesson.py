"""What the lesson on dying ReLUs says is what the experiments do, and its links are the presets."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

import lessons
from activations.experiments import dying_network
from activations.experiments.cures import CURES
from lessons import Link, Text
from tests.activations.test_cures import compared, median
from ui import entries
from ui.dead_relu_state import PRESETS, TABLE


def accuracy(trouble: str, cure: str) -> float:
    return float(median(trouble, "accuracy", cure))


def dead(trouble: str, cure: str) -> float:
    return float(median(trouble, "dead", cure))


@cache
def returning() -> dying_network.DyingNetwork:
    return dying_network.train(dying_network.Settings(hidden=4, width=16, learning_rate=0.05, seed=2))


@cache
def killer() -> dying_network.Turn:
    run = dying_network.train(dying_network.Settings(width=16, learning_rate=0.5, epochs=1))
    return dying_network.follow(run, 0, 12).turns[0]


def is_cure(trouble: str, cure: str, least: float) -> bool:
    """Few dead units, and a network that learns."""
    return dead(trouble, cure) < 0.12 and accuracy(trouble, cure) > least


# (what the lesson says, in English and in Chinese, and whether it is so)
CLAIMS: list[tuple[str, str, Callable[[], bool]]] = [
    (
        "units of the second or the third layer came back every time. In the first layer none ever did",
        "每一次都有第二层或第三层的单元复活。第一层从来没有",
        lambda: bool((found := returns_of_ten())[:, 1:].sum(axis=1).min() > 0 and found[:, 0].sum() == 0),
    ),
    (
        "the third layer is dead from the start, and the whole network stands still",
        "第三层一开始就全是死的，整个网络便一动不动",
        lambda: bool((run := cut()).dead[0, 2].all() and not run.gradient.any() and not run.dead[0, 0].all()),
    ),
    (
        "a tenth of the rate has not got far after 10 epochs",
        "10 轮之后还没走出多远",
        lambda: 0.7 < accuracy("start", "lower") < 0.87,
    ),
    (
        "That heals the bad start. But if the full rate itself is too high, units die as soon as it is reached",
        "初始化不当，它能治好。但如果学习率本身就太高，一升到全速，单元照样死",
        lambda: is_cure("start", "warm_up", 0.8) and dead("rate", "warm_up") > 0.6,
    ),
    (
        "Against the bad start nothing else does better",
        "对付初始化不当，没有比它更好的",
        lambda: max(CURES, key=lambda cure: accuracy("start", cure)) == "he",
    ),
    (
        "that network had it all along",
        "那个网络从头到尾用的就是它",
        lambda: accuracy("rate", "he") == accuracy("rate", "none"),
    ),
    (
        "shortens only the steps that are too long. It works against both",
        "只缩短太长的步子。两种情况都有效",
        lambda: is_cure("rate", "clip", 0.9) and is_cure("start", "clip", 0.8),
    ),
    (
        "so hardly any can fall silent on all of it. It works against both",
        "很难对整批都沉默。两种情况都有效",
        lambda: is_cure("rate", "batch_norm", 0.9) and is_cure("start", "batch_norm", 0.9),
    ),
    (
        "At the high rate its median accuracy is still below 50%",
        "学习率太高时，它的准确率中位数仍不到 50%",
        lambda: accuracy("rate", "leaky_relu") < 0.5,
    ),
    (
        "several of the 20 runs even diverge",
        "20 次里甚至有好几次发散",
        lambda: 2 <= compared("start").diverged[CURES.index("leaky_relu")].sum() < 15,
    ),
    (
        "loses nearly half of its units, and guesses like the network without a cure",
        "会损失将近一半的单元，和不作处理的网络一样，只能瞎猜",
        lambda: 0.3 < dead("rate", "elu") < 0.6 and abs(accuracy("rate", "elu") - accuracy("rate", "none")) < 0.05,
    ),
    (
        "active on 1,794 of 1,797 images, one step before its death. Step 11 of the very first epoch",
        "还在 1,797 张图像中的 1,794 张上激活。第一轮的第 11 步",
        lambda: (killer().epoch, killer().step, (killer().before > 0).sum()) == (1, 11, 1794),
    ),
    (
        "At the end it is active on a third of the images",
        "最后它在三分之一的图像上激活",
        lambda: 0.25 < returning().active_share[-1, 1, 4] < 0.4,
    ),
    (
        "dead after the epochs 1 to 12. In all that time its own weights do not change by a single digit, "
        "and yet in epoch 13 it wakes",
        "在第 1 到第 12 轮之后都是死的。这段时间里，它自己的权重一个数字也没有变，到了第 13 轮却醒了过来",
        lambda: (
            np.flatnonzero(returning().dead[:, 1, 4]).tolist() == list(range(1, 13))
            and bool((returning().weights[2][1:13, :, 4] == returning().weights[2][1, :, 4]).all())
        ),
    ),
]


@cache
def returns_of_ten() -> np.ndarray:
    """How often units of each layer come back, shape (10, 3), within 30 epochs."""
    learning, seen = dying_network.networks(dying_network.Settings(), range(10)), []
    for epoch in range(31):
        if epoch:
            learning.train_epoch()
        layers, _ = learning.forward(learning.images)
        seen.append(np.stack([~learning.active(layer).any(axis=1) for layer in layers], axis=1))
    return (np.array(seen)[:-1] & ~np.array(seen)[1:]).sum(axis=(0, 3))


@cache
def cut() -> dying_network.DyingNetwork:
    return dying_network.train(dying_network.Settings(initial_bias=-1.0, epochs=2))


@pytest.mark.parametrize(("english", "chinese", "holds"), CLAIMS, ids=[claim[0] for claim in CLAIMS])
def test_the_lesson_says_what_happens(english, chinese, holds):
    for language, said in (("en", english), ("zh", chinese)):
        texts = [
            block.markdown
            for section in lessons.read("dead_relu", language).sections
            for block in section.blocks
            if isinstance(block, Text)
        ]
        assert said in "".join(texts).replace("**", ""), language
    assert holds()


def test_each_link_is_a_state_of_the_page():
    usual = {entry.name: entry.default for entry in TABLE}
    opened = []
    for section in lessons.read("dead_relu", "en").sections:
        for block in section.blocks:
            if isinstance(block, Link):
                values, notices = entries.read(TABLE, dict(block.query))
                assert notices == []
                opened.append(values)
    for name in ("healthy", "deadly", "leaky", "bias", "deep", "killed", "returns"):
        state = {key: value for key, value in (usual | PRESETS[name]).items() if key not in ("epoch", "turn")}
        found = [{key: value for key, value in values.items() if key in state} for values in opened]
        assert state in found, name
