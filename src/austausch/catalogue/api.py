"""The catalogue in the API: one measure, topics, bodies and documents. The list of measures is the room `search`'s."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Field, P, PathEx, Query, Router, Schema

from austausch.catalogue import display
from austausch.catalogue.models import (
    Approach,
    Document,
    DocumentKind,
    Entry,
    EventFormat,
    Evidence,
    Kind,
    Level,
    Precision,
    Topic,
)
from austausch.core.api import Listing, Paging, Part, Term, TextLanguage, absolute
from austausch.core.policy import Action, policy
from austausch.languages.reading import summary
from austausch.people.models import Organisation

router = Router()
# How many measures a document names.
CITING = 100
SLUG = r"^[-a-zA-Z0-9_]+$"


class Moment(Schema):
    """A date no more exact than its source: of a year only the year counts, whatever month and day say."""

    date: dt.date = Field(examples=["2017-01-01"])
    precision: Precision = Field(examples=["year"])


class Funding(Schema):
    """Money, in euros; in total or each year."""

    amount: float = Field(examples=[5500000])
    currency: str = Field("EUR", examples=["EUR"])
    per: str = Field(description="`total` or `year`.", examples=["total"])
    text: str = Field(examples=["5.500.000 Euro insgesamt"])


class BodyRef(Schema):
    key: str = Field(examples=["mhkbd"])
    name: str = Field(examples=["Ministerium für Heimat, Kommunales, Bau und Digitalisierung"])


class TopicRef(Schema):
    slug: str = Field(examples=["wohnen"])
    name: str = Field(examples=["Wohnen"])


class PlaceRef(Schema):
    ags: str = Field(description="Official municipality key (AGS).", examples=["05112"])
    name: str = Field(examples=["Duisburg"])


class MeasureItem(Schema):
    """A measure as it stands in a list. What the source leaves out is null or empty; nothing is guessed."""

    slug: str = Field(examples=["modellvorhaben-problemimmobilien"])
    title: str = Field(examples=["Modellvorhaben Problemimmobilien"])
    teaser: str = Field(description="The summary, or else the first thing the text says.")
    kind: Term
    approach: Term
    level: Term | None = Field(description="Level of government that is responsible.")
    status: Term = Field(description="Where the measure stands today, from its dates.")
    lead: BodyRef = Field(description="The responsible body.")
    topics: list[TopicRef]
    places: list[PlaceRef]
    starts: Moment | None
    ends: Moment | None
    open_end: bool
    period: str = Field(description="The period in German words.", examples=["2017 bis 2022"])
    funding: Funding | None
    updated_at: dt.datetime | None = Field(description="When it was last published.")
    url: str = Field(description="The measure's page for people.")
    api_url: str = Field(description="The whole measure in this API.")

    @classmethod
    def values(cls, entry: Entry, request: HttpRequest) -> dict[str, Any]:
        """Of an entry with its card's parts."""
        level = entry.effective_level
        return {
            "slug": entry.slug,
            "title": entry.title,
            "teaser": display.teaser(entry),
            "kind": Term.of(Kind(entry.kind)),
            "approach": Term.of(Approach(entry.approach)),
            "level": Term.of(Level(level)) if level else None,
            "status": Term.of(entry.status),
            "lead": {"key": entry.lead.key, "name": entry.lead.name},
            "topics": [{"slug": topic.slug, "name": topic.name} for topic in entry.topics.all()],
            "places": [{"ags": place.ags, "name": place.name} for place in entry.places.all()],
            "starts": _moment(entry.starts_on, entry.starts_precision),
            "ends": _moment(entry.ends_on, entry.ends_precision),
            "open_end": entry.open_end,
            "period": display.period_text(entry),
            "funding": _funding(entry),
            "updated_at": entry.last_published_at,
            "url": absolute(request, entry.get_absolute_url()),
            "api_url": absolute(request, reverse("api:measure", args=[entry.slug])),
        }


class Section(Schema):
    key: str = Field(examples=["goals"])
    title: str = Field(examples=["Ziele"])
    points: list[str]


class LegalBasisOut(Schema):
    title: str
    reference: str = Field(description="Section of the law; may be empty.")
    url: str


class LinkOut(Schema):
    title: str
    url: str


