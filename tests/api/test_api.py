"""The API as its users meet it; bad input first."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from austausch.api.assembly import api
from austausch.api.openapi import texts
from austausch.api.words import WORDS
from austausch.catalogue.models import Citation, Kind
from austausch.figures.models import Statistic, Value
from tests.factories import DocumentFactory, EntryFactory, OrganisationFactory, PlaceFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db
MEASURES = "/api/v1/measures"


# ── Bad input ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=viele", "limit"),
        ("limit=", "limit"),
        ("limit=99999999999999999999999999999", "limit"),
        ("offset=-1", "offset"),
        ("offset=99999999999999999999999999999", "offset"),
        ("art=unsinn", "art"),
        ("status=morgen", "status"),
        ("sort=zufall", "sort"),
        ("thema=%27%20OR%201%3D1", "thema"),
        ("ort=Duisburg", "ort"),
        ("q=" + "x" * 201, "q"),
        ("limitt=5", "limitt"),
        ("Limit=5", "Limit"),
        ("&".join(f"thema=a{number}" for number in range(51)), "thema"),
    ],
)
def test_a_wrong_parameter_is_named_with_its_remedy(client: Client, query: str, parameter: str) -> None:
    response = client.get(f"{MEASURES}?{query}")
    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
    problem = response.json()
    assert problem["status"] == 422
    assert [error["parameter"] for error in problem["errors"]] == [parameter]
    assert problem["errors"][0]["detail"]
    assert parameter in problem["detail"]


def test_all_wrong_parameters_are_named_at_once(client: Client) -> None:
    problem = client.get(f"{MEASURES}?limit=0&offset=x&art=y").json()
    assert {error["parameter"] for error in problem["errors"]} == {"limit", "offset", "art"}


@pytest.mark.parametrize("address", [f"{MEASURES}?q=%00", f"{MEASURES}/%00", "/api/v1/pla%00ces"])
def test_nul_characters_are_refused(client: Client, address: str) -> None:
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("address", ["/?q=%00", "/massnahmen/?q=a%00b", "/seite%00/", "/en/massnahmen/?thema=%00"])
def test_pages_refuse_nul_characters_too(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v1/unbekannt",
        "/api/v2/measures",
        f"{MEASURES}/",
        f"{MEASURES}/gibt-es-nicht",
        f"{MEASURES}/mit leerzeichen",
        f"{MEASURES}/{'a' * 5000}",
        "/api/v1/statistics/0",
        "/api/v1/statistics/99999999999999999999999",
        "/api/v1/statistics/eins",
        "/api/v1/places/Duisburg",
        "/api/v1/places/99",
        "/api/v1/documents/gibt-es-nicht",
    ],
)
def test_what_does_not_exist_is_a_404_and_no_redirect(client: Client, address: str) -> None:
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["detail"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_writing_is_refused(client: Client, method: str) -> None:
    response = getattr(client, method)(MEASURES)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response["Content-Type"] == "application/problem+json"


# ── What is answered ────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_has_count_items_and_neighbours(client: Client) -> None:
    for number in range(5):
        EntryFactory(title=f"Maßnahme {number}", published=True)
    EntryFactory(title="Entwurf")
    answer = client.get(f"{MEASURES}?limit=2&offset=2&sort=titel")
    body = answer.json()
    assert body["count"] == 5
    assert [item["title"] for item in body["items"]] == ["Maßnahme 2", "Maßnahme 3"]
    assert body["next"].endswith("limit=2&offset=4&sort=titel")
    assert body["previous"].endswith("limit=2&offset=0&sort=titel")
    assert answer["Link"] == f'<{body["next"]}>; rel="next", <{body["previous"]}>; rel="prev"'
    assert client.get(body["next"]).json()["next"] is None


def test_following_next_meets_every_measure_once(client: Client) -> None:
    slugs = {EntryFactory(published=True).slug for _number in range(7)}
    seen: list[str] = []
    address: str | None = f"{MEASURES}?limit=3"
    while address:
        body = client.get(address).json()
        seen += [item["slug"] for item in body["items"]]
        address = body["next"]
    assert len(seen) == 7
    assert set(seen) == slugs


def test_filters_are_those_of_the_list_page(client: Client) -> None:
    wohnen, arbeit = TopicFactory(key="wohnen"), TopicFactory(key="arbeit")
    body = OrganisationFactory(key="mhkbd")
    both = EntryFactory(topics=[wohnen, arbeit], kind=Kind.DECREE, lead=body, published=True)
    one = EntryFactory(topics=[arbeit], published=True)

    def found(query: str) -> set[str]:
        return {item["slug"] for item in client.get(f"{MEASURES}?{query}").json()["items"]}

    assert found("thema=wohnen") == {both.slug}
    assert found("thema=wohnen&thema=arbeit") == {both.slug, one.slug}
    assert found("thema=arbeit&art=decree") == {both.slug}
    assert found("traeger=mhkbd") == {both.slug}
    assert found("art=law") == set()


def test_a_filter_whose_values_do_not_exist_finds_nothing_instead_of_everything(client: Client) -> None:
    EntryFactory(topics=[TopicFactory(key="wohnen")], published=True)
    assert client.get(f"{MEASURES}?thema=gibt-es-nicht").json()["count"] == 0
    assert client.get(f"{MEASURES}?thema=gibt-es-nicht&thema=wohnen").json()["count"] == 1


def test_a_measure_says_what_its_page_says_and_leaves_out_what_the_source_does(client: Client) -> None:
    entry = EntryFactory(
        slug="leitfaden",
        title="Leitfaden",
        goals=["Ein Ziel"],
        ended=True,
        funding_eur=5_500_000,
        funding_per="total",
        topics=[TopicFactory(key="wohnen", name="Wohnen")],
    )
    Citation.objects.create(entry=entry, document=DocumentFactory(slug="erlass", valid_to=dt.date(2023, 12, 31)))
    entry.save_revision().publish()
    answer = client.get(f"{MEASURES}/leitfaden").json()
    assert answer["sections"] == [{"key": "goals", "title": "Ziele", "points": ["Ein Ziel"]}]
    assert answer["starts"] == {"date": "2017-01-01", "precision": "year"}
    assert answer["status"]["key"] == "ended"
    assert answer["funding"]["amount"] == 5_500_000
    assert answer["topics"] == [{"slug": "wohnen", "name": "Wohnen"}]
    assert (answer["evidence"], answer["event_format"], answer["summary"]) == (None, None, "")
    assert answer["documents"][0]["no_longer_valid"] is True
    assert answer["url"] == "http://testserver/massnahmen/leitfaden/"


def test_words_documents_figures_and_places_are_there(client: Client) -> None:
    entry = EntryFactory(topics=[TopicFactory(key="wohnen")], lead=OrganisationFactory(key="mhkbd"))
    Citation.objects.create(entry=entry, document=DocumentFactory(slug="erlass"))
    entry.save_revision().publish()
    DocumentFactory(slug="ungenannt")
    statistic = Statistic.objects.create(title="Einwohner", unit="Personen")
    Value.objects.create(statistic=statistic, series="alle", year=2023, number=17)
    PlaceFactory(ags="05112", name="Duisburg")
    items = {name: client.get(f"/api/v1/{name}").json()["items"] for name in ("topics", "bodies", "documents")}
    assert [(topic["slug"], topic["measures"]) for topic in items["topics"]] == [("wohnen", 1)]
    assert [(body["key"], body["measures"]) for body in items["bodies"]] == [("mhkbd", 1)]
    assert [(document["slug"], document["measures"]) for document in items["documents"]] == [("erlass", [entry.slug])]
    assert client.get("/api/v1/documents/ungenannt").status_code == 404
    figures = client.get(f"/api/v1/statistics/{statistic.pk}").json()
    assert figures["series"] == [{"name": "alle", "values": {"2023": 17.0}}]
    assert client.get("/api/v1/places/05112").json()["name"] == "Duisburg"
    assert client.get("/api/v1/places?name=duis&within=05&kind=municipality").json()["count"] == 1
    assert client.get("/api/v1/places?within=06").json()["count"] == 0


def test_the_number_of_queries_does_not_depend_on_the_number_of_measures(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    topic = TopicFactory()
    for _number in range(12):
        EntryFactory(topics=[topic], published=True)
    for name in ("measures", "topics", "bodies", "documents", "statistics", "places"):
        with django_assert_max_num_queries(14):
            client.get(f"/api/v1/{name}?limit=100")


# ── Asking again, asking much, asking from elsewhere ────────────────────────────────────────────────────────


def test_what_is_known_is_not_sent_again(client: Client) -> None:
    EntryFactory(published=True)
    first = client.get(MEASURES)
    again = client.get(MEASURES, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"
    EntryFactory(published=True)
    assert client.get(MEASURES, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


def test_head_is_get_without_the_content(client: Client) -> None:
    EntryFactory(published=True)
    get, head = client.get(MEASURES), client.head(MEASURES)
    assert (head.status_code, head.content) == (200, b"")
    assert (head["ETag"], head["Content-Length"]) == (get["ETag"], get["Content-Length"])
    assert client.head(f"{MEASURES}/gibt-es-nicht").status_code == 404


def test_any_origin_may_read_and_ask_whether_it_may(client: Client) -> None:
    assert client.get(MEASURES, HTTP_ORIGIN="https://example.org")["Access-Control-Allow-Origin"] == "*"
    asked = client.options(MEASURES, HTTP_ORIGIN="https://example.org", HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET")
    assert asked.status_code == 204
    assert asked["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Access-Control-Allow-Credentials" not in asked
    assert "Access-Control-Allow-Origin" not in client.get("/massnahmen/", HTTP_ORIGIN="https://example.org")


def test_too_many_requests_are_told_when_to_come_back(client: Client, settings: Any) -> None:
    settings.AUSTAUSCH_API_REQUESTS_PER_MINUTE = 3
    with time_machine.travel("2026-01-01T12:00:10Z", tick=False):
        answers = [client.get(MEASURES) for _number in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[0]["RateLimit"] == '"api";r=2;t=50'
        assert answers[0]["RateLimit-Policy"] == '"api";q=3;w=60'
        assert answers[3]["Retry-After"] == "50"
        assert answers[3]["Content-Type"] == "application/problem+json"
        assert client.get(MEASURES, REMOTE_ADDR="192.0.2.9").status_code == 200
        assert client.get("/massnahmen/").status_code == 200
    with time_machine.travel("2026-01-01T12:01:01Z", tick=False):
        assert client.get(MEASURES).status_code == 200


def test_a_signed_in_answer_is_kept_by_nobody(client: Client) -> None:
    client.force_login(UserFactory(portal_team=True))
    assert client.get(MEASURES)["Cache-Control"] == "private, no-store"


def test_a_failure_inside_is_a_problem_without_details(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("Geheimnis")

    monkeypatch.setattr("austausch.search.api.Hits", fail)
    client.raise_request_exception = False
    response = client.get(MEASURES)
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")
    assert "Geheimnis" not in response.content.decode()
    assert response["Cache-Control"] == "no-store"


# ── The documentation ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_documentation_names_every_address_and_loads_nothing_foreign(client: Client, prefix: str) -> None:
    page = client.get(f"{prefix}/api/v1/docs").content.decode()
    for path in client.get("/api/v1/openapi.json").json()["paths"]:
        assert path in page
    assert "swagger" not in page.lower()
    assert reverse("api:openapi-json") in page


def test_the_documentation_is_not_written_anew_for_every_address_that_somebody_invents(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/api/v1/docs?erste")
    monkeypatch.setattr(api, "get_openapi_schema", lambda: pytest.fail("The document was made again."))
    assert client.get("/api/v1/docs?zweite").status_code == 200


def test_the_german_documentation_is_german(client: Client) -> None:
    page = client.get("/api/v1/docs").content.decode()
    for english in ("Words to look for", "How many items", "The responsible body", "Everything the portal"):
        assert english not in page


def test_every_word_of_the_document_is_known_to_the_translators() -> None:
    schema = api.get_openapi_schema()
    assert texts(schema) == WORDS
