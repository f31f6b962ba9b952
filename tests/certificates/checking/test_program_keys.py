"""Keys of offices' programs: they end, are replaced with overlap, and administrators see what became of each."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from austausch.certificates.checks import actions, program_keys
from austausch.certificates.models import Check, OfficeKey
from austausch.core.models import Mail
from austausch.people.models import Membership, Organisation, User
from tests.certificates.checking.test_offices import CASE, signed_in
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Organisation:
    organisation: Organisation = OrganisationFactory()
    actions.allow(organisation, UserFactory(portal_team=True), task="Kindergeld")
    return organisation


@pytest.fixture
def administrator(office: Organisation) -> User:
    user: User = MembershipFactory(organisation=office, role=Membership.Role.ADMINISTRATOR).user
    return user


def in_days(days: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + dt.timedelta(days=days))


def asked(token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    data = {**CASE, "numbers": ["1"]}
    answer = Client().post("/netz/pruefen/api/checks", data, content_type="application/json", headers=headers)
    return answer.status_code


@pytest.mark.parametrize("days", [0, -1, 367, 10_000])
def test_no_key_is_made_for_longer_than_a_year_or_for_no_time(
    office: Organisation, administrator: User, days: int
) -> None:
    with pytest.raises(program_keys.ProgramKeyError, match="366"):
        program_keys.make(office, administrator, label="Fachverfahren", days=days)
    assert not OfficeKey.objects.exists()


def test_a_key_that_has_ended_opens_nothing(office: Organisation, administrator: User) -> None:
    key, token = program_keys.make(office, administrator, label="Fachverfahren", days=30)
    assert asked(token) == 200
    with in_days(30.1):
        assert asked(token) == 401
        assert not program_keys.is_good(key, office)
        with pytest.raises(PermissionDenied):
            actions.begin(actions.Asker(office, key=key), actions.Given(numbers=["1"]), **CASE)
    assert Check.objects.count() == 1


def test_a_replaced_key_works_for_two_more_weeks_beside_the_new_one(office: Organisation, administrator: User) -> None:
    old, token = program_keys.make(office, administrator, label="Fachverfahren")
    new, new_token = program_keys.rotate(old, administrator)
    assert (asked(token), asked(new_token)) == (200, 200)
    with in_days(14.1):
        assert (asked(token), asked(new_token)) == (401, 200)
    old.refresh_from_db()
    assert (old.replaced_by, new.label) == (new, "Fachverfahren")
    assert new.expires_at > timezone.now() + dt.timedelta(days=360)


def test_replacing_never_makes_a_key_last_longer(office: Organisation, administrator: User) -> None:
    old, _token = program_keys.make(office, administrator, label="Fachverfahren", days=3)
    ends = old.expires_at
    program_keys.rotate(old, administrator)
    old.refresh_from_db()
    assert old.expires_at == ends


def test_a_key_is_replaced_once_and_only_while_it_is_good(office: Organisation, administrator: User) -> None:
    replaced, _token = program_keys.make(office, administrator, label="A")
    program_keys.rotate(replaced, administrator)
    withdrawn, _token = program_keys.make(office, administrator, label="B")
    program_keys.revoke(withdrawn, administrator)
    ended, _token = program_keys.make(office, administrator, label="C", days=1)
    before = OfficeKey.objects.count()
    with in_days(2):
        for key in (replaced, withdrawn, ended):
            with pytest.raises(program_keys.ProgramKeyError, match="Machen Sie einen neuen"):
                program_keys.rotate(key, administrator)
    assert OfficeKey.objects.count() == before


def test_nobody_else_replaces_a_key(office: Organisation, administrator: User) -> None:
    key, _token = program_keys.make(office, administrator, label="Fachverfahren")
    author = MembershipFactory(organisation=office, role=Membership.Role.AUTHOR).user
    stranger = MembershipFactory(role=Membership.Role.ADMINISTRATOR).user
    for user in (author, stranger, UserFactory(portal_team=True)):
        with pytest.raises(PermissionDenied):
            program_keys.rotate(key, user)
        assert signed_in(user).post(f"/netz/pruefen/schluessel/{key.pk}/ersetzen/").status_code == 404
    assert OfficeKey.objects.count() == 1


def test_the_page_shows_each_keys_end_its_last_use_and_a_new_key_once(
    office: Organisation, administrator: User
) -> None:
    client = signed_in(administrator)
    data = {"organisation": office.pk, "label": "Fachverfahren Kindergeld", "days": 30}
    page = client.post("/netz/pruefen/schluessel/", data).content.decode()
    token = page.partition("<code>")[2].partition("</code>")[0]
    assert token.startswith("pruefen_")
    assert "nie benutzt" in page
    assert asked(token) == 200
    page = client.get("/netz/pruefen/schluessel/").content.decode()
    assert token not in page
    assert "nie benutzt" not in page
    key = OfficeKey.objects.get()
    assert timezone.localtime(key.expires_at).strftime("%d.%m.%Y") in page
    replaced = client.post(f"/netz/pruefen/schluessel/{key.pk}/ersetzen/").content.decode()
    assert "<code>pruefen_" in replaced
    assert "ein anderer folgt ihm" in replaced


def test_a_form_asks_for_no_other_time_than_it_offers(office: Organisation, administrator: User) -> None:
    client = signed_in(administrator)
    for days in ("", "0", "9999", "x"):
        client.post("/netz/pruefen/schluessel/", {"organisation": office.pk, "label": "A", "days": days})
    assert not OfficeKey.objects.exists()


def test_administrators_are_told_once_a_month_before_a_key_ends(office: Organisation, administrator: User) -> None:
    _key, token = program_keys.make(office, administrator, label="Fachverfahren")
    assert program_keys.remind() == 0
    with in_days(336):
        assert program_keys.remind() == 1
        assert program_keys.remind() == 0
    (mail,) = Mail.objects.filter(category="certificates-key-ending")
    assert mail.user == administrator
    assert "Fachverfahren" in mail.text
    assert token not in mail.text


def test_of_a_key_that_another_one_follows_nobody_is_reminded(office: Organisation, administrator: User) -> None:
    key, _token = program_keys.make(office, administrator, label="Fachverfahren", days=20)
    program_keys.rotate(key, administrator)
    with in_days(11):
        # Of the new one, which holds for twenty days as well.
        assert program_keys.remind() == 1
    assert OfficeKey.objects.get(pk=key.pk).reminded_at is None


def test_of_a_short_key_administrators_are_told_after_half_of_its_time(
    office: Organisation, administrator: User
) -> None:
    program_keys.make(office, administrator, label="Fachverfahren", days=30)
    assert program_keys.remind() == 0
    with in_days(14):
        assert program_keys.remind() == 0
    with in_days(16):
        assert program_keys.remind() == 1
        assert program_keys.remind() == 0


def test_a_key_from_the_time_before_keys_ended_is_followed_by_one_of_a_year_at_most(
    office: Organisation, administrator: User
) -> None:
    key, _token = program_keys.make(office, administrator, label="Fachverfahren", days=300)
    OfficeKey.objects.filter(pk=key.pk).update(made_at=timezone.now() - dt.timedelta(days=1000))
    new, _token = program_keys.rotate(key, administrator)
    assert new.expires_at - new.made_at <= program_keys.LONGEST
