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
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        cells = _cells(line)
        if not points and all(_number(cell) is None for cell in cells):
            continue  # titles
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
        if max(entries) - min(entries) <= 1e-9 * max(map(abs, entries)):
            raise PointsError("one_class") if column == 3 else PointsError("one_place", column=column)


def check_classes(points: Sequence[Point]) -> None:
    """Raise PointsError if there are more values than a classification can have classes."""
    found = len({value for *_, value in points})
    if found > CLASSES:
        raise PointsError("many_classes", found=found, most=CLASSES)


def written(points: Sequence[Point]) -> str:
    """The points as a text for a link; `read` gives them back, each number at one of 4,096 places of its column.

    It holds the lowest and the highest number of each column, and two characters a number.
    """
    columns = np.array(points, dtype=np.float64).T
    ends, codes = [], []
    for column in columns:
        low, high = (float(f"{end:.6g}") for end in (column.min(), column.max()))
        places = np.clip(np.rint((column - low) / (high - low) * STEPS), 0, STEPS).astype(int).tolist()
        ends += [f"{low:.6g}", f"{high:.6g}"]
        codes.append([_DIGITS[place // 64] + _DIGITS[place % 64] for place in places])
    return "~".join([*ends, "".join("".join(point) for point in zip(*codes, strict=True))])


def read(text: str) -> tuple[Point, ...]:
    """The points in a link's text; PointsError if it is not one that `written` could have made."""
    *ends, code = text.split("~")
    numbers = [_number(end) for end in ends]
    if len(ends) != 6 or not re.fullmatch(r"(?:[\w-]{6})+", code, re.ASCII) or None in numbers:
        raise PointsError("code")
    places = np.array([64 * _VALUE[a] + _VALUE[b] for a, b in zip(code[::2], code[1::2], strict=True)])
    low, high = np.array(numbers, dtype=np.float64).reshape(3, 2).T
    if len(places) > 3 * MOST:
        raise PointsError("many", found=len(places) // 3, most=MOST)
    if not np.all(np.isfinite(low) & np.isfinite(high) & (low < high)):
        raise PointsError("code")
    columns: NDArray[np.float64] = low + (high - low) * (places.reshape(-1, 3) / STEPS)
    # ten digits, so that what one link says is what the next one will say
    points = tuple((float(f"{x:.10g}"), float(f"{y:.10g}"), float(f"{value:.10g}")) for x, y, value in columns.tolist())
    check(points)
    return points
