"""The figures, films and the drawing of gated cells against direct runs of the core."""

import csv
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import activations
from activations.experiments.lstm import FOR_GATES, KEEPER, LENGTHS, STEPS, Cell, Kind, forward, reach, sequence, unit
from figures import lstm, lstm_gradient, style
from figures.film import LARGEST
from figures.lstm import BIASES, Shown
from figures.lstm_cell import diagram
from figures.lstm_gradient import COLUMNS, KEPT, NOW, ONE, PLAIN, ZERO
from figures.numbers import exact
from tests.figures.decoding import sent

WORDS = {part: part for part in ("step", "gates", "state", "input")}
GRADIENT_WORDS = {part: part for part in ("length", "left", "now", "zero", "one", "plain", "kept")}
SAID = {"zero": "exactly 0"}
KINDS = tuple(KEEPER)
every_kind = pytest.mark.parametrize("kind", KINDS)


def shown(kind: Kind, phi: str = "tanh", gate: str = "sigmoid", toy: str = "pulse", step: int = 3, **b: float) -> Shown:
    cell = Cell(kind, activations.get(phi), FOR_GATES[gate])
    biases = tuple(b.get(name, usual) for name, usual in zip(cell.gates, lstm.usual(cell), strict=True))
    return Shown(cell, biases, b.get("m", 0.0), toy, 0, step)


def direct(asked: Shown, b: tuple[float, ...], inner: float = 0.0):
    """A run of the core alone, one setting at a time."""
    return forward(asked.cell, unit(asked.cell.kind, np.array(b), inner), sequence(asked.toy, asked.seed))


# --- over time -----------------------------------------------------------------------------------------


@every_kind
def test_the_curves_are_the_core_s(kind: Kind) -> None:
    asked = shown(kind)
    run = direct(asked, asked.b)
    figure, at = lstm.over_time(asked, WORDS, style.SCREEN), lstm.places(asked.cell)
    for place, gate in enumerate(asked.cell.gates):
        values = run.gates[:, place, 0]
        assert_allclose(figure.data[at[gate]].y, np.arcsinh(values) if gate in "gn" else values, rtol=1e-12)
    assert_allclose(np.sinh(figure.data[at["h"]].y), run.h[1:, 0], rtol=1e-12)
    if kind == "lstm":
        assert_allclose(np.sinh(figure.data[at["c"]].y), run.c[1:, 0], rtol=1e-12)
    names = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert names == ["input", *(f"<i>{name}</i>" for name in (*lstm.upper(asked.cell), *lstm.lower(asked.cell)))]


@every_kind
@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("f", ["tanh", "relu"])
def test_every_frame_of_a_bias_is_a_run_of_its_own(kind: Kind, place: int, f: str) -> None:
    asked = shown(kind, f, m=0.25 if kind == "gru_after" else 0.0)
    handles = lstm.handles(asked.cell)
    if place >= len(handles):
        return
    gate, at = handles[place], lstm.places(asked.cell)
    film = sent(lstm.bias_film(asked, gate))
    assert film.header["handle"] == f"b{gate}"
    for frame in (0, 37, 120):
        b, inner = list(asked.b), asked.inner
        if gate == lstm.INNER:
            inner = float(BIASES[frame])
        else:
            b[asked.cell.gates.index(gate)] = float(BIASES[frame])
        there = replace(asked, b=tuple(b), inner=inner)
        run = direct(asked, tuple(b), inner)
        assert_allclose(film.tracks[at["h"], "y"][frame], np.arcsinh(run.h[1:, 0]), rtol=1e-6, atol=1e-7)
        for number, name in enumerate(asked.cell.gates):
            values = run.gates[:, number, 0]
            values = np.arcsinh(values) if name in "gn" else values
            assert_allclose(film.tracks[at[name], "y"][frame], values, rtol=1e-6, atol=1e-7)
        figure = lstm.over_time(there, WORDS, style.SCREEN)
        for points in ("upper points", "lower points"):
            assert_allclose(film.tracks[at[points], "y"][frame], figure.data[at[points]].y, rtol=1e-6, atol=1e-7)
        said = {slot: texts[frame] for slot, texts in film.words.items()}
        assert lstm.present_words(there).items() - {("t", str(asked.step))} <= said.items()


