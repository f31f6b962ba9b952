"""What of an entry can be taken over: how each part is read, written, compared and shown.

What belongs to the source alone has no place here: its period, money, places, offices, partners, dates and people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.models import (
    Approach,
    Citation,
    Document,
    Entry,
    Evidence,
    Kind,
    LegalBasis,
    Link,
    TargetGroup,
    Topic,
)

# As JSON keeps it: a text, a list of texts, or a list of rows (name → text).
Value: TypeAlias = Any


@dataclass(frozen=True)
class Field:
    """A part of an entry. `usual`: taken over unless somebody says otherwise. `lines` shows a value, a text a line."""

    name: str
    label: str | Promise
    usual: bool
    read: Callable[[Entry], Value]
    write: Callable[[Entry, Value], None]
    lines: Callable[[Value], list[str]]


def values(entry: Entry) -> dict[str, Value]:
    """All that can be taken over of an entry, by name."""
    return {field.name: field.read(entry) for field in FIELDS.values()}


def _text(name: str, *, usual: bool = True, choices: type[models.TextChoices] | None = None) -> Field:
    def lines(value: Value) -> list[str]:
        if not value:
            return []
        return [str(choices(value).label)] if choices and value in choices.values else [str(value)]

    return Field(
        name,
        label_of(name),
        usual,
        lambda entry: getattr(entry, name),
        lambda entry, value: setattr(entry, name, value),
        lines,
    )


def _points(name: str, *, usual: bool = True) -> Field:
    def write(entry: Entry, value: Value) -> None:
        setattr(entry, name, list(value))

    return Field(name, label_of(name), usual, lambda entry: list(getattr(entry, name)), write, list)


def _words(name: str, model: type[Topic] | type[TargetGroup]) -> Field:
    def write(entry: Entry, value: Value) -> None:
        getattr(entry, name).set(model.objects.filter(key__in=value))

    def lines(value: Value) -> list[str]:
        known: Mapping[str, Any] = {word.key: word for word in model.objects.filter(key__in=value or ())}
        return [str(known[key]) if key in known else key for key in value or ()]

    return Field(
        name, label_of(name), True, lambda entry: sorted(word.key for word in getattr(entry, name).all()), write, lines
    )


def rows_field(name: str, model: type[models.Model], columns: Sequence[str], label: str | Promise) -> Field:
    """Rows of their own below an entry, with these columns."""

    def read(entry: Entry) -> Value:
        return [{column: getattr(row, column) for column in columns} for row in getattr(entry, name).all()]

    def write(entry: Entry, value: Value) -> None:
        getattr(entry, name).set([model(**row, sort_order=number) for number, row in enumerate(value)])

    def lines(value: Value) -> list[str]:
        return [", ".join(str(row[column]) for column in columns if row.get(column)) for row in value or ()]

    return Field(name, label, True, read, write, lines)


def _citations() -> Field:
    def write(entry: Entry, value: Value) -> None:
        known = {document.slug: document for document in Document.objects.filter(slug__in=value)}
        kept = [known[slug] for slug in value if slug in known]
        entry.citations.set([Citation(document=document, sort_order=number) for number, document in enumerate(kept)])

    def lines(value: Value) -> list[str]:
        titles = dict(Document.objects.filter(slug__in=value or ()).values_list("slug", "title"))
        return [titles.get(slug, slug) for slug in value or ()]

    def read(entry: Entry) -> Value:
        return [citation.document.slug for citation in entry.citations.all()]

    return Field("citations", _("Documents"), True, read, write, lines)


EFFORT = ("effort_staff", "effort_cost", "effort_duration", "effort_town_size")


def _effort() -> Field:
    def write(entry: Entry, value: Value) -> None:
        for name in EFFORT:
            setattr(entry, name, value.get(name, ""))

    def lines(value: Value) -> list[str]:
        return [f"{label_of(name)}: {value[name]}" for name in EFFORT if value and value.get(name)]

    return Field(
        "effort", _("Effort"), False, lambda entry: {name: getattr(entry, name) for name in EFFORT}, write, lines
    )


def label_of(name: str) -> Any:
    """What a field of an entry is called."""
    return Entry._meta.get_field(name).verbose_name


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        _text("title"),
        _text("summary"),
        _text("kind", choices=Kind),
        _text("approach", choices=Approach),
        _words("topics", Topic),
        _words("target_groups", TargetGroup),
        _points("starting_point"),
        _points("goals"),
        _points("procedure"),
        _points("facts", usual=False),
        _points("results", usual=False),
        _points("lessons", usual=False),
        _points("transferability"),
        _effort(),
        _text("evidence", usual=False, choices=Evidence),
        rows_field("legal_bases", LegalBasis, ("title", "reference", "url"), _("Legal bases")),
        _citations(),
        rows_field("links", Link, ("url", "title"), _("Links")),
    )
}
# A copy without them would be no entry.
ALWAYS = ("title", "kind", "approach")
