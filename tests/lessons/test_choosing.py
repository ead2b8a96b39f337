"""The advice of `/choose`: every path ends, every text exists in both languages, nothing is unreachable."""

import itertools
import re

import pytest

import activations
import lessons
from lessons import choosing

PATHS = list(choosing.every_answer())
RECOMMENDATIONS = {found.id: found for _, found in PATHS}
FUNCTIONS = {*activations.names(), "softmax"}
DEMOS = {"saturation", "dead_relu", "compare"}

PLACE = pytest.mark.parametrize(("answers", "found"), PATHS, ids=["-".join(answers.values()) for answers, _ in PATHS])


def test_as_many_paths_as_answers_can_be_combined():
    count = {choice.id: len(choice.answers) for choice in choosing.CHOICES}
    assert len(PATHS) == count["task"] + count["network"] * count["worry"]
    assert len({tuple(answers.items()) for answers, _ in PATHS}) == len(PATHS)


@PLACE
def test_a_path_asks_what_applies_and_no_more(answers, found):
    assert list(answers) == [choice.id for choice in choosing.questions(answers)]
    assert choosing.recommend(answers) == found


@PLACE
def test_without_one_of_its_answers_a_path_does_not_end(answers, found):
    for left_out in answers:
        rest = {question: answer for question, answer in answers.items() if question != left_out}
        assert choosing.recommend(rest) is None
        assert left_out in {choice.id for choice in choosing.questions(rest)} or "where" not in rest
        assert choosing.recommend({**rest, left_out: "nonsense"}) is None


def test_every_walk_from_the_first_question_ends():
    """As a reader goes: answer any open question, in any order, until there is none."""
    ends = set()
    open_walks: list[dict[str, str]] = [{}]
    while open_walks:
        answers = open_walks.pop()
        asked = [choice for choice in choosing.questions(answers) if choice.id not in answers]
        if not asked:
            found = choosing.recommend(answers)
            assert found is not None
            ends.add(found.id)
        open_walks += [{**answers, choice.id: answer} for choice in asked for answer in choice.answers]
    assert ends == set(RECOMMENDATIONS)


def test_answers_to_questions_that_do_not_apply_are_ignored():
    stray = {"where": "output", "task": "binary", "network": "recurrent", "worry": "nonsense", "else": "1"}
    assert choosing.recommend(stray) == choosing.recommend({"where": "output", "task": "binary"})


def test_nothing_in_the_tables_is_unreachable():
    tables = [choosing._OUTPUT, *choosing._HIDDEN.values()]
    written = {found.id for table in tables for found in table.values()}
    assert written == set(RECOMMENDATIONS)
    by_id = {}
    for _, found in PATHS:
        assert by_id.setdefault(found.id, found) == found, "one id, one recommendation"


@pytest.mark.parametrize("language", lessons.LANGUAGES)
def test_texts_are_those_of_the_questions_answers_and_recommendations(language):
    expected = [
        text
        for choice in choosing.CHOICES
        for text in (choice.id, *(f"{choice.id}.{answer}" for answer in choice.answers))
    ]
    texts = choosing.texts(language)
    assert set(texts) == {*expected, *RECOMMENDATIONS}
    assert all(texts.values())
    for choice in choosing.CHOICES:
        assert choosing.label(choice.id, language=language) == texts[choice.id]
        labels = [choosing.label(choice.id, answer, language=language) for answer in choice.answers]
        assert len(set(labels)) == len(labels)


def test_both_languages_have_the_texts_in_the_same_order():
    assert list(choosing.texts("en")) == list(choosing.texts("zh"))


@pytest.mark.parametrize("id", RECOMMENDATIONS)
def test_advice_has_a_headline_a_reason_and_models_with_a_reference(id):
    english, chinese = (choosing.advice(id, language) for language in lessons.LANGUAGES)
    links = [re.findall(r"\]\((https://[^)\s]+)\)", advice.models) for advice in (english, chinese)]
    assert links[0]
    assert links[0] == links[1]
    assert re.findall(r"\$[^$]+\$", english.reason) == re.findall(r"\$[^$]+\$", chinese.reason)
    for advice in (english, chinese):
        assert "\n" not in advice.headline + advice.reason + advice.models
        assert len(advice.headline) < len(advice.reason)
        assert "<" not in advice.headline + advice.reason + advice.models, "no HTML"


@pytest.mark.parametrize("found", RECOMMENDATIONS.values(), ids=RECOMMENDATIONS)
def test_a_recommendation_names_functions_and_a_page_that_exist(found):
    assert found.names
    assert set(found.names) <= FUNCTIONS
    assert found.page in FUNCTIONS | DEMOS


def test_answers_a_practitioner_would_sign():
    def names(*answers: str) -> tuple[str, ...]:
        path = next(found for given, found in PATHS if tuple(given.values()) == answers)
        return path.names

    assert names("output", "binary") == ("sigmoid",)
    assert names("output", "exclusive") == ("softmax",)
    assert names("output", "labels") == ("sigmoid",)
    assert names("output", "number") == ("identity",)
    assert names("hidden", "convolutional", "none") == ("relu",)
    assert names("hidden", "convolutional", "dead_units") == ("leaky_relu",)
    assert names("hidden", "convolutional", "cost")[0] == "relu6"
    for worry in choosing.CHOICES[3].answers:
        assert names("hidden", "recurrent", worry) == ("tanh", "sigmoid")


def test_every_link_to_the_page_carries_valid_answers():
    valid = {choice.id: choice.answers for choice in choosing.CHOICES}
    found = [
        block.query
        for topic, language in itertools.product(lessons.topics(), lessons.LANGUAGES)
        for section in lessons.read(topic, language).sections
        for block in section.blocks
        if isinstance(block, lessons.Link) and block.page == "choose"
    ]
    assert any(found)
    for query in found:
        for question, answer in query:
            assert answer in valid[question]
            assert question in {choice.id for choice in choosing.questions(dict(query))}
