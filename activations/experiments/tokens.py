"""A reader's text as tokens: at spaces, or character by character, as people count characters."""

import unicodedata
from collections.abc import Iterator
from typing import Literal, get_args

Split = Literal["auto", "words", "letters"]

_JOINER = "\u200d"  # between the emoji of one picture
_SKIN = range(0x1F3FB, 0x1F400)
_FLAG = range(0x1F1E6, 0x1F200)  # letters of which two make a flag
_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}  # control and format characters, and such that are none


def clean(text: str) -> str:
    """The text on one line: what cannot be seen, or would turn round what stands beside it, is a space."""
    kept = (" " if unicodedata.category(c) in _UNSEEN and c != _JOINER else c for c in text)
    return " ".join("".join(kept).split())


def tokens(text: str, split: Split = "auto") -> tuple[str, ...]:
    """The tokens of a text: "words" at spaces, "letters" one by one, "auto" at spaces if there are any.

    A letter with its accents, an emoji of several signs and a flag are one character each. Raises
    ValueError for an unknown way to split.
    """
    if split not in get_args(Split):
        raise ValueError(f"split must be one of {', '.join(get_args(Split))}, not {split!r}")
    line = clean(text)
    if split == "words" or (split == "auto" and " " in line):
        return tuple(line.split())
    return tuple(_characters(line.replace(" ", "")))


def _characters(line: str) -> Iterator[str]:
    held = ""
    for c in line:
        if held and not _goes_on(held, c):
            yield held
            held = ""
        held += c
    if held:
        yield held


def _goes_on(held: str, c: str) -> bool:
    """Whether `c` belongs to the character that is held."""
    second_of_a_flag = ord(c) in _FLAG and len(held) == 1 and ord(held) in _FLAG
    joined = c == _JOINER or held.endswith(_JOINER)
    return unicodedata.category(c).startswith("M") or ord(c) in _SKIN or joined or second_of_a_flag
