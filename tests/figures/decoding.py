"""A second reader of films, written from the description of the format alone, and not from the encoder."""

import json
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from figures.film import Film


@dataclass(frozen=True)
class Decoded:
    """What a browser gets of a film: the header, and what each attribute of each trace is in every frame."""

    header: dict[str, Any]
    tracks: dict[tuple[int, str], np.ndarray]

    @property
    def frames(self) -> int:
        """How many pictures there are."""
        return int(self.header["frames"])

    @property
    def words(self) -> dict[str, list[str]]:
        """The readout's texts: for each slot one a frame."""
        return self.header["words"]


def decode(data: bytes) -> Decoded:
    """Read an encoded film."""
    (length,) = struct.unpack_from("<I", data)
    header = json.loads(data[4 : 4 + length].decode("utf-8"))
    tracks, place = {}, 4 + length
    for trace, attribute, points in header["tracks"]:
        count = header["frames"] * points
        values = np.array(struct.unpack_from(f"<{count}f", data, place), dtype=np.float32)
        tracks[trace, attribute] = values.reshape(header["frames"], points)
        place += 4 * count
    assert place == len(data), "bytes are left over"
    assert len(tracks) == len(header["tracks"]), "two tracks for one attribute"
    return Decoded(header, tracks)


def sent(film: Film) -> Decoded:
    """A film as it arrives."""
    return decode(film.encode())
