"""The editors' side of figures: taking a file over, and how often pages are asked for."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.core.policy import Action, policy
from austausch.figures import genesis, importing, usage
from austausch.figures.models import PageUse, Statistic, StatisticImport
from austausch.people.models import User

MOST_LINES = 200


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV (flat) from GENESIS-Online, the Regionaldatenbank or a state's database."),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("That of a statistic here to add to it or revise it. Empty: as the file says."),
    )
    content = forms.CharField(
        label=gettext_lazy("Content"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Only where the file holds several, such as cases and people."),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=300,
        help_text=gettext_lazy("For example “Statistisches Landesamt, Tabelle 12411-01-01-5”."),
    )
    licence = forms.CharField(
        label=gettext_lazy("Licence"),
        max_length=100,
        help_text=gettext_lazy("As the office states it, for example “dl-de/by-2-0”."),
    )
    retrieved_on = forms.DateField(
        label=gettext_lazy("Retrieved on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=500)


@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest) -> HttpResponse:
    """Reads a file and leads to the preview; shows every problem of it otherwise."""
    policy.require(request.user, Action.CREATE, Statistic)
    form = ImportForm(request.POST or None, request.FILES or None)
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "file"}
        try:
            upload = form.cleaned_data["file"]
            waiting = importing.read(upload.read(genesis.LARGEST + 1), cast(User, request.user), **values)
        except importing.FiguresError as error:
            form.add_error("file" if not error.problems else None, str(error))
            problems = error.problems
        else:
            return redirect("figures_import:preview", waiting.pk)
    return TemplateResponse(request, "figures/admin/read.html", {"form": form, "problems": problems})


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    found = importing.preview(_own(request, pk))
    return TemplateResponse(
        request,
        "figures/admin/preview.html",
        {"preview": found, "pk": pk, "counts": found.counts, "lines": found.changes[:MOST_LINES]},
    )


@require_POST
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    waiting = _own(request, pk)
    if "discard" in request.POST:
        waiting.delete()
        return redirect("figures_import:read")
    try:
        statistic = importing.take_over(waiting, cast(User, request.user))
    except importing.FiguresError as error:
        messages.error(request, str(error))
        return redirect("figures_import:preview", pk)
    messages.success(request, _("“%(title)s” is taken over.") % {"title": statistic.title})
    return redirect("figures:statistic", statistic.pk)


@require_safe
def use(request: HttpRequest) -> HttpResponse:
    policy.require(request.user, Action.VIEW, PageUse)
    months, kinds = usage.by_month()
    context = {"months": months, "kinds": kinds, "smallest": usage.SMALLEST_SHOWN}
    return TemplateResponse(request, "figures/admin/use.html", context)


def _own(request: HttpRequest, pk: int) -> StatisticImport:
    return get_object_or_404(policy.which(request.user, Action.EDIT, StatisticImport.objects.all()), pk=pk)


import_urls = [
    path("", read, name="read"),
    path("<int:pk>/", preview, name="preview"),
    path("<int:pk>/uebernehmen/", take_over, name="take_over"),
]
use_urls = [path("", use, name="months")]
