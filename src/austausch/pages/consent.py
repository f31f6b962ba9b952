"""What a visitor has agreed to load from third parties. It is kept in the visitor's own cookie and nowhere else.

The cookie is set by nothing but a visitor's own choice. It holds the providers agreed to, each with the day and
with the terms described then, and for a moment the one item that is to be loaded just now. It is signed, so that
nobody else's page or subdomain can agree in a visitor's place.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

if TYPE_CHECKING:
    from austausch.pages.models import Provider

DAYS = 180
# From the button to the page that shows the item: one redirect.
ONCE_SECONDS = 120
_SALT = "austausch.consent"


@dataclass(frozen=True)
class Given:
    """When a provider was agreed to, and what was described then (`Provider.terms`)."""

    on: dt.date
    terms: str

    @property
    def until(self) -> dt.date:
        return self.on + dt.timedelta(days=DAYS)


@dataclass(frozen=True)
class Consent:
    """Everything a visitor agreed to. `once` is the id of an item to load in the next answer."""

    providers: Mapping[str, Given] = field(default_factory=lambda: MappingProxyType({}))
    once: str = ""
    once_at: int = 0

    def given(self, provider: Provider) -> Given | None:
        """The consent to this provider, if it still holds."""
        given = self.providers.get(provider.key)
        if given is None or given.terms != provider.terms or given.until < timezone.localdate():
            return None
        return given

    def covers(self, provider: Provider, item: str) -> bool:
        return self.given(provider) is not None or (bool(item) and self.once == item)

    def with_provider(self, provider: Provider) -> Consent:
        given = Given(timezone.localdate(), provider.terms)
        return replace(self, providers={**self.providers, provider.key: given})

    def without_provider(self, key: str) -> Consent:
        return replace(self, providers={name: given for name, given in self.providers.items() if name != key})

    def with_once(self, item: str) -> Consent:
        return replace(self, once=item, once_at=int(time.time()))

    def without_once(self) -> Consent:
        return replace(self, once="", once_at=0)

    def __bool__(self) -> bool:
        return bool(self.providers) or bool(self.once)


def read(request: HttpRequest) -> Consent:
    """The visitor's consent; an unreadable, forged or expired cookie is no consent."""
    cookie = request.COOKIES.get(settings.AUSTAUSCH_CONSENT_COOKIE)
    if not cookie:
        return Consent()
    try:
        said = signing.loads(cookie, salt=_SALT, max_age=dt.timedelta(days=DAYS))
        providers = {key: Given(dt.date.fromisoformat(day), terms) for key, (day, terms) in said["providers"].items()}
        once, once_at = said["once"]
    except (signing.BadSignature, ValueError, TypeError, KeyError, AttributeError):
        return Consent()
    if time.time() - once_at > ONCE_SECONDS:
        once, once_at = "", 0
    return Consent(providers, once, once_at)


def write(request: HttpRequest, response: HttpResponseBase, consent: Consent) -> None:
    """Stores the consent in the visitor's cookie; no consent is no cookie."""
    name = settings.AUSTAUSCH_CONSENT_COOKIE
    if not consent:
        response.delete_cookie(name, samesite="Lax")
        return
    said: dict[str, Any] = {
        "providers": {key: [given.on.isoformat(), given.terms] for key, given in consent.providers.items()},
        "once": [consent.once, consent.once_at],
    }
    response.set_cookie(
        name,
        signing.dumps(said, salt=_SALT),
        max_age=DAYS * 24 * 60 * 60 if consent.providers else ONCE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def forget_once(request: HttpRequest, response: HttpResponseBase) -> None:
    """Takes back the permission for one item, now that it is being shown."""
    consent = read(request)
    if consent.once:
        write(request, response, consent.without_once())
