"""Every public page, in both languages, both colour schemes, wide and narrow: no barrier that a machine can find.

The `visitors` fixture fails these tests as well for any script error, breach of the content policy or request to
another host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from austausch.counselling.models import Office
from tests.browser.conftest import Visitors

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("portal")]

# WCAG 2.2 AA and axe's best practices; axe's default leaves out target size.
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
FORMS_AND_LISTS = (
    "/",
    "/massnahmen/",
    "/massnahmen/?q=beratung&thema=arbeit",
    "/massnahmen/?q=xyzunauffindbar",
    "/massnahmen/?ansicht=karte",
    "/massnahmen/?seite=2",
    "/dokumente/",
    "/zahlen/",
    "/beratung/?ort=05914000",
    "/beratung/sicher/",
    "/termine/",
    "/termine/aktionen/",
    "/pruefen/",
    "/massnahmen/vergleich/?m=missimo&m=kaoa-kompakt",
    "/hinweis/?art=error&seite=/massnahmen/missimo/",
    "/hinweis/?art=barrier&seite=/",
    "/einwilligungen/",
    "/konto/login/",
    "/konto/password/reset/",
    "/api/v1/docs",
)
# Of these there are many of the same kind.
DETAIL = re.compile(r"(/en)?/(massnahmen|beratung)/.")
MOST_OFFICES = 12
KINDS_OF_ENTRY = ("handreichung-genehmigungswidrige-nutzung", "grenzueberschreitende-kontrollaktionen")


def in_english(path: str) -> str:
    return path if path.startswith("/api/") else f"/en{path}"


def of_the_sitemap() -> list[str]:
    """All paths of the portal's own sitemap, in both languages."""
    text = Client().get("/sitemap.xml").content.decode()
    nested = re.findall(r"<loc>https?://[^/]+(/sitemap[^<]+)</loc>", text)
    texts = [Client().get(path).content.decode() for path in nested] or [text]
    paths = [path for page in texts for path in re.findall(r"<loc>https?://[^/]+(/[^<]*)</loc>", page)]
    return sorted(set(paths))


def barriers(page: Page, path: str) -> Iterator[str]:
    for violation in Axe().run(page, options=RULES).response["violations"]:
        where = violation["nodes"][0]
        yield f"{path}: {violation['id']}: {where['html'][:200]} {where.get('failureSummary', '')[:300]}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_has_a_barrier(visitors: Visitors, live_server: LiveServer, scheme: str, width: int) -> None:
    page = visitors(color_scheme=scheme, viewport={"width": width, "height": 900})
    german = [*FORMS_AND_LISTS, *(f"/massnahmen/{slug}/" for slug in KINDS_OF_ENTRY)]
    others = [path for path in of_the_sitemap() if not DETAIL.match(path)]
    assert len(others) > 10
    found = []
    for path in sorted({*german, *map(in_english, german), *others}):
        assert page.goto(live_server.url + path).ok, path
        found += barriers(page, path)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            found.append(f"{path}: scrolls sideways by {wider} px")
    assert found == []


def test_no_entry_has_a_barrier(page: Page, live_server: LiveServer) -> None:
    entries = [path for path in of_the_sitemap() if re.match("/massnahmen/.", path)]
    assert len(entries) == 32
    found = []
    for path in entries:
        page.goto(live_server.url + path)
        found += barriers(page, path)
    assert found == []


def test_no_office_has_a_barrier(page: Page, live_server: LiveServer) -> None:
    # They stand in no sitemap.
    offices = list(Office.objects.values_list("slug", flat=True).order_by("slug"))
    assert len(offices) > 50
    found = []
    for slug in offices[:: len(offices) // MOST_OFFICES]:
        path = f"/beratung/{slug}/"
        page.goto(live_server.url + path)
        found += barriers(page, path)
    assert found == []


def test_every_page_is_readable_at_320_pixels(visitors: Visitors, live_server: LiveServer) -> None:
    page = visitors(viewport={"width": 320, "height": 640})
    found = []
    for path in (*FORMS_AND_LISTS, *(f"/massnahmen/{slug}/" for slug in KINDS_OF_ENTRY)):
        page.goto(live_server.url + path)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            found.append(f"{path}: scrolls sideways by {wider} px")
    assert found == []


@pytest.mark.parametrize("path", ["/massnahmen/gibt-es-nicht/", "/en/gibt-es-nicht/"])
def test_the_page_for_a_wrong_address_has_no_barrier(visitors: Visitors, live_server: LiveServer, path: str) -> None:
    page = visitors()
    visitors.expect("404")
    answer = page.goto(live_server.url + path)
    assert answer is not None
    assert answer.status == 404
    assert list(barriers(page, path)) == []
