"""A reader's own points: pasted as CSV, checked with the line at fault, and written as a short text for a link.

A point is (x, y, value): in classification every different value is a class of its own, in
regression the value is what the network is to answer.
"""

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FEWEST, MOST = 4, 400  # 400 points make a link of 2,000 characters, which every browser and chat carries
CLASSES = 5  # as many as the palette tells apart
LARGEST = 1e6
STEPS = 4095  # two characters of `_DIGITS` say one of 4,096 places
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_VALUE = {digit: place for place, digit in enumerate(_DIGITS)}

Point = tuple[float, float, float]


class PointsError(ValueError):
    """Points that cannot be used: the `reason` by its name, and the `values` that a sentence about it needs.

    Reasons: columns (line, found), number (line, column, text), large (line, column, largest), few
    (found, fewest), many (found, most), one_place (column), one_class, many_classes (found, most), code.
    """

    def __init__(self, reason: str, **values: object) -> None:
        self.reason, self.values = reason, values
        super().__init__(f"{reason}: " + ", ".join(f"{name} {value}" for name, value in values.items()))


def parse(text: str) -> tuple[Point, ...]:
    """The points in CSV `text`: three numbers a line, between commas, semicolons, tabs or spaces.

    Empty lines are passed over, and so is a first line of titles. PointsError names the line at fault.
    """
    # counted before anything is read, so that a million lines are refused at once
    filled = len(re.findall(r"^[^\S\n]*\S", text, re.MULTILINE))
    if filled > MOST + 1:
        raise PointsError("many", found=filled, most=MOST)
    points: list[Point] = []
    lines = [(number, _cells(line)) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if lines and all(_number(cell) is None for cell in lines[0][1]):
        del lines[0]  # titles
    for number, cells in lines:
        if len(cells) != 3:
            raise PointsError("columns", line=number, found=len(cells))
        points.append(_point(cells, number))
    check(points)
    return tuple(points)


def _cells(line: str) -> list[str]:
    separator = next((mark for mark in (";", "\t", ",") if mark in line), None)
    return [cell.strip() for cell in line.split(separator)]


def _number(cell: str) -> float | None:
    try:
        return float(cell.replace("−", "-"))
    except ValueError:
        return None


def _point(cells: Sequence[str], line: int) -> Point:
    numbers = []
    for column, cell in enumerate(cells, start=1):
        found = _number(cell)
        if found is None or math.isnan(found):
            raise PointsError("number", line=line, column=column, text=cell)
        if abs(found) > LARGEST:
            raise PointsError("large", line=line, column=column, largest=LARGEST)
        numbers.append(found + 0.0)
    x, y, value = numbers
    return x, y, value


def check(points: Sequence[Point]) -> None:
    """Raise PointsError unless there are enough points, not too many, that differ on both axes and in value."""
    if len(points) < FEWEST:
        raise PointsError("few", found=len(points), fewest=FEWEST)
    if len(points) > MOST:
        raise PointsError("many", found=len(points), most=MOST)
    for column, entries in enumerate(zip(*points, strict=True), start=1):
        if not all(math.isfinite(entry) and abs(entry) <= LARGEST for entry in entries):
            raise PointsError("large", line=0, column=column, largest=LARGEST)
        if max(entries) - min(entries) <= 1e-5 * max(map(abs, entries)):
            raise PointsError("one_class") if column == 3 else PointsError("one_place", column=column)


def check_classes(points: Sequence[Point]) -> None:
    """Raise PointsError if there are more values than a classification can have classes."""
    found = len({value for *_, value in points})
    if found > CLASSES:
        raise PointsError("many_classes", found=found, most=CLASSES)


def written(points: Sequence[Point]) -> str:
    """The points as a text for a link; `read` gives them back, x and y each at one of 4,096 places of its range.

    Between tildes: the lowest and the highest x and y; the different values, or if they are more than
    CLASSES, the lowest and the highest and a dot; and the points, two characters a number, one for a
    value of few.
    """
    if not points:
        return ""
    columns = np.array(points, dtype=np.float64).T
    ends = [_brief(end) for column in columns for end in (column.min(), column.max())]
    places = [_places(column, *map(float, ends[2 * at : 2 * at + 2])) for at, column in enumerate(columns)]
    kinds = [_brief(kind) for kind in np.unique(columns[2])]
    if len(kinds) <= CLASSES:
        ends[4:] = kinds
        places[2] = [_DIGITS[kinds.index(_brief(value))] for value in columns[2]]
    else:
        ends.append(".")
    return "~".join([*ends, "".join("".join(point) for point in zip(*places, strict=True))])


def _brief(value: float) -> str:
    return f"{value + 0.0:.10g}"


def _places(column: NDArray[np.float64], low: float, high: float) -> list[str]:
    share = (column - low) / (high - low or 1.0)  # all in one place: at its start
    places = np.clip(np.rint(share * STEPS), 0, STEPS).astype(int).tolist()
    return [_DIGITS[place // 64] + _DIGITS[place % 64] for place in places]


def read(text: str) -> tuple[Point, ...]:
    """The points in a link's text, which may still be too few for `check`; PointsError for a damaged text."""
    if not text:
        return ()
    *parts, code = text.split("~")
    many = parts[-1:] == ["."]
    width = 6 if many else 5
    ends = [float(f"{found:.10g}") for found in map(_number, parts[: 6 if many else None]) if found is not None]
    as_many = len(ends) == len(parts) - many and (len(ends) == 6 if many else 4 < len(ends) <= 4 + CLASSES)
    if not as_many or not re.fullmatch(rf"(?:[A-Za-z0-9_-]{{{width}}})+", code):
        raise PointsError("code")
    if len(code) > width * MOST:
        raise PointsError("many", found=len(code) // width, most=MOST)
    points = tuple(_decoded(code[at : at + width], ends) for at in range(0, len(code), width))
    if not all(abs(number) <= LARGEST for point in points for number in point):  # NaN is no number either
        raise PointsError("code")
    return points


def _decoded(code: str, ends: Sequence[float]) -> Point:
    digits = [_VALUE[digit] for digit in code]
    places = [64 * a + b for a, b in zip(digits[:5:2], digits[1::2], strict=False)]
    # ten digits, so that what one link says is what the next one will say
    numbers = [
        float(_brief((1.0 - place / STEPS) * low + place / STEPS * high))  # exact at both ends
        for place, low, high in zip(places, ends[::2], ends[1::2], strict=False)
    ]
    if len(code) == 6:
        x, y, value = numbers
    elif digits[4] < len(ends) - 4:
        x, y, value = *numbers, ends[4 + digits[4]]
    else:
        raise PointsError("code")
    return x, y, value
