"""Every page of the protected network and of the account that a person may open: no barrier that a machine can find.

The addresses and rows are those of the table of rights, so a new page is looked at without anybody thinking of it.
"""

from __future__ import annotations

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import Visitors
from tests.browser.test_every_page import barriers
from tests.rights.table import Table

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("portal")]

BEGINNINGS = ("netz/", "konto/")


@pytest.mark.parametrize(("person", "width"), [("own administrator", 390), ("portal team", 1280)])
def test_no_page_of_the_network_has_a_barrier(
    visitors: Visitors, live_server: LiveServer, person: str, width: int
) -> None:
    table = Table()
    client = table.clients[person]
    page = visitors(viewport={"width": width, "height": 900})
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    found, seen = [], 0
    for address in table.addresses():
        if not address.pattern.startswith(BEGINNINGS):
            continue
        answer = client.get(address.path)
        if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        page.goto(live_server.url + address.path)
        seen += 1
        found += barriers(page, address.path)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            found.append(f"{address.path}: scrolls sideways by {wider} px")
    assert seen > 50
    assert not found, "\n".join(found)
