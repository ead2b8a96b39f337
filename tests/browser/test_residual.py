"""Plain against residual by one journey: train, scrub, before training, drag a depth, and the link again."""

from collections.abc import Callable

from numpy.testing import assert_allclose
from playwright.sync_api import Page, expect

import activations
from activations.experiments.residual import Settings, at_start, compare
from figures import residual
from tests.browser.test_handles import arrives, count_runs, drawn, handle, hold, query, runs, slot
from ui.language import Words
from ui.residual_view import EPOCHS, HE

Idle = Callable[[Page], None]
EN = Words("en")
SECONDS = 60_000  # ms: a training, on a loaded machine


def test_train_scrub_and_look_at_the_start(open_page, wait_idle: Idle) -> None:
    page = open_page("/residual?lang=en&depth=8&f=tanh")
    asked = Settings(activations.get("tanh"), depth=8, sigma_w=HE, epochs=EPOCHS)
    found = compare(asked)
    expect(slot(page, "learnt1")).to_have_text(residual.present_words(found, EPOCHS)["learnt1"], timeout=SECONDS)
    wait_idle(page)

    # The handle for the epoch plays all three charts, and the server hears nothing of it.
    count_runs(page)
    handle(page, "epoch").press("Home")
    expect(slot(page, "learnt1")).to_have_text(residual.present_words(found, 0)["learnt1"])
    assert_allclose(drawn(page, residual.MARKS), found.accuracy[0, :, 0], atol=1e-6)
    for chart, name in enumerate(residual.OVER_BLOCKS, start=1):
        assert_allclose(drawn(page, 0, "y", chart), residual.powers(found.passage, name)[0, 0], atol=1e-5)
    assert runs(page) == 0
    arrives(page, "epoch", "0")

    # Another depth trains anew.
    page.get_by_role("button", name=EN("residual.preset.shallow")).click()
    relu = compare(Settings(activations.get("relu"), depth=8, sigma_w=HE, epochs=EPOCHS))
    expect(slot(page, "learnt1")).to_have_text(residual.present_words(relu, EPOCHS)["learnt1"], timeout=SECONDS)
    wait_idle(page)

    # Before training: the depth is a handle, and its film runs to the deepest stack.
    page.get_by_role("button", name=EN("residual.part.start")).or_(
        page.get_by_role("radio", name=EN("residual.part.start"))
    ).first.click()
    arrives(page, "part", "start")
    expect(handle(page, "depth")).to_be_visible(timeout=SECONDS)
    wait_idle(page)
    hold(page, "depth", 1.0)
    deepest = residual.at(at_start(Settings(depth=64), [HE]), 0)
    expect(slot(page, "difference0")).to_have_text(residual.start_words([deepest])["difference0"][0])
    assert_allclose(drawn(page, 1, "y", 0), residual.powers(deepest, "signal")[1], atol=1e-4)
    page.mouse.up()
    arrives(page, "depth", "64")
    wait_idle(page)
    handle(page, "sw").press("Home")
    weak = residual.at(at_start(Settings(depth=64), [0.1]), 0)
    expect(slot(page, "gradient1")).to_have_text(residual.start_words([weak])["gradient1"][0])
    arrives(page, "sw", "0.1")
    wait_idle(page)

    again = open_page(page.url.removeprefix(page.url.split("/residual")[0]))
    expect(slot(again, "gradient1")).to_have_text(residual.start_words([weak])["gradient1"][0], timeout=SECONDS)
    assert query(again) == {"lang": "en", "part": "start", "depth": "64", "sw": "0.1"}
