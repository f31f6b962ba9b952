"""Results in a browser: marks that everybody can see, what may have been meant, and reasons for editors."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Visitors
from tests.browser.test_every_page import RULES
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("portal")]


def barriers(page: Page) -> list[str]:
    return [violation["id"] for violation in Axe().run(page, options=RULES).response["violations"]]


def as_editor(page: Page, live_server: LiveServer) -> Page:
    client = Client()
    client.force_login(UserFactory(portal_team=True))
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_marks_tips_and_reasons_have_no_barriers_and_fit(
    visitors: Visitors, live_server: LiveServer, scheme: str, width: int
) -> None:
    page = as_editor(visitors(viewport={"width": width, "height": 900}, color_scheme=scheme), live_server)
    page.goto(f"{live_server.url}/massnahmen/?q=Problemimmobilien+Wohnungsaufsicht&explain=1")
    expect(page.locator("mark").first).to_be_visible()
    expect(page.locator(".reasons table").first).to_be_visible()
    page.locator("#suchtipps > summary").click()
    expect(page.locator(".search-tips__list")).to_be_visible()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_misspelled_search_leads_to_the_right_one(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/massnahmen/")
    page.locator("#suchwort").fill("Wonungsaufsicht")
    page.keyboard.press("Enter")
    expect(page.locator("#ansage")).to_contain_text("Meinten Sie:")
    expect(page.locator("mark").first).to_be_visible()
    assert barriers(page) == []
    page.locator(".search-note a").first.click()
    expect(page).to_have_url(re.compile("q=[Ww]ohnungsaufsicht"))
    expect(page.locator("#treffer")).to_have_text(re.compile(r"^\d+ Maßnahmen? gefunden$"))
    expect(page.locator("#ansage")).not_to_contain_text("Meinten Sie:")


def test_a_search_tip_can_be_followed_by_keyboard(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/massnahmen/")
    page.locator("#suchtipps > summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("^thema:")).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#treffer")).to_have_text(re.compile(r"^\d+ Maßnahmen? gefunden$"))
    expect(page.get_by_role("link", name=re.compile("^Filter entfernen: Thema"))).to_be_visible()


def test_an_editor_keeps_the_reasons_while_filtering(page: Page, live_server: LiveServer) -> None:
    as_editor(page, live_server).goto(f"{live_server.url}/massnahmen/?q=Problemimmobilien")
    page.get_by_role("link", name="Warum diese Reihenfolge?").click()
    expect(page.locator(".reasons").first).to_be_visible()
    page.get_by_role("checkbox", name=re.compile("^Wohnen")).check()
    expect(page).to_have_url(re.compile("thema=wohnen.*explain=1"))
    expect(page.locator(".reasons").first).to_be_visible()
    # The tick on a card is not covered by what follows it.
    page.locator(".pick input").first.check()
    expect(page.locator(".pick input").first).to_be_checked()
