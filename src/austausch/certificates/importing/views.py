"""Pages of the import, for a school's own people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.certificates import access
from austausch.certificates.importing import (
    actions,
    applying,
    by_hand,
    departures,
    naming,
    progress,
    retention,
    servers,
    showing,
    template_files,
)
from austausch.certificates.importing.errors import PupilImportError
from austausch.certificates.importing.forms import ApplyForm, EnterForm, HoldForm, NameForm, UploadForm
from austausch.certificates.models import ImportBatch, ImportRow, Pupil, School, SchoolRole
from austausch.certificates.policy import schools_of
from austausch.certificates.reading import grades
from austausch.core.network import members_only
from austausch.core.policy import Action, policy
from austausch.core.rate_limit import Limit, too_often
from austausch.people.models import User

PER_PAGE = 50
GET_OR_POST = ["GET", "HEAD", "POST"]
# A file is a good deal of work.
UPLOADS = Limit("pupil-imports", amount=30, seconds=3600)
SHOWN = {
    "neu": ImportRow.Outcome.NEW,
    "geaendert": ImportRow.Outcome.CHANGED,
    "unveraendert": ImportRow.Outcome.SAME,
    "abgelehnt": ImportRow.Outcome.REFUSED,
}
MOST_DEPARTED = 500
# Stands in the log where nobody was asked: whoever is here is at work on nothing else.
PURPOSE = "Schülerdaten pflegen"
State = ImportBatch.State


@require_safe
@members_only
def home(request: HttpRequest) -> HttpResponse:
    """The schools for which somebody may import; with one, its page."""
    schools = list(_schools(request))
    if len(schools) == 1:
        return redirect("certificates:imports", schools[0].number)
    return render(request, "certificates/importing/home.html", {"schools": schools})


@require_http_methods(GET_OR_POST)
@members_only
def school(request: HttpRequest, number: str) -> HttpResponse:
    """Upload, and what was imported before."""
    found, user = _school(request, number), cast(User, request.user)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST":
        verdict = UPLOADS.take(request)
        if not verdict.allowed:
            return too_often(request, verdict)
        if form.is_valid() and (made := _upload(form, found, user)):
            return redirect(made)
    imports = policy.which(user, Action.VIEW, ImportBatch.objects.filter(school=found))
    pupils = policy.which(user, Action.VIEW, Pupil.objects.filter(school=found))
    context = {
        "school": found,
        "form": form,
        "page": _page(request, imports.select_related("made_by", "applied_by", "school"), 20),
        "doubtful": _doubtful(request, found).count(),
        "pupils": pupils.count(),
        "has_server": servers.of(found) is not None,
    }
    return render(request, "certificates/importing/school.html", context)


def _upload(form: UploadForm, found: School, user: User) -> ImportBatch | None:
    file, data = form.cleaned_data["file"], form.cleaned_data
    try:
        return actions.begin(
            found, user, name=file.name, content=file.read(), encoding=data["encoding"], complete=data["complete"]
        )
    except PupilImportError as error:
        form.add_error(None, str(error))
        return None


@require_POST
@members_only
def ask_server(request: HttpRequest, number: str) -> HttpResponse:
    found = _school(request, number)
    verdict = UPLOADS.take(request)
    if not verdict.allowed:
        return too_often(request, verdict)
    try:
        return redirect(actions.begin_from_server(found, cast(User, request.user)))
    except PupilImportError as error:
        messages.error(request, str(error))
        return redirect("certificates:imports", number)


@require_safe
@members_only
def detail(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """How far an import is, what it would do, or what it did; `?zeigen=` one kind of rows."""
    batch = _batch(request, number, pk)
    if batch.state in {State.READING, State.APPLYING}:
        begun = batch.attempts > 0
        # What nobody has begun with waits behind others, and was not interrupted.
        silent = begun and progress.is_silent(batch)
        state = {"progress": progress.of(batch), "silent": silent, "begun": begun}
        return render(request, "certificates/importing/waiting.html", {"batch": batch, "school": batch.school, **state})
    if request.headers.get("HX-Request"):
        # The page of a waiting import has asked how far it is: it is done.
        return HttpResponse(headers={"HX-Refresh": "true"})
    word = request.GET.get("zeigen", "")
    shown = SHOWN.get(word) or (SHOWN["abgelehnt"] if batch.refused and not batch.new else SHOWN["neu"])
    rows = policy.which(request.user, Action.VIEW, ImportRow.objects.filter(batch=batch, outcome=shown))
    page = _page(request, rows, PER_PAGE)
    left = policy.which(request.user, Action.VIEW, batch.rows.filter(outcome=ImportRow.Outcome.DEPARTED))
    context = {
        "batch": batch,
        "school": batch.school,
        "problems": showing.problems_of(batch),
        "counts": showing.counts(batch, SHOWN, shown),
        "page": page,
        "rows": showing.lines(page.object_list),
        "shown": next(word for word, outcome in SHOWN.items() if outcome == shown),
        "departed": showing.lines(left.select_related("pupil")[:MOST_DEPARTED]),
        "departed_left": max(0, batch.departed - MOST_DEPARTED) if batch.state == State.ASKING else 0,
        "many_missing": showing.many_missing(batch),
        "out": departures.still_out(left),
        "form": ApplyForm(rows=[]),
        "undoable": not applying.why_not_undone(batch),
        "undo_until": (batch.applied_at or timezone.now()) + retention.UNDO_FOR,
        "doubtful": _doubtful(request, batch.school).count(),
    }
    _note(request, batch.school, "import", batch=batch.pk, page=page.number)
    return render(request, "certificates/importing/import.html", context)


@require_POST
@members_only
def apply(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    batch = _batch(request, number, pk)
    left = batch.rows.filter(outcome=ImportRow.Outcome.DEPARTED).values_list("pk", flat=True)[:MOST_DEPARTED]
    form = ApplyForm(request.POST, rows=list(left))
    if not form.is_valid():
        messages.error(request, _("The list of pupils who have left has changed. Please look at it again."))
        return redirect(batch)
    day: dt.date | None = form.cleaned_data["ended_on"]
    if day and day > timezone.localdate():
        messages.error(request, _("The last day at the school lies in the future."))
        return redirect(batch)

    def act() -> None:
        actions.apply(
            batch,
            cast(User, request.user),
            departed=form.cleaned_data["departed"],
            ended_on=day.isoformat() if day else "",
        )

    done = _do(request, act)
    if done and batch.state == State.APPLIED:
        messages.success(request, _("The import is applied."))
    return redirect(batch)


@require_POST
@members_only
def drop(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    batch = _batch(request, number, pk)
    if _do(request, lambda: actions.drop(batch, cast(User, request.user))):
        messages.success(request, _("The import is not applied. Nothing of it has been kept."))
    return redirect("certificates:imports", number)


@require_http_methods(GET_OR_POST)
@members_only
def undo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    batch = _batch(request, number, pk)
    if request.method != "POST":
        context = {"batch": batch, "school": batch.school, "against": applying.why_not_undone(batch)}
        return render(request, "certificates/importing/undo.html", context)
    if _do(request, lambda: applying.undo(batch, cast(User, request.user))):
        messages.success(request, _("The import is undone. The pupils are as they were before."))
    return redirect(batch)


@require_http_methods(GET_OR_POST)
@members_only
def enter(request: HttpRequest, number: str) -> HttpResponse:
    """One pupil by hand, for whom the administration's file is too late."""
    found, user = _school(request, number), cast(User, request.user)
    known = grades.known(found.kind)
    form = EnterForm(request.POST or None, initial=by_hand.initial(found), grades=known)
    if request.method == "POST" and form.is_valid():
        try:
            pupil = by_hand.enter(found, user, form.cleaned_data)
        except by_hand.NotEnteredError as error:
            # An answer may say that somebody is a pupil here, so it is written down as if they had been looked up.
            _note(request, found, "by hand")
            for field, sentences in error.problems.items():
                for sentence in sentences:
                    form.add_error(field if field in form.fields else None, sentence)
        else:
            messages.success(
                request,
                _("The pupil is entered. A certificate takes a second person, because no import says the same."),
            )
            return redirect(pupil)
    return render(request, "certificates/importing/enter.html", {"school": found, "form": form})


