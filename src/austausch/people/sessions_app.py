"""allauth's list of a person's sessions, without the address they came from: only its network is kept."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from allauth.usersessions.apps import UserSessionsConfig
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from django.http import HttpRequest

    from austausch.people.models import User

UNKNOWN = "0.0.0.0"  # noqa: S104


class SessionsConfig(UserSessionsConfig):
    """Takes the place of allauth's own, whose `ready` would write whole addresses."""

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in
        from allauth.mfa.signals import authenticator_added

        user_logged_in.connect(_remember, dispatch_uid="people.sessions")
        authenticator_added.connect(_end_others, dispatch_uid="people.sessions")


def network_of(address: str) -> str:
    """The network of an address, as one of its addresses: enough to know one's own town hall again, not who sat there.

    /24 of IPv4, /48 of IPv6; 0.0.0.0 where it is not known.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN
    length = 24 if isinstance(parsed, ipaddress.IPv4Address) else 48
    return str(ipaddress.ip_network((parsed, length), strict=False).network_address)


def forget_ended() -> int:
    """Deletes what is known about sessions that are over; how many."""
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    open_sessions = Session.objects.filter(expire_date__gt=timezone.now())
    ended = UserSession.objects.filter(~Q(session_key__in=open_sessions.values("session_key")))
    return int(ended.delete()[0])


def _end_others(*, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A session that the password alone has opened must not gain what the second factor, set up elsewhere, opens."""
    from allauth.usersessions.models import UserSession

    for session in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        session.end()


def _remember(*, request: HttpRequest, user: User, **kwargs: Any) -> None:
    from allauth.usersessions.models import UserSession

    from austausch.core.rate_limit import client_address

    if not request.session.session_key:
        request.session.save()
    agent = UserSession._meta.get_field("user_agent").max_length
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": network_of(client_address(request)),
            "user_agent": request.headers.get("User-Agent", "")[:agent],
        },
    )
