"""An entry in other languages: which of its fields are text, and its text as a reader gets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from austausch.catalogue import display
from austausch.catalogue.models import Entry
from austausch.languages import kinds
from austausch.languages.kinds import Field, Kind, Value
from austausch.languages.reading import Reading, Said

POINTS = ("starting_point", "goals", "procedure", "facts", "results", "lessons", "transferability")
EFFORT = ("effort_staff", "effort_cost", "effort_duration", "effort_town_size")
# Words of other languages are longer; the German has 200 and 600.
TITLE, SUMMARY, POINT, SHORT = 300, 1200, 2000, 400


def _label(name: str) -> Any:
    return Entry._meta.get_field(name).verbose_name


FIELDS: tuple[Field, ...] = (
    Field("title", _label("title"), TITLE, needed=True),
    Field("summary", _label("summary"), SUMMARY, needed=True),
    *(Field(name, _label(name), POINT, lines=True) for name in POINTS),
    *(Field(name, _label(name), SHORT) for name in EFFORT),
)


def _fields(entry: Entry) -> Sequence[Field]:
    return FIELDS


def _read(entry: Entry) -> dict[str, Value]:
    return {field.name: getattr(entry, field.name) for field in FIELDS}


def _rows() -> QuerySet[Entry]:
    return Entry.objects.filter(merged_into__isnull=True, archived_on__isnull=True)


KIND = kinds.register(
    Kind(key="massnahme", model=Entry, label=_("Measure"), owner="lead", fields=_fields, read=_read, rows=_rows)
)


@dataclass(frozen=True)
class Part:
    """A section of the text: its heading and its points, each in its language."""

    key: str
    title: Said
    points: Said


@dataclass(frozen=True)
class Text:
    """An entry's own words. Parts that a version leaves out stand there in German."""

    title: Said
    summary: Said
    parts: Sequence[Part]


def text_of(entry: Entry, reading: Reading) -> Text:
    """The words of an entry as somebody reads them."""
    return Text(
        title=reading.said("title", entry.title),
        summary=reading.said("summary", entry.summary),
        parts=[
            Part(
                section.key,
                reading.heading(section.key, section.title),
                reading.said(section.key, list(section.points)),
            )
            for section in display.sections(entry)
        ],
    )
