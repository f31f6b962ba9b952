"""Importing a school's pupils: a look first, one yes, and a way back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from austausch.certificates.importing import actions, applying, naming
from austausch.certificates.importing.errors import PupilImportError
from austausch.certificates.importing.wording import told
from austausch.certificates.models import ImportBatch, ImportRow, IssueLog, Pupil, School, UploadedFile
from austausch.certificates.reading import Kind
from austausch.people.models import User
from tests.certificates.pupil_files import ADA, BEN, HEAD, csv, dat, svws_pupil, with_change
from tests.factories import PupilFactory, SchoolFactory, SchoolRoleFactory, UserFactory

pytestmark = pytest.mark.django_db
State, Outcome = ImportBatch.State, ImportRow.Outcome
TODAY = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def school() -> School:
    made: School = SchoolFactory(kind=School.Kind.GRAMMAR, number="999001")
    return made


@pytest.fixture
def person(school: School) -> User:
    made: User = SchoolRoleFactory(school=school).user
    return made


Begin = Callable[..., ImportBatch]


@pytest.fixture
def begin(school: School, person: User) -> Begin:
    def begin(*rows: tuple[str, ...], complete: bool = True, **options: Any) -> ImportBatch:
        return actions.begin(school, person, name="pupils.csv", content=csv(*rows, **options), complete=complete)

    return begin


def numbers(batch: ImportBatch) -> tuple[int, ...]:
    """New, changed, unchanged, departed, refused."""
    return (batch.new, batch.changed, batch.same, batch.departed, batch.refused)


def kinds(batch: ImportBatch) -> list[str]:
    return [problem["kind"] for row in batch.rows.all() for problem in row.problems]


def test_nothing_changes_before_the_yes_and_everything_with_it(begin: Begin, person: User, school: School) -> None:
    batch = begin(ADA, BEN)
    assert (batch.state, numbers(batch)) == (State.ASKING, (2, 0, 0, 0, 0))
    assert Pupil.objects.count() == 0
    assert UploadedFile.objects.count() == 0

    actions.apply(batch, person)
    ada = Pupil.objects.get(first_names="Ada")
    assert (batch.state, batch.applied_by) == (State.APPLIED, person)
    assert (ada.school, ada.grade, ada.class_name, ada.birth_date) == (
        school, "jahrgangsstufe_7", "7a", dt.date(2014, 2, 3),
    )  # fmt: skip
    assert ada.import_batch == batch
    entry = IssueLog.objects.get(action="imported")
    assert entry.actor == person
    assert entry.data["new"] == 2
    assert "Muster" not in json.dumps(entry.data)


def test_an_import_is_applied_once(begin: Begin, person: User) -> None:
    batch = begin(ADA)
    actions.apply(batch, person)
    with pytest.raises(PupilImportError):
        actions.apply(batch, person)
    assert Pupil.objects.count() == 1


def test_the_next_import_says_what_is_new_changed_unchanged_left_and_refused(begin: Begin, person: User) -> None:
    cleo = with_change(ADA, Vorname="Cleo")
    actions.apply(begin(ADA, BEN, cleo), person)
    new, bad = with_change(ADA, Vorname="Dora"), with_change(ADA, Vorname="Emil", Status="1")
    batch = begin(with_change(ADA, Klasse="7c"), BEN, new, bad)
    assert numbers(batch) == (1, 1, 1, 1, 1)
    (left,) = batch.rows.filter(outcome=Outcome.DEPARTED)
    assert (left.number, left.values["first_names"]) == (0, "Cleo")

    actions.apply(batch, person, departed=[left.pk], ended_on="2026-10-31")
    cleo_now = Pupil.objects.get(first_names="Cleo")
    assert (cleo_now.status, cleo_now.ended_on) == (Pupil.Status.LEFT, dt.date(2026, 10, 31))
    assert Pupil.objects.get(first_names="Ada").class_name == "7c"
    assert not Pupil.objects.filter(first_names="Emil").exists()


def test_whoever_is_missing_stays_unless_somebody_confirms_it(begin: Begin, person: User) -> None:
    actions.apply(begin(ADA, BEN), person)
    actions.apply(begin(ADA), person)
    assert Pupil.objects.get(first_names="Ben").status == Pupil.Status.ACTIVE


def test_an_incomplete_file_lets_nobody_leave(begin: Begin, person: User) -> None:
    actions.apply(begin(ADA, BEN), person)
    assert numbers(begin(ADA, complete=False)) == (0, 0, 1, 0, 0)


def test_a_refused_row_is_no_departure(begin: Begin, person: User) -> None:
    actions.apply(begin(ADA, BEN), person)
    batch = begin(ADA, with_change(BEN, Jahrgang="3"))
    assert numbers(batch) == (0, 0, 1, 0, 1)
    assert kinds(batch) == [Kind.UNKNOWN_GRADE]


def test_a_pupil_who_has_left_says_the_file_is_shown_for_confirmation(begin: Begin, person: User) -> None:
    head = (*HEAD, "Entlassdatum")
    actions.apply(begin(ADA), person)
    batch = begin((*with_change(ADA, Status="9"), "31.10.2026"), head=head)
    (row,) = batch.rows.all()
    assert row.outcome == Outcome.DEPARTED
    actions.apply(batch, person, departed=[row.pk])
    ada = Pupil.objects.get()
    assert (ada.status, ada.ended_on, ada.retention_ends_on) == (9, dt.date(2026, 10, 31), dt.date(2027, 10, 31))


def test_a_leaver_nobody_knows_comes_in_only_with_what_a_certificate_needs(begin: Begin) -> None:
    head = (*HEAD, "Entlassdatum")
    assert kinds(begin(with_change(ADA, Status="10"))) == [Kind.LEFT_BEFORE]
    assert kinds(begin((*with_change(ADA, Status="8"), "31.07.2024"), head=head)) == [Kind.END_BEFORE_BEGIN]
    assert numbers(begin((*with_change(ADA, Status="8"), "31.07.2026"), head=head))[0] == 1
    long_gone = with_change(ADA, Status="8", Aufnahmedatum="01.08.2020", Geburtsdatum="03.02.2008")
    assert kinds(begin((*long_gone, "31.07.2021"), head=head)) == [Kind.LEFT_BEFORE]


def test_what_a_file_does_not_speak_of_stays(begin: Begin, person: User, school: School) -> None:
    head = (*HEAD, "Ort")
    actions.apply(begin((*ADA, "Musterstadt"), head=head), person)
    actions.apply(begin(with_change(ADA, Klasse="7c")), person)
    assert (Pupil.objects.get().town, Pupil.objects.get().class_name) == ("Musterstadt", "7c")
    actions.apply(begin((*ADA, ""), head=head), person)
    assert Pupil.objects.get().town == ""


def test_a_pupil_known_by_name_takes_the_number_of_the_administration(
    person: User, school: School, begin: Begin
) -> None:
    actions.apply(begin(with_change(ADA, Vorname="Ada Luise")), person)
    content = json.dumps([svws_pupil()]).encode()
    batch = actions.begin(school, person, name="a.json", content=content, complete=True)
    assert numbers(batch) == (0, 1, 0, 0, 0)
    actions.apply(batch, person)
    assert Pupil.objects.get().source_key == "id 4711"
    # By the number the same pupil is found under another name.
    content = json.dumps([svws_pupil(nachname="Beispiel")]).encode()
    assert numbers(actions.begin(school, person, name="a.json", content=content, complete=True)) == (0, 1, 0, 0, 0)


def test_the_same_name_and_birth_date_under_another_number_is_refused(person: User, school: School) -> None:
    actions.apply(actions.begin(school, person, name="a.json", content=json.dumps([svws_pupil()]).encode()), person)
    batch = actions.begin(school, person, name="a.json", content=json.dumps([svws_pupil(id=5)]).encode(), complete=True)
    assert kinds(batch) == [Kind.OTHER_NUMBER]
    assert batch.departed == 0


def test_the_file_of_another_school_is_refused(person: User, school: School) -> None:
    content = json.dumps({"schule": {"schulNr": 999002}, "schueler": [svws_pupil()]}).encode()
    batch = actions.begin(school, person, name="a.json", content=content)
    assert batch.state == State.REFUSED
    assert [problem["kind"] for problem in batch.problems] == [Kind.OTHER_SCHOOL_FILE]
    assert not batch.rows.exists()


def test_a_forbidden_column_leaves_nothing_behind(begin: Begin) -> None:
    batch = begin((*ADA, "x"), head=(*HEAD, "Staatsangehörigkeit"))
    assert batch.state == State.REFUSED
    assert not ImportRow.objects.exists()
    assert not UploadedFile.objects.exists()
    assert "Staatsangehörigkeit" in told(batch.problems[0]).sentence


def test_a_failure_in_the_middle_changes_nothing(begin: Begin, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = begin(ADA, BEN)

    def fail(*args: object) -> None:
        raise PupilImportError("x")

    monkeypatch.setattr("austausch.certificates.importing.departures.revoke", fail)
    with pytest.raises(PupilImportError):
        actions.apply(batch, person)
    assert Pupil.objects.count() == 0
    batch.refresh_from_db()
    assert batch.state == State.ASKING


def test_pupils_changed_since_the_look_are_not_overwritten(begin: Begin, person: User) -> None:
    actions.apply(begin(ADA), person)
    batch = begin(with_change(ADA, Klasse="7c"))
    Pupil.objects.update(class_name="8x")
    with pytest.raises(PupilImportError):
        actions.apply(batch, person)
    assert Pupil.objects.get().class_name == "8x"


def test_two_imports_with_the_same_new_pupil_make_one(begin: Begin, person: User) -> None:
    first, second = begin(ADA), begin(ADA)
    actions.apply(first, person)
    with pytest.raises(PupilImportError):
        actions.apply(second, person)
    assert Pupil.objects.count() == 1


def test_a_large_import_is_a_task(begin: Begin, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "AT_ONCE_BYTES", 1)
    monkeypatch.setattr(actions, "AT_ONCE_ROWS", 0)
    batch = begin(ADA, BEN)
    batch.refresh_from_db()
    assert batch.state == State.ASKING
    actions.apply(batch, person)
    assert batch.state == State.APPLIED
    assert (batch.done, batch.total) == (2, 2)


class TestUndo:
    def test_pupils_are_as_they_were(self, begin: Begin, person: User) -> None:
        actions.apply(begin(ADA, BEN), person)
        before = list(Pupil.objects.order_by("pk").values_list("pk", "class_name", "status"))
        batch = begin(with_change(ADA, Klasse="7c"), with_change(ADA, Vorname="Cleo"))
        (left,) = batch.rows.filter(outcome=Outcome.DEPARTED)
        actions.apply(batch, person, departed=[left.pk], ended_on="2026-11-01")
        applying.undo(batch, person)
        assert list(Pupil.objects.order_by("pk").values_list("pk", "class_name", "status")) == before
        batch.refresh_from_db()
        assert (batch.state, batch.undone_by, batch.rows.count()) == (State.UNDONE, person, 0)

    def test_only_the_last_one_and_only_for_seven_days(self, begin: Begin, person: User) -> None:
        first = begin(ADA)
        actions.apply(first, person)
        with time_machine.travel(TODAY + dt.timedelta(minutes=1), tick=False):
            second = begin(ADA, BEN)
            actions.apply(second, person)
            with pytest.raises(PupilImportError):
                applying.undo(first, person)
        with time_machine.travel(TODAY + dt.timedelta(days=8), tick=False), pytest.raises(PupilImportError):
            applying.undo(second, person)
        assert Pupil.objects.count() == 2

    def test_new_pupils_go_unless_somebody_has_changed_more_than_the_name(self, begin: Begin, person: User) -> None:
        first = begin(with_change(ADA, Nachname="T?ranu"))
        actions.apply(first, person)
        naming.settle(Pupil.objects.get(), person, family_name="Țăranu", first_names="Ada")
        applying.undo(first, person)
        assert not Pupil.objects.exists()
        second = begin(ADA)
        actions.apply(second, person)
        Pupil.objects.update(class_name="9z")
        with pytest.raises(PupilImportError):
            applying.undo(second, person)
        assert Pupil.objects.exists()

    def test_not_where_somebody_has_changed_a_pupil_since(self, begin: Begin, person: User) -> None:
        actions.apply(begin(ADA), person)
        batch = begin(with_change(ADA, Klasse="7c"), BEN)
        actions.apply(batch, person)
        Pupil.objects.filter(first_names="Ada").update(class_name="9z")
        with pytest.raises(PupilImportError):
            applying.undo(batch, person)
        assert Pupil.objects.count() == 2


class TestNames:
    DAMAGED = with_change(ADA, Nachname="T?ranu")

    def test_a_damaged_name_comes_in_and_waits_for_a_person(self, begin: Begin, person: User) -> None:
        actions.apply(begin(self.DAMAGED), person)
        pupil = Pupil.objects.get()
        assert (pupil.family_name, pupil.name_doubt) == ("T?ranu", "lost")
        naming.settle(pupil, person, family_name="Țăranu", first_names="Ada")
        pupil.refresh_from_db()
        assert (pupil.family_name, pupil.name_doubt) == ("Țăranu", "")
        assert pupil.import_batch is None  # changed by hand: a second person is needed

    def test_the_next_import_with_the_same_damage_keeps_what_was_said(self, begin: Begin, person: User) -> None:
        actions.apply(begin(self.DAMAGED), person)
        naming.settle(Pupil.objects.get(), person, family_name="Țăranu", first_names="Ada")
        batch = begin(self.DAMAGED)
        assert numbers(batch) == (0, 0, 1, 0, 0)
        actions.apply(batch, person)
        pupil = Pupil.objects.get()
        assert (pupil.family_name, pupil.name_doubt, pupil.import_batch) == ("Țăranu", "", None)

    def test_the_right_name_in_the_next_import_is_the_same_pupil(self, begin: Begin, person: User) -> None:
        actions.apply(begin(self.DAMAGED), person)
        naming.settle(Pupil.objects.get(), person, family_name="Țăranu", first_names="Ada")
        batch = begin(with_change(ADA, Nachname="Țăranu"))
        assert numbers(batch)[0] == numbers(batch)[3] == 0
        actions.apply(batch, person)
        assert Pupil.objects.get().import_batch == batch

    def test_a_name_may_be_confirmed_as_it_stands(self, begin: Begin, person: User) -> None:
        batch = begin(with_change(ADA, Nachname="Þórsson"))
        actions.apply(batch, person)
        naming.settle(Pupil.objects.get(), person, family_name="Þórsson", first_names="Ada")
        assert (Pupil.objects.get().name_doubt, Pupil.objects.get().import_batch) == ("", batch)
        again = begin(with_change(ADA, Nachname="Þórsson"))
        assert "name_damaged" in kinds(again)
        actions.apply(again, person)
        assert Pupil.objects.get().name_doubt == ""

    @pytest.mark.parametrize("name", ["T?ranu", "", "Тарану", "a" * 121, "T\ufffdranu"])
    def test_no_unwritable_name_is_taken(self, begin: Begin, person: User, name: str) -> None:
        actions.apply(begin(self.DAMAGED), person)
        with pytest.raises(PupilImportError):
            naming.settle(Pupil.objects.get(), person, family_name=name, first_names="Ada")
        assert Pupil.objects.get().name_doubt == "lost"


class TestRights:
    def test_only_the_schools_people_import(self, school: School) -> None:
        for stranger in (UserFactory(), UserFactory(portal_team=True), SchoolRoleFactory().user):
            with pytest.raises((PermissionDenied, PupilImportError)):
                actions.begin(school, stranger, name="a.csv", content=csv(ADA))
        assert not ImportBatch.objects.exists()

    def test_nobody_else_applies_drops_undoes_or_settles(self, begin: Begin, person: User) -> None:
        stranger = SchoolRoleFactory().user
        batch = begin(with_change(ADA, Nachname="T?ranu"))
        for act in (actions.apply, actions.drop):
            with pytest.raises(PermissionDenied):
                act(batch, stranger)
        actions.apply(batch, person)
        with pytest.raises(PermissionDenied):
            applying.undo(batch, stranger)
        with pytest.raises(PermissionDenied):
            naming.settle(Pupil.objects.get(), stranger, family_name="Muster", first_names="Ada")

    def test_rows_of_another_school_cannot_be_confirmed(self, begin: Begin, person: User) -> None:
        other = PupilFactory()
        row = ImportRow.objects.create(batch=begin(ADA), number=0, outcome=Outcome.DEPARTED, pupil=other)
        with pytest.raises(PupilImportError):
            actions.apply(begin(BEN), person, departed=[row.pk])


def test_a_dropped_import_leaves_no_rows(begin: Begin, person: User) -> None:
    batch = begin(ADA)
    actions.drop(batch, person)
    assert not ImportRow.objects.exists()
    with pytest.raises(PupilImportError):
        actions.apply(batch, person)


def test_every_problem_has_its_words() -> None:
    for kind in Kind:
        said = told({"kind": str(kind), "row": 3, "field": "Nachname", "value": "100 %s", "detail": "1 2 3"})
        assert said.sentence
        assert str(said).startswith("Zeile 3, Nachname: ")


def test_a_dat_file_of_windows_1252_is_read(school: School, person: User) -> None:
    content = dat(with_change(ADA, Nachname="Müller"))
    batch = actions.begin(school, person, name="SchuelerBasisdaten.dat", content=content)
    assert (batch.source, batch.encoding, numbers(batch)[0]) == (ImportBatch.Source.SCHILD, "cp1252", 1)


def test_today_is_the_day_of_the_import(begin: Begin) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    assert kinds(begin(with_change(ADA, Aufnahmedatum=f"{tomorrow:%d.%m.%Y}"))) == [Kind.IN_FUTURE]
