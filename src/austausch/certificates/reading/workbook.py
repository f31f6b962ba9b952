"""The first sheet of an XLSX workbook. The archive is looked at before anything in it is unpacked."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from austausch.certificates.reading import tables
from austausch.certificates.reading.records import FileError, Kind, Limits, Reading

_XML = (".xml", ".rels", ".vml")


def read_xlsx(content: bytes, limits: Limits, encoding: str = "") -> Reading:
    """Raises FileError. `encoding` is not used: a workbook knows its own."""
    _look_at_archive(content, limits)
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = workbook.worksheets[0]
        # The size a sheet claims to have may be wrong or huge; the rows themselves are counted.
        sheet.reset_dimensions()
        return tables.reading(_rows(sheet, limits), limits)
    except FileError:
        raise
    except Exception as error:  # a broken workbook makes openpyxl fail in too many ways to list
        raise FileError(Kind.UNREADABLE) from error


def _look_at_archive(content: bytes, limits: Limits) -> None:
    """Refuses what would unpack too large, brings macros, or declares XML entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > limits.members or sum(member.file_size for member in members) > limits.unpacked_bytes:
                raise FileError(Kind.TOO_LARGE, detail=limits.unpacked_bytes // 1024 // 1024)
            if any(member.filename.lower().endswith((".bin", "vbaproject.xml")) for member in members):
                raise FileError(Kind.MACROS)
            for member in members:
                if member.filename.lower().endswith(_XML):
                    _parse(archive, member, limits)
    except FileError:
        raise
    except DefusedXmlException as error:
        raise FileError(Kind.UNREADABLE, value="DTD") from error
    except Exception as error:  # a damaged archive fails in too many ways to list: zipfile, zlib, expat, codecs
        raise FileError(Kind.UNREADABLE) from error


def _parse(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> None:
    with archive.open(member) as file:
        root: Any = None
        cells = 0
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            root = element if root is None else root
            if event == "start":
                continue
            cells = cells + 1 if element.tag.endswith("}c") else cells
            if element.tag.endswith("}row"):
                if cells > limits.columns * 5:
                    raise FileError(Kind.TOO_MANY_COLUMNS, detail=limits.columns)
                cells = 0
                # Rows that were looked at must not stay in memory below their parent.
                element.clear()


def _rows(sheet: Any, limits: Limits) -> Iterator[tables.Row]:
    for number, row in enumerate(sheet.iter_rows(max_col=limits.columns + 1), 1):
        if number > limits.rows * 2:
            raise FileError(Kind.TOO_MANY_ROWS, detail=limits.rows)
        cells = [_value(cell) for cell in row]
        if any(cell not in {None, ""} for cell in cells):
            yield number, cells


def _value(cell: Any) -> tables.Cell:
    value = cell.value
    if value is None:
        return None
    if cell.data_type in {"f", "e"}:
        # The row says so: no formula is ever computed, and its last result may be anything.
        return f"={str(value).lstrip('=')}"[:200] if cell.data_type == "f" else "=#"
    if isinstance(value, (bool, int, float, dt.datetime, dt.date)):
        return value
    return str(value)
