"""The models of `/in_models`: every place has its words in both languages, its function a page, every fact a paper."""

import re
from itertools import pairwise

import pytest

import activations
import lessons
from lessons import models
from lessons.models import FAMILIES, FUNCTIONS, KINDS, MODELS
from tests.pages.running import PAGES

KNOWN = {*activations.names(), "softmax"}
every_model = pytest.mark.parametrize("model", MODELS, ids=[model.id for model in MODELS])


@every_model
def test_a_model_is_made_of_what_is_known(model) -> None:
    assert model.family in FAMILIES
    assert {place.kind for place in model.places} <= set(KINDS)
    assert set(model.functions) <= KNOWN
    assert len({place.id for place in model.places}) == len(model.places)
    assert set(model.pages) <= set(PAGES)
    assert set(model.drawn) - {"weights", "add", "multiply"} <= set(model.functions)
    ends = [end for arc in model.arcs for end in arc]
    assert all(-1 <= end < len(model.drawn) for end in ends)
    # a connection around ends where two are put together, one back in time at the input
    assert all(target == -1 or model.drawn[target] in ("add", "multiply") for _, target in model.arcs)


@every_model
def test_a_picture_does_not_contradict_the_words(model) -> None:
    pairs = list(pairwise(model.drawn))
    assert ("weights", "weights") not in pairs, "two layers without a function between them are one"
    outputs = {place.function for place in model.places if place.kind == "output"}
    # a network that is no part of another one ends in an output; its function stands last, behind weights
    assert bool(outputs) == (model.family != "recurrent")
    if outputs:
        assert pairs[-1][0] == "weights"
        assert pairs[-1][1] in outputs
    # every function that has a place is drawn; YOLO's version 3 is not what its picture shows
    assert set(model.functions) - set(model.drawn) == ({"sigmoid"} if model.id == "yolo" else set())
    assert ("multiply" in model.drawn) == any(place.kind == "hidden" and not place.function for place in model.places)


def test_a_remark_is_said_in_both_languages_or_in_none() -> None:
    said = {
        language: [model.id for model in MODELS if models.remark(model, language)] for language in lessons.LANGUAGES
    }
    assert said == {"en": ["lstm"], "zh": ["lstm"]}


def test_every_function_of_the_choice_is_somewhere() -> None:
    assert set(FUNCTIONS) == {place.function for model in MODELS for place in model.places} - {""}
    assert len({model.id for model in MODELS}) == len(MODELS)


@pytest.mark.parametrize("language", lessons.LANGUAGES)
def test_the_texts_are_those_of_the_models(language: str) -> None:
    expected = [id for model in MODELS for id in (model.id, *(f"{model.id}.{place.id}" for place in model.places))]
    assert list(models.ids(language)) == expected


@every_model
def test_both_languages_say_the_same_and_name_the_papers(model) -> None:
    english, chinese = (models.references(model, language) for language in lessons.LANGUAGES)
    links = [re.findall(r"\]\((https://[^)\s]+)\)", text) for text in (english, chinese)]
    assert links[0]
    assert links[0] == links[1]
    years = [re.findall(r"\d{4}", models.name(model, language)) for language in lessons.LANGUAGES]
    assert years[0] == years[1]
    assert len(years[0]) == 1
    for place in model.places:
        said = [models.saying(model, place, language) for language in lessons.LANGUAGES]
        for english, chinese in zip(vars(said[0]).values(), vars(said[1]).values(), strict=True):
            assert english
            assert chinese
            assert "<" not in english + chinese
        assert said[0].why.endswith(".")
        assert said[1].why.endswith("。")
        assert not said[0].where.endswith(".")
        assert not said[1].where.endswith("。")
        title = lessons.read(place.function, "en").title if place.function else ""
        assert said[0].function.startswith(title.removesuffix(" and temperature")) or said[0].function == "No function"
