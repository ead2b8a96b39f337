"""What a link may say: whatever is in it, reading gives a usable state and says what was wrong."""

import math
import re
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import activations
import lessons
from activations.experiments import drawing, own_points, tokens
from activations.experiments.network import Layer
from activations.experiments.playground import LAYERS
from app_pages import function
from lessons import choosing
from ui import (
    attention_view,
    choose_view,
    classifier_view,
    compare_view,
    convolution_view,
    dead_relu_view,
    depth_view,
    entries,
    function_view,
    lstm_view,
    models_view,
    residual_view,
    sampling_view,
    saturation_view,
    softmax_view,
    train_state,
)
from ui.attention_view import Sentence
from ui.entries import Choice, Flag, Notice, Number, Numbers, Several, Texts, UnusableError
from ui.pad import Drawing
from ui.state import COMMON
from ui.train_state import Layers, OwnPoints

TABLES: dict[str, list[Any]] = {
    page: [*COMMON, *table]
    for page, table in {
        **{name: function_view.table(name) for name in function.pages()},
        "softmax": softmax_view.TABLE,
        "saturation": saturation_view.TABLE,
        "dead_relu": dead_relu_view.TABLE,
        "depth": depth_view.TABLE,
        "train": train_state.TABLE,
        "in_models": models_view.TABLE,
        "residual": residual_view.TABLE,
        "convolution": convolution_view.TABLE,
        "attention": attention_view.TABLE,
        "sampling": sampling_view.TABLE,
        "classifier": classifier_view.TABLE,
        "lstm": lstm_view.TABLE,
        "compare": compare_view.TABLE,
        "choose": choose_view.TABLE,
    }.items()
}
EVERY_ENTRY = [pytest.param(entry, id=f"{page}-{entry.name}") for page, table in TABLES.items() for entry in table]
HOSTILE = (
    *("", " ", "nan", "NaN", "inf", "-inf", "1e308", "-1e308", "1e400", "0x10", "1,2", "--1", "1e", "-", "−", "+"),
    *("<b>fat</b>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "'; DROP TABLE x; --", "${7*7}", "{x}"),
    *("x" * 10_000, "9" * 10_000, "," * 10_000, "|" * 10_000, "🙂", "\x00", "\n\n", "\u202eabc", "٣", "１", "½", "%s"),
    *("tanh:0", "tanh:33", "tanh", "leaky_relu:3:9", "relu:3:1", "~", "tanh:8~" * 5, "0~1~0~1~AA", "none~none"),
    *("None", "null", "true", "[]", "../../etc/passwd", "a|b|<i>c", "relu,", "relu,nonsense", "0,0,nan"),
)
anything = st.sampled_from(HOSTILE) | st.text(max_size=60) | st.floats().map(str)


def usable(entry: Any, value: Any) -> bool:
    """Whether a value is one that the page can work with."""
    match entry:
        case Number():
            within = entry.low <= value <= entry.high and (not entry.whole or value == int(value))
            return within or value == entry.default
        case Flag():
            return value in (True, False)
        case Several():
            return len(value) > 0 and set(value) <= set(entry.options) and len(set(value)) == len(value)
        case Numbers():
            return entry.fewest <= len(value) <= entry.most and all(entry.low <= z <= entry.high for z in value)
        case Texts():
            return len(value) <= entry.most and all(len(text) <= entry.longest and "|" not in text for text in value)
        case Choice():
            return entry.write(value) in (*entry.options, "")
        case Layers():
            return len(value) <= LAYERS and all(isinstance(layer, Layer) for layer in value)
        case Drawing():
            return len(value) in (0, drawing.LENGTH)
        case Sentence():
            return len(value) <= entry.longest and value == tokens.clean(value)
        case OwnPoints():
            return len(value) <= own_points.MOST and all(len(point) == 3 for point in value)
    raise AssertionError(f"an entry of an unknown kind: {entry}")


def valid(entry: Any) -> st.SearchStrategy[str]:
    """Texts that an entry reads."""
    match entry:
        case Number(whole=True):
            return st.integers(int(entry.low), int(entry.high)).map(str)
        case Number():
            return st.floats(entry.low, entry.high).map(entries.plain).filter(lambda text: _reads(entry, text))
        case Flag():
            return st.sampled_from("01")
        case Several():
            return st.lists(st.sampled_from(entry.options), min_size=1, unique=True).map(",".join)
        case Numbers():
            numbers = st.floats(entry.low, entry.high).map(entries.plain)
            return st.lists(numbers, min_size=entry.fewest, max_size=entry.most).map(",".join)
        case Texts():
            return st.text(max_size=entry.longest).filter(lambda text: text.count("|") < entry.most)
        case Choice():
            return st.sampled_from(entry.options)
        case Layers():
            one = st.builds("{}:{}".format, st.sampled_from(activations.names()), st.integers(1, 32))
            leaky = st.floats(0.001, 1).map(lambda alpha: f"leaky_relu:3:{entries.plain(alpha)}")
            return st.lists(one | leaky, max_size=LAYERS).map(lambda layers: "~".join(layers) or "none")
        case Drawing():
            return st.binary(min_size=128, max_size=128).map(lambda dots: urlsafe_b64encode(dots).decode().rstrip("="))
        case Sentence():
            return st.text(max_size=150)
        case OwnPoints():
            places = st.tuples(*[st.floats(-1e6, 1e6)] * 2, st.integers(0, 7).map(float))
            return st.lists(places, max_size=20).map(own_points.written)
    raise AssertionError(f"an entry of an unknown kind: {entry}")


def _reads(entry: Any, text: str) -> bool:
    # Ten digits may round a number at the very end of its range out of it.
    try:
        entry.read(text)
    except UnusableError:
        return False
    return True


@pytest.mark.parametrize("entry", EVERY_ENTRY)
@given(st.data())
def test_what_is_read_is_written_so_that_it_reads_the_same(entry: Any, data: st.DataObject) -> None:
    value = entry.read(data.draw(valid(entry)))
    assert usable(entry, value)
    written = entry.write(value)
    assert entry.read(written) == value
    assert entry.write(entry.read(written)) == written


@pytest.mark.parametrize("entry", EVERY_ENTRY)
def test_the_default_is_usable(entry: Any) -> None:
    assert usable(entry, entry.default)
    if entry.default not in ("", ()):  # nothing chosen and nothing named are not written
        assert entry.read(entry.write(entry.default)) == entry.default


@pytest.mark.parametrize("entry", EVERY_ENTRY)
@given(text=anything)
def test_reading_never_fails(entry: Any, text: str) -> None:
    values, notices = entries.read([entry], {entry.name: text})
    assert usable(entry, values[entry.name])
    if _reads(entry, text):
        assert notices == []
        return
    (notice,) = notices
    assert notice.values["name"] == entries.shown(entry.name)
    assert 0 < len(notice.values["text"]) <= 120  # 40 characters, each with what takes its meaning away
    if isinstance(entry, Number) and entry is not softmax_view.TARGET:  # which is one of a few
        assert notice.message == "notice.number"
        assert notice.values["low"] == entry.say(entry.low)
        assert notice.values["high"] == entry.say(entry.high)


@pytest.mark.parametrize("page", TABLES)
@given(
    query=st.dictionaries(st.text(max_size=12) | st.sampled_from(["x", "w", "f", "z", "lang"]), anything, max_size=6)
)
def test_any_query_gives_a_state(page: str, query: dict[str, str]) -> None:
    table = TABLES[page]
    values, notices = entries.read(table, query)
    assert set(values) == {entry.name for entry in table}
    assert all(usable(entry, values[entry.name]) for entry in table)
    unknown = [notice for notice in notices if notice.message == "notice.unknown"]
    assert len(unknown) == len(query.keys() - values.keys())
    written = entries.write(table, values)
    again, complaints = entries.read(table, written)
    assert complaints == []
    assert entries.write(table, again) == written


# Handles that only one part of a page has.
PART_OF = {
    ("saturation", "share"): "slopes",
    ("saturation", "n"): "depth",
    ("saturation", "start"): "neuron",
    ("saturation", "step"): "neuron",
    ("softmax", "shift"): "shift",
}
LINKS = {(found.page, found.query) for _, found in choosing.every_answer()} | {
    (block.page, block.query)
    for topic in lessons.topics()
    for language in lessons.LANGUAGES
    for section in lessons.read(topic, language).sections
    for block in section.blocks
    if isinstance(block, lessons.Link)
}


@pytest.mark.parametrize(("page", "query"), sorted(LINKS))
def test_a_lessons_link_is_read_as_it_stands_and_opens_where_its_handles_are(page: str, query: Any) -> None:
    values, notices = entries.read(TABLES.get(page, COMMON), dict(query))
    assert notices == []
    assert all(values["part"] == PART_OF[page, name] for name, _ in query if (page, name) in PART_OF)


@pytest.mark.parametrize("page", TABLES)
def test_names_in_a_table_are_unique(page: str) -> None:
    names = [entry.name for entry in TABLES[page]]
    assert len(set(names)) == len(names)


X = Number("x", 1.0, -40, 40)
WHOLE = Number("seed", 0, 0, 9999, whole=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", 2.0),
        (" -2.5 ", -2.5),
        ("−2", -2.0),
        ("1e1", 10.0),
        ("1e-7", 1e-7),
        ("1 × 10⁻⁷", 1e-7),
        ("٣", 3.0),
        ("１", 1.0),
        ("-40", -40.0),
        ("-0", 0.0),
    ],
)
def test_numbers_as_people_write_them(text: str, value: float) -> None:
    assert X.read(text) == value
    assert math.copysign(1, X.read(text)) == (-1 if value < 0 else 1)


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("41", 40),
        ("-1e308", -40),
        ("inf", 40),
        ("-inf", -40),
        ("nan", 1),
        ("", 1),
        ("two", 1),
        ("2²", 1),
        ("1e400", 40),
        ("½", 1),
    ],
)
def test_a_number_out_of_range_is_clamped_and_nonsense_dropped(text: str, used: float) -> None:
    values, notices = entries.read([X], {"x": text})
    assert values == {"x": used}
    said = {"name": "x", "text": entries.shown(text) or "—", "used": entries.shown(entries.plain(used))}
    assert notices == [Notice("notice.number", said | {"low": "−40", "high": "40"})]


