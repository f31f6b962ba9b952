"""Which texts hold a term, for both databases: for each term sets of keys in blocks, as small bytes in a table.

A database's own full text index also knows where in a text a term stands, and for a word that most texts hold reads
past all of that: ten milliseconds among a hundred thousand texts. Here it is a dozen rows. The database's index
remains for phrases, which need the places.

Nothing locks: whoever writes has begun a new generation in the same transaction before (see `index`), so writers come
one after the other, and nobody but its maker writes to a new index (see `OfDatabase.beside`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from austausch.search.engines import FIELDS, Keys, Lookup, Text, coded

# A set that holds an eighth of a block or more is written as one bit for each key, a smaller one as numbers of two
# bytes; their lengths tell them apart. Larger blocks would be fewer rows to read and more bytes to write for each
# entry, and PostgreSQL would put rows beyond 2 kB elsewhere.
BLOCK_BITS = 13
BLOCK = 1 << BLOCK_BITS
BITMAP = BLOCK // 8
NONE: Keys = np.empty(0, dtype=np.int64)
AT_ONCE = 5_000


class _Change(NamedTuple):
    """What becomes of a term in a block: numbers within the block."""

    gained: list[int]
    lost: list[int]


class Postings:
    """`table`: its name."""

    def __init__(self, table: str = "search_posting") -> None:
        self.table = table
        # Whether changes are left out, because all is written at once later on.
        self.waits = False

    def create(self) -> None:
        if connection.vendor == "postgresql":
            columns = 'term text COLLATE "C" NOT NULL, block bigint NOT NULL, held bytea NOT NULL'
            # Room for the next version of a row beside it.
            end = " WITH (fillfactor = 80)"
        else:
            columns = "term text NOT NULL, block integer NOT NULL, held blob NOT NULL"
            end = " WITHOUT ROWID"
        run(f"CREATE TABLE {self.table} ({columns}, PRIMARY KEY (term, block)){end}")

    def clear(self) -> None:
        run(f"DELETE FROM {self.table}")  # noqa: S608

    def find(self, lookups: Sequence[Lookup], phrases: Callable[[Sequence[Lookup]], Sequence[Keys]]) -> list[Keys]:
        """For each lookup the keys that hold it; `phrases` is asked for those of several terms in a row."""
        rows = [lookup for lookup in lookups if len(lookup.terms) > 1]
        in_a_row = dict(zip(rows, phrases(rows), strict=True)) if rows else {}
        single = [lookup for lookup in lookups if len(lookup.terms) == 1]
        words, begun = self.holding_or_beginning(
            [coded(lookup)[0] for lookup in single if not lookup.prefix],
            [coded(lookup)[0] for lookup in single if lookup.prefix],
        )
        return [
            in_a_row[lookup] if lookup in in_a_row else (begun if lookup.prefix else words)[coded(lookup)[0]]
            for lookup in lookups
        ]

    def holding(self, terms: Iterable[str]) -> Mapping[str, Keys]:
        """For each term as it stands in the index the keys that hold it."""
        return self.holding_or_beginning(terms, ())[0]

    def beginning(self, prefixes: Iterable[str]) -> Mapping[str, Keys]:
        """For each beginning of a term as it stands in the index the keys that hold such a term."""
        return self.holding_or_beginning((), prefixes)[1]

    def holding_or_beginning(
        self, terms: Iterable[str], prefixes: Iterable[str]
    ) -> tuple[Mapping[str, Keys], Mapping[str, Keys]]:
        """`holding` and `beginning` in one statement."""
        words, begun = list(dict.fromkeys(terms)), list(dict.fromkeys(prefixes))
        statements, values = [], list[Any]()
        if words:
            condition, value = among(words)
            statements.append(f"SELECT NULL, term, block, held FROM {self.table} WHERE term {condition}")  # noqa: S608
            values.append(value)
        for prefix in begun:
            statements.append(f"SELECT %s, term, block, held FROM {self.table} WHERE term >= %s AND term < %s")  # noqa: S608
            values += (prefix, prefix, prefix + "\U0010ffff")
        of_words: list[_Row] = []
        of_begun: dict[str, list[_Row]] = {prefix: [] for prefix in begun}
        for begun_with, term, block, held in _fetched(" UNION ALL ".join(statements), values) if statements else ():
            (of_words if begun_with is None else of_begun[begun_with]).append((term, block, held))
        return _of_each(words, of_words), {
            prefix: np.unique(_joined([keys for _rows, _lengths, keys in _unpacked(rows)]))
            for prefix, rows in of_begun.items()
        }

    def change(self, before: Mapping[int, Set[str]], after: Mapping[int, Set[str]]) -> None:
        """For each key the terms that it held and those that it holds from now on."""
        if self.waits:
            return
        changes: dict[int, dict[str, _Change]] = defaultdict(lambda: defaultdict(lambda: _Change([], [])))
        for key in sorted({*before, *after}):
            old, new = before.get(key, frozenset()), after.get(key, frozenset())
            terms, at = changes[key >> BLOCK_BITS], key % BLOCK
            for term in new - old:
                terms[term].gained.append(at)
            for term in old - new:
                terms[term].lost.append(at)
        for block, terms in changes.items():
            names = iter(sorted(terms))
            while some := list(islice(names, AT_ONCE)):
                self._write(block, {term: terms[term] for term in some})

    def fill(self, texts: Iterable[tuple[int, Iterable[str]]]) -> None:
        """Writes an empty table, each row once: keys, ascending, with their terms as they stand in the index."""
        for block, some in groupby(texts, lambda text: text[0] >> BLOCK_BITS):
            terms: dict[str, list[int]] = defaultdict(list)
            for key, held in some:
                at = key % BLOCK
                for term in held:
                    terms[term].append(at)
            rows = ((term, block, _packed(terms[term])) for term in sorted(terms))
            with connection.cursor() as cursor:
                while part := list(islice(rows, AT_ONCE)):
                    self._keep(cursor, part)
        self.waits = False
        if connection.vendor == "postgresql":
            # The rows of a term together, which is half of the time that reading them takes.
            run(f"CLUSTER {self.table} USING {self.table}_pkey")
            # Or it would be read whole until the database looks at it by itself.
            run(f"ANALYZE {self.table}")

    def _write(self, block: int, changes: Mapping[str, _Change]) -> None:
        condition, values = among(list(changes))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT term, held FROM {self.table} WHERE block = %s AND term {condition}",  # noqa: S608
                [block, values],
            )
            known = dict(cursor.fetchall())
            now = {term: _changed(known.get(term, b""), change) for term, change in changes.items()}
            kept = [(term, block, held) for term, held in now.items() if held]
            gone = [(term, block) for term, held in now.items() if not held and term in known]
            if kept:
                self._keep(cursor, kept)
            if gone:
                cursor.executemany(f"DELETE FROM {self.table} WHERE term = %s AND block = %s", gone)  # noqa: S608

    def _keep(self, cursor: Any, rows: Sequence[tuple[str, int, bytes]]) -> None:
        instead = "ON CONFLICT (term, block) DO UPDATE SET held = excluded.held"
        if connection.vendor == "postgresql":
            cursor.execute(
                f"INSERT INTO {self.table} (term, block, held) "  # noqa: S608
                f"SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bytea[]) {instead}",
                [list(column) for column in zip(*rows, strict=True)],
            )
        else:
            statement = f"INSERT INTO {self.table} (term, block, held) VALUES (%s, %s, %s) {instead}"  # noqa: S608
            cursor.executemany(statement, rows)


def terms_of(text: Text) -> frozenset[str]:
    """A text's terms as they stand in the index."""
    return frozenset(FIELDS[field] + term for field, terms in text.terms.items() for term in terms)


