"""Requests for support between somebody in the network and the portal team."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from austausch.core.models import Mail
from austausch.core.policy import Action, policy
from austausch.exchange import limits, support_actions
from austausch.exchange.limits import ExchangeError, TooOftenError
from austausch.exchange.models import SupportMessage, SupportRequest
from austausch.people.models import Membership, User
from tests.exchange.people import member, organisation_of, signed_in, told
from tests.factories import OrganisationFactory, SupportRequestFactory, UserFactory

pytestmark = pytest.mark.django_db
State = SupportRequest.State


@pytest.fixture
def team() -> User:
    return UserFactory.create(portal_team=True)


def request_of(user: User) -> SupportRequest:
    return support_actions.request_support(
        user, organisation=organisation_of(user), subject="Kontakt gesucht", text="Wer hat Erfahrung?"
    )


def test_a_request_reaches_the_portal_team_and_the_answer_the_asker(team: User) -> None:
    asker = member()
    request = request_of(asker)
    assert told("support") == {team.email}
    Mail.objects.all().delete()
    support_actions.handle(request, team, text="Wir fragen nach.", state=State.IN_WORK, owner=team)
    request.refresh_from_db()
    assert (request.state, request.owner) == (State.IN_WORK, team)
    assert told("support") == {asker.email}
    assert [message.text for message in request.messages.all()] == ["Wer hat Erfahrung?", "Wir fragen nach."]


def test_an_answer_to_what_waits_or_is_settled_opens_it_again_and_reaches_who_is_in_charge(team: User) -> None:
    asker, other = member(), UserFactory.create(portal_team=True)
    request = request_of(asker)
    support_actions.handle(request, team, text="Welche Stadt?", state=State.WAITING, owner=team)
    Mail.objects.all().delete()
    support_actions.write(request, asker, "Musterstadt")
    request.refresh_from_db()
    assert request.state == State.IN_WORK
    assert told("support") == {team.email}
    assert other.email not in told("support")
    support_actions.settle_own(request, asker)
    support_actions.settle_own(request, asker)
    request.refresh_from_db()
    assert request.state == State.SETTLED
    assert request.messages.filter(state=State.SETTLED).count() == 1


def test_only_the_asker_and_the_portal_team_see_a_request(team: User) -> None:
    asker = member()
    request = request_of(asker)
    colleague = member(organisation_of(asker), Membership.Role.ADMINISTRATOR)
    for user, expected in ((asker, True), (team, True), (colleague, False), (UserFactory.create(), False)):
        assert policy.may(user, Action.VIEW, request) is expected
        shown = policy.which(user, Action.VIEW, SupportMessage.objects.all()).exists()
        assert shown is expected
        assert signed_in(user).get(f"/netz/anfragen/{request.pk}/").status_code == (200 if expected else 404)
    with pytest.raises(PermissionDenied):
        support_actions.write(request, colleague, "Was ist damit?")
    with pytest.raises(PermissionDenied):
        support_actions.handle(request, asker, state=State.SETTLED)


def test_only_the_portal_team_is_in_charge_and_nothing_is_no_change(team: User) -> None:
    request = request_of(member())
    with pytest.raises(ExchangeError):
        support_actions.handle(request, team, owner=member())
    with pytest.raises(ExchangeError):
        support_actions.handle(request, team, state=State.OPEN)
    Mail.objects.all().delete()
    assert support_actions.handle(request, team, owner=team) is None
    assert not Mail.objects.exists()


def test_requests_have_a_limit_and_an_organisation_of_ones_own() -> None:
    user = member()
    for _number in range(limits.REQUESTS.amount):
        request_of(user)
    with pytest.raises(TooOftenError):
        request_of(user)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61), tick=False):
        request_of(user)
    with pytest.raises(PermissionDenied):
        support_actions.request_support(member(), organisation=OrganisationFactory.create(), subject="x", text="x")


def test_the_board_filters_by_state_and_by_who_is_in_charge(team: User) -> None:
    mine = SupportRequestFactory.create(owner=team, state=State.IN_WORK)
    theirs = SupportRequestFactory.create(state=State.OPEN)
    settled = SupportRequestFactory.create(state=State.SETTLED)
    client = signed_in(team)

    def listed(query: str) -> set[str]:
        page = client.get(f"/netz/anfragen/alle/{query}").content.decode()
        return {one.subject for one in (mine, theirs, settled) if one.subject in page}

    assert listed("") == {mine.subject, theirs.subject}
    assert listed("?stand=erledigt") == {settled.subject}
    assert listed("?meine=1") == {mine.subject}
    assert listed("?stand=offen&meine=1") == set()
    assert listed("?stand=unsinn") == {mine.subject, theirs.subject}
    assert signed_in(member()).get("/netz/anfragen/alle/").status_code == 403


def test_asking_and_answering_work_on_their_pages(team: User) -> None:
    asker = member()
    client = signed_in(asker)
    wrong = client.post("/netz/anfragen/neu/", {"organisation": organisation_of(asker).pk, "subject": "", "text": ""})
    assert set(wrong.context["form"].errors) == {"subject", "text"}
    made = client.post(
        "/netz/anfragen/neu/", {"organisation": organisation_of(asker).pk, "subject": "Hilfe", "text": "<b>Bitte</b>"}
    )
    request = SupportRequest.objects.get()
    assert made.url == f"/netz/anfragen/{request.pk}/"
    page = client.get(made.url).content.decode()
    assert "&lt;b&gt;Bitte&lt;/b&gt;" in page
    signed_in(team).post(made.url, {"text": "Gern", "state": State.SETTLED, "owner": team.pk})
    page = client.get(made.url).content.decode()
    assert "Gern" in page
    client.post(made.url, {"text": "Doch noch etwas"})
    request.refresh_from_db()
    assert request.state == State.IN_WORK
    client.post(f"{made.url}erledigt/")
    request.refresh_from_db()
    assert request.state == State.SETTLED
    assert "Hilfe" in client.get("/netz/anfragen/").content.decode()
