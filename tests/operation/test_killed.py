"""The worker dies at any statement of any run that posts mail, and begins again: nothing twice, nothing lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from austausch.catalogue import reviews
from austausch.catalogue.adoption import actions as adopting
from austausch.catalogue.adoption import changes
from austausch.catalogue.models import Entry
from austausch.core import digest, outbox
from austausch.core.models import Mail
from austausch.exchange import interest_actions, post_actions, support_actions
from austausch.exchange.models import Interest, Post, PostReport, SupportRequest
from austausch.operation import work
from austausch.people import consent_reminders
from austausch.people import due as accounts
from austausch.people.models import Membership, Organisation, User
from austausch.search.models import Arrival
from austausch.search.saved import news
from tests.exchange.people import lead_of, member, organisation_of
from tests.factories import (
    ContactFactory,
    EntryFactory,
    InterestFactory,
    MembershipFactory,
    OrganisationFactory,
    PostFactory,
    SavedSearchFactory,
    UserFactory,
)
from tests.killing import dies_everywhere, undone

pytestmark = pytest.mark.django_db
Role = Membership.Role
Run = Callable[[], object]
RUNS: dict[str, Run] = {
    "accounts": accounts.do_what_is_due,
    "reviews": reviews.remind,
    "consent": consent_reminders.remind,
    "changed sources": changes.tell,
    "unanswered interest": interest_actions.end_unanswered,
    "saved searches": news.tell,
    "collected mails": digest.collect,
}


class World:
    """Two towns in which everything is due at once."""

    def __init__(self) -> None:
        self.town, self.other = OrganisationFactory(), OrganisationFactory()
        self.people = [self._member(self.town, role) for role in (Role.AUTHOR, Role.PUBLISHER, Role.ADMINISTRATOR)]
        self.people += [self._member(self.other, role) for role in (Role.AUTHOR, Role.ADMINISTRATOR)]
        UserFactory(portal_team=True)
        self._due_checks()
        self._ended_consent()
        self._changed_source()
        self._interest()
        self._news()
        self._held()
        self._absence()

    def _member(self, town: Organisation, role: Role) -> User:
        user: User = MembershipFactory(organisation=town, role=role).user
        return user

    def _due_checks(self) -> None:
        for town in (self.town, self.other):
            entry = EntryFactory(lead=town, published=True)
            Entry.objects.filter(pk=entry.pk).update(checked_on=dt.date(2020, 1, 1))

    def _ended_consent(self) -> None:
        for town in (self.town, self.other):
            ContactFactory(organisation=town, consent_given_on=timezone.localdate() - dt.timedelta(days=800))

    def _changed_source(self) -> None:
        source = EntryFactory(lead=self.other, published=True, goals=["Alt"])
        for town, person in ((self.town, self.people[1]), (OrganisationFactory(), None)):
            person = person or self._member(town, Role.PUBLISHER)
            adopting.adapt(source, town, person, ["goals"])
        source.refresh_from_db()
        source.goals = ["Neu"]
        source.save_revision().publish()

    def _interest(self) -> None:
        for _ in range(2):
            InterestFactory(entry__lead=self.other, ends_at=timezone.now() - dt.timedelta(hours=1))

    def _news(self) -> None:
        Arrival.objects.update(arrived_at=timezone.now() - dt.timedelta(minutes=30))
        for person in self.people[:3]:
            SavedSearchFactory(user=person)

    def _held(self) -> None:
        for person in self.people:
            for number in range(2):
                Mail.objects.create(
                    key=f"held:{person.pk}:{number}",
                    category=reviews.REVIEW.key,
                    user=person,
                    subject="Etwas",
                    text="Etwas\n",
                    state=Mail.State.HELD,
                    next_attempt_at=timezone.now() - dt.timedelta(minutes=1),
                )

    def _absence(self) -> None:
        long_ago = timezone.now() - dt.timedelta(days=400)
        for _ in range(2):
            UserFactory(joined_at=long_ago, last_login=long_ago)
        UserFactory(joined_at=long_ago, last_login=long_ago, absence_notice_at=timezone.now() - dt.timedelta(days=31))


def mails() -> dict[str, tuple[int | None, str, int | None]]:
    """Key → whose it is, in which state, and in which collected mail, by that one's key."""
    rows = Mail.objects.values_list("key", "user", "state", "bundle__key")
    return {key: (user, state, bundle) for key, user, state, bundle in rows}