@every_kind
def test_every_frame_of_the_step_is_that_step(kind: Kind) -> None:
    asked, at = shown(kind), lstm.places(shown(kind).cell)
    film = sent(lstm.step_film(asked))
    assert film.header["positions"] == list(range(1, STEPS + 1))
    run = direct(asked, asked.b)
    for step in range(1, STEPS + 1):
        words = {slot: texts[step - 1] for slot, texts in film.words.items()}
        assert lstm.present_words(replace(asked, step=step)).items() <= words.items()
        assert words["h1"] == lstm.wire(float(run.h[step, 0]))
        assert words["h0"] == lstm.wire(float(run.h[step - 1, 0]))
        assert words["x"] == lstm.wire(float(asked.inputs[step - 1, 0]))
        assert (film.tracks[at["upper guide"], "x"][step - 1] == step).all()
        assert (film.tracks[at["lower points"], "x"][step - 1] == step).all()
    figure = lstm.over_time(replace(asked, step=7), WORDS, style.SCREEN)
    for points in ("upper points", "lower points"):
        assert_allclose(film.tracks[at[points], "y"][6], figure.data[at[points]].y, rtol=1e-6, atol=1e-7)


def test_the_numbers_on_the_wires_add_up() -> None:
    asked = shown("lstm", step=5)
    run, words = direct(asked, asked.b), lstm.present_words(asked)
    f, i, g, o = run.gates[4, :, 0]
    c0, c1 = run.c[4:6, 0]
    expected = {"fc": f * c0, "ig": i * g, "phi": np.tanh(c1), "c0": c0, "c1": c1, "v_o": o, "p_f": run.pre[4, 0, 0]}
    assert {slot: words[slot] for slot in expected} == {s: lstm.wire(float(v)) for s, v in expected.items()}
    for kind in ("gru_before", "gru_after"):
        asked = shown(kind, m=0.5 if kind == "gru_after" else 0.0, step=5)
        run, words = direct(asked, asked.b, asked.inner), lstm.present_words(asked)
        r, z, n = run.gates[4, :, 0]
        h = run.h[4, 0]
        reset = r * h if kind == "gru_before" else r * (0.5 * h + 0.5)
        expected = {"zh": z * h, "open": 1 - z, "zn": (1 - z) * n, "reset": reset, "v_n": n}
        assert {slot: words[slot] for slot in expected} == {s: lstm.wire(float(v)) for s, v in expected.items()}


def test_a_gate_is_filled_as_far_as_it_is_open() -> None:
    words = lstm.present_words(shown("lstm", gate="hard_sigmoid", f=6.0, i=-6.0, step=2))
    assert (words["w_f"], words["s_f"], words["v_f"]) == ("100", "translate(0,0)", "1")
    assert (words["w_i"], words["v_i"]) == ("0", "0")
    # the candidate from the middle, to the side of its sign; what is beyond 1 fills that side
    for bias, value, width, start in ((6.0, 1, "50", "50"), (-6.0, -1, "50", "0")):
        words = lstm.present_words(shown("lstm", g=bias, step=2))
        assert float(words["v_g"].replace("−", "-")) == pytest.approx(value, abs=1e-3)
        assert (words["w_g"], words["s_g"]) == (width, f"translate({start},0)")
    assert lstm.present_words(shown("lstm", "relu", g=6.0))["w_g"] == "50"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((0.0, "0"), (1.0, "1"), (-1.0, "−1.000"), (0.73105, "0.731"), (0.9999, "1.000"), (-0.0001, "0.000")),
        *((9.9999, "10.00"), (12.345, "12.35"), (-123.45, "−123.5"), (4567.8, "4568"), (99999.4, "99999")),
        *((1e5, "1.0×10⁵"), (-2.34e7, "−2.3×10⁷"), (1e300, "1.0×10³⁰⁰")),
    ],
)
def test_a_number_fits_its_wire(value: float, text: str) -> None:
    assert lstm.wire(value) == text
    assert len(text) <= 9


