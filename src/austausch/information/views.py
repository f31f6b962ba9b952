"""Public pages, and the one on which the portal team changes the German text."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from austausch.catalogue.exports.limits import LIGHT
from austausch.core.network import members_only
from austausch.core.page_cache import public_page
from austausch.core.policy import Action, policy
from austausch.core.rate_limit import too_often
from austausch.information import actions, paper
from austausch.information.display import page_list, text_of
from austausch.information.models import MOST_SECTIONS, Information
from austausch.information.queries import public_pages
from austausch.information.texts import KIND, named_fields
from austausch.languages import kinds
from austausch.languages.forms import VersionForm
from austausch.languages.policy import may_confirm, may_write
from austausch.languages.reading import Reading, reading
from austausch.languages.tongues import GERMAN, TONGUES
from austausch.people.models import User


@require_safe
@public_page
def pages(request: HttpRequest) -> HttpResponse:
    """`?sprache=ro`: all pages, titles in that language."""
    rows = list(public_pages().with_parts())
    found = page_list(rows, request, reverse("information:list"))
    context = {
        "list": found,
        "reading": found.reading if found else None,
        "trail": [(found.title if found else _("Before you travel"), "")],
        # Showing messages would set a cookie, which discretion takes away again, so they would never end.
        "messages_waiting": False,
    }
    return render(request, "information/list.html", context)


@require_safe
@public_page
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """`?sprache=ro`: one page in that language."""
    found = get_object_or_404(public_pages().with_parts(), slug=slug)
    read = reading(found, request)
    # The list in the same language.
    back = reverse("information:list")
    if read.address != read.path:
        back = f"{back}?sprache={read.tongue.code}"
    text = text_of(found, read)
    context = {
        "page": found,
        "reading": read,
        "text": text,
        "trail": [(_("Before you travel"), back), (str(text.title), "")],
        "may_write": may_write(request.user, found),
        "to_confirm": _to_confirm(request, read),
        "messages_waiting": False,
    }
    return render(request, "information/page.html", context)


@require_safe
@public_page
def page_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """One page on paper, in the language that was asked for; 404 in one that does not exist."""
    verdict = LIGHT.take(request)
    if not verdict.allowed:
        return too_often(request, verdict)
    found = get_object_or_404(public_pages().with_parts(), slug=slug)
    read = reading(found, request, path=found.get_absolute_url())
    if read.asked.code != read.tongue.code:
        raise Http404
    return paper.pdf_response(found, read, request)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The German text as a form, with one empty section at its end. A section that is emptied is gone."""
    found = get_object_or_404(policy.which(request.user, Action.EDIT, Information.objects.all()), pk=pk)
    german = kinds.german(found)
    fields = named_fields(min(len(found.sections) + 1, MOST_SECTIONS))
    seen = ("", kinds.fingerprint(german))
    form = VersionForm(request.POST or None, fields=fields, tongue=TONGUES[GERMAN], texts=german, seen=seen)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(
                page=found, texts=form.texts, user=cast(User, request.user), seen=form.cleaned_data["seen_texts"]
            )
        except actions.InformationError as error:
            for name, message in error.fields.items():
                form.add_error(name if name in form.fields else None, message)
            if not error.fields:
                form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. Versions in other languages are marked as out of date."))
            return redirect("information:edit", found.pk)
    return render(request, "information/edit.html", {"page": found, "form": form, "kind": KIND})


def _to_confirm(request: HttpRequest, read: Reading) -> Any:
    """The version, where this person could confirm it."""
    version = read.version
    if version is None or version.state != version.State.UNCONFIRMED or not may_confirm(request.user, version):
        return None
    return version
