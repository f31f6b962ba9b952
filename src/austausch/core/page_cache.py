"""The cache of whole public pages, and the only place that decides what may be in it.

In: the answer with status 200 and without a cookie of its own that a view marked with `public_page` gave to a GET
that carried no cookie at all, so whoever asked was nobody in particular. Out: to every GET or HEAD that is not
personal. Personal is a request with a session, a waiting message, a consent or an Authorization header; it is
passed through and its answer is stored nowhere. So is one for a discreet address (core/discretion.py).

The key holds everything a public view may look at: scheme, host, path, query, htmx's headers, the generation of
the content and today's date (a status derived from today changes at midnight). So nothing is ever cleared and an
edit shows at once.

Only what comes from here is compressed: such a page holds no secret that its compressed length could tell.

A view is not asked for what the cache has. Whoever wants to know of every answer all the same observes: a view leaves
a note on its answer (`leave_note`), the note is kept with the page, and observers get it with each request that is
answered so.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, TypeVar

import brotli
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers

from austausch.core import generation
from austausch.core.discretion import is_discreet
from austausch.core.page_memory import Page, PageMemory

LARGEST = 1024 * 1024
# Below this, compressing costs more than it saves.
SMALLEST_TO_COMPRESS = 512
COMPRESSED = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/atom+xml",
    "application/xml",
    "application/geo+json",
    "image/svg+xml",
)
HTMX_HEADERS = ("HX-Request", "HX-Target", "HX-Boosted", "HX-History-Restore-Request")
_MARK = "_austausch_public"
_NOTE = "_austausch_note"

View = Callable[..., HttpResponseBase]
# Must be quick and must not raise: it runs in every request whose answer carries a note.
Observer = Callable[[HttpRequest, Hashable], None]
R = TypeVar("R", bound=HttpResponseBase)

memory = PageMemory(settings.AUSTAUSCH_PAGE_CACHE_BYTES)
_observers: list[Observer] = []


def observe(observer: Observer) -> Observer:
    """Registers an observer of answers with a note; usable as a decorator."""
    _observers.append(observer)
    return observer


def leave_note(response: HttpResponseBase, note: Hashable) -> None:
    """Lets observers know whenever this answer is given, by the view or from the cache."""
    setattr(response, _NOTE, note)


def public_page(view: View) -> View:
    """Marks a view whose answer is the same for every visitor who is not signed in."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return mark_public(view(request, *args, **kwargs))

    return marked


def mark_public(response: R) -> R:
    """What `public_page` does, for answers that are not made by a view of ours."""
    setattr(response, _MARK, True)
    return response


class PublicPageCache:
    """Middleware: see the module's text for the rule."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._respond(request)
        note = getattr(response, _NOTE, None)
        if note is not None:
            for observer in _observers:
                observer(request, note)
        return response

    def _respond(self, request: HttpRequest) -> HttpResponse:
        passed = request.method not in {"GET", "HEAD"} or _personal(request) or is_discreet(request.path_info)
        key = None if passed else _key(request)
        if key is None:
            return _never_stored(self.get_response(request))
        queried = _queried(request)
        encoding = _encoding(request)
        if page := memory.get(key, queried=queried):
            return _answer(key, page, encoding, queried=queried)
        response = self.get_response(request)
        if not _public(response):
            return _never_stored(response)
        page = _page(response)
        if request.method == "GET" and not request.COOKIES and len(page.bodies[""]) <= LARGEST:
            memory.put(key, page, queried=queried)
        return _answer(key, page, encoding, queried=queried)


def _personal(request: HttpRequest) -> bool:
    cookies = {settings.SESSION_COOKIE_NAME, "messages", settings.AUSTAUSCH_CONSENT_COOKIE}
    return bool(cookies & request.COOKIES.keys()) or "HTTP_AUTHORIZATION" in request.META


def _key(request: HttpRequest) -> str | None:
    """None for a host that is not ours: what answers it is for the layers below, and stored nowhere."""
    try:
        host = request.get_host()
    except DisallowedHost:
        return None
    parts = (
        str(generation.current()),
        timezone.localdate().isoformat(),
        request.scheme or "",
        host,
        request.path,
        # As it was sent: decoding and encoding it again makes one of two that mean different things.
        request.META.get("QUERY_STRING", ""),
        *(request.headers.get(name, "") for name in HTMX_HEADERS),
    )
    # Each part with its length, so that no two requests can be written the same way.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _queried(request: HttpRequest) -> bool:
    return bool(request.META.get("QUERY_STRING")) or "HTTP_HX_REQUEST" in request.META


def _public(response: HttpResponse) -> bool:
    return (
        getattr(response, _MARK, False)
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not {"private", "no-store"} & {part.strip() for part in response.get("Cache-Control", "").split(",")}
        and "nonce-" not in response.get("Content-Security-Policy", "")
        and "Content-Encoding" not in response.headers
    )


def _page(response: HttpResponse) -> Page:
    if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
        response.render()
    # Browsers keep the page but ask each time; the entity tag makes the answer short.
    patch_cache_control(response, public=True, no_cache=True)
    # For caches between us and the visitor, which do not know our rule.
    patch_vary_headers(response, ("Cookie", "Accept-Encoding", "HX-Request"))
    headers = {name: value for name, value in response.headers.items() if name not in {"ETag", "Content-Length"}}
    etag = hashlib.sha256(response.content).hexdigest()[:32]
    return Page(headers, etag, {"": response.content}, getattr(response, _NOTE, None))


def _answer(key: str, page: Page, encoding: str, *, queried: bool) -> HttpResponse:
    plain = page.bodies[""]
    if len(plain) < SMALLEST_TO_COMPRESS or not page.headers.get("Content-Type", "").startswith(COMPRESSED):
        encoding = ""
    body = page.bodies.get(encoding)
    if body is None:
        body = brotli.compress(plain, quality=5) if encoding == "br" else gzip.compress(plain, 6, mtime=0)
        memory.add_body(key, encoding, body, queried=queried)
    response = HttpResponse(body, headers=page.headers)
    leave_note(response, page.note)
    response.headers["ETag"] = f'"{page.etag}-{encoding}"' if encoding else f'"{page.etag}"'
    response.headers["Content-Length"] = str(len(body))
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


def _encoding(request: HttpRequest) -> str:
    """The best encoding that the client says it understands; "" for none."""
    offered = {}
    for part in request.META.get("HTTP_ACCEPT_ENCODING", "")[:200].lower().split(","):
        name, _, parameter = part.partition(";")
        offered[name.strip()] = parameter.strip().replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return next((name for name in ("br", "gzip") if offered.get(name)), "")


def _never_stored(response: HttpResponse) -> HttpResponse:
    if "Cache-Control" not in response.headers:
        patch_cache_control(response, private=True, no_store=True)
    return response
