"""What people do with posts. Each action asks the policy, checks, writes, logs and notifies in one transaction.

The log holds that something happened, never what somebody wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.catalogue.models import Entry
from austausch.core.policy import Action, policy
from austausch.exchange import limits, notices
from austausch.exchange.limits import ExchangeError
from austausch.exchange.models import Follow, Post, PostReport
from austausch.people.models import Membership
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.people.models import Organisation, User

Kind = Post.Kind
State = Post.State
TEXTS = ("text", "worked", "failed", "again")


@transaction.atomic
def ask(entry: Entry, user: User, *, organisation: Organisation, text: str) -> Post:
    """Asks a question about an entry. Raises ExchangeError, ValidationError, PermissionDenied."""
    return _write(Post(entry=entry, kind=Kind.QUESTION, organisation=organisation, text=text), user)


@transaction.atomic
def answer(question: Post, user: User, *, organisation: Organisation, text: str) -> Post:
    """Answers a question. Raises ExchangeError, ValidationError, PermissionDenied."""
    question = Post.objects.select_for_update().get(pk=question.pk)
    policy.require(user, Action.VIEW, question)
    if question.kind != Kind.QUESTION or question.state != State.PUBLIC:
        raise ExchangeError(_("This question can no longer be answered: it was withdrawn, or it is being checked."))
    post = Post(entry=question.entry, kind=Kind.ANSWER, answer_to=question, organisation=organisation, text=text)
    return _write(post, user)


@transaction.atomic
def share_experience(entry: Entry, user: User, *, organisation: Organisation, texts: Mapping[str, str]) -> Post:
    """Reports experience with an entry. Raises ExchangeError, ValidationError, PermissionDenied."""
    return _write(Post(entry=entry, kind=Kind.EXPERIENCE, organisation=organisation, **texts), user)


@transaction.atomic
def change(post: Post, user: User, texts: Mapping[str, str]) -> None:
    """Writes a post anew, within half an hour and until somebody has decided about it.

    Raises ExchangeError, ValidationError, PermissionDenied.
    """
    too_late = _("It can be changed for half an hour only, and until it is approved. You can withdraw it.")
    row = _locked(post, user, Action.EDIT, too_late)
    for name, value in texts.items():
        setattr(row, name, value)
    row.edited_at = timezone.now()
    _check(row)
    row.save(update_fields=[*texts, "edited_at"])
    log(instance=row, action="austausch.post_changed", user=user)


@transaction.atomic
def withdraw(post: Post, user: User) -> None:
    """Takes a post back, for good: its text is deleted. Answers to it stay."""
    row = _locked(post, user, Action.DELETE, _("It is already withdrawn."))
    row.text = row.worked = row.failed = row.again = ""
    row.state = State.WITHDRAWN
    row.save(update_fields=[*TEXTS, "state"])
    PostReport.objects.filter(post=row, settled_at=None).update(settled_at=timezone.now(), settled_by=user)
    log(instance=row, action="austausch.post_withdrawn", user=user)


@transaction.atomic
def report(post: Post, user: User, reason: str) -> None:
    """Asks those who decide to look at a post. It waits for them, unless they have looked at it before.

    Otherwise whoever dislikes a post could take it away again and again. Raises ExchangeError, PermissionDenied.
    """
    row = Post.objects.select_for_update().get(pk=post.pk)
    policy.require(user, Action.VIEW, row)
    if row.author_id == user.pk:
        raise ExchangeError(_("This is your own post. You can withdraw it."))
    if row.state != State.PUBLIC:
        raise ExchangeError(_("It is not shown any more, or already waits to be checked."))
    limits.REPORTS.require(PostReport.objects.filter(reporter=user))
    made = PostReport(post=row, reporter=user, reason=reason.strip())
    made.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise ExchangeError(_("You have already reported this post.")) from error
    if row.decided_at is None:
        row.state = State.WAITING
        row.save(update_fields=["state"])
    log(instance=row, action="austausch.post_reported", user=user)
    notices.tell_deciders(row, key=f"report:{made.pk}", reported=True)


@transaction.atomic
def follow(entry: Entry, user: User) -> None:
    """The user hears of new posts under the entry. A second time changes nothing."""
    policy.require(user, Action.VIEW, entry)
    policy.require(user, Action.CREATE, Follow)
    Follow.objects.get_or_create(entry=entry, user=user)


def unfollow(entry: Entry, user: User) -> None:
    """The user no longer hears of it. A second time changes nothing."""
    policy.which(user, Action.DELETE, Follow.objects.filter(entry=entry)).delete()


def _write(post: Post, user: User) -> Post:
    policy.require(user, Action.VIEW, post.entry)
    policy.require(user, Action.CREATE, Post)
    _require_own(user, post.organisation)
    limits.POSTS.require(Post.objects.filter(author=user))
    post.author = user
    now = timezone.now()
    if not _must_wait(post, user):
        post.state, post.shown_at = State.PUBLIC, now
    post.written_at = now
    _check(post)
    post.save(force_insert=True)
    log(instance=post, action="austausch.post_written", user=user)
    if post.state == State.PUBLIC:
        notices.tell_of_post(post)
    else:
        notices.tell_deciders(post, key=f"waiting:{post.pk}", reported=False)
    return post


def _check(post: Post) -> None:
    post.text = post.text.strip()
    if not post.text:
        # Only what is withdrawn is without text, so the column cannot demand it.
        raise ValidationError({"text": _("Please write something.")})
    post.full_clean()


def _must_wait(post: Post, user: User) -> bool:
    """A person's first post waits, until one was shown; not the post of somebody who decides there."""
    if user.is_superuser or post.entry.lead_id in organisations_of(user, Membership.Role.PUBLISHER):
        return False
    trusted = Post.objects.filter(author=user, shown_at__isnull=False).exclude(state=State.HIDDEN)
    return not trusted.exists()


def _require_own(user: User, organisation: Organisation) -> None:
    """For a row that does not stand in the database yet, and so cannot be asked about."""
    if organisation.pk not in organisations_of(user, Membership.Role.READER):
        raise PermissionDenied("Posts are written for an organisation in which one has a role.")


def _locked(post: Post, user: User, action: Action, too_late: str) -> Post:
    """The row under lock. Whose it is, but it is too late: an error that says so."""
    row = Post.objects.select_for_update().get(pk=post.pk)
    if not policy.may(user, action, row):
        if row.author_id == user.pk and policy.may(user, Action.VIEW, row):
            raise ExchangeError(too_late)
        raise PermissionDenied(f"{action} is not allowed here.")
    return row
