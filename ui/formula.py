"""Formulas for the readout: the core's TeX as MathML, with slots where numbers will be put in.

The scrubber shows MathML because a formula must change with the finger, and Streamlit's own KaTeX
only changes with a run of the script.
"""

import re
from collections.abc import Mapping
from functools import cache

from latex2mathml.converter import convert

# Without a font for formulas a prime in an exponent is raised twice: it stands in the line, from a text font.
_PRIME = re.compile(r"<msup>(<(m[io]|mtext)>[^<]*</\2>)<m[io]>(&#x0203[23];)</m[io]></msup>")


@cache
def line(latex: str, slots: tuple[tuple[str, str], ...]) -> str:
    r"""One line of the readout: `latex` as MathML; each (identifier, slot) marks where numbers go.

    An identifier is a letter such as x or α, or one of the placeholders that `place` makes. A browser
    does not break MathML: at each \allowbreak a new formula begins, which a phone may put below.
    """
    latex = latex.replace(r"\operatorname", r"\text")  # whose names may end in a digit: ReLU6
    # Fractions at full size can be read from afar.
    parts = [convert(part, display="block") for part in latex.split(r"\allowbreak")]
    markup = _PRIME.sub(r'<mrow>\1<mtext class="prime">\3</mtext></mrow>', " ".join(parts))
    for identifier, slot in slots:
        for form in _forms(identifier):
            markup = markup.replace(form, f'<mn data-slot="{slot}"></mn>')
    return f'<span class="line{" parts" if len(parts) > 1 else ""}">{markup}</span>'


def place(index: int) -> str:
    """TeX for a place where a number will stand that is no letter of the formula."""
    return rf"\text{{@{index}}}"


def _forms(identifier: str) -> tuple[str, ...]:
    if identifier.startswith("@"):
        return (f"<mtext>{identifier}</mtext>",)
    return (f"<mi>{identifier}</mi>", f"<mi>&#x{ord(identifier):05X};</mi>")


def with_numbers(function: str, formula: str, letters: Mapping[str, str], result: str) -> str:
    """`function(x) = formula = result` with numbers put in for x, for the letters and for the result."""
    slots = (*letters.items(), ("@1", "x"), ("@2", result))
    return line(rf"{function}({place(1)}) \allowbreak = {formula} \allowbreak = {place(2)}", slots)
