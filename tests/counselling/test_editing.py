"""Organisations keep their own offices; what the public sees is decided by publishers."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from austausch.core.models import Mail
from austausch.core.policy import Action, policy
from austausch.counselling import actions, assurance
from austausch.counselling.models import Office, Provider
from austausch.people.mergers import move_everything
from austausch.people.models import Membership
from tests.counselling.test_protection import form_of
from tests.factories import MembershipFactory, OfficeFactory, OrganisationFactory, PlaceFactory, UserFactory

pytestmark = pytest.mark.django_db
Role = Membership.Role


def edit(client: Client, office: Office, **changed: object) -> str:
    response = client.post(
        reverse("wagtailsnippets_counselling_office:edit", args=[office.pk]), form_of(office, **changed)
    )
    return response.content.decode() if response.status_code == 200 else str(response.status_code)


def member(role: Membership.Role) -> Membership:
    found: Membership = MembershipFactory(role=role)
    return found


@pytest.mark.parametrize(
    ("role", "live", "may"),
    [
        (Role.READER, False, False),
        (Role.AUTHOR, False, True),
        (Role.AUTHOR, True, False),
        (Role.PUBLISHER, True, True),
    ],
)
def test_authors_prepare_and_publishers_change_what_is_shown(role: Membership.Role, live: bool, may: bool) -> None:
    who = member(role)
    office = OfficeFactory(owner=who.organisation, live=live)
    assert policy.may(who.user, Action.EDIT, office) is may
    assert not policy.may(who.user, Action.EDIT, OfficeFactory())


def test_an_author_cannot_show_an_office_to_the_public(client: Client) -> None:
    who = member(Role.AUTHOR)
    client.force_login(who.user)
    office = OfficeFactory(owner=who.organisation, live=False)
    assert "Veröffentlichende" in edit(client, office, live="on")
    assert edit(client, office, phone="0211 12345") == "302"
    office.refresh_from_db()
    assert (office.live, office.phone) == (False, "0211 12345")


def test_nobody_gives_an_office_to_an_organisation_that_is_not_theirs(client: Client) -> None:
    who, other = member(Role.PUBLISHER), OrganisationFactory()
    client.force_login(who.user)
    office = OfficeFactory(owner=who.organisation)
    assert edit(client, office, owner=other.pk) != "302"
    office.refresh_from_db()
    assert office.owner == who.organisation


def test_saving_works_out_where_it_lies_and_coordinates_stay_what_was_typed(client: Client) -> None:
    client.force_login(UserFactory(portal_team=True))
    place = PlaceFactory(name="Musterstadt", latitude=51.0, longitude=7.0)
    office = OfficeFactory()
    assert edit(client, office, place=place.ags) == "302"
    office.refresh_from_db()
    assert (office.latitude, office.precision) == (51.0, "municipality")
    assert edit(client, office, latitude="51.25", longitude="7.5") == "302"
    office.refresh_from_db()
    assert (office.latitude, office.precision) == (51.25, "exact")


def test_one_tick_assures_all_of_it_for_the_organisation(client: Client) -> None:
    who = member(Role.PUBLISHER)
    client.force_login(who.user)
    office = OfficeFactory(owner=who.organisation)
    assert edit(client, office, is_right="on") == "302"
    office.refresh_from_db()
    assert (office.assured_on, office.assured_by) == (timezone.localdate(), who.organisation.name)
    assert who.user.name not in client.get(office.get_absolute_url()).content.decode()


def test_nobody_else_assures(client: Client) -> None:
    with pytest.raises(PermissionDenied):
        actions.assure(office=OfficeFactory(), user=member(Role.PUBLISHER).user)


def test_publishers_are_reminded_once_a_month_of_what_nobody_has_assured() -> None:
    who = member(Role.PUBLISHER)
    MembershipFactory(organisation=who.organisation, role=Role.AUTHOR)
    OfficeFactory(owner=who.organisation)
    later = timezone.now() + dt.timedelta(days=40)
    with time_machine.travel(later, tick=False):
        assert assurance.remind() == 1
        assert assurance.remind() == 0
        mail = Mail.objects.get()
        assert mail.user == who.user
        assert "Stelle" in mail.text
        actions.assure(office=Office.objects.get(), user=who.user)
    with time_machine.travel(later + dt.timedelta(days=40), tick=False):
        assert assurance.remind() == 0
    with time_machine.travel(later + dt.timedelta(days=200), tick=False):
        assert assurance.remind() == 1


def test_whoever_has_entered_an_office_is_not_reminded_of_it_at_once() -> None:
    who = member(Role.PUBLISHER)
    OfficeFactory(owner=who.organisation)
    assert assurance.remind() == 0


def test_offices_go_along_when_their_organisation_becomes_part_of_another() -> None:
    old, new = OrganisationFactory(), OrganisationFactory()
    office = OfficeFactory(owner=old)
    Provider.objects.create(key="a", name="A", owner=old)
    move_everything(old, new, UserFactory(portal_team=True))
    office.refresh_from_db()
    assert office.owner == new
    assert Provider.objects.get().owner == new
