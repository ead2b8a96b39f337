"""Films over several charts: pictures and curves under one handle, fetched when it is first moved; clicks on charts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from playwright.sync_api import Page

from benchmarks.server import Server
from tests.browser.conftest import serving
from tests.browser.films_app import COLOURS, CURVES, PLANE, POSITIONS
from tests.browser.test_handles import arrives, count_runs, drawn, exact, handle, hold, query, runs

Idle = Callable[[Page], None]

PIXELS = """() => new Promise((done) => {
    const chart = document.querySelector('.st-key-plane .js-plotly-plot')
    const shown = chart.querySelector('image').getAttributeNS('http://www.w3.org/1999/xlink', 'href')
    const picture = new Image()
    picture.onload = () => {
        const canvas = document.createElement('canvas')
        canvas.width = picture.naturalWidth
        canvas.height = picture.naturalHeight
        const context = canvas.getContext('2d')
        context.drawImage(picture, 0, 0)
        done([canvas.height, ...context.getImageData(0, 0, canvas.width, canvas.height).data])
    }
    picture.src = shown
})"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The small app, in place of the whole one."""
    with serving(Path(__file__).with_name("films_app.py")) as running:
        yield running


def plane(page: Page) -> np.ndarray:
    """The colours that the plane's picture shows, the lowest row first."""
    rows, *colours = page.evaluate(PIXELS)
    return np.array(colours).reshape(rows, -1, 4)[::-1]


def shows(page: Page, frame: int) -> None:
    """Both charts show this frame of the film."""
    page.wait_for_function(
        """first => {
            const { y } = document.querySelector('.st-key-curve .js-plotly-plot').data[0]
            return Math.abs((y._inputArray ?? y)[0] - first) < 1e-6
        }""",
        arg=CURVES[frame][0],
    )
    assert_allclose(drawn(page, 0, chart=1), CURVES[frame], atol=1e-6)
    assert_array_equal(plane(page), COLOURS[PLANE[frame]])


def fetched(page: Page) -> list[str]:
    """The films that the page has fetched, from now on."""
    films: list[str] = []
    page.on("request", lambda request: films.append(request.url) if "/media/" in request.url else None)
    return films


def test_one_handle_moves_a_picture_and_a_curve_by_a_film_that_comes_when_it_is_moved(
    open_page, wait_idle: Idle
) -> None:
    page = open_page("/?lang=en&t=0.25")
    films = fetched(page)
    handle(page, "t").wait_for()
    shows(page, 5)
    arrives(page, "lang", "en")
    count_runs(page)
    assert films == []
    hold(page, "t", 0.9)
    shows(page, int(handle(page, "t").input_value()))
    assert handle(page, "t").input_value() == "18"
    assert len(films) == 1
    assert runs(page) == 0
    page.mouse.up()
    wait_idle(page)
    assert query(page)["t"] == "0.9"
    shows(page, 18)
    page.emulate_media(color_scheme="dark")  # Streamlit draws its own figures again
    wait_idle(page)
    shows(page, 18)
    assert len(films) == 1


@pytest.mark.parametrize("way", ["played", "typed"])
def test_a_lazy_film_comes_when_it_is_played_or_a_value_is_typed(open_page, wait_idle: Idle, way: str) -> None:
    page = open_page("/?lang=en&t=0.25")
    films = fetched(page)
    exact(page, "t").wait_for()
    if way == "played":
        page.get_by_role("button", name="t: play").click()
    else:
        exact(page, "t").fill("1")
        exact(page, "t").press("Enter")
    arrives(page, "t", "1")
    wait_idle(page)
    shows(page, 20)
    assert len(films) == 1


def test_what_is_clicked_is_heard_a_point_or_a_place(open_page, wait_idle: Idle) -> None:
    page = open_page("/?lang=en")
    handle(page, "t").wait_for()
    chart = page.locator(".st-key-plane .js-plotly-plot .nsewdrag").first
    box = chart.bounding_box()
    assert box is not None

    def click(x: float, y: float) -> None:
        page.mouse.move(box["x"] + box["width"] * (x + 1) / 2 + 2, box["y"] + box["height"] * (1 - y) / 2 + 2)
        page.mouse.click(box["x"] + box["width"] * (x + 1) / 2, box["y"] + box["height"] * (1 - y) / 2)
        wait_idle(page)

    click(0.5, -0.5)
    arrives(page, "point", "1")
    assert (query(page)["px"], query(page)["py"]) == ("0.5", "-0.5")
    click(0.7, 0.6)
    page.wait_for_function("() => !location.search.includes('point')")
    assert float(query(page)["px"]) == pytest.approx(0.7, abs=0.02)
    assert float(query(page)["py"]) == pytest.approx(0.6, abs=0.02)
    assert POSITIONS[int(handle(page, "t").input_value())] == 0.5
