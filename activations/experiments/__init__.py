"""Seeded experiments: pure functions that return frozen dataclasses of arrays.

The same input gives the same numbers, again and again; nothing is drawn or printed here.
"""

from activations.experiments.depth import SlopeProducts, saturation_bounds, slope_products
from activations.experiments.dying_layer import DyingLayer, Settings, Spread, spread, train
from activations.experiments.saturated_neuron import NeuronRun, train_neuron

__all__ = [
    "DyingLayer",
    "NeuronRun",
    "Settings",
    "SlopeProducts",
    "Spread",
    "saturation_bounds",
    "slope_products",
    "spread",
    "train",
    "train_neuron",
]
