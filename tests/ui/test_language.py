"""The interface's words: both languages have them all, and nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from activations.experiments import INITIALISATIONS, cures, datasets, network, optimisers
from activations.experiments.masking import WAYS
from activations.experiments.playground import CAUSES
from activations.experiments.presets import PRESETS
from activations.experiments.sampling import EXAMPLES, WORDS
from app import MENU
from figures import attention, depth, distillation, length_map, masking, residual
from lessons import LANGUAGES, models
from tests.pages.running import PAGES
from ui import (
    attention_view,
    classifier_view,
    convolution_view,
    dead_relu_cures,
    dead_relu_state,
    depth_settings,
    frame,
    lstm_view,
    residual_view,
    sampling_view,
    saturation_view,
    softmax_view,
    train_state,
)
from ui.language import NAMES, Words, catalogue
from ui.scrubber import __file__ as scrubber

UI = Path(scrubber).parents[1]
SOURCES = sorted([*UI.rglob("*.py"), *(UI.parent / "app_pages").glob("*.py"), UI.parent / "app.py"])
ENGLISH, CHINESE = catalogue("en"), catalogue("zh")

PARTS = {
    "attention": attention_view.PARTS,
    "classifier": classifier_view.PARTS,
    "convolution": convolution_view.PARTS,
    "dead_relu": dead_relu_state.PARTS,
    "depth": depth_settings.PARTS,
    "lstm": lstm_view.PARTS,
    "residual": residual_view.PARTS,
    "sampling": sampling_view.PARTS,
    "saturation": saturation_view.PARTS,
    "softmax": softmax_view.PARTS,
    "train": train_state.PARTS,
}
# What an id that is put together can become: the place of each value is written {}.
PUT_TOGETHER = {
    "{}.part": tuple(f"{page}.part" for page in PARTS),
    "{}.part.{}": tuple(f"{page}.part.{part}" for page, parts in PARTS.items() for part in parts),
    "attention.alt.{}": attention.CHARTS,
    "attention.column.{}": ("spread", "entropy", "top", "slope"),
    "attention.figure.{}": ("key", "query", "weight", "divided", "plain", "width", "entropy", "slope"),
    "attention.handle.{}": ("d", "t", "row"),
    "attention.mask.{}": ("seen", "hidden", "verdict"),
    "attention.verdict.{}": masking.VERDICTS,
    "attention.way.{}": tuple(WAYS),
    "attention.{}.{}": (
        *(f"show.{name}" for name in attention_view.PICTURES),
        *(f"split.{name}" for name in attention_view.SPLITS),
    ),
    "classifier.alt.{}": tuple(chart.removeprefix("chart-") for chart in classifier_view.CHARTS),
    "classifier.column.{}": ("loss", "accuracy", "confidence", "ece", "held", "nll"),
    "classifier.figure.{}": (
        *("class", "true", "confidence", "accuracy", "gap", "perfect", "share"),
        *("temperature", "loss", "held_out", "tested", "error", "fitted", "epoch"),
    ),
    "classifier.from.{}": classifier_view.SOURCES,
    "classifier.line.{}": ("test", "own", "blank", "there", "softmax", "sigmoid"),
    "classifier.sheet.{}": tuple(classifier_view.SHEETS),
    "classifier.{}": ("a", "b", "u", "v"),
    "classifier.{}.digit": ("a.digit", "b.digit"),
    "compare.{}": ("value", "slope"),
    "convolution.column.{}": ("top", "step", "quiet", "loud"),
    "convolution.figure.{}": (
        *("weights", "products", "ceiling", "error", "quiet", "loud", "clipped", "whole", "exact"),
    ),
    "convolution.handle.{}": ("bits", "gain", "top"),
    "convolution.rows.{}": ("whole", "clipped"),
    "convolution.set.{}": convolution_view.SETS,
    "dead_relu.{}": ("rate", "bias", "width"),
    "dead_relu.cause.{}": ("own", "below", "either", "together"),
    "dead_relu.change.{}": (*cures.TROUBLES, *(name for name in cures.CURES if name != "he")),
    "dead_relu.column.{}": ("dead", "accuracy", "loss", "cut", "back", "active", "highest", "bias", "gradient"),
    "dead_relu.cure.{}": tuple(name for name in cures.CURES if name not in dead_relu_cures.FUNCTIONS),
    "dead_relu.cures.column.{}": ("cure", "change", "dead", "accuracy"),
    "dead_relu.cures.{}": cures.TROUBLES,
    "dead_relu.figure.{}": (
        *("unit", "active", "dead", "epoch", "dead_count", "z", "images", "below", "above", "share", "gradient"),
        *("alive", "cut", "step", "highest"),
    ),
    "dead_relu.next.{}": ("died", "returned"),
    "dead_relu.predict.{}": ("right", "more", "fewer"),
    "dead_relu.preset.{}": tuple(dead_relu_state.PRESETS),
    "dead_relu.seeds.said.{}": ("none", "all", "some", "whole"),
    "dead_relu.trouble.{}": cures.TROUBLES,
    "dead_relu.turn.{}": ("dies", "wakes"),
    "depth.alt.{}": (*depth.CHARTS, *length_map.CHARTS, "near"),
    "depth.column.{}": (
        *("std", "mean", "saturated", "dead", "gradient", "slopes", "weights", "normalisation", "kept", "gkept"),
        *("product.slopes", "product.weights"),
    ),
    "depth.figure.{}": (
        *(name for names in depth.QUANTITIES.values() for name in names),
        *("activations", "activation", "layer", "run", "other", "layers", "bound", "share"),
        *("q", "next", "map", "stairs", "simulated", "fixed", "sigma", "chi", "theory"),
    ),
    "depth.noise.{}": depth_settings.NOISES,
    "depth.norm.{}": depth_settings.NORMALISATIONS,
    "depth.preset.{}": tuple(depth_settings.PRESETS),
    "depth.result.{}": tuple(depth_settings.PRESETS),
    "depth.short.{}": (*INITIALISATIONS, "residual", "none", "layer", "batch"),
    "depth.start.{}": depth_settings.STARTS,
    "depth.theory.{}": ("settles", "vanishes", "explodes", "stays", "order", "edge", "chaos"),
    "depth.theory.line.{}": ("fate", "chi", "layer"),
    "depth.{}": ("depth", "width"),
    "depth.{}.count": ("depth.count", "width.count"),
    "facts.{}": ("range", "monotone", "zero_centred", "saturates", "smoothness", "kinks", "largest_slope", "constants"),
    "facts.saturates.{}": ("both", "left", "right", "none"),
    "facts.smoothness.{}": ("continuous", "slope", "all"),
    "fault.{}": ("number",),
    "in_models.family.{}": models.FAMILIES,
    "in_models.kind.{}": models.KINDS,
    "residual.alt.{}": residual.CHARTS,
    "residual.block.{}": tuple(residual_view.BLOCKS),
    "residual.chart.{}": residual.CHARTS,
    "residual.column.{}": ("learnt", "tested", "loss", "size", "difference", "gradient"),
    "residual.figure.{}": ("accuracy", "block", "epoch", "plain", "residual", "test"),
    "residual.preset.{}": tuple(residual_view.PRESETS),
    "residual.{}": ("depth", "sw", "rate"),
    "sampling.alt.{}": distillation.CHARTS,
    "sampling.figure.{}": (
        *("probability", "ghost", "now", "drawn", "missed", "teacher", "student"),
        *("temperature", "size", "plain", "weighted", "limit"),
    ),
    "sampling.handle.{}": sampling_view.FILTERS,
    "sampling.line.{}": ("left", "draws", "soft", "gradient"),
    "sampling.preset.{}": tuple(sampling_view.PRESETS),
    "sampling.word.{}.{}": tuple(f"{name}.{index}" for name in EXAMPLES for index in range(WORDS)),
    "sampling.{}.{}": (
        *(f"text.{name}" for name in EXAMPLES),
        *(f"order.{name}" for name in sampling_view.ORDERS),
    ),
    "lstm.bias.{}": ("f", "z"),
    "lstm.cell.{}": lstm_view.KINDS,
    "lstm.figure.{}": (
        *("step", "gates", "state", "input"),
        *("length", "left", "now", "zero", "one", "plain", "kept"),
    ),
    "lstm.gate.{}": lstm_view.GATES,
    "lstm.handle.{}": lstm_view.LETTERS,
    "lstm.note.{}": lstm_view.PARTS,
    "lstm.preset.{}": tuple(lstm_view.PRESETS),
    "lstm.row.{}": ("gate", "left", "kept"),
    "lstm.x.{}": lstm_view.TOYS,
    "lstm.{}": ("cell", "f", "gate", "x"),
    "saturation.alt.{}": ("slopes", "depth"),
    "saturation.choose.{}": ("f", "start"),
    "saturation.figure.{}": tuple(saturation_view._figure_words("en")),
    "saturation.note.{}": saturation_view.PARTS,
    "saturation.said.{}": tuple(saturation_view._said("en")),
    "saturation.start.{}": saturation_view.STARTS,
    "scrubber.{}": ("exact", "less", "more", "play", "pause", "reset", "link", "copied", "svg", "readout"),
    "softmax.class.{}.{}": tuple(f"{name}.{i}" for name in softmax_view.SETS for i in range(softmax_view.MOST)),
    "softmax.figure.{}": ("probability", "ghost", "now", "row", "column"),
    "softmax.preset.{}": tuple(softmax_view.PRESETS),
    "train.alt.{}": ("units", "curves", "layers", "functions"),
    "train.column.{}{}": (
        "loss_learnt",
        "loss_tested",
        "score_learnt",
        "score_tested",
        "score_learnt.r2",
        "score_tested.r2",
        "score_learnt.both",
        "score_tested.both",
    ),
    "train.data.{}": datasets.KINDS,
    "train.diverged.{}": CAUSES,
    "train.fault.{}": ("code", "columns", "few", "large", "many", "many_classes", "number", "one_class", "one_place"),
    "train.figure.{}": (
        "learnt",
        "tested",
        "dead",
        "epoch",
        "loss",
        "losses",
        "accuracy",
        "r2",
        "layer",
        "output",
        "gradient",
        "dead_share",
        "saturated",
        "z",
        "layer_of",
    ),
    "train.note.{}": ("units", "curves", "layers", "functions"),
    "train.preset.{}": tuple(PRESETS),
    "train.{}": ("loss", "opt", "init"),
    "train.{}.{}": (
        *(f"loss.{name}" for name in network.LOSSES),
        *(f"opt.{name}" for name in optimisers.NAMES),
        *(f"init.{name}" for name in network.INITIALISATIONS),
    ),
    "trace.{}": ("value", "slope", "curvature", "tangent"),
}
EXPANDED = {pattern.partition("{}")[0] + value: pattern for pattern, values in PUT_TOGETHER.items() for value in values}


def asked(source: str) -> Iterator[tuple[str, set[str]]]:
    """The ids that a source looks up, put-together ones with {}, each with the names it puts in."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = ast.unparse(node.func)
        if called.split(".")[-1] in ("words", "translate") or called.startswith("Words("):
            names = {keyword.arg for keyword in node.keywords}
            for id in ids(node.args[0]):
                yield id, {name or "**" for name in names}


