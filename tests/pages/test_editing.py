"""Figures, background and providers on the editors' side: the portal team's, whatever Django's permissions say."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from austausch.figures.models import Statistic
from austausch.pages.models import Background, Provider
from austausch.people.models import Membership, User
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

VIEWS = ("", "add/", "edit/{pk}/", "delete/{pk}/", "history/{pk}/", "usage/{pk}/")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture(params=["figures/statistic", "pages/background", "pages/provider"])
def addresses(request: Any) -> list[str]:
    """Every view of a row of one of the three."""
    rows: dict[str, Any] = {
        "figures/statistic": lambda: Statistic.objects.create(title="Beispielzahlen", unit="Personen"),
        "pages/background": lambda: Background.objects.create(title="Worum es geht", points=["Ein Punkt"]),
        "pages/provider": lambda: Provider.objects.create(
            key="videos",
            name="Beispielvideos",
            hosts=["video.example.org"],
            transmitted="Ihre Adresse",
            privacy_url="https://video.example.org/datenschutz",
        ),
    }
    row = rows[request.param]()
    return [f"/verwaltung/snippets/{request.param}/{view.format(pk=row.pk)}" for view in VIEWS]


def test_the_portal_team_keeps_them(addresses: list[str]) -> None:
    client = signed_in(UserFactory(portal_team=True))
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)
    assert client.post(addresses[3]).status_code == 302
    assert client.get(addresses[2]).status_code == 404


def test_a_publisher_does_not_even_with_djangos_permissions(addresses: list[str]) -> None:
    user = UserFactory()
    MembershipFactory(user=user, role=Membership.Role.PUBLISHER)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label__in=["figures", "pages"]))
    client = signed_in(user)
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 403)
