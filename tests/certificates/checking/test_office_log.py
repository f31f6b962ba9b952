"""The offices' log of checks: a chain that shows every change, and that ends where its retention ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from austausch.certificates import journal as issue_log
from austausch.certificates.checks import actions, journal
from austausch.certificates.checks.actions import Asker, Given
from austausch.certificates.models import CheckChain, CheckLog, IssueLog
from austausch.people.models import Membership, Organisation
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
CASE = {"purpose": "Kindergeld, § 32 EStG", "case_number": "FK-115"}
Days = Callable[..., None]


@pytest.fixture
def office() -> Organisation:
    organisation: Organisation = OrganisationFactory()
    actions.allow(organisation, UserFactory(portal_team=True), task="Kindergeld")
    return organisation


@pytest.fixture
def check_ago(office: Organisation) -> Days:
    """Checks numbers so many days ago."""
    asker = Asker(office, MembershipFactory(organisation=office, role=Membership.Role.AUTHOR).user)

    def check(*days: int, number: str = "1") -> None:
        for each in days:
            with time_machine.travel(timezone.now() - dt.timedelta(days=each)):
                actions.begin(asker, Given(numbers=[number]), **CASE)

    return check


def tampered(**changes: Any) -> None:
    """Past the guard of the database, as somebody with its administrator's password could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE certificates_checklog DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER certificates_checklog_append_only")
    if changes:
        CheckLog.objects.filter(position=2).update(**changes)
    else:
        CheckLog.objects.filter(position=2).delete()


def places() -> list[tuple[int, str]]:
    return [(one.position, one.what) for one in journal.breaks()]


@pytest.mark.parametrize(
    "changes",
    [{"purpose": "anderer"}, {"actor": 1}, {"code": "valid"}, {"case_number": "FK-1"}, {"at": timezone.now()}],
)
def test_an_entry_changed_past_the_database_is_found(check_ago: Days, changes: dict[str, Any]) -> None:
    check_ago(3, 2, 1)
    assert places() == []
    tampered(**changes)
    assert places() == [(2, "was changed")]
    with pytest.raises(CommandError, match="Places that do not agree: 1"):
        call_command("verify_issue_log", verbosity=0)


def test_an_entry_removed_past_the_database_is_found(check_ago: Days) -> None:
    check_ago(3, 2, 1)
    tampered()
    assert places() == [(2, "is missing, up to 2")]


def test_each_office_has_its_own_chain(check_ago: Days, office: Organisation) -> None:
    other: Organisation = OrganisationFactory()
    actions.allow(other, UserFactory(portal_team=True), task="Bürgergeld")
    user = MembershipFactory(organisation=other, role=Membership.Role.AUTHOR).user
    check_ago(2, 1)
    actions.begin(Asker(other, user), Given(numbers=["1"]), **CASE)
    assert dict(CheckChain.objects.values_list("key", "length")) == {office.key: 2, other.key: 1}
    assert places() == []


def test_what_is_past_its_retention_goes_and_the_rest_stays_verifiable(check_ago: Days, office: Organisation) -> None:
    check_ago(900, 800, 731, 729, 1)
    assert journal.forget() == 3
    assert journal.forget() == 0
    assert sorted(CheckLog.objects.values_list("position", flat=True)) == [4, 5]
    assert places() == []
    assert list(issue_log.breaks()) == []
    check_ago(0)
    assert CheckLog.objects.get(position=6).previous == CheckLog.objects.get(position=5).digest
    assert places() == []
    call_command("verify_issue_log", verbosity=0)


def test_everything_past_its_retention_leaves_a_chain_that_goes_on(check_ago: Days) -> None:
    check_ago(900, 800)
    assert journal.forget() == 2
    assert places() == []
    check_ago(0)
    assert CheckLog.objects.get().position == 3
    assert places() == []


def test_what_was_cut_off_cannot_be_hidden_by_cutting_further(check_ago: Days, office: Organisation) -> None:
    check_ago(900, 800, 1)
    journal.forget()
    (kept,) = CheckLog.objects.all()
    CheckChain.objects.filter(key=office.key).update(cut=kept.position, cut_digest=kept.digest)
    assert (3, "was cut at another place than the issue log says") in places()


def test_the_portal_team_learns_from_a_cut_neither_how_many_nor_which(check_ago: Days, office: Organisation) -> None:
    check_ago(900, 800, number="900001-2627-000042-58")
    journal.forget()
    (told,) = IssueLog.objects.filter(chain=issue_log.PLATFORM, action=IssueLog.Action.FORGOTTEN)
    assert set(told.data) == {"checks_of", "digest"}


def test_a_clock_that_was_wrong_deletes_nothing_behind_a_younger_entry(check_ago: Days) -> None:
    check_ago(1)
    check_ago(900)
    assert journal.forget() == 0


@pytest.mark.parametrize("days", [0, -1, 89])
def test_a_retention_shorter_than_three_months_is_refused(check_ago: Days, settings: Any, days: int) -> None:
    check_ago(900)
    settings.AUSTAUSCH_CHECK_LOG_KEPT_DAYS = days
    with pytest.raises(ImproperlyConfigured, match="90 days at least"):
        journal.forget()
    assert CheckLog.objects.count() == 1


def test_the_retention_is_a_setting(check_ago: Days, settings: Any) -> None:
    check_ago(120, 80)
    settings.AUSTAUSCH_CHECK_LOG_KEPT_DAYS = 100
    assert journal.forget() == 1


def test_the_database_lets_nothing_go_that_its_chain_has_not_cut_or_that_is_young(
    check_ago: Days, office: Organisation
) -> None:
    check_ago(900, 1)
    if connection.vendor != "postgresql":
        # The embedded default must let a demonstration be removed; there it is the chain that tells.
        CheckLog.objects.filter(position=1).delete()
        assert any("is missing" in one.what for one in journal.breaks())
        return
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CheckLog.objects.filter(position=1).delete()
    CheckChain.objects.filter(key=office.key).update(cut=2)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CheckLog.objects.filter(position=2).delete()
    CheckLog.objects.filter(position=1).delete()


def test_the_log_of_an_office_cannot_vanish_as_a_whole_once_it_was_cut(check_ago: Days, office: Organisation) -> None:
    check_ago(900, 1)
    journal.forget()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE certificates_checklog DISABLE TRIGGER USER")
    CheckLog.objects.all().delete()
    CheckChain.objects.all().delete()
    assert [(one.chain, one.what) for one in journal.breaks()] == [
        (office.key, "has lost its chain, of which the issue log tells")
    ]
