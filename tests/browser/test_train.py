"""The training playground in a browser: set, train, scrub, cancel, race, paste, click, reload."""

from collections.abc import Callable
from time import sleep
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from playwright.sync_api import Locator, Page, expect

from activations.experiments import own_points
from activations.experiments.playground import Run, train
from activations.experiments.presets import PRESETS
from figures import train as drawing
from figures.train import present_words
from tests.browser.test_handles import EN, arrives, count_runs, drawn, hold, query, runs, slot
from ui import entries
from ui.language import NAMES, Words
from ui.train_state import TABLE, settings_of
from ui.train_view import PART_CHARTS, SURFACE

Idle = Callable[[Page], None]
SECONDS = 60_000  # ms: a training on a loaded machine


def asked(page: Page) -> dict[str, Any]:
    """The state that the address describes."""
    values, notices = entries.read(TABLE, {name: text for name, text in query(page).items() if name != "lang"})
    assert notices == []
    return values


def settled(page: Page) -> tuple[Run, ...]:
    """The runs that the address asks for, trained here."""
    return tuple(map(train, settings_of(asked(page))))


def pixels(page: Page, chart: str, image: int) -> np.ndarray:
    """The colours of one of a chart's pictures, a cell a pixel, as the browser has them."""
    found = page.evaluate(
        """async ([chart, image]) => {
            const picture = new Image()
            picture.src = document.querySelector(`.st-key-${chart} .js-plotly-plot`).layout.images[image].source
            await picture.decode()
            const canvas = new OffscreenCanvas(picture.width, picture.height)
            const context = canvas.getContext('2d')
            context.drawImage(picture, 0, 0)
            return [picture.height, picture.width, [...context.getImageData(0, 0, picture.width, picture.height).data]]
        }""",
        [chart, image],
    )
    rows, columns, values = found
    return np.array(values).reshape(rows, columns, 4)


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-train-{key} button").first


def shows(page: Page, found: tuple[Run, ...], epoch: int) -> None:
    """Wait until the readout has this epoch's numbers."""
    for name, text in present_words(found, epoch).items():
        if name.startswith(("loss", "score")):
            expect(slot(page, name)).to_have_text(text, timeout=SECONDS)


def test_set_train_scrub_and_reload(open_page, wait_idle: Idle) -> None:
    page = open_page("/train?lang=en&data=circles&noise=0.1&epochs=60&net=relu:3&part=curves")
    first = settled(page)
    shows(page, first, 60)

    # Another layer: the untrained network shows until it is trained.
    button(page, "layers-more").click()
    arrives(page, "net", "relu:3~relu:3")
    assert query(page)["run"] == "0"
    wait_idle(page)
    shows(page, settled(page), 0)
    button(page, "train").click()
    page.wait_for_function("() => !new URLSearchParams(location.search).has('run')")
    trained = settled(page)
    shows(page, trained, 60)
    wait_idle(page)

    # Back through the epochs by hand, without a run of the script.
    count_runs(page)
    hold(page, "epoch", 0.25)
    epoch = int(page.locator("[data-exact=epoch]").input_value())
    assert 5 < epoch < 30
    shows(page, trained, epoch)
    place = 2  # the points on the curves of the losses
    page.wait_for_function(
        f"epoch => document.querySelectorAll('.js-plotly-plot')[1].data[{place}].x[0] === epoch", arg=epoch
    )
    assert_allclose(drawn(page, place, "y", chart=1), trained[0].recording.loss[epoch], rtol=1e-6)
    painted = pixels(page, SURFACE, 0)
    assert runs(page) == 0
    page.mouse.up()
    arrives(page, "epoch", str(epoch))

    page.reload()
    wait_idle(page)
    shows(page, trained, epoch)
    again = pixels(page, SURFACE, 0)
    # with half a colour's alpha, a canvas keeps colours to a few of 255
    assert_array_equal(again[..., 3], painted[..., 3])
    visible = painted[..., 3] > 60
    assert np.abs(again - painted)[visible].max() <= 4


def test_the_film_is_fetched_when_it_is_first_played(open_page, wait_idle: Idle) -> None:
    page = open_page("/train?lang=en&epochs=20&net=relu:3&part=units")
    films: list[str] = []
    page.on("request", lambda request: films.append(request.url) if request.url.endswith(".bin") else None)
    for part in ("curves", "units"):  # other parts, other films: none is needed yet
        page.get_by_role("radio", name=EN(f"train.part.{part}"), exact=True).click()
        shows(page, settled(page), 20)
        wait_idle(page)
    page.reload()
    shows(page, settled(page), 20)
    wait_idle(page)
    assert films == []
    page.get_by_role("button", name=f"{EN('train.figure.epoch')}: {EN('scrubber.play')}").click()
    expect(page.locator("[data-exact=epoch]")).not_to_have_value("20")
    assert len(films) == 1


