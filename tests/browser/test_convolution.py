"""The page on convolution: handles move maps with no run of the script, clicks choose, a drawing is read."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from playwright.sync_api import Page, expect

import activations
from activations.experiments import convolution, digits, drawing
from figures import convolution as maps
from figures import quantisation as bits
from figures.convolution import Shown
from figures.quantisation import Stored
from tests.browser.test_handles import arrives, count_runs, exact, handle, hold, query, runs, slot
from tests.browser.test_pad import STROKES, by_finger, by_mouse, shown
from ui.language import Words

Idle = Callable[[Page], None]
DIGIT = digits.load().images[digits.load().first[3]].reshape(8, 8)
BY_HAND = convolution.by_hand()
RELU = activations.get("relu")
SECONDS = 30_000  # ms: a training, on a loaded machine
NAMES = ("before", "after", "weights", "products", "exact", "whole", "clipped")

# The colours of a layout image of a chart, row by row from the top, as a browser draws them.
PIXELS = """([key, number]) => new Promise((done) => {
    const shown = document.querySelectorAll(`.st-key-${key} .js-plotly-plot image`)[number]
    const picture = new Image()
    picture.onload = () => {
        const canvas = document.createElement('canvas')
        canvas.width = picture.naturalWidth
        canvas.height = picture.naturalHeight
        const context = canvas.getContext('2d')
        context.drawImage(picture, 0, 0)
        done([...context.getImageData(0, 0, canvas.width, canvas.height).data].filter((_, at) => at % 4 === 3))
    }
    picture.src = shown.getAttributeNS('http://www.w3.org/1999/xlink', 'href')
})"""


def cells(page: Page, key: str, number: int) -> np.ndarray:
    """How strongly a map's cells are coloured, 0 to 255."""
    return np.array(page.evaluate(PIXELS, [key, number])).reshape(-1, 8)


def strengths(values: np.ndarray, end: float) -> np.ndarray:
    """The same, of numbers."""
    return maps.SIGNED[maps.places(values, -end, end), 3].astype(int)


def shows(page: Page, state: Shown) -> None:
    """The twelve maps are those of this state."""
    z = state.z + state.bias
    for number, values in enumerate([*z, *state.f(z)]):
        assert_array_equal(cells(page, "chart-maps", number), strengths(values, state.ends[1]))


def place(page: Page, key: str, x: float, y: float) -> tuple[float, float]:
    """Where on the screen a place of a chart is."""
    return tuple(
        page.evaluate(
            """([key, x, y]) => {
                const chart = document.querySelector(`.st-key-${key} .js-plotly-plot`)
                const { xaxis, yaxis } = chart._fullLayout
                const box = chart.getBoundingClientRect()
                return [box.left + xaxis._offset + xaxis.l2p(x), box.top + yaxis._offset + yaxis.l2p(y)]
            }""",
            [key, x, y],
        )
    )


def test_the_bias_moves_all_maps_with_no_run_and_stays_in_the_link(open_page, wait_idle: Idle) -> None:
    page = open_page("/convolution?lang=en")
    expect(slot(page, "z")).to_have_text("2.06")
    shows(page, Shown(DIGIT, BY_HAND, RELU, 0.0, 0, 27))
    count_runs(page)
    hold(page, "b", 0.25)
    expect(slot(page, "z")).not_to_have_text("2.06")
    held = float(exact(page, "b").input_value())
    assert held < -1
    state = Shown(DIGIT, BY_HAND, RELU, held, 0, 27)
    shows(page, state)
    said = maps.present_words(state, maps.tested(BY_HAND))
    for name in ("z", "fz", "zeros_map", "zeros_all", "zeros_tested"):
        expect(slot(page, name)).to_have_text(said[name])
    assert runs(page) == 0
    page.mouse.up()
    arrives(page, "b", f"{held:g}")
    page.reload()
    wait_idle(page)
    expect(slot(page, "zeros_all")).to_have_text(said["zeros_all"])
    shows(page, state)


def test_the_filter_goes_over_the_digit_by_keyboard(open_page, wait_idle: Idle) -> None:
    page = open_page("/convolution?lang=zh&b=0.5", language="zh")
    handle(page, "cell").press("ArrowRight")
    expect(slot(page, "column")).to_have_text("5")
    handle(page, "cell").press("Home")
    said = maps.present_words(Shown(DIGIT, BY_HAND, RELU, 0.5, 0, 0), maps.tested(BY_HAND))
    for name in ("row", "column", "terms", "z", "fz"):
        expect(slot(page, name)).to_have_text(said[name])
    arrives(page, "cell", "1")
    wait_idle(page)
    # From here the bias begins where the filter now is.
    handle(page, "b").press("ArrowRight")
    arrives(page, "b", "0.6")
    said = maps.present_words(Shown(DIGIT, BY_HAND, RELU, 0.6, 0, 0), maps.tested(BY_HAND))
    expect(slot(page, "z")).to_have_text(said["z"])


