"""Attention and the next word, each by one journey; and whatever a reader may type as a sentence."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose
from playwright.sync_api import Locator, Page, expect

from activations.experiments.attention import TOKENS
from activations.experiments.sampling import EXAMPLES, distil, next_word, tallies
from figures import attention, distillation, sampling, style
from figures.attention import GROWTH, ROW, Shown
from figures.sampling import Sampler
from tests.browser.test_handles import arrives, count_runs, drawn, exact, handle, hold, query, runs, slot
from ui.attention_view import SENTENCE
from ui.language import Words

Idle = Callable[[Page], None]
EN = Words("en")
FOX = ("the", "quick", "brown", "fox", "sees", "the", "dog")


def sentence(page: Page) -> Locator:
    return page.get_by_role("textbox", name=EN("attention.sentence"))


def types(page: Page, text: str) -> None:
    sentence(page).fill(text)
    sentence(page).press("Enter")


def test_a_readers_own_sentence(open_page, wait_idle: Idle) -> None:
    page = open_page("/attention?lang=en")
    expect(slot(page, "asks")).to_have_text("the")
    types(page, " ".join(FOX))
    arrives(page, "s", " ".join(FOX))
    wait_idle(page)
    now = attention.present_words(Shown(FOX))
    expect(slot(page, "entropy1")).to_have_text(now["entropy1"])
    expect(slot(page, "best")).to_have_text(now["best"])

    # The handle for d_k moves all three charts, and the server hears nothing of it.
    count_runs(page)
    hold(page, "d", 1.0)
    wide = Shown(FOX, width=512)
    told = attention.present_words(wide)
    expect(slot(page, "slope1")).to_have_text(told["slope1"])
    expect(slot(page, "entropy0")).to_have_text(told["entropy0"])
    figure = attention.row(wide, dict.fromkeys(("weight", "divided", "plain"), ""), style.SCREEN)
    page.wait_for_function(
        "y => Math.abs(document.querySelectorAll('.js-plotly-plot')[1].data[1].y[0] - y) < 1e-5",
        arg=float(figure.data[attention.BARS].y[0]),
    )
    assert_allclose(drawn(page, attention.BARS, chart=ROW), figure.data[attention.BARS].y, atol=1e-6)
    assert_allclose(drawn(page, attention.OTHER, chart=ROW), figure.data[attention.OTHER].y, atol=1e-6)
    assert_allclose(drawn(page, attention.SLOPE_NOW, "x", GROWTH), np.log10(512), atol=1e-5)
    assert runs(page) == 0
    page.mouse.up()
    arrives(page, "d", "512")
    wait_idle(page)

    # By keyboard: the temperature, which moves the curves as well.
    before = drawn(page, attention.SLOPE_RAW, chart=GROWTH)
    handle(page, "t").press("End")
    arrives(page, "t", "10")
    wait_idle(page)
    hot = attention.present_words(Shown(FOX, width=512, temperature=10.0))
    expect(slot(page, "entropy1")).to_have_text(hot["entropy1"])
    assert np.abs(drawn(page, attention.SLOPE_RAW, chart=GROWTH) - before).max() > 0.05

    # A row is chosen by a click on the picture.
    place = page.locator(".st-key-chart-attention-weights .nsewdrag").bounding_box()
    assert place is not None
    page.mouse.click(place["x"] + 0.4 * place["width"], place["y"] + 3.5 / 7 * place["height"])
    arrives(page, "row", "4")
    expect(slot(page, "asks")).to_have_text("fox")
    wait_idle(page)

    page.get_by_text(EN("attention.causal"), exact=True).click()
    arrives(page, "causal", "1")
    wait_idle(page)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.js-plotly-plot')[1].data[1].y].slice(4).every((share) => share === 0)"
    )

    said = page.locator(".readout").text_content()
    page.reload()
    wait_idle(page)
    expect(page.locator(".readout")).to_have_text(said or "")
    expect(sentence(page)).to_have_value(" ".join(FOX))


def test_ways_to_hide_under_one_handle(open_page, wait_idle: Idle) -> None:
    page = open_page("/attention?lang=en&part=mask")
    expect(slot(page, "w5")).to_have_text(EN("attention.verdict.right"))
    expect(slot(page, "w0")).to_have_text(EN("attention.verdict.leaks"))
    count_runs(page)
    hold(page, "seen", 0.0)
    expect(slot(page, "w5")).to_have_text("NaN")
    expect(slot(page, "v4")).to_have_text("NaN")
    expect(slot(page, "w2")).to_have_text(EN("attention.verdict.leaks"))
    expect(slot(page, "v6")).to_have_text("0")
    assert runs(page) == 0
    page.mouse.up()
    arrives(page, "seen", "0")


@pytest.mark.parametrize(
    ("text", "asks", "label"),
    [
        ("<b>bold</b> <img src=x onerror=alert(1)>", "<b>bold</b>", "<b>bold</…"),
        ("🙂👩\u200d👩\u200d👧e\u0301", "🙂", "🙂"),
        ("注意力机制", "注", "注"),
        ("$x^2$ **no** :red[x] `y`", "$x^2$", "$x^2$"),
        ("\u202eabc \x07 |~&amp;", "abc", "abc"),
    ],
    ids=["html", "emoji", "chinese", "markdown", "control"],
)
def test_a_sentence_is_shown_as_text(open_page, wait_idle: Idle, text: str, asks: str, label: str) -> None:
    page = open_page("/attention?lang=en")
    expect(slot(page, "asks")).to_have_text("the")
    types(page, text)
    expect(slot(page, "asks")).to_have_text(asks)
    wait_idle(page)
    assert page.locator("b:not([data-slot]):has-text('bold'), img[src='x']").count() == 0
    expect(page.locator(".st-key-chart-attention-row .xtick text").first).to_have_text(label)
    page.reload()
    wait_idle(page)
    expect(slot(page, "asks")).to_have_text(asks)


def test_a_long_sentence_is_cut_with_a_word_about_it_and_none_is_the_pages_own(open_page, wait_idle: Idle) -> None:
    page = open_page("/attention?lang=en")
    expect(slot(page, "asks")).to_have_text("the")
    types(page, "word " * 2000)
    expect(page.get_by_text(EN("fault.long", most=SENTENCE.longest))).to_be_visible()
    expect(page.get_by_text(EN("attention.cut", many=40, most=TOKENS))).to_be_visible()
    expect(slot(page, "asks")).to_have_text("word")
    wait_idle(page)
    assert len(query(page)["s"]) <= SENTENCE.longest
    types(page, "   ")
    expect(slot(page, "asks")).to_have_text("the")
    wait_idle(page)
    expect(page.get_by_text(EN("fault.long", most=SENTENCE.longest))).to_have_count(0)
    assert "s" not in query(page)
    page.goto(page.url.split("?")[0] + "?lang=en&s=" + "x" * 3000)
    expect(page.get_by_test_id("stAlert")).to_contain_text(str(SENTENCE.longest))
    wait_idle(page)
    expect(slot(page, "asks")).to_have_text("x")


def test_filters_and_draws_under_a_finger(open_page, wait_idle: Idle) -> None:
    page = open_page("/sampling?lang=en", width=390, height=844, touch=True)
    expect(slot(page, "left")).to_have_text("12")
    page.get_by_role("button", name=EN("sampling.preset.nucleus"), exact=True).tap()
    arrives(page, "p", "0.9")
    expect(slot(page, "left")).to_have_text("9")
    wait_idle(page)
    count_runs(page)
    hold(page, "p", 0.5)
    share = float(exact(page, "p").input_value())
    asked = Sampler("open", p=share)
    expect(slot(page, "left")).to_have_text(sampling.present_words(asked)["left"])
    expect(slot(page, "chi")).to_have_text(sampling.present_words(asked)["chi"])
    p = next_word(EXAMPLES["open"][0], top_p=share).p
    page.wait_for_function(
        "y => Math.abs(document.querySelector('.js-plotly-plot').data[1].y[0] - y) < 1e-5", arg=float(np.sqrt(p[0]))
    )
    assert_allclose(np.square(drawn(page, sampling.BARS)), p, atol=1e-6)
    counts = tallies(p)
    assert_allclose(np.nan_to_num(np.square(drawn(page, sampling.DRAWN))) * 1000, counts, atol=1e-3)
    # the bars that stand still are still there
    assert page.locator(".barlayer .trace").count() == 2
    assert runs(page) == 0
    page.mouse.up()
    wait_idle(page)
    assert float(query(page)["p"]) == share

    page.get_by_role("button", name=EN("sampling.again")).tap()
    arrives(page, "seed", "1")
    wait_idle(page)
    again = sampling.present_words(Sampler("open", p=share, seed=1))
    expect(slot(page, "chi")).to_have_text(again["chi"])


def test_soft_targets_under_one_handle(open_page, wait_idle: Idle) -> None:
    page = open_page("/sampling?lang=en&part=soft&text=sure")
    expect(slot(page, "first")).to_have_text("27.3%")
    count_runs(page)
    hold(page, "soft", 0.0)
    expect(slot(page, "first")).to_have_text("92.9%")
    found = distil(*EXAMPLES["sure"], 1.0)
    page.wait_for_function(
        "y => Math.abs(document.querySelector('.js-plotly-plot').data[0].y[0] - y) < 1e-5",
        arg=float(np.sqrt(found.targets[0, 0])),
    )
    assert_allclose(np.square(drawn(page, distillation.STUDENT)), found.guesses[0], atol=1e-6)
    assert_allclose(drawn(page, distillation.NOW, chart=1), np.log10([found.size[0]] * 2), atol=1e-5)
    assert runs(page) == 0
    page.mouse.up()
    arrives(page, "soft", "1")
