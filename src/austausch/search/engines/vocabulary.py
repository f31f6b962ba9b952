"""The words of all texts, for both databases: found by their beginning, and by trigrams that they share with a word.

Which words hold a trigram, or so many of them, stands in postings of its own. Words come one after the other, because
their writers do (see `postings`), and none ever goes before the next rebuild.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
from django.db import connection

from austausch.search.engines import NEAR, Spelling
from austausch.search.engines.postings import Postings, among, run

# Of words that share so few trigrams, by the lowest numbers, those that hold too many others are passed over.
SCANT = 2


class Vocabulary:
    """`suffix` tells the tables of an index that is being built from those in use."""

    def __init__(self, suffix: str = "") -> None:
        self.table = f"search_word{suffix}"
        self._grams = Postings(f"search_gram{suffix}")

    @property
    def grams(self) -> str:
        """The table of their trigrams."""
        return self._grams.table

    def create(self) -> None:
        if connection.vendor == "postgresql":
            columns = 'id bigint PRIMARY KEY, spelling text COLLATE "C" NOT NULL UNIQUE, shown text NOT NULL'
        else:
            columns = "id integer PRIMARY KEY, spelling text NOT NULL UNIQUE, shown text NOT NULL"
        run(f"CREATE TABLE {self.table} ({columns})")
        self._grams.create()

    def wait(self) -> None:
        """Trigrams are left out until `settle` writes all of them at once."""
        self._grams.waits = True

    def settle(self) -> None:
        if not self._grams.waits:
            return
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, spelling FROM {self.table} ORDER BY id")  # noqa: S608
            self._grams.fill((key, _marks(spelling)) for key, spelling in cursor.fetchall())

    def add(self, words: Mapping[str, str]) -> None:
        """Those of the words that are not here yet: folded spelling → as it is written."""
        new = sorted(words.keys() - self._known(words))
        if not new:
            return
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {self.table}")  # noqa: S608
            numbered = dict(enumerate(new, cursor.fetchone()[0]))
            cursor.executemany(
                f"INSERT INTO {self.table} (id, spelling, shown) VALUES (%s, %s, %s)",  # noqa: S608
                [(key, spelling, words[spelling]) for key, spelling in numbered.items()],
            )
        if not self._grams.waits:
            self._grams.change({}, {key: _marks(spelling) for key, spelling in numbered.items()})

    def _known(self, spellings: Iterable[str]) -> set[str]:
        condition, values = among(list(spellings))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT spelling FROM {self.table} WHERE spelling {condition}", [values])  # noqa: S608
            return {spelling for (spelling,) in cursor.fetchall()}

    def near(self, folded: str, most: int) -> list[Spelling]:
        grams = trigrams(folded)
        count = len(grams)
        # Whatever holds the word shares all but its first and last ones; what is near otherwise shares so many of them
        # that no more than so many others are left.
        least = min(math.ceil(NEAR * count), max(1, count - 3))
        scant = range(least, min(least + SCANT, count - 3))
        counts = {common: _counts(common, count) for common in scant}
        held = self._grams.holding([*grams, *(str(other) for some in counts.values() for other in some)])
        shared = np.bincount(np.concatenate([held[gram] for gram in grams]))
        likely = shared >= least
        # Most words share just enough of them and are too long.
        for common, some in counts.items():
            near = np.zeros(len(shared), dtype=np.bool_)
            for other in some:
                words = held[str(other)]
                near[words[words < len(shared)]] = True
            likely &= near | (shared != common)
        condition, keys = among(np.flatnonzero(likely).tolist())
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, spelling, shown FROM {self.table} WHERE id {condition}", [keys])  # noqa: S608
            rows = cursor.fetchall()
        nearest = sorted(
            (-share, spelling, shown)
            for key, spelling, shown in rows
            if (share := _share(int(shared[key]), count, len(trigrams(spelling)))) >= NEAR or folded in spelling
        )
        return [Spelling(spelling, shown) for _near, spelling, shown in nearest[:most]]

    def beginning(self, prefix: str, most: int) -> list[Spelling]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT spelling, shown FROM {self.table} "  # noqa: S608
                "WHERE spelling >= %s AND spelling < %s ORDER BY spelling LIMIT %s",
                [prefix, prefix + "\U0010ffff", most],
            )
            return [Spelling(*row) for row in cursor.fetchall()]


def trigrams(folded: str) -> frozenset[str]:
    """All runs of three letters, with two spaces before the word and one after it."""
    padded = f"  {folded} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def _marks(spelling: str) -> frozenset[str]:
    """Its trigrams and how many they are. A word has no digits."""
    grams = trigrams(spelling)
    return grams | {str(len(grams))}


def _share(common: int, count: int, other: int) -> float:
    """How much of what both words have they have in common, by the number of their trigrams."""
    return common / (count + other - common)


def _counts(common: int, count: int) -> range:
    """How many trigrams a word has that is near one with `count` of them and shares so many."""
    most = common
    while _share(common, count, most + 1) >= NEAR:
        most += 1
    return range(common, most + 1)
