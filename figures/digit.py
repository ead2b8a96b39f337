"""Handwritten digits as pictures: black ink on white paper, on a light page and on a dark one."""

import numpy as np
from numpy.typing import NDArray

from activations.base import Array
from figures.picture import palette, places

INK = palette("#FFFFFF", "#000000")
SIDE = 8


def cells(pixels: Array) -> NDArray[np.uint8]:
    """Images of 64 pixels, 0 (paper) to 1 (ink), as places in INK, the lowest row first; shape (…, 8, 8)."""
    return places(pixels.reshape(*pixels.shape[:-1], SIDE, SIDE)[..., ::-1, :], 0.0, 1.0)


def svg(pixels: Array, size: int = 64) -> str:
    """One image of 64 pixels as SVG, a square of grey each."""
    squares = "".join(
        f'<rect x="{column}" y="{row}" width="1.02" height="1.02" fill="#000" opacity="{shade:.3f}"/>'
        for row, line in enumerate(pixels.reshape(SIDE, SIDE).tolist())
        for column, shade in enumerate(line)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{size}" height="{size}">'
        f'<rect width="{SIDE}" height="{SIDE}" fill="#fff"/>{squares}</svg>'
    )
