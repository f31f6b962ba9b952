"""Search by meaning: what entries mean, as sentence vectors, and which are nearest to what somebody looks for.

Optional in every way: without an encoder (see `encoders`) nothing is made and nothing is found here, and whatever
goes wrong is logged and never reaches the reader. An entry has several vectors, one a passage; what counts is its
nearest passage, and a little how near all of them are. Vectors are made in a background task after the entry is
published; until then the words find it.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction
from django_tasks import task

from austausch.catalogue.models import Entry
from austausch.core import generation
from austausch.search.encoders import Encoder, Vectors, encoder, switched_on
from austausch.search.models import EntryVector

logger = logging.getLogger(__name__)

MOST_PASSAGES = 16
# How much the nearest passage counts; the rest is the mean of all.
NEAREST = 0.75
# What is made between two looks at the database, and what one background task does.
BATCH = 16
PER_TASK = 200
QUERIES_KEPT = 2_000


@dataclass(frozen=True)
class _Source:
    """What an entry's vectors are made of."""

    key: int
    passages: tuple[str, ...]

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.passages).encode(errors="replace")).hexdigest()[:32]


@dataclass(frozen=True)
class _Matrix:
    """All vectors, one a row: those of `keys[n]` begin at row `starts[n]`. `digests` as in the database."""

    keys: tuple[int, ...]
    digests: tuple[str, ...]
    starts: npt.NDArray[np.intp]
    rows: Vectors

    def nearness(self, query: Vectors) -> Vectors:
        """How near each entry is: mostly its nearest passage."""
        cosines = np.dot(self.rows, query)
        counts = np.diff(self.starts, append=len(self.rows)).astype(np.float32)
        nearest: Vectors = np.maximum.reduceat(cosines, self.starts)
        mean = np.add.reduceat(cosines, self.starts) / counts
        near: Vectors = (NEAREST * nearest + (1 - NEAREST) * mean).astype(np.float32)
        return near

    def parts(self) -> Iterator[tuple[tuple[int, str], Vectors]]:
        """The vectors of each entry under its key and digest."""
        ends = [*self.starts[1:], len(self.rows)]
        for key, digest, start, end in zip(self.keys, self.digests, self.starts, ends, strict=True):
            yield (key, digest), self.rows[start:end]


def nearest(text: str, most: int, seen: Callable[[int], bool] = lambda key: True) -> list[tuple[int, float]]:
    """The entries nearest in meaning: primary keys with how near, best first; [] where there is no encoder.

    `seen` says whether the reader may see an entry. All values lie close together: only their order and their
    distance from the best say something. Never raises.
    """
    found = encoder()
    if found is None or not text.strip():
        return []
    try:
        matrix = _current(found)
        if not matrix.keys:
            return []
        per_entry = matrix.nearness(_query(found, " ".join(text.split())))
        order = np.argsort(-per_entry, kind="stable")
        best = islice((place for place in order if seen(matrix.keys[place])), most)
        return [(matrix.keys[place], float(per_entry[place])) for place in best]
    except Exception:
        _tell_once("A query's meaning could not be compared; the search goes on without.")
        return []


def index_later(keys: Iterable[int]) -> None:
    """Has the entries' vectors made or forgotten once the transaction that changes the entries has ended."""
    wanted = list(keys)
    if not switched_on():
        # What was made while it was on would be wrong when it is on again.
        EntryVector.objects.filter(pk__in=wanted).delete()
        return
    for start in range(0, len(wanted), PER_TASK):
        transaction.on_commit(partial(refresh_in_background.enqueue, wanted[start : start + PER_TASK]))


@task()
def refresh_in_background(keys: list[int]) -> None:
    """Refreshes vectors in the task worker."""
    refresh(keys)


def refresh(keys: Sequence[int], told: Callable[[int], None] = lambda done: None) -> int:
    """Makes the entries' vectors agree with their texts; returns how many entries got new ones.

    `told` hears after each batch how many are done. An entry whose vectors cannot be made stays without.
    """
    found = encoder()
    if found is None:
        return 0
    made = 0
    gone = EntryVector.objects.filter(pk__in=keys).exclude(pk__in=Entry.objects.listed()).delete()[0]
    try:
        for start in range(0, len(keys), BATCH):
            made += _refresh(keys[start : start + BATCH], found)
            told(min(start + BATCH, len(keys)))
    finally:
        if made or gone:
            # Lists that were put together without these vectors are out of date.
            generation.advance()
    return made


