"""Accounts and roles: only the portal team manages them, and it cannot shut itself out."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from austausch.core import outbox
from austausch.people import actions
from austausch.people.models import Membership, Organisation, User
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def team() -> User:
    return UserFactory(portal_team=True)


@pytest.fixture
def client(client: Client, team: User) -> Client:
    client.force_login(team, backend=BACKEND)
    return client


def test_an_organisations_administrator_manages_no_accounts() -> None:
    client = Client()
    client.force_login(MembershipFactory(role=Membership.Role.ADMINISTRATOR).user, backend=BACKEND)
    assert client.get("/verwaltung/users/").status_code == 403
    assert client.get("/verwaltung/organisationen/").status_code == 403


def test_an_invited_person_gets_a_mail_and_no_password(client: Client) -> None:
    client.post("/verwaltung/users/new/", {"name": "Neue Person", "email": "Neu@Example.org"})
    person = User.objects.get(email="neu@example.org")
    assert not person.has_usable_password()
    outbox.deliver()
    assert mail.outbox[-1].to == ["neu@example.org"]


def test_an_address_is_used_by_one_account_only(client: Client) -> None:
    UserFactory(email="da@example.org")
    response = client.post("/verwaltung/users/new/", {"name": "Noch eine", "email": "DA@example.org"})
    assert "email" in response.context["form"].errors


def test_the_list_and_the_form_of_people_work(client: Client) -> None:
    member = MembershipFactory(role=Membership.Role.PUBLISHER)
    assert member.organisation.name in client.get("/verwaltung/users/").content.decode()
    client.post(f"/verwaltung/users/edit/{member.user.pk}/", {"name": "Anders", "email": "anders@example.org"})
    member.user.refresh_from_db()
    assert (member.user.name, member.user.is_active) == ("Anders", False)


@pytest.mark.parametrize("change", [{"is_superuser": "on"}, {"is_active": "on"}])
def test_the_last_member_of_the_portal_team_is_neither_deactivated_nor_demoted(
    team: User, change: dict[str, Any]
) -> None:
    from austausch.people.admin.users import PersonEditForm

    data = {"name": team.name, "email": team.email, **change}
    assert not PersonEditForm(data, instance=User.objects.get(pk=team.pk)).is_valid()
    UserFactory(portal_team=True)
    assert PersonEditForm(data, instance=User.objects.get(pk=team.pk)).is_valid()


def test_the_last_member_of_the_portal_team_is_not_deleted_and_not_saved_without_the_role(team: User) -> None:
    with pytest.raises(actions.LastAdministratorError):
        actions.delete_person(team, by=team)
    team.is_superuser = False
    with pytest.raises(actions.LastAdministratorError):
        actions.save_person(team, by=User.objects.get(pk=team.pk))
    assert User.objects.get(pk=team.pk).is_superuser


def test_many_accounts_at_once_cannot_be_deactivated_past_the_check(client: Client, team: User) -> None:
    address = f"/verwaltung/bulk/people/user/set_active_state/?id={team.pk}"
    assert client.post(address, {"mark_as_active": ""}).status_code == 404
    assert User.objects.get(pk=team.pk).is_active


def roles(organisation: Organisation, *people: User) -> dict[str, Any]:
    data: dict[str, Any] = {"name": organisation.name, "key": organisation.key, "kind": organisation.kind}
    data |= {"memberships-TOTAL_FORMS": len(people), "memberships-INITIAL_FORMS": 0}
    for number, person in enumerate(people):
        data |= {f"memberships-{number}-user": person.pk, f"memberships-{number}-role": Membership.Role.AUTHOR}
    return data


def test_roles_are_given_at_the_organisation(client: Client) -> None:
    organisation, person = OrganisationFactory(), UserFactory()
    client.post(f"/verwaltung/organisationen/edit/{organisation.pk}/", roles(organisation, person))
    assert list(organisation.memberships.values_list("user", "role")) == [(person.pk, Membership.Role.AUTHOR)]


def test_a_person_has_one_role_in_an_organisation(client: Client) -> None:
    organisation, person = OrganisationFactory(), UserFactory()
    address = f"/verwaltung/organisationen/edit/{organisation.pk}/"
    assert client.post(address, roles(organisation, person, person)).status_code == 200
    assert not Membership.objects.exists()


def test_nobodys_own_account_page_offers_names_pictures_or_passwords(client: Client) -> None:
    page = client.get("/verwaltung/account/").content.decode()
    assert "first_name" not in page
    assert "avatar-avatar" not in page
    assert "password" not in page
