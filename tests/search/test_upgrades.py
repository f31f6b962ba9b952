"""What an earlier version has indexed is found after an upgrade, without a rebuild."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from austausch.search.engines import Lookup, of_database
from austausch.search.engines.postings import run
from austausch.search.index import compare
from austausch.search.rebuilding import rebuild
from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def former() -> None:
    """Tables as they were before postings, with two entries, and what a killed rebuild has left."""
    for title in ("Lesepaten", "Schreibwerkstatt"):
        EntryFactory(title=title, published=True)
    engine = of_database()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT spelling, shown FROM {engine.words}")  # noqa: S608
        words = cursor.fetchall()
    for table in ("search_posting", "search_gram", "search_word"):
        run(f"DROP TABLE {table}")
    for suffix in ("", "_new"):
        if connection.vendor == "postgresql":
            run(f'CREATE TABLE search_word{suffix} (spelling text COLLATE "C" PRIMARY KEY, shown text NOT NULL)')
        else:
            run(
                f"CREATE TABLE search_word{suffix} "
                "(id integer PRIMARY KEY, spelling text NOT NULL UNIQUE, shown text NOT NULL)"
            )
            run(f"CREATE VIRTUAL TABLE search_grams{suffix} USING fts5(spelling, content='', tokenize='trigram')")
            into = f"search_grams{suffix} (rowid, spelling) VALUES (new.id, new.spelling)"
            run(f"CREATE TRIGGER grams{suffix} AFTER INSERT ON search_word{suffix} BEGIN INSERT INTO {into}; END")
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO search_word (spelling, shown) VALUES (%s, %s)", words)


def upgrade() -> None:
    editor = SimpleNamespace(connection=connection, execute=run)
    import_module("austausch.search.migrations.0006_postings").fill(None, editor)
    import_module("austausch.search.migrations.0007_vocabulary").renew(None, editor)


def holding(word: str) -> int:
    (keys,) = of_database().find([Lookup((word,), "spellings")])
    return len(keys)


@pytest.mark.usefixtures("former")
def test_an_upgraded_portal_finds_what_was_indexed_before() -> None:
    upgrade()
    assert holding("lesepaten") == 1
    assert [word.folded for word in of_database().near("lesepatne", 1)] == ["lesepaten"]
    assert not compare()


@pytest.mark.usefixtures("former")
def test_an_upgraded_portal_indexes_on_and_can_be_rebuilt() -> None:
    upgrade()
    EntryFactory(title="Radwerkstatt", published=True)
    for _ in range(2):
        assert holding("radwerkstatt") == 1
        assert [word.folded for word in of_database().near("radwerkstattt", 1)] == ["radwerkstatt"]
        assert rebuild() == 3
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    assert not [table for table in tables if table.startswith("search_grams") or table.endswith(("_new", "_old"))]


def test_a_new_portal_has_nothing_to_upgrade() -> None:
    EntryFactory(title="Lesepaten", published=True)
    upgrade()
    assert holding("lesepaten") == 1
