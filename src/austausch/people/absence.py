"""Accounts that nobody uses: a notice after eleven months, the end thirty days later, and the way back.

A forgotten account is one whose password may be found elsewhere. Memberships stay; somebody who returns is let in by an
administrator of the organisation or by the portal team. The portal team's last active member stays in any case.

Each account is dealt with in a transaction of its own that writes both the date and the mail, so whoever is killed and
begins again tells nobody twice and forgets nobody.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from wagtail.log_actions import log

from austausch.core import outbox
from austausch.core.policy import Action, policy
from austausch.people.models import Membership, User
from austausch.people.registration import ACCOUNT

NOTICE_AFTER = dt.timedelta(days=335)
GRACE = dt.timedelta(days=30)


def tell_the_absent(now: dt.datetime | None = None) -> int:
    """Sends the notice to whom has not signed in for eleven months; to how many."""
    now = now or timezone.now()
    return sum(_tell(pk, now) for pk in _untold(now).values_list("pk", flat=True))


def deactivate_the_absent(now: dt.datetime | None = None) -> int:
    """Closes the accounts whose notice was thirty days ago without a sign-in since; how many."""
    now = now or timezone.now()
    return sum(_deactivate(pk, now) for pk in _overdue(now).values_list("pk", flat=True))


@transaction.atomic
def let_in_again(user: User, by: User) -> None:
    """Opens an account that was closed for absence, no other. Raises PermissionDenied."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    own = Membership.objects.filter(user=locked)
    if not policy.may(by, Action.EDIT, locked) and not policy.which(by, Action.EDIT, own).exists():
        raise PermissionDenied
    if locked.is_active or locked.absent_since is None:
        return
    locked.is_active, locked.absent_since, locked.absence_notice_at = True, None, None
    locked.returned_at = timezone.now()
    locked.save(update_fields=["is_active", "absent_since", "absence_notice_at", "returned_at"])
    log(instance=locked, action="austausch.let_in_again", user=by)


def _seen() -> QuerySet[Any]:
    """With `seen_at`: when the person was last here, or could first have been."""
    joined = F("joined_at")
    seen = Greatest(Coalesce(F("last_login"), joined), Coalesce(F("returned_at"), joined), joined)
    return User.objects.annotate(seen_at=seen).order_by("pk")


def _untold(now: dt.datetime) -> QuerySet[Any]:
    long_ago = _seen().filter(is_active=True, seen_at__lt=now - NOTICE_AFTER)
    # A notice from before the last sign-in says nothing any more.
    return long_ago.filter(Q(absence_notice_at=None) | Q(absence_notice_at__lt=F("seen_at")))


def _overdue(now: dt.datetime) -> QuerySet[Any]:
    return _seen().filter(
        is_active=True, absence_notice_at__lt=now - GRACE, absence_notice_at__gte=F("seen_at"), absent_since=None
    )


@transaction.atomic
def _tell(pk: int, now: dt.datetime) -> int:
    user = User.objects.select_for_update().get(pk=pk)
    if not _untold(now).filter(pk=pk).exists():
        return 0
    outbox.post(
        category=ACCOUNT,
        key=f"absence:{pk}:{now:%Y-%m}",
        to=user,
        template="people/mails/absence_notice.txt",
        context={"user": user, "until": now + GRACE, "sign_in": outbox.address("account_login")},
    )
    user.absence_notice_at = now
    user.save(update_fields=["absence_notice_at"])
    return 1


@transaction.atomic
def _deactivate(pk: int, now: dt.datetime) -> int:
    # Under lock, so that of two runs at once none counts the other's last administrator as still there.
    team = set(
        User.objects.select_for_update()
        .filter(is_superuser=True, is_active=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    User.objects.select_for_update().get(pk=pk)
    if team == {pk} or not _overdue(now).filter(pk=pk).update(is_active=False, absent_since=now):
        return 0
    log(instance=User.objects.get(pk=pk), action="austausch.deactivated_for_absence")
    return 1
