"""Pages of proposals, for people who are signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.catalogue.actions import RefusedError
from austausch.catalogue.models import Entry, Proposal, ProposedChange
from austausch.catalogue.proposals import actions
from austausch.catalogue.proposals.forms import ProposalForm, may_propose_for
from austausch.catalogue.proposals.queries import to_decide
from austausch.catalogue.proposals.showing import comparisons
from austausch.core.network import members_only
from austausch.core.policy import Action, policy
from austausch.people.models import User

PER_PAGE = 25
MOST_TO_DECIDE = 50


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """The entry as a form: what is changed in it is proposed."""
    user = cast(User, request.user)
    rows = policy.which(user, Action.VIEW, Entry.objects.published().with_parts())
    entry = get_object_or_404(rows, slug=slug)
    if not may_propose_for(user).exists():
        raise PermissionDenied("A proposal is that of an organisation in which one has a role.")
    form = ProposalForm(request.POST or None, entry=entry, user=user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.propose(
                entry, user, organisation=data["organisation"], wanted=form.wanted, reason=data["reason"]
            )
        except actions.ProposalError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Proposed. You get a mail once it is decided."))
            return redirect(made)
    return render(request, "catalogue/proposals/new.html", {"entry": entry, "form": form})


@members_only
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """What waits for the user's decision, and what they have proposed."""
    user = cast(User, request.user)
    own = policy.which(user, Action.VIEW, Proposal.objects.filter(author=user.pk).select_related("entry"))
    page = Paginator(own.prefetch_related("changes"), PER_PAGE).get_page(request.GET.get("seite"))
    waiting = to_decide(user)[: MOST_TO_DECIDE + 1]
    context = {"page": page, "waiting": waiting[:MOST_TO_DECIDE], "more": len(waiting) > MOST_TO_DECIDE}
    return render(request, "catalogue/proposals/list.html", context)


@members_only
@require_safe
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: field by field what the entry says and what is proposed."""
    found = _visible(request, pk)
    decides = policy.may(request.user, Action.EDIT, found)
    context = {
        "proposal": found,
        "comparisons": list(comparisons(found, drafts=decides)),
        "decides": decides,
        "may_withdraw": policy.may(request.user, Action.DELETE, found),
    }
    return render(request, "catalogue/proposals/proposal.html", context)


@members_only
@require_POST
def decide(request: HttpRequest, pk: int, change: int) -> HttpResponse:
    """Accepts or declines one field."""

    def act(row: ProposedChange, user: User) -> None:
        if request.POST.get("choice") == ProposedChange.State.ACCEPTED:
            actions.accept(row, user, seen=request.POST.get("seen", ""))
        else:
            actions.decline(row, user, request.POST.get("reason", ""))

    return _act(request, pk, change, act, gettext_lazy("Decided. You can take it back below."))


@members_only
@require_POST
def reopen(request: HttpRequest, pk: int, change: int) -> HttpResponse:
    return _act(request, pk, change, actions.reopen, gettext_lazy("Taken back."))


@members_only
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    policy.require(request.user, Action.DELETE, found)
    actions.withdraw(found, cast(User, request.user))
    messages.success(request, _("Withdrawn."))
    return redirect("catalogue:proposals")


def _act(
    request: HttpRequest, pk: int, change: int, action: Callable[[ProposedChange, User], Any], done: str | Promise
) -> HttpResponse:
    found = _visible(request, pk)
    policy.require(request.user, Action.EDIT, found)
    try:
        action(get_object_or_404(found.changes, pk=change), cast(User, request.user))
    except RefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(done))
    return redirect(found)


def _visible(request: HttpRequest, pk: int) -> Proposal:
    rows = Proposal.objects.select_related("entry__lead", "organisation", "author")
    found: Proposal = get_object_or_404(policy.which(request.user, Action.VIEW, rows), pk=pk)
    return found
