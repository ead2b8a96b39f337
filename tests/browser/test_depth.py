"""Signals through depth by one journey: set, scrub, what if, a published result, and the link again."""

import dataclasses
from collections.abc import Callable

import numpy as np
from numpy.testing import assert_allclose
from playwright.sync_api import Page, expect

import activations
from activations.experiments import INITIALISATIONS, DeepNetwork, signals
from figures import depth
from figures.depth import BARS, places
from figures.signal_words import present_words
from tests.activations.test_signals import GLOROT, KLAMBAUER
from tests.browser.test_handles import arrives, count_runs, drawn, hold, query, runs, slot
from ui import depth_settings
from ui.language import Words

Idle = Callable[[Page], None]
EN = Words("en")
SECONDS = 60_000  # ms: a sweep through many layers, on a loaded machine
SPREAD, GRADIENT = (depth.CHARTS.index(chart) for chart in ("spread", "gradient"))


def pick(page: Page, label: str, option: str) -> None:
    """Choose from a list by its label."""
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option", name=option, exact=True).click()


def settled(page: Page, wait_idle: Idle, std: str) -> None:
    """Wait until the readout says what it must; the sweep behind the handle comes last."""
    expect(slot(page, "std0")).to_have_text(std, timeout=SECONDS)
    wait_idle(page)


def test_set_scrub_compare_and_come_back_by_the_link(open_page, wait_idle: Idle) -> None:
    page = open_page("/depth?lang=en&width=16")
    network = DeepNetwork(activations.get("tanh"), width=16, noise="uniform")
    sigma_w = depth_settings.TABLE[3].default
    settled(page, wait_idle, present_words(signals(network, [sigma_w]), None, 10)["std0"])

    # Another function and another start: the page measures anew.
    pick(page, EN("depth.f"), "ReLU")
    arrives(page, "f", "relu")
    wait_idle(page)
    pick(page, EN("depth.start"), EN("depth.start.he"))
    arrives(page, "noise", "normal")
    network = DeepNetwork(activations.get("relu"), width=16)
    found = signals(network, [INITIALISATIONS["he"].sigma_w])
    settled(page, wait_idle, present_words(found, None, 10)["std0"])

    # The layer's handle plays all four charts, and the server hears nothing of it.
    count_runs(page)
    hold(page, "layer", 1.0)
    expect(slot(page, "layer")).to_have_text("30")
    expect(slot(page, "std0")).to_have_text(present_words(found, None, 30)["std0"])
    assert_allclose(np.square(drawn(page, BARS)), found.counts[0, 30] / found.counts[0, 30].sum(), atol=1e-6)
    for chart, name in ((SPREAD, "spread"), (GRADIENT, "gradient")):
        assert_allclose(drawn(page, places(name)[1], "x", chart), 30)
    assert runs(page) == 0
    page.mouse.up()
    arrives(page, "layer", "30")
    wait_idle(page)

    # So does the handle for σ_w: the whole network is another one, measured beforehand.
    count_runs(page)
    hold(page, "sw", 0.4)
    moved = float(depth.SIGMA_W[int(page.locator("input[data-handle=sw]").input_value())])
    direct = signals(network, [moved])
    expect(slot(page, "gkept0")).to_have_text(present_words(direct, None, 30)["gkept0"])
    page.wait_for_function("x => Math.abs(document.querySelectorAll('.js-plotly-plot')[1].data[1].y[0] - x) < 1e-5",
                           arg=float(np.log10(direct.std[0, 0])))  # fmt: skip
    assert_allclose(drawn(page, 1, "y", SPREAD), np.log10(direct.std[0]), atol=1e-5)
    assert runs(page) == 0
    page.mouse.up()
    wait_idle(page)
    assert float(query(page)["sw"]) == float(f"{moved:.10g}")
    # no name fits any more, and the list beside says so
    expect(page.get_by_role("combobox", name=EN("depth.start")).first).to_have_value(
        EN("depth.start.free", noise=EN("depth.noise.normal"), sigma=f"{moved:.4g}")
    )

    # What if: another setting on the same seed, in a row of its own.
    page.get_by_role("button", name=EN("depth.what_if"), exact=True).click()
    page.get_by_text(EN("depth.what_if.show")).click()
    arrives(page, "vs", "1")
    page.keyboard.press("Escape")
    beside = signals(DeepNetwork(activations.get("tanh"), width=16, noise="uniform"), [1.0])
    expect(slot(page, "std1")).to_have_text(present_words(direct, beside, 30)["std1"], timeout=SECONDS)
    wait_idle(page)

    # The link gives the same picture.
    said = page.locator(".readout").text_content()
    shown = [drawn(page, trace, "y", chart) for chart, trace in ((0, BARS), (SPREAD, 1), (GRADIENT, 1))]
    page.reload()
    wait_idle(page)
    expect(page.locator(".readout")).to_have_text(said or "", timeout=SECONDS)
    wait_idle(page)
    for (chart, trace), before in zip(((0, BARS), (SPREAD, 1), (GRADIENT, 1)), shown, strict=True):
        assert_allclose(drawn(page, trace, "y", chart), before, atol=1e-6)


