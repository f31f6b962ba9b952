"""The offices' check in a browser: no barrier a machine can find, and a check by keyboard without scripts."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer
from vdseal import carriers

from austausch.certificates.checks import actions, program_keys, watching
from austausch.certificates.checks.actions import Asker, Given
from austausch.certificates.models import Certificate, Check
from austausch.people.models import Membership, Organisation, User
from tests.browser.conftest import Visitors
from tests.browser.test_every_page import barriers
from tests.browser.test_exchange import signed_in
from tests.certificates.checking.published import issued, publish
from tests.certificates.checking.world import HOST, World, forged, make
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CASE = {"purpose": "Kindergeld, § 32 EStG", "case_number": "FK-115"}


@pytest.fixture
def world(transactional_db: None) -> World:
    made = make(now=timezone.now())
    publish(made)
    return made


@pytest.fixture
def office(world: World) -> Organisation:
    organisation: Organisation = OrganisationFactory(name="Familienkasse Beispielstadt (Demonstration)")
    actions.allow(organisation, UserFactory(portal_team=True), task="Kindergeld")
    return organisation


def filled(world: World, office: Organisation) -> tuple[User, Check]:
    """An administrator of an office that has met every answer, with a watch that has changed and one that has not."""
    user: User = MembershipFactory(organisation=office, role=Membership.Role.ADMINISTRATOR).user
    seals = [world.sealed(), world.sealed(status_index=7), world.sealed(by=forged(world)), make(now=world.now).sealed()]
    row = issued(world, seals[0], number="100001-2627-000042")
    texts = [carriers.to_link(seal, host=HOST) for seal in seals]
    check = actions.begin(Asker(office, user), Given(texts=texts, numbers=["1"], watch=True), **CASE)
    actions.begin(Asker(office, user), Given(texts=texts[:1], watch=True), purpose="Kindergeld", case_number="FK-116")
    Certificate.objects.filter(pk=row.pk).update(state=Certificate.State.REVOKED)
    assert watching.report() == 2
    program_keys.make(office, user, label="Fachverfahren")
    return user, check


@pytest.mark.parametrize(("width", "scheme", "prefix"), [(390, "light", ""), (1280, "dark", "/en")])
def test_no_page_of_the_offices_check_has_a_barrier(
    visitors: Visitors,
    live_server: LiveServer,
    world: World,
    office: Organisation,
    width: int,
    scheme: str,
    prefix: str,
) -> None:
    user, check = filled(world, office)
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    found = []
    people = {
        user: ("", "neu/", f"{check.pk}/", "beobachtet/", "protokoll/", "schluessel/"),
        UserFactory(portal_team=True): ("", "stellen/"),
    }
    for person, paths in people.items():
        page = signed_in(visitors, live_server, person, **options)
        for path in paths:
            answer = page.goto(f"{live_server.url}{prefix}/netz/pruefen/{path}")
            assert answer is not None
            assert answer.ok, path
            found += barriers(page, path)
            if (wider := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
                found.append(f"{path}: scrolls sideways by {wider} px")
    assert found == []


def test_an_office_checks_by_keyboard_without_scripts(
    visitors: Visitors, live_server: LiveServer, world: World, office: Organisation
) -> None:
    clerk: User = MembershipFactory(organisation=office, role=Membership.Role.AUTHOR).user
    page = signed_in(visitors, live_server, clerk, java_script_enabled=False)
    page.goto(f"{live_server.url}/netz/")
    page.get_by_role("link", name="Bescheinigungen prüfen").press("Enter")
    page.get_by_role("link", name="Neue Prüfung").press("Enter")
    page.get_by_label("Zweck").fill("Kindergeld")
    page.get_by_label("Aktenzeichen").fill("FK-115")
    page.get_by_label("Codes").fill(carriers.to_link(world.sealed(), host=HOST))
    page.get_by_role("button", name="Prüfen", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Prüfung zum Vorgang FK-115")).to_be_visible()
    expect(page.get_by_role("cell", name="Echt und gültig")).to_be_visible()
    expect(page.get_by_role("cell", name="Muster-Șerban")).to_be_visible()
