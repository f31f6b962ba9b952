"""Saying that an entry is still right: one click, for those who keep it, without the editors' side."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from austausch.catalogue import actions, reviews
from austausch.catalogue.models import Entry
from austausch.core import network
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.people.models import User

PER_PAGE = 25
ON_HOME = 5


@require_safe
@network.members_only
def checks(request: HttpRequest) -> HttpResponse:
    """The entries that are due and that this person may confirm, longest waiting first."""
    due = reviews.due_for(request.user).select_related("lead")
    page = Paginator(due, PER_PAGE).get_page(request.GET.get("seite"))
    return render(request, "catalogue/network/checks.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@network.members_only
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Shows what an entry says in short and asks whether it is still right. The mail leads here."""
    # The same answer for "does not exist" and "not yours".
    entry = get_object_or_404(policy.which(request.user, Action.EDIT, Entry.objects.published()), slug=slug)
    if request.method != "POST":
        return render(request, "catalogue/network/check.html", {"entry": entry})
    try:
        actions.confirm_checked(entry, cast("User", request.user))
    except actions.RefusedError as error:
        messages.error(request, _("“%(entry)s”: %(why)s") % {"entry": entry, "why": error})
        return redirect("catalogue:check", entry.slug)
    messages.success(request, _("“%(entry)s” was checked today.") % {"entry": entry})
    return redirect("catalogue:checks")


@network.section(order=20)
def due(request: HttpRequest) -> network.Section | None:
    entries = reviews.due_for(request.user)
    first = list(entries[:ON_HOME])
    if not first:
        return None
    return network.Section("catalogue/network/_due.html", {"entries": first, "number": entries.count()})
