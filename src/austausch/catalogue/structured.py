"""An entry for search engines: schema.org as JSON-LD. Says what the page says and nothing more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from austausch.catalogue import display
from austausch.catalogue.models import Entry, EventFormat, FundingPer, Kind, Precision, Status

_SERVICE, _PROJECT, _RULE = "GovernmentService", "Project", "Legislation"
TYPES = {
    Kind.MODEL_PROJECT: _PROJECT,
    Kind.PILOT: _PROJECT,
    Kind.FUNDING: "MonetaryGrant",
    Kind.COUNSELLING: _SERVICE,
    Kind.SHELTER: _SERVICE,
    Kind.QUALIFICATION: _SERVICE,
    Kind.STAFFING: _SERVICE,
    Kind.NETWORK: _PROJECT,
    Kind.COORDINATION: _PROJECT,
    Kind.JOINT_INSPECTION: "EventSeries",
    Kind.EVENT: "Event",
    Kind.EVENT_SERIES: "EventSeries",
    Kind.RESEARCH: "ResearchProject",
    Kind.DECREE: _RULE,
    Kind.LAW: _RULE,
}
EVENTS = {"Event", "EventSeries"}
ATTENDANCE = {
    EventFormat.ON_SITE: "https://schema.org/OfflineEventAttendanceMode",
    EventFormat.ONLINE: "https://schema.org/OnlineEventAttendanceMode",
    EventFormat.HYBRID: "https://schema.org/MixedEventAttendanceMode",
}

Absolute = Callable[[str], str]


def structured_data(entry: Entry, absolute: Absolute) -> dict[str, Any]:
    """The entry as a schema.org thing. `absolute` turns a path into a full address."""
    kind = TYPES[Kind(entry.kind)]
    lead = {"@type": "GovernmentOrganization", "name": entry.lead.name}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": kind,
        "name": entry.title,
        "url": absolute(entry.get_absolute_url()),
        "description": entry.summary or display.teaser(entry),
        "keywords": [str(topic) for topic in entry.topics.all()],
        **_by_type(entry, kind, lead),
    }
    return {key: value for key, value in data.items() if value}


def iso_date(day: dt.date | None, precision: str) -> str:
    """The date in ISO 8601, as exact as its source: "2022-08-16", "2022-08", "2022"; empty for none."""
    if day is None:
        return ""
    if precision == Precision.YEAR:
        return f"{day:%Y}"
    return f"{day:%Y-%m}" if precision in {Precision.MONTH, Precision.SCHOOL_YEAR} else day.isoformat()


def _by_type(entry: Entry, kind: str, lead: dict[str, str]) -> dict[str, Any]:
    start, end = iso_date(entry.starts_on, entry.starts_precision), iso_date(entry.ends_on, entry.ends_precision)
    partners = [{"@type": "Organization", "name": partner.name} for partner in entry.partners.all()]
    area = [{"@type": "AdministrativeArea", "name": name} for name in display.place_names(entry)]
    if kind in EVENTS:
        return {
            "organizer": [lead, *partners],
            "startDate": start,
            "endDate": end,
            "location": {"@type": "Place", "name": entry.venue, "address": entry.venue} if entry.venue else None,
            "eventAttendanceMode": ATTENDANCE.get(entry.event_format),  # type: ignore[call-overload]
            "subEvent": [_action(action) for action in display.action_texts(entry)],
        }
    if kind == _RULE:
        over = bool(display.expired_text(entry))
        force = "NotInForce" if over else "InForce" if entry.status is Status.RUNNING else ""
        return {
            "legislationPassedBy": lead,
            "legislationType": display.kind_label(entry),
            "legislationLegalForce": f"https://schema.org/{force}" if force else None,
            "temporalCoverage": f"{start or '..'}/{end or '..'}" if start or end else None,
        }
    if kind == "MonetaryGrant":
        return {"funder": lead, "amount": _amount(entry)}
    if kind == _SERVICE:
        return {
            "provider": [lead, *partners],
            "serviceType": display.kind_label(entry),
            "audience": [{"@type": "Audience", "audienceType": str(group)} for group in entry.target_groups.all()],
            "areaServed": area,
        }
    return {
        "parentOrganization": lead,
        "member": partners,
        "foundingDate": start,
        "dissolutionDate": end,
        "areaServed": area,
    }


def _amount(entry: Entry) -> dict[str, Any] | None:
    if entry.funding_eur is None:
        return None
    amount: dict[str, Any] = {"@type": "MonetaryAmount", "currency": "EUR", "value": f"{entry.funding_eur:.2f}"}
    if entry.funding_per == FundingPer.YEAR:
        amount["name"] = display.funding_text(entry)
    return amount


def _action(action: display.ActionText) -> dict[str, Any]:
    data: dict[str, Any] = {
        "@type": "Event",
        "name": action.where,
        "startDate": action.starts_on.isoformat(),
        "endDate": action.ends_on.isoformat(),
    }
    if action.where:
        data["location"] = {"@type": "Place", "name": action.places, "address": action.where}
    return data
