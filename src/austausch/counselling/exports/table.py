"""Offices as CSV: semicolons and a byte order mark, as a German spreadsheet opens it with a click."""

from __future__ import annotations

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from austausch.catalogue.exports.about import printable
from austausch.core.spreadsheets import BOM, harmless
from austausch.counselling import display
from austausch.counselling.finding import Found, Search

MOST = 5000


def list_as_csv(search: Search, request: HttpRequest) -> HttpResponse:
    """One line an office; an empty cell is something nobody has told us."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    base = request.build_absolute_uri("/").rstrip("/")
    rows = [_row(found, search, base) for found in search.part(0, MOST)]
    writer.writerow(harmless(heading) for heading in _headings())
    writer.writerows([harmless(printable(cell)) for cell in row] for row in rows)
    response = HttpResponse(BOM + written.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = 'attachment; filename="beratung.csv"'
    return response


def _headings() -> list[str]:
    distance, source, page = _("Distance"), _("Source"), _("Page")
    return [_("Name"), distance, *display.labels(), _("Topics"), source, page]


def _row(found: Found, search: Search, base: str) -> list[str]:
    office = found.office
    facts = [fact.text if fact.known else "" for fact in display.facts(office)]
    topics = " | ".join(str(topic) for topic in office.topics.all())
    distance = display.distance(found, search.origin)
    return [office.name, distance, *facts, topics, office.source, f"{base}{office.get_absolute_url()}"]
