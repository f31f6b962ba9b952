"""Passkeys as a person meets them, with Chromium's own virtual authenticator."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.people.signing_in import PASSWORD, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def authenticator(page: Page) -> tuple[Any, str]:
    """A key that lives in the computer and knows its owner by the finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, made["authenticatorId"]


def test_a_passkey_is_added_signs_in_alone_and_a_wrong_finger_does_not(page: Page, live_server: LiveServer) -> None:
    base = live_server.url
    user = person(portal_team=True)
    devtools, key = authenticator(page)
    page.goto(f"{base}/konto/login/")
    page.get_by_label("E-Mail").fill(user.email)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page).to_have_url(f"{base}/netz/")

    page.goto(f"{base}/konto/passkeys/neu/")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Bestätigen").click()
    page.get_by_label("Name des Passkeys").fill("Dienstrechner")
    page.get_by_role("button", name="Passkey hinzufügen").click()
    expect(page.get_by_role("heading", name="Wiederherstellungscodes")).to_be_visible()
    page.goto(f"{base}/konto/passkeys/")
    expect(page.get_by_role("rowheader", name="Dienstrechner")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{base}/konto/login/")
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page.get_by_text("Das hat nicht geklappt")).to_be_visible()
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page).to_have_url(f"{base}/netz/")
