"""After how many months entries of each kind are checked: one form for the portal team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin.menu import MenuItem

from austausch.catalogue.models import Kind, ReviewInterval
from austausch.core.policy import Action, policy


class IntervalsForm(forms.Form):
    """A number of months for each kind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(ReviewInterval.objects.values_list("kind", "months"))
        for kind, label in Kind.choices:
            initial = known.get(kind, ReviewInterval.DEFAULT)
            self.fields[kind] = forms.IntegerField(label=label, min_value=1, max_value=60, initial=initial)


@transaction.atomic
def save(months: dict[str, int]) -> None:
    for kind, number in months.items():
        ReviewInterval.objects.update_or_create(kind=kind, defaults={"months": number})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    policy.require(request.user, Action.EDIT, ReviewInterval)
    form = IntervalsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        save(form.cleaned_data)
        messages.success(request, _("The intervals are saved."))
        return redirect("review_intervals:edit")
    return TemplateResponse(request, "catalogue/admin/intervals.html", {"form": form})


class IntervalsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return policy.may(request.user, Action.EDIT, ReviewInterval)


urlpatterns = [path("", edit, name="edit")]
