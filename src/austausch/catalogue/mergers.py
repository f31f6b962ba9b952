"""What moves in the catalogue when one organisation becomes part of another: entries, documents and adoptions.

Versions written before keep saying what they said; `Entry.with_content_json` reads the body that goes on.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.catalogue.models import Adoption, Document, Entry, Proposal
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


@moves
def move_adoptions(source: Organisation, target: Organisation, user: User) -> None:
    """Where both had taken over the same, one adoption goes on and the other has ended: they are one town now."""
    going_on = Adoption.objects.filter(ended_on__isnull=True)
    both = going_on.filter(organisation=source, source__in=going_on.filter(organisation=target).values("source"))
    Adoption.objects.filter(pk__in=list(both.values_list("pk", flat=True))).update(
        ended_on=timezone.localdate(), end_reason=_("Became part of %(name)s") % {"name": target}
    )
    Adoption.objects.filter(organisation=source, ended_on__isnull=True).update(organisation=target)


@moves
def move_proposals(source: Organisation, target: Organisation, user: User) -> None:
    Proposal.objects.filter(organisation=source).update(organisation=target)
