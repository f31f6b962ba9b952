"""Questions, answers and experience: who writes, who is told, what is checked first."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from austausch.core import outbox
from austausch.core.models import Mail
from austausch.core.policy import Action, policy
from austausch.exchange import limits, moderation, post_actions
from austausch.exchange.limits import ExchangeError, TooOftenError
from austausch.exchange.models import LONGEST_TEXT, Follow, Post, PostReport
from austausch.people.models import Membership, User
from tests.exchange.people import lead_of, member, organisation_of, told
from tests.factories import ContactFactory, EntryFactory, OrganisationFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db
Role = Membership.Role


def ask(user: User, entry: Any = None, text: str = "Wie viele Stellen braucht das?") -> Post:
    entry = entry or EntryFactory.create(published=True)
    return post_actions.ask(entry, user, organisation=organisation_of(user), text=text)


def answer(user: User, question: Post, text: str = "Zwei.") -> Post:
    return post_actions.answer(question, user, organisation=organisation_of(user), text=text)


def sees(user: User, post: Post) -> bool:
    return policy.may(user, Action.VIEW, post)


# --- writing ----------------------------------------------------------------------------------------------------------


def test_a_reader_may_ask_and_the_network_sees_it() -> None:
    post = ask(member(role=Role.READER))
    assert post.state == Post.State.PUBLIC
    assert sees(member(), post)
    assert sees(UserFactory.create(portal_team=True), post)


def test_nobody_without_a_role_writes_or_reads() -> None:
    post = ask(member())
    outsider = UserFactory.create()
    assert not sees(outsider, post)
    with pytest.raises(PermissionDenied):
        post_actions.ask(post.entry, outsider, organisation=post.organisation, text="?")
    with pytest.raises(PermissionDenied):
        post_actions.answer(post, outsider, organisation=post.organisation, text="!")


def test_nobody_writes_for_an_organisation_of_others() -> None:
    with pytest.raises(PermissionDenied):
        post_actions.ask(
            EntryFactory.create(published=True), member(), organisation=OrganisationFactory.create(), text="?"
        )


def test_a_draft_is_not_talked_about_by_others() -> None:
    draft = EntryFactory.create()
    with pytest.raises(PermissionDenied):
        ask(member(), draft)
    post = ask(lead_of(draft), draft)
    assert not sees(member(), post)
    assert sees(lead_of(draft, Role.READER), post)


def test_a_withdrawn_entry_takes_its_posts_along() -> None:
    entry = EntryFactory.create(published=True)
    post = ask(member(), entry)
    entry.unpublish()
    assert not sees(member(), post)
    assert not sees(User.objects.get(pk=post.author_id), post)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (LONGEST_TEXT + 1)])
def test_a_text_is_neither_empty_nor_endless(text: str) -> None:
    with pytest.raises(ValidationError):
        ask(member(), text=text)


def test_an_answer_needs_a_question_that_stands() -> None:
    hidden = PostFactory.create(state=Post.State.HIDDEN)
    author = User.objects.get(pk=hidden.author_id)
    experience = PostFactory.create(experience=True, author=author, organisation=organisation_of(author))
    for question in (hidden, experience, answer(member(), ask(member()))):
        with pytest.raises(ExchangeError):
            answer(author, question)


def test_nobody_writes_more_than_so_many_posts_in_an_hour() -> None:
    user = member(trusted=False)
    for _number in range(limits.POSTS.amount):
        ask(user)
    with pytest.raises(TooOftenError):
        ask(user)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61), tick=False):
        ask(user)


def test_the_database_itself_keeps_answers_and_structure_in_order() -> None:
    question = PostFactory.create()
    for values in ({"kind": "answer"}, {"answer_to": question}, {"worked": "x"}, {"state": "withdrawn"}):
        with pytest.raises(IntegrityError), post_actions.transaction.atomic():
            PostFactory.create(**values)


# --- who is told ------------------------------------------------------------------------------------------------------


def test_a_question_reaches_the_entrys_authors_and_contact_persons_once() -> None:
    entry = EntryFactory.create(published=True)
    author, publisher, reader = lead_of(entry), lead_of(entry, Role.PUBLISHER), lead_of(entry, Role.READER)
    contact = UserFactory.create(email="kontakt@example.org")
    contact_member = member()
    for user in (contact, contact_member, author):
        entry.contact_references.create(contact=ContactFactory.create(email=user.email.upper()), task="")
    entry.save_revision().publish()
    post_actions.follow(entry, author)
    Mail.objects.all().delete()
    ask(member(), entry)
    assert told("questions") == {author.email, publisher.email, contact.email, contact_member.email}
    assert reader.email not in told("questions")
    assert told("followed") == set()


def test_a_question_to_an_office_without_people_reaches_the_portal_team() -> None:
    team = UserFactory.create(portal_team=True)
    ask(member())
    assert told("questions") == {team.email}


def test_an_answer_reaches_who_asked_and_who_follows_but_not_who_wrote_it() -> None:
    entry = EntryFactory.create(published=True)
    asker, follower, lead = member(), member(), lead_of(entry)
    for user in (follower, lead):
        post_actions.follow(entry, user)
    question = ask(asker, entry)
    Mail.objects.all().delete()
    answer(lead, question)
    assert told("followed") == {asker.email, follower.email}


def test_who_no_longer_follows_hears_no_more() -> None:
    entry, follower = EntryFactory.create(published=True), member()
    post_actions.follow(entry, follower)
    post_actions.follow(entry, follower)
    post_actions.unfollow(entry, follower)
    post_actions.unfollow(entry, follower)
    ask(member(), entry)
    assert told("followed") == set()
    assert not Follow.objects.exists()


def test_the_mail_leads_straight_to_the_form_and_says_nothing_of_the_text(mailoutbox: list[Any]) -> None:
    entry = EntryFactory.create(published=True)
    lead = lead_of(entry)
    Mail.objects.all().delete()
    question = ask(member(), entry, text="Geheimnisvolle Frage")
    outbox.deliver()
    (mail,) = mailoutbox
    assert mail.to == [lead.email]
    assert f"/netz/fragen/{question.pk}/#antwort" in mail.body
    assert "Geheimnisvolle" not in mail.body + mail.subject


def test_mail_about_what_was_hidden_meanwhile_is_not_delivered(mailoutbox: list[Any]) -> None:
    entry = EntryFactory.create(published=True)
    lead_of(entry)
    question = ask(member(), entry)
    Mail.objects.exclude(key__startswith=f"exchange:post:{question.pk}:").delete()
    moderation.hide(question, UserFactory.create(portal_team=True), "Kein Bezug zur Maßnahme")
    Mail.objects.filter(category="own-posts").delete()
    assert outbox.deliver() == 0
    assert mailoutbox == []


def test_a_post_and_its_mails_are_written_together_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the process dies between them, neither is there, and doing it again does both."""
    entry, asker = EntryFactory.create(published=True), member()
    first, second = lead_of(entry), lead_of(entry)
    before = Post.objects.count(), Mail.objects.count(), ModelLogEntry.objects.count()
    original = outbox.post
    for dies_at in (1, 2):
        calls = 0

        def dying(at: int = dies_at, **values: Any) -> bool:
            nonlocal calls
            calls += 1
            if calls == at:
                raise KeyboardInterrupt
            return original(**values)

        with monkeypatch.context() as patched:
            patched.setattr(outbox, "post", dying)
            with pytest.raises(KeyboardInterrupt):
                ask(asker, entry)
        assert (Post.objects.count(), Mail.objects.count(), ModelLogEntry.objects.count()) == before
    ask(asker, entry)
    assert told("questions") >= {first.email, second.email}


