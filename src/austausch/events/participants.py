"""Who comes, as a file for the organiser. Whatever people typed stays text in every spreadsheet program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from austausch.catalogue.exports.about import printable
from austausch.core.spreadsheets import BOM, XLSX_TYPE, harmless
from austausch.events.models import Registration


def as_csv(people: Iterable[Registration]) -> HttpResponse:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    for row in _rows(people):
        writer.writerow([harmless(printable(cell)) for cell in row])
    return HttpResponse(BOM + written.getvalue(), content_type="text/csv; charset=utf-8; header=present")


def as_xlsx(people: Iterable[Registration]) -> HttpResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Participants"))
    for row in _rows(people):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=printable(text))
            # After the value: openpyxl takes a leading "=" for a formula.
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return HttpResponse(file.getvalue(), content_type=XLSX_TYPE)


def _rows(people: Iterable[Registration]) -> Iterable[list[str]]:
    yield [_("Name"), _("Organisation"), _("E-mail address"), _("Status"), _("Confirmed at")]
    for one in people:
        moment = timezone.localtime(one.confirmed_at).strftime("%Y-%m-%d %H:%M") if one.confirmed_at else ""
        yield [one.name, one.organisation, one.email, str(one.get_state_display()), moment]
