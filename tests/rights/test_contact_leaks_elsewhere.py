"""What nobody may read of a contact is in no mail, saved search, feed, error page, log line or cache either."""

from __future__ import annotations

import datetime as dt
import json
import logging
import pickle
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from austausch.core import digest, outbox
from austausch.core.logs import JSONFormatter
from austausch.core.models import Mail, MailRhythm
from austausch.exchange import post_actions
from austausch.operation import work
from austausch.people import contact_views, vcard
from austausch.people.models import User
from austausch.search.models import Arrival
from austausch.search.saved.feed import address
from austausch.search.saved.matching import matching
from tests.factories import PostFactory, SavedSearchFactory
from tests.rights.test_contact_leaks import SECRETS, World, forget, marker, secrets_of, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def every_secret(world: World) -> list[str]:
    return [said for contact in world.contacts for said in (contact.name.split()[1], contact.phone, contact.email)]


def found_in(world: World, said: str) -> list[str]:
    return [secret for secret in every_secret(world) if secret.casefold() in said.casefold()]


@pytest.mark.parametrize("rhythm", ["", "daily"])
def test_no_mail_of_any_run_names_a_contact(world: World, rhythm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even to those who may see it: mails are forwarded."""
    people = list(User.objects.filter(is_active=True))
    for person in people:
        SavedSearchFactory(user=person, params="q=Sprechstunde")
        if rhythm:
            kinds = [kind for kind in outbox.categories() if kind.collectable and not kind.required]
            MailRhythm.objects.bulk_create(MailRhythm(user=person, category=kind.key, rhythm=rhythm) for kind in kinds)
    Arrival.objects.update(arrived_at=timezone.now() - dt.timedelta(minutes=30))
    author = world.own.memberships.get(role=2).user
    # The network has seen a post of theirs before, so this one is told at once.
    PostFactory(author=author, organisation=world.own)
    post_actions.ask(world.public, author, organisation=world.own, text="Frage")
    for job in work.jobs():
        job()
    tomorrow = timezone.now() + dt.timedelta(days=1)
    digest.collect(tomorrow)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    outbox.deliver()
    said = "\n".join(f"{message.subject} {message.body} {message.extra_headers}" for message in django_mail.outbox)
    assert world.public.title in said
    assert len(django_mail.outbox) > 3
    assert found_in(world, said) == []
    assert found_in(world, str(list(Mail.objects.values()))) == []


def test_a_saved_search_for_a_name_or_number_finds_nothing_to_tell(world: World) -> None:
    every = list(Arrival.objects.values_list("pk", flat=True))
    assert world.public.pk in every
    words = [f"q={secret}" for secret in every_secret(world)]
    found = matching([*words, "q=Sprechstunde"], every)
    assert world.public.pk in found.pop("q=Sprechstunde")
    named = {contact.name.split()[1] for contact in world.contacts}
    assert {params: keys for params, keys in found.items() if params.removeprefix("q=") in named and keys} == {}


def test_the_feed_of_a_keeper_shows_nobody_a_contact(world: World) -> None:
    search = SavedSearchFactory(user=world.own.memberships.get(role=2).user, params="q=Sprechstunde", feed_on=True)
    for client in (Client(), world.clients["own author"]):
        said = text(client.get(address(search)))
        assert world.public.title in said
        assert found_in(world, said) == []


class BrokenError(Exception):
    """Something that quotes what it was working on, as libraries do."""


def test_a_failure_while_a_contact_is_at_hand_tells_neither_page_nor_log(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(contact: Any, *args: Any, **kwargs: Any) -> Any:
        raise BrokenError(f"{contact.name} {contact.phone} {contact.email}")

    monkeypatch.setattr(vcard, "written", fails)
    monkeypatch.setattr(contact_views, "circle", fails)
    secret = world.contacts[SECRETS.index(("organisation", "valid"))]
    with caplog.at_level(logging.DEBUG):
        for path in (f"/kontakte/{secret.pk}.vcf", f"/netz/kontakte/{secret.pk}/"):
            client = world.clients["own author"]
            client.raise_request_exception = False
            response = client.get(path)
            assert response.status_code == 500, path
            assert found_in(world, text(response)) == []
    lines = [JSONFormatter().format(record) for record in caplog.records]
    assert any(json.loads(line).get("exception") == "BrokenError" for line in lines)
    assert found_in(world, "\n".join(lines)) == []


@pytest.mark.parametrize("column", ["visitor", "foreign administrator", "own reader"])
def test_no_error_page_tells_what_the_reader_may_not_know(world: World, column: str) -> None:
    hidden, client = secrets_of(world, column), world.clients[column]
    told = []
    for contact in world.contacts:
        for path in (f"/netz/kontakte/{contact.pk}/bearbeiten/", f"/netz/kontakte/{contact.pk}/loeschen/",
                     f"/netz/kontakte/{contact.pk}/", f"/kontakte/{contact.pk}.vcf"):  # fmt: skip
            for send in (client.post, client.put, client.delete):
                said = text(send(path, {"name": ["x"], "organisation": "y"})).casefold()
                told += [(path, secret) for secret in hidden if secret.casefold() in said]
    assert told == []


def test_what_signed_in_people_are_shown_is_in_no_cache(world: World) -> None:
    forget()
    for column in ("own author", "portal team", "own reader"):
        for contact in world.contacts:
            world.clients[column].get(f"/netz/kontakte/{contact.pk}/")
        world.clients[column].get(world.public.get_absolute_url())
        world.clients[column].get(f"/netz/organisationen/{world.own.key}/")
    kept = [pickle.loads(value) for cache in caches.all() for value in cache._cache.values()]  # noqa: S301
    said = str(kept)
    assert [word for word in (marker(*secret) for secret in SECRETS) if word in said] == []