@pytest.mark.parametrize(("text", "value"), [("7", 7), ("7.4", 7), ("9999", 9999), ("1e3", 1000)])
def test_a_whole_number_is_an_int(text: str, value: int) -> None:
    assert WHOLE.read(text) == value
    assert isinstance(WHOLE.read(text), int)


@pytest.mark.parametrize(
    ("text", "used", "complains"),
    [
        ("tanh,relu", ("tanh", "relu"), False),
        ("tanh,tanh", ("tanh",), False),
        ("tanh,nonsense", ("tanh",), True),
        ("nonsense", ("relu",), True),
        ("", ("relu",), True),
    ],
)
def test_several(text: str, used: tuple[str, ...], complains: bool) -> None:
    entry = Several("f", ("relu",), ("relu", "tanh"))
    values, notices = entries.read([entry], {"f": text})
    assert values == {"f": used}
    assert [notice.values["options"] for notice in notices] == ["relu, tanh"] * complains


@pytest.mark.parametrize("text", ["1", "1,2,3,4", "1,nan", "1,", "1,inf", "1,11", "", "1;2"])
def test_a_list_with_a_fault_is_dropped_whole(text: str) -> None:
    entry = Numbers("z", (2.0, 1.0), -10, 10, 2, 3)
    values, (notice,) = entries.read([entry], {"z": text})
    assert values == {"z": (2.0, 1.0)}
    assert {"fewest": "2", "most": "3", "low": "−10", "high": "10"}.items() <= notice.values.items()


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("cat", "cat"),
        ("x" * 24, "x" * 24),
        ("x" * 10_000, "x" * 23 + "…"),
        ("a|b", "a/b"),
        ("two\nlines\tand a\x00bell\x07", "two lines and a bell"),
        ("\u202egnirts", "gnirts"),  # nothing that turns the direction of the text around it
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=aler…"),
    ],
)
def test_a_readers_text_is_one_short_line(text: str, cut: str) -> None:
    assert Texts("names", 10).cut(text) == cut


