"""The interface's words: one .po file a language, read once at start by Babel.

A message's id says what it is for ("tool.reset"); both files give it words. `Words` looks them up
and puts named values in; lessons are not here but in `lessons/`.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st
from babel.messages.pofile import read_po

from lessons import LANGUAGES

NAMES = {"zh": "中文", "en": "English"}
COOKIE = "activation-lab-language"
_FOLDER = Path(__file__).parent / "locales"


@dataclass(frozen=True)
class Words:
    """The interface's words in one language: `words("tool.reset")`, `words("said.x", x="2.00")`."""

    language: str

    def __call__(self, message: str, /, **values: object) -> str:
        """The message in this language with the named values put in; KeyError for an unknown id."""
        return catalogue(self.language)[message].format(**values) if values else catalogue(self.language)[message]


@cache
def catalogue(language: str) -> dict[str, str]:
    """All messages of a language by their ids."""
    with (_FOLDER / f"{language}.po").open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, locale=language) if entry.id}


def preferred() -> str:
    """The language of a reader whose link names none: chosen before, else the browser's, else English."""
    chosen = st.context.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"
