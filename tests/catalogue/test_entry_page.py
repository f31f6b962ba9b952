from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from austausch.catalogue.models import Citation, DatedAction, Entry, Kind, LegalBasis, Link, Partner
from tests.factories import DocumentFactory, EntryFactory, MembershipFactory, TopicFactory

pytestmark = pytest.mark.django_db


def page(client: Client, entry: Entry, language: str = "") -> str:
    response = client.get(f"{language}/massnahmen/{entry.slug}/")
    assert response.status_code == 200
    return response.text


def structured(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


# ── Who sees it ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_has_no_page_for_visitors_but_one_for_its_organisation(client: Client) -> None:
    membership = MembershipFactory()
    draft = EntryFactory(lead=membership.organisation)
    for ending in ("/", ".pdf", ".json"):
        assert client.get(f"/massnahmen/{draft.slug}{ending}").status_code == 404
    client.force_login(membership.user)
    response = client.get(f"/massnahmen/{draft.slug}/")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response.text


def test_what_was_public_and_is_withdrawn_says_so_without_showing_it(client: Client) -> None:
    entry = EntryFactory(title="Zurückgezogene Maßnahme", published=True)
    entry.unpublish()
    for ending in ("/", ".pdf", ".json"):
        response = client.get(f"/massnahmen/{entry.slug}{ending}")
        assert response.status_code == 410
        assert entry.title not in response.text


def test_an_unknown_entry_or_format_is_not_found(client: Client) -> None:
    entry = EntryFactory(published=True)
    assert client.get("/massnahmen/gibt-es-nicht/").status_code == 404
    assert client.get(f"/massnahmen/{entry.slug}.docx").status_code == 404


def test_an_archived_entry_keeps_its_page_with_a_notice_and_leaves_search_engines(client: Client) -> None:
    entry = EntryFactory(published=True)
    Entry.objects.filter(pk=entry.pk).update(archived_on=dt.date(2025, 3, 1))
    text = page(client, entry)
    assert "Archiviert am 1. März 2025" in text
    assert '<meta name="robots" content="noindex">' in text


# ── What it says ────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_shown_that_the_entry_does_not_say(client: Client) -> None:
    text = page(client, EntryFactory(published=True))
    for heading in ("Ziele", "Ergebnisse", "Dokumente</h2>", "Termine", "Förderung", "<dt>Zeitraum", "Zuletzt geprüft"):
        assert heading not in text[text.index("<main") : text.index("</main>")]


def test_a_decree_past_its_validity_says_so_on_its_page_and_where_it_is_listed(client: Client) -> None:
    topics = [TopicFactory(), TopicFactory()]
    over = {"ends_on": dt.date(2023, 12, 31), "ends_precision": "day"}
    decree = EntryFactory(kind=Kind.DECREE, topics=topics, published=True, **over)
    other = EntryFactory(topics=topics, published=True)
    for shown in (decree, other):
        assert "Nicht mehr gültig seit 1. Januar 2024" in page(client, shown)
    assert "No longer valid since 1 January 2024" in page(client, decree, "/en")
    assert client.get(f"/massnahmen/{decree.slug}.json").json()["no_longer_valid"].startswith("Nicht mehr gültig")


def test_a_cited_decree_past_its_validity_says_so_on_the_entrys_page(client: Client) -> None:
    entry = EntryFactory()
    entry.citations.add(Citation(document=DocumentFactory(valid_to=dt.date(2020, 12, 31))))
    entry.save()
    entry.save_revision().publish()
    text = page(client, entry)
    assert "Nicht mehr gültig seit 1. Januar 2021" in text
    assert "Datei liegt dem Portal nicht vor" in text


def test_topics_and_the_body_lead_into_the_list(client: Client) -> None:
    entry = EntryFactory(topics=[TopicFactory(slug="wohnen")], lead__key="mhkbd", published=True)
    text = page(client, entry)
    assert 'href="/massnahmen/?thema=wohnen"' in text
    assert 'href="/massnahmen/?traeger=mhkbd"' in text


def test_links_away_are_marked_and_show_where_they_lead(client: Client) -> None:
    entry = EntryFactory()
    entry.links.add(Link(url="https://www.example.org/a/b", title="Mehr erfahren"))
    entry.legal_bases.add(LegalBasis(title="Beispielgesetz", reference="§ 1"))
    entry.save()
    entry.save_revision().publish()
    text = page(client, entry)
    link = text[text.index('href="https://www.example.org/a/b"') :][:400]
    assert 'rel="noopener external"' in link
    assert "externer Link" in link
    assert "example.org</span>" in link
    assert "§ 1 Beispielgesetz" in text


def test_related_entries_share_at_least_two_topics_most_first(client: Client) -> None:
    a, b, c = TopicFactory(), TopicFactory(), TopicFactory()
    entry = EntryFactory(topics=[a, b, c], published=True)
    EntryFactory(title="Zwei gemeinsam", topics=[a, b], published=True)
    EntryFactory(title="Drei gemeinsam", topics=[a, b, c], published=True)
    EntryFactory(title="Nur eines", topics=[a], published=True)
    EntryFactory(title="Noch ein Entwurf", topics=[a, b, c])
    text = page(client, entry)
    related = text[text.index('id="verwandt"') :]
    assert related.index("Drei gemeinsam") < related.index("Zwei gemeinsam")
    assert "Nur eines" not in related
    assert "Noch ein Entwurf" not in related


def test_the_page_offers_to_report_an_error_and_to_take_it_along(client: Client) -> None:
    entry = EntryFactory(slug="beispiel", published=True)
    text = page(client, entry)
    assert "/hinweis/?art=error&amp;seite=/massnahmen/beispiel/" in text
    assert 'href="/massnahmen/beispiel.pdf"' in text
    assert "beispiel.ics" not in text


def test_a_dated_entry_offers_its_dates(client: Client) -> None:
    entry = EntryFactory(slug="kontrollen")
    entry.actions.add(DatedAction(starts_on=dt.date(2022, 2, 12), ends_on=dt.date(2022, 2, 13), place_names=["Goch"]))
    entry.save()
    entry.save_revision().publish()
    text = page(client, entry)
    assert 'href="/massnahmen/kontrollen.ics"' in text
    assert "12. bis 13. Februar 2022" in text


def test_both_languages_name_each_other_and_themselves(client: Client) -> None:
    entry = EntryFactory(slug="beispiel", published=True)
    german, english = page(client, entry), page(client, entry, "/en")
    assert '<link rel="canonical" href="http://testserver/massnahmen/beispiel/">' in german
    assert '<link rel="canonical" href="http://testserver/en/massnahmen/beispiel/">' in english
    assert "At a glance" in english


def test_the_page_is_kept_for_visitors_and_an_edit_shows_at_once(
    client: Client, django_assert_num_queries: Any
) -> None:
    entry = EntryFactory(title="Vorher", published=True)
    page(client, entry)
    with django_assert_num_queries(1):
        page(client, entry)
    entry.title = "Nachher"
    entry.save_revision().publish()
    assert "<h1>Nachher</h1>" in page(client, entry)


def test_the_number_of_queries_does_not_grow_with_the_entry(client: Client, django_assert_max_num_queries: Any) -> None:
    def filled(parts: int) -> Entry:
        topics = [TopicFactory() for _ in range(2)]
        for _ in range(parts):
            EntryFactory(topics=topics, published=True)
        entry: Entry = EntryFactory(topics=topics)
        for number in range(parts):
            entry.partners.add(Partner(name=f"Partner {number}"))
            entry.links.add(Link(url=f"https://example.org/{number}"))
            entry.citations.add(Citation(document=DocumentFactory()))
        entry.save()
        entry.save_revision().publish()
        return entry

    few, many = filled(1), filled(6)
    page(client, EntryFactory(published=True))
    with django_assert_max_num_queries(60) as for_few:
        page(client, few)
    with django_assert_max_num_queries(60) as for_many:
        page(client, many)
    assert len(for_many) == len(for_few)


# ── For machines ────────────────────────────────────────────────────────────────────────────────────────────


def test_structured_data_cannot_leave_its_script_element(client: Client) -> None:
    hostile = "</script><script>alert(1)</script><!-- &amp; \u2028"
    entry = EntryFactory(title=hostile, summary=hostile, published=True)
    text = page(client, entry)
    assert "<script>alert" not in text
    assert structured(text)["name"] == hostile


@pytest.mark.parametrize("kind", Kind.values)
def test_each_kind_is_a_thing_of_schema_org(client: Client, kind: str) -> None:
    data = structured(page(client, EntryFactory(kind=kind, running=True, published=True)))
    assert data["@context"] == "https://schema.org"
    assert data["@type"]
    assert data["url"].startswith("http://testserver/massnahmen/")


def test_a_decree_that_no_longer_holds_is_not_in_force_for_machines_either(client: Client) -> None:
    decree = EntryFactory(kind=Kind.DECREE, ended=True, published=True)
    data = structured(page(client, decree))
    assert data["legislationLegalForce"] == "https://schema.org/NotInForce"
    assert data["temporalCoverage"] == "2017/2022"


def test_the_preview_shows_what_is_not_saved() -> None:
    entry = EntryFactory(title="Gespeichert")
    entry.title = "Noch nicht gespeichert"
    entry.goals = ["Ein neues Ziel"]
    entry.partners.add(Partner(name="Neue Partnerin"))
    text = entry.make_preview_request().rendered_content
    for shown in ("Noch nicht gespeichert", "Ein neues Ziel", "Neue Partnerin"):
        assert shown in text
    assert Entry.objects.get().title == "Gespeichert"


# ── For search engines ──────────────────────────────────────────────────────────────────────────────────────

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def test_the_sitemap_names_what_is_public_in_both_languages(client: Client) -> None:
    entry, draft = EntryFactory(slug="sichtbar", published=True), EntryFactory(slug="entwurf")
    archived = EntryFactory(slug="archiviert", published=True)
    Entry.objects.filter(pk=archived.pk).update(archived_on=timezone.localdate())
    entry.citations.add(Citation(document=DocumentFactory(slug="leitfaden")))
    entry.save()
    entry.save_revision().publish()
    DocumentFactory(slug="ungenannt")
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - our own
    parts = [found.text or "" for found in index.findall(".//s:loc", SITEMAP)]
    assert len(parts) == 8
    text = "".join(client.get(part.removeprefix("http://testserver")).text for part in parts)
    for path in ("/massnahmen/sichtbar/", "/en/massnahmen/sichtbar/", "/dokumente/leitfaden/", "/massnahmen/"):
        assert f"<loc>http://testserver{path}</loc>" in text
    for slug in (draft.slug, archived.slug, "ungenannt"):
        assert f"/{slug}/" not in text
    assert 'hreflang="en"' in text
    assert "<lastmod>" in text


def test_robots_may_read_what_is_public_and_learn_where_the_sitemap_is(client: Client) -> None:
    text = client.get("/robots.txt").text
    assert "Disallow: /verwaltung/" in text
    assert "Disallow: /konto/" in text
    assert "Disallow: /\n" not in text
    assert "Sitemap: http://testserver/sitemap.xml" in text
