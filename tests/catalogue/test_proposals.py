"""Proposals: anyone with a role proposes, the owner decides field by field, nothing is overwritten unseen."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from austausch.catalogue import actions as editing
from austausch.catalogue.adoption.changes import digest_of
from austausch.catalogue.models import Entry, Proposal, ProposedChange
from austausch.catalogue.proposals import actions
from austausch.catalogue.proposals.actions import ProposalError
from austausch.core import outbox
from austausch.core.models import Mail
from austausch.core.policy import Action, policy
from austausch.people.models import Membership, Organisation, User
from tests.factories import EntryFactory, MembershipFactory, OrganisationFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db
Role = Membership.Role


def member(organisation: Organisation, role: int = Role.READER) -> User:
    return MembershipFactory.create(organisation=organisation, role=role).user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def entry() -> Entry:
    made = EntryFactory.create(
        slug="lotsen", title="Lotsen", summary="Kurz.", goals=["Eins", "Zwei"], topics=[TopicFactory.create(key="haus")]
    )
    made.save_revision().publish()
    return Entry.objects.get(pk=made.pk)


@pytest.fixture
def town() -> Organisation:
    return OrganisationFactory.create(name="Musterstadt", key="musterstadt")


@pytest.fixture
def reader(town: Organisation) -> User:
    return member(town)


@pytest.fixture
def owner(entry: Entry) -> User:
    return member(entry.lead, Role.AUTHOR)


def proposed(entry: Entry, user: User, **wanted: Any) -> Proposal:
    organisation = user.memberships.get().organisation
    wanted = wanted or {"summary": "Besser.", "goals": ["Eins", "Drei"]}
    return actions.propose(entry, user, organisation=organisation, wanted=wanted, reason="Steht so im Erlass.")


def change(proposal: Proposal, field: str) -> ProposedChange:
    return proposal.changes.get(field=field)


def seen(one: ProposedChange) -> str:
    return digest_of(actions.present(ProposedChange.objects.select_related("proposal__entry").get(pk=one.pk)))


def version(entry: Entry) -> Entry:
    latest: Entry = Entry.objects.get(pk=entry.pk).get_latest_revision_as_object()
    return latest


def edit(entry: Entry, **values: Any) -> None:
    latest = version(entry)
    for name, value in values.items():
        setattr(latest, name, value)
    latest.save_revision()


# --- bad input first --------------------------------------------------------------------------------------------------


def test_what_differs_in_nothing_is_no_proposal(entry: Entry, reader: User) -> None:
    with pytest.raises(ProposalError):
        proposed(entry, reader, summary="Kurz.", goals=["Eins", "Zwei"])
    assert not Proposal.objects.exists()


def test_a_proposal_has_a_reason(entry: Entry, reader: User, town: Organisation) -> None:
    with pytest.raises(ProposalError):
        actions.propose(entry, reader, organisation=town, wanted={"summary": "Neu."}, reason="  ")


def test_who_has_no_role_proposes_nothing(entry: Entry, town: Organisation) -> None:
    stranger = UserFactory.create()
    with pytest.raises(PermissionDenied):
        actions.propose(entry, stranger, organisation=town, wanted={"summary": "Neu."}, reason="Weil.")
    assert signed_in(stranger).get("/netz/vorschlagen/lotsen/").status_code == 403


def test_nobody_proposes_in_the_name_of_an_organisation_without_a_role_in_it(entry: Entry, reader: User) -> None:
    with pytest.raises(PermissionDenied):
        actions.propose(
            entry, reader, organisation=OrganisationFactory.create(), wanted={"summary": "Neu."}, reason="Weil."
        )


def test_ones_own_entry_is_edited_not_proposed_about(entry: Entry, owner: User) -> None:
    with pytest.raises(ProposalError):
        proposed(entry, owner)


def test_a_draft_of_others_cannot_be_proposed_about(entry: Entry, reader: User, owner: User) -> None:
    editing.withdraw(entry, UserFactory.create(portal_team=True))
    with pytest.raises(Entry.DoesNotExist):
        proposed(entry, reader)
    assert signed_in(reader).get("/netz/vorschlagen/lotsen/").status_code == 404


def test_one_open_proposal_of_a_person_for_an_entry(entry: Entry, reader: User) -> None:
    first = proposed(entry, reader)
    with pytest.raises(ProposalError):
        proposed(entry, reader, summary="Noch anders.")
    actions.withdraw(first, reader)
    assert proposed(entry, reader, summary="Noch anders.").is_open


def test_nobody_floods_others_with_proposals(reader: User) -> None:
    for _ in range(actions.MOST_IN_AN_HOUR):
        proposed(EntryFactory.create(published=True), reader, summary="Anders.")
    with pytest.raises(ProposalError):
        proposed(EntryFactory.create(published=True), reader, summary="Anders.")


def test_too_long_or_empty_a_value_is_refused_in_the_form(entry: Entry, reader: User) -> None:
    page = signed_in(reader).post("/netz/vorschlagen/lotsen/", {"title": "", "summary": "x" * 601, "reason": "Weil."})
    assert page.status_code == 200
    assert not Proposal.objects.exists()
    assert {"title", "summary"} <= set(page.context["form"].errors)


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_what_is_accepted_stands_in_the_draft_and_not_yet_in_public(entry: Entry, reader: User, owner: User) -> None:
    proposal = proposed(entry, reader)
    actions.accept(change(proposal, "goals"), owner, seen=seen(change(proposal, "goals")))
    assert (version(entry).goals, version(entry).summary) == (["Eins", "Drei"], "Kurz.")
    assert Entry.objects.get(pk=entry.pk).goals == ["Eins", "Zwei"]
    proposal.refresh_from_db()
    assert proposal.is_open
    actions.decline(change(proposal, "summary"), owner, "Bleibt kurz.")
    proposal.refresh_from_db()
    assert not proposal.is_open
    assert change(proposal, "summary").reason == "Bleibt kurz."


def test_to_decline_needs_a_reason(entry: Entry, reader: User, owner: User) -> None:
    with pytest.raises(ProposalError):
        actions.decline(change(proposed(entry, reader), "goals"), owner, " ")


def test_what_the_entry_says_by_now_is_never_overwritten_unseen(entry: Entry, reader: User, owner: User) -> None:
    proposal = proposed(entry, reader)
    before = seen(change(proposal, "goals"))
    edit(entry, goals=["Ganz neu"])
    with pytest.raises(ProposalError):
        actions.accept(change(proposal, "goals"), owner, seen=before)
    assert version(entry).goals == ["Ganz neu"]
    page = signed_in(owner).get(f"/netz/aenderungsvorschlaege/{proposal.pk}/").content.decode()
    assert "der Eintrag hat sich seitdem geändert" in page
    assert "Ganz neu" in page
    # Whoever has seen it can still decide for it.
    actions.accept(change(proposal, "goals"), owner, seen=seen(change(proposal, "goals")))
    assert version(entry).goals == ["Eins", "Drei"]


def test_the_proposer_sees_no_draft_of_the_owner(entry: Entry, reader: User) -> None:
    proposal = proposed(entry, reader)
    edit(entry, goals=["Noch geheim"])
    page = signed_in(reader).get(f"/netz/aenderungsvorschlaege/{proposal.pk}/")
    assert page.status_code == 200
    assert "Noch geheim" not in page.content.decode()


def test_only_who_keeps_the_entry_decides(entry: Entry, reader: User, town: Organisation) -> None:
    proposal = proposed(entry, reader)
    for user in (reader, member(town, Role.ADMINISTRATOR), member(entry.lead, Role.READER)):
        with pytest.raises(PermissionDenied):
            actions.decline(change(proposal, "goals"), user, "Nein.")
    assert policy.may(UserFactory.create(portal_team=True), Action.EDIT, proposal)


def test_nobody_decides_about_a_proposal_of_their_own(entry: Entry, reader: User) -> None:
    proposal = proposed(entry, reader)
    MembershipFactory.create(user=reader, organisation=entry.lead, role=Role.PUBLISHER)
    with pytest.raises(PermissionDenied):
        actions.decline(change(proposal, "goals"), User.objects.get(pk=reader.pk), "Doch nicht.")


def test_others_learn_nothing_of_a_proposal(entry: Entry, reader: User, town: Organisation) -> None:
    proposal = proposed(entry, reader)
    for user in (member(town, Role.ADMINISTRATOR), member(entry.lead, Role.READER), UserFactory.create()):
        assert signed_in(user).get(f"/netz/aenderungsvorschlaege/{proposal.pk}/").status_code == 404
        assert not policy.which(user, Action.VIEW, Proposal.objects.all()).exists()


def test_a_decision_can_be_taken_back_unless_the_field_was_edited_since(
    entry: Entry, reader: User, owner: User
) -> None:
    proposal = proposed(entry, reader, goals=["Drei"])
    actions.accept(change(proposal, "goals"), owner, seen=seen(change(proposal, "goals")))
    actions.reopen(change(proposal, "goals"), owner)
    assert version(entry).goals == ["Eins", "Zwei"]
    proposal.refresh_from_db()
    assert proposal.is_open
    actions.accept(change(proposal, "goals"), owner, seen=seen(change(proposal, "goals")))
    edit(entry, goals=["Vier"])
    with pytest.raises(ProposalError):
        actions.reopen(change(proposal, "goals"), owner)
    assert version(entry).goals == ["Vier"]


def test_a_locked_entry_is_not_written_into(entry: Entry, reader: User, owner: User) -> None:
    proposal = proposed(entry, reader)
    Entry.objects.filter(pk=entry.pk).update(locked=True, locked_by=UserFactory.create())
    with pytest.raises(ProposalError):
        actions.accept(change(proposal, "goals"), owner, seen=seen(change(proposal, "goals")))
    assert change(proposal, "goals").state == ProposedChange.State.OPEN


def test_a_withdrawn_proposal_is_not_decided_and_a_settled_one_not_withdrawn(
    entry: Entry, reader: User, owner: User
) -> None:
    proposal = proposed(entry, reader, goals=["Drei"])
    actions.withdraw(proposal, reader)
    with pytest.raises(ProposalError):
        actions.decline(change(proposal, "goals"), owner, "Nein.")
    second = proposed(entry, reader, goals=["Vier"])
    actions.decline(change(second, "goals"), owner, "Nein.")
    with pytest.raises(PermissionDenied):
        actions.withdraw(second, reader)


# --- mails ------------------------------------------------------------------------------------------------------------


def test_the_owners_hear_of_it_once_and_the_proposer_of_the_decision(
    entry: Entry, reader: User, owner: User, mailoutbox: list[Any]
) -> None:
    member(entry.lead, Role.READER)
    proposal = proposed(entry, reader)
    outbox.deliver()
    assert [mail.to for mail in mailoutbox] == [[owner.email]]
    assert "Steht so im Erlass" not in mailoutbox[0].body
    actions.accept(change(proposal, "goals"), owner, seen=seen(change(proposal, "goals")))
    outbox.deliver()
    assert len(mailoutbox) == 1
    actions.decline(change(proposal, "summary"), owner, "Bleibt.")
    outbox.deliver()
    assert mailoutbox[1].to == [reader.email]
    assert "Ziele: angenommen" in mailoutbox[1].body
    assert Mail.objects.count() == 2


def test_without_an_owner_the_portal_team_hears_of_it(entry: Entry, reader: User, mailoutbox: list[Any]) -> None:
    team = UserFactory.create(portal_team=True)
    proposed(entry, reader)
    outbox.deliver()
    assert [mail.to for mail in mailoutbox] == [[team.email]]


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_form_begins_with_what_the_entry_says_and_proposes_what_was_changed(entry: Entry, reader: User) -> None:
    client = signed_in(reader)
    form = client.get("/netz/vorschlagen/lotsen/").context["form"]
    data = {
        "title": "Lotsen",
        "summary": "Kurz.",
        "goals": "Eins\r\nZwei\r\nDrei",
        "topics": [form.fields["topics"].queryset.get(key="haus").pk],
        "reason": "Weil.",
        "organisation": reader.memberships.get().organisation_id,
    }
    response = client.post("/netz/vorschlagen/lotsen/", data)
    proposal = Proposal.objects.get()
    assert response.headers["Location"] == f"/netz/aenderungsvorschlaege/{proposal.pk}/"
    assert [(one.field, one.value) for one in proposal.changes.all()] == [("goals", ["Eins", "Zwei", "Drei"])]


def test_the_owner_finds_it_on_the_networks_home_and_decides_on_its_page(
    entry: Entry, reader: User, owner: User
) -> None:
    proposal = proposed(entry, reader, goals=["<b>Drei</b>"])
    client = signed_in(owner)
    address = f"/netz/aenderungsvorschlaege/{proposal.pk}/"
    assert address in client.get("/netz/").content.decode()
    page = client.get(address).content.decode()
    assert "&lt;b&gt;Drei&lt;/b&gt;" in page
    one = change(proposal, "goals")
    client.post(f"{address}entscheiden/{one.pk}/", {"choice": "declined", "reason": ""})
    assert change(proposal, "goals").state == "open"
    client.post(f"{address}entscheiden/{one.pk}/", {"choice": "accepted", "seen": seen(one)})
    assert version(entry).goals == ["<b>Drei</b>"]
    client.post(f"{address}zuruecknehmen/{one.pk}/")
    assert version(entry).goals == ["Eins", "Zwei"]
    assert address not in signed_in(reader).get("/netz/").content.decode()


def test_what_was_proposed_moves_with_an_organisation_that_becomes_part_of_another(
    entry: Entry, reader: User, town: Organisation
) -> None:
    from austausch.people import organisation_actions

    proposal = proposed(entry, reader)
    target = OrganisationFactory.create()
    organisation_actions.merge(town, UserFactory.create(portal_team=True), into=target, on=timezone.localdate())
    proposal.refresh_from_db()
    assert proposal.organisation == target
