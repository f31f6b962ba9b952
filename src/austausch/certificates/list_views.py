"""Signed lists and certificates at their public addresses: the same bytes for everybody, and no visitor is known."""

from __future__ import annotations

import hashlib
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from austausch.certificates import lists
from austausch.certificates.models import SigningKey

# A checker that cannot wait asks with If-None-Match; the others spare the server.
KEPT_SECONDS: Final = 300


@require_safe
def trust(request: HttpRequest) -> HttpResponse:
    return _list(lists.TRUST, "application/trustlist+jwt")


@require_safe
def status(request: HttpRequest, number: int) -> HttpResponse:
    return _list(f"status/{number}", "application/statuslist+jwt")


@require_safe
def certificate(request: HttpRequest, reference: str) -> HttpResponse:
    """A public certificate, for those who follow the chain by hand. Our own checkers never ask for it."""
    key = SigningKey.objects.filter(reference=reference.upper()).first()
    if key is None:
        raise Http404
    return _static(bytes(key.certificate), "application/pkix-cert", f'"{key.reference}"')


def _list(name: str, content_type: str) -> HttpResponse:
    newest = lists.newest(name)
    if newest is None:
        raise Http404
    content = bytes(newest.content)
    # By what it says: serial numbers begin anew where a demonstration was removed and made again.
    response = _static(content, content_type, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
    response.headers["Last-Modified"] = f"{newest.issued_at:%a, %d %b %Y %H:%M:%S} GMT"
    return response


def _static(content: bytes, content_type: str, tag: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response
