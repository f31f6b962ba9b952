"""No address shows a contact's name, number or mail to somebody without the right to it.

Who may see what is written down here once more, by hand, so that a mistake in the policy is no excuse.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry, Revision

from austausch.catalogue.models import Adoption, ContactReference
from austausch.core import outbox, page_cache
from austausch.core.models import Mail
from austausch.core.page_memory import Page
from austausch.people import consent_reminders, contact_actions
from austausch.people.models import Contact
from tests.catalogue.pdf_text import text_of
from tests.factories import ContactFactory, EntryFactory
from tests.rights.table import COLUMNS, Table

pytestmark = pytest.mark.django_db

Visibility = Contact.Visibility
CONSENTS = ("valid", "expired", "none")
KEEPERS = {"own author", "own publisher", "own administrator", "portal team"}
MEMBERS = KEEPERS | {"own reader"}


def marker(visibility: str, consent: str) -> str:
    """A word that stands nowhere else and is one word for every search."""
    return f"Geheimwort{visibility.replace('-', '')}{consent}"


def may_see(column: str, visibility: str, consent: str) -> bool:
    if column in KEEPERS:
        return True
    if consent != "valid":
        return False
    if visibility == Visibility.PUBLIC:
        return True
    return column in MEMBERS if visibility == Visibility.ORGANISATION else column != "visitor"


SECRETS = [(visibility, consent) for visibility in Visibility.values for consent in CONSENTS]


class World(Table):
    """A contact for each circle and consent, all named by a published entry, by a draft and by an adoption."""

    def __init__(self) -> None:
        super().__init__()
        self.contacts = [self._contact(*secret) for secret in SECRETS]
        self.public = EntryFactory(lead=self.own, slug="oeffentlich", title="Offene Sprechstunde", published=True)
        for entry in (self.public, self.entry):
            for contact in self.contacts:
                entry.contact_references.add(ContactReference(contact=contact, task="Fragen"))
        self.public.save_revision().publish()
        self.entry.save()
        self.entry.save_revision()
        self.adoptions = [
            Adoption.objects.create(
                source=EntryFactory(slug=f"quelle-{number}", published=True),
                root=self.public,
                organisation=self.own,
                confirmed_on=timezone.localdate(),
                contact=contact,
            )
            for number, contact in enumerate(self.contacts)
        ]

    def _contact(self, visibility: str, consent: str) -> Contact:
        word, today = marker(visibility, consent), timezone.localdate()
        given: dict[str, Any] = {
            "valid": {"consent_given_on": today},
            "expired": {"consent_given_on": today - dt.timedelta(days=800)},
            "none": {"without_consent": True},
        }[consent]
        number = f"0211 {7000 + len(word) * 100 + SECRETS.index((visibility, consent))}"
        contact: Contact = ContactFactory(
            organisation=self.own,
            visibility=visibility,
            name=f"Erika {word}",
            email=f"{word.lower()}@example.org",
            phone=number,
            **given,
        )
        return contact

    def asked(self) -> Iterator[str]:
        """All addresses outside the editors' side, and those that take words, asked for each secret."""
        yield from sorted({one.path for one in self.addresses() if not one.pattern.startswith("verwaltung/")})
        entries = [self.public, self.entry, *(adoption.source for adoption in self.adoptions)]
        for entry in entries:
            yield entry.get_absolute_url()
            yield f"/en{entry.get_absolute_url()}"
            yield f"{entry.get_absolute_url()}weitergabe/"
            yield f"/api/v1/measures/{entry.slug}"
            yield f"/massnahmen/{entry.slug}.json"
        yield from (f"/massnahmen/oeffentlich.{kind}" for kind in ("pdf", "ics"))
        yield from (f"/massnahmen/liste.{kind}" for kind in ("json", "csv", "xlsx", "ics", "atom", "pdf"))
        yield f"/netz/organisationen/{self.own.key}/"
        yield from (f"/netz/uebernahmen/{adoption.pk}/" for adoption in self.adoptions)
        for contact in self.contacts:
            for part in ("", "bearbeiten/", "einwilligung/", "loeschen/"):
                yield f"/netz/kontakte/{contact.pk}/{part}"
            yield f"/kontakte/{contact.pk}.vcf"

    def searched(self) -> Iterator[tuple[str, str]]:
        """Addresses that take words: each secret is put in, and found again only where it was typed."""
        for secret in SECRETS:
            word = marker(*secret)
            for address in ("/massnahmen/?q=", "/massnahmen/vorschlaege/?q=", "/api/v1/measures?q="):
                yield word, address + word
            yield word, f"/netz/kontakte/?q={word}"
            yield word, f"/netz/organisationen/?q={word}"


