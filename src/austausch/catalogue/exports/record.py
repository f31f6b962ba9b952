"""Entries as JSON. The shape is a promise to those who read it; docs/exports.md describes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import override

from austausch.catalogue import display
from austausch.catalogue.exports.about import About, in_chunks
from austausch.catalogue.models import Document, Entry
from austausch.languages.reading import summary

CONTENT_TYPE = "application/json; charset=utf-8"


def entry_json_response(entries: Iterable[Entry], about: About) -> HttpResponse:
    """The one entry as an object."""
    (entry,) = entries
    content = json.dumps(record(entry, about), ensure_ascii=False, indent=2) + "\n"
    return HttpResponse(
        content, content_type=CONTENT_TYPE, headers={"Content-Disposition": f'inline; filename="{about.name}.json"'}
    )


def json_response(entries: Iterable[Entry], about: About) -> StreamingHttpResponse:
    """`{"title", "url", "language", "entries": [...]}`, sent while it is read."""
    return StreamingHttpResponse(
        _stream(entries, about),
        content_type=CONTENT_TYPE,
        headers={"Content-Disposition": about.attachment("json")},
    )


def _stream(entries: Iterable[Entry], about: About) -> Iterator[str]:
    head = json.dumps({"title": about.title, "url": about.address, "language": about.language}, ensure_ascii=False)
    yield f'{head[:-1]}, "entries": ['
    separator = "\n"
    for entry in in_chunks(entries):
        # The language is set per entry: between two of them the server may be doing something else.
        with override(about.language):
            written = json.dumps(record(entry, about), ensure_ascii=False)
        yield separator + written
        separator = ",\n"
    yield "\n]}\n"


def record(entry: Entry, about: About) -> dict[str, Any]:
    """The entry with its codes for machines and, beside them, the words people see."""
    return {
        "slug": entry.slug,
        "url": about.absolute(entry.get_absolute_url()),
        "title": entry.title,
        "summary": entry.summary,
        "kind": _choice(entry.kind, display.kind_label(entry)),
        "approach": _choice(entry.approach, display.approach_label(entry)),
        "level": _choice(entry.effective_level, display.level_label(entry)),
        "status": _choice(entry.status, display.status_label(entry)),
        "no_longer_valid": display.expired_text(entry) or None,
        "lead": {"key": entry.lead.key, "name": entry.lead.name},
        "partners": [partner.name for partner in entry.partners.all()],
        "period": _period(entry),
        "venue": entry.venue or None,
        "format": entry.event_format or None,
        "places": [{"ags": place.ags, "name": place.name} for place in entry.places.all()],
        "topics": [{"slug": topic.slug, "name": str(topic)} for topic in entry.topics.all()],
        "target_groups": [{"slug": group.slug, "name": str(group)} for group in entry.target_groups.all()],
        "funding": _funding(entry),
        "effort": {fact.key.removeprefix("effort_"): fact.text for fact in display.effort(entry)},
        "evidence": _choice(entry.evidence, display.evidence_label(entry)),
        "sections": {section.key: list(section.points) for section in display.sections(entry)},
        "actions": [
            {
                "from": action.starts_on.isoformat(),
                "to": action.ends_on.isoformat(),
                "text": action.period,
                "places": action.places,
                "district": action.district or None,
            }
            for action in display.action_texts(entry)
        ],
        "offices": [
            {"name": office.name or None, "place": office.place_name or None, "note": office.note or None}
            for office in entry.offices.all()
        ],
        "documents": [_document(citation.document, about) for citation in entry.citations.all()],
        "legal_bases": [
            {"title": basis.title, "reference": basis.reference or None, "url": basis.url or None}
            for basis in entry.legal_bases.all()
        ],
        "links": [{"url": link.url, "title": link.title or None} for link in entry.links.all()],
        "languages": [
            {**one, "confirmed_on": one["confirmed_on"] and one["confirmed_on"].isoformat()}
            for one in summary(entry, about.absolute(entry.get_absolute_url()))
        ],
        "checked_on": entry.checked_on.isoformat() if entry.checked_on else None,
        "archived_on": entry.archived_on.isoformat() if entry.archived_on else None,
        "published_at": entry.first_published_at.isoformat() if entry.first_published_at else None,
        "updated_at": entry.last_published_at.isoformat() if entry.last_published_at else None,
    }


def _choice(key: str, label: str) -> dict[str, str] | None:
    return {"key": str(key), "label": label} if key else None


def _period(entry: Entry) -> dict[str, Any] | None:
    if not display.period_text(entry):
        return None
    return {
        "from": entry.starts_on.isoformat() if entry.starts_on else None,
        "from_precision": entry.starts_precision or None,
        "to": entry.ends_on.isoformat() if entry.ends_on else None,
        "to_precision": entry.ends_precision or None,
        "open_end": entry.open_end,
        "text": display.period_text(entry),
    }


def _funding(entry: Entry) -> dict[str, str] | None:
    if entry.funding_eur is None:
        return None
    return {
        "amount_eur": f"{entry.funding_eur:.2f}",
        "per": entry.funding_per,
        "text": display.funding_text(entry),
    }


def _document(document: Document, about: About) -> dict[str, Any]:
    version = document.current_version
    return {
        "slug": document.slug,
        "url": about.absolute(document.get_absolute_url()),
        "title": document.title,
        "kind": _choice(document.kind, document.get_kind_display()),
        "issued_on": document.issued_on.isoformat() if document.issued_on else None,
        "valid_from": document.valid_from.isoformat() if document.valid_from else None,
        "valid_to": document.valid_to.isoformat() if document.valid_to else None,
        "validity": display.validity_text(document) or None,
        "file": version
        and {
            "url": about.absolute(reverse("catalogue:document_file", args=[document.slug])),
            "version": version.number,
            "media_type": version.media_type,
            "size": version.size,
            "sha256": version.sha256,
        },
    }
