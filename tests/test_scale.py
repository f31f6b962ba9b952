"""Pages cost the same number of queries whether the catalogue holds 32 entries or 10,000, and the network 3 towns or
200 with 5,000 people and 20,000 adoptions."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from austausch.catalogue.models import Adoption
from austausch.people.models import Membership, Organisation, User
from bench.network import towns
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

ADDRESSES = (
    "/",
    "/en/",
    "/massnahmen/",
    "/massnahmen/?thema=wohnen",
    "/massnahmen/?thema=wohnen&ansatz=regulatory&status=ended",
    "/massnahmen/?ort=05",
    "/massnahmen/?q=beratung",
    "/massnahmen/?q=beratung&sort=titel&seite=1",
    "/massnahmen/?ansicht=karte",
    "/massnahmen/clearingstellen-gesundheit/",
    "/massnahmen/clearingstellen-gesundheit.json",
    "/massnahmen/liste.atom?thema=wohnen",
    "/massnahmen/liste.json?thema=wohnen",
    "/massnahmen/liste.csv?thema=wohnen",
    "/massnahmen/liste.ics?thema=wohnen",
    "/dokumente/",
    "/zahlen/",
    "/api/v1/measures?q=beratung&limit=20",
    "/api/v1/measures/clearingstellen-gesundheit",
)


def queries_for(client: Client, address: str) -> int:
    # Twice: the first answer may fill what a process keeps for a whole generation of the content.
    for _ in range(2):
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address)
            body = b"".join(response.streaming_content) if response.streaming else response.content
        assert response.status_code == 200, f"{address}: {response.status_code}"
        assert body
    return len(captured)


# Whoever is signed in: the administrator of a made-up town.
NETWORK = (
    "/netz/",
    "/netz/organisationen/",
    "/netz/organisationen/netz-0000/",
    "/netz/organisationen/fiktiv-01/",
    "/netz/organisation/netz-0000/",
    "/netz/aehnliche/",
    "/netz/kontakte/",
    "/netz/uebernahmen/",
    "/netz/fragen/",
    "/netz/fragen/?art=erfahrungen",
    "/netz/massnahmen/fiktive-massnahme-00001/",
    "/netz/freigaben/",
    "/netz/anfragen/",
    "/netz/interesse/",
    "/netz/suchen/",
    "/netz/pruefung/",
    "/netz/uebernehmen/fiktive-massnahme-00001/",
    "/konto/",
    "/konto/mails/",
    "/verwaltung/",
    "/massnahmen/fiktive-massnahme-00001/",
    "/massnahmen/fiktive-massnahme-00001/weitergabe/",
)
# The portal team sees everything.
TEAM = ("/netz/", "/netz/anfragen/alle/", "/netz/freigaben/", "/netz/uebernahmen/", "/netz/kontakte/", "/verwaltung/")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def administrator(town: Organisation) -> User:
    return town.memberships.filter(role=Membership.Role.ADMINISTRATOR).order_by("pk")[0].user


def of_the_network(network: towns.Network, team: User) -> dict[str, int]:
    """What each page costs, the comparison at the end of the line of copies among them."""
    last = Adoption.objects.get(copy=network.line[-1])
    owner, member = signed_in(administrator(last.organisation)), administrator(network.organisations[0])
    counted = {f"member {path}": queries_for(signed_in(member), path) for path in NETWORK}
    counted |= {f"team {path}": queries_for(signed_in(team), path) for path in TEAM}
    counted["comparison"] = queries_for(owner, f"/netz/uebernahmen/{last.pk}/")
    counted["line"] = queries_for(owner, f"/massnahmen/{network.line[-1].slug}/weitergabe/")
    return counted


def test_ten_thousand_entries_cost_no_more_queries_than_thirty_two(portal: None, client: Client) -> None:
    few = {address: queries_for(client, address) for address in ADDRESSES}
    team = UserFactory(portal_team=True)
    # As many as a page of a list shows: below that, a shorter list costs less, which is no virtue.
    small = towns.generate(organisations=30, people=120, entries=120, adoptions=400, line=3)
    few |= of_the_network(small, team)
    large = towns.generate(organisations=200, people=5_000, entries=10_000, adoptions=20_000, line=50)
    assert large.adoptions == 20_000
    many = {address: queries_for(client, address) for address in ADDRESSES}
    public = max(many.values())
    many |= of_the_network(large, team)
    assert {address: (few[address], many[address]) for address in many if many[address] > few[address]} == {}
    assert public <= 30
