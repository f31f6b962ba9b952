"""SQLite: one row per entry in a table of FTS5, for phrases, one per word of the vocabulary, and the postings."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence

import numpy as np
from django.db import connection

from austausch.search.engines import FIELDS, NEAR, Keys, Lookup, Spelling, Text, coded
from austausch.search.engines.postings import Postings, WithPostings, terms_of

# SQLite takes 500 parts of a compound SELECT.
MOST_AT_ONCE = 400
# Between fields, so that no phrase reaches from one into the next. It begins with no field's letter.
GAP = "z"


class SQLite(WithPostings):
    """`suffix` tells the tables of an index that is being built from those in use."""

    def __init__(self, suffix: str = "") -> None:
        self._text = f"search_text{suffix}"
        self._word = f"search_word{suffix}"
        self._grams = f"search_grams{suffix}"
        self._postings = Postings(suffix)
        self._tables = (self._text, self._word, self._grams, self._postings.table)

    def create(self) -> None:
        # The ASCII tokenizer splits at ASCII punctuation only. Terms hold none, so it takes them as they are,
        # whatever their alphabet. The terms are kept, because without them a row could not be removed again.
        _run(f"CREATE VIRTUAL TABLE {self._text} USING fts5(terms, tokenize='ascii')")
        _run(f"CREATE TABLE {self._word} (id integer PRIMARY KEY, spelling text NOT NULL UNIQUE, shown text NOT NULL)")
        _run(f"CREATE VIRTUAL TABLE {self._grams} USING fts5(spelling, content='', detail='none', tokenize='trigram')")
        self._keep_grams()
        self._postings.create()

    def drop(self) -> None:
        for table in self._tables:
            _run(f"DROP TABLE IF EXISTS {table}")

    def store(self, texts: Sequence[Text]) -> None:
        before = self.terms_held([text.key for text in texts])
        self._forget(before)
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

    def near(self, folded: str, most: int) -> list[Spelling]:
        padded = f"  {folded} "
        grams = sorted({padded[at : at + 3] for at in range(len(padded) - 2)})
        # Counted here: grouping tens of thousands of rows takes the database more than twice as long.
        one = f"SELECT group_concat(rowid) FROM {self._grams} WHERE {self._grams} MATCH %s"  # noqa: S608
        count = len(grams)
        # Whatever holds the word shares all but its first and last ones. What shares too few to be near in any case,
        # which is nearly all, is not looked up.
        least = min(math.ceil(NEAR * count), max(1, count - 3))
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join([one] * count), [f'"{gram}"' for gram in grams])
            shared = np.bincount(keys_of(",".join(text for (text,) in cursor.fetchall() if text)))
            likely = json.dumps(np.flatnonzero(shared >= least).tolist())
            cursor.execute(
                f"SELECT id, spelling, shown FROM {self._word} WHERE id IN (SELECT value FROM json_each(%s))",  # noqa: S608
                [likely],
            )
            rows = [(int(shared[key]), spelling, shown) for key, spelling, shown in cursor.fetchall()]
        # A word of n letters has n + 1 trigrams, as good as always different ones.
        shares = ((common / (count + len(word) + 1 - common), word, shown) for common, word, shown in rows)
        nearest = sorted((-share, word, shown) for share, word, shown in shares if share >= NEAR or folded in word)
        return [Spelling(word, shown) for _share, word, shown in nearest[:most]]

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
        new._postings.waits = True
        return new

    def take_over(self) -> None:
        self.settle()
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
    return f" {GAP} ".join(fields)


def _expression(lookup: Lookup) -> str:
    # Terms are letters and digits only (see analysis); in quotes not even AND and NEAR mean anything.
    return f'"{" ".join(coded(lookup))}"' + (" *" if lookup.prefix else "")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
