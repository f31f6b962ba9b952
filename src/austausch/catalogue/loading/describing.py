"""Entries as catalogue files hold them: the one form in which loading compares and exporting writes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from austausch.catalogue.loading import schema
from austausch.catalogue.loading.bodies import address
from austausch.catalogue.loading.dates import written
from austausch.catalogue.models import Document, Entry
from austausch.places.queries import Gazetteer, PlaceError

POINTS = ("starting_point", "goals", "procedure", "facts", "results", "lessons", "transferability")
DOCUMENT_SLUG = 120


def described(entry: Entry, places: Gazetteer) -> dict[str, Any]:
    """Everything a file says of an entry, in the order of the format, without what is empty.

    Wants an entry read `with_parts()`. `places` is left out where it holds just what offices, actions and venue
    name, because loading finds these by itself.
    """
    found: dict[str, Any] = {
        "slug": entry.slug,
        "title": entry.title,
        "summary": entry.summary,
        "body": entry.lead.key,
        "partners": [partner.name for partner in entry.partners.all()],
        "approach": entry.approach,
        "kind": entry.kind,
        "level": entry.level,
        **{name: list(getattr(entry, name)) for name in POINTS},
        "period": _period(entry),
        "place": entry.venue,
        "format": entry.event_format,
        "actions": [_action(action) for action in entry.actions.all()],
        "funding": _funding(entry),
        "effort": _without_empty(
            staff=entry.effort_staff,
            cost=entry.effort_cost,
            duration=entry.effort_duration,
            town_size=entry.effort_town_size,
        ),
        "evidence": entry.evidence,
        "legal_bases": [_basis(basis) for basis in entry.legal_bases.all()],
        "documents": [document(citation.document) for citation in entry.citations.all()],
        "offices": [_without_empty(name=o.name, place=o.place_name, facts=o.note) for o in entry.offices.all()],
        "links": [{"url": link.url, "title": link.title} if link.title else link.url for link in entry.links.all()],
        "topics": sorted(topic.key for topic in entry.topics.all()),
        "target_groups": sorted(group.key for group in entry.target_groups.all()),
        "review": _review(entry),
        "archived": entry.archived_on,
        "draft": not entry.live,
    }
    keys = sorted(place.ags for place in entry.places.all())
    found["places"] = keys if keys != named_places(found, places) else []
    return ordered(found)


def ordered(entry: dict[str, Any]) -> dict[str, Any]:
    """The same in the order of the format, without what is empty."""
    return schema.without_empty({name: entry[name] for name in schema.FIELDS if name in entry})


def named_places(entry: dict[str, Any], places: Gazetteer, unknown: set[str] | None = None) -> list[str]:
    """Keys of the places that offices, actions and venue name, sorted; names that are no place go to `unknown`."""
    names = [entry.get("place", ""), *(office.get("place", "") for office in entry.get("offices", []))]
    for action in entry.get("actions", []):
        names += action.get("places") or [action.get("district", "")]
    return sorted(set(_keys(names, places, unknown)))


def _keys(names: Iterable[str | None], places: Gazetteer, unknown: set[str] | None) -> Iterable[str]:
    for name in filter(None, names):
        try:
            yield places.resolve(name).ags
        except PlaceError:
            if unknown is not None:
                unknown.add(name)


def document(document: Document) -> dict[str, Any]:
    """A cited document; its address only where it is not the one its title would give."""
    return _without_empty(
        title=document.title,
        kind=document.kind,
        date=document.issued_on,
        valid_from=document.valid_from,
        valid_to=document.valid_to,
        slug=document.slug if document.slug != address(document.title, DOCUMENT_SLUG) else "",
    )


def _period(entry: Entry) -> dict[str, Any]:
    return schema.without_empty(
        {
            "from": written(entry.starts_on, entry.starts_precision) if entry.starts_on else None,
            "to": written(entry.ends_on, entry.ends_precision) if entry.ends_on else None,
            "open_end": entry.open_end,
        }
    )


def _funding(entry: Entry) -> dict[str, Any]:
    if entry.funding_eur is None:
        return {}
    return {"amount_eur": schema.amount(entry.funding_eur), "per": entry.funding_per}


def _action(action: Any) -> dict[str, Any]:
    days = {"from": action.starts_on, "to": action.ends_on}
    return schema.without_empty({**days, "places": list(action.place_names), "district": action.district})


def _basis(basis: Any) -> str | dict[str, Any]:
    found = _without_empty(title=basis.title, reference=basis.reference, url=basis.url)
    return found if len(found) > 1 else basis.title


def _review(entry: Entry) -> dict[str, Any]:
    return _without_empty(
        checked_on=entry.checked_on, checked_by=entry.checked_by, every_months=entry.review_every_months
    )


def _without_empty(**values: Any) -> dict[str, Any]:
    return schema.without_empty(values)
