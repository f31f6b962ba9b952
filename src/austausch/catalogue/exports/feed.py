"""The newest entries of a list as an Atom feed (RFC 4287)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.xmlutils import SimplerXMLGenerator

from austausch.catalogue import display
from austausch.catalogue.exports.about import About, in_chunks, printable, stable_id
from austausch.catalogue.models import Entry

# A reader wants the news, not the archive; the whole list is there as JSON and CSV.
FEED_ENTRIES = 100
# For a feed without entries: "updated" is required, and a moving "now" would look like news.
_BEFORE_ALL = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class _Feed(Atom1Feed):
    def latest_post_date(self) -> dt.datetime:
        dates: list[dt.datetime] = [item["updateddate"] for item in self.items]
        return max(dates, default=_BEFORE_ALL)

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("generator", "Strategieaustausch")


def feed_response(entries: Iterable[Entry], about: About) -> HttpResponse:
    """The first entries given, which the caller has put in order, newest first."""
    feed = _Feed(
        title=printable(about.title),
        link=about.address,
        description=None,
        language=about.language,
        author_name=printable(settings.AUSTAUSCH_NAME),
        feed_url=about.own_address,
        feed_guid=stable_id("feed", about.own_address.removeprefix(about.base)).urn,
    )
    for entry in islice(in_chunks(entries), FEED_ENTRIES):
        feed.add_item(**_item(entry, about))
    return HttpResponse(
        feed.writeString("utf-8"),
        content_type="application/atom+xml; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="{about.name}.atom"'},
    )


def _item(entry: Entry, about: About) -> dict[str, Any]:
    notices = [text for text in (display.expired_text(entry), display.period_text(entry)) if text]
    summary = " – ".join([*notices, display.teaser(entry)] if display.teaser(entry) else notices)
    return {
        "title": printable(entry.title),
        "link": about.absolute(entry.get_absolute_url()),
        "description": printable(summary or display.kind_label(entry)),
        "unique_id": stable_id("entry", entry.slug).urn,
        "pubdate": entry.first_published_at,
        "updateddate": entry.last_published_at or entry.first_published_at or _BEFORE_ALL,
        "author_name": printable(entry.lead.name),
        "categories": [printable(str(topic)) for topic in entry.topics.all()],
    }
