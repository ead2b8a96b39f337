"""A gated cell by one journey: play, open and shut a gate, take another function, see how far the gradient reaches."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.testing import assert_allclose
from playwright.sync_api import Page, expect

import activations
from activations.experiments.lstm import Cell, reach
from figures import lstm, lstm_gradient
from figures.lstm import BIASES, Shown
from tests.browser.test_handles import arrives, count_runs, drawn, handle, hold, query, runs, slot
from ui.language import Words

Idle = Callable[[Page], None]
EN = Words("en")
START = Shown(Cell(), (1.0, 0.0, 0.0, 0.0), 0.0, "pulse", 0, 2)


def says(page: Page, shown: Shown) -> None:
    """The drawing and the formulas show this state."""
    for name, text in lstm.present_words(shown).items():
        if name[:2] in ("w_", "s_"):
            attribute = "width" if name[0] == "w" else "transform"
            expect(slot(page, name)).to_have_attribute(attribute, text)
        elif name != "t" and not (name.endswith("_in") and slot(page, name).count() == 0):
            expect(slot(page, name)).to_have_text(text)


def test_the_wires_carry_the_numbers_while_a_gate_is_moved(open_page, wait_idle: Idle) -> None:
    page = open_page("/lstm?lang=en")
    says(page, START)

    # Along the sequence, without a run of the script.
    count_runs(page)
    hold(page, "t", 1.0)
    says(page, replace(START, step=16))
    page.wait_for_function("() => document.querySelector('.js-plotly-plot').data.at(-1).x[0] === 16")
    assert runs(page) == 0
    page.mouse.up()
    arrives(page, "t", "16")
    wait_idle(page)

    # The forget gate opens: curve, drawing and address follow.
    count_runs(page)
    hold(page, "bf", 0.9)
    bias = float(BIASES[int(handle(page, "bf").input_value())])
    assert bias > 4
    moved = replace(START, b=(bias, 0.0, 0.0, 0.0), step=16)
    says(page, moved)
    c = np.arcsinh(moved.run.c[1:, 0, 0])
    place = lstm.places(moved.cell)["c"]
    page.wait_for_function(
        "([place, c]) => Math.abs(document.querySelector('.js-plotly-plot').data[place].y[15] - c) < 1e-5",
        arg=[place, float(c[-1])],
    )
    assert_allclose(drawn(page, place), c, atol=1e-6)
    # what no handle moves stays on the chart
    assert page.locator(".js-plotly-plot .scatterlayer .js-fill, .js-plotly-plot .fills path").count() > 0
    assert runs(page) == 0
    page.mouse.up()
    arrives(page, "bf", f"{bias:.10g}")
    wait_idle(page)

    # Another function, and another cell: its own handles.
    page.get_by_role("combobox", name=EN("lstm.f")).first.click()
    page.get_by_role("option", name="ReLU", exact=True).click()
    arrives(page, "f", "relu")
    wait_idle(page)
    says(page, replace(moved, cell=Cell("lstm", activations.get("relu"))))
    page.get_by_role("combobox", name=EN("lstm.cell")).first.click()
    page.get_by_role("option", name=EN("lstm.cell.gru_after"), exact=True).click()
    arrives(page, "cell", "gru_after")
    wait_idle(page)
    expect(handle(page, "bm")).to_be_visible()
    expect(handle(page, "bf")).to_have_count(0)
    after = Shown(Cell("gru_after", activations.get("relu")), (0.0, 1.0, 0.0), 0.0, "pulse", 0, 16)
    says(page, after)
    handle(page, "bm").press("End")
    arrives(page, "bm", "6")
    wait_idle(page)
    says(page, replace(after, inner=6.0))

    # The link gives the same picture.
    page.reload()
    wait_idle(page)
    says(page, replace(after, inner=6.0))
    assert query(page) == {"lang": "en", "cell": "gru_after", "f": "relu", "t": "16", "bf": f"{bias:.10g}", "bm": "6"}


def test_how_far_the_gradient_reaches(open_page, wait_idle: Idle) -> None:
    page = open_page("/lstm?lang=en&bf=3")
    page.get_by_role("button", name=EN("lstm.preset.zero"), exact=True).click()
    zero = reach(Cell(), (0.0,))
    said = {"zero": EN("lstm.exactly_zero")}
    expect(slot(page, "now1")).to_have_text(lstm_gradient.present_words(
        lstm_gradient.reached(Cell(), 0.0, 0, 20), said)["now1"])  # fmt: skip
    arrives(page, "bf", "0")
    wait_idle(page)
    assert_allclose(drawn(page, lstm_gradient.NOW), np.log10(zero.left[0]), atol=1e-5)

    count_runs(page)
    hold(page, "bf", 1.0)
    words = lstm_gradient.present_words(lstm_gradient.reached(Cell(), 6.0, 0, 20), said)
    for name in ("now0", "now1", "now2", "zero1", "plain1"):
        expect(slot(page, name)).to_have_text(words[name])
    open_gate = np.log10(reach(Cell(), (6.0,)).left[0])
    page.wait_for_function(
        "([place, value]) => Math.abs(document.querySelector('.js-plotly-plot').data[place].y[50] - value) < 1e-4",
        arg=[lstm_gradient.NOW, float(open_gate[50])],
    )
    assert runs(page) == 0
    page.mouse.up()
    arrives(page, "bf", "6")
    wait_idle(page)
    handle(page, "len").press("Home")
    expect(slot(page, "len")).to_have_text("1")
    arrives(page, "len", "1")


def test_the_cell_can_be_read_and_played_on_a_phone(open_page, wait_idle: Idle) -> None:
    page = open_page("/lstm?lang=zh&cell=gru_before", width=390, height=844, language="zh", touch=True)
    drawing = page.locator("svg.cell")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box is not None
    assert 330 < box["width"] <= 390
    assert 28 * box["width"] / 720 >= 12  # px of its letters
    # numbers lie beside one another, not on one another
    boxes = page.evaluate(
        """() => [...document.querySelectorAll('*')].flatMap((element) => element.shadowRoot
            ? [...element.shadowRoot.querySelectorAll('svg.cell text')] : [])
            .map((text) => text.getBBox()).map(({ x, y, width, height }) => [x, y, x + width, y + height])"""
    )
    assert len(boxes) > 15
    for number, (left, top, right, bottom) in enumerate(boxes):
        assert 0 <= left < right <= 720
        for other in boxes[number + 1 :]:
            across = min(right, other[2]) - max(left, other[0])
            down = min(bottom, other[3]) - max(top, other[1])
            assert across <= 0 or down <= 8, (boxes[number], other)  # a line's own leading may overlap
    less = Words("zh")("scrubber.more")
    page.get_by_role("button", name=f"{Words('zh')('lstm.handle.t')}: {less}").tap()
    arrives(page, "t", "3")
    says(page, Shown(Cell("gru_before"), (0.0, 1.0, 0.0), 0.0, "pulse", 0, 3))
