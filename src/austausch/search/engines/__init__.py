"""Full text engines behind one small interface. The database in use decides which one answers.

An engine stores terms and finds terms; it knows nothing of German, of entries or of who may see what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db import connection

from austausch.search.analysis import Part

# How much more a word in the title or among the keywords says than one in the body.
WEIGHTS = {"title": 10.0, "keywords": 4.0, "body": 1.0}


@dataclass(frozen=True)
class Text:
    """An entry's searchable text, analysed: `key` is the entry's primary key, the rest are terms in order."""

    key: int
    title: Sequence[str]
    keywords: Sequence[str]
    body: Sequence[str]


class Engine(Protocol):
    def create(self) -> None:
        """Makes the engine's table; for the migration."""

    def drop(self) -> None:
        """Removes the engine's table; for the migration backwards."""

    def store(self, texts: Sequence[Text]) -> None:
        """Adds or replaces texts, in the transaction of whoever calls."""

    def remove(self, keys: Iterable[int]) -> None:
        """Forgets texts; unknown keys are fine."""

    def clear(self) -> None:
        """Forgets everything."""

    def stored(self) -> set[int]:
        """Which texts are stored."""

    def find(self, parts: Sequence[Part]) -> list[dict[int, float]]:
        """For each part the keys of the texts that hold it, with a score above 0. One database query."""


def engine() -> Engine:
    """The engine of the database in use."""
    if connection.vendor == "postgresql":
        from austausch.search.engines.postgresql import PostgreSQL

        return PostgreSQL()
    from austausch.search.engines.sqlite import SQLite

    return SQLite()
