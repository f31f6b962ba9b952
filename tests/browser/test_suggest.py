"""Suggestions below the search field: by keyboard, mouse and touch, announced, and missed by nobody without scripts."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Visitors

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("portal")]

FIELDS = {"/": "#startsuche", "/massnahmen/": "#suchwort"}


def field(page: Page, live_server: LiveServer, path: str = "/massnahmen/") -> Locator:
    page.goto(f"{live_server.url}{path}")
    found = page.locator(FIELDS[path])
    expect(found).to_have_role("combobox")
    return found


def options(page: Page) -> Locator:
    return page.locator(".suggest:popover-open [role=option]")


def typed(page: Page, live_server: LiveServer, text: str, path: str = "/massnahmen/") -> Locator:
    """The field with the text in it and suggestions below."""
    found = field(page, live_server, path)
    # At once: letter by letter, a slow machine would show a list that the next letter replaces.
    found.fill(text)
    expect(found).to_have_attribute("aria-expanded", "true")
    expect(options(page).first).to_be_visible()
    return found


def chosen(page: Page) -> Locator:
    return page.locator(".suggest [role=option][aria-selected=true]")


def test_arrows_home_and_end_move_through_the_list_while_the_field_keeps_the_focus(
    page: Page, live_server: LiveServer
) -> None:
    search = typed(page, live_server, "wohn")
    expect(options(page).nth(2)).to_be_visible()
    count = options(page).count()
    for key, place in (("ArrowDown", 0), ("ArrowDown", 1), ("End", count - 1), ("Home", 0), ("ArrowUp", None)):
        page.keyboard.press(key)
        expect(search).to_be_focused()
        if place is None:
            expect(chosen(page)).to_have_count(0)
            expect(search).not_to_have_attribute("aria-activedescendant", re.compile("."))
        else:
            expect(chosen(page)).to_have_count(1)
            expect(options(page).nth(place)).to_have_attribute("aria-selected", "true")
            name = options(page).nth(place).get_attribute("id") or ""
            expect(search).to_have_attribute("aria-activedescendant", name)
    page.keyboard.press("ArrowUp")
    expect(options(page).nth(count - 1)).to_have_attribute("aria-selected", "true")


def test_the_number_is_announced(page: Page, live_server: LiveServer) -> None:
    search = typed(page, live_server, "wohn")
    said = page.locator("main > [role=status]").last
    expect(said).to_have_text(f"{options(page).count()} Vorschläge, wählen Sie mit den Pfeiltasten")
    search.fill("xyzunauffindbar")
    expect(said).to_have_text("Keine Vorschläge")
    expect(search).to_have_attribute("aria-expanded", "false")


def test_escape_closes_the_list_and_keeps_the_text(page: Page, live_server: LiveServer) -> None:
    search = typed(page, live_server, "wohn")
    page.keyboard.press("Escape")
    expect(search).to_have_attribute("aria-expanded", "false")
    expect(options(page)).to_have_count(0)
    expect(search).to_have_value("wohn")
    page.keyboard.press("ArrowDown")
    expect(search).to_have_attribute("aria-expanded", "true")


@pytest.mark.parametrize("path", FIELDS)
def test_enter_on_a_measure_opens_it(page: Page, live_server: LiveServer, path: str) -> None:
    typed(page, live_server, "wohnraumstaerk", path)
    measure = page.locator(".suggest__option--measure")
    for _step in range(options(page).count()):
        page.keyboard.press("ArrowDown")
        if "measure" in (chosen(page).get_attribute("class") or ""):
            break
    expect(measure.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/massnahmen/wohnraumstaerkungsgesetz/")


def test_a_topic_opens_the_filtered_list_by_mouse(page: Page, live_server: LiveServer) -> None:
    typed(page, live_server, "wohn", "/")
    page.locator(".suggest__option--topic", has_text=re.compile("^Wohnen ")).click()
    expect(page).to_have_url(f"{live_server.url}/massnahmen/?thema=wohnen")


def test_a_word_searches_in_place_with_the_filters_that_are_chosen(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/massnahmen/?thema=wohnen")
    page.evaluate("window.samePage = true")
    expect(page.locator("#suchwort")).to_have_role("combobox")
    page.locator("#suchwort").fill("wohnungsauf")
    page.locator(".suggest__option--word", has_text="Wohnungsaufsicht").first.click()
    expect(page).to_have_url(re.compile(r"\?q=Wohnungsaufsicht&thema=wohnen$"))
    expect(page.locator("#suchwort")).to_have_value("Wohnungsaufsicht")
    expect(options(page)).to_have_count(0)
    assert page.evaluate("window.samePage")


def test_enter_without_a_choice_searches_for_what_was_typed(page: Page, live_server: LiveServer) -> None:
    search = typed(page, live_server, "wohn")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/massnahmen/?q=wohn")
    expect(search).to_have_attribute("aria-expanded", "false")


def test_typing_alone_searches_for_nothing(page: Page, live_server: LiveServer) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    typed(page, live_server, "wohn")
    page.keyboard.press("ArrowDown")
    assert [url for url in asked if "?q=" in url and "/vorschlaege/" not in url] == []
    expect(page).to_have_url(f"{live_server.url}/massnahmen/")


def test_an_answer_that_comes_too_late_is_not_shown(page: Page, live_server: LiveServer) -> None:
    late: list[Route] = []
    page.route("**/vorschlaege/?q=ko", lambda route: late.append(route))
    search = field(page, live_server)
    with page.expect_request("**/vorschlaege/?q=ko"):
        search.fill("ko")
    search.fill("wohnungsauf")
    expect(options(page).first).to_contain_text("Wohnungsaufsicht")
    for route in late:
        route.fulfill(
            json={"suggestions": [{"kind": "word", "label": "zu spät", "address": "/", "hint": ""}], "texts": {}}
        )
    page.keyboard.press("ArrowDown")
    expect(options(page).first).to_contain_text("Wohnungsaufsicht")
    expect(page.get_by_text("zu spät")).to_have_count(0)


def test_recent_searches_are_offered_in_this_tab_only_and_can_be_cleared(
    page: Page, visitors: Visitors, live_server: LiveServer
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.post_data or ''}"))
    search = field(page, live_server, "/")
    search.fill("Schrottimmobilien")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?q=Schrottimmobilien$"))
    search = page.locator("#suchwort")
    expect(search).to_have_role("combobox")
    before = len(asked)
    search.fill("")
    expect(options(page).first).to_contain_text("Schrottimmobilien")
    assert not [url for url in asked[before:] if "Schrott" in url]
    assert page.evaluate("localStorage.getItem('suchverlauf')") is None
    options(page).filter(has_text="Letzte Suchen löschen").click()
    expect(options(page).filter(has_text="Schrottimmobilien")).to_have_count(0)
    assert page.evaluate("sessionStorage.getItem('suchverlauf')") is None
    other = visitors()
    field(other, live_server).focus()
    expect(other.get_by_text("Schrottimmobilien")).to_have_count(0)


@pytest.mark.parametrize("path", FIELDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_list_has_no_barriers(visitors: Visitors, live_server: LiveServer, scheme: str, path: str) -> None:
    page = visitors(color_scheme=scheme)
    typed(page, live_server, "wohn", path)
    page.keyboard.press("ArrowDown")
    expect(chosen(page)).to_have_count(1)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", FIELDS)
def test_on_a_phone_the_list_covers_neither_field_nor_button(
    visitors: Visitors, live_server: LiveServer, path: str
) -> None:
    page = visitors(viewport={"width": 390, "height": 800}, has_touch=True)
    search = typed(page, live_server, "wohn", path)
    boxes = [one.bounding_box() for one in (search, page.locator(".search-form__button:visible").last)]
    below = page.locator(".suggest").bounding_box()
    assert below
    assert all(box and box["y"] + box["height"] <= below["y"] for box in boxes)
    assert below["x"] >= 0
    assert below["x"] + below["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".suggest__option--topic").first.tap()
    expect(page).to_have_url(re.compile(r"\?thema="))


@pytest.mark.parametrize("path", FIELDS)
def test_without_scripts_the_field_is_a_plain_one(visitors: Visitors, live_server: LiveServer, path: str) -> None:
    page = visitors(java_script_enabled=False)
    page.goto(f"{live_server.url}{path}")
    search = page.locator(FIELDS[path])
    expect(search).to_have_role("searchbox")
    search.fill("Wohnungsaufsicht")
    search.press("Enter")
    expect(page).to_have_url(re.compile(r"/massnahmen/\?q=Wohnungsaufsicht"))


def test_when_suggestions_fail_the_field_still_searches(visitors: Visitors, live_server: LiveServer) -> None:
    page = visitors()
    page.route("**/vorschlaege/**", lambda route: route.fulfill(status=200, body="no JSON"))
    search = field(page, live_server)
    with page.expect_response("**/vorschlaege/**"):
        search.fill("wohn")
    expect(search).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/massnahmen/?q=wohn")
