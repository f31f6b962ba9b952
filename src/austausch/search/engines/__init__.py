"""Full text engines behind one small interface.

An engine stores terms and finds terms; it knows nothing of German, of entries, of ranks or of who may see what. So
that all engines answer the same, they are asked only what has one answer: which texts hold a term in a field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db import connection

# The letter with which a field's terms begin in the index: `tberatung` is “Beratung” in a title. The parts of
# compounds stand apart from the words themselves.
FIELDS = {
    "title": "t",
    "keywords": "k",
    "body": "b",
    "documents": "d",
    "title_parts": "u",
    "parts": "p",
    # Whole words as they are spelled, by which one sees whether somebody may see a word of the vocabulary.
    "spellings": "w",
}

Keys: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Text:
    """An entry's searchable text, analysed.

    Fields: `key`, the entry's primary key; `terms`, field of FIELDS → its terms in order; `words`, folded spelling
    of each word for the vocabulary → as it is written.
    """

    key: int
    terms: Mapping[str, Sequence[str]]
    words: Mapping[str, str] = field(default_factory=dict)


class Spelling(NamedTuple):
    """A word of the vocabulary: `folded`, and as it is `shown`."""

    folded: str
    shown: str


class Lookup(NamedTuple):
    """A term, a phrase (several terms in a row) or, with `prefix`, what terms begin with; in one field."""

    terms: tuple[str, ...]
    field: str
    prefix: bool = False


class EngineError(Exception):
    """The engine cannot be asked, or its answer cannot be used."""


class Engine(Protocol):
    def create(self) -> None:
        """Makes the engine's tables; for the migration."""

    def drop(self) -> None:
        """Removes the engine's tables; for the migration backwards."""

    def store(self, texts: Sequence[Text]) -> None:
        """Adds or replaces texts, in the transaction of whoever calls."""

    def remove(self, keys: Iterable[int]) -> None:
        """Forgets texts; unknown keys are fine. Their words stay in the vocabulary until the next rebuild."""

    def clear(self) -> None:
        """Forgets everything."""

    def stored(self) -> set[int]:
        """Which texts are stored."""

    def find(self, lookups: Sequence[Lookup]) -> list[Keys]:
        """For each lookup the keys of the texts that hold it, in no order."""

    def near(self, folded: str, most: int) -> list[Spelling]:
        """Words of the vocabulary that share the most trigrams with this one, or hold it."""

    def beginning(self, prefix: str, most: int) -> list[Spelling]:
        """Words of the vocabulary that begin so, in alphabetical order."""

    def beside(self) -> Engine:
        """An empty engine beside the one in use, to be filled while that one answers. Clears what is left of others."""

    def settle(self) -> None:
        """Does, with one from `beside`, what is done sooner for all texts at once; before it takes over."""

    def take_over(self) -> None:
        """Puts an engine from `beside` in the place of the one in use, in the transaction of whoever calls."""

    def tidy(self) -> None:
        """Removes the index before the one in use."""

    def give_up(self) -> None:
        """Removes one from `beside` that will not take over."""


# Below this share of common trigrams no word is near another; pg_trgm's default.
NEAR = 0.3


def coded(lookup: Lookup) -> list[str]:
    """A lookup's terms as they stand in the index."""
    return [FIELDS[lookup.field] + term for term in lookup.terms]


def engine() -> Engine:
    """The engine of this installation."""
    if settings.AUSTAUSCH_SEARCH_ENGINE == "opensearch":
        from austausch.search.engines.opensearch import OpenSearch

        return OpenSearch()
    return of_database()


def of_database() -> Engine:
    """The engine of the database in use."""
    if connection.vendor == "postgresql":
        from austausch.search.engines.postgresql import PostgreSQL

        return PostgreSQL()
    from austausch.search.engines.sqlite import SQLite

    return SQLite()
