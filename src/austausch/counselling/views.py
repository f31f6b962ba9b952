"""The directory's pages. None looks at who asks, and none is kept anywhere: see core/discretion.py."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from austausch.catalogue.exports.limits import COSTLY
from austausch.core.rate_limit import too_often
from austausch.core.security_headers import PERMISSIONS_POLICY
from austausch.counselling import display, exports
from austausch.counselling.finding import Query, Search, hours_of
from austausch.counselling.listing import Listing
from austausch.counselling.models import Office
from austausch.counselling.queries import OfficeQuerySet, public_offices
from austausch.languages.reading import reading

# More than these do not help anybody choose, and a phone has to sort them.
MOST_POSITIONS = 5000
MOST_EMBEDDED = 200


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """`?ort=&thema=&sprache=&offen=1&online=1&seite=2&ansicht=karte`: offices, nearest first where a place is given."""
    search = Search(Query.from_params(request.GET))
    listing = Listing(search, _number(request), on_map=request.GET.get("ansicht") == "karte")
    response = _page(request, "counselling/directory.html", {"listing": listing, "trail": [(_("Counselling"), "")]})
    # Asked for on this page only, and by the browser only after a click.
    response.headers["Permissions-Policy"] = PERMISSIONS_POLICY.replace("geolocation=()", "geolocation=(self)")
    return response


@require_safe
def office(request: HttpRequest, slug: str) -> HttpResponse:
    found = _office(slug)
    read, now = reading(found, request), timezone.now()
    state, facts = hours_of(found).at(now), display.facts(found, read)
    page = _page(
        request,
        "counselling/office.html",
        {
            "office": found,
            "reading": read,
            "facts": [fact for fact in facts if fact.known],
            "missing": display.missing(found, facts),
            "week": display.week(found),
            "open_text": display.open_text(state, now),
            "open_kind": display.open_kind(state),
            "warnings": display.warnings(found),
            "trail": [
                (_("Counselling"), reverse("counselling:directory")),
                (_("Counselling office") if found.is_discreet else found.name, ""),
            ],
        },
    )
    return _kept_nowhere(page, found)


@require_safe
def office_file(request: HttpRequest, slug: str, format: str) -> HttpResponse:  # noqa: A002
    """One office as a card for address books (vcf) or as data (json)."""
    found = _office(slug)
    if format == "vcf":
        return _kept_nowhere(exports.vcard_response(found), found)
    if format == "json":
        return _kept_nowhere(exports.json_response([found], request, name=found.slug, single=True), found)
    raise Http404


@require_safe
def file(request: HttpRequest, format: str) -> HttpResponse:  # noqa: A002
    """What the list shows, all of it, as pdf, csv or json."""
    make = exports.LISTS.get(format)
    if make is None:
        raise Http404
    if format == "pdf" and not (verdict := COSTLY.take(request)).allowed:
        return too_often(request, verdict)
    search = Search(Query.from_params(request.GET))
    return make(search, request)


@require_safe
def positions(request: HttpRequest) -> HttpResponse:
    """Positions of all that fits, for the script that sorts by nearness: the visitor's own never leaves the browser."""
    search = Search(Query.from_params(request.GET))
    rows = search.rows.with_position().select_related("place").order_by("pk")[:MOST_POSITIONS]
    return JsonResponse(
        {
            "offices": [
                {
                    "name": row.name,
                    "address": row.get_absolute_url(),
                    "place": row.place.name if row.place else "",
                    "latitude": row.latitude,
                    "longitude": row.longitude,
                    "precision": row.precision,
                }
                for row in rows
            ]
        }
    )


@require_safe
@xframe_options_exempt
@csp_update({"frame-ancestors": ["*"]})
def embedded(request: HttpRequest) -> HttpResponse:
    """A plain list of links for other portals, to be put into a frame or copied; no scripts."""
    search = Search(Query.from_params(request.GET))
    context = {"found": search.part(0, MOST_EMBEDDED), "search": search, "portal": settings.AUSTAUSCH_NAME}
    response = render(request, "counselling/embedded.html", context)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """What this portal hides, and what nobody but the visitor can."""
    trail = [(_("Counselling"), reverse("counselling:directory")), (_("Looking without leaving traces"), "")]
    return _page(request, "counselling/safety.html", {"trail": trail})


def _kept_nowhere(response: HttpResponse, found: Office) -> HttpResponse:
    """No search engine shows in plain words what the title does not say; see decision 0190."""
    if found.is_discreet:
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Without messages: showing them would set a cookie."""
    own = {"messages_waiting": False, "exit_url": settings.AUSTAUSCH_QUICK_EXIT_URL}
    return render(request, template, {**own, **context})


def _office(slug: str) -> Office:
    rows: OfficeQuerySet = public_offices().with_parts()
    found = rows.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def _number(request: HttpRequest) -> int:
    given = request.GET.get("seite", "1")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1
