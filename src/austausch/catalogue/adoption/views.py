"""Pages of taking over and adapting. All but the line of an entry are for people who are signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.catalogue.adoption import actions, changes, lineage
from austausch.catalogue.adoption.forms import ADAPTED, AdoptForm, EndForm, ReportForm, may_adopt_for
from austausch.catalogue.adoption.showing import comparison
from austausch.catalogue.models import Adoption, Decision, Entry
from austausch.core.network import members_only
from austausch.core.page_cache import public_page
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.people.models import User

PER_PAGE = 25


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks for whom, how and what, and takes the entry over."""
    user = cast("User", request.user)
    entry = get_object_or_404(policy.which(user, Action.VIEW, Entry.objects.published()), slug=slug)
    possible = may_adopt_for(user)
    form = AdoptForm(request.POST or None, user=user, initial={"organisation": possible.first(), "how": ADAPTED})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if data["how"] == ADAPTED:
                made = actions.adapt(entry, data["organisation"], user, data["fields_taken"])
            else:
                made = actions.take_over(entry, data["organisation"], user)
        except actions.AdoptionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("“%(entry)s” is taken over.") % {"entry": entry})
            return redirect("catalogue:adoption", made.pk)
    context = {"entry": entry, "form": form, "possible": possible.exists()}
    return render(request, "catalogue/adoption/adopt.html", context)


@members_only
@require_safe
def adoptions(request: HttpRequest) -> HttpResponse:
    """What the user's organisations have taken over, what has changed first."""
    rows = policy.which(request.user, Action.EDIT, Adoption.objects.with_list_parts()).order_by("ended_on", "-made_at")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("seite"))
    return render(request, "catalogue/adoption/list.html", {"page": page})


@members_only
@require_safe
def adoption(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: where it comes from, what has changed there, what was decided, and the report."""
    found = _own(request, pk)
    open_changes = [] if found.ended_on else changes.of(found)
    return render(
        request,
        "catalogue/adoption/adoption.html",
        {
            "adoption": found,
            "changes": [comparison(change) for change in open_changes],
            "choices": Decision.Choice,
            "decisions": found.decisions.select_related("decided_by")[:50],
            "may_publish": policy.may(request.user, Action.PUBLISH, found),
        },
    )


@members_only
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own(request, pk)
    field = request.POST.get("field", "")
    try:
        actions.decide(
            found,
            cast("User", request.user),
            field,
            request.POST.get("choice", ""),
            seen=request.POST.get("seen", ""),
            reason=request.POST.get("reason", ""),
        )
    except actions.AdoptionError as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Decided. You can take it back below."))
    return redirect("catalogue:adoption", found.pk)


@members_only
@require_POST
def undo(request: HttpRequest, pk: int, decision: int) -> HttpResponse:
    found = _own(request, pk)
    try:
        actions.undo(get_object_or_404(found.decisions, pk=decision), cast("User", request.user))
    except actions.AdoptionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back."))
    return redirect("catalogue:adoption", found.pk)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirms that it is done here, with a short report."""
    found = _own(request, pk, Action.PUBLISH)
    form = ReportForm(request.POST or None, instance=found, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm(found, cast("User", request.user), **form.cleaned_data)
        except actions.AdoptionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Confirmed: it now counts, and others can read your report."))
            return redirect("catalogue:adoption", found.pk)
    context = {"adoption": found, "form": form, "what": _("Confirm and report"), "button": _("Confirm")}
    return render(request, "catalogue/adoption/step.html", context)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own(request, pk, Action.PUBLISH)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end(found, cast("User", request.user), form.cleaned_data["reason"])
        except actions.AdoptionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Ended. Your own entry, if there is one, stays as it is."))
            return redirect(reverse("catalogue:adoptions"))
    context = {"adoption": found, "form": form, "what": _("We no longer do this"), "button": _("End it")}
    return render(request, "catalogue/adoption/step.html", context)


@require_safe
@public_page
def line(request: HttpRequest, slug: str) -> HttpResponse:
    """Who took an entry over from whom: a picture, and the same as a list."""
    entry = get_object_or_404(policy.which(request.user, Action.VIEW, Entry.objects.select_related("lead")), slug=slug)
    steps = lineage.steps(entry, request.user)
    context = {"entry": entry, "steps": steps, "picture": lineage.picture(steps)}
    return render(request, "catalogue/adoption/line.html", context)


def _own(request: HttpRequest, pk: int, action: Action = Action.EDIT) -> Adoption:
    """404 for what the user may not know of, 403 for what somebody else of the organisation may do."""
    rows = policy.which(request.user, Action.EDIT, Adoption.objects.with_list_parts().select_related("contact"))
    found: Adoption = get_object_or_404(rows, pk=pk)
    policy.require(request.user, action, found)
    return found
