"""What the address of the playground says: the settings of one run or of a race of two, and what is looked at.

The second run of a race has its own network and optimiser, under the same names with a 2; points,
seed and epochs are shared.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import activations
from activations import ParameterError, UnknownActivationError
from activations.experiments import datasets, network, optimisers, own_points
from activations.experiments.datasets import Data
from activations.experiments.network import Layer
from activations.experiments.own_points import Point, PointsError
from activations.experiments.playground import LAYERS, Settings
from ui import entries
from ui.entries import UnusableError, plain

PARTS = ("units", "curves", "layers", "functions", "numbers")
SIDES = ("1", "2")
BOUNDS = {entry.name: entry for kind in (Data, Layer, Settings) for entry in kind.parameters()}
NONE = "none"


@dataclass(frozen=True)
class Layers:
    """Hidden layers, from the points to the output: "tanh:8~leaky_relu:4:0.1", or "none"."""

    name: str
    default: tuple[Layer, ...]

    def read(self, text: str) -> tuple[Layer, ...]:
        """The layers that `text` names; UnusableError if one cannot be."""
        parts = [] if text == NONE else text.split("~")
        try:
            if len(parts) > LAYERS:
                raise ValueError
            return tuple(self._layer(part) for part in parts)
        except (ValueError, UnknownActivationError, ParameterError):
            raise UnusableError("notice.layers", most=str(LAYERS), names=", ".join(activations.names())) from None

    def _layer(self, text: str) -> Layer:
        name, width, *parameters = text.split(":")
        kind = activations.kind(name)
        if len(parameters) > len(kind.parameters()) or not re.fullmatch(r"[0-9]{1,3}", width):
            raise ValueError
        given = zip(kind.parameters(), map(float, parameters), strict=False)
        return Layer(kind(**{entry.name: value for entry, value in given}), int(width))

    def clamp(self, text: str) -> None:
        """A network with a bad layer is dropped whole: without it, it would be another one."""

    def write(self, value: tuple[Layer, ...]) -> str:
        """The layers between tildes; parameters only where they are not the usual ones."""
        return "~".join(map(self._written, value)) or NONE

    def _written(self, layer: Layer) -> str:
        f = layer.f
        changed = any(plain(f.settings[entry.name]) != plain(entry.default) for entry in f.parameters())
        parameters = [plain(value) for value in f.settings.values()] if changed else []
        return ":".join([f.name, str(layer.width), *parameters])


@dataclass(frozen=True)
class OwnPoints:
    """A reader's own points, written as `own_points` does; they may still be too few to learn from."""

    name: str
    default: tuple[Point, ...] = ()

    def read(self, text: str) -> tuple[Point, ...]:
        """The points in `text`."""
        try:
            return own_points.read(text)
        except PointsError:
            raise UnusableError("notice.points", most=str(own_points.MOST)) from None

    def clamp(self, text: str) -> None:
        """A damaged list is dropped whole."""

    def write(self, value: tuple[Point, ...]) -> str:
        """The points as a short text."""
        return own_points.written(value)


def _number(name: str, of: str, default: float | None = None) -> entries.Number:
    bounds = BOUNDS[of]
    whole = any(of in kind.counts() for kind in (Data, Layer, Settings))
    start = bounds.default if default is None else default
    return entries.Number(name, int(start) if whole else start, bounds.low, bounds.high, whole)


START = Settings()  # what a page without a query shows
# What each entry is called in Settings. These two runs of a race may have differently:
OF_A_RUN = {"net": "layers", "loss": "loss", "opt": "optimiser", "init": "initialisation", "rate": "learning_rate",
            "scale": "scale", "batch": "batch", "l1": "l1", "l2": "l2"}  # fmt: skip
SHARED = {"seed": "seed", "epochs": "epochs"}
OF_DATA = {"data": "kind", "n": "count", "noise": "noise", "k": "classes", "test": "test_share", "own": "own"}


def _of_a_run(suffix: str) -> list[Any]:
    return [
        Layers(f"net{suffix}", START.layers),
        entries.Choice(f"loss{suffix}", START.loss, network.LOSSES),
        entries.Choice(f"opt{suffix}", START.optimiser, optimisers.NAMES),
        entries.Choice(f"init{suffix}", START.initialisation, network.INITIALISATIONS),
        *(_number(f"{name}{suffix}", OF_A_RUN[name]) for name in ("rate", "scale", "batch", "l1", "l2")),
    ]


TABLE: entries.Table = (
    entries.Choice("data", START.data.kind, datasets.KINDS),
    *(_number(name, OF_DATA[name]) for name in ("n", "noise", "k", "test")),
    OwnPoints("own"),
    entries.Number("pen", 1, 0, own_points.CLASSES, whole=True),  # the class that a click sets; 0: it only looks
    *_of_a_run(""),
    entries.Flag("race"),
    *_of_a_run("2"),
    *(_number(name, of) for name, of in SHARED.items()),
    entries.Flag("run", True),
    _number("epoch", "epochs", BOUNDS["epochs"].high),
    entries.Choice("part", "units", PARTS),
    entries.Choice("side", "1", SIDES),
    entries.Number("layer", 1, 1, LAYERS + 1, whole=True),
    entries.Number("unit", 1, 1, int(BOUNDS["width"].high), whole=True),
    entries.Number("point", 1, 1, int(BOUNDS["count"].high), whole=True),
)
LAST = {"epoch": int(BOUNDS["epochs"].high)}  # what shows a run's end, however long it is


def settings_of(values: Mapping[str, Any]) -> tuple[Settings, ...]:
    """The settings that these values of the state ask for, two in a race; PointsError for points of no use.

    Epochs beyond what MOST_STEPS allow are left away: `allowed_epochs` says how many there may be.
    """
    data = Data(**{of: values[name] for name, of in OF_DATA.items() if name != "own" or values["data"] == "own"})
    suffixes = ("", "2") if values["race"] else ("",)
    asked = [
        Settings(
            data=data, seed=values["seed"], epochs=0, **{of: values[f"{name}{suffix}"] for name, of in OF_A_RUN.items()}
        )
        for suffix in suffixes
    ]
    epochs = min(values["epochs"], *(int(settings.epochs_allowed().high) for settings in asked))
    return tuple(replace(settings, epochs=epochs) for settings in asked)


def values_of(asked: tuple[Settings, ...]) -> dict[str, Any]:
    """The state that shows these settings, trained, at their end."""
    first = asked[0]
    values: dict[str, Any] = {name: getattr(first.data, of) for name, of in OF_DATA.items()}
    values |= {name: getattr(first, of) for name, of in SHARED.items()}
    for suffix, settings in zip(("", "2"), (first, asked[1] if len(asked) > 1 else START), strict=True):
        values |= {f"{name}{suffix}": getattr(settings, of) for name, of in OF_A_RUN.items()}
    return values | LAST | {"race": len(asked) > 1, "run": True, "layer": 1, "unit": 1, "point": 1, "side": "1"}


def differing(asked: tuple[Settings, ...]) -> list[str]:
    """The names of the fields in which two settings differ."""
    return [entry.name for entry in fields(Settings) if len({getattr(one, entry.name) for one in asked}) > 1]
