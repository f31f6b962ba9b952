"""How the first administrator gets an account: once, at an address that only the operator's console shows.

No default password exists. The token is 256 random bits, of which only the SHA-256 is stored; a new address makes
older ones worthless, the first account uses it up, and while any administrator exists there is none.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from austausch.people.models import SetupAddress, User

VALID_FOR = dt.timedelta(hours=24)


class SetupClosedError(Exception):
    """The address is not, or no longer, the one at which the first administrator is made."""


def administrator_exists() -> bool:
    return User.objects.filter(is_superuser=True).exists()


def new_address() -> str | None:
    """The path of a fresh one-time address; None while an administrator exists. Older addresses stop working."""
    if administrator_exists():
        return None
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        SetupAddress.objects.all().delete()
        SetupAddress.objects.create(token_sha256=_sha256(token))
    with override(settings.LANGUAGE_CODE):
        return reverse("people:setup", args=[token])


def is_open(token: str) -> bool:
    return _open_addresses(token).exists() and not administrator_exists()


def make_first_administrator(*, token: str, name: str, email: str, password: str) -> User:
    """Uses the address up. Raises SetupClosedError if it is not open, also when two people press the button at once."""
    with transaction.atomic():
        # The update is the lock: of two transactions only one finds the row unused.
        if not _open_addresses(token).update(used_at=timezone.now()) or administrator_exists():
            raise SetupClosedError(_("This address does not work any more."))
        user = User.objects.create_superuser(email, password, name=name)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user


def forget_old_addresses() -> int:
    """Deletes addresses that can no longer be used; how many."""
    deleted, _by_model = SetupAddress.objects.filter(made_at__lt=timezone.now() - VALID_FOR).delete()
    return deleted


def _open_addresses(token: str) -> QuerySet[SetupAddress]:
    return SetupAddress.objects.filter(
        token_sha256=_sha256(token), used_at=None, made_at__gte=timezone.now() - VALID_FOR
    )


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
