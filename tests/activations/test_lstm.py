"""Gated cells: steps worked by hand, gradients against central differences, and how far a gradient reaches."""

import dataclasses
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import activations
from activations import ParameterError, ReLU, Sigmoid, Tanh
from activations.experiments import lstm
from activations.experiments.lstm import GATES, Cell, HardSigmoid, Kind, Weights, backward, forward, reach, unit
from tests.activations.settings import EVERY_SETTING

KINDS = tuple(GATES)
every_kind = pytest.mark.parametrize("kind", KINDS)
GATED = tuple(lstm.KEEPER)


def drawn(kind: Kind, seed: int = 0, inputs: int = 2, units: int = 3) -> Weights:
    """Weights large enough that every gate moves."""
    chance, gates = np.random.default_rng(seed), len(GATES[kind])
    shapes = (gates, inputs, units), (gates, units, units), (gates, units), (units,)
    return Weights(*(chance.normal(0, 0.7, shape) for shape in shapes))


def sigma(x: float) -> float:
    return 1 / (1 + math.exp(-x))


# --- steps by hand -------------------------------------------------------------------------------------


def test_two_steps_of_an_lstm_by_hand() -> None:
    # One unit: W = (f −0.5, i 1.5, g 1, o 0.5), U = (f 0.5, i 0, g 0.5, o 0.5), b = (f 1, others 0); x = 2, then −1.
    found = forward(Cell("lstm"), unit("lstm", np.array([1.0, 0, 0, 0])), [[2.0], [-1.0]])
    # step 1: f and i take −1 + 1 = 0 and 3, g takes 2, o takes 1
    assert_allclose(found.pre[0, :, 0], [0, 3, 2, 1], atol=1e-15)
    c = 0.5 * 0 + 0.9525741268224334 * 0.9640275800758169
    h = 0.7310585786300049 * math.tanh(c)
    assert_allclose([found.c[1, 0], found.h[1, 0]], [c, h], rtol=1e-15)
    assert_allclose([c, h], [0.918307727, 0.530087552], rtol=1e-8)
    # step 2, with h = 0.5304 on the way back in
    f, i, g, o = sigma(0.5 + 0.5 * h + 1), sigma(-1.5), math.tanh(-1 + 0.5 * h), sigma(-0.5 + 0.5 * h)
    assert_allclose(found.gates[1, :, 0], [f, i, g, o], rtol=1e-14)
    assert_allclose(found.c[2, 0], f * c + i * g, rtol=1e-14)
    assert_allclose(found.h[2, 0], o * math.tanh(f * c + i * g), rtol=1e-14)
    assert_allclose([found.c[2, 0], found.h[2, 0]], [0.66987363, 0.25824928], rtol=1e-7)


@pytest.mark.parametrize("kind", ["gru_before", "gru_after"])
def test_two_steps_of_a_gru_by_hand(kind: Kind) -> None:
    # One unit: W = (r 1, z −1.5, n 1), U = (r 0.5, z 0.5, n 0.5), b = (r 0, z 1, n 0); x = 2, then −1.
    found = forward(Cell(kind), unit(kind, np.array([0, 1.0, 0])), [[2.0], [-1.0]])
    assert_allclose(found.pre[0, :, 0], [2, -2, 2], atol=1e-15)
    h = (1 - 0.11920292202211755) * 0.9640275800758169
    assert_allclose(found.h[1, 0], h, rtol=1e-15)
    assert_allclose(h, 0.849112675, rtol=1e-8)
    r, z = sigma(-1 + 0.5 * h), sigma(1.5 + 0.5 * h + 1)
    n = math.tanh(-1 + 0.5 * r * h)
    assert_allclose(found.gates[1, :, 0], [r, z, n], rtol=1e-14)
    assert_allclose(found.h[2, 0], z * h + (1 - z) * n, rtol=1e-14)
    assert_array_equal(found.c, found.h)


def test_where_the_reset_gate_acts() -> None:
    # Two units; only the first is let through: r = (1, 0) up to 1e-13. U swaps the units, so before the
    # matrix the second unit gets the first's state, and after it only the first gets anything.
    b = np.array([[30.0, -30.0], [0, 0], [0, 0]])
    u = np.stack([np.zeros((2, 2)), np.zeros((2, 2)), np.array([[0, 1.0], [1.0, 0]])])
    weights = Weights(np.zeros((3, 1, 2)), u, b, np.zeros(2))
    h = np.array([0.4, -0.6])
    before, after = (forward(Cell(kind), weights, [[0.0]], h=h) for kind in ("gru_before", "gru_after"))
    assert_allclose(before.pre[0, 2], [0, 0.4], atol=1e-12)
    assert_allclose(after.pre[0, 2], [-0.6, 0], atol=1e-12)
    # b′ lies inside the reset gate: with r = 0 it is shut off too
    inner = weights._replace(inner=np.array([0.25, 0.25]))
    assert_allclose(forward(Cell("gru_after"), inner, [[0.0]], h=h).pre[0, 2], [-0.35, 0], atol=1e-12)


