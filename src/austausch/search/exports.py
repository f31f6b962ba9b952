"""Every filtered list, and any selection from it, to take along: Atom, CSV, XLSX, JSON, iCalendar, PDF.

The address is the list's, with the format instead of the slash: what `/massnahmen/?thema=wohnen` shows,
`/massnahmen/liste.csv?thema=wohnen` holds. `eintrag=<slug>`, repeated, takes these entries instead; `auswahl` says
that only such were meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from austausch.catalogue import exports
from austausch.catalogue.exports.limits import COSTLY, LIGHT
from austausch.catalogue.models import Entry
from austausch.catalogue.queries import EntryQuerySet
from austausch.core.page_cache import public_page
from austausch.core.policy import Action, policy
from austausch.core.rate_limit import too_often
from austausch.search.asking import Query
from austausch.search.finding import find, matching

if TYPE_CHECKING:
    from austausch.core.policy import Actor

SELECTION = "eintrag"
# What the button for the selection says besides, or none chosen would be the whole list.
CHOSEN = "auswahl"
NOTHING_CHOSEN = "leer"
MOST_DIGITS = 6
# What one may pick by hand; more is a list, and a list has filters.
MOST_SELECTED = 200


@dataclass(frozen=True)
class Format:
    """`make` writes the entries; `most` is how many it takes at once (None: any number)."""

    make: Callable[[EntryQuerySet, exports.About], HttpResponseBase]
    most: int | None = None


FORMATS = {
    "atom": Format(exports.feed_response),
    "csv": Format(exports.csv_response),
    "ics": Format(exports.calendar_response),
    "json": Format(exports.json_response),
    "pdf": Format(exports.pdf_response, exports.PDF_ENTRIES),
    "xlsx": Format(exports.xlsx_response, exports.XLSX_ENTRIES),
}


@require_safe
@public_page
def export(request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002 - the word in the address
    """The list or selection in one format; 400 with what to do where it is too long for that format."""
    if format not in FORMATS:
        raise Http404
    if CHOSEN in request.GET and SELECTION not in request.GET:
        return redirect(_asking_to_choose(request))
    chosen = FORMATS[format]
    verdict = (LIGHT if chosen.most is None else COSTLY).take(request)
    if not verdict.allowed:
        return too_often(request, verdict)
    entries, title, path = _selected(request) if SELECTION in request.GET else _listed(request, format)
    if chosen.most is not None and (count := entries.count()) > chosen.most:
        return _too_many(request, count, chosen.most, path)
    about = exports.About.of(request, title=title, name=_("measures"), path=path)
    response = chosen.make(entries.with_parts(), about)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _listed(request: HttpRequest, format: str) -> tuple[EntryQuerySet, str, str]:  # noqa: A002
    """What the list shows under the same parameters, what to call it, and the list's address."""
    query = Query.from_params(request.GET)
    path = _list_path(query)
    title = _title(query, request.user)
    if format == "atom":
        newest = matching(replace(query, sort="neueste"), request.user)
        return newest[: exports.FEED_ENTRIES], title, path
    entries = matching(query, request.user)
    return entries.dated() if format == "ics" else entries, title, path


def _selected(request: HttpRequest) -> tuple[EntryQuerySet, str, str]:
    """The named entries that the user may see, by title. Unknown names are left out: one may be withdrawn by now."""
    slugs = request.GET.getlist(SELECTION)[:MOST_SELECTED]
    named = Entry.objects.published().filter(slug__in=slugs).order_by("title", "pk")
    visible = cast(EntryQuerySet, policy.which(request.user, Action.VIEW, named))
    return visible, _("Selected measures"), reverse("search:list")


def _asking_to_choose(request: HttpRequest) -> str:
    """The same page of the list, at the place where one chooses what to take along, with the request to do so."""
    page = request.GET.get("seite", "")
    more = {"seite": page} if page.isascii() and page.isdigit() and len(page) <= MOST_DIGITS else {}
    said = urlencode({**more, CHOSEN: NOTHING_CHOSEN})
    params = "&".join(filter(None, (Query.from_params(request.GET).params(), said)))
    return f"{reverse('search:list')}?{params}#mitnehmen"


def _title(query: Query, user: Actor) -> str:
    if not query:
        return _("Measures")
    words = [_("“%(text)s”") % {"text": query.text}] if query.text else []
    words += [option.label for facet in find(query, user, per_page=1).facets for option in facet.chosen]
    return _("Measures: %(filters)s") % {"filters": ", ".join(words)} if words else _("Measures")


def _list_path(query: Query) -> str:
    params = query.params()
    return reverse("search:list") + (f"?{params}" if params else "")


def _too_many(request: HttpRequest, count: int, most: int, path: str) -> HttpResponse:
    context = {"count": count, "most": most, "list_path": path, "parameters": request.GET.urlencode()}
    return render(request, "search/too_many.html", context, status=400)