def test_a_race_has_one_handle_for_both(open_page, wait_idle: Idle) -> None:
    page = open_page("/train?lang=en")
    button(page, "preset-dying").click()
    arrives(page, "race", "1")
    found = settled(page)
    assert tuple(run.settings for run in found) == PRESETS["dying"]
    shows(page, found, 60)
    wait_idle(page)
    before = [pixels(page, SURFACE, side) for side in range(2)]
    hold(page, "epoch", 0.0)
    shows(page, found, 0)
    page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot')[1].data[1].y[0] === 0")
    for trace, values in ((1, found[0].recording.dead_share), (4, found[1].recording.dead_share)):
        assert_allclose(drawn(page, trace, "y", chart=1), values[0])
    page.mouse.up()
    for side in range(2):
        assert np.any(pixels(page, SURFACE, side) != before[side])


SOUND = """() => {
    const chart = document.querySelector('[class*=st-key-chart-train-part] .js-plotly-plot')
    const bars = [...chart.querySelectorAll('.bars path')]
    const black = bars.filter((bar) => getComputedStyle(bar).fill === 'rgb(0, 0, 0)')
    const torn = chart._fullData.filter(({ mode, x, y }) => mode === 'lines' && x.length !== y.length)
    return [black.length, torn.length]
}"""


def test_a_preset_leaves_nothing_of_the_chart_before_it(open_page, wait_idle: Idle) -> None:
    page = open_page("/train?lang=en&epochs=20&net=relu:3&part=curves")
    # films come when their figures have long been drawn, but those that the browser has already
    page.route("**/media/**", lambda route: (sleep(0.3), route.continue_()))
    for name in ("dying", "xor", "vanishing", "xor_two", "linear", "dying", "xor", "runaway", "layer", "spiral", "xor"):
        button(page, f"preset-{name}").click()
        while settings_of(asked(page)) != PRESETS[name]:
            page.wait_for_timeout(50)
        found = settled(page)
        shows(page, found, int(drawing.positions(found)[-1]))
        wait_idle(page)
        hold(page, "epoch", 0.4)
        page.mouse.up()
        page.wait_for_function("() => new URLSearchParams(location.search).has('epoch')")
        wait_idle(page)
        assert page.evaluate(SOUND) == [0, 0], name


# Pairs of boxes that lie over one another: a race's titles and the legend, labels at the same axis.
OVERLAPS = """() => {
    const found = []
    const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1
    for (const chart of document.querySelectorAll('.js-plotly-plot')) {
        const groups = [['.legendtext, .annotation-text']]
        for (const axis of ['x', 'y', 'x2', 'y2', 'x3', 'y3']) groups.push([`.${axis}tick text`])
        for (const [selector] of groups) {
            const texts = [...chart.querySelectorAll(selector)].filter((text) => text.textContent.trim())
            const boxes = texts.map((text) => text.getBoundingClientRect())
            boxes.forEach((box, at) => {
                for (let other = 0; other < at; other++) {
                    if (over(box, boxes[other])) found.push([texts[other].textContent, texts[at].textContent])
                }
            })
        }
    }
    return found
}"""
RACES = (
    "net2=tanh:8~tanh:8~tanh:8&part=layers",
    "net=sigmoid:8~sigmoid:8~sigmoid:8&rate2=0.3&init=standard&part=layers",
    "rate=3&net2=relu:32~relu:32~tanh:32~relu:32&part=curves",
)


@pytest.mark.parametrize("race", RACES)
def test_nothing_of_a_race_lies_over_anything_else(open_page, wait_idle: Idle, race: str) -> None:
    page = open_page(f"/train?lang=en&race=1&epochs=60&{race}")
    for language in ("en", "zh"):
        if language == "zh":
            page.get_by_role("button", name=NAMES["zh"]).click()
            wait_idle(page)
        slot(page, "loss_learnt0").wait_for()
        assert page.evaluate(OVERLAPS) == []
        fits(page)
    page.get_by_role("button", name=Words("zh")("present.enter"), exact=True).click()
    arrives(page, "present", "1")
    for language in ("zh", "en"):
        if language == "en":
            page.get_by_role("button", name=NAMES["en"]).click()
        for width, height in ((1280, 720), (1920, 1080)):
            page.set_viewport_size({"width": width, "height": height})
            wait_idle(page)
            page.wait_for_timeout(300)  # until the figures have their new size
            assert page.evaluate(OVERLAPS) == []
            fits(page)