def ids(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(str(id)):
            yield id
        case ast.IfExp():
            yield from ids(node.body)
            yield from ids(node.orelse)
        case ast.JoinedStr():
            parts = [str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values]
            yield "".join(parts)


def constants(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name is not None}


ASKED = [(id, names, file.name) for file in SOURCES for id, names in asked(file.read_text(encoding="utf-8"))]
STRINGS = {text for file in SOURCES for text in constants(file.read_text(encoding="utf-8"))}


def test_the_look_ups_are_found() -> None:
    # A test over no look-ups would pass whatever they were.
    assert {"scrubber.{}", "softmax.preset.{}", "present.enter", "facts.yes", "notice.unknown"} <= {
        id for id, _, _ in ASKED
    } | STRINGS
    assert list(asked('state.words("a.b", x=1)\nWords(lang)(f"c.{d}")\nother("e.f")')) == [
        ("a.b", {"x"}),
        ("c.{}", set()),
    ]


def test_every_word_that_is_looked_up_is_there() -> None:
    missing = [(id, file) for id, _, file in ASKED if "{}" not in id and id not in ENGLISH]
    assert missing == []
    assert {id for id, _, _ in ASKED if "{}" in id} == set(PUT_TOGETHER)
    assert set(EXPANDED) - set(ENGLISH) == set()
    assert set(MENU) - {""} <= set(ENGLISH)


def test_every_word_is_looked_up() -> None:
    unused = [id for id in ENGLISH if id not in EXPANDED and id not in STRINGS]
    assert unused == []


def test_both_languages_have_the_same_words_in_the_same_order() -> None:
    assert list(ENGLISH) == list(CHINESE)
    assert list(ENGLISH) == sorted(ENGLISH)
    assert [id for id in ENGLISH if not ENGLISH[id].strip() or not CHINESE[id].strip()] == []


@pytest.mark.parametrize("id", ENGLISH)
def test_both_languages_put_the_same_values_in(id: str) -> None:
    assert placeholders(ENGLISH[id]) == placeholders(CHINESE[id]) or not formatted(id)
    assert all(name.isidentifier() for name in placeholders(ENGLISH[id])) or not formatted(id)


def formatted(id: str) -> bool:
    """Whether values are ever put into this message; one without may hold the braces of TeX."""
    return any(names for asked, names, _ in ASKED if asked in (id, EXPANDED.get(id))) or id.startswith("notice.")


def test_the_values_that_are_put_in_are_those_the_message_has() -> None:
    wrong = [
        (id, names, file)
        for id, names, file in ASKED
        if "{}" not in id and "**" not in names and names != (placeholders(ENGLISH[id]) if formatted(id) else set())
    ]
    assert wrong == []


@pytest.mark.parametrize("id", [id for id in ENGLISH if "$" in ENGLISH[id]])
def test_both_languages_have_the_same_formulas(id: str) -> None:
    formulas = [re.findall(r"\$[^$]+\$", catalogue[id]) for catalogue in (ENGLISH, CHINESE)]
    assert sorted(formulas[0]) == sorted(formulas[1])


@pytest.mark.parametrize("id", CHINESE)
def test_chinese_uses_chinese_punctuation(id: str) -> None:
    # between two Chinese characters, or at the end behind one
    assert not re.search(r"[\u4e00-\u9fff][,;:?!](?![A-Za-z0-9])", CHINESE[id])
    assert not re.search(r"[\u4e00-\u9fff]\.$", CHINESE[id])


@pytest.mark.parametrize("id", ENGLISH)
def test_no_space_stands_before_a_percent_sign(id: str) -> None:
    assert not re.search(r"\s%", ENGLISH[id] + CHINESE[id])


def test_every_language_has_a_name_and_words() -> None:
    assert set(NAMES) == set(LANGUAGES)
    for lang in LANGUAGES:
        assert Words(lang)("app.name")
        assert Words(lang)("notice.unknown", name="{x}").count("{x}") == 1  # a value is not read as a message
    with pytest.raises(KeyError):
        Words("en")("nonsense")


def test_every_page_has_a_title_in_every_language() -> None:
    for lang in LANGUAGES:
        titles = [frame.title(page, lang) for page in PAGES]
        assert len(set(titles)) == len(titles)
        assert all(titles)
