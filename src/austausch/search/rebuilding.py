"""Making the whole index anew while readers search and editors publish.

The new index is filled beside the old one, batch by batch. Then, in one short transaction, what was published
meanwhile is added, and the new index takes the old one's place together with the rows of `IndexedEntry`. Whatever
ends this early, a kill included, leaves the old index as it was; the next rebuild begins with clearing up. Of two at
the same time the one that began last goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from django.conf import settings
from django.db import DatabaseError, OperationalError, transaction

from austausch.catalogue.models import Entry
from austausch.core import generation
from austausch.places.queries import Gazetteer
from austausch.search import synonyms, word_parts
from austausch.search.engines import Engine, EngineError, engine
from austausch.search.engines.databases import OfDatabase
from austausch.search.index import BATCH, rows
from austausch.search.models import IndexedEntry

# How often the switch is tried when others are just using what it needs.
TRIES = 20


class RebuildError(Exception):
    """Somebody else has begun to make the index anew, so this one is not finished."""

    def __init__(self) -> None:
        super().__init__("Somebody else has begun to make the index anew meanwhile. Let that finish.")


def rebuild(told: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Makes the whole index anew; returns how many entries it holds. `told` hears how many of how many are done."""
    # First, because whoever analyses queries has the new analyser already.
    synonyms.rekey()
    word_parts.clear()
    build = _Build(engine().beside())
    try:
        keys = list(Entry.objects.listed().order_by("pk").values_list("pk", flat=True))
        done = 0
        for batch in _batches(keys):
            build.add(batch)
            done += len(batch)
            told(done, len(keys))
        # Most of what was published meanwhile, so that little remains for the transaction in which others wait.
        build.add(build.changed())
        with transaction.atomic():
            build.new.settle()
        _switch(build)
    except BaseException as error:
        removed = isinstance(error, DatabaseError) and _is_removed(build.new)
        with suppress(DatabaseError, EngineError):
            build.new.give_up()
        if removed:
            raise RebuildError from error
        raise
    engine().tidy()
    return len(build.rows)


def _is_removed(new: Engine) -> bool:
    return isinstance(new, OfDatabase) and not new.exists()


class _Build:
    """A new index that grows: `rows` as they are to be in the database; `seen`, the digest under which each entry
    stood in the old index when it was read, None if it did not stand there."""

    def __init__(self, new: Engine) -> None:
        self.new = new
        self.rows: dict[int, IndexedEntry] = {}
        self.seen: dict[int, str | None] = {}

    def add(self, keys: Sequence[int]) -> None:
        """Reads the entries and puts them, or puts them right, in the new index."""
        gazetteer = Gazetteer(within=settings.AUSTAUSCH_STATE)
        for batch in _batches(keys):
            # Before the entries: who is published between the two is seen as changed later, and read once more.
            live = dict(IndexedEntry.objects.filter(pk__in=batch).values_list("pk", "digest"))
            found = list(rows(batch, gazetteer, keep=True))
            with transaction.atomic():
                self.new.remove(set(batch) - {row.text.key for row in found})
                self.new.store([row.text for row in found])
            for key in batch:
                self.seen[key] = live.get(key)
                self.rows.pop(key, None)
            self.rows |= {row.text.key: row.indexed for row in found}

    def changed(self) -> list[int]:
        """What has been published or withdrawn since it was read: whoever does that writes to the old index."""
        live = dict(IndexedEntry.objects.values_list("pk", "digest"))
        return sorted(key for key in live.keys() | self.seen.keys() if live.get(key) != self.seen.get(key))


def _switch(build: _Build) -> None:
    for attempt in range(1, TRIES + 1):
        before = dict(build.rows), dict(build.seen)
        try:
            with transaction.atomic():
                _take_over(build)
            return
        except OperationalError:
            # Somebody has long been reading, or two wait for each other. What was undone is not remembered.
            build.rows, build.seen = before
            if attempt == TRIES:
                raise


def _take_over(build: _Build) -> None:
    # First of all: whoever writes to the index starts a new generation before, so from here on nobody does.
    generation.advance()
    build.add(build.changed())
    if build.new.stored() != build.rows.keys():
        raise RebuildError
    build.new.take_over()
    former = dict(IndexedEntry.objects.values_list("pk", "digest"))
    IndexedEntry.objects.filter(pk__in=former.keys() - build.rows.keys()).delete()
    IndexedEntry.objects.bulk_create(
        [row for key, row in build.rows.items() if former.get(key) != row.digest],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["entry"],
        update_fields=["title", "facets", "digest"],
    )


def _batches(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
