"""Which activation function: the questions of `/choose`, and where each complete set of answers leads.

Pure data and a few small functions. The words stand beside the lesson in `choose/advice.<language>.md`,
one `## id` each: a question (`where`), one of its answers (`where.output`), a piece of advice
(`relu_conv`: a headline, the reason, and the models that do so, as three paragraphs).

>>> recommend({"where": "hidden", "network": "convolutional", "worry": "dead_units"}).names
('leaky_relu',)
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

_FOLDER = Path(__file__).parent / "choose"

Answers = Mapping[str, str]


@dataclass(frozen=True)
class Choice:
    """A question: its id, the ids of its answers, and the earlier answer (question, answer) that calls for it."""

    id: str
    answers: tuple[str, ...]
    after: tuple[str, str] | None = None


@dataclass(frozen=True)
class Recommendation:
    """Where a path ends: the id of its advice, and the page (without slash) and state that show why.

    `names` are those functions of the app that the advice uses, or that come closest to it.
    """

    id: str
    names: tuple[str, ...]
    page: str
    query: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Advice:
    """The words of a recommendation: a headline, the reason, and the models that do so, in Markdown."""

    headline: str
    reason: str
    models: str


CHOICES = (
    Choice("where", ("output", "hidden")),
    Choice("task", ("binary", "exclusive", "labels", "number"), after=("where", "output")),
    Choice(
        "network",
        ("feed_forward", "convolutional", "recurrent", "transformer", "very_deep"),
        after=("where", "hidden"),
    ),
    Choice("worry", ("none", "vanishing", "exploding", "dead_units", "cost"), after=("where", "hidden")),
)


def _to(id: str, names: str, page: str, **query: str) -> Recommendation:
    return Recommendation(id, tuple(names.split()), page, tuple(query.items()))


_EXPLODING = _to("exploding", "relu", "saturation", part="depth", f="relu", n="30", x="2")
_RELU_CHEAP = _to("relu_cheap", "relu", "relu", x="2")
_GATES = "tanh sigmoid"

# By the answer to `task`.
_OUTPUT = {
    "binary": _to("sigmoid_binary", "sigmoid", "sigmoid", x="2"),
    "exclusive": _to("softmax_classes", "softmax", "softmax", z="2,1,0.1", t="1"),
    "labels": _to("sigmoid_labels", "sigmoid", "softmax", z="3,3,-3", t="1"),
    "number": _to("identity_number", "identity", "identity", x="2"),
}

# By the answers to `network` and `worry`.
_HIDDEN = {
    "feed_forward": {
        "none": _to("relu_default", "relu", "relu", x="2"),
        "vanishing": _to("relu_he", "relu selu", "saturation", part="depth", f="relu", n="10", x="2"),
        "exploding": _EXPLODING,
        "dead_units": _to("leaky_relu_dense", "leaky_relu", "dead_relu", f="leaky_relu", rate="2", seed="0"),
        "cost": _RELU_CHEAP,
    },
    "convolutional": {
        "none": _to("relu_conv", "relu", "relu", x="2"),
        "vanishing": _to("relu_batch_norm", "relu", "saturation", part="depth", f="relu", n="20", x="2"),
        "exploding": _EXPLODING,
        "dead_units": _to("leaky_relu_conv", "leaky_relu", "dead_relu", f="leaky_relu", rate="2", seed="0"),
        "cost": _to("relu6_mobile", "relu6 relu", "relu6", x="7", w="12"),
    },
    "recurrent": {
        "none": _to("gates", _GATES, "compare", f="tanh,sigmoid", x="1"),
        "vanishing": _to("gates_memory", _GATES, "saturation", part="depth", f="tanh", n="30", x="1"),
        "exploding": _to("gates_clipping", _GATES, "saturation", part="depth", f="tanh", n="30", x="0"),
        "dead_units": _to("gates_alive", _GATES, "tanh", x="3"),
        "cost": _to("gates_cheap", _GATES, "compare", f="tanh,sigmoid", x="0"),
    },
    "transformer": {
        "none": _to("gelu", "gelu relu", "gelu", x="-1"),
        "vanishing": _to("transformer_norm", "gelu relu", "saturation", part="depth", f="relu", n="50", x="2"),
        "exploding": _to("transformer_stable", "relu", "softmax", z="8,0", t="8"),
        "dead_units": _to("gelu_alive", "gelu", "dead_relu", f="gelu", rate="0.2", seed="0"),
        "cost": _to("transformer_relu", "relu", "relu", x="-1"),
    },
    "very_deep": {
        "none": _to("relu_residual", "relu", "saturation", part="depth", f="sigmoid", n="50", x="0"),
        "vanishing": _to("relu_residual", "relu", "saturation", part="depth", f="sigmoid", n="50", x="0"),
        "exploding": _EXPLODING,
        "dead_units": _to("relu_residual_dead", "relu leaky_relu", "dead_relu", f="relu", rate="0.2", seed="0"),
        "cost": _RELU_CHEAP,
    },
}


def questions(answers: Answers) -> tuple[Choice, ...]:
    """The questions that apply given the answers so far, answered or not, in their order."""
    return tuple(choice for choice in CHOICES if choice.after is None or choice.after in answers.items())


def recommend(answers: Answers) -> Recommendation | None:
    """Where the answers lead; None as long as a question that applies has no valid answer."""
    if any(answers.get(choice.id) not in choice.answers for choice in questions(answers)):
        return None
    if answers["where"] == "output":
        return _OUTPUT[answers["task"]]
    return _HIDDEN[answers["network"]][answers["worry"]]


def every_answer() -> Iterator[tuple[dict[str, str], Recommendation]]:
    """All complete answers with their recommendations, in the order of the questions."""
    yield from _completed({})


def _completed(answers: dict[str, str]) -> Iterator[tuple[dict[str, str], Recommendation]]:
    found = recommend(answers)
    if found is not None:
        yield answers, found
        return
    choice = next(choice for choice in questions(answers) if choice.id not in answers)
    for answer in choice.answers:
        yield from _completed({**answers, choice.id: answer})


@cache
def texts(language: str) -> Mapping[str, str]:
    """Every text of the page by its id, in Markdown."""
    source = (_FOLDER / f"advice.{language}.md").read_text(encoding="utf-8")
    parts = re.split(r"^## +(\S+) *\n", source, flags=re.MULTILINE)[1:]
    return MappingProxyType({id: text.strip() for id, text in zip(parts[::2], parts[1::2], strict=True)})


def label(question: str, answer: str | None = None, *, language: str) -> str:
    """The words of a question or, given one of its answers, of that answer."""
    return texts(language)[question if answer is None else f"{question}.{answer}"]


def advice(id: str, language: str) -> Advice:
    """The words of the recommendation `id`."""
    return Advice(*texts(language)[id].split("\n\n"))
