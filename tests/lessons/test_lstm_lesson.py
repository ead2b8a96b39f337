"""What the lesson on LSTM and GRU says is what the experiment does, and its links show what they announce."""

import re
from pathlib import Path

import numpy as np
import pytest

import activations
import lessons
from activations import ReLU, Tanh
from activations.experiments.lstm import Cell, forward, reach, sequence, unit
from lessons import Link
from ui import entries, lstm_view

SIGMOID = activations.get("sigmoid")
FIRST = forward(Cell(), unit("lstm", np.array([1.0, 0, 0, 0])), sequence("pulse"))
FAR = reach(Cell(), (0.0, 1.0)).left[:, 50]
PLAIN = reach(Cell("plain"), (0.0,)).left[0, 50]
NUMBER = re.compile(r"\d+\.\d{2,}")


def source(language: str) -> str:
    text = (Path(lessons.__file__).parent / "lstm" / f"{language}.md").read_text(encoding="utf-8")
    return text.split(f"## {lessons.HEADINGS['references'][language]}")[0]


def scientific(value: float) -> str:
    mantissa, exponent = f"{value:.2e}".split("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}"


def constant(f: activations.Activation, forget_bias: float = 1.0) -> tuple[float, float]:
    """c and h after 16 ones."""
    found = forward(Cell("lstm", f), unit("lstm", np.array([forget_bias, 0, 0, 0])), sequence("constant"))
    return float(found.c[-1, 0]), float(found.h[-1, 0])


f, i, g, o = FIRST.gates[0, :, 0]
c1, h1 = FIRST.c[1, 0], FIRST.h[1, 0]
QUOTED = [
    f"$f = {f:.1f}$",
    f"$i = {i:.3f}$",
    f"$o = {o:.3f}$",
    f"$g = {g:.3f}$",
    rf"c_1 = {f:.1f} \cdot 0 + {i:.3f} \cdot {g:.3f} = {c1:.3f}",
    rf"h_1 = {o:.3f} \cdot \tanh({c1:.3f}) = {h1:.3f}.",
    rf"$0.5^{{20}} = {scientific(SIGMOID(0.0) ** 20)}$",
    f"{SIGMOID(1.0):.3f}",
    f"${scientific(SIGMOID(1.0) ** 20)}$",
    f"${scientific(FAR[0])}$",
    f"${scientific(FAR[1])}$",
    f"${scientific(PLAIN)}$",
    f"{constant(ReLU())[1]:.0f}",
    f"{constant(Tanh())[1]:.3f}",
    f"{constant(Tanh(), 6.0)[0]:.2f}",
    f"$0.9^{{50}} = {0.9**50:.5f}$",
    f"$0.99^{{50}} = {0.99**50:.3f}$",
]


@pytest.mark.parametrize("quoted", QUOTED)
@pytest.mark.parametrize("language", lessons.LANGUAGES)
def test_a_quoted_figure_is_what_the_core_computes(language: str, quoted: str) -> None:
    assert re.search(rf"(?<![\d.]){re.escape(quoted)}(?!\d)", source(language))


@pytest.mark.parametrize("language", lessons.LANGUAGES)
def test_no_figure_goes_unchecked(language: str) -> None:
    prose = re.sub(r"\]\(/[^)]*\)", "]", source(language))
    checked = {number for quoted in QUOTED for number in NUMBER.findall(quoted)}
    assert set(NUMBER.findall(prose)) == checked | {"0.99"}  # asked of the reader


def test_what_is_said_without_digits() -> None:
    assert 1900 < SIGMOID(1.0) ** 20 / SIGMOID(0.0) ** 20 < 2100  # about two thousand times
    assert list(FIRST.pre[0, :, 0]) == [0, 3, 2, 1]
    # the cell that remembers still holds half of what it wrote, the other next to nothing
    kept, lost = (
        forward(Cell(), unit("lstm", np.array([b, -3.0, 0, 0])), sequence("pulse")).c[[1, -1], 0] for b in (5.0, -3.0)
    )
    assert kept[1] > 0.5 * kept[0]
    assert abs(lost[1]) < 0.1 * lost[0]
    hard = lstm_view._shown(_state("/lstm?gate=hard_sigmoid&bf=5"))
    assert (hard.run.gates[1:, 0, 0] == 1).all()


def _state(address: str) -> dict:
    query = dict(part.split("=") for part in address.partition("?")[2].split("&"))
    values, notices = entries.read(lstm_view.TABLE, query)
    assert notices == []
    return values


def test_links_set_a_state_of_the_page_and_presets_are_among_them() -> None:
    linked = [
        entries.read(lstm_view.TABLE, dict(block.query))
        for section in lessons.read("lstm", "en").sections
        for block in section.blocks
        if isinstance(block, Link)
    ]
    assert all(notices == [] for _, notices in linked)
    states = [values for values, _ in linked]
    for name in ("keep", "forget", "relu", "hard"):
        assert lstm_view._FRESH | lstm_view.PRESETS[name] in states


@pytest.mark.parametrize("language", lessons.LANGUAGES)
def test_its_card_is_short_and_it_ends_with_questions(language: str) -> None:
    lesson = lessons.read("lstm", language)
    assert len(lesson.summary.split()) <= 25 if language == "en" else len(lesson.summary) <= 40
    assert len(lesson.used.split()) <= 12
    check = next(section for section in lesson.sections if section.kind == "check")
    assert len(check.blocks) == 3
