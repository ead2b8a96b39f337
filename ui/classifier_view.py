"""The parts of the page on a classifier's output: one digit, calibration, independent labels, softmax put twice."""

from base64 import b64encode
from collections.abc import Callable
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
from ui.chart import download, show_chart
from ui.depth_common import slot, tools
from ui.pad import Drawing, pad
from ui.runs import cancelled, keep, run
from ui.scrubber import Handle, Mark, encoded, scrubber, slot_table
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
    cancelled(state)
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
        controls.choice(
            state,
            "part",
            PARTS,
            words("classifier.part"),
            lambda name: words(f"classifier.part.{name}"),
            label_visibility="collapsed",
        )
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


def trained(state: State, head: classifier.Head, count: int, epochs: int = EPOCHS) -> Classifier:
    """A head on so many digits with the present settings, trained now or kept from before."""
    asked = Settings(head=head, count=count, width=state["width"], seed=state["seed"], epochs=epochs)
    work = partial(classifier.train, asked)
    return run(("classifier", asked), work, state.words("classifier.training", count=f"{count:,}"))


def _part(network: Classifier, part: str) -> Digits:
    """What a network answers to the digits of a part of the split."""
    shipped, chosen = digits.load(), getattr(digits.split(), part)
    images = shipped.images[chosen]
    return Digits(images, shipped.labels[chosen], network.logits(images))


def tested(network: Classifier) -> Digits:
    """What a network answers to the test digits."""
    return keep(("classifier test", network.settings), lambda: _part(network, "test"))


def calibrated(network: Classifier) -> Calibrated:
    """What a network answers to the held-out and to the test digits."""

    def make() -> Calibrated:
        held, test = _part(network, "held_out"), tested(network)
        return Calibrated(held.logits, held.labels, test.logits, test.labels)

    return keep(("classifier calibration", network.settings), make)


def _look(state: State) -> style.Look:
    return replace(style.CLASSROOM, height=520) if state.present else replace(style.SCREEN, height=300)


def _line(text: str) -> str:
    return f'<p class="totals">{text}</p>'


@cache
def _picture(index: int) -> str:
    """A test digit as a picture."""
    pixels = digits.load().images[digits.split().test[index]]
    return "data:image/svg+xml;base64," + b64encode(svg(pixels).encode()).decode()


# --- one digit ----------------------------------------------------------------------------------------


def digit(state: State) -> None:
    """One test digit, or the reader's own: its logits, and its probabilities under the temperature."""
    words = state.words
    network = trained(state, "softmax", state["n"])
    known = tested(network)
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
        _answer(state, network, known)
    if state.present:
        return
    right = int((known.logits.argmax(axis=1) == known.labels).sum())
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        note = words("classifier.note.digit", count=f"{state['n']:,}", width=state["width"], right=right, tested=TESTED)
        st.caption(note, width="stretch")
        download(state, "classifier", lambda: answer_drawing.data_csv(known, state["t"]))
    if state["from"] == "test":
        mistakes(state, known)


def _own(state: State, network: Classifier) -> tuple[Any, Any]:
    """What the network reads of the reader's drawing, and its logits."""
    pixels = drawing.digit(state["ink"])
    return pixels, network.logits(pixels)


def _answer(state: State, network: Classifier, known: Digits) -> None:
    words, lang, look = state.words, state["lang"], _look(state)
    drawn = state.base(_MOVING)
    named = {part: words(f"classifier.figure.{part}") for part in ("class", "true")}
    named |= {"upper": words("classifier.figure.logits"), "lower": words("classifier.figure.probabilities")}
    index = drawn["image"] - 1

    def make() -> Any:
        if state["from"] == "own":
            pixels, logits = _own(state, network)
            shown, every = answer_drawing.of_logits(pixels, logits, drawn["t"], None), [known.logits, logits[None]]
        else:
            shown, every = known.sheet(index, drawn["t"]), [known.logits]
        return answer_drawing.figure(shown, answer_drawing.logit_span(*every), named, look)

    source = state["ink"] if state["from"] == "own" else index
    key = ("classifier figure", network.settings, state["from"], source, drawn["t"], lang, look)
    show_chart(state, keep(key, make), key="chart-classifier", alt=words("classifier.alt.digit"))
    answer_handles()


@live
def answer_handles(state: State) -> None:
    """The handles for the digit and for the temperature, and the answer in words."""
    words = state.words
    network = trained(state, "softmax", state["n"])
    known, t = tested(network), state["t"]
    said = {"right": words("classifier.right"), "wrong": words("classifier.wrong")}
    off = between(answer_drawing.TEMPERATURES, t)
    around = 1.0 if off is None else off
    handles = []
    if state["from"] == "own":
        _, logits = _own(state, network)
        label, source = None, state["ink"]
        line = "own" if state["ink"] else "blank"
    else:
        source = state["image"] - 1
        logits, label, line = known.logits[source], int(known.labels[source]), "test"
        film = keep(
            ("classifier digits", network.settings, t, state["lang"]),
            lambda: encoded(answer_drawing.digit_film(known, 0, t, said)),
        )
        handles.append(Handle("image", words("classifier.image"), film, value=state["image"]))
    t_film = keep(
        ("classifier t", network.settings, state["from"], source, around, state["lang"]),
        lambda: encoded(answer_drawing.temperature_film(logits, label, around, said)),
    )
    handles.append(Handle("t", words("classifier.temperature"), t_film, _marks(state), value=t))
    slots = ("image", "label", "seen", "top", "verdict", "second", "second_p", "loss", "entropy")
    told = {name: slot(name) for name in slots}
    scrubber(
        state,
        handles,
        chart="chart-classifier",
        readout=[_line(words(f"classifier.line.{line}", **told)), _line(words("classifier.line.more", **told))],
        words=answer_drawing.present_answer(logits, label, t, said) | {"image": str(state["image"])},
        tools=tools(state),
        key="scrubber-classifier",
    )


