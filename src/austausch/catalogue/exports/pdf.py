"""Entries as a PDF that everyone can read: tagged, PDF/UA-1 and PDF/A-2a.

The layout stands in `typst/entries.typ` and knows no content; content goes in as JSON and is never read as markup.
All words are chosen here, so that the layout knows no language.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typst
from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from austausch.catalogue import display
from austausch.catalogue.exports.about import About, in_chunks, printable
from austausch.catalogue.models import Entry
from austausch.core import fonts

if TYPE_CHECKING:
    from typst import PDFStandard

# 200 entries take a few seconds; a longer list belongs into a table.
PDF_ENTRIES = 200
# One is made, one waits. More would hold the threads that everyone else's pages need.
AT_ONCE = 2
RETRY_AFTER_SECONDS = 5
LAYOUT = Path(__file__).resolve().parent.parent / "typst"
STANDARDS: list[PDFStandard] = ["ua-1", "a-2a"]
# A word longer than this may break anywhere, instead of running off the paper.
LONGEST_WORD = 36


@dataclass(frozen=True)
class _Part:
    """A titled part of an entry: points, or a table with a head."""

    title: str
    points: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Entry:
    title: str
    kind: str
    address: str
    notices: list[str]
    summary: str
    facts: list[list[str]]
    parts: list[_Part]


@dataclass(frozen=True)
class _Paper:
    """All that the layout is told. `region` and `language` choose hyphenation and quotation marks."""

    language: str
    portal: str
    title: str
    date: list[int]
    taken: str
    page_of: str
    contents: str
    several: bool
    families: list[str]
    entries: list[_Entry]


def pdf_response(entries: Iterable[Entry], about: About) -> HttpResponse:
    """The entries as one PDF, with contents for more than one; 503 while this process is busy with others."""
    return when_free(lambda: pdf(entries, about), name=about.name)


def when_free(make: Callable[[], bytes], *, name: str) -> HttpResponse:
    """A PDF made now, as a file of this name; 503 while this process is busy with others. For every room's PDFs."""
    if not _places.acquire(blocking=False):
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"}
        return HttpResponse(render_to_string("503.html"), status=503, headers=headers)
    try:
        made = make()
    finally:
        _places.release()
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}.pdf"'},
    )


def pdf(entries: Iterable[Entry], about: About) -> bytes:
    return _compile(json_input(entries, about))


def json_input(entries: Iterable[Entry], about: About) -> dict[str, Any]:
    """What the layout receives, in the active language."""
    today = timezone.localdate()
    papers = [_entry(entry, about) for entry in in_chunks(entries)]
    paper = _Paper(
        language=about.language,
        portal=settings.AUSTAUSCH_NAME,
        title=about.title,
        date=[today.year, today.month, today.day],
        taken=_("Taken from %(address)s on %(day)s")
        % {"address": about.address.removeprefix("https://").removeprefix("http://"), "day": display.today_text()},
        page_of=_("Page {page} of {pages}"),
        contents=_("Contents"),
        several=len(papers) > 1,
        families=fonts.families(),
        entries=papers,
    )
    return asdict(paper)


def _entry(entry: Entry, about: About) -> _Entry:
    return _Entry(
        title=entry.title,
        kind=f"{display.kind_label(entry)} · {display.approach_label(entry)}",
        address=about.absolute(entry.get_absolute_url()),
        notices=[text for text in (display.expired_text(entry), display.archived_text(entry)) if text],
        summary=entry.summary,
        facts=[
            [fact.label, "\n".join(fact.values)] if fact.key == "partners" else [fact.label, ", ".join(fact.values)]
            for fact in [*display.summary_box(entry), *display.effort(entry)]
        ],
        parts=[part for part in _parts(entry) if part.points or part.rows],
    )


def _parts(entry: Entry) -> list[_Part]:
    return [
        *(_Part(section.title, points=list(section.points)) for section in display.sections(entry)),
        _Part(
            _("Dates"),
            head=[_("When"), _("Where"), _("District")],
            rows=[[item.period, item.places, item.district] for item in display.action_texts(entry)],
        ),
        _Part(_("Offices"), points=[display.office_text(office) for office in entry.offices.all()]),
        _Part(_("Documents"), points=[display.document_text(item.document) for item in entry.citations.all()]),
        _Part(
            _("Legal bases"),
            points=[" – ".join(part for part in (str(b), b.url) if part) for b in entry.legal_bases.all()],
        ),
        _Part(
            _("Links"),
            points=[f"{link.title}: {link.url}" if link.title else link.url for link in entry.links.all()],
        ),
    ]


# ── Typesetting ─────────────────────────────────────────────────────────────────────────────────────────────

# One compiler keeps the parsed layout and the fonts; it must not be used by two threads at once.
_lock = threading.Lock()
_places = threading.BoundedSemaphore(AT_ONCE)


@cache
def _compiler(layout: Path) -> typst.Compiler:
    return typst.Compiler(layout, root=layout.parent, font_paths=fonts.directories(), ignore_system_fonts=True)


def typeset(content: dict[str, Any], layout: Path) -> bytes:
    """A PDF of the content by a layout of another room, which is written like ours: texts stay texts. `date` in the
    content is the day of the paper, as [year, month, day]."""
    return _compile(content, layout)


def _compile(content: dict[str, Any], layout: Path = LAYOUT / "entries.typ") -> bytes:
    content = _mapped(content, lambda text: _breakable(_drawable(printable(text))))
    year, month, day = content["date"]
    noon = dt.datetime(year, month, day, 12, tzinfo=dt.UTC)
    with _lock:
        made = _compiler(layout).compile(
            format="pdf",
            sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
            pdf_standards=STANDARDS,
            timestamp=noon,
        )
    return cast(bytes, made)


def _mapped(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [_mapped(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _mapped(item, change) for key, item in value.items()}
    return value


def _drawable(text: str) -> str:
    """The text with a character that no font has written out: PDF/UA allows no empty boxes."""
    if text.isascii():
        return text
    return "".join(character if fonts.covers(character) else fonts.written_out(character) for character in text)


@lru_cache(maxsize=1024)
def _breakable(text: str) -> str:
    return " ".join(
        "\u200b".join(word[i : i + 12] for i in range(0, len(word), 12)) if len(word) > LONGEST_WORD else word
        for word in text.split(" ")
    )
