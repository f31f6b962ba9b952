"""The list as visitors get it, without scripts."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from austausch.catalogue.models import Entry, Kind
from austausch.places.models import Place
from austausch.search.rebuilding import rebuild
from tests.factories import EntryFactory, MembershipFactory, OrganisationFactory, PlaceFactory, TopicFactory

pytestmark = pytest.mark.django_db
LIST = "/massnahmen/"


class Reader(HTMLParser):
    """Collects (tag, attributes) of a page and the text of elements by id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [
            attributes
            for name, attributes in self.tags
            if name == tag and all(attributes.get(key) == value for key, value in wanted.items())
        ]


def get(client: Client, params: str = "", **headers: str) -> str:
    response = client.get(LIST + params, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def titles(html: str) -> list[str]:
    found = re.findall(r'card__title"><a href="[^"]*">(.*?)</a>', html)
    return [title.replace("<mark>", "").replace("</mark>", "") for title in found]


@pytest.fixture
def two() -> None:
    housing, school = TopicFactory(key="wohnen", name="Wohnen"), TopicFactory(key="schule", name="Schule & Kita")
    EntryFactory(slug="haus", title="Haus", kind=Kind.LAW, topics=[housing], published=True)
    EntryFactory(slug="schule", title="Schulweg", kind=Kind.EVENT, topics=[school], published=True)


def test_the_list_names_its_number_in_title_heading_and_live_region(client: Client, two: None) -> None:
    html = get(client)
    assert re.search(r"<title>2 Maßnahmen –", html)
    assert re.search(r'id="ansage" role="status" aria-live="polite">2 Maßnahmen gefunden<', html)
    assert re.search(r'<h2[^>]*id="treffer"[^>]*>2 Maßnahmen gefunden<', html)
    assert titles(html) == ["Schulweg", "Haus"]


def test_the_form_works_without_scripts(client: Client, two: None) -> None:
    page = Reader(get(client))
    (form,) = page.all("form", id="suchformular")
    assert (form["method"], form["action"], form["role"]) == ("get", LIST, "search")
    (tick,) = page.all("input", name="thema", value="wohnen")
    assert tick["form"] == "suchformular"
    assert page.all("button", type="submit", form="suchformular")
    assert titles(get(client, "?q=&thema=wohnen&ort=&sort=neueste")) == ["Haus"]


def test_searching_from_the_plain_list_sorts_by_relevance(client: Client, two: None) -> None:
    html = get(client)
    (select,) = Reader(html).all("select", name="sort")
    assert select["form"] == "suchformular"
    assert '<option value="" selected>Neueste zuerst</option>' in html
    assert '<option value="" selected>Beste Treffer zuerst</option>' in get(client, "?q=haus&sort=")
    assert '<option value="neueste" selected>' in get(client, "?q=haus&sort=neueste")


def test_every_field_has_a_label(client: Client, two: None) -> None:
    page = Reader(get(client, "?q=haus"))
    labelled = {label["for"] for label in page.all("label")}
    for tag in ("input", "select"):
        for field in page.all(tag):
            assert field.get("type") == "hidden" or field["id"] in labelled, field


def test_ids_are_unique_and_nothing_is_styled_inline(client: Client, two: None) -> None:
    for params in ("", "?ansicht=karte", "?q=gibtesnicht&thema=wohnen"):
        page = Reader(get(client, params))
        ids = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        for _tag, attributes in page.tags:
            assert "style" not in attributes
            assert not any(name.startswith("on") for name in attributes)


def test_a_chip_removes_its_filter_only(client: Client, two: None) -> None:
    page = Reader(get(client, "?q=haus&thema=wohnen&art=law"))
    chips = {frozenset(parse_qsl(urlsplit(link["href"]).query)) for link in page.all("a", **{"class": "chip"})}
    assert chips == {
        frozenset({("thema", "wohnen"), ("art", "law")}),
        frozenset({("q", "haus"), ("art", "law")}),
        frozenset({("q", "haus"), ("thema", "wohnen")}),
    }
    (everything,) = page.all("a", **{"class": "chip chip--all"})
    assert everything["href"] == LIST


def test_only_plain_pages_and_single_filters_are_for_search_engines(client: Client, two: None) -> None:
    robots = '<meta name="robots" content="noindex,follow">'
    for params in ("", "?thema=wohnen"):
        assert robots not in get(client, params)
    for params in ("?q=haus", "?thema=wohnen&art=law", "?thema=wohnen&thema=schule", "?sort=titel"):
        assert robots in get(client, params)


def test_the_canonical_address_is_the_same_however_one_came(client: Client, two: None) -> None:
    for params in ("?thema=wohnen&art=law&q=", "?art=law&sort=neueste&thema=wohnen&seite=1&unsinn=1"):
        (canonical,) = Reader(get(client, params)).all("link", rel="canonical")
        assert canonical["href"] == "http://testserver/massnahmen/?thema=wohnen&art=law"


def test_values_that_do_not_exist_are_named_and_left_out(client: Client, two: None) -> None:
    html = get(client, "?thema=<script>alert(1)</script>&sort=quer")
    assert len(titles(html)) == 2
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html
    assert "nicht angewandt" in html


def test_words_come_back_escaped(client: Client, two: None) -> None:
    html = get(client, '?q="><script>alert(1)</script>')
    assert "<script>alert" not in html


@pytest.mark.parametrize("page", ["0", "-1", "99", "abc", "1e3", "٣", "9" * 400, ""])
def test_a_page_that_does_not_exist_leads_to_one_that_does(client: Client, two: None, page: str) -> None:
    response = client.get(LIST, {"seite": page, "thema": "wohnen"})
    assert response.status_code == 302
    assert response.headers["Location"] == "/massnahmen/?thema=wohnen"


def test_pages_keep_the_filters(client: Client) -> None:
    topic = TopicFactory(key="viel")
    for _ in range(30):
        EntryFactory(topics=[topic], live=True)
    rebuild()
    html = get(client, "?thema=viel")
    assert len(titles(html)) == 25
    assert 'href="?thema=viel&amp;seite=2"' in html
    second = get(client, "?thema=viel&seite=2")
    assert len(titles(second)) == 5
    assert re.search(r"<title>[^<]*Seite 2", second)
    assert not set(titles(html)) & set(titles(second))


def test_the_exports_are_of_exactly_this_list(client: Client, two: None) -> None:
    page = Reader(get(client, "?thema=wohnen"))
    for format in ("atom", "csv", "xlsx", "json", "ics", "pdf"):  # noqa: A001
        assert page.all("a", href=f"/massnahmen/liste.{format}?thema=wohnen")
    assert page.all("link", rel="alternate", type="application/atom+xml", href="/massnahmen/liste.atom?thema=wohnen")


def test_chosen_entries_go_into_one_pdf(client: Client, two: None) -> None:
    page = Reader(get(client, "?thema=wohnen"))
    (form,) = page.all("form", id="auswahl")
    assert (form["method"], form["action"]) == ("get", "/massnahmen/liste.pdf")
    (tick,) = page.all("input", name="eintrag")
    assert (tick["form"], tick["value"]) == ("auswahl", "haus")


def test_an_empty_result_helps(client: Client, two: None) -> None:
    html = get(client, "?thema=wohnen&art=event")
    assert titles(html) == []
    assert "ohne Thema: Wohnen – 1 Maßnahme" in html
    assert "ohne Art: " in html
    assert "Alle Maßnahmen anzeigen" in html
    assert "Schule &amp; Kita (1)" in html
    assert "Ist alles richtig geschrieben" in get(client, "?q=gibtesnicht")


def test_the_advice_claims_nothing_about_words_of_which_the_list_says_otherwise(client: Client) -> None:
    EntryFactory(title="Kosten und Beihilfe", published=True)
    advice = get(client, "?q=gibtesnicht")
    assert "Versuchen Sie ein anderes oder allgemeineres Wort." in advice
    assert "findet mehr als" not in advice


def test_htmx_gets_the_region_the_announcement_and_the_address(client: Client, two: None) -> None:
    response = client.get(
        "/massnahmen/?q=&thema=wohnen&ort=&sort=neueste", headers={"HX-Request": "true", "HX-Target": "suche"}
    )
    html = response.content.decode()
    assert "<html" not in html
    assert "<title>1 Maßnahme: Wohnen" in html
    assert '<p id="ansage" hx-swap-oob="innerHTML">1 Maßnahme gefunden</p>' in html
    assert titles(html) == ["Haus"]
    assert response.headers["HX-Push-Url"] == "/massnahmen/?thema=wohnen"


def test_htmx_restoring_its_history_gets_the_whole_page(client: Client, two: None) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in get(client, **headers)


def test_a_renamed_topic_shows_at_once_also_to_those_who_had_the_page_before(client: Client, two: None) -> None:
    assert "Wohnen" in get(client)
    topic = Entry.objects.get(slug="haus").topics.get()
    topic.name = "Wohnungen"
    topic.save()
    assert "Wohnungen" in get(client)


def test_members_see_the_same_list_and_no_drafts(client: Client, two: None) -> None:
    lead = OrganisationFactory()
    EntryFactory(title="Unveröffentlicht", lead=lead).save_revision()
    client.force_login(MembershipFactory(organisation=lead).user)
    html = get(client)
    assert titles(html) == ["Schulweg", "Haus"]
    assert lead.name not in html


def test_the_list_speaks_english(client: Client, two: None) -> None:
    html = client.get("/en/massnahmen/?art=law").content.decode()
    assert "1 measure found" in html
    assert 'action="/en/massnahmen/"' in html


# The map


@pytest.fixture
def placed() -> None:
    PlaceFactory(ags="05", name="Land", kind=Place.Kind.STATE)
    PlaceFactory(ags="05154", name="Kreis Probe", kind=Place.Kind.DISTRICT, latitude=51.7, longitude=6.2)
    towns = [
        PlaceFactory(ags="05154008", name="Nordstadt", latitude=51.8, longitude=6.1),
        PlaceFactory(ags="05154012", name="Südstadt", latitude=50.9, longitude=7.0),
    ]
    for number, places in enumerate(([towns[0]], towns, [])):
        entry = EntryFactory(title=f"Eintrag {number}")
        entry.places.set(places)
        entry.save_revision().publish()


def test_the_map_says_the_same_as_its_table(client: Client, placed: None) -> None:
    html = get(client, "?ansicht=karte")
    page = Reader(html)
    bubbles = {link["aria-label"]: link["href"] for link in page.all("a", **{"class": "map-drawing__bubble"})}
    assert bubbles == {
        "Nordstadt: 2 Maßnahmen": "/massnahmen/?ort=05154008",
        "Südstadt: 1 Maßnahme": "/massnahmen/?ort=05154012",
    }
    rows = re.findall(r'<th scope="row"><a href="([^"]*)">([^<]*)</a></th><td class="number">(\d+)</td>', html)
    assert {f"{name}: {count} Maßnahme{'n' if count != '1' else ''}": href for href, name, count in rows} == bubbles
    assert "1 Maßnahme nennt keinen Ort" in html
    assert len(titles(get(client, "?ort=05154008"))) == 2


def test_the_map_names_its_sources(client: Client, placed: None) -> None:
    html = get(client, "?ansicht=karte")
    assert "Destatis" in html
    assert "GeoNames" in html
    assert "https://creativecommons.org/licenses/by/4.0/" in html


def test_the_map_keeps_the_filters_and_leads_back_to_the_list(client: Client, placed: None) -> None:
    page = Reader(get(client, "?ansicht=karte&art=counselling"))
    assert page.all("input", type="hidden", name="ansicht", value="karte", form="suchformular")
    assert page.all("a", href="/massnahmen/?art=counselling")
    (link,) = page.all("a", **{"class": "view-switch__link", "aria-current": "true"})
    assert link["href"] == "/massnahmen/?art=counselling&ansicht=karte"


def test_numbers_in_the_drawing_have_points_in_every_language(client: Client, placed: None) -> None:
    circles = Reader(get(client, "?ansicht=karte")).all("circle")
    assert circles
    for circle in circles:
        assert all(re.fullmatch(r"[0-9.]+", circle[name]) for name in ("cx", "cy", "r"))


def test_hidden_entries_are_not_on_the_map(client: Client, placed: None) -> None:
    Entry.objects.filter(title="Eintrag 1").update(live=False)
    html = get(client, "?ansicht=karte")
    assert "Südstadt" not in html
    assert "Nordstadt: 1 Maßnahme" in html


def test_places_are_offered_by_district(client: Client, placed: None) -> None:
    html = get(client)
    assert '<optgroup label="Kreis Probe">' in html
    assert '<option value="05154">Kreis Probe insgesamt (2)</option>' in html
    assert '<option value="05154008">Nordstadt (2)</option>' in html


def test_fifty_or_a_hundred_entries_cost_the_page_the_same_queries(client: Client) -> None:
    lead, topic, place = OrganisationFactory(), TopicFactory(), PlaceFactory()

    def make(number: int) -> None:
        for _ in range(number):
            entry = EntryFactory(lead=lead, topics=[topic], live=True)
            entry.places.add(place)
            entry.save()
        rebuild()

    def queries() -> dict[str, int]:
        """How many each page costs."""
        costs = {}
        for params in ("", "?ansicht=karte", "?q=maßnahme"):
            with CaptureQueriesContext(connection) as asked:
                get(client, params)
            costs[params] = len(asked)
        return costs

    # Fifty, so that the first page is as full as it will be.
    make(50)
    few = queries()
    make(50)
    assert queries() == few


# ── Nothing chosen ──────────────────────────────────────────────────────────────────────────────────────────


def test_who_wants_the_chosen_ones_and_chose_none_is_asked_to_choose_on_the_same_list(client: Client) -> None:
    for number in range(26):
        EntryFactory(title=f"Wohnraum {number:02}", kind=Kind.LAW, published=True)
    page = Reader(get(client, "?q=Wohnraum&art=law&sort=titel&kopien=1&seite=2"))
    (button,) = page.all("button", name="auswahl")
    fields = [(field["name"], field["value"]) for field in page.all("input", type="hidden") if "form" not in field]
    asked = [(name, value) for name, value in fields if name != "explain"] + [(button["name"], button["value"])]
    response = client.get("/massnahmen/liste.pdf", asked)
    address = "/massnahmen/?q=Wohnraum&art=law&sort=titel&kopien=1&seite=2&auswahl=leer#mitnehmen"
    assert (response.status_code, response["Location"]) == (302, address)
    said = client.get(address).content.decode()
    assert "Noch ist nichts ausgewählt" in said
    assert titles(said) == ["Wohnraum 25"]
    assert "Noch ist nichts ausgewählt" not in get(client, "?q=Wohnraum")


def test_the_whole_list_and_chosen_ones_are_still_taken_along(client: Client, two: None) -> None:
    for params, count in (("", 2), ("?auswahl=1&eintrag=haus", 1)):
        response = client.get(f"/massnahmen/liste.csv{params}")
        assert len(list(csv.reader(io.StringIO(b"".join(response).decode()), delimiter=";"))) == count + 1


def test_a_strange_page_number_does_not_keep_anybody_from_being_asked_to_choose(client: Client, two: None) -> None:
    for page in ("x", "-1", "٣", "9" * 400):
        response = client.get("/massnahmen/liste.pdf", {"auswahl": "1", "seite": page}, follow=True)
        assert "Noch ist nichts ausgewählt" in response.content.decode()


def test_one_measure_is_one_measure_for_those_who_hear_it(client: Client, two: None) -> None:
    EntryFactory(kind=Kind.LAW, published=True)
    html = get(client)
    assert re.search(r"2<span class=\"kern-sr-only\"> Maßnahmen</span>", html)
    assert re.search(r"1<span class=\"kern-sr-only\"> Maßnahme</span>", html)
    assert re.search(r"1<span class=\"kern-sr-only\"> measure</span>", client.get("/en" + LIST).content.decode())


def test_without_scripts_the_order_has_a_button_of_its_own(client: Client, two: None) -> None:
    html = get(client)
    assert re.search(r'<noscript><button [^>]*type="submit" form="suchformular">Sortieren</button></noscript>', html)
