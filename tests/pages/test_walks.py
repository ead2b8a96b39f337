"""Random walks over each page's own widgets: whatever is clicked in whatever order, no page breaks."""

import random
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.running import PAGES, address, fine, held, opened
from tests.ui.test_entries import TABLES, usable
from ui import classifier_view, dead_relu_view, residual_view, train_controls
from ui.function_view import Window

STEPS = {
    "classifier": 8,
    "dead_relu": 6,
    "depth": 6,
    "residual": 6,
    "train": 8,
}  # these work for long at almost every step
USUAL_STEPS = 15
STOPS = {
    "classifier.width": classifier_view.WIDTHS,
    "dead_relu.rate": dead_relu_view.RATES,
    "dead_relu.bias": dead_relu_view.BIASES,
    "dead_relu.width": (4, 8),
    "residual.depth": (4, 8),
    "residual.sw": residual_view.STARTS,
    "residual.rate": residual_view.RATES,
}
STOPS |= {
    f"train.{name}{suffix}": stops
    for suffix in ("", "2")
    for name, stops in {
        "rate": train_controls.RATES, "scale": train_controls.SCALES, "batch": (32, 1000), "epochs": (20, 50),
        "l1": train_controls.PENALTIES, "l2": train_controls.PENALTIES, "n": (50, 100), "k": (2, 5),
        "noise": train_controls.NOISES, "test": train_controls.SHARES,
    }.items()
}  # fmt: skip
NAMES = ("", "cat", "<b>fat</b>", "x" * 10_000, "a|b", "🙂", "$x$", "\x00")
Step = Callable[[], AppTest]


def steps(at: AppTest, chance: random.Random) -> Iterator[Step]:
    """Everything that can be done on the page, each with some value."""
    for button in at.button:
        if not button.proto.disabled:
            yield button.click
    for toggle in at.toggle:
        if not toggle.key.endswith(".spread"):  # ten trainings take too long for a walk
            yield partial(toggle.set_value, not toggle.value)
    for group in at.button_group:
        picks = list(_options(group))
        if group._is_single_select:
            yield partial(group.set_value, chance.choice([*picks, None]))
        else:
            yield partial(group.set_value, chance.sample(picks, chance.randrange(len(picks) + 1)))
    for box in at.selectbox:
        yield partial(box.select_index, chance.randrange(len(box.options)))
    for slider in at.select_slider:
        yield partial(slider.set_value, chance.choice(STOPS[slider.key]))
    for field in at.number_input:
        yield partial(field.set_value, chance.choice([field.min, field.max, (field.min + field.max) // 2]))
    for text in at.text_input:
        yield partial(text.set_value, chance.choice(NAMES))


def _options(group) -> Iterator:
    """What a row of buttons offers: AppTest knows only what stands on them."""
    page, _, name = group.key.partition(".")
    entry = next(entry for entry in TABLES[page] if entry.name == name)
    offered = entry.options if hasattr(entry, "options") else range(int(entry.low), int(entry.high) + 1)
    say = group.format_func
    values = map(entry.read, offered) if isinstance(entry, Window) else offered
    return (value for value in values if say(value) in group.options)


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
