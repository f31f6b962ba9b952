"""What every engine must do. The same suite asks the database in use and, with prepared exchanges, OpenSearch.

Which exchanges a test of OpenSearch expects stands in `opensearch/`, in a file with the name of the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import pytest

from austausch.search.engines import Engine, Lookup, Spelling, Text, engine
from tests.search.opensearch_server import Answers, exchanges_of, server

pytestmark = pytest.mark.django_db

Writing = Callable[[], AbstractContextManager[Any]]


@pytest.fixture(params=["database", "opensearch"])
def subject(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    if request.param == "database":
        yield engine()
        return
    answers = Answers(exchanges_of(request.node.originalname))
    with server(answers, settings, monkeypatch):
        yield engine()
    assert answers.problems == []
    assert answers.exchanges == []


@pytest.fixture
def writing(django_capture_on_commit_callbacks: Any) -> Writing:
    return partial(django_capture_on_commit_callbacks, execute=True)


def text(key: int, title: str, body: str = "", words: str = "") -> Text:
    terms = {"title": title.split(), "body": body.split()}
    return Text(key, {name: found for name, found in terms.items() if found}, {w.lower(): w for w in words.split()})


def holding(subject: Engine, *lookups: Lookup) -> list[list[int]]:
    return [sorted(keys.tolist()) for keys in subject.find(lookups)]


def test_nothing_is_stored_and_nothing_is_asked_at_first(subject: Engine) -> None:
    assert subject.stored() == set()
    assert subject.find([]) == []


def test_terms_phrases_and_beginnings_are_found_in_their_field(subject: Engine, writing: Writing) -> None:
    with writing():
        subject.store([text(7, "rund tisch", "wohnung amt"), text(3, "tisch rund", "wohn")])
    assert holding(
        subject,
        Lookup(("tisch",), "title"),
        Lookup(("tisch",), "body"),
        Lookup(("rund", "tisch"), "title"),
        Lookup(("tisch", "wohnung"), "body"),
        Lookup(("wohn",), "body"),
        Lookup(("wohn",), "body", prefix=True),
        Lookup(("unbekannt",), "title"),
    ) == [[3, 7], [], [7], [], [3], [3, 7], []]


def test_a_stored_text_replaces_the_one_before_and_a_removed_one_is_gone(subject: Engine, writing: Writing) -> None:
    with writing():
        subject.store([text(1, "alt"), text(2, "bleibt"), text(3, "geht")])
    with writing():
        subject.store([text(1, "neu")])
        subject.remove([3, 4711])
    assert subject.stored() == {1, 2}
    lookups = [Lookup((term,), "title") for term in ("alt", "neu", "bleibt", "geht")]
    assert holding(subject, *lookups) == [[], [1], [2], []]


def test_words_of_the_vocabulary_are_found_by_trigrams_and_by_their_beginning(
    subject: Engine, writing: Writing
) -> None:
    with writing():
        subject.store([text(1, "a", words="Beratung Beratungsstelle Wohnung Familienberatung")])
        subject.store([text(2, "b", words="beratung")])
    assert subject.near("beratnug", 1) == [Spelling("beratung", "Beratung")]
    assert {word.folded for word in subject.near("beratung", 9)} == {
        "beratung",
        "beratungsstelle",
        "familienberatung",
    }
    assert subject.near("xyz", 5) == []
    assert subject.beginning("berat", 5) == [
        Spelling("beratung", "Beratung"),
        Spelling("beratungsstelle", "Beratungsstelle"),
    ]
    assert subject.beginning("berat", 1) == [Spelling("beratung", "Beratung")]


def test_an_index_beside_the_one_in_use_is_found_once_it_takes_over(subject: Engine, writing: Writing) -> None:
    with writing():
        subject.store([text(1, "alt")])
    new = subject.beside()
    new.store([text(2, "neu")])
    new.remove([4711])
    assert new.stored() == {2}
    assert subject.stored() == {1}
    with writing():
        new.take_over()
    subject.tidy()
    assert subject.stored() == {2}
    assert holding(subject, Lookup(("alt",), "title"), Lookup(("neu",), "title")) == [[], [2]]
    with writing():
        subject.store([text(3, "neu")])
    assert holding(subject, Lookup(("neu",), "title")) == [[2, 3]]
