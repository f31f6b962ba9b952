"""Writes what was confirmed, and takes it back. Both within the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from austausch.certificates import journal
from austausch.certificates.importing import departures, planning, progress, retention
from austausch.certificates.importing.errors import PupilImportError
from austausch.certificates.importing.planning import COMPARED, Outcome
from austausch.certificates.importing.portions import portions
from austausch.certificates.models import Certificate, ImportBatch, ImportRow, IssueLog, Pupil
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.people.models import User

WRITTEN = (*COMPARED, "import_batch", "changed_at", "retention_ends_on")
CONFIRMED = ("import_batch", "retention_ends_on")
NAMES = ("family_name", "first_names", "call_name", "name_doubt", "name_in_source")
State = ImportBatch.State


def write(batch: ImportBatch) -> None:
    """Applies all rows of a locked import. Raises PupilImportError where the pupils are not as they were."""
    _write_new(batch)
    _write_same(batch)
    _write_known(batch)
    left = batch.rows.filter(outcome=Outcome.DEPARTED, confirmed=True)
    departures.revoke(batch, Pupil.objects.filter(pk__in=left.values("pupil")))
    batch.state, batch.applied_at, batch.departed = State.APPLIED, timezone.now(), left.count()
    batch.done = batch.total
    batch.save(update_fields=["state", "applied_at", "departed", "done"])
    counts = {name: getattr(batch, name) for name in ("read", "new", "changed", "same", "refused", "departed")}
    line = journal.Line(IssueLog.Action.IMPORTED, purpose=batch.source, data={"import": batch.pk, **counts})
    journal.write(batch.school, batch.applied_by, line)


def _write_new(batch: ImportBatch) -> None:
    for rows in _steps(batch, Q(outcome=Outcome.NEW)):
        made = [Pupil(school=batch.school, **columns(batch, row.values)) for row in rows]
        # The database gives the keys, in the order of the list.
        for row, pupil in zip(rows, Pupil.objects.bulk_create(made), strict=True):
            row.pupil = pupil
        _save_rows(rows, "pupil")


def _write_same(batch: ImportBatch) -> None:
    """Unchanged ones are confirmed by this; there are many of them, and few different things to write."""
    for rows in _steps(batch, Q(outcome=Outcome.SAME)):
        pupils = _as_they_were(batch, rows)
        confirmed: dict[tuple[tuple[str, Any], ...], list[int]] = defaultdict(list)
        for row in rows:
            found = columns(batch, row.values)
            written = tuple((name, found[name]) for name in CONFIRMED)
            confirmed[written].append(pupils[row.pupil_id or 0].pk)
        for written, keys in confirmed.items():
            Pupil.objects.filter(pk__in=keys).update(changed_at=timezone.now(), **dict(written))


def _write_known(batch: ImportBatch) -> None:
    """Changed ones, and leavers whom somebody has confirmed."""
    for rows in _steps(batch, Q(outcome=Outcome.CHANGED) | Q(outcome=Outcome.DEPARTED, confirmed=True)):
        pupils = _as_they_were(batch, rows)
        for row in rows:
            if row.outcome == Outcome.DEPARTED and batch.last_day and not row.values["ended_on"]:
                row.values["ended_on"] = batch.last_day.isoformat()
            for name, value in columns(batch, row.values).items():
                setattr(pupils[row.pupil_id or 0], name, value)
        _save(pupils.values())
        _save_rows(rows, "values")


def _as_they_were(batch: ImportBatch, rows: Sequence[ImportRow]) -> dict[int, Pupil]:
    """The pupils of these rows, locked. Raises PupilImportError where they are not as they were."""
    pupils = Pupil.objects.select_for_update().filter(school=batch.school).in_bulk([row.pupil_id for row in rows])
    for row in rows:
        pupil = pupils.get(row.pupil_id or 0)
        if pupil is None or planning.values_of(pupil) != row.before:
            raise PupilImportError(
                _(
                    "Row %(row)s: the pupil's data have changed since the file was read. Nothing was applied; "
                    "please read the file again."
                )
                % {"row": row.number}
            )
    return pupils


def _save(pupils: Iterable[Pupil]) -> None:
    """Many columns of many rows in one statement: some fifty times as fast as `bulk_update`, which asks row by row."""
    Pupil.objects.bulk_create(pupils, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN)


def _save_rows(rows: Iterable[ImportRow], name: str) -> None:
    ImportRow.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=[name])


def columns(batch: ImportBatch, values: Mapping[str, Any]) -> dict[str, Any]:
    """A row's values as a pupil has them."""
    made = planning.parsed(dict(values))
    made["retention_ends_on"] = retention.end(
        status=made["status"], ended_on=made["ended_on"], year_ends=batch.school_year.ends_on
    )
    # A name that somebody has corrected by hand is not what the administration says: issuing takes a second person.
    corrected = made["name_in_source"] not in {"", f"{made['family_name']}|{made['first_names']}"}
    return {**made, "import_batch": None if corrected else batch, "changed_at": timezone.now()}


