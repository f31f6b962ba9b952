"""Up to four entries side by side: the same fields in the same order, each said to be equal or different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from austausch.catalogue import display
from austausch.catalogue.models import Entry
from austausch.catalogue.queries import EntryQuerySet
from austausch.core.page_cache import public_page
from austausch.core.policy import Action, policy

MOST = 4
MOST_FOUND = 10
# What is looked at of an address that names more.
MOST_NAMED = 20
# The order of an entry's page: what it is in short, what it says, what belongs to it.
ORDER = (
    *("summary", "lead", "partners", "period", "status", "funding", "target_groups", "venue", "places", "level"),
    *("kind", "approach", "evidence", "topics", "review", "starting_point", "goals", "procedure", "facts", "results"),
    *("lessons", "transferability", "effort_staff", "effort_cost", "effort_duration", "effort_town_size"),
    *("offices", "legal_bases", "citations", "links"),
)


@dataclass(frozen=True)
class Row:
    """A field: for each entry its lines, in the order of the entries."""

    label: str
    cells: tuple[tuple[str, ...], ...]

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1


@dataclass(frozen=True)
class Column:
    """An entry, and the address of the same comparison without it."""

    entry: Entry
    without: str


@require_safe
@public_page
def compare(request: HttpRequest) -> HttpResponse:
    """`m` names the entries, in the order in which they stand; `eintrag` is what the list's form sends."""
    given = [*request.GET.getlist("m"), *request.GET.getlist("eintrag")]
    wanted = [slug for slug in dict.fromkeys(given) if slug][:MOST_NAMED]
    found = _named(request, wanted)
    only = request.GET.get("nur") == "unterschiede"
    if "eintrag" in request.GET:
        return redirect(address([entry.slug for entry in found[:MOST]]))
    shown = found[:MOST]
    slugs = [entry.slug for entry in shown]
    every = rows(shown)
    columns = [Column(entry, address([slug for slug in slugs if slug != entry.slug])) for entry in shown]
    words = request.GET.get("q", "").strip()[:200]
    context = {
        "columns": columns,
        "rows": [row for row in every if row.differs or not only],
        "differences": sum(row.differs for row in every),
        "only": only,
        "switched": address(slugs, only=not only),
        "missing": len(wanted) > len(found),
        "too_many": len(found) > MOST,
        "words": words,
        "offers": _offers(request, shown, words) if len(shown) < MOST else [],
    }
    return render(request, "catalogue/compare.html", context)


def rows(entries: Sequence[Entry]) -> list[Row]:
    """All that any of the entries says, field by field."""
    said = [_said(entry) for entry in entries]
    labels = {key: label for one in said for key, (label, _lines) in one.items()}
    order = sorted(labels, key=ORDER.index)
    return [Row(labels[key], tuple(one[key][1] if key in one else () for one in said)) for key in order]


def address(slugs: Sequence[str], *, only: bool = False) -> str:
    """Where these entries stand side by side."""
    pairs = [("m", slug) for slug in slugs] + ([("nur", "unterschiede")] if only else [])
    base = reverse("catalogue:compare")
    return f"{base}?{urlencode(pairs)}" if pairs else base


def _said(entry: Entry) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Key of a field → its name and lines; only what the entry says something about."""
    found = {fact.key: (fact.label, fact.values) for fact in display.summary_box(entry)}
    if entry.summary:
        found["summary"] = (_("Summary"), (entry.summary,))
    found |= {section.key: (section.title, section.points) for section in display.sections(entry)}
    found |= {fact.key: (_("Effort: %(what)s") % {"what": fact.label}, fact.values) for fact in display.effort(entry)}
    lists = {
        "offices": (_("Offices"), tuple(display.office_text(office) for office in entry.offices.all())),
        "legal_bases": (_("Legal bases"), tuple(str(basis) for basis in entry.legal_bases.all())),
        "citations": (_("Documents"), tuple(citation.document.title for citation in entry.citations.all())),
        "links": (_("Links"), tuple(display.link_text(link) for link in entry.links.all())),
    }
    return found | {key: said for key, said in lists.items() if said[1]}


def _visible(request: HttpRequest) -> EntryQuerySet:
    return cast(EntryQuerySet, policy.which(request.user, Action.VIEW, Entry.objects.published()))


def _named(request: HttpRequest, slugs: Sequence[str]) -> list[Entry]:
    """The entries of these addresses, in their order; that of a merged one stands for the entry it leads to."""
    leads_to = dict(
        Entry.objects.filter(slug__in=slugs, merged_into__isnull=False).values_list("slug", "merged_into__slug")
    )
    wanted = list(dict.fromkeys(leads_to.get(slug, slug) for slug in slugs))
    by_slug = {entry.slug: entry for entry in _visible(request).filter(slug__in=wanted).with_parts()}
    return [by_slug[slug] for slug in wanted if slug in by_slug]


def _offers(request: HttpRequest, shown: Sequence[Entry], text: str) -> list[tuple[str, str, str]]:
    """What could be added (title, body, address): what has the words in its title, otherwise what is like the first."""
    slugs = [entry.slug for entry in shown]
    if text:
        found = _visible(request).filter(archived_on__isnull=True)
        for word in text.split()[:8]:
            found = found.filter(title__icontains=word)
        found = found.order_by("title", "pk")
    elif shown:
        found = cast(EntryQuerySet, policy.which(request.user, Action.VIEW, Entry.objects.related_to(shown[0])))
    else:
        return []
    rows = found.exclude(slug__in=slugs).select_related("lead")[:MOST_FOUND]
    return [(entry.title, str(entry.lead), address([*slugs, entry.slug])) for entry in rows]
