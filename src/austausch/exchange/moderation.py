"""What those who decide about posts do: publishers of the entry's body, and the portal team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.core.policy import Action, policy
from austausch.exchange import notices
from austausch.exchange.limits import ExchangeError
from austausch.exchange.models import Post, PostReport

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from austausch.people.models import User

State = Post.State


def undecided(user: User) -> QuerySet[Post]:
    """Posts about which the user has to decide: those that wait, and shown ones that were reported again."""
    reported = PostReport.objects.filter(settled_at=None).values("post")
    mine = policy.which(user, Action.PUBLISH, Post.objects.all())
    return mine.filter(Q(state=State.WAITING) | Q(state=State.PUBLIC, pk__in=reported)).order_by("written_at", "pk")


@transaction.atomic
def show(post: Post, user: User, reason: str = "") -> None:
    """Lets a post be seen by the network: one that waits, that was reported, or that was hidden."""
    row = _locked(post, user)
    if row.state == State.PUBLIC and not row.reports.filter(settled_at=None).exists():
        raise ExchangeError(_("Everybody in the network sees it already."))
    was_hidden = row.state == State.HIDDEN
    first_time = row.shown_at is None
    row.state = State.PUBLIC
    row.shown_at = row.shown_at or timezone.now()
    _decide(row, user, reason, action="austausch.post_restored" if was_hidden else "austausch.post_released")
    if first_time:
        notices.tell_of_post(row)
    if first_time or was_hidden:
        notices.tell_author(row, shown=True)


@transaction.atomic
def hide(post: Post, user: User, reason: str) -> None:
    """Takes a post out of everybody's sight. The author sees it still, with the reason."""
    row = _locked(post, user)
    if row.state == State.HIDDEN:
        raise ExchangeError(_("It is already hidden."))
    if not reason.strip():
        raise ExchangeError(_("Please give the author a reason."))
    row.state = State.HIDDEN
    _decide(row, user, reason, action="austausch.post_hidden")
    notices.tell_author(row, shown=False)


def _locked(post: Post, user: User) -> Post:
    row = Post.objects.select_for_update().get(pk=post.pk)
    policy.require(user, Action.PUBLISH, row)
    return row


def _decide(row: Post, user: User, reason: str, *, action: str) -> None:
    row.reason = reason.strip()
    row.decided_at, row.decided_by = timezone.now(), user
    row.full_clean(validate_unique=False)
    row.save(update_fields=["state", "shown_at", "reason", "decided_at", "decided_by"])
    row.reports.filter(settled_at=None).update(settled_at=row.decided_at, settled_by=user)
    log(instance=row, action=action, user=user, data={"reason": row.reason})
