"""The figures of the dying network, of a unit's life and of the cures, against the runs they show."""

import csv
import dataclasses
import io
import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations import get
from activations.experiments.cures import CURES, Comparison
from activations.experiments.dying_network import DyingNetwork, Life, Settings, follow, train
from figures import cures, dead_layers, dead_life, style
from figures.dead_layers import LINE, MARKS, POINT, UNITS, place
from figures.dead_life import ABOVE, BELOW, GRADIENT, NOW_GRADIENT, NOW_SHARE, SHARE, TURNS
from figures.film import LARGEST
from figures.numbers import number
from tests.figures.decoding import sent

NAMES = ["one", "two", "three", "four"]
WORDS = {part: part for part in ("unit", "epoch", "dead", "dead_count", "z", "images", "below", "above", "share")}
WORDS |= {part: part for part in ("gradient", "alive", "cut", "step", "highest", "accuracy", "seed", "middle")}


@pytest.fixture(scope="module")
def run() -> DyingNetwork:
    """A run in which units die, and come back."""
    return train(Settings(hidden=3, width=8, learning_rate=0.5, epochs=8, seed=2))


@pytest.fixture(scope="module")
def life(run: DyingNetwork) -> tuple[DyingNetwork, Life, int, int]:
    """The first unit of the second layer that comes back."""
    _, layer, unit = np.argwhere(run.came_back)[0].tolist()
    return run, follow(run, layer, unit), layer, unit


@pytest.fixture(scope="module")
def long() -> DyingNetwork:
    """As many epochs, layers and units as the page can show."""
    return train(Settings(hidden=4, width=32, learning_rate=0.001, epochs=60))


def test_every_frame_is_what_the_run_says(run: DyingNetwork) -> None:
    found = sent(dead_layers.film(run, 3, 7))
    assert found.frames == 9
    assert run.dead.any()
    assert run.came_back.any()
    for frame in range(9):
        words = {slot: texts[frame] for slot, texts in found.words.items()}
        assert words == dead_layers.present_words(run, frame, 7)
        assert words["accuracy"] == f"{100 * run.accuracy[frame]:.1f}%"
        for layer in range(3):
            share = run.active_share[frame, layer]
            assert_array_equal(found.tracks[place(layer, UNITS), "y"][frame], share.astype(np.float32))
            assert_array_equal(~np.isnan(found.tracks[place(layer, MARKS), "y"][frame]), share == 0)
            assert found.tracks[place(layer, POINT), "x"][frame] == frame
            assert found.tracks[place(layer, POINT), "y"][frame] == (share == 0).sum()
            assert words[f"dead{layer}"] == f"{(share == 0).sum()} / 8"
            assert words[f"silent{layer}"] == f"{run.silent[frame, layer, 7]} / 8"
            back = sum(
                bool(run.dead[epoch, layer, unit] and not run.dead[epoch + 1, layer, unit])
                for epoch in range(frame)
                for unit in range(8)
            )
            assert words[f"back{layer}"] == str(back)
            cut = ((run.gradient[frame, layer] == 0) & (share > 0)).sum()
            assert words[f"cut{layer}"] == f"{cut} / 8"


def test_the_layers_figure_is_what_the_run_says(run: DyingNetwork) -> None:
    figure = dead_layers.figure(run, 5, NAMES, WORDS)
    for layer in range(3):
        assert_array_equal(figure.data[place(layer, UNITS)].y, run.active_share[5, layer])
        assert_array_equal(figure.data[place(layer, LINE)].y, run.dead[:, layer].sum(axis=1))
        assert figure.data[place(layer, POINT)].y[0] == run.dead[5, layer].sum()
    assert len({figure.data[place(layer, LINE)].line.dash for layer in range(3)}) == 3
    # the first layer is on top, and no two panels touch
    domains = [figure.layout[f"yaxis{'' if layer == 0 else layer + 1}"].domain for layer in range(3)]
    assert domains[0][1] == 1
    assert all(upper[0] > lower[1] for upper, lower in itertools.pairwise(domains))
    for entry in dead_layers.film(run, 5, 0).tracks:
        assert len(figure.data[entry.trace][entry.attribute]) == entry.values.shape[1]


def test_a_click_names_a_unit(run: DyingNetwork) -> None:
    assert dead_layers.unit_of(run, place(2, UNITS), 5) == (2, 5)
    assert dead_layers.unit_of(run, place(0, MARKS), 7) == (0, 7)
    for trace, point in ((place(0, LINE), 3), (place(1, POINT), 0), (place(0, UNITS), 8), (place(3, UNITS), 0)):
        assert dead_layers.unit_of(run, trace, point) is None