def closed() -> set[int]:
    return set(User.objects.filter(is_active=False).values_list("pk", flat=True))


@pytest.mark.parametrize("name", RUNS)
def test_killed_at_any_statement_and_begun_again_it_does_what_it_would_have_done(name: str) -> None:
    World()
    run, before = RUNS[name], mails()
    with undone():
        run()
        expected, ended = mails(), closed()
    assert expected != before

    def begins_again(step: int) -> None:
        with undone():
            run()
            assert mails() == expected, f"killed at {step}"
            assert closed() == ended, f"killed at {step}"
            run()
            assert mails() == expected, f"killed at {step}"

    assert dies_everywhere(run, begins_again) > 4
    assert mails() == expected


def test_every_job_of_the_worker_that_posts_mail_is_among_those_that_are_killed() -> None:
    World()
    for job in work.jobs():
        before = mails().keys()
        job()
        assert mails().keys() == before or job in RUNS.values(), f"{job}: add it to RUNS"


def test_a_worker_that_dies_while_sending_all_of_it_sends_each_mail_once(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "austausch.core.mail_folder.FolderBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    World()
    for run in RUNS.values():
        run()
    wanted = sorted(
        Mail.objects.filter(state=Mail.State.WAITING, user__is_active=True).values_list("user__email", flat=True)
    )
    assert len(wanted) > 10

    def time_passes(step: int) -> None:
        """What was claimed belongs to nobody any more. Files that were written stay, as they do."""
        Mail.objects.filter(state=Mail.State.SENDING).update(claimed_at=timezone.now() - dt.timedelta(minutes=11))

    dies_everywhere(outbox.deliver, time_passes)
    outbox.deliver()
    sent = [file.read_text().partition("To: ")[2].partition("\n")[0] for file in (tmp_path / "mail").glob("*.eml")]
    assert sorted(sent) == wanted
    assert {mail.state for mail in Mail.objects.filter(user__is_active=True)} == {Mail.State.SENT}


# ── What people do ──────────────────────────────────────────────────────────────────────────────────────────


def ask() -> Run:
    entry = EntryFactory(published=True)
    lead_of(entry)
    person = member()
    return lambda: post_actions.ask(entry, person, organisation=organisation_of(person), text="Wie geht das?")


def answer() -> Run:
    question = PostFactory()
    person = lead_of(question.entry)
    return lambda: post_actions.answer(question, person, organisation=question.entry.lead, text="So.")


def report() -> Run:
    post, person = PostFactory(), member()
    lead_of(post.entry, Role.PUBLISHER)
    return lambda: post_actions.report(post, person, "Unpassend")


def request_support() -> Run:
    UserFactory(portal_team=True)
    person = member()
    return lambda: support_actions.request_support(
        person, organisation=organisation_of(person), subject="Hilfe", text="Bitte"
    )


def express_interest() -> Run:
    entry = EntryFactory(published=True)
    lead_of(entry)
    person = member()
    return lambda: interest_actions.express(entry, person, organisation=organisation_of(person))


@pytest.mark.parametrize("prepare", [ask, answer, report, request_support, express_interest])
def test_what_somebody_does_and_the_mail_about_it_happen_together_or_not_at_all(prepare: Callable[[], Run]) -> None:
    act = prepare()

    def state() -> tuple[int, ...]:
        return tuple(model.objects.count() for model in (Post, PostReport, SupportRequest, Interest, Mail))

    before = state()

    def nothing_happened(step: int) -> None:
        assert state() == before, f"killed at {step}"

    assert dies_everywhere(act, nothing_happened) > 4
    after = state()
    assert after[-1] > before[-1]
    assert after[:-1] != before[:-1]
