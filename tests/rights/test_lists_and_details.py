"""Whatever stands in a list opens, and what does not open stands in no list: for any rows, states and people."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from austausch.catalogue.models import Adoption, Document, Entry
from austausch.core import page_cache
from austausch.core.policy import Action, policy
from austausch.people.models import Contact, Membership, Organisation, User
from austausch.search import snapshot
from austausch.search.models import SavedSearch
from tests.factories import (
    ContactFactory,
    DocumentFactory,
    EntryFactory,
    MembershipFactory,
    OrganisationFactory,
    SavedSearchFactory,
    UserFactory,
)
from tests.killing import undone

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Role = Membership.Role
VISITOR = "visitor"
people = st.sampled_from([VISITOR, "nobody", "portal team", *(role.name for role in Role)])
states = st.lists(st.sampled_from(["draft", "live", "archived", "withdrawn"]), min_size=1, max_size=4)
contacts = st.lists(
    st.tuples(st.sampled_from(Contact.Visibility.values), st.sampled_from(["valid", "expired", "none", "office"])),
    min_size=1,
    max_size=4,
)
several = settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Reader:
    """Somebody with a role in one of two towns, or in none."""

    user: User | None
    town: Organisation
    other: Organisation

    @classmethod
    def of(cls, who: str) -> Reader:
        town, other = OrganisationFactory(), OrganisationFactory()
        if who == VISITOR:
            return cls(None, town, other)
        if who in Role.__members__:
            return cls(MembershipFactory(organisation=town, role=Role[who]).user, town, other)
        return cls(UserFactory(portal_team=who == "portal team"), town, other)

    def get(self, path: str) -> Any:
        # Each request as a process of its own would answer it.
        for cache in caches.all(initialized_only=True):
            cache.clear()
        page_cache.memory.clear()
        snapshot.forget()
        client = Client()
        if self.user is not None:
            client.force_login(User.objects.get(pk=self.user.pk), backend=BACKEND)
        return client.get(path)

    def says(self, path: str) -> str:
        response = self.get(path)
        assert response.status_code in {200, 302}, path
        return response.getvalue().decode() if response.status_code == 200 else ""

    def opens(self, path: str) -> bool:
        return bool(self.get(path).status_code == 200)


def made(lead: Organisation, state: str, number: int) -> Entry:
    title = f"Zitronenbaum{lead.pk}x{number}x"
    entry: Entry = EntryFactory(lead=lead, title=title, published=state != "draft")
    if state == "archived":
        Entry.objects.filter(pk=entry.pk).update(archived_on=timezone.localdate())
        entry.refresh_from_db()
        entry.save_revision().publish()
    if state == "withdrawn":
        entry.unpublish()
    entry.refresh_from_db()
    return entry


@several
@given(who=people, own=states, foreign=states)
def test_an_entry_in_a_list_opens_and_one_that_does_not_is_in_none(
    who: str, own: list[str], foreign: list[str]
) -> None:
    with undone():
        reader = Reader.of(who)
        entries = [made(reader.town, state, number) for number, state in enumerate(own)]
        entries += [made(reader.other, state, number) for number, state in enumerate(foreign)]
        lists = {
            path: reader.says(path)
            for path in (
                "/massnahmen/?sort=titel",
                f"/massnahmen/?traeger={reader.town.key}&traeger={reader.other.key}",
                "/massnahmen/liste.json",
                "/massnahmen/liste.atom",
                "/massnahmen/liste.csv",
                "/api/v1/measures?limit=100",
                "/massnahmen/vorschlaege/?q=Zitronenbaum",
            )
        }
        for entry in entries:
            opens = reader.opens(entry.get_absolute_url())
            # Whoever may see a draft reads it at its address, too; it stands in no list.
            assert opens == policy.may(_fresh(reader), Action.VIEW, entry)
            listed = entry.live and entry.archived_on is None
            for path, said in lists.items():
                if entry.title in said:
                    assert opens, f"{path} lists {entry.slug}, which does not open"
                    assert listed, f"{path} lists {entry.slug}, which is not listed"
                elif "vorschlaege" not in path:
                    assert not listed, f"{path} leaves {entry.slug} out"
            asked = json.loads(reader.says(f"/api/v1/measures?q={entry.title}"))
            found = {item["slug"] for item in asked["items"]}
            assert (entry.slug in found) == listed


@several
@given(who=people.filter(lambda who: who != VISITOR), own=contacts, foreign=contacts)
def test_a_contact_in_the_list_has_a_page_and_a_card_and_others_have_neither(
    who: str, own: list[tuple[str, str]], foreign: list[tuple[str, str]]
) -> None:
    with undone():
        reader = Reader.of(who)
        rows = [_contact(reader.town, *one) for one in own] + [_contact(reader.other, *one) for one in foreign]
        said = reader.says("/netz/kontakte/")
        for row in rows:
            listed = f"/netz/kontakte/{row.pk}/" in said
            assert listed == (row.name in said)
            assert listed == reader.opens(f"/netz/kontakte/{row.pk}/")
            assert listed == reader.opens(f"/kontakte/{row.pk}.vcf")
            assert listed == policy.may(_fresh(reader), Action.VIEW, row)


@several
@given(who=people.filter(lambda who: who != VISITOR), mine=st.integers(0, 3), others=st.integers(0, 3))
def test_what_is_taken_over_and_saved_opens_for_whom_it_is_listed_and_for_nobody_else(
    who: str, mine: int, others: int
) -> None:
    with undone():
        reader = Reader.of(who)
        source = EntryFactory(published=True)
        towns = [reader.town][: mine > 0] + [OrganisationFactory() for _ in range(others)]
        adoptions = [Adoption.objects.create(source=source, root=source, organisation=town) for town in towns]
        said = reader.says("/netz/uebernahmen/")
        for adoption in adoptions:
            path = f"/netz/uebernahmen/{adoption.pk}/"
            assert (path in said) == reader.opens(path)
        searches = [SavedSearchFactory(user=reader.user, params=f"q={number}") for number in range(mine)]
        searches += [SavedSearchFactory(params=f"q={number}") for number in range(others)]
        said = reader.says("/netz/suchen/")
        for search in searches:
            path = search.get_absolute_url()
            assert (f'"{path}"' in said) == reader.opens(path) == (search.user_id == reader.user.pk)  # type: ignore[union-attr]


@several
@given(who=people, own=states, foreign=states)
def test_which_rows_and_may_i_are_the_same_question_for_every_action(
    who: str, own: list[str], foreign: list[str]
) -> None:
    with undone():
        reader = Reader.of(who)
        for town, wanted in ((reader.town, own), (reader.other, foreign)):
            for number, state in enumerate(wanted):
                entry = made(town, state, number)
                DocumentFactory(owner=town)
                Adoption.objects.create(source=entry, root=entry, organisation=town)
        SavedSearchFactory()
        for model in (Entry, Document, Adoption, Organisation, Membership, User, SavedSearch):
            for action in Action:
                _agree(reader, action, model._default_manager.all())


def _agree(reader: Reader, action: Action, rows: Iterable[Model]) -> None:
    user = _fresh(reader)
    every: Any = rows
    assert {row.pk for row in policy.which(user, action, every)} == {
        row.pk for row in every if policy.may(user, action, row)
    }


def _fresh(reader: Reader) -> Any:
    return AnonymousUser() if reader.user is None else User.objects.get(pk=reader.user.pk)


def _contact(town: Organisation, visibility: str, consent: str) -> Contact:
    given: dict[str, Any] = {
        "valid": {},
        "expired": {"consent_given_on": timezone.localdate() - dt.timedelta(days=800)},
        "none": {"without_consent": True},
        "office": {"office": True},
    }[consent]
    contact: Contact = ContactFactory(organisation=town, visibility=visibility, **given)
    return contact
