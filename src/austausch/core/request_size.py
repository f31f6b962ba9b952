"""How much may be sent: files come from editors and to addresses made for them, nobody else sends more than a form."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import override

MEGABYTE = 1024 * 1024
MOST = 1 * MEGABYTE
# A document has up to 50 MB (catalogue/documents.py), and a form around it.
MOST_OF_EDITORS = 60 * MEGABYTE

# Names of addresses that take files; rooms add theirs.
_for_files: list[str] = []

TOO_LARGE = "Es wurde zu viel auf einmal gesendet.\nToo much was sent at once.\n"
NO_LENGTH = "Die Anfrage nennt ihre Länge nicht.\nThe request does not say how long it is.\n"


def takes_files(name: str) -> None:
    """As much as editors may be sent to this address; whoever may not use it is turned away by its view."""
    _for_files.append(name)


class RequestSize:
    """Middleware: answers what is too large with 413, and what does not say its length with 411, reading neither."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Django takes a request in chunks for an empty one, so nothing that is sent like this could work anyway.
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return _refusal(411, NO_LENGTH)
        if _length(request) > (MOST_OF_EDITORS if _files_expected(request.path_info) else MOST):
            return _refusal(413, TOO_LARGE)
        return self.get_response(request)


def _files_expected(path: str) -> bool:
    if path.startswith(reverse("wagtailadmin_home")):
        return True
    bare = path.removeprefix("/en")
    with override(settings.LANGUAGE_CODE):
        return any(bare == reverse(name) for name in _for_files)


def _length(request: HttpRequest) -> int:
    """As Django reads it."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refusal(status: int, text: str) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8", headers=headers)
