"""What somebody looks for, and in which order it is found."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from austausch.counselling import display
from austausch.counselling.finding import Query, Search, UnknownOriginError, origin_of
from austausch.counselling.models import Office, Opening, SpokenLanguage
from austausch.people.models import Organisation
from austausch.places.models import Place
from tests.factories import OfficeFactory, OrganisationFactory, PlaceFactory, TopicFactory

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 30, 11, tzinfo=dt.UTC)


@pytest.fixture
def hagen() -> Place:
    PlaceFactory(ags="05", name="Nordrhein-Westfalen", kind=Place.Kind.STATE, latitude=51.5, longitude=7.5)
    PlaceFactory(ags="05913", name="Dortmund", kind=Place.Kind.CITY, latitude=51.515, longitude=7.466)
    return PlaceFactory(ags="05914", name="Hagen", kind=Place.Kind.CITY, latitude=51.361, longitude=7.472)


@pytest.fixture
def owner() -> Organisation:
    return OrganisationFactory()


def names(**asked: object) -> list[str]:
    return [found.office.name for found in Search(Query(**asked), NOON).part(0, 50)]  # type: ignore[arg-type]


def test_near_a_place_come_those_of_the_place_then_the_nearest_then_those_of_the_state(
    hagen: Place, owner: Organisation
) -> None:
    OfficeFactory(owner=owner, name="Land").areas.add("05")
    OfficeFactory(owner=owner, name="Weit", at=(51.51, 7.46))
    OfficeFactory(owner=owner, name="Nah", at=(51.37, 7.47))
    OfficeFactory(owner=owner, name="Stadt").areas.add("05914")
    OfficeFactory(owner=owner, name="Andere Stadt").areas.add("05913")
    OfficeFactory(owner=owner, name="Irgendwo")
    assert names(place="Hagen") == ["Stadt", "Nah", "Weit", "Irgendwo", "Land"]
    assert Search(Query(place="Hagen")).total == 5
    assert len(names()) == 6


def test_each_page_goes_on_where_the_one_before_ended(hagen: Place, owner: Organisation) -> None:
    for number in range(45):
        OfficeFactory(owner=owner, at=(51.3 + number / 1000, 7.4))
    search = Search(Query(place="Hagen"))
    pages = [[found.office.pk for found in search.page(number).items] for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [20, 20, 5]
    assert len({pk for page in pages for pk in page}) == 45
    assert search.page(99).number == 3


def test_a_distance_is_no_more_exact_than_what_is_known(hagen: Place, owner: Organisation) -> None:
    exact = OfficeFactory(owner=owner, at=(51.40, 7.47))
    by_postcode = OfficeFactory(owner=owner, postcode="44135")
    by_place = OfficeFactory(owner=owner, place=Place.objects.get(ags="05913"))
    here = OfficeFactory(owner=owner, place=hagen)
    local = OfficeFactory(owner=owner)
    local.areas.add(hagen)
    from austausch.counselling import actions

    for office in (by_postcode, by_place, here):
        actions.position(office)
        office.save()
    search = Search(Query(place="Hagen"))
    told = {found.office.pk: display.distance(found, search.origin) for found in search.part(0, 50)}
    assert told[exact.pk] == "4,3 km Luftlinie"
    assert told[by_postcode.pk] == "etwa 17 km Luftlinie bis zu den Orten ihrer Postleitzahl"
    assert told[by_place.pk] == "etwa 17 km Luftlinie bis Ortsmitte Dortmund"
    assert told[here.pk] == "in Hagen; wo genau, ist noch nicht bekannt"
    assert told[local.pk] == "Zuständig für Hagen"


def test_a_postcode_a_key_and_a_name_lead_to_the_same_town(hagen: Place) -> None:
    assert origin_of("Hagen").ags == origin_of("05914000").ags == origin_of("58095").ags == "05914"


@pytest.mark.parametrize("text", ["Nirgendwo", "00000", "'; DROP TABLE", "99999999"])
def test_an_unknown_place_is_said_and_all_offices_are_shown_by_name(client: Client, hagen: Place, text: str) -> None:
    OfficeFactory(name="Beratung am Ort")
    with pytest.raises(UnknownOriginError):
        origin_of(text)
    page = client.get("/beratung/", {"ort": text}).content.decode()
    assert 'id="ort-fehler"' in page
    assert "Beratung am Ort" in page


def test_only_those_that_speak_a_language_are_about_a_topic_or_advise_online(owner: Organisation) -> None:
    romanian = OfficeFactory(owner=owner, name="Rumänisch", online="yes")
    SpokenLanguage.objects.create(office=romanian, code="ro", by="native")
    SpokenLanguage.objects.create(office=romanian, code="ro", by="interpreter")
    OfficeFactory(owner=owner, name="Thema").topics.add(TopicFactory(key="arbeit"))
    OfficeFactory(owner=owner, name="Nichts bekannt")
    assert names(language="ro") == ["Rumänisch"]
    assert names(topic="arbeit") == ["Thema"]
    assert names(online=True) == ["Rumänisch"]
    assert names(language="ro", topic="arbeit") == []


def test_open_now_asks_the_hours_and_never_shows_what_is_not_known(owner: Organisation) -> None:
    OfficeFactory(owner=owner, name="Offen", open_all_week=True)
    night = OfficeFactory(owner=owner, name="Nachts")
    Opening.objects.create(office=night, weekday=6, opens=dt.time(22), closes=dt.time(6))
    OfficeFactory(owner=owner, name="Unbekannt")
    assert names(open_now=True) == ["Offen"]
    assert [found.office.name for found in Search(Query(open_now=True), NOON.replace(hour=2)).part(0, 9)] == ["Nachts"]


def test_what_is_not_shown_or_no_longer_exists_is_not_found(owner: Organisation) -> None:
    OfficeFactory(owner=owner, live=False)
    OfficeFactory(owner=owner, state="ended")
    assert names() == []


@pytest.mark.parametrize(
    "query", ["thema=%00", "thema=<script>", "sprache=xx", "seite=0", "seite=-1", "seite=x" * 9, "ort=%0a"]
)
def test_nonsense_in_the_address_finds_what_is_left_of_the_question(client: Client, query: str) -> None:
    OfficeFactory(name="Bleibt")
    response = client.get(f"/beratung/?{query}")
    assert response.status_code == (400 if "%00" in query else 200)
    assert "%00" in query or "Bleibt" in response.content.decode()


def test_what_nobody_has_told_is_named_once_as_not_yet_known(client: Client) -> None:
    office = OfficeFactory(slug="leer", phone="02331 123")
    page = client.get(office.get_absolute_url()).content.decode()
    (known, unknown) = page.split('id="unbekannt">Noch nicht bekannt</h2>')
    unknown = unknown.split("</section>")[0]
    for label in ("Träger", "E-Mail", "Sprachen", "Kosten", "Öffnungszeiten"):
        assert label in unknown
    assert "Telefon" in known
    assert "Telefon" not in unknown
    assert "/hinweis/?art=error&amp;seite=/beratung/leer/" in unknown
    assert page.casefold().count("noch nicht bekannt") == 2, "Once in the badge for the hours, once for all the rest."
    assert "geschlossen" not in page.casefold().replace("geschlossen werden", "")


def test_an_office_of_which_all_is_known_has_no_list_of_what_is_not(client: Client, hagen: Place) -> None:
    office = OfficeFactory(open_all_week=True)
    told = [display.Fact(label, "etwas") for label in display.labels()]
    assert display.missing(Office.objects.with_parts().get(pk=office.pk), told) == []


def test_the_number_of_queries_does_not_grow_with_the_offices(
    client: Client, owner: Organisation, hagen: Place, django_assert_max_num_queries: object
) -> None:
    for _ in range(25):
        OfficeFactory(owner=owner, at=(51.4, 7.5), open_all_week=True)
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        client.get("/beratung/?ort=Hagen")
    assert Office.objects.count() == 25


def test_the_api_finds_the_same_in_the_same_order(client: Client, hagen: Place, owner: Organisation) -> None:
    OfficeFactory(owner=owner, name="Weit", slug="weit", at=(51.51, 7.46))
    OfficeFactory(owner=owner, name="Nah", slug="nah", at=(51.37, 7.47), open_all_week=True)
    answer = client.get("/api/v1/offices?place=Hagen&limit=1").json()
    assert (answer["count"], answer["items"][0]["slug"]) == (2, "nah")
    assert answer["items"][0]["distance_km"] == pytest.approx(1.0, abs=0.1)
    assert client.get("/api/v1/offices?place=Nirgendwo").json()["count"] == 0
    assert client.get("/api/v1/offices/gibt-es-nicht").status_code == 404
