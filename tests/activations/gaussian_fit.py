"""How the coefficients in `activations/gaussian.py` were found; `python -m tests.activations.gaussian_fit` prints them.

With φ and Φ the density and the distribution function of the standard normal distribution and t ≥ 0, two functions
are left once e^(−t²/2) is taken out of GELU and of its slope at −t. Both are smooth and change by less than a half
from t = 0 to ∞; over u = (t − MIDDLE) / (t + MIDDLE) one polynomial serves each for every t that matters. It is the
one that agrees with the function at Chebyshev's points, which crowd towards both ends: hardly worse than the best.

For float32 a polynomial of degree 7 over 1 / (t + SINGLE_SHIFT), brought to the interval from −1 to 1, is within
3e-8 of Φ(−t); no other shift from 1 to 4, in steps of a half, is clearly better.
"""

from collections.abc import Callable

import mpmath

FARTHEST = 40  # beyond it e^(−t²/2), times any coefficient, is 0 in float64
MIDDLE, SHIFT = 5, mpmath.mpf("1.25")
SINGLE_FARTHEST, SINGLE_SHIFT = 12, mpmath.mpf("2.5")  # for float32
DIGITS = 60

Number = mpmath.mpf


def mills(t: Number) -> Number:
    """e^(t²/2) Φ(−t): Mills' ratio up to a factor."""
    return mpmath.exp(t * t / 2) * mpmath.erfc(t / mpmath.sqrt(2)) / 2


def turn() -> Number:
    """The z > 0 with Φ(−z) = z φ(z): GELU is lowest at −z."""
    return mpmath.findroot(lambda t: mills(t) - t / mpmath.sqrt(2 * mpmath.pi), 0.75)


def tail(t: Number) -> Number:
    """e^(t²/2) Φ(−t) (t + SHIFT)."""
    return mills(t) * (t + SHIFT)


def slope(t: Number) -> Number:
    """e^(t²/2) (Φ(−t) − t φ(t)) / (z − t)."""
    return (mills(t) - t / mpmath.sqrt(2 * mpmath.pi)) / (turn() - t)


def by_middle(u: Number) -> Number:
    """The t at u = (t − MIDDLE) / (t + MIDDLE)."""
    return MIDDLE * (1 + u) / (1 - u)


def by_nearness(u: Number) -> Number:
    """The t whose 1 / (t + SINGLE_SHIFT) is at u between its ends, −1 for SINGLE_FARTHEST and 1 for 0."""
    near, far = 1 / SINGLE_SHIFT, 1 / (SINGLE_FARTHEST + SINGLE_SHIFT)
    return 2 / (near + far + u * (near - far)) - SINGLE_SHIFT


def single(t: Number) -> Number:
    """e^(t²/2) Φ(−t) (t + SINGLE_SHIFT)."""
    return mills(t) * (t + SINGLE_SHIFT)


def fit(
    f: Callable[[Number], Number], degree: int, place: Callable[[Number], Number], high: Number = 1
) -> list[Number]:
    """The coefficients over u, from the constant on, of the polynomial that agrees with f at Chebyshev's points.

    They lie from −1 to `high`; `place` is the t at u.
    """
    low = mpmath.mpf(-1)
    angles = [mpmath.pi * (2 * index + 1) / (2 * degree + 2) for index in range(degree + 1)]
    points = [(low + high) / 2 + (high - low) / 2 * mpmath.cos(angle) for angle in angles]
    rows = [[u**power for power in range(degree + 1)] for u in points]
    return list(mpmath.lu_solve(mpmath.matrix(rows), mpmath.matrix([f(place(u)) for u in points])))


def coefficients() -> dict[str, tuple[float, ...]]:
    """What stands in `activations/gaussian.py`, by name there."""
    with mpmath.workdps(DIGITS):
        high = mpmath.mpf(FARTHEST - MIDDLE) / (FARTHEST + MIDDLE)
        found = {
            "TAIL": fit(tail, 23, by_middle, high),
            "SLOPE": fit(slope, 21, by_middle, high),
            "SINGLE": fit(single, 7, by_nearness),
        }
        return {name: tuple(map(float, values)) for name, values in found.items()}


if __name__ == "__main__":
    for name, values in coefficients().items():
        print(f"{name} = (\n" + "".join(f"    {value!r},\n" for value in values) + ")")
