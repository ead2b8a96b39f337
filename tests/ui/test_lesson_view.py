"""A lesson's text as it is handed to the browser."""

import pytest

import lessons
from lessons import Question, Text
from ui.lesson_view import bound


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("得 $z = 3$。白纸得 $0$，满", r"得 $z = 3\text{。}$白纸得 $0\text{，}$满"),
        ("（见 $f$）：好", r"（见 $f\text{）：}$好"),
        ("$a$ 和 $b$，还有 $c$", r"$a$ 和 $b\text{，}$还有 $c$"),
        ("$1$、$2$", "$1\\text{、}$\u200b$2$"),
        ("It is $z = 3$. So", "It is $z = 3$. So"),
        ("$$\na = b\n$$\n，如此", "$$\na = b\n$$\n，如此"),
        (r"价格 5\$，再加 $x$；", r"价格 5\$，再加 $x\text{；}$"),
    ],
)
def test_a_mark_goes_with_the_formula_before_it(written: str, shown: str) -> None:
    assert bound(written) == shown


@pytest.mark.parametrize("topic", lessons.topics())
def test_no_formula_of_a_chinese_lesson_is_followed_by_a_mark(topic: str) -> None:
    for section in lessons.read(topic, "zh").sections:
        for block in section.blocks:
            text = block.markdown if isinstance(block, Text) else block.answer if isinstance(block, Question) else ""
            assert not any(f"${mark}" in bound(text).replace("$$", "") for mark in "，。、；：！？）")
            assert bound(text).count("$") == text.count("$")
            assert bound(text).count("$$") == text.count("$$")


@pytest.mark.parametrize("topic", lessons.topics())
def test_english_is_left_as_it_is(topic: str) -> None:
    for section in lessons.read(topic, "en").sections:
        for block in section.blocks:
            if isinstance(block, Text):
                assert bound(block.markdown) == block.markdown
