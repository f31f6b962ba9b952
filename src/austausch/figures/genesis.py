"""Reading flat-file CSV of the statistical offices' databases (GENESIS, Regionaldatenbank).

One line a figure, semicolons, decimal commas. Two headings are in use: the older with German names
(`Statistik_Code;…;Zeit;1_Merkmal_Code;…;BEV001__Bevölkerung__Anzahl`), in which each column from the first after the
characteristics holds one content, and the newer with English ones (`statistics_code;…;value;value_unit;…`).
Quarters and months are a characteristic beside the year (`QUARTG`: `QUART1` …, `MONAT`: `MONAT01` …), or stand in the
time itself (`2023-Q1`, `2023-03`). Nothing is guessed: a line that cannot be read is named with row, field and what to
do.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from austausch.figures import times

LARGEST = 5_000_000
MOST_ROWS = 20_000
MOST_PROBLEMS = 50
LARGEST_NUMBER = Decimal(10) ** 13
# What stands where there is no number: nothing, unknown, not yet, secret, not meaningful, too uncertain.
NO_NUMBER = {"", "-", ".", "...", "…", "x", "X", "/", "–"}
_OLD = re.compile(r"(?P<number>\d)_(?P<what>Merkmal|Auspraegung)_(?P<side>Code|Label)$")
_NEW = re.compile(r"(?P<number>\d)_variable_(?P<what>attribute_)?(?P<side>code|label)$")
# Characteristics that say which part of the year a figure is of.
_PARTS = {
    "QUARTG": (re.compile(r"QUART([1-4])"), times.of_quarter),
    "MONAT": (re.compile(r"MONAT(0[1-9]|1[0-2])"), times.of_month),
}
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
    """One number: which content, of what (labels of the characteristics), which `time` (see `times`). `code`: of the
    first characteristic that is no time."""

    content: str
    unit: str
    series: str
    code: str
    time: int
    number: Decimal


@dataclass
class File:
    """What a file says. `missing` counts figures that the office does not give; `kind`: of its times."""

    title: str = ""
    figures: list[Figure] = field(default_factory=list)
    missing: int = 0
    kind: times.Kind | None = None
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
class _Characteristic:
    """Columns of a characteristic: what it is about, and what of that the row holds. `about` may be missing."""

    about: int | None
    code: int | None
    label: int


@dataclass(frozen=True)
class _Reader:
    """Where things stand in a row. `values`: column, content and unit of each value; a column of the row says the
    latter two in the newer format (`content`, `unit`)."""

    width: int
    title: int
    time: int
    characteristics: list[_Characteristic]
    values: list[tuple[int, str, str]]
    content: int | None = None
    unit: int | None = None


def _reader(heading: list[str]) -> _Reader | None:
    at = {name: index for index, name in reversed(list(enumerate(heading)))}
    if "Zeit" in at and "Statistik_Label" in at:
        characteristics = _characteristics(heading, _OLD, attribute="Auspraegung")
        named = [(index, name.split("__")) for index, name in enumerate(heading) if name.count("__") == 2]
        values = [(index, parts[1].replace("_", " "), parts[2].replace("_", " ")) for index, parts in named]
        title, time, content, unit = at["Statistik_Label"], at["Zeit"], None, None
    elif "time" in at and "value" in at and "statistics_label" in at:
        characteristics = _characteristics(heading, _NEW, attribute="attribute_")
        values = [(at["value"], "", "")]
        title, time = at["statistics_label"], at["time"]
        content, unit = at.get("value_variable_label"), at.get("value_unit")
    else:
        return None
    if not values or not characteristics:
        return None
    return _Reader(len(heading), title, time, characteristics, values, content, unit)


def _characteristics(heading: list[str], pattern: re.Pattern[str], *, attribute: str) -> list[_Characteristic]:
    found: dict[str, dict[tuple[bool, str], int]] = {}
    for index, name in enumerate(heading):
        if match := pattern.match(name):
            is_attribute = match["what"] == attribute
            found.setdefault(match["number"], {})[is_attribute, match["side"].lower()] = index
    return [
        _Characteristic(columns.get((False, "code")), columns.get((True, "code")), columns[True, "label"])
        for _number, columns in sorted(found.items())
        if (True, "label") in columns
    ]


def _take(file: File, reader: _Reader, number: int, row: list[str], seen: dict[tuple[str, str, int], int]) -> None:
    if len(row) != reader.width:
        counts = {"found": len(row), "wanted": reader.width}
        message = _("The row has %(found)s fields instead of %(wanted)s.") % counts
        _wrong(file, Problem(number, "", message, _("Download the file again and do not change it.")))
        return
    cells = [cell.strip() for cell in row]
    file.title = file.title or cells[reader.title][:200]
    time = _time(file, reader, number, cells)
    if time is None:
        return
    about = [one for one in reader.characteristics if _part_of(one, cells) is None]
    series = ", ".join(filter(None, (cells[one.label] for one in about)))[:300]
    code = cells[about[0].code] if about and about[0].code is not None else ""
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
        if first := seen.get((name, series, time)):
            message = _("The same figure stands in row %(row)s already.") % {"row": first}
            _wrong(file, Problem(number, series, message, _("Choose one value of each other characteristic.")))
            continue
        seen[(name, series, time)] = number
        said = unit or (cells[reader.unit] if reader.unit is not None else "")
        file.figures.append(Figure(name, said[:60], series, code, time, figure))


def _time(file: File, reader: _Reader, number: int, cells: list[str]) -> int | None:
    """The row's time, of the same kind as those before; None where it has none, which is then said."""
    text = cells[reader.time]
    found = _read_time(text)
    if found is None:
        remedy = _("Yearly, quarterly and monthly figures can be read; download one of these.")
        message = _("“%(text)s” is no year, quarter or month.") % {"text": text[:40]}
        _wrong(file, Problem(number, _("time"), message, remedy))
        return None
    for one in reader.characteristics:
        if (part := _part_of(one, cells)) is None:
            continue
        pattern, made = _PARTS[part]
        said = cells[one.code] if one.code is not None else ""
        match = pattern.fullmatch(said)
        if match is None or times.kind_of(found) is not times.Kind.YEAR:
            message = _("“%(text)s” is no part of the year “%(year)s”.") % {"text": said[:40], "year": text[:40]}
            _wrong(file, Problem(number, part, message, _("Download the file again and do not change it.")))
            return None
        found = made(found, int(match[1]))
    file.kind = file.kind or times.kind_of(found)
    if times.kind_of(found) is not file.kind:
        message = _("The rows before hold other times (years, quarters or months) than this one.")
        _wrong(file, Problem(number, _("time"), message, _("Choose times of one kind.")))
        return None
    return found


def _part_of(one: _Characteristic, cells: list[str]) -> str | None:
    """Which part of a year the characteristic is about; None for all others."""
    about = cells[one.about] if one.about is not None else ""
    return about if about in _PARTS else None


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


def _read_time(text: str) -> int | None:
    """A time, or a day: figures of a certain day stand under their year."""
    if match := re.fullmatch(r"\d{2}\.\d{2}\.(\d{4})|(\d{4})-\d{2}-\d{2}", text):
        return times.read(match[1] or match[2])
    return times.read(text)


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
