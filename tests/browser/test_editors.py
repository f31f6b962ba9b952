"""An author and a publisher take an entry through its life, as they do it: with mouse and keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from austausch.catalogue.models import Entry
from austausch.catalogue.workflow import ensure_workflow
from austausch.people.models import Membership, Organisation, User
from tests.browser.conftest import Visitors
from tests.factories import MembershipFactory, OrganisationFactory, PlaceFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "nur-fuer-diesen-test"
TITLE = "Beratungsbus für die Größten"
SLUG = "beratungsbus-fuer-die-groessten"


def member(town: Organisation, role: Membership.Role) -> User:
    user: User = MembershipFactory(organisation=town, role=role).user
    user.set_password(PASSWORD)
    user.save()
    return user


def signed_in(visitors: Visitors, live_server: LiveServer, user: User) -> Page:
    page = visitors()
    page.goto(f"{live_server.url}/konto/login/?next=/verwaltung/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_role("heading", name="Heute")).to_be_visible()
    return page


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def save(page: Page) -> None:
    page.locator("footer").get_by_role("button", name="Entwurf speichern").click()


def choose(page: Page, name: str) -> None:
    """A step from the menu beside the save button."""
    page.locator("footer").get_by_role("button", name="Mehr Aktionen").click()
    page.locator("footer").get_by_role("button", name=re.compile(name)).first.click()


def test_an_entry_from_the_first_word_to_the_archive(visitors: Visitors, live_server: LiveServer) -> None:
    ensure_workflow()
    town = OrganisationFactory(name="Musterstadt (fiktiv)")
    PlaceFactory(ags="05999001", name="Musterdorf")
    author = signed_in(visitors, live_server, member(town, Membership.Role.AUTHOR))

    # Writing: what is missing is said at the field, and nothing typed is lost.
    author.goto(f"{live_server.url}/verwaltung/massnahmen/add/")
    author.fill("[name=title]", TITLE)
    author.locator("[name=title]").blur()
    expect(author.locator("[name=slug]")).to_have_value(SLUG)
    choose(author, "einreichen")
    expect(author.locator(".error-message").first).to_be_visible()
    expect(author.locator("[name=title]")).to_have_value(TITLE)
    author.select_option("[name=kind]", "counselling")
    author.select_option("[name=approach]", "integrative")
    author.fill("[name=goals]", "Erstes Ziel\nZweites Ziel")
    tab(author, "Orte und Stellen")
    author.get_by_role("combobox", name="Ort suchen und hinzufügen").press_sequentially("Muster")
    expect(author.locator("datalist option")).to_have_count(1)
    author.get_by_role("combobox", name="Ort suchen und hinzufügen").fill("Musterdorf (05999001)")
    expect(author.locator("[name=places]")).to_have_value("Musterdorf (05999001)")
    save(author)
    expect(author).to_have_url(re.compile(r"/edit/\d+/$"))
    edit = author.url
    entry = Entry.objects.get()

    # A word to the colleagues, a look at the page, and off to review.
    tab(author, "Kommentare")
    author.fill("#comment-text", "Ist die Quelle noch richtig?")
    author.get_by_role("button", name="Kommentar speichern").click()
    expect(author.get_by_text("Ist die Quelle noch richtig?")).to_be_attached()
    author.goto(edit)
    author.get_by_role("button", name=re.compile("Vorschau")).first.click()
    expect(author.frame_locator("iframe").first.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    author.get_by_role("button", name=re.compile("Vorschau")).first.click()
    author.goto(edit)
    choose(author, "einreichen")
    expect(author.locator(".messages")).to_contain_text(TITLE)
    author.goto(edit)
    expect(author.locator("footer").get_by_role("button", name="Entwurf speichern")).to_have_count(0)

    # Another approves; the page is there for everyone.
    publisher = signed_in(visitors, live_server, member(town, Membership.Role.PUBLISHER))
    publisher.get_by_role("link", name=re.compile("Wartet auf Ihre Entscheidung")).click()
    publisher.get_by_role("link", name=TITLE).click()
    choose(publisher, "^Freigeben und")
    expect(publisher.locator(".messages")).to_contain_text(TITLE)
    visitor = visitors()
    visitor.goto(f"{live_server.url}/massnahmen/{SLUG}/")
    expect(visitor.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    expect(visitor.get_by_text("Zweites Ziel")).to_be_visible()

    # A change stays a draft, and the comparison shows it point by point.
    author.goto(edit)
    author.fill("[name=goals]", "Erstes Ziel\nDrittes Ziel")
    save(author)
    expect(author.locator(".messages")).to_contain_text(TITLE)
    author.goto(f"{live_server.url}/verwaltung/massnahmen/history/{entry.pk}/revisions/compare/live...latest/")
    expect(author.locator(".addition").first).to_contain_text("Drittes")
    visitor.reload()
    expect(visitor.get_by_text("Zweites Ziel")).to_be_visible()

    # The end: out of the lists, not off the portal.
    publisher.goto(f"{live_server.url}/verwaltung/massnahmen/archiv/{entry.pk}/")
    publisher.fill("#reason", "Das Projekt ist beendet.")
    publisher.locator("form").get_by_role("button", name="Archivieren").click()
    expect(publisher.locator(".messages")).to_contain_text("archiviert")
    answer = visitor.goto(f"{live_server.url}/massnahmen/{SLUG}/")
    assert answer is not None
    assert answer.status == 200
