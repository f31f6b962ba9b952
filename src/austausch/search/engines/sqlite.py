"""SQLite: one row per entry in a table of FTS5, for phrases, beside postings and vocabulary."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import numpy as np
from django.db import connection

from austausch.search.engines import FIELDS, Keys, Lookup, Text, coded
from austausch.search.engines.databases import FORMER, OfDatabase
from austausch.search.engines.postings import run, terms_of

# SQLite takes 500 parts of a compound SELECT.
MOST_AT_ONCE = 400
# Between fields, so that no phrase reaches from one into the next. It begins with no field's letter.
GAP = "z"


class SQLite(OfDatabase):
    def create(self) -> None:
        # The ASCII tokenizer splits at ASCII punctuation only. Terms hold none, so it takes them as they are,
        # whatever their alphabet. The terms are kept, because without them a row could not be removed again.
        run(f"CREATE VIRTUAL TABLE {self._text} USING fts5(terms, tokenize='ascii')")
        self._postings.create()
        self._vocabulary.create()

    def store(self, texts: Sequence[Text]) -> None:
        before = self.terms_held([text.key for text in texts])
        self._forget(before)
        words = {folded: shown for text in texts for folded, shown in text.words.items()}
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {self._text} (rowid, terms) VALUES (%s, %s)",  # noqa: S608
                [(text.key, _line(text)) for text in texts],
            )
        self._vocabulary.add(words)
        self._postings.change(before, {text.key: terms_of(text) for text in texts})

    def remove(self, keys: Iterable[int]) -> None:
        before = self.terms_held(list(keys))
        self._forget(before)
        self._postings.change(before, {})

    def terms_held(self, keys: list[int]) -> dict[int, frozenset[str]]:
        statement = f"SELECT rowid, terms FROM {self._text} WHERE rowid IN (SELECT value FROM json_each(%s))"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(statement, [json.dumps(keys)])
            return {key: frozenset(line.split()) - {GAP} for key, line in cursor.fetchall()}

    def _forget(self, keys: Iterable[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {self._text} WHERE rowid = %s", [(key,) for key in keys])  # noqa: S608

    def clear(self) -> None:
        self.drop()
        self.create()

    def stored(self) -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT rowid FROM {self._text}")  # noqa: S608
            return {key for (key,) in cursor.fetchall()}

    def find(self, lookups: Sequence[Lookup]) -> list[Keys]:
        return self._postings.find(lookups, self._phrases)

    def _phrases(self, lookups: Sequence[Lookup]) -> list[Keys]:
        found: list[Keys] = [keys_of(None)] * len(lookups)
        # A list of keys as one text is several times quicker than a row for each.
        one = f"SELECT %s, group_concat(rowid) FROM {self._text} WHERE {self._text} MATCH %s"  # noqa: S608
        with connection.cursor() as cursor:
            for start in range(0, len(lookups), MOST_AT_ONCE):
                some = lookups[start : start + MOST_AT_ONCE]
                values = [value for at, lookup in enumerate(some, start) for value in (at, _expression(lookup))]
                cursor.execute(" UNION ALL ".join([one] * len(some)), values)
                for at, text in cursor.fetchall():
                    found[at] = keys_of(text)
        return found

    def take_over(self) -> None:
        self.settle()
        used, former = SQLite(), SQLite(FORMER)
        for engine, successor in ((used, former), (self, used)):
            for table, name in zip(engine.tables, successor.tables, strict=True):
                run(f"ALTER TABLE {table} RENAME TO {name}")


def keys_of(text: str | None) -> Keys:
    """Keys from a text of numbers with commas between."""
    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.empty(0, dtype=np.int64)


def _line(text: Text) -> str:
    fields = (" ".join(FIELDS[field] + term for term in terms) for field, terms in text.terms.items())
    return f" {GAP} ".join(fields)


def _expression(lookup: Lookup) -> str:
    # Terms are letters and digits only (see analysis); in quotes not even AND and NEAR mean anything.
    return f'"{" ".join(coded(lookup))}"' + (" *" if lookup.prefix else "")
