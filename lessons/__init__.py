"""The lessons: one Markdown file a topic and language, and the reader that turns it into a `Lesson`.

The form of a file, the same in every language, so that the two can be compared by a test:

    # Title
    > One sentence for the card in the gallery.
    >
    > Where it is used, in one line.

    ## Understanding            then Try this, Where it is used, Watch out, Check yourself, References
    Markdown with TeX between dollar signs. No HTML.

    [words](/page?x=2)          alone on a line: a link into the app, shown as a button
    ### A question              under Check yourself: its answer follows and is shown folded
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

LANGUAGES = ("en", "zh")

# The sections in their order: what a program calls them, and their headings in each language.
HEADINGS: dict[str, dict[str, str]] = {
    "understanding": {"en": "Understanding", "zh": "理解"},
    "try_this": {"en": "Try this", "zh": "动手试试"},
    "where_used": {"en": "Where it is used", "zh": "场景与大模型应用"},
    "watch_out": {"en": "Watch out", "zh": "常见误区"},
    "check": {"en": "Check yourself", "zh": "自测"},
    "references": {"en": "References", "zh": "参考文献"},
}

_FOLDER = Path(__file__).parent
_LINK = re.compile(r"\[(?P<label>[^\]]+)\]\((?P<target>/[^)\s]*)\)")


@dataclass(frozen=True)
class Text:
    """A run of Markdown."""

    markdown: str


@dataclass(frozen=True)
class Link:
    """A link into the app: the words on it, the page's address without its slash, and the state it sets."""

    label: str
    page: str
    query: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Question:
    """A question to check oneself, and its answer in Markdown."""

    question: str
    answer: str


Block = Text | Link | Question


@dataclass(frozen=True)
class Section:
    """One part of a lesson: its kind (a key of HEADINGS), its heading and what stands under it."""

    kind: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Lesson:
    """What is taught about one topic in one language."""

    topic: str
    language: str
    title: str
    summary: str
    used: str
    sections: tuple[Section, ...]


class LessonError(ValueError):
    """A lesson file does not have the form that this module describes; the message names file and fault."""


@cache
def topics() -> tuple[str, ...]:
    """The topics there are, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in _FOLDER.glob("*/en.md")))


@cache
def read(topic: str, language: str) -> Lesson:
    """Read the lesson on `topic` in `language`; LessonError if there is none or its form is wrong."""
    path = _FOLDER / topic / f"{language}.md"
    if topic not in topics() or language not in LANGUAGES or not path.is_file():
        raise LessonError(f"no lesson {topic!r} in {language!r}; topics: {', '.join(topics())}")
    return parse(path.read_text(encoding="utf-8"), topic, language)


def parse(source: str, topic: str, language: str) -> Lesson:
    """Turn the text of a lesson file into a Lesson; LessonError names what is wrong with its form."""
    head, *parts = re.split(r"^## +", source, flags=re.MULTILINE)
    title, *quoted = [line for line in head.splitlines() if line.strip() not in ("", ">")]
    if not title.startswith("# ") or len(quoted) != 2 or not all(line.startswith("> ") for line in quoted):
        raise LessonError(f"{topic}/{language}.md must open with a # title and two > lines")
    found = [part.partition("\n")[0].strip() for part in parts]
    wanted = [heading[language] for heading in HEADINGS.values()]
    if found != wanted:
        raise LessonError(f"{topic}/{language}.md must have the headings {wanted}, not {found}")
    sections = tuple(
        Section(name, heading[language], tuple(_blocks(part.partition("\n")[2])))
        for (name, heading), part in zip(HEADINGS.items(), parts, strict=True)
    )
    return Lesson(topic, language, title[2:].strip(), quoted[0][2:].strip(), quoted[1][2:].strip(), sections)


def _blocks(body: str) -> Iterator[Block]:
    opening, *asked = re.split(r"^### +", body, flags=re.MULTILINE)
    text: list[str] = []
    for line in opening.splitlines():
        link = _LINK.fullmatch(line.strip())
        if link is None:
            text.append(line)
            continue
        yield from _text(text)
        text = []
        target = urlsplit(link["target"])
        yield Link(link["label"], target.path.strip("/"), tuple(parse_qsl(target.query, keep_blank_values=True)))
    yield from _text(text)
    for item in asked:
        question, _, answer = item.partition("\n")
        yield Question(question.strip(), answer.strip())


def _text(lines: list[str]) -> Iterator[Text]:
    markdown = "\n".join(lines).strip()
    if markdown:
        yield Text(markdown)


@cache
def code(topic: str) -> tuple[tuple[str, str], ...]:
    """The same function in each framework, from `code.md`: pairs of a framework's name and its code."""
    path = _FOLDER / topic / "code.md"
    if not path.is_file():
        return ()
    found = re.findall(r"^## +(.+?)\s*\n+```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)
    return tuple((name, body.rstrip()) for name, body in found)