@pytest.fixture
def world() -> World:
    return World()


def text(response: Any) -> str:
    """Everything an answer says, headers included."""
    content = response.getvalue()
    kind = response.headers.get("Content-Type", "")
    if "pdf" in kind and b"%%EOF" in content:
        said = text_of(content)
    elif content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            said = " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    else:
        said = content.decode("utf-8", "replace")
    return f"{said} {response.headers}"


def forget() -> None:
    for cache in caches.all(initialized_only=True):
        cache.clear()


def secrets_of(world: World, column: str) -> dict[str, str]:
    """What this role must not read → whose it is."""
    return {
        said: marker(*secret)
        for secret, contact in zip(SECRETS, world.contacts, strict=True)
        if not may_see(column, *secret)
        for said in (marker(*secret), contact.phone, contact.email)
    }


@pytest.mark.parametrize("column", ["visitor", "own reader", "foreign administrator"])
def test_no_page_export_or_card_tells_what_the_reader_may_not_know(world: World, column: str) -> None:
    hidden, client = secrets_of(world, column), world.clients[column]
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    told = []
    for address in world.asked():
        forget()
        with transaction.atomic():
            response = client.get(address)
            transaction.set_rollback(True)
        client.cookies.clear()
        client.cookies.load(cookies)
        said = text(response).casefold()
        told += [(address, secret) for secret in hidden if secret.casefold() in said]
    assert told == []


def test_whoever_may_see_a_contact_does_so_that_the_test_above_can_fail(world: World) -> None:
    said = text(world.clients["own author"].get(world.public.get_absolute_url()))
    assert all(marker(*secret) in said for secret in SECRETS)
    assert marker("public", "valid") in text(Client().get(world.public.get_absolute_url()))


@pytest.mark.parametrize("column", ["visitor", "foreign administrator"])
def test_searching_for_a_name_or_number_finds_no_more_than_searching_for_nonsense(world: World, column: str) -> None:
    hidden, client = secrets_of(world, column), world.clients[column]
    for word, address in world.searched():
        if word not in hidden:
            continue
        forget()
        nonsense = f"X{word[:0:-1]}"
        found = client.get(address).getvalue().decode()
        nothing = client.get(address.replace(word, nonsense)).getvalue().decode()
        assert _without(found, word) == _without(nothing, nonsense), address


def test_the_page_cache_holds_what_visitors_may_see_whoever_came_first(world: World) -> None:
    address, hidden = world.public.get_absolute_url(), secrets_of(world, "visitor")
    for column in reversed(COLUMNS):
        world.clients[column].get(address)
    said = text(Client().get(address))
    assert [secret for secret in hidden if secret in said] == []
    assert marker("public", "valid") in said
    contact_actions.withdraw_consent(_public(world), _author(world))
    assert marker("public", "valid") not in text(Client().get(address))
    kept = b" ".join(body for page in _kept() for body in page.bodies.values())
    assert not any(secret.encode() in kept for secret in hidden)


def test_mail_log_versions_and_trail_name_nobody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        consent_reminders.remind(timezone.localdate() + dt.timedelta(days=2000))
        outbox.deliver()
        Client(raise_request_exception=False).get("/massnahmen/oeffentlich/?q=\x00")
        world.clients["foreign author"].post(f"/netz/kontakte/{world.contacts[0].pk}/bearbeiten/", {"name": "x"})
    assert mail.outbox
    said = [one.subject + one.body for one in mail.outbox]
    said += [str(list(model._default_manager.values())) for model in (Mail, ModelLogEntry, Revision)]
    said.append(caplog.text)
    words = [marker(*secret) for secret in SECRETS] + [contact.phone for contact in world.contacts]
    assert [word for word in words for one in said if word in one] == []


def test_nothing_of_a_contact_is_in_the_search_index(world: World) -> None:
    for model in apps.get_app_config("search").get_models():
        said = str(list(model._default_manager.values())).casefold()
        assert not any(marker(*secret).casefold() in said for secret in SECRETS), model


def _without(said: str, word: str) -> str:
    return said.casefold().replace(word.casefold(), "…")


def _public(world: World) -> Contact:
    return world.contacts[SECRETS.index(("public", "valid"))]


def _author(world: World) -> Any:
    return world.own.memberships.get(role=2).user


def _kept() -> list[Page]:
    memory = page_cache.memory
    return [*memory._plain.pages.values(), *memory._queried.pages.values()]
