"""Registering, and the page behind the link in the mail. Neither is kept anywhere; both work without scripts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from austausch.core.rate_limit import Limit
from austausch.events import display, registering
from austausch.events.errors import EventError
from austausch.events.forms import RegistrationForm
from austausch.events.links import read_token
from austausch.events.listing import announced
from austausch.events.models import Event, Registration

# A whole town hall may have one address.
LIMIT = Limit("event-registration", amount=20, seconds=600)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    event = get_object_or_404(announced().for_showing(), slug=slug)
    form = RegistrationForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and event.takes_registrations() and form.is_valid():
        verdict = LIMIT.take(request)
        if verdict.allowed:
            try:
                registering.register(event, **_asked(form))
            except EventError as error:
                form.add_error(None, str(error))
            else:
                return redirect("events:registered", event.slug)
        else:
            minutes = {"minutes": verdict.seconds // 60 + 1}
            form.add_error(None, _("Too many registrations came from your connection. Please try again in %(minutes)s minutes.") % minutes)  # noqa: E501  # fmt: skip
            status = 429
    context = {**_context(event), "form": form, "open": event.takes_registrations()}
    context["full"] = not registering.has_room(event)
    return render(request, "events/register.html", context, status=status)


@never_cache
@require_safe
def registered(request: HttpRequest, slug: str) -> HttpResponse:
    """Says the same to everybody, so it tells nobody who is registered."""
    event = get_object_or_404(announced().for_showing(), slug=slug)
    return render(request, "events/registered.html", _context(event))


# The token is proof enough, and whoever follows it from a mail program may have no cookie.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, because mail scanners follow links; POST confirms or cancels."""
    registration = read_token(token)
    if registration is None:
        if request.GET.get("stand") == "abgemeldet":
            return _gone(request, status=200)
        return _gone(request, status=404)
    error = ""
    if request.method == "POST":
        if request.POST.get("was") == "abmelden":
            registering.cancel(registration)
            return redirect(f"{request.path}?stand=abgemeldet")
        try:
            registering.confirm(registration)
            return redirect(request.path)
        except Registration.DoesNotExist as gone:
            raise Http404 from gone
        except EventError as problem:
            error = str(problem)
    context = {
        **_context(registration.event),
        "registration": registration,
        "state": registration.state,
        "error": error,
        "place_in_line": _place_in_line(registration),
    }
    response = render(request, "events/own.html", context)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _gone(request: HttpRequest, *, status: int) -> HttpResponse:
    """Cancelled, never confirmed in time, or long over: it is deleted, and nobody can say which of these it was."""
    return render(request, "events/own_gone.html", {"cancelled": status == 200}, status=status)


def _place_in_line(registration: Registration) -> int | None:
    if registration.state != Registration.State.WAITING:
        return None
    rows = Registration.objects.filter(event=registration.event_id).waiting()
    return list(rows.values_list("pk", flat=True)).index(registration.pk) + 1


def _asked(form: RegistrationForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("name", "organisation", "email")}


def _context(event: Event) -> dict[str, object]:
    trail = [(_("Events"), reverse("events:list")), (event.title, event.get_absolute_url()), (_("Registration"), "")]
    when, where = display.when_text(event), display.where_text(event)
    return {"event": event, "when": when, "where": where, "trail": trail}