def test_axes_stand_still_while_the_epochs_pass(life: tuple[DyingNetwork, Life, int, int]) -> None:
    run = life[0]
    for draw in (
        lambda epoch: dead_layers.figure(run, epoch, NAMES, WORDS),
        lambda epoch: dead_life.figure(*life, epoch, WORDS),
    ):
        layouts = [draw(epoch).layout for epoch in range(9)]
        assert all(layout == layouts[0] for layout in layouts)


def test_the_largest_films_are_small(long: DyingNetwork) -> None:
    assert len(dead_layers.film(long, 60, 3).encode()) <= LARGEST
    assert len(dead_life.film(long, follow(long, 3, 31), 3, 31, 60, WORDS).encode()) <= LARGEST


def test_every_frame_of_a_life_is_what_happened(life: tuple[DyingNetwork, Life, int, int]) -> None:
    run, told, layer, unit = life
    found = sent(dead_life.film(*life, 0, WORDS))
    figure = dead_life.figure(*life, 4, WORDS)
    assert set(run.dead[:, layer, unit].tolist()) == {False, True}
    for frame in range(9):
        heights = np.concatenate([found.tracks[BELOW, "y"][frame], found.tracks[ABOVE, "y"][frame]])
        counts = told.counts[frame]
        assert_array_equal(heights[counts > 0], counts[counts > 0])
        assert (heights[counts == 0] < 0.7).all()  # under the lowest end of the scale
        share, gradient = run.active_share[frame, layer, unit], run.gradient[frame, layer, unit]
        assert_allclose(found.tracks[NOW_SHARE, "y"][frame], share, rtol=1e-6)
        drawn = found.tracks[NOW_GRADIENT, "y"][frame, 0]
        assert np.isnan(drawn) if gradient == 0 else np.isclose(drawn, gradient)
        words = {slot: texts[frame] for slot, texts in found.words.items()}
        assert words == dead_life.present_words(*life, frame, WORDS)
        assert words["active0"] == f"{round(share * 1797):,} / 1,797"
        expected = "dead" if share == 0 else "cut" if gradient == 0 else "alive"
        assert words["name0"] == expected
        assert (words["gradient0"] == "0") == (gradient == 0)
    assert_array_equal(figure.data[SHARE].y, run.active_share[:, layer, unit])
    assert_array_equal(np.isnan(figure.data[GRADIENT].y), run.gradient[:, layer, unit] == 0)
    assert_array_equal(figure.data[TURNS].x, [turn.epoch for turn in told.turns])
    # what passes is right of 0, in its own colour
    assert max(figure.data[BELOW].x) < 0 < min(figure.data[ABOVE].x)
    for entry in dead_life.film(*life, 4, WORDS).tracks:
        assert len(figure.data[entry.trace][entry.attribute]) == entry.values.shape[1]


def test_a_life_without_any_gradient_or_on_one_side_only_is_drawn() -> None:
    run = train(Settings(hidden=2, width=4, initial_bias=-5.0, epochs=2))
    told = follow(run, 0, 0)
    assert run.dead.all()
    figure = dead_life.figure(run, told, 0, 0, 1, WORDS)
    assert np.isnan(figure.data[GRADIENT].y).all()
    assert sent(dead_life.film(run, told, 0, 0, 1, WORDS)).frames == 3


def test_a_turn_is_shown_and_said(life: tuple[DyingNetwork, Life, int, int]) -> None:
    run, told, _, _ = life
    for turn in told.turns:
        figure = dead_life.turn_figure(turn, WORDS)
        assert_array_equal(figure.data[0].y, turn.highest)
        assert_array_equal(figure.data[1].x, [turn.step - 1, turn.step])
        said = dead_life.turn_words(run, turn)
        before, after = (f"{(z > 0).sum():,}" for z in (turn.before, turn.after))
        assert (said["active_before"], said["active_after"]) == (before, after)
        assert (said["active_after"] == "0") == (turn.kind == "dies")
        assert said["step"] == str(turn.step)
        if turn.kind == "wakes":
            assert said["own"] == said["before"]


