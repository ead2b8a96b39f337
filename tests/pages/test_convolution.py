"""The page on convolution without a browser: what is chosen, what stands below, and a link with a drawing."""

import numpy as np
import pytest

import activations
from activations.experiments import convolution, drawing
from lessons import LANGUAGES
from tests.pages.running import address, fine, held, opened
from ui.convolution_view import LEARNT, SETS
from ui.language import Words

CROSS = drawing.written(np.eye(32, dtype=bool) | np.eye(32, dtype=bool)[::-1])


def captions(at) -> str:
    return " ".join(caption.value for caption in at.caption)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", ["maps", "bits"])
@pytest.mark.parametrize("filters", SETS)
def test_every_part_with_every_kind_of_filter(lang: str, part: str, filters: str) -> None:
    at = opened("convolution", lang=lang, part=part, set=filters)
    words = Words(lang)
    assert words(f"convolution.note.{part}") in captions(at)
    assert (words("convolution.note.dips") in captions(at)) == (part == "bits" and filters == "hand")
    assert (words("convolution.f") in [box.label for box in at.selectbox]) == (part == "maps")


def test_learned_filters_say_how_well_their_network_reads() -> None:
    accuracy = f"{100 * convolution.train(LEARNT).accuracy:.1f}"
    at = opened("convolution", lang="en", set="learned")
    assert Words("en")("convolution.note.learned", accuracy=accuracy) in captions(at)


def test_choices_are_in_the_address() -> None:
    at = opened("convolution", lang="en")
    fine(at.button_group(key="convolution.filter").set_value(5).run())
    fine(at.selectbox(key="convolution.f").select("tanh").run())
    fine(at.button_group(key="convolution.image").set_value("own").run())
    assert address(at) == {"lang": "en", "image": "own", "filter": "5", "f": "tanh"}
    fine(at.button_group(key="convolution.part").set_value("bits").run())
    assert address(at)["part"] == "bits"


@pytest.mark.parametrize("f", activations.names())
def test_a_drawing_in_the_link_under_every_function(f: str) -> None:
    at = opened("convolution", lang="zh", image="own", ink=CROSS, f=f)
    assert len(at.info) == 0
    assert held(at)["ink"] == CROSS
    assert address(at)["ink"] == CROSS


def test_a_damaged_drawing_is_dropped_with_a_notice() -> None:
    at = opened("convolution", lang="en", image="own", ink=CROSS + "<script>")
    assert held(at)["ink"] == ""
    assert "ink" in at.info[0].value
    assert "171" in at.info[0].value


@pytest.mark.parametrize(("more", "said"), [({}, True), ({"bits": "4"}, False), ({"set": "learned"}, False)])
def test_dips_are_explained_where_there_are_dips(more: dict[str, str], said: bool) -> None:
    at = opened("convolution", lang="en", part="bits", **more)
    assert any(Words("en")("convolution.note.dips") in caption.value for caption in at.caption) == said
