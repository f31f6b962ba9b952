"""What must hold for a pupil of a school, and what is said where it does not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from austausch.certificates.reading import Kind, PupilRecord, Status, grades
from austausch.certificates.reading.rules import SchoolFacts, judge

TODAY = dt.date(2026, 11, 28)
SCHOOL = SchoolFacts(number="999001", kind="gymnasium", today=TODAY)
ADA = PupilRecord(
    row=2,
    family_name="Muster",
    first_names="Ada",
    birth_date=dt.date(2014, 2, 3),
    status=Status.ACTIVE,
    grade="07",
    attending_since=dt.date(2024, 8, 1),
    expected_end=dt.date(2033, 7, 31),
)


def kinds(school: SchoolFacts = SCHOOL, **changes: Any) -> list[Kind]:
    (judged,) = judge([replace(ADA, **changes)], school)
    return [problem.kind for problem in judged.problems]


def test_an_ordinary_pupil_passes_and_has_the_code_of_the_grade() -> None:
    (judged,) = judge([ADA], SCHOOL)
    assert (judged.problems, judged.is_refused, judged.grade) == ((), False, "jahrgangsstufe_7")


LEFT = {"status": Status.LEFT, "left_on": dt.date(2026, 7, 31)}


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"status": Status.NEW}, Kind.STATUS_NOT_YET),
        ({"status": Status.WAITING}, Kind.STATUS_NOT_YET),
        ({"status": Status.EXTERNAL}, Kind.EXTERNAL),
        ({"is_guest": True}, Kind.GUEST),
        ({"home_school": "999002"}, Kind.GUEST),
        ({"is_duplicate": True}, Kind.MARKED_DUPLICATE),
        ({"school_number": "999002"}, Kind.OTHER_SCHOOL),
        ({"birth_date": dt.date(2026, 11, 29)}, Kind.IN_FUTURE),
        ({"birth_date": dt.date(1980, 1, 1)}, Kind.AGE),
        ({"birth_date": dt.date(2022, 1, 1)}, Kind.AGE),
        ({"attending_since": dt.date(2026, 11, 29)}, Kind.IN_FUTURE),
        ({"attending_since": dt.date(2014, 2, 3)}, Kind.BEGIN_BEFORE_BIRTH),
        ({"expected_end": dt.date(2024, 7, 31)}, Kind.END_BEFORE_BEGIN),
        ({"expected_end": dt.date(2026, 7, 31)}, Kind.END_IS_OVER),
        ({"grade": "2"}, Kind.UNKNOWN_GRADE),
        ({"grade": "abc"}, Kind.UNKNOWN_GRADE),
        ({**LEFT, "left_on": dt.date(2023, 7, 31)}, Kind.END_BEFORE_BEGIN),
        ({**LEFT, "left_on": dt.date(2026, 12, 1)}, Kind.IN_FUTURE),
        ({"left_on": dt.date(2026, 7, 31)}, Kind.END_IS_OVER),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], kind: Kind) -> None:
    (judged,) = judge([replace(ADA, **changes)], SCHOOL)
    assert [problem.kind for problem in judged.problems] == [kind]
    assert judged.is_refused
    assert all(problem.row == 2 and problem.field for problem in judged.problems)


@pytest.mark.parametrize("changes", [{"status": Status.ON_LEAVE}, {"home_school": "999001"}, LEFT, {"grade": "EF"}])
def test_what_can_be_passes(changes: dict[str, Any]) -> None:
    assert kinds(**changes) == []


def test_a_damaged_name_and_a_ban_on_information_are_warnings() -> None:
    (judged,) = judge([replace(ADA, family_name="Ozt?rk", no_information=True)], SCHOOL)
    assert [problem.kind for problem in judged.problems] == [Kind.NAME_DAMAGED, Kind.NO_INFORMATION]
    assert not judged.is_refused
    assert judged.name_doubt == "lost"


def test_of_two_rows_about_one_pupil_none_is_taken_and_each_names_the_other() -> None:
    twin = replace(ADA, row=4, first_names="Ben")
    judged = list(judge([ADA, replace(ADA, row=3, family_name="MUSTER", grade="08"), twin], SCHOOL))
    assert [[(problem.kind, problem.detail) for problem in one.problems] for one in judged] == [
        [(Kind.TWICE_IN_FILE, "3")],
        [(Kind.TWICE_IN_FILE, "2")],
        [],
    ]


def test_the_same_number_for_two_pupils_is_refused() -> None:
    judged = list(judge([replace(ADA, source_id="1"), replace(ADA, row=3, first_names="Ben", source_id="1")], SCHOOL))
    assert [one.is_refused for one in judged] == [True, True]


def test_a_row_marked_as_duplicate_does_not_spoil_the_one_it_doubles() -> None:
    judged = list(judge([ADA, replace(ADA, row=3, is_duplicate=True)], SCHOOL))
    assert [one.is_refused for one in judged] == [False, True]


def test_somebody_who_has_left_may_have_any_age_today() -> None:
    assert kinds(birth_date=dt.date(1980, 1, 1), attending_since=dt.date(1990, 8, 1), **LEFT) == []


@pytest.mark.parametrize(
    ("grade", "kind", "code"),
    [
        ("05", "gymnasium", "jahrgangsstufe_5"), ("Q1", "gymnasium", "qualifikationsphase_1"),
        ("E1", "grundschule", "jahrgangsstufe_1"), ("Klasse 4", "grundschule", "jahrgangsstufe_4"),
        ("01", "berufskolleg", "1_jahr"), ("3. Jahr", "berufskolleg", "3_jahr"), ("5", "grundschule", ""),
        ("jahrgangsstufe_9", "realschule", "jahrgangsstufe_9"), ("ef", "gesamtschule", "einfuehrungsphase"),
        ("E3", "grundschule", ""), ("0", "gymnasium", ""), ("", "gymnasium", ""),
    ],
)  # fmt: skip
def test_grades_as_schools_write_them(grade: str, kind: str, code: str) -> None:
    assert grades.code(grade, kind) == code
