"""Gated recurrent cells, step by step, forwards and backwards: the LSTM, both forms of the GRU, and one without gates.

For rows x (the input) and h, c (the state before the step), with φ for the function of candidate and
state (tanh) and σ for that of the gates (sigmoid), ⊙ elementwise:

    lstm         f, i, o = σ(x W + h U + b),   g = φ(x W + h U + b),   each with its own W, U and b
                 c′ = f ⊙ c + i ⊙ g,   h′ = o ⊙ φ(c′)
    gru_before   r, z = σ(x W + h U + b),   n = φ(x W + (r ⊙ h) U + b),   h′ = z ⊙ h + (1 − z) ⊙ n
    gru_after    the same but for n = φ(x W + r ⊙ (h U + b′) + b)
    plain        h′ = φ(x W + h U + b)

The LSTM is that of Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000. The GRU
is Cho et al.'s of 2014, with the reset gate before the matrix (and h′ as there; others have z and
1 − z the other way round); that after the matrix, with a second bias b′, is PyTorch's and Keras's.
With one unit and b′ = 0 the two are the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activations.base import Activation, Array, Parameter, elementwise
from activations.experiments._checks import whole
from activations.sigmoids import Sigmoid, Tanh

Kind = Literal["lstm", "gru_before", "gru_after", "plain"]
Toy = Literal["pulse", "constant", "noise"]

# What each kind works out at a step, in the order of the first axis of its weights.
GATES: dict[Kind, tuple[str, ...]] = {
    "lstm": ("f", "i", "g", "o"),
    "gru_before": ("r", "z", "n"),
    "gru_after": ("r", "z", "n"),
    "plain": ("n",),
}
CANDIDATES = ("g", "n")  # these go through φ; the others are gates
KEEPER: dict[Kind, str] = {"lstm": "f", "gru_before": "z", "gru_after": "z"}  # open, it keeps the state as it is

STEPS = 16  # of the sequences for one unit
LENGTHS = 50
WIDTH = 16
SEED = Parameter("seed", symbol="s", default=0, low=0, high=9999, step=1)


@dataclass(frozen=True)
class HardSigmoid(Activation):
    """A gate of three straight pieces: x/6 + 1/2, and exactly 0 below −3 and 1 above 3; slope 0 at both kinks.

    PyTorch's form. Keras had another one, 0.2 x + 1/2, as the usual function of its LSTM's gates.
    """

    name = "hard_sigmoid"

    @elementwise
    def __call__(self, x: Array) -> Array:
        return np.clip(x / 6 + 0.5, 0.0, 1.0)

    @elementwise
    def derivative(self, x: Array) -> Array:
        return np.where(np.isnan(x), x, np.where(np.abs(x) < 3, 1 / 6, 0.0))


FOR_GATES: dict[str, Activation] = {"sigmoid": Sigmoid(), "hard_sigmoid": HardSigmoid()}


@dataclass(frozen=True)
class Cell:
    """A kind of cell, with φ of candidate and state and σ of the gates. ValueError for an unknown kind."""

    kind: Kind = "lstm"
    f: Activation = field(default_factory=Tanh)
    gate: Activation = field(default_factory=Sigmoid)

    def __post_init__(self) -> None:
        _known("kind", self.kind, get_args(Kind))

    @property
    def gates(self) -> tuple[str, ...]:
        """What is worked out at a step, in order."""
        return GATES[self.kind]

    def function(self, gate: str) -> Activation:
        """What the pre-activation of this gate or candidate goes through."""
        return self.f if gate in CANDIDATES else self.gate


class Weights(NamedTuple):
    """w: shape (gates, inputs, units). u: (gates, units, units). b: (..., gates, units), where leading axes
    are settings that go through side by side. inner: b′ of gru_after, (..., units); no other kind heeds it."""

    w: Array
    u: Array
    b: Array
    inner: Array


@dataclass(frozen=True)
class Pass:
    """A sequence of T steps. pre, gates: what goes into the gates and candidates and what comes out, shape
    (T, ..., gates, units). reset: what a GRU's reset gate lets through, r ⊙ h or r ⊙ (h U + b′), shape
    (T, ..., units), 0 for the others. h, c: the state, shape (T + 1, ..., units), entry 0 before the first
    step; c is that of the LSTM, and h again for the others."""

    cell: Cell
    pre: Array
    gates: Array
    reset: Array
    h: Array
    c: Array


def forward(cell: Cell, weights: Weights, inputs: ArrayLike, h: ArrayLike = 0.0, c: ArrayLike = 0.0) -> Pass:
    """Go through `inputs`, of shape (T, inputs), from the state `h`, and `c` of an LSTM."""
    x = np.asarray(inputs, dtype=np.float64)
    shape = np.broadcast_shapes(weights.b[..., 0, :].shape, weights.inner.shape)
    h = np.broadcast_to(np.asarray(h, dtype=np.float64), shape)
    c = np.broadcast_to(np.asarray(c, dtype=np.float64), shape) if cell.kind == "lstm" else h
    pres: list[Array] = []
    gates: list[Array] = []
    resets: list[Array] = []
    hs, cs = [h], [c]
    with np.errstate(all="ignore"):  # a state without bounds may leave the range of floats
        for row in x:
            pre, out, reset, h, c = _step(cell, weights, row, h, c)
            for kept, made in ((pres, pre), (gates, out), (resets, reset), (hs, h), (cs, c)):
                kept.append(made)
    return Pass(cell, np.array(pres), np.array(gates), np.array(resets), np.array(hs), np.array(cs))


def _step(cell: Cell, weights: Weights, x: Array, h: Array, c: Array) -> tuple[Array, ...]:
    """One step: pre-activations and gates, shape (..., gates, units), what the reset gate lets through, h and c."""
    from_x = x @ weights.w + weights.b  # (..., gates, units)
    if cell.kind in ("lstm", "plain"):
        pre = from_x + _times(h, weights.u)
        out = _apply(cell, pre)
        if cell.kind == "plain":
            return pre, out, np.zeros_like(h), out[..., 0, :], out[..., 0, :]
        f, i, g, o = _split(out)
        c = f * c + i * g
        return pre, out, np.zeros_like(h), o * cell.f(c), c
    first = from_x[..., :2, :] + _times(h, weights.u[:2])
    r, z = _split(cell.gate(first))
    reset = r * h if cell.kind == "gru_before" else r * (h @ weights.u[2] + weights.inner)
    last = from_x[..., 2, :] + (reset @ weights.u[2] if cell.kind == "gru_before" else reset)
    pre = np.concatenate([first, last[..., None, :]], axis=-2)
    out = _apply(cell, pre)
    h = z * h + (1 - z) * out[..., 2, :]
    return pre, out, reset, h, h


@dataclass(frozen=True)
class Gradients:
    """dL/d of what a pass was made of: weights, the inputs (T, inputs), and the state before the first step."""

    weights: Weights
    inputs: Array
    h: Array
    c: Array


def backward(
    cell: Cell, weights: Weights, inputs: ArrayLike, found: Pass, at_h: ArrayLike, at_c: ArrayLike = 0.0
) -> Gradients:
    """Back-propagation through time of one setting. `at_h`: dL/dh as the loss has it directly, after each
    step, shape (T, units); `at_c`: dL/dc after the last step, of an LSTM, shape (units,)."""
    x, direct = np.asarray(inputs, dtype=np.float64), np.asarray(at_h, dtype=np.float64)
    units = found.h.shape[-1]
    total = Weights(*(np.zeros_like(part) for part in weights))
    at_x = np.zeros_like(x)
    later: Array = np.zeros(units)
    at_cell: Array = np.broadcast_to(np.asarray(at_c, dtype=np.float64), (units,))
    for step in reversed(range(len(x))):
        back = _step_back(cell, weights, found, step, later + direct[step], at_cell)
        later, at_cell = back.h, back.c
        at_x[step] = np.einsum("gn,gmn->m", back.pre, weights.w)
        total.w[:] += x[step][:, None] * back.pre[:, None, :]
        total.u[:] += _at_u(cell, found, step, back)
        total.b[:] += back.pre
        total.inner[:] += back.recurrent if cell.kind == "gru_after" else 0.0
    return Gradients(total, at_x, later, at_cell)


class _Back(NamedTuple):
    """dL/d of a step's parts: pre, (..., gates, units); recurrent, what the reset gate multiplies or lets into
    the matrix; h and c before the step; state, all that reaches the state after it."""

    pre: Array
    recurrent: Array
    h: Array
    c: Array
    state: Array


def _step_back(cell: Cell, weights: Weights, found: Pass, step: int, at_h: Array, at_c: Array) -> _Back:
    before, pre, out = found.h[step], found.pre[step], found.gates[step]
    slopes = _slopes(cell, pre)
    nothing = np.zeros_like(at_h)
    if cell.kind == "lstm":
        f, i, g, o = _split(out)
        after = found.c[step + 1]
        at_state = at_c + at_h * o * cell.f.derivative(after)
        parts = (at_state * found.c[step], at_state * g, at_state * i, at_h * cell.f(after))
        at_pre = np.stack(np.broadcast_arrays(*parts), axis=-2) * slopes
        return _Back(at_pre, nothing, _times_back(at_pre, weights.u), at_state * f, at_state)
    if cell.kind == "plain":
        at_pre = at_h[..., None, :] * slopes
        return _Back(at_pre, nothing, _times_back(at_pre, weights.u), nothing, at_h)
    r, z, n = _split(out)
    at_n = at_h * (1 - z) * slopes[..., 2, :]
    if cell.kind == "gru_before":
        at_recurrent = at_n @ weights.u[2].T  # at r ⊙ h
        at_r, at_before = at_recurrent * before, at_recurrent * r
    else:
        at_recurrent = at_n * r  # at h U + b′
        at_r, at_before = at_n * (before @ weights.u[2] + weights.inner), at_recurrent @ weights.u[2].T
    at_gates = np.stack(np.broadcast_arrays(at_r, at_h * (before - n)), axis=-2) * slopes[..., :2, :]
    at_pre = np.concatenate([at_gates, at_n[..., None, :]], axis=-2)
    return _Back(at_pre, at_recurrent, at_h * z + at_before + _times_back(at_gates, weights.u[:2]), nothing, at_h)


def _at_u(cell: Cell, found: Pass, step: int, back: _Back) -> Array:
    """What a step adds to the gradient of u."""
    before, pre = found.h[step], back.pre.copy()
    gained: Array = before[:, None] * pre[:, None, :]
    if cell.kind == "gru_before":
        gained[2] = np.outer(found.reset[step], pre[2])
    elif cell.kind == "gru_after":
        gained[2] = np.outer(before, back.recurrent)
    return gained


def _times(h: Array, u: Array) -> Array:
    """h U for each gate, shape (..., gates, units), as one product of matrices."""
    gates, units, _ = u.shape
    return np.asarray(h @ u.swapaxes(0, 1).reshape(units, -1)).reshape(*h.shape[:-1], gates, units)


def _times_back(at_pre: Array, u: Array) -> Array:
    """What comes back through U, summed over the gates."""
    gates, units, _ = u.shape
    return np.asarray(at_pre.reshape(*at_pre.shape[:-2], -1) @ u.swapaxes(1, 2).reshape(gates * units, units))


def _split(gates: Array) -> list[Array]:
    return [gates[..., place, :] for place in range(gates.shape[-2])]


def _apply(cell: Cell, pre: Array) -> Array:
    return np.stack([cell.function(name)(pre[..., k, :]) for k, name in enumerate(cell.gates)], axis=-2)


def _slopes(cell: Cell, pre: Array) -> Array:
    return np.stack([cell.function(name).derivative(pre[..., k, :]) for k, name in enumerate(cell.gates)], axis=-2)


def _known(name: str, value: object, names: Sequence[str]) -> None:
    if value not in names:
        raise ValueError(f"{name} must be one of {', '.join(names)}, not {value!r}")


# --- one unit, whose every number can be followed ------------------------------------------------------

# Weights w and u of one unit: a large input opens the input gate of the LSTM and closes the GRU's z,
# so that both write down what is large and keep it.
_UNIT: dict[str, tuple[float, float]] = {
    "f": (-0.5, 0.5), "i": (1.5, 0.0), "g": (1.0, 0.5), "o": (0.5, 0.5),
    "r": (1.0, 0.5), "z": (-1.5, 0.5), "n": (1.0, 0.5),
}  # fmt: skip


def unit(kind: Kind, b: Array, inner: ArrayLike = 0.0) -> Weights:
    """The weights of one unit with one input. `b`: its biases, shape (..., gates); `inner`: b′, shape (...)."""
    pairs = np.array([_UNIT[gate] for gate in GATES[kind]])
    bias = np.asarray(b, dtype=np.float64)[..., None]
    return Weights(pairs[:, :1, None], pairs[:, 1:, None], bias, np.asarray(inner, dtype=np.float64)[..., None])


def sequence(kind: Toy, seed: int = 0) -> Array:
    """The inputs of one unit, shape (STEPS, 1): a pulse of 2 before small noise, ones, or noise alone.

    ParameterError for a seed that is no whole number from 0 to 9999, ValueError for an unknown kind.
    """
    _known("sequence", kind, get_args(Toy))
    noise = np.random.default_rng(whole(SEED, seed)).normal(size=STEPS)
    found = {"pulse": np.where(np.arange(STEPS) == 0, 2.0, 0.3 * noise), "constant": np.ones(STEPS), "noise": noise}
    return found[kind][:, None]


# --- how far a gradient reaches ------------------------------------------------------------------------


@dataclass(frozen=True)
class Reach:
    """What is left of a gradient after 0 to LENGTHS steps back, for each bias of the gate that keeps.

    biases: shape (n,). left: by what a change of the state, in any direction alike, has been multiplied
    when it reaches the last state, in root mean square: ‖∂s_T/∂s_(T−L)‖ / √units, shape (n, LENGTHS + 1);
    s is c of the LSTM and h of the others. kept: the share of it that the keeping gates alone would leave,
    the product of their values, in root mean square; 1 for a cell that has none. gate: the keeping gate's
    mean value, shape (n,), NaN for a cell that has none.
    """

    cell: Cell
    biases: Array
    left: Array
    kept: Array
    gate: Array


def reach(cell: Cell, biases: Sequence[float] = (0.0, 1.0), seed: int = 0) -> Reach:
    """The gradient by length in a layer of WIDTH units, for several biases of the keeping gate at once.

    Weights are drawn uniformly within ±1/√WIDTH, as PyTorch does, the inputs from the standard normal
    distribution; other biases are 0. ParameterError for a seed that is no whole number from 0 to 9999.
    """
    chance = np.random.default_rng(whole(SEED, seed))
    gates, scale = len(cell.gates), WIDTH**-0.5
    w, u = (chance.uniform(-scale, scale, (4, WIDTH, WIDTH))[:gates] for _ in range(2))
    inputs = chance.normal(size=(LENGTHS + 1, WIDTH))
    keeper = cell.gates.index(KEEPER[cell.kind]) if cell.kind in KEEPER else None
    b = np.zeros((len(biases), gates, WIDTH))
    if keeper is not None:
        b[:, keeper] = np.asarray(biases, dtype=np.float64)[:, None]
    weights = Weights(w, u, b, np.zeros(WIDTH))
    found = forward(cell, weights, inputs)

    # every unit of the last state by itself, on an axis of its own that comes first
    units: Array = np.eye(WIDTH)[:, None, :] * np.ones((1, len(biases), 1))
    at_h, at_c = (0 * units, units) if cell.kind == "lstm" else (units, 0 * units)
    left, kept = [], []
    product: Array = np.ones((len(biases), WIDTH))
    with np.errstate(all="ignore"):
        for step in reversed(range(LENGTHS + 1)):
            back = _step_back(cell, weights, found, step, at_h, at_c)
            left.append(np.sqrt((back.state**2).sum(axis=(0, 2)) / WIDTH))
            kept.append(np.sqrt((product**2).mean(axis=-1)))
            at_h, at_c = back.h, back.c
            if keeper is not None:
                product = product * found.gates[step, :, keeper]
    mean: NDArray[np.float64] = np.full(len(biases), np.nan)
    if keeper is not None:
        mean = found.gates[:, :, keeper].mean(axis=(0, 2))
    return Reach(cell, np.asarray(biases, dtype=np.float64), np.array(left).T, np.array(kept).T, mean)
