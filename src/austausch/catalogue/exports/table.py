"""Entries as a table: CSV and XLSX, one row per entry, the same columns in both."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from austausch.catalogue import display
from austausch.catalogue.exports.about import About, in_chunks, printable
from austausch.catalogue.models import Entry
from austausch.core.spreadsheets import BOM, XLSX_TYPE, harmless

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

# A spreadsheet takes some two milliseconds per entry and cannot be sent in parts; CSV takes any number.
XLSX_ENTRIES = 2_000
# Between several values in one cell.
AND = " | "
WIDTHS = {"title": 48, "summary": 60, "url": 40, "lead": 36}


def _joined(rows: Iterable[object]) -> str:
    return AND.join(str(row) for row in rows)


# Name, heading, and what stands below it.
COLUMNS: tuple[tuple[str, StrPromise, Callable[[Entry, About], str]], ...] = (
    ("title", _("Title"), lambda entry, about: entry.title),
    ("url", _("Address"), lambda entry, about: about.absolute(entry.get_absolute_url())),
    ("kind", _("Kind"), lambda entry, about: display.kind_label(entry)),
    ("approach", _("Approach"), lambda entry, about: display.approach_label(entry)),
    ("status", _("Status"), lambda entry, about: display.status_label(entry)),
    ("validity", _("Validity"), lambda entry, about: display.expired_text(entry)),
    ("lead", _("Responsible"), lambda entry, about: entry.lead.name),
    ("partners", _("Together with"), lambda entry, about: _joined(entry.partners.all())),
    ("level", _("Level"), lambda entry, about: display.level_label(entry)),
    ("period", _("Period"), lambda entry, about: display.period_text(entry)),
    ("starts_on", _("begins"), lambda entry, about: entry.starts_on.isoformat() if entry.starts_on else ""),
    ("ends_on", _("ends"), lambda entry, about: entry.ends_on.isoformat() if entry.ends_on else ""),
    ("funding", _("Funding"), lambda entry, about: display.funding_text(entry)),
    ("summary", _("Summary"), lambda entry, about: entry.summary),
    ("starting_point", _("Starting point"), lambda entry, about: AND.join(entry.starting_point)),
    ("goals", _("Goals"), lambda entry, about: AND.join(entry.goals)),
    ("procedure", _("Procedure"), lambda entry, about: AND.join(entry.procedure)),
    ("facts", _("Key facts"), lambda entry, about: AND.join(entry.facts)),
    ("results", _("Results"), lambda entry, about: AND.join(entry.results)),
    ("lessons", _("Lessons learned"), lambda entry, about: AND.join(entry.lessons)),
    (
        "transferability",
        _("What others need to take this over"),
        lambda entry, about: AND.join(entry.transferability),
    ),
    ("topics", _("Topics"), lambda entry, about: _joined(entry.topics.all())),
    ("target_groups", _("For whom"), lambda entry, about: _joined(entry.target_groups.all())),
    ("places", _("Places"), lambda entry, about: AND.join(display.place_names(entry))),
    ("venue", _("Venue"), lambda entry, about: display.venue_text(entry)),
    (
        "actions",
        _("Dates"),
        lambda entry, about: AND.join(f"{item.period}: {item.where}" for item in display.action_texts(entry)),
    ),
    ("offices", _("Offices"), lambda entry, about: AND.join(display.office_text(o) for o in entry.offices.all())),
    (
        "documents",
        _("Documents"),
        lambda entry, about: AND.join(display.document_text(item.document) for item in entry.citations.all()),
    ),
    ("legal_bases", _("Legal bases"), lambda entry, about: _joined(entry.legal_bases.all())),
    ("links", _("Links"), lambda entry, about: AND.join(link.url for link in entry.links.all())),
    *(
        (name, label, lambda entry, about, name=name: getattr(entry, name))
        for name, label in (
            ("effort_staff", _("Staff")),
            ("effort_cost", _("Cost")),
            ("effort_duration", _("Duration")),
            ("effort_town_size", _("Size of town")),
        )
    ),
    ("evidence", _("Evidence of effect"), lambda entry, about: display.evidence_label(entry)),
    ("checked", _("Last checked"), lambda entry, about: display.review_value(entry)),
)


def csv_response(entries: Iterable[Entry], about: About) -> StreamingHttpResponse:
    """UTF-8 with a mark and semicolons, as spreadsheet programs in Europe expect; sent while it is read."""
    return StreamingHttpResponse(
        _csv_lines(entries, about),
        content_type="text/csv; charset=utf-8; header=present",
        headers={"Content-Disposition": about.attachment("csv")},
    )


def xlsx_response(entries: Iterable[Entry], about: About) -> HttpResponse:
    """Text cells only, so that nothing is read as a formula or turned into a date."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(gettext("Measures"))
    sheet.freeze_panes = "B2"
    names = [name for name, _label, _value in COLUMNS]
    for number, name in enumerate(names, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(name, 24)
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")

    def cell(text: str, font: Font | None = None) -> Cell:
        made = WriteOnlyCell(sheet, value=printable(text))
        # After the value: openpyxl takes a leading "=" for a formula.
        made.data_type = "s"
        made.alignment = wrapped
        if font:
            made.font = font
        return made

    sheet.append([cell(str(label), bold) for _name, label, _value in COLUMNS])
    rows = 1
    for entry in in_chunks(entries):
        sheet.append([cell(text) for text in row(entry, about)])
        rows += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{rows}"
    file = io.BytesIO()
    book.save(file)
    return HttpResponse(
        file.getvalue(), content_type=XLSX_TYPE, headers={"Content-Disposition": about.attachment("xlsx")}
    )


def row(entry: Entry, about: About) -> list[str]:
    return [value(entry, about) for _name, _label, value in COLUMNS]


def _csv_lines(entries: Iterable[Entry], about: About) -> Iterator[str]:
    with override(about.language):
        yield BOM + _csv_line([str(label) for _name, label, _value in COLUMNS])
    for entry in in_chunks(entries):
        with override(about.language):
            line = _csv_line(row(entry, about))
        yield line


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow([harmless(printable(cell)) for cell in cells])
    return line.getvalue()