class OfficeOut(Schema):
    name: str
    place: str
    note: str


class ActionOut(Schema):
    """Something that took place on given days, both included."""

    starts_on: dt.date
    ends_on: dt.date
    places: list[str] = Field(description="As the source names them.")
    district: str


class Effort(Schema):
    """What it takes; empty where the source says nothing."""

    staff: str
    cost: str
    duration: str
    town_size: str


class DocumentRef(Schema):
    slug: str
    title: str
    kind: Term
    issued_on: dt.date | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    no_longer_valid: bool = Field(description="Whether its validity is over today.")
    url: str = Field(description="The document's page for people.")

    @classmethod
    def values(cls, document: Document, request: HttpRequest) -> dict[str, Any]:
        return {
            "slug": document.slug,
            "title": document.title,
            "kind": Term.of(DocumentKind(document.kind)),
            "issued_on": document.issued_on,
            "valid_from": document.valid_from,
            "valid_to": document.valid_to,
            "no_longer_valid": document.no_longer_valid(),
            "url": absolute(request, document.get_absolute_url()),
        }


class Measure(MeasureItem):
    """A whole measure."""

    summary: str
    sections: list[Section] = Field(description="The parts of the text that have something to say.")
    partners: list[str]
    target_groups: list[str]
    venue: str
    event_format: Term | None
    effort: Effort
    evidence: Term | None = Field(description="How well the effect is known; null: not assessed.")
    legal_bases: list[LegalBasisOut]
    documents: list[DocumentRef]
    links: list[LinkOut]
    offices: list[OfficeOut]
    actions: list[ActionOut]
    languages: list[TextLanguage] = Field(description="In which other languages there is a version of the text.")
    checked_on: dt.date | None = Field(description="When the content was last checked.")
    checked_by: str
    archived_on: dt.date | None = Field(description="Since when it is kept only for the record.")

    @classmethod
    def values(cls, entry: Entry, request: HttpRequest) -> dict[str, Any]:
        """Of an entry with all its parts."""
        return {
            **MeasureItem.values(entry, request),
            "summary": entry.summary,
            "sections": display.sections(entry),
            "partners": [partner.name for partner in entry.partners.all()],
            "target_groups": [group.name for group in entry.target_groups.all()],
            "venue": entry.venue,
            "event_format": Term.of(EventFormat(entry.event_format)) if entry.event_format else None,
            "effort": {
                "staff": entry.effort_staff,
                "cost": entry.effort_cost,
                "duration": entry.effort_duration,
                "town_size": entry.effort_town_size,
            },
            "evidence": Term.of(Evidence(entry.evidence)) if entry.evidence else None,
            "legal_bases": list(entry.legal_bases.all()),
            "documents": [DocumentRef.values(citation.document, request) for citation in entry.citations.all()],
            "links": [{"title": link.title, "url": link.url} for link in entry.links.all()],
            "offices": [
                {"name": office.name, "place": office.place_name, "note": office.note} for office in entry.offices.all()
            ],
            "actions": [
                {
                    "starts_on": action.starts_on,
                    "ends_on": action.ends_on,
                    "places": action.place_names,
                    "district": action.district,
                }
                for action in entry.actions.all()
            ],
            "languages": summary(entry, absolute(request, entry.get_absolute_url())),
            "checked_on": entry.checked_on,
            "checked_by": entry.checked_by,
            "archived_on": entry.archived_on,
        }


class TopicOut(TopicRef):
    """A topic. Its slug is the value for the parameter `thema`."""

    name_en: str = Field(description="Its English name; may be empty.", examples=["Housing"])
    measures: int = Field(description="How many listed measures have it.")


class BodyOut(BodyRef):
    """A body. Its key is the value for the parameter `traeger`."""

    kind: Term
    measures: int = Field(description="How many listed measures it is responsible for.")


class FileOut(Schema):
    """One version of a document's file."""

    number: int
    size: int = Field(description="In bytes.")
    media_type: str = Field(examples=["application/pdf"])
    sha256: str
    url: str


