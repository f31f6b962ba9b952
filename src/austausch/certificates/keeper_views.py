"""Pages for the portal team, which keeps schools and alarms, and for those who run schools."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from austausch.certificates import access, actions, keeping
from austausch.certificates.forms import RunForm, SchoolForm, SettlementForm
from austausch.certificates.models import Alarm, IssueBatch, School
from austausch.core.network import members_only
from austausch.core.policy import Action, is_portal_team, policy
from austausch.people.models import Membership
from austausch.people.policy import organisations_of

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_OR_POST)
@members_only
def new_school(request: HttpRequest) -> HttpResponse:
    policy.require(request.user, Action.CREATE, School)
    return _school_form(
        request, SchoolForm(request.POST or None), _("The school is kept. It can issue once it has a key.")
    )


@require_http_methods(GET_OR_POST)
@members_only
def change_school(request: HttpRequest, number: str) -> HttpResponse:
    found = access.visible_school(request, number)
    policy.require(request.user, Action.EDIT, found)
    return _school_form(request, SchoolForm(request.POST or None, instance=found), _("The change is saved."))


@require_safe
@members_only
def alarms(request: HttpRequest) -> HttpResponse:
    """Unusual patterns, open ones first. No pupil is named."""
    rows = policy.which(request.user, Action.VIEW, Alarm.objects.select_related("school", "settled_by"))
    if not policy.may(request.user, Action.VIEW, Alarm):
        raise PermissionDenied("Alarms are for a school's management and the portal team.")
    context = {
        "open": rows.filter(settled_at=None),
        "settled": rows.exclude(settled_at=None)[:50],
        "team": is_portal_team(request.user),
    }
    return render(request, "certificates/alarms.html", context)


@require_http_methods(GET_OR_POST)
@members_only
def alarm(request: HttpRequest, pk: int) -> HttpResponse:
    rows = policy.which(request.user, Action.EDIT, Alarm.objects.select_related("school"))
    found = get_object_or_404(rows, pk=pk)
    form = SettlementForm(request.POST or None)
    if access.submitted(request, form, lambda data: keeping.settle(found, access.user_of(request), **data)):
        messages.success(request, _("The alarm is settled."))
        return redirect("certificates:alarms")
    return render(request, "certificates/alarm.html", {"alarm": found, "form": form})


@require_http_methods(GET_OR_POST)
@members_only
def call_run(request: HttpRequest) -> HttpResponse:
    """Asks all schools of a municipality to issue for all their pupils."""
    runs = organisations_of(request.user, Membership.Role.PUBLISHER)
    schools = School.objects.open().filter(organisation__in=runs)
    if not schools.exists():
        raise PermissionDenied("A run is called for by the organisation that runs the schools.")
    form = RunForm(request.POST or None, organisations=runs)

    def act(data: dict[str, Any]) -> list[IssueBatch]:
        first = schools.filter(place=data["place"]).select_related("organisation")[0]
        return actions.call_run(
            first.organisation,
            access.user_of(request),
            ags=data["place"].ags,
            purpose=data["purpose"],
            valid_until=data["valid_until"],
        )

    made = access.submitted(request, form, act)
    if made:
        messages.success(request, _("The schools are asked. Each lets its own certificates be issued."))
        return redirect("certificates:run", made[0].run)
    return render(request, "certificates/run_new.html", {"form": form, "number": schools.count()})


@require_safe
@members_only
def run(request: HttpRequest, run: str) -> HttpResponse:
    """How far a run has come at each school: states and counts, no pupil."""
    runs = organisations_of(request.user, Membership.Role.PUBLISHER)
    batches = IssueBatch.objects.filter(run=run, school__organisation__in=runs).exclude(run="")
    rows = batches.select_related("school").order_by("school__name")
    if not rows:
        raise Http404
    sums = batches.aggregate(total=Sum("total"), done=Sum("done"))
    return render(request, "certificates/run.html", {"batches": rows, "sums": sums, "purpose": rows[0].purpose})


def _school_form(request: HttpRequest, form: SchoolForm, done: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        school = keeping.save_school(form.save(commit=False), access.user_of(request))
        messages.success(request, done)
        return redirect(school)
    return render(request, "certificates/school_form.html", {"form": form, "school": form.instance})
