"""Seeded experiments: pure functions that return frozen dataclasses of arrays.

The same input gives the same numbers, again and again; nothing is drawn or printed here.
"""

from activations.experiments.born_dead import BornDead, NarrowNetworks, born_dead, born_dead_each
from activations.experiments.deep_network import INITIALISATIONS, DeepNetwork
from activations.experiments.depth import SlopeProducts, saturation_bounds, slope_products
from activations.experiments.dying_layer import DyingLayer, Settings, Spread, spread, train
from activations.experiments.mean_field import MeanField, mean_field
from activations.experiments.saturated_neuron import NeuronRun, train_neuron
from activations.experiments.signals import Signals, signals

__all__ = [
    "INITIALISATIONS",
    "BornDead",
    "DeepNetwork",
    "DyingLayer",
    "MeanField",
    "NarrowNetworks",
    "NeuronRun",
    "Settings",
    "Signals",
    "SlopeProducts",
    "Spread",
    "born_dead",
    "born_dead_each",
    "mean_field",
    "saturation_bounds",
    "signals",
    "slope_products",
    "spread",
    "train",
    "train_neuron",
]
