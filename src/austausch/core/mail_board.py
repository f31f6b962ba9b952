"""Mails of which nobody knows whether they went out, and mails that no server took: the portal team decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.menu import MenuItem

from austausch.core import outbox
from austausch.core.models import Mail
from austausch.core.policy import Action, policy

PER_PAGE = 30
UNDECIDED = (Mail.State.UNCLEAR, Mail.State.FAILED)


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Recipient and subject only: what the mails say is not the portal team's business."""
    policy.require(request.user, Action.EDIT, Mail)
    mails = policy.which(request.user, Action.EDIT, Mail.objects.filter(state__in=UNDECIDED).select_related("user"))
    page = Paginator(mails, PER_PAGE).get_page(request.GET.get("seite"))
    return TemplateResponse(request, "core/admin/mails.html", {"page": page})


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, outbox.send_again)


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, outbox.settle_as_sent)


def _decide(request: HttpRequest, pk: int, decision: Callable[[Mail], None]) -> HttpResponse:
    mail = get_object_or_404(policy.which(request.user, Action.EDIT, Mail.objects.all()), pk=pk)
    decision(mail)
    return redirect("mail_board:board")


class MailsMenuItem(MenuItem):
    """Only there while something waits for a decision."""

    def is_shown(self, request: HttpRequest) -> bool:
        return policy.may(request.user, Action.EDIT, Mail) and Mail.objects.filter(state__in=UNDECIDED).exists()

    def render_component(self, request: HttpRequest) -> Any:
        component = super().render_component(request)
        component.label = f"{self.label} ({Mail.objects.filter(state__in=UNDECIDED).count()})"
        return component


urlpatterns = [
    path("", board, name="board"),
    path("<int:pk>/noch-einmal/", send_again, name="send_again"),
    path("<int:pk>/erledigt/", settle, name="settle"),
]
