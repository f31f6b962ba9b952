"""Styles and scripts of the directory's pages, served below the directory's own address.

As files of the portal they would be kept by the browser's cache and written into the log of a server in front, and
their names tell which page somebody saw. Below `/beratung` they are as discreet as the pages; see core/discretion.py.
"""

from __future__ import annotations

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_ROOMS = Path(__file__).resolve().parent.parent
# Name in the address → file.
FILES = {
    "seite.css": _ROOMS / "counselling/static/counselling/counselling.css",
    "sprachen.css": _ROOMS / "languages/static/languages/languages.css",
    "karte.css": _ROOMS / "places/static/places/map.css",
    "liste.css": _ROOMS / "counselling/static/counselling/embedded.css",
    "weg.js": _ROOMS / "counselling/static/counselling/exit.js",
    "naehe.js": _ROOMS / "counselling/static/counselling/near.js",
}
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


@require_safe
def part(request: HttpRequest, name: str) -> HttpResponse:
    file = FILES.get(name)
    if file is None:
        raise Http404
    return HttpResponse(file.read_bytes(), content_type=_TYPES[file.suffix])
