"""What a link may say: one table a page, from which links are read and written.

Each entry knows its default, what is valid, how its text is read and how it is written. Reading
never fails: what cannot be used is left out or brought into range, and a `Notice` says so.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from figures.numbers import typed


@dataclass(frozen=True)
class Notice:
    """Something in a link that could not be used: a message id, and the values to put into it."""

    message: str
    values: Mapping[str, str]


class UnusableError(ValueError):
    """A text that an entry cannot read: a message id and the values that say what would be valid."""

    def __init__(self, message: str, **values: str) -> None:
        super().__init__(message)
        self.message, self.values = message, values


def plain(value: float) -> str:
    """A number for an address: the shortest text that reads back as the same number."""
    return f"{value:.10g}"


def said(value: float) -> str:
    """A number as it stands in a sentence: `plain`, with a minus sign."""
    return plain(value).replace("-", "−")


def shown(text: str, longest: int = 40) -> str:
    """A reader's text made fit to be quoted: one line, cut, nothing that Markdown or TeX would act on."""
    line = " ".join(text.split())
    line = line if len(line) <= longest else line[: longest - 1] + "…"
    escaped = re.sub(r"([\\`*_{}\[\]()#+\-.!|<>$:~&@])", r"\\\1", line)
    # Addresses, emoji and icons are looked for after the backslashes are gone: a word joiner, unseen, parts them.
    return re.sub(r"(?i)(?<=[:@])|(?<=www)(?=\\\.)", "\u2060", escaped)


def _parsed(text: str) -> float:
    """The number that a reader wrote, or NaN, which lies in no range."""
    try:
        return float(typed(text.strip()))
    except (ValueError, OverflowError):
        return math.nan


@dataclass(frozen=True)
class Number:
    """A number from `low` to `high`."""

    name: str
    default: float
    low: float
    high: float
    whole: bool = False

    def read(self, text: str) -> float:
        """The number in `text`; UnusableError if it is none, or lies outside (`clamp` then gives the nearest)."""
        value = _parsed(text)
        if not self.low <= value <= self.high:
            raise UnusableError("notice.number", low=self.say(self.low), high=self.say(self.high))
        return round(value) if self.whole else value + 0.0

    def clamp(self, text: str) -> float | None:
        """The end of the range that a number outside of it lies beyond, or None."""
        value = _parsed(text)
        return None if math.isnan(value) else min(max(value, self.low), self.high)

    def write(self, value: float) -> str:
        """The number as it stands in an address."""
        return plain(value)

    def say(self, value: float) -> str:
        """The number as it stands in a sentence."""
        return said(value)


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    name: str
    default: str
    options: Sequence[str]

    def read(self, text: str) -> str:
        """The option that `text` names."""
        if text not in self.options:
            raise UnusableError("notice.choice", options=", ".join(self.options))
        return text

    def clamp(self, text: str) -> None:
        """Nothing is near a word."""

    def write(self, value: str) -> str:
        """The word itself."""
        return value


@dataclass(frozen=True)
class Flag:
    """On (1) or off (0)."""

    name: str
    default: bool = False

    def read(self, text: str) -> bool:
        """Whether it is on."""
        if text not in ("0", "1"):
            raise UnusableError("notice.choice", options="0, 1")
        return text == "1"

    def clamp(self, text: str) -> None:
        """Nothing is near a switch."""

    def write(self, value: bool) -> str:
        """1 or 0."""
        return "1" if value else "0"


@dataclass(frozen=True)
class Several:
    """Some of a few words, at least one, in the order given."""

    name: str
    default: tuple[str, ...]
    options: Sequence[str]

    def read(self, text: str) -> tuple[str, ...]:
        """The options that `text` names, between commas."""
        found = tuple(dict.fromkeys(text.split(",")))
        if not all(word in self.options for word in found):
            raise UnusableError("notice.choice", options=", ".join(self.options))
        return found

    def clamp(self, text: str) -> tuple[str, ...] | None:
        """Those words that are options, if there are any."""
        return tuple(word for word in dict.fromkeys(text.split(",")) if word in self.options) or None

    def write(self, value: Sequence[str]) -> str:
        """The words between commas."""
        return ",".join(value)


@dataclass(frozen=True)
class Numbers:
    """Between `fewest` and `most` numbers, each from `low` to `high`, between commas."""

    name: str
    default: tuple[float, ...]
    low: float
    high: float
    fewest: int
    most: int

    @property
    def each(self) -> Number:
        """What each of the numbers may be."""
        return Number(self.name, 0.0, self.low, self.high)

    def read(self, text: str) -> tuple[float, ...]:
        """The numbers in `text`."""
        parts = text.split(",")
        if not self.fewest <= len(parts) <= self.most:
            raise self._fault()
        try:
            return tuple(self.each.read(part) for part in parts)
        except UnusableError:
            raise self._fault() from None

    def _fault(self) -> UnusableError:
        return UnusableError(
            "notice.numbers",
            fewest=str(self.fewest),
            most=str(self.most),
            low=said(self.low),
            high=said(self.high),
        )

    def clamp(self, text: str) -> None:
        """A list with a bad number is dropped whole: a part of it would be another list."""

    def write(self, value: Sequence[float]) -> str:
        """The numbers between commas."""
        return ",".join(plain(number) for number in value)


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


@dataclass(frozen=True)
class Texts:
    """At most `most` texts of a reader's own between vertical bars, each cut at `longest` characters."""

    name: str
    most: int
    longest: int = 24
    default: tuple[str, ...] = ()

    def read(self, text: str) -> tuple[str, ...]:
        """The texts, each on one line; UnusableError if they are too many or too long."""
        lines = [_line(part) for part in text.split("|")]
        if len(lines) > self.most or any(len(line) > self.longest for line in lines):
            raise UnusableError("notice.texts", most=str(self.most), longest=str(self.longest))
        return tuple(lines)

    def cut(self, text: str) -> str:
        """One text as it will be kept: one line, no bar, at most `longest` characters."""
        line = _line(text.replace("|", "/"))
        return line if len(line) <= self.longest else line[: self.longest - 1] + "…"

    def clamp(self, text: str) -> tuple[str, ...]:
        """As many of the texts, and as much of each, as there is room for."""
        return tuple(self.cut(part) for part in text.split("|")[: self.most])

    def write(self, value: Sequence[str]) -> str:
        """The texts between bars."""
        return "|".join(value)


Entry = Number | Choice | Flag | Several | Numbers | Texts
Table = Sequence[Any]  # of Entry, or of anything with its name, default, read, clamp and write


def read(table: Table, query: Mapping[str, str]) -> tuple[dict[str, Any], list[Notice]]:
    """The values that a link's query sets, the others at their defaults, and what could not be used."""
    entries = {entry.name: entry for entry in table}
    values = {name: entry.default for name, entry in entries.items()}
    notices = []
    for name, text in query.items():
        entry = entries.get(name)
        if entry is None:
            notices.append(Notice("notice.unknown", {"name": shown(name)}))
            continue
        try:
            values[name] = entry.read(text)
        except UnusableError as fault:
            nearest = entry.clamp(text)
            if nearest is not None:
                values[name] = nearest
            used = shown(entry.write(values[name])) or "—"
            said = {"name": shown(name), "text": shown(text) or "—", "used": used} | fault.values
            notices.append(Notice(fault.message, said))
    return values, notices


def write(table: Table, values: Mapping[str, Any]) -> dict[str, str]:
    """The query of a link to this state: what differs from the defaults, in the table's order."""
    return {entry.name: entry.write(values[entry.name]) for entry in table if values[entry.name] != entry.default}
