"""allauth's hooks: nobody signs up without somebody's yes, mail goes through the outbox, secrets lie encrypted."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from austausch.core import outbox
from austausch.core.rate_limit import client_address
from austausch.people.models import User
from austausch.people.registration import ACCOUNT
from austausch.people.second_factor import FACTORS, needs_second_factor
from austausch.people.sessions_app import network_of

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin
    from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same idea of who asks as everywhere else, so that one setting tells both about proxies."""
        return client_address(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the outbox: no mail is lost, and how long an answer takes tells nobody whether there was one."""
        if "ip" in context:
            context = {**context, "ip": network_of(context["ip"])}
        written = self.render_mail(
            template_prefix, email, {"email": email, "portal_name": settings.AUSTAUSCH_NAME, **context}
        )
        outbox.post(
            category=ACCOUNT,
            key=f"account:{secrets.token_urlsafe(16)}",
            to=email,
            template="people/mails/written.txt",
            context={"subject": written.subject, "text": written.body},
        )


class SecondFactorAdapter(DefaultMFAAdapter):
    def get_totp_issuer(self) -> str:
        return settings.AUSTAUSCH_NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.AUSTAUSCH_NAME}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last second factor stays as long as the person's roles ask for one."""
        if authenticator.type not in FACTORS or not needs_second_factor(authenticator.user):
            return True
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS).exclude(pk=authenticator.pk)
        return bool(others.exists())


class OrganisationSignInAdapter(DefaultSocialAccountAdapter):
    """Signing in at an organisation's own server (OpenID Connect): for people who have an account here, only."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """The account whose own address the server says it has checked. Other addresses count for nothing."""
        for address in sociallogin.email_addresses:
            if not address.verified:
                continue
            email = address.email.lower()
            user = User.objects.filter(
                email=email, emailaddress__email__iexact=email, emailaddress__verified=True
            ).first()
            if user is not None:
                return user, address.email
        return None


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(str(key))) for key in keys])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"austausch second factor {secret}".encode()).digest())
