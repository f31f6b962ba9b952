"""Addresses at which nobody may learn who looked for what: help against violence, trafficking and forced marriage.

Whatever answers below such an address (page, file, API, error, redirect):

- sets no cookie and is kept by no cache, neither the browser's nor ours;
- does not tell the next page where the visitor came from, nor the network which sites the page links to;
- is kept by no search engine (decision 0190);
- leaves neither its path nor its query in a log line (core/logs.py asks here).

By path and not by view, because the answers that views do not make (a wrong address, an error, a redirect to a slash)
would tell just as much.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# German addresses stand at the root, English ones below /en/.
# People also read before they travel whom to call in need.
PREFIXES = ("/beratung", "/vor-der-reise", "/api/v1/offices", "/api/v1/information")
_ADDRESS = re.compile(rf"(?P<known>(?:/en)?(?:{'|'.join(PREFIXES)})(?=[/?.#]|\b)/?)[^\s\"'<>]*")


def is_discreet(path: str) -> bool:
    """Whether this path (without its query) lies below a discreet address."""
    bare = path.removeprefix("/en")
    return any(bare == prefix or bare.startswith((f"{prefix}/", f"{prefix}.")) for prefix in PREFIXES)


def hidden(text: str) -> str:
    """The text with everything that follows a discreet address left out."""
    return _ADDRESS.sub(r"\g<known>…", text)


class Discretion:
    """Middleware, the outermost: nothing inside it can take back what it says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_discreet(request.path_info):
            response.cookies.clear()
            response.headers["Cache-Control"] = "no-store"
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers.setdefault("X-Robots-Tag", "noarchive")
            # Otherwise the network sees the names of the sites that the page links to.
            response.headers["X-DNS-Prefetch-Control"] = "off"
            for name in ("ETag", "Last-Modified", "Expires"):
                response.headers.pop(name, None)
        return response
