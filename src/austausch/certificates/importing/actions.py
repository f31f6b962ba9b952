"""Imports: begin, look at what they would do, apply once. Each step is one transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict
from pathlib import PurePath
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from austausch.certificates import years
from austausch.certificates.importing import planning, progress, resuming, wording
from austausch.certificates.importing.errors import PupilImportError
from austausch.certificates.importing.planning import Outcome
from austausch.certificates.importing.portions import portions
from austausch.certificates.models import ImportBatch, ImportRow, SchoolRole, UploadedFile
from austausch.certificates.policy import schools_of
from austausch.certificates.reading import Kind, Reading, read
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.certificates.models import School
    from austausch.people.models import User

logger = logging.getLogger(__name__)
State, Source = ImportBatch.State, ImportBatch.Source
SOURCES = {".csv": Source.CSV, ".dat": Source.SCHILD, ".json": Source.SVWS, ".xlsx": Source.XLSX}
# What is read at once in the request; anything larger is a task, and the page says how far it is.
AT_ONCE_BYTES = 256 * 1024
AT_ONCE_ROWS = 1_000
# What an earlier yes has said, and the next one need not.
OF_A_RUN = {"told", wording.NOT_APPLIED}


def begin(
    school: School,
    user: User,
    *,
    name: str,
    content: bytes,
    encoding: str = "",
    complete: bool = False,
    source: ImportBatch.Source | None = None,
) -> ImportBatch:
    """Takes a file in. Nothing about pupils changes before somebody has looked at it. Raises PupilImportError."""
    batch = _new(school, user, source or SOURCES.get(PurePath(name).suffix.lower(), Source.CSV), complete=complete)
    batch.file_name, batch.file_sha256 = PurePath(name).name[-200:], hashlib.sha256(content).hexdigest()
    batch.encoding = encoding
    with transaction.atomic():
        batch.save(force_insert=True)
        UploadedFile.objects.create(batch=batch, content=content)
    from austausch.certificates.importing import tasks

    if len(content) <= AT_ONCE_BYTES:
        prepare(batch)
    else:
        tasks.read_file.enqueue(batch.pk)
    return batch


def begin_from_server(school: School, user: User) -> ImportBatch:
    """Has a task ask the school's SVWS-Server. Such an import is complete. Raises PupilImportError."""
    from austausch.certificates.importing import servers, tasks

    if servers.of(school) is None:
        raise PupilImportError(_("No SVWS-Server is set for this school. The portal's operator can set one."))
    batch = _new(school, user, Source.SVWS, complete=True)
    batch.save(force_insert=True)
    tasks.ask_server.enqueue(batch.pk)
    return batch


def begin_with(
    school: School, user: User, reading: Reading, *, name: str, source: ImportBatch.Source | None
) -> ImportBatch:
    """An import of what was read already. Raises PupilImportError."""
    batch = _new(school, user, source or Source.CSV, complete=False)
    batch.file_name = name
    with transaction.atomic():
        batch.save(force_insert=True)
        finish_reading(batch, reading)
    return batch


def prepare(batch: ImportBatch) -> None:
    """Reads the file that was taken in, and says what it would do."""
    upload = UploadedFile.objects.filter(batch=batch).first()
    if upload is None or batch.state != State.READING:
        return
    resuming.begin_run(batch)
    finish_reading(batch, read(batch.file_name, bytes(upload.content), encoding=batch.encoding))


@transaction.atomic
def finish_reading(batch: ImportBatch, reading: Reading) -> None:
    """Keeps what the import would do; the file goes. Called again, it changes nothing."""
    locked = ImportBatch.objects.select_for_update().select_related("school", "school_year").get(pk=batch.pk)
    if locked.state != State.READING:
        return
    UploadedFile.objects.filter(batch=locked).delete()
    locked.encoding = reading.encoding
    locked.problems = [asdict(problem) for problem in reading.problems if problem.row == 0]
    if not reading.refused and reading.school_number not in {"", locked.school.number}:
        locked.problems.append(
            {"kind": Kind.OTHER_SCHOOL_FILE, "field": "schulNr", "value": reading.school_number,
             "detail": locked.school.number, "row": 0}
        )  # fmt: skip
        reading = Reading(problems=reading.problems)
        locked.state = State.REFUSED
    elif reading.refused:
        locked.state = State.REFUSED
    else:
        _keep_rows(locked, reading)
        locked.state = State.ASKING
    locked.save()
    batch.refresh_from_db()


