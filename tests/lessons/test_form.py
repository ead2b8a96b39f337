"""Every lesson says the same in both languages: the same parts, links, formulas, numbers and references."""

import ast
import re
from collections.abc import Iterator

import pytest

import activations
import lessons
from lessons import Lesson, Link, Question, Section, Text
from tests.pages.running import PAGES

FRAMEWORKS = ("NumPy", "PyTorch", "Keras", "JAX")

_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_TEX = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
_WORDS_IN_TEX = re.compile(r"\\(?:text|mathrm|operatorname)\{[^}]*\}")  # may be in the reader's language
_URL = re.compile(r"\]\(([^)\s]+)\)")
_NUMBER = re.compile(r"(?<![A-Za-z_\d.])\d+(?:\.\d+)?(?:e[+\-−]?\d+)?")
_PERCENTAGE = re.compile(r"[\d}]\$?\s+\\?%")
_TAG = re.compile(r"</?[A-Za-z][\w-]*(?:\s[^<>]*)?/?>|<!--")


def markdown(section: Section) -> str:
    """All Markdown of a section, its questions and the words on its links included."""
    parts = {
        Text: lambda block: block.markdown,
        Link: lambda block: block.label,
        Question: lambda block: f"{block.question}\n\n{block.answer}",
    }
    return "\n\n".join(parts[type(block)](block) for block in section.blocks)


def formulas(text: str) -> set[str]:
    """The TeX in it, without spaces and without the words in it."""
    return {re.sub(r"\s+", "", _WORDS_IN_TEX.sub("", found)) for found in _TEX.findall(_CODE.sub("", text))}


def numbers(text: str) -> set[str]:
    """The numbers written in digits, those in formulas, code and addresses left out."""
    plain = _URL.sub("]", _TEX.sub(" ", _CODE.sub(" ", text)))
    return set(_NUMBER.findall(re.sub(r"(?<=\d)[,\u202f](?=\d{3}\b)", "", plain)))


def differences(one: Lesson, other: Lesson) -> Iterator[str]:
    """Where the two languages of one lesson do not say the same."""
    for ours, theirs in zip(one.sections, other.sections, strict=True):
        kinds = [[type(block).__name__ for block in section.blocks] for section in (ours, theirs)]
        if kinds[0] != kinds[1]:
            yield f"{ours.kind}: blocks {kinds[0]} and {kinds[1]}"
        targets = [[(b.page, b.query) for b in section.blocks if isinstance(b, Link)] for section in (ours, theirs)]
        if targets[0] != targets[1]:
            yield f"{ours.kind}: links to {targets[0]} and {targets[1]}"
        for what, found in (("TeX", formulas), ("numbers", numbers), ("addresses", lambda t: set(_URL.findall(t)))):
            first, second = found(markdown(ours)), found(markdown(theirs))
            if first != second:
                yield (
                    f"{ours.kind}: {what} only in {one.language}: {sorted(first - second)}, "
                    f"only in {other.language}: {sorted(second - first)}"
                )


def faults(lesson: Lesson) -> Iterator[str]:
    """What is wrong in one lesson by itself."""
    whole = "\n".join([lesson.title, lesson.summary, lesson.used, *map(markdown, lesson.sections)])
    for tag in _TAG.findall(_TEX.sub("", _CODE.sub("", whole))):
        yield f"HTML: {tag}"
    for percentage in _PERCENTAGE.findall(whole):
        yield f"no space stands before a percent sign: {percentage!r}"
    for section in lesson.sections:
        if not section.blocks:
            yield f"{section.kind} is empty"
        for block in section.blocks:
            if isinstance(block, Link) and block.page not in PAGES:
                yield f"{section.kind}: no page /{block.page}"
        if re.search(r"\]\(/", markdown(section)):
            # Only as a block of its own does a link keep the reader's language.
            yield f"{section.kind}: a link into the app must stand alone on its line"
        if section.kind == "check" and not all(isinstance(b, Question) and b.answer for b in section.blocks):
            yield "check: holds questions with their answers, nothing else"
        if section.kind == "references":
            yield from _faults_of_references(section)


def _faults_of_references(section: Section) -> Iterator[str]:
    for item in re.split(r"^(?=\S)", markdown(section), flags=re.MULTILINE):
        if item.strip() and not (re.match(r"[-*] ", item) and re.search(r"\]\(https?://|<https?://", item)):
            yield f"references: not a list item with a link: {item.strip()[:60]!r}"


@pytest.mark.parametrize("topic", lessons.topics())
def test_both_languages_say_the_same(topic: str) -> None:
    assert list(differences(lessons.read(topic, "en"), lessons.read(topic, "zh"))) == []


@pytest.mark.parametrize("language", lessons.LANGUAGES)
@pytest.mark.parametrize("topic", lessons.topics())
def test_a_lesson_is_well_formed(topic: str, language: str) -> None:
    assert list(faults(lessons.read(topic, language))) == []


@pytest.mark.parametrize("name", activations.names())
def test_every_activation_is_taught(name: str) -> None:
    assert name in lessons.topics(), f"lessons/{name}/en.md is missing"
    code = lessons.code(name)
    assert tuple(framework for framework, _ in code) == FRAMEWORKS
    for _, body in code:
        ast.parse(body)


def _lesson(language: str, understanding: str = "At $x = 2$ it is 0.88.", references: str = "") -> Lesson:
    headings = [names[language] for names in lessons.HEADINGS.values()]
    bodies = [
        understanding,
        "[Go](/sigmoid?x=2)",
        "Gates.",
        "A trap.",
        "### Why?\nBecause.",
        references or "- [A paper](https://example.org/a)",
    ]
    parts = "\n".join(f"## {heading}\n\n{body}\n" for heading, body in zip(headings, bodies, strict=True))
    return lessons.parse(f"# Title\n> One.\n>\n> Two.\n\n{parts}", "made_up", language)


def test_a_good_lesson_passes() -> None:
    assert list(differences(_lesson("en"), _lesson("zh"))) == []
    assert list(faults(_lesson("en"))) == []


@pytest.mark.parametrize(
    "other", ["At $x = 3$ it is 0.88.", "At $x = 2$ it is 0.89.", "At $x = 2$ it is 0.88.\n\n[Go](/sigmoid)\n"]
)
def test_a_difference_is_seen(other: str) -> None:
    assert len(list(differences(_lesson("en"), _lesson("zh", other)))) >= 1


@pytest.mark.parametrize(
    "fault",
    ["A <b>bold</b> word", "[Go](/nowhere)", "see [there](/sigmoid) for more", "below 1 % of it", r"$1$ %, $1\ \%$"],
    ids=["html", "page", "inline", "percent", "percent in TeX"],
)
def test_a_fault_is_seen(fault: str) -> None:
    assert len(list(faults(_lesson("en", understanding=fault)))) >= 1


def test_a_reference_without_a_link_is_seen() -> None:
    assert len(list(faults(_lesson("en", references="- A paper\n- [Another](https://example.org/b)")))) == 1
