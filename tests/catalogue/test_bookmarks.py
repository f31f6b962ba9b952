"""Bookmarks: lists of one's own, private unless shared, with notes and an order, and honest about what is gone."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from austausch.catalogue import actions as editing
from austausch.catalogue.bookmarks import actions
from austausch.catalogue.bookmarks.actions import BookmarkError
from austausch.catalogue.merging import actions as merging
from austausch.catalogue.models import Bookmark, BookmarkList, Entry
from austausch.core.policy import Action, policy
from austausch.people.models import User
from tests.factories import EntryFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def person() -> User:
    return MembershipFactory.create().user


@pytest.fixture
def other() -> User:
    return MembershipFactory.create().user


@pytest.fixture
def kept(person: User) -> BookmarkList:
    return actions.make_list(person, "Wohnen")


@pytest.fixture
def entry() -> Entry:
    return EntryFactory.create(slug="lotsen", title="Lotsen", published=True)


def titles(kept: BookmarkList) -> list[str]:
    return [one.title for one in kept.bookmarks.all()]


def test_a_name_is_needed_once_and_of_bearable_length(person: User, kept: BookmarkList) -> None:
    for name in ("", "   ", "Wohnen", "x" * 101):
        with pytest.raises(ValidationError):
            actions.make_list(person, name)
    assert BookmarkList.objects.count() == 1


def test_lists_and_entries_have_a_limit(
    person: User, kept: BookmarkList, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_LISTS", 1)
    monkeypatch.setattr(actions, "MOST_ENTRIES", 1)
    with pytest.raises(BookmarkError):
        actions.make_list(person, "Noch eine")
    actions.add(kept, person, entry)
    with pytest.raises(BookmarkError):
        actions.add(kept, person, EntryFactory.create(published=True))


def test_what_one_may_not_see_cannot_be_bookmarked(person: User, kept: BookmarkList) -> None:
    with pytest.raises(PermissionDenied):
        actions.add(kept, person, EntryFactory.create())


def test_nobody_else_sees_or_changes_a_list_not_even_the_portal_team(
    kept: BookmarkList, entry: Entry, other: User
) -> None:
    for user in (other, UserFactory.create(portal_team=True)):
        assert not policy.may(user, Action.VIEW, kept)
        assert signed_in(user).get(f"/netz/merklisten/{kept.pk}/").status_code == 404
        with pytest.raises(PermissionDenied):
            actions.add(kept, user, entry)


def test_a_shared_list_is_read_with_its_link_by_the_network_only(
    kept: BookmarkList, person: User, entry: Entry, other: User
) -> None:
    actions.add(kept, person, entry, "Gut für <b>uns</b>")
    actions.share(kept, person)
    kept.refresh_from_db()
    address = f"/netz/merklisten/geteilt/{kept.share_key}/"
    page = signed_in(other).get(address).content.decode()
    assert "Lotsen" in page
    assert "Gut für &lt;b&gt;uns&lt;/b&gt;" in page
    assert 'name="what"' not in page
    assert signed_in(other).get(f"/netz/merklisten/{kept.pk}/").status_code == 404
    assert signed_in(UserFactory.create()).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    with pytest.raises(PermissionDenied):
        actions.rename(kept, other, "Meins")
    actions.unshare(kept, person)
    assert signed_in(other).get(address).status_code == 404
    actions.share(kept, person)
    assert signed_in(other).get(address).status_code == 404


def test_an_entry_stands_once_in_a_list_in_an_order_of_ones_own(kept: BookmarkList, person: User, entry: Entry) -> None:
    actions.add(kept, person, entry)
    second = actions.add(kept, person, EntryFactory.create(title="Zweite", published=True))
    actions.add(kept, person, entry, "Notiz")
    assert titles(kept) == ["Lotsen", "Zweite"]
    actions.move_up(second, person)
    assert titles(kept) == ["Zweite", "Lotsen"]
    actions.move_up(Bookmark.objects.get(pk=second.pk), person)
    assert titles(kept) == ["Zweite", "Lotsen"]
    assert kept.bookmarks.get(entry=entry).note == "Notiz"


def test_a_withdrawn_entry_stays_with_the_title_it_had_and_is_said_to_be_gone(
    kept: BookmarkList, person: User, entry: Entry
) -> None:
    actions.add(kept, person, entry)
    editing.withdraw(entry, UserFactory.create(portal_team=True))
    Entry.objects.filter(pk=entry.pk).update(title="Geheimer neuer Titel")
    page = signed_in(person).get(f"/netz/merklisten/{kept.pk}/").content.decode()
    assert "Lotsen" in page
    assert "Diese Maßnahme ist nicht mehr öffentlich." in page
    assert "Geheimer neuer Titel" not in page


def test_a_bookmark_of_a_merged_entry_leads_to_the_one_that_is_kept(
    kept: BookmarkList, person: User, entry: Entry
) -> None:
    target = EntryFactory.create(slug="bleibt", published=True)
    actions.add(kept, person, entry)
    merging.merge(entry, target, UserFactory.create(portal_team=True), choices={}, seen=merging.digest(entry, target))
    assert kept.bookmarks.get().entry == target


def test_from_the_entry_into_a_new_list_and_along_as_a_file(person: User, entry: Entry) -> None:
    client = signed_in(person)
    assert "/netz/merken/lotsen/" in client.get("/massnahmen/lotsen/").content.decode()
    client.post("/netz/merken/lotsen/", {"name": "Neu", "note": "Ansehen"})
    kept = BookmarkList.objects.get(owner=person)
    page = client.get(f"/netz/merklisten/{kept.pk}/").content.decode()
    assert "/massnahmen/liste.pdf?eintrag=lotsen" in page
    one = kept.bookmarks.get()
    client.post(f"/netz/merklisten/{kept.pk}/{one.pk}/", {"what": "note", "note": "Anders"})
    assert kept.bookmarks.get().note == "Anders"
    client.post(f"/netz/merklisten/{kept.pk}/{one.pk}/", {"what": "remove"})
    assert not kept.bookmarks.exists()
    client.post(f"/netz/merklisten/{kept.pk}/aendern/", {"what": "delete"})
    assert not BookmarkList.objects.exists()


def test_a_wrong_click_says_what_is_wrong(person: User, entry: Entry) -> None:
    page = signed_in(person).post("/netz/merken/lotsen/", {"name": " ", "list": "99999999999999999999"}, follow=True)
    assert page.status_code == 200
    assert not BookmarkList.objects.exists()


def test_nobody_reaches_into_a_list_of_others_by_number(
    kept: BookmarkList, person: User, other: User, entry: Entry
) -> None:
    one = actions.add(kept, person, entry)
    own = actions.make_list(other, "Meine")
    client = signed_in(other)
    assert client.post(f"/netz/merklisten/{own.pk}/{one.pk}/", {"what": "remove"}).status_code == 404
    client.post("/netz/merken/lotsen/", {"list": str(kept.pk), "name": "Meine andere"})
    assert kept.bookmarks.count() == 1