def apply(batch: ImportBatch, user: User, *, departed: Collection[int] = (), ended_on: str = "") -> None:
    """The one yes: everything the preview showed, or nothing. Raises PupilImportError.

    `departed`: rows of pupils whom the person has confirmed to have left; `ended_on`: their last day (ISO) where the
    file does not say it. Where the process dies on the way, `resuming` sees to it.
    """
    with transaction.atomic():
        locked = _locked(batch, user)
        if locked.state != State.ASKING:
            raise PupilImportError(_("This import has been decided about already."))
        left = locked.rows.filter(outcome=Outcome.DEPARTED, pk__in=list(departed))
        if left.count() != len(set(departed)):
            raise PupilImportError(_("The list of pupils who have left has changed. Please look at it again."))
        locked.rows.filter(confirmed=True).update(confirmed=False)
        left.update(confirmed=True)
        locked.state, locked.applied_by = State.APPLYING, user
        locked.last_day = dt.date.fromisoformat(ended_on) if ended_on else None
        locked.done, locked.total, locked.attempts, locked.claimed_at = 0, locked.rows.count(), 0, timezone.now()
        locked.problems = [problem for problem in locked.problems if problem["kind"] not in OF_A_RUN]
        locked.save(
            update_fields=[
                "state", "applied_by", "last_day", "done", "total", "attempts", "claimed_at", "problems",
            ]
        )  # fmt: skip
    from austausch.certificates.importing import tasks

    if locked.total <= AT_ONCE_ROWS:
        carry_out(locked)
    else:
        tasks.apply_import.enqueue(locked.pk)
    batch.refresh_from_db()


def carry_out(batch: ImportBatch, *, nobody_waits: bool = False) -> None:
    """Applies what was confirmed, in one transaction; where that fails, the import waits for a yes again.

    Raises PupilImportError; with `nobody_waits`, what it says is kept for the import's page instead.
    """
    from austausch.certificates.importing import applying

    resuming.begin_run(batch)
    try:
        with transaction.atomic():
            locked = ImportBatch.objects.select_for_update().select_related("school", "school_year").get(pk=batch.pk)
            if locked.state != State.APPLYING:
                return
            applying.write(locked)
    except (PupilImportError, IntegrityError) as error:
        message = str(error) if isinstance(error, PupilImportError) else _(
            "The pupils have changed since the file was read. Nothing was applied; please read the file again."
        )  # fmt: skip
        if not isinstance(error, PupilImportError):
            logger.exception("Import %s could not be applied; nothing has changed.", batch.pk)
        resuming.give_back(batch, {"kind": "told", "detail": message, "row": 0} if nobody_waits else None)
        if not nobody_waits:
            raise PupilImportError(message) from error


@transaction.atomic
def drop(batch: ImportBatch, user: User) -> None:
    """Does not apply the import. Its rows are deleted at once."""
    locked = _locked(batch, user)
    if locked.state not in {State.READING, State.ASKING, State.REFUSED}:
        raise PupilImportError(_("This import has been decided about already."))
    UploadedFile.objects.filter(batch=locked).delete()
    locked.rows.all().delete()
    locked.state, locked.problems = State.DROPPED, []
    locked.save(update_fields=["state", "problems"])


def _new(school: School, user: User, source: ImportBatch.Source, *, complete: bool) -> ImportBatch:
    policy.require(user, Action.CREATE, ImportBatch)
    if school.pk not in schools_of(user, SchoolRole.Role.OFFICE):
        raise PupilImportError(_("Only the school's own people import its pupils."))
    return ImportBatch(
        school=school,
        school_year=years.current(timezone.localdate()),
        source=source,
        made_by=user,
        complete=complete,
        claimed_at=timezone.now(),
    )


def _locked(batch: ImportBatch, user: User) -> ImportBatch:
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    policy.require(user, Action.EDIT, locked)
    return locked


def _keep_rows(batch: ImportBatch, reading: Reading) -> None:
    """In portions, because a file may be large; and counts them."""
    counts: Counter[str] = Counter()
    planned = planning.plan(batch, reading, today=timezone.localdate())
    for rows in portions(planned):
        ImportRow.objects.bulk_create(rows)
        counts.update(str(row.outcome) for row in rows)
        batch.read += sum(1 for row in rows if row.number)
        progress.say(batch, batch.read, len(reading.records))
    batch.new, batch.changed, batch.same = counts[Outcome.NEW], counts[Outcome.CHANGED], counts[Outcome.SAME]
    batch.refused, batch.departed = counts[Outcome.REFUSED], counts[Outcome.DEPARTED]
