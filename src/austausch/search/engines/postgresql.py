"""PostgreSQL: one row per entry in a table of text vectors, for phrases, beside postings and vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np
from django.db import connection

from austausch.search.engines import FIELDS, Keys, Lookup, Text, coded
from austausch.search.engines.databases import FORMER, OfDatabase
from austausch.search.engines.postings import NONE, run, terms_of

# PostgreSQL counts positions up to here and takes what follows as standing here too.
LAST_POSITION = 16383
# So many places of one term PostgreSQL keeps.
MOST_POSITIONS = 255
# Between fields, so that no phrase reaches from one into the next.
GAP = 10


class PostgreSQL(OfDatabase):
    def create(self) -> None:
        # No foreign key: Django empties its own tables in tests, and PostgreSQL would refuse because of this one.
        # Without an index of its own: which texts hold all terms of a phrase is known from the postings, and those
        # have to be read for the places in any case.
        run(f"CREATE TABLE {self._text} (entry_id bigint PRIMARY KEY, terms tsvector NOT NULL)")
        self._postings.create()
        self._vocabulary.create()

    def store(self, texts: Sequence[Text]) -> None:
        words = {folded: shown for text in texts for folded, shown in text.words.items()}
        before = self.terms_held([text.key for text in texts])
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {self._text} (entry_id, terms) VALUES (%s, %s::tsvector) "  # noqa: S608
                "ON CONFLICT (entry_id) DO UPDATE SET terms = excluded.terms",
                [(text.key, _vector(text)) for text in texts],
            )
        self._vocabulary.add(words)
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
        for table in self.tables:
            run(f"DELETE FROM {table}")  # noqa: S608

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

    def take_over(self) -> None:
        self.settle()
        used, former = PostgreSQL(), PostgreSQL(FORMER)
        for engine, successor in ((used, former), (self, used)):
            for table, name in zip(engine.tables, successor.tables, strict=True):
                run(f"ALTER TABLE {table} RENAME TO {name}")
                run(f"ALTER INDEX {table}_pkey RENAME TO {name}_pkey")
            run(f"ALTER INDEX {engine.words}_spelling_key RENAME TO {successor.words}_spelling_key")


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