def test_one_unit_cannot_tell_the_two_forms_of_the_gru_apart_but_by_the_second_bias() -> None:
    b, x = np.array([0.3, -0.2, 0.1]), lstm.sequence("noise")
    before, after = (forward(Cell(kind), unit(kind, b), x) for kind in ("gru_before", "gru_after"))
    assert_allclose(before.h, after.h, rtol=1e-13)
    moved = forward(Cell("gru_after"), unit("gru_after", b, 0.5), x)
    assert np.abs(moved.h - after.h).max() > 0.1
    three = [forward(Cell(kind), drawn(kind, inputs=1), x).h for kind in ("gru_before", "gru_after")]
    assert np.abs(three[0] - three[1]).max() > 0.1


def test_hard_sigmoid_by_hand() -> None:
    f = HardSigmoid()
    x = [-math.inf, -4, -3, -1.5, 0, 1.5, 3, 4, math.inf, math.nan]
    assert_allclose(f(x), [0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1, math.nan])
    assert_allclose(f.derivative(x), [0, 0, 0, 1 / 6, 1 / 6, 1 / 6, 0, 0, 0, math.nan])


def test_a_plain_step_by_hand() -> None:
    weights = Weights(np.array([[[2.0]]]), np.array([[[-1.0]]]), np.array([[0.5]]), np.zeros(1))
    found = forward(Cell("plain", ReLU()), weights, [[1.0], [-1.0], [3.0]])
    assert_array_equal(found.h[:, 0], [0, 2.5, 0, 6.5])


# --- gradients -----------------------------------------------------------------------------------------

STEP = 1e-4  # small, so that no kink lies within it


def central(loss, arrays: list[np.ndarray]) -> list[np.ndarray]:
    """Central differences of a loss by every number of some arrays, of the fourth order."""
    found = []
    for array in arrays:
        slope = np.empty_like(array)
        for place in np.ndindex(array.shape):
            kept, values = array[place], []
            for shift in (-2, -1, 1, 2):
                array[place] = kept + shift * STEP
                values.append(loss())
            array[place] = kept
            slope[place] = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * STEP)
        found.append(slope)
    return found


def check_gradients(cell: Cell) -> None:
    chance, weights = np.random.default_rng(5), drawn(cell.kind)
    x, h, c = chance.normal(size=(4, 2)), chance.normal(size=3), chance.normal(size=3)
    at_h, at_c = chance.normal(size=(4, 3)), chance.normal(size=3) if cell.kind == "lstm" else np.zeros(3)

    def loss() -> float:
        found = forward(cell, weights, x, h, c)
        return float((at_h * found.h[1:]).sum() + (at_c * found.c[-1]).sum())

    found = backward(cell, weights, x, forward(cell, weights, x, h, c), at_h, at_c)
    expected = central(loss, [*weights, x, h, c])
    got = [*found.weights, found.inputs, found.h, found.c]
    for ours, theirs in zip(got, expected, strict=True):
        assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7 * max(1.0, float(np.abs(theirs).max())))
    assert all(np.abs(part).max() > 0 for part in expected[:3])


@every_kind
@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
def test_gradients_agree_with_central_differences(kind: Kind, f) -> None:
    check_gradients(Cell(kind, f))


@every_kind
def test_gradients_through_hard_gates(kind: Kind) -> None:
    check_gradients(Cell(kind, Tanh(), HardSigmoid()))


# --- one unit, and growth ------------------------------------------------------------------------------


def test_settings_side_by_side_are_each_its_own() -> None:
    b = np.random.default_rng(1).normal(size=(5, 4))
    together = forward(Cell(), unit("lstm", b), lstm.sequence("noise"))
    for row in range(5):
        alone = forward(Cell(), unit("lstm", b[row]), lstm.sequence("noise"))
        assert_allclose(together.c[:, row], alone.c, rtol=1e-14)
        assert_allclose(together.pre[:, row], alone.pre, rtol=1e-13)


def test_tanh_bounds_what_is_read_out_but_not_the_cell_and_relu_bounds_neither() -> None:
    ones, b = lstm.sequence("constant"), np.array([6.0, 0, 0, 0])
    tanh, relu = (forward(Cell("lstm", f), unit("lstm", b), ones) for f in (Tanh(), ReLU()))
    assert np.abs(tanh.h).max() < 1
    assert 8 < tanh.c[-1, 0] < len(ones)  # at most one a step is added
    assert relu.h[-1, 0] > 400
    for kind in ("gru_before", "gru_after"):
        held = forward(Cell(kind), unit(kind, np.array([0, 1.0, 0])), ones)
        assert np.abs(held.h).max() < 1


