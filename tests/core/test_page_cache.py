"""What the cache of public pages must never do, and what it must always do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import brotli
import pytest
import time_machine
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override
from wagtail.models import Page as WagtailPage

from austausch.catalogue.models import Citation, Precision
from austausch.core import generation
from austausch.core.page_cache import PublicPageCache, memory, public_page
from austausch.core.page_memory import Page, PageMemory
from austausch.figures.models import Statistic, Value
from tests.factories import DocumentFactory, EntryFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db
PUBLIC = "public, no-cache"
PLAIN = {"HTTP_ACCEPT_ENCODING": "identity"}


@pytest.fixture(autouse=True)
def _no_pages_kept() -> Iterator[None]:
    memory.clear()
    yield
    memory.clear()


@pytest.fixture
def anonymous() -> Client:
    return Client()


def cached(view: Callable[..., HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The view behind the cache and nothing else."""
    return PublicPageCache(public_page(view))  # type: ignore[arg-type]


def kept() -> int:
    return len(memory.pages())


# ── What never gets in ──────────────────────────────────────────────────────────────────────────────────────


def public_addresses() -> list[str]:
    """Every public address there is, in both languages, with something to show."""
    entry = EntryFactory(slug="eintrag", topics=[TopicFactory(key="wohnen")], running=True)
    Citation.objects.create(entry=entry, document=DocumentFactory(slug="dokument"))
    entry.save_revision().publish()
    statistic = Statistic.objects.create(title="Einwohner", unit="Personen")
    Value.objects.create(statistic=statistic, series="alle", year=2023, number=17)
    names: list[tuple[str, list[Any]]] = [
        ("search:list", []),
        ("search:suggestions", []),
        ("catalogue:entry", ["eintrag"]),
        ("catalogue:documents", []),
        ("catalogue:document", ["dokument"]),
        ("figures:list", []),
        ("core:report", []),
        ("pages:consent", []),
        ("api_docs", []),
        ("api:measures", []),
        ("api:measure", ["eintrag"]),
        ("api:openapi-json", []),
        *[("search:export", [form]) for form in ("csv", "atom", "json", "ics")],
        *[("catalogue:entry_export", ["eintrag", form]) for form in ("json", "ics")],
    ]
    addresses = {"/", "/en/", "/sitemap.xml", "/robots.txt"}
    for language in ("de", "en"):
        with override(language):
            for name, arguments in names:
                try:
                    addresses.add(reverse(name, args=arguments))
                except NoReverseMatch:
                    addresses.add(f"missing: {name}")
    addresses |= {page.url for page in WagtailPage.objects.live().filter(depth__gt=1) if page.url}
    return sorted(addresses)


def test_nothing_that_is_asked_signed_in_is_kept_or_allowed_to_be_kept_by_anyone() -> None:
    addresses = public_addresses()
    assert not [address for address in addresses if address.startswith("missing")]
    person = UserFactory(portal_team=True, name="Zora Unverwechselbar")
    signed_in = Client()
    signed_in.force_login(person)
    for address in addresses:
        response = signed_in.get(address)
        assert response.status_code in {200, 302, 404}, address
        assert "public" not in response.get("Cache-Control", ""), address
        assert "no-store" in response["Cache-Control"] or "private" in response["Cache-Control"], address
    assert kept() == 0
    kept_addresses = [address for address in addresses if Client().get(address, **PLAIN)["Cache-Control"] == PUBLIC]
    assert kept() == len(kept_addresses) > 20
    assert not [page for page in memory.pages() if b"Unverwechselbar" in page.bodies[""]]


def test_a_draft_shown_to_its_author_is_not_shown_to_the_next_visitor(anonymous: Client) -> None:
    draft = EntryFactory(slug="geheim", title="Geheimer Entwurf")
    signed_in = Client()
    signed_in.force_login(UserFactory(portal_team=True))
    assert "Geheimer Entwurf" in signed_in.get(draft.get_absolute_url()).content.decode()
    assert anonymous.get(draft.get_absolute_url()).status_code == 404
    assert signed_in.get("/api/v1/measures/geheim").status_code == 404
    assert "Geheimer Entwurf" not in anonymous.get(reverse("search:list"), **PLAIN).content.decode()


