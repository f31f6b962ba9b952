"""An information page as a PDF that everyone can read, in the layout of the entries."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from austausch.catalogue.display import today_text
from austausch.catalogue.exports.pdf import LAYOUT, typeset, when_free
from austausch.core import fonts
from austausch.information.display import text_of
from austausch.information.models import Information
from austausch.languages.reading import Reading


def pdf_response(page: Information, read: Reading, request: HttpRequest) -> HttpResponse:
    """The page in the language of the reading; 503 while this process is busy with others."""
    address = request.build_absolute_uri(read.address)
    content = _content(page, read, request, address)
    name = page.slug if not read.version else f"{page.slug}-{read.tongue.code}"
    return when_free(lambda: typeset(content, LAYOUT / "entries.typ"), name=name)


def _content(page: Information, read: Reading, request: HttpRequest, address: str) -> dict[str, object]:
    today, text = timezone.localdate(), text_of(page, read)
    parts = [
        {"title": str(part.heading), "points": [*part.paragraphs.lines, *part.points.lines], "head": [], "rows": []}
        for part in text.sections
    ]
    sources = [f"{entry.title}: {request.build_absolute_uri(entry.get_absolute_url())}" for entry in text.sources]
    if sources:
        parts.append({"title": str(text.sources_title), "points": sources, "head": [], "rows": []})
    return {
        "language": read.tongue.lang,
        "portal": settings.AUSTAUSCH_NAME,
        "title": str(text.title),
        "date": [today.year, today.month, today.day],
        "taken": _("Taken from %(address)s on %(day)s")
        % {"address": address.removeprefix("https://").removeprefix("http://"), "day": today_text()},
        "page_of": _("Page {page} of {pages}"),
        "contents": "",
        "several": False,
        "families": fonts.families(),
        "entries": [
            {
                "title": str(text.title),
                "kind": "",
                "address": address,
                "notices": [notice.text for notice in read.notices],
                "summary": str(text.summary),
                "facts": [],
                "parts": parts,
            }
        ],
    }
