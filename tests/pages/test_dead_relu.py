"""The page on dying ReLUs: its parts, the guess before the run, and the units that are followed."""

import pytest

from activations.experiments import dying_network
from activations.experiments.cures import CURES, TROUBLES
from lessons import LANGUAGES
from tests.pages.running import address, fine, held, opened
from ui import frame
from ui.dead_relu_state import EPOCHS, PARTS, PRESETS, TABLE, WIDEST
from ui.language import Words

ENGLISH = Words("en")
SMALL = dying_network.Settings(hidden=2, width=8, learning_rate=0.5, seed=2, epochs=EPOCHS)
LINK = {"lang": "en", "hidden": "2", "width": "8", "rate": "0.5", "seed": "2"}


def texts(at) -> str:
    return "\n".join(element.value for element in (*at.markdown, *at.caption, *at.info))


def shows_a_run(at) -> bool:
    return bool(at.get("plotly_chart"))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_in_both_languages_and_modes(part: str, lang: str) -> None:
    at = opened("dead_relu", part=part, **LINK | {"lang": lang})
    assert shows_a_run(at)
    fine(at.button(key="switch.present").click().run())
    assert shows_a_run(at)
    assert address(at)["part" if part != "run" else "lang"] == (part if part != "run" else lang)


def test_an_old_link_opens_the_single_layer() -> None:
    at = opened("dead_relu", lang="en", f="leaky_relu", rate="2", bias="0", seed="0", epoch="10")
    assert held(at)["part"] == "run"
    assert not held(at)["predict"]
    assert shows_a_run(at)


@pytest.mark.parametrize("part", ["run", "layers"])
@pytest.mark.parametrize("present", ["0", "1"])
def test_the_run_is_hidden_until_the_guess_is_made(part: str, present: str) -> None:
    at = opened("dead_relu", part=part, predict="1", present=present, **LINK)
    assert not shows_a_run(at)
    assert not at.header or "seeds" not in [header.proto.anchor for header in at.header]
    assert at.number_input(key="dead_relu.guess").max == (8 if part == "run" else 16)
    fine(at.number_input(key="dead_relu.guess").set_value(5).run())
    assert not shows_a_run(at)
    assert address(at)["guess"] == "5"
    fine(at.button(key="dead_relu.predict.show").click().run())
    assert shows_a_run(at)
    assert address(at)["shown"] == "1"
    if part == "layers":
        dead = int(dying_network.train(SMALL).dead[-1].sum())
        verdict = "right" if dead == 5 else "more" if dead > 5 else "fewer"
        assert ENGLISH(f"dead_relu.predict.{verdict}", guess=5, dead=dead, units=16) in texts(at)
    # the link keeps guess and answer
    again = opened("dead_relu", **address(at))
    assert shows_a_run(again)
    fine(at.button(key="dead_relu.predict.again").click().run())
    assert not shows_a_run(at)
    assert held(at)["guess"] == 5


@pytest.mark.parametrize("change", ["rate", "preset"])
def test_another_run_is_hidden_again(change: str) -> None:
    at = opened("dead_relu", predict="1", shown="1", guess="3", **LINK)
    assert shows_a_run(at)
    if change == "rate":
        fine(at.select_slider(key="dead_relu.rate").set_value(0.2).run())
    else:
        fine(at.button(key="dead_relu.preset.healthy").click().run())
    assert not shows_a_run(at)


def test_a_guess_beyond_the_units_is_brought_back() -> None:
    at = opened("dead_relu", predict="1", guess="128", **LINK)
    assert at.number_input(key="dead_relu.guess").value == 8


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_one_click_away(name: str) -> None:
    part = PRESETS[name]["part"]
    start = "run" if part == "run" else "layers"
    at = opened("dead_relu", part=start, spread="0", **LINK)
    fine(at.button(key=f"dead_relu.preset.{name}").click().run())
    assert held(at) | PRESETS[name] == held(at)


def test_units_that_died_or_came_back_are_stepped_through() -> None:
    run = dying_network.train(SMALL)
    died = {(layer, unit) for _, layer, unit in zip(*(run.dead[1:] & ~run.dead[:-1]).nonzero(), strict=True)}
    places = sorted((int(layer), int(unit)) for layer, unit in died)
    at = opened("dead_relu", part="life", layer="2", unit="8", **LINK)
    seen = []
    for _ in range(len(places) + 1):
        fine(at.button(key="dead_relu.next.died").click().run())
        seen.append((held(at)["layer"] - 1, held(at)["unit"] - 1))
        assert held(at)["turn"] == 1
        assert ENGLISH("dead_relu.turns.none") not in texts(at)
    assert seen == [*places, places[0]]
    back = sorted({(int(layer), int(unit)) for _, layer, unit in zip(*run.came_back.nonzero(), strict=True)})
    assert at.button(key="dead_relu.next.returned").proto.disabled == (not back)


def test_what_never_died_and_what_was_born_dead_is_said() -> None:
    healthy = opened("dead_relu", part="life", lang="en", hidden="1", width="4", f="tanh")
    assert ENGLISH("dead_relu.turns.none") in texts(healthy)
    born = opened("dead_relu", part="life", lang="en", hidden="1", width="4", bias="-5")
    assert ENGLISH("dead_relu.turns.born") in texts(born)


def test_a_wide_network_is_narrowed_with_a_word_about_it() -> None:
    at = opened("dead_relu", part="layers", lang="en", width="128", hidden="1")
    assert at.info[0].value == ENGLISH("dead_relu.widest", most=WIDEST, asked=128)
    assert held(at)["width"] == 128


def test_a_place_beyond_the_network_is_brought_into_it() -> None:
    at = opened("dead_relu", part="life", layer="4", unit="32", turn="8", **LINK)
    assert (held(at)["layer"], held(at)["unit"]) == (2, 8)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_ten_seeds_are_said_right_beside_the_run_and_in_a_presentation(lang: str) -> None:
    query = {"lang": lang, "width": "2", "rate": "0.5"}
    bold = [f"**{frame.title(name, lang)}**" for name in ("relu", "leaky_relu")]
    for mode in ({}, {"present": "1"}):
        at = opened("dead_relu", spread="1", **query, **mode)
        shown = [text.value for text in at.main.markdown]
        (said,) = [text for text in shown if text.startswith(bold[0])]
        assert all(name in said for name in bold)
        assert "10" in said
        if not mode:
            assert shown.index(said) < shown.index(Words(lang)("dead_relu.silent_or_dead"))
    at = opened("dead_relu", spread="0", present="1", **query)
    assert not [text for text in at.main.markdown if text.value.startswith(bold[0])]


def test_ten_seeds_are_shown_unless_a_link_says_not() -> None:
    assert {entry.name: entry.default for entry in TABLE}["spread"] is True


@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_cures_stand_in_a_table(trouble: str) -> None:
    at = opened("dead_relu", lang="en", part="cures", trouble=trouble)
    (table,) = [text.value for text in at.markdown if text.value.startswith("|")]
    rows = table.splitlines()
    assert len(rows) == 2 + len(CURES)
    assert rows[2].startswith(f"| {ENGLISH('dead_relu.cure.none')} |")
    assert rows[7].startswith(f"| {frame.title('leaky_relu', 'en')} |")
    assert ENGLISH(f"dead_relu.change.{trouble}") in rows[5]
    assert ("diverged" in table) == (trouble == "start")
