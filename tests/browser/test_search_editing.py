"""The editors' side of the search on a small screen of a desk: nothing is askew or cut off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from austausch.people.models import Membership
from austausch.search import synonym_editing
from austausch.search.models import Search
from austausch.search.searches import this_week
from tests.browser.conftest import Visitors
from tests.browser.test_editors import member, signed_in
from tests.factories import OrganisationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Sozialleistungsmissbrauchsbekämpfungsverordnung"


@pytest.fixture
def publisher(visitors: Visitors, live_server: LiveServer) -> Page:
    user = member(OrganisationFactory(name="Musterstadt (fiktiv)"), Membership.Role.PUBLISHER)
    user.name = f"Annegret {LONG}"
    user.save()
    synonym_editing.create(user=user, wording=synonym_editing.check(words=f"{LONG}\nKita", note="Ein Satz."))
    for text in (LONG, "Umzug"):
        Search.objects.create(text=text, week=this_week(), asked=7, hits=0)
    return signed_in(visitors, live_server, user)


def test_what_can_be_done_with_a_search_stands_in_one_row(publisher: Page, live_server: LiveServer) -> None:
    publisher.goto(f"{live_server.url}/verwaltung/suche/")
    assert publisher.evaluate("document.scrollingElement.scrollWidth") <= 1280
    for row in publisher.locator(".search-actions").all():
        boxes = [button.bounding_box() for button in row.locator(".button").all()]
        assert len(boxes) == 3
        assert len({box["y"] for box in boxes if box}) == 1
        assert all(box["x"] + box["width"] <= 1280 for box in boxes if box)


def test_who_changed_a_synonym_can_be_read(publisher: Page, live_server: LiveServer) -> None:
    publisher.goto(f"{live_server.url}/verwaltung/suche/synonyme/")
    assert publisher.evaluate("document.scrollingElement.scrollWidth") <= 1280
    for cell in publisher.locator("table.listing tr > :last-child:visible").all():
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 1280
        assert cell.evaluate("(cell) => cell.scrollWidth <= cell.clientWidth + 1")
