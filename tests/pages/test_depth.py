"""The page on signals through depth: presets are the settings of published results, captions give their numbers."""

import dataclasses
import math
import re

import numpy as np
import pytest
from numpy.testing import assert_allclose

import activations
from activations.experiments import INITIALISATIONS, NarrowNetworks, born_dead_each, mean_field
from activations.experiments.born_dead import bound
from lessons import LANGUAGES
from tests.activations.test_signals import GLOROT, HE, KLAMBAUER
from tests.pages.running import address, fine, held, opened
from ui import depth_settings, entries
from ui.depth_settings import FREE, PRESETS, TABLE
from ui.depth_signals import names_of
from ui.language import Words
from ui.state import State

# What tests/activations asserts of these: networks and the initialisation of each, the second one beside.
SIGNALS = {
    "glorot": ((GLOROT, "uniform"), (GLOROT, "glorot")),
    "he": ((HE, "lecun"), (HE, "he")),
    "klambauer": ((KLAMBAUER, "lecun"), (dataclasses.replace(KLAMBAUER, f=activations.get("relu")), "lecun")),
}


def by_link(name: str) -> State:
    """The state that a preset's link opens."""
    values, notices = entries.read(
        TABLE, entries.write(TABLE, {entry.name: entry.default for entry in TABLE} | PRESETS[name])
    )
    assert not notices
    return State("depth", TABLE, values, [])


@pytest.mark.parametrize("name", SIGNALS)
def test_a_preset_is_the_setting_that_its_result_is_asserted_for(name: str) -> None:
    state = by_link(name)
    assert state["part"] == "signals"
    assert state["vs"]
    for suffix, (network, start) in zip(("", "2"), SIGNALS[name], strict=True):
        noise, sigma_w = INITIALISATIONS[start]
        assert depth_settings.network(state, suffix) == dataclasses.replace(network, noise=noise)
        assert_allclose(state[f"sw{suffix}"], sigma_w, rtol=1e-9)


@pytest.mark.parametrize(("name", "fate"), [("edge", "vanishes"), ("relu", "stays")])
def test_the_presets_of_theory_are_at_the_edge_of_chaos(name: str, fate: str) -> None:
    state = by_link(name)
    assert state["part"] == "theory"
    assert state["sb"] == 0
    found = mean_field(depth_settings.network(state).f, [state["sw"]])
    assert_allclose(found.chi, 1, rtol=1e-9)
    assert found.fate == (fate,)


def test_the_preset_of_networks_born_dead_is_the_one_that_is_drawn() -> None:
    state = by_link("lu")
    asked = NarrowNetworks(width=state["n"], seed=state["seed"])
    assert (state["part"], asked, state["hidden"]) == ("dead", NarrowNetworks(), 10)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_one_click_away(name: str) -> None:
    at = opened("depth", lang="en")
    fine(at.button(key=f"depth.preset.{name}").click().run())
    assert {entry: held(at)[entry] for entry in PRESETS[name]} == PRESETS[name]
    assert address(at) == {"lang": "en", **entries.write(TABLE, held(at))}
    assert Words("en")(f"depth.result.{name}") in [caption.value for caption in at.caption]


