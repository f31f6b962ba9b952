"""A source and the copies made of it are one hit: which one, and that every number on every way out agrees."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from austausch.catalogue import actions
from austausch.catalogue.models import Adoption, Entry
from austausch.pages import queries
from austausch.people.models import Organisation, User
from austausch.places.models import Place
from austausch.search.asking import FACETS, Query
from austausch.search.finding import Hits
from austausch.search.suggesting import suggest
from tests.factories import (
    EntryFactory,
    MembershipFactory,
    OrganisationFactory,
    PlaceFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def body(key: str, ags: str, **values: Any) -> Organisation:
    place = PlaceFactory(ags=ags, name=key.title()) if ags else None
    return OrganisationFactory.create(key=key, name=key.title(), place=place, **values)


def entry(lead: Organisation, slug: str, title: str = "Lotsen", **values: Any) -> Entry:
    return EntryFactory.create(lead=lead, slug=slug, title=title, published=True, **values)


def copied(source: Entry, lead: Organisation, slug: str, *, day: int = 1, **values: Any) -> Entry:
    made = entry(lead, slug, **values)
    origin = Adoption.objects.filter(copy=source).first()
    Adoption.objects.create(
        source=source,
        root=origin.root if origin else source,
        organisation=lead,
        copy=made,
        made_at=timezone.now() + dt.timedelta(minutes=day),
    )
    return made


@pytest.fixture
def line() -> dict[str, Entry]:
    """A ministry's entry, copied by a district and by a town in it; the town's was copied by a town elsewhere."""
    Place.objects.create(ags="05", name="Land", kind=Place.Kind.STATE)
    topic, other = TopicFactory(key="wohnen"), TopicFactory(key="bildung")
    source = entry(body("ministerium", ""), "quelle", topics=[topic])
    district = copied(source, body("kreis", "05911", kind=Organisation.Kind.DISTRICT), "kreis-kopie", day=1)
    town = copied(source, body("stadt", "05911001"), "stadt-kopie", day=2, topics=[topic, other])
    away = copied(town, body("fern", "05700001"), "fern-kopie", day=3, summary="Elterncafé")
    entry(body("anders", "05911002"), "anders", title="Begehung", topics=[topic])
    return {"source": source, "district": district, "town": town, "away": away}


def slugs(params: str = "", user: Any = NOBODY) -> list[str]:
    hits = Hits(Query.from_params(QueryDict(params)), user)
    found = dict(Entry.objects.values_list("pk", "slug"))
    assert len(hits.keys) == hits.total
    return sorted(found[key] for key in hits.keys)


def member_of(entry: Entry) -> User:
    return MembershipFactory.create(organisation=entry.lead).user


def test_without_a_place_the_source_is_the_hit(line: dict[str, Entry]) -> None:
    assert slugs() == ["anders", "quelle"]
    assert slugs("q=Lotsen") == ["quelle"]


def test_the_copy_of_the_place_that_is_asked_for_is_the_hit(line: dict[str, Entry]) -> None:
    assert slugs("ort=05911001") == ["stadt-kopie"]
    assert slugs("ort=05700001&q=Lotsen") == ["fern-kopie"]


def test_a_district_shows_its_own_copy_and_not_the_one_of_a_town_in_it(line: dict[str, Entry]) -> None:
    assert slugs("ort=05911") == ["anders", "kreis-kopie"]


def test_who_is_signed_in_sees_the_copy_of_their_organisations_place(line: dict[str, Entry]) -> None:
    assert slugs(user=member_of(line["town"])) == ["anders", "stadt-kopie"]
    # A town without a copy of its own: that of its district.
    neighbour = MembershipFactory.create(organisation=Organisation.objects.get(key="anders")).user
    assert slugs(user=neighbour) == ["anders", "kreis-kopie"]
    assert slugs(user=UserFactory.create()) == ["anders", "quelle"]
    assert slugs(user=UserFactory.create(portal_team=True)) == ["anders", "quelle"]


def test_the_place_that_is_asked_for_counts_more_than_the_own_one(line: dict[str, Entry]) -> None:
    assert slugs("ort=05700001", user=member_of(line["town"])) == ["fern-kopie"]


def test_a_copy_is_found_where_its_source_does_not_answer(line: dict[str, Entry]) -> None:
    assert slugs("traeger=stadt") == ["stadt-kopie"]
    assert slugs("q=Elterncafé") == ["fern-kopie"]
    assert slugs("thema=bildung") == ["stadt-kopie"]


def test_a_source_that_is_withdrawn_or_archived_leaves_the_earliest_copy_as_the_hit(line: dict[str, Entry]) -> None:
    team = UserFactory.create(portal_team=True)
    actions.archive(line["source"], team)
    assert slugs() == ["anders", "kreis-kopie"]
    actions.withdraw(line["district"], team)
    assert slugs() == ["anders", "stadt-kopie"]


def test_a_draft_copy_changes_nothing_for_its_source(line: dict[str, Entry]) -> None:
    draft = EntryFactory.create(lead=body("neu", "05911003"), slug="neu-kopie", title="Lotsen")
    Adoption.objects.create(source=line["source"], root=line["source"], organisation=draft.lead, copy=draft)
    assert slugs(user=member_of(draft)) == ["anders", "kreis-kopie"]


def test_whoever_asks_gets_each_as_a_hit(line: dict[str, Entry]) -> None:
    assert slugs("kopien=1") == ["anders", "fern-kopie", "kreis-kopie", "quelle", "stadt-kopie"]
    assert slugs("kopien=1&ort=05911001") == ["stadt-kopie"]


@pytest.mark.parametrize("copies", ["", "&kopien=1"])
@pytest.mark.parametrize("asked", ["", "q=Lotsen", "ort=05911", "thema=wohnen", "traeger=stadt", "art=counselling"])
@pytest.mark.parametrize("who", ["visitor", "town"])
def test_every_count_of_every_facet_is_what_choosing_it_shows(
    line: dict[str, Entry], asked: str, copies: str, who: str
) -> None:
    user = NOBODY if who == "visitor" else member_of(line["town"])
    query = Query.from_params(QueryDict(asked + copies))
    hits = Hits(query, user)
    for name in FACETS:
        for option in hits.options(name):
            assert Hits(query.having(name, option.value), user).total == option.count, (name, option)
    for place, count in hits.places():
        assert Hits(query.having("ort", place.ags), user).total == count, place
    for way in hits.relaxations():
        assert Hits(way.query, user).total == way.count, way


def test_the_map_says_how_many_hits_have_no_place_at_all(line: dict[str, Entry]) -> None:
    # The source has none, but its copies have: on the map they stand for it.
    assert Hits(Query(), NOBODY).placeless == 0
    assert Hits(Query(copies=True), NOBODY).placeless == 1


def test_suggestions_name_a_source_and_its_copies_once(line: dict[str, Entry]) -> None:
    def measures(user: Any) -> list[str]:
        return [one.address for one in suggest("Lots", user) if one.kind == "measure"]

    assert measures(NOBODY) == ["/massnahmen/quelle/"]
    assert measures(member_of(line["town"])) == ["/massnahmen/stadt-kopie/"]


def test_the_interface_feeds_and_exports_follow_the_same_rule(line: dict[str, Entry], client: Client) -> None:
    def api(params: str) -> tuple[int, list[str]]:
        answer = client.get(f"/api/v1/measures?{params}").json()
        return answer["count"], sorted(item["slug"] for item in answer["items"])

    assert api("q=Lotsen") == (1, ["quelle"])
    assert api("q=Lotsen&ort=05911001") == (1, ["stadt-kopie"])
    assert api("q=Lotsen&kopien=true")[0] == 4
    for format_ in ("json", "csv", "atom"):
        response = client.get(f"/massnahmen/liste.{format_}?q=Lotsen")
        text = (b"".join(response.streaming_content) if response.streaming else response.content).decode()
        assert "/massnahmen/quelle/" in text, format_
        assert "/massnahmen/stadt-kopie/" not in text, format_
        response = client.get(f"/massnahmen/liste.{format_}?q=Lotsen&kopien=1")
        text = (b"".join(response.streaming_content) if response.streaming else response.content).decode()
        assert "/massnahmen/stadt-kopie/" in text, format_


def test_a_hand_picked_selection_holds_what_was_picked(line: dict[str, Entry], client: Client) -> None:
    response = client.get("/massnahmen/liste.json?eintrag=quelle&eintrag=stadt-kopie")
    text = (b"".join(response.streaming_content) if response.streaming else response.content).decode()
    assert "/massnahmen/quelle/" in text
    assert "/massnahmen/stadt-kopie/" in text


def test_the_page_says_what_it_leaves_out_and_how_to_see_it(line: dict[str, Entry], client: Client) -> None:
    page = client.get("/massnahmen/?q=Lotsen").content.decode()
    assert "1 Maßnahme gefunden" in page
    link = re.search(r'<a href="([^"]*kopien=1[^"]*)">', page)
    assert link is not None
    every = client.get(link[1].replace("&amp;", "&")).content.decode()
    assert "4 Maßnahmen gefunden" in every
    # Other filters keep it, and one can go back.
    assert '<input type="hidden" name="kopien" value="1" form="suchformular">' in every
    assert 'href="/massnahmen/?q=Lotsen"' in every


def test_a_list_without_copies_says_nothing_of_them(client: Client) -> None:
    entry(body("allein", ""), "allein")
    page = client.get("/massnahmen/").content.decode()
    assert "kopien=1" not in page


def test_a_page_for_visitors_is_never_that_of_somebody_signed_in(line: dict[str, Entry], client: Client) -> None:
    inside = Client()
    inside.force_login(member_of(line["town"]), backend="allauth.account.auth_backends.AuthenticationBackend")
    for _again in range(2):
        assert "/massnahmen/stadt-kopie/" in inside.get("/massnahmen/?q=Lotsen").content.decode()
        assert "/massnahmen/quelle/" in client.get("/massnahmen/?q=Lotsen").content.decode()


def test_home_counts_what_the_list_shows_and_leaves_copies_out(line: dict[str, Entry]) -> None:
    home = queries.home()
    assert home.entries == Hits(Query(), NOBODY).total == 2
    assert {way.value: way.count for way in home.topics} == {"wohnen": 2, "bildung": 1}
    assert {found.slug for found in home.newest} == {"quelle", "anders"}


def test_copies_are_not_related_to_their_source_nor_the_other_way_round(client: Client) -> None:
    topics = [TopicFactory(key="wohnen"), TopicFactory(key="bildung")]
    source = entry(body("ministerium", ""), "quelle", topics=topics)
    copy = copied(source, body("stadt", "05911001"), "stadt-kopie", topics=topics)
    third = entry(body("anders", ""), "anders", title="Begehung", topics=topics)
    assert list(Entry.objects.related_to(source)) == [third]
    assert list(Entry.objects.related_to(copy)) == [third]
    assert list(Entry.objects.related_to(third)) == [source]


def test_what_is_no_switch_is_named_and_left_out(line: dict[str, Entry], client: Client) -> None:
    assert "Kopien: vielleicht" in client.get("/massnahmen/?kopien=vielleicht").content.decode()