def _marks(state: State) -> list[Mark]:
    stops = answer_drawing.TEMPERATURES
    last = len(stops) - 1
    marks = [Mark(0.0, state.words("classifier.sure"), "start"), Mark(int(abs(stops - 1).argmin()) / last, "1")]
    return [*marks, Mark(1.0, state.words("classifier.unsure"), "end")]


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
    network = trained(state, "softmax", state["n"])
    shown, drawn = calibrated(network), state.base(_MOVING)
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
            key = (chart, network.settings, drawn["t"], lang, look)
            show_chart(state, keep(key, draw), key=chart, alt=words(f"classifier.alt.{chart.removeprefix('chart-')}"))
    calibration_handle()
    if state.present:
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(words("classifier.note.calibration"), width="stretch")
        download(state, "calibration", lambda: calibration_drawing.data_csv(shown))


@live
def calibration_handle(state: State) -> None:
    """The handle for the temperature, and the numbers before and after it is fitted."""
    words, t = state.words, state["t"]
    network = trained(state, "softmax", state["n"])
    shown = calibrated(network)
    off = between(answer_drawing.TEMPERATURES, t)
    film = keep(
        ("calibration film", network.settings, off),
        lambda: encoded(calibration_drawing.film(shown, 1.0 if off is None else off)),
    )
    columns = {part: words(f"classifier.column.{part}") for part in ("confidence", "accuracy", "ece", "held", "nll")}
    fitted = words("classifier.row.fitted", t=f"{shown.fitted:.2f}")
    rows = {"name0": words("classifier.row.now"), "name1": words("classifier.row.before"), "name2": fitted}
    scrubber(
        state,
        [Handle("t", words("classifier.temperature"), film, _marks(state), value=t)],
        chart=CHARTS,
        readout=[slot_table("", columns, 3)],
        words=calibration_drawing.present_words(shown, t) | rows,
        tools=tools(state),
        key="scrubber-calibration",
    )


# --- two digits on one sheet --------------------------------------------------------------------------


@cache
def _first_of(label: int) -> Any:
    """The first test digit of a class."""
    shipped, test = digits.load(), digits.split().test
    return shipped.images[test[int((shipped.labels[test] == label).argmax())]]


def pair(state: State) -> Pair:
    """The two digits on the sheet, and the two networks that look at it."""
    exclusive, independent = (trained(state, head, EVERY) for head in ("softmax", "sigmoid"))
    classes = (int(state["a"]), int(state["b"]))
    return Pair(exclusive, independent, _first_of(classes[0]), _first_of(classes[1]), classes)


def labels(state: State) -> None:
    """Two digits over each other, one or none: softmax beside ten sigmoids."""
    words, lang, look = state.words, state["lang"], _look(state)
    shown, drawn = pair(state), state.base(_MOVING)
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
    key = ("classifier pair", shown.exclusive.settings, shown.classes, drawn["u"], drawn["v"], lang, look)
    figure = keep(key, lambda: answer_drawing.figure(_sheet(shown, drawn), answer_drawing.PROBABILITY, named, look))
    show_chart(state, figure, key="chart-labels", alt=words("classifier.alt.labels"))
    label_handles()
    if state.present:
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(words("classifier.note.labels"), width="stretch")
        download(state, "labels", lambda: answer_drawing.pair_csv(shown, (state["u"], state["v"])))


def _called(state: State, name: str, label: int) -> str:
    return state.words(f"classifier.{name}.digit", label=label)


def _sheet(shown: Pair, values: Any) -> Sheet:
    return shown.sheet(answer_drawing.ink(values["u"], values["v"]))


@live
def label_handles(state: State) -> None:
    """The handles for the ink of both digits, and both answers in words."""
    words, shown, ink = state.words, pair(state), (state["u"], state["v"])
    none = words("classifier.none")
    handles = []
    for which, name in enumerate("uv"):
        other = ink[1 - which]
        off = between(answer_drawing.INKS, ink[which])
        around = ink if off is not None else ((1.0, other) if name == "u" else (other, 1.0))
        film = keep(
            ("classifier ink", name, shown.exclusive.settings, shown.classes, around, state["lang"]),
            partial(_ink_film, shown, which, around, none),
        )
        handles.append(Handle(name, words(f"classifier.{name}"), film, value=ink[which], small=True))
    told = {name: slot(name) for name in ("there", "soft", "soft_sum", "found", "found_sum")}
    scrubber(
        state,
        handles,
        chart="chart-labels",
        readout=[_line(words(f"classifier.line.{line}", **told)) for line in ("there", "softmax", "sigmoid")],
        words=answer_drawing.present_pair(shown, ink, none),
        tools=tools(state),
        key="scrubber-labels",
    )


def _ink_film(shown: Pair, which: int, ink: tuple[float, float], none: str) -> Any:
    return encoded(answer_drawing.ink_film(shown, which, ink, none))


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
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(words("classifier.note.twice"), width="stretch")
        download(state, "softmax-twice", lambda: twice_drawing.data_csv(runs))


def both(state: State) -> tuple[Classifier, Classifier]:
    """The two runs."""
    return trained(state, "softmax", EVERY, TWICE_EPOCHS), trained(state, "twice", EVERY, TWICE_EPOCHS)


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
        tools=tools(state),
        key="scrubber-twice",
    )
