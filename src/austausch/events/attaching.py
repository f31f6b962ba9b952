"""A file that an organiser uploads for an event: it becomes a document of the organiser's, as any other document.

So it has the checks, the versions, the address and the policy of the catalogue's documents, and whoever keeps documents
finds it among them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.files.base import File
from django.db import transaction
from django.utils.text import slugify
from wagtail.log_actions import log

from austausch.catalogue.documents import add_version, check_file
from austausch.catalogue.models import Document, DocumentKind
from austausch.core.policy import Action, policy
from austausch.events.actions import UMLAUTS, require_showable
from austausch.events.models import Event, EventDocument
from austausch.people.models import User


@dataclass(frozen=True)
class Upload:
    """What is uploaded: a `file`, its `title` and `kind`, and whether it came of the event (`is_result`)."""

    file: File[bytes]
    title: str
    kind: DocumentKind
    is_result: bool = False


@transaction.atomic
def attach(event: Event, user: User, upload: Upload) -> Document:
    """Keeps the file as a document of the organiser and shows it with the event.

    Raises PermissionDenied; DocumentError for a file that is not accepted; EventError where the event is announced, so
    that the file would be public at once, and the user may not publish.
    """
    row = Event.objects.select_for_update().get(pk=event.pk)
    policy.require(user, Action.EDIT, row)
    check_file(upload.file)
    document = Document(title=" ".join(upload.title.split()), kind=upload.kind, owner=row.organiser)
    document.slug = _free_slug(document.title)
    document.full_clean()
    document.save()
    use = EventDocument(event=row, document=document, is_result=upload.is_result)
    if row.state != Event.State.DRAFT:
        require_showable([use], user)
    use.save()
    log(instance=row, action="austausch.event_document_added", user=user, data={"document": document.title})
    # Last, because a file that was stored is not taken back with the transaction.
    add_version(document=document, upload=upload.file, user=user)
    return document


def _free_slug(title: str) -> str:
    base = slugify(title.translate(UMLAUTS))[:110].strip("-") or "dokument"
    taken = set(Document.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)
