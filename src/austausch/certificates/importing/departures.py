"""Pupils who have left: what happens to their certificates."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils import timezone

from austausch.certificates.models import Certificate

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from austausch.certificates.models import ImportBatch, ImportRow


def revoke(batch: ImportBatch, pupils: Collection[int]) -> None:
    """Revokes the valid certificates of these pupils, in the caller's transaction."""


def still_out(rows: QuerySet[ImportRow]) -> int:
    """How many certificates still say that these pupils attend the school."""
    valid = Certificate.objects.filter(kind=Certificate.Kind.ATTENDS).valid(timezone.localdate())
    return valid.filter(pupil__in=rows.values("pupil")).count()
