"""Which school a request is about, and for which purpose somebody reads about its pupils."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final, cast
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from austausch.certificates import journal
from austausch.certificates.errors import CertificateError
from austausch.certificates.models import Certificate, IssueBatch, IssueLog, Pupil, School, SchoolRole
from austausch.certificates.policy import schools_of
from austausch.certificates.queries import CertificateQuerySet, IssueBatchQuerySet, PupilQuerySet
from austausch.core import acting
from austausch.core.policy import Action, policy
from austausch.people.models import User

SESSION_KEY: Final = "certificates_purpose"
HOLDS_SECONDS: Final = 60 * 60
LONGEST_SEARCH: Final = 200


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)


def own_school(request: HttpRequest, number: str, role: SchoolRole.Role = SchoolRole.Role.OFFICE) -> School:
    """A school of which the user reads pupils; 404 for everybody else, the portal team included."""
    own = School.objects.filter(pk__in=schools_of(request.user, role)).select_related("organisation", "place")
    return get_object_or_404(own, number=number)


def visible_school(request: HttpRequest, number: str) -> School:
    """A school of which the user may know that it exists."""
    rows = School.objects.select_related("organisation", "place")
    return get_object_or_404(policy.which(request.user, Action.VIEW, rows), number=number)


def pupils_of(request: HttpRequest, school: School) -> PupilQuerySet:
    rows = policy.which(request.user, Action.VIEW, Pupil.objects.filter(school=school))
    return cast(PupilQuerySet, rows)


def certificates_of(request: HttpRequest, school: School) -> CertificateQuerySet:
    """Those that are out."""
    rows = policy.which(request.user, Action.VIEW, Certificate.objects.filter(school=school).out())
    return cast(CertificateQuerySet, rows)


def batches_of(request: HttpRequest, school: School) -> IssueBatchQuerySet:
    rows = policy.which(request.user, Action.VIEW, IssueBatch.objects.filter(school=school))
    return cast(IssueBatchQuerySet, rows)


def purpose_of(request: HttpRequest, school: School) -> str:
    """What the user has said an hour ago or less; "" asks again."""
    purpose, until = request.session.get(SESSION_KEY, {}).get(school.number, ("", 0))
    return str(purpose) if until > time.time() else ""


def remember_purpose(request: HttpRequest, school: School, purpose: str) -> None:
    known = request.session.get(SESSION_KEY, {})
    request.session[SESSION_KEY] = {**known, school.number: (purpose, time.time() + HOLDS_SECONDS)}


def ask_purpose(request: HttpRequest, school: School) -> HttpResponse:
    """To the page that asks, and back."""
    query = urlencode({"weiter": request.get_full_path()})
    return redirect(f"{reverse('certificates:purpose', args=[school.number])}?{query}")


def with_purpose(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For views about pupils: `view(request, school, purpose, …)`, only at one's own school and for a purpose."""

    def guarded(request: HttpRequest, number: str, **kwargs: Any) -> HttpResponseBase:
        school = own_school(request, number)
        purpose = purpose_of(request, school)
        return view(request, school, purpose, **kwargs) if purpose else ask_purpose(request, school)

    guarded.__name__, guarded.__doc__ = view.__name__, view.__doc__
    return guarded


def searched(request: HttpRequest, *names: str) -> dict[str, str]:
    """What somebody looks for among pupils. A name comes in the body only: addresses end up in histories and logs."""
    sent = request.POST if request.method == "POST" else request.GET
    name = request.POST.get("q", "") if request.method == "POST" else ""
    return {"q": name.strip()[:LONGEST_SEARCH], **{name: sent.get(name, "").strip() for name in names}}


def without_name(request: HttpRequest, kept: Mapping[str, str]) -> HttpResponse | None:
    """A search without a name has an address that can be kept; None where there is a name, or nothing was sent."""
    if request.method != "POST" or kept["q"]:
        return None
    query = urlencode({name: value for name, value in kept.items() if value})
    return redirect(f"{request.path}?{query}" if query else request.path)


def page(request: HttpRequest, rows: QuerySet[Any], size: int) -> Page[Any]:
    """The page of a list that is asked for, in the address or, with a name that was searched for, in the body."""
    sent = request.POST if request.method == "POST" else request.GET
    return Paginator(rows, size).get_page(sent.get("seite"))


def note_reading(request: HttpRequest, school: School, purpose: str, **what: Any) -> None:
    """Writes down that somebody reads about pupils: who, when, why, and which part; never a name."""
    line = journal.Line(IssueLog.Action.READ, purpose=purpose, data=what)
    journal.write(school, user_of(request), line)


def submitted(request: HttpRequest, form: forms.Form, action: Callable[[dict[str, Any]], Any]) -> Any:
    """As `acting.submitted`, for what this room refuses."""
    return acting.submitted(request, form, action, refused=CertificateError)


def clicked(request: HttpRequest, action: Callable[[], Any], done: str) -> bool:
    """As `acting.clicked`, for what this room refuses."""
    return acting.clicked(request, action, done, refused=CertificateError)
