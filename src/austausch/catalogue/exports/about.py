"""What an export says about itself."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.http import content_disposition_header
from django.utils.translation import get_language

from austausch.catalogue.models import Entry

# Entries fetched at a time, so that 10,000 of them never stand in memory together.
CHUNK = 1000
# Neither XML nor a spreadsheet can hold these; a text field can.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class About:
    """`title` heads the export, `name` is its file's name without the ending, `address` the page it was taken from
    and `own_address` the export itself, both absolute; `base` is the site ("https://example.org")."""

    title: str
    name: str
    address: str
    own_address: str
    base: str
    language: str

    @classmethod
    def of(cls, request: HttpRequest, *, title: str, name: str, path: str) -> About:
        return cls(
            title=title,
            name=name,
            address=request.build_absolute_uri(path),
            own_address=request.build_absolute_uri(),
            base=request.build_absolute_uri("/").rstrip("/"),
            language=get_language() or settings.LANGUAGE_CODE,
        )

    def absolute(self, path: str) -> str:
        return path if path.startswith(("http://", "https://")) else f"{self.base}{path}"

    def attachment(self, ending: str) -> str:
        return content_disposition_header(as_attachment=True, filename=f"{self.name}.{ending}") or "attachment"


def in_chunks(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries one after the other; a QuerySet is read in chunks, its prefetched parts with it."""
    if isinstance(entries, QuerySet):
        yield from entries.iterator(chunk_size=CHUNK)
    else:
        yield from entries


def printable(text: str) -> str:
    """The text without characters that XML and spreadsheets cannot hold."""
    return _CONTROL.sub("", text)


def calendar_text(text: str) -> str:
    """Printable text with one kind of line end: icalendar writes a lone carriage return as it is, which ends a line."""
    return printable(re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text))


def stable_id(*parts: str) -> uuid.UUID:
    """The same parts always give the same id, whatever the host is called; different states give different ones."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "/".join(("urn:austausch", settings.AUSTAUSCH_STATE, *parts)))
