"""What tests of accounts share: people with a password, their mail, and codes of their app."""

from __future__ import annotations

import re
import time
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.test import Client
from django.urls import reverse

from austausch.core import outbox
from austausch.people.models import User
from tests.factories import UserFactory

PASSWORD = "neun-gruene-eichen-41"
LINK = re.compile(r"http://localhost:8000(\S+)|http://testserver(\S+)")


def person(**fields: Any) -> User:
    """An account with the password above and a confirmed address."""
    user: User = UserFactory(**fields)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def sign_in(client: Client, user: User, **more: str) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, **more})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def mails() -> list[Any]:
    """Everything sent so far."""
    outbox.deliver()
    return mail.outbox


def link_in(message: Any) -> str:
    """The path of the first of our addresses in a mail."""
    found = LINK.search(str(message.body))
    assert found is not None, message.body
    return found[1] or found[2]


def code(secret: str, *, at: float | None = None) -> str:
    """What the app shows for this key now."""
    counter = int((time.time() if at is None else at) // 30)
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))