def test_texts_stay_at_their_places() -> None:
    entry = Texts("names", 3)
    assert entry.read("cat||dog") == ("cat", "", "dog")
    assert entry.write(("cat", "", "dog")) == "cat||dog"


@pytest.mark.parametrize(
    ("text", "used"),
    [("cat||dog|late", ("cat", "", "dog")), (f"{'x' * 25}|dog", ("x" * 23 + "…", "dog"))],
)
def test_of_texts_too_many_or_too_long_the_rest_is_left_out_with_a_word(text: str, used: tuple[str, ...]) -> None:
    values, (notice,) = entries.read([Texts("names", 3)], {"names": text})
    assert values == {"names": used}
    assert notice.message == "notice.texts"
    assert {"most": "3", "longest": "24"}.items() <= notice.values.items()


@pytest.mark.parametrize(("text", "used"), [("none", -1), ("0", 0), ("9", 9)])
def test_a_class_is_named_by_its_number_or_by_none(text: str, used: int) -> None:
    assert softmax_view.TARGET.read(text) == used
    assert softmax_view.TARGET.write(used) == text


@pytest.mark.parametrize("text", ["-1", "10", "cat", ""])
def test_what_is_no_class_is_answered_by_the_names_that_a_link_may_use(text: str) -> None:
    values, (notice,) = entries.read(softmax_view.TABLE, {"target": text})
    assert values["target"] == -1
    assert notice.message == "notice.choice"
    assert (notice.values["options"], notice.values["used"]) == ("none, 0 … 9", "none")


