"""The views behind the buttons of an entry: archive, restore, still right, comment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.admin.utils import quote
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin.utils import get_valid_next_url_from_request

from austausch.catalogue import actions
from austausch.catalogue.models import EditorialComment, Entry

if TYPE_CHECKING:
    from austausch.people.models import User

NAMESPACE = "wagtailsnippets_catalogue_entry"


def url(name: str, entry: Entry, *args: Any) -> str:
    return reverse(f"{NAMESPACE}:{name}", args=[quote(entry.pk), *args])


def back_to(entry: Entry, tab: str = "") -> HttpResponse:
    return redirect(url("edit", entry) + (f"#tab-{tab}" if tab else ""))


@require_http_methods(["GET", "POST"])
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason, then archives; for an archived entry asks back and restores."""
    entry = get_object_or_404(Entry, pk=pk)
    if request.method == "GET":
        return TemplateResponse(request, "catalogue/admin/archive.html", {"entry": entry, "back": url("edit", entry)})
    if entry.archived_on:
        _try(request, lambda: actions.restore(entry, _user(request)), _("“%(entry)s” stands in lists again."), entry)
    else:
        reason = request.POST.get("reason", "")[:500]
        _try(request, lambda: actions.archive(entry, _user(request), reason), _("“%(entry)s” is archived."), entry)
    return back_to(entry)


@require_POST
def confirm_checked(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(Entry, pk=pk)
    _try(request, lambda: actions.confirm_checked(entry, _user(request)), _("“%(entry)s” was checked today."), entry)
    following = get_valid_next_url_from_request(request)
    return redirect(following) if following else back_to(entry)


@require_POST
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(Entry, pk=pk)
    try:
        actions.comment(entry, _user(request), request.POST.get("text", ""), request.POST.get("field", ""))
    except ValidationError as error:
        messages.error(request, _("The comment was not saved: %(why)s") % {"why": " ".join(error.messages)})
    return back_to(entry, "comments")


@require_POST
def resolve_comment(request: HttpRequest, pk: int, comment_pk: int) -> HttpResponse:
    note = get_object_or_404(EditorialComment.objects.select_related("entry"), pk=comment_pk, entry=pk)
    actions.resolve(note, _user(request))
    return back_to(note.entry, "comments")


def urlpatterns() -> list[URLPattern]:
    return [
        path("archiv/<int:pk>/", archive, name="archive"),
        path("stimmt-noch/<int:pk>/", confirm_checked, name="confirm_checked"),
        path("kommentar/<int:pk>/", comment, name="comment"),
        path("kommentar/<int:pk>/<int:comment_pk>/erledigt/", resolve_comment, name="resolve_comment"),
    ]


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _try(request: HttpRequest, action: Callable[[], None], done: str, entry: Entry) -> None:
    try:
        action()
    except actions.RefusedError as error:
        messages.error(request, _("“%(entry)s”: %(why)s") % {"entry": entry, "why": error})
    else:
        messages.success(request, done % {"entry": entry})