def _steps(batch: ImportBatch, which: Q) -> Iterator[list[ImportRow]]:
    """Rows in bounded portions: an import of a whole city must not need its size in memory."""
    keys = batch.rows.filter(which).order_by("pk").values_list("pk", flat=True)
    for some in portions(list(keys)):
        yield list(batch.rows.filter(pk__in=some).order_by("pk"))
        batch.done += len(some)
        progress.say(batch, batch.done, batch.total)


@transaction.atomic
def undo(batch: ImportBatch, user: User) -> None:
    """Takes back the last import of a school: pupils are as they were before it. Raises PupilImportError.

    Revoked certificates stay revoked: checkers have been told.
    """
    locked = ImportBatch.objects.select_for_update().select_related("school").get(pk=batch.pk)
    policy.require(user, Action.EDIT, locked)
    if why := why_not_undone(locked):
        raise PupilImportError(why)
    _take_back_known(locked)
    _take_back_new(locked)
    locked.rows.all().delete()
    locked.state, locked.undone_by, locked.undone_at = State.UNDONE, user, timezone.now()
    locked.save(update_fields=["state", "undone_by", "undone_at"])
    line = journal.Line(IssueLog.Action.IMPORTED, purpose="undone", data={"import": locked.pk})
    journal.write(locked.school, user, line)


def why_not_undone(batch: ImportBatch) -> str:
    """What stands against taking it back; "": nothing."""
    if batch.state != State.APPLIED or batch.applied_at is None:
        return _("Only an import that was applied can be undone.")
    if batch.applied_at < timezone.now() - retention.UNDO_FOR:
        return _("The import is older than seven days and can be undone no longer. Read in a corrected file instead.")
    later = ImportBatch.objects.applied().filter(school=batch.school_id, applied_at__gt=batch.applied_at)
    if later.exists():
        return _("A later import was applied. Only the last one can be undone.")
    new = batch.rows.filter(outcome=Outcome.NEW).values("pupil")
    issued = Certificate.objects.filter(pupil__in=new).count()
    if issued:
        return ngettext(
            "A certificate was issued for a pupil of this import. Read in a corrected file instead.",
            "%(count)s certificates were issued for pupils of this import. Read in a corrected file instead.",
            issued,
        ) % {"count": issued}
    return ""


def _take_back_new(batch: ImportBatch) -> None:
    """Deletes them. That somebody has checked a name meanwhile is no reason to keep them; any other change is."""
    for rows in _steps(batch, Q(outcome=Outcome.NEW)):
        pupils = Pupil.objects.select_for_update().in_bulk([row.pupil_id for row in rows])
        for row in rows:
            if (pupil := pupils.get(row.pupil_id or 0)) is not None:
                _require_unchanged(pupil, {**row.values, **{name: getattr(pupil, name) for name in NAMES}})
        Pupil.objects.filter(pk__in=pupils).delete()


def _require_unchanged(pupil: Pupil | None, values: Mapping[str, Any]) -> Pupil:
    if pupil is None or planning.values_of(pupil) != values:
        raise PupilImportError(_("Pupils of this import have been changed since. Read in a corrected file instead."))
    return pupil


def _take_back_known(batch: ImportBatch) -> None:
    wanted = Q(outcome=Outcome.CHANGED) | Q(outcome=Outcome.DEPARTED, confirmed=True)
    for rows in _steps(batch, wanted):
        pupils = Pupil.objects.select_for_update().in_bulk([row.pupil_id for row in rows])
        for row in rows:
            pupil = _require_unchanged(pupils.get(row.pupil_id or 0), row.values)
            for name, value in columns(batch, row.before).items():
                setattr(pupil, name, value)
            # What an earlier import has confirmed is confirmed no longer: its values may have been changed by hand.
            pupil.import_batch = None
        _save(pupils.values())
