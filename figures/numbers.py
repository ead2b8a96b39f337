"""Numbers as people read them: a real minus sign, few digits, powers of ten written out."""

import math
import re

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_POWER = re.compile(r" × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$")


def number(value: float, digits: int = 4) -> str:
    """`value` with `digits` decimals, or as a power of ten where decimals would hide it.

    >>> number(0.880797), number(-2), number(9.5367e-7), number(0.0)
    ('0.8808', '−2.0000', '9.54 × 10⁻⁷', '0.0000')
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value != 0 and not 10.0 ** (1 - digits) <= abs(value) < 1e6:
        return _power(f"{value:.2e}")
    return f"{value + 0.0:.{digits}f}".replace("-", "−")  # with 0 added, a negative zero is plain 0


def short(value: float, digits: int = 2) -> str:
    """A handle's own value: `digits` decimals, more only if the value has them.

    >>> short(2.0), short(0.125), short(-1.663), short(1e-7)
    ('2.00', '0.125', '−1.663', '1 × 10⁻⁷')
    """
    value += 0.0  # a negative zero is plain 0
    plain = f"{value:.6g}"
    if "e" in plain:
        return _power(plain)
    if len(plain.partition(".")[2]) > digits:
        return plain.replace("-", "−")
    return f"{value:.{digits}f}".replace("-", "−")


def _power(scientific: str) -> str:
    """A number in Python's scientific notation as a power of ten."""
    mantissa, exponent = scientific.split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}".replace("-", "−")


def power_of_ten(exponent: int) -> str:
    """A power of ten as it stands at an axis, in characters of full size: a raised exponent is too small from afar.

    >>> power_of_ten(-5), power_of_ten(0)
    ('10⁻⁵', '1')
    """
    return f"10{str(exponent).translate(_SUPERSCRIPT)}" if exponent else "1"


def inside(text: str) -> str:
    """A number of the page as it stands in a formula, behind other signs: a negative one in brackets.

    >>> inside("2.00"), inside("−2.00")
    ('2.00', '(−2.00)')
    """
    return f"({text})" if text.startswith("−") else text


def typed(text: str) -> str:
    """A number of the page as one would type it, which is what a program can read.

    >>> typed("−2.00"), typed("1 × 10⁻⁷")
    ('-2.00', '1e-7')
    """
    return _POWER.sub(lambda found: "e" + found[1].translate(_PLAIN), text).replace("−", "-")


def power_text(value: float, log10: float) -> str:
    """A product that may be smaller than any float: then its logarithm says what it is.

    >>> power_text(9.5367e-7, -6.02), power_text(0.0, -404.2), power_text(0.0, -math.inf)
    ('9.54 × 10⁻⁷', '6.31 × 10⁻⁴⁰⁵', '0')
    """
    if log10 > -300 or log10 == -math.inf:
        return exact(value)
    power = math.floor(log10)
    mantissa = f"{10 ** (log10 - power):.2f}"
    if mantissa == "10.00":
        mantissa, power = "1.00", power + 1
    return f"{mantissa} × 10{str(power).translate(_SUPERSCRIPT)}"


def exact(value: float) -> str:
    """A number of which 0 and 1 are exact, and look so."""
    return f"{value:.0f}" if value in (0, 1) else number(value)


def tex(value: float, digits: int = 3) -> str:
    """`value` as `number` writes it, in TeX.

    >>> tex(-0.5), tex(9.5367e-7)
    ('-0.500', '9.54 \\\\times 10^{-7}')
    """
    mantissa, e, exponent = typed(number(value, digits)).replace("∞", r"\infty").partition("e")
    return rf"{mantissa} \times 10^{{{exponent}}}" if e else mantissa
