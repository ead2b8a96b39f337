"""Where activation functions live in well-known models: the data of `/in_models`.

Pure data. The words stand beside the lesson in `in_models/models.<language>.md`, one `## id` each: a
model (`vgg`: its name with the year, its references and, where there is one, a remark, a paragraph each), a place in it
(`vgg.hidden`: the function as this model has it, where it stands, and why, as three).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

_FOLDER = Path(__file__).parent / "in_models"

KINDS = ("hidden", "gate", "attention", "output")  # of places, in the order of the table's columns
FAMILIES = ("convolutional", "recurrent", "attention")


@dataclass(frozen=True)
class Place:
    """A place in a model: its id, of which kind it is, and the function there, "" if the app has no page on it."""

    id: str
    kind: str
    function: str


@dataclass(frozen=True)
class Model:
    """A model: its id, its family, its places, and the pages that show such places at work.

    drawn: its parts from input to output, each a function, "weights", "add" or "multiply". arcs: from which
    part to which a connection goes around those between them; one that goes back is a step in time.
    """

    id: str
    family: str
    places: tuple[Place, ...]
    pages: tuple[str, ...]
    drawn: tuple[str, ...]
    arcs: tuple[tuple[int, int], ...] = ()

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that the model has and the app has a page on, each once."""
        return tuple(dict.fromkeys(place.function for place in self.places if place.function))


@dataclass(frozen=True)
class Saying:
    """The words of a place: the function as this model has it, where it stands, and why."""

    function: str
    where: str
    why: str


def _model(id: str, family: str, places: str, pages: str, drawn: str, arcs: tuple[tuple[int, int], ...] = ()) -> Model:
    """A model from words: every place is written id:kind:function."""
    return Model(
        id,
        family,
        tuple(Place(*place.split(":")) for place in places.split()),
        tuple(pages.split()),
        tuple(drawn.split()),
        arcs,
    )


MODELS = (
    _model(
        "vgg",
        "convolutional",
        "hidden:hidden:relu output:output:softmax",
        "convolution",
        "weights relu weights relu weights relu weights softmax",
    ),
    _model(
        "inception",
        "convolutional",
        "hidden:hidden:relu output:output:softmax",
        "convolution classifier",
        "weights relu weights relu weights softmax",
    ),
    _model(
        "resnet",
        "convolutional",
        "hidden:hidden:relu sum:hidden:relu output:output:softmax",
        "residual classifier",
        "weights relu weights add relu weights softmax",
        ((-1, 3),),
    ),
    _model(
        "mobilenet",
        "convolutional",
        "hidden:hidden:relu6 narrow:hidden:identity output:output:softmax",
        "convolution",
        "weights relu6 weights relu6 weights identity add weights softmax",
        ((-1, 6),),
    ),
    _model(
        "dcgan",
        "convolutional",
        "generator:hidden:relu picture:output:tanh judge:hidden:leaky_relu verdict:output:sigmoid",
        "dead_relu",
        "weights relu weights tanh weights leaky_relu weights sigmoid",
    ),
    _model(
        "yolo",
        "convolutional",
        "hidden:hidden:leaky_relu last:output:identity labels:output:sigmoid",
        "dead_relu",
        "weights leaky_relu weights leaky_relu weights identity",
    ),
    _model(
        "lstm",
        "recurrent",
        "gates:gate:sigmoid candidate:hidden:tanh state:hidden:tanh",
        "lstm saturation",
        "weights sigmoid sigmoid tanh add tanh sigmoid",
        ((6, -1),),
    ),
    _model(
        "gru",
        "recurrent",
        "gates:gate:sigmoid candidate:hidden:tanh",
        "lstm",
        "weights sigmoid sigmoid weights tanh add",
        ((5, -1),),
    ),
    _model(
        "transformer",
        "attention",
        "weights:attention:softmax hidden:hidden:relu output:output:softmax",
        "attention",
        "softmax add weights relu weights add weights softmax",
        ((-1, 1), (1, 5)),
    ),
    _model(
        "bert",
        "attention",
        "weights:attention:softmax hidden:hidden:gelu output:output:softmax",
        "attention classifier",
        "softmax add weights gelu weights add weights softmax",
        ((-1, 1), (1, 5)),
    ),
    _model(
        "gpt",
        "attention",
        "weights:attention:softmax hidden:hidden:gelu output:output:softmax",
        "attention sampling",
        "softmax add weights gelu weights add weights softmax",
        ((-1, 1), (1, 5)),
    ),
    _model(
        "llama",
        "attention",
        "weights:attention:softmax hidden:hidden: output:output:softmax",
        "sampling",
        "softmax add weights multiply weights add weights softmax",
        ((-1, 1), (1, 5), (2, 3)),
    ),
)

FUNCTIONS = tuple(dict.fromkeys(name for model in MODELS for name in model.functions))


@cache
def _texts(language: str) -> Mapping[str, str]:
    source = (_FOLDER / f"models.{language}.md").read_text(encoding="utf-8")
    parts = re.split(r"^## +(\S+) *\n", source, flags=re.MULTILINE)[1:]
    return MappingProxyType({id: text.strip() for id, text in zip(parts[::2], parts[1::2], strict=True)})


def ids(language: str) -> tuple[str, ...]:
    """The ids of all texts, in their order."""
    return tuple(_texts(language))


def name(model: Model, language: str) -> str:
    """What a model is called, with its year."""
    return _texts(language)[model.id].split("\n\n")[0]


def references(model: Model, language: str) -> str:
    """The papers that a model's facts are from, in Markdown."""
    return _texts(language)[model.id].split("\n\n")[1]


def remark(model: Model, language: str) -> str:
    """What is to be added about a model as a whole; "" if there is nothing."""
    return (*_texts(language)[model.id].split("\n\n"), "")[2]


def saying(model: Model, place: Place, language: str) -> Saying:
    """The words of a place in a model."""
    return Saying(*_texts(language)[f"{model.id}.{place.id}"].split("\n\n"))
