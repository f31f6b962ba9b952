"""Which entries are new: each is noted once, with the transaction that first puts it into the lists."""

from __future__ import annotations

from collections.abc import Sequence

from austausch.catalogue.models import Entry
from austausch.search.models import Arrival

BATCH = 500


def note(entries: Sequence[int]) -> None:
    """Observes publication. What comes back after it was withdrawn or archived is not new."""
    for start in range(0, len(entries), BATCH):
        listed = Entry.objects.listed().filter(pk__in=entries[start : start + BATCH])
        new = listed.exclude(pk__in=Arrival.objects.filter(pk__in=entries[start : start + BATCH]).values("pk"))
        keys = list(new.order_by().values_list("pk", flat=True))
        if keys:
            Arrival.objects.bulk_create((Arrival(entry_id=key) for key in keys), ignore_conflicts=True)
