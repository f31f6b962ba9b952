"""Many clearly fictitious entries, for measuring and for trying things out. Taken away again by `remove`."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from austausch.catalogue.loading.bodies import editorial_keys, words
from austausch.catalogue.models import (
    Approach,
    Citation,
    Document,
    DocumentKind,
    Entry,
    Evidence,
    FundingPer,
    Kind,
    Level,
    Link,
    Office,
    Partner,
    Precision,
    TargetGroup,
    Topic,
)
from austausch.catalogue.publication import tell_observers
from austausch.core import generation
from austausch.people.models import Organisation
from austausch.places.models import Place

SLUG, BODY, DOCUMENT = "fiktive-massnahme-", "fiktiv-", "fiktives-dokument-"
BODIES, DOCUMENTS, CHUNK = 40, 50, 500
NOTICE = "Frei erfunden: Dieser Eintrag dient nur zum Ausprobieren."
SUBJECTS = (
    "Beratung im Stadtteil", "Lernwerkstatt", "Wohnungslotsen", "Runder Tisch Unterkünfte", "Sprechstunde vor Ort",
    "Hausbesuchsteam", "Übergang in den Beruf", "Frühstück für Familien", "Begehung von Gebäuden", "Ehrenamtsbörse",
    "Gesundheitsmobil", "Nachbarschaftstreff", "Fortbildung für Fachkräfte", "Datenaustausch der Ämter",
)  # fmt: skip
FOR = (
    "Familien",
    "Beschäftigte",
    "Mieterinnen und Mieter",
    "Schulkinder",
    "junge Erwachsene",
    "Fachkräfte der Verwaltung",
)
POINTS = (
    "Mehrere Ämter arbeiten an einem Tisch und vereinbaren feste Zuständigkeiten.",
    "Anfragen werden innerhalb weniger Tage beantwortet.",
    "Ein Team geht dorthin, wo die Menschen sind, statt auf sie zu warten.",
    "Die Ergebnisse werden einmal im Jahr gemeinsam ausgewertet.",
    "Vermieter, Schulen und Vereine werden früh einbezogen.",
    "Vor Ort gibt es einen festen Raum und verlässliche Zeiten.",
    "Die Beteiligten tauschen sich jeden Monat über offene Fragen aus.",
    "Ein Leitfaden beschreibt die Schritte, damit auch kleine Städte sie gehen können.",
)
GROUPS = ("fiktive Mieter", "fiktive Schulkinder", "fiktive Beschäftigte", "fiktive Familien", "fiktive Fachkräfte")


def missing(count: int) -> list[int]:
    """Numbers from 1 to `count` whose entry does not exist yet."""
    there = set(Entry.objects.filter(slug__startswith=SLUG).values_list("slug", flat=True))
    return [number for number in range(1, count + 1) if _slug(number) not in there]


def generate(count: int, *, seed: int = 1) -> int:
    """Makes the missing entries up to `count`, all of them published; how many. The same seed makes the same."""
    numbers = missing(count)
    with transaction.atomic():
        shelf = _Shelf()
        for start in range(0, len(numbers), CHUNK):
            rows = [_Draw(number, seed, shelf) for number in numbers[start : start + CHUNK]]
            entries = Entry.objects.bulk_create([row.entry() for row in rows])
            _relate(rows, entries)
            tell_observers([entry.pk for entry in entries])
        generation.advance()
    return len(numbers)


def remove() -> int:
    """Deletes everything that `generate` made; how many entries."""
    with transaction.atomic():
        keys = list(Entry.objects.filter(slug__startswith=SLUG).values_list("pk", flat=True))
        for start in range(0, len(keys), CHUNK):
            chunk = keys[start : start + CHUNK]
            Entry.objects.filter(pk__in=chunk).delete()
            tell_observers(chunk)
        Document.objects.filter(slug__startswith=DOCUMENT, citations__isnull=True).delete()
        Organisation.objects.filter(key__startswith=BODY, entries__isnull=True).delete()
        TargetGroup.objects.filter(key__in=GROUPS, entries__isnull=True).delete()
        generation.advance()
    return len(keys)


def _slug(number: int) -> str:
    return f"{SLUG}{number:05}"


class _Shelf:
    """What the entries refer to: bodies and documents of their own, the usual topics, the state's real places."""

    def __init__(self) -> None:
        self.bodies = [_body(number) for number in range(1, BODIES + 1)]
        self.documents = [_document(number, self.bodies[number % BODIES]) for number in range(1, DOCUMENTS + 1)]
        self.topics = sorted(words(Topic, editorial_keys(Topic)).values(), key=lambda topic: topic.key)
        self.groups = sorted(words(TargetGroup, set(GROUPS)).values(), key=lambda group: group.key)
        here = Place.objects.within(settings.AUSTAUSCH_STATE).with_position().exclude(kind=Place.Kind.STATE)
        self.places = list(here.order_by("ags"))


