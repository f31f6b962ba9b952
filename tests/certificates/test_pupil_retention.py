"""Pupils' data go when their time is over, and nothing of them is left in any table."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from django.apps import apps

from austausch.certificates.importing import actions, retention
from austausch.certificates.importing.errors import PupilImportError
from austausch.certificates.models import ImportBatch, ImportRow, IssueLog, Pupil, School, UploadedFile
from tests.certificates.pupil_files import ADA, BEN, csv, with_change
from tests.factories import SchoolFactory, SchoolRoleFactory

pytestmark = pytest.mark.django_db
BEGINS = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)


def imported(*rows: tuple[str, ...]) -> tuple[School, ImportBatch]:
    school = SchoolFactory(kind=School.Kind.GRAMMAR)
    person = SchoolRoleFactory(school=school).user
    batch = actions.begin(school, person, name="a.csv", content=csv(*rows), complete=True)
    actions.apply(batch, person)
    return school, batch


def everything() -> str:
    """All rows of the room, as text."""
    models = [model for model in apps.get_models() if model._meta.app_label == "certificates"]
    return json.dumps([list(model._default_manager.values()) for model in models], default=str, ensure_ascii=False)


def test_nothing_is_left_when_the_retention_has_ended() -> None:
    with time_machine.travel(BEGINS, tick=False):
        imported(with_change(ADA, Nachname="Auffindbar"))
        assert "Auffindbar" in everything()
    with time_machine.travel(dt.datetime(2027, 10, 31, 12, tzinfo=dt.UTC), tick=False):
        retention.forget()
        assert Pupil.objects.count() == 1
    with time_machine.travel(dt.datetime(2027, 11, 1, 12, tzinfo=dt.UTC), tick=False):
        retention.forget()
        assert Pupil.objects.count() == 0
        assert "Auffindbar" not in everything()
        assert IssueLog.objects.filter(action="forgotten", data__pupils=1).exists()
        retention.forget()
        assert IssueLog.objects.filter(action="forgotten").count() == 1


def test_rows_quote_a_deleted_pupil_no_longer_even_within_the_days_of_undoing() -> None:
    with time_machine.travel(BEGINS, tick=False):
        imported(with_change(ADA, Nachname="Auffindbar"), BEN)
        Pupil.objects.filter(first_names="Ada").update(retention_ends_on=dt.date(2026, 11, 27))
        retention.forget()
        assert "Auffindbar" not in everything()
        assert ImportRow.objects.count() == 1


def test_rows_of_an_import_go_after_a_week_also_of_refused_pupils() -> None:
    with time_machine.travel(BEGINS, tick=False):
        imported(ADA, with_change(BEN, Nachname="Auffindbar", Jahrgang="3"))
        retention.forget()
        assert ImportRow.objects.count() == 2
    with time_machine.travel(BEGINS + dt.timedelta(days=8), tick=False):
        retention.forget()
        assert ImportRow.objects.count() == 0
        assert "Auffindbar" not in everything()
        assert Pupil.objects.count() == 1


def test_an_import_nobody_confirms_is_dropped_with_its_rows_and_its_file() -> None:
    school = SchoolFactory(kind=School.Kind.GRAMMAR)
    person = SchoolRoleFactory(school=school).user
    with time_machine.travel(BEGINS, tick=False):
        batch = actions.begin(school, person, name="a.csv", content=csv(ADA))
        stuck = ImportBatch.objects.get(pk=batch.pk)
        stuck.pk = None
        stuck.state = ImportBatch.State.READING
        stuck.save()
        UploadedFile.objects.create(batch=stuck, content=b"x")
    with time_machine.travel(BEGINS + dt.timedelta(days=8), tick=False):
        retention.forget()
    assert set(ImportBatch.objects.values_list("state", flat=True)) == {ImportBatch.State.DROPPED}
    assert not ImportRow.objects.exists()
    assert not UploadedFile.objects.exists()


def test_data_that_are_held_stay_and_the_log_says_so_without_a_name() -> None:
    with time_machine.travel(BEGINS, tick=False):
        school, batch = imported(ADA)
        pupil, person = Pupil.objects.get(), batch.made_by
        assert person is not None
        with pytest.raises(PupilImportError):
            retention.hold(pupil, person, " ")
        retention.hold(pupil, person, "A case is pending.")
    with time_machine.travel(dt.datetime(2028, 1, 1, 12, tzinfo=dt.UTC), tick=False):
        retention.forget()
        assert Pupil.objects.count() == 1
        retention.release(pupil, person)
        retention.forget()
        assert Pupil.objects.count() == 0
    held = IssueLog.objects.filter(chain=school.number, action="forgotten", actor=person)
    assert [entry.data for entry in held.order_by("position")] == [{"held": 1}, {"released": 1}]


def test_an_import_that_confirms_a_pupil_keeps_the_data_for_another_year() -> None:
    with time_machine.travel(BEGINS, tick=False):
        school, batch = imported(ADA)
        assert Pupil.objects.get().retention_ends_on == dt.date(2027, 10, 31)
    with time_machine.travel(dt.datetime(2027, 9, 1, 12, tzinfo=dt.UTC), tick=False):
        person = batch.made_by
        assert person is not None
        again = actions.begin(school, person, name="a.csv", content=csv(ADA), complete=True)
        actions.apply(again, person)
        assert Pupil.objects.get().retention_ends_on == dt.date(2028, 10, 31)


def test_it_is_done_once_a_day() -> None:
    with time_machine.travel(BEGINS, tick=False):
        retention.forget_daily()
        imported(ADA)
        Pupil.objects.update(retention_ends_on=dt.date(2026, 1, 1))
        retention.forget_daily()
        assert Pupil.objects.count() == 1
    with time_machine.travel(BEGINS + dt.timedelta(days=1), tick=False):
        retention.forget_daily()
        assert Pupil.objects.count() == 0
