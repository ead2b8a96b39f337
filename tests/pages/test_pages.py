"""Every page in both languages, by plain links and by hostile ones."""

import re

import pytest

import activations
import lessons
from activations.softmax import softmax
from lessons import LANGUAGES
from tests.pages.running import PAGES, QUICK, address, fine, held, opened
from tests.ui.test_entries import HOSTILE, TABLES, usable
from ui import frame, softmax_view
from ui.entries import shown
from ui.gallery_view import PATH
from ui.language import Words

every_page = pytest.mark.parametrize("page", PAGES)
every_language = pytest.mark.parametrize("lang", LANGUAGES)
# What Streamlit's own address reader can carry; the others never arrive.
STRANGE = [text for text in HOSTILE if len(text) < 9000] + ["9" * 3000]


@every_language
@every_page
def test_a_page_opens_and_says_what_it_is(page: str, lang: str) -> None:
    at = opened(page, lang=lang)
    assert [title.value for title in at.title] == [frame.title(page, lang)]
    assert held(at)["lang"] == lang
    assert len(at.info) == 0
    # On the very first run the bridge writes the address, from the second on Streamlit.
    fine(at.run())
    found = address(at)
    found.pop("part", None)  # the saturation page settles which of its parts a link without one means
    assert found == {"lang": lang} | QUICK.get(page, {})


def test_a_formula_on_a_line_of_its_own_has_full_size() -> None:
    # KaTeX sets $$…$$ within a line small, as it does $…$
    words = "\n".join(text.value for text in opened("softmax", lang="en").markdown)
    assert "$$\np_i = \\frac" in words
    assert not re.search(r"\$\$.*\$\$", words)


@every_language
@every_page
def test_a_page_in_presentation_mode_has_no_lesson(page: str, lang: str) -> None:
    at = opened(page, lang=lang, present="1")
    assert [title.value for title in at.title] == [frame.title(page, lang)]
    assert len(at.expander) == 0
    assert Words(lang)("present.leave") in [button.label for button in at.button]


@every_page
def test_the_two_languages_show_the_same_things(page: str) -> None:
    opened(page)  # what takes long is kept from here on: no progress bar comes between
    shapes = [[type(element).__name__ for element in opened(page, lang=lang).main] for lang in LANGUAGES]
    assert shapes[0] == shapes[1]
    assert len(shapes[0]) > 2


@pytest.mark.parametrize("page", activations.names())
def test_a_functions_page_has_its_code_and_questions(page: str) -> None:
    at = opened(page, lang="en")
    assert [tab.label for tab in at.tabs] == ["NumPy", "PyTorch", "Keras", "JAX"]
    assert len(at.expander) in (2, 3)
    assert all(code.value.strip() for code in at.code)


@every_page
def test_an_unknown_entry_is_left_out_with_a_notice(page: str) -> None:
    at = opened(page, lang="en", **{"<b>x</b>": "1"})
    (notice,) = at.info
    assert notice.value == Words("en")("notice.unknown", name=shown("<b>x</b>"))
    fine(at.run())
    assert "<b>x</b>" not in address(at)


HOSTILE_LINKS = [pytest.param(page, entry, id=f"{page}-{entry.name}") for page in TABLES for entry in TABLES[page]]


@pytest.mark.parametrize(("page", "entry"), HOSTILE_LINKS)
def test_garbage_for_one_entry_leaves_the_page_intact(page: str, entry) -> None:
    # Three strange texts an entry, others for each; that reading never fails at all is for tests/ui/test_entries.py.
    start = sum(map(ord, page + entry.name))
    for text in (STRANGE[(start + 7 * turn) % len(STRANGE)] for turn in range(3)):
        at = opened(page, **{"lang": "en"} | {entry.name: text})
        value = held(at)[entry.name]
        assert usable(entry, value)
        assert [title.value for title in at.title] == [frame.title(page, held(at)["lang"])]
        try:
            entry.read(text)
        except ValueError:
            assert len(at.info) == 1
            assert entry.name in at.info[0].value.replace("\\", "")
        else:
            assert len(at.info) == 0