@pytest.mark.parametrize(
    ("own", "below", "cause"),
    [(-1.0, -2.0, "either"), (-1.0, 2.0, "own"), (1.0, -2.0, "below"), (1.0, 2.0, "together")],
)
def test_who_killed_a_unit(life: tuple[DyingNetwork, Life, int, int], own: float, below: float, cause: str) -> None:
    run, told, _, _ = life
    images = np.array([-1.0, 0.0])
    turn = dataclasses.replace(told.turns[0], own=np.append(images, own), below=np.append(images, below))
    assert dead_life.cause(run, turn) == cause
    assert dead_life.turn_words(run, turn)["own"] == number(max(own, 0.0), 3)


def test_the_data_of_a_run_and_of_a_life(life: tuple[DyingNetwork, Life, int, int]) -> None:
    run, told, layer, unit = life
    rows = list(csv.DictReader(io.StringIO(dead_layers.data_csv(run))))
    assert [int(row["dead (layer 3)"]) for row in rows] == run.dead[:, 2].sum(axis=1).tolist()
    assert float(rows[4]["active share of unit 8 (layer 2)"]) == run.active_share[4, 1, 7]
    rows = list(csv.DictReader(io.StringIO(dead_life.data_csv(*life))))
    assert [float(row["gradient"]) for row in rows] == run.gradient[:, layer, unit].tolist()
    assert sum(int(value) for name, value in rows[3].items() if name.startswith("images")) == 1797
    assert [float(row["largest z"]) for row in rows] == told.highest.tolist()


# --- the cures -----------------------------------------------------------------------------------


def comparison() -> Comparison:
    chance = np.random.default_rng(0)
    born, dead, accuracy = chance.random((3, 9, 6))
    diverged = np.zeros((9, 6), dtype=bool)
    diverged[5, :2] = diverged[6] = True
    dead[diverged] = accuracy[diverged] = np.nan
    return Comparison("start", np.arange(6), born, dead, accuracy, diverged)


def test_every_seed_is_a_dot_in_its_row() -> None:
    found = comparison()
    figure = cures.figure(found, {name: name.upper() for name in CURES}, WORDS)
    for trace, values in ((cures.DEAD, found.dead), (cures.ACCURACY, found.accuracy)):
        assert_array_equal(figure.data[trace].x, values.ravel())
        rows = np.round(np.array(figure.data[trace].y)).astype(int).reshape(9, 6)
        assert_array_equal(rows, np.arange(9)[:, None] + np.zeros((1, 6), dtype=int))
        assert len(set(figure.data[trace].y[:6])) == 6
    middles = figure.data[cures.DEAD_MIDDLE].x
    assert_allclose(middles[0], np.median(found.dead[0]))
    assert_allclose(middles[5], np.median(found.dead[5, 2:]))
    assert np.isnan(middles[6])
    assert list(figure.layout.yaxis.ticktext) == [name.upper() for name in CURES]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]  # the first row on top
    large = cures.figure(found, dict.fromkeys(CURES, ""), WORDS, style.CLASSROOM)
    assert large.layout.font.size >= 28


def test_the_cures_in_words() -> None:
    found = comparison()
    said = cures.rows_in_words(found)
    assert tuple(said) == CURES
    for row, name in enumerate(CURES):
        sound = found.accuracy[row][~found.diverged[row]]
        assert said[name]["diverged"] == str(found.diverged[row].sum())
        if len(sound):
            assert said[name]["accuracy"] == f"{100 * np.median(sound):.0f}%"
            assert said[name]["lowest"] == f"{100 * sound.min():.0f}%"
            assert said[name]["highest"] == f"{100 * sound.max():.0f}%"
    assert said["elu"] | {"seeds": ""} == {
        "diverged": "6", "seeds": "", "dead": "—", "accuracy": "—", "lowest": "—", "highest": "—",
    }  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(cures.data_csv(found))))
    assert [row["cure"] for row in rows[::6]] == list(CURES)
    assert float(rows[7]["accuracy"]) == found.accuracy[1, 1]


def test_another_function_is_followed_by_its_own_slope() -> None:
    run = train(Settings(f=get("relu6"), hidden=2, width=6, initial_bias=5.0, learning_rate=0.2, epochs=3))
    told = follow(run, 0, 0)
    said = dead_life.present_words(run, told, 0, 0, 0, WORDS)
    # beyond ReLU6's ceiling a unit has an output, but no slope
    assert said["active0"] == f"{round(run.active_share[0, 0, 0] * 1797):,} / 1,797"
    assert run.active_share[0, 0, 0] < (told.counts[0, told.edges[:-1] >= 0].sum() / 1797)
