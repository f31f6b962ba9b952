"""SQLite: FTS5 tables, one row per entry, and one row per word of the vocabulary."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from django.db import connection

from austausch.search.engines import FIELDS, NEAR, Keys, Lookup, Spelling, Text, coded

# SQLite takes 500 parts of a compound SELECT.
MOST_AT_ONCE = 400
# Between fields, so that no phrase reaches from one into the next. It begins with no field's letter.
GAP = " z "


class SQLite:
    """`suffix` tells the tables of an index that is being built from those in use."""

    def __init__(self, suffix: str = "") -> None:
        self._text = f"search_text{suffix}"
        self._word = f"search_word{suffix}"
        self._grams = f"search_grams{suffix}"
        self._tables = (self._text, self._word, self._grams)

    def create(self) -> None:
        # The ASCII tokenizer splits at ASCII punctuation only. Terms hold none, so it takes them as they are,
        # whatever their alphabet. The terms are kept, because without them a row could not be removed again.
        _run(f"CREATE VIRTUAL TABLE {self._text} USING fts5(terms, tokenize='ascii', prefix='4 5')")
        _run(f"CREATE TABLE {self._word} (id integer PRIMARY KEY, spelling text NOT NULL UNIQUE, shown text NOT NULL)")
        _run(f"CREATE VIRTUAL TABLE {self._grams} USING fts5(spelling, content='', detail='none', tokenize='trigram')")
        self._keep_grams()

    def drop(self) -> None:
        for table in self._tables:
            _run(f"DROP TABLE IF EXISTS {table}")

    def store(self, texts: Sequence[Text]) -> None:
        self.remove(text.key for text in texts)
        words = {folded: shown for text in texts for folded, shown in text.words.items()}
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {self._text} (rowid, terms) VALUES (%s, %s)",  # noqa: S608
                [(text.key, _line(text)) for text in texts],
            )
            cursor.executemany(
                f"INSERT OR IGNORE INTO {self._word} (spelling, shown) VALUES (%s, %s)",  # noqa: S608
                list(words.items()),
            )

    def remove(self, keys: Iterable[int]) -> None:
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

    def near(self, folded: str, most: int) -> list[Spelling]:
        padded = f"  {folded} "
        grams = sorted({padded[at : at + 3] for at in range(len(padded) - 2)})
        share = "shared * 1.0 / (%s + length(spelling) + 1 - shared)"
        one = f"SELECT rowid AS id FROM {self._grams} WHERE {self._grams} MATCH %s"  # noqa: S608
        # A word of n letters has n + 1 trigrams, as good as always different ones. What shares too few to be near in
        # any case, which is nearly all, is not looked up.
        statement = (
            "SELECT spelling, shown FROM "  # noqa: S608
            f"(SELECT id, count(*) AS shared FROM ({' UNION ALL '.join([one] * len(grams))}) "
            "GROUP BY id HAVING shared >= %s) "
            f"JOIN {self._word} USING (id) WHERE {share} >= %s OR instr(spelling, %s) "
            f"ORDER BY {share} DESC, spelling LIMIT %s"
        )
        count = len(grams)
        # Whatever holds the word shares all but its first and last ones.
        least = min(math.ceil(NEAR * count), max(1, count - 3))
        values: list[str | int | float] = [*(f'"{gram}"' for gram in grams), least, count, NEAR, folded, count, most]
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return [Spelling(*row) for row in cursor.fetchall()]

    def beginning(self, prefix: str, most: int) -> list[Spelling]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT spelling, shown FROM {self._word} "  # noqa: S608
                "WHERE spelling >= %s AND spelling < %s ORDER BY spelling LIMIT %s",
                [prefix, prefix + "\U0010ffff", most],
            )
            return [Spelling(*row) for row in cursor.fetchall()]

    def beside(self) -> SQLite:
        self.tidy()
        new = SQLite("_new")
        new.create()
        return new

    def take_over(self) -> None:
        used, former = SQLite(), SQLite("_old")
        # A trigger would go on naming the table as it was called when the trigger was made.
        _run(f"DROP TRIGGER {used._word}_added")
        _run(f"DROP TRIGGER {self._word}_added")
        for engine, successor in ((used, former), (self, used)):
            for table, name in zip(engine._tables, successor._tables, strict=True):
                _run(f"ALTER TABLE {table} RENAME TO {name}")
        used._keep_grams()

    def tidy(self) -> None:
        for suffix in ("_new", "_old"):
            SQLite(suffix).drop()

    def _keep_grams(self) -> None:
        # Trigrams as pg_trgm makes them, with two spaces before the word and one after it.
        added = f"INSERT INTO {self._grams} (rowid, spelling) VALUES (new.id, '  ' || new.spelling || ' ')"  # noqa: S608
        _run(f"CREATE TRIGGER {self._word}_added AFTER INSERT ON {self._word} BEGIN {added}; END")


def keys_of(text: str | None) -> Keys:
    """Keys from a text of numbers with commas between."""
    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.empty(0, dtype=np.int64)


def _line(text: Text) -> str:
    fields = (" ".join(FIELDS[field] + term for term in terms) for field, terms in text.terms.items())
    return GAP.join(fields)


def _expression(lookup: Lookup) -> str:
    # Terms are letters and digits only (see analysis); in quotes not even AND and NEAR mean anything.
    return f'"{" ".join(coded(lookup))}"' + (" *" if lookup.prefix else "")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
