"""What every request to the API passes first, also one that the page cache will answer.

Counts requests per address, lets pages of other origins read (nobody is signed in here, so there is nothing to
steal), and turns whatever goes wrong further in into a problem (RFC 9457).
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from austausch.api.problems import problem
from austausch.core.rate_limit import Limit, Verdict
from austausch.core.security_headers import has_null

PREFIX = "/api/"
METHODS = ("GET", "HEAD", "OPTIONS")
# Pages of documentation are for people: they neither count nor are they read by other origins.
_PAGES = ("/api/v1/docs",)


class ApiGate:
    """Middleware, outside the page cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX) or request.path_info.rstrip("/").endswith(_PAGES):
            return self.get_response(request)
        return _open_to_all(self._answer(request))

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            return _options()
        if request.method not in METHODS:
            return _not_allowed()
        limit = Limit("api", amount=settings.AUSTAUSCH_API_REQUESTS_PER_MINUTE)
        verdict = limit.take(request)
        response = self._within_limit(request) if verdict.allowed else _too_many(verdict)
        response.headers["RateLimit-Policy"] = f'"api";q={verdict.limit};w={limit.seconds}'
        response.headers["RateLimit"] = f'"api";r={verdict.remaining};t={verdict.seconds}'
        return response

    def _within_limit(self, request: HttpRequest) -> HttpResponse:
        if has_null(request):
            return problem(status=400, detail="The address holds a NUL character (%00). Leave it out.")
        # HEAD is answered like GET, also by the cache; the content is taken off at the very end.
        request.method = "GET"
        response = self.get_response(request)
        if response.status_code >= 400 and "json" not in response.get("Content-Type", ""):
            return problem(status=response.status_code, detail=_DETAILS.get(response.status_code, ""))
        return response


_DETAILS = {
    400: "The request cannot be read. Check its address and headers.",
    404: "Nothing is here. All addresses are listed at /api/v1/docs.",
    500: "The server has failed. The request is not at fault; try again later.",
}


def _options() -> HttpResponse:
    response = HttpResponse(status=204, headers={"Allow": ", ".join(METHODS), "Cache-Control": "no-store"})
    response.headers["Access-Control-Allow-Methods"] = ", ".join(METHODS)
    response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _not_allowed() -> HttpResponse:
    response = problem(status=405, detail=f"The API is for reading: use {', '.join(METHODS)}.")
    response.headers["Allow"] = ", ".join(METHODS)
    return response


def _too_many(verdict: Verdict) -> HttpResponse:
    detail = f"More than {verdict.limit} requests in a minute. Wait {verdict.seconds} seconds, then go on."
    response = problem(status=429, detail=detail)
    response.headers["Retry-After"] = str(verdict.seconds)
    return response


def _open_to_all(response: HttpResponse) -> HttpResponse:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link, RateLimit, RateLimit-Policy, Retry-After"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
