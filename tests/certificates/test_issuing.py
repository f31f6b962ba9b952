"""Issuing a batch: numbers without gaps, four eyes, and what remains when the process dies."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.utils import timezone

from austausch.certificates import actions, issuing, journal, numbers, watch
from austausch.certificates.errors import CertificateError, QuotaError
from austausch.certificates.models import (
    Alarm,
    Certificate,
    ImportBatch,
    IssueBatch,
    IssueLog,
    Pupil,
    Revocation,
    SigningKey,
)
from tests.certificates.school import PURPOSE, asked, issued, issuer, pupils_of
from tests.factories import ImportBatchFactory, MembershipFactory, PupilFactory
from tests.killing import dies_everywhere

pytestmark = pytest.mark.django_db
State = IssueBatch.State


def test_a_class_of_the_last_import_is_issued_at_once() -> None:
    at = issuer()
    certificates = issued(at, pupils_of(at.school, 3))

    assert [certificate.sequence for certificate in certificates] == [1, 2, 3]
    assert {certificate.state for certificate in certificates} == {Certificate.State.ISSUED}
    assert len({certificate.status_index for certificate in certificates}) == 3
    assert all(numbers.normalised(certificate.number) == certificate.number for certificate in certificates)
    batch = certificates[0].batch
    assert (batch.state, batch.total, batch.done) == (State.FINISHED, 3, 3)
    assert list(journal.breaks()) == []


def test_a_finished_batch_gives_single_files_an_archive_and_a_print_file() -> None:
    at = issuer()
    certificates = issued(at, pupils_of(at.school, 2))
    batch = certificates[0].batch
    private = storages["private"]

    with private.open(batch.archive) as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    assert sorted(archive.namelist()) == [f"Schulbescheinigung-{each.number}.pdf" for each in certificates]
    for certificate in certificates:
        with private.open(certificate.file) as file:
            assert archive.read(f"Schulbescheinigung-{certificate.number}.pdf") == file.read()
    assert len(batch.print_files) == 1
    _folders, files = private.listdir(issuing.folder(batch))
    assert len(files) == 4


def test_a_second_batch_goes_on_with_the_numbers() -> None:
    at = issuer()
    issued(at, pupils_of(at.school, 2))
    assert [certificate.sequence for certificate in issued(at, pupils_of(at.school, 2))] == [3, 4]


def test_outside_an_import_a_second_person_has_to_allow_it() -> None:
    at = issuer()
    batch = asked(at, pupils_of(at.school, 1, by_hand=True), scope="one")
    assert batch.state == State.WAITING

    with pytest.raises(PermissionDenied):
        actions.allow(batch, at.office)
    actions.allow(batch, at.management)
    issuing.run(batch.pk)
    assert Certificate.objects.get().state == Certificate.State.ISSUED


def test_an_import_that_a_newer_one_has_followed_does_not_cover() -> None:
    at = issuer()
    pupils = pupils_of(at.school, 1)
    ImportBatchFactory(school=at.school)
    assert asked(at, pupils).state == State.WAITING


def test_who_has_read_in_a_file_alone_does_not_issue_from_it_alone() -> None:
    at = issuer()
    pupils = pupils_of(at.school, 1)
    ImportBatch.objects.update(applied_by=at.office, source=ImportBatch.Source.CSV)
    assert asked(at, pupils).state == State.WAITING
    # Somebody else has looked at the file, or the school's own server has answered.
    ImportBatch.objects.update(applied_by=at.management)
    assert asked(at, pupils).state == State.QUEUED
    ImportBatch.objects.update(applied_by=at.office, source=ImportBatch.Source.SVWS)
    assert asked(at, pupils).state == State.QUEUED


def test_what_was_refused_has_used_up_no_number() -> None:
    at = issuer()
    batch = asked(at, pupils_of(at.school, 1, by_hand=True))
    actions.refuse(batch, at.management, reason="Nicht bekannt.")
    issuing.run(batch.pk)

    assert not Certificate.objects.exists()
    assert [certificate.sequence for certificate in issued(at, pupils_of(at.school, 1))] == [1]
    with pytest.raises(CertificateError):
        actions.allow(batch, at.management)


def test_two_people_of_the_office_are_not_enough() -> None:
    from tests.factories import SchoolRoleFactory

    at = issuer()
    batch = asked(at, pupils_of(at.school, 1, by_hand=True))
    with pytest.raises(PermissionDenied):
        actions.allow(batch, SchoolRoleFactory(school=at.school).user)


def test_people_of_another_school_neither_ask_nor_allow() -> None:
    at, other = issuer(), issuer()
    with pytest.raises(PermissionDenied):
        actions.ask(at.school, other.management, scope="one", pupils=pupils_of(at.school, 1), purpose=PURPOSE)
    with pytest.raises(PermissionDenied):
        actions.ask(at.school, at.office, scope="one", pupils=pupils_of(other.school, 1), purpose=PURPOSE)
    batch = asked(at, pupils_of(at.school, 1, by_hand=True))
    with pytest.raises(PermissionDenied):
        actions.allow(batch, other.management)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"status": Pupil.Status.EXTERNAL}, "Status"),
        ({"status": Pupil.Status.LEFT}, "letzte Tag fehlt"),
        ({"expected_end": dt.date(2020, 1, 1), "attending_since": dt.date(2019, 8, 1)}, "01.01.2020"),
        ({"birth_date": dt.date(2024, 1, 1), "attending_since": dt.date(2025, 8, 1)}, "1 Jahren"),
    ],
)
def test_what_cannot_be_true_is_refused_with_its_remedy(values: dict[str, object], said: str) -> None:
    at = issuer()
    with pytest.raises(CertificateError, match=said):
        asked(at, pupils_of(at.school, 1, **values))


def test_leavers_get_the_past_tense() -> None:
    at = issuer()
    (certificate,) = issued(at, pupils_of(at.school, 1, left=True, by_hand=True))
    assert certificate.kind == Certificate.Kind.ATTENDED
    assert certificate.content["status"] == "hat besucht"


def test_a_certificate_never_outlives_what_it_certifies() -> None:
    at = issuer()
    soon = timezone.localdate() + dt.timedelta(days=5)
    (certificate,) = issued(at, pupils_of(at.school, 1, expected_end=soon))
    assert certificate.valid_until == soon


def test_the_quota_of_a_day_holds_and_is_told() -> None:
    at = issuer(certificates_per_day=2)
    issued(at, pupils_of(at.school, 2))
    with pytest.raises(QuotaError):
        asked(at, pupils_of(at.school, 1))
    assert Alarm.objects.get().kind == Alarm.Kind.QUOTA


def test_waiting_requests_count_for_the_quota() -> None:
    at = issuer(certificates_per_day=2)
    asked(at, pupils_of(at.school, 2, by_hand=True))
    with pytest.raises(QuotaError):
        asked(at, pupils_of(at.school, 1))


def test_odd_ages_and_short_stays_raise_an_alarm_and_stop_nothing() -> None:
    at = issuer(kind="grundschule")
    pupils = pupils_of(at.school, 1, birth_date=dt.date(timezone.localdate().year - 17, 1, 1))
    pupils += pupils_of(at.school, 1, attending_since=timezone.localdate() - dt.timedelta(days=2))
    assert len(issued(at, pupils)) == 2
    assert {alarm.kind for alarm in Alarm.objects.all()} >= {Alarm.Kind.AGE, Alarm.Kind.SHORT}


def test_who_has_left_meanwhile_is_left_out_and_no_number_is_missing() -> None:
    at = issuer()
    stays, goes, last = pupils_of(at.school, 3)
    batch = asked(at, [stays, goes, last])
    Pupil.objects.filter(pk=goes.pk).update(status=Pupil.Status.LEFT)
    issuing.run(batch.pk)

    batch.refresh_from_db()
    assert (batch.total, batch.done, batch.left_out) == (2, 2, 1)
    assert list(Certificate.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2]
    assert "1" in batch.problem


def test_a_reissue_revokes_the_former_one() -> None:
    at = issuer()
    (old,) = issued(at, pupils_of(at.school, 1))
    batch = actions.reissue(old, at.office, purpose="Fehler im Namen")
    issuing.run(batch.pk)

    old.refresh_from_db()
    assert old.state == Certificate.State.REVOKED
    assert old.revocation.reason == Revocation.Reason.REPLACED
    assert Certificate.objects.exclude(pk=old.pk).get().replaces == old


def test_a_batch_without_a_key_stops_says_why_and_goes_on() -> None:
    at = issuer()
    SigningKey.objects.filter(school=at.school).update(state=SigningKey.State.RETIRED, retired_at=timezone.now())
    batch = asked(at, pupils_of(at.school, 2))
    issuing.run(batch.pk)
    batch.refresh_from_db()
    assert batch.state == State.STOPPED
    assert "certificate_keys" in batch.problem

    SigningKey.objects.filter(school=at.school).update(state=SigningKey.State.ACTIVE)
    actions.go_on(batch, at.office)
    issuing.run(batch.pk)
    assert list(Certificate.objects.out().order_by("sequence").values_list("sequence", flat=True)) == [1, 2]


def test_who_is_at_work_is_left_in_peace_and_who_is_silent_is_relieved() -> None:
    at = issuer()
    batch = asked(at, pupils_of(at.school, 1))
    IssueBatch.objects.filter(pk=batch.pk).update(state=State.RUNNING, claimed_at=timezone.now())
    issuing.run(batch.pk)
    assert not Certificate.objects.exists()

    IssueBatch.objects.filter(pk=batch.pk).update(claimed_at=timezone.now() - issuing.SILENT)
    issuing.run(batch.pk)
    assert Certificate.objects.get().state == Certificate.State.ISSUED


def test_killed_anywhere_a_batch_goes_on_without_a_double_or_missing_number(monkeypatch: pytest.MonkeyPatch) -> None:
    at = issuer()
    monkeypatch.setattr(issuing, "AT_ONCE", 2)
    batch = asked(at, pupils_of(at.school, 3))

    def between(step: int) -> None:
        rows = list(Certificate.objects.order_by("sequence"))
        assert [row.sequence for row in rows] in ([], [1, 2, 3])
        assert list(journal.breaks()) == []
        for row in rows:
            assert (row.state == Certificate.State.ISSUED) == bool(row.file)

    places = dies_everywhere(lambda: issuing.run(batch.pk, silent=dt.timedelta(0)), between)
    assert places > 15

    batch.refresh_from_db()
    assert (batch.state, batch.total, batch.done) == (State.FINISHED, 3, 3)
    assert IssueLog.objects.filter(action=IssueLog.Action.ISSUED).count() == 3
    _folders, files = storages["private"].listdir(issuing.folder(batch))
    assert len(files) == 5, "three certificates, archive and print file: nothing that a killed run has left"


def test_the_one_who_comes_second_records_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers hold the same certificate; both have made a file."""
    at = issuer()
    batch = asked(at, pupils_of(at.school, 1))
    make = issuing._make

    def slow(*arguments: object) -> object:
        ready = make(*arguments)
        monkeypatch.setattr(issuing, "_make", make)
        issuing.run(batch.pk, silent=dt.timedelta(0))
        return ready

    monkeypatch.setattr(issuing, "_make", slow)
    issuing.run(batch.pk)
    certificate = Certificate.objects.get()
    with storages["private"].open(certificate.file) as file:
        import hashlib

        assert hashlib.sha256(file.read()).hexdigest() == certificate.file_sha256
    assert IssueLog.objects.filter(action=IssueLog.Action.ISSUED).count() == 1
    assert IssueBatch.objects.get().done == 1


