"""Pages of a school: overview, pupils, its people, its log."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.certificates import access, keeping, rules, watch
from austausch.certificates.forms import PurposeForm, RoleForm
from austausch.certificates.models import (
    Alarm,
    Certificate,
    ImportBatch,
    IssueBatch,
    IssueLog,
    School,
    SchoolRole,
    SigningKey,
)
from austausch.certificates.policy import may_call_run, schools_of
from austausch.core.forms import local_path
from austausch.core.network import members_only
from austausch.core.policy import Action, is_portal_team, policy
from austausch.people.models import Organisation

PER_PAGE = 50
GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
@members_only
def schools(request: HttpRequest) -> HttpResponse:
    """The schools one works at; for the portal team all of them, for those who run schools their runs."""
    rows = policy.which(request.user, Action.VIEW, School.objects.select_related("organisation"))
    own = schools_of(request.user, SchoolRole.Role.OFFICE)
    text = request.GET.get("q", "").strip()
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(number__startswith=text) | Q(town__icontains=text))
    running = Organisation.objects.filter(pk__in=rows.values("organisation"))
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("seite")),
        "own": set(own),
        "q": text,
        "team": is_portal_team(request.user),
        "may_call": any(may_call_run(request.user, organisation) for organisation in running[:PER_PAGE]),
        "alarms": policy.which(request.user, Action.VIEW, Alarm.objects.open()).count(),
    }
    return render(request, "certificates/schools.html", context)


@require_safe
@members_only
def school(request: HttpRequest, number: str) -> HttpResponse:
    """A school: what is out, what waits, what is unusual. Counts only, so that no purpose is needed."""
    found = access.visible_school(request, number)
    inside = found.pk in schools_of(request.user, SchoolRole.Role.OFFICE)
    team = is_portal_team(request.user)
    context = {"school": found, "inside": inside, "team": team}
    if inside or team:
        context |= {
            "keys": policy.which(request.user, Action.VIEW, SigningKey.objects.filter(school=found)),
            "roles": policy.which(
                request.user, Action.VIEW, SchoolRole.objects.filter(school=found).select_related("user")
            ),
            "may_change_roles": policy.may(request.user, Action.EDIT, SchoolRole)
            and (team or found.pk in schools_of(request.user, SchoolRole.Role.HEAD)),
            "alarms": policy.which(request.user, Action.VIEW, Alarm.objects.open().filter(school=found)),
        }
    if inside:
        context |= _inside(request, found)
    return render(request, "certificates/school.html", context)


def _inside(request: HttpRequest, found: School) -> dict[str, object]:
    today = timezone.localdate()
    pupils = access.pupils_of(request, found)
    certificates = access.certificates_of(request, found)
    batches = access.batches_of(request, found)
    imports = policy.which(request.user, Action.VIEW, ImportBatch.objects.filter(school=found).applied())
    return {
        "attending": pupils.attending().count(),
        "valid": certificates.valid(today).count(),
        "revoked": certificates.filter(state=Certificate.State.REVOKED).count(),
        "quota": watch.quota(found),
        "waiting": batches.undecided().select_related("made_by"),
        "batches": batches.exclude(state=IssueBatch.State.WAITING).select_related("made_by")[:8],
        "last_import": imports.first(),
    }


@require_http_methods(GET_OR_POST)
@members_only
def purpose(request: HttpRequest, number: str) -> HttpResponse:
    """Asks why somebody looks at pupils' data; the answer holds for an hour and stands in the log with each look."""
    found = access.own_school(request, number)
    form = PurposeForm(request.POST or None)
    onwards = local_path(request.GET.get("weiter", found.get_absolute_url()))
    if request.method == "POST" and form.is_valid():
        access.remember_purpose(request, found, form.cleaned_data["purpose"])
        return redirect(onwards)
    return render(request, "certificates/purpose.html", {"school": found, "form": form})


