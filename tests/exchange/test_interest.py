"""One click brings two offices in touch, if both want it; otherwise neither learns who the other is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from wagtail.models import ModelLogEntry

from austausch.catalogue.models import Entry
from austausch.core import outbox
from austausch.core.models import Mail
from austausch.core.policy import Action, policy
from austausch.exchange import interest_actions, limits
from austausch.exchange.limits import ExchangeError, TooOftenError
from austausch.exchange.models import Interest
from austausch.people.models import Membership, User
from tests.exchange.people import lead_of, member, organisation_of, signed_in, told
from tests.factories import EntryFactory, InterestFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
Role = Membership.Role
State = Interest.State


@pytest.fixture
def entry() -> Entry:
    return EntryFactory.create(published=True)


def express(user: User, entry: Entry) -> Interest:
    return interest_actions.express(entry, user, organisation=organisation_of(user))


def page(user: User) -> str:
    return signed_in(user).get("/netz/interesse/").content.decode()


def names(user: User) -> list[str]:
    return [user.name, user.email, organisation_of(user).name]


def test_until_it_is_accepted_neither_learns_who_the_other_is(entry: Entry, mailoutbox: list[Any]) -> None:
    asker, lead = member(), lead_of(entry)
    Mail.objects.all().delete()
    interest = express(asker, entry)
    outbox.deliver()
    (mail,) = mailoutbox
    assert mail.to == [lead.email]
    for word in names(asker):
        assert word not in mail.subject + mail.body
        assert word not in page(lead)
    assert lead.name not in page(asker)
    assert lead.email not in page(asker)
    interest_actions.accept(interest, lead)
    for one, other in ((asker, lead), (lead, asker)):
        assert all(word in page(one) for word in names(other))
    colleague = lead_of(entry)
    assert not any(word in page(colleague) for word in names(asker))
    outbox.deliver()
    assert {mail.to[0] for mail in mailoutbox[1:]} == {asker.email, lead.email}
    assert not any(word in mail.body for mail in mailoutbox for word in names(asker) + names(lead)[:2])


def test_a_refusal_looks_like_no_answer_until_the_time_is_over(mailoutbox: list[Any]) -> None:
    declined, unanswered = EntryFactory.create(published=True), EntryFactory.create(published=True)
    leads = lead_of(declined), lead_of(unanswered)
    asker = member()
    pages = {}
    for entry in (declined, unanswered):
        interest = express(asker, entry)
        if entry is declined:
            interest_actions.decline(interest, leads[0])
    for moment in (dt.timedelta(), dt.timedelta(days=15)):
        with time_machine.travel(timezone.now() + moment, tick=False):
            interest_actions.end_unanswered()
            rows = policy.which(asker, Action.VIEW, Interest.objects.all())
            pages[moment] = page(asker)
            seen = {row.state for row in rows}
    assert seen == {State.ENDED}
    assert pages[dt.timedelta()].count("noch keine Antwort") + pages[dt.timedelta()].count("no answer yet") == 2
    Mail.objects.exclude(key__contains=":ended:").delete()
    with time_machine.travel(timezone.now() + dt.timedelta(days=15), tick=False):
        outbox.deliver()
    numbers = str.maketrans("", "", "0123456789")
    titles = (declined.title, unanswered.title)
    texts = [mail.body.replace(titles[0], "X").replace(titles[1], "X").translate(numbers) for mail in mailoutbox]
    # The link to end such mails is the same, too: one address, one kind.
    assert len(texts) == 2
    assert texts[0] == texts[1]


def test_nobody_hears_twice_that_no_contact_came_about(entry: Entry) -> None:
    lead_of(entry)
    asker = member()
    express(asker, entry)
    later = timezone.now() + dt.timedelta(days=14, minutes=1)
    assert interest_actions.end_unanswered(later - dt.timedelta(minutes=2)) == 0
    assert [interest_actions.end_unanswered(later), interest_actions.end_unanswered(later)] == [1, 0]
    assert Mail.objects.filter(key__contains=":ended:").count() == 1


def test_a_run_that_dies_has_ended_and_told_or_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(3):
        InterestFactory.create(ends_at=timezone.now() - dt.timedelta(days=1))
    original, calls = outbox.post, 0

    def dying(**values: Any) -> bool:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return original(**values)

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "post", dying)
        with pytest.raises(KeyboardInterrupt):
            interest_actions.end_unanswered()
    assert Interest.objects.filter(state=State.ENDED).count() == Mail.objects.count() == 1
    interest_actions.end_unanswered()
    assert Interest.objects.filter(state=State.ENDED).count() == Mail.objects.count() == 3


def test_one_open_request_for_each_pair_and_entry(entry: Entry) -> None:
    lead = lead_of(entry)
    asker = member()
    interest = express(asker, entry)
    with pytest.raises(ExchangeError):
        express(member(organisation_of(asker)), entry)
    interest_actions.decline(interest, lead)
    with pytest.raises(ExchangeError):
        express(asker, entry)


def test_whoever_was_declined_cannot_withdraw_and_ask_again_and_again(entry: Entry) -> None:
    lead, asker = lead_of(entry), member()
    interest = express(asker, entry)
    interest_actions.decline(interest, lead)
    interest_actions.withdraw(interest, asker)
    Mail.objects.all().delete()
    for again in (asker, member(organisation_of(asker))):
        with pytest.raises(ExchangeError):
            express(again, entry)
    assert not Mail.objects.exists()
    express(member(), entry)
    with time_machine.travel(timezone.now() + dt.timedelta(days=15), tick=False):
        express(asker, entry)


def test_whoever_takes_it_back_is_not_seen_any_more(entry: Entry) -> None:
    asker, lead = member(), lead_of(entry)
    interest = express(asker, entry)
    interest_actions.accept(interest, lead)
    interest_actions.withdraw(interest, lead)
    assert not any(word in page(lead) for word in names(asker))
    assert lead.email not in page(asker)
    open_one = express(member(), entry)
    interest_actions.withdraw(open_one, open_one.from_user)
    with pytest.raises(PermissionDenied):
        interest_actions.accept(open_one, lead)


def test_the_log_says_that_it_happened_and_names_nobody(entry: Entry) -> None:
    lead, asker = lead_of(entry), member()
    interest = express(asker, entry)
    interest_actions.accept(interest, lead)
    interest_actions.withdraw(interest, asker)
    interest_actions.decline(express(member(), entry), lead)
    lines = ModelLogEntry.objects.filter(action__startswith="austausch.interest_")
    assert lines.count() == 5
    assert {(line.user_id, line.label) for line in lines} <= {(None, str(one.pk)) for one in Interest.objects.all()}


def test_only_authors_of_the_asked_office_decide(entry: Entry) -> None:
    lead_of(entry)
    asker = member()
    interest = express(asker, entry)
    for user in (lead_of(entry, Role.READER), member(role=Role.ADMINISTRATOR), asker):
        with pytest.raises(PermissionDenied):
            interest_actions.accept(interest, user)
    team = UserFactory.create(portal_team=True)
    assert not policy.may(team, Action.VIEW, interest)
    with time_machine.travel(timezone.now() + dt.timedelta(days=15), tick=False), pytest.raises(PermissionDenied):
        interest_actions.accept(interest, lead_of(entry))


def test_an_office_without_people_is_not_asked_and_neither_is_ones_own(entry: Entry) -> None:
    with pytest.raises(ExchangeError):
        express(member(), entry)
    with pytest.raises(ExchangeError):
        express(lead_of(entry), entry)
    with pytest.raises(PermissionDenied):
        interest_actions.express(entry, UserFactory.create(), organisation=entry.lead)
    assert not Interest.objects.exists()


def test_nobody_asks_more_than_so_many_offices_in_an_hour() -> None:
    asker = member()
    for _number in range(limits.INTERESTS.amount):
        InterestFactory.create(from_user=asker, from_organisation=organisation_of(asker))
    entry = EntryFactory.create(published=True)
    lead_of(entry)
    with pytest.raises(TooOftenError):
        express(asker, entry)


def test_one_click_is_enough_and_several_organisations_need_a_choice(entry: Entry) -> None:
    lead = lead_of(entry)
    asker = member()
    path = f"/netz/massnahmen/{entry.slug}/interesse/"
    assert signed_in(asker).post(path).status_code == 302
    assert told("interest") == {lead.email}
    busy = member()
    second = MembershipFactory.create(user=busy).organisation
    client = signed_in(busy)
    assert client.post(path).status_code == 200
    assert not Interest.objects.filter(from_user=busy).exists()
    client.post(path, {"organisation": second.pk})
    interest = Interest.objects.get(from_user=busy)
    assert interest.from_organisation == second
    signed_in(lead).post(f"/netz/interesse/{interest.pk}/annehmen/")
    interest.refresh_from_db()
    assert (interest.state, interest.accepted_by) == (State.ACCEPTED, lead)
    client.post(f"/netz/interesse/{interest.pk}/zurueckziehen/")
    signed_in(lead).post(f"/netz/interesse/{Interest.objects.get(from_user=asker).pk}/ablehnen/")
    states = set(Interest.objects.values_list("from_user", "state"))
    assert states == {(busy.pk, State.WITHDRAWN), (asker.pk, State.DECLINED)}
