"""Organisations: names, hierarchy and mergers, without an address that stops leading somewhere."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from austausch.catalogue.models import Adoption, ContactReference, Entry
from austausch.core.policy import Action, policy
from austausch.people import organisation_actions
from austausch.people.models import FormerName, Membership, Organisation, User
from austausch.people.organisation_actions import OrganisationError
from austausch.people.similar import similar_to
from tests.factories import (
    ContactFactory,
    DocumentFactory,
    EntryFactory,
    EventFactory,
    MembershipFactory,
    OfficeFactory,
    OrganisationFactory,
    PlaceFactory,
    SchoolFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Role = Membership.Role
DAY = dt.date(2026, 1, 1)


@pytest.fixture
def team() -> User:
    user: User = UserFactory(portal_team=True)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def merge(source: Organisation, target: Organisation, team: User) -> None:
    organisation_actions.merge(source, team, into=target, on=DAY)
    source.refresh_from_db()
    target.refresh_from_db()


# Names


def test_a_renamed_organisation_is_found_by_its_former_name(team: User) -> None:
    town = OrganisationFactory(name="Altstadt")
    organisation_actions.rename(town, team, name="Neustadt", on=DAY)
    organisation_actions.rename(town, team, name="Großneustadt", on=dt.date(2026, 2, 1))
    assert [(one.name, one.used_from, one.used_until) for one in town.former_names.all()] == [
        ("Neustadt", DAY, dt.date(2026, 2, 1)),
        ("Altstadt", None, DAY),
    ]
    page = signed_in(UserFactory()).get("/netz/organisationen/?q=altstadt").content.decode()
    assert "Großneustadt" in page


@pytest.mark.parametrize("name", ["", "  ", "Altstadt", "Schon vergeben"])
def test_a_new_name_is_new_and_nobody_elses(team: User, name: str) -> None:
    OrganisationFactory(name="Schon vergeben")
    town = OrganisationFactory(name="Altstadt")
    with pytest.raises(OrganisationError):
        organisation_actions.rename(town, team, name=name, on=DAY)
    assert not FormerName.objects.exists()


def test_names_follow_each_other_in_time(team: User) -> None:
    town = OrganisationFactory(name="Altstadt")
    organisation_actions.rename(town, team, name="Neustadt", on=DAY)
    for day in (dt.date(2025, 1, 1), dt.date(2999, 1, 1)):
        with pytest.raises(OrganisationError):
            organisation_actions.rename(town, team, name="Ganz neu", on=day)


def test_only_the_portal_team_renames_moves_and_merges() -> None:
    member = MembershipFactory(role=Role.ADMINISTRATOR)
    town, other = member.organisation, OrganisationFactory()
    with pytest.raises(PermissionDenied):
        organisation_actions.rename(town, member.user, name="Neu", on=DAY)
    with pytest.raises(PermissionDenied):
        organisation_actions.place_under(town, member.user, parent=other)
    with pytest.raises(PermissionDenied):
        organisation_actions.merge(other, member.user, into=town, on=DAY)
    assert signed_in(member.user).get(f"/netz/organisationen/{town.key}/aendern/").status_code == 403


def test_a_catalogue_file_with_a_new_name_keeps_the_former_one(tmp_path: Path, team: User) -> None:
    OrganisationFactory(key="stadt", name="Altstadt")
    file = tmp_path / "stand.yaml"
    file.write_text("bodies: {stadt: {name: Neustadt, kind: municipality}}\n")
    call_command("load_catalogue", str(file), "--apply")
    assert [one.name for one in Organisation.objects.get(key="stadt").former_names.all()] == ["Altstadt"]


def test_the_editors_form_changes_neither_name_nor_key(team: User) -> None:
    town = OrganisationFactory(key="stadt", name="Altstadt")
    sent = {"name": "Anders", "key": "anders", "kind": "district"}
    empty = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    signed_in(team).post(f"/verwaltung/organisationen/edit/{town.pk}/", {**sent, **empty})
    town.refresh_from_db()
    assert (town.name, town.key, town.kind) == ("Altstadt", "stadt", "district")


# Hierarchy


def test_an_organisation_never_gets_below_itself(team: User) -> None:
    state, district, town = (OrganisationFactory() for _ in range(3))
    organisation_actions.place_under(district, team, parent=state)
    organisation_actions.place_under(town, team, parent=district)
    for parent in (state, district, town):
        with pytest.raises(OrganisationError):
            organisation_actions.place_under(state, team, parent=parent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=state.pk).update(parent=state)


MOVES = st.lists(st.tuples(st.sampled_from(["under", "merge"]), st.integers(0, 4), st.integers(0, 4)), max_size=8)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_no_row_of_moves_and_mergers_makes_a_circle_or_a_dead_end(moves: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        team = UserFactory(portal_team=True)
        bodies = [OrganisationFactory() for _ in range(5)]
        for what, one, other in moves:
            try:
                if what == "under":
                    organisation_actions.place_under(bodies[one], team, parent=bodies[other])
                else:
                    organisation_actions.merge(bodies[one], team, into=bodies[other], on=DAY)
            except OrganisationError:
                continue
        rows = {row.pk: row for row in Organisation.objects.filter(pk__in=[body.pk for body in bodies])}
        for row in rows.values():
            at, steps = row, 0
            while at.parent_id is not None:
                at, steps = rows[at.parent_id], steps + 1
                assert steps < len(rows)
            assert at.merged_into_id is None or row.merged_into_id is not None
            assert row.merged_into_id is None or rows[row.merged_into_id].merged_into_id is None
        transaction.set_rollback(True)


# Mergers


def test_what_lives_moves_and_what_was_printed_leads_on(team: User) -> None:
    source = OrganisationFactory(key="klein", name="Kleinstadt")
    target = OrganisationFactory(key="gross", name="Großstadt")
    entry = EntryFactory(lead=source, title="Quartiersbüro", published=True)
    entry.title = "Quartiersbüro, neu"
    entry.save_revision()
    document, contact = DocumentFactory(owner=source), ContactFactory(organisation=source)
    merge(source, target, team)
    entry = Entry.objects.get(pk=entry.pk)
    assert (entry.lead, entry.get_latest_revision_as_object().lead) == (target, target)
    for row, name in ((document, "owner"), (contact, "organisation")):
        row.refresh_from_db()
        assert getattr(row, name) == target
    assert "Quartiersbüro" in Client().get("/massnahmen/?traeger=klein").content.decode()
    assert Client().get("/api/v1/measures?traeger=klein").json()["count"] == 1
    client = signed_in(team)
    assert client.get("/netz/organisationen/klein/").headers["Location"] == "/netz/organisationen/gross/"
    assert "Kleinstadt" in client.get("/netz/organisationen/gross/").content.decode()


def test_a_former_version_does_not_bring_back_a_body_that_was_merged(team: User) -> None:
    source, target = OrganisationFactory(), OrganisationFactory()
    entry = EntryFactory(lead=source, published=True)
    former = entry.latest_revision
    entry.save_revision().publish()
    merge(source, target, team)
    former.refresh_from_db()
    assert former.as_object().lead == target


def test_of_mergers_in_a_row_each_leads_to_the_present_in_one_step(team: User) -> None:
    first, second, third = OrganisationFactory(key="erste"), OrganisationFactory(), OrganisationFactory(key="dritte")
    merge(first, second, team)
    merge(second, third, team)
    first.refresh_from_db()
    assert first.merged_into == third
    with pytest.raises(OrganisationError):
        organisation_actions.merge(third, team, into=second, on=DAY)
    with pytest.raises(OrganisationError):
        organisation_actions.merge(first, team, into=third, on=DAY)


def test_members_keep_the_higher_role_and_administrators_come_as_publishers(team: User) -> None:
    source, target = OrganisationFactory(), OrganisationFactory()
    there = MembershipFactory(organisation=target, role=Role.ADMINISTRATOR).user
    both, chief = UserFactory(), MembershipFactory(organisation=source, role=Role.ADMINISTRATOR).user
    MembershipFactory(organisation=source, user=both, role=Role.AUTHOR)
    MembershipFactory(organisation=target, user=both, role=Role.READER)
    merge(source, target, team)
    assert dict(target.memberships.values_list("user", "role")) == {
        there.pk: Role.ADMINISTRATOR,
        both.pk: Role.AUTHOR,
        chief.pk: Role.PUBLISHER,
    }
    assert not source.memberships.exists()


def test_an_administrator_stays_one_where_there_was_none(team: User) -> None:
    chief = MembershipFactory(role=Role.ADMINISTRATOR)
    target = OrganisationFactory()
    merge(chief.organisation, target, team)
    assert target.memberships.get().role == Role.ADMINISTRATOR


def test_two_that_took_over_the_same_go_on_with_one_adoption(team: User) -> None:
    source, target = OrganisationFactory(), OrganisationFactory()
    entry = EntryFactory(published=True)
    for organisation in (source, target):
        Adoption(source=entry, root=entry, organisation=organisation).save()
    merge(source, target, team)
    assert Adoption.objects.get(ended_on__isnull=True).organisation == target


# What becomes of each row that belongs to an organisation when it is merged.
MOVED = {
    "people.Membership.organisation",
    "people.Contact.organisation",
    "people.EmailDomain.organisation",
    "people.Registration.organisation",
    "people.Invitation.organisation",
    "people.Organisation.parent",
    "people.Organisation.merged_into",
    "catalogue.Entry.lead",
    "catalogue.Document.owner",
    "catalogue.Adoption.organisation",
    "exchange.Post.organisation",
    "exchange.SupportRequest.organisation",
    "exchange.Interest.from_organisation",
    "exchange.Interest.to_organisation",
    "catalogue.Proposal.organisation",
    "certificates.Check.organisation",
    "certificates.OfficeKey.organisation",
    "certificates.School.organisation",
    "certificates.Watch.organisation",
    "counselling.Office.owner",
    "counselling.Provider.owner",
    "events.Event.organiser",
}
STAYS = {"people.FormerName.organisation"}
# Whether the other one may check certificates is decided anew.
ENDS = {"certificates.CheckingOffice.organisation"}


def test_it_is_decided_for_every_row_of_an_organisation_what_a_merger_does_with_it() -> None:
    fields = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Organisation
    }
    assert fields - MOVED - STAYS - ENDS == set(), "Move it in a function marked @mergers.moves, and name it here."


def test_a_merger_leaves_nothing_that_lives_at_the_body_that_ended(team: User) -> None:
    source, target = OrganisationFactory(), OrganisationFactory()
    MembershipFactory(organisation=source)
    child = OrganisationFactory(parent=source)
    EntryFactory(lead=source)
    ContactFactory(organisation=source)
    SchoolFactory(organisation=source)
    OfficeFactory(owner=source)
    EventFactory(organiser=source)
    merge(source, target, team)
    child.refresh_from_db()
    assert child.parent == target
    for name in MOVED:
        label, field = name.rsplit(".", 1)
        assert not apps.get_model(label)._default_manager.filter(**{field: source}).exists(), name


# Pages


def test_the_directory_of_two_hundred_asks_as_often_as_that_of_two() -> None:
    client = signed_in(UserFactory())
    OrganisationFactory.create_batch(2)
    client.get("/netz/organisationen/")
    few = _queries(client)
    place, parent = PlaceFactory(), OrganisationFactory()
    for body in OrganisationFactory.create_batch(200, place=place, parent=parent):
        FormerName.objects.create(organisation=body, name=f"Früher {body.key}", used_until=DAY)
    assert _queries(client) == few


def _queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/netz/organisationen/").status_code == 200
    return len(asked)


def test_the_directory_finds_by_kind_and_by_the_district_around_a_place() -> None:
    district = PlaceFactory(ags="05998", name="Musterkreis")
    OrganisationFactory(name="Stadt im Kreis", place=PlaceFactory(ags="05998001"))
    OrganisationFactory(name="Ministerium weit weg", kind=Organisation.Kind.MINISTRY)
    client = signed_in(UserFactory())
    found = client.get(f"/netz/organisationen/?ort={district.ags}").content.decode()
    assert "Stadt im Kreis" in found
    assert "Ministerium" not in found.partition("result-count")[2]
    found = client.get("/netz/organisationen/?art=ministry").content.decode().partition("result-count")[2]
    assert "Ministerium weit weg" in found
    assert "Stadt im Kreis" not in found


@pytest.mark.parametrize("query", ["art=unbekannt", "ort=Nirgendwo", "seite=9999", "seite=x", "q=" + "x" * 500])
def test_nonsense_in_the_address_of_the_directory_is_answered(query: str) -> None:
    assert signed_in(UserFactory()).get(f"/netz/organisationen/?{query}").status_code == 200


def test_who_works_where_is_seen_by_those_who_work_there() -> None:
    member = MembershipFactory(user=UserFactory(name="Kollegin Beispiel"), role=Role.READER)
    address = f"/netz/organisationen/{member.organisation.key}/"
    assert "Kollegin Beispiel" in signed_in(member.user).get(address).content.decode()
    assert "Kollegin Beispiel" not in signed_in(MembershipFactory().user).get(address).content.decode()


def test_drafts_stand_on_the_page_for_members_only() -> None:
    member = MembershipFactory()
    EntryFactory(lead=member.organisation, title="Noch ein Entwurf")
    address = f"/netz/organisationen/{member.organisation.key}/"
    assert "Noch ein Entwurf" in signed_in(member.user).get(address).content.decode()
    assert "Noch ein Entwurf" not in signed_in(UserFactory()).get(address).content.decode()


def test_a_change_is_made_on_the_page_and_what_is_wrong_is_said(team: User) -> None:
    town, other = OrganisationFactory(name="Altstadt"), OrganisationFactory()
    client, address = signed_in(team), f"/netz/organisationen/{town.key}/aendern/"
    assert "name" in client.post(address, {"what": "name", "on": "2026-01-01"}).context["form"].errors
    assert "other" in client.post(address, {"what": "aufgehen", "on": "2026-01-01"}).context["form"].errors
    client.post(address, {"what": "ueber", "on": "2026-01-01", "other": other.pk})
    client.post(address, {"what": "name", "on": "2026-01-01", "name": "Neustadt"})
    town.refresh_from_db()
    assert (town.name, town.parent) == ("Neustadt", other)


def test_towns_like_ours_are_of_the_same_kind_and_size_the_own_district_first() -> None:
    def town(name: str, ags: str, population: int | None, **fields: Any) -> Organisation:
        place = PlaceFactory(ags=ags, name=f"Ort {name}", population=population)
        made: Organisation = OrganisationFactory(name=name, place=place, **fields)
        return made

    own = town("Eigene Stadt", "05998001", 20_000)
    town("Gleich groß, weit weg", "05999001", 21_000)
    town("Viel größer, weit weg", "05999002", 90_000)
    town("Viel größer, gleicher Kreis", "05998002", 90_000)
    town("Größe unbekannt", "05999003", None)
    town("Verband am Ort", "05999004", 20_000, kind=Organisation.Kind.ASSOCIATION)
    found = similar_to(own, Organisation.objects.select_related("place"))
    assert [one.organisation.name for one in found] == [
        "Viel größer, gleicher Kreis",
        "Gleich groß, weit weg",
        "Größe unbekannt",
    ]
    member = MembershipFactory(organisation=own).user
    assert "Gleich groß" in signed_in(member).get("/netz/aehnliche/").content.decode()
    assert "Gleich groß" not in signed_in(UserFactory()).get("/netz/aehnliche/").content.decode()


# One rule


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    roles=st.lists(st.sampled_from([None, *Role]), min_size=2, max_size=2),
    contacts=st.lists(
        st.tuples(
            st.integers(0, 1),
            st.sampled_from(["public", "signed-in", "organisation"]),
            st.sampled_from(["with", "without_consent", "office"]),
        ),
        max_size=5,
    ),
)
def test_list_page_card_and_entry_agree_for_everybody(
    roles: list[Role | None], contacts: list[tuple[int, str, str]]
) -> None:
    # How often one may ask for a card is counted there.
    caches["shared"].clear()
    with transaction.atomic():
        towns, user = [OrganisationFactory(), OrganisationFactory()], UserFactory()
        for town, role in zip(towns, roles, strict=True):
            if role:
                MembershipFactory(organisation=town, user=user, role=role)
        made = [
            ContactFactory(
                organisation=towns[where], visibility=circle, **({} if consent == "with" else {consent: True})
            )
            for where, circle, consent in contacts
        ]
        entry = EntryFactory(lead=towns[0], published=True)
        for contact in made:
            entry.contact_references.add(ContactReference(contact=contact))
        entry.save_revision().publish()
        client = signed_in(user)
        listed = client.get("/netz/kontakte/").content.decode()
        named = client.get(entry.get_absolute_url()).content.decode()
        for contact in made:
            may = policy.may(user, Action.VIEW, contact)
            assert (f'href="/netz/kontakte/{contact.pk}/"' in listed) is may
            assert (client.get(f"/netz/kontakte/{contact.pk}/").status_code == 200) is may
            assert (client.get(f"/kontakte/{contact.pk}.vcf").status_code == 200) is may
            # An office may stand in for somebody, so seeing it named is no more than being allowed to.
            assert may or contact.email not in named
            assert contact.email in named or not may
        transaction.set_rollback(True)
