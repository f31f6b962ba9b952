"""The addresses every installation has."""

from __future__ import annotations

import mimetypes

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from austausch.core import readiness

PICTURES = {"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"}


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The process can do its work; otherwise 503 and in a word each what is missing."""
    problems = readiness.problems()
    if problems:
        return HttpResponse(f"not ready: {', '.join(problems)}\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


@require_safe
def picture(request: HttpRequest, name: str) -> FileResponse:
    """A picture as pages show it, from wherever files are kept. Originals, and anything not a picture, stay inside."""
    media_type = mimetypes.guess_type(name)[0]
    # ".." would lead out of the folder again.
    if not name.startswith("images/") or ".." in name.split("/") or media_type not in PICTURES:
        raise Http404
    try:
        file = default_storage.open(name)
    except (OSError, SuspiciousFileOperation) as error:
        raise Http404 from error
    response = FileResponse(file, content_type=media_type)
    # A changed picture has another name.
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