def _of_each(terms: Sequence[str], rows: list[_Row]) -> Mapping[str, Keys]:
    """For each term the keys in its rows."""
    # Those of a term together, in whichever order the database found them.
    rows.sort(key=_TERM)
    found: dict[str, list[Keys]] = {term: [] for term in terms}
    for some, lengths, keys in _unpacked(rows):
        start = 0
        for term, of_term in groupby(zip(some, lengths, strict=True), key=lambda pair: pair[0][0]):
            end = start + sum(length for _row, length in of_term)
            found[term].append(keys[start:end])
            start = end
    return {term: _joined(parts) for term, parts in found.items()}


def among(some: list[str] | list[int]) -> tuple[str, str | list[Any]]:
    """A condition that a column is one of these, and its value."""
    if connection.vendor == "postgresql":
        return "= ANY(%s)", some
    return "IN (SELECT value FROM json_each(%s))", json.dumps(some)


def _fetched(statement: str, values: Sequence[Any]) -> list[tuple[str | None, str, int, bytes]]:
    """The rows of a statement."""
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            rows: list[tuple[str | None, str, int, bytes]] = cursor.fetchall()
            return rows
    # Imported here, because SQLite does without it. For Django's cursors PostgreSQL writes bytes as hexadecimal digits,
    # and twice as much to take over from its process makes long answers take twice as long.
    from psycopg import Cursor

    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        return cursor.execute(statement, values, binary=True).fetchall()


