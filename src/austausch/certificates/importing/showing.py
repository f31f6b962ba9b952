"""Imports as pages and the command show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from austausch.certificates.importing import planning, wording
from austausch.certificates.models import Grade, ImportBatch, ImportRow, Pupil

# A complete file in which so many are missing is more likely a wrong file.
MISSING_SHARE = 0.3


@dataclass(frozen=True)
class Change:
    """One field of a pupil, before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """A row of an import in words."""

    row: ImportRow
    name: str
    born: str
    class_name: str
    attended_until: str
    changes: tuple[Change, ...]
    problems: tuple[wording.Told, ...]
    is_missing: bool


def lines(rows: Iterable[ImportRow]) -> list[Line]:
    return [_line(row) for row in rows]


def counts(batch: ImportBatch, words: Mapping[str, str], shown: str) -> list[tuple[str, str, int, bool]]:
    """For each kind of rows: word of the address, name, how many, whether it is the one shown."""
    numbers = {
        ImportRow.Outcome.NEW: batch.new,
        ImportRow.Outcome.CHANGED: batch.changed,
        ImportRow.Outcome.SAME: batch.same,
        ImportRow.Outcome.REFUSED: batch.refused,
    }
    return [
        (word, str(ImportRow.Outcome(outcome).label), numbers[ImportRow.Outcome(outcome)], outcome == shown)
        for word, outcome in words.items()
    ]


def problems_of(batch: ImportBatch) -> list[wording.Told]:
    """What is wrong with the file as a whole, or worth knowing."""
    return [wording.told(problem) for problem in batch.problems]


def many_missing(batch: ImportBatch) -> bool:
    known = batch.same + batch.changed + batch.departed
    return batch.state == ImportBatch.State.ASKING and known > 10 and batch.departed > known * MISSING_SHARE


def reason(doubt: str) -> str:
    """Why a name is to be checked."""
    return str(wording.REASONS.get(doubt, ""))


def _line(row: ImportRow) -> Line:
    values = row.values
    name = ", ".join(filter(None, (values.get("family_name", ""), values.get("first_names", ""))))
    return Line(
        row=row,
        name=name,
        born=_said("birth_date", values.get("birth_date")),
        class_name=values.get("class_name", "") or _said("grade", values.get("grade", "")),
        attended_until=_said("ended_on", values.get("ended_on")),
        changes=tuple(_changes(row)) if row.outcome == ImportRow.Outcome.CHANGED else (),
        problems=tuple(wording.told(problem) for problem in row.problems),
        is_missing=row.number == 0,
    )


def _changes(row: ImportRow) -> Iterable[Change]:
    for name in planning.COMPARED:
        before, after = row.before.get(name), row.values.get(name)
        if before != after and name not in {"source_key", "name_doubt", "name_in_source"}:
            label = str(Pupil._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            yield Change(label[:1].upper() + label[1:], _said(name, before), _said(name, after))


def _said(name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if name in planning.DAYS:
        return date_format(dt.date.fromisoformat(value), "SHORT_DATE_FORMAT")
    if name == "status":
        return str(Pupil.Status(value).label)
    if name == "grade":
        return str(Grade(value).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
