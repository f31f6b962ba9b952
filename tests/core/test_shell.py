"""The shell of every page, and rules that every template keeps."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from django.utils import translation

from austausch.core import context
from austausch.core.templatetags.austausch import euro, number
from tests.factories import UserFactory

TEMPLATES = sorted((settings.PACKAGE).rglob("templates/**/*.html"))
# Parts and pages in Wagtail's own admin do not stand in our shell.
OTHERS = {"wagtailadmin", "wagtailsnippets", "components", "elements", "email", "blocks", "messages", "admin"}
LANGUAGES = [("de", ""), ("en", "/en")]


def whole_pages() -> list[Path]:
    return [path for path in TEMPLATES if not path.name.startswith("_") and not OTHERS & set(path.parts)]


class Outline(HTMLParser):
    """What a screen reader's overview of a page lists."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def count(self, tag: str) -> int:
        return sum(1 for found, _ in self.tags if found == tag)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.tags if found == tag]


def get(path: str, client: Client | None = None, status: int = 200) -> HttpResponse:
    response = (client or Client()).get(path)
    assert response.status_code == status
    return response


# Every template


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.PACKAGE)))
def test_no_template_holds_inline_script_or_style(path: Path) -> None:
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text)
    assert "javascript:" not in text
    for attributes in re.findall(r"<script\b([^>]*)>", text):
        assert "src=" in attributes or 'type="application/' in attributes, attributes


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.PACKAGE)))
def test_no_template_asks_another_host(path: Path) -> None:
    assert not re.search(
        r"<(?:img|script|iframe|source|video|audio|link)\b[^>]*(?:src|href)=\"(?:https?:)?//", path.read_text()
    )


@pytest.mark.parametrize("path", whole_pages(), ids=lambda path: str(path.relative_to(settings.PACKAGE)))
def test_every_page_extends_the_shell(path: Path) -> None:
    text = path.read_text()
    # The last one stands in a frame of somebody else's page.
    shells = {"base.html", "plain_error.html", "embedded.html"}
    assert path.name in shells or re.search(r"{% extends ", text), "extend core/base.html"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.PACKAGE)))
def test_no_template_touches_the_user_or_the_session(path: Path) -> None:
    allowed = {"wagtailadmin", "wagtailsnippets", "admin"} & set(path.parts)
    # A row's user (`role.user.name`) is not the reader.
    assert allowed or not re.search(r"{[{%][^}]*(?<![\w.])(?:request\.)?(?:user|session)\.", path.read_text())


# Every page


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "prefix"), LANGUAGES)
@pytest.mark.parametrize("path", ["/dokumente/", "/massnahmen/", "/zahlen/", "/konto/login/", "/konto/password/reset/"])
def test_a_page_has_one_heading_its_landmarks_and_a_way_past_the_menu(path: str, language: str, prefix: str) -> None:
    page = Outline(get(prefix + path).content.decode())
    assert page.all("html")[0]["lang"] == language
    assert page.count("h1") == 1
    assert page.count("main") == page.count("header") - _nested_headers(page) == page.count("footer") == 1
    assert page.all("a")[0]["href"] == "#inhalt"
    assert [main["id"] for main in page.all("main")] == ["inhalt"]
    names = [nav.get("aria-label") or nav.get("aria-labelledby") for nav in page.all("nav")]
    assert all(names)
    assert len(set(names)) == len(names)


def _nested_headers(page: Outline) -> int:
    return sum(1 for header in page.all("header") if header.get("class") != "site-header")


@pytest.mark.django_db
def test_the_main_navigation_leads_to_all_its_pages_and_says_where_one_is() -> None:
    html = get("/dokumente/").content.decode()
    assert len(context.navigation("/")) == len(context.NAVIGATION)
    assert re.search(r'href="/dokumente/" aria-current="page"', html)
    assert [link.url for link in context.navigation("/massnahmen/eine/") if link.current == "true"] == ["/massnahmen/"]