def fits(page: Page) -> None:
    """The numbers of the runs are all in sight."""
    readout = page.locator(".readout").first
    assert readout.evaluate("({ scrollWidth, clientWidth }) => scrollWidth - clientWidth") <= 0


def test_the_longest_names_leave_room_for_the_numbers(open_page, wait_idle: Idle) -> None:
    page = open_page("/train?lang=en&epochs=20&net=tanh:32~tanh:32~tanh:32~tanh:32&part=curves")
    slot(page, "loss_learnt0").wait_for()
    fits(page)
    page.get_by_role("button", name=NAMES["zh"]).click()
    wait_idle(page)
    fits(page)


def test_a_training_is_cancelled(open_page, wait_idle: Idle) -> None:
    page = open_page("/train?lang=en&net=tanh:3&epochs=20&part=curves")
    short = settled(page)
    shows(page, short, 20)
    slow = "/train?lang=en&net=gelu:32~gelu:32~gelu:32~gelu:32&epochs=5000&batch=64&run=0&part=curves"
    page.goto(slow)
    wait_idle(page)
    button(page, "train").click()
    page.get_by_role("button", name=EN("run.cancel")).click(timeout=SECONDS)
    wait_idle(page)
    expect(button(page, "train")).to_be_enabled()
    assert query(page)["run"] == "0"
    assert "gelu" in query(page)["net"]


def test_a_unit_and_a_point_are_clicked_and_their_numbers_read(open_page, wait_idle: Idle) -> None:
    page = open_page("/train?lang=en&net=tanh:8~relu:4&epochs=20&part=units")
    wait_idle(page)
    box = page.locator(f".st-key-{PART_CHARTS['units']} .js-plotly-plot image").nth(5).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    arrives(page, "unit", "6")
    wait_idle(page)
    widths = page.evaluate(
        "key => document.querySelector(`.st-key-${key} .js-plotly-plot`).layout.shapes.map(({line}) => line.width)",
        PART_CHARTS["units"],
    )
    assert [place for place, width in enumerate(widths) if width == 4] == [5]

    page.get_by_role("radio", name=EN("train.part.numbers")).or_(
        page.get_by_role("button", name=EN("train.part.numbers"), exact=True)
    ).first.click()
    arrives(page, "part", "numbers")
    wait_idle(page)
    expect(page.locator(".st-key-train-numbers .katex").first).to_be_visible()
    expect(page.get_by_label(EN("train.unit"), exact=True)).to_have_value("6")

    # The numbers are of one epoch: while the handle is at another they stand back.
    numbers = page.locator(".st-key-train-numbers")
    expect(numbers).to_have_css("opacity", "1")
    hold(page, "epoch", 0.25)
    expect(numbers).to_have_css("opacity", "0.4")
    page.mouse.up()
    arrives(page, "epoch", "5")
    expect(numbers).to_have_css("opacity", "1")
    expect(numbers).to_contain_text("epoch 5")

    # The point of the training set whose click is told is the one in the data.
    point = page.locator(f".st-key-{SURFACE} .scatterlayer .trace").first.locator(".point").nth(7)
    box = point.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function("() => Number(new URLSearchParams(location.search).get('point')) > 1")
    wait_idle(page)
    chosen = int(query(page)["point"]) - 1
    ring = drawn(page, 2, "x")
    (run,) = settled(page)
    assert_allclose(ring, run.points.positions[chosen, :1], atol=1e-9)


def test_points_are_set_by_hand_and_pasted(open_page, wait_idle: Idle) -> None:
    page = open_page("/train?lang=en&data=own&net=tanh:3&epochs=20&run=0")
    board = page.locator(f".st-key-{SURFACE} .nsewdrag").first
    box = board.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    page.wait_for_function("() => new URLSearchParams(location.search).has('own')")
    wait_idle(page)
    ((x, y, kind),) = own_points.read(query(page)["own"])
    assert_allclose([x, y, kind], [1, 1, 1], atol=0.05)

    page.get_by_role("button", name=EN("train.own.csv")).click()
    text = page.get_by_label(EN("train.own.text", most=own_points.MOST))
    text.fill("0,0,1\n0,1,2\n1,0,2\nx,1,1")
    text.press("Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="Line 4")).to_be_visible()
    wait_idle(page)
    expect(text).to_have_value("0,0,1\n0,1,2\n1,0,2\nx,1,1")
    text.fill("0,0,1\n0,1,2\n1,0,2\n1,1,1")
    text.press("Control+Enter")
    page.wait_for_function("() => new URLSearchParams(location.search).get('own')?.endsWith('____A')")
    page.keyboard.press("Escape")
    wait_idle(page)
    button(page, "train").click()
    page.wait_for_function("() => !new URLSearchParams(location.search).has('run')")
    shows(page, settled(page), 20)