@pytest.mark.parametrize("cookie", ["sessionid", "messages", "einwilligung"])
def test_a_personal_cookie_goes_past_the_cache_in_both_directions(rf: RequestFactory, cookie: str) -> None:
    answers = iter([b"for the person", b"for everyone", b"for the person again"])
    page = cached(lambda request: HttpResponse(next(answers)))
    personal = rf.get("/seite/")
    personal.COOKIES[cookie] = signing.dumps("x")
    assert page(personal)["Cache-Control"] == "private, no-store"
    assert page(rf.get("/seite/")).content == b"for everyone"
    assert page(personal).content == b"for the person again"
    assert page(rf.get("/seite/")).content == b"for everyone"


def test_a_request_with_authorization_goes_past_the_cache(rf: RequestFactory) -> None:
    answers = iter([b"secret", b"open"])
    page = cached(lambda request: HttpResponse(next(answers)))
    assert page(rf.get("/seite/", HTTP_AUTHORIZATION="Bearer x"))["Cache-Control"] == "private, no-store"
    assert page(rf.get("/seite/")).content == b"open"


def test_a_request_with_any_cookie_does_not_fill_the_cache(rf: RequestFactory) -> None:
    page = cached(lambda request: HttpResponse(request.COOKIES.get("anything", "none")))
    request = rf.get("/seite/")
    request.COOKIES["anything"] = "mine"
    page(request)
    assert kept() == 0


def test_a_page_with_a_form_token_is_not_kept(rf: RequestFactory) -> None:
    from django.middleware.csrf import CsrfViewMiddleware

    @public_page
    def form(request: HttpRequest) -> HttpResponse:
        return HttpResponse(get_token(request))

    page = PublicPageCache(CsrfViewMiddleware(form))  # type: ignore[arg-type]
    page(rf.get("/formular/"))
    with_token = rf.get("/formular/")
    with_token.COOKIES["csrftoken"] = "a" * 32
    page(with_token)
    assert kept() == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda response: response.set_cookie("a", "b"),
        lambda response: setattr(response, "status_code", 404),
        lambda response: response.headers.__setitem__("Cache-Control", "private"),
        lambda response: response.headers.__setitem__("Cache-Control", "max-age=0, no-store"),
        lambda response: response.headers.__setitem__("Content-Security-Policy", "script-src 'nonce-abc'"),
        lambda response: response.headers.__setitem__("Content-Encoding", "gzip"),
    ],
)
def test_answers_that_are_not_for_everyone_are_not_kept(rf: RequestFactory, spoil: Callable[[Any], None]) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("x")
        spoil(response)
        return response

    response = cached(view)(rf.get("/seite/"))
    assert "public" not in response["Cache-Control"]
    assert kept() == 0


def test_a_view_without_the_mark_is_not_kept(rf: RequestFactory) -> None:
    response = PublicPageCache(lambda request: HttpResponse("x"))(rf.get("/seite/"))
    assert response["Cache-Control"] == "private, no-store"
    assert kept() == 0


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_only_reading_fills_the_cache(rf: RequestFactory, method: str) -> None:
    cached(lambda request: HttpResponse("x"))(getattr(rf, method)("/seite/"))
    assert kept() == 0


def test_a_host_that_is_not_ours_is_refused_and_leaves_nothing(client: Client) -> None:
    assert client.get("/", HTTP_HOST="evil.example").status_code == 400
    assert kept() == 0


