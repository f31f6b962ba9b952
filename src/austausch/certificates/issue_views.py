"""Pages about issuing: asking, the batch and its progress, certificates, revoking."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.certificates import access, actions, journal, numbers, paper, results, revoking, rules
from austausch.certificates.content import Content
from austausch.certificates.forms import CLASS, IssueForm, RefusalForm, ReissueForm, RevocationForm
from austausch.certificates.models import Certificate, IssueBatch, IssueLog, Pupil, Revocation, School
from austausch.core.network import members_only
from austausch.core.policy import Action, policy

PER_PAGE = 50
GET_OR_POST = ["GET", "HEAD", "POST"]
STATES = ("gueltig", "abgelaufen", "widerrufen")


@require_http_methods(GET_OR_POST)
@members_only
@access.with_purpose
def ask(request: HttpRequest, school: School, purpose: str) -> HttpResponse:
    """`?schueler=…` for one pupil, otherwise a class or the school."""
    today = timezone.localdate()
    every = access.pupils_of(request, school)
    one = _chosen(request, every)
    classes = [*every.attending().order_by("class_name").values_list("class_name", flat=True).distinct()]
    form = IssueForm(request.POST or None, classes=classes, one=one is not None)

    def act(data: dict[str, Any]) -> IssueBatch:
        whom = data.get("whom", "")
        class_name = whom.removeprefix(CLASS) if whom.startswith(CLASS) else ""
        rows = every.attending().filter(class_name=class_name) if class_name else every.attending()
        scope = IssueBatch.Scope.CLASS if class_name else IssueBatch.Scope.SCHOOL
        # Who cannot get one is named on the page before; the others do not have to wait for it.
        fit = [pupil for pupil in rows if not next(rules.refusals(pupil, today=today), None)]
        return actions.ask(
            school,
            access.user_of(request),
            scope=IssueBatch.Scope.ONE if one else scope,
            pupils=[one] if one else fit,
            purpose=data["purpose"],
            valid_until=data["valid_until"],
            class_name="" if one else class_name,
        )

    made = access.submitted(request, form, act)
    if made:
        messages.success(request, _said(made))
        return redirect(made)
    unfit = [] if one else [(pupil, why) for pupil in every.attending() for why in rules.refusals(pupil, today=today)]
    silent = (every.filter(pk=one.pk) if one else every.attending()).filter(no_information_to_third_parties=True)
    access.note_reading(request, school, purpose, part="issue", pupil=one.pk if one else None)
    context = {"school": school, "form": form, "pupil": one, "unfit": unfit, "silent": silent.count()}
    return render(request, "certificates/issue.html", context)


@require_safe
@members_only
def batch(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Progress and results. Names nobody, so that it needs no purpose; the page asks for itself while it works."""
    found = _batch(request, number, pk)
    context = {
        "school": found.school,
        "batch": found,
        "may_decide": policy.may(request.user, Action.PUBLISH, found) and found.state == IssueBatch.State.WAITING,
        "working": found.state in {IssueBatch.State.QUEUED, IssueBatch.State.RUNNING},
        "refusal": RefusalForm(),
        "pupils": found.pupils.count(),
        "certificates": Certificate.objects.filter(batch=found).out().order_by("sequence")[:PER_PAGE],
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "certificates/_progress.html" if part else "certificates/batch.html", context)


@require_safe
@members_only
@access.with_purpose
def batch_pupils(request: HttpRequest, school: School, purpose: str, pk: int) -> HttpResponse:
    """For whom a colleague asks: the second person looks before deciding."""
    found = _batch(request, school.number, pk)
    access.note_reading(request, school, purpose, part="batch", batch=found.pk)
    rows = access.pupils_of(request, school).filter(batches=found)
    return render(request, "certificates/batch_pupils.html", {"school": school, "batch": found, "pupils": rows})