def test_a_published_result_is_one_click_away(open_page, wait_idle: Idle) -> None:
    page = open_page("/depth?lang=en&width=16&depth=5")
    expect(slot(page, "chi")).to_have_count(0)
    # the two causes of vanishing are told apart with another setting beside, too
    page.get_by_role("button", name=EN("depth.preset.glorot"), exact=True).click()
    expect(slot(page, "name1")).to_have_text(EN("depth.beside", name=EN("depth.short.glorot")), timeout=SECONDS)
    wait_idle(page)
    sigma_w = depth_settings.PRESETS["glorot"]["sw"]
    found = signals(GLOROT, [sigma_w])
    for place, quantity in enumerate(("gradient", "slopes", "weights"), start=1):
        assert_allclose(drawn(page, place, "y", GRADIENT), getattr(found, quantity)[0], atol=1e-5)
    # from near, mean and deviation go where the readout says
    page.get_by_role("button", name=EN("depth.preset.klambauer"), exact=True).click()
    arrives(page, "near", "1")
    found = signals(dataclasses.replace(KLAMBAUER, noise="normal"), [1.0])
    settled(page, wait_idle, present_words(found, None, 10)["std0"])
    for place, quantity in enumerate(("std", "mean"), start=1):
        assert_allclose(drawn(page, place, "y", SPREAD), getattr(found, quantity)[0], atol=1e-5)
    page.get_by_role("button", name=EN("depth.preset.he"), exact=True).click()
    arrives(page, "f2", "relu")
    page.wait_for_function("!location.search.includes('near')")
    wait_idle(page)
    page.get_by_role("button", name=EN("depth.preset.edge"), exact=True).click()
    expect(slot(page, "phase")).to_have_text(EN("depth.theory.edge"), timeout=SECONDS)
    expect(page.locator("label[for=handle-sw] sub")).to_have_text("w")
    page.get_by_role("button", name=EN("depth.preset.relu"), exact=True).click()
    expect(slot(page, "fate")).to_have_text(EN("depth.theory.stays"), timeout=SECONDS)
    expect(slot(page, "chi")).to_have_text("1.000")
    expect(slot(page, "phase")).to_have_text(EN("depth.theory.edge"))
    wait_idle(page)
    assert query(page)["part"] == "theory"
    page.get_by_role("button", name=EN("depth.preset.lu"), exact=True).click()
    expect(slot(page, "bound")).to_have_text("94.4%", timeout=SECONDS)
    wait_idle(page)
    hold(page, "n", 1.0)
    expect(slot(page, "bound")).to_have_text("1.0%")  # ten layers of ten units
    page.mouse.up()
    arrives(page, "n", "10")


def test_too_many_units_are_brought_into_bounds_with_a_notice(open_page, wait_idle: Idle) -> None:
    page = open_page("/depth?lang=en&width=256&depth=100")
    cap = f"{depth_settings.UNITS:,}"
    expect(page.get_by_test_id("stAlert")).to_have_text(EN("depth.cap", asked=100, width=256, units=cap, depth=62))
    expect(slot(page, "layer")).to_have_text("10", timeout=SECONDS)
    assert query(page)["depth"] == "100"  # what was asked for is not lost
