"""Saved searches in a browser: from the list to a mail, without scripts, by keyboard, and without barriers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from austausch.search.models import SavedSearch
from tests.browser.conftest import Visitors
from tests.browser.test_every_page import barriers
from tests.browser.test_exchange import signed_in
from tests.factories import EntryFactory, SavedSearchFactory, TopicFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_of_saved_searches_has_a_barrier(visitors: Visitors, live_server: LiveServer, width: int) -> None:
    user = UserFactory()
    EntryFactory(published=True, title="Lotsen im Quartier")
    shown = SavedSearchFactory(user=user, name="Lotsen", params="q=Lotsen", feed_on=True)
    lost = SavedSearchFactory(user=user, name="Verloren", params="thema=gibt-es-nicht", paused=True)
    page = signed_in(visitors, live_server, user, viewport={"width": width, "height": 900})
    found = []
    for path in ("/netz/suchen/", "/netz/suchen/neu/?q=Lotsen", shown.get_absolute_url(), lost.get_absolute_url(),
                 "/en/netz/suchen/", "/konto/mails/"):  # fmt: skip
        page.goto(live_server.url + path)
        found += barriers(page, path)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            found.append(f"{path}: scrolls sideways by {wider} px")
    assert found == []


def test_from_the_list_by_keyboard_without_scripts_to_a_deletion_taken_back(
    visitors: Visitors, live_server: LiveServer
) -> None:
    TopicFactory(key="wohnen", name="Wohnen")
    EntryFactory(published=True, title="Lotsen im Quartier")
    page = signed_in(visitors, live_server, UserFactory(), java_script_enabled=False)
    page.goto(f"{live_server.url}/massnahmen/?q=Lotsen")
    page.get_by_role("link", name="Diese Suche speichern").press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Lotsen")
    page.get_by_label("an jedem Tag, an dem es Neues gibt").press("Space")
    page.get_by_role("button", name="Speichern", exact=True).press("Enter")
    expect(page.get_by_role("link", name="Lotsen im Quartier")).to_be_visible()
    assert SavedSearch.objects.get().rhythm == SavedSearch.Rhythm.DAILY
    page.get_by_role("button", name="Pausieren").press("Enter")
    expect(page.get_by_text("Diese Suche ist pausiert")).to_be_visible()
    page.get_by_role("button", name="Löschen").press("Enter")
    expect(page.get_by_text("Noch keine Suche gespeichert")).to_be_visible()
    page.get_by_role("button", name="Rückgängig machen").press("Enter")
    expect(page.get_by_role("heading", name="Lotsen", level=1)).to_be_visible()
