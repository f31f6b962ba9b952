"""The list in a browser: filters change it in place, by mouse and keyboard, and are announced."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Visitors

LONG = "Sozialleistungsmissbrauchsbekämpfungsverordnung"

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("portal")]


def test_a_tick_changes_results_address_title_and_announcement_in_place(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/massnahmen/")
    page.evaluate("window.samePage = true")
    page.get_by_role("checkbox", name=re.compile("^Wohnen")).check()
    expect(page.locator("#ansage")).to_have_text(re.compile(r"^\d+ Maßnahmen gefunden$"))
    expect(page).to_have_url(f"{live_server.url}/massnahmen/?thema=wohnen")
    expect(page).to_have_title(re.compile("^[0-9]+ Maßnahmen: Wohnen"))
    expect(page.get_by_role("checkbox", name=re.compile("^Wohnen"))).to_be_focused()
    expect(page.get_by_role("checkbox", name=re.compile("^Wohnen"))).to_be_checked()
    assert page.evaluate("window.samePage")


def test_back_leads_to_the_list_before(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/massnahmen/")
    before = page.locator("#treffer").inner_text()
    page.get_by_role("checkbox", name=re.compile("^Wohnen")).check()
    expect(page).to_have_url(f"{live_server.url}/massnahmen/?thema=wohnen")
    page.go_back()
    expect(page.locator("#treffer")).to_have_text(before)
    expect(page.get_by_role("checkbox", name=re.compile("^Wohnen"))).not_to_be_checked()


def test_what_one_has_opened_stays_open(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/massnahmen/")
    page.locator("#filter-status > summary").click()
    page.locator("#filter-art > summary").click()
    page.get_by_role("checkbox", name=re.compile("^Wohnen")).check()
    expect(page).to_have_url(re.compile("thema=wohnen"))
    expect(page.locator("#filter-status")).to_have_attribute("open", "")
    expect(page.locator("#filter-art")).not_to_have_attribute("open", "")


def test_searching_with_the_keyboard_only(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/massnahmen/")
    page.locator("#suchwort").focus()
    page.keyboard.type("Problemimmobilien")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/massnahmen/?q=Problemimmobilien")
    expect(page.locator("#suchwort")).to_be_focused()
    expect(page.locator(".card__title").first).to_contain_text("Problemimmobilien")


def test_all_of_it_without_scripts(visitors: Visitors, live_server: LiveServer) -> None:
    page = visitors(java_script_enabled=False)
    page.goto(f"{live_server.url}/massnahmen/")
    page.get_by_role("checkbox", name=re.compile("^Wohnen")).check()
    page.get_by_role("button", name="Filter anwenden").click()
    expect(page.locator("#treffer")).to_have_text(re.compile(r"^\d+ Maßnahmen gefunden$"))
    page.get_by_role("link", name="Filter entfernen: Thema: Wohnen").click()
    expect(page).not_to_have_url(re.compile("thema"))
    page.locator("#filter-ort > summary").click()
    page.get_by_label("Gemeinde oder Kreis").select_option(label="Dortmund (3)")
    page.get_by_role("button", name="Ort anzeigen").click()
    expect(page.locator("#treffer")).to_have_text("3 Maßnahmen gefunden")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen(visitors: Visitors, live_server: LiveServer, width: int) -> None:
    page = visitors(viewport={"width": width, "height": 800})
    long = [f"?q={LONG}", f"?q={LONG}&ansicht=karte", f'?q="{LONG}"', f"?q={LONG[:-3]}unk", f"?q={LONG}&thema={LONG}"]
    for params in ("", "?ansicht=karte", "?q=xyzunauffindbar&thema=wohnen&art=law", *long):
        page.goto(f"{live_server.url}/massnahmen/{params}")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        for box in [chip.bounding_box() for chip in page.locator(".chip .kern-icon").all()]:
            assert box is not None
            assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("width", [390, 1280])
def test_what_is_done_with_the_selection_stands_apart_and_at_one_height(
    visitors: Visitors, live_server: LiveServer, width: int
) -> None:
    page = visitors(viewport={"width": width, "height": 800})
    page.goto(f"{live_server.url}/massnahmen/")
    first, second = (button.bounding_box() for button in page.locator("#auswahl button").all())
    assert first is not None
    assert second is not None
    if width == 390:
        assert second["y"] >= first["y"] + first["height"] + 8
    else:
        assert (first["y"], first["height"]) == (second["y"], second["height"])


@pytest.mark.parametrize("width", [390, 1280])
def test_sorting_without_scripts(visitors: Visitors, live_server: LiveServer, width: int) -> None:
    page = visitors(viewport={"width": width, "height": 800}, java_script_enabled=False)
    page.goto(f"{live_server.url}/massnahmen/?q=Wohnen")
    page.get_by_label("Sortieren nach").select_option(label="Titel A–Z")
    page.get_by_role("button", name="Sortieren", exact=True).click()
    expect(page).to_have_url(re.compile("q=Wohnen.*sort=titel"))


def test_with_scripts_the_order_needs_no_button(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/massnahmen/?q=Wohnen")
    expect(page.get_by_role("button", name="Sortieren", exact=True)).to_have_count(0)
    page.get_by_label("Sortieren nach").select_option(label="Titel A–Z")
    expect(page).to_have_url(f"{live_server.url}/massnahmen/?q=Wohnen&sort=titel")
    expect(page.get_by_role("button", name="Sortieren", exact=True)).to_have_count(0)


def test_who_chose_nothing_is_asked_to_at_the_button(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/massnahmen/?q=Wohnen")
    page.get_by_role("button", name="Ausgewählte als PDF").click()
    expect(page.get_by_role("alert")).to_contain_text("Noch ist nichts ausgewählt")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    expect(page.locator("#suchwort")).to_have_value("Wohnen")
    page.get_by_role("checkbox", name=re.compile("^Auswählen")).first.check()
    # Chromium's own viewer of PDF would ask an extension for its page.
    page.route("**/liste.pdf?*", lambda route: route.fulfill(status=204))
    with page.expect_request(re.compile(r"liste\.pdf\?.*eintrag=")):
        page.get_by_role("button", name="Ausgewählte als PDF").click()


def test_on_a_phone_the_filters_wait_behind_a_button(visitors: Visitors, live_server: LiveServer) -> None:
    page = visitors(viewport={"width": 390, "height": 800})
    page.goto(f"{live_server.url}/massnahmen/")
    tick = page.get_by_role("checkbox", name=re.compile("^Wohnen"))
    expect(tick).to_be_hidden()
    page.locator("#filter > summary").click()
    tick.check()
    expect(page).to_have_url(re.compile("thema=wohnen"))
    expect(tick).to_be_visible()


def test_a_bubble_can_be_reached_and_followed_by_keyboard(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/massnahmen/?ansicht=karte")
    page.get_by_role("link", name="Dortmund: 3 Maßnahmen").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/massnahmen/?ort=05913")
    expect(page.locator("#treffer")).to_have_text("3 Maßnahmen gefunden")


def test_what_fails_in_place_is_asked_for_as_a_page(visitors: Visitors, live_server: LiveServer) -> None:
    page = visitors()
    visitors.expect("503")
    page.goto(f"{live_server.url}/massnahmen/")
    page.route(
        "**/massnahmen/?*",
        lambda route: route.fulfill(status=503) if "hx-request" in route.request.headers else route.continue_(),
    )
    page.evaluate("window.samePage = true")
    page.get_by_role("checkbox", name=re.compile("^Wohnen")).check()
    expect(page.locator("#treffer")).to_be_visible()
    expect(page).to_have_url(re.compile("thema=wohnen"))
    assert not page.evaluate("window.samePage")
