"""Numbers as people read them: a real minus sign, few digits, powers of ten written out."""

import math

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}".replace("-", "−")
    return f"{value + 0.0:.{digits}f}".replace("-", "−")  # with 0 added, a negative zero is plain 0


def short(value: float, digits: int = 2) -> str:
    """A handle's own value: `digits` decimals, more only if the value has them.

    >>> short(2.0), short(0.125), short(-1.663)
    ('2.00', '0.125', '−1.663')
    """
    value += 0.0  # a negative zero is plain 0
    plain = f"{value:.6g}"
    if "e" in plain or len(plain.partition(".")[2]) > digits:
        return plain.replace("-", "−")
    return f"{value:.{digits}f}".replace("-", "−")


def tex(value: float, digits: int = 3) -> str:
    """`value` as `number` writes it, in TeX.

    >>> tex(-0.5), tex(9.5367e-7)
    ('-0.500', '9.54 \\\\times 10^{-7}')
    """
    text = number(value, digits).replace("−", "-").replace("∞", r"\infty")
    mantissa, times, exponent = text.partition(" × 10")
    if not times:
        return text
    return rf"{mantissa} \times 10^{{{exponent.translate({v: k for k, v in _SUPERSCRIPT.items()})}}}"
