"""The second factor: set up, asked for, used once; and who does not get in without."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from austausch.people.models import Membership, User
from tests.factories import EntryFactory, MembershipFactory
from tests.people.signing_in import PASSWORD, code, mails, person, sign_in, signed_in

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def team() -> User:
    return person(portal_team=True)


def with_app(user: User) -> list[str]:
    """Gives the account an app; returns its recovery codes."""
    TOTP.activate(user, SECRET)
    return list(RecoveryCodes.activate(user).generate_codes())


def confirmed(client: Client) -> None:
    """Says the password again, as sensitive pages ask."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def test_an_app_is_set_up_with_its_code_and_recovery_codes_are_shown(
    client: Client, team: User, django_capture_on_commit_callbacks: Any
) -> None:
    sign_in(client, team)
    confirmed(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert wrong.context["form"].errors
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert len(re.findall(r"<code>\d{8}</code>", client.get(answer["Location"]).content.decode())) == 10
    assert any("App" in message.subject for message in mails())


def test_the_apps_key_does_not_lie_readable_in_the_database(team: User) -> None:
    with_app(team)
    assert SECRET not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_after_a_change_of_the_secret_key_codes_hold_while_the_old_one_is_named(team: User, settings: Any) -> None:
    with_app(team)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "ein-neuer-schluessel"
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code(SECRET))


def test_the_password_alone_does_not_sign_in(client: Client, team: User) -> None:
    with_app(team)
    assert sign_in(client, team)["Location"] == reverse("mfa_authenticate")
    assert not signed_in(client)
    assert client.get("/verwaltung/").status_code == 302
    page = client.post(reverse("mfa_authenticate"), {"code": "123456"})
    assert page.context["form"].errors
    answer = client.post(reverse("mfa_authenticate"), {"code": code(SECRET)})
    assert (answer["Location"], signed_in(client)) == ("/netz/", True)


def test_a_code_works_once(team: User) -> None:
    with_app(team)
    shown = code(SECRET)
    for client, gets_in in ((Client(), True), (Client(), False)):
        sign_in(client, team)
        client.post(reverse("mfa_authenticate"), {"code": shown})
        assert signed_in(client) is gets_in


def test_a_recovery_code_works_once(team: User) -> None:
    codes = with_app(team)
    for client, gets_in in ((Client(), True), (Client(), False)):
        sign_in(client, team)
        client.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert signed_in(client) is gets_in


def test_guessing_codes_is_stopped_even_for_the_right_one(team: User) -> None:
    with_app(team)
    for number in range(5):
        guesser = Client(REMOTE_ADDR=f"192.0.2.{number}")
        sign_in(guesser, team)
        guesser.post(reverse("mfa_authenticate"), {"code": f"00000{number}"})
    late = Client(REMOTE_ADDR="192.0.2.99")
    sign_in(late, team)
    late.post(reverse("mfa_authenticate"), {"code": code(SECRET)})
    assert not signed_in(late)


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn"])
def test_a_borrowed_session_changes_nothing_without_the_password(client: Client, team: User, name: str) -> None:
    client.force_login(team, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse(name))["Location"].startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize("name", ["mfa_index", "mfa_list_webauthn", "mfa_view_recovery_codes", "mfa_deactivate_totp"])
def test_pages_of_the_second_factor_are_for_the_signed_in(client: Client, name: str) -> None:
    assert client.get(reverse(name))["Location"].startswith(reverse("account_login"))


class TestRequired:
    @pytest.fixture(autouse=True)
    def required(self, settings: Any) -> None:
        settings.AUSTAUSCH_SECOND_FACTOR = "required"

    def test_the_portal_team_is_sent_to_set_one_up(self, client: Client, team: User) -> None:
        sign_in(client, team)
        for address in ("/verwaltung/", "/verwaltung/users/", "/netz/", "/en/netz/", "/netz/organisation/"):
            answer = client.get(address)
            assert (answer.status_code, answer["Location"].removeprefix("/en")) == (302, "/konto/zweiter-faktor/")
        assert client.get(reverse("mfa_index")).status_code == 200
        assert client.get(reverse("account_login"))["Location"] == reverse("mfa_index")

    def test_everywhere_else_they_are_nobody(self, client: Client, team: User) -> None:
        draft = EntryFactory()
        address = reverse("catalogue:entry", args=[draft.slug])
        sign_in(client, team)
        assert client.get(address).status_code == 404
        TOTP.activate(team, SECRET)
        assert client.get(address).status_code == 200

    def test_an_organisations_administrator_is_held_up_and_an_author_is_not(self) -> None:
        for role, answer in ((Membership.Role.ADMINISTRATOR, 302), (Membership.Role.AUTHOR, 200)):
            user = person()
            MembershipFactory(user=user, role=role)
            client = Client()
            sign_in(client, user)
            assert client.get("/verwaltung/").status_code == answer

    def test_with_a_second_factor_they_get_in(self, client: Client, team: User) -> None:
        with_app(team)
        sign_in(client, team)
        client.post(reverse("mfa_authenticate"), {"code": code(SECRET)})
        assert client.get("/verwaltung/").status_code == 200
        assert client.get("/netz/").status_code == 200

    def test_what_the_password_alone_opened_ends_when_the_factor_is_set_up_elsewhere(
        self, client: Client, team: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        thief = Client()
        sign_in(thief, team)
        sign_in(client, team)
        confirmed(client)
        secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
        assert client.get("/verwaltung/").status_code == 200
        assert not signed_in(thief)
        assert thief.get("/verwaltung/").status_code == 302
        assert "login" in thief.get("/verwaltung/")["Location"]

    def test_the_last_one_is_not_removed(self, client: Client, team: User) -> None:
        with_app(team)
        sign_in(client, team)
        client.post(reverse("mfa_authenticate"), {"code": code(SECRET)})
        confirmed(client)
        client.post(reverse("mfa_deactivate_totp"))
        assert Authenticator.objects.filter(user=team, type="totp").exists()


def test_the_embedded_default_asks_nobody_for_a_second_factor(client: Client, team: User) -> None:
    sign_in(client, team)
    assert client.get("/verwaltung/").status_code == 200


def test_the_operator_removes_a_lost_factor_and_every_session_ends(client: Client, team: User) -> None:
    with_app(team)
    sign_in(client, team)
    client.post(reverse("mfa_authenticate"), {"code": code(SECRET)})
    call_command("reset_second_factor", team.email)
    assert Authenticator.objects.filter(user=team).exists()
    call_command("reset_second_factor", team.email, "--apply")
    assert not Authenticator.objects.filter(user=team).exists()
    assert client.get("/verwaltung/").status_code == 302
    assert mails()[-1].to == [team.email]
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "niemand@example.org")


def test_only_pages_of_the_account_may_ask_for_passkeys(client: Client) -> None:
    assert "publickey-credentials-get=(self)" in client.get(reverse("account_login"))["Permissions-Policy"]
    assert "publickey-credentials-get=()" in client.get("/healthz")["Permissions-Policy"]
