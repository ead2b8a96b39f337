"""The charts and films of mean-field theory: each frame is a direct call of the core."""

import csv
import dataclasses
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import activations
from activations.experiments import DeepNetwork, mean_field, signals
from activations.experiments.mean_field import mean_square
from figures import length_films, length_map, style
from figures.depth import REFERENCES, SIGMA_W
from figures.film import LARGEST
from figures.length_map import CHI, FIXED, MAP, MEASURED, NOW, STAIRS, STEPS, Q, Theory, kept
from tests.figures.decoding import sent

SWEEP = tuple(SIGMA_W.tolist())
SAID = {part: part for part in ("settles", "vanishes", "explodes", "stays", "order", "edge", "chaos")}
NAMED = {part: part for part in ("q", "next", "map", "stairs", "simulated", "fixed", "sigma", "chi", "theory")}


def theory(name: str = "tanh", sigma_w: float = 1.23, layer: int = 3, depth: int = 6, sigma_b: float = 0.0) -> Theory:
    asked = DeepNetwork(activations.get(name), depth=depth, width=16, sigma_b=sigma_b)

    def field(values: tuple[float, ...]):
        return mean_field(asked.f, values, sigma_b=sigma_b, layers=depth, q=Q)

    return Theory(field((sigma_w,)), signals(asked, (sigma_w, *REFERENCES)), field(SWEEP), signals(asked, SWEEP), layer)


def figures(shown: Theory) -> list:
    return [draw(shown, NAMED, style.SCREEN) for draw in (length_map.length_map, length_map.chi)]


def test_the_charts_show_theory_and_simulation() -> None:
    shown = theory()
    drawn, chi = figures(shown)
    assert_allclose(drawn.data[MAP].y, 1.23**2 * mean_square(activations.get("tanh"), Q))
    path = shown.now.path[0]
    assert_allclose(drawn.data[STAIRS].x[:5], [path[0], path[0], path[1], path[1], path[2]])
    assert_allclose(drawn.data[STAIRS].y[:5], [0, path[1], path[1], path[2], path[2]])
    assert_allclose(drawn.data[STAIRS].x[5:], path[2])  # the third layer is where the stairs end
    assert_allclose(drawn.data[STEPS].x[:2], shown.found.length[0, 1:3])
    assert_allclose(drawn.data[STEPS].y[:2], shown.found.length[0, 2:4])
    assert np.isnan(drawn.data[STEPS].x[2:]).all()
    assert_allclose([drawn.data[FIXED].x[0], drawn.data[FIXED].y[0]], shown.now.fixed[0])
    assert_array_equal(chi.data[CHI].y, shown.over.chi)
    assert_array_equal(chi.data[MEASURED].y, kept(shown.sweep))
    assert_allclose(chi.data[NOW].y, [shown.now.chi[0], kept(shown.found)[0]])
    assert_allclose(chi.data[NOW].x, 1.23)


def test_what_the_simulation_keeps_is_taken_over_the_upper_half() -> None:
    found = theory(depth=7).found
    assert_allclose(kept(found), 10 ** (2 * found.gradient[:, 3] / 4))


def compare(found, frame: int, drawn: list) -> None:
    for chart, trace, attribute, values in found.moves():
        expected = np.asarray(drawn[chart].data[trace][attribute], dtype=float)
        assert_allclose(values[frame], expected, rtol=1e-5, atol=1e-6, err_msg=f"{chart} {trace} {attribute}")


@pytest.mark.parametrize("name", ["tanh", "relu"])
@pytest.mark.parametrize("sigma_w", [1.23, 1.5])
def test_every_sigma_w_s_frame_is_a_direct_call_of_the_core(name: str, sigma_w: float) -> None:
    shown = theory(name, sigma_w, sigma_b=0.1)
    found = sent(length_films.sigma_film(shown, SAID))
    positions = [*SWEEP, *([sigma_w] if sigma_w == 1.23 else [])]
    assert found.frames == len(positions)
    for frame, value in enumerate(positions):
        if frame % 9 and frame < len(SWEEP) - 1:
            continue  # each direct call takes a while
        direct = dataclasses.replace(theory(name, value, sigma_b=0.1), over=shown.over, sweep=shown.sweep)
        compare(found, frame, figures(direct))
        words = {slot: texts[frame] for slot, texts in found.words.items() if slot != "sw_said"}
        assert words == length_films.present_words(direct, SAID)


def test_every_layer_s_frame_is_what_theory_and_simulation_say() -> None:
    shown = theory()
    found = sent(length_films.layer_film(shown, SAID))
    assert found.header["positions"] == [1, 2, 3, 4, 5, 6]
    for frame, layer in enumerate(range(1, 7)):
        there = dataclasses.replace(shown, layer=layer)
        compare(found, frame, figures(there))
        words = {slot: texts[frame] for slot, texts in found.words.items() if slot != "layer_said"}
        assert words == length_films.present_words(there, SAID)


@pytest.mark.parametrize(
    ("name", "sigma_w", "sigma_b", "fate", "phase"),
    [
        ("tanh", 0.9, 0.0, "vanishes", "order"),
        ("tanh", 1.0, 0.0, "vanishes", "edge"),
        ("tanh", 1.5, 0.0, "settles", "chaos"),
        ("relu", float(f"{math.sqrt(2):.10g}"), 0.0, "stays", "edge"),
        ("relu", float(f"{math.sqrt(2):.10g}"), 0.3, "explodes", "edge"),
        ("relu", 2.0, 0.0, "explodes", "chaos"),
    ],
)
def test_fate_and_phase_are_said(name: str, sigma_w: float, sigma_b: float, fate: str, phase: str) -> None:
    # √2 as a link writes it, with ten digits, is √2 all the same
    words = length_films.present_words(theory(name, sigma_w, sigma_b=sigma_b), SAID)
    assert (words["fate"], words["phase"]) == (fate, phase)
    assert (words["fixed"] == "∞") == (fate == "explodes")


def test_axes_stand_still_while_handles_move() -> None:
    layouts = [
        [figure.layout for figure in figures(theory(sigma_w=sigma_w, layer=layer))]
        for sigma_w, layer in ((0.3, 1), (1.0, 3), (4.0, 6))
    ]
    assert layouts[0] == layouts[1] == layouts[2]


@pytest.mark.parametrize("name", ["identity", "tanh"])
def test_the_largest_films_are_small_and_finite(name: str) -> None:
    shown = theory(name, 3.95, layer=57, depth=100)
    for film in (length_films.layer_film(shown, SAID), length_films.sigma_film(shown, SAID)):
        assert len(film.encode()) <= LARGEST
        assert not any(np.isinf(entry.values).any() for entry in film.tracks)


def test_the_data_to_download() -> None:
    shown = theory()
    rows = list(csv.DictReader(length_map.data_csv(shown).splitlines()))
    assert_array_equal([float(row["sigma_w"]) for row in rows], SIGMA_W)
    assert_array_equal([float(row["chi_1"]) for row in rows], shown.over.chi)
    assert {row["fate"] for row in rows} == {"vanishes", "settles"}
