"""Signing in: one door, no guessing, no hints."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

from austausch.core import outbox
from austausch.people.models import Membership, User
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "neun-gruene-eichen-41"


@pytest.fixture
def person() -> User:
    user: User = UserFactory(portal_team=True, email="erika@example.org")
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def sign_in(client: Client, email: str = "erika@example.org", password: str = PASSWORD) -> int:
    response = client.post(reverse("account_login"), {"login": email, "password": password})
    return int(response.status_code)


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("email", ["erika@example.org", "ERIKA@Example.ORG", "  erika@example.org "])
def test_with_address_and_password_one_is_signed_in(client: Client, person: User, email: str) -> None:
    response = client.post(reverse("account_login"), {"login": email, "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/netz/")
    assert signed_in(client)


def test_readers_arrive_on_a_page_and_not_in_a_circle(client: Client, person: User) -> None:
    person.is_superuser = False
    person.save()
    MembershipFactory(user=person, role=Membership.Role.READER)
    answer = client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert answer["Location"] == "/netz/"
    assert client.get("/verwaltung/").status_code == 403
    assert client.get(reverse("account_login"))["Location"] == "/netz/"


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(person: User) -> None:
    def answer(email: str, password: str) -> str:
        page = Client().post(reverse("account_login"), {"login": email, "password": password})
        assert page.status_code == 200
        return re.sub(r'(value|name="csrfmiddlewaretoken" value)="[^"]*"', "", page.content.decode())

    assert answer("erika@example.org", "falsch") == answer("niemand@example.org", "falsch")


def test_a_deactivated_person_is_not_signed_in(client: Client, person: User) -> None:
    person.is_active = False
    person.save()
    sign_in(client)
    assert not signed_in(client)


@pytest.mark.parametrize("login", ["", "\x00", "a" * 5000, "' OR 1=1 --", "erika@example.org\nBcc: x@example.org"])
def test_hostile_addresses_are_refused(client: Client, person: User, login: str) -> None:
    assert sign_in(client, email=login) == 200
    assert not signed_in(client)


def test_guessing_one_persons_password_is_stopped_even_for_the_right_one(client: Client, person: User) -> None:
    for number in range(5):
        sign_in(Client(REMOTE_ADDR=f"192.0.2.{number}"), password=f"falsch-{number}")
    late = Client(REMOTE_ADDR="192.0.2.99")
    sign_in(late)
    assert not signed_in(late)


def test_guessing_many_persons_from_one_place_is_stopped(person: User) -> None:
    attacker = Client(REMOTE_ADDR="192.0.2.1")
    for number in range(10):
        sign_in(attacker, email=f"person{number}@example.org", password="falsch")
    sign_in(attacker)
    assert not signed_in(attacker)
    elsewhere = Client(REMOTE_ADDR="192.0.2.2")
    sign_in(elsewhere)
    assert signed_in(elsewhere)


def test_a_forged_forwarding_header_does_not_help_a_guesser(person: User) -> None:
    for number in range(10):
        attacker = Client(REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": f"198.51.100.{number}"})
        sign_in(attacker, email=f"person{number}@example.org", password="falsch")
    attacker = Client(REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": "198.51.100.99"})
    sign_in(attacker)
    assert not signed_in(attacker)


def test_the_session_gets_a_new_key(client: Client, person: User) -> None:
    session = client.session
    session["before"] = "x"
    session.save()
    before = client.cookies["sessionid"].value
    sign_in(client)
    assert signed_in(client)
    assert client.cookies["sessionid"].value != before


def test_signing_in_leads_to_no_other_host(client: Client, person: User) -> None:
    data = {"login": person.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post(reverse("account_login"), data)["Location"] == "/netz/"


def test_signing_out_needs_a_button_and_ends_the_session(client: Client, person: User) -> None:
    sign_in(client)
    client.get(reverse("account_logout"))
    assert signed_in(client)
    client.post(reverse("account_logout"))
    assert not signed_in(client)


def test_nobody_signs_up(client: Client) -> None:
    address = reverse("account_signup")
    assert client.get(address)["Location"] == reverse("account_registration")
    client.post(address, {"email": "neu@example.org", "password1": PASSWORD})
    assert not User.objects.exists()


def test_a_forgotten_password_is_replaced_by_mail(client: Client, person: User) -> None:
    client.post(reverse("account_reset_password"), {"email": "erika@example.org"})
    outbox.deliver()
    (message,) = mail.outbox
    assert message.to == ["erika@example.org"]
    found = re.search(r"http://testserver(\S+)", str(message.body))
    assert found
    address = client.get(found[1])["Location"]
    client.post(address, {"password1": "ganz-neue-buchen-77", "password2": "ganz-neue-buchen-77"})
    person.refresh_from_db()
    assert person.check_password("ganz-neue-buchen-77")
    other = Client()
    other_page = other.get(found[1], follow=True)
    assert "password1" not in other_page.content.decode()


def test_asking_for_a_new_password_tells_nothing_and_mails_no_stranger(client: Client, person: User) -> None:
    known = client.post(reverse("account_reset_password"), {"email": "erika@example.org"})
    unknown = Client().post(reverse("account_reset_password"), {"email": "niemand@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    outbox.deliver()
    assert [message.to for message in mail.outbox] == [["erika@example.org"]]


def test_there_is_one_door_for_editors_too(client: Client) -> None:
    assert client.get("/verwaltung/")["Location"].startswith(reverse("account_login"))
    door = client.get("/verwaltung/login/?next=/verwaltung/pages/")
    assert (door.status_code, door["Location"]) == (302, reverse("account_login") + "?next=/verwaltung/pages/")
    assert client.post("/verwaltung/login/", {"username": "x", "password": "y"}).status_code == 302
    assert client.get("/verwaltung/password_reset/").status_code == 404


@pytest.mark.parametrize("address", ["/_util/login/", "/en/_util/login/"])
def test_wagtails_own_door_for_visitors_which_counts_no_guesses_is_closed(
    client: Client, person: User, address: str
) -> None:
    door = client.get(f"{address}?next=/intern/")
    assert door.status_code == 302
    assert door["Location"].endswith("/konto/login/?next=/intern/")
    client.post(address, {"username": "erika@example.org", "password": PASSWORD})
    assert not signed_in(client)


@pytest.mark.parametrize("name", ["account_signup_by_passkey", "account_confirm_login_code", "account_verify_phone"])
def test_addresses_without_a_purpose_do_not_exist(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("name", ["account_email", "account_change_password", "account_reauthenticate"])
def test_account_pages_are_for_the_signed_in(client: Client, name: str) -> None:
    assert client.get(reverse(name))["Location"].startswith(reverse("account_login"))


def test_the_sign_in_page_is_kept_by_nobody(client: Client) -> None:
    assert "no-store" in client.get(reverse("account_login"))["Cache-Control"]
