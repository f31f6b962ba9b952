"""The shell as a person meets it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Visitors
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("portal")]

# Painted, because a computed colour comes back in whichever notation the style sheet used.
GROUND = """() => {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
}"""
WHITE, BLACK = [255, 255, 255, 255], [0, 0, 0, 255]
PASSWORD = "ein-langes-passwort-1"
PAGES = [
    "/",
    "/massnahmen/",
    "/dokumente/",
    "/zahlen/",
    "/impressum/",
    "/konto/login/",
    "/hinweis/?art=barrier&seite=/",
]


def test_the_systems_dark_scheme_holds_without_scripts(visitors: Visitors, live_server: LiveServer) -> None:
    dark = visitors(color_scheme="dark", java_script_enabled=False)
    dark.goto(f"{live_server.url}/konto/login/")
    light = visitors(color_scheme="light", java_script_enabled=False)
    light.goto(f"{live_server.url}/konto/login/")
    assert dark.evaluate(GROUND) == BLACK
    assert light.evaluate(GROUND) == WHITE
    expect(dark.locator("[data-scheme-switch]")).to_be_hidden()


def test_a_chosen_scheme_holds_on_the_next_page_and_from_its_first_paint(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/konto/login/")
    assert page.evaluate(GROUND) == WHITE
    page.get_by_role("button", name="Dunkel", exact=True).click()
    assert page.evaluate(GROUND) == BLACK
    page.goto(f"{live_server.url}/dokumente/", wait_until="commit")
    page.wait_for_function("document.body")
    assert page.evaluate("document.documentElement.dataset.kernTheme") == "dark"
    page.get_by_role("button", name="Wie im System").click()
    assert page.evaluate(GROUND) == WHITE


def test_the_language_switch_keeps_page_and_question(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/massnahmen/?q=wohnen&status=running")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(f"{live_server.url}/en/massnahmen/?q=wohnen&status=running")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_keyboard_reaches_the_content_first(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/dokumente/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_on_a_phone_the_menu_opens_without_scripts(visitors: Visitors, live_server: LiveServer) -> None:
    phone = visitors(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    phone.goto(f"{live_server.url}/dokumente/")
    link = phone.get_by_role("navigation", name="Hauptnavigation").get_by_role("link", name="Maßnahmen")
    expect(link).to_be_hidden()
    phone.locator("summary", has_text="Menü").click()
    expect(link).to_be_visible()


def test_no_page_scrolls_sideways_from_phone_to_wide_screen(visitors: Visitors, live_server: LiveServer) -> None:
    for width in (320, 768, 1920):
        visitor = visitors(viewport={"width": width, "height": 900})
        for path in PAGES:
            visitor.goto(live_server.url + path)
            assert visitor.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"


def test_a_phone_with_large_print_does_not_scroll_sideways(visitors: Visitors, live_server: LiveServer) -> None:
    phone = visitors(viewport={"width": 320, "height": 640}, reduced_motion="reduce", forced_colors="active")
    for path in PAGES:
        phone.goto(live_server.url + path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_the_typeface_is_ours_also_for_names_from_the_whole_of_europe(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/konto/login/")
    page.evaluate("document.querySelector('h1').textContent = 'Șțefan Yağız Łukasz'")
    page.evaluate("document.fonts.ready")
    page.wait_for_function("[...document.fonts].filter(f => f.status === 'loaded' && f.weight === '600').length === 2")


def test_the_editors_side_works_under_the_same_content_policy(page: Page, live_server: LiveServer) -> None:
    person = UserFactory(portal_team=True)
    person.set_password(PASSWORD)
    person.save()
    page.goto(f"{live_server.url}/verwaltung/")
    page.get_by_label("E-Mail").fill(person.email)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Anmelden", exact=True).click()
    expect(page).to_have_url(f"{live_server.url}/verwaltung/")

    page.goto(f"{live_server.url}/verwaltung/massnahmen/add/")
    panel = page.locator("[id$='-FORMS']").first
    before = panel.locator("> *").count()
    name = panel.get_attribute("id").removesuffix("-FORMS")
    page.locator(f"#{name}-ADD, #{name}-OPEN_MODAL").first.evaluate("button => button.click()")
    expect(panel.locator("> *")).to_have_count(before + 1)
    assert page.locator("template[data-start]").count() == 0
