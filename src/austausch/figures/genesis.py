"""Reading flat-file CSV of the statistical offices' databases (GENESIS, Regionaldatenbank).

One line a figure, semicolons, decimal commas. Two headings are in use: the older with German names
(`Statistik_Code;…;Zeit;1_Merkmal_Code;…;BEV001__Bevölkerung__Anzahl`), in which each column from the first after the
characteristics holds one content, and the newer with English ones (`statistics_code;…;value;value_unit;…`).
Nothing is guessed: a line that cannot be read is named with row, field and what to do.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

LARGEST = 5_000_000
MOST_ROWS = 20_000
MOST_PROBLEMS = 50
EARLIEST, LATEST = 1800, 2200
LARGEST_NUMBER = Decimal(10) ** 13
# What stands where there is no number: nothing, unknown, not yet, secret, not meaningful, too uncertain.
NO_NUMBER = {"", "-", ".", "...", "…", "x", "X", "/", "–"}
_OLD_ATTRIBUTE = re.compile(r"(\d)_Auspraegung_(Code|Label)$")
_NEW_ATTRIBUTE = re.compile(r"(\d)_variable_attribute_(code|label)$")
_NUMBER = re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?|-?\d+(?:,\d+)?")


@dataclass(frozen=True)
class Problem:
    """What is wrong in a row of the file, counted from one with the heading; row 0 is about the whole file."""

    row: int
    field: str
    message: str
    remedy: str = ""


@dataclass(frozen=True)
class Figure:
    """One number: which content, of what (labels of the characteristics), which year. `code`: of the first."""

    content: str
    unit: str
    series: str
    code: str
    year: int
    number: Decimal


@dataclass
class File:
    """What a file says. `missing` counts figures that the office does not give."""

    title: str = ""
    figures: list[Figure] = field(default_factory=list)
    missing: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def contents(self) -> list[str]:
        return list(dict.fromkeys(figure.content for figure in self.figures))


class _FullError(Exception):
    """There are enough problems to mend."""


def read(data: bytes) -> File:
    """Reads a file; what is wrong stands in its problems, and then nothing of it should be used."""
    file = File()
    if len(data) > LARGEST:
        file.problems.append(_about_all(_("The file is larger than 5 MB."), _("Choose fewer years or places.")))
        return file
    rows = csv.reader(io.StringIO(_decoded(data), newline=""), delimiter=";")
    try:
        heading = [name.strip() for name in next(rows, [])]
        reader = _reader(heading)
        if reader is None:
            message = _("This is no flat-file CSV: the first line does not name its columns.")
            remedy = _("In the database, choose the format “CSV (flat)” for the download.")
            file.problems.append(Problem(1, ";".join(heading)[:80], message, remedy))
            return file
        seen: dict[tuple[str, str, int], int] = {}
        for number, row in enumerate(rows, start=2):
            if not any(cell.strip() for cell in row):
                continue
            if number > MOST_ROWS:
                message = _("The file has more than %(most)s rows.") % {"most": MOST_ROWS}
                file.problems.append(_about_all(message, _("Choose fewer years or places.")))
                break
            _take(file, reader, number, row, seen)
    except _FullError:
        pass
    except csv.Error as error:
        file.problems.append(_about_all(_("The file cannot be read: %(error)s.") % {"error": error}))
    if not file.problems and not file.figures:
        file.problems.append(_about_all(_("The file has no figures."), _("Check the choice of years and places.")))
    return file


@dataclass(frozen=True)
class _Reader:
    """Where things stand in a row. `values`: column, content and unit of each value; a column of the row says the
    latter two in the newer format (`content`, `unit`)."""

    width: int
    title: int
    time: int
    labels: list[int]
    codes: list[int]
    values: list[tuple[int, str, str]]
    content: int | None = None
    unit: int | None = None


def _reader(heading: list[str]) -> _Reader | None:
    at = {name: index for index, name in reversed(list(enumerate(heading)))}
    if "Zeit" in at and "Statistik_Label" in at:
        labels, codes = _attributes(heading, _OLD_ATTRIBUTE)
        named = [(index, name.split("__")) for index, name in enumerate(heading) if name.count("__") == 2]
        values = [(index, parts[1].replace("_", " "), parts[2].replace("_", " ")) for index, parts in named]
        title, time, content, unit = at["Statistik_Label"], at["Zeit"], None, None
    elif "time" in at and "value" in at and "statistics_label" in at:
        labels, codes = _attributes(heading, _NEW_ATTRIBUTE)
        values = [(at["value"], "", "")]
        title, time = at["statistics_label"], at["time"]
        content, unit = at.get("value_variable_label"), at.get("value_unit")
    else:
        return None
    if not values or not labels:
        return None
    return _Reader(len(heading), title, time, labels, codes, values, content, unit)


def _attributes(heading: list[str], pattern: re.Pattern[str]) -> tuple[list[int], list[int]]:
    found = [
        (match[1], match[2].lower(), index) for index, name in enumerate(heading) if (match := pattern.match(name))
    ]
    labels = [index for _number, what, index in sorted(found) if what == "label"]
    return labels, [index for _number, what, index in sorted(found) if what == "code"]


def _take(file: File, reader: _Reader, number: int, row: list[str], seen: dict[tuple[str, str, int], int]) -> None:
    if len(row) != reader.width:
        counts = {"found": len(row), "wanted": reader.width}
        message = _("The row has %(found)s fields instead of %(wanted)s.") % counts
        _wrong(file, Problem(number, "", message, _("Download the file again and do not change it.")))
        return
    cells = [cell.strip() for cell in row]
    file.title = file.title or cells[reader.title][:200]
    year = _year(cells[reader.time])
    if year is None:
        remedy = _("Download yearly figures; months and quarters cannot be shown yet.")
        _wrong(
            file, Problem(number, _("time"), _("“%(text)s” is no year.") % {"text": cells[reader.time][:40]}, remedy)
        )
        return
    series = ", ".join(filter(None, (cells[index] for index in reader.labels)))[:300]
    code = cells[reader.codes[0]] if reader.codes else ""
    for column, content, unit in reader.values:
        name = content or (cells[reader.content] if reader.content is not None else "")
        figure = _figure(file, number, cells[column], name)
        if figure is None:
            continue
        if not series or len(series) > 100:
            _wrong(
                file, Problem(number, _("series"), _("The name of the series is empty or longer than 100 characters."))
            )
            continue
        if first := seen.get((name, series, year)):
            message = _("The same figure stands in row %(row)s already.") % {"row": first}
            _wrong(file, Problem(number, series, message, _("Choose one value of each other characteristic.")))
            continue
        seen[(name, series, year)] = number
        said = unit or (cells[reader.unit] if reader.unit is not None else "")
        file.figures.append(Figure(name, said[:60], series, code, year, figure))


def _figure(file: File, row: int, text: str, name: str) -> Decimal | None:
    """The number; None where the office gives none, or where it cannot be read."""
    if text in NO_NUMBER:
        file.missing += 1
        return None
    if not _NUMBER.fullmatch(text):
        remedy = _("Numbers are written like 1234,5; leave marks of the office as they are.")
        _wrong(file, Problem(row, name, _("“%(text)s” is no number.") % {"text": text[:40]}, remedy))
        return None
    number = Decimal(text.replace(".", "").replace(",", "."))
    if abs(number) >= LARGEST_NUMBER or number != round(number, 3):
        _wrong(file, Problem(row, name, _("At most 13 digits before and 3 after the comma are possible.")))
        return None
    return number


def _year(text: str) -> int | None:
    """A year, or a day in it: figures of a certain day stand under their year."""
    for pattern in (r"(\d{4})", r"\d{2}\.\d{2}\.(\d{4})", r"(\d{4})-\d{2}-\d{2}"):
        if match := re.fullmatch(pattern, text):
            year = int(match[1])
            return year if EARLIEST <= year <= LATEST else None
    return None


def _decoded(data: bytes) -> str:
    """UTF-8, otherwise the old encoding of Windows, which the offices used for long."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _wrong(file: File, problem: Problem) -> None:
    file.problems.append(problem)
    if len(file.problems) >= MOST_PROBLEMS:
        raise _FullError


def _about_all(message: str, remedy: str = "") -> Problem:
    return Problem(0, "", message, remedy)


def rows_of(file: File, content: str) -> Iterator[Figure]:
    return (figure for figure in file.figures if figure.content == content)
