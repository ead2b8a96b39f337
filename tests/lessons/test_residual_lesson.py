"""What the lesson on residual stacks says is what the experiment measures. Training itself: tests/activations."""

import math
import re

import pytest

import activations
import lessons
from activations.experiments.residual import WIDTH, Passage, Settings, at_start, compare
from lessons import Link, Text
from ui import entries
from ui.residual_view import BLOCKS, TABLE

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def begun(f: str = "relu", depth: int = 32, block: str = "scaled") -> Passage:
    normalisation, scaled = BLOCKS[block]
    return at_start(Settings(activations.get(f), normalisation, scaled, depth), [math.sqrt(2)])


def power(value: float) -> str:
    mantissa, exponent = f"{value:.2e}".split("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}"


# (what the lesson says, in English and in Chinese, and what is computed)
CLAIMS = [
    (
        "{}$ of the gradient at the last of 32 plain blocks",
        "只剩 ${}$",
        lambda: power(begun("sigmoid").gradient[0, 0, 0]),
    ),
    ("{} of it arrives", "还能传回 {}", lambda: f"{begun().gradient[0, 0, 0]:.2f}"),
    ("shrinks from {} to", "从 {} 缩到", lambda: f"{begun().difference[0, 0, 0]:.2f}"),
    ("to {} on its way up 32 blocks", "缩到 {}；", lambda: f"{begun().difference[0, 0, -1]:.2f}"),
    ("to {} over 64", "只剩 {}：", lambda: f"{begun(depth=64).difference[0, 0, -1]:.3f}"),
    ("the gradient is {} times", "{} 倍", lambda: f"{begun(block='batch').gradient[0, 0, 0]:.0f}"),
    ("blocks with {} units", "每块 {} 个单元", lambda: str(WIDTH)),
]


# What is not computed here. A new figure belongs into CLAIMS, or here with a reason.
SETTINGS = {
    *("8", "32", "64"),  # blocks
    *("95", "60"),  # accuracies on either side of which training ends: tests/activations/test_residual.py
    *("0", "1", "2"),  # in formulas, and the epoch before training
    *("56", "20", "152", "1,202", "1,001"),  # layers of He et al.
    *("2015", "2016", "2017", "2019", "2020"),
}


def prose(language: str) -> str:
    return "\n".join(
        block.markdown if isinstance(block, Text) else f"{block.question}\n{block.answer}"
        for section in lessons.read("residual", language).sections
        if section.kind != "references"
        for block in section.blocks
        if not isinstance(block, Link)
    )


@pytest.mark.parametrize(("english", "chinese", "computed"), CLAIMS, ids=[claim[0] for claim in CLAIMS])
def test_a_number_is_what_is_measured(english: str, chinese: str, computed) -> None:
    for said, language in ((english, "en"), (chinese, "zh")):
        assert said.replace("{}", computed()) in prose(language)


@pytest.mark.parametrize("language", lessons.LANGUAGES)
def test_no_figure_goes_unchecked(language: str) -> None:
    found = set(NUMBER.findall(re.sub("CIFAR-10|GPT-2", "", prose(language))))
    assert found == SETTINGS | {number for *_, computed in CLAIMS for number in NUMBER.findall(computed())}


@pytest.mark.parametrize("seed", [0, 1])
def test_of_two_linear_stacks_only_the_residual_one_learns(seed: int) -> None:
    # eight seeds: the plain one's weights run away in the first epoch, the residual one ends at 0.989 to 0.993
    run = compare(Settings(activations.get("identity"), seed=seed))
    assert run.diverged_at == (1, None)
    assert run.accuracy[-1, 1, 0] > 0.95


def test_it_is_as_the_lesson_tells_it() -> None:
    # with shortcuts the sigmoid stack's gradient is as large at the input as at the end
    assert begun("sigmoid").gradient[0, 1, 0] == pytest.approx(1, abs=0.1)
    # branches of full size: millions of times larger
    whole = begun(depth=64, block="whole").size[0, 1]
    assert whole[-1] / whole[0] > 2e6


@pytest.mark.parametrize("language", lessons.LANGUAGES)
def test_every_link_to_the_page_is_one_that_it_can_read(language: str) -> None:
    found = [
        dict(block.query)
        for section in lessons.read("residual", language).sections
        for block in section.blocks
        if isinstance(block, Link) and block.page == "residual"
    ]
    assert len(found) == 6
    for query in found:
        assert entries.read(TABLE, query)[1] == []
