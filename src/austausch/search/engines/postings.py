"""Which texts hold a term, for both databases: for each term sets of keys in blocks, as small bytes in a table.

A database's own full text index also knows where in a text a term stands, and for a word that most texts hold reads
past all of that: ten milliseconds among a hundred thousand texts. Here it is a dozen rows. The database's index
remains for phrases, which need the places.

Nothing locks: whoever writes has begun a new generation in the same transaction before (see `index`), so writers come
one after the other.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import groupby, islice
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
READ_AT_ONCE = 500


class _Change(NamedTuple):
    """What becomes of a term in a block: numbers within the block."""

    gained: list[int]
    lost: list[int]


class Postings:
    """`suffix` tells the table of an index that is being built from the one in use."""

    def __init__(self, suffix: str = "") -> None:
        self.table = f"search_posting{suffix}"
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
        _run(f"CREATE TABLE {self.table} ({columns}, PRIMARY KEY (term, block)){end}")

    def drop(self) -> None:
        _run(f"DROP TABLE IF EXISTS {self.table}")

    def clear(self) -> None:
        _run(f"DELETE FROM {self.table}")  # noqa: S608

    def find(self, lookups: Sequence[Lookup], phrases: Callable[[Sequence[Lookup]], Sequence[Keys]]) -> list[Keys]:
        """For each lookup the keys that hold it; `phrases` is asked for those of several terms in a row."""
        words = self.holding(coded(lookup)[0] for lookup in lookups if _is_word(lookup))
        rows = [lookup for lookup in lookups if len(lookup.terms) > 1]
        in_a_row = dict(zip(rows, phrases(rows), strict=True)) if rows else {}
        return [
            words[coded(lookup)[0]]
            if _is_word(lookup)
            else in_a_row[lookup]
            if lookup in in_a_row
            else self.beginning(coded(lookup)[0])
            for lookup in lookups
        ]

    def holding(self, terms: Iterable[str]) -> Mapping[str, Keys]:
        """For each term as it stands in the index the keys that hold it."""
        wanted = list(dict.fromkeys(terms))
        found: dict[str, list[tuple[int, bytes]]] = {term: [] for term in wanted}
        among, values = _among(wanted)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT term, block, held FROM {self.table} WHERE term {among}", [values])  # noqa: S608
            for term, block, held in cursor.fetchall():
                found[term].append((block, held))
        return {term: _keys(rows) for term, rows in found.items()}

    def beginning(self, prefix: str) -> Keys:
        """The keys that hold a term with this beginning."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT block, held FROM {self.table} WHERE term >= %s AND term < %s",  # noqa: S608
                [prefix, prefix + "\U0010ffff"],
            )
            return np.unique(_keys(cursor.fetchall()))

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
            # Or it would be read whole until the database looks at it by itself.
            _run(f"ANALYZE {self.table}")

    def _write(self, block: int, changes: Mapping[str, _Change]) -> None:
        among, values = _among(list(changes))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT term, held FROM {self.table} WHERE block = %s AND term {among}",  # noqa: S608
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


class WithPostings(ABC):
    """An engine that keeps whole texts, too, from which its postings can be written all at once."""

    _postings: Postings

    @abstractmethod
    def stored(self) -> set[int]:
        """Which texts are stored."""

    @abstractmethod
    def terms_held(self, keys: list[int]) -> dict[int, frozenset[str]]:
        """The stored ones among these texts with their terms."""

    def settle(self) -> None:
        if self._postings.waits:
            self.fill_postings()

    def fill_postings(self) -> None:
        keys = sorted(self.stored())
        parts = (keys[start : start + READ_AT_ONCE] for start in range(0, len(keys), READ_AT_ONCE))
        self._postings.fill(pair for part in parts for pair in sorted(self.terms_held(part).items()))


def terms_of(text: Text) -> frozenset[str]:
    """A text's terms as they stand in the index."""
    return frozenset(FIELDS[field] + term for field, terms in text.terms.items() for term in terms)


def _is_word(lookup: Lookup) -> bool:
    return len(lookup.terms) == 1 and not lookup.prefix


def _among(terms: list[str]) -> tuple[str, str | list[str]]:
    """A condition that a column is one of these, and its value."""
    if connection.vendor == "postgresql":
        return "= ANY(%s)", terms
    return "IN (SELECT value FROM json_each(%s))", json.dumps(terms)


def _keys(rows: Sequence[tuple[int, bytes]]) -> Keys:
    """The keys in all of these blocks, those of each block ascending."""
    if not rows:
        return NONE
    return np.concatenate([*_numbers(rows), *_bits(rows)])


def _numbers(rows: Sequence[tuple[int, bytes]]) -> Iterator[Keys]:
    some = [(block, held) for block, held in rows if len(held) != BITMAP]
    if some:
        numbers = np.frombuffer(b"".join(held for _block, held in some), dtype="<u2")
        starts = np.array([block << BLOCK_BITS for block, _held in some], dtype=np.int64)
        yield numbers + np.repeat(starts, [len(held) // 2 for _block, held in some])


def _bits(rows: Sequence[tuple[int, bytes]]) -> Iterator[Keys]:
    many = [(block, held) for block, held in rows if len(held) == BITMAP]
    if many:
        bits = np.frombuffer(b"".join(held for _block, held in many), dtype=np.uint8)
        at = np.flatnonzero(np.unpackbits(bits, bitorder="little"))
        moved = np.array([(block - place) << BLOCK_BITS for place, (block, _held) in enumerate(many)], dtype=np.int64)
        yield at + moved.take(at >> BLOCK_BITS, mode="clip")


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


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
