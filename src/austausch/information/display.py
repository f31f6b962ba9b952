"""An information page, and the list of them, as somebody reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from austausch.catalogue.models import Entry
from austausch.core.policy import Action, policy
from austausch.information import phrases
from austausch.information.models import Information
from austausch.information.texts import name_of, sections_of
from austausch.languages.reading import Reading, Said, reading
from austausch.languages.tongues import TONGUES


@dataclass(frozen=True)
class Section:
    heading: Said
    paragraphs: Said
    points: Said
    sources: Sequence[Entry]


@dataclass(frozen=True)
class Text:
    """A page in one language, from beginning to end: a version is shown whole or not at all."""

    title: Said
    summary: Said
    sections: Sequence[Section]
    sources: Sequence[Entry]
    sources_title: Said


def text_of(page: Information, read: Reading) -> Text:
    """The words of a page. An outdated version keeps its own sections; what they come from stands at its end only."""
    own = sections_of(read.version.texts) if read.version else page.sections
    linked, per_section = _sources(page)
    sections = [
        Section(
            heading=read.said(name_of(number, "heading"), section["heading"]),
            paragraphs=_part(read, number, "paragraphs", section["paragraphs"]),
            points=_part(read, number, "points", section["points"]),
            sources=[] if read.outdated else per_section.get(number, []),
        )
        for number, section in enumerate(own)
    ]
    return Text(
        title=read.said("title", page.title),
        summary=read.said("summary", page.summary),
        sections=sections,
        sources=linked,
        sources_title=_sources_title(read),
    )


@dataclass(frozen=True)
class Item:
    page: Information
    title: Said
    summary: Said
    url: str


@dataclass(frozen=True)
class PageList:
    """The list in the language that was asked for: `reading` is that of the page in it with the most languages."""

    reading: Reading
    title: str
    lead: str
    items: Sequence[Item]


def page_list(pages: Sequence[Information], request: HttpRequest, path: str) -> PageList | None:
    """All pages in the language of this request; None where there is no page yet."""
    readings = [reading(page, request, path=page.get_absolute_url()) for page in pages]
    if not readings:
        return None
    # The list itself has no versions; it speaks every language that one of its pages does.
    fullest = max(readings, key=lambda one: (one.is_version, len(one.versions)))
    versions = {version.language: version for one in readings for version in one.versions}
    order = list(TONGUES)
    whole = Reading(
        source=fullest.source,
        interface=fullest.interface,
        asked=fullest.asked,
        version=fullest.version,
        versions=sorted(versions.values(), key=lambda version: order.index(version.language)),
        path=path,
    )
    code = whole.tongue.code if whole.version else whole.interface.code
    items = [
        Item(one.source, whole_said(whole, one, "title"), whole_said(whole, one, "summary"), one.address)  # type: ignore[arg-type]
        for one in readings
    ]
    return PageList(whole, phrases.TITLE[code], phrases.LEAD[code], items)


def whole_said(whole: Reading, one: Reading, name: str) -> Said:
    """A text of one page where it stands in the list, whose language may be another."""
    said = one.said(name, getattr(one.source, name))
    if one.version or not whole.version:
        return said
    return Said(said.value, said.tongue, whole.german, whole.german)


def _part(read: Reading, number: int, part: str, lines: list[str]) -> Said:
    return read.said(name_of(number, part), lines)


def _sources(page: Information) -> tuple[list[Entry], dict[int, list[Entry]]]:
    """All entries that the page and its sections are made from, once each, and those of each section."""
    links = list(page.source_links.all())
    rows = policy.which(AnonymousUser(), Action.VIEW, Entry.objects.filter(pk__in=[link.entry_id for link in links]))
    visible = {entry.pk: entry for entry in rows}
    per_section: dict[int, list[Entry]] = {}
    found: dict[int, Entry] = {}
    for link in links:
        entry = visible.get(link.entry_id)
        if entry is None:
            continue
        found.setdefault(entry.pk, entry)
        if link.section is not None:
            per_section.setdefault(link.section, []).append(entry)
    return list(found.values()), per_section


def _sources_title(read: Reading) -> Said:
    from austausch.languages.phrases import heading

    code = read.tongue.code if read.version else read.interface.code
    return read.heading("sources", heading("sources", code))
