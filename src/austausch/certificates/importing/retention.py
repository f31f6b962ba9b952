"""How long pupils' data are kept, and that they are deleted afterwards. The log proves it: how many, never who.

Data of somebody who attends are kept as long as imports confirm them: to the end of the school year and some days, so
that nothing has to be deleted on the last day of school. Data of somebody who has left are kept as long as a
certificate about the past may be asked for. Both lengths are settings; no source we have names them.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from austausch.certificates import journal
from austausch.certificates import retention as expiry
from austausch.certificates.importing.errors import PupilImportError
from austausch.certificates.models import ImportBatch, ImportRow, IssueLog, Pupil, UploadedFile
from austausch.certificates.reading import Status
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.people.models import User

logger = logging.getLogger(__name__)
# An import can be undone this long; then its rows are deleted. One that nobody confirms is dropped as soon.
UNDO_FOR = dt.timedelta(days=7)
FILES_FOR = dt.timedelta(days=1)
State = ImportBatch.State


def end(*, status: int, ended_on: dt.date | None, year_ends: dt.date) -> dt.date:
    """The last day on which the data are kept."""
    if Status(status).has_left:
        return (ended_on or timezone.localdate()) + dt.timedelta(days=settings.AUSTAUSCH_PUPILS_KEPT_AFTER_LEAVING)
    return year_ends + dt.timedelta(days=settings.AUSTAUSCH_PUPILS_KEPT_AFTER_YEAR)


def forget_daily() -> None:
    """Once a day, whichever worker comes first."""
    if caches["shared"].add(f"pupils-retention:{timezone.localdate().isoformat()}", 1, timeout=2 * 24 * 3600):
        forget()


def forget(now: dt.datetime | None = None) -> None:
    """Deletes what is past its retention; a task of every day, which may run twice."""
    now = now or timezone.now()
    UploadedFile.objects.filter(batch__made_at__lt=now - FILES_FOR).delete()
    _drop_unconfirmed(now)
    _forget_rows(now)
    pupils, certificates = expiry.forget(timezone.localdate(now))
    if pupils or certificates:
        logger.info("At the end of their retention: %s pupils and %s certificates' data deleted.", pupils, certificates)


def hold(pupil: Pupil, user: User, reason: str) -> None:
    """Keeps a pupil's data beyond their retention, for a reason. Raises PupilImportError."""
    if not reason.strip():
        raise PupilImportError(_("Please say why the data must be kept longer."))
    _mark(pupil, user, reason.strip()[:300])


def release(pupil: Pupil, user: User) -> None:
    """What was held goes at the end of its retention again, which may be tonight."""
    _mark(pupil, user, "")


@transaction.atomic
def _mark(pupil: Pupil, user: User, reason: str) -> None:
    row = Pupil.objects.select_for_update().get(pk=pupil.pk)
    policy.require(user, Action.EDIT, row)
    row.hold_reason = reason
    row.held_by, row.held_at = (user, timezone.now()) if reason else (None, None)
    row.save(update_fields=["hold_reason", "held_by", "held_at"])
    done = {"held" if reason else "released": 1}
    journal.write(row.school, user, journal.Line(IssueLog.Action.FORGOTTEN, purpose="retention", data=done))


def _forget_rows(now: dt.datetime) -> None:
    """Rows of imports that can be undone no longer, or never were applied."""
    over = ImportBatch.objects.filter(applied_at__lt=now - UNDO_FOR) | ImportBatch.objects.filter(
        state__in=[State.REFUSED, State.DROPPED, State.UNDONE], made_at__lt=now - UNDO_FOR
    )
    for batch in over.filter(rows__isnull=False).distinct():
        deleted, _by_model = ImportRow.objects.filter(batch=batch).delete()
        # Also the names of columns and values that were wrong with the file as a whole.
        ImportBatch.objects.filter(pk=batch.pk).update(problems=[])
        logger.info("Import %s: its %s rows are deleted.", batch.pk, deleted)


def _drop_unconfirmed(now: dt.datetime) -> None:
    waiting = ImportBatch.objects.filter(state__in=[State.READING, State.ASKING], made_at__lt=now - UNDO_FOR)
    for batch in waiting:
        ImportRow.objects.filter(batch=batch).delete()
        batch.state = State.DROPPED
        batch.save(update_fields=["state"])