def test_sequences_are_what_they_are_called() -> None:
    pulse, constant, noise = (lstm.sequence(kind, 3)[:, 0] for kind in ("pulse", "constant", "noise"))
    assert pulse[0] == 2
    assert_array_equal(pulse[1:], 0.3 * noise[1:])
    assert_array_equal(constant, np.ones(lstm.STEPS))
    assert not np.array_equal(noise, lstm.sequence("noise", 4)[:, 0])
    assert_array_equal(noise, lstm.sequence("noise", 3)[:, 0])


# --- how far a gradient reaches ------------------------------------------------------------------------


@every_kind
def test_reach_is_the_product_of_jacobians(kind: Kind, monkeypatch) -> None:
    # Against central differences of the whole way, through a layer small enough for them.
    monkeypatch.setattr(lstm, "WIDTH", 3)
    monkeypatch.setattr(lstm, "LENGTHS", 4)
    cell = Cell(kind)
    found = reach(cell, (0.7,), seed=2)
    chance, gates, scale = np.random.default_rng(2), len(cell.gates), 3**-0.5
    w, u = (chance.uniform(-scale, scale, (4, 3, 3))[:gates] for _ in range(2))
    inputs = chance.normal(size=(5, 3))
    b = np.zeros((gates, 3))
    if kind in lstm.KEEPER:
        b[cell.gates.index(lstm.KEEPER[kind])] = 0.7
    weights = Weights(w, u, b, np.zeros(3))
    run = forward(cell, weights, inputs)
    for length in range(5):
        at = 5 - length  # the state after so many steps

        def last(change: np.ndarray, at: int = at) -> np.ndarray:
            h, c = run.h[at] + change, run.c[at] + change
            if kind == "lstm":  # h follows from c; its output gate was there before
                h = run.gates[at - 1, 3] * np.tanh(c)
            if at == 5:
                return c
            return forward(cell, weights, inputs[at:], h, c).c[-1]

        jacobian = np.stack([(last(1e-5 * e) - last(-1e-5 * e)) / 2e-5 for e in np.eye(3)], axis=1)
        assert_allclose(found.left[0, length], np.linalg.norm(jacobian) / np.sqrt(3), rtol=1e-6)


@pytest.mark.parametrize("kind", GATED)
def test_what_the_gates_alone_keep(kind: Kind) -> None:
    found = reach(Cell(kind), (-100.0, 0.0, 1.0, 100.0))
    assert_array_equal(found.kept[3], 1)  # a gate that is wide open keeps everything
    assert found.kept[0, 1:].max() < 1e-30
    assert_allclose(found.gate, [0, 0.5, 0.73, 1], atol=0.03)
    assert (np.diff(found.kept[1:3], axis=0)[0, 1:] > 0).all()


@pytest.mark.parametrize("seed", range(10))
def test_a_forget_bias_of_one_carries_gradients_farther(seed: int) -> None:
    # Gers et al. 2000, Jozefowicz et al. 2015: by orders of magnitude at 50 steps, whatever the seed.
    found = np.log10(reach(Cell("lstm"), (0.0, 1.0, 5.0), seed).left[:, 50])
    assert found[1] - found[0] > 4
    assert found[2] > -1.5
    assert np.log10(reach(Cell("plain"), (0.0,), seed).left[0, 50]) < found[1] - 4


def test_a_hard_gate_can_keep_nothing_at_all() -> None:
    hard = reach(Cell("lstm", Tanh(), HardSigmoid()), (-6.0, 6.0))
    assert hard.kept[0, 1] == 0
    assert_array_equal(hard.kept[1], 1)
    assert reach(Cell(), (-6.0,)).kept[0, 1] > 0


@every_kind
def test_the_same_seed_gives_the_same_numbers(kind: Kind) -> None:
    one, other = (reach(Cell(kind), (0.0, 1.0), 7) for _ in range(2))
    for entry in dataclasses.fields(one):
        assert_array_equal(getattr(one, entry.name), getattr(other, entry.name))
    assert not np.array_equal(one.left, reach(Cell(kind), (0.0, 1.0), 8).left)


@every_kind
@pytest.mark.parametrize("name", activations.names())
def test_every_function_can_stand_in_the_cell_without_a_warning(kind: Kind, name: str) -> None:
    with np.errstate(all="raise"):
        found = reach(Cell(kind, activations.get(name)), (-4.0, 1.0, 6.0))
        assert found.left.shape == (3, lstm.LENGTHS + 1)
        b = 6.0 * np.ones(len(GATES[kind]))
        if kind != "plain":
            assert np.isfinite(forward(Cell(kind, activations.get(name)), unit(kind, b), np.ones((16, 1))).h).all()


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="kind must be one of lstm, gru_before, gru_after, plain, not 'rnn'"):
        Cell("rnn")
    with pytest.raises(ValueError, match="sequence must be one of pulse, constant, noise, not 'sine'"):
        lstm.sequence("sine")
    for bad in (-1, 10_000, 1.5, math.nan):
        with pytest.raises(ParameterError, match="seed"):
            lstm.sequence("noise", bad)
        with pytest.raises(ParameterError, match="seed"):
            reach(Cell(), (0.0,), bad)
    assert Cell().gate == Sigmoid()