def test_headers_that_are_not_part_of_the_key_change_nothing_in_the_page() -> None:
    """Whatever a stranger writes into them must not be shown to the next visitor."""
    marker = "poison.example"
    headers = {
        f"HTTP_{name}": marker
        for name in (
            "X_FORWARDED_HOST", "X_FORWARDED_SERVER", "X_FORWARDED_PREFIX", "X_FORWARDED_PROTO", "X_FORWARDED_PORT",
            "X_ORIGINAL_URL", "X_REWRITE_URL", "X_HOST", "FORWARDED", "REFERER", "ORIGIN", "USER_AGENT",
            "ACCEPT_LANGUAGE", "X_REQUESTED_WITH", "HX_CURRENT_URL", "HX_PROMPT", "X_HTTP_METHOD_OVERRIDE",
        )
    }  # fmt: skip
    for address in [address for address in public_addresses() if not address.startswith("missing")]:
        poisoned = Client().get(address, **headers, **PLAIN)
        clean = Client().get(address, **PLAIN)
        body = b"" if clean.streaming else clean.content
        assert marker.encode() not in body, address
        if clean["Cache-Control"] == PUBLIC:
            assert poisoned.content == body, address
        assert marker not in str(dict(clean.items())), address


def test_the_language_of_a_page_is_its_address_and_not_the_browser(anonymous: Client) -> None:
    german = anonymous.get("/massnahmen/", HTTP_ACCEPT_LANGUAGE="en", **PLAIN).content.decode()
    english = anonymous.get("/en/massnahmen/", HTTP_ACCEPT_LANGUAGE="de", **PLAIN).content.decode()
    assert '<html lang="de">' in german
    assert '<html lang="en">' in english
    assert anonymous.get("/massnahmen/", **PLAIN).content.decode() == german
    assert anonymous.get("/en/massnahmen/", **PLAIN).content.decode() == english


def test_a_fragment_and_the_whole_page_never_mix(rf: RequestFactory) -> None:
    page = cached(lambda request: HttpResponse("part" if request.headers.get("HX-Request") else "whole"))
    for _round in range(2):
        assert page(rf.get("/seite/", HTTP_HX_REQUEST="true")).content == b"part"
        assert page(rf.get("/seite/")).content == b"whole"
    assert "HX-Request" in page(rf.get("/seite/"))["Vary"]


def test_no_two_requests_can_be_written_the_same_way(rf: RequestFactory) -> None:
    page = cached(lambda request: HttpResponse(request.headers.get("HX-Target", "") or "none"))
    first = page(rf.get("/seite/", HTTP_HX_REQUEST="true\nx", HTTP_HX_TARGET=""))
    second = page(rf.get("/seite/", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="x"))
    assert (first.content, second.content) == (b"none", b"x")


# ── An edit is visible at once ──────────────────────────────────────────────────────────────────────────────


def shows(address: str) -> str:
    """What a visitor reads, asked twice so that the second answer is the kept one."""
    Client().get(address, **PLAIN)
    return Client().get(address, **PLAIN).content.decode()


def test_an_edited_entry_shows_at_once(anonymous: Client) -> None:
    entry = EntryFactory(title="Alter Titel", published=True)
    addresses = [entry.get_absolute_url(), reverse("search:list"), "/api/v1/measures"]
    assert all("Alter Titel" in shows(address) for address in addresses)
    entry.title = "Neuer Titel"
    entry.save_revision().publish()
    for address in addresses:
        text = shows(address)
        assert "Neuer Titel" in text
        assert "Alter Titel" not in text


def test_a_withdrawn_entry_is_gone_at_once() -> None:
    entry = EntryFactory(published=True)
    assert entry.title in shows(entry.get_absolute_url())
    entry.unpublish()
    assert Client().get(entry.get_absolute_url()).status_code in {404, 410}
    assert entry.title not in shows("/api/v1/measures")


def test_a_renamed_topic_shows_at_once() -> None:
    topic = TopicFactory(name="Altes Thema")
    entry = EntryFactory(topics=[topic], published=True)
    assert "Altes Thema" in shows(entry.get_absolute_url())
    topic.name = "Neues Thema"
    topic.save()
    assert "Neues Thema" in shows(entry.get_absolute_url())


