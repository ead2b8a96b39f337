"""From finger to curve: a handle moved in a real Chromium, until the chart has been painted anew.

An input event is sent at a random moment of a frame; the clock stops after the first frame in which
the chart's own SVG has changed. Against it stands the same wait with nothing to draw, which is what
the browser's 60 frames a second alone cost. "Released" is the time from letting go until the new
state is in the address, and for a chart that only the server can draw until its numbers have changed.
"""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks import Row, percentile
from benchmarks.server import serve
from tests.browser import chromium
from tests.browser.conftest import ARGUMENTS

TITLE = "Browser: from input event to painted curve"

MOVES = 200
RELEASES = 20
# The page, its handle, and what of the chart must have changed when the handle has moved.
HANDLES = (
    ("sigmoid", "x", ".scatterlayer .points"),
    ("leaky_relu", "alpha", ".scatterlayer .lines"),
    ("softmax", "t", ".barlayer"),
)

_MOVE = """async ([name, watched, moves, still]) => {
  const find = (root) => root.querySelector(`input[data-handle="${name}"]`) ??
    [...root.querySelectorAll('*')].map((one) => one.shadowRoot && find(one.shadowRoot)).find(Boolean)
  const slider = find(document)
  const chart = document.querySelector('.js-plotly-plot')
  const picture = () => [...chart.querySelectorAll(watched)].map((one) => one.innerHTML).join()
  const frame = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel()  // its message comes after the frame has been painted
    channel.port1.onmessage = done
    channel.port2.postMessage(0)
  }))
  const times = []
  let seed = 1
  for (let move = 0; move < moves; move++) {
    await frame()
    seed = (seed * 16807) % 2147483647
    await new Promise((done) => setTimeout(done, (16 * seed) / 2147483647))
    const before = picture()
    const began = performance.now()
    if (!still) {
      slider.value = Math.round(Number(slider.max) * (0.2 + 0.006 * ((37 * move) % 101)))
      slider.dispatchEvent(new Event('input', { bubbles: true }))
    }
    do await frame()
    while (!still && picture() === before && performance.now() - began < 1000)
    times.push(performance.now() - began)
  }
  return times
}"""


def run(app: Path) -> Iterator[Row]:
    """Measure every handle of HANDLES."""
    with serve(app) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(ARGUMENTS))
        for address, handle, watched in HANDLES:
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(f"{server.url}/{address}?lang=en")
            page.locator(f'input[data-handle="{handle}"]').wait_for()
            page.wait_for_function("document.querySelector('.js-plotly-plot .main-svg')")
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(1000)
            page.evaluate(_MOVE, [handle, watched, 20, False])  # warm up
            floor = page.evaluate(_MOVE, [handle, watched, MOVES, True])
            moved = page.evaluate(_MOVE, [handle, watched, MOVES, False])
            for share, goal in ((0.5, "≤ 16.7 ms"), (0.95, "≤ 33 ms")):
                what = f"/{address}, {handle} moved: p{round(100 * share)}"
                yield Row(what, percentile(moved, share), percentile(floor, share), "ms", goal)
            times = _released(page, handle, "location.search")
            yield Row(f"/{address}, {handle} released: p50", percentile(times, 0.5), None, "ms", "≤ 200 ms")
            page.close()
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{server.url}/softmax?lang=en&part=jacobian")
        page.locator(".heatmap-label").first.wait_for()
        page.wait_for_timeout(1000)
        times = _released(page, "t", "document.querySelector('.heatmap-label')?.textContent")
        yield Row("the Jacobian, t released: p50", percentile(times, 0.5), None, "ms", "≤ 200 ms")
        browser.close()


def _released(page: Page, handle: str, shown: str) -> list[float]:
    """Milliseconds from a step of the handle's release until what is `shown` has changed."""
    slider = page.locator(f'input[data-handle="{handle}"]')
    times = []
    for turn in range(RELEASES):
        times.append(
            slider.evaluate(
                """async (slider, [turn, shown]) => {
                  const now = () => (0, eval)(shown)
                  slider.value = Math.round(Number(slider.max) * (0.2 + 0.03 * turn))
                  slider.dispatchEvent(new Event('pointermove'))
                  slider.dispatchEvent(new Event('input', { bubbles: true }))
                  const before = now()
                  const began = performance.now()
                  slider.dispatchEvent(new Event('change', { bubbles: true }))
                  while ([before, undefined].includes(now()) && performance.now() - began < 5000)
                    await new Promise((done) => setTimeout(done, 2))
                  return performance.now() - began
                }""",
                [turn, shown],
            )
        )
    return times
