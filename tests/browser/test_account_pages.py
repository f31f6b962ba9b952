"""Pages of the account and of an organisation's people: no barrier that a machine can find, wide and narrow."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from austausch.people.models import Membership
from tests.browser.conftest import Visitors
from tests.browser.test_every_page import barriers
from tests.factories import EmailDomainFactory, MembershipFactory, RegistrationFactory
from tests.people.signing_in import PASSWORD, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_of_the_account_has_a_barrier(visitors: Visitors, live_server: LiveServer, width: int) -> None:
    membership = MembershipFactory(user=person(), role=Membership.Role.ADMINISTRATOR)
    town = membership.organisation
    asked = RegistrationFactory(organisation=town)
    EmailDomainFactory(organisation=town)
    page = visitors(viewport={"width": width, "height": 900})
    found = []

    def look(*paths: str) -> None:
        for path in paths:
            page.goto(live_server.url + path)
            found.extend(barriers(page, path))
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wider > 0:
                found.append(f"{path}: scrolls sideways by {wider} px")

    look("/konto/registrieren/", "/konto/registrieren/mail/", "/konto/registrieren/wartet/", "/konto/inactive/")
    page.goto(f"{live_server.url}/konto/login/")
    page.get_by_label("E-Mail").fill(membership.user.email)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page).to_have_url(f"{live_server.url}/netz/")
    look(
        "/konto/",
        "/konto/zweiter-faktor/",
        "/konto/zweiter-faktor/app/",
        "/konto/passkeys/",
        "/konto/passkeys/neu/",
        "/konto/sitzungen/",
        "/konto/mails/",
        "/konto/email/",
        "/konto/password/change/",
        "/konto/verbindungen/",
        "/netz/organisation/",
        f"/netz/organisation/{town.key}/",
        f"/netz/organisation/{town.key}/einladen/",
        f"/netz/organisation/{town.key}/antraege/{asked.pk}/",
        f"/netz/organisation/{town.key}/personen/{membership.pk}/",
        "/en/konto/",
    )
    assert found == []
