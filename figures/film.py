"""Films: for each position of one handle, the numbers, pictures and words that change in its figures.

A film is worked out once by the core, encoded once, and played in the reader's browser, so that
figures follow the finger without asking the server. `encode` gives the bytes that the scrubber
reads: a little-endian uint32 with the length of a JSON header, the header padded with spaces to a
multiple of four, then every track's float32 values, frame after frame; every palette, 256 colours
of four bytes (red, green, blue, alpha); and every picture's cells, a byte each, frame after frame,
the top row first. Bytes come last, so that all numbers lie at multiples of four.

What varies over a plane is a picture (figures/picture.py) and not a heat map. A heat map goes blank
unless Plotly draws its whole chart again: measured in Chromium from input event to painted chart, 60 × 60
cells under 500 points, 38 ms at the median with its smoothing "fast" and 90 with "best", a mosaic of 32
units in one heat map 17; a picture 11.5, and 32 of them 20, where an empty frame alone takes 8.5.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST = 200_000  # bytes: a film must reach a phone in a blink
LARGEST_PICTURES = 1_000_000  # with pictures, which a lazy handle fetches when it is first moved


@dataclass(frozen=True)
class Track:
    """What one attribute (such as "y") of one trace is in each frame: `values` has shape (frames, points).

    `chart` counts the charts that the handle moves, from 0.
    """

    trace: int
    attribute: str
    values: NDArray[np.float32]
    chart: int = 0


@dataclass(frozen=True)
class Picture:
    """What one of a chart's layout images shows in each frame, as figures/picture.py draws it.

    `image` is its place among the layout's images. `values`, of shape (frames, rows, columns) with the
    lowest row first, are places in the `palette` of shape (256, 4).
    """

    image: int
    values: NDArray[np.uint8]
    palette: NDArray[np.uint8]
    chart: int = 0


@dataclass(frozen=True)
class Film:
    """What moves with one handle.

    `positions` are the values the handle stops at; `present` is its exact value now, which need not
    be one of them: then the film has one more frame, the last, that shows it. `words` gives for
    every slot of the readout its text in each frame.
    """

    handle: str
    positions: NDArray[np.float64]
    present: float
    tracks: Sequence[Track]
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    pictures: Sequence[Picture] = ()

    def __post_init__(self) -> None:
        frames = len(frame_values(self.positions, self.present))
        for track in self.tracks:
            if track.values.ndim != 2 or len(track.values) != frames:
                raise ValueError(
                    f"track {track.trace}.{track.attribute} must have {frames} frames: {track.values.shape}"
                )
        for picture in self.pictures:
            if picture.values.dtype != np.uint8 or picture.values.ndim != 3 or len(picture.values) != frames:
                raise ValueError(f"picture {picture.image} must be bytes in {frames} frames: {picture.values.shape}")
        for slot, texts in self.words.items():
            if len(texts) != frames:
                raise ValueError(f"slot {slot!r} must have {frames} texts, not {len(texts)}")

    @property
    def bound(self) -> int:
        """How many bytes it may take."""
        return LARGEST_PICTURES if self.pictures else LARGEST

    def encode(self) -> bytes:
        """The film as the bytes that the scrubber reads."""
        palettes = list(dict.fromkeys(picture.palette.tobytes() for picture in self.pictures))
        header = json.dumps(
            {
                "handle": self.handle,
                "positions": [float(f"{value:.10g}") for value in self.positions],
                "frames": len(frame_values(self.positions, self.present)),
                "tracks": [[entry.chart, entry.trace, entry.attribute, entry.values.shape[1]] for entry in self.tracks],
                "palettes": len(palettes),
                "pictures": [
                    [entry.chart, entry.image, palettes.index(entry.palette.tobytes()), *entry.values.shape[1:]]
                    for entry in self.pictures
                ],
                "words": {slot: list(texts) for slot, texts in self.words.items()},
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        header += b" " * (-len(header) % 4)
        numbers = [np.ascontiguousarray(entry.values, dtype="<f4").tobytes() for entry in self.tracks]
        cells = [entry.values[:, ::-1].tobytes() for entry in self.pictures]
        return b"".join([len(header).to_bytes(4, "little"), header, *numbers, *palettes, *cells])


def between(positions: NDArray[np.float64], value: float) -> float | None:
    """`value` if it lies between two positions, and None if it is one: then the film is the same for all such."""
    return None if present_frame(positions, value) < len(positions) else value


def present_frame(positions: NDArray[np.float64], present: float) -> int:
    """The number of the frame that shows `present`: that of its position, or one past the last."""
    nearest = int(np.argmin(np.abs(positions - present)))
    gap = abs(float(positions[nearest]) - present)
    return nearest if gap <= 1e-9 * max(abs(present), 1e-3) else len(positions)


def frame_values(positions: NDArray[np.float64], present: float) -> NDArray[np.float64]:
    """The handle's value in every frame: its positions, and `present` if that lies between two of them."""
    if present_frame(positions, present) < len(positions):
        return positions
    return np.append(positions, present)


def track(trace: int, attribute: str, *columns: NDArray[Any], chart: int = 0) -> Track:
    """A track from arrays of shape (frames, points), side by side."""
    return Track(trace, attribute, np.concatenate(columns, axis=1).astype(np.float32), chart)


def still(values: NDArray[Any], frames: int) -> NDArray[np.float32]:
    """The same values in every frame."""
    return np.broadcast_to(values.astype(np.float32), (frames, len(values)))
