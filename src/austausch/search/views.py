"""The list of entries: searched, filtered, as a list or on the map."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from austausch.core.page_cache import leave_note, public_page
from austausch.core.rate_limit import Limit, too_often
from austausch.search.asking import Query
from austausch.search.exports import CHOSEN, NOTHING_CHOSEN
from austausch.search.finding import Hits
from austausch.search.listing import RESULTS, Listing
from austausch.search.searches import Asked
from austausch.search.suggesting import suggest

# For each address, and a whole town hall may have one; what the page cache has does not count.
TYPING = Limit("suggestions", amount=900)


@require_safe
@public_page
def entries(request: HttpRequest) -> HttpResponse:
    """The whole page, or for htmx only the filters and results.

    Everybody sees the same here: what is listed and may be seen. Drafts of one's own stand in the editors' area.
    """
    hits = Hits(Query.from_params(request.GET), request.user)
    page = _page_number(request)
    result = hits.result(page or 1)
    # Whoever may enter the editors' side; for everybody else the parameter means nothing.
    for_editor = request.user.has_perm("wagtailadmin.access_admin")
    listing = Listing(
        hits=hits,
        result=result,
        path=request.path,
        on_map=request.GET.get("ansicht") == "karte",
        user=request.user,
        for_editor=for_editor,
        explained=for_editor and request.GET.get("explain") == "1",
        nothing_chosen=request.GET.get(CHOSEN) == NOTHING_CHOSEN,
    )
    if page != result.page:
        # A page that does not exist, or no longer: the nearest one, under its own address.
        return redirect(listing.address)
    partial = request.headers.get("HX-Target") == RESULTS
    response = render(request, "search/_found.html" if partial else "search/list.html", {"listing": listing})
    if partial:
        response.headers["HX-Push-Url"] = listing.address
    if _counts(listing) and not request.user.is_authenticated:
        # Something is always nearest in meaning, or holds the letters: what no word found is still what editors have to
        # hear of.
        leave_note(response, Asked(listing.query.text, 0 if hits.missed else result.total))
    return response


@require_safe
@public_page
def suggestions(request: HttpRequest) -> HttpResponse:
    """What the search field suggests for what has been typed so far, for the script that shows it."""
    verdict = TYPING.take(request)
    if not verdict.allowed:
        return too_often(request, verdict)
    kinds = {"measure": _("Measure"), "topic": _("Topic"), "body": _("Responsible body"), "place": _("Place")}
    kinds |= {"word": "", "popular": _("often searched for")}
    found = [
        {"kind": one.kind, "label": one.label, "address": one.address, "hint": kinds[one.kind]}
        for one in suggest(request.GET.get("q", ""), request.user)
    ]
    texts = {
        "list": _("Suggestions"),
        "none": _("No suggestions"),
        "one": _("1 suggestion"),
        # Translators: {number} stays as it is; the script fills it in.
        "many": _("{number} suggestions, choose with the arrow keys"),
        "recent": _("searched for in this tab"),
        "clear": _("Clear recent searches"),
    }
    response = JsonResponse({"suggestions": found, "texts": texts})
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _counts(listing: Listing) -> bool:
    """Words alone: each filter and each page more would count the same search again, with other hits."""
    text = listing.query.text
    return bool(text) and listing.params == Query(text).params() and listing.result.page == 1 and not listing.on_map


def _page_number(request: HttpRequest) -> int | None:
    """The page asked for, 1 if none; None for something that is no page number."""
    given = request.GET.get("seite", "1")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 7 else None
