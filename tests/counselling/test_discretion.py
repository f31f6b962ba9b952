"""Nobody learns from this portal who looked for help: no cookie, no cache, no log, no count, no referrer."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from austausch.core import page_cache
from austausch.core.discretion import hidden, is_discreet
from austausch.core.logs import JSONFormatter, TextFormatter
from austausch.counselling import views
from austausch.operation import server
from austausch.search.models import Search
from tests.factories import OfficeFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db

SECRET = "hagen-geheim"
PATHS = [
    "/beratung/",
    "/beratung/?ort=Hagen&thema=menschenhandel",
    "/beratung/?ansicht=karte",
    f"/beratung/{SECRET}/",
    f"/beratung/{SECRET}.json",
    f"/beratung/{SECRET}.vcf",
    "/beratung/liste.csv",
    "/beratung/liste.pdf",
    "/beratung/liste.json",
    "/beratung/naehe.json",
    "/beratung/einbetten/",
    "/beratung/sicher/",
    "/beratung/teil/seite.css",
    "/beratung/teil/weg.js",
    "/beratung/teil/gibt-es-nicht.js",
    "/en/beratung/",
    f"/en/beratung/{SECRET}/",
    "/api/v1/offices",
    f"/api/v1/offices/{SECRET}",
    # Answers that no view of ours makes.
    "/beratung/gibt-es-nicht/",
    "/beratung",
    "/beratung/liste.exe",
    "/api/v1/offices?unbekannt=1",
]


@pytest.fixture(autouse=True)
def office() -> None:
    OfficeFactory(slug=SECRET, sensitive="trafficking").topics.add(TopicFactory(key="menschenhandel"))


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the installation's own formatters write, whatever the logger and level."""
    text = io.StringIO()
    handlers = []
    for formatter in (JSONFormatter(), TextFormatter()):
        handler = logging.StreamHandler(text)
        handler.setFormatter(formatter)
        handlers.append(handler)
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    # Django's own requests' logger, too.
    for handler in handlers:
        root.addHandler(handler)
    yield text
    root.setLevel(before)
    for handler in handlers:
        root.removeHandler(handler)


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_sets_a_cookie_is_kept_or_tells_where_one_came_from(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.cookies == {}
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "ETag" not in response.headers
    assert response.headers["X-DNS-Prefetch-Control"] == "off"
    assert "noarchive" in response.headers["X-Robots-Tag"]


def test_no_cookie_either_for_somebody_who_is_signed_in_and_has_a_message_waiting(client: Client) -> None:
    client.force_login(UserFactory(portal_team=True))
    client.cookies["messages"] = "egal"
    assert client.get(f"/beratung/{SECRET}/").cookies == {}


def test_everybody_gets_the_same_page_whoever_is_signed_in(client: Client) -> None:
    OfficeFactory(slug="entwurf", name="Entwurf", live=False)
    client.force_login(UserFactory(portal_team=True))
    assert client.get("/beratung/entwurf/").status_code == 404
    assert "Entwurf" not in client.get("/beratung/").content.decode()


def test_nothing_is_kept_in_the_page_cache_nor_anything_beside_it(client: Client) -> None:
    for path in PATHS:
        client.get(path)
    assert page_cache.memory._plain.spent == page_cache.memory._queried.spent == 0
    for name in ("default", "shared"):
        kept = getattr(caches[name], "_cache", {})
        assert not any(SECRET in str(key) or "menschenhandel" in str(key) for key in kept)


def test_the_page_cache_does_not_even_make_a_key_of_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: object) -> str:
        raise AssertionError("A key was made of a discreet address.")

    monkeypatch.setattr(page_cache, "_key", refuse)
    assert client.get(f"/beratung/{SECRET}/").status_code == 200


