"""Public pages of events: list, one event, calendars, feed, and the timeline of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from austausch.catalogue.exports.about import About, printable, stable_id
from austausch.catalogue.models import Document
from austausch.core.page_cache import mark_public, public_page
from austausch.core.policy import Action, policy
from austausch.events import display
from austausch.events.calendar import calendar_response
from austausch.events.listing import MOST, Asked, Listing, announced
from austausch.events.models import Event, Series
from austausch.events.timeline import Timeline

if TYPE_CHECKING:
    from austausch.core.policy import Actor

# Feed readers want the news.
FEED = 50


@require_safe
@public_page
def events(request: HttpRequest) -> HttpResponse:
    """`?art=&format=&thema=&veranstalter=&reihe=&zeit=kommend|vergangen&seite=`: the next one first, then the past."""
    given = request.GET.get("seite", "1")
    page = int(given) if given.isascii() and given.isdigit() and len(given) < 7 else 1
    listing = Listing(Asked.of(request.GET), page)
    return render(request, "events/list.html", {"listing": listing, "trail": [(_("Events"), "")]})


@require_safe
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """Drafts are shown to members of the organiser, and that page is kept nowhere."""
    public = announced().for_showing().filter(slug=slug).first()
    if public is not None:
        # Looked at as a visitor: the page is the same for all.
        return mark_public(render(request, "events/event.html", _context(public, AnonymousUser())))
    rows = policy.which(request.user, Action.VIEW, Event.objects.for_showing())
    draft = get_object_or_404(rows, slug=slug)
    return render(request, "events/event.html", _context(draft, request.user))


@require_safe
@public_page
def event_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(announced().for_showing(), slug=slug)
    about = About.of(request, title=found.title, name=found.slug, path=found.get_absolute_url())
    return calendar_response([found], about)


@require_safe
@public_page
def calendar(request: HttpRequest) -> HttpResponse:
    """The list for calendars that subscribe: the same filters, what is to come and the latest past."""
    asked = Asked.of(request.GET)
    rows = asked.select(announced()).order_by("-ends_on", "-pk").for_showing()[:MOST]
    about = About.of(request, title=_calendar_title(), name="termine", path=reverse("events:list"))
    return calendar_response(rows, about)


@require_safe
@public_page
def feed(request: HttpRequest) -> HttpResponse:
    """What was announced last (Atom)."""
    about = About.of(request, title=_calendar_title(), name="termine", path=reverse("events:list"))
    made = Atom1Feed(
        title=printable(about.title),
        link=about.address,
        description=None,
        language=about.language,
        author_name=printable(settings.AUSTAUSCH_NAME),
        feed_url=about.own_address,
        feed_guid=stable_id("feed", "events").urn,
    )
    rows = Asked.of(request.GET).select(announced()).for_showing().order_by("-published_at", "-pk")
    for found in rows[:FEED]:
        summary = " – ".join(part for part in (display.when_text(found), display.where_text(found)) if part)
        title = _("Cancelled: %(title)s") % {"title": found.title} if found.is_cancelled else found.title
        made.add_item(
            title=printable(title),
            link=about.absolute(found.get_absolute_url()),
            description=printable(summary),
            unique_id=stable_id("event", found.slug).urn,
            pubdate=found.published_at,
            updateddate=found.changed_at,
            author_name=printable(found.organiser.name),
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@require_safe
@public_page
def actions(request: HttpRequest) -> HttpResponse:
    trail = [(_("Events"), reverse("events:list")), (_("Joint actions"), "")]
    return render(request, "events/actions.html", {"timeline": Timeline(), "trail": trail})


@require_safe
@public_page
def series(request: HttpRequest, slug: str) -> HttpResponse:
    """All events of a series: what is to come, then the past. A series of drafts is not known to anybody."""
    rows = announced().filter(series__slug=slug).for_showing()
    found = get_object_or_404(Series.objects.filter(pk__in=announced().values("series")), slug=slug)
    context = {
        "series": found,
        "upcoming": rows.upcoming()[:MOST],
        "past": rows.past()[:MOST],
        "trail": [(_("Events"), reverse("events:list")), (found.title, "")],
    }
    return render(request, "events/series.html", context)


def _context(found: Event, user: Actor) -> dict[str, object]:
    # The page is kept for all visitors, so it says only what does not change without an edit: whether there are
    # places left is said where one registers.
    allowed = policy.which(user, Action.VIEW, Document.objects.prefetch_related("versions"))
    shown = {document.pk: document for document in allowed.filter(event_uses__event=found)}
    uses = [use for use in found.documents.all() if use.document_id in shown]
    return {
        "event": found,
        "when": display.when_text(found),
        "where": display.where_text(found),
        "kind": display.kind_and_format(found),
        "agenda": found.agenda.all(),
        "documents": [shown[use.document_id] for use in uses if not use.is_result],
        "result_documents": [shown[use.document_id] for use in uses if use.is_result],
        "registers": found.takes_registrations(),
        "trail": [(_("Events"), reverse("events:list")), (found.title, "")],
    }


def _calendar_title() -> str:
    return _("%(portal)s: events") % {"portal": settings.AUSTAUSCH_NAME}
