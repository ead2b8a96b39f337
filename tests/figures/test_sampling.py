"""The figures of the next word and of soft targets: every frame is what the core says, and fits its figure."""

import csv
import io

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations import entropy, softmax
from activations.experiments.sampling import EXAMPLES, WORDS, chi_square, distil, next_word, standard_error, tallies
from figures import distillation, style
from figures import sampling as drawing
from figures.film import LARGEST, frame_values, present_frame
from figures.numbers import number
from figures.sampling import BARS, DRAWN, GHOST, MISSES, POSITIONS, Named, Sampler
from tests.figures.decoding import sent

LABELS = ("probability", "ghost", "now", "drawn", "missed", "teacher", "student")
NAMED = Named(tuple(f"<b>{index}</b>" for index in range(WORDS)), {label: label for label in LABELS})
SAMPLERS = [
    Sampler(),
    Sampler("sure", t=2.0, p=0.9, m=0.05, seed=7),
    Sampler("sure", t=0.1, temperature_last=True),
    Sampler("open", t=3.33, k=4.0, p=0.777, m=0.123, temperature_last=True, seed=9999),
]
every_sampler = pytest.mark.parametrize("asked", SAMPLERS, ids=repr)
every_handle = pytest.mark.parametrize("handle", POSITIONS)
CURVES = {name: name for name in ("temperature", "size", "plain", "weighted", "limit")}


def direct(asked: Sampler, **moved: float):
    settings = {name: moved.get(name, getattr(asked, name)) for name in POSITIONS}
    return next_word(
        EXAMPLES[asked.example][0],
        temperature=settings["t"],
        top_k=int(settings["k"]),
        top_p=settings["p"],
        min_p=settings["m"],
        temperature_last=asked.temperature_last,
    )


@every_sampler
@every_handle
def test_every_frame_is_what_the_core_says(asked: Sampler, handle: str) -> None:
    film = drawing.film(asked, handle)
    found = sent(film)
    assert film.handle == handle
    assert len(film.encode()) <= LARGEST
    for frame, value in enumerate(frame_values(film.positions, film.present)):
        word = direct(asked, **{handle: float(value)})
        shares = tallies(word.p, 1000, asked.seed) / 1000
        assert_allclose(found.tracks[BARS, "y"][frame] ** 2, word.p, rtol=1e-6, atol=1e-12)
        assert_allclose(found.tracks[BARS, "customdata"][frame], word.p, rtol=1e-6, atol=1e-12)
        assert_allclose(found.tracks[GHOST, "y"][frame] ** 2, softmax(EXAMPLES[asked.example][0]), rtol=1e-6)
        drawn = found.tracks[DRAWN, "y"][frame]
        assert_array_equal(np.isnan(drawn), word.p == 0)
        assert_allclose(drawn[word.p > 0] ** 2, shares[word.p > 0], rtol=1e-6, atol=1e-12)
        misses = found.tracks[MISSES, "customdata"][frame]
        error = standard_error(word.p)
        assert_array_equal(np.isnan(misses), error == 0)
        there = error > 0
        assert_allclose(misses[there], (shares - word.p)[there] / error[there], rtol=1e-5, atol=1e-6)
        assert (np.abs(found.tracks[MISSES, "y"][frame][there]) <= 4).all()


