from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction

from austausch.catalogue.models import Approach, Kind, Precision
from austausch.figures.models import Statistic, Value
from austausch.pages.models import Background, HomePage
from austausch.pages.queries import home
from austausch.pages.setup import ensure_pages
from tests.factories import EntryFactory, OrganisationFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_empty_portal_shows_no_empty_sections(client: Client) -> None:
    ensure_pages()
    response = client.get("/")
    page = response.content.decode()
    assert response.status_code == 200
    for section in ("themen", "neu", "endet", "hintergrund"):
        assert f'id="{section}"' not in page
    assert 'name="q"' in page


def test_drafts_and_archived_entries_are_neither_shown_nor_counted(client: Client) -> None:
    ensure_pages()
    topic = TopicFactory(key="wohnen", name="Wohnen")
    EntryFactory(title="Sichtbar", published=True, topics=[topic])
    EntryFactory(title="Entwurf geheim", topics=[topic])
    EntryFactory(title="Abgelegt alt", published=True, topics=[topic], archived_on=timezone.localdate())
    shown = home()
    assert (shown.entries, shown.bodies) == (1, 1)
    assert [(way.value, way.count) for way in shown.topics] == [("wohnen", 1)]
    page = client.get("/").content.decode()
    assert "Sichtbar" in page
    assert "Entwurf geheim" not in page
    assert "Abgelegt alt" not in page


def test_signed_in_people_see_the_same_entrance(client: Client) -> None:
    ensure_pages()
    EntryFactory(title="Entwurf geheim")
    client.force_login(UserFactory(portal_team=True))
    response = client.get("/")
    assert "Entwurf geheim" not in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_topics_stand_with_the_fullest_first_and_lead_to_the_list(client: Client) -> None:
    ensure_pages()
    wohnen, arbeit = TopicFactory(key="wohnen", name="Wohnen"), TopicFactory(key="arbeit", name="Arbeit")
    TopicFactory(key="leer", name="Leeres Thema")
    EntryFactory(published=True, topics=[wohnen, arbeit])
    EntryFactory(published=True, topics=[wohnen])
    assert [(way.label, way.count) for way in home().topics] == [("Wohnen", 2), ("Arbeit", 1)]
    page = client.get("/").content.decode()
    assert "?thema=wohnen" in page
    assert "Leeres Thema" not in page


def test_kinds_and_approaches_lead_to_the_list_with_their_counts(client: Client) -> None:
    ensure_pages()
    lead = OrganisationFactory()
    EntryFactory(published=True, lead=lead, kind=Kind.DECREE, approach=Approach.REGULATORY)
    EntryFactory(published=True, lead=lead, kind=Kind.DECREE, approach=Approach.INTEGRATIVE)
    shown = home()
    assert shown.bodies == 1
    assert [(way.value, way.count) for way in shown.kinds] == [("decree", 2)]
    assert {(way.value, way.count) for way in shown.approaches} == {("regulatory", 1), ("integrative", 1)}
    page = client.get("/").content.decode()
    assert "?art=decree" in page
    assert "?ansatz=regulatory" in page


def test_what_ends_within_180_days_is_announced_and_nothing_else(client: Client) -> None:
    ensure_pages()
    today = timezone.localdate()
    for title, days in (("Endet heute", 0), ("Endet bald", 180), ("Endet später", 181), ("Ist zu Ende", -1)):
        EntryFactory(title=title, published=True, ends_on=today + dt.timedelta(days=days), ends_precision=Precision.DAY)
    assert [entry.title for entry in home().ending_soon] == ["Endet heute", "Endet bald"]
    assert 'id="endet"' in client.get("/").content.decode()


def test_background_and_figures_stand_on_the_page_word_by_word(client: Client) -> None:
    ensure_pages()
    Background.objects.create(title="Warum Menschen kommen", points=["Reguläre Arbeitsaufnahme.", "Grenzregion."])
    statistic = Statistic.objects.create(title="Staatsangehörige", unit="Personen", source="Seite des Landes")
    for year, number in ((2013, 31097), (2023, 106164)):
        Value.objects.create(statistic=statistic, series="Bulgarien", year=year, number=number)
    page = client.get("/").content.decode()
    for text in ("Warum Menschen kommen", "Reguläre Arbeitsaufnahme.", "31.097", "106.164", "Seite des Landes"):
        assert text in page
    english = client.get("/en/").content.decode()
    assert "106,164" in english
    assert 'aria-labelledby="hintergrund" lang="de"' in english


def test_the_number_of_queries_does_not_grow_with_the_catalogue(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    ensure_pages()
    topics = [TopicFactory() for _ in range(5)]
    for _ in range(12):
        EntryFactory(published=True, topics=topics)
    with django_assert_max_num_queries(25) as small:
        client.get("/")
    for _ in range(12):
        EntryFactory(published=True, topics=[TopicFactory(), *topics])
    with django_assert_max_num_queries(len(small)):
        client.get("/")


def test_the_second_visitor_is_served_from_the_cache_and_an_edit_shows_at_once(
    client: Client, django_assert_num_queries: Any
) -> None:
    ensure_pages()
    client.get("/")
    with django_assert_num_queries(1):
        assert Client().get("/").status_code == 200
    entry = EntryFactory(title="Ganz neu", published=True)
    assert entry.title in Client().get("/").content.decode()
    page = HomePage.objects.get(locale__language_code="de")
    page.lead = "Eine andere Einleitung."
    page.save_revision().publish()
    assert "Eine andere Einleitung." in Client().get("/").content.decode()


def test_a_restricted_page_gets_into_no_public_cache(client: Client) -> None:
    ensure_pages()
    page = HomePage.objects.get(locale__language_code="de")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert client.get("/").status_code == 302
    client.force_login(UserFactory())
    response = client.get("/")
    assert response.status_code == 200
    assert "public" not in response["Cache-Control"]
    assert Client().get("/").status_code == 302


def test_a_draft_page_is_not_found(client: Client) -> None:
    ensure_pages()
    HomePage.objects.get(locale__language_code="en").get_children().get(slug="privacy").unpublish()
    assert client.get("/en/privacy/").status_code == 404
