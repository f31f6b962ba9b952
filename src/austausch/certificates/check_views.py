"""The public page /pruefen/ and what its app needs. Certificates are checked in the browser: no seal comes here."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import cast

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from austausch.certificates import anchors, demonstration
from austausch.core.frontend import EVERYDAY, EXTENDED, FACES
from austausch.core.page_cache import public_page
from austausch.core.security_headers import PERMISSIONS_POLICY

# What the page loads, also when it has no network. A test compares it with what the page and its style sheets name.
FILES = (
    "core/mark.svg",
    "core/scheme.js",
    "core/shell.js",
    "core/shell.css",
    "core/components.css",
    "core/print.css",
    "core/mark-half.svg",
    "kern/kern.min.css",
    "fonts/fonts.css",
    *(f"fonts/{face.name}{letters.suffix}.woff2" for face in FACES for letters in (EVERYDAY, EXTENDED)),
    "certificates/check.css",
    *(f"certificates/sign-{name}.svg" for name in ("valid", "ended", "forged", "undecided")),
    "certificates/check.js",
    "certificates/reader.js",
    "certificates/zxing_reader.wasm",
    "certificates/pdf.mjs",
    "certificates/pdf.worker.mjs",
    "certificates/jbig2.wasm",
    "certificates/openjpeg.wasm",
    "certificates/qcms_bg.wasm",
)
CAMERA = PERMISSIONS_POLICY.replace("camera=()", "camera=(self)")

View = Callable[..., HttpResponse]


def may_use_camera(view: View) -> View:
    """The camera for this page, WebAssembly for the reader of codes, workers of our own: nowhere else."""

    @csp_update({"script-src": ["'wasm-unsafe-eval'"], "worker-src": [SELF]})
    @wraps(view)
    def allowed(request: HttpRequest) -> HttpResponse:
        response = view(request)
        response.headers["Permissions-Policy"] = CAMERA
        return response

    return cast(View, allowed)


@require_safe
@public_page
@may_use_camera
def check(request: HttpRequest) -> HttpResponse:
    """Holds all that the browser needs to check: the keys that lists must be signed with, and the lists' addresses."""
    return _page(request)


def _page(request: HttpRequest) -> HttpResponse:
    context = {
        "trail": [(_("Check a certificate"), "")],
        "anchor": " ".join(anchors.pinned_keys()),
        "trust_list": anchors.trust_list_address(),
        "examples": demonstration.examples(),
    }
    return render(request, "certificates/checking/check.html", context)


@require_safe
@public_page
def offline(request: HttpRequest) -> HttpResponse:
    """The service worker: its plan, and its program, which is the same for everybody.

    The plan names every file by its address, and the page by what it says, so that a new version of either is a new
    worker to the browser.
    """
    page = reverse("certificates:check")
    files = [static(name) for name in FILES]
    program = static("certificates/offline.js")
    shown = _page(_nobody(request)).content
    version = hashlib.sha256(b"\0".join([shown, *map(str.encode, (*files, program))])).hexdigest()[:16]
    plan = json.dumps({"version": version, "page": page, "files": files})
    return HttpResponse(
        f"self.plan = {plan};\nimportScripts({json.dumps(program)});\n", content_type="text/javascript; charset=utf-8"
    )


def _nobody(request: HttpRequest) -> HttpRequest:
    """The request without who sent it: signing in must not make another version."""
    nobody = copy.copy(request)
    nobody.COOKIES = {}
    return nobody


@require_safe
@public_page
def manifest(request: HttpRequest) -> HttpResponse:
    """What a telephone needs to install the page as an app."""
    page = reverse("certificates:check")
    return JsonResponse(
        {
            "id": page,
            "name": _("Check school certificates"),
            "short_name": _("Certificates"),
            "description": settings.AUSTAUSCH_NAME,
            "lang": get_language(),
            "start_url": page,
            "scope": page,
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#ffffff",
            "icons": [{"src": static("core/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
        },
        content_type="application/manifest+json",
    )
