"""Registration: an official address, confirmed first; somebody's yes; and no word about who has an account."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from austausch.people import registration as registering
from austausch.people.mail_domains import PUBLIC_PROVIDERS, clean_domain, domain_of
from austausch.people.models import EmailDomain, Membership, Organisation, Registration, User
from tests.factories import EmailDomainFactory, MembershipFactory, OrganisationFactory, RegistrationFactory
from tests.people.signing_in import PASSWORD, link_in, mails, person, sign_in, signed_in

pytestmark = pytest.mark.django_db
Role = Membership.Role
NEW = {"name": "Neue Person", "password": PASSWORD, "repeated": PASSWORD}


@pytest.fixture
def town() -> Organisation:
    return EmailDomainFactory(domain="stadt.example.org").organisation


@pytest.fixture
def administrator(town: Organisation) -> User:
    return MembershipFactory(user=person(), organisation=town, role=Role.ADMINISTRATOR).user


def ask(email: str = "neu@stadt.example.org", client: Client | None = None) -> Any:
    return (client or Client()).post(reverse("account_registration"), {"email": email})


def asked(email: str = "neu@stadt.example.org") -> Registration:
    """Goes all the way to the waiting request."""
    ask(email)
    Client().post(link_in(mails()[-1]), NEW)
    return Registration.objects.get(email=email)


def test_from_the_address_to_the_first_sign_in(client: Client, town: Organisation, administrator: User) -> None:
    assert ask("Neu@Stadt.Example.org", client)["Location"] == reverse("account_registration_mail_sent")
    address = link_in(mails()[-1])
    assert mails()[-1].to == ["neu@stadt.example.org"]
    assert town.name in client.get(address).content.decode()
    assert client.post(address, NEW)["Location"] == reverse("account_registration_waits")
    assert not User.objects.filter(email="neu@stadt.example.org").exists()
    told = mails()[-1]
    assert told.to == [administrator.email]

    decider = Client()
    sign_in(decider, administrator)
    page = link_in(told)
    assert "Neue Person" in decider.get(page).content.decode()
    assert "Neue Person" in decider.get("/netz/").content.decode()
    decider.post(page, {"role": Role.AUTHOR, "approve": "1"})
    user = User.objects.get(email="neu@stadt.example.org")
    assert user.memberships.get().role == Role.AUTHOR
    assert mails()[-1].to == [user.email]
    assert Registration.objects.get().password == ""
    sign_in(client, user)
    assert signed_in(client)


def test_a_refusal_names_its_reason_and_leaves_no_account(administrator: User) -> None:
    registration = asked()
    client = Client()
    sign_in(client, administrator)
    address = reverse("people:registration", args=[registration.organisation.key, registration.pk])
    assert client.post(address, {"reason": "", "refuse": "1"}).status_code == 200
    client.post(address, {"reason": "Wir kennen Sie nicht.", "refuse": "1"})
    assert "Wir kennen Sie nicht." in mails()[-1].body
    assert not User.objects.filter(email=registration.email).exists()
    registration.refresh_from_db()
    assert (registration.state, registration.password) == ("refused", "")


def test_without_an_administrator_the_portal_team_decides(town: Organisation) -> None:
    team = person(portal_team=True)
    registration = asked()
    assert mails()[-1].to == [team.email]
    registering.approve(registration, role=Role.READER, by=team)
    assert User.objects.get(email=registration.email).memberships.get().organisation == town


def test_an_unknown_domain_is_answered_with_what_to_do_and_no_mail(client: Client, town: Organisation) -> None:
    page = ask("neu@anderswo.example.org", client).content.decode()
    assert "anderswo.example.org" in page
    assert reverse("core:report") in page
    assert mails() == []


@pytest.mark.parametrize(
    "address",
    [
        "neu@böse.stadt.example.org",
        "neu@stadt.example.org.evil.example",
        "neu@unter.stadt.example.org",
        "neu@stadt.example.org@evil.example",
        '"neu@stadt.example.org"@evil.example',
        "neu@stadt.example.org\nBcc: x@evil.example",
        "neu@stadt.example.org,x@evil.example",
        "",
        "@stadt.example.org",
    ],
)
def test_only_the_domain_itself_counts(town: Organisation, address: str) -> None:
    ask(address)
    assert mails() == []


def test_the_answer_does_not_tell_whether_there_is_an_account(town: Organisation) -> None:
    person(email="da@stadt.example.org")
    known, unknown = ask("da@stadt.example.org"), ask("neu@stadt.example.org")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    first, second = mails()
    assert reverse("account_login") in first.body
    assert reverse("account_registration") not in first.body
    assert reverse("account_registration") in second.body


def test_known_and_unknown_addresses_cost_the_same_work(town: Organisation) -> None:
    person(email="da@stadt.example.org")
    costs = []
    for address in ("da@stadt.example.org", "neu@stadt.example.org"):
        with CaptureQueriesContext(connection) as queries:
            ask(address)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_typing_somebodys_address_often_sends_one_mail(town: Organisation) -> None:
    with time_machine.travel("2026-01-05T10:00:10Z", tick=False):
        for number in range(5):
            ask(client=Client(REMOTE_ADDR=f"192.0.2.{number}"))
    assert len(mails()) == 1


def test_typing_many_addresses_is_stopped(town: Organisation) -> None:
    with time_machine.travel("2026-01-05T10:00:10Z", tick=False):
        answers = [ask(f"neu{number}@stadt.example.org").status_code for number in range(11)]
    assert answers[-1] == 429


def test_the_link_works_for_a_day_and_for_one_request(town: Organisation, administrator: User) -> None:
    ask()
    address = link_in(mails()[-1])
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        assert Client().get(address).status_code == 404
    Client().post(address, NEW)
    assert Client().post(address, NEW).status_code == 404
    registering.refuse(Registration.objects.get(), reason="Nein", by=administrator)
    assert Client().post(address, NEW).status_code == 404
    assert Registration.objects.count() == 1


def test_a_second_mails_link_makes_no_second_request(town: Organisation) -> None:
    addresses = []
    for minute in (0, 6):
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=minute)):
            ask()
            addresses.append(link_in(mails()[-1]))
    assert len(set(addresses)) == 2
    for address in reversed(addresses):
        Client().post(address, NEW)
    assert Registration.objects.count() == 1


@pytest.mark.parametrize("token", ["x", "eyJhIjoxfQ:1x:y", "..%2F", "%00"])
def test_a_made_up_link_leads_nowhere(town: Organisation, token: str) -> None:
    assert Client().get(f"/konto/registrieren/{token}/").status_code in {400, 404}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "Gewonnen! https://x.example/"},
        {"password": "kurz", "repeated": "kurz"},
        {"repeated": "anders"},
    ],
)
def test_what_is_wrong_is_said_and_the_link_still_works(town: Organisation, wrong: dict[str, str]) -> None:
    ask()
    address = link_in(mails()[-1])
    page = Client().post(address, {**NEW, **wrong})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert PASSWORD not in page.content.decode()
    assert Client().post(address, NEW).status_code == 302


def test_nobody_else_decides(administrator: User) -> None:
    registration = asked()
    other = MembershipFactory(user=person(), role=Role.ADMINISTRATOR).user
    publisher = MembershipFactory(user=person(), organisation=registration.organisation, role=Role.PUBLISHER).user
    for user in (other, publisher, person()):
        client = Client()
        sign_in(client, user)
        key = registration.organisation.key
        address = reverse("people:registration", args=[key, registration.pk])
        assert client.get(address).status_code == 404
        assert client.post(address, {"role": Role.READER}).status_code == 404
        assert client.get(reverse("people:people", args=[key])).status_code == 404
        with pytest.raises(PermissionDenied):
            registering.approve(registration, role=Role.READER, by=user)
        with pytest.raises(PermissionDenied):
            registering.refuse(registration, reason="Nein", by=user)
    # Nor by the way of one's own organisation.
    client = Client()
    sign_in(client, other)
    address = reverse("people:registration", args=[other.memberships.get().organisation.key, registration.pk])
    assert client.post(address, {"role": Role.READER}).status_code == 404
    assert Registration.objects.get().state == "waiting"


def test_a_request_is_decided_once(administrator: User) -> None:
    registration = asked()
    registering.approve(registration, role=Role.READER, by=administrator)
    with pytest.raises(registering.RegistrationError):
        registering.refuse(registration, reason="Doch nicht", by=administrator)
    with pytest.raises(registering.RegistrationError):
        registering.approve(registration, role=Role.ADMINISTRATOR, by=administrator)
    assert User.objects.get(email=registration.email).memberships.get().role == Role.READER


def test_an_account_that_came_in_otherwise_meanwhile_keeps_its_password(administrator: User) -> None:
    registration = asked()
    user = person(email=registration.email)
    before = user.password
    registering.approve(registration, role=Role.READER, by=administrator)
    user.refresh_from_db()
    assert user.password == before
    assert user.memberships.get().role == Role.READER


def test_the_password_lies_hashed_and_is_gone_with_the_decision(administrator: User) -> None:
    registration = asked()
    assert PASSWORD not in registration.password
    assert registration.password.startswith("md5$")


def test_old_requests_are_forgotten(town: Organisation) -> None:
    RegistrationFactory(organisation=town)
    RegistrationFactory(organisation=town, state="refused", password="", decided_at=timezone.now())
    with time_machine.travel(timezone.now() + dt.timedelta(days=31)):
        assert registering.forget_old() == 1
    with time_machine.travel(timezone.now() + dt.timedelta(days=91)):
        assert registering.forget_old() == 1


@pytest.mark.parametrize(
    "domain", ["gmail.com", "GMX.de", "x.web.de", "t-online.de", "", "de", "stadt", "-.de", "a b.de", "x@", "1.2..3"]
)
def test_no_organisation_has_a_domain_where_anybody_gets_an_address(domain: str) -> None:
    with pytest.raises(ValidationError):
        clean_domain(domain)


@given(st.sampled_from(sorted(PUBLIC_PROVIDERS)), st.booleans())
def test_no_way_of_writing_a_public_provider_passes(provider: str, upper: bool) -> None:
    written = provider.upper() if upper else f" {provider}. "
    with pytest.raises(ValidationError):
        clean_domain(written)


@given(st.text(max_size=60))
def test_whatever_is_typed_gives_a_domain_of_plain_letters_or_none(text: str) -> None:
    assert re.fullmatch(r"[\x00-\x7f]*", domain_of(f"x@{text}"))


def test_domains_with_umlauts_are_one_however_they_are_written() -> None:
    assert (
        clean_domain("Stadt-Köln.example") == clean_domain("xn--stadt-kln-67a.example") == "xn--stadt-kln-67a.example"
    )


def test_only_the_portal_team_enters_domains(client: Client, town: Organisation, administrator: User) -> None:
    address = reverse("people:add_domain", args=[town.key])
    sign_in(client, administrator)
    assert client.post(address, {"domain": "neu.example.org"}).status_code == 403
    assert not EmailDomain.objects.filter(domain="neu.example.org").exists()
    with pytest.raises(PermissionDenied):
        registering.add_domain(town, "neu.example.org", by=administrator)
    team = Client()
    sign_in(team, person(portal_team=True))
    team.post(address, {"domain": "@Neu.example.org"})
    added = EmailDomain.objects.get(domain="neu.example.org")
    again = team.post(reverse("people:add_domain", args=[OrganisationFactory().key]), {"domain": "neu.example.org"})
    assert again.context["form"].errors["domain"]
    assert client.post(reverse("people:domain", args=[town.key, added.pk])).status_code == 403
    team.post(reverse("people:domain", args=[town.key, added.pk]))
    assert not EmailDomain.objects.filter(pk=added.pk).exists()
