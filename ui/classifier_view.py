"""The parts of the page on a classifier's output: one digit, calibration, independent labels, softmax put twice."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import streamlit as st

from activations.experiments import classifier, digits, drawing
from activations.experiments.classifier import Classifier, Settings
from figures import calibration as calibration_drawing
from figures import classifier as answer_drawing
from figures import softmax_twice as twice_drawing
from figures import style
from figures.calibration import Calibrated
from figures.classifier import Digits, Pair, Sheet
from figures.digit import svg
from figures.film import between
from ui import controls, entries
from ui.chart import show_chart
from ui.instrument import below, line, slot
from ui.language import Words
from ui.pad import Drawing, pad
from ui.runs import keep, progress_place, run, run_each
from ui.scrubber import Encoded, Handle, Mark, encoded, scrubber, slot_table
from ui.state import State, live

PARTS = ("digit", "calibration", "labels", "twice")
SOURCES = ("test", "own")
COUNTS = (50, 100, 200, 500, 1197)
WIDTHS = (8, 16, 32, 64, 128)
EPOCHS = 200
TWICE_EPOCHS = 50  # until then it has been seen what the second softmax costs
TESTED = 300
EVERY = 1197  # what the heads beside the classifier learn from: few digits teach neither of them enough
LISTED = 6  # mistakes
BOUNDS = {entry.name: entry for entry in Settings.parameters()}
TEMPERATURE = entries.Number("t", 1.0, 0.25, 8)
TABLE: entries.Table = (
    entries.Choice("part", "digit", PARTS),
    entries.Number("n", 100, BOUNDS["count"].low, BOUNDS["count"].high, whole=True),
    entries.Number("width", 64, BOUNDS["width"].low, BOUNDS["width"].high, whole=True),
    entries.Number("seed", 0, 0, 9999, whole=True),
    entries.Choice("from", "test", SOURCES),
    entries.Number("image", 7, 1, TESTED, whole=True),
    Drawing("ink"),
    TEMPERATURE,
    entries.Number("a", 4, 0, 9, whole=True),
    entries.Number("b", 5, 0, 9, whole=True),
    entries.Number("u", 1.0, 0, 1),
    entries.Number("v", 1.0, 0, 1),
    entries.Number("epoch", TWICE_EPOCHS, 0, TWICE_EPOCHS, whole=True),
)
SHEETS: dict[str, dict[str, Any]] = {
    "one": {"u": 1.0, "v": 0.0},
    "two": {"u": 1.0, "v": 1.0},
    "none": {"u": 0.0, "v": 0.0},
}
_MOVING = {"image", "t", "u", "v", "epoch"}
CHARTS = ("chart-reliability", "chart-calibration")


@live
def page(state: State) -> None:
    """Everything above the lesson: what is looked at, the network's settings, and the instrument."""
    settings_row(state)
    progress_place(state)
    parts: dict[str, Callable[[State], None]] = {
        "digit": digit,
        "calibration": calibration,
        "labels": labels,
        "twice": twice,
    }
    parts[state["part"]](state)


def settings_row(state: State) -> None:
    """The part of the page, and the network that is trained; letting go of one trains again."""
    words = state.words
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        controls.parts(state, PARTS)
        if state.present:
            return
        if state["part"] in ("digit", "calibration"):
            counts = sorted({*COUNTS, state["n"]})
            say = partial(_count, state)
            controls.select(state, "n", counts, words("classifier.n"), say, label_visibility="collapsed", width=210)
        with st.popover(words("classifier.more"), icon=":material/tune:"):
            controls.stops(state, "width", WIDTHS, words("classifier.width"), str)
            controls.number(state, "seed", words("classifier.seed"), 0, 9999, 1)


def _count(state: State, count: int) -> str:
    return state.words("classifier.n.count", count=f"{count:,}")


# --- networks and what they answer --------------------------------------------------------------------


def trained(asked: Settings) -> Classifier:
    """A network, trained now or kept from before."""
    return run(("classifier", asked), partial(classifier.train, asked), "")


def asked(state: State, head: classifier.Head, count: int, epochs: int = EPOCHS) -> Settings:
    """A head on so many digits with the present settings; what it takes has been worked out when this returns."""
    (wanted,) = asked_each(state, (head,), count, epochs)
    return wanted


