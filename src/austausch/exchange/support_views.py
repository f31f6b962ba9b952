"""Pages about requests for support."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.core.network import members_only
from austausch.core.policy import Action, is_portal_team, policy
from austausch.exchange import support_actions
from austausch.exchange.acting import clicked, status, submitted
from austausch.exchange.forms import HandleForm, MessageForm, SupportRequestForm
from austausch.exchange.models import SupportMessage, SupportRequest
from austausch.people.models import Membership, User
from austausch.people.policy import organisations_of

PER_PAGE = 30
GET_OR_POST = ["GET", "HEAD", "POST"]
STATES = {
    "offen": SupportRequest.State.OPEN,
    "in-arbeit": SupportRequest.State.IN_WORK,
    "wartet": SupportRequest.State.WAITING,
    "erledigt": SupportRequest.State.SETTLED,
}


@require_safe
@members_only
def requests(request: HttpRequest) -> HttpResponse:
    """One's own requests."""
    own = SupportRequest.objects.with_people().filter(asker=request.user.pk)
    page = Paginator(policy.which(request.user, Action.VIEW, own), PER_PAGE).get_page(request.GET.get("seite"))
    context = {
        "page": page,
        "may_ask": _may_ask(request),
        "is_team": is_portal_team(request.user),
    }
    return render(request, "exchange/requests.html", context)


@require_safe
@members_only
def board(request: HttpRequest) -> HttpResponse:
    """`?stand=offen|in-arbeit|wartet|erledigt&meine=1`: all requests, for the portal team. Without: all not settled."""
    if not is_portal_team(request.user):
        raise PermissionDenied("The portal team answers requests.")
    state = request.GET.get("stand", "")
    every = SupportRequest.objects.with_people()
    chosen = every.filter(state=STATES[state]) if state in STATES else every.unsettled()
    rows = policy.which(request.user, Action.PUBLISH, chosen)
    mine = request.GET.get("meine") == "1"
    if mine:
        rows = rows.filter(owner=request.user.pk)
    page = Paginator(rows.order_by("changed_at", "pk"), PER_PAGE).get_page(request.GET.get("seite"))
    choices = [(word, value.label) for word, value in STATES.items()]
    return render(request, "exchange/board.html", {"page": page, "state": state, "mine": mine, "choices": choices})


@require_http_methods(GET_OR_POST)
@members_only
def ask(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if not _may_ask(request):
        raise PermissionDenied("Requests are made for an organisation in which one has a role.")
    form = SupportRequestForm(request.POST or None, user=user)
    made = submitted(request, form, lambda data: support_actions.request_support(user, **data))
    if made:
        messages.success(request, _("Your request has arrived. You get a mail when something happens."))
        return redirect(made)
    return render(request, "exchange/request_new.html", {"form": form}, status=status(form))


@require_http_methods(GET_OR_POST)
@members_only
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A request with its history; below it the asker writes, or the portal team answers."""
    found, user = _request(request, pk), cast(User, request.user)
    asks = found.asker_id == user.pk
    form = MessageForm(request.POST or None) if asks else HandleForm(request.POST or None, request=found)

    def act(data: dict[str, Any]) -> None:
        if asks:
            support_actions.write(found, user, **data)
        else:
            support_actions.handle(found, user, **data)

    if submitted(request, form, act):
        messages.success(request, _("Your message is sent.") if asks else _("The request is changed."))
        return redirect(found)
    history = policy.which(user, Action.VIEW, SupportMessage.objects.filter(request=found)).select_related("author")
    context = {"found": found, "history": history, "form": form, "asks": asks}
    return render(request, "exchange/request.html", context, status=status(form))


@require_POST
@members_only
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    found, user = _request(request, pk), cast(User, request.user)
    clicked(request, lambda: support_actions.settle_own(found, user), _("The request is settled."))
    return redirect(found)


def _request(request: HttpRequest, pk: int) -> SupportRequest:
    return get_object_or_404(policy.which(request.user, Action.VIEW, SupportRequest.objects.with_people()), pk=pk)


def _may_ask(request: HttpRequest) -> bool:
    return bool(organisations_of(request.user, Membership.Role.READER))