@require_POST
@members_only
def allow(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    found, user = _batch(request, number, pk), access.user_of(request)
    access.clicked(request, lambda: actions.allow(found, user), _("Allowed. The certificates are being issued."))
    return redirect(found)


@require_POST
@members_only
def refuse(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    found, user = _batch(request, number, pk), access.user_of(request)
    reason = request.POST.get("reason", "")
    access.clicked(request, lambda: actions.refuse(found, user, reason=reason), _("Refused. Nothing was issued."))
    return redirect(found)


@require_POST
@members_only
def go_on(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    found, user = _batch(request, number, pk), access.user_of(request)
    access.clicked(request, lambda: actions.go_on(found, user), _("The batch goes on."))
    return redirect(found)


@require_safe
@members_only
@access.with_purpose
def fetch(request: HttpRequest, school: School, purpose: str, pk: int, what: str) -> HttpResponseBase:
    """`alle` is the archive, a number one of the print files."""
    found = _batch(request, school.number, pk)
    names = {"alle": found.archive, **{str(n): name for n, name in enumerate(found.print_files, 1)}}
    if not names.get(what):
        raise Http404
    kind = "zip" if what == "alle" else "pdf"
    shown = f"Schulbescheinigungen-{school.number}-{found.pk}{'' if what == 'alle' else f'-Druck-{what}'}.{kind}"
    return _file(request, school, purpose, name=names[what], shown=shown, data={"batch": found.pk, "what": what})


@require_http_methods(GET_OR_POST)
@members_only
@access.with_purpose
def certificates(request: HttpRequest, school: School, purpose: str) -> HttpResponse:
    """`?stand=gueltig|abgelaufen|widerrufen|alle`: what is out; a number or name (`q`) is sent in the body."""
    kept = access.searched(request, "stand")
    if onwards := access.without_name(request, kept):
        return onwards
    state, text = kept["stand"] or "gueltig", kept["q"]
    every = access.certificates_of(request, school)
    today = timezone.localdate()
    rows = {
        "gueltig": every.valid(today),
        "abgelaufen": every.filter(state=Certificate.State.ISSUED, valid_until__lt=today),
        "widerrufen": every.filter(state=Certificate.State.REVOKED),
    }.get(state, every)
    number = numbers.normalised(text)
    if number:
        rows = every.filter(number=number)
    elif text:
        named = access.pupils_of(request, school).called(text)
        rows = rows.filter(pupil__in=named)
    page = access.page(request, rows.select_related("pupil", "school"), PER_PAGE)
    access.note_reading(request, school, purpose, part="certificates", state=state, page=page.number)
    context = {"school": school, "page": page, "state": state, "states": STATES, "kept": kept, "today": today}
    return render(request, "certificates/certificates.html", context)


@require_safe
@members_only
@access.with_purpose
def certificate(request: HttpRequest, school: School, purpose: str, certificate: str) -> HttpResponse:
    found = _certificate(request, school, certificate)
    access.note_reading(request, school, purpose, part="certificate", certificate=found.number)
    content = Content.from_json(found.content) if found.content else None
    history = policy.which(
        request.user, Action.VIEW, IssueLog.objects.filter(chain=school.number, certificate_number=found.number)
    )
    context = {
        "school": school,
        "certificate": found,
        "facts": paper.sealed_facts(content) if content else [],
        "history": history.select_related("actor"),
        "revocation": Revocation.objects.filter(certificate=found).select_related("revoked_by").first(),
        "valid": found.is_valid_on(timezone.localdate()),
        "revoke_form": RevocationForm(),
        "reissue_form": ReissueForm(),
        "out": found.state == Certificate.State.ISSUED,
    }
    return render(request, "certificates/certificate.html", context)


@require_safe
@members_only
@access.with_purpose
def pdf(request: HttpRequest, school: School, purpose: str, certificate: str) -> HttpResponseBase:
    found = _certificate(request, school, certificate)
    if not found.file:
        raise Http404
    return _file(request, school, purpose, name=found.file, shown=results.file_name(found), number=found.number)


@require_http_methods(GET_OR_POST)
@members_only
@access.with_purpose
def revoke(request: HttpRequest, school: School, purpose: str, certificate: str) -> HttpResponse:
    """Revokes after a confirmation; a reason is chosen."""
    found = _certificate(request, school, certificate)
    form = RevocationForm(request.POST or None)
    if access.submitted(request, form, lambda data: revoking.revoke(found, access.user_of(request), **data)):
        messages.success(request, _("Revoked. Whoever checks the certificate is told within minutes."))
        return redirect(found)
    return render(request, "certificates/revoke.html", {"school": school, "certificate": found, "form": form})


@require_http_methods(GET_OR_POST)
@members_only
@access.with_purpose
def reissue(request: HttpRequest, school: School, purpose: str, certificate: str) -> HttpResponse:
    found = _certificate(request, school, certificate)
    form = ReissueForm(request.POST or None)
    made = access.submitted(request, form, lambda data: actions.reissue(found, access.user_of(request), **data))
    if made:
        messages.success(request, _said(made))
        return redirect(made)
    return render(request, "certificates/reissue.html", {"school": school, "certificate": found, "form": form})


def _said(made: IssueBatch) -> str:
    if made.state == IssueBatch.State.WAITING:
        return _("A second person of the school has to allow it now: these data come from no current import.")
    return _("The certificates are being issued.")


def _chosen(request: HttpRequest, every: Any) -> Pupil | None:
    wanted = request.GET.get("schueler", "")
    if not wanted:
        return None
    if not wanted.isdecimal():
        raise Http404
    found: Pupil = get_object_or_404(every, pk=int(wanted[:18]))
    return found


def _batch(request: HttpRequest, number: str, pk: int) -> IssueBatch:
    school = access.own_school(request, number)
    rows = access.batches_of(request, school).select_related("school", "made_by", "decided_by", "replaces")
    return get_object_or_404(rows, pk=pk)


def _certificate(request: HttpRequest, school: School, number: str) -> Certificate:
    rows = access.certificates_of(request, school).select_related("school", "pupil", "batch", "replaces")
    return get_object_or_404(rows, number=number)


def _file(
    request: HttpRequest,
    school: School,
    purpose: str,
    *,
    name: str,
    shown: str,
    number: str = "",
    data: dict[str, Any] | None = None,
) -> FileResponse:
    line = journal.Line(IssueLog.Action.FETCHED, certificate_number=number, purpose=purpose, data=data or {})
    journal.write(school, access.user_of(request), line)
    response = FileResponse(storages["private"].open(name), as_attachment=True, filename=shown)
    response.headers["Cache-Control"] = "no-store"
    return response
