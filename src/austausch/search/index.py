"""Building the index: what of an entry is searched, and by what it is filtered.

`index` is told by the catalogue whenever what the public sees of an entry has changed, and runs in the transaction
that changes it: entry and index are never apart. An entry that is not listed has no place in the index.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from austausch.catalogue.models import Approach, Entry, Kind
from austausch.core import generation
from austausch.places.queries import Gazetteer, PlaceError
from austausch.search import analysis
from austausch.search.engines import Text, engine
from austausch.search.models import IndexedEntry

BATCH = 500
MOST_TERMS = 15_000
DISTRICT = 5


@dataclass(frozen=True)
class Row:
    """What is indexed of one entry."""

    text: Text
    facets: str
    digest: str


@dataclass(frozen=True)
class Difference:
    """Where index and database disagree: primary keys of entries absent from the index, out of date or too many."""

    missing: tuple[int, ...]
    outdated: tuple[int, ...]
    surplus: tuple[int, ...]

    @property
    def keys(self) -> tuple[int, ...]:
        return (*self.missing, *self.outdated, *self.surplus)

    def __bool__(self) -> bool:
        return bool(self.keys)


def index(entries: Sequence[int]) -> None:
    """Makes the index agree with the database for these entries, whatever happened to them."""
    if not entries:
        return
    with transaction.atomic():
        gazetteer = Gazetteer(within=settings.AUSTAUSCH_STATE)
        for keys in _batches(entries):
            _replace(keys, gazetteer)
        generation.advance()


def naming(**condition: Any) -> list[int]:
    """Primary keys of the listed entries that fulfil the condition, such as naming a topic."""
    return list(Entry.objects.listed().filter(**condition).distinct().values_list("pk", flat=True))


def rebuild() -> int:
    """Makes the whole index anew, in one transaction: readers see the old one until it is done. Returns its size."""
    with transaction.atomic():
        engine().clear()
        IndexedEntry.objects.all().delete()
        keys = list(Entry.objects.listed().order_by("pk").values_list("pk", flat=True))
        index(keys)
    return len(keys)


def compare() -> Difference:
    """Looks whether index and database agree."""
    indexed = dict(IndexedEntry.objects.values_list("pk", "digest"))
    stored = engine().stored()
    listed = set(Entry.objects.listed().values_list("pk", flat=True))
    gazetteer = Gazetteer(within=settings.AUSTAUSCH_STATE)
    present = sorted(listed & indexed.keys() & stored)
    outdated = [
        row.text.key
        for keys in _batches(present)
        for row in _rows(keys, gazetteer)
        if row.digest != indexed[row.text.key]
    ]
    return Difference(
        missing=tuple(sorted(listed - set(present))),
        outdated=tuple(outdated),
        surplus=tuple(sorted((stored | indexed.keys()) - listed)),
    )


def _replace(keys: Sequence[int], gazetteer: Gazetteer) -> None:
    rows = list(_rows(keys, gazetteer))
    listed = {row.text.key for row in rows}
    IndexedEntry.objects.filter(pk__in=keys).delete()
    engine().remove(key for key in keys if key not in listed)
    engine().store([row.text for row in rows])
    IndexedEntry.objects.bulk_create(
        IndexedEntry(entry_id=row.text.key, facets=row.facets, digest=row.digest) for row in rows
    )


def _rows(keys: Sequence[int], gazetteer: Gazetteer) -> Iterator[Row]:
    """What is to be indexed of those of the entries that are listed."""
    for entry in Entry.objects.listed().filter(pk__in=keys).select_related("lead__place").with_parts():
        places = _places(entry, gazetteer)
        text = _text(entry)
        facets = "\n".join(f"{name}={value}" for name, value in sorted(_facets(entry, places)))
        digest = hashlib.sha256("\n".join((facets, *map(" ".join, (text.title, text.keywords, text.body)))).encode())
        yield Row(text, facets, digest.hexdigest()[:32])


def _text(entry: Entry) -> Text:
    keywords = [
        *(name for word in (*entry.topics.all(), *entry.target_groups.all()) for name in (word.name, word.name_en)),
        *_labels(Kind, entry.kind),
        *_labels(Approach, entry.approach),
        entry.lead.name,
        *(partner.name for partner in entry.partners.all()),
        *(place.name for place in entry.places.all()),
        *(office.place_name for office in entry.offices.all()),
        *(name for action in entry.actions.all() for name in (*action.place_names, action.district)),
        *(f"{basis.reference} {basis.title}" for basis in entry.legal_bases.all()),
        *(citation.document.title for citation in entry.citations.all()),
    ]
    body = [
        entry.summary,
        *entry.starting_point,
        *entry.goals,
        *entry.procedure,
        *entry.facts,
        *entry.results,
        *entry.lessons,
        *entry.transferability,
        entry.venue,
        *(f"{office.name} {office.note}" for office in entry.offices.all()),
        *(link.title for link in entry.links.all()),
    ]
    return Text(
        key=entry.pk,
        title=analysis.terms(entry.title),
        keywords=_terms(keywords),
        body=_terms(body)[:MOST_TERMS],
    )


def _terms(texts: Iterable[str]) -> list[str]:
    return [term for text in texts for term in analysis.terms(text)]


def _facets(entry: Entry, places: set[str]) -> set[tuple[str, str]]:
    """Pairs of facet and value. A place also counts for the district and the state it lies in."""
    around = {key[:length] for key in places for length in (2, DISTRICT, 8) if length <= len(key)}
    return {
        *(("thema", topic.slug) for topic in entry.topics.all()),
        ("art", entry.kind),
        ("ansatz", entry.approach),
        ("traeger", entry.lead.key),
        *([("ebene", entry.effective_level)] if entry.effective_level else []),
        *(("ort", key) for key in around),
        *(("punkt", key) for key in places),
    }


def _places(entry: Entry, gazetteer: Gazetteer) -> set[str]:
    """Keys of the places where the entry is at work: its own, its offices', its actions', its lead's."""
    found = {place.ags for place in entry.places.all()}
    if entry.lead.place_id:
        found.add(entry.lead.place_id)
    names = [office.place_name for office in entry.offices.all() if office.place_name]
    for action in entry.actions.all():
        names += [*action.place_names, action.district]
    for name in filter(None, names):
        try:
            found.add(gazetteer.resolve(name).ags)
        except PlaceError:
            # A place outside the state, or a part of a town: searchable as text, but not on the map.
            continue
    return found


@cache
def _labels(choices: type[Kind] | type[Approach], value: str) -> tuple[str, ...]:
    """The choice's name in every language, because people search in theirs."""
    names = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            names.append(str(choices(value).label))
    return tuple(dict.fromkeys(names))


def _batches(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
