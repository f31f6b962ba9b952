"""Search by meaning: never in the way, and up to date. Few tests ask the real models; the others a small stand-in."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client

from austausch.catalogue.models import Entry
from austausch.core import generation
from austausch.search import encoders, fusing, meaning, searches
from austausch.search.asking import Query
from austausch.search.encoders import TwoModels, Vectors, clean
from austausch.search.finding import Hits, find
from austausch.search.models import EntryVector, Search
from tests.factories import EntryFactory, TopicFactory

pytestmark = pytest.mark.django_db


class Letters:
    """Texts are near when they share letters: enough to see what is asked and kept."""

    name = "letters"
    width = 26

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.broken = False

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts])

    def query(self, text: str) -> Vectors:
        self.asked.append(text)
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        if self.broken:
            raise RuntimeError("broken")
        counts = np.array([text.lower().count(letter) + 0.01 for letter in "abcdefghijklmnopqrstuvwxyz"], np.float32)
        return np.asarray(counts / np.linalg.norm(counts), np.float32)


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Letters:
    stand_in = Letters()
    monkeypatch.setattr(meaning, "switched_on", lambda: True)
    monkeypatch.setattr(meaning, "encoder", lambda: stand_in)
    return stand_in


@pytest.fixture
def models(settings: Any) -> Iterator[None]:
    settings.AUSTAUSCH_SEARCH_MEANING = "on"
    yield
    encoders._load.cache_clear()


def near(text: str, most: int = 10) -> list[int]:
    return [key for key, _score in meaning.nearest(text, most)]


def entries(*titles: str) -> list[Entry]:
    made = [EntryFactory(title=title, summary="", published=True) for title in titles]
    meaning.refresh([entry.pk for entry in made])
    return made


# Off, absent, broken


def test_nothing_is_loaded_made_or_found_when_it_is_switched_off() -> None:
    entry = EntryFactory(title="Lesen", published=True)
    assert encoders.encoder() is None
    assert meaning.refresh([entry.pk]) == 0
    assert meaning.missing() == []
    assert meaning.nearest("Lesen", 5) == []
    assert not EntryVector.objects.exists()


@pytest.mark.parametrize("missing", encoders.PACKAGES)
def test_nothing_is_found_where_one_of_the_models_is_not_installed(
    settings: Any, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    settings.AUSTAUSCH_SEARCH_MEANING = "on"
    monkeypatch.setattr(encoders, "find_spec", lambda name: None if name == missing else object())
    assert encoders.encoder() is None
    assert meaning.nearest("Lesen", 5) == []


def test_a_model_that_cannot_be_loaded_is_told_once_and_the_search_goes_on(
    models: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def damaged() -> TwoModels:
        raise OSError("no engine for this machine")

    monkeypatch.setattr(encoders, "TwoModels", damaged)
    encoders._load.cache_clear()
    assert [meaning.nearest(text, 5) for text in ("Lesen", "Schreiben")] == [[], []]
    assert len(caplog.records) == 1


def test_an_encoder_that_fails_is_told_once_and_the_search_goes_on(
    letters: Letters, caplog: pytest.LogCaptureFixture
) -> None:
    entries("Lesen")
    letters.broken = True
    assert [meaning.nearest(text, 5) for text in ("Schreiben", "Rechnen")] == [[], []]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_an_entry_whose_vectors_cannot_be_made_is_published_all_the_same_and_named_as_missing(
    letters: Letters,
) -> None:
    letters.broken = True
    entry = EntryFactory(title="Lesen", published=True)
    assert meaning.refresh([entry.pk]) == 0
    assert meaning.missing() == [entry.pk]


def test_vectors_that_are_none_are_refused(monkeypatch: pytest.MonkeyPatch, models: None) -> None:
    encoder = TwoModels()
    for model, method, width in ((encoder._e5, "query", 384), (encoder._use, "encode", 512)):
        for answer in (np.zeros(width), np.full(width, np.nan), np.ones(3)):
            with monkeypatch.context() as broken:
                broken.setattr(model, method, lambda text, answer=answer: answer)
                with pytest.raises(encoders.EncodingError):
                    encoder.query("Lesen")


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_nothing_is_near_to_nothing(letters: Letters, text: str) -> None:
    entries("Lesen")
    assert meaning.nearest(text, 5) == []
    assert letters.asked == []


# Kept up to date


def test_vectors_are_made_after_the_transaction_that_publishes(
    letters: Letters, django_capture_on_commit_callbacks: Any
) -> None:
    entry = EntryFactory(title="Lesen", published=True)
    with django_capture_on_commit_callbacks(execute=True):
        meaning.index_later([entry.pk])
        assert near("Lesen") == []
    assert near("Lesen") == [entry.pk]


def test_new_vectors_are_a_new_generation_and_unchanged_ones_are_not(letters: Letters) -> None:
    (entry,) = entries("Lesen")
    before = generation.current()
    assert meaning.refresh([entry.pk]) == 0
    assert generation.current() == before
    Entry.objects.filter(pk=entry.pk).update(title="Schwimmen")
    assert meaning.refresh([entry.pk]) == 1
    assert generation.current() > before


def test_a_changed_entry_is_near_to_what_it_says_now(letters: Letters) -> None:
    first, _second = entries("aaaa", "bbbb")
    assert near("a")[0] == first.pk
    Entry.objects.filter(pk=first.pk).update(title="cccc")
    assert meaning.missing() == [first.pk]
    meaning.refresh([first.pk])
    assert meaning.missing() == []
    assert near("c")[0] == first.pk


def test_an_entry_is_about_as_near_as_its_nearest_passage(letters: Letters) -> None:
    long = EntryFactory(title="a", summary="", goals=["b" * 190, "z" * 190], published=True)
    short = EntryFactory(title="zy", summary="", published=True)
    meaning.refresh([long.pk, short.pk])
    assert near("zzz")[0] == long.pk


def test_of_two_equally_near_passages_that_of_the_entry_with_more_like_it_is_nearer(letters: Letters) -> None:
    once = EntryFactory(title="z", summary="", goals=["zz", "b" * 30], published=True)
    twice = EntryFactory(title="z", summary="", goals=["zz", "z" * 30], published=True)
    meaning.refresh([once.pk, twice.pk])
    assert near("zzz") == [twice.pk, once.pk]


def test_each_point_is_compared_under_the_title_and_no_more_than_there_is_room_for() -> None:
    entry = EntryFactory(title="Runder Tisch", goals=["Lesen", "Rechnen"], facts=["Zahl"] * 30, published=True)
    _about, first, second, *others = meaning.passages(entry)
    assert (first, second) == ("Runder Tisch. Lesen", "Runder Tisch. Rechnen")
    assert len(others) == meaning.MOST_PASSAGES - 3


def test_withdrawn_archived_and_deleted_entries_lose_their_vectors(letters: Letters) -> None:
    withdrawn, archived, deleted, stays = entries("Abgang", "Abgang", "Abgang", "Abgang")
    keys = [withdrawn.pk, archived.pk, deleted.pk]
    withdrawn.unpublish()
    Entry.objects.filter(pk=archived.pk).update(archived_on=dt.date(2024, 1, 1))
    deleted.delete()
    assert meaning.missing() == [withdrawn.pk, archived.pk]
    meaning.refresh(keys)
    assert near("Abgang") == [stays.pk]
    assert list(EntryVector.objects.values_list("pk", flat=True)) == [stays.pk]


def test_what_was_made_before_it_was_switched_off_is_forgotten_with_the_next_change(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed, unchanged = entries("Lesen", "Schreiben")
    monkeypatch.setattr(meaning, "switched_on", lambda: False)
    meaning.index_later([changed.pk])
    assert list(EntryVector.objects.values_list("pk", flat=True)) == [unchanged.pk]


def test_vectors_of_another_model_are_not_compared(letters: Letters) -> None:
    (entry,) = entries("Lesen")
    EntryVector.objects.update(model="another")
    assert near("Lesen") == []
    assert meaning.missing() == [entry.pk]


def test_what_changes_while_vectors_are_made_is_not_overwritten(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    (entry,) = entries("aaaa")
    Entry.objects.filter(pk=entry.pk).update(title="bbbb")
    usual = Letters.passages

    def slow(self: Letters, texts: Sequence[str]) -> Vectors:
        Entry.objects.filter(pk=entry.pk).update(title="cccc")
        return usual(self, texts)

    monkeypatch.setattr(Letters, "passages", slow)
    assert meaning.refresh([entry.pk]) == 0
    assert meaning.missing() == [entry.pk]


def test_progress_is_told_after_each_batch(letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "BATCH", 2)
    told: list[int] = []
    keys = [EntryFactory(published=True).pk for _ in range(3)]
    assert meaning.refresh(keys, told.append) == 3
    assert told == [2, 3]


# Kept in memory


def test_the_same_question_is_encoded_once(letters: Letters) -> None:
    entries("Lesen")
    near("Lesen  lernen")
    near("Lesen lernen ")
    assert letters.asked == ["Lesen lernen"]


def test_scores_fall_and_no_more_are_given_than_asked_for(letters: Letters) -> None:
    entries("Lesen", "Schreiben", "Rechnen")
    found = meaning.nearest("Lesen", 2)
    assert len(found) == 2
    assert found[0][1] >= found[1][1]


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_follows_the_database(letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = entries("aaaa", "bbbb")
    assert near("a")[0] == first.pk
    kept = meaning._kept
    assert kept is not None
    assert near("b")[0] == second.pk
    assert meaning._kept is kept
    Entry.objects.filter(pk=second.pk).update(title="cccc")
    meaning.refresh([second.pk])
    third = entries("dddd")[0]
    assert near("c")[0] == second.pk
    assert near("d")[0] == third.pk
    assert near("a")[0] == first.pk
    first.delete()
    assert first.pk not in near("a")


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_sees_is_not_kept(letters: Letters) -> None:
    with transaction.atomic():
        entries("Lesen")
        near("Lesen")
        assert meaning._kept is None


# The real model


def test_the_model_finds_what_is_meant_in_other_words(models: None) -> None:
    entry, other = entries("Sanierung verwahrloster Wohnhäuser", "Sprachkurse für Erwachsene")
    assert near("Schrottimmobilien", 1) == [entry.pk]
    assert near("learning the language", 2)[0] == other.pk


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800", "ﷺ" * 300, "a" * 10_000, "\u202e\u200f", "漢" * 10_000, "\U0001f469\u200d" * 5_000]
)
def test_hostile_texts_are_encoded_like_others(models: None, text: str) -> None:
    encoder = encoders.encoder()
    assert encoder is not None
    assert np.linalg.norm(encoder.query(text)) == pytest.approx(1, abs=0.01)
    assert encoder.passages([text[:300], text[:300]]).shape == (2, encoders.TwoModels.width)


def test_a_text_does_not_grow_once_it_is_cleaned() -> None:
    assert clean("ﷺ") == clean(clean("ﷺ"))
    assert len(clean("ﷺ" * 2_000)) == encoders.LONGEST_TEXT
    assert clean("a\x00b\ud800c") == "a b c"


def test_the_model_is_loaded_once_by_many_threads(models: None, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []

    class Counted(TwoModels):
        def __init__(self) -> None:
            loaded.append(threading.get_ident())
            super().__init__()

    monkeypatch.setattr(encoders, "TwoModels", Counted)
    encoders._load.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        vectors = list(threads.map(lambda _: encoders.encoder().query("Lesen"), range(16)))  # type: ignore[union-attr]
    assert len(loaded) == 1
    assert all(np.array_equal(vector, vectors[0]) for vector in vectors)


def test_topics_are_part_of_what_is_compared() -> None:
    entry = EntryFactory(title="Runder Tisch", topics=[TopicFactory(name="Schulpflicht")], published=True)
    assert "Schulpflicht" in meaning.passages(entry)[0]


def test_what_no_word_found_is_called_something_similar_at_best_and_counts_as_not_found(
    letters: Letters, client: Client
) -> None:
    entries("Beratung")
    page = client.get("/massnahmen/", {"q": "qxzwvy"}, headers={"Accept-Language": "de"})
    assert "könnte es um etwas Ähnliches gehen" in page.text
    searches.flush()
    assert [(row.text, row.hits) for row in Search.objects.all()] == [("qxzwvy", 0)]


def test_what_words_found_is_not_called_something_similar(letters: Letters, client: Client) -> None:
    entries("Beratung")
    assert "etwas Ähnliches" not in client.get("/massnahmen/", {"q": "Beratung"}).text


def test_words_in_quotes_find_these_words_only(letters: Letters) -> None:
    held, other = entries("Runder Tisch Wohnen", "Tisch und Stuhl, auch rund")
    assert Hits(Query('"Runder Tisch"'), AnonymousUser()).keys == [held.pk]
    assert Hits(Query('"Tische"'), AnonymousUser()).keys == [held.pk, other.pk]
    assert Hits(Query('"qxzwvy"'), AnonymousUser()).keys == []
    assert set(Hits(Query("qxzwvy"), AnonymousUser()).keys) == {held.pk, other.pk}


# Words and meaning together


def asked(text: str) -> list[str]:
    return [entry.title for entry in find(Query(text), AnonymousUser()).entries]


def test_the_best_answer_to_the_words_stands_before_what_is_only_alike(letters: Letters) -> None:
    entries("Beratung", "Garbentu", "Xyz")
    assert asked("Beratung")[0] == "Beratung"


def test_what_is_almost_as_near_gains_almost_as_much_whatever_its_rank(letters: Letters) -> None:
    entries("qqqq", "qqqq w", "qqqq w", "vvvv")
    hits = Hits(Query("qqqqq"), AnonymousUser())
    assert hits._alike is not None
    nearest, second, third, last = (hits._alike.worth(bit) for bit in hits._alike.places)
    assert nearest == pytest.approx(fusing.MEANING)
    assert second == pytest.approx(third)
    assert last < second / 100


def test_where_words_found_only_traces_what_is_meant_stands_first(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    traces = EntryFactory(title="Haus", facts=["Hier steht einmal Gartenzaun."], published=True)
    (meant,) = entries("Wohnung")
    monkeypatch.setattr(meaning, "nearest", lambda text, most, seen: [(meant.pk, 0.9), (traces.pk, 0.7)])
    traces_of_a_compound = Query("Zaunkönigschwanzfeder")
    assert Hits(traces_of_a_compound, AnonymousUser()).keys == [meant.pk, traces.pk]
    monkeypatch.setattr(fusing, "FULL", 0.0)
    assert Hits(traces_of_a_compound, AnonymousUser()).keys == [traces.pk, meant.pk]


def test_what_the_reader_may_not_see_takes_nobodys_place(letters: Letters) -> None:
    first, second = entries("aaaa", "aaab")
    assert [key for key, _score in meaning.nearest("a", 1, lambda key: key != first.pk)] == [second.pk]


def test_the_states_own_name_is_not_compared_unless_it_is_all(letters: Letters, settings: Any) -> None:
    settings.AUSTAUSCH_STATE = "05"
    entries("Lesen")
    for text in ("Lesen NRW", "NRW"):
        find(Query(text), AnonymousUser())
    assert letters.asked == ["Lesen", "NRW"]
