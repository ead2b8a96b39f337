"""The page on a classifier's output without a browser: its parts, its buttons, a drawing in the link."""

import numpy as np
import pytest

from activations.experiments import digits, drawing
from activations.experiments.calibration import fit_temperature
from activations.experiments.classifier import Settings, mistakes, train
from lessons import Link
from lessons import read as lesson
from tests.pages.running import address, fine, held, opened
from ui import classifier_view, entries
from ui.classifier_view import LISTED, PARTS, TABLE
from ui.language import Words

say = Words("en")
SMALL = {"n": "20", "width": "4"}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_part(part: str, lang: str) -> None:
    at = opened("classifier", lang=lang, part=part, **SMALL)
    assert len(at.info) == 0
    assert len(at.get("download_button")) == 1
    assert held(at)["part"] == part


def test_the_fitted_temperature_is_one_click() -> None:
    at = opened("classifier", lang="en", part="calibration", width="8")
    network = train(Settings(count=100, width=8))
    shipped, held_out = digits.load(), digits.split().held_out
    fitted = fit_temperature(network.logits(shipped.images[held_out]), shipped.labels[held_out])
    assert at.button(key="classifier.fit").label == say("classifier.fit", t=f"{fitted:.2f}")
    fine(at.button(key="classifier.fit").click().run())
    assert held(at)["t"] == pytest.approx(fitted, rel=1e-9)
    again = opened("classifier", **address(at))
    assert held(again)["t"] == held(at)["t"]
    fine(at.button(key="classifier.unfit").click().run())
    assert held(at)["t"] == 1
    assert "t" not in address(at)


def test_the_mistakes_are_there_the_most_confident_first_and_lead_to_their_digit() -> None:
    at = opened("classifier", lang="en", **SMALL)
    network = train(Settings(count=20, width=4))
    shipped, test = digits.load(), digits.split().test
    images, labels = shipped.images[test], shipped.labels[test]
    expected = mistakes(network.logits(images), labels)[:LISTED].tolist()
    shown = [button for button in at.button if str(button.key).startswith("classifier.mistake.")]
    assert [button.key for button in shown] == [f"classifier.mistake.{index}" for index in expected]
    seen = int(network.logits(images)[expected[2]].argmax())
    assert shown[2].label.startswith(f"{labels[expected[2]]} taken for {seen}, ")
    fine(shown[2].click().run())
    assert held(at)["image"] == expected[2] + 1
    assert address(at)["image"] == str(expected[2] + 1)


def test_a_network_without_mistakes_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier_view.classifier, "mistakes", lambda logits, labels: np.array([], dtype=int))
    at = opened("classifier", lang="en", **SMALL)
    assert say("classifier.mistakes.none") in [text.value for text in at.markdown]


def test_a_drawing_in_the_link_is_classified() -> None:
    dots = np.zeros((32, 32), dtype=bool)
    dots[4:28, 14:18] = True
    ink = drawing.written(dots)
    at = opened("classifier", lang="en", **SMALL | {"from": "own", "ink": ink})
    assert held(at)["ink"] == ink
    assert address(at)["ink"] == ink
    assert [header.value for header in at.header if header.value == say("classifier.mistakes")] == []


@pytest.mark.parametrize("name", ["one", "two", "none"])
def test_a_sheet_is_one_click(name: str) -> None:
    at = opened("classifier", lang="en", part="labels", width="4", u="0.5", v="0.5")
    fine(at.button(key=f"classifier.sheet.{name}").click().run())
    wanted = {"one": (1, 0), "two": (1, 1), "none": (0, 0)}[name]
    assert (held(at)["u"], held(at)["v"]) == wanted


def test_the_links_of_the_lesson_can_be_read() -> None:
    for section in lesson("classifier", "en").sections:
        for block in section.blocks:
            if isinstance(block, Link):
                assert block.page == "classifier"
                assert entries.read(TABLE, dict(block.query))[1] == []


def test_films_by_address_are_those_of_the_page() -> None:
    settings, values = Settings(count=20, width=4), {"image": 3.0, "t": 2.0}
    network = train(settings)
    z = network.logits(digits.load().images[digits.split().test])
    by_digit = classifier_view._film(settings, None, "en", "image", values)
    assert len(by_digit.texts) == 300
    by_temperature = classifier_view._film(settings, None, "en", "t", values)
    label = digits.load().labels[digits.split().test[2]]
    assert f" {int(z[2].argmax())}, " in by_temperature.said[0]
    assert by_temperature.data != classifier_view._film(settings, None, "en", "t", values | {"image": 4.0}).data
    assert f": {label} → " in by_digit.said[2]
    own = classifier_view._film(settings, "", "en", "t", values)
    assert int(network.logits(np.zeros(64)).argmax()) == int(own.said[0].split(": ")[1].split(",")[0])
