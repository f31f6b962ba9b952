"""Who takes part in the tests of the exchange."""

from __future__ import annotations

from django.test import Client

from austausch.catalogue.models import Entry
from austausch.core.models import Mail
from austausch.people.models import Membership, Organisation, User
from tests.factories import MembershipFactory, PostFactory

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Role = Membership.Role


def member(organisation: Organisation | None = None, role: Role = Role.READER, *, trusted: bool = True) -> User:
    """Somebody with a role; trusted: the network has seen a post of theirs before."""
    given = {"organisation": organisation} if organisation else {}
    user = MembershipFactory.create(role=role, **given).user
    if trusted:
        PostFactory.create(author=user, organisation=organisation_of(user))
    return user


def lead_of(entry: Entry, role: Role = Role.AUTHOR) -> User:
    return member(entry.lead, role)


def organisation_of(user: User) -> Organisation:
    return user.memberships.get().organisation


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def told(category: str) -> set[str]:
    """Who gets a mail of this kind."""
    return {mail.user.email for mail in Mail.objects.filter(category=category) if mail.user}
