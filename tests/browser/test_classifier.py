"""A classifier's output: digits under the finger, a reader's own, one temperature for all, sheets, epochs."""

from collections.abc import Callable
from functools import cache

import pytest
from numpy.testing import assert_allclose
from playwright.sync_api import Page, expect

from activations import softmax
from activations.experiments import digits, drawing
from activations.experiments.calibration import fit_temperature, reliability
from activations.experiments.classifier import Classifier, Settings, train
from figures.calibration import ACCURACY, NOW_ERROR
from figures.classifier import GHOST, LOWER, TEMPERATURES, UPPER
from tests.browser.test_handles import EN, arrives, count_runs, drawn, exact, handle, hold, query, runs, slot
from tests.browser.test_pad import STROKES, by_finger, by_mouse

Idle = Callable[[Page], None]
IMAGES, LABELS = digits.load().images[digits.split().test], digits.load().labels[digits.split().test]
BARS = """() => [...document.querySelectorAll('.js-plotly-plot .barlayer .trace')]
    .map((trace) => trace.querySelectorAll('.point path').length)"""
SECONDS = 30_000  # ms: two networks on all digits, on a loaded machine


@cache
def network(count: int = 100) -> Classifier:
    return train(Settings(count=count))


def test_a_test_digit_follows_the_finger(open_page, wait_idle: Idle) -> None:
    page = open_page("/classifier?lang=en")
    expect(slot(page, "seen")).to_have_text("8")
    image = page.locator(".js-plotly-plot image").first
    before = image.get_attribute("href")
    wait_idle(page)
    count_runs(page)
    hold(page, "image", 0.6)
    number = int(handle(page, "image").input_value()) + 1
    assert number > 150
    expect(slot(page, "image")).to_have_text(str(number))
    expect(slot(page, "label")).to_have_text(str(LABELS[number - 1]))
    z = network().logits(IMAGES[number - 1])
    page.wait_for_function(
        "z => Math.abs(document.querySelector('.js-plotly-plot').data[0].y[0] - z) < 1e-3", arg=float(z[0])
    )
    assert_allclose(drawn(page, UPPER), z, rtol=1e-5)
    assert_allclose(drawn(page, LOWER), softmax(z), atol=1e-6)
    assert image.get_attribute("href") != before
    assert runs(page) == 0
    page.mouse.up()
    arrives(page, "image", str(number))
    wait_idle(page)

    # the temperature now moves this digit's probabilities, and its logits and its ghost stay
    hold(page, "t", 1.0)
    expect(exact(page, "t")).to_have_value("8.00")
    page.wait_for_function(
        "p => Math.abs(document.querySelector('.js-plotly-plot').data[2].y[0] - p) < 1e-5",
        arg=float(softmax(z, temperature=8)[0]),
    )
    assert_allclose(drawn(page, LOWER), softmax(z, temperature=8), atol=1e-6)
    assert_allclose(drawn(page, GHOST), softmax(z), atol=1e-6)
    assert page.evaluate(BARS) == [10, 10, 10]
    page.mouse.up()
    arrives(page, "t", "8")
    wait_idle(page)
    said = slot(page, "top").text_content()
    page.reload()
    wait_idle(page)
    expect(slot(page, "top")).to_have_text(said or "")
    assert query(page) == {"lang": "en", "image": str(number), "t": "8"}


def test_a_figure_copied_in_the_midst_of_a_frame_is_painted_again(open_page, wait_idle: Idle) -> None:
    # Streamlit copies a figure that it draws again; of a frame's arrays a copy makes objects, which are no numbers.
    page = open_page("/classifier?lang=en&image=9")
    expect(slot(page, "image")).to_have_text("9")
    z = network().logits(IMAGES[8])
    page.wait_for_function("() => document.querySelector('.js-plotly-plot').data[0].y instanceof Float32Array")
    wait_idle(page)
    page.evaluate(
        """() => {
            const chart = document.querySelector('.js-plotly-plot')
            const { data, layout } = JSON.parse(JSON.stringify({ data: chart.data, layout: chart.layout }))
            return window.Plotly.react(chart, data, layout).then(() => undefined)
        }"""
    )
    page.wait_for_function("() => document.querySelector('.js-plotly-plot').data[0].y instanceof Float32Array")
    assert_allclose(drawn(page, UPPER), z, rtol=1e-5)
    assert page.evaluate(BARS) == [10, 10, 10]


