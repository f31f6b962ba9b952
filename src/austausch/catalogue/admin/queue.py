"""The review list: what waits for the editor who is signed in, with its count in the menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.admin.menu import MenuItem

from austausch.catalogue import workflow
from austausch.catalogue.models import Entry
from austausch.core.policy import Action, policy

PER_PAGE = 30


@dataclass(frozen=True)
class Shelf:
    """One part of the review list. `pick`: the entries on it, for a user, out of those the user edits."""

    key: str
    title: Any
    empty: Any
    pick: Callable[[Any, QuerySet[Entry]], QuerySet[Entry]]
    calls: bool = False  # whether somebody has to act, so that it counts in the menu


def _decide(user: Any, entries: QuerySet[Entry]) -> QuerySet[Entry]:
    keys = [int(key) for key in workflow.waiting_for(user).values_list("workflow_state__object_id", flat=True)]
    return entries.filter(pk__in=keys).order_by("latest_revision__created_at", "pk")


SHELVES = (
    Shelf("entscheiden", _("Waiting for your decision"), _("Nothing waits for your decision."), _decide, calls=True),
    Shelf(
        "nacharbeiten",
        _("Sent back for changes"),
        _("Nothing was sent back."),
        lambda user, entries: entries.filter(pk__in=workflow.to_be_changed(user).values("pk")),
        calls=True,
    ),
    Shelf(
        "faellig",
        _("Due for a check"),
        _("No published entry is due for a check."),
        lambda user, entries: entries.due_for_check(),  # type: ignore[attr-defined]
        calls=True,
    ),
    Shelf(
        "in-pruefung",
        _("In review"),
        _("Nothing is in review."),
        lambda user, entries: entries.filter(pk__in=workflow.in_review(user).values("pk")),
    ),
    Shelf(
        "entwuerfe",
        _("Drafts and unpublished changes"),
        _("There are no drafts."),
        lambda user, entries: entries.filter(has_unpublished_changes=True).order_by(
            "-latest_revision__created_at", "-pk"
        ),
    ),
    Shelf(
        "geplant",
        _("Scheduled"),
        _("Nothing is scheduled."),
        lambda user, entries: (
            entries.filter(_revisions__approved_go_live_at__isnull=False).distinct().order_by("go_live_at", "pk")
        ),
    ),
)


def on_shelf(shelf: Shelf, user: Any) -> QuerySet[Entry]:
    return shelf.pick(user, policy.which(user, Action.EDIT, Entry.objects.all()))


@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """`?liste=` chooses the shelf; without it, the first that has something on it."""
    counted = [(shelf, on_shelf(shelf, request.user).count()) for shelf in SHELVES]
    wanted = request.GET.get("liste")
    chosen = next((shelf for shelf in SHELVES if shelf.key == wanted), None)
    chosen = chosen or next((shelf for shelf, count in counted if count), SHELVES[0])
    entries = on_shelf(chosen, request.user).select_related("lead", "latest_revision__user")
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("seite"))
    context = {"shelves": counted, "chosen": chosen, "page": page}
    return TemplateResponse(request, "catalogue/admin/review_list.html", context)


class ReviewMenuItem(MenuItem):
    """Shows how much calls for somebody to act."""

    def is_shown(self, request: HttpRequest) -> bool:
        return policy.may(request.user, Action.EDIT, Entry)

    def render_component(self, request: HttpRequest) -> Any:
        component = super().render_component(request)
        waiting = sum(on_shelf(shelf, request.user).count() for shelf in SHELVES if shelf.calls)
        if waiting:
            component.label = f"{self.label} ({waiting})"
        return component
