"""A reader's own digit: 32 × 32 dots of ink, as a short text for a link and as the 8 × 8 pixels that networks read.

The shipped digits were made from such bitmaps: of each, the dots in every 4 × 4 block were counted,
which gives pixels of 0 to 16 dots. Before that they had been brought to one size and one thickness:
every one of the 1,797 fills all 32 rows, few are wider than 20 columns, and they hold 313 dots at
the mean, 261 to 368 from the 5th to the 95th percentile. `fitted` does the like with a drawing, so
that it may be small, thin or at the edge.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import numpy as np
from numpy.typing import NDArray

from activations.base import Array

SIDE = 32
BLOCK = 4  # dots of a pixel in each direction
WIDEST = 20
DOTS = 313  # the mean over the shipped digits
LENGTH = 171  # characters that 1,024 dots take, six in each

Bitmap = NDArray[np.bool_]


class DrawingError(ValueError):
    """A text that is no drawing."""


def read(text: str) -> Bitmap:
    """The dots in `text`, shape (32, 32), row by row from the top; "" is an empty field.

    DrawingError for any other text but base64 for addresses (RFC 4648), without "=", of 128 bytes, the
    first dot in the highest bit.
    """
    if not text:
        return np.zeros((SIDE, SIDE), dtype=bool)
    if not re.fullmatch(f"[A-Za-z0-9_-]{{{LENGTH}}}", text):
        raise DrawingError(f"a drawing has {LENGTH} characters of A-Z, a-z, 0-9, - and _: {text[:40]!r}")
    return np.unpackbits(np.frombuffer(urlsafe_b64decode(text + "="), np.uint8)).reshape(SIDE, SIDE).astype(bool)


def written(bitmap: Bitmap) -> str:
    """The dots as a text that `read` gives back; "" for an empty field."""
    return urlsafe_b64encode(np.packbits(bitmap).tobytes()).decode().rstrip("=") if bitmap.any() else ""


def pixels(bitmap: Bitmap) -> Array:
    """The share of ink in every 4 × 4 block, shape (64,): an image as `digits.load().images` holds them."""
    blocks = bitmap.reshape(SIDE // BLOCK, BLOCK, SIDE // BLOCK, BLOCK)
    return np.asarray(blocks.mean(axis=(1, 3)).ravel())


def fitted(bitmap: Bitmap) -> Bitmap:
    """The drawing in the size and thickness of the shipped digits; an empty one stays empty.

    What is drawn is stretched to all 32 rows, and in proportion to at most 20 columns in the middle;
    something flat to fewer rows, at most twice as high as in proportion. Then layers of dots are
    laid around the ink, or taken off, as long as that brings it nearer to 313 dots.
    """
    if not bitmap.any():
        return bitmap
    rows, columns = (np.flatnonzero(bitmap.any(axis=axis)) for axis in (1, 0))
    drawn = bitmap[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    high, wide = drawn.shape
    width = min(WIDEST, max(1, round(wide * SIDE / high)))
    height = min(SIDE, max(1, round(2 * high * width / wide)))
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    placed = np.zeros_like(bitmap)
    placed[top : top + height, left : left + width] = _shares(high, height) @ drawn @ _shares(wide, width).T > 0.5
    return _thickened(placed)


def _shares(old: int, new: int) -> Array:
    """How much of each of `old` equal parts lies in each of `new` ones, shape (new, old); rows sum to 1."""
    edges = np.linspace(0, old, new + 1)[:, None]
    covered = np.clip(edges - np.arange(old), 0, 1)
    return np.asarray(np.diff(covered, axis=0) * new / old)


def _thickened(bitmap: Bitmap) -> Bitmap:
    while True:
        # The last takes ink off: every dot that has an empty neighbour.
        best = min((bitmap, _spread(bitmap), ~_spread(~bitmap)), key=lambda one: abs(int(one.sum()) - DOTS))
        if best is bitmap:
            return bitmap
        bitmap = best


def _spread(bitmap: Bitmap) -> Bitmap:
    """The dots and their four neighbours."""
    around = np.pad(bitmap, 1)
    return np.asarray(
        bitmap | around[:-2, 1:-1] | around[2:, 1:-1] | around[1:-1, :-2] | around[1:-1, 2:], dtype=np.bool_
    )


def digit(text: str) -> Array:
    """What a network reads of the drawing in `text`: its pixels, fitted, shape (64,), 0 to 1."""
    return pixels(fitted(read(text)))
