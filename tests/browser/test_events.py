"""Events as a person uses them: look, filter, register, wait, cancel; by keyboard, narrow, and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from austausch.core.models import Mail
from austausch.events.links import token
from austausch.events.models import Event, Series
from austausch.people.models import Membership
from tests.browser.conftest import Visitors
from tests.browser.test_every_page import barriers
from tests.browser.test_exchange import signed_in
from tests.factories import EventFactory, MembershipFactory, ParticipantFactory

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("portal")]


def link_of(address: str) -> str:
    found = re.search(r"https?://[^/]+(/termine/anmeldung/\S+)", Mail.objects.filter(address=address).latest("pk").text)
    assert found
    return found[1]


def sign_up(page: Page, live_server: LiveServer, event: Event, email: str) -> None:
    page.goto(f"{live_server.url}/termine/{event.slug}/")
    page.get_by_role("link", name="Anmelden").last.press("Enter")
    page.get_by_label("Name").fill("Erika Beispiel")
    page.get_by_label("E-Mail-Adresse").fill(email)
    page.get_by_label("E-Mail-Adresse").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bitte sehen Sie in Ihre E-Mails")
    page.goto(live_server.url + link_of(email))
    page.get_by_role("button", name="Bestätigen").press("Enter")


@pytest.mark.parametrize("scripts", [True, False])
def test_registering_waiting_and_moving_up(visitors: Visitors, live_server: LiveServer, scripts: bool) -> None:
    page = visitors(java_script_enabled=scripts, viewport={"width": 390, "height": 844})
    event = EventFactory(title="Fachtag", with_registration=True, capacity=1)
    sign_up(page, live_server, event, "erste@example.org")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sie haben einen Platz")
    sign_up(page, live_server, event, "zweite@example.org")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sie stehen auf der Warteliste")
    page.goto(live_server.url + link_of("erste@example.org"))
    page.get_by_role("button", name="Abmelden und meine Daten löschen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sie sind nicht mehr angemeldet")
    page.goto(live_server.url + link_of("zweite@example.org"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sie haben einen Platz")


def test_filters_work_without_scripts(visitors: Visitors, live_server: LiveServer) -> None:
    page = visitors(java_script_enabled=False)
    EventFactory(title="Werkstatt", kind=Event.Kind.WORKSHOP)
    page.goto(f"{live_server.url}/termine/")
    page.get_by_label("Art").select_option("workshop")
    page.get_by_role("button", name="Filter anwenden").click()
    expect(page.get_by_role("heading", level=3)).to_have_text(["Werkstatt"])


def test_what_is_wrong_with_a_form_is_said_and_reached_by_keyboard(page: Page, live_server: LiveServer) -> None:
    event = EventFactory(with_registration=True)
    page.goto(f"{live_server.url}/termine/{event.slug}/anmelden/")
    page.get_by_role("button", name="Anmelden").press("Enter")
    page.get_by_role("alert").get_by_role("link").first.press("Enter")
    expect(page.get_by_label("Name")).to_be_focused()


def test_the_timeline_leads_to_the_action_in_the_list(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/termine/aktionen/")
    point = page.get_by_role("link", name=re.compile("^3: 24. bis 25. Oktober 2022"))
    point.press("Enter")
    assert page.url.endswith("#aktion-3")


def test_on_a_phone_the_timeline_shows_every_action_without_being_pushed_aside(
    visitors: Visitors, live_server: LiveServer
) -> None:
    page = visitors(viewport={"width": 390, "height": 844})
    page.goto(f"{live_server.url}/termine/aktionen/")
    points = page.get_by_role("link", name=re.compile(r"^\d: "))
    expect(points).to_have_count(5)
    for point in points.all():
        box = point.locator("circle").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["width"] >= 24, "a finger hits it"


def test_an_organiser_uploads_a_document_with_the_keyboard(visitors: Visitors, live_server: LiveServer) -> None:
    event = EventFactory(drafted=True)
    user = MembershipFactory(organisation=event.organiser, role=Membership.Role.PUBLISHER).user
    page = signed_in(visitors, live_server, user)
    page.goto(f"{live_server.url}/netz/termine/{event.pk}/")
    page.get_by_role("link", name="Dokument hochladen").press("Enter")
    found = [*barriers(page, page.url)]
    page.get_by_label("Titel").fill("Einladung")
    page.get_by_label("Datei").set_input_files({"name": "a.exe", "mimeType": "text/plain", "buffer": b"MZ"})
    page.get_by_role("button", name="Hochladen").press("Enter")
    page.get_by_role("alert").get_by_role("link").first.press("Enter")
    found += barriers(page, page.url)
    page.get_by_label("Datei").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"Willkommen"})
    page.get_by_role("button", name="Hochladen").press("Enter")
    expect(page.get_by_role("link", name="Einladung")).to_be_visible()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_of_events_has_a_barrier(visitors: Visitors, live_server: LiveServer, scheme: str, width: int) -> None:
    page = visitors(color_scheme=scheme, viewport={"width": width, "height": 900})
    series = Series.objects.create(slug="fachtage", title="Fachtage")
    event = EventFactory(timed=True, with_registration=True, text="Text", series=series)
    cancelled = EventFactory(state=Event.State.CANCELLED, cancelled_because="Krankheit")
    person = ParticipantFactory(event=event, waits=True)
    paths = (
        "/termine/",
        "/en/termine/",
        "/termine/aktionen/",
        "/termine/reihe/fachtage/",
        f"/termine/{event.slug}/",
        f"/termine/{cancelled.slug}/",
        f"/termine/{event.slug}/anmelden/",
        f"/termine/{event.slug}/angemeldet/",
        f"/termine/anmeldung/{token(person)}/",
        "/zahlen/",
    )
    found = []
    for path in paths:
        assert page.goto(live_server.url + path).ok, path
        found += barriers(page, path)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            found.append(f"{path}: scrolls sideways by {wider} px")
    page.get_by_role("link", name=re.compile("^Vergleichen")).first.click()
    found += barriers(page, page.url)
    assert found == []
