"""What the shell of every page needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from austausch.core import demonstration
from austausch.core.discretion import is_discreet

# (label, name of the address)
NAVIGATION = (
    (_("Measures"), "search:list"),
    (_("Documents"), "catalogue:documents"),
    (_("Counselling"), "counselling:directory"),
    (_("Events"), "events:list"),
    (_("Figures"), "figures:list"),
    (_("Interface (API)"), "api_docs"),
)
# Editorial pages whose addresses are fixed, because letters and laws point at them: (label, German, English).
LEGAL = (
    (_("Imprint"), "/impressum/", "/en/imprint/"),
    (_("Privacy"), "/datenschutz/", "/en/privacy/"),
    (_("Accessibility"), "/barrierefreiheit/", "/en/accessibility/"),
    (_("Netiquette"), "/netiquette/", "/en/netiquette/"),
)


@dataclass(frozen=True)
class Link:
    """A link of the shell; `current` is "page", "true" (somewhere below it) or ""."""

    label: str
    url: str
    current: str = ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Looks at the session cookie, not at the user: reading the user would make every page personal.

    A view whose page has another path in the other language gives its own `alternates` (language → path); without
    them the same path is taken, below /en/ for English.
    """
    signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
    return {
        "portal_name": settings.AUSTAUSCH_NAME,
        "signed_in": signed_in,
        "messages_waiting": signed_in or "messages" in request.COOKIES,
        "is_discreet": is_discreet(request.path_info),
        "is_home": request.path in {"/", "/en/"},
        "navigation": navigation(request.path),
        "legal_links": legal_links(request.path),
        "alternates": alternates(request.path),
        "is_demonstration": demonstration.is_on(),
    }


def navigation(path: str) -> list[Link]:
    """The main navigation."""
    addresses = [(label, reverse(name)) for label, name in NAVIGATION]
    return [Link(str(label), url, _current(url, path)) for label, url in addresses]


def legal_links(path: str) -> list[Link]:
    english = get_language() == "en"
    return [
        Link(str(label), url, _current(url, path))
        for label, url in ((label, english_url if english else german) for label, german, english_url in LEGAL)
    ]


def alternates(path: str) -> dict[str, str]:
    """The same page in each language: German at the root, English below /en/."""
    bare = path.removeprefix("/en") if path == "/en" or path.startswith("/en/") else path
    bare = bare or "/"
    return {"de": bare, "en": f"/en{bare}"}


def _current(url: str, path: str) -> str:
    if path == url:
        return "page"
    return "true" if path.startswith(url) else ""
