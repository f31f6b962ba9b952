"""CSV and SchILD's `.dat`: rows of text. Also what the rows of a workbook become."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from austausch.certificates.reading import building, columns, encodings
from austausch.certificates.reading.records import FileError, Kind, Limits, Problem, Problems, PupilRecord, Reading

Cell = str | int | float | bool | dt.date | dt.datetime | None
Row = tuple[int, Sequence[Cell]]
_FORMULA = re.compile(r"\s*[=@+\t\r]|\s*-[^\d\s]")


def read_csv(content: bytes, limits: Limits, encoding: str = "") -> Reading:
    """Comma, semicolon or tab; quotes as CSV has them."""
    text, used = encodings.decoded(content, encoding)
    return reading(_csv_rows(text, limits), limits, encoding=used)


def read_dat(content: bytes, limits: Limits, encoding: str = "") -> Reading:
    """SchILD: a pipe between cells, and a quotation mark is a quotation mark."""
    text, used = encodings.decoded(content, encoding)
    lines = enumerate(re.split("\r\n|\n|\r", text), 1)
    return reading(((number, line.split("|")) for number, line in lines if line.strip("| \t")), limits, encoding=used)


def _csv_rows(text: str, limits: Limits) -> Iterator[Row]:
    # A whole cell is read before its length can be looked at, so the reader itself gets a limit.
    before = csv.field_size_limit(max(limits.cell * 4, 1_000))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        # The line a row ends in is the one a spreadsheet counts, as long as no cell holds a line break.
        yield from ((number, row) for number, row in enumerate(reader, 1) if any(cell.strip() for cell in row))
    except csv.Error as error:
        raise FileError(Kind.UNREADABLE, value=error, detail=reader.line_num) from error
    finally:
        csv.field_size_limit(before)


def _delimiter(text: str) -> str:
    heading = next((line for line in text.splitlines() if line.strip()), "")
    return max(";,\t|", key=heading.count)


def reading(rows: Iterable[Row], limits: Limits, encoding: str = "") -> Reading:
    """Numbered rows, the first of them the heading. Raises FileError."""
    heading: columns.Heading | None = None
    found: list[PupilRecord] = []
    problems = Problems(limits)
    for number, cells in rows:
        if heading is None:
            heading = columns.heading(["" if cell is None else str(cell)[:200] for cell in cells], limits)
            continue
        if len(found) + len({problem.row for problem in problems.found}) >= limits.rows:
            raise FileError(Kind.TOO_MANY_ROWS, detail=limits.rows)
        named = _named(number, cells, heading, problems)
        if named is not None:
            record = building.record(number, named, problems, heading.name_of)
            if record is not None:
                found.append(record)
    if heading is None or not (found or problems.found):
        raise FileError(Kind.EMPTY)
    unread = [Problem(Kind.UNREAD_FIELDS, field=", ".join(heading.unread)[:300])] if heading.unread else []
    return Reading(tuple(found), (*problems.found, *unread), encoding=encoding, fields=frozenset(heading.fields))


def _named(number: int, cells: Sequence[Cell], heading: columns.Heading, problems: Problems) -> dict[str, Cell] | None:
    """Field → cell; None where the row cannot be trusted, and a problem says why."""
    if any(str(cell).strip() for cell in cells[len(heading.names) :] if cell is not None):
        problems.add(Kind.TOO_MANY_CELLS, row=number, detail=len(heading.names))
        return None
    named: dict[str, Cell] = {}
    for name, field, cell in zip(heading.names, heading.fields, cells, strict=False):
        if field and isinstance(cell, str) and (wrong := _wrong(cell, problems.limits)):
            problems.add(wrong, row=number, field=name, value=cell, detail=problems.limits.cell)
            return None
        if field:
            named[field] = cell
    return named


def _wrong(cell: str, limits: Limits) -> Kind | None:
    if len(cell) > limits.cell:
        return Kind.TOO_LONG
    # C1 controls are what a wrong code page makes of letters; names with them are asked about.
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]", cell):
        return Kind.CONTROL
    return Kind.FORMULA if len(cell) > 1 and _FORMULA.match(cell) else None
