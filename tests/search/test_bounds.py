"""What one text, query or visitor may cost: bounds that hold whatever is typed or uploaded."""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.test import Client

from austausch.catalogue.models import Entry
from austausch.search import analysis, asking, compounds, finding, near, snapshot
from austausch.search import index as search_index
from austausch.search.asking import Query
from austausch.search.engines import Lookup
from austausch.search.finding import Hits
from tests.factories import EntryFactory, OrganisationFactory, PlaceFactory

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


def test_nothing_is_spelled_like_a_word_longer_than_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("austausch.search.near.engine", lambda: pytest.fail("The engine was asked."))
    # Each of these becomes four letters.
    assert near.words("ⅷ" * 300) == []


def test_many_field_words_are_as_good_as_some() -> None:
    fields = analysis.analyse(" ".join(f"ort:{number}" for number in range(50))).fields
    assert len(fields) == analysis.MOST_PARTS


def test_the_names_of_filters_are_read_once_however_many_are_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    PlaceFactory.create_batch(20)
    known = snapshot.current()
    folded: list[str] = []
    monkeypatch.setattr(snapshot.analysis, "fold", lambda text: folded.append(text) or text)
    for number in range(40):
        asking._value("ort", f"nirgends-{number}", known)
    assert len([text for text in folded if not text.startswith("nirgends")]) == 2 * len(known.names["ort"])


def test_of_many_filters_so_many_count_and_the_others_are_named(client: Client) -> None:
    places = [PlaceFactory(ags=f"05{number:03}").ags for number in range(30)]
    bodies = [OrganisationFactory(key=f"stelle-{number:02}").key for number in range(30)]
    EntryFactory(title="Haus", published=True)
    query = Query.from_params(QueryDict(urlencode({"ort": places, "traeger": bodies}, doseq=True)))
    assert len(query.selected) == asking.MOST_VALUES
    assert query.ignored == tuple(("ort", place) for place in places[20:])
    hits = Hits(query, AnonymousUser())
    assert len(hits.relaxations()) <= finding.MOST_WAYS_OUT
    page = client.get("/massnahmen/", {"ort": places, "traeger": bodies}).content.decode()
    assert f"Ort: {places[20]}" in page
    answer = client.get("/api/v1/measures", {"ort": places, "traeger": bodies})
    assert answer.status_code == 422
    assert "50 is the limit" in answer.content.decode()


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
