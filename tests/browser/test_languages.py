"""Texts in other languages as readers meet them: from right to left, on a phone, without scripts, without a barrier."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from austausch.catalogue.models import Entry
from austausch.information.models import Information
from tests.browser.conftest import Visitors
from tests.browser.test_every_page import barriers
from tests.factories import EntryFactory, InformationFactory, MembershipFactory, OfficeFactory, version_of

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("portal")]
ARABIC = {
    "title": "مرشدون في الحي",
    "summary": "أشخاص من الحي يرافقون القادمين الجدد.",
    "goals": ["بناء الثقة", "المساعدة"],
}


@pytest.fixture
def entry() -> Entry:
    made: Entry = EntryFactory(
        slug="lotsen", title="Lotsinnen und Lotsen", summary="Menschen begleiten.", goals=["Vertrauen", "Hilfe"],
        lessons=["Zeit nehmen"], published=True,
    )  # fmt: skip
    version_of(made, "ar", texts=ARABIC, outdated=True)
    version_of(made, "ro", confirmed=True)
    office = OfficeFactory(slug="rat", name="Beratung Rat", description="Berät.", sensitive="trafficking")
    version_of(office, "ar", texts={"description": "نصيحة مجانية"})
    information = InformationFactory(slug="vertrag")
    for language in ("ar", "bg"):
        version_of(information, language)
    return made


PATHS = (
    "/massnahmen/lotsen/?sprache=ar",
    "/massnahmen/lotsen/?sprache=ro",
    "/massnahmen/lotsen/?sprache=tr",
    "/beratung/rat/?sprache=ar",
    "/beratung/rat/?sprache=bg",
    "/vor-der-reise/",
    "/vor-der-reise/?sprache=ar",
    "/vor-der-reise/?sprache=tr",
    "/vor-der-reise/vertrag/?sprache=ar",
    "/vor-der-reise/vertrag/?sprache=bg",
    "/en/vor-der-reise/vertrag/?sprache=bg",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_text_in_another_language_has_a_barrier(
    visitors: Visitors, live_server: LiveServer, entry: Entry, width: int, scheme: str
) -> None:
    page = visitors(viewport={"width": width, "height": 900}, color_scheme=scheme)
    found = []
    for path in PATHS:
        assert page.goto(live_server.url + path).ok, path  # type: ignore[union-attr]
        found += barriers(page, path)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            found.append(f"{path}: scrolls sideways by {wider} px")
    assert found == []


def test_an_arabic_text_is_mirrored_and_its_german_parts_are_not(
    page: Page, live_server: LiveServer, entry: Entry
) -> None:
    page.goto(f"{live_server.url}/massnahmen/lotsen/?sprache=ar")

    def box(selector: str) -> dict[str, float]:
        found = page.locator(selector).first.bounding_box()
        assert found is not None
        return dict(found)

    # The box of facts stands to the left of the text, which begins at the right edge.
    assert box(".entry__aside")["x"] < box(".entry__body")["x"]
    heading, article = box("h1"), box("article.entry")
    assert abs(heading["x"] + heading["width"] - article["x"] - article["width"]) < 2
    # Home comes first, at the right.
    home, here = box(".breadcrumb li:first-child"), box(".breadcrumb [aria-current]")
    assert home["x"] > here["x"]
    # Bullets stand to the right of their words: the list is padded on that side.
    assert page.locator(".entry__body ul").first.evaluate("list => getComputedStyle(list).paddingRight") != "0px"
    icon, words = box('[data-notice="outdated"] .kern-icon'), box('[data-notice="outdated"] .kern-title')
    assert icon["x"] > words["x"]
    for selector, direction in ((".entry__aside", "ltr"), ("#lessons + p", "ltr"), ("#goals + ul", "rtl")):
        assert page.locator(selector).evaluate("part => getComputedStyle(part).direction") == direction, selector


def test_a_reader_without_scripts_goes_from_language_to_language(
    visitors: Visitors, live_server: LiveServer, entry: Entry
) -> None:
    page = visitors(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page.goto(f"{live_server.url}/massnahmen/lotsen/")
    page.get_by_role("link", name="Română").click()
    expect(page.get_by_role("heading", level=1, name="ro title")).to_be_visible()
    expect(page.get_by_text("Verificat la data")).to_be_visible()
    page.get_by_role("link", name="العربية").click()
    expect(page.get_by_role("heading", level=1, name="مرشدون في الحي")).to_be_visible()
    page.get_by_role("link", name="Deutsch", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Lotsinnen und Lotsen")).to_be_visible()
    assert page.url == f"{live_server.url}/massnahmen/lotsen/"


def test_a_version_is_written_by_keyboard_and_form_alone_and_the_page_has_no_barrier(
    visitors: Visitors, live_server: LiveServer, entry: Entry
) -> None:
    page = visitors(java_script_enabled=False)
    sign_in(page.context, live_server, MembershipFactory(organisation=entry.lead, role=3).user)
    page.goto(f"{live_server.url}/netz/sprachfassungen/massnahme/{entry.pk}/tr/")
    page.locator("textarea[name=title]").fill("Rehberler")
    page.locator("textarea[name=summary]").fill("Kısa.")
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("button", name="Öffentlich zeigen").click()
    expect(page.get_by_text("Der Text ist jetzt öffentlich")).to_be_visible()
    page.get_by_role("button", name="Ich habe den Text gelesen").click()
    expect(page.get_by_text("Bestätigt von")).to_be_visible()
    page.goto(f"{live_server.url}/massnahmen/lotsen/?sprache=tr")
    expect(page.get_by_role("heading", level=1, name="Rehberler")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_of_writing_have_no_barrier(
    visitors: Visitors, live_server: LiveServer, entry: Entry, width: int
) -> None:
    page = visitors(viewport={"width": width, "height": 900})
    sign_in(page.context, live_server, MembershipFactory(organisation=entry.lead, role=3).user)
    found = []
    information = Information.objects.get(slug="vertrag")
    for path in (
        "/netz/sprachfassungen/",
        "/netz/sprachfassungen/?art=fehlend",
        f"/netz/sprachfassungen/massnahme/{entry.pk}/",
        f"/netz/sprachfassungen/massnahme/{entry.pk}/ar/",
        f"/netz/sprachfassungen/massnahme/{entry.pk}/tr/",
        f"/netz/sprachfassungen/information/{information.pk}/bg/",
    ):
        assert page.goto(live_server.url + path).ok, path  # type: ignore[union-attr]
        found += barriers(page, path)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            found.append(f"{path}: scrolls sideways by {wider} px")
    assert found == []


def sign_in(context: BrowserContext, live_server: LiveServer, user: object) -> None:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")  # type: ignore[arg-type]
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