def test_looking_writes_nothing_into_the_database(client: Client) -> None:
    client.get("/beratung/")
    with CaptureQueriesContext(connection) as queries:
        for path in PATHS:
            client.get(path)
    writing = [q["sql"] for q in queries if q["sql"].lstrip("( ").upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert writing == []


def test_searches_of_the_directory_are_not_counted_as_searches(client: Client) -> None:
    client.get("/beratung/?ort=Hagen&q=menschenhandel")
    client.get("/massnahmen/")
    assert not Search.objects.exists()


@pytest.mark.parametrize("path", ["/beratung/gibt-es-nicht-geheim/?ort=Hagen", "/en/beratung/x-geheim.exe?ort=Hagen"])
def test_a_wrong_address_leaves_no_trace_in_the_log(client: Client, written: io.StringIO, path: str) -> None:
    assert client.get(path).status_code == 404
    logging.getLogger("django.request").warning("Not Found: %s", path)
    assert "Not Found" in written.getvalue()
    assert "geheim" not in written.getvalue()
    assert "Hagen" not in written.getvalue()


def test_an_error_leaves_where_it_was_but_not_what_was_looked_for(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError(f"kaputt: {SECRET}")

    monkeypatch.setattr(views, "_office", fails)
    response = Client(raise_request_exception=False).get(f"/beratung/{SECRET}/?ort=Hagen")
    assert response.status_code == 500
    assert response.headers["Cache-Control"] == "no-store"
    assert response.cookies == {}
    assert "RuntimeError" in written.getvalue()
    assert SECRET not in written.getvalue()
    assert "Hagen" not in written.getvalue()


def test_the_web_server_writes_no_list_of_requests() -> None:
    how = server.Serving(hosts=("127.0.0.1",), port=1, workers=1, threads=1, started=lambda: None)
    config = server._Server(lambda *args: [], how).cfg  # type: ignore[arg-type]
    assert config.accesslog is None
    assert not config.settings["errorlog"].get() or config.loglevel == "error"


@pytest.mark.parametrize(
    "text",
    [
        f"Error handling request /beratung/{SECRET}/?ort=Hagen",
        f'"GET /en/beratung/{SECRET}.json HTTP/1.1"',
        f"http://localhost/api/v1/offices/{SECRET}",
        f"/beratung/?thema={SECRET}",
    ],
)
def test_whatever_is_logged_the_address_is_left_out(text: str) -> None:
    assert SECRET not in hidden(text)
    assert SECRET not in json.loads(JSONFormatter().format(logging.makeLogRecord({"msg": text})))["message"]


def test_other_addresses_stay_readable_in_the_log() -> None:
    assert hidden("/massnahmen/beratungsstellen-arbeit/") == "/massnahmen/beratungsstellen-arbeit/"
    assert not is_discreet("/beratungsstellen/")
    assert not is_discreet("/")


def test_the_title_of_a_sensitive_page_says_no_more_than_counselling(client: Client) -> None:
    OfficeFactory(slug="arbeit", name="Beratungsstelle Arbeit")
    assert f"<title>Beratung – {settings.AUSTAUSCH_NAME}</title>" in client.get(f"/beratung/{SECRET}/").content.decode()
    assert "<title>Beratungsstelle Arbeit –" in client.get("/beratung/arbeit/").content.decode()


def test_every_page_offers_the_way_out_without_scripts_and_says_what_it_cannot_hide(client: Client) -> None:
    for path in ("/beratung/", f"/beratung/{SECRET}/", "/beratung/sicher/"):
        page = client.get(path).content.decode()
        assert f'href="{settings.AUSTAUSCH_QUICK_EXIT_URL}" rel="noreferrer' in page, path
        assert "/beratung/sicher/" in page, path
    said = client.get("/beratung/sicher/").content.decode()
    assert "Den Verlauf Ihres Browsers" in said
    assert "Wer das Netz betreibt" in said


def test_no_page_loads_anything_from_elsewhere(client: Client) -> None:
    for path in ("/beratung/", f"/beratung/{SECRET}/"):
        page = client.get(path).content.decode()
        assert 'src="http' not in page
        assert "<iframe" not in page


def test_only_the_list_may_ask_the_browser_where_it_is(client: Client) -> None:
    assert "geolocation=(self)" in client.get("/beratung/").headers["Permissions-Policy"]
    assert "geolocation=()" in client.get(f"/beratung/{SECRET}/").headers["Permissions-Policy"]


def test_the_plain_list_of_links_may_be_framed_and_nothing_else_may(client: Client) -> None:
    plain = client.get("/beratung/einbetten/")
    assert "X-Frame-Options" not in plain.headers
    assert "frame-ancestors 'self' *" in plain.headers["Content-Security-Policy"]
    assert "<script" not in plain.content.decode()
    assert client.get("/beratung/").headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    "path", ["/beratung/", "/beratung/?ansicht=karte", f"/beratung/{SECRET}/", "/en/beratung/sicher/"]
)
def test_no_file_that_other_pages_do_not_load_tells_a_cache_or_a_log_which_page_it_was(
    client: Client, path: str
) -> None:
    """What is kept as a file of the portal is what the imprint loads, too."""

    def kept(page: str) -> set[str]:
        return set(re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get(page).content.decode()))

    own = re.findall(r'(?:src|href)="((?:/en)?/beratung/teil/[^"]+)"', client.get(path).content.decode())
    assert kept(path) <= kept("/hinweis/")
    assert len(own) >= 3
    assert all(client.get(address).status_code == 200 for address in own)


def test_the_directory_offers_no_search_that_is_counted(client: Client) -> None:
    assert 'id="kopfsuche"' not in client.get("/beratung/").content.decode()
    assert 'id="kopfsuche"' in client.get("/dokumente/").content.decode()


def test_what_is_chosen_stands_in_the_address_as_a_number(client: Client) -> None:
    topic = TopicFactory(key="zwangsverheiratung", name="Zwangsverheiratung")
    office = OfficeFactory(name="Stelle dazu")
    office.topics.add(topic)
    page = client.get("/beratung/").content.decode()
    assert f'<option value="{topic.pk}">' in page
    assert 'value="zwangsverheiratung"' not in page
    assert f"?thema={topic.pk}" in client.get(office.get_absolute_url()).content.decode()
    for asked in (str(topic.pk), "zwangsverheiratung"):
        found = client.get(f"/beratung/?thema={asked}").content.decode()
        assert "Stelle dazu" in found
        assert f'<option value="{topic.pk}" selected>' in found
    assert client.get(f"/beratung/?thema={'9' * 60}").status_code == 200


def test_search_engines_are_told_of_offices_but_not_of_discreet_ones(client: Client) -> None:
    OfficeFactory(slug="arbeit")
    OfficeFactory(slug="zuflucht", protected=True)
    named = client.get("/sitemap-beratung.xml").content.decode()
    assert "/beratung/arbeit/" in named
    assert SECRET not in named
    assert "zuflucht" not in named
    for name in (f"{SECRET}/", f"{SECRET}.json", f"{SECRET}.vcf"):
        assert client.get(f"/beratung/{name}").headers["X-Robots-Tag"] == "noindex, nofollow, noarchive", name
    assert client.get("/beratung/arbeit/").headers["X-Robots-Tag"] == "noarchive"


def test_the_worker_of_the_checking_page_never_sees_the_directory(client: Client) -> None:
    assert re.findall(r'data-scope="([^"]+)"', client.get("/pruefen/").content.decode()) == ["/pruefen/"]
