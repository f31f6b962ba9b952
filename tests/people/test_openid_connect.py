"""Signing in at a real OpenID Connect server on this machine: the whole code flow, and what does not get in."""

from __future__ import annotations

import base64
import json
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse

from austausch.people.models import User
from austausch.people.openid_connect import StrictAdapter
from austausch.settings.environment import openid_connect
from tests.people.signing_in import PASSWORD, person, signed_in

pytestmark = pytest.mark.django_db
CALLBACK = "http://testserver/konto/mit/organisation/zurueck/"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The address of a server in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        while process.poll() is None:
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=5).raise_for_status()
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield address
        process.terminate()


@pytest.fixture(autouse=True)
def portal_at_issuer(issuer: str, settings: Any) -> None:
    """The portal, known to the server by name, secret and the one address for its answers."""
    registered = requests.post(
        f"{issuer}/oauth2/clients",
        json={"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "client_secret_post"},
        timeout=5,
    ).json()
    settings.SOCIALACCOUNT_PROVIDERS = openid_connect(
        issuer=issuer, client_id=registered["client_id"], secret=registered["client_secret"], name="Land"
    )


@pytest.fixture
def known(issuer: str) -> Callable[..., str]:
    """Makes a person at the server; returns the name they have there."""

    def make(**claims: Any) -> str:
        sub = secrets.token_hex(8)
        requests.put(f"{issuer}/users/{sub}", json=claims, timeout=5).raise_for_status()
        return sub

    return make


def at_the_server(client: Client, sub: str, *, process: str = "login") -> str:
    """Begins here, signs in there; returns the address to which the server sends the browser back."""
    begun = client.post(f"{reverse('openid_connect_login', args=['organisation'])}?process={process}")
    assert begun.status_code == 302
    answer = requests.post(begun["Location"], data={"sub": sub}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def come_back(client: Client, sub: str, **options: str) -> Any:
    address = urlsplit(at_the_server(client, sub, **options))
    return client.get(f"{address.path}?{address.query}")


def test_an_account_with_the_servers_checked_address_is_signed_in_and_connected(
    client: Client, known: Callable[..., str]
) -> None:
    user = person(email="erika@stadt.example.org")
    sub = known(email="Erika@Stadt.example.org", email_verified=True)
    assert "Land" in client.get(reverse("account_login")).content.decode()
    assert come_back(client, sub)["Location"] == "/netz/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert SocialAccount.objects.get().uid == sub


def test_once_connected_the_servers_name_counts_and_not_the_address(client: Client, known: Callable[..., str]) -> None:
    user = person(email="erika@stadt.example.org")
    sub = known(email=user.email, email_verified=True)
    come_back(client, sub)
    User.objects.filter(pk=user.pk).update(email="neuer-name@stadt.example.org")
    again = Client()
    come_back(again, sub)
    assert again.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("verified", [False, None, "false", "true", 1])
def test_an_address_that_the_server_has_not_checked_counts_for_nothing(
    client: Client, known: Callable[..., str], verified: Any
) -> None:
    person(email="erika@stadt.example.org")
    answer = come_back(client, known(email="erika@stadt.example.org", email_verified=verified))
    assert not signed_in(client)
    assert not SocialAccount.objects.exists()
    assert answer.status_code == 200
    assert reverse("account_registration") in answer.content.decode()


def test_nobody_becomes_a_member_by_signing_in_elsewhere(client: Client, known: Callable[..., str]) -> None:
    answer = come_back(client, known(email="neu@stadt.example.org", email_verified=True, name="Neu"))
    assert answer.status_code == 200
    assert not signed_in(client)
    assert not User.objects.exists()
    client.post(reverse("socialaccount_signup"), {"email": "neu@stadt.example.org"})
    assert not User.objects.exists()


def test_an_account_whose_address_is_not_confirmed_here_is_not_given_away(
    client: Client, known: Callable[..., str]
) -> None:
    user = person(email="erika@stadt.example.org")
    EmailAddress.objects.update(verified=False)
    come_back(client, known(email=user.email, email_verified=True))
    assert not signed_in(client)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_deactivated_person_does_not_get_in_this_way(client: Client, known: Callable[..., str]) -> None:
    user = person(email="erika@stadt.example.org", is_active=False)
    come_back(client, known(email=user.email, email_verified=True))
    assert not signed_in(client)


def test_the_second_factor_is_asked_for_all_the_same(client: Client, known: Callable[..., str]) -> None:
    user = person(email="erika@stadt.example.org")
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    answer = come_back(client, known(email=user.email, email_verified=True))
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not signed_in(client)


def test_the_request_is_bound_to_this_browser_by_state_and_pkce(client: Client, known: Callable[..., str]) -> None:
    asked = parse_qs(urlsplit(client.post(reverse("openid_connect_login", args=["organisation"]))["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [CALLBACK]
    user = person(email="erika@stadt.example.org")
    back = urlsplit(at_the_server(client, known(email=user.email, email_verified=True)))
    victim = Client()
    victim.get(f"{back.path}?{back.query}")
    assert not signed_in(victim)
    client.get(f"{back.path}?{back.query}")
    assert signed_in(client)


def test_an_answer_works_once(client: Client, known: Callable[..., str]) -> None:
    user = person(email="erika@stadt.example.org")
    back = urlsplit(at_the_server(client, known(email=user.email, email_verified=True)))
    client.get(f"{back.path}?{back.query}")
    client.post(reverse("account_logout"))
    client.get(f"{back.path}?{back.query}")
    assert not signed_in(client)


def test_a_link_alone_starts_nothing(client: Client) -> None:
    address = reverse("openid_connect_login", args=["organisation"])
    assert client.get(address).status_code == 200
    assert client.get(reverse("openid_connect_login", args=["unbekannt"])).status_code == 404


def test_signing_in_leads_to_no_other_host(client: Client, known: Callable[..., str]) -> None:
    user = person(email="erika@stadt.example.org")
    sub = known(email=user.email, email_verified=True)
    address = f"{reverse('openid_connect_login', args=['organisation'])}?next=https://evil.example/"
    begun = client.post(address)
    back = urlsplit(
        requests.post(begun["Location"], data={"sub": sub}, allow_redirects=False, timeout=5).headers["Location"]
    )
    assert client.get(f"{back.path}?{back.query}")["Location"] == "/netz/"


def test_who_cancels_at_the_server_is_told_so(client: Client) -> None:
    begun = client.post(reverse("openid_connect_login", args=["organisation"]))
    back = urlsplit(
        requests.post(begun["Location"], data={"action": "deny"}, allow_redirects=False, timeout=5).headers["Location"]
    )
    answer = client.get(f"{back.path}?{back.query}", follow=True)
    assert reverse("account_login") in answer.content.decode()
    assert not signed_in(client)


def resigned(token: str, **changes: Any) -> str:
    """The same token with other claims, signed with a key that is not the server's."""
    claims = {**jwt.decode(token, options={"verify_signature": False}), **changes}
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, algorithm="RS256")


def unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "x"}).encode()).decode().rstrip("=")
    return f"{header}.{token.split('.')[1]}."


@pytest.mark.parametrize(
    "forge",
    [resigned, unsigned, lambda token: token[:-8] + "AAAAAAAA", lambda token: "", lambda token: None],
    ids=["another key", "no signature", "broken signature", "empty", "none"],
)
def test_a_token_that_the_servers_key_has_not_signed_gets_nobody_in(
    client: Client, known: Callable[..., str], monkeypatch: pytest.MonkeyPatch, forge: Callable[[str], Any]
) -> None:
    user = person(email="erika@stadt.example.org")
    real = StrictAdapter.get_access_token_data

    def forged(self: StrictAdapter, *args: Any, **kwargs: Any) -> dict[str, Any]:
        data = real(self, *args, **kwargs)
        return {**data, "id_token": forge(data["id_token"])}

    monkeypatch.setattr(StrictAdapter, "get_access_token_data", forged)
    answer = come_back(client, known(email=user.email, email_verified=True))
    assert not signed_in(client)
    assert answer.status_code < 500


def test_what_the_server_says_has_to_be_about_the_one_in_the_token(
    client: Client, known: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = person(email="erika@stadt.example.org")
    monkeypatch.setattr(
        StrictAdapter,
        "_fetch_user_info",
        lambda self, token: {"sub": "jemand-anderes", "email": user.email, "email_verified": True},
    )
    come_back(client, known(email="andere@stadt.example.org", email_verified=True))
    assert not signed_in(client)


def test_a_server_that_calls_itself_by_another_name_is_not_believed(
    client: Client, known: Callable[..., str], settings: Any, issuer: str
) -> None:
    user = person(email="erika@stadt.example.org")
    back = urlsplit(at_the_server(client, known(email=user.email, email_verified=True)))
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"] = {"server_url": issuer.replace("127.0.0.1", "localhost"), "openid_configuration_overrides": {}}
    app["settings"]["openid_configuration_overrides"] = {"issuer": issuer}
    client.get(f"{back.path}?{back.query}")
    assert not signed_in(client)


def test_the_signed_in_connect_and_disconnect_their_account(client: Client, known: Callable[..., str]) -> None:
    user = person(email="erika@stadt.example.org")
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    come_back(client, known(email="anders@land.example.org", email_verified=True), process="connect")
    connected = SocialAccount.objects.get(user=user)
    assert "Land" in client.get(reverse("socialaccount_connections")).content.decode()
    client.post(reverse("socialaccount_connections"), {"account": connected.pk})
    assert not SocialAccount.objects.exists()


def test_without_a_server_there_is_no_button(client: Client, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert (
        reverse("openid_connect_login", args=["organisation"])
        not in client.get(reverse("account_login")).content.decode()
    )
    assert client.post(reverse("openid_connect_login", args=["organisation"])).status_code == 404