def test_a_click_on_a_map_chooses_its_filter_and_cell_and_one_on_the_digit_a_pixel(open_page, wait_idle: Idle) -> None:
    page = open_page("/convolution?lang=en&f=tanh")
    expect(slot(page, "z")).to_have_text("2.06")
    page.mouse.click(*place(page, "chart-maps", 3 * 9 + 2.5, -4 - 2.3 - 1.5))  # map 4, row 2, column 3
    arrives(page, "filter", "4")
    arrives(page, "cell", "11")
    wait_idle(page)
    state = Shown(DIGIT, BY_HAND, activations.get("tanh"), 0.0, 3, 10)
    expect(slot(page, "z")).to_have_text(maps.present_words(state, maps.tested(BY_HAND))["z"])
    page.mouse.click(*place(page, "chart-window", 7.5, -7.5))
    arrives(page, "cell", "64")
    expect(slot(page, "row")).to_have_text("8")


def test_another_function_and_its_parameter(open_page, wait_idle: Idle) -> None:
    page = open_page("/convolution?lang=en&f=leaky_relu&cell=30")
    shows(page, Shown(DIGIT, BY_HAND, activations.get("leaky_relu"), 0.0, 0, 29))
    count_runs(page)
    handle(page, "leaky_relu_alpha").press("End")
    arrives(page, "leaky_relu_alpha", "1")
    identity = Shown(DIGIT, BY_HAND, activations.get("leaky_relu", alpha=1.0), 0.0, 0, 29)
    shows(page, identity)
    assert runs(page) == 0
    expect(slot(page, "fz")).to_have_text(slot(page, "z").text_content() or "")


def test_learned_filters(open_page, wait_idle: Idle) -> None:
    page = open_page("/convolution?lang=en")
    page.get_by_role("radio", name=Words("en")("convolution.set.learned")).click()
    arrives(page, "set", "learned")
    wait_idle(page)
    weights = page.locator(".st-key-chart-window .textpoint text")
    expect(weights.first).not_to_have_text("−1", timeout=SECONDS)
    assert weights.count() == 11
    assert query(page)["set"] == "learned"


@pytest.mark.parametrize("touch", [False, True])
def test_a_drawn_digit_is_read_by_the_filters(open_page, wait_idle: Idle, touch: bool) -> None:
    page = open_page("/convolution?lang=en&image=own", touch=touch, width=360 if touch else 1280, height=740)
    expect(slot(page, "zeros_all")).to_have_text("100%")
    grid = page.get_by_role("grid", name=Words("en")("convolution.pad"))
    expect(grid).to_be_visible()
    draw = by_finger if touch else by_mouse
    for stroke in STROKES[5]:
        draw(page, stroke)
    expect(slot(page, "zeros_all")).not_to_have_text("100%")
    wait_idle(page)
    pixels = drawing.digit(query(page)["ink"]).reshape(8, 8)
    assert_array_equal(drawing.read(query(page)["ink"]), shown(page))
    state = Shown(pixels, BY_HAND, RELU, 0.0, 0, 27)
    shows(page, state)
    page.reload()
    wait_idle(page)
    shows(page, state)


def test_bits_gain_and_ceiling_move_errors_and_maps(open_page, wait_idle: Idle) -> None:
    page = open_page("/convolution?lang=en&part=bits")
    start = Stored(DIGIT, BY_HAND, 0, 8, 32.0, 6.0)
    expect(slot(page, "step0")).to_have_text("0.3765")
    expect(slot(page, "step1")).to_have_text("0.0235")
    count_runs(page)
    handle(page, "bits").press("ArrowLeft")
    expect(slot(page, "step1")).to_have_text(f"{6 / 127:.4f}")
    arrives(page, "bits", "7")
    handle(page, "top").press("End")
    arrives(page, "top", "128")
    said = bits.present_words(Stored(DIGIT, BY_HAND, 0, 7, 32.0, 128.0))
    for name, text in said.items():
        expect(slot(page, name)).to_have_text(text)
    handle(page, "gain").press("Home")
    arrives(page, "gain", "1")
    said = bits.present_words(Stored(DIGIT, BY_HAND, 0, 7, 1.0, 128.0))
    for name, text in said.items():
        expect(slot(page, name)).to_have_text(text)
    (exact_maps,) = start.loudened(np.array([1.0]))
    for number in range(6):
        assert_array_equal(cells(page, "chart-rounded", number), strengths(exact_maps[number], start.end))
    assert runs(page) == 0
    wait_idle(page)
    page.mouse.click(*place(page, "chart-rounded", 5 * 9 + 4, -6))
    arrives(page, "filter", "6")
