"""Pages cost the same number of queries whether the catalogue holds 32 entries or 10,000."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

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


def test_ten_thousand_entries_cost_no_more_queries_than_thirty_two(portal: None, client: Client) -> None:
    few = {address: queries_for(client, address) for address in ADDRESSES}
    call_command("generate_catalogue", entries=10_000, apply=True, verbosity=0)
    many = {address: queries_for(client, address) for address in ADDRESSES}
    assert {address: (few[address], many[address]) for address in ADDRESSES if many[address] > few[address]} == {}
    assert max(many.values()) <= 30