@pytest.mark.parametrize("touch", [False, True])
def test_a_readers_own_digit_is_classified(open_page, wait_idle: Idle, touch: bool) -> None:
    size = {"width": 390, "height": 780, "touch": True} if touch else {}
    page = open_page("/classifier?lang=en&from=own&n=1197", **size)
    expect(page.locator(".readout")).to_contain_text("Nothing is drawn yet")
    assert page.evaluate(BARS) == [10, 10, 10]
    for stroke in STROKES[3]:
        (by_finger if touch else by_mouse)(page, stroke)
    expect(page.locator(".readout")).to_contain_text("reads your drawing as a 3")
    wait_idle(page)
    pixels = drawing.digit(query(page)["ink"])
    z = network(1197).logits(pixels)
    assert_allclose(drawn(page, UPPER), z, rtol=1e-5)
    assert page.evaluate(BARS) == [10, 10, 10]
    page.reload()
    wait_idle(page)
    expect(slot(page, "seen")).to_have_text("3")


def test_the_fitted_temperature_by_a_click_and_any_other_by_hand(open_page, wait_idle: Idle) -> None:
    page = open_page("/classifier?lang=en&part=calibration")
    z = network().logits(IMAGES)
    held = digits.split().held_out
    fitted = fit_temperature(network().logits(digits.load().images[held]), digits.load().labels[held])
    found = reliability(z, LABELS, [1, fitted])
    expect(slot(page, "ece0")).to_have_text(f"{100 * found.error[0]:.1f}%")
    expect(slot(page, "ece2")).to_have_text(f"{100 * found.error[1]:.1f}%")
    page.get_by_role("button", name=EN("classifier.fit", t=f"{fitted:.2f}")).click()
    expect(slot(page, "ece0")).to_have_text(f"{100 * found.error[1]:.1f}%")
    wait_idle(page)
    assert float(query(page)["t"]) == pytest.approx(fitted)
    assert_allclose(drawn(page, ACCURACY), found.accuracy[1], rtol=1e-5)
    count_runs(page)
    accuracy = slot(page, "accuracy0").text_content()
    hold(page, "t", 0.0)
    cold = reliability(z, LABELS, [TEMPERATURES[0]])
    expect(slot(page, "ece0")).to_have_text(f"{100 * cold.error[0]:.1f}%")
    assert_allclose(drawn(page, NOW_ERROR, chart=1), cold.error, rtol=1e-5)
    expect(slot(page, "accuracy0")).to_have_text(accuracy or "")
    page.mouse.up()
    arrives(page, "t", "0.25")
    wait_idle(page)
    assert runs(page) == 0


def test_ink_is_taken_from_a_sheet(open_page, wait_idle: Idle) -> None:
    page = open_page("/classifier?lang=en&part=labels")
    expect(slot(page, "there")).to_have_text("4, 5", timeout=SECONDS)
    expect(slot(page, "found")).to_contain_text("4 (")
    expect(slot(page, "found")).to_contain_text("5 (")
    wait_idle(page)
    hold(page, "v", 0.0)
    expect(slot(page, "there")).to_have_text("4")
    expect(slot(page, "found")).not_to_contain_text("5 (")
    page.mouse.up()
    arrives(page, "v", "0")
    wait_idle(page)
    page.get_by_role("button", name=EN("classifier.sheet.none")).click()
    expect(slot(page, "there")).to_have_text(EN("classifier.none"))
    expect(slot(page, "found")).to_have_text(EN("classifier.none"))
    expect(slot(page, "soft_sum")).to_have_text("1.00")
    # the words of a run may stand before its chart does
    page.wait_for_function("t => Math.max(...document.querySelector('.js-plotly-plot').data[t].y) < 1e-3", arg=LOWER)


def test_the_epochs_of_a_softmax_put_twice(open_page, wait_idle: Idle) -> None:
    page = open_page("/classifier?lang=en&part=twice")
    expect(slot(page, "loss1")).to_contain_text("1.4", timeout=SECONDS)
    wait_idle(page)
    count_runs(page)
    handle(page, "epoch").press("Home")
    expect(slot(page, "loss1")).to_contain_text("2.")
    handle(page, "epoch").press("ArrowRight")
    arrives(page, "epoch", "1")
    assert runs(page) == 0
