"""How often one address may ask: exact across processes, and without keeping anyone's address.

The address is only part of a keyed hash, which is the key of a counter that is gone after its window.
"""

from __future__ import annotations

import hmac
import ipaddress
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True)
class Verdict:
    """`remaining` requests are left in this window, which ends in `seconds` seconds."""

    allowed: bool
    limit: int
    remaining: int
    seconds: int


@dataclass(frozen=True)
class Limit:
    """At most `amount` requests from one address in each window of `seconds`. `name` keeps limits apart."""

    name: str
    amount: int
    seconds: int = 60

    def take(self, request: HttpRequest) -> Verdict:
        """Counts this request and says whether it may pass."""
        now = time.time()
        window = int(now // self.seconds)
        key = f"limit:{self.name}:{window}:{_pseudonym(client_address(request))}"
        cache = caches["shared"]
        cache.add(key, 0, timeout=self.seconds + 5)
        try:
            count = cache.incr(key)
        except ValueError:
            # Evicted between the two steps.
            count = 1
        seconds = max(1, int((window + 1) * self.seconds - now + 0.999))
        return Verdict(count <= self.amount, self.amount, max(0, self.amount - count), seconds)


def too_often(request: HttpRequest, verdict: Verdict) -> HttpResponse:
    """The page that says so, and when to come back."""
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(verdict.seconds)
    return response


def client_address(request: HttpRequest) -> str:
    """Who asks. Behind N trusted proxies (AUSTAUSCH_TRUSTED_PROXIES), the Nth from the right of X-Forwarded-For.

    Everything further left in that header was written by the client and is worth nothing. Of an IPv6 address the
    network counts (/64): a household has as many addresses as it likes.
    """
    address = request.META.get("REMOTE_ADDR", "")
    proxies = settings.AUSTAUSCH_TRUSTED_PROXIES
    if proxies:
        parts = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        forwarded = [part.strip() for part in parts if part.strip()]
        if len(forwarded) >= proxies:
            address = forwarded[-proxies]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)


def _pseudonym(address: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), address.encode(), "sha256").hexdigest()[:32]
