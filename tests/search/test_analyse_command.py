"""`austausch analyse` prints what the search makes of a text."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from austausch.search import synonyms
from austausch.search.models import Synonym
from tests.factories import EntryFactory, TopicFactory

pytestmark = pytest.mark.django_db


def printed(text: str) -> list[str]:
    out = io.StringIO()
    call_command("analyse", text, stdout=out)
    return out.getvalue().splitlines()


def value(text: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("analyse", text, json=True, stdout=out)
    found = json.loads(out.getvalue())
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("text", ["", "  ", "\x00", "-", '"', "§$%&", "\u202e"])
def test_a_text_without_words_is_nothing_to_look_for(text: str) -> None:
    assert printed(text) == ["Nothing to look for."]
    assert value(text)["words"] == []


def test_a_text_of_any_length_is_analysed() -> None:
    assert printed("Wohnung " * 2_000)


def test_a_compound_is_printed_with_its_parts() -> None:
    lines = printed("Sozialleistungsmissbrauch")
    assert lines[0] == "Sozialleistungsmissbrauch"
    assert any("parts:" in line and "missbrauch" in line for line in lines)
    assert any("also what begins with:" in line for line in lines)


def test_words_phrases_exclusions_and_filters_are_told_apart() -> None:
    TopicFactory(key="wohnen")
    found = value('Häuser "runder Tisch" -Schule thema:wohnen und Kinder')
    assert [word["shown"] for word in found["words"]] == ["Häuser", "Kinder"]
    assert [phrase["shown"] for phrase in found["phrases"]] == ["runder Tisch"]
    assert [part["shown"] for part in found["without"]] == ["Schule"]
    assert found["fields"] == [{"name": "thema", "value": "wohnen"}]
    lines = printed('Häuser "runder Tisch" -Schule thema:wohnen')
    assert "not: Schule (schul)" in lines
    assert "thema: wohnen" in lines


def test_synonyms_of_the_database_are_named() -> None:
    synonym = Synonym.objects.create(words="Kita\nKindergarten")
    synonym.terms.set([], bulk=False)
    for term in synonyms.terms_of(synonym):
        term.save()
    assert value("Kita")["words"][0]["synonyms"] == ["kindergart"]


def test_words_like_an_unknown_one_are_those_that_everybody_may_see() -> None:
    EntryFactory(title="Gesundheit", published=True)
    EntryFactory(title="Gesinnung").save_revision()
    assert value("Gesundhiet")["words"][0]["near"] == ["gesund"]
