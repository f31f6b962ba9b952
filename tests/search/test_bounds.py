"""What one text, query or visitor may cost: bounds that hold whatever is typed or uploaded."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from django.test import Client

from austausch.catalogue.models import Entry
from austausch.search import analysis, compounds, snapshot
from austausch.search import index as search_index
from austausch.search.engines import Lookup
from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db


def citing(text: str, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """A published entry with a document in which this was read."""
    monkeypatch.setattr("austausch.search.document_texts.texts", lambda keys: {key: [text] for key in keys})
    entry: Entry = EntryFactory()
    entry.save_revision().publish()
    return entry


def found(words: str) -> int:
    return len(Client().get("/api/v1/measures", {"q": words}).json()["items"])


def suggested(text: str) -> list[str]:
    answer = Client().get("/massnahmen/vorschlaege/", {"q": text}).json()
    return [one["label"] for one in answer["suggestions"]]


@pytest.fixture
def nothing_taken_apart() -> Iterator[None]:
    """What a test has words consist of stays with it."""
    yield
    compounds.forget()
    analysis.pieces.cache_clear()


@pytest.mark.usefixtures("nothing_taken_apart")
def test_a_document_of_endless_words_is_not_taken_apart_for_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(1)
    endless = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=compounds.LONGEST)) for _ in range(1_000)]
    asked: list[str] = []

    def pieces(word: str) -> list[tuple[int, int]]:
        asked.append(word)
        return []

    monkeypatch.setattr(compounds, "_pieces", pieces)
    monkeypatch.setattr(search_index, "MOST_SPLITTING", 50_000)
    citing("Schrottimmobilie " + " ".join(endless), monkeypatch)
    assert "schrottimmobilie" in asked
    assert len([word for word in asked if word in endless]) < 20
    assert found(endless[-1]) == 1


def test_of_a_long_document_the_beginning_is_searched_and_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "MOST_TERMS", 4)
    citing("Anfang Hochstapelei reicht bisher hierhin, aber Zwiebelfischerei nicht.", monkeypatch)
    assert found("Hochstapelei") == 1
    assert found("Zwiebelfischerei") == 0
    assert suggested("hochs") == ["Hochstapelei"]
    assert suggested("zwie") == []


def test_many_field_words_are_as_good_as_some() -> None:
    fields = analysis.analyse(" ".join(f"ort:{number}" for number in range(50))).fields
    assert len(fields) == analysis.MOST_PARTS


def test_what_was_found_is_remembered_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "MOST_KEPT", 20 * snapshot.LEAST_KEPT)
    entry: Entry = EntryFactory(title="Wohnungsaufsicht")
    entry.save_revision().publish()
    known = snapshot.current()
    wanted = Lookup(tuple(analysis.terms("Wohnungsaufsicht")), "title")
    for number in range(200):
        places = known.find([wanted, Lookup((f"wort{number}",), "title")])
        assert [known.keys[bit] for bit in places[wanted]] == [entry.pk]
        assert len(known._found) <= 20
