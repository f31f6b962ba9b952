"""Writing offices that a file describes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from austausch.catalogue.loading.bodies import words
from austausch.catalogue.models import Entry, TargetGroup, Topic
from austausch.core import generation
from austausch.counselling import actions, versions
from austausch.counselling.loading.schema import DAYS, PLAIN
from austausch.counselling.models import Office, Opening, OpeningException, Precision, Provider, SpokenLanguage
from austausch.people.models import Organisation
from austausch.places.models import Place

time = dt.time.fromisoformat
_DEFAULTS: dict[str, Any] = {"state": "active", "open_on_holidays": False, "assured_on": None}


def write(offices: list[dict[str, Any]]) -> None:
    """Makes and changes offices. All references are checked before."""
    owners = {body.key: body for body in Organisation.objects.all()}
    providers = {provider.key: provider for provider in Provider.objects.all()}
    entries = {entry.slug: entry for entry in Entry.objects.filter(slug__in={one.get("entry", "") for one in offices})}
    topics = words(Topic, {key for one in offices for key in one.get("topics", [])})
    groups = words(TargetGroup, {key for one in offices for key in one.get("target_groups", [])})
    for said in offices:
        office = Office.objects.filter(slug=said["slug"]).first() or Office(slug=said["slug"])
        for name in PLAIN:
            setattr(office, name, said.get(name, _DEFAULTS.get(name, "")))
        office.owner, office.provider = owners[said["owner"]], providers.get(said.get("provider", ""))
        office.entry = entries.get(said.get("entry", ""))
        office.is_protected, office.live = said.get("protected", False), not said.get("draft", False)
        office.place = Place.objects.filter(ags=said.get("place", "")).first()
        office.latitude, office.longitude = said.get("latitude"), said.get("longitude")
        office.precision = Precision.NONE
        actions.position(office)
        office.save()
        versions.forget_sources(office)
        office.areas.set(said.get("areas", []))
        office.topics.set(topics[key] for key in said.get("topics", []))
        office.target_groups.set(groups[key] for key in said.get("target_groups", []))
        _write_parts(office, said)
    generation.advance()


def _write_parts(office: Office, said: dict[str, Any]) -> None:
    for rows in (SpokenLanguage, Opening, OpeningException):
        rows._default_manager.filter(office=office).delete()
    SpokenLanguage.objects.bulk_create(SpokenLanguage(office=office, **row) for row in said.get("spoken", []))
    Opening.objects.bulk_create(
        Opening(
            office=office, weekday=DAYS.index(row["day"]), opens=time(row["from"]), closes=time(row["to"]),
            valid_from=row.get("valid_from"), valid_to=row.get("valid_to"), note=row.get("note", ""),
        )
        for row in said.get("hours", [])
    )  # fmt: skip
    OpeningException.objects.bulk_create(
        OpeningException(
            office=office, first=row["first"], last=row["last"], opens=_time(row.get("from")),
            closes=_time(row.get("to")), note=row.get("note", ""),
        )
        for row in said.get("other_hours", [])
    )  # fmt: skip


def _time(text: str | None) -> dt.time | None:
    return None if text is None else time(text)
