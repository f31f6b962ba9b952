"""What words consist of: worked out once, as the Hannover Tagger has it, and read for a whole page at once."""

from __future__ import annotations

import random

import pytest
from django.test import Client
from HanTa.HanoverTagger import HanoverTagger

from austausch.search import analysis, compounds, word_parts
from austausch.search.models import WordParts
from austausch.search.morphology import Morphology
from austausch.search.rebuilding import rebuild
from tests.factories import EntryFactory

MODEL = "morphmodel_ger.pgz"
WORDS = (
    "Wohnungsaufsicht Kindergeldbetrug Sozialleistungsmissbrauch Schrottimmobilien überbelegte Zwangsversteigerung "
    "Häuser beraten Beratung Straßenbahnhaltestelle NRW Köln Housingfirst Xqzvw aaaaaaaaaaaa Кириллица ab abc"
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that were taken apart."""
    words: list[str] = []
    pieces = compounds._pieces

    def counted(word: str) -> list[tuple[int, int]]:
        words.append(word)
        return pieces(word)

    monkeypatch.setattr(compounds, "_pieces", counted)
    forget()
    return words


def forget() -> None:
    compounds.forget()
    analysis.pieces.cache_clear()


def test_the_quicker_tagger_answers_the_same() -> None:
    theirs, ours = HanoverTagger(MODEL), Morphology(MODEL)
    chance = random.Random(1)
    endless = ["".join(chance.choices("abcdefghiklmnoprstuäöü", k=length)) for length in range(3, 40)]
    for word in (*WORDS.split(), *(word.title() for word in endless)):
        assert ours.analyze(word, taglevel=3) == theirs.analyze(word, taglevel=3)


@pytest.mark.django_db
def test_a_page_of_hits_takes_no_word_of_an_entry_apart_again(asked: list[str]) -> None:
    EntryFactory(title="Wohnungsaufsicht und Mietrechtsberatung", published=True)
    assert {"wohnungsaufsicht", "mietrechtsberatung"} <= {*asked}
    forget()
    asked.clear()
    page = Client().get("/massnahmen/", {"q": "Aufsicht"}).content.decode()
    assert "<mark>Wohnungsaufsicht</mark>" in page
    assert not {"wohnungsaufsicht", "mietrechtsberatung"} & {*asked}


@pytest.mark.django_db
def test_what_an_older_version_worked_out_is_not_used(asked: list[str]) -> None:
    WordParts.objects.create(word="wohnungsaufsicht", parts=[], version="0")
    assert word_parts.prepare(["Wohnungsaufsicht"]) == {"wohnungsaufsicht"}
    word_parts.keep({"wohnungsaufsicht"})
    assert asked == ["wohnungsaufsicht"]
    forget()
    assert word_parts.prepare(["Wohnungsaufsicht"]) == set()
    assert ("aufsicht", 1, 2) in compounds.split("wohnungsaufsicht")


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_forgets_words_that_no_entry_holds_any_more() -> None:
    EntryFactory(title="Wohnungsaufsicht", published=True)
    WordParts.objects.create(word="verschwundenheit", parts=[], version=compounds.VERSION)
    rebuild()
    kept = set(WordParts.objects.values_list("word", flat=True))
    assert "wohnungsaufsicht" in kept
    assert "verschwundenheit" not in kept
