"""The answers of a check as a table: CSV and XLSX, the same columns as on the page."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl import Workbook

from austausch.certificates.checks.answers import OUTCOMES, REASONS
from austausch.certificates.models import CheckItem
from austausch.core.spreadsheets import BOM, harmless

FIELDS = (
    "family_name",
    "first_names",
    "birth_date",
    "school_name",
    "grade",
    "attending_since",
    "expected_end",
    "status",
)


def heading() -> list[str]:
    return [
        _("No."), _("File"), _("Answer"), _("Reason"), _("Code"), _("Certificate number"), _("Valid until"),
        _("Family name"), _("First names"), _("Birth date"), _("School"), _("Grade"), _("Attending since"),
        _("Attends until"), _("Attendance"),
    ]  # fmt: skip


def row(item: CheckItem) -> list[str]:
    sealed = [_written(str(item.sealed.get(name, ""))) for name in FIELDS]
    texts = [
        str(item.position),
        item.name,
        str(OUTCOMES[item.outcome][1]) if item.outcome else _("is being read"),
        str(REASONS.get(item.code, item.code)),
        item.code,
        item.certificate_number,
        date_format(item.valid_until, "DATE_FORMAT") if item.valid_until else "",
        *sealed,
    ]
    return [harmless(text) for text in texts]


def as_csv(items: Iterable[CheckItem]) -> bytes:
    """Semicolons and a byte order mark: so a German spreadsheet opens it with a click."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(heading())
    writer.writerows(row(item) for item in items)
    return (BOM + written.getvalue()).encode()


def as_xlsx(items: Iterable[CheckItem]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Check"))
    sheet.append(heading())
    for item in items:
        sheet.append(row(item))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _written(value: str) -> str:
    """Days as people write them; anything else as it is."""
    try:
        return date_format(dt.date.fromisoformat(value), "SHORT_DATE_FORMAT")
    except ValueError:
        return value
