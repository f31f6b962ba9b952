"""The exchange of the network in a browser: no barrier a machine can find, and usable by keyboard without scripts."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from austausch.catalogue.models import Entry
from austausch.exchange.models import Post, SupportMessage
from austausch.people.models import Membership, User
from tests.browser.conftest import Visitors
from tests.browser.test_every_page import barriers
from tests.exchange.people import BACKEND, lead_of, organisation_of
from tests.factories import (
    EntryFactory,
    InterestFactory,
    MembershipFactory,
    PostFactory,
    SupportRequestFactory,
    UserFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def signed_in(visitors: Visitors, live_server: LiveServer, user: User, **options: object) -> Page:
    client = Client()
    client.force_login(user, backend=BACKEND)
    page = visitors(**options)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return page


def filled(entry: Entry) -> tuple[User, list[str]]:
    """Somebody who meets everything the pages can show, and the paths of these pages."""
    user = lead_of(entry, Membership.Role.PUBLISHER)
    MembershipFactory.create(user=user)
    question = PostFactory.create(entry=entry)
    PostFactory.create(answer=True, answer_to=question)
    experience = PostFactory.create(entry=entry, experience=True, author=user, organisation=entry.lead)
    hidden = PostFactory.create(entry=entry, state=Post.State.HIDDEN, reason="Nennt eine Person")
    PostFactory.create(entry=entry, waiting=True)
    InterestFactory.create(entry=entry)
    InterestFactory.create(from_user=user, from_organisation=entry.lead)
    accepted = InterestFactory.create(entry=entry, state="accepted", accepted_by=user)
    request = SupportRequestFactory.create(asker=user, organisation=entry.lead)
    SupportMessage.objects.create(request=request, author=user, text="Wer hat Erfahrung?")
    assert accepted.accepted_by == user
    base = f"/netz/massnahmen/{entry.slug}/"
    post = f"/netz/beitraege/{experience.pk}/"
    return user, [
        "/netz/", "/netz/fragen/", f"/netz/fragen/{question.pk}/", base, f"{base}frage/", f"{base}erfahrung/",
        f"{base}interesse/", post, f"{post}aendern/", f"{post}zurueckziehen/", f"/netz/beitraege/{hidden.pk}/",
        f"/netz/beitraege/{question.pk}/melden/", f"/netz/beitraege/{question.pk}/ausblenden/", "/netz/freigaben/",
        "/netz/anfragen/", "/netz/anfragen/neu/", f"/netz/anfragen/{request.pk}/", "/netz/interesse/",
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "scheme", "prefix"), [(390, "light", ""), (1280, "dark", "/en")])
def test_no_page_of_the_exchange_has_a_barrier(
    visitors: Visitors, live_server: LiveServer, width: int, scheme: str, prefix: str
) -> None:
    user, paths = filled(EntryFactory.create(published=True))
    page = signed_in(visitors, live_server, user, viewport={"width": width, "height": 900}, color_scheme=scheme)
    found = []
    for path in paths:
        answer = page.goto(live_server.url + prefix + path)
        assert answer is not None
        assert answer.ok, path
        found += barriers(page, path)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            found.append(f"{path}: scrolls sideways by {wider} px")
    team = signed_in(
        visitors, live_server, UserFactory.create(portal_team=True), viewport={"width": width, "height": 900}
    )
    for path in ("/netz/anfragen/alle/", paths[-2]):
        team.goto(live_server.url + prefix + path)
        found += barriers(team, path)
    assert found == []


def test_a_question_is_asked_and_answered_by_keyboard_without_scripts(
    visitors: Visitors, live_server: LiveServer
) -> None:
    entry = EntryFactory.create(published=True)
    lead = lead_of(entry)
    asker = MembershipFactory.create(role=Membership.Role.READER).user
    PostFactory.create(author=asker, organisation=organisation_of(asker))
    page = signed_in(visitors, live_server, asker, java_script_enabled=False)
    page.goto(live_server.url + entry.get_absolute_url())
    page.get_by_role("link", name="Fragen und Erfahrungen im geschützten Netz").press("Enter")
    page.get_by_label("Ihre Frage").fill("Was kostet das?")
    page.get_by_role("button", name="Frage absenden").press("Enter")
    expect(page.get_by_text("Ihr Beitrag ist im Netz sichtbar.")).to_be_visible()
    answering = signed_in(visitors, live_server, lead, java_script_enabled=False)
    answering.goto(f"{live_server.url}/netz/")
    answering.get_by_role("link", name="fragt zu").press("Enter")
    answering.get_by_label("Ihre Antwort").fill("Fast nichts.")
    answering.get_by_role("button", name="Antwort absenden").press("Enter")
    page.reload()
    expect(page.get_by_text("Fast nichts.")).to_be_visible()
