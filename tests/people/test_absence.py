"""Accounts that nobody uses end with notice; nobody is told twice, nobody is forgotten, and somebody always stays."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from austausch.core.models import Mail
from austausch.people import absence, due
from austausch.people.models import Membership, User
from tests.factories import MembershipFactory, UserFactory
from tests.people.signing_in import mails, person, sign_in, signed_in

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def ago(days: int) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


def absent(days: int, **fields: Any) -> User:
    return UserFactory(joined_at=ago(days), last_login=ago(days), **fields)


def run(now: dt.datetime) -> None:
    absence.tell_the_absent(now)
    absence.deactivate_the_absent(now)


def active(user: User) -> bool:
    return User.objects.get(pk=user.pk).is_active


def test_after_eleven_months_comes_a_notice_and_thirty_days_later_the_end() -> None:
    user = absent(336)
    run(NOW)
    assert [message.to for message in mails()] == [[user.email]]
    assert active(user)
    for days in range(1, 31):
        run(NOW + dt.timedelta(days=days))
    assert active(user)
    run(NOW + dt.timedelta(days=31))
    assert not active(user)
    assert len(mails()) == 1


def test_who_was_here_lately_hears_nothing() -> None:
    user = absent(334)
    run(NOW)
    assert mails() == []
    assert active(user)


def test_who_never_signed_in_counts_from_the_first_day() -> None:
    user = UserFactory(joined_at=ago(400), last_login=None)
    run(NOW)
    assert [message.to for message in mails()] == [[user.email]]


def test_signing_in_keeps_the_account_and_another_absence_brings_another_notice() -> None:
    user = absent(336)
    run(NOW)
    User.objects.filter(pk=user.pk).update(last_login=NOW + dt.timedelta(days=5))
    run(NOW + dt.timedelta(days=40))
    assert active(user)
    run(NOW + dt.timedelta(days=345))
    assert len(mails()) == 2
    run(NOW + dt.timedelta(days=376))
    assert not active(user)


def test_memberships_stay_and_an_administrator_lets_the_person_in_again(client: Client) -> None:
    membership = MembershipFactory(user=person(joined_at=ago(400), last_login=ago(400)))
    administrator = MembershipFactory(
        user=person(), organisation=membership.organisation, role=Membership.Role.ADMINISTRATOR
    ).user
    run(ago(32))
    run(NOW)
    assert not active(membership.user)
    with pytest.raises(PermissionDenied):
        absence.let_in_again(membership.user, by=person())
    sign_in(client, administrator)
    client.post(reverse("people:member", args=[membership.organisation.key, membership.pk]), {"let_in": "1"})
    run(timezone.now())
    assert active(membership.user)
    returned = Client()
    sign_in(returned, membership.user)
    assert signed_in(returned)


def test_an_administrator_opens_no_account_that_was_closed_for_another_reason() -> None:
    membership = MembershipFactory(user__is_active=False)
    administrator = MembershipFactory(organisation=membership.organisation, role=Membership.Role.ADMINISTRATOR).user
    absence.let_in_again(membership.user, by=administrator)
    assert not active(membership.user)


def test_the_portal_teams_last_active_member_is_never_deactivated() -> None:
    team = [absent(400, portal_team=True) for _ in range(3)]
    run(ago(32))
    run(NOW)
    assert sum(active(user) for user in team) == 1


def test_the_clock_does_all_of_it() -> None:
    user = absent(400)
    due.do_what_is_due()
    assert [message.to for message in mails()] == [[user.email]]


class KilledError(Exception):
    """The process ends here."""


class Killer:
    """Ends the process at the n-th statement."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise KilledError
        return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_statement_and_begun_again_each_is_told_once_and_closed_once() -> None:
    people = [absent(400), absent(401)]
    for now, ended in ((ago(32), False), (NOW, True)):
        statements, finished = 0, False
        while not finished:
            try:
                with connection.execute_wrapper(Killer(statements)):
                    run(now)
                finished = True
            except KilledError:
                statements += 1
        assert statements > 5
        assert [active(user) for user in people] == [not ended] * 2
    assert Mail.objects.filter(key__startswith="absence:").count() == 2
