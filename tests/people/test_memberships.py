"""What administrators do with roles, and what they cannot do to themselves."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from austausch.people import actions, memberships
from austausch.people.models import Membership, User
from austausch.people.registration import RoleAboveOwnError
from tests.factories import MembershipFactory, UserFactory
from tests.people.signing_in import person, sign_in

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def own() -> Membership:
    return MembershipFactory(user=person(), role=Role.ADMINISTRATOR)


def page(membership: Membership) -> str:
    return reverse("people:member", args=[membership.organisation.key, membership.pk])


def test_an_administrator_gives_and_ends_roles(client: Client, own: Membership) -> None:
    member = MembershipFactory(organisation=own.organisation, role=Role.READER)
    sign_in(client, own.user)
    assert member.user.name in client.get(page(member)).content.decode()
    client.post(page(member), {"role": Role.PUBLISHER, "change": "1"})
    member.refresh_from_db()
    assert member.role == Role.PUBLISHER
    client.post(page(member), {"remove": "1"})
    assert not Membership.objects.filter(pk=member.pk).exists()
    assert User.objects.filter(pk=member.user.pk).exists()


@pytest.mark.parametrize("data", [{"remove": "1"}, {"role": Role.READER, "change": "1"}])
def test_the_last_administrator_stays_until_there_is_another(
    client: Client, own: Membership, data: dict[str, str]
) -> None:
    MembershipFactory(organisation=own.organisation, role=Role.ADMINISTRATOR, user__is_active=False)
    sign_in(client, own.user)
    answer = client.post(page(own), data, follow=True)
    assert str(memberships.LastOrganisationAdministratorError()) in answer.content.decode()
    own.refresh_from_db()
    assert own.role == Role.ADMINISTRATOR
    MembershipFactory(organisation=own.organisation, role=Role.ADMINISTRATOR)
    assert client.post(page(own), data)["Location"] == reverse("people:memberships")
    assert not Membership.objects.filter(pk=own.pk, role=Role.ADMINISTRATOR).exists()


def test_the_portal_team_may_take_the_last_one_out(own: Membership) -> None:
    memberships.remove(own, by=UserFactory(portal_team=True))
    assert not Membership.objects.exists()


def test_nobody_else_changes_roles(own: Membership) -> None:
    publisher = MembershipFactory(user=person(), organisation=own.organisation, role=Role.PUBLISHER)
    elsewhere = MembershipFactory(user=person(), role=Role.ADMINISTRATOR)
    for user in (publisher.user, elsewhere.user):
        client = Client()
        sign_in(client, user)
        for target in (own, publisher):
            assert client.get(page(target)).status_code == 404
            assert client.post(page(target), {"role": Role.ADMINISTRATOR, "change": "1"}).status_code == 404
            # Nor by the way of one's own organisation.
            other_way = reverse("people:member", args=[elsewhere.organisation.key, target.pk])
            assert client.post(other_way, {"remove": "1"}).status_code == 404
            with pytest.raises(PermissionDenied):
                memberships.change_role(target, role=Role.ADMINISTRATOR, by=user)
            with pytest.raises(PermissionDenied):
                memberships.remove(target, by=user)
    assert list(own.organisation.memberships.order_by("pk").values_list("role", flat=True)) == [4, 3]


def test_a_role_that_does_not_exist_is_not_given(own: Membership) -> None:
    with pytest.raises(RoleAboveOwnError):
        memberships.change_role(own, role=5, by=own.user)


def test_a_person_sees_their_own_organisations_only(client: Client, own: Membership) -> None:
    MembershipFactory(user=own.user, role=Role.READER, organisation__name="Stadt Lesen")
    foreign = MembershipFactory(organisation__name="Stadt Fremd")
    sign_in(client, own.user)
    content = client.get(reverse("people:memberships")).content.decode()
    assert own.organisation.name in content
    assert "Stadt Lesen" in content
    assert "Stadt Fremd" not in content
    assert reverse("people:people", args=[foreign.organisation.key]) not in content


def test_pages_of_organisations_are_for_the_signed_in(client: Client, own: Membership) -> None:
    for address in (reverse("people:memberships"), reverse("people:people", args=[own.organisation.key]), page(own)):
        assert client.get(address)["Location"].startswith(reverse("account_login"))


def test_accounts_actions_ask_the_policy() -> None:
    target, nobody = UserFactory(), person()
    for action in (actions.save_person, actions.delete_person, actions.remove_second_factor):
        with pytest.raises(PermissionDenied):
            action(target, by=nobody)
    assert User.objects.filter(pk=target.pk).exists()


def test_deactivating_the_last_of_the_portal_team_is_said_and_not_a_failure(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    team, other = person(portal_team=True), UserFactory(portal_team=True)
    sign_in(client, team)
    # The form has looked before another one took the first out.
    monkeypatch.setattr(actions, "is_last_administrator", lambda user: False)
    address = reverse("wagtailusers_users:edit", args=[other.pk])
    data = {"name": other.name, "email": other.email}

    def refuse(user: User, by: User) -> None:
        raise actions.LastAdministratorError

    monkeypatch.setattr(actions, "save_person", refuse)
    answer = client.post(address, data)
    assert answer.status_code == 200
    assert str(actions.LastAdministratorError()) in answer.content.decode()
    assert User.objects.get(pk=other.pk).is_superuser
