"""Up to four entries side by side, by address alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from austausch.catalogue import actions
from austausch.catalogue.merging import actions as merging
from austausch.catalogue.models import Entry, Office
from austausch.catalogue.side_by_side import rows
from tests.factories import EntryFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
HERE = "/massnahmen/vergleich/"


@pytest.fixture
def two() -> list[Entry]:
    lead = OrganisationFactory.create(name="Musterstadt")
    first = EntryFactory.create(slug="eins", title="Eins", lead=lead, summary="Gleich.", goals=["A"], published=True)
    second = EntryFactory.create(
        slug="zwei", title="Zwei", lead=lead, summary="Gleich.", goals=["A", "B"], effort_staff="drei", published=True
    )
    second.offices.add(Office(name="Stadtteilbüro"))
    second.save()
    return [first, second]


def columns(client: Client, params: str) -> list[str]:
    response = client.get(HERE + params)
    assert response.status_code == 200
    return [column.entry.slug for column in response.context["columns"]]


def test_each_field_is_said_to_be_the_same_or_different(two: list[Entry]) -> None:
    found = {row.label: row for row in rows(two)}
    differing = {label for label, row in found.items() if row.differs}
    assert "Kurzfassung" in found
    assert {"Ziele", "Stellen vor Ort", "Aufwand: Personal"} <= differing
    assert not {"Kurzfassung", "Zuständig"} & differing
    assert found["Ziele"].cells == (("A",), ("A", "B"))
    assert found["Stellen vor Ort"].cells == ((), ("Stadtteilbüro",))


def test_every_field_an_entry_can_have_finds_its_place(portal: None) -> None:
    EntryFactory.create(starting_point=["A"], goals=["B"], results=["C"], published=True)
    labels = [row.label for row in rows(list(Entry.objects.published().with_parts()))]
    assert len(labels) == len(set(labels))
    assert labels.index("Ausgangslage") < labels.index("Ziele") < labels.index("Ergebnisse")


@pytest.mark.parametrize("params", ["", "?m=gibt-es-nicht"])
def test_the_search_field_holds_only_what_was_typed(client: Client, params: str) -> None:
    page = client.get(HERE + params).content.decode()
    assert 'name="q" value=""' in page
    assert "Keine Maßnahme hat diese Wörter im Titel." not in page
    searched = client.get(f"{HERE}?q=Unauffindbar").content.decode()
    assert 'name="q" value="Unauffindbar"' in searched
    assert "Keine Maßnahme hat diese Wörter im Titel." in searched


def test_the_page_says_it_in_words_and_can_show_differences_only(two: list[Entry], client: Client) -> None:
    page = client.get(f"{HERE}?m=eins&m=zwei").content.decode()
    assert "unterschiedlich" in page
    assert "gleich</span>" in page
    assert "keine Angabe" in page
    only = client.get(f"{HERE}?m=eins&m=zwei&nur=unterschiede").content.decode()
    assert "gleich</span>" not in only


def test_entries_stand_in_the_order_of_the_address_and_each_once(two: list[Entry], client: Client) -> None:
    assert columns(client, "?m=zwei&m=eins&m=zwei") == ["zwei", "eins"]


def test_more_than_four_and_what_is_not_public_is_said(two: list[Entry], client: Client) -> None:
    many = [EntryFactory.create(published=True).slug for _ in range(4)]
    EntryFactory.create(slug="entwurf", title="Noch geheim")
    address = "?" + "&".join(f"m={slug}" for slug in ["eins", *many])
    assert columns(client, address) == ["eins", *many[:3]]
    assert "Mehr als vier Maßnahmen" in client.get(HERE + address).content.decode()
    page = client.get(f"{HERE}?m=eins&m=entwurf&m=gibtsnicht").content.decode()
    assert "Nicht alles kann gezeigt werden" in page
    assert "Noch geheim" not in page


def test_hostile_addresses_get_a_page(client: Client) -> None:
    for params in ("?m=" + "x" * 5000, "?" + "&".join(f"m={n}" for n in range(500)), "?q=%22%3Cb%3E&m=a", "?nur=x"):
        assert client.get(HERE + params).status_code in {200, 302}, params[:50]


def test_what_the_list_sends_becomes_an_address_to_pass_on(two: list[Entry], client: Client) -> None:
    response = client.get(f"{HERE}?q=Haus&eintrag=eins&eintrag=zwei")
    assert response.headers["Location"] == f"{HERE}?m=eins&m=zwei"
    assert 'formaction="/massnahmen/vergleich/"' in client.get("/massnahmen/").content.decode()


def test_a_merged_entry_stands_for_the_one_it_leads_to(two: list[Entry], client: Client) -> None:
    team = UserFactory.create(portal_team=True)
    first, second = two
    second.save_revision().publish()
    second = Entry.objects.get(pk=second.pk)
    merging.merge(first, second, team, choices={}, seen=merging.digest(first, second))
    assert columns(client, "?m=eins") == ["zwei"]


def test_archived_entries_can_be_compared_withdrawn_ones_not(two: list[Entry], client: Client) -> None:
    team = UserFactory.create(portal_team=True)
    actions.archive(two[0], team)
    actions.withdraw(two[1], team)
    assert columns(client, "?m=eins&m=zwei") == ["eins"]


def test_one_can_look_for_another_one_without_scripts(two: list[Entry], client: Client) -> None:
    page = client.get(f"{HERE}?m=eins&q=zwei").content.decode()
    assert "?m=eins&amp;m=zwei" in page


def test_two_or_four_entries_cost_the_same_queries(
    two: list[Entry], client: Client, django_assert_max_num_queries: Any
) -> None:
    slugs = [EntryFactory.create(published=True).slug for _ in range(4)]
    client.get(f"{HERE}?m={slugs[0]}&m={slugs[1]}&nur=x")
    with django_assert_max_num_queries(100) as few:
        client.get(f"{HERE}?m={slugs[0]}&m={slugs[1]}")
    with django_assert_max_num_queries(len(few)):
        client.get(HERE + "?" + "&".join(f"m={slug}" for slug in slugs))
