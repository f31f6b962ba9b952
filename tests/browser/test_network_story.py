"""Two towns and a ministry: one publishes, another adapts, the source changes, the towns compare, decide and report."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from austausch.catalogue import actions
from austausch.catalogue.adoption import changes
from austausch.catalogue.models import Entry
from austausch.catalogue.workflow import ensure_workflow
from austausch.people.models import Membership, Organisation, User
from tests.browser.conftest import Visitors
from tests.browser.test_every_page import barriers
from tests.factories import EntryFactory, MembershipFactory, OrganisationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def publisher(organisation: Organisation) -> User:
    user: User = MembershipFactory(organisation=organisation, role=Membership.Role.PUBLISHER).user
    return user


def signed_in(visitors: Visitors, live_server: LiveServer, user: User, width: int = 1280) -> Page:
    """Without the sign-in page, which has tests of its own."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = visitors(viewport={"width": width, "height": 900})
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url, "httpOnly": True}]
    )
    return page


def without_barriers(page: Page) -> None:
    assert list(barriers(page, urlsplit(page.url).path)) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_what_a_ministry_publishes_is_adapted_compared_and_counted(visitors: Visitors, live_server: LiveServer) -> None:
    ensure_workflow()
    ministry = OrganisationFactory(name="Ministerium Muster (fiktiv)", kind=Organisation.Kind.MINISTRY)
    first_town = OrganisationFactory(name="Musterstadt (fiktiv)", key="musterstadt")
    second_town = OrganisationFactory(name="Beispielberg (fiktiv)", key="beispielberg")
    minister = publisher(ministry)
    source = EntryFactory(
        lead=ministry, title="Lotsen im Quartier", slug="lotsen", summary="Lotsen helfen.", goals=["Wege zeigen"]
    )
    source.save_revision()
    actions.publish(source, minister)

    town = signed_in(visitors, live_server, publisher(first_town))
    town.goto(f"{live_server.url}/massnahmen/lotsen/")
    town.get_by_role("link", name="Übernehmen oder anpassen").click()
    expect(town.get_by_role("heading", name="Übernehmen oder anpassen")).to_be_visible()
    without_barriers(town)
    town.get_by_label("Wir passen es an").check()
    town.get_by_role("button", name="Übernehmen").click()
    expect(town.get_by_text("Keine offenen Änderungen")).to_be_visible()
    without_barriers(town)

    version = Entry.objects.get(slug="lotsen").get_latest_revision_as_object()
    version.summary, version.goals = "Lotsen helfen täglich.", ["Wege zeigen", "Türen öffnen"]
    version.save_revision(user=minister)
    actions.publish(source, minister)
    changes.tell()

    town.goto(f"{live_server.url}/netz/")
    expect(town.get_by_text("2 offene Änderungen")).to_be_visible()
    without_barriers(town)
    town.get_by_role("link", name="Lotsen im Quartier").first.click()
    expect(town.get_by_text("Türen öffnen")).to_be_visible()
    without_barriers(town)
    town.get_by_role("button", name=re.compile("Übernehmen.*Ziele")).click()
    expect(town.get_by_text("Ziele: übernommen")).to_be_visible()
    town.get_by_role("button", name=re.compile("Verwerfen.*Kurzbeschreibung")).click()
    expect(town.get_by_text("Sagen Sie, warum die Änderung verworfen wird.")).to_be_visible()
    town.get_by_label("Grund").fill("Bei uns nur werktags.")
    town.get_by_role("button", name=re.compile("Verwerfen.*Kurzbeschreibung")).click()
    expect(town.get_by_text("Keine offenen Änderungen")).to_be_visible()
    copy = Entry.objects.get(slug="lotsen-musterstadt").get_latest_revision_as_object()
    assert (copy.goals, copy.summary) == (["Wege zeigen", "Türen öffnen"], "Lotsen helfen.")

    town.get_by_role("link", name="Bestätigen und berichten").click()
    without_barriers(town)
    town.get_by_label("Was daraus wurde").fill("Zwölf Familien begleitet.")
    town.get_by_role("button", name="Bestätigen").click()
    expect(town.get_by_text("Bestätigt: Es zählt jetzt")).to_be_visible()

    # The second town does it as it is, on a telephone.
    other = signed_in(visitors, live_server, publisher(second_town), width=390)
    other.goto(f"{live_server.url}/netz/uebernehmen/lotsen/")
    other.get_by_label("Wir machen es, wie es beschrieben ist").check()
    other.get_by_role("button", name="Übernehmen").click()
    other.get_by_role("link", name="Bestätigen und berichten").click()
    other.get_by_role("button", name="Bestätigen").click()
    expect(other.get_by_text("Bestätigt: Es zählt jetzt")).to_be_visible()
    without_barriers(other)

    visitor = visitors(viewport={"width": 390, "height": 900})
    visitor.goto(f"{live_server.url}/massnahmen/lotsen/")
    expect(visitor.get_by_role("heading", name="Von 2 Kommunen übernommen")).to_be_visible()
    visitor.locator(".adopters summary").last.click()
    expect(visitor.get_by_text("Zwölf Familien begleitet.")).to_be_visible()
    without_barriers(visitor)
    visitor.get_by_role("link", name="Wer von wem übernommen hat").click()
    expect(visitor.get_by_role("img")).to_be_visible()
    without_barriers(visitor)


