"""XLSX workbooks of plain text whose bytes depend on nothing but their content."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

LONGEST_CELL = 32_767
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


class CellError(ValueError):
    """A text does not fit into a cell. The message says which and what to do."""


def workbook(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet: a fixed heading and rows of text. No cell is ever a formula. Raises CellError."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Einträge")
    sheet.freeze_panes = "B2"
    for position, name in enumerate(heading, 1):
        sheet.column_dimensions[get_column_letter(position)].width = 40 if name in {"title", "summary", "facts"} else 20
    sheet.append([_cell(sheet, name, bold=True) for name in heading])
    for row in rows:
        for name, text in zip(heading, row, strict=True):
            if len(text) > LONGEST_CELL:
                raise CellError(
                    _("“%(slug)s”: %(column)s is too long for a workbook. Export as CSV, JSON or YAML.")
                    % {"slug": row[0], "column": name}
                )
        sheet.append([_cell(sheet, text) if text else None for text in row])
    file = io.BytesIO()
    book.save(file)
    return _without_time(file.getvalue())


def _cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, text)
    # Also what begins with "=" is text, in the file and when someone edits the cell.
    cell.data_type = "s"
    cell.style = "Normal"
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if text[:1] in "=+-@":
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell


def _without_time(content: bytes) -> bytes:
    """The same archive without the moment it was written."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for member in sorted(old.infolist(), key=lambda member: member.filename != "[Content_Types].xml"):
            data = old.read(member)
            if member.filename == "docProps/core.xml":
                data = _STAMP.sub(rb"\g<1>2000-01-01T00:00:00Z", data)
            info = zipfile.ZipInfo(member.filename, _EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            new.writestr(info, data)
    return file.getvalue()
