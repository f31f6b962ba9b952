"""The list on paper: a PDF that everyone can read (tagged, PDF/UA-1), set by `typst/offices.typ`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from austausch.catalogue.exports.pdf import typeset, when_free
from austausch.core import fonts
from austausch.counselling import display
from austausch.counselling.finding import Found, Search

LAYOUT = Path(__file__).resolve().parent.parent / "typst" / "offices.typ"
MOST = 200


@dataclass(frozen=True)
class _Office:
    name: str
    distance: str
    description: str
    warnings: list[str]
    facts: list[list[str]]
    hours: list[list[str]]


@dataclass(frozen=True)
class _Paper:
    """All that the layout is told. `safe`: what to think of before it lies on a kitchen table."""

    language: str
    portal: str
    title: str
    date: list[int]
    taken: str
    page_of: str
    safe: str
    hours_title: str
    left_out: str
    families: list[str]
    offices: list[_Office]


def list_as_pdf(search: Search, request: HttpRequest) -> HttpResponse:
    """503 while this process is busy with other papers."""
    return when_free(lambda: typeset(asdict(paper(search)), LAYOUT), name="beratung")


def paper(search: Search) -> _Paper:
    today = timezone.localdate()
    found = search.part(0, MOST + 1)
    near = f": {search.origin.name}" if search.origin else ""
    return _Paper(
        language=get_language() or settings.LANGUAGE_CODE,
        portal=settings.AUSTAUSCH_NAME,
        title=_("Counselling offices") + near,
        date=[today.year, today.month, today.day],
        taken=_("As of %(day)s") % {"day": date_format(today)},
        page_of=_("Page {page} of {pages}"),
        safe=_("Whoever finds this paper sees what you were looking for. Keep it where nobody else looks."),
        hours_title=_("Opening hours in the coming seven days"),
        left_out=_("There are more offices than fit here: choose a place or a topic.") if len(found) > MOST else "",
        families=fonts.families(),
        offices=[_office(one, search) for one in found[:MOST]],
    )


def _office(found: Found, search: Search) -> _Office:
    office = found.office
    return _Office(
        name=office.name,
        distance=display.distance(found, search.origin),
        description=office.description,
        warnings=display.warnings(office),
        # On paper only what is known: a page of "not yet known" helps nobody on the way.
        facts=[[fact.label, fact.text] for fact in display.facts(office) if fact.known],
        hours=[[day.name, " – ".join(filter(None, (day.text, day.why)))] for day in display.week(office)],
    )