def asked_each(
    state: State, heads: Sequence[classifier.Head], count: int = EVERY, epochs: int = EPOCHS
) -> list[Settings]:
    """The same for several heads, side by side."""
    wanted = [
        Settings(head=head, count=count, width=state["width"], seed=state["seed"], epochs=epochs) for head in heads
    ]
    works = [(("classifier", one), partial(classifier.train, one)) for one in wanted]
    run_each(works, state.words("classifier.training", count=f"{count:,}"))
    return wanted


def _part(network: Classifier, part: str) -> Digits:
    """What a network answers to the digits of a part of the split."""
    shipped, chosen = digits.load(), getattr(digits.split(), part)
    images = shipped.images[chosen]
    return Digits(images, shipped.labels[chosen], network.logits(images))


def tested(settings: Settings) -> Digits:
    """What a network answers to the test digits."""
    return keep(("classifier test", settings), lambda: _part(trained(settings), "test"))


def calibrated(settings: Settings) -> Calibrated:
    """What a network answers to the held-out and to the test digits."""

    def make() -> Calibrated:
        held, test = _part(trained(settings), "held_out"), tested(settings)
        return Calibrated(held.logits, held.labels, test.logits, test.labels)

    return keep(("classifier calibration", settings), make)


def _look(state: State) -> style.Look:
    return replace(style.CLASSROOM, height=520) if state.present else replace(style.SCREEN, height=300)


@cache
def _picture(index: int) -> str:
    """A test digit as a picture."""
    pixels = digits.load().images[digits.split().test[index]]
    return "data:image/svg+xml;base64," + b64encode(svg(pixels).encode()).decode()


# --- one digit ----------------------------------------------------------------------------------------


def digit(state: State) -> None:
    """One test digit, or the reader's own: its logits, and its probabilities under the temperature."""
    words = state.words
    settings = asked(state, "softmax", state["n"])
    known = tested(settings)
    if not state.present:
        controls.choice(
            state,
            "from",
            SOURCES,
            words("classifier.from"),
            lambda name: words(f"classifier.from.{name}"),
            label_visibility="collapsed",
        )
    if state["from"] == "own" and not state.present:
        field, figure = st.columns([1, 3])
        with field:
            pad(state, "ink", label=words("classifier.pad"))
    else:
        figure = st.container()
    with figure:
        _answer(state, settings)
        answer_handles()
    if state.present:
        return
    right = int((known.logits.argmax(axis=1) == known.labels).sum())
    note = words("classifier.note.digit", count=f"{state['n']:,}", width=state["width"], right=right, tested=TESTED)
    below(state, note, "classifier", lambda: answer_drawing.data_csv(known, state["t"]))
    if state["from"] == "test":
        mistakes(state, known)


def _own(settings: Settings, ink: str) -> tuple[Any, Any]:
    """What a network reads of the reader's drawing, and its logits."""
    pixels = drawing.digit(ink)
    return pixels, trained(settings).logits(pixels)


def _source(state: State) -> str | None:
    """The reader's drawing, or None where test digits are shown."""
    return state["ink"] if state["from"] == "own" else None


def _answer(state: State, settings: Settings) -> None:
    words, lang, look, ink = state.words, state["lang"], _look(state), _source(state)
    drawn = state.base(_MOVING)
    named = {part: words(f"classifier.figure.{part}") for part in ("class", "true")}
    named |= {"upper": words("classifier.figure.logits"), "lower": words("classifier.figure.probabilities")}
    index, t = drawn["image"] - 1, drawn["t"]

    def make() -> Any:
        known = tested(settings)
        if ink is None:
            shown, every = known.sheet(index, t), [known.logits]
        else:
            pixels, logits = _own(settings, ink)
            shown, every = answer_drawing.of_logits(pixels, logits, t, None), [known.logits, logits]
        return answer_drawing.figure(shown, answer_drawing.logit_span(*every), named, look)

    key = ("classifier figure", settings, ink, None if ink is not None else index, t, lang, look)
    show_chart(state, keep(key, make), key="chart-classifier", alt=words("classifier.alt.digit"))


