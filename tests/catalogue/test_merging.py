"""Duplicates become one: chosen field by field, no address is lost, what hung on one hangs on the other; and back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.test import Client

from austausch.catalogue import actions as editing
from austausch.catalogue.adoption import actions as adopting
from austausch.catalogue.merging import actions
from austausch.catalogue.merging.actions import BOTH, MERGED, MergerError
from austausch.catalogue.merging.fields import EVERY
from austausch.catalogue.models import Adoption, Citation, ContactReference, Entry, EntryMerger
from austausch.core.policy import Action, policy
from austausch.exchange.models import Follow, Post
from austausch.people.models import Membership, Organisation, User
from austausch.search.asking import Query
from austausch.search.finding import find
from tests.factories import (
    ContactFactory,
    DocumentFactory,
    EntryFactory,
    InterestFactory,
    MembershipFactory,
    OrganisationFactory,
    PlaceFactory,
    PostFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def team() -> User:
    return UserFactory.create(portal_team=True)


@pytest.fixture
def kept() -> Entry:
    return EntryFactory.create(slug="bleibt", title="Lotsen", summary="Kurz.", goals=["Eins"], published=True)


@pytest.fixture
def merged() -> Entry:
    made = EntryFactory.create(slug="doppelt", title="Lotsinnen", summary="Länger.", goals=["Eins", "Zwei"])
    made.places.set([PlaceFactory(ags="05911001")])
    made.citations.add(Citation(document=DocumentFactory.create(slug="leitfaden")))
    made.contact_references.add(ContactReference(contact=ContactFactory.create(organisation=made.lead)))
    made.save()
    made.save_revision().publish()
    return Entry.objects.get(pk=made.pk)


def fresh(entry: Entry) -> Entry:
    return Entry.objects.get(pk=entry.pk)


def merge(merged: Entry, kept: Entry, user: User, **choices: str) -> EntryMerger:
    merged, kept = fresh(merged), fresh(kept)
    return actions.merge(merged, kept, user, choices=choices, seen=actions.digest(merged, kept))


def copied(source: Entry, user: User) -> Adoption:
    return adopting.adapt(source, user.memberships.get().organisation, user, ["goals"])


def member(organisation: Organisation | None = None, role: int = Role.PUBLISHER) -> User:
    return MembershipFactory.create(organisation=organisation or OrganisationFactory.create(), role=role).user


# --- bad input first --------------------------------------------------------------------------------------------------


def test_only_who_may_publish_both_merges_them(kept: Entry, merged: Entry) -> None:
    for user in (member(kept.lead), member(merged.lead), member(kept.lead, Role.AUTHOR), UserFactory.create()):
        with pytest.raises(PermissionDenied):
            merge(merged, kept, user)
        assert signed_in(user).get("/netz/zusammenfuehren/doppelt/?in=bleibt").status_code in {403, 404}
    both = member(kept.lead)
    MembershipFactory.create(user=both, organisation=merged.lead, role=Role.PUBLISHER)
    assert merge(merged, kept, User.objects.get(pk=both.pk)).kept == kept


def test_an_entry_is_not_merged_into_itself_nor_into_a_draft(kept: Entry, merged: Entry, team: User) -> None:
    with pytest.raises((MergerError, ValueError)):
        merge(kept, kept, team)
    draft = EntryFactory.create()
    with pytest.raises(MergerError):
        merge(merged, draft, team)
    assert fresh(merged).live


def test_a_source_is_not_merged_into_what_was_made_of_it(kept: Entry, team: User) -> None:
    author = member()
    adoption = copied(kept, author)
    assert adoption.copy is not None
    editing.publish(adoption.copy, author)
    with pytest.raises(MergerError):
        merge(kept, adoption.copy, team)
    assert fresh(kept).live


def test_what_somebody_is_working_on_is_not_merged(kept: Entry, merged: Entry, team: User) -> None:
    version = merged.get_latest_revision_as_object()
    version.summary = "In Arbeit."
    version.save_revision()
    with pytest.raises(MergerError):
        merge(merged, kept, team)
    editing.publish(merged, team)
    Entry.objects.filter(pk=kept.pk).update(locked=True, locked_by=UserFactory.create())
    with pytest.raises(MergerError):
        merge(merged, kept, team)


def test_what_has_changed_since_somebody_looked_is_not_merged(kept: Entry, merged: Entry, team: User) -> None:
    seen = actions.digest(merged, kept)
    version = kept.get_latest_revision_as_object()
    version.summary = "Anders."
    version.save_revision().publish()
    with pytest.raises(MergerError):
        actions.merge(merged, fresh(kept), team, choices={}, seen=seen)
    assert fresh(merged).live


def test_a_text_cannot_say_both(kept: Entry, merged: Entry, team: User) -> None:
    with pytest.raises(MergerError):
        merge(merged, kept, team, summary=BOTH)
    assert fresh(merged).live


# --- merging ----------------------------------------------------------------------------------------------------------


def test_each_field_says_what_was_chosen_and_documents_and_contacts_come_along(
    kept: Entry, merged: Entry, team: User
) -> None:
    merge(merged, kept, team, summary=MERGED, goals=BOTH, places=MERGED)
    one = fresh(kept)
    assert (one.title, one.summary, one.goals) == ("Lotsen", "Länger.", ["Eins", "Zwei"])
    assert [place.pk for place in one.places.all()] == ["05911001"]
    assert [citation.document.slug for citation in one.citations.all()] == ["leitfaden"]
    assert one.contact_references.count() == 1
    assert not one.has_unpublished_changes


def test_the_address_leads_on_for_everybody_and_in_every_form(kept: Entry, merged: Entry, team: User) -> None:
    merge(merged, kept, team)
    for client in (Client(), signed_in(team), signed_in(member(merged.lead))):
        response = client.get("/massnahmen/doppelt/")
        assert (response.status_code, response.headers["Location"]) == (301, "/massnahmen/bleibt/")
    response = Client().get("/massnahmen/doppelt.pdf")
    assert (response.status_code, response.headers["Location"]) == (301, "/massnahmen/bleibt.pdf")
    response = Client().get("/en/massnahmen/doppelt/")
    assert response.headers["Location"] == "/en/massnahmen/bleibt/"


def test_a_chain_of_mergers_leads_to_its_end(kept: Entry, merged: Entry, team: User) -> None:
    last = EntryFactory.create(slug="ende", published=True)
    first = merge(merged, kept, team)
    merge(kept, last, team)
    assert Client().get("/massnahmen/doppelt/").headers["Location"] == "/massnahmen/ende/"
    with pytest.raises(MergerError):
        actions.undo(first, team)


def test_search_and_feed_know_one_entry_and_find_it_by_what_came_along(
    kept: Entry, merged: Entry, team: User, client: Client
) -> None:
    merge(merged, kept, team, goals=BOTH)
    assert [entry.slug for entry in find(Query(), team).entries] == ["bleibt"]
    assert [entry.slug for entry in find(Query("Zwei"), team).entries] == ["bleibt"]
    feed = client.get("/massnahmen/liste.atom")
    text = (b"".join(feed.streaming_content) if feed.streaming else feed.content).decode()
    assert "/massnahmen/bleibt/" in text
    assert "doppelt" not in text


def test_adoptions_move_and_each_body_counts_once(kept: Entry, merged: Entry, team: User) -> None:
    both, one = member(), member()
    copied(kept, both)
    double, single = copied(merged, both), copied(merged, one)
    below = adopting.adapt(_published(single, one), OrganisationFactory.create(), team, ["goals"])
    merge(merged, kept, team)
    rows = {row.pk: row for row in Adoption.objects.all()}
    assert rows[double.pk].ended_on is not None
    assert (rows[single.pk].source, rows[single.pk].root, rows[single.pk].ended_on) == (kept, kept, None)
    # Copies of copies keep their source and know their new first one.
    assert (rows[below.pk].source_id, rows[below.pk].root) == (single.copy_id, kept)
    # Their owners are told, if it says something else.
    assert rows[single.pk].told < rows[single.pk].changes


def _published(adoption: Adoption, user: User) -> Entry:
    assert adoption.copy is not None
    editing.publish(adoption.copy, user)
    return Entry.objects.get(pk=adoption.copy.pk)


def test_a_copy_that_is_merged_into_its_source_stays_an_adoption(kept: Entry, team: User) -> None:
    author = member()
    adoption = copied(kept, author)
    copy = _published(adoption, author)
    adopting.confirm(adoption, author, results="Läuft.")
    merger = merge(copy, kept, team)
    adoption.refresh_from_db()
    assert (adoption.copy, adoption.source, adoption.ended_on) == (None, kept, None)
    actions.undo(merger, team)
    adoption.refresh_from_db()
    assert adoption.copy == copy


def test_posts_followers_and_interest_move(kept: Entry, merged: Entry, team: User) -> None:
    post, interest = PostFactory.create(entry=merged), InterestFactory.create(entry=merged)
    reader = member(role=Role.READER)
    Follow.objects.create(entry=merged, user=reader)
    Follow.objects.create(entry=kept, user=reader)
    merge(merged, kept, team)
    post.refresh_from_db()
    interest.refresh_from_db()
    assert (post.entry, interest.entry) == (kept, kept)
    assert Follow.objects.filter(entry=kept, user=reader).count() == 1


def test_what_was_merged_is_never_published_nor_edited_again(kept: Entry, merged: Entry, team: User) -> None:
    merge(merged, kept, team)
    for action in (Action.EDIT, Action.PUBLISH, Action.DELETE, Action.ARCHIVE):
        assert not policy.may(team, action, fresh(merged)), action
    with pytest.raises(ValidationError):
        fresh(merged).get_latest_revision().publish()
    assert not fresh(merged).live
    with pytest.raises(PermissionDenied):
        merge(merged, EntryFactory.create(published=True), team)


# --- and back ---------------------------------------------------------------------------------------------------------


def test_taking_it_back_restores_both_and_all_that_hung_on_them(kept: Entry, merged: Entry, team: User) -> None:
    before = {name: field.read(kept) for name, field in EVERY.items()}
    said = {name: field.read(merged) for name, field in EVERY.items()}
    both = member()
    copied(kept, both)
    double = copied(merged, both)
    post = PostFactory.create(entry=merged)
    merger = merge(merged, kept, team, summary=MERGED, goals=BOTH, places=MERGED)
    later = PostFactory.create(entry=kept)
    assert actions.undo(merger, team) == []
    assert {name: field.read(fresh(kept)) for name, field in EVERY.items()} == before
    assert {name: field.read(fresh(merged)) for name, field in EVERY.items()} == said
    assert fresh(merged).live
    assert Client().get("/massnahmen/doppelt/").status_code == 200
    double.refresh_from_db()
    assert (double.source, double.root, double.ended_on) == (merged, merged, None)
    assert (Post.objects.get(pk=post.pk).entry, Post.objects.get(pk=later.pk).entry) == (merged, kept)
    assert sorted(entry.slug for entry in find(Query(), team).entries) == ["bleibt", "doppelt"]
    with pytest.raises(MergerError):
        actions.undo(merger, team)


def test_what_was_edited_since_stays_and_is_named(kept: Entry, merged: Entry, team: User) -> None:
    merger = merge(merged, kept, team, summary=MERGED, goals=MERGED)
    version = fresh(kept).get_latest_revision_as_object()
    version.summary = "Seitdem neu."
    version.save_revision().publish()
    assert actions.undo(merger, team) == ["Kurzbeschreibung"]
    assert (fresh(kept).summary, fresh(kept).goals) == ("Seitdem neu.", ["Eins"])


def test_a_draft_duplicate_stays_a_draft_when_it_comes_back(kept: Entry, team: User) -> None:
    draft = EntryFactory.create(slug="entwurf")
    draft.save_revision()
    merger = merge(draft, kept, team)
    actions.undo(merger, team)
    assert not fresh(draft).live


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_pages_lead_from_the_entry_to_the_choice_and_back(kept: Entry, merged: Entry, team: User) -> None:
    client = signed_in(team)
    assert "/netz/zusammenfuehren/doppelt/" in client.get("/massnahmen/doppelt/").content.decode()
    assert "zusammenfuehren" not in Client().get("/massnahmen/doppelt/").content.decode()
    assert "?in=bleibt" in client.get("/netz/zusammenfuehren/doppelt/?q=Lotsen").content.decode()
    page = client.get("/netz/zusammenfuehren/doppelt/?in=bleibt")
    data = {"seen": page.context["seen"], "summary": "merged", "goals": "both"}
    response = client.post("/netz/zusammenfuehren/doppelt/?in=bleibt", data)
    assert response.headers["Location"] == "/massnahmen/bleibt/"
    assert fresh(kept).goals == ["Eins", "Zwei"]
    merger = EntryMerger.objects.get()
    assert "Lotsinnen" in client.get("/netz/zusammenfuehrungen/").content.decode()
    assert signed_in(member()).post(f"/netz/zusammenfuehrungen/{merger.pk}/zuruecknehmen/").status_code == 404
    client.post(f"/netz/zusammenfuehrungen/{merger.pk}/zuruecknehmen/")
    assert fresh(merged).live


def test_a_catalogue_file_does_not_bring_a_merged_entry_back(
    kept: Entry, merged: Entry, team: User, tmp_path: Any
) -> None:
    call_command("export_catalogue", tmp_path / "vorher.yaml", verbosity=0)
    merge(merged, kept, team)
    call_command("load_catalogue", tmp_path / "vorher.yaml", apply=True, verbosity=0)
    assert not fresh(merged).live
