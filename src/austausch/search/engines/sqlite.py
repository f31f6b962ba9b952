"""SQLite: an FTS5 table that keeps the terms, one row per entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from austausch.search.analysis import Part
from austausch.search.engines import WEIGHTS, Text

COLUMNS = tuple(WEIGHTS)


class SQLite:
    def create(self) -> None:
        # The ASCII tokenizer splits at ASCII punctuation only. Terms hold none, so it takes them as they are,
        # whatever their alphabet. The terms are kept, because without them a row could not be removed again.
        _run(f"CREATE VIRTUAL TABLE search_text USING fts5({', '.join(COLUMNS)}, tokenize='ascii', prefix='3 4')")

    def drop(self) -> None:
        _run("DROP TABLE IF EXISTS search_text")

    def store(self, texts: Sequence[Text]) -> None:
        self.remove(text.key for text in texts)
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO search_text (rowid, title, keywords, body) VALUES (%s, %s, %s, %s)",
                [(text.key, " ".join(text.title), " ".join(text.keywords), " ".join(text.body)) for text in texts],
            )

    def remove(self, keys: Iterable[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM search_text WHERE rowid = %s", [(key,) for key in keys])

    def clear(self) -> None:
        _run("DELETE FROM search_text")

    def stored(self) -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rowid FROM search_text")
            return {key for (key,) in cursor.fetchall()}

    def find(self, parts: Sequence[Part]) -> list[dict[int, float]]:
        found: list[dict[int, float]] = [{} for _ in parts]
        if not parts:
            return found
        weights = ", ".join(str(weight) for weight in WEIGHTS.values())
        # bm25() is better the smaller, and always below 0.
        one = f"SELECT %s, rowid, -bm25(search_text, {weights}) FROM search_text WHERE search_text MATCH %s"  # noqa: S608
        values = [value for number, part in enumerate(parts) for value in (number, _expression(part))]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join([one] * len(parts)), values)
            for number, key, score in cursor.fetchall():
                found[number][key] = score
        return found


def _expression(part: Part) -> str:
    # Terms are letters and digits only (see analysis); in quotes not even AND and NEAR mean anything.
    exact = f'"{" ".join(part.terms)}"'
    return f'{exact} OR "{part.prefix}" *' if part.prefix else exact


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
