"""The catalogue's shelves on the editors' board."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from austausch.catalogue import link_health
from austausch.catalogue.admin import queue
from austausch.catalogue.models import Entry, LinkAddress
from austausch.core import editors_board
from austausch.core.editors_board import TODAY, Row, Shelf
from austausch.core.policy import Action, policy

# Which parts of the review list stand on the board, and where: whom others wait for comes first.
ORDER = {"entscheiden": 10, "nacharbeiten": 20, "faellig": 50, "entwuerfe": 80}


def review_shelf(request: HttpRequest, *, part: queue.Shelf) -> Shelf | None:
    """A part of the review list."""
    if not policy.may(request.user, Action.EDIT, Entry):
        return None
    entries = queue.on_shelf(part, request.user).select_related("lead", "latest_revision")
    return Shelf(
        title=part.title,
        empty=part.empty,
        count=entries.count(),
        rows=[_row(entry, part) for entry in entries[:TODAY]],
        url=f"{reverse('catalogue_editing:review_list')}?liste={part.key}",
        calls=part.calls,
    )


for _part in queue.SHELVES:
    if _part.key in ORDER:
        editors_board.shelf(order=ORDER[_part.key])(partial(review_shelf, part=_part))


@editors_board.shelf(order=30)
def broken_links(request: HttpRequest) -> Shelf | None:
    """Addresses that entries of this user name and that lead nowhere."""
    if not policy.may(request.user, Action.EDIT, LinkAddress):
        return None
    broken = link_health.for_editor(request.user).in_state(LinkAddress.State.BROKEN).order_by("last_ok_at", "pk")
    return Shelf(
        title=gettext_lazy("Broken links"),
        empty=gettext_lazy("No address is known to be broken."),
        count=broken.count(),
        rows=[
            Row(
                address.url,
                reverse("link_health:address", args=[address.pk]),
                _("last reachable on %(day)s") % {"day": date_format(address.last_ok_at)} if address.last_ok_at else "",
            )
            for address in broken[:TODAY]
        ],
        url=f"{reverse('link_health:report')}?stand=kaputt",
    )


def _row(entry: Entry, part: queue.Shelf) -> Row:
    url = reverse("wagtailsnippets_catalogue_entry:edit", args=[entry.pk])
    if part.key == "faellig":
        checked = _("last checked on %(day)s") % {"day": date_format(entry.checked_on)} if entry.checked_on else ""
        return Row(entry.title, reverse("catalogue:check", args=[entry.slug]), checked or _("never checked"))
    revision: Any = entry.latest_revision
    title = revision.object_str if revision else entry.title
    return Row(title, url, str(entry.lead), revision.created_at.date() if revision else None)
