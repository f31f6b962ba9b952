"""PostgreSQL: the postings, a table of text vectors for phrases, and the vocabulary with trigrams (pg_trgm)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np
from django.db import connection

from austausch.search.engines import FIELDS, Keys, Lookup, Spelling, Text, coded
from austausch.search.engines.postings import NONE, Postings, WithPostings, terms_of

# PostgreSQL counts positions up to here and takes what follows as standing here too.
LAST_POSITION = 16383
# So many places of one term PostgreSQL keeps.
MOST_POSITIONS = 255
# Between fields, so that no phrase reaches from one into the next.
GAP = 10


class PostgreSQL(WithPostings):
    """`suffix` tells the tables of an index that is being built from those in use."""

    def __init__(self, suffix: str = "") -> None:
        self._text = f"search_text{suffix}"
        self._word = f"search_word{suffix}"
        self._postings = Postings(suffix)

    def create(self) -> None:
        _run("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        # No foreign key: Django empties its own tables in tests, and PostgreSQL would refuse because of this one.
        # Without an index of its own: which texts hold all terms of a phrase is known from the postings, and those
        # have to be read for the places in any case.
        _run(f"CREATE TABLE {self._text} (entry_id bigint PRIMARY KEY, terms tsvector NOT NULL)")
        _run(f'CREATE TABLE {self._word} (spelling text COLLATE "C" PRIMARY KEY, shown text NOT NULL)')
        # What waits in a list to be put into the index is read through by each search, until somebody tidies up.
        _run(
            f"CREATE INDEX {self._word}_grams ON {self._word} USING gin (spelling gin_trgm_ops) WITH (fastupdate = off)"
        )
        self._postings.create()

    def drop(self) -> None:
        for table in (self._text, self._word, self._postings.table):
            _run(f"DROP TABLE IF EXISTS {table}")

    def store(self, texts: Sequence[Text]) -> None:
        words = {folded: shown for text in texts for folded, shown in text.words.items()}
        before = self.terms_held([text.key for text in texts])
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {self._text} (entry_id, terms) VALUES (%s, %s::tsvector) "  # noqa: S608
                "ON CONFLICT (entry_id) DO UPDATE SET terms = excluded.terms",
                [(text.key, _vector(text)) for text in texts],
            )
            # In one order for all writers, so that two of them never wait for each other.
            cursor.execute(
                f"INSERT INTO {self._word} (spelling, shown) "
                "SELECT unnest(%s::text[]), unnest(%s::text[]) ON CONFLICT DO NOTHING",
                [sorted(words), [words[folded] for folded in sorted(words)]],
            )
        self._postings.change(before, {text.key: terms_of(text) for text in texts})

    def remove(self, keys: Iterable[int]) -> None:
        before = self.terms_held(list(keys))
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {self._text} WHERE entry_id = ANY(%s)", [list(before)])  # noqa: S608
        self._postings.change(before, {})

    def terms_held(self, keys: list[int]) -> dict[int, frozenset[str]]:
        statement = f"SELECT entry_id, tsvector_to_array(terms) FROM {self._text} WHERE entry_id = ANY(%s)"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(statement, [keys])
            return {key: frozenset(terms) for key, terms in cursor.fetchall()}

    def clear(self) -> None:
        for table in (self._text, self._word, self._postings.table):
            _run(f"DELETE FROM {table}")  # noqa: S608

    def stored(self) -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT entry_id FROM {self._text}")  # noqa: S608
            return {key for (key,) in cursor.fetchall()}

    def find(self, lookups: Sequence[Lookup]) -> list[Keys]:
        return self._postings.find(lookups, lambda phrases: [self._phrase(phrase) for phrase in phrases])

    def _phrase(self, lookup: Lookup) -> Keys:
        *first, last = coded(lookup)
        held = self._postings.holding([*first, last])
        ends = self._postings.beginning([last])[last] if lookup.prefix else held[last]
        holding_all = reduce(np.intersect1d, (held[term] for term in first), ends)
        if not len(holding_all):
            return NONE
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT entry_id FROM {self._text} WHERE entry_id = ANY(%s) AND terms @@ %s::tsquery",  # noqa: S608
                [holding_all.tolist(), _expression(lookup)],
            )
            return np.array([key for (key,) in cursor.fetchall()], dtype=np.int64)

    def near(self, folded: str, most: int) -> list[Spelling]:
        with connection.cursor() as cursor:
            # `%` and LIKE are what the index answers. The operator is doubled for the parameters' sake.
            cursor.execute(
                f"SELECT spelling, shown FROM {self._word} WHERE spelling %% %s OR spelling LIKE %s "  # noqa: S608
                "ORDER BY similarity(spelling, %s) DESC, spelling LIMIT %s",
                [folded, f"%{folded}%", folded, most],
            )
            return [Spelling(*row) for row in cursor.fetchall()]

    def beginning(self, prefix: str, most: int) -> list[Spelling]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT spelling, shown FROM {self._word} "  # noqa: S608
                "WHERE spelling >= %s AND spelling < %s ORDER BY spelling LIMIT %s",
                [prefix, prefix + "\U0010ffff", most],
            )
            return [Spelling(*row) for row in cursor.fetchall()]

    def beside(self) -> PostgreSQL:
        self.tidy()
        new = PostgreSQL("_new")
        new.create()
        new._postings.waits = True
        return new

    def take_over(self) -> None:
        self.settle()
        used, former = PostgreSQL(), PostgreSQL("_old")
        for engine, successor in ((used, former), (self, used)):
            for table, name in (
                (engine._text, successor._text),
                (engine._word, successor._word),
                (engine._postings.table, successor._postings.table),
            ):
                _run(f"ALTER TABLE {table} RENAME TO {name}")
                _run(f"ALTER INDEX {table}_pkey RENAME TO {name}_pkey")
            _run(f"ALTER INDEX {engine._word}_grams RENAME TO {successor._word}_grams")

    def tidy(self) -> None:
        for suffix in ("_new", "_old"):
            PostgreSQL(suffix).drop()


def _expression(lookup: Lookup) -> str:
    # Terms are letters and digits only (see analysis); in quotes they are taken as they stand.
    return " <-> ".join(f"'{term}'" for term in coded(lookup)) + (":*" if lookup.prefix else "")


def _vector(text: Text) -> str:
    places: dict[str, list[int]] = {}
    position = 1
    for field, terms in text.terms.items():
        for term in terms:
            places.setdefault(FIELDS[field] + term, []).append(min(position, LAST_POSITION))
            position += 1
        position += GAP
    return " ".join(f"'{term}':{','.join(map(str, found[:MOST_POSITIONS]))}" for term, found in places.items())


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
