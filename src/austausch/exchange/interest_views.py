"""Pages about interest in an exchange."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.catalogue.models import Entry
from austausch.core.network import members_only
from austausch.core.policy import Action, policy
from austausch.exchange import interest_actions
from austausch.exchange.acting import clicked, status, submitted
from austausch.exchange.forms import OrganisationForm
from austausch.exchange.models import Interest
from austausch.people.models import Membership, User
from austausch.people.policy import organisations_of

State = Interest.State
# As many as a page shows of what is over.
MOST_PAST = 30


@require_safe
@members_only
def interests(request: HttpRequest) -> HttpResponse:
    """What one was asked, whom one is in touch with, what one has asked."""
    user = request.user
    rows = Interest.objects.with_parties()
    visible = policy.which(user, Action.VIEW, rows)
    context = {
        "asked": policy.which(user, Action.EDIT, visible),
        "contacts": visible.filter(state=State.ACCEPTED),
        "pending": policy.which(user, Action.VIEW, rows.undecided().filter(from_user=user.pk)),
        "past": visible.filter(from_user=user.pk, state__in=[State.ENDED, State.WITHDRAWN])[:MOST_PAST],
    }
    return render(request, "exchange/interests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def express(request: HttpRequest, slug: str) -> HttpResponse:
    """One click; only who belongs to several organisations is asked for which."""
    rows = policy.which(request.user, Action.VIEW, Entry.objects.select_related("lead"))
    entry, user = get_object_or_404(rows, slug=slug), cast(User, request.user)
    own = organisations_of(user, Membership.Role.READER)
    if not own:
        raise PermissionDenied("Interest is that of an organisation in which one has a role.")
    data = request.POST.copy()
    if len(own) == 1:
        data["organisation"] = str(own[0])
    # Without a choice in it, the click on the entry's page only opens the question.
    answered = request.method == "POST" and "organisation" in data
    form = OrganisationForm(data if answered else None, user=user)
    if answered and submitted(request, form, lambda data: interest_actions.express(entry, user, **data)):
        told = _("The other office was asked. You get a mail when it accepts, or when no contact came about.")
        messages.success(request, told)
        return redirect("exchange:entry", entry.slug)
    return render(request, "exchange/interest_new.html", {"form": form, "entry": entry}, status=status(form))


@require_POST
@members_only
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, interest_actions.accept, gettext_lazy("You are in touch now: see below."))


@require_POST
@members_only
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, interest_actions.decline, gettext_lazy("Declined. Nobody learns that it was you."))


@require_POST
@members_only
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    done = gettext_lazy("Withdrawn. Neither sees any longer who the other is.")
    return _decide(request, pk, interest_actions.withdraw, done)


def _decide(
    request: HttpRequest, pk: int, action: Callable[[Interest, User], None], done: str | Promise
) -> HttpResponse:
    rows = policy.which(request.user, Action.VIEW, Interest.objects.all())
    found, user = get_object_or_404(rows, pk=pk), cast(User, request.user)
    clicked(request, lambda: action(found, user), done)
    return redirect("exchange:interests")