@pytest.mark.django_db
def test_the_language_switch_keeps_path_and_question() -> None:
    german, english = get("/massnahmen/?q=a&status=ended"), get("/en/massnahmen/?q=a&status=ended")
    assert 'href="/en/massnahmen/?q=a&amp;status=ended" hreflang="en"' in german.content.decode()
    assert 'href="/massnahmen/?q=a&amp;status=ended" hreflang="de"' in english.content.decode()


@pytest.mark.parametrize(
    ("path", "german", "english"),
    [
        ("/", "/", "/en/"),
        ("/en/", "/", "/en/"),
        ("/en/zahlen/", "/zahlen/", "/en/zahlen/"),
        ("/england/", "/england/", "/en/england/"),
    ],
)
def test_a_page_stands_at_the_same_path_in_both_languages(path: str, german: str, english: str) -> None:
    assert context.alternates(path) == {"de": german, "en": english}


@pytest.mark.django_db
def test_a_visitor_is_asked_to_sign_in_and_who_is_signed_in_is_led_to_the_network() -> None:
    assert 'href="/konto/login/"' in get("/dokumente/").content.decode()
    client = Client()
    client.force_login(UserFactory(), backend=settings.AUTHENTICATION_BACKENDS[0])
    html = get("/dokumente/", client).content.decode()
    assert 'href="/netz/"' in html
    assert 'href="/konto/logout/"' in html
    assert 'href="/konto/login/"' not in html


@pytest.mark.django_db
def test_a_hostile_address_stays_text() -> None:
    html = get("/massnahmen/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").content.decode()
    assert "<script>alert" not in html


