"""What the engines of both databases share: postings of terms, and the vocabulary."""

from __future__ import annotations

import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Self

from django.db import connection, transaction

from austausch.search.engines import Spelling
from austausch.search.engines.postings import Postings, run
from austausch.search.engines.vocabulary import Vocabulary

READ_AT_ONCE = 500
FORMER = "_old"


class OfDatabase(ABC):
    """`suffix` tells the tables of an index that is being built from those in use. Each engine also keeps whole texts,
    for phrases, and from them postings can be written all at once."""

    def __init__(self, suffix: str = "") -> None:
        self._text = f"search_text{suffix}"
        self._postings = Postings(f"search_posting{suffix}")
        self._vocabulary = Vocabulary(suffix)

    @property
    def tables(self) -> tuple[str, ...]:
        return self._text, self._postings.table, self.words, self._vocabulary.grams

    @property
    def words(self) -> str:
        """The table of the vocabulary."""
        return self._vocabulary.table

    @abstractmethod
    def stored(self) -> set[int]:
        """Which texts are stored."""

    @abstractmethod
    def terms_held(self, keys: list[int]) -> dict[int, frozenset[str]]:
        """The stored ones among these texts with their terms."""

    @abstractmethod
    def create(self) -> None:
        """Makes the engine's tables."""

    def drop(self) -> None:
        for table in self.tables:
            run(f"DROP TABLE IF EXISTS {table}")

    def exists(self) -> bool:
        return self.words in _tables()

    def beside(self) -> Self:
        """Its tables have a name of their own: whoever begins after this one removes them, and never writes to them."""
        for suffix in _suffixes():
            type(self)(suffix).drop()
        new = type(self)(f"_new_{secrets.token_hex(4)}")
        # All or none, so that the next one sees what a killed one has left.
        with transaction.atomic():
            new.create()
        new.wait()
        return new

    def tidy(self) -> None:
        type(self)(FORMER).drop()

    def give_up(self) -> None:
        self.drop()

    def near(self, folded: str, most: int) -> list[Spelling]:
        return self._vocabulary.near(folded, most)

    def beginning(self, prefix: str, most: int) -> list[Spelling]:
        return self._vocabulary.beginning(prefix, most)

    def wait(self) -> None:
        """Postings are left out until `settle`."""
        self._postings.waits = True
        self._vocabulary.wait()

    def settle(self) -> None:
        if self._postings.waits:
            self.fill_postings()
        self._vocabulary.settle()

    def fill_postings(self) -> None:
        keys = sorted(self.stored())
        parts = (keys[start : start + READ_AT_ONCE] for start in range(0, len(keys), READ_AT_ONCE))
        self._postings.fill(pair for part in parts for pair in sorted(self.terms_held(part).items()))


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        return connection.introspection.table_names(cursor)


def _suffixes() -> Iterator[str]:
    """Those of all tables that lie beside the ones in use."""
    for table in _tables():
        if found := re.fullmatch(r"search_word(_(?:new|old)\w*)", table):
            yield found[1]