_TERM = itemgetter(0)
_Row = tuple[str, int, bytes]


def _joined(parts: Sequence[Keys]) -> Keys:
    return np.concatenate(parts) if len(parts) > 1 else parts[0] if parts else NONE


def _unpacked(rows: Sequence[_Row]) -> Iterator[tuple[Sequence[_Row], Sequence[int], Keys]]:
    """Rows in the same order, how many keys each holds, and all of these keys: first of the rows with numbers, then of
    those with bits. Unpacked together, because a search reads many small ones."""
    if some := [row for row in rows if len(row[2]) != BITMAP]:
        lengths = [len(held) // 2 for _term, _block, held in some]
        starts = np.array([block for _term, block, _held in some], dtype=np.int64) << BLOCK_BITS
        numbers = np.frombuffer(b"".join(held for _term, _block, held in some), dtype="<u2")
        yield some, lengths, numbers + np.repeat(starts, lengths)
    if many := [row for row in rows if len(row[2]) == BITMAP]:
        bits = np.frombuffer(b"".join(held for _term, _block, held in many), dtype=np.uint8)
        lengths = np.bitwise_count(bits.view(np.uint64).reshape(len(many), -1)).sum(axis=1, dtype=np.int64).tolist()
        # As truths: among numbers, what is not zero is found six times as slowly.
        keys = np.flatnonzero(np.unpackbits(bits, bitorder="little").view(np.bool_))
        moved = np.array([(row[1] - place) << BLOCK_BITS for place, row in enumerate(many)], dtype=np.int64)
        keys += np.repeat(moved, lengths)
        yield many, lengths, keys


def _changed(held: bytes, change: _Change) -> bytes:
    """A block's set after a change; nothing if it is empty then."""
    if len(held) == BITMAP:
        bits = bytearray(held)
        _mark(bits, change.gained)
        for at in change.lost:
            bits[at >> 3] &= ~(1 << (at & 7))
        return bytes(bits) if any(bits) else b""
    numbers = set(np.frombuffer(held, dtype="<u2").tolist())
    numbers.update(change.gained)
    numbers.difference_update(change.lost)
    return _packed(sorted(numbers))


def _packed(numbers: Sequence[int]) -> bytes:
    """A block's set of these numbers, ascending."""
    if 2 * len(numbers) < BITMAP:
        return np.array(numbers, dtype="<u2").tobytes()
    flags = np.zeros(BLOCK, dtype=np.bool_)
    flags[numbers] = True
    return np.packbits(flags, bitorder="little").tobytes()


def _mark(bits: bytearray, numbers: Iterable[int]) -> None:
    for at in numbers:
        bits[at >> 3] |= 1 << (at & 7)


def run(statement: str) -> None:
    """A statement without values."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