@require_safe
@members_only
def names(request: HttpRequest, number: str) -> HttpResponse:
    """Names that look damaged, each with its form."""
    found = _school(request, number)
    page = _page(request, _doubtful(request, found), 20)
    forms = [(pupil, _name_form(pupil), showing.reason(pupil.name_doubt)) for pupil in page.object_list]
    context = {"school": found, "page": page, "forms": forms}
    _note(request, found, "names", page=page.number)
    return render(request, "certificates/importing/names.html", context)


@require_http_methods(GET_OR_POST)
@members_only
def name(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One name: confirmed or corrected."""
    found = _school(request, number)
    pupil = get_object_or_404(policy.which(request.user, Action.EDIT, Pupil.objects.filter(school=found)), pk=pk)
    form = NameForm(request.POST, prefix=f"p{pupil.pk}") if request.method == "POST" else _name_form(pupil)
    if request.method == "POST" and form.is_valid():
        try:
            naming.settle(pupil, cast(User, request.user), **form.cleaned_data)
        except PupilImportError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The name is checked."))
            return redirect("certificates:names", number)
    context = {"school": found, "pupil": pupil, "form": form, "reason": showing.reason(pupil.name_doubt)}
    _note(request, found, "name", pupil=pupil.pk)
    return render(request, "certificates/importing/name.html", context)


@require_safe
@members_only
def kept(request: HttpRequest, number: str) -> HttpResponse:
    """Whose data go next, and whose are held."""
    found = _school(request, number)
    rows = policy.which(request.user, Action.VIEW, Pupil.objects.filter(school=found))
    soon = timezone.localdate() + dt.timedelta(days=30)
    context = {
        "school": found,
        "held": rows.exclude(hold_reason="").select_related("held_by"),
        "page": _page(request, rows.filter(hold_reason="", retention_ends_on__lte=soon), 20),
        "form": HoldForm(),
    }
    _note(request, found, "kept")
    return render(request, "certificates/importing/kept.html", context)


@require_POST
@members_only
def hold(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """With a reason the data are held, without one they are released."""
    found, user = _school(request, number), cast(User, request.user)
    pupil = get_object_or_404(policy.which(user, Action.EDIT, Pupil.objects.filter(school=found)), pk=pk)
    reason = request.POST.get("reason", "")
    if pupil.hold_reason:
        _do(request, lambda: retention.release(pupil, user))
    elif _do(request, lambda: retention.hold(pupil, user, reason)):
        messages.success(request, _("The data are kept until somebody releases them."))
    return redirect("certificates:kept", number)


@require_safe
@members_only
def template(request: HttpRequest, ending: str) -> HttpResponse:
    """The file to fill in."""
    content, kind = {
        "csv": (template_files.as_csv, "text/csv; charset=utf-8"),
        "xlsx": (template_files.as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    }[ending]
    headers = {"Content-Disposition": f'attachment; filename="schueler-vorlage.{ending}"'}
    return HttpResponse(content(), content_type=kind, headers=headers)


def _do(request: HttpRequest, action: Callable[[], object]) -> bool:
    try:
        action()
    except PupilImportError as error:
        messages.error(request, str(error))
        return False
    return True


def _note(request: HttpRequest, school: School, part: str, **what: Any) -> None:
    access.note_reading(request, school, access.purpose_of(request, school) or PURPOSE, part=part, **what)


def _schools(request: HttpRequest) -> Any:
    own = schools_of(request.user, SchoolRole.Role.OFFICE)
    return policy.which(request.user, Action.VIEW, School.objects.filter(pk__in=own))


def _school(request: HttpRequest, number: str) -> School:
    """A school of which one reads the pupils. To everybody else it has no such page."""
    return cast(School, get_object_or_404(_schools(request), number=number))


def _batch(request: HttpRequest, number: str, pk: int) -> ImportBatch:
    rows = ImportBatch.objects.filter(school__number=number).select_related(
        "school", "school_year", "made_by", "applied_by", "undone_by"
    )
    return get_object_or_404(policy.which(request.user, Action.VIEW, rows), pk=pk)


def _doubtful(request: HttpRequest, found: School) -> QuerySet[Pupil]:
    return policy.which(request.user, Action.VIEW, Pupil.objects.with_doubtful_name().filter(school=found))


def _page(request: HttpRequest, rows: Any, size: int) -> Page[Any]:
    return Paginator(rows, size).get_page(request.GET.get("seite"))


def _name_form(pupil: Pupil) -> NameForm:
    initial = {name: getattr(pupil, name) for name in ("family_name", "first_names", "call_name")}
    return NameForm(prefix=f"p{pupil.pk}", initial=initial)