def _verdicts(lang: str) -> dict[str, str]:
    words = Words(lang)
    return {"right": words("classifier.right"), "wrong": words("classifier.wrong")}


def _film(settings: Settings, ink: str | None, lang: str, handle: str, values: Mapping[str, float]) -> Encoded:
    """The film of a handle, `image` or `t`, around the values of both; for a drawing `ink` there is only `t`."""
    said, t = _verdicts(lang), values["t"]
    if handle == "image":
        key: Any = ("classifier digits", settings, t, lang)
        return keep(key, lambda: encoded(answer_drawing.digit_film(tested(settings), 0, t, said)))
    off = between(answer_drawing.TEMPERATURES, t)
    around = 1.0 if off is None else off
    index = None if ink is not None else int(values["image"]) - 1

    def make() -> Encoded:
        if ink is not None or index is None:
            return encoded(answer_drawing.temperature_film(_own(settings, ink or "")[1], None, around, said))
        known = tested(settings)
        label = int(known.labels[index])
        return encoded(answer_drawing.temperature_film(known.logits[index], label, around, said))

    return keep(("classifier t", settings, ink, index, around, lang), make)


@live
def answer_handles(state: State) -> None:
    """The handles for the digit and for the temperature, and the answer in words."""
    words, ink, t = state.words, _source(state), state["t"]
    settings = asked(state, "softmax", state["n"])
    films = partial(_film, settings, ink, state["lang"])
    handles = [Handle("t", words("classifier.temperature"), films("t", state), _marks(state), value=t)]
    if ink is None:
        film = films("image", state)
        handles.insert(0, Handle("image", words("classifier.image"), film, value=state["image"]))
        known, index = tested(settings), state["image"] - 1
        logits, label, kind = known.logits[index], int(known.labels[index]), "test"
    else:
        _, logits = _own(settings, ink)
        label, kind = None, "own" if ink else "blank"
    slots = ("image", "label", "seen", "top", "verdict", "second", "second_p", "loss", "entropy")
    told = {name: slot(name) for name in slots}
    scrubber(
        state,
        handles,
        chart="chart-classifier",
        readout=[line(words(f"classifier.line.{kind}", **told)), line(words("classifier.line.more", **told))],
        words=answer_drawing.present_answer(logits, label, t, _verdicts(state["lang"]))
        | {"image": str(state["image"])},
        tools=("link", "svg"),
        films=films,
        key="scrubber-classifier",
    )


def _marks(state: State) -> list[Mark]:
    stops = answer_drawing.TEMPERATURES
    last = len(stops) - 1
    marks = [Mark(0.0, state.words("classifier.sharper"), "start"), Mark(int(abs(stops - 1).argmin()) / last, "1")]
    return [*marks, Mark(1.0, state.words("classifier.flatter"), "end")]


def mistakes(state: State, known: Digits) -> None:
    """The test digits of whose wrong class the network is most confident, each one click away."""
    words = state.words
    wrong = classifier.mistakes(known.logits, known.labels)[:LISTED].tolist()
    st.header(words("classifier.mistakes"), anchor="mistakes")
    if not wrong:
        st.markdown(words("classifier.mistakes.none"))
        return
    with st.container(horizontal=True, gap="small", key="mistakes"):
        for index in wrong:
            told = answer_drawing.present_answer(known.logits[index], int(known.labels[index]), 1.0, {"wrong": ""})
            with st.container(width=128, gap="xsmall"):
                st.markdown(f"![{told['label']}]({_picture(index)})")
                label = words("classifier.mistake", label=told["label"], seen=told["seen"], top=told["top"])
                controls.button(state, label, {"image": index + 1}, f"mistake.{index}")


# --- calibration --------------------------------------------------------------------------------------


