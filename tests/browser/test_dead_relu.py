"""A dying ReLU in a browser: guess and reveal, scrub, click a unit, its death and return, the cures."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from playwright.sync_api import Locator, Page, expect

from activations.experiments.dying_network import Settings, train
from figures.dead_layers import MARKS, UNITS, place
from figures.dead_life import NOW_SHARE
from tests.browser.test_handles import EN, arrives, count_runs, drawn, exact, handle, hold, query, runs, slot
from tests.browser.test_layout import HEIGHT, WIDTHS, small, theme

Idle = Callable[[Page], None]
SECONDS = 60_000  # ms: a training on a loaded machine
SMALL = "hidden=3&width=8&rate=0.3&seed=1"
RUN = Settings(width=8, learning_rate=0.3, seed=1)


def press(page: Page, id: str) -> None:
    page.get_by_role("button", name=EN(id), exact=True).click()


def part(page: Page, name: str) -> None:
    label = EN(f"dead_relu.part.{name}")
    page.get_by_role("radio", name=label).or_(page.get_by_role("button", name=label, exact=True)).first.click()
    arrives(page, "part", name)


def guess(page: Page) -> Locator:
    return page.get_by_role("spinbutton", name=EN("dead_relu.predict.guess"))


@pytest.mark.parametrize("mode", ["", "&present=1"])
def test_a_guess_is_made_and_the_run_revealed(open_page, wait_idle: Idle, mode: str) -> None:
    page = open_page(f"/dead_relu?lang=en&spread=0&width=8&rate=1{mode}", width=1920, height=1080)
    expect(slot(page, "dead0")).to_be_visible(timeout=SECONDS)
    dead = int((slot(page, "dead0").text_content() or "").split("/")[0])
    page.get_by_text(EN("dead_relu.predict"), exact=True).click()
    arrives(page, "predict", "1")
    wait_idle(page)
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    expect(page.locator("[data-slot=dead0]")).to_have_count(0)
    guess(page).fill("3")
    guess(page).press("Enter")
    arrives(page, "guess", "3")
    wait_idle(page)
    press(page, "dead_relu.predict.show")
    arrives(page, "shown", "1")
    expect(slot(page, "dead0")).to_have_text(f"{dead} / 8", timeout=SECONDS)
    verdict = "right" if dead == 3 else "more" if dead > 3 else "fewer"
    said = EN(f"dead_relu.predict.{verdict}", guess=3, dead=dead, units=8).replace("**", "")
    expect(page.get_by_text(said)).to_be_visible()
    page.reload()
    wait_idle(page)
    expect(page.get_by_text(said)).to_be_visible(timeout=SECONDS)
    if mode:
        assert page.evaluate(HEIGHT) <= 1080
        assert small(page) == []
    press(page, "dead_relu.predict.again")
    wait_idle(page)
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    expect(guess(page)).to_have_value("3")


def test_the_epochs_are_played_over_all_layers_and_a_unit_is_clicked(open_page, wait_idle: Idle) -> None:
    run = train(RUN)
    page = open_page(f"/dead_relu?lang=en&part=layers&{SMALL}")
    expect(slot(page, "dead0")).to_have_text(f"{run.dead[60, 0].sum()} / 8", timeout=SECONDS)
    count_runs(page)
    hold(page, "epoch", 0.1)
    epoch = int(exact(page, "epoch").input_value())
    assert 2 <= epoch <= 10
    for layer in range(3):
        expect(slot(page, f"dead{layer}")).to_have_text(f"{run.dead[epoch, layer].sum()} / 8")
        assert_allclose(drawn(page, place(layer, UNITS)), run.active_share[epoch, layer], atol=1e-6)
        assert_array_equal(~np.isnan(drawn(page, place(layer, MARKS))), run.dead[epoch, layer])
    assert runs(page) == 0
    page.mouse.up()
    arrives(page, "epoch", str(epoch))
    wait_idle(page)

    # a bar of the second layer
    unit = int(run.active_share[epoch, 1].argmax())
    bar = page.locator(".st-key-chart-dead-layers .barlayer").nth(1).locator(".point").nth(unit)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    arrives(page, "part", "life")
    wait_idle(page)
    assert (query(page)["layer"], query(page).get("unit", "1")) == ("2", str(unit + 1))
    active = round(run.active_share[epoch, 1, unit] * 1797)
    expect(slot(page, "active0")).to_have_text(f"{active:,} / 1,797", timeout=SECONDS)


def test_a_unit_dies_and_comes_back_one_click_away(open_page, wait_idle: Idle) -> None:
    page = open_page(f"/dead_relu?lang=en&part=life&{SMALL}")
    press(page, "dead_relu.preset.returns")
    expect(page.get_by_text(EN("dead_relu.turn.wakes", epoch=13))).to_be_visible(timeout=SECONDS)
    expect(slot(page, "name0")).to_have_text(EN("dead_relu.figure.dead"))
    expect(slot(page, "gradient0")).to_have_text("0")
    expect(page.get_by_text("woke it", exact=False)).to_be_visible()
    wait_idle(page)
    # forward by keyboard, an epoch later it is alive; no run of the script is needed for that
    handle(page, "epoch").focus()
    handle(page, "epoch").press("ArrowRight")
    expect(slot(page, "name0")).to_have_text(EN("dead_relu.figure.alive"))
    assert drawn(page, NOW_SHARE, "x").tolist() == [13]
    arrives(page, "epoch", "13")
    wait_idle(page)
    page.reload()
    wait_idle(page)
    expect(slot(page, "name0")).to_have_text(EN("dead_relu.figure.alive"), timeout=SECONDS)

    press(page, "dead_relu.preset.killed")
    expect(page.get_by_text("step 11 of 57, killed it", exact=False)).to_be_visible(timeout=SECONDS)
    wait_idle(page)
    assert query(page)["unit"] == "13"


def test_the_cures_are_cancelled_and_then_compared(open_page, wait_idle: Idle, accessibility) -> None:
    page = open_page(f"/dead_relu?lang=en&part=life&{SMALL}")
    expect(slot(page, "active0")).to_be_visible(timeout=SECONDS)
    part(page, "cures")
    page.get_by_role("button", name=EN("run.cancel")).click(timeout=SECONDS)
    expect(page.get_by_text(EN("run.cancelled"))).to_be_visible()
    expect(slot(page, "active0")).to_be_visible(timeout=SECONDS)
    wait_idle(page)
    press(page, "run.again")
    table = page.get_by_role("table")
    expect(table).to_contain_text(EN("dead_relu.cure.batch_norm"), timeout=SECONDS)
    expect(page.locator(".st-key-chart-cures .js-plotly-plot")).to_be_visible()
    wait_idle(page)
    assert accessibility(page) == []
    theme(page, "dark", wait_idle)
    assert accessibility(page) == []

    page.set_viewport_size({"width": 360, "height": 740})
    wait_idle(page)
    assert max(page.evaluate(WIDTHS)) <= 360

    page.set_viewport_size({"width": 1920, "height": 1080})
    press(page, "present.enter")
    arrives(page, "present", "1")
    wait_idle(page)
    assert page.evaluate(HEIGHT) <= 1080
    assert small(page) == []


@pytest.mark.parametrize("name", ["layers", "life"])
def test_further_parts_are_without_barriers_on_a_phone(open_page, wait_idle: Idle, accessibility, name: str) -> None:
    page = open_page(f"/dead_relu?lang=zh&part={name}&{SMALL}", width=360, height=740, language="zh", touch=True)
    expect(page.locator("[data-slot=name0]").first).to_be_attached(timeout=SECONDS)
    wait_idle(page)
    assert max(page.evaluate(WIDTHS)) <= 360
    assert accessibility(page) == []
    theme(page, "dark", wait_idle)
    assert accessibility(page) == []
    handle(page, "epoch").scroll_into_view_if_needed()
    box = handle(page, "epoch").bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2)
    expect(handle(page, "epoch")).not_to_have_value("60")


def test_reset_brings_back_the_whole_setting(open_page, wait_idle: Idle) -> None:
    page = open_page("/dead_relu?lang=en&spread=0&width=4&rate=2&bias=-1&seed=5&epoch=7&digit=8")
    expect(slot(page, "dead0")).to_contain_text("/ 4", timeout=SECONDS)
    wait_idle(page)
    press(page, "scrubber.reset")
    expect(slot(page, "dead0")).to_contain_text("/ 32", timeout=SECONDS)
    wait_idle(page)
    assert query(page) == {"lang": "en", "spread": "0"}
    assert len(drawn(page, 0)) == 32