def test_a_municipality_is_called_for_and_each_school_lets_its_own_begin() -> None:
    at = issuer()
    other = issuer(organisation=at.school.organisation, place=at.school.place)
    pupils_of(at.school, 1), pupils_of(other.school, 1)
    caller = MembershipFactory(organisation=at.school.organisation, role=3).user
    until = timezone.localdate() + dt.timedelta(days=100)
    batches = actions.call_run(
        at.school.organisation, caller, ags=at.school.place_id, purpose=PURPOSE, valid_until=until
    )

    assert {batch.state for batch in batches} == {State.WAITING}
    own = next(batch for batch in batches if batch.school == at.school)
    with pytest.raises(PermissionDenied):
        actions.allow(own, caller)
    with pytest.raises(PermissionDenied):
        actions.allow(own, other.management)
    actions.allow(own, at.management)
    issuing.run(own.pk)
    assert Certificate.objects.get().school == at.school


def test_calling_for_a_run_again_and_again_does_not_use_up_a_schools_quota() -> None:
    at = issuer(certificates_per_day=3)
    pupils = pupils_of(at.school, 2)
    caller = MembershipFactory(organisation=at.school.organisation, role=3).user
    until = timezone.localdate() + dt.timedelta(days=100)
    wanted = {"ags": at.school.place_id, "purpose": PURPOSE, "valid_until": until}
    (first,) = actions.call_run(at.school.organisation, caller, **wanted)
    with pytest.raises(CertificateError, match="früheren Lauf"):
        actions.call_run(at.school.organisation, caller, **wanted)
    # The school's own certificate still fits in.
    assert asked(at, pupils[:1]).pupils.count() == 1
    actions.refuse(first, at.management, reason="Nicht nötig")
    assert len(actions.call_run(at.school.organisation, caller, **wanted)) == 1


@pytest.mark.parametrize("days", [-1, 367, 36_500])
def test_a_run_asks_for_no_longer_validity_than_a_school_may(days: int) -> None:
    at = issuer()
    pupils_of(at.school, 1)
    caller = MembershipFactory(organisation=at.school.organisation, role=3).user
    until = timezone.localdate() + dt.timedelta(days=days)
    with pytest.raises(CertificateError, match="Jahr"):
        actions.call_run(at.school.organisation, caller, ags=at.school.place_id, purpose=PURPOSE, valid_until=until)


def test_quota_grows_with_the_school() -> None:
    at = issuer()
    PupilFactory.create_batch(30, school=at.school)
    assert watch.quota(at.school) == 60