def calibration(state: State) -> None:
    """The reliability diagram, and loss and calibration error over the temperature."""
    words, lang = state.words, state["lang"]
    settings = asked(state, "softmax", state["n"])
    shown, drawn = calibrated(settings), state.base(_MOVING)
    if not state.present:
        fitted = float(entries.plain(min(max(shown.fitted, TEMPERATURE.low), TEMPERATURE.high)))
        with st.container(horizontal=True, gap="small"):
            controls.button(state, words("classifier.fit", t=f"{shown.fitted:.2f}"), {"t": fitted}, "fit")
            controls.button(state, words("classifier.unfit"), {"t": 1.0}, "unfit")
    look = replace(_look(state), height=400 if state.present else 285)
    names = ("confidence", "accuracy", "gap", "perfect", "share")
    named = {part: words(f"classifier.figure.{part}") for part in names}
    names = ("temperature", "loss", "held_out", "tested", "error", "fitted")
    over = {part: words(f"classifier.figure.{part}") for part in names}
    draws = (
        partial(calibration_drawing.reliability_figure, shown, drawn["t"], named, look),
        partial(calibration_drawing.loss_figure, shown, drawn["t"], over, look),
    )
    for place, chart, draw in zip(st.columns(2), CHARTS, draws, strict=True):
        with place:
            key = (chart, settings, drawn["t"], lang, look)
            show_chart(state, keep(key, draw), key=chart, alt=words(f"classifier.alt.{chart.removeprefix('chart-')}"))
    calibration_handle()
    if state.present:
        return
    below(state, words("classifier.note.calibration"), "calibration", lambda: calibration_drawing.data_csv(shown))


@live
def calibration_handle(state: State) -> None:
    """The handle for the temperature, and the numbers before and after it is fitted."""
    words, t = state.words, state["t"]
    settings = asked(state, "softmax", state["n"])
    shown = calibrated(settings)
    off = between(answer_drawing.TEMPERATURES, t)
    film = keep(
        ("calibration film", settings, off),
        lambda: encoded(calibration_drawing.film(shown, 1.0 if off is None else off)),
    )
    columns = {part: words(f"classifier.column.{part}") for part in ("confidence", "accuracy", "ece", "held", "nll")}
    fitted = words("classifier.row.fitted", t=f"{shown.fitted:.2f}")
    rows = {"name0": words("classifier.row.now"), "name1": words("classifier.row.before"), "name2": fitted}
    scrubber(
        state,
        [Handle("t", words("classifier.temperature"), film, _marks(state), value=t, alone=True)],
        chart=CHARTS,
        readout=[slot_table(words("classifier.temperature"), columns, 3)],
        words=calibration_drawing.present_words(shown, t) | rows,
        tools=("link", "svg"),
        key="scrubber-calibration",
    )


# --- two digits on one sheet --------------------------------------------------------------------------


@cache
def _first_of(label: int) -> Any:
    """The first test digit of a class."""
    shipped, test = digits.load(), digits.split().test
    return shipped.images[test[int((shipped.labels[test] == label).argmax())]]


def pair(exclusive: Settings, independent: Settings, classes: tuple[int, int]) -> Pair:
    """The two digits on the sheet, and the two networks that look at it."""
    return Pair(trained(exclusive), trained(independent), _first_of(classes[0]), _first_of(classes[1]), classes)


def _of_pair(state: State) -> tuple[Settings, Settings, tuple[int, int]]:
    """What `pair` is asked for."""
    exclusive, independent = asked_each(state, ("softmax", "sigmoid"))
    return exclusive, independent, (int(state["a"]), int(state["b"]))


def labels(state: State) -> None:
    """Two digits over each other, one or none: softmax beside ten sigmoids."""
    words, lang, look = state.words, state["lang"], _look(state)
    wanted, drawn = _of_pair(state), state.base(_MOVING)
    shown = pair(*wanted)
    if not state.present:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            for name in ("a", "b"):
                say = partial(_called, state, name)
                label = words(f"classifier.{name}")
                controls.select(state, name, list(range(10)), label, say, label_visibility="collapsed", width=150)
            for name, values in SHEETS.items():
                controls.button(state, words(f"classifier.sheet.{name}"), values, f"sheet.{name}")
    named = {part: words(f"classifier.figure.{part}") for part in ("class", "true")}
    named |= {"upper": words("classifier.figure.softmax"), "lower": words("classifier.figure.sigmoid")}
    key = ("classifier pair", wanted, drawn["u"], drawn["v"], lang, look)
    figure = keep(key, lambda: answer_drawing.figure(_sheet(shown, drawn), answer_drawing.PROBABILITY, named, look))
    show_chart(state, figure, key="chart-labels", alt=words("classifier.alt.labels"))
    label_handles()
    if state.present:
        return
    below(
        state,
        words("classifier.note.labels"),
        "labels",
        lambda: answer_drawing.pair_csv(shown, (state["u"], state["v"])),
    )


