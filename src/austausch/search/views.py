"""The list of entries: searched, filtered, as a list or on the map."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from austausch.core.page_cache import leave_note, public_page
from austausch.search.finding import Hits, Query
from austausch.search.listing import RESULTS, Listing
from austausch.search.searches import Asked


@require_safe
@public_page
def entries(request: HttpRequest) -> HttpResponse:
    """The whole page, or for htmx only the filters and results.

    Everybody sees the same here: what is listed and may be seen. Drafts of one's own stand in the editors' area.
    """
    hits = Hits(Query.from_params(request.GET), request.user)
    page = _page_number(request)
    result = hits.result(page or 1)
    listing = Listing(hits=hits, result=result, path=request.path, on_map=request.GET.get("ansicht") == "karte")
    if page != result.page:
        # A page that does not exist, or no longer: the nearest one, under its own address.
        return redirect(listing.address)
    partial = request.headers.get("HX-Target") == RESULTS
    response = render(request, "search/_found.html" if partial else "search/list.html", {"listing": listing})
    if partial:
        response.headers["HX-Push-Url"] = listing.address
    if _counts(listing) and not request.user.is_authenticated:
        leave_note(response, Asked(listing.query.text, result.total))
    return response


def _counts(listing: Listing) -> bool:
    """Words alone: each filter and each page more would count the same search again, with other hits."""
    text = listing.query.text
    return bool(text) and listing.params == Query(text).params() and listing.result.page == 1 and not listing.on_map


def _page_number(request: HttpRequest) -> int | None:
    """The page asked for, 1 if none; None for something that is no page number."""
    given = request.GET.get("seite", "1")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 7 else None
