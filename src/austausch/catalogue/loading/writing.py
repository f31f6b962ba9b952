"""Writing one entry the way the editors do: a version with a log entry, then published."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wagtail.log_actions import log

from austausch.catalogue.loading import describing
from austausch.catalogue.loading.bodies import words
from austausch.catalogue.loading.dates import read_when
from austausch.catalogue.loading.documents import Documents
from austausch.catalogue.models import (
    Citation,
    DatedAction,
    Entry,
    LegalBasis,
    Link,
    Office,
    Partner,
    TargetGroup,
    Topic,
)
from austausch.people.models import Organisation
from austausch.places.models import Place


class Shelf:
    """What the entries of one file refer to, read or made once."""

    def __init__(self, documents: Documents, entries: Sequence[dict[str, Any]]) -> None:
        self.documents = documents
        self.bodies = {body.key: body for body in Organisation.objects.all()}
        self.topics = words(Topic, {key for entry in entries for key in entry.get("topics", [])})
        self.groups = words(TargetGroup, {key for entry in entries for key in entry.get("target_groups", [])})
        self.places = Place.objects.in_bulk()


def latest(entry: Entry) -> Entry:
    """The entry as its newest version has it."""
    version: Entry = entry.get_latest_revision_as_object()
    return version


def write(entry: Entry | None, wanted: dict[str, Any], places: list[str], shelf: Shelf) -> None:
    """Makes or changes an entry; `wanted` in the form of files, `places` as keys. Publishes unless it is a draft."""
    new = entry is None
    version = Entry(live=False) if entry is None else entry if entry.live else latest(entry)
    _put_fields(version, wanted, shelf)
    _put_parts(version, wanted, shelf)
    version.topics = [shelf.topics[key] for key in wanted.get("topics", [])]
    version.target_groups = [shelf.groups[key] for key in wanted.get("target_groups", [])]
    version.places = [shelf.places[key] for key in places]
    if new:
        version.full_clean()
        version.save()
        log(instance=version, action="wagtail.create", content_changed=True)
    else:
        # Being archived belongs to the entry, not to a version.
        Entry.objects.filter(pk=version.pk).update(archived_on=version.archived_on)
    revision = version.save_revision(log_action=not new)
    if not wanted.get("draft"):
        revision.publish()


def _put_fields(entry: Entry, wanted: dict[str, Any], shelf: Shelf) -> None:
    entry.slug, entry.title, entry.summary = wanted["slug"], wanted["title"], wanted.get("summary", "")
    entry.kind, entry.approach, entry.level = wanted["kind"], wanted["approach"], wanted.get("level", "")
    entry.lead = shelf.bodies[wanted["body"]]
    for name in describing.POINTS:
        setattr(entry, name, wanted.get(name, []))
    _put_period(entry, wanted.get("period", {}))
    entry.venue, entry.event_format = wanted.get("place", ""), wanted.get("format", "")
    funding, effort, review = wanted.get("funding", {}), wanted.get("effort", {}), wanted.get("review", {})
    entry.funding_eur = Decimal(funding["amount_eur"]) if funding else None
    entry.funding_per = funding.get("per", "")
    entry.effort_staff, entry.effort_cost = effort.get("staff", ""), effort.get("cost", "")
    entry.effort_duration, entry.effort_town_size = effort.get("duration", ""), effort.get("town_size", "")
    entry.evidence = wanted.get("evidence", "")
    entry.checked_on, entry.checked_by = review.get("checked_on"), review.get("checked_by", "")
    entry.review_every_months = review.get("every_months")
    entry.archived_on = wanted.get("archived")


def _put_period(entry: Entry, period: dict[str, Any]) -> None:
    start = read_when(period["from"]) if "from" in period else None
    end = read_when(period["to"]) if "to" in period else None
    entry.starts_on, entry.starts_precision = (start.first, start.precision) if start else (None, "")
    entry.ends_on, entry.ends_precision = (end.last, end.precision) if end else (None, "")
    entry.open_end = period.get("open_end", False)


def _put_parts(entry: Entry, wanted: dict[str, Any], shelf: Shelf) -> None:
    documents = [shelf.documents.write(said, entry.lead) for said in wanted.get("documents", [])]
    _put_rows(entry, "citations", Citation, [{"document": document} for document in documents])
    _put_rows(entry, "partners", Partner, [{"name": name} for name in wanted.get("partners", [])])
    bases = [{"title": basis} if isinstance(basis, str) else basis for basis in wanted.get("legal_bases", [])]
    _put_rows(entry, "legal_bases", LegalBasis, [{"reference": "", "url": "", **basis} for basis in bases])
    links = [{"url": link} if isinstance(link, str) else link for link in wanted.get("links", [])]
    _put_rows(entry, "links", Link, [{"title": "", **link} for link in links])
    _put_rows(
        entry,
        "offices",
        Office,
        [
            {"name": office.get("name", ""), "place_name": office.get("place", ""), "note": office.get("facts", "")}
            for office in wanted.get("offices", [])
        ],
    )
    _put_rows(
        entry,
        "actions",
        DatedAction,
        [
            {
                "starts_on": action["from"],
                "ends_on": action["to"],
                "place_names": action.get("places", []),
                "district": action.get("district", ""),
            }
            for action in wanted.get("actions", [])
        ],
    )


def _put_rows(entry: Entry, relation: str, model: Any, values: list[dict[str, Any]]) -> None:
    # Rows keep their place in the list, so that a comparison of versions shows what changed and not a whole new list.
    rows = list(getattr(entry, relation).all())[: len(values)]
    rows += [model() for _missing in values[len(rows) :]]
    for position, (row, fields) in enumerate(zip(rows, values, strict=True)):
        row.sort_order = position
        for name, value in fields.items():
            setattr(row, name, value)
    setattr(entry, relation, rows)
