"""Films: for each position of one handle, the numbers and words that change in a figure.

A film is worked out once by the core, encoded once, and played in the reader's browser, so that a
figure follows the finger without asking the server. `encode` gives the bytes that the scrubber
reads: a little-endian uint32 with the length of a JSON header, the header padded with spaces to a
multiple of four, then every track's float32 values, frame after frame.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST = 200_000  # bytes: a film must reach a phone in a blink


@dataclass(frozen=True)
class Track:
    """What one attribute (such as "y") of one trace is in each frame: `values` has shape (frames, points)."""

    trace: int
    attribute: str
    values: NDArray[np.float32]


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

    def __post_init__(self) -> None:
        frames = len(frame_values(self.positions, self.present))
        for track in self.tracks:
            if track.values.ndim != 2 or len(track.values) != frames:
                raise ValueError(
                    f"track {track.trace}.{track.attribute} must have {frames} frames: {track.values.shape}"
                )
        for slot, texts in self.words.items():
            if len(texts) != frames:
                raise ValueError(f"slot {slot!r} must have {frames} texts, not {len(texts)}")

    def encode(self) -> bytes:
        """The film as the bytes that the scrubber reads."""
        header = json.dumps(
            {
                "handle": self.handle,
                "positions": [float(f"{value:.10g}") for value in self.positions],
                "frames": len(frame_values(self.positions, self.present)),
                "tracks": [[entry.trace, entry.attribute, entry.values.shape[1]] for entry in self.tracks],
                "words": {slot: list(texts) for slot, texts in self.words.items()},
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        header += b" " * (-len(header) % 4)
        body = b"".join(np.ascontiguousarray(entry.values, dtype="<f4").tobytes() for entry in self.tracks)
        return len(header).to_bytes(4, "little") + header + body


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


def track(trace: int, attribute: str, *columns: NDArray[Any]) -> Track:
    """A track from arrays of shape (frames, points), side by side."""
    return Track(trace, attribute, np.concatenate(columns, axis=1).astype(np.float32))


def still(values: NDArray[Any], frames: int) -> NDArray[np.float32]:
    """The same values in every frame."""
    return np.broadcast_to(values.astype(np.float32), (frames, len(values)))
