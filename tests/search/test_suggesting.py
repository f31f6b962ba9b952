"""Suggestions while typing: what is offered, and that nothing is that the reader may not see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from austausch.catalogue.admin.entries import EntryViewSet
from austausch.catalogue.models import Entry
from austausch.core.page_cache import memory
from austausch.core.policy import Action, policy
from austausch.people.models import Membership
from austausch.search import popular, views
from austausch.search.models import Search
from austausch.search.searches import this_week
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
ADDRESS = "/massnahmen/vorschlaege/"
VISITOR = AnonymousUser()


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    popular.forget()
    yield
    popular.forget()


def labels(text: str, kind: str = "", user: Any = VISITOR) -> list[str]:
    return [one.label for one in suggest(text, user, most=20) if kind in {"", one.kind}]


def asked(text: str, times: int = 5, *, hits: int = 3, weeks_ago: int = 0) -> None:
    week = this_week() - dt.timedelta(weeks=weeks_ago)
    Search.objects.create(text=text, week=week, asked=times, hits=hits)


# ── What must never show ────────────────────────────────────────────────────────────────────────────────────

SECRET = "Geheimprojekt"


def hidden(state: str) -> Entry:
    """An entry nobody may see in the list, with a topic, a body and a place that no other entry has."""
    entry = EntryFactory(
        title=f"{SECRET} Nordstadt",
        summary=f"Das {SECRET} betrifft Geheimgassen.",
        topics=[TopicFactory(key="geheim", name=f"{SECRET} Thema")],
        lead=OrganisationFactory(name=f"{SECRET} Stelle"),
    )
    entry.places.add(PlaceFactory(name=f"{SECRET} Ort"))
    entry.save()
    if state != "draft":
        entry.save_revision().publish()
        entry.refresh_from_db()
    if state == "archived":
        from austausch.catalogue.actions import archive

        archive(entry, user=UserFactory(portal_team=True), reason="vorbei")
    if state == "withdrawn":
        entry.unpublish()
    return entry


@pytest.mark.parametrize("state", ["draft", "archived", "withdrawn"])
@pytest.mark.parametrize("reader", ["visitor", "another town", "portal team"])
def test_what_is_not_listed_shows_in_no_kind_of_suggestion(state: str, reader: str) -> None:
    hidden(state)
    EntryFactory(title="Öffentlich", published=True)
    asked(SECRET.lower(), 90)
    asked("geheimgassen", 90)
    readers = {"visitor": VISITOR, "portal team": UserFactory(portal_team=True)}
    if reader == "another town":
        readers[reader] = MembershipFactory(role=Membership.Role.ADMINISTRATOR).user
    for text in ("", "geh", "Geheim", "geheimprojekt", "Geheimprojekt Nord", "geheimgass", "nordst"):
        assert suggest(text, readers[reader]) == [], text


def test_a_shown_entry_with_the_same_filters_does_show() -> None:
    """What the test above is worth: published, all of it is suggested."""
    hidden("published")
    asked("geheimgassen", 90)
    popular.forget()
    kinds = {one.kind for text in ("", "Geheim", "geheimgass") for one in suggest(text, VISITOR)}
    assert kinds == {"popular", "measure", "topic", "body", "place", "word"}


def test_a_policy_that_hides_an_entry_hides_its_suggestions(monkeypatch: pytest.MonkeyPatch) -> None:
    EntryFactory(title="Sperrbezirk Nord", published=True)
    EntryFactory(title="Öffentlich", published=True)
    asked("sperrbezirk", 90)
    assert suggest("sperr", VISITOR)
    which = policy.which

    def stricter(user: Any, action: Action, rows: Any) -> Any:
        allowed = which(user, action, rows)
        return allowed.exclude(title__startswith="Sperr") if rows.model is Entry else allowed

    monkeypatch.setattr(policy, "which", stricter)
    assert suggest("sperr", VISITOR) == []
    assert suggest("", VISITOR) == []


# ── Popular searches ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "erika mustermann",
        "kita mustermann",
        "kitaplatz",
        '"kita"',
        "-kita",
        "ort:essen",
        "kita; drop table",
        "und",
    ],
)
def test_a_name_or_anything_but_words_of_public_measures_is_never_popular(text: str) -> None:
    EntryFactory(title="Kita und Essen in der Nordstadt", published=True)
    asked(text, 1000)
    assert labels("") == []
    assert labels(text[:4], "popular") == []


def test_another_form_of_a_public_word_is_not_that_word() -> None:
    EntryFactory(title="Müll in der Nordstadt", published=True)
    asked("müller", 1000)
    assert labels("") == []


def test_what_one_person_may_have_asked_is_not_popular() -> None:
    EntryFactory(title="Kita Nordstadt", published=True)
    asked("kita", 4)
    for weeks in range(11):
        asked("nordstadt", 1, weeks_ago=weeks)
    assert labels("") == []
    popular.forget()
    asked("kita", 1, weeks_ago=1)
    assert labels("") == ["kita"]


def test_what_found_nothing_or_was_asked_long_ago_is_not_popular() -> None:
    EntryFactory(title="Kita Nordstadt", published=True)
    asked("kita", 90, hits=0)
    asked("nordstadt", 90, weeks_ago=12)
    assert labels("") == []


def test_the_most_frequent_come_first_and_six_are_enough() -> None:
    words = ["anfang", "bildung", "chancen", "dolmetschen", "ehrenamt", "familie", "gesundheit"]
    EntryFactory(title=" ".join(words), published=True)
    for times, word in enumerate(words, 5):
        asked(word, times)
    assert labels("") == ["gesundheit", "familie", "ehrenamt", "dolmetschen", "chancen", "bildung"]


def test_who_finds_nothing_is_shown_them(client: Client) -> None:
    EntryFactory(title="Kita Nordstadt", published=True)
    asked("kita", 9)
    page = client.get("/massnahmen/", {"q": "xyzunauffindbar"}).content.decode()
    assert 'href="/massnahmen/?q=kita"' in page


# ── What is offered ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "Überbelegte Häuser in Du",
        "ueberbelegte haeuser",
        "ÜBERBELEGTE HÄU",
        "häuser über",
        "uberbel",
        "  überbelegte   häuser  ",
        "überbelegte häuser in duisburg",
    ],
)
def test_a_measure_is_found_by_words_of_its_title_the_last_one_unfinished(text: str) -> None:
    entry = EntryFactory(title="Überbelegte Häuser in Duisburg", published=True)
    EntryFactory(title="Ganz anderes", published=True)
    [found] = [one for one in suggest(text, VISITOR) if one.kind == "measure"]
    assert (found.label, found.address) == (entry.title, entry.get_absolute_url())


def test_all_words_must_be_in_the_title() -> None:
    EntryFactory(title="Überbelegte Häuser in Duisburg", published=True)
    assert labels("häuser dort", "measure") == []


def test_titles_that_begin_so_come_first_then_the_newest() -> None:
    for title in ("Beratung alt", "Neue Beratung", "Beratung neu"):
        EntryFactory(title=title, published=True)
    assert labels("berat", "measure") == ["Beratung neu", "Beratung alt", "Neue Beratung"]


def test_topics_bodies_and_places_with_measures_lead_to_the_filtered_list(client: Client) -> None:
    body = OrganisationFactory(name="Wohnungsamt Essen", key="wohnungsamt")
    entry = EntryFactory(title="Etwas", topics=[TopicFactory(key="wohnen", name="Wohnen")], lead=body)
    entry.places.add(PlaceFactory(ags="05999777", name="Wohlfahrtshausen"))
    entry.save_revision().publish()
    TopicFactory(key="leer", name="Wohnen ohne Maßnahmen")
    PlaceFactory(ags="05999778", name="Wohnleer")
    found = {one.kind: one for one in suggest("woh", VISITOR, most=20) if one.kind in {"topic", "body", "place"}}
    assert {kind: one.label for kind, one in found.items()} == {
        "topic": "Wohnen",
        "body": "Wohnungsamt Essen",
        "place": "Wohlfahrtshausen",
    }
    for one in found.values():
        assert client.get(one.address).context["listing"].result.total == 1
    assert [one.kind for one in suggest("essen wohn", VISITOR) if one.kind != "word"] == ["body"]


def test_a_word_completes_what_was_typed_and_stays_as_it_is_written() -> None:
    EntryFactory(title="Eins", summary="Wer Kindergeld bezieht.", published=True)
    EntryFactory(title="Zwei", summary="Kinderschutz und Kindergeldstelle", published=True)
    assert labels("kinderg", "word") == ["Kindergeld", "Kindergeldstelle"]
    assert labels("Hilfe zu kinders", "word") == ["Hilfe zu Kinderschutz"]
    assert labels("kindergeld", "word") == ["Kindergeldstelle"]


def test_what_is_proposed_closes_the_quotation_it_opened() -> None:
    EntryFactory(summary="Ein guter Kindergarten", published=True)
    assert labels('"gute', "word") == ['"guter"']
    assert labels("„gute", "word") == ["„guter“"]
    assert labels("«gute", "word") == ["«guter»"]
    assert labels('"guter kinderg', "word") == ['"guter Kindergarten"']
    assert labels('"gute"', "word") == ['"guter"']
    assert labels('"ganz neu" kinderg', "word") == ['"ganz neu" Kindergarten']
    assert labels('hilfe -"gute', "word") == ['hilfe -"guter"']


def test_what_more_measures_hold_is_offered_first() -> None:
    for text in ("Kinderzahn", "Kinderzahn", "Kinderarzt"):
        EntryFactory(summary=text, published=True)
    assert labels("kinder", "word") == ["Kinderzahn", "Kinderarzt"]


def test_there_are_at_most_eight_and_every_kind_gets_its_share() -> None:
    topic = TopicFactory(key="beratung", name="Beratung")
    for number in range(12):
        EntryFactory(
            title=f"Beratung {number}",
            summary="Beratungsstelle Beratungsraum Beratungsgespräch",
            topics=[topic],
            lead=OrganisationFactory(name=f"Beratungsamt {number}"),
            published=True,
        )
    asked("beratungsstelle", 5)
    asked("beratungsraum", 4, weeks_ago=1)
    asked("beratungsraum", 4)
    found = [one.kind for one in suggest("berat", VISITOR)]
    assert len(found) == 8
    assert [found.count(kind) for kind in ("popular", "word", "topic", "body", "measure")] == [1, 2, 1, 1, 3]
    assert len(set(suggest("berat", VISITOR, most=50))) == len(suggest("berat", VISITOR, most=50))
    assert suggest("berat", VISITOR, most=1)


def test_english_readers_get_english_names_and_addresses(client: Client) -> None:
    EntryFactory(title="Etwas", topics=[TopicFactory(key="wohnen", name="Wohnen", name_en="Housing")], published=True)
    found = client.get("/en" + ADDRESS, {"q": "hous"}).json()
    [topic] = [one for one in found["suggestions"] if one["kind"] == "topic"]
    assert topic == {"kind": "topic", "label": "Housing", "hint": "Topic", "address": "/en/massnahmen/?thema=wohnen"}
    german = client.get(ADDRESS, {"q": "hous"}).json()["suggestions"]
    assert [one for one in german if one["kind"] == "topic"] == []


def test_a_change_shows_at_once(client: Client) -> None:
    entry = EntryFactory(title="Nordstadtbüro", published=True)
    assert client.get(ADDRESS, {"q": "nordst"}).json()["suggestions"][-1]["label"] == "Nordstadtbüro"
    entry.title = "Südstadtbüro"
    entry.save_revision().publish()
    assert client.get(ADDRESS, {"q": "nordst"}).json()["suggestions"] == []


# ── The address ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "wort " * 2_000,
        'a" OR title:*',
        "AND NOT NEAR(",
        "\x00kita\x00",
        "\u202eatik\u202c",
        "'; DROP TABLE search_search; --",
        "%",
        "*",
        "-",
        "\ud800".encode("utf-8", "surrogatepass"),
        "😀" * 50,
        "ort:",
    ],
)
def test_hostile_texts_get_an_ordinary_answer(client: Client, text: Any) -> None:
    EntryFactory(title="Kita", published=True)
    response = client.get(ADDRESS, {"q": text})
    assert response.status_code in {200, 400}
    if response.status_code == 200:
        assert isinstance(response.json()["suggestions"], list)


@given(st.text(max_size=30))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_whatever_is_typed_gets_an_answer(text: str) -> None:
    assert isinstance(suggest(text, VISITOR), list)


def test_no_new_measure_can_take_the_address() -> None:
    form_class = EntryViewSet().get_edit_handler().get_form_class()
    for title, slug, wanted in (("Vorschläge", "", "vorschlaege-2"), ("Vorschläge", "vorschlaege", None)):
        form = form_class({"title": title, "slug": slug}, for_user=UserFactory(portal_team=True))
        form.is_valid()
        assert form.cleaned_data.get("slug") == wanted
        assert ("slug" in form.errors) == (wanted is None)


def test_only_reading_is_possible(client: Client) -> None:
    assert client.post(ADDRESS, {"q": "kita"}).status_code == 405


def test_the_answer_is_for_everyone_and_for_no_search_engine(client: Client) -> None:
    response = client.get(ADDRESS, {"q": "kita"})
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert len(memory.pages()) == 1
    signed_in = Client()
    signed_in.force_login(UserFactory())
    assert "no-store" in signed_in.get(ADDRESS, {"q": "kita"}).headers["Cache-Control"]


def test_who_asks_too_often_is_told_so_but_not_for_what_was_answered_before(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "TYPING", views.Limit("suggestions-test", amount=2))
    assert [client.get(ADDRESS, {"q": text}).status_code for text in ("a", "b", "a", "a", "c")] == [
        200,
        200,
        200,
        200,
        429,
    ]