class DocumentOut(DocumentRef):
    """A document with its files, the newest first, and the measures that cite it."""

    files: list[FileOut]
    measures: list[str] = Field(description="Slugs of the published measures that cite it, the first 100 by title.")

    @classmethod
    def values(cls, document: Document, request: HttpRequest) -> dict[str, Any]:
        return {
            **DocumentRef.values(document, request),
            "files": [
                {
                    "number": version.number,
                    "size": version.size,
                    "media_type": version.media_type,
                    "sha256": version.sha256,
                    "url": absolute(
                        request, reverse("catalogue:document_version", args=[document.slug, version.number])
                    ),
                }
                for version in sorted(document.versions.all(), key=lambda version: -version.number)
            ],
            "measures": [citation.entry.slug for citation in document.public_citations],
        }


@router.get("/measures/{slug}", response=Measure, summary="One measure", tags=["measures"], url_name="measure")
def measure(
    request: HttpRequest,
    slug: PathEx[
        str,
        P(
            pattern=SLUG,
            max_length=100,
            description="The last part of the measure's address.",
            examples=["modellvorhaben-problemimmobilien"],
        ),
    ],
) -> dict[str, Any]:
    """Everything the portal says about a published measure, archived ones included."""
    entries = policy.which(request.user, Action.VIEW, Entry.objects.published().with_parts())
    entry = entries.filter(slug=slug).first()
    if entry is None:
        raise Http404("No published measure has this address. All of them are listed at /api/v1/measures.")
    return Measure.values(entry, request)


@router.get("/topics", response=Listing[TopicOut], summary="Topics", tags=["words"])
def topics(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> dict[str, Any]:
    """All topics by name."""
    rows = policy.which(request.user, Action.VIEW, Topic.objects.all())
    return _part(rows.annotate(measures=_listed("entries")).order_by("name", "pk"), paging).answer(request, response)


@router.get("/bodies", response=Listing[BodyOut], summary="Bodies", tags=["words"])
def bodies(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> dict[str, Any]:
    """All bodies by name: ministries, authorities, districts, municipalities, agencies, associations."""
    rows = policy.which(request.user, Action.VIEW, Organisation.objects.all())
    part = _part(rows.annotate(measures=_listed("entries")).order_by("name", "pk"), paging)
    items = [
        {"key": body.key, "name": body.name, "kind": Term.of(Organisation.Kind(body.kind)), "measures": body.measures}
        for body in part.items
    ]
    return Part(paging, part.count, items).answer(request, response)


@router.get("/documents", response=Listing[DocumentOut], summary="Documents", tags=["documents"])
def documents(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> dict[str, Any]:
    """Brochures, decrees, reports and laws that published measures cite, by title."""
    part = _part(_documents(request).order_by("title", "pk"), paging)
    items = [DocumentOut.values(document, request) for document in part.items]
    return Part(paging, part.count, items).answer(request, response)


@router.get("/documents/{slug}", response=DocumentOut, summary="One document", tags=["documents"], url_name="document")
def document(
    request: HttpRequest,
    slug: PathEx[str, P(pattern=SLUG, max_length=120, description="The last part of the document's address.")],
) -> dict[str, Any]:
    """A document that a published measure cites."""
    found = _documents(request).filter(slug=slug).first()
    if found is None:
        raise Http404("No published document has this address. All of them are listed at /api/v1/documents.")
    return DocumentOut.values(found, request)


def _documents(request: HttpRequest) -> Any:
    return policy.which(request.user, Action.VIEW, Document.objects.cited_publicly().with_list_parts(citations=CITING))


def _listed(relation: str) -> Count:
    """How many; a source and the copies made of it count as one, as in the list of measures."""
    listed = Q(**{f"{relation}__live": True, f"{relation}__archived_on": None})
    return Count(Coalesce(f"{relation}__adoption__root_id", relation), filter=listed, distinct=True)


def _part(rows: Any, paging: Paging) -> Part:
    return Part(paging, rows.count(), rows[paging.offset : paging.offset + paging.limit])


def _moment(day: dt.date | None, precision: str) -> dict[str, Any] | None:
    return {"date": day, "precision": precision} if day else None


def _funding(entry: Entry) -> dict[str, Any] | None:
    if entry.funding_eur is None:
        return None
    return {"amount": entry.funding_eur, "per": entry.funding_per, "text": display.funding_text(entry)}
