"""A reader's text as tokens: whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activations.experiments.tokens import clean, tokens

FAMILY = "👩\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("text", "split", "expected"),
    [
        ("the cat  sat", "auto", ["the", "cat", "sat"]),
        ("我们看书", "auto", ["我", "们", "看", "书"]),
        ("我们看书", "words", ["我们看书"]),
        ("我们 看书", "auto", ["我们", "看书"]),
        ("a b", "letters", ["a", "b"]),
        ("", "auto", []),
        (" \t\n ", "letters", []),
        ("<b>x</b>", "auto", ["<", "b", ">", "x", "<", "/", "b", ">"]),
        ("<b>x</b> $y$ &amp;", "words", ["<b>x</b>", "$y$", "&amp;"]),
        (f"{FAMILY}🙂", "letters", [FAMILY, "🙂"]),
        ("👍🏽ok", "letters", ["👍🏽", "o", "k"]),
        ("🇨🇳🇩🇪🇫", "letters", ["🇨🇳", "🇩🇪", "🇫"]),
        ("e\u0301te\u0301", "letters", ["e\u0301", "t", "e\u0301"]),
        ("❤️!", "letters", ["❤️", "!"]),
        ("\u0301", "letters", ["\u0301"]),
    ],
)
def test_by_hand(text, split, expected):
    assert list(tokens(text, split)) == expected


def test_what_cannot_be_seen_is_a_space():
    assert clean("a\x00b\u202ec\nd\u200be\ud800f") == "a b c d e f"
    assert clean("x" * 10_000) == "x" * 10_000


@given(st.text(), st.sampled_from(["auto", "words", "letters"]))
def test_nothing_visible_is_lost(text, split):
    found = tokens(text, split)
    assert "".join(found) == clean(text).replace(" ", "")
    assert all(found)
    assert clean(clean(text)) == clean(text)


def test_an_unknown_way_is_refused():
    with pytest.raises(ValueError, match="auto, words, letters"):
        tokens("a", "syllables")
