"""Pages of merging, for those who may publish both entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.catalogue.adoption.fields import Field
from austausch.catalogue.merging import actions
from austausch.catalogue.merging.fields import FIELDS
from austausch.catalogue.models import Entry, EntryMerger
from austausch.core.network import members_only
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from austausch.people.models import User

PER_PAGE = 25
MOST_FOUND = 20


@dataclass(frozen=True)
class Choice:
    """A field in which the two differ. `usual`, what is chosen unless somebody says otherwise."""

    field: Field
    kept: list[str]
    merged: list[str]
    can_be_both: bool
    usual: str


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, slug: str) -> HttpResponse:
    """First the entry that is kept is looked for, then chosen field by field."""
    user = cast("User", request.user)
    merged = get_object_or_404(policy.which(user, Action.VIEW, Entry.objects.select_related("lead")), slug=slug)
    policy.require(user, Action.PUBLISH, merged)
    wanted = request.GET.get("in", "")
    if not wanted:
        return _look_for(request, merged)
    kept = get_object_or_404(_candidates(request, merged), slug=wanted)
    problem = ""
    if request.method == "POST":
        choices = {name: request.POST.get(name, actions.KEPT) for name in FIELDS}
        try:
            actions.merge(merged, kept, user, choices=choices, seen=request.POST.get("seen", ""))
        except actions.MergerError as error:
            problem = str(error)
        else:
            messages.success(request, _("They are one now; the former address leads here."))
            return redirect(kept)
    context = {
        "merged": merged,
        "kept": kept,
        "choices": _choices(merged, kept),
        "seen": actions.digest(merged, kept),
        "problem": problem,
    }
    return render(request, "catalogue/merging/choose.html", context)


@members_only
@require_safe
def mergers(request: HttpRequest) -> HttpResponse:
    """What was merged, and the way back."""
    rows = EntryMerger.objects.select_related("kept", "merged", "made_by")
    page = Paginator(policy.which(request.user, Action.EDIT, rows), PER_PAGE).get_page(request.GET.get("seite"))
    return render(request, "catalogue/merging/list.html", {"page": page})


@members_only
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(policy.which(request.user, Action.EDIT, EntryMerger.objects.all()), pk=pk)
    try:
        edited = actions.undo(found, cast("User", request.user))
    except actions.MergerError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("They are two again."))
        if edited:
            said = _("Edited since, and therefore left as it is: %(fields)s") % {"fields": ", ".join(edited)}
            messages.warning(request, said)
    return redirect("catalogue:mergers")


def _candidates(request: HttpRequest, merged: Entry) -> QuerySet[Entry]:
    rows = Entry.objects.published().exclude(pk=merged.pk).select_related("lead")
    return policy.which(request.user, Action.PUBLISH, rows)


def _look_for(request: HttpRequest, merged: Entry) -> HttpResponse:
    """Entries with the words in their title; without words those that are called almost the same."""
    text = request.GET.get("q", "").strip()[:200]
    found = _candidates(request, merged).order_by("title", "pk")
    for word in (text or merged.title.split()[0] if merged.title else "").split()[:8]:
        found = found.filter(title__icontains=word)
    context = {"merged": merged, "text": text, "found": found[:MOST_FOUND]}
    return render(request, "catalogue/merging/look.html", context)


def _choices(merged: Entry, kept: Entry) -> list[Choice]:
    one, other = kept.get_latest_revision_as_object(), merged.get_latest_revision_as_object()
    found = []
    for field in FIELDS.values():
        here, there = field.read(one), field.read(other)
        lines, others = field.lines(here), field.lines(there)
        if here == there or lines == others:
            continue
        usual = actions.MERGED if others and not lines else actions.KEPT
        found.append(Choice(field, lines, others, isinstance(here, list) and bool(lines) and bool(others), usual))
    return found
