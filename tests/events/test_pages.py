"""The public pages: what stands there, what does not, and filters without scripts."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from austausch.catalogue.models import EventFormat
from austausch.core.policy import Action, policy
from austausch.events import actions
from austausch.events.models import AgendaItem, Event, EventDocument, Series
from austausch.people.models import Membership
from tests.factories import (
    DocumentFactory,
    EntryFactory,
    EventFactory,
    MembershipFactory,
    OrganisationFactory,
    ParticipantFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PAST = dt.date(2022, 3, 31)


def titles(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/termine/{query}").content.decode()
    return re.findall(r'class="event__title"><a[^>]*>([^<]+)<', page)


def test_what_comes_next_stands_first_and_what_was_last_follows(client: Client) -> None:
    today = timezone.localdate()
    EventFactory(title="Später", starts_on=today + dt.timedelta(days=60))
    EventFactory(title="Heute", starts_on=today)
    EventFactory(title="Lange her", starts_on=PAST)
    EventFactory(title="Gestern", starts_on=today - dt.timedelta(days=1))
    EventFactory(title="Entwurf", drafted=True)
    assert titles(client) == ["Heute", "Später", "Gestern", "Lange her"]
    assert titles(client, "?zeit=kommend") == ["Heute", "Später"]
    assert titles(client, "?zeit=vergangen") == ["Gestern", "Lange her"]


def test_each_filter_finds_what_it_says(client: Client) -> None:
    series = Series.objects.create(slug="reihe", title="Reihe")
    one = EventFactory(title="A", kind=Event.Kind.DIGITAL, format=EventFormat.ONLINE, series=series)
    one.topics.add(TopicFactory(key="arbeit"))
    EventFactory(title="B")
    for query in ("art=digital_conference", "format=online", "thema=arbeit", "reihe=reihe"):
        assert titles(client, f"?{query}") == ["A"], query
    assert titles(client, f"?veranstalter={one.organiser.key}") == ["A"]
    assert titles(client, "?art=unbekannt&format=quer&seite=x") == ["A", "B"]
    assert "Zu diesen Filtern passt kein Termin" in client.get("/termine/?thema=nichts").content.decode()


def test_an_empty_list_says_so(client: Client) -> None:
    assert "Es gibt noch keine Termine" in client.get("/termine/").content.decode()


def test_an_event_shows_all_that_is_known_and_nothing_else(client: Client) -> None:
    event = EventFactory(timed=True, venue="Rathaus", text="Erster Absatz", access="https://example.org/raum")
    AgendaItem.objects.create(
        event=event, title="Begrüßung", starts_at=dt.time(10), speakers="Bea Beispiel\n\nMax Muster"
    )
    page = client.get(f"/termine/{event.slug}/").content.decode()
    for words in (
        "10:00 bis 16:30 Uhr",
        "deutsche Zeit",
        "Rathaus",
        "Erster Absatz",
        "Begrüßung",
        "<li>Max Muster</li>",
    ):
        assert words in page, words
    for words in ("https://example.org/raum", "Ergebnisse", "Dokumente</h2>", "/anmelden/"):
        assert words not in page, words


def test_texts_are_never_markup(client: Client) -> None:
    event = EventFactory(title="<b>x</b>", text="<script>alert(1)</script>", results="<img src=x>", venue="<i>y</i>")
    for path in (f"/termine/{event.slug}/", "/termine/", f"/termine/{event.slug}/anmelden/"):
        page = client.get(path).content.decode()
        for markup in ("<b>x", "<script>alert", "<img src=x", "<i>y"):
            assert markup not in page, path


def test_nobody_but_the_organiser_sees_a_draft(client: Client) -> None:
    event = EventFactory(drafted=True)
    assert client.get(f"/termine/{event.slug}/").status_code == 404
    client.force_login(MembershipFactory().user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(f"/termine/{event.slug}/").status_code == 404
    member = MembershipFactory(organisation=event.organiser).user
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(f"/termine/{event.slug}/")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    for path in (f"/termine/{event.slug}.ics", f"/api/v1/events/{event.slug}"):
        assert client.get(path).status_code == 404
    for path in ("/termine/", "/termine/kalender.ics", "/termine/feed.atom", "/api/v1/events", "/sitemap-termine.xml"):
        assert event.slug not in client.get(path).content.decode()


def test_a_published_event_is_the_same_page_for_everybody_and_kept(client: Client) -> None:
    event = EventFactory()
    answer = client.get(f"/termine/{event.slug}/")
    assert "public" in answer.headers["Cache-Control"]
    assert "csrf" not in answer.content.decode()


def test_participants_stand_on_no_public_page(client: Client) -> None:
    person = ParticipantFactory(name="Geheim Gast", email="geheim@example.org")
    paths = ("/termine/", f"/termine/{person.event.slug}/", f"/termine/{person.event.slug}.ics", "/termine/feed.atom")
    for path in (*paths, "/api/v1/events", f"/api/v1/events/{person.event.slug}"):
        page = client.get(path).content.decode()
        assert "Geheim" not in page
        assert "geheim@" not in page


def test_a_document_is_public_once_an_announced_event_shows_it(client: Client) -> None:
    event, document = EventFactory(drafted=True), DocumentFactory(title="Tagungsband", owner=OrganisationFactory())
    EventDocument.objects.create(event=event, document=document, is_result=True)
    assert client.get(document.get_absolute_url()).status_code == 404
    actions.publish(event, UserFactory(portal_team=True))
    assert client.get(document.get_absolute_url()).status_code == 200
    assert "Tagungsband" in client.get(f"/termine/{event.slug}/").content.decode()
    keeper = MembershipFactory(organisation=document.owner, role=Membership.Role.ADMINISTRATOR).user
    assert not policy.may(keeper, Action.DELETE, document)


def test_a_measure_is_linked_only_while_it_is_published(client: Client) -> None:
    draft = EventFactory(entry=EntryFactory(title="Unfertig"))
    assert "Unfertig" not in client.get(f"/termine/{draft.slug}/").content.decode()
    shown = EventFactory(entry=EntryFactory(title="Fertig", published=True))
    assert "Fertig" in client.get(f"/termine/{shown.slug}/").content.decode()


def test_a_cancelled_event_says_so_on_its_page_and_in_the_list(client: Client) -> None:
    event = EventFactory(state=Event.State.CANCELLED, cancelled_because="Krankheit")
    assert "Krankheit" in client.get(f"/termine/{event.slug}/").content.decode()
    assert "event--cancelled" in client.get("/termine/").content.decode()


def test_the_api_answers_with_moments_and_their_offset(client: Client) -> None:
    EventFactory(slug="sommer", timed=True, starts_on=dt.date(2022, 7, 1))
    EventFactory(slug="winter", starts_on=dt.date(2022, 12, 1))
    answer = client.get("/api/v1/events?time=past").json()
    assert answer["count"] == 2
    assert [item["slug"] for item in answer["items"]] == ["winter", "sommer"]
    assert answer["items"][0]["starts_at"] is None
    assert client.get("/api/v1/events/sommer").json()["starts_at"] == "2022-07-01T10:00:00+02:00"
    assert client.get("/api/v1/events/keiner").status_code == 404
    assert client.get("/api/v1/events?time=quer").status_code == 422


def test_the_feed_and_the_sitemap_name_what_was_announced(client: Client) -> None:
    event = EventFactory(title="Fachtag & mehr")
    feed = client.get("/termine/feed.atom").content.decode()
    assert "Fachtag &amp; mehr" in feed
    assert f"/termine/{event.slug}/" in client.get("/sitemap-termine.xml").content.decode()


@pytest.mark.usefixtures("portal")
class TestTheFirstContent:
    def test_the_three_conferences_say_what_the_source_says(self, client: Client) -> None:
        assert titles(client) == [
            "Fünfte Grenzlandkonferenz",
            "Konferenz zur grenzüberschreitenden Zusammenarbeit",
            "Vierte Grenzlandkonferenz",
        ]
        page = client.get("/termine/grenzlandkonferenz-2022/").content.decode()
        for words in ("31. März 2022", "Aachen", "hybrid", "EURIEC", "/massnahmen/grenzlandkonferenz-2022/"):
            assert words in page
        two_days = client.get("/termine/konferenz-grenzueberschreitende-zusammenarbeit-2022/").content.decode()
        assert "16. bis 17. August 2022" in two_days
        assert "Wo</dt>" not in two_days, "the source names no place"

    def test_the_five_joint_actions_stand_on_timeline_map_and_list(self, client: Client) -> None:
        page = client.get("/termine/aktionen/").content.decode()
        assert page.count('class="timeline__action"') == 10, "across, and upright for phones"
        assert page.count('<li class="event" id="aktion-') == 5
        drawn = re.findall(r'class="action-map__spot" href="#aktion-\d" aria-label="([^"]+)"', page)
        assert sorted(drawn) == sorted(
            ["Brüggen: 4", "Emmerich: 1", "Geldern: 1", "Goch: 2", "Gronau: 3", "Kleve: 5",
             "Kranenburg: 5", "Nettetal: 4", "Südlohn: 3"]
        )  # fmt: skip
        assert "24. bis 25. Oktober 2022" in page
        assert "Kreis Borken" in page


class TestSeries:
    def test_a_series_has_a_page_with_what_is_to_come_and_what_is_over(self, client: Client) -> None:
        series = Series.objects.create(slug="grenztage", title="Grenztage")
        past = timezone.localdate() - dt.timedelta(days=400)
        EventFactory(series=series, title="Grenztag zwei")
        EventFactory(series=series, title="Grenztag eins", starts_on=past, ends_on=past)
        EventFactory(title="Anderes")
        page = client.get("/termine/reihe/grenztage/").content.decode()
        coming, over = page.split('id="vergangen"')
        assert "Grenztag zwei" in coming
        assert "Grenztag eins" in over
        assert "Anderes" not in page
        assert "/termine/kalender.ics?reihe=grenztage" in page

    def test_an_event_leads_to_its_series_and_search_engines_know_it(self, client: Client) -> None:
        event = EventFactory(series=Series.objects.create(slug="grenztage", title="Grenztage"))
        assert 'href="/termine/reihe/grenztage/"' in client.get(event.get_absolute_url()).content.decode()
        assert "/termine/reihe/grenztage/" in client.get("/sitemap-reihen.xml").content.decode()

    def test_a_series_of_drafts_is_not_known(self, client: Client) -> None:
        EventFactory(drafted=True, series=Series.objects.create(slug="geheim", title="Geheim"))
        assert client.get("/termine/reihe/geheim/").status_code == 404
        assert client.get("/termine/reihe/gibt-es-nicht/").status_code == 404

    def test_no_event_takes_the_address_below_which_series_stand(self) -> None:
        assert actions.free_slug("Reihe") == "reihe-2"
