"""What moves in the catalogue when one organisation becomes part of another: entries and documents.

Versions written before keep saying what they said; `Entry.with_content_json` reads the body that goes on.
"""

from __future__ import annotations

from django.db.models import Q
from wagtail.log_actions import log

from austausch.catalogue.models import Document, Entry
from austausch.catalogue.publication import tell_observers
from austausch.people.mergers import moves
from austausch.people.models import Organisation, User


@moves
def move_entries_and_documents(source: Organisation, target: Organisation, user: User) -> None:
    Document.objects.filter(owner=source).update(owner=target)
    entries = list(Entry.objects.select_for_update().filter(lead=source).order_by("pk"))
    Entry.objects.filter(lead=source).update(lead=target)
    for entry in entries:
        for revision in entry.revisions.filter(Q(approved_go_live_at__isnull=False) | Q(pk=entry.latest_revision_id)):
            if revision.content.get("lead") == source.pk:
                revision.content["lead"] = target.pk
                revision.save(update_fields=["content"])
        log(instance=entry, action="austausch.moved", user=user, data={"from": source.key, "to": target.key})
    tell_observers([entry.pk for entry in entries])
