"""Who may check: the portal team allows offices; an office's administrators keep keys of programs and read the log."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.certificates.checks import actions, program_keys
from austausch.certificates.checks.answers import OUTCOMES
from austausch.certificates.checks.forms import KeyForm, OfficeForm
from austausch.certificates.checks.views import offices_of
from austausch.certificates.models import CheckingOffice, CheckLog, OfficeKey
from austausch.core.network import members_only
from austausch.core.policy import Action, policy
from austausch.people.models import Membership, Organisation, User

PER_PAGE = 100


@require_safe
@members_only
def log(request: HttpRequest) -> HttpResponse:
    """Who of the office checked what, for which purpose and case."""
    if not policy.may(request.user, Action.VIEW, CheckLog):
        raise PermissionDenied("The log is read by administrators of an office that checks.")
    rows = policy.which(request.user, Action.VIEW, CheckLog.objects.order_by("-at", "-pk"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("seite"))
    people = User.objects.in_bulk({entry.actor for entry in page if entry.actor})
    lines = [
        {
            "entry": entry,
            "who": str(people.get(entry.actor, "")) if entry.actor else entry.program,
            "answer": OUTCOMES[entry.outcome][1],
        }
        for entry in page
    ]
    return render(request, "certificates/checking/log.html", {"page": page, "lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def keys(request: HttpRequest) -> HttpResponse:
    """Keys of programs. A new one is shown once, in the answer to the form that made it."""
    offices = _administered(request)
    form = KeyForm(request.POST or None, offices=offices)
    if request.method != "POST" or not form.is_valid():
        return _keys(request, form)
    data = form.cleaned_data
    _key, token = program_keys.make(
        data["organisation"], cast(User, request.user), label=data["label"], days=data["days"]
    )
    return _keys(request, KeyForm(offices=offices), token=token)


@require_POST
@members_only
def rotate_key(request: HttpRequest, pk: int) -> HttpResponse:
    """The new key is shown once, in the answer."""
    key = get_object_or_404(policy.which(request.user, Action.EDIT, OfficeKey.objects.all()), pk=pk)
    try:
        _key, token = program_keys.rotate(key, cast(User, request.user))
    except program_keys.ProgramKeyError as error:
        messages.error(request, str(error))
        return redirect("certificates:office_keys")
    return _keys(request, KeyForm(offices=_administered(request)), token=token)


@require_POST
@members_only
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(policy.which(request.user, Action.VIEW, OfficeKey.objects.all()), pk=pk)
    program_keys.revoke(key, cast(User, request.user))
    messages.success(request, _("The key is withdrawn. Programs that use it can check no more."))
    return redirect("certificates:office_keys")


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def offices(request: HttpRequest) -> HttpResponse:
    if not policy.may(request.user, Action.CREATE, CheckingOffice):
        raise PermissionDenied("The portal team decides which organisations may check.")
    form = OfficeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        organisation = form.cleaned_data["organisation"]
        actions.allow(organisation, cast(User, request.user), task=form.cleaned_data["task"])
        messages.success(request, _("“%(name)s” may check certificates now.") % {"name": organisation})
        return redirect("certificates:offices")
    rows = CheckingOffice.objects.select_related("organisation", "allowed_by")
    own = policy.which(request.user, Action.VIEW, rows)
    return render(request, "certificates/checking/offices.html", {"form": form, "offices": own})


@require_POST
@members_only
def disallow(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    office = get_object_or_404(policy.which(user, Action.DELETE, CheckingOffice.objects.all()), pk=pk)
    actions.disallow(office, user)
    messages.success(request, _("“%(name)s” may not check any more.") % {"name": office.organisation})
    return redirect("certificates:offices")


def _administered(request: HttpRequest) -> QuerySet[Organisation]:
    found = offices_of(request, Membership.Role.ADMINISTRATOR)
    if not found:
        raise PermissionDenied("Keys are kept by administrators of an office that checks.")
    return found


def _keys(request: HttpRequest, form: KeyForm, *, token: str = "") -> HttpResponse:
    own = policy.which(request.user, Action.VIEW, OfficeKey.objects.select_related("organisation", "made_by"))
    soon = timezone.now() + program_keys.REMINDED
    context = {"form": form, "token": token, "keys": own, "soon": soon}
    return render(request, "certificates/checking/keys.html", context)