def missing() -> list[int]:
    """Primary keys of the entries whose vectors are absent or out of date, or should not be there; [] when off."""
    found = encoder()
    if found is None:
        return []
    kept = {key: (model, digest) for key, model, digest in EntryVector.objects.values_list("pk", "model", "digest")}
    listed = list(Entry.objects.listed().order_by("pk").values_list("pk", flat=True))
    wrong = [
        source.key
        for start in range(0, len(listed), PER_TASK)
        for source in _sources(listed[start : start + PER_TASK])
        if kept.get(source.key) != (found.name, source.digest)
    ]
    return sorted({*wrong, *kept.keys() - set(listed)})


def passages(entry: Entry) -> tuple[str, ...]:
    """What of an entry is compared: first what it is, about what, whose and where; then each point under its title."""
    topics = ", ".join(topic.name for topic in entry.topics.all())
    places = ", ".join(place.name for place in entry.places.all())
    points = (*entry.goals, *entry.starting_point, *entry.facts, *entry.procedure, *entry.results)
    found = [". ".join(filter(None, (entry.title, entry.summary, topics, entry.lead.name, places)))]
    return (*found, *(f"{entry.title}. {point}" for point in points))[:MOST_PASSAGES]


def forget() -> None:
    """Lets go of what is kept in memory; for tests, in which generations begin anew."""
    global _kept
    _kept = None
    _query.cache_clear()
    _told.clear()


_kept: tuple[tuple[str, str, int], _Matrix] | None = None
_making = threading.Lock()
_told: set[str] = set()


def _refresh(keys: Sequence[int], found: Encoder) -> int:
    kept = {
        key: (model, digest)
        for key, model, digest in EntryVector.objects.filter(pk__in=keys).values_list("pk", "model", "digest")
    }
    wanted = [source for source in _sources(keys) if kept.get(source.key) != (found.name, source.digest)]
    if not wanted:
        return 0
    try:
        vectors = found.passages([passage for source in wanted for passage in source.passages])
    except Exception:
        _tell_once("Vectors of entries could not be made; `austausch index` tells how many are missing.")
        return 0
    made, row = [], 0
    for source in wanted:
        own = vectors[row : row + len(source.passages)]
        row += len(source.passages)
        made.append(EntryVector(pk=source.key, model=found.name, digest=source.digest, vector=_packed(own)))
    with transaction.atomic():
        # Making took its time: what has changed meanwhile has its own task and must not be overwritten.
        now = {source.key: source.digest for source in _sources(keys)}
        made = [vector for vector in made if now.get(vector.pk) == vector.digest]
        EntryVector.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["entry"], update_fields=["model", "digest", "vector"]
        )
    return len(made)


def _sources(keys: Sequence[int]) -> Iterator[_Source]:
    for entry in Entry.objects.listed().filter(pk__in=keys).with_card_parts().prefetch_related("topics"):
        yield _Source(entry.pk, passages(entry))


def _packed(vectors: Vectors) -> bytes:
    return vectors.astype("<f4").tobytes()


@lru_cache(maxsize=QUERIES_KEPT)
def _query(found: Encoder, text: str) -> Vectors:
    return found.query(text)


def _current(found: Encoder) -> _Matrix:
    """The vectors of the present state of the database; of an older one only what has changed is read again."""
    global _kept
    if connection.in_atomic_block:
        # What a transaction sees may never come true; nobody else may get it.
        return _read(found, None)
    version = (str(connection.settings_dict["NAME"]), found.name, generation.current())
    if _kept is None or _kept[0] != version:
        with _making:
            if _kept is None or _kept[0] != version:
                older = _kept[1] if _kept and _kept[0][:2] == version[:2] else None
                _kept = (version, _read(found, older))
    return _kept[1]


def _read(found: Encoder, older: _Matrix | None) -> _Matrix:
    stored = EntryVector.objects.filter(model=found.name)
    known = dict(older.parts()) if older else {}
    present = list(stored.order_by("pk").values_list("pk", "digest"))
    new = [key for key, digest in present if (key, digest) not in known]
    for start in range(0, len(new), PER_TASK):
        batch = stored.filter(pk__in=new[start : start + PER_TASK])
        for key, digest, packed in batch.values_list("pk", "digest", "vector"):
            known[key, digest] = np.frombuffer(packed, dtype="<f4").reshape(-1, found.width)
    parts = {pair: known[pair] for pair in present if pair in known}
    lengths = [len(part) for part in parts.values()]
    return _Matrix(
        keys=tuple(key for key, _digest in parts),
        digests=tuple(digest for _key, digest in parts),
        starts=np.cumsum([0, *lengths[:-1]]) if parts else np.zeros(0, np.intp),
        rows=np.concatenate(list(parts.values())) if parts else np.zeros((0, found.width), np.float32),
    )


def _tell_once(message: str) -> None:
    if message not in _told:
        _told.add(message)
        logger.exception(message)
