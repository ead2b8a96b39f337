"""The README says the same in both languages, as far as headings, commands, pictures and numbers tell."""

import re

import pytest

from benchmarks import ROOT

ENGLISH, CHINESE = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))


def commands(text: str) -> list[str]:
    """The lines of the code blocks, without the comments behind them."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]


def rows(text: str) -> list[list[str]]:
    """The numbers of each row of the tables, in whatever order the language puts them."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [sorted(re.findall(r"\d+(?:[.,]\d+)*", line)) for line in lines]


def test_both_have_the_same_headings() -> None:
    levels = [re.findall(r"^(#+) ", text, re.MULTILINE) for text in (ENGLISH, CHINESE)]
    assert levels[0] == levels[1]
    assert len(levels[0]) > 5


def test_both_give_the_same_commands() -> None:
    assert commands(ENGLISH) == commands(CHINESE)
    assert {"make run", "make test"} <= set(commands(ENGLISH))


@pytest.mark.parametrize("pattern", [r"!\[.*?\]\((.+?)\)", r"`(/\w+)`", r"`([\w/]+/)`", r"^\| `([\w./]+)` \|"])
def test_both_name_the_same_pictures_pages_and_rooms(pattern: str) -> None:
    found = [re.findall(pattern, text, re.MULTILINE) for text in (ENGLISH, CHINESE)]
    assert sorted(found[0]) == sorted(found[1])
    assert found[0]


def test_both_print_the_same_measurements() -> None:
    assert rows(ENGLISH) == rows(CHINESE)
    assert sum(map(bool, rows(ENGLISH))) > 10