# --- checked first ----------------------------------------------------------------------------------------------------


def test_a_persons_first_post_waits_for_the_entrys_publishers() -> None:
    entry = EntryFactory.create(published=True)
    publisher, author = lead_of(entry, Role.PUBLISHER), lead_of(entry)
    newcomer = member(trusted=False)
    post = ask(newcomer, entry)
    assert post.state == Post.State.WAITING
    assert [sees(user, post) for user in (newcomer, publisher, author, member())] == [True, True, False, False]
    assert told("decisions") == {publisher.email}
    assert author.email not in told("questions")
    moderation.show(post, publisher)
    assert sees(member(), post)
    assert told("questions") >= {author.email}
    assert told("own-posts") == {newcomer.email}
    assert ask(newcomer, entry).state == Post.State.PUBLIC


def test_without_publishers_the_portal_team_decides() -> None:
    team = UserFactory.create(portal_team=True)
    post = ask(member(trusted=False))
    assert told("decisions") == {team.email}
    assert list(moderation.undecided(team)) == [post]


def test_somebody_whose_posts_were_all_hidden_waits_again() -> None:
    newcomer, team = member(trusted=False), UserFactory.create(portal_team=True)
    post = ask(newcomer)
    moderation.show(post, team)
    moderation.hide(post, team, "Werbung")
    assert ask(newcomer).state == Post.State.WAITING


def test_whoever_decides_there_does_not_wait_but_never_decides_about_their_own() -> None:
    entry = EntryFactory.create(published=True)
    publisher = member(entry.lead, Role.PUBLISHER, trusted=False)
    post = ask(publisher, entry)
    assert post.state == Post.State.PUBLIC
    post_actions.report(post, member(), "Bitte prüfen")
    for decide in (lambda: moderation.show(post, publisher), lambda: moderation.hide(post, publisher, "weg")):
        with pytest.raises(PermissionDenied):
            decide()
    assert not moderation.undecided(publisher).exists()


