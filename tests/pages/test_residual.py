"""The page on residual stacks: its two parts, its presets, and a network that diverges."""

import pytest

import activations
from activations.experiments.residual import KINDS, Settings, compare
from tests.pages.running import address, fine, held, opened
from ui.language import Words
from ui.residual_view import BLOCKS, EPOCHS, PRESETS, TABLE


def test_both_parts_are_shown_and_can_be_left_for_one_another() -> None:
    at = opened("residual", lang="en")
    titles = [Words("en")(f"residual.chart.{chart}") for chart in ("learning", "signal", "gradient")]
    assert [text.value for text in at.markdown if text.value.strip("*") in titles] == [
        f"**{title}**" for title in titles
    ]
    fine(at.button_group(key="residual.part").set_value("start").run())
    assert address(at)["part"] == "start"
    assert [text.value for text in at.markdown if text.value.strip("*") in titles] == [
        f"**{title}**" for title in titles[1:]
    ]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_state_that_a_link_can_hold(name: str) -> None:
    entries = {entry.name: entry for entry in TABLE}
    for entry, value in PRESETS[name].items():
        assert entries[entry].read(entries[entry].write(value)) == value


def test_a_preset_keeps_to_the_part_that_is_shown() -> None:
    at = opened("residual", lang="en", part="start", f="gelu", sw="0.5")
    fine(at.button(key="residual.preset.sigmoid").click().run())
    assert (held(at)["part"], held(at)["f"], held(at)["depth"], round(held(at)["sw"], 3)) == (
        "start",
        "sigmoid",
        32,
        1.414,
    )


def test_a_network_that_diverges_is_named() -> None:
    query = {"depth": "4", "sw": "4", "rate": "2", "block": "whole", "f": "identity"}
    at = opened("residual", lang="en", **query)
    normalisation, scaled = BLOCKS["whole"]
    run = compare(
        Settings(activations.get("identity"), normalisation, scaled, 4, sigma_w=4, learning_rate=2, epochs=EPOCHS)
    )
    said = [
        Words("en")("residual.diverged", name=Words("en")(f"residual.figure.{kind}"), epoch=epoch)
        for kind, epoch in zip(KINDS, run.diverged_at, strict=True)
        if epoch is not None
    ]
    assert said
    assert [warning.value for warning in at.warning] == said