def test_a_renamed_organisation_shows_at_once() -> None:
    entry = EntryFactory(published=True)
    assert entry.lead.name in shows(entry.get_absolute_url())
    entry.lead.name = "Amt mit neuem Namen"
    entry.lead.save()
    assert "Amt mit neuem Namen" in shows(entry.get_absolute_url())


def test_an_edited_page_shows_at_once() -> None:
    from austausch.pages.setup import ensure_pages

    ensure_pages()
    page = WagtailPage.objects.live().filter(slug="impressum").get().specific
    assert page.title in shows("/impressum/")
    page.title = "Ein neues Impressum"
    page.save_revision().publish()
    assert "Ein neues Impressum" in shows("/impressum/")


def test_an_edited_statistic_shows_at_once() -> None:
    statistic = Statistic.objects.create(title="Alte Statistik", unit="Personen")
    Value.objects.create(statistic=statistic, series="alle", year=2023, number=17)
    assert "Alte Statistik" in shows(reverse("figures:list"))
    statistic.title = "Neue Statistik"
    statistic.save()
    assert "Neue Statistik" in shows(reverse("figures:list"))


def test_an_edited_document_shows_at_once() -> None:
    entry = EntryFactory()
    document = DocumentFactory(title="Alter Erlass")
    Citation.objects.create(entry=entry, document=document)
    entry.save_revision().publish()
    assert "Alter Erlass" in shows(document.get_absolute_url())
    document.title = "Neuer Erlass"
    document.save()
    assert "Neuer Erlass" in shows(document.get_absolute_url())
    assert "Neuer Erlass" in shows(entry.get_absolute_url())


def test_a_change_that_is_rolled_back_changes_nothing() -> None:
    from django.db import transaction

    before = generation.current()
    with transaction.atomic():
        TopicFactory()
        assert generation.current() > before
        transaction.set_rollback(True)
    assert generation.current() == before


def test_a_status_changes_at_midnight_of_the_portal() -> None:
    berlin = dt.timezone(dt.timedelta(hours=1))
    entry = EntryFactory(
        starts_on=dt.date(2025, 1, 1),
        starts_precision=Precision.DAY,
        ends_on=dt.date(2025, 12, 31),
        ends_precision=Precision.DAY,
        published=True,
    )
    address = f"/api/v1/measures/{entry.slug}"
    with time_machine.travel(dt.datetime(2025, 12, 31, 23, 59, tzinfo=berlin), tick=False):
        assert '"running"' in shows(address)
    with time_machine.travel(dt.datetime(2026, 1, 1, 0, 1, tzinfo=berlin), tick=False):
        assert '"ended"' in shows(address)


# ── How it answers ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_kept_page_is_the_page_with_all_its_headers(anonymous: Client) -> None:
    entry = EntryFactory(published=True)
    first = anonymous.get(entry.get_absolute_url(), **PLAIN)
    second = Client().get(entry.get_absolute_url(), **PLAIN)
    assert kept() == 1
    assert first.content == second.content
    assert dict(first.items()) == dict(second.items())
    assert "script-src 'self'" in second["Content-Security-Policy"]


def test_a_page_that_is_known_is_answered_with_304(anonymous: Client) -> None:
    address = EntryFactory(published=True).get_absolute_url()
    for accepted in ("identity", "br", "gzip"):
        tag = anonymous.get(address, HTTP_ACCEPT_ENCODING=accepted)["ETag"]
        again = anonymous.get(address, HTTP_ACCEPT_ENCODING=accepted, HTTP_IF_NONE_MATCH=tag)
        assert (again.status_code, again.content) == (304, b"")