def test_a_publisher_decides_under_entries_of_their_own_body_only() -> None:
    post = ask(member(trusted=False))
    stranger = member(role=Role.PUBLISHER)
    with pytest.raises(PermissionDenied):
        moderation.show(post, stranger)
    assert not moderation.undecided(stranger).exists()


def test_a_reported_post_waits_until_it_was_looked_at_and_then_stays() -> None:
    post, team = ask(member()), UserFactory.create(portal_team=True)
    first, second = member(), member()
    post_actions.report(post, first, "Nennt eine Person")
    post.refresh_from_db()
    assert post.state == Post.State.WAITING
    assert not sees(second, post)
    moderation.show(post, team, "Niemand ist genannt")
    assert not PostReport.objects.filter(settled_at=None).exists()
    post_actions.report(post, second, "Doch")
    post.refresh_from_db()
    assert post.state == Post.State.PUBLIC
    assert list(moderation.undecided(team)) == [post]
    with pytest.raises(ExchangeError):
        post_actions.report(post, second, "Noch einmal")


def test_nobody_reports_their_own_post_or_too_often() -> None:
    post, user = ask(member()), member()
    with pytest.raises(ExchangeError):
        post_actions.report(post, User.objects.get(pk=post.author_id), "x")
    for _number in range(limits.REPORTS.amount):
        post_actions.report(PostFactory.create(), user, "x")
    with pytest.raises(TooOftenError):
        post_actions.report(post, user, "x")


def test_hiding_needs_a_reason_which_the_author_reads_and_the_log_keeps() -> None:
    post, team = ask(member()), UserFactory.create(portal_team=True)
    answered = answer(member(), post)
    with pytest.raises(ExchangeError):
        moderation.hide(post, team, "  ")
    moderation.hide(post, team, "Nennt eine Person")
    author, other = User.objects.get(pk=post.author_id), member()
    assert (sees(author, post), sees(other, post), sees(other, answered)) == (True, False, False)
    entry = ModelLogEntry.objects.get(action="austausch.post_hidden")
    assert (entry.user, entry.data["reason"]) == (team, "Nennt eine Person")
    moderation.show(post, team)
    assert sees(other, post)
    assert sees(other, answered)
    assert ModelLogEntry.objects.filter(action="austausch.post_restored").exists()
    with pytest.raises(ExchangeError):
        moderation.show(post, team)


# --- changing one's mind ----------------------------------------------------------------------------------------------


def test_an_author_changes_a_post_for_half_an_hour() -> None:
    user = member()
    post = ask(user)
    post_actions.change(post, user, {"text": "Genauer gefragt"})
    post.refresh_from_db()
    assert (post.text, post.edited_at is not None) == ("Genauer gefragt", True)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=31), tick=False), pytest.raises(ExchangeError):
        post_actions.change(post, user, {"text": "Ganz anders"})
    with pytest.raises(PermissionDenied):
        post_actions.change(post, member(), {"text": "Fremd"})
    with pytest.raises(PermissionDenied):
        post_actions.change(post, UserFactory.create(portal_team=True), {"text": "Von oben"})


def test_what_was_approved_stays_what_was_approved() -> None:
    user = member(trusted=False)
    post = ask(user, text="Harmlos")
    post_actions.change(post, user, {"text": "Noch harmlos"})
    moderation.show(post, UserFactory.create(portal_team=True))
    with pytest.raises(ExchangeError):
        post_actions.change(post, user, {"text": "Nicht mehr harmlos"})
    assert not policy.may(user, Action.EDIT, post)
    post.refresh_from_db()
    assert post.text == "Noch harmlos"


def test_a_hidden_post_is_not_changed() -> None:
    user = member()
    post = ask(user)
    moderation.hide(post, UserFactory.create(portal_team=True), "Werbung")
    with pytest.raises(ExchangeError):
        post_actions.change(post, user, {"text": "Neu"})


def test_what_is_withdrawn_is_deleted_and_answers_stay() -> None:
    user = member()
    post = ask(user, text="Das bereue ich")
    answered = answer(member(), post)
    with time_machine.travel(timezone.now() + dt.timedelta(days=900), tick=False):
        post_actions.withdraw(post, user)
    post.refresh_from_db()
    assert (post.state, post.text) == (Post.State.WITHDRAWN, "")
    assert sees(member(), answered)
    with pytest.raises(PermissionDenied):
        post_actions.withdraw(answered, user)
    with pytest.raises(ExchangeError):
        post_actions.withdraw(post, user)


def test_an_author_who_leaves_leaves_the_posts() -> None:
    post = ask(member())
    User.objects.get(pk=post.author_id).delete()
    post.refresh_from_db()
    assert (post.author, post.text != "") == (None, True)
