"""Every page at phone width, in both themes and languages, without barriers; and presentation mode."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

import activations
from tests.browser.test_handles import EN, arrives, handle, query, slot
from tests.pages.running import PAGES
from ui import train_state
from ui.language import NAMES

Idle = Callable[[Page], None]
SLOW = {"dead_relu": "?spread=0&width=4", "residual": "?depth=4"}  # what else would train ten seeds, or many blocks
INSTRUMENTS = [page for page in PAGES if page not in ("", "choose", "in_models")]
TEN = "z=3,2,1,0,-1,2,1,0.5,0.1,1&target=2"
SIXTEEN = "+".join(["attention", "看"] * 10)  # more than the sixteen that there is room for
DEPTH_BESIDE = "/depth?f=gelu&vs=1&f2=gelu&res2=1&norm2=layer"  # every curve, and a row more in the table
# What stands over, on and under the figures at its most.
FULL = [
    *(f"/{page}?" for page in INSTRUMENTS if page not in SLOW),
    *(f"/{page}{query}" for page, query in SLOW.items()),
    *(f"/{page}?d2=1" for page in ("sigmoid", "elu", "gelu")),
    *("/softmax?z=4,2.5,1,-0.5&set=image&target=1", f"/softmax?{TEN}", f"/softmax?{TEN}&part=jacobian"),
    f"/softmax?{TEN}&part=shift",
    *("/depth?part=theory", "/depth?part=dead", DEPTH_BESIDE),
    "/dead_relu?width=4",  # with ten seeds
    *(f"/dead_relu?part={part}&width=16" for part in ("layers", "layers&hidden=4")),
    "/dead_relu?part=life&width=16&f=tanh",  # of a unit that dies there is one figure more, further down
    "/residual?part=start",
    *(f"/attention?s={SIXTEEN}&show=scores", "/attention?part=mask", "/sampling?part=soft"),
    *("/classifier?from=own", "/classifier?part=calibration", "/classifier?part=labels", "/classifier?part=twice"),
    *("/lstm?cell=gru_after", "/lstm?part=gradient"),
    *("/saturation?f=relu", "/saturation?part=depth", "/saturation?part=neuron"),
    *("/convolution?f=elu&set=learned", "/convolution?part=bits", "/convolution?image=own"),
    *(f"/train?epochs=20&part={part}" for part in train_state.PARTS),
    "/train?epochs=20&part=numbers&net=tanh:3~tanh:3&layer=2",
    *(f"/train?epochs=20&race=1&net2=relu:32~tanh:32~relu:32&part={part}" for part in ("curves", "layers")),
    *("/compare?f=relu,leaky_relu,elu", "/compare?f=relu,sigmoid,tanh,leaky_relu,elu,selu"),
    f"/compare?f={','.join(activations.names())}",
]
PRESENTED = 28  # px at 1080p: legible from the last row
SCRIPTS = 25  # px: exponents and primes are smaller than the letters they stand at

WIDTHS = """() => [document.documentElement, document.body, ...document.querySelectorAll(
    '[data-testid="stMain"], [data-testid="stMainBlockContainer"], [data-testid="stAppViewContainer"]'
)].map((element) => element.scrollWidth)"""

# The texts that can be seen in the main part, inside components too, with the size of their letters.
SIZES = """() => {
    const found = []
    const visit = (node) => {
        if (node.nodeType === Node.TEXT_NODE) {
            const parent = node.parentElement ?? node.parentNode.host
            const range = document.createRange()
            range.selectNodeContents(node)
            const box = range.getBoundingClientRect()
            if (node.textContent.trim() && box.width > 2 && box.height > 2 &&
                parent.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }) &&
                !parent.closest('style, script, annotation, .katex-mathml, .modebar, [role="tooltip"]'))
                found.push([parseFloat(getComputedStyle(parent).fontSize), node.textContent.trim().slice(0, 40),
                    parent.closest('math, .katex') !== null])
            return
        }
        if (node.shadowRoot) visit(node.shadowRoot)
        for (const child of node.childNodes) visit(child)
        if (node.matches?.('input[type=text]') && node.value && node.checkVisibility())
            found.push([parseFloat(getComputedStyle(node).fontSize), node.value, false])
    }
    visit(document.querySelector('[data-testid="stMain"]'))
    return found
}"""


# Where the instrument begins and ends: from its figures, or else its handles, to the end of its numbers.
# The figure of ten seeds stands further down; their sentence is beside the numbers.
ENDS = """() => {
    const found = []
    const visit = (node) => {
        if (node.shadowRoot) visit(node.shadowRoot)
        if (node.matches?.('.js-plotly-plot, .handles, .readout') && !node.closest('.st-key-chart-seeds'))
            found.push(node.getBoundingClientRect())
        for (const child of node.children) visit(child)
    }
    visit(document.querySelector('[data-testid="stMain"]'))
    return [Math.min(...found.map((box) => box.top)), Math.max(...found.map((box) => box.bottom))]
}"""
# The words of figures, and buttons, that lie under the buttons by which a figure is zoomed.
COVERED = """() => {
    const words = '.js-plotly-plot text, .js-plotly-plot image, [data-testid="stMain"] button, .stMarkdown p'
    const lines = (one) => {
        const range = document.createRange()
        range.selectNodeContents(one)
        return [...(one.tagName === 'P' ? range : one).getClientRects()]
    }
    const boxes = [...document.querySelectorAll(words)].flatMap((one) => lines(one).map((box) => [one, box]))
    const covers = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6
    return [...document.querySelectorAll('.modebar-btn')].flatMap((button) => boxes
        .filter(([one, box]) => box.width && !one.closest('.modebar') && covers(box, button.getBoundingClientRect()))
        .map(([one]) => one.textContent.trim() || one.tagName))
}"""
# Formulas with numbers put in of which something is out of sight to the right.
CUT = """() => [...document.querySelectorAll('.st-key-train-numbers .katex-display')]
    .filter((one) => one.scrollWidth > one.clientWidth + 3).map((one) => one.textContent)"""
BROKEN_FORMULA = ".katex-error, .katex [style*='cc0000']"  # KaTeX sets in red what it cannot read
# Whether the ground of what lies over other things is that of the page.
GROUND = """() => {
    const app = document.querySelector('[data-testid=stApp]'), probe = document.createElement('i');
    probe.style.color = 'var(--ground)';
    app.append(probe);
    const found = getComputedStyle(probe).color === getComputedStyle(app).backgroundColor;
    probe.remove();
    return found;
}"""
HEIGHT = "document.querySelector('[data-testid=stMain]').scrollHeight"


def link(page: str, **query: str) -> str:
    extra = "".join(f"&{name}={value}" for name, value in query.items())
    return f"/{page}{SLOW.get(page, '?')}{extra}"


def opened(page: Page) -> Page:
    """The page once its components have come, of which one makes the menu one that can be read out."""
    expect(page.get_by_test_id("stSidebar").locator("ul")).to_have_attribute("role", "none")
    return page


def theme(page: Page, name: str, wait_idle: Idle) -> None:
    """Change between light and dark as the reader's system does, and see that the page follows."""
    before = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    page.emulate_media(color_scheme=name)
    page.wait_for_function(
        "before => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor !== before",
        arg=before,
    )
    assert page.evaluate(GROUND)
    wait_idle(page)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways_or_has_barriers(open_page, wait_idle: Idle, accessibility, name: str) -> None:
    # Both languages and both themes on a phone; one page opened once, for opening takes longest.
    page = opened(open_page(link(name, lang="zh"), width=360, height=740, language="zh"))
    assert max(page.evaluate(WIDTHS)) <= 360
    assert accessibility(page) == []
    expect(page.locator(BROKEN_FORMULA)).to_have_count(0)
    theme(page, "dark", wait_idle)
    assert max(page.evaluate(WIDTHS)) <= 360
    page.get_by_role("button", name=NAMES["en"]).click()
    page.wait_for_function("document.documentElement.lang === 'en'")
    wait_idle(page)
    assert max(page.evaluate(WIDTHS)) <= 360
    expect(page.locator(BROKEN_FORMULA)).to_have_count(0)
    theme(page, "light", wait_idle)
    assert max(page.evaluate(WIDTHS)) <= 360

    page.set_viewport_size({"width": 1280, "height": 720})
    wait_idle(page)
    for chosen in page.locator('[data-testid="stMain"] [data-selected="true"]').all()[:1]:
        chosen.hover()
    assert accessibility(page) == []
    theme(page, "dark", wait_idle)
    assert accessibility(page) == []


