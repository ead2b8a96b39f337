"""What the lesson on residual stacks says is what the experiment measures. Training itself: tests/activations."""

import math

import pytest

import activations
import lessons
from activations.experiments.residual import WIDTH, Passage, Settings, at_start
from lessons import Link, Text
from ui import entries
from ui.residual_view import BLOCKS, TABLE


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


@pytest.mark.parametrize(("english", "chinese", "computed"), CLAIMS, ids=[claim[0] for claim in CLAIMS])
def test_a_number_is_what_is_measured(english: str, chinese: str, computed) -> None:
    for said, language in ((english, "en"), (chinese, "zh")):
        text = "\n".join(
            block.markdown
            for section in lessons.read("residual", language).sections
            for block in section.blocks
            if isinstance(block, Text)
        )
        assert said.replace("{}", computed()) in text


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
