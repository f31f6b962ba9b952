"""The directory as somebody meets it who must not be seen looking."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Visitors
from tests.browser.test_every_page import barriers

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("portal")]

PATHS = (
    "/beratung/",
    "/beratung/?ort=Hagen",
    "/beratung/?ort=Nirgendwo",
    "/beratung/?thema=gibt-es-nicht",
    "/beratung/?ansicht=karte",
    "/beratung/fachberatung-hagen/",
    "/beratung/sicher/",
    "/en/beratung/?ort=Hagen",
)
EXIT = "/impressum/"


@pytest.fixture(autouse=True)
def _exit_on_our_own_host(settings: object, live_server: LiveServer) -> None:
    # Tests ask no other host; where "away" lies makes no difference to how one gets there.
    settings.AUSTAUSCH_QUICK_EXIT_URL = live_server.url + EXIT  # type: ignore[attr-defined]


def test_an_office_is_found_by_place_with_the_keyboard_alone(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/beratung/")
    page.get_by_label("Ort oder Postleitzahl").focus()
    page.keyboard.type("58095")
    page.keyboard.press("Enter")
    first = page.locator(".office-card").nth(0)
    expect(first.get_by_role("link", name="Beratungsstelle Arbeit: Hagen")).to_be_visible()
    expect(page.locator(".office-card").nth(1)).to_contain_text("Hagen")
    first.get_by_role("link").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Beratungsstelle Arbeit: Hagen")).to_be_visible()


def test_the_button_replaces_the_page_and_back_does_not_lead_to_it(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/dokumente/")
    page.goto(f"{live_server.url}/beratung/")
    page.goto(f"{live_server.url}/beratung/fachberatung-hagen/")
    before = page.evaluate("history.length")
    page.get_by_role("link", name="Seite sofort verlassen").click()
    page.wait_for_url(f"**{EXIT}")
    assert page.evaluate("history.length") == before
    # The page before it in this tab was one of the directory, too: it leads away again.
    page.go_back()
    page.wait_for_url(f"**{EXIT}")
    page.go_back()
    expect(page).to_have_url(f"{live_server.url}/dokumente/")


def test_escape_three_times_leaves_and_twice_does_not(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/beratung/fachberatung-hagen/")
    for _ in range(2):
        page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for _ in range(2):
        page.keyboard.press("Escape")
    page.wait_for_url(f"**{EXIT}")


def test_the_page_is_gone_at_once_even_where_the_network_is_slow(page: Page, live_server: LiveServer) -> None:
    def never(route: Route) -> None:
        """The next page does not come; an answer without content leaves the browser where it is."""
        route.fulfill(status=204)

    page.goto(f"{live_server.url}/beratung/fachberatung-hagen/")
    page.route(f"**{EXIT}", never)
    page.get_by_role("link", name="Seite sofort verlassen").click(no_wait_after=True)
    expect(page.get_by_role("heading", level=1)).to_be_hidden()
    assert page.evaluate("location.pathname") == "/"
    assert "Beratung" not in page.evaluate("document.title")


def test_without_scripts_the_way_out_is_a_link_and_the_place_field_finds(
    visitors: Visitors, live_server: LiveServer
) -> None:
    page = visitors(java_script_enabled=False)
    page.goto(f"{live_server.url}/beratung/?ort=Hagen")
    expect(page.locator(".office-card").first).to_contain_text("Hagen")
    expect(page.get_by_role("button", name="In meiner Nähe")).to_be_hidden()
    page.get_by_role("link", name="Seite sofort verlassen").click()
    expect(page).to_have_url(live_server.url + EXIT)


def test_near_me_asks_only_after_a_click_and_sends_the_position_nowhere(
    visitors: Visitors, live_server: LiveServer
) -> None:
    page = visitors(geolocation={"latitude": 51.3607, "longitude": 7.4717}, permissions=["geolocation"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/beratung/")
    assert not any("naehe.json" in url for url in asked)
    page.get_by_role("button", name="In meiner Nähe").click()
    first = page.locator(".near__list li").first
    expect(first).to_contain_text("Hagen")
    expect(first).to_contain_text("Ortsmitte Hagen")
    assert not any("51.36" in url or "7.47" in url for url in asked)


def test_the_browser_keeps_no_cookie_of_the_directory(page: Page, live_server: LiveServer) -> None:
    for path in PATHS:
        page.goto(live_server.url + path)
    assert page.context.cookies() == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_the_directory_has_a_barrier(
    visitors: Visitors, live_server: LiveServer, width: int, scheme: str
) -> None:
    page = visitors(viewport={"width": width, "height": 800}, color_scheme=scheme)
    found = []
    for path in PATHS:
        page.goto(live_server.url + path)
        found += barriers(page, path)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            found.append(f"{path}: scrolls sideways by {wider} px")
    assert found == []
