"""What readers make of a file: records of pupils, and what is wrong, as data. No words: those are the caller's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Status(IntEnum):
    """The numbers of SVWS-Server and SchILD-NRW."""

    NEW = 0
    WAITING = 1
    ACTIVE = 2
    ON_LEAVE = 3
    EXTERNAL = 6
    GRADUATED = 8
    LEFT = 9
    FORMER = 10

    @property
    def attends(self) -> bool:
        return self in {Status.ACTIVE, Status.ON_LEAVE}

    @property
    def has_left(self) -> bool:
        return self in {Status.GRADUATED, Status.LEFT, Status.FORMER}


@dataclass(frozen=True, slots=True)
class PupilRecord:
    """One pupil as a file has it. `row` counts from 1, the heading included; texts are "" and days None where absent.

    `call_name`: of several first names the one in use. `grade` as written. `source_id` is the number the school's own
    software gave the pupil. `school_number` is the school the row says it
    is about, `home_school` the one a guest belongs to.
    """

    row: int
    family_name: str
    first_names: str
    birth_date: dt.date
    status: Status
    grade: str
    attending_since: dt.date | None = None
    expected_end: dt.date | None = None
    left_on: dt.date | None = None
    class_name: str = ""
    call_name: str = ""
    birth_place: str = ""
    street: str = ""
    house_number: str = ""
    postal_code: str = ""
    town: str = ""
    source_id: str = ""
    school_number: str = ""
    home_school: str = ""
    is_guest: bool = False
    is_duplicate: bool = False
    no_information: bool = False

    @property
    def key(self) -> str:
        """Surname, first names, birth date: what SchILD knows a pupil by. Without case and doubled blanks."""
        names = (" ".join(name.split()).casefold() for name in (self.family_name, self.first_names))
        return "|".join((*names, self.birth_date.isoformat()))


class Kind(StrEnum):
    """What can be wrong. The file as a whole:"""

    UNKNOWN_TYPE = "unknown_type"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    UNREADABLE = "unreadable"
    NOT_TEXT = "not_text"
    MACROS = "macros"
    FORBIDDEN_COLUMN = "forbidden_column"
    DOUBLE_COLUMN = "double_column"
    MISSING_COLUMN = "missing_column"
    OTHER_SCHOOL_FILE = "other_school_file"
    NO_ANSWER = "no_answer"
    # A row:
    FORMULA = "formula"
    TOO_MANY_CELLS = "too_many_cells"
    TOO_LONG = "too_long"
    CONTROL = "control"
    MISSING = "missing"
    NOT_A_DATE = "not_a_date"
    NOT_A_STATUS = "not_a_status"
    NOT_YES_OR_NO = "not_yes_or_no"
    LETTER = "letter"
    # What the rules say about a row:
    STATUS_NOT_YET = "status_not_yet"
    EXTERNAL = "external"
    GUEST = "guest"
    MARKED_DUPLICATE = "marked_duplicate"
    TWICE_IN_FILE = "twice_in_file"
    OTHER_NUMBER = "other_number"
    AGE = "age"
    UNKNOWN_GRADE = "unknown_grade"
    END_BEFORE_BEGIN = "end_before_begin"
    BEGIN_BEFORE_BIRTH = "begin_before_birth"
    IN_FUTURE = "in_future"
    OTHER_SCHOOL = "other_school"
    END_IS_OVER = "end_is_over"
    LEFT_BEFORE = "left_before"
    MATCHED_TWICE = "matched_twice"
    # To be looked at, but no reason to refuse:
    NAME_DAMAGED = "name_damaged"
    NO_INFORMATION = "no_information"
    UNREAD_FIELDS = "unread_fields"


WARNINGS = frozenset({Kind.NAME_DAMAGED, Kind.NO_INFORMATION, Kind.UNREAD_FIELDS})


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or to be looked at.

    `row` 0: the file as a whole. `field`: as in the file where it has a heading. `value`: as found, shortened.
    `detail`: what the sentence needs besides, such as a limit, the other row, or a letter and its position.
    """

    kind: Kind
    row: int = 0
    field: str = ""
    value: str = ""
    detail: str = ""

    @property
    def is_warning(self) -> bool:
        return self.kind in WARNINGS


@dataclass(frozen=True)
class Reading:
    """`records` could be read, `problems` say what could not. A file-wide problem leaves no records.

    `fields`: what the file has a column for; what it does not speak of stays as it is."""

    records: tuple[PupilRecord, ...] = ()
    problems: tuple[Problem, ...] = ()
    school_number: str = ""
    encoding: str = ""
    fields: frozenset[str] = frozenset()

    @property
    def refused(self) -> bool:
        """Whether the file as a whole is refused."""
        return any(problem.row == 0 and not problem.is_warning for problem in self.problems)


class FileError(Exception):
    """The file as a whole is refused: `problem` says why."""

    def __init__(self, kind: Kind, *, field: str = "", value: object = "", detail: object = "", row: int = 0) -> None:
        super().__init__(kind)
        self.problem = Problem(kind, 0, field, shown(value), str(detail) if not row else f"{detail or row}")


@dataclass(frozen=True)
class Limits:
    """Far above the largest school, far below what would hurt. An installation sets others."""

    bytes: int = 24 * 1024 * 1024
    unpacked_bytes: int = 200 * 1024 * 1024
    members: int = 200
    rows: int = 60_000
    columns: int = 200
    cell: int = 400
    problems: int = 1_000


@dataclass
class Problems:
    """Collects problems, and stops where more would help nobody."""

    limits: Limits
    found: list[Problem] = field(default_factory=list)

    def add(self, kind: Kind, *, row: int, field: str = "", value: object = "", detail: object = "") -> None:
        self.found.append(Problem(kind, row, field, shown(value), str(detail)))


def shown(value: object) -> str:
    """A value from a file for a message: short, on one line, printable."""
    text = " ".join("".join(sign if sign.isprintable() else "�" for sign in str(value)).split())
    return text if len(text) <= 60 else f"{text[:57]}…"