@every_kind
@pytest.mark.parametrize("f", ["tanh", "relu", "identity", "gelu"])
@pytest.mark.parametrize("toy", ["pulse", "constant", "noise"])
def test_axes_stand_still_and_hold_what_one_handle_leads_to(kind: Kind, f: str, toy: str) -> None:
    asked = shown(kind, f, toy=toy)
    layouts = [lstm.over_time(replace(asked, step=step), WORDS, style.SCREEN).layout for step in (1, 8, 16)]
    assert all(layout == layouts[0] for layout in layouts)
    low, high = layouts[0].yaxis2.range
    for gate in lstm.handles(asked.cell):
        film = lstm.bias_film(asked, gate)
        for track in film.tracks:
            if track.trace in [lstm.places(asked.cell)[name] for name in lstm.lower(asked.cell)]:
                assert low <= track.values.min()
                assert track.values.max() <= high
    assert 3 <= len(layouts[0].yaxis2.tickvals) <= 7
    assert_allclose(np.sinh(layouts[0].yaxis2.tickvals), [_number(text) for text in layouts[0].yaxis2.ticktext])


def _number(text: str) -> float:
    return float(text.replace("−", "-").replace("\u202f", ""))


@every_kind
@pytest.mark.parametrize("name", activations.names())
def test_films_are_small(kind: Kind, name: str) -> None:
    asked = replace(shown(kind, name, toy="constant"), b=(1.2345,) * len(shown(kind).b))
    for gate in lstm.handles(asked.cell):
        assert len(lstm.bias_film(asked, gate).encode()) <= LARGEST
    assert len(lstm.step_film(asked).encode()) <= LARGEST


def test_a_bias_between_two_positions_has_a_frame_of_its_own() -> None:
    film = lstm.bias_film(shown("lstm", f=1.2345), "f")
    assert len(film.words["bf"]) == len(BIASES) + 1
    assert film.words["bf"][-1] == "1.2345"


@every_kind
def test_the_data_to_download_is_the_core_s(kind: Kind) -> None:
    asked = shown(kind)
    run = direct(asked, asked.b)
    rows = list(csv.DictReader(lstm.data_csv(asked).splitlines()))
    assert len(rows) == STEPS
    assert_array_equal([float(row["h"]) for row in rows], run.h[1:, 0])
    for place, gate in enumerate(asked.cell.gates):
        assert_array_equal([float(row[f"into {gate}"]) for row in rows], run.pre[:, place, 0])
        assert_array_equal([float(row[gate]) for row in rows], run.gates[:, place, 0])


# --- the drawing ---------------------------------------------------------------------------------------


@every_kind
def test_every_slot_of_the_drawing_is_filled(kind: Kind) -> None:
    words = lstm.present_words(shown(kind))
    root = ElementTree.fromstring(diagram(kind, "A cell"))
    slots = {element.attrib["data-slot"] for element in root.iter() if "data-slot" in element.attrib}
    assert slots <= words.keys()
    on_wires = {slot for slot in words if not slot.endswith("_in")} - {"t"}
    assert slots == on_wires
    assert {element.attrib["data-sets"] for element in root.iter() if "data-sets" in element.attrib} == {
        "width",
        "transform",
    }
    assert root.attrib["aria-label"] == "A cell"


def test_the_two_forms_of_the_gru_are_drawn_apart() -> None:
    before, after = (re.sub(r"<[^>]+>", " ", diagram(kind, "")) for kind in ("gru_before", "gru_after"))
    assert "u h + b′" in after
    assert "b′" not in before


# --- how far a gradient reaches ------------------------------------------------------------------------


@every_kind
def test_the_lines_are_the_core_s(kind: Kind) -> None:
    cell = Cell(kind)
    found = lstm_gradient.reached(cell, 2.5, 3, 20)
    figure = lstm_gradient.figure(found, GRADIENT_WORDS, style.SCREEN)
    present, beside = reach(cell, (2.5,), 3), reach(cell, (0.0, 1.0), 3)
    plain = reach(Cell("plain"), (0.0,), 3)
    expected = {NOW: present.left[0], KEPT: present.kept[0], ZERO: beside.left[0], ONE: beside.left[1]}
    for trace, values in (expected | {PLAIN: plain.left[0]}).items():
        assert_allclose(10 ** np.array(figure.data[trace].y), values, rtol=1e-9)
    assert len({trace.line.dash for trace in figure.data[1:6]}) == 5