def test_a_town_proposes_a_change_and_the_ministry_decides_then_duplicates_become_one(
    visitors: Visitors, live_server: LiveServer
) -> None:
    ensure_workflow()
    ministry = OrganisationFactory(name="Ministerium Muster (fiktiv)", kind=Organisation.Kind.MINISTRY)
    minister, towns_person = publisher(ministry), publisher(OrganisationFactory(name="Musterstadt (fiktiv)"))
    for slug, title in (("lotsen", "Lotsen im Quartier"), ("lotsinnen", "Lotsen in Quartieren")):
        entry = EntryFactory(lead=ministry, title=title, slug=slug, summary="Lotsen helfen.", goals=[title])
        entry.save_revision()
        actions.publish(entry, minister)

    town = signed_in(visitors, live_server, towns_person, width=390)
    town.goto(f"{live_server.url}/massnahmen/lotsen/")
    town.get_by_role("link", name="Änderung vorschlagen").click()
    without_barriers(town)
    town.get_by_label("Kurzbeschreibung").fill("Lotsen helfen täglich.")
    town.get_by_label("Warum Sie das vorschlagen").fill("Die Sprechstunde ist jetzt täglich.")
    town.get_by_role("button", name="Vorschlagen").click()
    expect(town.get_by_text("Vorgeschlagen. Sie erhalten eine E-Mail")).to_be_visible()
    without_barriers(town)

    office = signed_in(visitors, live_server, minister)
    office.goto(f"{live_server.url}/netz/")
    office.locator('a[href*="/aenderungsvorschlaege/"]', has_text="Lotsen im Quartier").click()
    without_barriers(office)
    office.get_by_role("button", name=re.compile("Annehmen")).click()
    expect(office.get_by_text("Entschieden. Weiter unten können Sie es zurücknehmen.")).to_be_visible()
    assert Entry.objects.get(slug="lotsen").get_latest_revision_as_object().summary == "Lotsen helfen täglich."
    actions.publish(Entry.objects.get(slug="lotsen"), minister)

    visitor = visitors(viewport={"width": 390, "height": 900}, java_script_enabled=False)
    visitor.goto(f"{live_server.url}/massnahmen/vergleich/?m=lotsen&m=lotsinnen")
    expect(visitor.get_by_role("rowheader", name=re.compile("Kurzfassung.*unterschiedlich"))).to_be_visible()

    office.goto(f"{live_server.url}/massnahmen/lotsinnen/")
    office.get_by_role("link", name="Mit Dublette zusammenführen").click()
    without_barriers(office)
    office.get_by_role("link", name="Lotsen im Quartier").click()
    without_barriers(office)
    office.get_by_role("group", name="Ziele").get_by_label("Beides zusammen").check()
    office.get_by_role("button", name="Zusammenführen").click()
    expect(office.get_by_text("Lotsen in Quartieren")).to_be_visible()

    visitor.goto(f"{live_server.url}/massnahmen/lotsinnen/")
    assert urlsplit(visitor.url).path == "/massnahmen/lotsen/"

    town.goto(f"{live_server.url}/massnahmen/lotsen/")
    town.get_by_role("link", name="Merken").click()
    without_barriers(town)
    town.get_by_label("Name der neuen Liste").fill("Für den Ausschuss")
    town.get_by_role("button", name="Merken").click()
    expect(town.get_by_role("heading", name="Für den Ausschuss")).to_be_visible()
    without_barriers(town)
