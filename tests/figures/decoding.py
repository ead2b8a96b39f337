"""A second reader of films, written from the description of the format alone, and not from the encoder."""

import json
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from figures.film import Film


@dataclass(frozen=True)
class Decoded:
    """What a browser gets of a film: the header, and what everything is in every frame.

    `tracks` go by trace and attribute, those of a second chart by chart, trace and attribute.
    `pictures`, in the colours that are shown, go by chart and image: (frames, rows, columns, 4).
    """

    header: dict[str, Any]
    tracks: dict[tuple[Any, ...], np.ndarray]
    pictures: dict[tuple[int, int], np.ndarray]

    @property
    def frames(self) -> int:
        """How many pictures there are."""
        return int(self.header["frames"])

    def moves(self) -> list[tuple[int, int, str, np.ndarray]]:
        """Every track with its chart: chart, trace, attribute, and the values."""
        return [(*((0,) * (3 - len(name))), *name, values) for name, values in self.tracks.items()]

    @property
    def words(self) -> dict[str, list[str]]:
        """The readout's texts: for each slot one a frame."""
        return self.header["words"]


def decode(data: bytes) -> Decoded:
    """Read an encoded film."""
    (length,) = struct.unpack_from("<I", data)
    header = json.loads(data[4 : 4 + length].decode("utf-8"))
    tracks: dict[tuple[Any, ...], np.ndarray] = {}
    place = 4 + length
    for chart, trace, attribute, points in header["tracks"]:
        count = header["frames"] * points
        values = np.array(struct.unpack_from(f"<{count}f", data, place), dtype=np.float32)
        name = (chart, trace, attribute) if chart else (trace, attribute)
        tracks[name] = values.reshape(header["frames"], points)
        place += 4 * count
    palettes = []
    for _ in range(header["palettes"]):
        palettes.append(list(struct.iter_unpack("4B", data[place : place + 1024])))
        place += 1024
    pictures = {}
    for chart, image, palette, rows, columns in header["pictures"]:
        count = header["frames"] * rows * columns
        colours = [palettes[palette][cell] for cell in data[place : place + count]]
        pictures[chart, image] = np.array(colours).reshape(header["frames"], rows, columns, 4)
        place += count
    assert place == len(data), "bytes are left over"
    assert len(tracks) == len(header["tracks"]), "two tracks for one attribute"
    assert len(pictures) == len(header["pictures"]), "two pictures for one image"
    return Decoded(header, tracks, pictures)


def sent(film: Film) -> Decoded:
    """A film as it arrives."""
    return decode(film.encode())
