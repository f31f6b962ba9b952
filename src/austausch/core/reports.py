"""Errors and barriers that visitors report: the form, its address, and the message to the portal team."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_tasks import task

from austausch.core.forms import ReportForm, local_path
from austausch.core.models import Report
from austausch.core.rate_limit import Limit

LIMIT = Limit("report", amount=5, seconds=600)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """`/hinweis/?art=error|barrier&seite=/pfad/`: shows the form, and takes it."""
    kind = Report.Kind.BARRIER if request.GET.get("art") == Report.Kind.BARRIER else Report.Kind.ERROR
    path = local_path(request.GET.get("seite", ""))
    form = ReportForm(request.POST if request.method == "POST" else None, kind=kind)
    status = 200
    if request.method == "POST" and form.is_valid():
        verdict = LIMIT.take(request)
        if verdict.allowed:
            submit(kind=kind, path=path, message=form.cleaned_data["message"], reply_to=form.cleaned_data["reply_to"])
            return redirect(f"{reverse('core:report_thanks')}?{urlencode({'seite': path})}")
        form.add_error(
            None,
            _("Too many messages came from your connection. Please send it again in %(minutes)s minutes.")
            % {"minutes": verdict.seconds // 60 + 1},
        )
        status = 429
    context = {"form": form, "kind": kind, "is_barrier": kind is Report.Kind.BARRIER, "path": path, **_trail()}
    return render(request, "core/report.html", context, status=status)


@never_cache
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "core/report_thanks.html", {"path": local_path(request.GET.get("seite", "")), **_trail()})


def submit(*, kind: Report.Kind, path: str, message: str, reply_to: str = "") -> Report:
    """Keeps a report and, once it is kept, tells the portal team by mail."""
    with transaction.atomic():
        kept = Report.objects.create(kind=kind, path=path, message=message, reply_to=reply_to)
        transaction.on_commit(partial(tell_portal_team.enqueue, kept.pk))
    return kept


@task()
def tell_portal_team(report_id: int) -> None:
    """Mails a report. The task knows only its number, so neither text nor sender stand in the queue or its log."""
    kept = Report.objects.filter(pk=report_id).first()
    if kept is None or not settings.AUSTAUSCH_PORTAL_TEAM_EMAIL:
        return
    with override(settings.LANGUAGE_CODE):
        subject = _("%(kind)s reported: %(path)s") % {"kind": kept.get_kind_display(), "path": kept.path}
        body = "\n\n".join(
            [
                _("Page: %(path)s") % {"path": kept.path},
                kept.message,
                _("An answer is wished for: simply reply to this message.")
                if kept.reply_to
                else _("No answer is wished for."),
            ]
        )
    EmailMessage(
        subject=subject[:200],
        body=body,
        to=[settings.AUSTAUSCH_PORTAL_TEAM_EMAIL],
        reply_to=[kept.reply_to] if kept.reply_to else None,
    ).send()


def _trail() -> dict[str, list[tuple[str, str]]]:
    return {"trail": [(_("Report something"), "")]}
