"""The first administrator: one address, once, and nobody else."""

from __future__ import annotations

import datetime as dt
import re
from io import StringIO

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from austausch.people.models import SetupAddress, User
from austausch.people.setup import SetupClosedError, forget_old_addresses, make_first_administrator, new_address
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
GOOD = {
    "name": "Erika Beispiel",
    "email": "Erika@Example.org",
    "password": "neun-gruene-eichen-41",
    "repeated": "neun-gruene-eichen-41",
}


def fresh_address() -> str:
    path = new_address()
    assert path is not None
    return path


def test_the_first_administrator_is_made_signed_in_and_sent_to_the_editors_side(client: Client) -> None:
    address = fresh_address()
    page = client.get(address)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    response = client.post(address, GOOD)
    assert (response.status_code, response["Location"]) == (302, "/verwaltung/")
    person = User.objects.get()
    assert (person.email, person.name, person.is_superuser) == ("erika@example.org", "Erika Beispiel", True)
    assert person.check_password(GOOD["password"])
    assert client.session["_auth_user_id"] == str(person.pk)
    assert EmailAddress.objects.get(user=person, verified=True, primary=True).email == "erika@example.org"


def test_the_address_works_once(client: Client) -> None:
    address = fresh_address()
    client.post(address, GOOD)
    again = Client().post(address, {**GOOD, "email": "zweite@example.org"})
    assert again.status_code == 404
    assert User.objects.count() == 1


def test_two_who_press_the_button_at_once_make_one_account() -> None:
    token = fresh_address().split("/")[-2]
    make_first_administrator(token=token, name="A", email="a@example.org", password="neun-gruene-eichen-41")
    User.objects.all().update(is_superuser=False)
    with pytest.raises(SetupClosedError):
        make_first_administrator(token=token, name="B", email="b@example.org", password="neun-gruene-eichen-41")


def test_a_new_address_ends_older_ones(client: Client) -> None:
    old, new = fresh_address(), fresh_address()
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200


def test_an_address_ends_after_a_day(client: Client) -> None:
    address = fresh_address()
    with time_machine.travel(timezone.now() + dt.timedelta(hours=24, minutes=1), tick=False):
        assert client.get(address).status_code == 404
        assert client.post(address, GOOD).status_code == 404
        assert forget_old_addresses() == 1
    assert not User.objects.exists()


def test_while_an_administrator_exists_there_is_no_address(client: Client) -> None:
    address = fresh_address()
    UserFactory(portal_team=True)
    assert new_address() is None
    assert client.get(address).status_code == 404
    assert client.post(address, GOOD).status_code == 404


@pytest.mark.parametrize("token", ["x", "a" * 43, "..%2F", "%00"])
def test_a_guessed_address_does_not_work(client: Client, token: str) -> None:
    fresh_address()
    assert client.get(f"/einrichtung/{token}/").status_code in {400, 404}


def test_only_a_hash_of_the_token_is_stored_and_the_token_is_long() -> None:
    token = fresh_address().split("/")[-2]
    assert len(token) >= 43
    assert token not in str(list(SetupAddress.objects.values()))


def test_the_address_is_told_to_no_other_host(client: Client) -> None:
    page = client.get(fresh_address())
    assert page["Referrer-Policy"] == "same-origin"
    assert not re.findall(r"""(?:href|src)="https?://(?!testserver)""", page.content.decode())
    assert 'content="noindex"' in page.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "keine-adresse"}, "email"),
        ({"email": ""}, "email"),
        ({"password": "kurz", "repeated": "kurz"}, "password"),
        ({"password": "passwort1234567", "repeated": "anderes-passwort"}, "repeated"),
        ({"password": "123456789012", "repeated": "123456789012"}, "password"),
        ({"password": "erika@example.org", "repeated": "erika@example.org"}, "password"),
        ({"name": "x" * 151}, "name"),
        ({"name": "Erika\x00"}, "name"),
    ],
)
def test_what_is_wrong_is_said_and_the_address_still_works(client: Client, wrong: dict[str, str], field: str) -> None:
    address = fresh_address()
    page = client.post(address, {**GOOD, **wrong})
    assert page.status_code == 200
    assert page.context["form"].errors[field]
    assert not User.objects.exists()
    assert client.post(address, GOOD).status_code == 302


def test_a_password_is_never_sent_back(client: Client) -> None:
    page = client.post(fresh_address(), {**GOOD, "name": ""})
    assert GOOD["password"] not in page.content.decode()


def test_the_form_needs_its_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(fresh_address(), GOOD).status_code == 403
    assert not User.objects.exists()


def test_trying_addresses_is_throttled(client: Client) -> None:
    address = fresh_address()
    with time_machine.travel("2026-01-01T12:00:10Z", tick=False):
        for number in range(30):
            assert client.get(f"/einrichtung/falsch-{number}/").status_code == 404
        refused = client.get(address)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0


def test_the_command_prints_an_address_and_refuses_once_somebody_administers(client: Client) -> None:
    out = StringIO()
    call_command("setup_address", stdout=out)
    path = out.getvalue().strip().removeprefix("http://localhost:8000")
    assert client.get(path).status_code == 200
    UserFactory(portal_team=True)
    with pytest.raises(CommandError, match="exists already"):
        call_command("setup_address")


def test_no_account_comes_with_the_software() -> None:
    assert not User.objects.exists()
