"""Alarms come by mail, too: to whoever answers for the school, once, and naming nobody."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from austausch.certificates import actions, watch
from austausch.certificates.errors import QuotaError
from austausch.certificates.models import Alarm, IssueBatch, IssueLog, LogChain, School, SchoolRole
from austausch.core import outbox
from austausch.core.models import Mail
from austausch.people.models import User
from tests.certificates.school import Issuer, asked, issuer, pupils_of
from tests.factories import SchoolRoleFactory, UserFactory
from tests.killing import dies_everywhere

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> Issuer:
    return issuer(name="Gesamtschule Musterhausen")


@pytest.fixture
def team() -> User:
    made: User = UserFactory(portal_team=True)
    return made


def mails() -> list[Mail]:
    return list(Mail.objects.filter(category="certificates-alarm").order_by("user"))


def test_the_management_and_the_portal_team_get_it_and_nobody_else(at: Issuer, team: User) -> None:
    SchoolRoleFactory(management=True)  # of another school
    UserFactory(portal_team=True, is_active=False)
    pupil = pupils_of(at.school, 1, family_name="Geheim", first_names="Nora", birth_date=dt.date(1950, 1, 1))
    asked(at, pupil)
    assert {mail.user for mail in mails()} == {at.management, team}
    mail = mails()[0]
    assert "Gesamtschule Musterhausen" in mail.subject
    assert "Alter" in mail.text
    assert "/netz/schulbescheinigungen/alarme/" in mail.text
    assert "Geheim" not in mail.subject + mail.text
    assert "Nora" not in mail.subject + mail.text


@pytest.mark.parametrize(("hour", "told"), [(21, False), (22, True), (23, True), (0, True), (4, True), (5, False)])
def test_certificates_asked_for_at_night_raise_an_alarm(
    at: Issuer, monkeypatch: pytest.MonkeyPatch, hour: int, told: bool
) -> None:
    batch = asked(at, pupils_of(at.school, 1))
    monkeypatch.undo()  # by_day
    batch.made_at = timezone.make_aware(dt.datetime(2026, 11, 28, hour, 30))
    watch.look_at(batch, batch.pupils.all())
    assert [alarm.text for alarm in Alarm.objects.filter(kind=Alarm.Kind.NIGHT)] == (
        [f"Bescheinigungen wurden um {hour} Uhr beantragt."] if told else []
    )


def test_a_second_alarm_of_the_day_brings_no_second_mail(at: Issuer, team: User) -> None:
    for _ in range(2):
        watch.raise_alarm(at.school, Alarm.Kind.NIGHT, "Um 3 Uhr")
    assert Alarm.objects.count() == 1
    assert len(mails()) == 2


def test_who_has_lost_the_role_meanwhile_gets_none(at: Issuer) -> None:
    watch.raise_alarm(at.school, Alarm.Kind.NIGHT, "Um 3 Uhr")
    SchoolRole.objects.filter(user=at.management).delete()
    outbox.deliver()
    (mail,) = mails()
    assert (mail.state, mail.text) == (Mail.State.DROPPED, "")


def test_a_quota_that_is_reached_is_told_though_nothing_is_issued(at: Issuer) -> None:
    School.objects.filter(pk=at.school.pk).update(certificates_per_day=1)
    at.school.refresh_from_db()
    with pytest.raises(QuotaError):
        asked(at, pupils_of(at.school, 2))
    assert not IssueBatch.objects.exists()
    assert [mail.user for mail in mails()] == [at.management]


def test_killed_at_any_statement_alarm_and_mail_happen_together_or_not_at_all(at: Issuer, team: User) -> None:
    def state() -> tuple[int, int, int]:
        return Alarm.objects.count(), len(mails()), IssueLog.objects.filter(action="alarm").count()

    def nothing_happened(step: int) -> None:
        assert state() == (0, 0, 0), f"killed at {step}"

    assert dies_everywhere(lambda: watch.raise_alarm(at.school, Alarm.Kind.NIGHT, "Um 3 Uhr"), nothing_happened) > 4
    assert state() == (1, 2, 1)


def test_a_log_that_does_not_agree_is_told_to_the_portal_team(at: Issuer, team: User) -> None:
    LogChain.objects.filter(pk=at.school.number).update(length=99)
    watch.raise_alarm(at.school, Alarm.Kind.NIGHT, "Um 3 Uhr")
    Mail.objects.all().delete()
    LogChain.objects.filter(pk=at.school.number).update(length=99)
    with pytest.raises(CommandError):
        call_command("verify_issue_log", stderr=StringIO())
    assert [mail.user for mail in mails()] == [team]
    assert Alarm.objects.filter(kind=Alarm.Kind.LOG, school=None).count() == 1


def test_ordinary_certificates_bring_no_mail(at: Issuer, team: User) -> None:
    batch = asked(at, pupils_of(at.school, 2))
    assert batch.state == actions.State.QUEUED
    assert mails() == []