def share() -> Number:
    return next(entry for entry in saturation_view.TABLE if entry.name == "share")


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.01", 0.01), ("1%", 0.01), (" 0.7 % ", 0.007), ("12.5％", 0.125), ("50%", 0.5), ("1e-1%", 0.001)],
)
def test_a_share_may_be_typed_as_a_percentage(text: str, value: float) -> None:
    assert share().read(text) == value
    assert share().read(share().write(value)) == value


@pytest.mark.parametrize("text", ["1", "5", "51%", "%", "1%%", "nan%", "inf%", "-1%", "1e400%"])
def test_a_share_that_is_none_is_refused_in_percent(text: str) -> None:
    with pytest.raises(UnusableError) as fault:
        share().read(text)
    assert fault.value.values == {"low": "0.1%", "high": "50%"}


def test_writing_leaves_defaults_out_and_keeps_the_order() -> None:
    table = [X, WHOLE, Flag("d2")]
    assert entries.write(table, {"x": 1.0, "seed": 0, "d2": False}) == {}
    assert list(entries.write(table, {"d2": True, "seed": 3, "x": -0.1}).items()) == [
        ("x", "-0.1"),
        ("seed", "3"),
        ("d2", "1"),
    ]


@given(st.text(st.sampled_from("\\`*_{}[]()#+-.!|<>$:~&@ahtpsw/\n "), max_size=40))
def test_a_quoted_text_is_nothing_to_markdown(text: str) -> None:
    quoted = entries.shown(text)
    assert "\n" not in quoted
    plain = re.sub(r"\\(.)", r"\1", quoted).replace("\u2060", "")
    assert plain == " ".join(text.split())
    bare = re.sub(r"\\.", "", quoted)
    assert not set(bare) & set("\\`*_{}[]()#+-.!|<>$:~&@")


@pytest.mark.parametrize(
    "text", ["https://evil.example", "HTTP://evil", "www.evil.example", "a@b.example", ":smile:", ":material/info:"]
)
def test_a_quoted_text_is_no_address_and_no_icon(text: str) -> None:
    # What Markdown looks for once the backslashes are gone.
    plain = re.sub(r"\\(.)", r"\1", entries.shown(text))
    assert not re.search(r"(?i)https?://|www\.|[-.\w+]@[-\w]|:[-+\w/]+:", plain)


@given(st.floats(-1e6, 1e6))
def test_a_number_in_an_address_is_short_and_exact_to_ten_digits(value: float) -> None:
    assert len(entries.plain(value)) <= 17
    assert float(entries.plain(value)) == pytest.approx(value, rel=1e-9)
