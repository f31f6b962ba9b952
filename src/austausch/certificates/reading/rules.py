"""What must hold for a pupil of a school, however the data came. Each rule says what is wrong and changes nothing.

The rules look at a record and at the school; what is already stored is the importer's business.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from austausch.certificates.reading import ages, grades, names
from austausch.certificates.reading.columns import HEADINGS
from austausch.certificates.reading.records import Kind, Problem, PupilRecord, Status, shown


@dataclass(frozen=True)
class SchoolFacts:
    """What the rules need to know. `kind`: the school type as the model has it."""

    number: str
    kind: str
    today: dt.date


@dataclass(frozen=True)
class Judged:
    """A record with what the rules say of it. `grade`: its code, "" where unknown."""

    record: PupilRecord
    problems: tuple[Problem, ...]
    grade: str = ""

    @property
    def is_refused(self) -> bool:
        return any(not problem.is_warning for problem in self.problems)

    @property
    def name_doubt(self) -> str:
        return next((problem.detail for problem in self.problems if problem.kind is Kind.NAME_DAMAGED), "")


def judge(records: Sequence[PupilRecord], school: SchoolFacts) -> Iterator[Judged]:
    """All records, in their order, each with its problems. One after the other: there may be many."""
    twins = _twins(records)
    for index, record in enumerate(records):
        twin = [_twice(record, records[twins[index]])] if index in twins else []
        grade = grades.code(record.grade, school.kind) if record.grade else ""
        problems = (*_standing(record, school), *_days(record, school), *_grade(record, grade, school), *_looks(record))
        yield Judged(record, (*problems, *twin), grade)


def _standing(record: PupilRecord, school: SchoolFacts) -> Iterator[Problem]:
    """Whether this is a pupil of the school at all."""
    if record.school_number and record.school_number != school.number:
        yield _problem(record, Kind.OTHER_SCHOOL, "school_number", record.school_number, school.number)
    if record.is_duplicate:
        yield _problem(record, Kind.MARKED_DUPLICATE, "is_duplicate")
    if record.is_guest or (record.home_school and record.home_school != school.number):
        yield _problem(record, Kind.GUEST, "home_school" if record.home_school else "is_guest", record.home_school)
    elif record.status is Status.EXTERNAL:
        yield _problem(record, Kind.EXTERNAL, "status", int(record.status))
    elif record.status in {Status.NEW, Status.WAITING}:
        yield _problem(record, Kind.STATUS_NOT_YET, "status", int(record.status))


def _days(record: PupilRecord, school: SchoolFacts) -> Iterator[Problem]:
    if record.birth_date > school.today:
        yield _problem(record, Kind.IN_FUTURE, "birth_date", record.birth_date)
        return
    if record.status.attends:
        youngest, oldest = ages.plausible(school.kind)
        age = ages.age_on(record.birth_date, school.today)
        if not youngest <= age <= oldest:
            yield _problem(record, Kind.AGE, "birth_date", record.birth_date, f"{age} {youngest} {oldest}")
    if record.attending_since is not None:
        yield from _attendance(record, record.attending_since, school.today)


def _attendance(record: PupilRecord, since: dt.date, today: dt.date) -> Iterator[Problem]:
    if since <= record.birth_date:
        yield _problem(record, Kind.BEGIN_BEFORE_BIRTH, "attending_since", since)
    elif since > today:
        yield _problem(record, Kind.IN_FUTURE, "attending_since", since)
    for field in ("expected_end", "left_on"):
        end = getattr(record, field)
        if end is not None and end < since:
            yield _problem(record, Kind.END_BEFORE_BEGIN, field, end, since)
        elif end is not None and end > today and field == "left_on" and record.status.has_left:
            yield _problem(record, Kind.IN_FUTURE, field, end)
        elif end is not None and end < today and record.status.attends:
            yield _problem(record, Kind.END_IS_OVER, field, end)


def _grade(record: PupilRecord, code: str, school: SchoolFacts) -> Iterator[Problem]:
    if record.grade and not code and record.status.attends:
        yield _problem(record, Kind.UNKNOWN_GRADE, "grade", record.grade, grades.known(school.kind))


def _looks(record: PupilRecord) -> Iterator[Problem]:
    for field in ("family_name", "first_names", "call_name"):
        name = getattr(record, field)
        if damage := names.damage(name):
            shown_field = "first_names" if field == "call_name" else field
            yield _problem(record, Kind.NAME_DAMAGED, shown_field, name, damage)
            break
    if record.no_information:
        yield _problem(record, Kind.NO_INFORMATION, "no_information")


def _twins(records: Sequence[PupilRecord]) -> dict[int, int]:
    """Of rows about the same pupil none is taken: which of them is right only the school can say."""
    first_with: dict[str, int] = {}
    others: dict[int, int] = {}
    for index, record in enumerate(records):
        if record.is_duplicate:
            continue
        for key in filter(None, (record.key, record.source_id and f"id {record.source_id}")):
            before = first_with.setdefault(key, index)
            if before != index:
                others[index] = before
                others.setdefault(before, index)
    return others


def _twice(record: PupilRecord, other: PupilRecord) -> Problem:
    field = "family_name" if record.key == other.key else "source_id"
    return _problem(record, Kind.TWICE_IN_FILE, field, "", other.row)


def _problem(record: PupilRecord, kind: Kind, field: str, value: object = "", detail: object = "") -> Problem:
    value = f"{value:%d.%m.%Y}" if isinstance(value, dt.date) else value
    detail = f"{detail:%d.%m.%Y}" if isinstance(detail, dt.date) else detail
    return Problem(kind, record.row, HEADINGS[field][0], shown(value), str(detail))
