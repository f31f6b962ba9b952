"""What is written in the documents that entries cite, for the index. How it is read: `document_reading`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import OuterRef, Subquery

from austausch.catalogue.models import Citation, DocumentVersion
from austausch.search.models import DocumentText


def texts(entries: Sequence[int]) -> dict[int, list[str]]:
    """What was read from the current files of the documents that these entries cite, by primary key of the entry."""
    cited = list(Citation.objects.filter(entry__in=entries).order_by("pk").values_list("entry", "document"))
    # A law is cited by hundreds: its text is fetched once.
    read = dict(
        DocumentText.objects.filter(document__in={document for _, document in cited}, sha256=current("document"))
        .exclude(text="")
        .values_list("pk", "text")
    )
    found: dict[int, list[str]] = defaultdict(list)
    for entry, document in cited:
        if document in read:
            found[entry].append(read[document])
    return dict(found)


def current(document: str) -> Subquery:
    """The checksum of the newest version of the document that the field names."""
    versions = DocumentVersion.objects.filter(document=OuterRef(document)).order_by("-number")
    return Subquery(versions.values("sha256")[:1])
