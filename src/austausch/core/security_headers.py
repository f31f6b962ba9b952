"""What every answer says about itself to the browser, beside the policy for content (django-csp).

And what no request may hold: a NUL character means nothing in an address, and PostgreSQL refuses it in a value.
"""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import SELF
from csp.middleware import CSPMiddleware, PolicyParts
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

# Nothing here needs any of these, so neither does anything that gets into a page.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "encrypted-media",
        "geolocation",
        "gyroscope",
        "hid",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "publickey-credentials-create",
        "publickey-credentials-get",
        "screen-wake-lock",
        "serial",
        "usb",
        "xr-spatial-tracking",
    )
)
HEADERS = {
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SecurityHeaders:
    """Middleware: adds what a view has not set itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        head = request.method == "HEAD"
        response = self.get_response(request)
        if head:
            _without_content(response)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class ContentPolicy(CSPMiddleware):
    """Middleware: the content policy of the settings; the editors' side may also frame pages of its own host.

    That is its preview. Nothing else is loosened for it: see core/admin_scripts.py.
    """

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(reverse("wagtailadmin_home")):
            parts.update = {**(parts.update or {}), "frame-src": [SELF]}
        return parts


def _without_content(response: HttpResponse) -> None:
    """What HEAD asks for: the headers of the answer, its length included."""
    if response.streaming:
        response.streaming_content = []  # type: ignore[attr-defined]
        return
    length = response.headers.get("Content-Length", str(len(response.content)))
    response.content = b""
    if response.status_code not in {204, 304}:
        response.headers["Content-Length"] = length


class NoNullCharacters:
    """Middleware: answers a path or query with a NUL character with 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if has_null(request):
            raise BadRequest("The address holds a NUL character.")
        return self.get_response(request)


def has_null(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    return "\0" in request.path or "%00" in query or "\0" in query
