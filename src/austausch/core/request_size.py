"""How much may be sent: files come from editors and to addresses made for them, nobody else sends more than a form."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

MEGABYTE = 1024 * 1024
MOST = 1 * MEGABYTE
# A document has up to 50 MB (catalogue/documents.py), and a form around it.
MOST_OF_EDITORS = 60 * MEGABYTE

# Beginnings of addresses to which rooms let people who are signed in send more, and how much; and those to which
# programs may, which have no session.
_more: dict[str, int] = {}
_more_to_programs: dict[str, int] = {}

TOO_LARGE = "Es wurde zu viel auf einmal gesendet.\nToo much was sent at once.\n"
NOT_SIGNED_IN = (
    "Sie sind nicht oder nicht mehr angemeldet. Melden Sie sich an und senden Sie die Datei noch einmal.\n"
    "You are not signed in, or no longer. Sign in and send the file once more.\n"
)
NO_LENGTH = "Die Anfrage nennt ihre Länge nicht.\nThe request does not say how long it is.\n"


def allow(path: str, most: int, *, to_programs: bool = False) -> None:
    """Lets people who are signed in send more to addresses that begin like this, in every language.

    `to_programs`: others too; the view turns away who has no right to, before anything is read.
    """
    (_more_to_programs if to_programs else _more)[path] = most


class RequestSize:
    """Middleware: answers what is too large with 413, and what does not say its length with 411, reading neither."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Django takes a request in chunks for an empty one, so nothing that is sent like this could work anyway.
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return _refusal(411, NO_LENGTH)
        if _length(request) > _most(request):
            return _refusal(413, TOO_LARGE)
        return self.get_response(request)


class SignedInForMore:
    """Middleware, behind those that know the user: more than a form is read from people who are signed in only.

    A cookie alone says nothing: anybody can send one. Programs at addresses for programs are the views' business.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > MOST and not _is_for_programs(request) and not request.user.is_authenticated:
            return _refusal(403, NOT_SIGNED_IN)
        return self.get_response(request)


def _most(request: HttpRequest) -> int:
    if request.path_info.startswith(reverse("wagtailadmin_home")):
        return MOST_OF_EDITORS
    signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
    allowed = _more_to_programs | (_more if signed_in else {})
    return next((most for beginning, most in allowed.items() if _path(request).startswith(beginning)), MOST)


def _is_for_programs(request: HttpRequest) -> bool:
    return any(_path(request).startswith(beginning) for beginning in _more_to_programs)


def _path(request: HttpRequest) -> str:
    return request.path_info.removeprefix("/en")


def _length(request: HttpRequest) -> int:
    """As Django reads it."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refusal(status: int, text: str) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8", headers=headers)
