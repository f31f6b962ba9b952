"""What visitors reported, for the portal team: the open ones first, each with "settled"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.menu import MenuItem

from austausch.core.editors_board import TODAY, Row, Shelf, shelf
from austausch.core.models import Report
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.core.policy import Actor

PER_PAGE = 30


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """`?stand=erledigt` shows what is settled."""
    policy.require(request.user, Action.EDIT, Report)
    reports = policy.which(request.user, Action.EDIT, Report.objects.select_related("settled_by"))
    settled = request.GET.get("stand") == "erledigt"
    page = Paginator(reports.filter(settled_at__isnull=not settled), PER_PAGE).get_page(request.GET.get("seite"))
    return TemplateResponse(request, "core/admin/reports.html", {"page": page, "settled": settled})


@require_POST
def settled(request: HttpRequest, pk: int) -> HttpResponse:
    settle(get_object_or_404(Report, pk=pk), request.user)
    return redirect("report_board:board")


def settle(report: Report, user: Actor) -> None:
    """Notes who dealt with a report and when. A second time changes nothing."""
    policy.require(user, Action.EDIT, report)
    Report.objects.filter(pk=report.pk, settled_at=None).update(settled_at=timezone.now(), settled_by=user.pk)


@shelf(order=40)
def on_the_board(request: HttpRequest) -> Shelf | None:
    if not policy.may(request.user, Action.EDIT, Report):
        return None
    waiting = policy.which(request.user, Action.EDIT, Report.objects.filter(settled_at=None))
    url = reverse("report_board:board")
    return Shelf(
        title=_("Reports of visitors"),
        empty=_("No open reports."),
        count=waiting.count(),
        # The longest waiting first.
        rows=[
            Row(Truncator(report.message).chars(90), url, report.path, report.reported_at.date())
            for report in waiting.order_by("reported_at", "pk")[:TODAY]
        ],
        url=url,
    )


class ReportsMenuItem(MenuItem):
    """Shows how many reports are open."""

    def is_shown(self, request: HttpRequest) -> bool:
        return policy.may(request.user, Action.EDIT, Report)

    def render_component(self, request: HttpRequest) -> Any:
        component = super().render_component(request)
        if waiting := Report.objects.filter(settled_at=None).count():
            component.label = f"{self.label} ({waiting})"
        return component


urlpatterns = [path("", board, name="board"), path("<int:pk>/erledigt/", settled, name="settled")]