def test_head_is_answered_from_the_cache_but_does_not_fill_it(rf: RequestFactory) -> None:
    page = cached(lambda request: HttpResponse("x" * 10))
    page(rf.head("/seite/"))
    assert kept() == 0
    get = page(rf.get("/seite/"))
    assert page(rf.head("/seite/"))["ETag"] == get["ETag"]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip", "gzip"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("identity", None),
        ("", None),
        ("*", None),
        ("zstd, nonsense;;q", None),
    ],
)
def test_the_client_gets_an_encoding_it_understands(rf: RequestFactory, accepted: str, encoding: str | None) -> None:
    page = cached(lambda request: HttpResponse("ä" * 1000))
    for _round in range(2):
        response = page(rf.get("/seite/", HTTP_ACCEPT_ENCODING=accepted))
        assert response.get("Content-Encoding") == encoding
        assert int(response["Content-Length"]) == len(response.content)
    assert "Accept-Encoding" in response["Vary"]
    if encoding == "br":
        assert brotli.decompress(response.content).decode() == "ä" * 1000


def test_pictures_and_short_answers_are_not_compressed(rf: RequestFactory) -> None:
    for content, kind in ((b"x" * 5000, "image/png"), (b"short", "text/html")):
        page = cached(lambda request, content=content, kind=kind: HttpResponse(content, content_type=kind))
        assert "Content-Encoding" not in page(rf.get(f"/{kind}", HTTP_ACCEPT_ENCODING="br"))


def test_a_personal_page_is_never_compressed(client: Client) -> None:
    client.force_login(UserFactory(portal_team=True))
    assert "Content-Encoding" not in client.get("/massnahmen/", HTTP_ACCEPT_ENCODING="br")


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("q=Ã¤", "ä"),
        ("q=%C3%83%C2%A4", "Ã¤"),
        ("q=%C3%A4", "ä"),
        ("q=\xe4", "ä"),
    ],
)
def test_bytes_that_are_encoded_differently_share_no_page(rf: RequestFactory, sent: str, meant: str) -> None:
    """A server hands on the bytes of a query as they came, one character for each."""
    page = cached(lambda request: HttpResponse(request.GET["q"]))
    others = ["q=Ã¤", "q=%C3%83%C2%A4", "q=%C3%A4", "q=\xe4"]
    for other in others:
        page(rf.get("/suche/", QUERY_STRING=other))
    assert page(rf.get("/suche/", QUERY_STRING=sent)).content.decode() == meant
    assert kept() == len(others)


# ── How much is kept ────────────────────────────────────────────────────────────────────────────────────────


def page_of(size: int) -> Page:
    return Page({}, "tag", {"": b"x" * size})


def test_the_memory_never_exceeds_its_budget() -> None:
    pages = PageMemory(100_000)
    for number in range(500):
        pages.put(f"a{number}", page_of(5_000), queried=number % 2 == 0)
        pages.add_body(f"a{number}", "br", b"x" * 3_000, queried=number % 2 == 0)
        assert pages.spent <= 100_000
    assert pages.spent == sum(page.size for page in pages.pages())


def test_the_page_used_last_stays_longest() -> None:
    pages = PageMemory(40_000)
    for name in "abc":
        pages.put(name, page_of(7_500), queried=False)
    pages.get("a", queried=False)
    pages.put("d", page_of(7_500), queried=False)
    assert pages.get("a", queried=False)
    assert pages.get("b", queried=False) is None


def test_a_page_larger_than_everything_is_not_kept() -> None:
    pages = PageMemory(10_000)
    pages.put("a", page_of(50_000), queried=False)
    assert pages.pages() == []


def test_invented_queries_push_out_only_each_other(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    small = PageMemory(60_000)
    monkeypatch.setattr("austausch.core.page_cache.memory", small)
    page = cached(lambda request: HttpResponse("x" * 3_000))
    page(rf.get("/startseite/"))
    for number in range(200):
        page(rf.get(f"/startseite/?unsinn={number}"))
    assert small.spent <= 60_000
    assert small.get(next(iter(small._plain.pages)), queried=False)


def test_a_huge_page_is_answered_but_not_kept(rf: RequestFactory) -> None:
    response = cached(lambda request: HttpResponse("x" * (1024 * 1024 + 1)))(rf.get("/seite/"))
    assert response["Cache-Control"] == PUBLIC
    assert kept() == 0
