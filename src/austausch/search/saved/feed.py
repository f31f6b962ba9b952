"""The feed of a saved search, at a secret address that its owner can end.

The address is made of the search's number, a counter and a signature, so the database holds nothing that opens it. A
feed reader knows it, perhaps one that somebody else runs: so the feed says only what everybody may see.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from austausch.catalogue import exports
from austausch.catalogue.exports.limits import LIGHT
from austausch.catalogue.models import Entry
from austausch.core.rate_limit import too_often
from austausch.search.finding import Hits, matching
from austausch.search.models import SavedSearch
from austausch.search.saved.matching import query_of

if TYPE_CHECKING:
    from austausch.search.asking import Query

# Without the time: the address stays the same as long as it is in use.
SIGNER = signing.Signer(salt="austausch.search.saved.feed")
SECONDS = 900


def address(search: SavedSearch) -> str:
    """The path of its feed; empty while it has none."""
    if not search.feed_on:
        return ""
    return reverse("search:saved_feed", args=[SIGNER.sign_object([search.pk, search.feed_number])])


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """404 for every address that is not in use, whatever the reason."""
    verdict = LIGHT.take(request)
    if not verdict.allowed:
        return too_often(request, verdict)
    search = _search(token)
    query = replace(query_of(search.params), sort="neueste")
    # Named by what it asks, not by what its owner calls it.
    title = _("Saved search")
    path = reverse("search:list") + (f"?{query.params()}" if query.params() else "")
    about = exports.About.of(request, title=title, name=_("measures"), path=path)
    response = exports.feed_response(_entries(query), about)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = f"private, max-age={SECONDS}"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _search(token: str) -> SavedSearch:
    try:
        key, number = SIGNER.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Http404 from error
    search = SavedSearch.objects.kept().filter(pk=key, feed_on=True, feed_number=number, user__is_active=True).first()
    if search is None:
        raise Http404
    return search


def _entries(query: Query) -> list[Entry]:
    visitor = AnonymousUser()
    if Hits(replace(query, text=""), visitor).query.ignored:
        # A topic or body that no longer exists; without it the feed would be full of what nobody asked for.
        return []
    return list(matching(query, visitor)[: exports.FEED_ENTRIES].with_parts())
