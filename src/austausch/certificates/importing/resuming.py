"""Imports whose process has died begin again: what a step does is one transaction, so that nothing is done by halves.

Each run is counted before it begins. A file that ends every process that reads it must not do so for ever.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from austausch.certificates.importing import progress, wording
from austausch.certificates.models import ImportBatch, UploadedFile

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger(__name__)
State, Source = ImportBatch.State, ImportBatch.Source
MOST_ATTEMPTS: Final = 4


def begin_run(batch: ImportBatch) -> None:
    """Somebody begins with an import that is being read or applied."""
    ImportBatch.objects.working().filter(pk=batch.pk).update(attempts=F("attempts") + 1, claimed_at=timezone.now())


def take_up(now: dt.datetime | None = None) -> None:
    """Imports whose process has fallen silent. Asked once a minute; who is at work already is left in peace."""
    from austausch.certificates.importing import tasks

    now = now or timezone.now()
    silent = Q(claimed_at__lte=now - progress.SILENT) | Q(claimed_at=None, made_at__lte=now - progress.SILENT)
    for batch in ImportBatch.objects.working().filter(silent).order_by("made_at"):
        if progress.is_silent(batch, now) and (step := _next(batch, now)):
            getattr(tasks, step).enqueue(batch.pk)


def give_back(batch: ImportBatch, problem: Mapping[str, Any] | None = None) -> None:
    """The import waits for a yes again, as it was before the last one; `problem` says why."""
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.state != State.APPLYING:
            return
        locked.state, locked.applied_by, locked.last_day = State.ASKING, None, None
        locked.done, locked.attempts = 0, 0
        locked.problems += [dict(problem)] if problem else []
        locked.save(update_fields=["state", "applied_by", "last_day", "done", "attempts", "problems"])
        locked.rows.update(confirmed=False)


@transaction.atomic
def _next(batch: ImportBatch, now: dt.datetime) -> str:
    """The task that goes on with the import; "" where somebody is at it after all, or nobody should be."""
    locked = ImportBatch.objects.working().select_for_update(skip_locked=True).filter(pk=batch.pk).first()
    if locked is None:
        return ""
    if locked.state == State.APPLYING:
        return _claimed(locked, now, "apply_import", wording.NOT_APPLIED)
    if UploadedFile.objects.filter(batch=locked).exists():
        return _claimed(locked, now, "read_file", wording.NOT_READ)
    if locked.source == Source.SVWS and not locked.file_name:
        return _claimed(locked, now, "ask_server", wording.NOT_ASKED)
    _give_up(locked, wording.FILE_GONE)
    return ""


def _claimed(locked: ImportBatch, now: dt.datetime, task: str, otherwise: str) -> str:
    if locked.attempts >= MOST_ATTEMPTS:
        _give_up(locked, otherwise)
        return ""
    locked.claimed_at = now
    locked.save(update_fields=["claimed_at"])
    return task


def _give_up(locked: ImportBatch, kind: str) -> None:
    logger.error("Import %s is given up after %s attempts: %s.", locked.pk, locked.attempts, kind)
    problem = {"kind": kind, "field": "", "value": "", "detail": str(locked.attempts), "row": 0}
    if locked.state == State.APPLYING:
        give_back(locked, problem)
        return
    UploadedFile.objects.filter(batch=locked).delete()
    locked.state, locked.problems = State.REFUSED, [*locked.problems, problem]
    locked.save(update_fields=["state", "problems"])
