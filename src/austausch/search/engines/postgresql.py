"""PostgreSQL: a table of text vectors with a GIN index, and the vocabulary with one of trigrams (pg_trgm)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from austausch.search.engines import FIELDS, Keys, Lookup, Spelling, Text, coded
from austausch.search.engines.sqlite import keys_of

# PostgreSQL counts positions up to here and takes what follows as standing here too.
LAST_POSITION = 16383
# So many places of one term PostgreSQL keeps.
MOST_POSITIONS = 255
# Between fields, so that no phrase reaches from one into the next.
GAP = 10
# More would cost so much, as PostgreSQL guesses, that it would first compile the statement.
MOST_AT_ONCE = 100


class PostgreSQL:
    """`suffix` tells the tables of an index that is being built from those in use."""

    def __init__(self, suffix: str = "") -> None:
        self._text = f"search_text{suffix}"
        self._word = f"search_word{suffix}"

    def create(self) -> None:
        _run("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        # No foreign key: Django empties its own tables in tests, and PostgreSQL would refuse because of this one.
        # A field is part of the term, not a weight: only so can the index alone answer which texts hold it.
        _run(f"CREATE TABLE {self._text} (entry_id bigint PRIMARY KEY, terms tsvector NOT NULL)")
        # Where PostgreSQL knows that many texts hold a term, it reads all texts instead of the index: seconds.
        _run(f"ALTER TABLE {self._text} ALTER COLUMN terms SET STATISTICS 0")
        # What waits in a list to be put into the index is read through by each search, until somebody tidies up.
        at_once = "WITH (fastupdate = off)"
        _run(f"CREATE INDEX {self._text}_terms ON {self._text} USING gin (terms) {at_once}")
        _run(f'CREATE TABLE {self._word} (spelling text COLLATE "C" PRIMARY KEY, shown text NOT NULL)')
        _run(
            f"CREATE INDEX {self._word}_grams ON {self._word} USING gin (spelling gin_trgm_ops) WITH (fastupdate = off)"
        )

    def drop(self) -> None:
        for table in (self._text, self._word):
            _run(f"DROP TABLE IF EXISTS {table}")

    def store(self, texts: Sequence[Text]) -> None:
        words = {folded: shown for text in texts for folded, shown in text.words.items()}
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

    def remove(self, keys: Iterable[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {self._text} WHERE entry_id = ANY(%s)", [list(keys)])  # noqa: S608

    def clear(self) -> None:
        for table in (self._text, self._word):
            _run(f"DELETE FROM {table}")  # noqa: S608

    def stored(self) -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT entry_id FROM {self._text}")  # noqa: S608
            return {key for (key,) in cursor.fetchall()}

    def find(self, lookups: Sequence[Lookup]) -> list[Keys]:
        found: list[Keys] = [keys_of(None)] * len(lookups)
        # One plan for all lookups: planning each of a UNION takes longer than finding it. A list of keys as one text
        # is several times quicker than a row for each.
        statement = (
            f"SELECT n, (SELECT string_agg(entry_id::text, ',') FROM {self._text} WHERE terms @@ expression) "  # noqa: S608
            "FROM unnest(%s::tsquery[]) WITH ORDINALITY AS asked(expression, n)"
        )
        with connection.cursor() as cursor:
            for start in range(0, len(lookups), MOST_AT_ONCE):
                some = lookups[start : start + MOST_AT_ONCE]
                cursor.execute(statement, [[_expression(lookup) for lookup in some]])
                for number, text in cursor.fetchall():
                    found[start + number - 1] = keys_of(text)
        return found

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
        return new

    def take_over(self) -> None:
        used, former = PostgreSQL(), PostgreSQL("_old")
        for engine, successor in ((used, former), (self, used)):
            for table, name in ((engine._text, successor._text), (engine._word, successor._word)):
                _run(f"ALTER TABLE {table} RENAME TO {name}")
                _run(f"ALTER INDEX {table}_pkey RENAME TO {name}_pkey")
            _run(f"ALTER INDEX {engine._text}_terms RENAME TO {successor._text}_terms")
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
