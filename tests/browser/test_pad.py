"""The drawing pad by mouse, by finger and by keyboard; the link brings the drawing back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from playwright.sync_api import Locator, Page, expect

from activations.experiments import digits, drawing
from benchmarks.server import Server
from tests.browser.conftest import serving
from tests.browser.test_handles import EN, arrives, count_runs, query, runs
from ui.language import Words

Idle = Callable[[Page], None]
Place = tuple[float, float]
# Strokes over a field of side 1, as one writes these digits.
STROKES: dict[int, list[list[Place]]] = {
    0: [[(0.5, 0.08), (0.32, 0.15), (0.24, 0.5), (0.32, 0.85), (0.5, 0.92), (0.68, 0.85), (0.76, 0.5), (0.68, 0.15),
         (0.5, 0.08)]],
    1: [[(0.5, 0.08), (0.5, 0.92)]],
    3: [[(0.28, 0.15), (0.5, 0.08), (0.7, 0.2), (0.65, 0.4), (0.5, 0.47), (0.68, 0.55), (0.74, 0.75), (0.55, 0.92),
         (0.28, 0.86)]],
    5: [[(0.72, 0.08), (0.32, 0.08), (0.28, 0.45), (0.55, 0.4), (0.72, 0.58), (0.68, 0.82), (0.5, 0.92),
         (0.28, 0.85)]],
    6: [[(0.62, 0.08), (0.42, 0.3), (0.3, 0.58), (0.3, 0.8), (0.45, 0.92), (0.62, 0.88), (0.7, 0.74), (0.6, 0.6),
         (0.42, 0.6), (0.3, 0.74)]],
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The small app, in place of the whole one."""
    with serving(Path(__file__).with_name("pad_app.py")) as running:
        yield running


def cell(page: Page, row: int, column: int) -> Locator:
    """A cell of the field, both counted from 1."""
    return page.get_by_role("gridcell", name=Words("en")("pad.cell", row=row, column=column, dots="").partition(":")[0])


def field(page: Page) -> dict[str, float]:
    grid = page.get_by_role("grid", name="Your digit")
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box is not None
    return box


def by_mouse(page: Page, stroke: list[Place]) -> None:
    box = field(page)
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=5)
    page.mouse.up()


def by_finger(page: Page, stroke: list[Place]) -> None:
    box = field(page)
    touch = page.context.new_cdp_session(page)
    kinds = ["touchStart", *["touchMove"] * (len(stroke) - 1)]
    for kind, (x, y) in zip(kinds, stroke, strict=True):
        place = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def shown(page: Page) -> np.ndarray:
    """The dots of the pad's picture."""
    alphas = page.locator(".st-key-pad canvas").evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, 32, 32).data].filter((_, at) => at % 4 === 3)"
    )
    return np.array(alphas).reshape(32, 32) > 0


def told(page: Page) -> np.ndarray:
    """The drawing in the address."""
    return drawing.read(query(page).get("ink", ""))


def counted(page: Page, dots: np.ndarray) -> None:
    """The server has made pixels of these dots."""
    expect(page.locator("code")).to_have_text(" ".join(f"{16 * share:.0f}" for share in drawing.pixels(dots)))


def nearest(dots: np.ndarray) -> int:
    """The class of the shipped digit that is nearest to a drawing."""
    data, known = digits.load(), digits.split().train
    distances = ((data.images[known] - drawing.pixels(drawing.fitted(dots))) ** 2).sum(axis=1)
    return int(data.labels[known][distances.argmin()])


def test_digits_drawn_with_a_mouse_look_like_the_shipped_ones(open_page, wait_idle: Idle) -> None:
    page = open_page("/?lang=en")
    for digit, strokes in STROKES.items():
        for stroke in strokes:
            by_mouse(page, stroke)
        wait_idle(page)
        dots = shown(page)
        assert_array_equal(told(page), dots)
        counted(page, dots)
        assert nearest(dots) == digit
        page.get_by_role("button", name=EN("pad.clear")).click()
        page.wait_for_function("() => !location.search.includes('ink')")
        wait_idle(page)
        assert not shown(page).any()