# The content policy


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/dokumente/", "/massnahmen/", "/zahlen/", "/konto/login/", "/verwaltung/"])
def test_nowhere_does_the_content_policy_allow_anything_unsafe(path: str) -> None:
    client = Client()
    if path == "/verwaltung/":
        client.force_login(UserFactory(portal_team=True), backend=settings.AUTHENTICATION_BACKENDS[0])
    policy = get(path, client)["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "default-src 'none'" in policy
    # Exactly this source; the order of the directives is not fixed.
    assert "script-src 'self'" in policy.split("; ")
    assert "style-src 'self'" in policy
    assert ("frame-src 'self'" in policy) == (path == "/verwaltung/")


@pytest.mark.django_db
def test_the_editors_side_starts_its_choosers_and_pickers_without_inline_scripts() -> None:
    client = Client()
    client.force_login(UserFactory(portal_team=True), backend=settings.AUTHENTICATION_BACKENDS[0])
    html = get("/verwaltung/massnahmen/add/", client).content.decode()
    inline = [a for a in Outline(html).all("script") if "src" not in a and a.get("type") != "application/json"]
    assert inline == []
    starts = {a["data-start"] for a in Outline(html).all("template") if "data-start" in a}
    assert {"InlinePanel", "initDateChooser"} <= starts
    known = set(re.findall(r'"(\w+)"', (settings.PACKAGE / "core" / "static" / "core" / "admin.js").read_text()))
    assert starts <= known


# Error pages


@pytest.mark.django_db
@pytest.mark.parametrize(("prefix", "words"), [("", "gibt es keine Seite"), ("/en", "There is no page")])
def test_a_wrong_address_offers_the_search(prefix: str, words: str) -> None:
    html = get(f"{prefix}/gibt/es/nicht/", status=404).content.decode()
    assert words in html
    assert f'action="{prefix}/massnahmen/"' in html
    assert "noindex" in html
    assert 'rel="canonical"' not in html


@pytest.mark.parametrize("code", [400, 500])
def test_the_plainest_error_pages_need_no_request_and_no_database(code: int) -> None:
    html = render_to_string(f"{code}.html")
    assert Outline(html).count("h1") == 1
    assert 'lang="en"' in html


def test_a_failing_view_answers_with_the_plain_page() -> None:
    with override_settings(ROOT_URLCONF="tests.core.failing_urls"):
        response = Client(raise_request_exception=False).get("/scheitert/")
    assert response.status_code == 500
    assert "Hier ist etwas schiefgegangen" in response.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_explained() -> None:
    response = Client(enforce_csrf_checks=True).post("/konto/login/", {})
    assert response.status_code == 403
    assert "Das Formular ist abgelaufen" in response.content.decode()


# Components


def rendered(text: str, path: str = "/", **values: object) -> str:
    request = RequestFactory().get(path)
    return engines["django"].from_string(text).render(values, request)


def test_pagination_keeps_the_question_and_says_where_one_is() -> None:
    page = Paginator(range(200), 10).page(5)
    html = rendered(
        '{% include "core/components/pagination.html" %}', "/massnahmen/?q=a&thema=b&thema=c&seite=5", page=page
    )
    assert 'rel="prev" href="?q=a&amp;thema=b&amp;thema=c&amp;seite=4"' in html
    assert 'href="?q=a&amp;thema=b&amp;thema=c"' in html
    assert html.count('aria-current="page"') == 1


@pytest.mark.parametrize("query", [QueryDict("q=a"), "q=a", "?q=a"])
def test_pagination_takes_the_question_in_any_form(query: object) -> None:
    page = Paginator(range(20), 10).page(1)
    text = '{% include "core/components/pagination.html" with page=page query=query %}'
    assert 'href="?q=a&amp;seite=2"' in rendered(text, "/?fremd=1", page=page, query=query)


def test_one_page_needs_no_pagination() -> None:
    page = Paginator(range(3), 10).page(1)
    assert rendered('{% include "core/components/pagination.html" %}', page=page).strip() == ""


def test_an_alert_speaks_kerns_words_for_djangos_levels() -> None:
    assert "kern-alert--danger" in rendered('{% include "core/components/alert.html" with kind="error" title="x" %}')
    assert "kern-alert--info" in rendered('{% include "core/components/alert.html" with title="x" %}')


@pytest.mark.parametrize(
    ("language", "value", "written"),
    [
        ("de", 5500000, "5.500.000\N{NO-BREAK SPACE}€"),
        ("en", 5500000, "€5,500,000"),
        ("de", "12.5", "12,50\N{NO-BREAK SPACE}€"),
        ("de", None, ""),
        ("de", "rund 3 Mio.", "rund 3 Mio."),
    ],
)
def test_sums_are_written_as_the_language_does(language: str, value: object, written: str) -> None:
    with translation.override(language):
        assert euro(value) == written


def test_numbers_are_grouped_and_other_things_left_alone() -> None:
    with translation.override("de"):
        assert number(168711) == "168.711"
        assert number("NaN") == "NaN"
        assert number("viele") == "viele"


@pytest.mark.django_db
def test_the_network_shows_groups_and_the_pages_of_the_group_one_is_in(client: Client) -> None:
    client.force_login(UserFactory.create())
    page = get("/netz/merklisten/", client).content.decode()
    navigation = page[
        page.index('class="container network-nav"') : page.index("</nav>", page.index("network-nav__tabs"))
    ]
    assert '<a class="network-nav__page" href="/netz/merklisten/" aria-current="page">' in navigation
    assert "Gespeicherte Suchen" in navigation
    assert "Ähnliche Kommunen" not in navigation
    assert navigation.count('class="network-nav__link"') <= 7


@pytest.mark.django_db
def test_every_page_of_the_network_is_one_step_from_its_home(client: Client) -> None:
    client.force_login(UserFactory.create())
    page = get("/netz/", client).content.decode()
    directory = page[page.index('class="network-directory"') :]
    for label in (
        "Übernommen",
        "Merklisten",
        "Fragen und Erfahrungen",
        "Kontakte",
        "Bescheinigungen prüfen",
        "Ihr Konto",
    ):
        assert f">{label}</a>" in directory