@require_http_methods(GET_OR_POST)
@members_only
@access.with_purpose
def pupils(request: HttpRequest, school: School, purpose: str) -> HttpResponse:
    """`?klasse=…&stand=ehemalige`: the pupils of a school; a name (`q`) is sent in the body, never in the address."""
    kept = access.searched(request, "klasse", "stand")
    if onwards := access.without_name(request, kept):
        return onwards
    text, class_name, gone = kept["q"], kept["klasse"], kept["stand"] == "ehemalige"
    every = access.pupils_of(request, school)
    rows = (every.gone() if gone else every.attending()).called(text)
    if class_name:
        rows = rows.filter(class_name=class_name)
    valid = Q(certificates__state="issued", certificates__valid_until__gte=timezone.localdate())
    rows = rows.annotate(valid=Count("certificates", filter=valid)).order_by(
        "class_name", "family_name", "first_names", "pk"
    )
    page = access.page(request, rows, PER_PAGE)
    access.note_reading(request, school, purpose, part="list", search=bool(text), klasse=class_name, page=page.number)
    classes = every.attending().order_by("class_name").values_list("class_name", flat=True).distinct()
    context = {
        "school": school,
        "page": page,
        "kept": kept,
        "class_name": class_name,
        "gone": gone,
        "classes": [name for name in classes if name],
        "purpose": purpose,
    }
    return render(request, "certificates/pupils.html", context)


@require_safe
@members_only
@access.with_purpose
def pupil(request: HttpRequest, school: School, purpose: str, pk: int) -> HttpResponse:
    found = get_object_or_404(access.pupils_of(request, school), pk=pk)
    access.note_reading(request, school, purpose, part="pupil", pupil=found.pk)
    certificates = access.certificates_of(request, school).filter(pupil=found)
    context = {
        "school": school,
        "pupil": found,
        "refusals": list(rules.refusals(found, today=timezone.localdate())),
        "certificates": certificates,
        "purpose": purpose,
    }
    return render(request, "certificates/pupil.html", context)


@require_safe
@members_only
def log(request: HttpRequest, number: str) -> HttpResponse:
    """The school's issue log, newest first."""
    found = access.own_school(request, number)
    rows = policy.which(request.user, Action.VIEW, IssueLog.objects.filter(chain=found.number))
    wanted = request.GET.get("nummer", "").strip()
    if wanted:
        rows = rows.filter(certificate_number=wanted)
    page = Paginator(rows.select_related("actor"), PER_PAGE).get_page(request.GET.get("seite"))
    return render(request, "certificates/log.html", {"school": found, "page": page, "wanted": wanted})


@require_http_methods(GET_OR_POST)
@members_only
def people(request: HttpRequest, number: str) -> HttpResponse:
    """Who works at the school: kept by its management and by the portal team."""
    found = access.visible_school(request, number)
    _require_keeper(request, found)
    form = RoleForm(request.POST or None)

    def give(data: dict[str, Any]) -> None:
        keeping.give_role(found, access.user_of(request), person=data["email"], role=data["role"])

    if access.submitted(request, form, give):
        messages.success(request, _("The role is given."))
        return redirect("certificates:people", number)
    rows = policy.which(request.user, Action.VIEW, SchoolRole.objects.filter(school=found).select_related("user"))
    return render(request, "certificates/people.html", {"school": found, "roles": rows, "form": form})


@require_POST
@members_only
def take_role(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    found = access.visible_school(request, number)
    _require_keeper(request, found)
    role = get_object_or_404(policy.which(request.user, Action.DELETE, SchoolRole.objects.filter(school=found)), pk=pk)
    access.clicked(request, lambda: keeping.take_role(role, access.user_of(request)), _("The role is taken away."))
    return redirect("certificates:people", number)


def _require_keeper(request: HttpRequest, found: School) -> None:
    if not is_portal_team(request.user) and found.pk not in schools_of(request.user, SchoolRole.Role.HEAD):
        raise PermissionDenied("Roles at a school are given by its management and by the portal team.")