def _body(number: int) -> Organisation:
    kinds = (Organisation.Kind.MUNICIPALITY, Organisation.Kind.DISTRICT, Organisation.Kind.MINISTRY)
    names = ("Stadt Musterstadt", "Kreis Musterland", "Musterministerium")
    kind = kinds[number % 10 // 5 + (number % 10 == 9)]
    name = f"{names[kinds.index(kind)]} {number} (fiktiv)"
    body: Organisation
    body, _new = Organisation.objects.get_or_create(key=f"{BODY}{number:02}", defaults={"name": name, "kind": kind})
    return body


def _document(number: int, owner: Organisation) -> Document:
    values = {"title": f"Fiktives Dokument {number:02}", "kind": DocumentKind.values[number % 4], "owner": owner}
    document: Document
    document, _new = Document.objects.get_or_create(slug=f"{DOCUMENT}{number:02}", defaults=values)
    return document


class _Draw:
    """One entry, drawn from the seed and its number alone."""

    def __init__(self, number: int, seed: int, shelf: _Shelf) -> None:
        self.number, self.shelf = number, shelf
        # Not for secrets: the same seed has to make the same entries.
        self.random = random.Random(f"{seed}/{number}")  # noqa: S311
        self.topics = self.some(shelf.topics, 1, 4)
        self.groups = self.some(shelf.groups, 0, 2)
        self.places = self.some(shelf.places, 0, 3)
        self.documents = self.some(shelf.documents, 0, 2)
        self.offices = self.some(self.places, 0, 2)
        self.partners = self.some(shelf.bodies, 0, 2)

    def some(self, choices: Sequence[Any], least: int, most: int) -> list[Any]:
        return self.random.sample(choices, min(self.random.randint(least, most), len(choices)))

    def entry(self) -> Entry:
        draw = self.random
        subject, whom, town = draw.choice(SUBJECTS), draw.choice(FOR), draw.randint(1, 400)
        now = timezone.now()
        return Entry(
            slug=_slug(self.number),
            title=f"Fiktive Maßnahme {self.number:05}: {subject} Musterstadt {town}",
            summary=f"{NOTICE} {subject} für {whom}.",
            # In turn, so that every kind and approach occurs even in a small catalogue.
            kind=Kind.values[self.number % len(Kind.values)],
            approach=Approach.values[self.number % len(Approach.values)],
            level=draw.choice(["", *Level.values]),
            lead=draw.choice(self.shelf.bodies),
            goals=[f"{subject} für {whom} aufbauen", *self.some(POINTS, 0, 2)],
            procedure=self.some(POINTS, 0, 3),
            facts=[NOTICE, *self.some(POINTS, 1, 4)],
            results=self.some(POINTS, 0, 1),
            evidence=draw.choice(Evidence.values),
            checked_on=draw.choice([None, now.date() - dt.timedelta(days=draw.randint(0, 700))]),
            checked_by="",
            live=True,
            has_unpublished_changes=False,
            first_published_at=now - dt.timedelta(hours=draw.randint(1, 20_000)),
            last_published_at=now,
            **self.period(),
            **self.funding(),
        )

    def period(self) -> dict[str, Any]:
        draw = self.random
        start, form = dt.date(draw.randint(2012, timezone.localdate().year + 1), 1, 1), draw.randrange(5)
        if form == 0:
            return {}
        begins = {"starts_on": start, "starts_precision": Precision.YEAR}
        if form == 1:
            return {**begins, "open_end": True}
        if form == 2:
            exact = start + dt.timedelta(days=draw.randrange(365))
            last = exact + dt.timedelta(days=draw.randrange(1500))
            days = {"starts_precision": Precision.DAY, "ends_precision": Precision.DAY}
            return {"starts_on": exact, "ends_on": last, **days}
        last = start.replace(year=start.year + draw.randrange(6), month=12, day=31)
        return {**begins, "ends_on": last, "ends_precision": Precision.YEAR}

    def funding(self) -> dict[str, Any]:
        if self.random.random() < 0.6:
            return {}
        return {
            "funding_eur": Decimal(self.random.randint(1, 400) * 25_000),
            "funding_per": self.random.choice(FundingPer.values),
        }


def _relate(rows: list[_Draw], entries: list[Entry]) -> None:
    """Everything that hangs on the entries, one insert per kind of thing."""
    pairs = list(zip(rows, entries, strict=True))
    for field, name in (("topic", "topics"), ("targetgroup", "target_groups"), ("place", "places")):
        attribute = {"topics": "topics", "target_groups": "groups", "places": "places"}[name]
        through: Any = getattr(Entry, name).through
        through.objects.bulk_create(
            through(entry_id=entry.pk, **{f"{field}_id": thing.pk})
            for row, entry in pairs
            for thing in getattr(row, attribute)
        )
    for model, parts in (
        (Citation, _parts(pairs, lambda row: [{"document": document} for document in row.documents])),
        (Partner, _parts(pairs, lambda row: [{"name": body.name} for body in row.partners])),
        (Office, _parts(pairs, lambda row: [{"place_name": place.name} for place in row.offices])),
        (Link, _parts(pairs, lambda row: [{"url": f"https://example.org/fiktiv/{row.number:05}"}])),
    ):
        model.objects.bulk_create(model(**fields) for fields in parts)


def _parts(pairs: list[tuple[_Draw, Entry]], parts: Any) -> Iterator[dict[str, Any]]:
    for row, entry in pairs:
        for position, fields in zip(itertools.count(), parts(row), strict=False):
            yield {"entry": entry, "sort_order": position, **fields}
