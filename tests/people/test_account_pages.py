"""Pages below /konto/: overview, sessions, mails, and that a borrowed session changes nothing."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from austausch.core import digest, outbox
from austausch.people import browsers, sessions_app
from austausch.people.models import User
from tests.factories import MembershipFactory
from tests.people.signing_in import PASSWORD, link_in, mails, person, sign_in, signed_in

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
PAGES = [
    "account_overview",
    "usersessions_list",
    "account_mails",
    "account_email",
    "account_change_password",
    "mfa_index",
    "mfa_list_webauthn",
    "socialaccount_connections",
]


@pytest.fixture
def user() -> User:
    return MembershipFactory(user=person(email="erika@example.org")).user


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_each_page_is_there_in_both_languages_formal_and_kept_by_nobody(
    client: Client, user: User, name: str, language: str
) -> None:
    with override(language):
        address = reverse(name)
    assert client.get(address)["Location"].split("?")[0].endswith("/konto/login/")
    sign_in(client, user)
    page = client.get(address)
    text = page.content.decode()
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert f'lang="{language}"' in text
    assert not re.search(r"\b(du|dein\w*|dir|dich|gib)\b", text, re.IGNORECASE)
    assert "style=" not in text


def test_a_session_is_seen_with_its_network_only_and_can_be_ended(user: User) -> None:
    here = Client(REMOTE_ADDR="198.51.100.7", headers={"User-Agent": FIREFOX})
    there = Client(REMOTE_ADDR="2001:db8:1:2:3:4:5:6", headers={"User-Agent": CHROME})
    for client in (here, there):
        sign_in(client, user)
    assert set(UserSession.objects.values_list("ip", flat=True)) == {"198.51.100.0", "2001:db8:1::"}
    page = here.get(reverse("usersessions_list")).content.decode()
    assert "Firefox, Windows" in page
    assert "Chrome, Linux" in page
    assert "198.51.100.7" not in page
    other = UserSession.objects.get(ip="2001:db8:1::")
    here.post(reverse("usersessions_list"), {"end": other.pk})
    assert here.get(reverse("account_overview")).status_code == 200
    assert there.get(reverse("account_overview")).status_code == 302


def test_nobody_ends_somebody_elses_session(client: Client, user: User) -> None:
    stranger = person()
    sign_in(client, user)
    thief = Client()
    sign_in(thief, stranger)
    theirs = UserSession.objects.get(user=user)
    for value in (str(theirs.pk), "others", "all", "", "x", "0"):
        thief.post(reverse("usersessions_list"), {"end": value})
        sign_in(thief, stranger)
    assert client.get(reverse("account_overview")).status_code == 200


def test_signing_out_everywhere_ends_all(user: User) -> None:
    clients = [Client(), Client(), Client()]
    for client in clients:
        sign_in(client, user)
    clients[0].post(reverse("usersessions_list"), {"end": "others"})
    assert [signed_in(client) for client in clients] == [True, False, False]
    sign_in(clients[1], user)
    clients[1].post(reverse("usersessions_list"), {"end": "all"})
    assert not any(client.get(reverse("account_overview")).status_code == 200 for client in clients)


def test_a_new_password_ends_the_other_sessions(client: Client, user: User) -> None:
    other = Client()
    for each in (client, other):
        sign_in(each, user)
    new = "ganz-neue-buchen-77"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get(reverse("account_overview")).status_code == 200
    assert other.get(reverse("account_overview")).status_code == 302
    assert mails()[-1].to == [user.email]


def test_what_is_known_of_ended_sessions_is_forgotten(client: Client, user: User) -> None:
    sign_in(client, user)
    assert sessions_app.forget_ended() == 0
    Session.objects.update(expire_date=timezone.now())
    assert sessions_app.forget_ended() == 1


@pytest.mark.parametrize(
    ("address", "network"), [("unknown", sessions_app.UNKNOWN), ("", sessions_app.UNKNOWN), ("::1", "::")]
)
def test_an_address_that_is_none_is_no_failure(address: str, network: str) -> None:
    assert sessions_app.network_of(address) == network


def test_a_browser_that_says_nothing_has_a_name() -> None:
    assert browsers.name("")


def test_a_borrowed_session_does_not_change_the_address(client: Client, user: User) -> None:
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post(reverse("account_email"), {"email": "boese@evil.example", "action_add": "1"})
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not EmailAddress.objects.filter(email="boese@evil.example").exists()


def test_a_changed_address_counts_once_its_owner_has_opened_the_mail(client: Client, user: User) -> None:
    sign_in(client, user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"email": "neu@example.org", "action_add": "1"})
    user.refresh_from_db()
    assert user.email == "erika@example.org"
    sent = next(message for message in mails() if message.to == ["neu@example.org"])
    client.post(link_in(sent))
    user.refresh_from_db()
    assert user.email == "neu@example.org"


def test_a_kind_of_mail_is_refused_collected_and_wanted_at_once_again(client: Client, user: User) -> None:
    kinds = digest.choices_of(user)
    sign_in(client, user)
    client.post(reverse("account_mails"), dict.fromkeys(kinds, "none"))
    assert outbox.refused(user.email) == set(kinds)
    collectable = {kind.key for kind in outbox.categories() if kind.collectable}
    client.post(reverse("account_mails"), {kind: "daily" if kind in collectable else "at-once" for kind in kinds})
    assert outbox.refused(user.email) == set()
    assert {choice for kind, choice in digest.choices_of(user).items() if kind in collectable} == {digest.Choice.DAILY}
    client.post(reverse("account_mails"), dict.fromkeys(kinds, "at-once"))
    assert set(digest.choices_of(user).values()) == {digest.Choice.AT_ONCE}


@pytest.mark.parametrize("given", [{}, {"review": "nie"}, {"saved-searches": "weekly"}])
def test_a_choice_that_does_not_exist_changes_nothing(client: Client, user: User, given: dict[str, str]) -> None:
    sign_in(client, user)
    before = digest.choices_of(user)
    rest = dict.fromkeys(before, "none") if given else {}
    assert client.post(reverse("account_mails"), {**rest, **given}).status_code == 200
    assert digest.choices_of(user) == before


def test_after_signing_in_with_a_second_factor_nobody_is_sent_elsewhere(client: Client, user: User) -> None:
    answer = sign_in(client, user, next="//evil.example/")
    assert answer["Location"] == "/netz/"


def test_who_is_deactivated_is_told_what_to_do_only_with_the_right_password(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert sign_in(client, user)["Location"] == reverse("account_inactive")
    assert reverse("core:report") in client.get(reverse("account_inactive")).content.decode()
    wrong = client.post(reverse("account_login"), {"login": user.email, "password": "falsch"})
    assert wrong.status_code == 200
