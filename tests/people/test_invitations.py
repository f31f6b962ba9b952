"""Invitations: one address, one use, never above the role of who sends them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from austausch.people import invitations
from austausch.people.models import Invitation, Membership, Organisation, User
from austausch.people.registration import RoleAboveOwnError
from tests.factories import MembershipFactory, OrganisationFactory
from tests.people.signing_in import PASSWORD, link_in, mails, person, sign_in, signed_in

pytestmark = pytest.mark.django_db
Role = Membership.Role
NEW = {"name": "Neue Person", "password": PASSWORD, "repeated": PASSWORD}


@pytest.fixture
def administrator() -> User:
    return MembershipFactory(user=person(), role=Role.ADMINISTRATOR).user


@pytest.fixture
def town(administrator: User) -> Organisation:
    return administrator.memberships.get().organisation


def invite(by: User, town: Organisation, **data: Any) -> str:
    """Invites through the page; returns the path of the link that was sent."""
    client = Client()
    sign_in(client, by)
    data = {"email": "neu@privat.example.org", "role": Role.AUTHOR, **data}
    answer = client.post(reverse("people:invite", args=[town.key]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    return link_in(mails()[-1])


def test_a_new_person_makes_an_account_and_is_in(client: Client, administrator: User, town: Organisation) -> None:
    address = invite(administrator, town, email="Neu@Privat.example.org")
    assert town.name in client.get(address).content.decode()
    assert client.post(address, NEW)["Location"] == reverse("account_overview")
    assert signed_in(client)
    membership = User.objects.get(email="neu@privat.example.org").memberships.get()
    assert (membership.organisation, membership.role) == (town, Role.AUTHOR)


def test_an_existing_account_signs_in_first_and_then_accepts(
    client: Client, administrator: User, town: Organisation
) -> None:
    user = person(email="da@anderswo.example.org")
    address = invite(administrator, town, email=user.email)
    page = client.get(address)
    assert "password" not in page.content.decode()
    client.post(address, NEW)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert not user.memberships.exists()
    assert sign_in(client, user, next=address)["Location"] == address
    client.get(address)
    assert not user.memberships.exists()
    client.post(address)
    assert user.memberships.get().organisation == town


def test_somebody_elses_link_does_not_help(client: Client, administrator: User, town: Organisation) -> None:
    address = invite(administrator, town)
    thief = person()
    sign_in(client, thief)
    assert client.post(address).status_code == 403
    assert not thief.memberships.exists()
    with pytest.raises(invitations.OtherPersonError):
        invitations.accept(token=address.rstrip("/").split("/")[-1], user=thief)
    # And the right person can still use it.
    Client().post(address, NEW)
    assert User.objects.filter(email="neu@privat.example.org").exists()


def test_the_address_of_the_form_does_not_count(client: Client, administrator: User, town: Organisation) -> None:
    address = invite(administrator, town)
    client.post(address, {**NEW, "email": "boese@evil.example", "role": Role.ADMINISTRATOR})
    user = User.objects.get(name="Neue Person")
    assert user.email == "neu@privat.example.org"
    assert user.memberships.get().role == Role.AUTHOR


def test_a_link_works_once(administrator: User, town: Organisation) -> None:
    address = invite(administrator, town)
    Client().post(address, NEW)
    assert Client().get(address).status_code == 404
    with pytest.raises(invitations.InvitationClosedError):
        invitations.accept_with_new_account(token=address.split("/")[-2], name="B", password=PASSWORD)


def test_a_link_runs_out_after_fourteen_days(administrator: User, town: Organisation) -> None:
    address = invite(administrator, town)
    with time_machine.travel(timezone.now() + dt.timedelta(days=13, hours=23)):
        assert Client().get(address).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(days=14, minutes=1)):
        assert Client().post(address, NEW).status_code == 404
    with time_machine.travel(timezone.now() + dt.timedelta(days=29)):
        assert invitations.forget_old() == 1


def test_an_invitation_is_listed_and_taken_back(client: Client, administrator: User, town: Organisation) -> None:
    address = invite(administrator, town)
    sign_in(client, administrator)
    people = reverse("people:people", args=[town.key])
    assert "neu@privat.example.org" in client.get(people).content.decode()
    client.post(reverse("people:invitation", args=[town.key, Invitation.objects.get().pk]))
    assert "neu@privat.example.org" not in client.get(people).content.decode()
    assert Client().post(address, NEW).status_code == 404


def test_a_new_invitation_ends_the_older_one(administrator: User, town: Organisation) -> None:
    old, new = invite(administrator, town), invite(administrator, town)
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200


@pytest.mark.parametrize("change", ["demoted", "removed", "deactivated", "deleted"])
def test_an_invitation_ends_with_the_right_of_who_sent_it(administrator: User, town: Organisation, change: str) -> None:
    address = invite(administrator, town, role=Role.ADMINISTRATOR)
    if change == "demoted":
        administrator.memberships.update(role=Role.PUBLISHER)
    elif change == "removed":
        administrator.memberships.all().delete()
    elif change == "deactivated":
        User.objects.filter(pk=administrator.pk).update(is_active=False)
    else:
        administrator.delete()
    assert Client().post(address, NEW).status_code == 404
    assert not User.objects.filter(email="neu@privat.example.org").exists()


def test_only_administrators_invite_and_only_to_their_own(town: Organisation) -> None:
    publisher = MembershipFactory(user=person(), organisation=town, role=Role.PUBLISHER).user
    other = MembershipFactory(user=person(), role=Role.ADMINISTRATOR).user
    for user in (publisher, other):
        client = Client()
        sign_in(client, user)
        data = {"email": "x@example.org", "role": Role.READER}
        assert client.post(reverse("people:invite", args=[town.key]), data).status_code == 404
        with pytest.raises(PermissionDenied):
            invitations.invite(organisation=town, email="x@example.org", role=Role.READER, by=user)
    assert not Invitation.objects.exists()


def test_no_role_above_ones_own_can_be_given(administrator: User, town: Organisation) -> None:
    client = Client()
    sign_in(client, administrator)
    data = {"email": "x@example.org", "role": 5}
    page = client.post(reverse("people:invite", args=[town.key]), data)
    assert page.context["form"].errors["role"]
    with pytest.raises(RoleAboveOwnError):
        invitations.invite(organisation=town, email="x@example.org", role=5, by=administrator)
    assert not Invitation.objects.exists()
    assert mails() == []


def test_who_has_a_higher_role_keeps_it(administrator: User, town: Organisation) -> None:
    user = person()
    address = invite(administrator, town, email=user.email, role=Role.READER)
    MembershipFactory(user=user, organisation=town, role=Role.PUBLISHER)
    client = Client()
    sign_in(client, user)
    client.post(address)
    assert user.memberships.get().role == Role.PUBLISHER


def test_only_a_hash_of_the_token_is_kept(administrator: User, town: Organisation) -> None:
    token = invite(administrator, town).split("/")[-2]
    assert len(token) >= 43
    assert token not in str(list(Invitation.objects.values()))


def test_another_organisations_invitation_is_not_taken_back(client: Client, administrator: User) -> None:
    other = OrganisationFactory()
    theirs = MembershipFactory(user=person(), organisation=other, role=Role.ADMINISTRATOR).user
    made = invitations.invite(organisation=other, email="x@example.org", role=Role.READER, by=theirs)
    sign_in(client, administrator)
    own = administrator.memberships.get().organisation
    for key in (own.key, other.key):
        assert client.post(reverse("people:invitation", args=[key, made.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        invitations.revoke(made, by=administrator)


def test_a_guessed_link_is_answered_alike_and_guessing_is_throttled() -> None:
    with time_machine.travel("2026-01-05T10:00:10Z", tick=False):
        answers = [Client().get(f"/konto/einladung/falsch-{number}/").status_code for number in range(31)]
    assert answers == [404] * 30 + [429]


def test_the_session_gets_a_new_key_with_the_account(client: Client, administrator: User, town: Organisation) -> None:
    address = invite(administrator, town)
    session = client.session
    session["before"] = "x"
    session.save()
    before = client.cookies["sessionid"].value
    client.post(address, NEW)
    assert signed_in(client)
    assert client.cookies["sessionid"].value != before
