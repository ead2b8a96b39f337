"""The figures of calibration and of a softmax put twice: every frame against the core."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations.experiments import digits
from activations.experiments.calibration import BINS, fit_temperature, nll, reliability
from activations.experiments.classifier import FLOOR, Settings, train
from figures import calibration, softmax_twice, style
from figures.calibration import ACCURACY, COUNTS, GAPS, LOSS, NOW, NOW_ERROR, RELIABILITY, Calibrated
from figures.classifier import TEMPERATURES
from figures.film import LARGEST
from figures.numbers import number
from figures.softmax_twice import BOTTOM, NOW_RIGHT, ONCE, ONCE_RIGHT, TWICE, TWICE_RIGHT, Runs
from tests.figures.decoding import sent

WORDS = {
    part: part
    for part in ("confidence", "accuracy", "gap", "perfect", "share", "temperature", "loss", "held_out", "tested")
} | {"error": "ECE", "fitted": "fitted: {t}", "epoch": "epoch", "floor": "floor"}


@pytest.fixture(scope="module")
def shown() -> Calibrated:
    network = train(Settings(count=60, width=8, epochs=60))
    shipped, parts = digits.load(), digits.split()
    held, test = parts.held_out, parts.test
    return Calibrated(
        network.logits(shipped.images[held]),
        shipped.labels[held],
        network.logits(shipped.images[test]),
        shipped.labels[test],
    )


@pytest.fixture(scope="module")
def runs() -> Runs:
    return train(Settings("softmax", 60, 8, 6)), train(Settings("twice", 60, 8, 6))


def texts(value: float) -> str:
    return f"{100 * value:.1f}%"


@pytest.mark.parametrize("temperature", [1.0, 1.2345])
def test_every_frame_of_the_temperature(shown: Calibrated, temperature: float) -> None:
    film = sent(calibration.film(shown, temperature))
    values = [*TEMPERATURES, *([temperature] if temperature not in TEMPERATURES else [])]
    assert film.frames == len(values)
    moving = {(chart, trace, attribute): track for chart, trace, attribute, track in film.moves()}
    for frame, value in enumerate(values):
        found = reliability(shown.logits, shown.labels, [value])
        losses = [nll(shown.held_logits, shown.held_labels, [value])[0], nll(shown.logits, shown.labels, [value])[0]]
        assert_allclose(moving[RELIABILITY, ACCURACY, "y"][frame], found.accuracy[0], rtol=1e-6)
        gaps = moving[RELIABILITY, GAPS, "y"][frame].reshape(BINS, 3)
        assert_allclose(gaps[:, 0], found.accuracy[0], rtol=1e-6)
        assert_allclose(gaps[:, 1], found.confidence[0], rtol=1e-6)
        assert np.isnan(gaps[:, 2]).all()
        assert_allclose(moving[RELIABILITY, COUNTS, "y"][frame], found.count[0] / 300, rtol=1e-6)
        assert_allclose(moving[LOSS, NOW, "x"][frame], [value] * 2, rtol=1e-6)
        assert_allclose(moving[LOSS, NOW, "y"][frame], losses, rtol=1e-6)
        assert_allclose(moving[LOSS, NOW_ERROR, "y"][frame], found.error, rtol=1e-6)
        words = {slot: said[frame] for slot, said in film.words.items()}
        assert words["accuracy0"] == texts(found.right)
        assert words["confidence0"] == texts(found.mean_confidence[0])
        assert words["ece0"] == texts(found.error[0])
        assert (words["held0"], words["nll0"]) == (number(losses[0], 3), number(losses[1], 3))
    assert len(set(film.words["accuracy0"])) == 1


def test_the_rows_are_now_before_and_after(shown: Calibrated) -> None:
    words = calibration.present_words(shown, 2.5)
    fitted = fit_temperature(shown.held_logits, shown.held_labels)
    assert shown.fitted == fitted
    for row, value in enumerate((2.5, 1.0, fitted)):
        found = reliability(shown.logits, shown.labels, [value])
        assert words[f"ece{row}"] == texts(found.error[0])
        assert words[f"confidence{row}"] == texts(found.mean_confidence[0])
        assert words[f"held{row}"] == number(nll(shown.held_logits, shown.held_labels, [value])[0], 3)


def test_the_figures_are_what_the_core_says(shown: Calibrated) -> None:
    diagram = calibration.reliability_figure(shown, 1.0, WORDS)
    found = reliability(shown.logits, shown.labels)
    assert_array_equal(diagram.data[ACCURACY].y, found.accuracy[0])
    assert_array_equal(diagram.data[COUNTS].y, found.count[0] / 300)
    curves = calibration.loss_figure(shown, 1.0, WORDS)
    assert_allclose(curves.data[calibration.HELD_OUT].y, nll(shown.held_logits, shown.held_labels, TEMPERATURES))
    assert_allclose(curves.data[calibration.TESTED].y, nll(shown.logits, shown.labels, TEMPERATURES))
    assert_allclose(curves.data[calibration.ERROR].y, reliability(shown.logits, shown.labels, TEMPERATURES).error)
    assert curves.layout.shapes[0].x0 == shown.fitted
    assert f"{shown.fitted:.2f}" in curves.layout.annotations[0].text
    # the held-out curve is lowest where the line stands
    lowest = TEMPERATURES[np.argmin(curves.data[calibration.HELD_OUT].y)]
    assert lowest == pytest.approx(shown.fitted, rel=0.04)  # the positions lie 3.5% apart
    charts = (diagram, curves)
    made = calibration.film(shown, 1.0)
    for entry in made.tracks:
        assert len(charts[entry.chart].data[entry.trace][entry.attribute]) == entry.values.shape[1]
    bars = {place for place, trace in enumerate(diagram.data) if trace.type == "bar"}
    assert bars <= {entry.trace for entry in made.tracks if entry.chart == RELIABILITY}
    assert len(made.encode()) <= LARGEST


def test_axes_stand_still_while_the_temperature_moves(shown: Calibrated) -> None:
    for draw in (calibration.reliability_figure, calibration.loss_figure):
        layouts = [draw(shown, t, WORDS).layout for t in (0.25, 1.0, 8.0)]
        assert all(layout == layouts[0] for layout in layouts)


def test_every_epoch_of_a_softmax_put_twice(runs: Runs) -> None:
    film = sent(softmax_twice.film(runs, 6))
    assert film.header["positions"] == list(range(7))
    for epoch in range(7):
        assert_allclose(film.tracks[softmax_twice.NOW, "x"][epoch], [epoch] * 2)
        assert_allclose(film.tracks[softmax_twice.NOW, "y"][epoch], [run.loss[epoch] for run in runs], rtol=1e-6)
        assert_allclose(film.tracks[NOW_RIGHT, "y"][epoch], [run.accuracy[epoch] for run in runs], rtol=1e-6)
        words = {slot: said[epoch] for slot, said in film.words.items()}
        for row, run in enumerate(runs):
            assert words[f"loss{row}"] == number(run.loss[epoch], 3)
            assert words[f"accuracy{row}"] == texts(run.accuracy[epoch])
            assert words[f"confidence{row}"] == texts(run.confidence[epoch])
        assert softmax_twice.present_words(runs, epoch).items() <= words.items()


def test_the_curves_are_the_runs(runs: Runs) -> None:
    figure = softmax_twice.figure(runs, 6, ("once", "twice"), WORDS)
    titles = [figure.layout[axis].title.text for axis in ("xaxis", "yaxis", "xaxis2", "yaxis2")]
    assert titles == [WORDS[word] for word in ("epoch", "loss", "epoch", "accuracy")]
    for run, loss, right in zip(runs, (ONCE, TWICE), (ONCE_RIGHT, TWICE_RIGHT), strict=True):
        assert_array_equal(figure.data[loss].y, run.loss)
        assert_array_equal(figure.data[right].y, run.accuracy)
    assert set(figure.data[BOTTOM].y) == {FLOOR}
    assert figure.data[ONCE].line.dash != figure.data[TWICE].line.dash
    layouts = [softmax_twice.figure(runs, epoch, ("once", "twice"), WORDS).layout for epoch in range(7)]
    assert all(layout == layouts[0] for layout in layouts)
    for entry in softmax_twice.film(runs, 6).tracks:
        assert len(figure.data[entry.trace][entry.attribute]) == entry.values.shape[1]


def test_the_data_to_download(shown: Calibrated, runs: Runs) -> None:
    lines = calibration.data_csv(shown).splitlines()
    assert len(lines) == len(TEMPERATURES) + 1
    assert_allclose(float(lines[1].split(",")[1]), nll(shown.held_logits, shown.held_labels, [0.25])[0])
    rows = softmax_twice.data_csv(runs).splitlines()
    assert len(rows) == 8
    assert_allclose(float(rows[-1].split(",")[4]), runs[1].loss[-1])


def test_a_classrooms_figures_are_larger(shown: Calibrated, runs: Runs) -> None:
    figures = (
        calibration.reliability_figure(shown, 1.0, WORDS, style.CLASSROOM),
        calibration.loss_figure(shown, 1.0, WORDS, style.CLASSROOM),
        softmax_twice.figure(runs, 0, ("once", "twice"), WORDS, style.CLASSROOM),
    )
    assert all(figure.layout.font.size >= 28 for figure in figures)
