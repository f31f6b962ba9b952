"""The editors' side of places: proposals while somebody types."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.http import require_safe
from wagtail import hooks

from austausch.core.editing import open_to_editors
from austausch.places import forms

open_to_editors("places_editing:find")


@require_safe
def find(request: HttpRequest) -> JsonResponse:
    """`?q=`: up to 20 places, as they are written into the text box."""
    text = request.GET.get("q", "").strip()[:100]
    return JsonResponse({"places": [forms.label(place) for place in forms.find(text)] if len(text) > 1 else []})


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    return [path("orte/", include(([path("", find, name="find")], "places_editing")))]
