"""From the cells of one row to a record, or to what is wrong with them."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from austausch.certificates.reading import letters, names
from austausch.certificates.reading.columns import HEADINGS
from austausch.certificates.reading.records import Kind, Problems, PupilRecord, Status

NameOf = Callable[[str], str]
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?")
_WITH_NUMBER = re.compile(r"(.*\D) (\d+ ?[a-zA-Z]?(?: ?[-/] ?\d+ ?[a-zA-Z]?)?)")
_YES = {"1", "ja", "j", "true", "wahr", "x", "+", "yes", "y", "-1"}
_NO = {"", "0", "nein", "n", "false", "falsch", "-", "no"}
_STATUS_WORDS = {
    "neuaufnahme": Status.NEW, "warteliste": Status.WAITING, "aktiv": Status.ACTIVE, "active": Status.ACTIVE,
    "beurlaubt": Status.ON_LEAVE, "extern": Status.EXTERNAL, "abschluss": Status.GRADUATED,
    "abganger": Status.LEFT, "abgaenger": Status.LEFT, "abgang": Status.LEFT, "ehemalig": Status.FORMER,
    "ehemalige": Status.FORMER,
}  # fmt: skip
# Longest values of the fields, as the database has them.
LENGTHS = {
    "family_name": 120, "first_names": 120, "first_name": 120, "grade": 20, "class_name": 30, "birth_place": 100,
    "street": 100, "house_number": 15, "postal_code": 10, "town": 100, "source_id": 40, "school_number": 6,
    "home_school": 6,
}  # fmt: skip
TEXTS = ("class_name", "birth_place", "postal_code", "town", "source_id", "school_number", "home_school")
# The last day of the school year in all states.
LAST_DAY = (7, 31)


def record(
    row: int, cells: Mapping[str, object], problems: Problems, name_of: NameOf | None = None
) -> PupilRecord | None:
    """The row's record; None where a problem was added to `problems`. `name_of`: what the file calls a field."""
    return _Row(row, cells, problems, name_of or (lambda field: HEADINGS[field][0])).build()


class _Row:
    """Reads one row's cells and remembers whether all of them could be read."""

    def __init__(self, row: int, cells: Mapping[str, object], problems: Problems, name_of: NameOf) -> None:
        self.row, self.cells, self.problems, self.name_of = row, cells, problems, name_of
        self.before = len(problems.found)

    def build(self) -> PupilRecord | None:
        first = "first_names" if _cell(self.cells, "first_names") else "first_name"
        family_name, first_names = self.text("family_name", required=True), self.text(first, required=True)
        birth_date = self.day("birth_date", required=True)
        status = self.status()
        grade = self.text("grade", required=True)
        since = self.day("attending_since", required=status is None or status.attends)
        street, house_number = self.street()
        call_name = self.text("first_name") if first == "first_names" else ""
        # Towns and classes come again and again: kept once, however many rows there are.
        texts: dict[str, Any] = {field: sys.intern(self.text(field)) for field in TEXTS}
        made: dict[str, Any] = {
            "expected_end": self.day("expected_end") or self.year_end(),
            "left_on": self.day("left_on"),
            "call_name": call_name if call_name != first_names else "",
            "street": street,
            "house_number": house_number,
            "is_guest": self.flag("is_guest"),
            "is_duplicate": self.flag("is_duplicate"),
            "no_information": self.flag("no_information"),
        }
        if len(self.problems.found) > self.before or birth_date is None or status is None:
            return None
        return PupilRecord(
            self.row,
            family_name,
            first_names,
            birth_date,
            status,
            grade,
            since,
            **texts,
            **made,
        )

    def text(self, field: str, *, required: bool = False) -> str:
        """Damaged texts pass: names are asked about. Letters that no register has do not pass."""
        text = letters.composed(_cell(self.cells, field))
        if not text:
            if required:
                self.add(Kind.MISSING, field)
        elif len(text) > LENGTHS[field]:
            self.add(Kind.TOO_LONG, field, text, LENGTHS[field])
        elif names.damage(text) is None:
            self.check_letters(field, text)
        return text

    def check_letters(self, field: str, text: str) -> None:
        if outside := letters.first_outside(text):
            position, letter = outside
            self.add(Kind.LETTER, field, text, f"{position} {letter} U+{ord(letter):04X}")

    def street(self) -> tuple[str, str]:
        """Street and house number, also where the file has them in one cell."""
        street = self.text("street")
        number = " ".join(filter(None, (_cell(self.cells, "house_number"), _cell(self.cells, "house_number_addition"))))
        if not number and (found := _WITH_NUMBER.fullmatch(street)):
            street, number = found[1], found[2]
        self.cells = {**self.cells, "house_number": number}
        return street, self.text("house_number")

    def day(self, field: str, *, required: bool = False) -> dt.date | None:
        value = self.cells.get(field)
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        text = _cell(self.cells, field)
        if not text:
            if required:
                self.add(Kind.MISSING, field)
            return None
        day = _day(text)
        if day is None:
            self.add(Kind.NOT_A_DATE, field, text)
        return day

    def year_end(self) -> dt.date | None:
        text = _cell(self.cells, "expected_year")
        if not text:
            return None
        if not re.fullmatch("(19|20)[0-9]{2}", text):
            self.add(Kind.NOT_A_DATE, "expected_year", text)
            return None
        return dt.date(int(text), *LAST_DAY)

    def status(self) -> Status | None:
        text = _cell(self.cells, "status")
        if not text:
            self.add(Kind.MISSING, "status")
            return None
        if re.fullmatch("[0-9]{1,2}", text) and int(text) in Status.__members__.values():
            return Status(int(text))
        found = _STATUS_WORDS.get(text.casefold().replace("ä", "ae"))
        if found is None:
            self.add(Kind.NOT_A_STATUS, "status", text)
        return found

    def flag(self, field: str) -> bool:
        text = _cell(self.cells, field).casefold()
        if text not in _YES | _NO:
            self.add(Kind.NOT_YES_OR_NO, field, text)
        return text in _YES

    def add(self, kind: Kind, field: str, value: object = "", detail: object = "") -> None:
        self.problems.add(kind, row=self.row, field=self.name_of(field), value=value, detail=detail)


def _cell(cells: Mapping[str, object], field: str) -> str:
    """A cell as text; what a spreadsheet or JSON holds as a number or truth value is written as people would."""
    value = cells.get(field)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _day(text: str) -> dt.date | None:
    if found := _GERMAN_DAY.fullmatch(text):
        day, month, year = found.groups()
    elif found := _ISO_DAY.fullmatch(text):
        year, month, day = found.groups()
    else:
        return None
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