def power_of_two(exponent: float) -> str:
    return "2" + f"{exponent:.0f}".translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def quoted() -> dict[str, list[str]]:
    """What the captions quote, worked out anew."""
    relu, tanh = activations.get("relu"), activations.get("tanh")
    half = mean_field(relu, [1.0]).chi[0]  # of the mean square, and of the gradient's, under variance 1/n
    he, klambauer = by_link("he"), by_link("klambauer")
    grid = np.linspace(0.5, 2, 151)
    tanh_edge = grid[np.argmin(np.abs(mean_field(tanh, grid.tolist()).chi - 1))]
    squares = np.linspace(1, 4, 301)
    relu_edge = squares[np.argmin(np.abs(mean_field(relu, np.sqrt(squares).tolist()).chi - 1))]
    # under ±1/√n the variance is a third of 1/n
    a_layer = mean_field(tanh, [INITIALISATIONS["uniform"].sigma_w]).chi[0]
    return {
        "glorot": [f"√{1 / a_layer:.0f}", f"{math.sqrt(a_layer):.3f}"],
        "he": [f"√½ = {math.sqrt(half):.3f}", power_of_two(he["depth"] * math.log2(half) / 2), f"{he['depth']}"],
        "klambauer": [f"{klambauer['mean']:g}", f"{klambauer['std']:g}", "(0, 1)"],
        "edge": [f"$\\sigma_w = {tanh_edge:g}$"],
        "relu": [f"$\\sigma_w^2 = {relu_edge:g}$"],
        "lu": ["1 − ∏ (1 − 2⁻ᴺ)"],
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_numbers_of_the_captions_are_the_core_s(language: str) -> None:
    assert set(quoted()) == set(PRESETS)
    for name, numbers in quoted().items():
        caption = re.sub(r"\[[^]]*\]\([^)]*\)", "", Words(language)(f"depth.result.{name}"))
        for number in numbers:
            assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d])", caption), (name, number)
    # the bound of Lu et al. is the one that is written
    found = born_dead_each((NarrowNetworks(width=3, networks=100),))[0]
    assert_allclose(found.bound, 1 - np.cumprod(np.full(100, 1 - 2.0**-3)))
    assert_allclose(found.bound, bound(3, np.arange(1, 101)))


def test_both_settings_have_a_free_sigma_b_and_any_depth_and_width_and_the_one_beside_a_free_sigma_w() -> None:
    at = opened("depth", lang="en", vs="1")
    typed = {"sw2": 1.2345, "sb": 0.137, "sb2": 0.25, "depth.exact": 7, "width.exact": 90}
    for name, value in typed.items():
        fine(at.number_input(key=f"depth.{name}").set_value(value).run())
    assert {name.removesuffix(".exact"): str(value) for name, value in typed.items()}.items() <= address(at).items()
    assert [depth_settings.network(at.session_state["state"], suffix).sigma_b for suffix in ("", "2")] == [0.137, 0.25]
    words = Words("en")
    free = words("depth.start.free", noise=words("depth.noise.uniform"), sigma="1.234")
    assert free in at.selectbox(key="depth.start2").options
    assert any(caption.value == words("depth.what_if.shared") for caption in at.caption)
    # afresh, a free initialisation is normal, and says so beforehand
    assert (
        words("depth.start.free", noise=words("depth.noise.normal"), sigma="1.5")
        in at.selectbox(key="depth.start").options
    )
    fine(at.selectbox(key="depth.start").set_value(FREE).run())
    assert (held(at)["noise"], held(at)["sw"]) == ("normal", 1.5)


@pytest.mark.parametrize(
    ("query", "mine", "other"),
    [
        ({"f": "gelu", "f2": "gelu", "res2": "1", "norm2": "layer"}, "without", "residual + LN"),
        ({"f": "gelu", "f2": "gelu", "res": "1", "res2": "1", "norm2": "layer"}, "without", "layer norm"),
        ({"f": "gelu", "f2": "relu", "res": "1", "res2": "1"}, "GELU", "ReLU"),
        ({}, "Tanh", "Glorot"),
        ({"sw2": "1.3"}, "Tanh", "Tanh"),
        ({"sw": "1", "sb": "0.1"}, "biases 0.1", "biases 0"),
        ({"vs": "0", "res": "1", "norm": "batch"}, "Tanh + residual + batch norm", None),
    ],
)
def test_rows_are_named_by_what_tells_them_apart(query: dict[str, str], mine: str, other: str | None) -> None:
    values, notices = entries.read(TABLE, {"vs": "1"} | query)
    assert not notices
    names = names_of(State("depth", TABLE, values | {"lang": "en"}, []))
    assert names[0] == mine
    assert other in (None, names[1])
