"""What people look for and do not find, for those who can change that: /verwaltung/suche/."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin.menu import MenuItem

from austausch.core.editors_board import TODAY, Shelf, shelf
from austausch.core.editors_board import Row as BoardRow
from austausch.core.policy import Action, policy
from austausch.core.spreadsheets import BOM, harmless
from austausch.search.admin.reports import Tab, way_back
from austausch.search.asking import Query
from austausch.search.finding import Hits
from austausch.search.models import Search, Synonym
from austausch.search.searches import this_week

PER_PAGE = 30
WEEKS = (4, 12, 52)
WITHOUT_HITS, POPULAR = "ohne-treffer", "haeufig"
TABS = ((WITHOUT_HITS, gettext_lazy("Nothing found")), (POPULAR, gettext_lazy("Searched for most")))


@dataclass(frozen=True)
class Row:
    """A text that was searched for: `times` in `weeks` weeks, the last of which began on `last`; `found` then."""

    text: str
    times: int
    weeks: int
    last: dt.date
    found: int

    @cached_property
    def hits_now(self) -> int:
        """What a visitor finds with its words today."""
        hits = Hits(Query(self.text), AnonymousUser())
        return 0 if hits.missed else hits.total

    @property
    def solved(self) -> bool:
        return not self.found and self.hits_now > 0

    @property
    def address(self) -> str:
        """The list as a visitor gets it."""
        return f"{reverse('search:list')}?{urlencode({'q': self.text})}"

    @property
    def synonym(self) -> str:
        """The form for a new synonym with this text filled in."""
        return f"{reverse('wagtailsnippets_search_synonym:add')}?{urlencode({'words': self.text})}"


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """`?liste=` and `?wochen=` choose; without them what was not found in the last four weeks."""
    policy.require(request.user, Action.VIEW, Search)
    chosen, weeks = _choice(request)
    page = Paginator(_counted(weeks, without_hits=chosen == WITHOUT_HITS), PER_PAGE).get_page(request.GET.get("seite"))
    counts = {name: _counted(weeks, without_hits=name == WITHOUT_HITS).count() for name, _title in TABS}
    lists = [Tab(f"{title} ({counts[name]})", _chosen(name, weeks), name == chosen) for name, title in TABS]
    spans = [Tab(_("%(span)d weeks") % {"span": span}, _chosen(chosen, span), span == weeks) for span in WEEKS]
    context = {
        "report_title": _("What people search for"),
        "shelves": [(_("Parts of the report"), lists), (_("Period"), spans)],
        "empty": _("There is nothing in this period."),
        "chosen": chosen,
        "title": dict(TABS)[chosen],
        "weeks": weeks,
        "page": page,
        "rows": [Row(**row) for row in page],
        "may_add_synonyms": policy.may(request.user, Action.CREATE, Synonym),
        "may_delete": policy.may(request.user, Action.DELETE, Search),
    }
    return TemplateResponse(request, "search/admin/report.html", context)


@require_safe
def table(request: HttpRequest) -> StreamingHttpResponse:
    """The chosen list as CSV, all of it."""
    policy.require(request.user, Action.VIEW, Search)
    chosen, weeks = _choice(request)
    rows = (Row(**row) for row in _counted(weeks, without_hits=chosen == WITHOUT_HITS).iterator())
    name = f"suche-{chosen}-{weeks}-wochen.csv"
    return StreamingHttpResponse(
        _csv(rows),
        content_type="text/csv; charset=utf-8; header=present",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_POST
def settled(request: HttpRequest) -> HttpResponse:
    """Forgets how often a text was asked. If it is asked again, it is there again."""
    policy.require(request.user, Action.DELETE, Search)
    policy.which(request.user, Action.DELETE, Search.objects.filter(text=request.POST.get("text", ""))).delete()
    return redirect(way_back(request) or "search_report:report")


@shelf(order=70)
def on_the_board(request: HttpRequest) -> Shelf | None:
    """What was looked for in the last weeks and not found; a synonym or an entry may be missing."""
    if not policy.may(request.user, Action.VIEW, Search):
        return None
    found = _counted(WEEKS[0], without_hits=True)
    url = f"{reverse('search_report:report')}?liste={WITHOUT_HITS}"
    return Shelf(
        title=gettext_lazy("Searched for, nothing found"),
        empty=gettext_lazy("Everything that was searched for was found."),
        count=found.count(),
        rows=[
            BoardRow(row["text"], url, ngettext("%(times)d time", "%(times)d times", row["times"]) % row)
            for row in found[:TODAY]
        ],
        url=url,
        calls=False,
    )


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return policy.may(request.user, Action.VIEW, Search)


def _chosen(name: str, weeks: int) -> str:
    """The query that chooses this list."""
    return "?" + urlencode({"liste": name, "wochen": weeks})


def _choice(request: HttpRequest) -> tuple[str, int]:
    chosen = request.GET.get("liste", "")
    weeks = request.GET.get("wochen", "")
    offered = {str(number): number for number in WEEKS}
    return chosen if chosen in dict(TABS) else WITHOUT_HITS, offered.get(weeks, WEEKS[0])


def _counted(weeks: int, *, without_hits: bool) -> QuerySet[Search, Any]:
    """The texts of these weeks, the most frequent first, with the fields of `Row`."""
    since = this_week() - dt.timedelta(weeks=weeks - 1)
    newest = Search.objects.filter(text=OuterRef("text")).order_by("-week")
    counted = (
        Search.objects.filter(week__gte=since)
        # The model's own order would split the groups.
        .order_by()
        .values("text")
        .annotate(times=Sum("asked"), weeks=Count("week"), last=Max("week"), found=Subquery(newest.values("hits")[:1]))
        .order_by("-times", "-last", "text")
    )
    return counted.filter(found=0) if without_hits else counted


class _Line:
    """What csv writes to; it hands each line back."""

    def write(self, line: str) -> str:
        return line


def _csv(rows: Iterable[Row]) -> Iterator[str]:
    writer = csv.writer(_Line(), delimiter=";", lineterminator="\r\n")
    yield BOM + writer.writerow([_("Searched for"), _("Times"), _("Weeks"), _("Last week"), _("Hits then")])
    for row in rows:
        yield writer.writerow([harmless(row.text), row.times, row.weeks, row.last.isoformat(), row.found])


urlpatterns = [
    path("", report, name="report"),
    path("liste.csv", table, name="table"),
    path("erledigt/", settled, name="settled"),
]
