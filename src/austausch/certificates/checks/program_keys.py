"""Keys with which an office's programs check: made by its administrators, ending by themselves, replaced with overlap.

A key that is used by a program is forgotten by people. So each ends after a year at the latest, administrators are told
a month before, of a short key after half of its time, and a new one can be made while the old one still works.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from austausch.certificates.checks.policy import checking_offices_of
from austausch.certificates.models import OfficeKey
from austausch.core import outbox
from austausch.core.policy import Action, policy
from austausch.people.models import Membership, Organisation, User

START: Final = "pruefen_"
LONGEST: Final = dt.timedelta(days=366)
# How long a program may go on with the key that another one has followed.
OVERLAP: Final = dt.timedelta(days=14)
REMINDED: Final = dt.timedelta(days=30)
# Written down at most so often: a program asks sixty times a minute.
USED_EVERY: Final = dt.timedelta(minutes=5)
ENDING: Final = outbox.Category(key="certificates-key-ending", label=_("Keys of your programs that end soon"))


class ProgramKeyError(Exception):
    """This cannot be done with the key; the message says why, and what to do."""


@transaction.atomic
def make(organisation: Organisation, user: User, *, label: str, days: int = LONGEST.days - 1) -> tuple[OfficeKey, str]:
    """A key for a program, and its text, which is shown this once. Raises PermissionDenied, ProgramKeyError."""
    if organisation.pk not in checking_offices_of(user, Membership.Role.ADMINISTRATOR):
        raise PermissionDenied("Keys are made by administrators of an office that may check.")
    if not 1 <= days <= LONGEST.days:
        raise ProgramKeyError(gettext("A key holds for 1 to %(days)s days.") % {"days": LONGEST.days})
    key, token = _new(organisation, user, label=label, holds=dt.timedelta(days=days))
    log(instance=organisation, action="certificates.make_key", user=user, data={"label": label})
    return key, token


@transaction.atomic
def rotate(key: OfficeKey, user: User) -> tuple[OfficeKey, str]:
    """A key in place of this one, for as long as this one was made for; this one ends two weeks from now or earlier.

    Raises PermissionDenied; ProgramKeyError for one that is withdrawn, has ended or was followed by another already.
    """
    policy.require(user, Action.EDIT, key)
    row = OfficeKey.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=key.pk)
    if row.state != "good" or row.replaced_by_id is not None:
        raise ProgramKeyError(gettext("This key has ended, or another one follows it already. Make a new one."))
    new, token = _new(row.organisation, user, label=row.label, holds=min(row.expires_at - row.made_at, LONGEST))
    row.replaced_by, row.expires_at = new, min(row.expires_at, timezone.now() + OVERLAP)
    row.save(update_fields=["replaced_by", "expires_at"])
    log(instance=row.organisation, action="certificates.rotate_key", user=user, data={"label": row.label})
    return new, token


@transaction.atomic
def revoke(key: OfficeKey, user: User) -> None:
    """Ends it at once."""
    policy.require(user, Action.DELETE, key)
    OfficeKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    log(instance=key.organisation, action="certificates.revoke_key", user=user, data={"label": key.label})


def find(token: str) -> OfficeKey | None:
    """The key of a program that may check now. That it was used is written down."""
    key = OfficeKey.objects.good().select_related("organisation").filter(token_sha256=_hash(token)).first()
    now = timezone.now()
    if key is not None and (key.used_at is None or key.used_at < now - USED_EVERY):
        OfficeKey.objects.filter(pk=key.pk).update(used_at=now)
    return key


def is_good(key: OfficeKey, organisation: Organisation) -> bool:
    """Whether it still is one of this office's."""
    return OfficeKey.objects.good().filter(pk=key.pk, organisation=organisation).exists()


def remind(now: dt.datetime | None = None) -> int:
    """Tells administrators once of each key that ends within a month, or of which half is over where it was made for
    less than two. Run by the worker, safe to be killed."""
    now = now or timezone.now()
    with transaction.atomic():
        rows = OfficeKey.objects.ending(now, REMINDED).filter(reminded_at=None).select_for_update(of=("self",))
        keys = [
            key
            for key in rows.select_related("organisation").order_by("pk")
            # What is said on the first day is forgotten on the last.
            if key.expires_at - now <= (key.expires_at - key.made_at) / 2
        ]
        for key in keys:
            _tell(key)
        OfficeKey.objects.filter(pk__in=[key.pk for key in keys]).update(reminded_at=now)
    return len(keys)


def _tell(key: OfficeKey) -> None:
    heads = Q(user__is_active=True, role=Membership.Role.ADMINISTRATOR)
    for membership in key.organisation.memberships.filter(heads).select_related("user"):
        outbox.post(
            category=ENDING,
            key=f"certificates:key:{key.pk}:{membership.user_id}",
            to=membership.user,
            template="certificates/checking/mails/key_ending.txt",
            context={"label": key.label, "ends": key.expires_at, "address": outbox.address("certificates:office_keys")},
            about=key,
        )


def _new(organisation: Organisation, user: User, *, label: str, holds: dt.timedelta) -> tuple[OfficeKey, str]:
    token = START + secrets.token_urlsafe(32)
    now = timezone.now()
    key = OfficeKey.objects.create(
        organisation=organisation,
        label=label,
        token_sha256=_hash(token),
        made_by=user,
        made_at=now,
        expires_at=now + holds,
    )
    return key, token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
