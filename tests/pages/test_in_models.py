"""The overview of models: the choice of a function, and links that lead where there is a page and keep the language."""

import pytest

from app import MENU
from lessons import LANGUAGES
from lessons.models import FUNCTIONS, MODELS
from tests.pages.running import PAGES, address, fine, held, opened
from ui import models_view
from ui.language import Words


def links(at) -> list:
    return [link for link in at.main if type(link).__name__ == "PageLink"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_links_lead_to_pages_that_exist_and_keep_the_language(lang: str) -> None:
    at = opened("in_models", lang=lang)
    assert {link.page for link in links(at)} <= set(PAGES)
    assert {link.page for link in links(at)} >= {*FUNCTIONS, *MENU[models_view.HEADING]} - {"in_models"}
    assert all(f"lang={lang}" in link.proto.query_string for link in links(at))
    (table,) = [text.value for text in at.markdown if text.value.startswith("| ")]
    assert len(table.splitlines()) == 2 + len(MODELS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_choice_of_a_function_leaves_the_models_that_have_it(function: str) -> None:
    at = opened("in_models", lang="en")
    fine(at.button_group(key="in_models.f").set_value(function).run())
    assert address(at) == {"lang": "en", "f": function}
    (table,) = [text.value for text in at.markdown if text.value.startswith("| ")]
    rows = table.splitlines()[2:]
    assert 0 < len(rows) == sum(function in model.functions for model in MODELS) < len(MODELS)
    assert all("**" in row for row in rows)


def test_what_is_on_cannot_be_clicked_away() -> None:
    at = opened("in_models", lang="zh", f="tanh")
    fine(at.button_group(key="in_models.f").set_value(None).run())
    assert held(at)["f"] == "tanh"


def test_in_a_presentation_only_the_table_is_left() -> None:
    at = opened("in_models", lang="en", present="1")
    assert links(at) == []
    assert Words("en")("in_models.heading") not in [header.value for header in at.header]
    assert any(text.value.startswith("| ") for text in at.markdown)