@every_sampler
@every_handle
def test_the_words_of_a_frame(asked: Sampler, handle: str) -> None:
    film = drawing.film(asked, handle)
    values = frame_values(film.positions, film.present)
    for frame in {0, len(values) // 3, len(values) - 1, present_frame(film.positions, film.present)}:
        said = {slot: texts[frame] for slot, texts in sent(film).words.items()}
        word = direct(asked, **{handle: float(values[frame])})
        counts = tallies(word.p, 1000, asked.seed)
        assert said["left_k"] == str(word.after_k.sum())
        assert said["left_p"] == str(word.after_p.sum())
        assert said["left"] == str((word.p > 0).sum())
        assert said["cut"] == f"{word.tempered[word.p == 0].sum():.1%}"
        assert said["top"] == f"{word.p.max():.1%}"
        assert said["entropy"] == number(float(entropy(word.p)), 3)
        square, free = chi_square(counts, word.p)
        assert said["free"] == str(free)
        assert said["chi"] == f"{square:.1f}"
        outside = np.abs(counts / 1000 - word.p) > 2 * standard_error(word.p)
        assert said["outside"] == str(outside.sum())
        assert said[f"{handle}_said"] == f"{said[handle]}: {said['left']} / {WORDS}"


@every_sampler
def test_the_films_fit_their_figure_and_its_words(asked: Sampler) -> None:
    figure = drawing.bars(asked, NAMED)
    words = drawing.present_words(asked)
    for handle in POSITIONS:
        film = drawing.film(asked, handle)
        now = present_frame(film.positions, film.present)
        for track in film.tracks:
            assert_array_equal(
                np.asarray(figure.data[track.trace][track.attribute], dtype=np.float32), track.values[now]
            )
        assert {slot: film.words[slot][now] for slot in words} == words
    # bars that a frame does not name would be taken away
    assert {trace.type for trace in figure.data[: BARS + 1]} == {"bar"}
    assert {track.trace for track in film.tracks} >= {GHOST, BARS}


@pytest.mark.parametrize("look", [style.SCREEN, style.CLASSROOM], ids=["screen", "classroom"])
def test_axes_hold_all_there_can_be(look: style.Look) -> None:
    figure = drawing.bars(SAMPLERS[0], NAMED, look)
    assert figure.layout.yaxis.range[1] >= 1
    assert figure.layout.yaxis2.range[0] <= -4
    assert figure.layout.yaxis2.range[1] >= 4
    assert list(figure.layout.yaxis.ticktext)[::3] in (["0%", "25%"], ["0%", "50%"])
    assert_allclose(
        np.square(figure.layout.yaxis.tickvals), [float(text[:-1]) / 100 for text in figure.layout.yaxis.ticktext]
    )
    assert figure.layout.xaxis.ticktext[0] == "&lt;b&gt;0&lt;/b&gt;"


def test_the_positions_hold_what_turns_the_filters_off() -> None:
    assert 1.0 in POSITIONS["t"]
    assert POSITIONS["k"][-1] == WORDS
    assert POSITIONS["p"][-1] == 1
    assert (POSITIONS["m"][0], POSITIONS["m"][-1]) == (0, 1)
    assert all((np.diff(positions) > 0).all() for positions in POSITIONS.values())


def test_the_data_of_the_bars() -> None:
    rows = list(csv.DictReader(io.StringIO(drawing.data_csv(SAMPLERS[1], NAMED.words))))
    word = direct(SAMPLERS[1])
    assert [row["word"] for row in rows] == list(NAMED.words)
    assert_allclose([float(row["p"]) for row in rows], word.p)
    assert sum(int(row["of 1000 draws"]) for row in rows) == 1000


# --- soft targets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("temperature", [1.0, 4.0, 7.77])
def test_soft_targets_in_every_frame(example: str, temperature: float) -> None:
    film = distillation.film(example, temperature)
    found = sent(film)
    values = frame_values(film.positions, temperature)
    wanted = distil(*EXAMPLES[example], values)
    assert_allclose(found.tracks[distillation.TEACHER, "y"] ** 2, wanted.targets, rtol=1e-5)
    assert_allclose(found.tracks[distillation.STUDENT, "customdata"], wanted.guesses, rtol=1e-6)
    points = found.tracks[1, distillation.NOW, "y"]
    assert_allclose(10.0**points, np.stack([wanted.size, values**2 * wanted.size], axis=1), rtol=1e-5)
    assert_allclose(10.0 ** found.tracks[1, distillation.NOW, "x"], np.stack([values, values], axis=1), rtol=1e-5)
    bars = distillation.targets(example, temperature, NAMED, style.SCREEN)
    curves = distillation.gradient(example, temperature, CURVES, style.SCREEN)
    now = present_frame(film.positions, temperature)
    for track in film.tracks:
        drawn = (bars, curves)[track.chart].data[track.trace][track.attribute]
        assert_allclose(np.asarray(drawn, dtype=np.float32), track.values[now], rtol=1e-6)
    words = distillation.present_words(example, temperature)
    assert {slot: film.words[slot][now] for slot in words} == words
    assert words["first"] == f"{wanted.targets[now].max():.1%}"
    low, high = curves.layout.yaxis.range
    assert all(low <= np.min(curve.y) <= np.max(curve.y) <= high for curve in curves.data)


def test_the_plain_gradient_falls_like_one_the_squared_temperature_on_the_chart() -> None:
    plain = distillation.gradient("open", 1.0, CURVES, style.SCREEN).data[distillation.PLAIN]
    slope = (plain.y[-1] - plain.y[-10]) / (plain.x[-1] - plain.x[-10])
    assert slope == pytest.approx(-2, abs=0.1)


def test_the_data_of_the_soft_targets() -> None:
    rows = list(csv.DictReader(io.StringIO(distillation.data_csv("sure", 4.0, NAMED.words))))
    assert_allclose(sum(float(row["soft target"]) for row in rows), 1)
    assert_allclose(sum(float(row["gradient"]) for row in rows), 0, atol=1e-12)
