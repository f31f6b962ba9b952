"""PostgreSQL: a table of weighted text vectors with a GIN index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from austausch.search.analysis import Part
from austausch.search.engines import WEIGHTS, Text

LABELS = {"title": "A", "keywords": "B", "body": "C"}
# PostgreSQL counts positions up to here and takes what follows as standing here too.
LAST_POSITION = 16383
# Between the columns, so that no phrase reaches from one into the next.
GAP = 10


class PostgreSQL:
    def create(self) -> None:
        # No foreign key: Django empties its own tables in tests, and PostgreSQL would refuse because of this one.
        _run("CREATE TABLE search_text (entry_id bigint PRIMARY KEY, terms tsvector NOT NULL)")
        _run("CREATE INDEX search_text_terms ON search_text USING gin (terms)")

    def drop(self) -> None:
        _run("DROP TABLE IF EXISTS search_text")

    def store(self, texts: Sequence[Text]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO search_text (entry_id, terms) VALUES (%s, %s::tsvector) "
                "ON CONFLICT (entry_id) DO UPDATE SET terms = excluded.terms",
                [(text.key, _vector(text)) for text in texts],
            )

    def remove(self, keys: Iterable[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM search_text WHERE entry_id = ANY(%s)", [list(keys)])

    def clear(self) -> None:
        _run("DELETE FROM search_text")

    def stored(self) -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT entry_id FROM search_text")
            return {key for (key,) in cursor.fetchall()}

    def find(self, parts: Sequence[Part]) -> list[dict[int, float]]:
        found: list[dict[int, float]] = [{} for _ in parts]
        if not parts:
            return found
        largest = max(WEIGHTS.values())
        # ts_rank takes the weights of D, C, B, A, each at most 1. Not ts_rank_cd: with a single word there is no
        # cover whose density could be measured, and it ranks by count alone.
        weights = [0.0, *(WEIGHTS[column] / largest for column in ("body", "keywords", "title"))]
        one = (
            "SELECT %s, entry_id, ts_rank(%s::real[], terms, query) "
            "FROM search_text, CAST(%s AS tsquery) AS query WHERE terms @@ query"
        )
        values = [value for number, part in enumerate(parts) for value in (number, weights, _expression(part))]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join([one] * len(parts)), values)
            for number, key, score in cursor.fetchall():
                found[int(number)][key] = score
        return found


def _expression(part: Part) -> str:
    # Terms are letters and digits only (see analysis); in quotes they are taken as they stand.
    exact = " <-> ".join(f"'{term}'" for term in part.terms)
    return f"{exact} | '{part.prefix}':*" if part.prefix else exact


def _vector(text: Text) -> str:
    places: dict[str, list[str]] = {}
    position = 1
    for column, label in LABELS.items():
        for term in getattr(text, column):
            places.setdefault(term, []).append(f"{min(position, LAST_POSITION)}{label}")
            position += 1
        position += GAP
    return " ".join(f"'{term}':{','.join(found)}" for term, found in places.items())


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
