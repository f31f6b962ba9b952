"""Offices as files hold them: the one form in which loading compares and exporting writes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel

from austausch.catalogue.loading.schema import without_empty
from austausch.counselling.loading.schema import DAYS, FIELDS, PLAIN, OfficePart
from austausch.counselling.models import Office, Opening, OpeningException, Precision, SpokenLanguage, State


def described(office: Office) -> dict[str, Any]:
    """Everything a file says of an office. Wants one read `with_parts()`."""
    exact = office.precision == Precision.EXACT
    return ordered(
        {name: getattr(office, name) for name in PLAIN}
        | {
            "owner": office.owner.key,
            "provider": office.provider.key if office.provider else "",
            "entry": office.entry.slug if office.entry else "",
            "protected": office.is_protected,
            "place": office.place_id,
            "latitude": office.latitude if exact else None,
            "longitude": office.longitude if exact else None,
            "areas": sorted(place.ags for place in office.areas.all()),
            "spoken": sorted((_spoken(row) for row in office.spoken.all()), key=_in_order),
            "hours": [_opening(row) for row in office.openings.all()],
            "other_hours": [_other(row) for row in office.exceptions.all()],
            "topics": sorted(topic.key for topic in office.topics.all()),
            "target_groups": sorted(group.key for group in office.target_groups.all()),
            "draft": not office.live,
        }
    )


def said_of(office: OfficePart) -> dict[str, Any]:
    """What a file says, in the same form; only the fields that it has."""
    found = {name: _plain(getattr(office, name)) for name in FIELDS if name in office.model_fields_set}
    for name in ("areas", "topics", "target_groups"):
        if name in found:
            found[name] = sorted(dict.fromkeys(found[name]))
    if "spoken" in found:
        found["spoken"].sort(key=_in_order)
    if "hours" in found:
        found["hours"].sort(key=lambda row: (DAYS.index(row["day"]), row["from"]))
    if "other_hours" in found:
        found["other_hours"].sort(key=lambda row: (row["first"], row.get("from", "")))
    return found


def ordered(office: dict[str, Any]) -> dict[str, Any]:
    """In the order of the format, without what is empty or usual."""
    usual = {**office, "state": None if office.get("state") == State.ACTIVE else office.get("state")}
    return without_empty({name: usual[name] for name in FIELDS if name in usual})


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        pairs = {field.alias or name: _plain(getattr(value, name)) for name, field in fields.items()}
        if isinstance(pairs.get("day"), int):
            pairs["day"] = DAYS[pairs["day"]]
        return without_empty(pairs)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return _clock(value) if isinstance(value, dt.time) else value


def _spoken(row: SpokenLanguage) -> dict[str, Any]:
    return without_empty({"code": row.code, "by": row.by, "note": row.note})


def _opening(row: Opening) -> dict[str, Any]:
    days = {"valid_from": row.valid_from, "valid_to": row.valid_to}
    return without_empty(
        {"day": DAYS[row.weekday], "from": _clock(row.opens), "to": _clock(row.closes), **days, "note": row.note}
    )


def _other(row: OpeningException) -> dict[str, Any]:
    hours = {"from": _clock(row.opens), "to": _clock(row.closes)}
    return without_empty({"first": row.first, "last": row.last, **hours, "note": row.note})


def _clock(time: dt.time | None) -> str | None:
    return time.strftime("%H:%M") if time is not None else None


def _in_order(spoken: dict[str, Any]) -> tuple[str, str]:
    return spoken["code"], spoken.get("by", "")
