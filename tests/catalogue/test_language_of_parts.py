"""On English pages the entries' own words stay German, and say so to those who hear them (WCAG 3.1.2)."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def address() -> str:
    return EntryFactory(published=True, title="Wohnraum sichern", goals=["Menschen beraten"]).slug


def test_an_english_page_marks_what_is_german_and_says_that_it_is(client: Client, address: str) -> None:
    page = client.get(f"/en/massnahmen/{address}/").text

    assert '<h1 lang="de">Wohnraum sichern</h1>' in page
    assert '<p lang="de">Menschen beraten</p>' in page
    assert "this measure is described in German" in page


def test_a_card_in_the_english_list_is_marked_as_german(client: Client, address: str) -> None:
    assert f'href="/en/massnahmen/{address}/" lang="de">Wohnraum sichern</a>' in client.get("/en/massnahmen/").text


def test_a_german_page_marks_nothing(client: Client, address: str) -> None:
    page = client.get(f"/massnahmen/{address}/").text

    assert "<h1>Wohnraum sichern</h1>" in page
    assert "auf Englisch" not in page
