"""A school's pages in a browser: no barrier a machine can find, and a search by name without scripts."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from austausch.certificates.models import ImportBatch, School
from tests.browser.conftest import Visitors
from tests.browser.test_every_page import barriers
from tests.browser.test_exchange import signed_in
from tests.certificates.school import Issuer, issued, issuer, pupils_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROOT = "/netz/schulbescheinigungen/"
PURPOSE = "Bescheinigungen ausstellen"


@pytest.fixture
def at(transactional_db: None) -> Issuer:
    return issuer(name="Gymnasium Musterhausen", number="999001", kind=School.Kind.GRAMMAR)


def entered(visitors: Visitors, live_server: LiveServer, at: Issuer, **options: object) -> Page:
    """Somebody of the office, with a purpose given."""
    page = signed_in(visitors, live_server, at.office, **options)
    page.goto(f"{live_server.url}{ROOT}{at.school.number}/zweck/")
    page.get_by_label(PURPOSE).check()
    page.get_by_role("main").get_by_role("button").first.click()
    return page


@pytest.mark.parametrize(("width", "scheme", "prefix"), [(390, "light", ""), (1280, "dark", "/en")])
def test_no_page_of_a_school_has_a_barrier(
    visitors: Visitors, live_server: LiveServer, at: Issuer, width: int, scheme: str, prefix: str
) -> None:
    pupils_of(at.school, 60, family_name="Zitronenbaum")
    (certificate,) = issued(at, pupils_of(at.school, 1), scope="class", class_name="6a")
    work = [
        ImportBatch.objects.create(
            school=at.school, school_year=certificate.school_year, source="csv", state="applying", made_at=made, total=9
        ).pk
        for made in (timezone.now(), timezone.now() - dt.timedelta(hours=1))
    ]
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    page = entered(visitors, live_server, at, **options)
    found: list[str] = []
    own, reading = f"{ROOT}{at.school.number}/", f"{ROOT}einlesen/{at.school.number}/"
    addresses = [own, f"{own}schueler/", f"{own}bescheinigungen/", f"{own}auftraege/{certificate.batch_id}/"]
    addresses += [reading, f"{reading}eintragen/", *(f"{reading}{pk}/" for pk in work)]
    for number, address in enumerate(addresses):
        page.goto(f"{live_server.url}{prefix}{address}")
        found += barriers(page, address)
        shot(page, f"{width}-{number}")
    page.goto(f"{live_server.url}{prefix}{reading}eintragen/")
    page.get_by_role("main").get_by_role("button", name="Enter" if prefix else "Eintragen").click()
    found += barriers(page, "errors")
    shot(page, f"{width}-errors")
    page.goto(f"{live_server.url}{prefix}{own}schueler/")
    page.get_by_label("Name", exact=True).fill("zitronen")
    page.get_by_role("button", name="Show" if prefix else "Anzeigen").click()
    found += barriers(page, "searched")
    shot(page, f"{width}-searched")
    assert found == []


def test_a_name_is_searched_for_without_scripts_and_stands_in_no_address(
    visitors: Visitors, live_server: LiveServer, at: Issuer
) -> None:
    pupils_of(at.school, 60, family_name="Zitronenbaum")
    pupils_of(at.school, 1, family_name="Apfelbaum")
    asked: list[str] = []
    page = entered(visitors, live_server, at, java_script_enabled=False)
    page.context.on("request", lambda request: asked.append(request.url + request.headers.get("referer", "")))
    page.goto(f"{live_server.url}{ROOT}{at.school.number}/schueler/")
    page.get_by_label("Name", exact=True).fill("Zitronen")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_text("60 Schülerinnen und Schüler")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(51)
    page.get_by_role("button", name="Weiter").press("Enter")
    expect(page.get_by_role("row")).to_have_count(11)
    page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Zitronenbaum")
    assert [address for address in asked if "itronen" in address] == []


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("AUSTAUSCH_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
