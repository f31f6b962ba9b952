"""Pupils who have left: what happens to their certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from austausch.certificates import revoking
from austausch.certificates.models import Pupil

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from austausch.certificates.models import ImportBatch, ImportRow


def revoke(batch: ImportBatch, pupils: QuerySet[Pupil]) -> None:
    """Revokes what still says that these pupils attend, in the caller's transaction and the name of who said yes."""
    if batch.applied_by is not None:
        revoking.revoke_of_departed(batch, pupils, batch.applied_by)


def still_out(rows: QuerySet[ImportRow]) -> int:
    """How many certificates still say that these pupils attend the school."""
    return revoking.still_out(Pupil.objects.filter(pk__in=rows.values("pupil"))).count()
