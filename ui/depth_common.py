"""What the instruments of the page on signals through depth share: measurements, a handle, what stands below."""

import math
from functools import partial

from activations import experiments
from activations.experiments import DeepNetwork, Signals
from activations.experiments.signals import spans
from figures.depth import SIGMA_W
from ui.runs import run
from ui.scrubber import Encoded, Handle, Mark
from ui.state import State

_SIGMA_MARKS = {math.sqrt(1 / 3): "1/√n", 1.0: "1/n", math.sqrt(2): "2/n", 3.0: "3"}  # as initialisations are known


def measured(
    state: State, network: DeepNetwork, sigma_w: tuple[float, ...], span: tuple[float, float] | None = None
) -> Signals:
    """The signals of a network for some σ_w, measured now or kept from before."""
    span = span or spans(network)
    work = partial(experiments.signals, network, sigma_w, span=span)
    return run(("signals", network, sigma_w, span), work, state.words("depth.measuring"))


def sweep(state: State, network: DeepNetwork, span: tuple[float, float] | None = None) -> Signals:
    """The signals of a network for every σ_w at which the handle stops."""
    return measured(state, network, tuple(SIGMA_W.tolist()), span)


def sigma_handle(state: State, film: Encoded) -> Handle:
    """The handle for σ_w, with the usual variances of weights as marks."""
    last = len(SIGMA_W) - 1
    marks = [Mark(int(abs(SIGMA_W - value).argmin()) / last, text) for value, text in _SIGMA_MARKS.items()]
    return Handle("sw", state.words("depth.handle.sw"), film, marks)
