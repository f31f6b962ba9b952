"""Reads the first sheet of an XLSX workbook. The archive is looked at before anything in it is unpacked."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _

from austausch.catalogue.loading.limits import limits
from austausch.catalogue.loading.reading import table
from austausch.catalogue.loading.reading.tree import CONTROL, Map, ReadingError

MEMBERS = 200


def read(content: bytes) -> Map:
    """The rows of the first sheet as the section “entries”. Raises ReadingError."""
    _refuse_bombs(content)
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = workbook.worksheets[0]
        # The size a sheet claims to have may be wrong or huge; the rows themselves are counted.
        sheet.reset_dimensions()
        return table.tree(_rows(sheet))
    except ReadingError:
        raise
    except Exception as error:  # a broken workbook makes openpyxl fail in too many ways to list
        raise _unreadable() from error


def _unreadable() -> ReadingError:
    return ReadingError(_("This is not a readable XLSX workbook."), remedy=_("Open and save it again as XLSX."))


def _refuse_bombs(content: bytes) -> None:
    """Raises ReadingError for archives that would unpack too large, and for XML that declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS or sum(member.file_size for member in members) > limits().unpacked_bytes:
                raise ReadingError(
                    _("The workbook is too large once unpacked."), remedy=_("Keep only the sheet with the entries.")
                )
            for member in members:
                if member.filename.lower().endswith((".xml", ".rels", ".vml")):
                    with archive.open(member) as file:
                        for _event, element in iterparse(file, forbid_dtd=True):
                            element.clear()
    except DefusedXmlException as error:
        raise ReadingError(
            _("The workbook declares XML entities or types."), remedy=_("Open and save it again as XLSX.")
        ) from error
    except ReadingError:
        raise
    except Exception as error:  # a damaged archive fails in too many ways to list: zipfile, zlib, expat, codecs
        raise _unreadable() from error


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    widest = limits().columns
    for number, row in enumerate(sheet.iter_rows(max_col=widest + 1), 1):
        yield number, [_text(cell, number, position) for position, cell in enumerate(row, 1)]


def _text(cell: Any, number: int, position: int) -> str:
    value = cell.value
    where = _("row %(row)s, column %(column)s") % {"row": number, "column": position}
    if value is None:
        return ""
    if cell.data_type in {"f", "e"}:
        raise ReadingError(
            _("The cell %(cell)s holds a formula or an error.") % {"cell": cell.coordinate},
            remedy=_("Replace it by its value (paste as values)."),
            where=where,
            value=str(value),
        )
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    if CONTROL.search(text):
        raise ReadingError(_("The cell holds a control character."), remedy=_("Delete it."), where=where, value=text)
    if len(text) > limits().cell_characters:
        raise ReadingError(_("The cell holds too much text."), remedy=_("Shorten it."), where=where)
    return text