@every_kind
@pytest.mark.parametrize("gate", FOR_GATES)
def test_films_of_the_gradient_are_the_core_s(kind: Kind, gate: str) -> None:
    cell = Cell(kind, gate=FOR_GATES[gate])
    found = lstm_gradient.reached(cell, 1.0, 0, 20)
    over_bias = sent(lstm_gradient.bias_film(found, 0, SAID))
    assert over_bias.header["handle"] == f"b{KEEPER[kind]}"
    for frame in (0, 50, 60, 120):
        bias = float(BIASES[frame])
        there = lstm_gradient.reached(cell, bias, 0, 20)
        figure = lstm_gradient.figure(there, GRADIENT_WORDS, style.SCREEN)
        for trace in (NOW, KEPT, lstm_gradient.POINTS):
            expected = np.array(figure.data[trace].y, dtype=float)
            assert_allclose(over_bias.tracks[trace, "y"][frame], expected, rtol=1e-5, atol=1e-6)
        words = {slot: texts[frame] for slot, texts in over_bias.words.items()}
        assert lstm_gradient.present_words(there, SAID).items() - {("len", "20")} <= words.items()
    over_length = sent(lstm_gradient.length_film(found, SAID))
    for length in (1, 20, LENGTHS):
        there = replace(found, length=length)
        words = {slot: texts[length - 1] for slot, texts in over_length.words.items()}
        assert lstm_gradient.present_words(there, SAID).items() <= words.items()
        figure = lstm_gradient.figure(there, GRADIENT_WORDS, style.SCREEN)
        drawn = np.array(figure.data[lstm_gradient.POINTS].y, dtype=float)
        assert_allclose(over_length.tracks[lstm_gradient.POINTS, "y"][length - 1], drawn, rtol=1e-6)
    for film in (over_bias, over_length):
        assert film.frames in (len(BIASES), LENGTHS)
    assert len(lstm_gradient.bias_film(found, 0, SAID).encode()) <= LARGEST


@every_kind
def test_the_table_says_what_each_cell_leaves(kind: Kind) -> None:
    cell = Cell(kind)
    words = lstm_gradient.present_words(lstm_gradient.reached(cell, 2.5, 3, 20), SAID)
    for column, bias in (("now", 2.5), ("zero", 0.0), ("one", 1.0)):
        found = reach(cell, (bias,), 3)
        expected = [f"{found.gate[0]:.3f}", exact(found.left[0, 20]), exact(found.kept[0, 20])]
        assert [words[f"{column}{row}"] for row in range(3)] == expected
    assert words["plain1"] == exact(reach(Cell("plain"), (0.0,), 3).left[0, 20])


def test_an_exact_zero_is_said_and_has_no_point() -> None:
    found = lstm_gradient.reached(Cell("lstm", gate=FOR_GATES["hard_sigmoid"]), -6.0, 0, 20)
    words = lstm_gradient.present_words(found, SAID)
    assert words["now2"] == "exactly 0"
    assert words["plain0"] == words["plain2"] == "–"
    figure = lstm_gradient.figure(found, GRADIENT_WORDS, style.SCREEN)
    assert np.isnan(np.array(figure.data[KEPT].y, dtype=float)[1:]).all()
    assert len(figure.data[lstm_gradient.POINTS].y) == len(COLUMNS)


def test_the_gradient_s_data_to_download() -> None:
    found = lstm_gradient.reached(Cell("gru_before"), 1.0, 0, 20)
    rows = list(csv.DictReader(lstm_gradient.data_csv(found).splitlines()))
    assert len(rows) == LENGTHS + 1
    assert_array_equal([float(row["left (bias 0)"]) for row in rows], reach(found.now.cell, (0.0, 1.0)).left[0])