def settled(page: Page, wait_idle: Idle) -> tuple[float, float]:
    """Where an instrument begins and ends once its components have come and its figure has taken what they leave."""
    expect(page.locator("input[data-handle]").first).to_be_visible()
    wait_idle(page)
    return tuple(page.evaluate(ENDS))


def small(page: Page) -> list[list]:
    """The texts too small for the last row of a classroom."""
    shown = page.evaluate(SIZES)
    assert len(shown) > 5
    return [entry for entry in shown if entry[0] < (SCRIPTS if entry[2] else PRESENTED)]


@pytest.mark.parametrize("address", FULL)
def test_an_instrument_is_one_screen_and_in_a_presentation_too(
    open_page, wait_idle: Idle, accessibility, address: str
) -> None:
    page = open_page(f"{address}&lang=zh")
    for label in (None, NAMES["en"]):  # one page opened once, for opening takes longest
        if label:
            page.get_by_role("button", name=label).click()
        begin, end = settled(page, wait_idle)
        assert 0 <= begin < end <= 720
    assert page.evaluate(CUT) == []
    page.set_viewport_size({"width": 390, "height": 844})
    wait_idle(page)
    assert max(page.evaluate(WIDTHS)) <= 390
    assert page.evaluate(COVERED) == []
    assert accessibility(page) == []
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.get_by_role("button", name=EN("present.enter"), exact=True).click()
    for label in (None, NAMES["zh"]):
        if label:
            page.get_by_role("button", name=label).click()
        begin, end = settled(page, wait_idle)
        assert 0 <= begin < end <= 1080
        assert page.evaluate(HEIGHT) <= 1080
        assert small(page) == []
        assert page.evaluate(CUT) == []
        expect(page.get_by_test_id("stSidebar")).to_have_count(0)
        expect(page.get_by_test_id("stExpander")).to_have_count(0)
    assert accessibility(page) == []
    box = page.locator("input[data-handle]").first.bounding_box()
    assert box is not None
    assert box["height"] >= 44


