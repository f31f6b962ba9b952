"""Offices as Open Referral's HSDS 3 has them: a list of services, each with organisation, location and schedule.

An office is a service at one location here, so each gives one of each. What is not known is left out; HSDS asks for a
description of every organisation, and where there is none, the name stands there too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from austausch.catalogue.exports.about import stable_id
from austausch.counselling import languages
from austausch.counselling.finding import Search
from austausch.counselling.models import Office, Precision, SpokenBy, SpokenLanguage
from austausch.languages import kinds
from austausch.languages.models import Version
from austausch.languages.reading import public_versions

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
STATES = {"active": "active", "paused": "temporarily closed", "ended": "defunct"}
MOST = 1000


def list_as_json(search: Search, request: HttpRequest) -> HttpResponse:
    return json_response([found.office for found in search.part(0, MOST)], request, name="beratung")


def json_response(offices: Iterable[Office], request: HttpRequest, *, name: str, single: bool = False) -> HttpResponse:
    services = [service(office, request.build_absolute_uri("/").rstrip("/")) for office in offices]
    content: Any = services[0] if single else services
    response = JsonResponse(content, safe=False, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


def service(office: Office, base: str) -> dict[str, Any]:
    """The office as HSDS's `service`, with all that belongs to it. Wants one read `with_parts()`."""
    key = _id("service", office.slug)
    return _given(
        id=key,
        name=office.name,
        description=office.description,
        url=f"{base}{office.get_absolute_url()}",
        email=office.email,
        status=STATES[office.state],
        interpretation_services=_interpreted(office),
        application_process=office.admission,
        fees_description=_joined(_label(office, "cost"), office.cost_note),
        alert=office.emergency_note,
        assured_date=office.assured_on.isoformat() if office.assured_on else "",
        last_modified=office.changed_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        phones=_phones(office, service_id=key),
        schedules=list(_schedules(office, service_id=key)),
        service_areas=[
            {"id": _id("area", office.slug, place.ags), "name": place.name, "extent": place.ags, "extent_type": "other"}
            for place in office.areas.all()
        ],
        service_at_locations=[_at_location(office, key)],
        languages=[_language(office, row) for row in office.spoken.all()],
        cost_options=_cost(office),
        organization=organisation(office),
        attributes=_attributes(office),
    )


def organisation(office: Office) -> dict[str, Any] | None:
    provider = office.provider
    if provider is None:
        return None
    return _given(
        id=_id("organization", provider.key),
        name=provider.name,
        description=provider.description or provider.name,
        website=provider.website,
    )


def service_at_location(office: Office, base: str) -> dict[str, Any]:
    """The same, seen from the location: HSDS's `service_at_location`."""
    found = service(office, base)
    (place,) = found.pop("service_at_locations")
    return {**place, "service": found}


def _at_location(office: Office, service_id: str) -> dict[str, Any]:
    key = _id("location", office.slug)
    exact = office.precision == Precision.EXACT
    place = "" if office.is_protected else office.place_id or ""
    location = _given(
        id=key,
        location_type="physical" if office.place_id or office.is_protected else "virtual",
        name=office.name,
        transportation=office.transport,
        latitude=office.latitude if exact else None,
        longitude=office.longitude if exact else None,
        external_identifier=place,
        external_identifier_type="AGS" if place else "",
        addresses=_addresses(office),
        accessibility=_accessibility(office),
    )
    return {
        "id": _id("service_at_location", office.slug),
        "service_id": service_id,
        "location_id": key,
        "location": location,
    }


def _addresses(office: Office) -> list[dict[str, Any]]:
    """Only a whole address is one; HSDS has no way to say "somewhere in Hagen" but `external_identifier`."""
    if office.is_protected or not (office.street and office.postcode and office.place):
        return []
    return [
        {
            "id": _id("address", office.slug),
            "address_1": office.street,
            "city": office.place.name,
            "state_province": settings.AUSTAUSCH_STATE,
            "postal_code": office.postcode,
            "country": "DE",
            "address_type": "physical",
        }
    ]


def _accessibility(office: Office) -> list[dict[str, Any]]:
    text = _joined(_label(office, "step_free"), office.accessibility_note)
    return [{"id": _id("accessibility", office.slug), "description": text}] if text else []


def _phones(office: Office, *, service_id: str) -> list[dict[str, Any]]:
    if not office.phone:
        return []
    return [
        _given(
            id=_id("phone", office.slug), service_id=service_id, number=office.phone, type="voice",
            description=office.phone_note,
        )
    ]  # fmt: skip


def _schedules(office: Office, *, service_id: str) -> Iterable[dict[str, Any]]:
    for row in office.openings.all():
        yield _given(
            id=_id("schedule", office.slug, DAYS[row.weekday], str(row.opens), str(row.closes), str(row.valid_from)),
            service_id=service_id,
            freq="WEEKLY",
            byday=DAYS[row.weekday],
            opens_at=row.opens.strftime("%H:%M"),
            closes_at=row.closes.strftime("%H:%M"),
            valid_from=row.valid_from.isoformat() if row.valid_from else "",
            valid_to=row.valid_to.isoformat() if row.valid_to else "",
            description=row.note,
            notes=office.hours_note,
        )
    for other in office.exceptions.all():
        yield _given(
            id=_id("schedule", office.slug, str(other.first), str(other.last), str(other.opens)),
            service_id=service_id,
            dtstart=other.first.isoformat(),
            until=other.last.isoformat(),
            valid_from=other.first.isoformat(),
            valid_to=other.last.isoformat(),
            opens_at=other.opens.strftime("%H:%M") if other.opens else "",
            closes_at=other.closes.strftime("%H:%M") if other.closes else "",
            description=other.note,
            notes="" if other.opens else "closed",
        )


def _language(office: Office, row: SpokenLanguage) -> dict[str, Any]:
    note = _joined(str(SpokenBy(row.by).label) if row.by else "", row.note)
    return _given(
        id=_id("language", office.slug, row.code, row.by), name=languages.name(row.code), code=row.code, note=note
    )


def _interpreted(office: Office) -> str:
    rows = [row for row in office.spoken.all() if row.by == SpokenBy.INTERPRETER]
    return ", ".join(languages.name(row.code) for row in rows)


def _cost(office: Office) -> list[dict[str, Any]]:
    if not office.cost:
        return []
    return [_given(id=_id("cost", office.slug), option=_label(office, "cost"), amount_description=office.cost_note)]


def _attributes(office: Office) -> list[dict[str, Any]]:
    """Topics, target groups, confidentiality and versions of the text: what HSDS leaves to taxonomies.

    A version: “ro:unconfirmed”, and “:outdated” where the German has changed since.
    """
    found = [("topic", topic.key) for topic in office.topics.all()]
    found += [("target_group", group.key) for group in office.target_groups.all()]
    found += [("confidentiality", office.confidentiality)] if office.confidentiality else []
    found += [("text_language", _version(office, version)) for version in public_versions(office)]
    return [
        {"id": _id("attribute", office.slug, kind, value), "link_type": kind, "link_entity": "service", "value": value}
        for kind, value in found
    ]


def _version(office: Office, version: Version) -> str:
    parts = [version.tongue.tag, str(version.state), *(["outdated"] if kinds.is_outdated(version, office) else [])]
    return ":".join(parts)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", None, [])}


def _joined(*parts: str) -> str:
    return " – ".join(part for part in parts if part)


def _label(office: Office, name: str) -> str:
    return str(getattr(office, f"get_{name}_display")()) if getattr(office, name) else ""


def _id(*parts: str) -> str:
    return str(stable_id("counselling", *parts))
