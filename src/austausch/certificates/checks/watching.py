"""Whoever pays because somebody attends school may hear when the certificate shown for it holds no longer.

Only of certificates that were presented as a seal: a number alone opens no watch, so nobody can be followed by typing
numbers. What is reported is the status, as every checker would see it; no reason, no person, no conclusion.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.certificates.models import Certificate, Watch
from austausch.core import outbox
from austausch.core.policy import Action, policy
from austausch.people.models import Membership, Organisation, User

if TYPE_CHECKING:
    from austausch.certificates.models import Check

CHANGED = outbox.Category(key="certificates-changed", label=_("Status of certificates that were presented to you"))
AT_ONCE = 500


def watch(check: Check, certificate_number: str) -> bool:
    """Watches a presented certificate for the check's case. False: it is not one of this installation."""
    certificate = Certificate.objects.out().filter(number=certificate_number).first()
    if certificate is None:
        return False
    Watch.objects.get_or_create(
        organisation=check.organisation,
        certificate=certificate,
        case_number=check.case_number,
        defaults={"made_by": check.made_by},
    )
    return True


def report(now: dt.datetime | None = None) -> int:
    """Notes changes and tells the offices; returns how many. Run by the worker each minute, safe to be killed."""
    now = now or timezone.now()
    with transaction.atomic():
        found = Watch.objects.changed(timezone.localdate(now)).select_for_update(of=("self",))
        rows = list(found.select_related("certificate", "organisation", "made_by").order_by("pk")[:AT_ONCE])
        offices: dict[Organisation, list[Watch]] = defaultdict(list)
        for row in rows:
            row.changed_at = now
            row.code = "revoked" if row.certificate.state == Certificate.State.REVOKED else "expired"
            offices[row.organisation].append(row)
        Watch.objects.bulk_update(rows, ["changed_at", "code"])
        for organisation, changed in offices.items():
            _tell(organisation, changed)
    return len(rows)


@transaction.atomic
def note(row: Watch, user: User) -> None:
    """Somebody has seen the change and takes care of it."""
    policy.require(user, Action.EDIT, row)
    Watch.objects.filter(pk=row.pk, seen_at=None).exclude(changed_at=None).update(seen_at=timezone.now(), seen_by=user)


@transaction.atomic
def end(row: Watch, user: User) -> None:
    """The case is closed: nothing more is to be heard of it."""
    policy.require(user, Action.DELETE, row)
    row.delete()


def _tell(organisation: Organisation, changed: list[Watch]) -> None:
    """Whoever asked, as long as they work there; else those who answer for the office."""
    for user, rows in _recipients(organisation, changed).items():
        outbox.post(
            category=CHANGED,
            key=f"certificates:changed:{rows[0].pk}:{rows[-1].pk}:{user.pk}",
            to=user,
            template="certificates/checking/mails/changed.txt",
            context={"number": len(rows), "address": outbox.address("certificates:office_watches")},
            about=rows[0],
        )


def _recipients(organisation: Organisation, changed: list[Watch]) -> dict[User, list[Watch]]:
    members = Membership.objects.filter(organisation=organisation, user__is_active=True).select_related("user")
    at_work = {one.user_id: one.user for one in members if one.role >= Membership.Role.AUTHOR}
    heads = [one.user for one in members if one.role == Membership.Role.ADMINISTRATOR] or [*at_work.values()]
    found: dict[User, list[Watch]] = defaultdict(list)
    for row in changed:
        asked = at_work.get(row.made_by_id or 0)
        for user in [asked] if asked else heads:
            found[user].append(row)
    return found