@every_page
def test_a_link_in_which_everything_is_wrong(page: str) -> None:
    names = [entry.name for entry in TABLES.get(page, [])] or ["lang", "present"]
    query = dict(zip(names, STRANGE[20:] * 3, strict=False)) | {"🙂": "🙂", "a" * 300: "b"}
    at = opened(page, **query)
    assert [title.value for title in at.title] == [frame.title(page, held(at)["lang"])]
    # A second run, with the address brought up to date, has nothing to complain of.
    fine(at.run())
    assert "🙂" not in address(at)


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("softmax", {"z": "1000,-1000", "t": "0.05", "target": "1"}),
        ("softmax", {"z": "0,0,0,0,0,0,0,0,0,0", "target": "9", "part": "jacobian"}),
        ("softmax", {"z": "1,2", "target": "9", "names": "a|b|c|d|e|f|g|h|i|j|k|l"}),
        ("softmax", {"z": "-1000,1000", "shift": "1000", "part": "shift", "t": "0.05"}),
        ("softmax", {"names": "<img src=x onerror=alert(1)>|$x$|:red[x]"}),
        ("sigmoid", {"x": "40", "w": "3"}),
        ("sigmoid", {"x": "1e-300", "g": "-10"}),
        ("relu6", {"x": "6", "d2": "1"}),
        ("leaky_relu", {"alpha": "1", "x": "-0.001", "d2": "1"}),
        ("leaky_relu", {"alpha": "0.0123456789", "x": "-40"}),
        ("dead_relu", {"rate": "10", "f": "identity", "epoch": "60"}),
        ("dead_relu", {"bias": "-5", "width": "1", "epoch": "0", "digit": "9"}),
        ("dead_relu", {"part": "layers", "hidden": "4", "rate": "10", "f": "identity", "predict": "1", "shown": "1"}),
        ("dead_relu", {"part": "life", "hidden": "1", "width": "1", "bias": "-5", "layer": "4", "unit": "32"}),
        ("dead_relu", {"part": "life", "hidden": "2", "rate": "10", "f": "identity", "turn": "8", "epoch": "60"}),
        ("saturation", {"part": "depth", "f": "relu", "x": "-1", "n": "50"}),
        ("saturation", {"part": "neuron", "start": "near", "step": "300"}),
        ("saturation", {"share": "0.5", "x": "10"}),
        (
            "depth",
            {"f": "sigmoid", "depth": "100", "layer": "100", "sw": "0.1", "vs": "1", "f2": "identity", "sw2": "4"},
        ),
        ("depth", {"norm": "batch", "res": "1", "noise": "orthogonal", "std": "10", "mean": "-5", "sb": "5"}),
        ("depth", {"part": "theory", "f": "relu", "sw": "4", "sb": "5", "depth": "2", "layer": "100"}),
        ("depth", {"part": "theory", "f": "selu", "sw": "1", "depth": "100", "seed": "9999"}),
        ("depth", {"part": "dead", "n": "10", "hidden": "1"}),
        ("residual", {"depth": "4", "sw": "4", "rate": "2", "block": "whole", "f": "identity", "epoch": "0"}),
        ("residual", {"part": "start", "depth": "63", "sw": "0.123", "block": "batch", "f": "sigmoid", "seed": "9999"}),
        ("attention", {"s": "a", "d": "1", "t": "0.1", "row": "16", "causal": "1"}),
        ("attention", {"s": "<b>x</b> $y$ " * 20, "split": "letters", "d": "512", "t": "10", "scaled": "0"}),
        ("attention", {"part": "mask", "seen": "0", "s": "🙂", "show": "scores"}),
        ("attention", {"s": "\u200d\u0301", "row": "16", "part": "mask", "seen": "16", "seed": "9999"}),
        ("sampling", {"t": "0.1", "k": "1", "p": "0.01", "m": "1", "order": "last", "seed": "9999"}),
        ("sampling", {"t": "10", "k": "12", "text": "sure", "order": "last"}),
        ("sampling", {"part": "soft", "soft": "1", "text": "sure"}),
        ("sampling", {"part": "soft", "soft": "30"}),
        ("compare", {"f": "identity,relu6,leaky_relu,tanh,sigmoid,relu", "x": "-40", "w": "40"}),
        ("train", {"data": "blobs", "k": "5", "net": "gelu:32~selu:1~elu:2:10~relu6:3", "epochs": "20", "epoch": "0"}),
        ("train", {"n": "20", "test": "0", "net": "none", "loss": "sigmoid", "part": "numbers", "point": "1000"}),
        (
            "train",
            {"batch": "1000", "rate": "10", "scale": "10", "l1": "1", "l2": "1", "loss": "squared", "opt": "adam"},
        ),
        ("convolution", {"f": "elu", "elu_alpha": "2", "b": "-3", "cell": "64", "filter": "6", "image": "own"}),
        ("convolution", {"part": "bits", "set": "learned", "bits": "1", "gain": "64", "top": "0.5", "image": "own"}),
        ("classifier", {"n": "20", "width": "1", "t": "8", "image": "300"}),
        ("classifier", {"from": "own", "ink": "A" * 171, "t": "0.25"}),
        ("classifier", {"from": "own", "ink": "_" * 170 + "w", "n": "1197"}),
        ("classifier", {"part": "calibration", "n": "1197", "width": "128", "t": "0.2501"}),
        ("classifier", {"part": "labels", "a": "0", "b": "0", "u": "0", "v": "0.333", "width": "1"}),
        ("classifier", {"part": "twice", "epoch": "0", "width": "1"}),
        ("lstm", {"cell": "gru_after", "f": "identity", "x": "constant", "t": "16", "bn": "6", "bm": "-6", "bz": "-6"}),
        ("lstm", {"part": "gradient", "gate": "hard_sigmoid", "bf": "-6", "len": "50", "seed": "9999"}),
        ("choose", {entry.name: entry.options[-1] for entry in TABLES["choose"] if hasattr(entry, "options")}),
    ],
)
def test_the_ends_of_every_range(page: str, query: dict[str, str]) -> None:
    at = opened(page, **{"lang": "en"} | query)
    fine(at.run())
    fine(at.button(key="switch.present").click().run())


