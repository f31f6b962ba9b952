"""What a reader gets: exactly the right notices for every combination, and never a draft."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client, RequestFactory
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from austausch.catalogue.models import Entry
from austausch.counselling.models import SpokenLanguage
from austausch.languages import phrases
from austausch.languages.models import Version
from austausch.languages.reading import reading
from austausch.languages.tongues import OTHERS, TONGUES
from tests.factories import EntryFactory, InformationFactory, MembershipFactory, OfficeFactory, UserFactory, version_of

pytestmark = pytest.mark.django_db
STATES = ("absent", "draft", "unconfirmed", "confirmed")
SECRET = "ro geheim"


@given(
    states=st.fixed_dictionaries({code: st.tuples(st.sampled_from(STATES), st.booleans()) for code in OTHERS}),
    asked=st.sampled_from(["", "de", "fr", *OTHERS]),
    interface=st.sampled_from(["de", "en"]),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_combination_of_versions_and_question_says_exactly_what_is_true(
    db: None, states: dict[str, tuple[str, bool]], asked: str, interface: str
) -> None:
    page = InformationFactory()
    for code, (state, outdated) in states.items():
        if state != "absent":
            version_of(page, code, outdated=outdated, drafted=state == "draft", confirmed=state == "confirmed")
    readable = {code for code, (state, _outdated) in states.items() if state in {"unconfirmed", "confirmed"}}

    with translation.override(interface):
        read = reading(page, RequestFactory().get("/seite/", {"sprache": asked}))

    wanted = asked if asked in {"de", *OTHERS} else "en" if interface == "en" and "en" in readable else "de"
    assert read.tongue.code == (wanted if wanted in readable else "de")
    said = {notice.key: notice.tongue.code for notice in read.notices}
    if wanted == "de":
        assert said == {}
    elif wanted not in readable:
        here = {} if wanted == interface else {"missing-here": interface}
        assert said == {"missing": wanted, **here}
    else:
        state, outdated = states[wanted]
        assert said == {state: wanted, **({"outdated": wanted} if outdated else {})}
    assert {choice.tongue.code for choice in read.choices} == ({"de", *readable} if readable else set())
    assert [choice.tongue.code for choice in read.choices if choice.is_current] == (
        [read.tongue.code] if readable else []
    )
    page.delete()


@pytest.mark.parametrize("sentences", ["MISSING", "OUTDATED", "UNCONFIRMED", "CONFIRMED", "REST"])
def test_every_sentence_exists_in_every_language(sentences: str) -> None:
    assert set(OTHERS) <= set(getattr(phrases, sentences))
    for part in phrases.HEADINGS.values():
        assert set(OTHERS) <= set(part)


@pytest.fixture
def entry() -> Entry:
    made: Entry = EntryFactory(
        slug="lotsen", title="Lotsen", summary="Kurz.", goals=["Eins", "Zwei"], lessons=["Gelernt"], published=True
    )
    return made


def test_an_entry_is_read_in_arabic_from_right_to_left_and_what_is_not_translated_stays_german(
    client: Client, entry: Entry
) -> None:
    version_of(entry, "ar", texts={"title": "عنوان", "summary": "ملخص", "goals": ["هدف"]})
    page = client.get("/massnahmen/lotsen/?sprache=ar").content.decode()
    assert '<article class="entry" lang="ar" dir="rtl">' in page
    assert "<h1>عنوان</h1>" in page
    assert '<h2 id="goals">الأهداف</h2>' in page
    assert '<p lang="de" dir="ltr">Gelernt</p>' in page
    assert re.search(r'<aside class="entry__aside"[^>]* lang="de" dir="ltr">', page)
    assert '<nav class="container breadcrumb" aria-label="Sie sind hier" dir="rtl">' in page
    assert '<span aria-current="page" lang="ar" dir="rtl">عنوان</span>' in page
    assert '<html lang="de">' in page
    assert '/massnahmen/lotsen/?sprache=ar">' in page.split("</title>")[1].split("hreflang")[0]


def test_the_languages_stand_in_their_own_names_with_the_current_one_marked(client: Client, entry: Entry) -> None:
    for code in ("ro", "ar", "leicht"):
        version_of(entry, code)
    page = client.get("/massnahmen/lotsen/?sprache=ro").content.decode()
    row = re.findall(r'<a class="text-languages__link"([^>]*)>([^<]+)</a>', page)
    assert [name for _attributes, name in row] == ["Deutsch", "Leichte Sprache", "Română", "العربية"]
    assert 'href="/massnahmen/lotsen/" hreflang="de" lang="de"' in row[0][0]
    assert 'href="/massnahmen/lotsen/?sprache=leicht" hreflang="de-simple" lang="de"' in row[1][0]
    assert 'hreflang="ro" lang="ro" aria-current="true"' in row[2][0]
    assert 'hreflang="ar" lang="ar" dir="rtl"' in row[3][0]
    assert '<link rel="alternate" hreflang="ar"' in page


def test_an_entry_in_german_only_shows_no_row_of_languages_and_is_as_before(client: Client, entry: Entry) -> None:
    page = client.get("/massnahmen/lotsen/").content.decode()
    assert "text-languages__link" not in page
    assert '<article class="entry">' in page
    assert "<h1>Lotsen</h1>" in page


def test_english_pages_show_the_english_version_without_being_asked(client: Client, entry: Entry) -> None:
    assert '<h1 lang="de">Lotsen</h1>' in client.get("/en/massnahmen/lotsen/").content.decode()
    version_of(entry, "en")
    assert "<h1>en title</h1>" in client.get("/en/massnahmen/lotsen/").content.decode()
    german = client.get("/en/massnahmen/lotsen/?sprache=de").content.decode()
    assert '<h1 lang="de">Lotsen</h1>' in german


@pytest.mark.parametrize("asked", ["xx", "", "RO", "ro&sprache=ar", "<script>", "de-simple", "ro" * 500])
def test_a_word_that_is_no_language_gives_the_german_page(client: Client, entry: Entry, asked: str) -> None:
    response = client.get("/massnahmen/lotsen/", {"sprache": asked})
    assert response.status_code == 200
    assert "<h1>Lotsen</h1>" in response.content.decode()
    assert "<script>" not in response.content.decode().split("<main")[1]


def test_a_missing_version_says_so_in_the_language_that_was_asked_for(client: Client, entry: Entry) -> None:
    page = client.get("/massnahmen/lotsen/?sprache=tr").content.decode()
    assert phrases.MISSING["tr"] in page
    assert "Diesen Text gibt es noch nicht auf Türkisch." in page
    assert '<link rel="canonical" href="http://testserver/massnahmen/lotsen/">' in page


@pytest.mark.parametrize("kind", ["entry", "office", "information"])
def test_a_draft_of_a_version_is_seen_nowhere_by_the_public(client: Client, kind: str) -> None:
    source = {
        "entry": lambda: EntryFactory(slug="da", published=True, summary="Kurz"),
        "office": lambda: OfficeFactory(slug="da", description="Berät"),
        "information": lambda: InformationFactory(slug="da"),
    }[kind]()
    name = "description" if kind == "office" else "title"
    version_of(source, "ro", drafted=True, texts={name: SECRET})
    paths = {
        "entry": ["/massnahmen/da/", "/massnahmen/da.json", "/api/v1/measures/da", "/massnahmen/"],
        "office": ["/beratung/da/", "/beratung/da.json", "/api/v1/offices/da", "/beratung/", "/beratung/liste.json"],
        "information": ["/vor-der-reise/da/", "/vor-der-reise/", "/api/v1/information/da", "/api/v1/information"],
    }[kind]
    for who in (None, UserFactory(), MembershipFactory().user, UserFactory(portal_team=True)):
        if who is not None:
            client.force_login(who)
        for path in paths:
            response = client.get(path, {"sprache": "ro"} if not path.startswith("/api") else {})
            said = b"".join(response) if response.streaming else response.content
            assert response.status_code == 200, path
            assert SECRET not in said.decode(), path
            assert 'hreflang="ro"' not in said.decode(), path
            assert not re.search(r'"language": ?"ro"', said.decode()), path


def test_no_version_of_an_entry_that_is_not_published_is_seen(client: Client) -> None:
    hidden = EntryFactory(slug="entwurf", title="Entwurf")
    version_of(hidden, "ro", texts={"title": SECRET})
    assert client.get("/massnahmen/entwurf/?sprache=ro").status_code == 404
    withdrawn = EntryFactory(slug="weg", published=True)
    version_of(withdrawn, "ro", texts={"title": SECRET})
    withdrawn.unpublish()
    response = client.get("/massnahmen/weg/?sprache=ro")
    assert response.status_code == 410
    assert SECRET not in response.content.decode()


def test_machines_learn_which_versions_there_are_and_how_they_stand(client: Client, entry: Entry) -> None:
    version_of(entry, "ro", confirmed=True)
    version_of(entry, "ar", outdated=True)
    version_of(entry, "tr", drafted=True)
    wanted = [
        ("ro", "ro", "confirmed", False, "2026-03-05", "http://testserver/massnahmen/lotsen/?sprache=ro"),
        ("ar", "ar", "unconfirmed", True, None, "http://testserver/massnahmen/lotsen/?sprache=ar"),
    ]
    for path in ("/massnahmen/lotsen.json", "/api/v1/measures/lotsen"):
        said = json.loads(client.get(path).content)["languages"]
        assert [tuple(one.values()) for one in said] == wanted, path


def test_an_office_says_its_versions_apart_from_the_languages_spoken_there(client: Client) -> None:
    office = OfficeFactory(slug="hagen", description="Berät")
    SpokenLanguage.objects.create(office=office, code="ro")
    version_of(office, "bg")
    said = json.loads(client.get("/api/v1/offices/hagen").content)
    assert [one["code"] for one in said["languages"]] == ["ro"]
    assert [(one["language"], one["state"]) for one in said["text_languages"]] == [("bg", "unconfirmed")]
    attributes = json.loads(client.get("/beratung/hagen.json").content)["attributes"]
    assert {"text_language": "bg:unconfirmed"}.items() <= {one["link_type"]: one["value"] for one in attributes}.items()


def test_an_office_in_another_language_keeps_contact_and_hours_german_and_stays_discreet(client: Client) -> None:
    office = OfficeFactory(
        slug="hagen", description="Berät", sensitive="trafficking", phone="02331 12345", cost="free", cost_note="immer"
    )
    version_of(office, "ar", texts={"description": "نصيحة", "cost_note": "دائما"})
    response = client.get("/beratung/hagen/?sprache=ar")
    page = response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    assert response.cookies == {}
    assert '<p class="lead">نصيحة</p>' in page
    assert '<span lang="ar" dir="rtl">دائما</span>' in page
    assert '<div lang="de" dir="ltr">' in page
    assert "<title>Beratung –" in page
    assert phrases.UNCONFIRMED["ar"] in page
    listed = client.get("/beratung/").content.decode()
    assert '<a href="/beratung/hagen/?sprache=ar" hreflang="ar" lang="ar" dir="rtl">العربية</a>' in listed


def test_the_page_is_cached_per_language_and_shows_an_edit_at_once(client: Client, entry: Entry) -> None:
    version = version_of(entry, "ro", outdated=True)
    assert (
        phrases.said(phrases.OUTDATED, "ro", version.source_seen_on)
        in client.get("/massnahmen/lotsen/?sprache=ro").content.decode()
    )
    Version.objects.get(pk=version.pk).delete()
    assert phrases.MISSING["ro"] in client.get("/massnahmen/lotsen/?sprache=ro").content.decode()
    assert phrases.MISSING["ro"] not in client.get("/massnahmen/lotsen/").content.decode()


def test_every_language_names_itself_and_only_arabic_runs_to_the_left() -> None:
    assert [tongue.code for tongue in TONGUES.values() if tongue.is_rtl] == ["ar"]
    assert TONGUES["leicht"].lang == "de"