def _called(state: State, name: str, label: int) -> str:
    return state.words(f"classifier.{name}.digit", label=f"{label:d}")


def _sheet(shown: Pair, values: Any) -> Sheet:
    return shown.sheet(answer_drawing.ink(values["u"], values["v"]))


def _ink_film(
    wanted: tuple[Settings, Settings, tuple[int, int]], lang: str, handle: str, values: Mapping[str, float]
) -> Encoded:
    """The film of a handle, `u` or `v`, around the values of both."""
    which = "uv".index(handle)
    ink = [values["u"], values["v"]]
    if between(answer_drawing.INKS, ink[which]) is None:
        ink[which] = 1.0  # the film is the same for all its positions
    first, second = ink
    none = Words(lang)("classifier.none")
    return keep(
        ("classifier ink", handle, wanted, first, second, lang),
        lambda: encoded(answer_drawing.ink_film(pair(*wanted), which, (first, second), none)),
    )


@live
def label_handles(state: State) -> None:
    """The handles for the ink of both digits, and both answers in words."""
    words, wanted = state.words, _of_pair(state)
    films = partial(_ink_film, wanted, state["lang"])
    handles = [
        Handle(name, words(f"classifier.{name}"), films(name, state), value=state[name], small=True) for name in "uv"
    ]
    told = {name: slot(name) for name in ("there", "soft", "soft_sum", "found", "found_sum")}
    scrubber(
        state,
        handles,
        chart="chart-labels",
        readout=[line(words(f"classifier.line.{part}", **told)) for part in ("there", "softmax", "sigmoid")],
        words=answer_drawing.present_pair(pair(*wanted), (state["u"], state["v"]), words("classifier.none")),
        tools=("link", "svg"),
        films=films,
        key="scrubber-labels",
    )


# --- softmax put twice --------------------------------------------------------------------------------


def twice(state: State) -> None:
    """A softmax before a loss that applies its own, beside a loss that gets the logits."""
    words, lang = state.words, state["lang"]
    runs, drawn = both(state), state.base(_MOVING)
    look = _look(state)
    named = {part: words(f"classifier.figure.{part}") for part in ("epoch", "loss", "accuracy")}
    named["floor"] = words("classifier.figure.floor", floor=f"{classifier.FLOOR:.3f}")
    names = _run_names(state)
    figure = keep(
        ("softmax twice", runs[0].settings, drawn["epoch"], lang, look),
        lambda: twice_drawing.figure(runs, drawn["epoch"], names, named, look),
    )
    show_chart(state, figure, key="chart-twice", alt=words("classifier.alt.twice"))
    epoch_handle()
    if state.present:
        return
    below(state, words("classifier.note.twice"), "softmax-twice", lambda: twice_drawing.data_csv(runs))


def both(state: State) -> tuple[Classifier, Classifier]:
    """The two runs."""
    once, double = (trained(one) for one in asked_each(state, ("softmax", "twice"), epochs=TWICE_EPOCHS))
    return once, double


def _run_names(state: State) -> tuple[str, str]:
    return state.words("classifier.run.once"), state.words("classifier.run.twice")


@live
def epoch_handle(state: State) -> None:
    """The handle for the epoch, and the numbers of both runs."""
    words, runs = state.words, both(state)
    film = keep(("twice film", runs[0].settings), lambda: encoded(twice_drawing.film(runs, 0)))
    columns = {part: words(f"classifier.column.{part}") for part in ("loss", "accuracy", "confidence")}
    names = {f"name{row}": name for row, name in enumerate(_run_names(state))}
    scrubber(
        state,
        [Handle("epoch", words("classifier.epoch"), film, value=state["epoch"], alone=True)],
        chart="chart-twice",
        readout=[slot_table(words("classifier.run"), columns, 2)],
        words=twice_drawing.present_words(runs, state["epoch"]) | names,
        tools=("link", "svg"),
        key="scrubber-twice",
    )