# Of each chart the height that is left for its curves, whether its legend scrolls, and labels of an axis that meet.
CROWDED = """() => [...document.querySelectorAll('.js-plotly-plot')].map((chart) => {
    const labels = [...chart.querySelectorAll('.ytick text')].map((text) => text.getBoundingClientRect())
    labels.sort((one, other) => one.top - other.top)
    const meet = labels.slice(1).filter((box, place) => box.top + box.height / 2 < labels[place].bottom - 1)
    const bar = chart.querySelector('.legend .scrollbar')
    return [chart._fullLayout._size.h, bar !== null && Number(bar.getAttribute('height')) > 0, meet.length]
})"""


LETTERS = """() => [...document.querySelectorAll('.js-plotly-plot text:not(.heatmap-label text)')]
    .map((text) => parseFloat(getComputedStyle(text).fontSize))"""


@pytest.mark.parametrize(("address", "charts"), [("/depth?", 4), (DEPTH_BESIDE, 4), ("/sampling?", 1), ("/lstm?", 1)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_charts_keep_their_height_in_a_small_presentation(
    open_page, wait_idle: Idle, address: str, charts: int, language: str
) -> None:
    page = open_page(f"{address}&present=1&lang={language}", language=language)
    begin, end = settled(page, wait_idle)
    assert 0 <= begin < end <= 720
    crowded = page.evaluate(CROWDED)
    assert len(crowded) == charts
    assert [chart for chart in crowded if chart[0] < 60 or chart[1] or chart[2]] == []
    # words of figures are as large as they would be at 1080p, measured by the screen
    assert max(page.evaluate(LETTERS)) == pytest.approx(PRESENTED / 1080 * 720, abs=0.5)


@pytest.mark.parametrize("name", sorted(set(PAGES) - set(INSTRUMENTS)))
def test_a_page_without_an_instrument_can_be_read_from_the_last_row(open_page, name: str) -> None:
    page = open_page(link(name, lang="zh", present="1"), width=1920, height=1080)
    assert small(page) == []


def test_the_way_into_a_presentation_and_back_keeps_the_state(open_page, wait_idle: Idle) -> None:
    page = open_page("/sigmoid?lang=en&x=2", width=1920, height=1080)
    page.get_by_role("button", name=EN("present.enter"), exact=True).click()
    arrives(page, "present", "1")
    wait_idle(page)
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)
    expect(slot(page, "y")).to_have_text("0.8808")
    handle(page, "x").press("End")
    arrives(page, "x", "6")
    wait_idle(page)
    page.get_by_role("button", name=EN("present.leave")).click()
    page.wait_for_function("!location.search.includes('present')")
    wait_idle(page)
    assert query(page) == {"lang": "en", "x": "6"}
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    expect(slot(page, "y")).to_have_text("0.9975")
