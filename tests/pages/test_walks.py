"""Random walks over each page's own widgets: whatever is clicked in whatever order, no page breaks."""

import random
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.running import PAGES, address, fine, held, opened
from tests.ui.test_entries import TABLES, usable
from ui import dead_relu_view

STEPS = {"dead_relu": 6}  # it trains at almost every step
USUAL_STEPS = 15
STOPS = {"dead_relu.rate": dead_relu_view.RATES, "dead_relu.bias": dead_relu_view.BIASES, "dead_relu.width": (4, 8)}
NAMES = ("", "cat", "<b>fat</b>", "x" * 10_000, "a|b", "🙂", "$x$", "\x00")
Step = Callable[[], AppTest]


def steps(at: AppTest, chance: random.Random) -> Iterator[Step]:
    """Everything that can be done on the page, each with some value."""
    for button in at.button:
        if not button.proto.disabled:
            yield button.click
    for toggle in at.toggle:
        if not toggle.key.endswith(".spread"):  # ten trainings take too long for a walk
            yield lambda toggle=toggle: toggle.set_value(not toggle.value)
    for group in at.button_group:
        picks: list = list(_options(group))
        if group._is_single_select:
            yield lambda group=group, pick=chance.choice([*picks, None]): group.set_value(pick)
        else:
            some = chance.sample(picks, chance.randrange(len(picks) + 1))
            yield lambda group=group, some=some: group.set_value(some)
    for box in at.selectbox:
        yield lambda box=box, index=chance.randrange(len(box.options)): box.select_index(index)
    for slider in at.select_slider:
        yield lambda slider=slider, value=chance.choice(STOPS[slider.key]): slider.set_value(value)
    for field in at.number_input:
        value = chance.choice([field.min, field.max, (field.min + field.max) // 2])
        yield lambda field=field, value=value: field.set_value(value)
    for text in at.text_input:
        yield lambda text=text, name=chance.choice(NAMES): text.set_value(name)


def _options(group) -> Iterator:
    """What a row of buttons offers: AppTest knows only what stands on them."""
    page, _, name = group.key.partition(".")
    entry = next(entry for entry in TABLES[page] if entry.name == name)
    offered = entry.options if hasattr(entry, "options") else range(int(entry.low), int(entry.high) + 1)
    say = group.format_func
    return (option for option in map(entry_value(entry), offered) if say(option) in group.options)


def entry_value(entry) -> Callable:
    return (lambda option: entry.read(option)) if type(entry).__name__ == "Window" else (lambda option: option)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("page", PAGES)
def test_a_random_walk(page: str, seed: int) -> None:
    chance = random.Random(f"{page} {seed}")
    at = opened(page, lang=chance.choice(["en", "zh"]))
    seen = set()
    for _ in range(STEPS.get(page, USUAL_STEPS)):
        step = chance.choice(list(steps(at, chance)))
        fine(step().run())
        table, values = TABLES.get(page, []), held(at)
        assert all(usable(entry, values[entry.name]) for entry in table)
        assert [title.value for title in at.title] != []
        assert address(at)["lang"] == values["lang"]
        seen.add(tuple(sorted(address(at).items())))
    assert len(seen) > 1  # it went somewhere
