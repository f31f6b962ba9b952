"""Reading the documents' current files in the background, so that entries are found by what stands in them.

A text belongs to the current version or is not there: with a new version, or when one is deleted, the text so far
goes in the same transaction, and so does what the index knew of it. Where many entries cite the document, some of
them wait (`WaitingEntry`) and follow in transactions of their own, so that nobody who publishes waits for a law that
thousands cite. The new file is read by a task, and whatever a task has missed by the worker's clock.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django_tasks import task

from austausch.catalogue.models import Citation, Document, DocumentVersion
from austausch.search import extraction
from austausch.search.document_texts import current
from austausch.search.extraction import Extract, Problem
from austausch.search.index import index, naming
from austausch.search.models import DocumentText, WaitingEntry

logger = logging.getLogger(__name__)
# How many entries are indexed in one transaction because of a document, and how many documents are analysed for them.
# Meanwhile nobody else can write: an entry takes a tenth of a second, a document of unknown words two.
AT_ONCE = 10
DOCUMENTS_AT_ONCE = 3
# Of entries that lose a document: nothing of it is analysed, and who deletes a wrong file wants its words gone.
LOSING_AT_ONCE = 100
# Of a task that indexes what waits: other tasks have their turn.
TASK_SECONDS = 20.0


def missing() -> QuerySet[Document]:
    """Documents with a current file that was not read yet."""
    documents: QuerySet[Document] = Document.objects.annotate(newest=current("pk")).filter(newest__isnull=False)
    return documents.exclude(read_text__sha256=F("newest"))


def refresh(document: int, *, again: bool = False) -> DocumentText | None:
    """Reads the current file of the document with this key, and indexes the entries that cite it.

    Does nothing if it was read already, unless `again`. Raises what the storage raises, except for a missing file.
    """
    version = _version(document)
    if version is None:
        return None
    if not again and (kept := DocumentText.objects.filter(pk=document, sha256=version.sha256).first()):
        return kept
    found = _read(version)
    with transaction.atomic():
        # The lock is the one under which a version gets its number: the newest wins.
        Document.objects.select_for_update().filter(pk=document).first()
        newest = _version(document)
        if newest is None or newest.sha256 != version.sha256:
            return None
        kept, _ = DocumentText.objects.update_or_create(
            document_id=document,
            defaults={
                "sha256": version.sha256,
                "state": found.state,
                "text": found.text,
                "pages": found.pages,
                "problem": found.problem,
                "read_at": timezone.now(),
            },
        )
        _index(naming(citations__document=document), AT_ONCE)
    return kept


def read_missing(*, seconds: float) -> None:
    """Indexes what waits and reads what is missing, beginning nothing after this time. One failure does not stop the
    rest."""
    end = time.monotonic() + seconds
    index_waiting(seconds=seconds)
    # In any order: files that cannot be had at the moment must not always come first.
    for document in missing().order_by("?").values_list("pk", flat=True):
        if time.monotonic() > end:
            return
        try:
            refresh(document)
        except Exception:
            logger.exception("Document %s could not be read; it is tried again.", document)


def index_waiting(*, seconds: float) -> bool:
    """Indexes the entries that wait, a batch in each transaction; whether none is left after this time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with transaction.atomic():
            entries = _first(WaitingEntry.objects.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
            if not entries:
                return True
            # Indexing first: it waits for whoever has just read a document and lets these entries wait once more.
            index(entries)
            WaitingEntry.objects.filter(pk__in=entries).delete()
    return not WaitingEntry.objects.exists()


@task()
def index_what_waits() -> None:
    """Brings the index to what was read of documents that many entries cite."""
    if not index_waiting(seconds=TASK_SECONDS):
        index_what_waits.enqueue()


@task()
def read_document(document: int, *, again: bool = False) -> None:
    """Reads the document's current file for the search."""
    refresh(document, again=again)


def on_version_saved(instance: DocumentVersion, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        _forget(instance.document_id)


def on_version_deleted(instance: DocumentVersion, **kwargs: Any) -> None:
    _forget(instance.document_id)


def _forget(document: int) -> None:
    """Takes away what was read from the file that was current until now, and has the present one read."""
    with transaction.atomic():
        newest = _version(document)
        gone, _ = DocumentText.objects.filter(pk=document).exclude(sha256=newest.sha256 if newest else "").delete()
        if gone:
            _index(naming(citations__document=document), LOSING_AT_ONCE)
        # An upload must not fail because the queue does: what is missing is read anyway.
        transaction.on_commit(partial(read_document.enqueue, document), robust=True)


def _index(entries: Sequence[int], most: int) -> None:
    """Indexes the first of them, so many at most; the others wait for a transaction of their own."""
    first = _first(entries[:most])
    index(first)
    if waiting := entries[len(first) :]:
        WaitingEntry.objects.bulk_create([WaitingEntry(pk=key) for key in waiting], ignore_conflicts=True)
        # What the queue does not do, the clock does.
        transaction.on_commit(index_what_waits.enqueue, robust=True)


def _first(entries: Iterable[int]) -> list[int]:
    """As many of the entries as do not cite more documents together than are analysed at once; one at least."""
    keys = list(entries)
    cited: dict[int, set[int]] = defaultdict(set)
    citations = Citation.objects.filter(entry__in=keys, document__read_text__isnull=False)
    for entry, document in citations.values_list("entry", "document"):
        cited[entry].add(document)
    documents: set[int] = set()
    for count, key in enumerate(keys):
        documents |= cited[key]
        if count and len(documents) > DOCUMENTS_AT_ONCE:
            return keys[:count]
    return keys


def _read(version: DocumentVersion) -> Extract:
    try:
        with version.file.open("rb") as file:
            return extraction.read(file, version.media_type)
    except FileNotFoundError:
        return extraction.broken(Problem.MISSING)


def _version(document: int) -> DocumentVersion | None:
    return DocumentVersion.objects.filter(document=document).order_by("-number").first()