@pytest.mark.parametrize(
    ("page", "key", "nothing"), [("compare", "f", []), ("compare", "w", None), ("softmax", "part", None)]
)
def test_what_is_on_cannot_be_clicked_away(page: str, key: str, nothing: list | None) -> None:
    at = opened(page, lang="en")
    before = held(at)[key]
    fine(at.button_group(key=f"{page}.{key}").set_value(nothing).run())
    assert held(at)[key] == before
    assert at.button_group(key=f"{page}.{key}").value in (before, list(before) if isinstance(before, tuple) else before)


def test_a_diverging_run_is_said() -> None:
    at = opened("dead_relu", lang="en", rate="10", f="identity", width="16")
    name = frame.title("identity", "en")
    assert at.warning[0].value == Words("en")("dead_relu.diverged", name=name, epoch=2)


def test_the_gallery_leads_everywhere() -> None:
    at = opened("", lang="zh")
    links = [link for link in at.main if type(link).__name__ == "PageLink"]
    assert {link.page for link in links} >= set(PAGES) - {""}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_gallery_has_a_path_for_a_first_visit_and_a_card_a_page(lang: str) -> None:
    at = opened("", lang=lang)
    links = [link for link in at.main if type(link).__name__ == "PageLink"]
    steps = [link for link in links if re.match(r"\d · ", link.label)]
    assert [link.page for link in steps] == list(PATH)
    texts = [text.value for text in at.markdown]
    for page in {*activations.names(), "softmax", "saturation", "dead_relu"}:
        lesson = lessons.read(page, lang)
        assert f"{lesson.summary}\n\n:small[{lesson.used}]" in texts
        assert any(text.startswith(f"![{lesson.title}](data:image/svg+xml;base64,") for text in texts)


@pytest.mark.parametrize("name", softmax_view.PRESETS)
def test_a_preset_of_softmax_is_one_click_away(name: str) -> None:
    at = opened("softmax", lang="en", z="5,5", names="mine", target="1", t="3")
    fine(at.button(key=f"softmax.preset.{name}").click().run())
    values = held(at)
    assert {entry: values[entry] for entry in softmax_view.PRESETS[name]} == softmax_view.PRESETS[name]
    assert (values["names"], values["target"], values["t"]) == ((), -1, 1.0)


def test_equal_logits_give_equal_shares_and_one_far_ahead_nearly_all() -> None:
    equal, ahead = (softmax(softmax_view.PRESETS[name]["z"]) for name in ("equal", "ahead"))
    assert set(equal) == {0.25}
    assert ahead[0] > 0.99
