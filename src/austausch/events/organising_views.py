"""The organisers' side at /netz/termine/: writing events, publishing, cancelling, and who comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.log_actions import log

from austausch.catalogue.documents import DocumentError
from austausch.core.network import members_only
from austausch.core.policy import Action, policy
from austausch.events import actions, attaching, participants, registering
from austausch.events.errors import EventError
from austausch.events.forms import AgendaSet, CancelForm, DocumentSet, EventForm, UploadForm
from austausch.events.models import AgendaItem, Event, EventDocument, Registration
from austausch.events.queries import RegistrationQuerySet
from austausch.people.models import User

PER_PAGE = 30


@require_safe
@members_only
def own_events(request: HttpRequest) -> HttpResponse:
    """What this user may edit: drafts and what is to come first."""
    rows = policy.which(request.user, Action.EDIT, Event.objects.for_showing().with_numbers()).order_by(
        "-ends_on", "-pk"
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("seite"))
    may_write = policy.may(request.user, Action.CREATE, Event)
    return render(request, "events/organising/list.html", {"page": page, "may_write": may_write})


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def new(request: HttpRequest) -> HttpResponse:
    policy.require(request.user, Action.CREATE, Event)
    return _edit(request, Event())


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, _own(request, pk, Action.EDIT))


@require_safe
@members_only
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be done with it now, and for those who may see them: who comes."""
    found = _own(request, pk, Action.EDIT)
    sees = actions.may_see_participants(found, request.user)
    rows = policy.which(request.user, Action.VIEW, found.registrations.all()) if sees else Registration.objects.none()
    people = cast(RegistrationQuerySet, rows)
    context = {
        "event": found,
        "sees_participants": sees,
        "coming": people.coming().order_by("name", "pk"),
        "waiting": people.waiting(),
        "unconfirmed": people.filter(state=Registration.State.UNCONFIRMED).count(),
        "may_publish": policy.may(request.user, Action.PUBLISH, found),
        "may_delete": policy.may(request.user, Action.DELETE, found),
        "documents": found.documents.select_related("document"),
        "cancel_form": CancelForm(),
    }
    return render(request, "events/organising/event.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """A file for the event: before it, or as a result."""
    found = _own(request, pk, Action.EDIT)
    form = UploadForm(request.POST or None, request.FILES or None, initial={"is_result": found.is_over()})
    if request.method == "POST" and form.is_valid():
        try:
            attaching.attach(found, cast(User, request.user), form.upload())
        except DocumentError as problem:
            form.add_error("file", str(problem))
        except EventError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The document is with the event."))
            return redirect("events:own_event", found.pk)
    return render(request, "events/organising/upload.html", {"event": found, "form": form})


@require_POST
@members_only
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    found, user = _own(request, pk, Action.PUBLISH), cast(User, request.user)
    return _clicked(request, found, lambda: actions.publish(found, user), _("The event is published."))


@require_POST
@members_only
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    found, user = _own(request, pk, Action.PUBLISH), cast(User, request.user)
    form = CancelForm(request.POST)
    because = form.cleaned_data["because"] if form.is_valid() else ""
    done = _("The event is cancelled. Those who had registered get a mail.")
    return _clicked(request, found, lambda: actions.cancel(found, user, because=because), done)


@require_POST
@members_only
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own(request, pk, Action.DELETE)
    actions.delete(found, cast(User, request.user))
    messages.success(request, _("The draft is deleted."))
    return redirect("events:own_events")


@require_safe
@members_only
def export(request: HttpRequest, pk: int, format: str) -> HttpResponse:  # noqa: A002 - the word in the address
    found = _own(request, pk, Action.EDIT)
    if not actions.may_see_participants(found, request.user):
        raise PermissionDenied("Participants are for the organiser's publishers.")
    make = {"csv": participants.as_csv, "xlsx": participants.as_xlsx}.get(format)
    if make is None:
        raise Http404
    people = policy.which(request.user, Action.VIEW, found.registrations.confirmed())
    response = make(people)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.slug}-teilnehmende.{format}"'
    log(instance=found, action="austausch.event_participants_exported", user=cast(User, request.user))
    return response


@require_POST
@members_only
def remove(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = _own(request, pk, Action.EDIT)
    rows = policy.which(request.user, Action.DELETE, Registration.objects.select_related("event"))
    registration = get_object_or_404(rows, pk=number, event=found)
    registering.remove(registration, cast(User, request.user))
    messages.success(request, _("Taken off the list. The person gets a mail, and whoever waits longest moves up."))
    return redirect("events:own_event", found.pk)


def _own(request: HttpRequest, pk: int, action: Action) -> Event:
    """404 for events of others, 403 for what this role may not do with one's own."""
    rows = policy.which(request.user, Action.EDIT, Event.objects.for_showing())
    found = get_object_or_404(rows, pk=pk)
    policy.require(request.user, action, found)
    return found


def _edit(request: HttpRequest, event: Event) -> HttpResponse:
    user = cast(User, request.user)
    data = request.POST if request.method == "POST" else None
    agenda = AgendaSet(data, queryset=_rows(AgendaItem, event), prefix="agenda")
    documents = DocumentSet(data, queryset=_rows(EventDocument, event), prefix="documents", form_kwargs={"user": user})
    form = EventForm(data, instance=event, user=user)
    if data is not None and all([form.is_valid(), agenda.is_valid(), documents.is_valid()]):
        try:
            kept = _keep(form, agenda, documents, user)
        except ValidationError as error:
            form.add_error(None, error.messages)
        except EventError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Saved."))
            return redirect("events:own_event", kept.pk)
    context = {"form": form, "agenda": agenda, "documents": documents, "event": event if event.pk else None}
    return render(request, "events/organising/edit.html", context)


def _keep(form: EventForm, agenda: Any, documents: Any, user: User) -> Event:
    parts = actions.Parts(
        new_series=" ".join(form.cleaned_data["new_series"].split()),
        topics=list(form.cleaned_data["topics"]),
        agenda=[one.instance for one in _filled(agenda)],
        documents=[one.instance for one in _filled(documents)],
    )
    act = actions.change if form.instance.pk else actions.create
    return act(form.instance, user, parts)


def _filled(forms: Any) -> list[Any]:
    return [one for one in forms.forms if one.has_changed() or one.instance.pk if not one.cleaned_data.get("DELETE")]


def _rows(model: Any, event: Event) -> Any:
    return model.objects.filter(event=event) if event.pk else model.objects.none()


def _clicked(request: HttpRequest, event: Event, action: Callable[[], None], done: str) -> HttpResponse:
    try:
        action()
    except EventError as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("events:own_event", event.pk)
