"""What of two duplicates can be chosen: all that can be taken over, and what belongs to one body only.

Duplicates describe the same thing, so here, unlike when taking over, period, money and places may come from either.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from austausch.catalogue import display
from austausch.catalogue.adoption.fields import FIELDS as ADOPTABLE
from austausch.catalogue.adoption.fields import Field, Value, label_of, rows_field
from austausch.catalogue.models import ContactReference, Entry, Office, Partner
from austausch.places.models import Place

PERIOD = ("starts_on", "starts_precision", "ends_on", "ends_precision")


def _period() -> Field:
    def read(entry: Entry) -> Value:
        said = {name: getattr(entry, name) for name in PERIOD}
        dates = {name: day.isoformat() if isinstance(day, dt.date) else day for name, day in said.items()}
        return {**dates, "open_end": entry.open_end}

    def write(entry: Entry, value: Value) -> None:
        for name in ("starts_on", "ends_on"):
            setattr(entry, name, dt.date.fromisoformat(value[name]) if value[name] else None)
        entry.starts_precision, entry.ends_precision = value["starts_precision"], value["ends_precision"]
        entry.open_end = value["open_end"]

    return Field("period", _("Period"), True, read, write, _as_shown(write, display.period_text))


def _funding() -> Field:
    def read(entry: Entry) -> Value:
        amount = None if entry.funding_eur is None else str(entry.funding_eur)
        return {"funding_eur": amount, "funding_per": entry.funding_per}

    def write(entry: Entry, value: Value) -> None:
        entry.funding_eur = None if value["funding_eur"] is None else Decimal(value["funding_eur"])
        entry.funding_per = value["funding_per"]

    return Field("funding", _("Funding"), True, read, write, _as_shown(write, display.funding_text))


def _as_shown(write: Callable[[Entry, Value], None], text: Callable[[Entry], str]) -> Callable[[Value], list[str]]:
    def lines(value: Value) -> list[str]:
        if not value:
            return []
        entry = Entry()
        write(entry, value)
        shown = text(entry)
        return [shown] if shown else []

    return lines


def _places() -> Field:
    def write(entry: Entry, value: Value) -> None:
        entry.places.set(Place.objects.filter(pk__in=value))

    def lines(value: Value) -> list[str]:
        return [str(place) for place in Place.objects.filter(pk__in=value or ())]

    return Field(
        "places", label_of("places"), True, lambda entry: sorted(one.pk for one in entry.places.all()), write, lines
    )


def _contacts() -> Field:
    """Whom to ask: references only. What stands in a contact is asked for each time."""

    def read(entry: Entry) -> Value:
        return [{"contact": row.contact_id, "task": row.task} for row in entry.contact_references.all()]

    def write(entry: Entry, value: Value) -> None:
        rows = [
            ContactReference(contact_id=row["contact"], task=row["task"], sort_order=number)
            for number, row in enumerate(value)
        ]
        entry.contact_references.set(rows)

    return Field("contacts", _("Contacts"), True, read, write, lambda value: [str(len(value))] if value else [])


CONTACTS = _contacts()
# To be chosen between.
FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        *(field for field in ADOPTABLE.values() if field.name != "citations"),
        _period(),
        _funding(),
        _places(),
        rows_field("partners", Partner, ("name",), _("Partners")),
        rows_field("offices", Office, ("name", "place_name", "note"), _("Offices")),
    )
}
# Come along by themselves: what is cited there, and who can be asked, is not lost by a merger.
UNITED: Mapping[str, Field] = {"citations": ADOPTABLE["citations"], "contacts": CONTACTS}
EVERY: Mapping[str, Field] = {**FIELDS, **UNITED}


def united(one: Value, other: Value) -> Value:
    """Both lists as one, without what is in it twice."""
    return [*one, *(item for item in other if item not in one)]
