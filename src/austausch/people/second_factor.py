"""Who needs a second factor, and what happens until it is there.

Where AUSTAUSCH_SECOND_FACTOR is "required", a member of the portal team or an administrator of an organisation without
a second factor is nobody: every page shows them what it shows to visitors, and only the pages of their own account,
where the factor is set up, know them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from austausch.core.policy import is_portal_team
from austausch.core.security_headers import PERMISSIONS_POLICY
from austausch.people.models import Membership
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.core.policy import Actor
    from austausch.people.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# The account's own pages may ask the browser for a passkey.
WITH_PASSKEYS = PERMISSIONS_POLICY.replace(
    "publickey-credentials-create=(), publickey-credentials-get=()",
    "publickey-credentials-create=(self), publickey-credentials-get=(self)",
)


def needs_second_factor(user: Actor) -> bool:
    """Whether this person's roles ask for a second factor here."""
    if settings.AUSTAUSCH_SECOND_FACTOR != "required":
        return False
    return is_portal_team(user) or bool(organisations_of(user, Membership.Role.ADMINISTRATOR))


def has_second_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def is_shut_out(user: Actor) -> bool:
    """Whether this person has yet to set up the second factor that their roles ask for."""
    return user.is_authenticated and needs_second_factor(user) and not has_second_factor(user)


class SecondFactor:
    """Middleware: lets nobody past who is shut out, and lets the account's pages use passkeys."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_below(request, "account_overview"):
            if request.path_info == reverse("account_login") and is_shut_out(request.user):
                # Otherwise it would send them back to where they have come from.
                return HttpResponseRedirect(reverse("mfa_index"))
            response = self.get_response(request)
            response.headers["Permissions-Policy"] = WITH_PASSKEYS
            return response
        if settings.AUSTAUSCH_SECOND_FACTOR != "required" or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        if _is_below(request, "wagtailadmin_home", "core:network") and is_shut_out(request.user):
            messages.warning(request, _("Your roles need a second factor. Please set one up before you go on."))
            return HttpResponseRedirect(reverse("mfa_index"))
        # Read only by those who ask: a public page must not touch the session.
        signed_in: Any = request.user
        request.user = SimpleLazyObject(lambda: AnonymousUser() if is_shut_out(signed_in) else signed_in)  # type: ignore[assignment]
        return self.get_response(request)


def _is_below(request: HttpRequest, *names: str) -> bool:
    return any(request.path_info.startswith(reverse(name)) for name in names)
