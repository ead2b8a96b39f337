"""Pictures: what varies over a plane, as a layout image of one cell a pixel, smoothed where it is drawn larger.

A cell holds a place (0 to 255) in a palette, so that a picture of a film takes a byte a cell.
"""

import struct
import zlib
from base64 import b64encode
from typing import Any

import numpy as np
from numpy.typing import NDArray

COLOURS = 256


def palette(*colours: str) -> NDArray[np.uint8]:
    """256 colours that lead through `colours`, "#rrggbb" each, at even distances; shape (256, 4), opaque."""
    stops = np.array([[*bytes.fromhex(colour.lstrip("#")), 255] for colour in colours], dtype=np.float64)
    at = np.linspace(0, len(stops) - 1, COLOURS)
    mixed = [np.interp(at, np.arange(len(stops)), channel) for channel in stops.T]
    return np.stack(mixed, axis=1).round().astype(np.uint8)


def places(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    """The place in a palette of each value: 0 at `low` and below, 255 at `high` and above; NaN takes the middle."""
    share = np.clip(np.nan_to_num((values - low) / (high - low), nan=0.5), 0, 1)
    return np.asarray((share * (COLOURS - 1)).round().astype(np.uint8))


def centres(low: float, high: float, cells: int) -> NDArray[np.float64]:
    """Where the core is asked: the middles of `cells` cells between `low` and `high`."""
    return low + (np.arange(cells) + 0.5) * (high - low) / cells


def image(
    cells: NDArray[np.uint8],
    colours: NDArray[np.uint8],
    x: tuple[float, float],
    y: tuple[float, float],
    axes: tuple[str, str] = ("x", "y"),
) -> dict[str, Any]:
    """A layout image of `cells` (rows, columns), the lowest row first, from x[0] to x[1] and y[0] to y[1].

    It lies below the traces, grids and all. `axes` are those of the subplot.
    """
    return {
        "source": png(cells, colours),
        "xref": axes[0],
        "yref": axes[1],
        "x": x[0],
        "y": y[1],
        "sizex": x[1] - x[0],
        "sizey": y[1] - y[0],
        "xanchor": "left",
        "yanchor": "top",
        "sizing": "stretch",
        "layer": "below",
    }


def png(cells: NDArray[np.uint8], colours: NDArray[np.uint8]) -> str:
    """A PNG of one pixel a cell with a palette (PNG specification, colour type 3), as a data address."""
    rows, columns = cells.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    # Each line begins with the number of its filter: 0, none.
    lines = np.pad(cells[::-1], ((0, 0), (1, 0))).tobytes()
    parts = (
        chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)),
        chunk(b"PLTE", colours[:, :3].tobytes()),
        chunk(b"tRNS", colours[:, 3].tobytes()),
        chunk(b"IDAT", zlib.compress(lines)),
        chunk(b"IEND", b""),
    )
    return "data:image/png;base64," + b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(parts)).decode()
