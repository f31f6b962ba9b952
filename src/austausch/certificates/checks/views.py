"""The offices' check: asking, answers as table and file, and what was asked to be told."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.certificates.checks import actions, watching
from austausch.certificates.checks import export as tables
from austausch.certificates.checks.answers import OUTCOMES, REASONS
from austausch.certificates.checks.forms import CheckForm
from austausch.certificates.checks.policy import checking_offices_of
from austausch.certificates.models import Check, CheckItem, Watch
from austausch.core.network import members_only
from austausch.core.policy import Action, is_portal_team, policy
from austausch.core.spreadsheets import XLSX_TYPE
from austausch.people.models import Membership, Organisation, User

PER_PAGE = 30
Role = Membership.Role


@require_safe
@members_only
def checks(request: HttpRequest) -> HttpResponse:
    """The checks of one's offices. Whoever may not check learns who could allow it."""
    own = policy.which(request.user, Action.VIEW, Check.objects.select_related("organisation", "made_by"))
    context = {
        "page": Paginator(own, PER_PAGE).get_page(request.GET.get("seite")),
        "may_check": bool(offices_of(request, Role.AUTHOR)),
        "may_administer": bool(offices_of(request, Role.ADMINISTRATOR)),
        "is_team": is_portal_team(request.user),
    }
    return render(request, "certificates/checking/checks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def new(request: HttpRequest) -> HttpResponse:
    offices = offices_of(request, Role.AUTHOR)
    if not offices:
        raise PermissionDenied("Only people of an office that the portal team has allowed may check.")
    form = CheckForm(request.POST or None, request.FILES or None, offices=offices)
    status = 200
    if request.method == "POST" and form.is_valid():
        asker = actions.Asker(form.cleaned_data["organisation"], cast(User, request.user))
        data = form.cleaned_data
        try:
            made = actions.begin(asker, form.given(), purpose=data["purpose"], case_number=data["case_number"])
        except actions.CheckError as error:
            form.add_error(None, str(error))
            status = 429 if isinstance(error, actions.TooManyError) else 200
        else:
            return redirect(made)
    return render(request, "certificates/checking/new.html", {"form": form}, status=status)


@require_safe
@members_only
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    found = _check(request, pk)
    rows = [
        {"item": item, "cells": tables.row(item), "kind": OUTCOMES[item.outcome][0] if item.outcome else "neutral"}
        for item in _items(request, found)
    ]
    context = {"found": found, "rows": rows, "heading": tables.heading(), "shown_hours": 24}
    return render(request, "certificates/checking/detail.html", context)


@require_safe
@members_only
def export(request: HttpRequest, pk: int, format: str) -> HttpResponse:  # noqa: A002
    found = _check(request, pk)
    makers = {"csv": (tables.as_csv, "text/csv; charset=utf-8"), "xlsx": (tables.as_xlsx, XLSX_TYPE)}
    if format not in makers:
        raise Http404
    make, media_type = makers[format]
    response = HttpResponse(make(_items(request, found)), content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="pruefung-{found.pk}.{format}"'
    return response


@require_safe
@members_only
def watches(request: HttpRequest) -> HttpResponse:
    """What was asked to be told: first what has changed and nobody has noted, then the rest."""
    own = policy.which(
        request.user, Action.VIEW, Watch.objects.select_related("certificate", "organisation", "seen_by")
    )
    context = {
        "changed": own.exclude(changed_at=None).filter(seen_at=None).order_by("-changed_at"),
        "page": Paginator(own.filter(changed_at=None).order_by("certificate__valid_until", "pk"), PER_PAGE).get_page(
            request.GET.get("seite")
        ),
        "noted": own.exclude(seen_at=None).order_by("-seen_at")[:PER_PAGE],
        "reasons": REASONS,
    }
    return render(request, "certificates/checking/watches.html", context)


@require_POST
@members_only
def note(request: HttpRequest, pk: int) -> HttpResponse:
    watching.note(_watch(request, pk), cast(User, request.user))
    messages.success(request, _("Noted."))
    return redirect("certificates:office_watches")


@require_POST
@members_only
def end_watch(request: HttpRequest, pk: int) -> HttpResponse:
    watching.end(_watch(request, pk), cast(User, request.user))
    messages.success(request, _("You will hear nothing more about this certificate."))
    return redirect("certificates:office_watches")


def offices_of(request: HttpRequest, role: Membership.Role) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk__in=checking_offices_of(request.user, role)).order_by("name")


def _check(request: HttpRequest, pk: int) -> Check:
    own = policy.which(request.user, Action.VIEW, Check.objects.select_related("organisation", "made_by", "key"))
    return get_object_or_404(own, pk=pk)


def _items(request: HttpRequest, found: Check) -> QuerySet[CheckItem]:
    # Not the files, where they still wait to be read.
    rows = found.items.defer("given").order_by("position", "part")
    return policy.which(request.user, Action.VIEW, rows)


def _watch(request: HttpRequest, pk: int) -> Watch:
    return get_object_or_404(policy.which(request.user, Action.VIEW, Watch.objects.all()), pk=pk)