def test_the_server_hears_of_a_stroke_when_it_ends(open_page, wait_idle: Idle) -> None:
    page = open_page("/?lang=en")
    arrives(page, "lang", "en")
    count_runs(page)
    box = field(page)
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 100, steps=20)
    assert shown(page).sum() > 40
    assert runs(page) == 0
    page.mouse.move(box["x"] - 50, box["y"] + 300, steps=5)  # out of the field and back
    page.mouse.move(box["x"] + 30, box["y"] + 30, steps=5)
    page.mouse.up()
    wait_idle(page)
    assert_array_equal(told(page), shown(page))


def test_a_finger_draws_and_does_not_scroll(open_page, wait_idle: Idle) -> None:
    page = open_page("/?lang=zh", width=360, height=640, touch=True)
    for stroke in STROKES[5]:
        by_finger(page, stroke)
    wait_idle(page)
    assert_array_equal(told(page), shown(page))
    assert nearest(shown(page)) == 5
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0


def test_the_keyboard_fills_and_empties_cells(open_page, wait_idle: Idle) -> None:
    page = open_page("/?lang=en")
    expect(page.get_by_role("gridcell")).to_have_count(64)
    cell(page, 1, 1).focus()
    for key in (
        "ArrowRight",
        "ArrowRight",
        "ArrowDown",
        "ArrowUp",
        "ArrowUp",
        "ArrowDown",
        "Space",
        "ArrowRight",
        "Enter",
    ):
        page.keyboard.press(key)
    expect(cell(page, 2, 4)).to_be_focused()
    expect(page.locator("[role=status]").last).to_have_text(EN("pad.cell", row=2, column=4, dots=16))
    wait_idle(page)
    expected = np.zeros((32, 32), dtype=bool)
    expected[4:8, 8:16] = True
    page.wait_for_function("() => location.search.includes('ink')")
    assert_array_equal(told(page), expected)
    assert_array_equal(shown(page), expected)
    counted(page, expected)
    expect(cell(page, 2, 3)).to_have_accessible_name(EN("pad.cell", row=2, column=3, dots=16))

    # Tab leaves the field and comes back to the cell where one was.
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=EN("pad.clear"))).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(cell(page, 2, 4)).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Home")
    expect(cell(page, 2, 1)).to_be_focused()
    page.keyboard.press("End")
    expect(cell(page, 2, 8)).to_be_focused()
    expected[4:8, 12:16] = False
    counted(page, expected)
    page.keyboard.press("Delete")
    page.wait_for_function("() => !location.search.includes('ink')")
    expect(cell(page, 2, 3)).to_have_accessible_name(EN("pad.cell", row=2, column=3, dots=0))


def test_a_link_brings_the_drawing_back_and_one_can_go_on_with_it(open_page, wait_idle: Idle) -> None:
    page = open_page("/?lang=en")
    by_mouse(page, STROKES[1][0])
    wait_idle(page)
    first = shown(page)
    assert first.any()
    page.reload()
    wait_idle(page)
    page.wait_for_function("() => document.querySelector('.st-key-pad [role=gridcell]') || true")
    expect(cell(page, 4, 4)).not_to_have_accessible_name(EN("pad.cell", row=4, column=4, dots=0))
    assert_array_equal(shown(page), first)
    by_mouse(page, [(0.1, 0.1), (0.9, 0.1)])
    wait_idle(page)
    assert (shown(page) & first == first).all()
    assert shown(page).sum() > first.sum()
    assert_array_equal(told(page), shown(page))


@pytest.mark.parametrize("dark", [False, True])
def test_the_pad_has_no_barriers(open_page, wait_idle: Idle, accessibility, dark: bool) -> None:
    page = open_page("/?lang=zh", width=360, height=740, language="zh", dark=dark)
    by_mouse(page, STROKES[3][0])
    wait_idle(page)
    assert [line for line in accessibility(page) if "pad" in line or "grid" in line] == []


def test_a_damaged_drawing_is_dropped_with_a_notice(open_page) -> None:
    page = open_page("/?lang=en&ink=<b>x</b>")
    expect(page.get_by_text("is no drawing")).to_be_visible()
    expect(cell(page, 1, 1)).to_be_visible()
    assert not shown(page).any()
