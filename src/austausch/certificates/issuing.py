"""Issuing a batch: numbers first, then files, then what comes of them. A killed run goes on where it was.

1. *Reserve*: in one transaction every certificate of the batch gets its number, its place in the status list and its
   content. Either all have them or none, so no number is given twice and none is left out.
2. *Make*: file by file. A file is written under a name of its own and then, with the log entry, recorded in one
   transaction; a certificate that is already out is not touched again.
3. *Finish*: print files and archive; files that a killed run left behind are removed.

A worker claims a batch and says every few seconds that it is still there; another takes over when it falls silent. If
both are alive after all, only one of them gets to record a certificate.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from vdseal.errors import SealError
from vdseal.keys import Signer
from vdseal.status import free_index

from austausch.certificates import journal, keys, lists, numbers, results, rules, sealing
from austausch.certificates.content import Content, content_of, kind_of
from austausch.certificates.models import (
    Certificate,
    IssueBatch,
    IssueLog,
    Numbering,
    Pupil,
    Revocation,
    SigningKey,
    StatusList,
)
from austausch.certificates.revoking import revoke_rows

logger = logging.getLogger(__name__)
State = IssueBatch.State
# A worker that has said nothing for so long is taken for dead.
SILENT: Final = dt.timedelta(minutes=5)
# Certificates recorded together.
AT_ONCE: Final = 20


@dataclass(frozen=True)
class _Ready:
    """A file that is written and not yet recorded."""

    certificate: Certificate
    seal: bytes
    file: str
    sha256: str


def run(batch_pk: int, *, silent: dt.timedelta = SILENT) -> None:
    """Does all that remains to be done for a batch; nothing if somebody else is at it."""
    batch = _claim(batch_pk, silent=silent)
    if batch is None:
        return
    try:
        reserve(batch)
        _make_all(batch)
        _finish(batch)
    except (keys.SealKeyError, SealError) as error:
        _stop(batch, str(error))


def storage() -> Storage:
    return storages["private"]


def folder(batch: IssueBatch) -> str:
    return f"bescheinigungen/{batch.school.number}/{batch.pk}"


# ── Claiming ────────────────────────────────────────────────────────────────────────────────────────────────


def _claim(pk: int, *, silent: dt.timedelta) -> IssueBatch | None:
    now = timezone.now()
    free = IssueBatch.objects.unfinished().filter(Q(claimed_at__isnull=True) | Q(claimed_at__lte=now - silent))
    if not free.filter(pk=pk).update(state=State.RUNNING, claimed_at=now):
        return None
    return IssueBatch.objects.select_related("school__organisation", "school_year").get(pk=pk)


def _stop(batch: IssueBatch, problem: str) -> None:
    with transaction.atomic():
        IssueBatch.objects.filter(pk=batch.pk).update(state=State.STOPPED, problem=problem[:300], claimed_at=None)
        journal.write(batch.school, None, journal.Line(IssueLog.Action.STOPPED, data={"batch": batch.pk}))
    logger.error("Batch %s of certificates has stopped.", batch.pk)


# ── 1. Reserve ──────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def reserve(batch: IssueBatch) -> None:
    """Numbers, places and contents for the whole batch, or for none of it. A second time changes nothing."""
    locked = IssueBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.started_at is not None:
        return
    today = timezone.localdate()
    pupils = list(batch.pupils.select_for_update().order_by("class_name", "family_name", "first_names", "pk"))
    fit, left_out = _sorted_out(pupils, today)
    certificates = list(_certificates(batch, fit, today=today))
    Certificate.objects.bulk_create(certificates, 500)
    batch.started_at, batch.total, batch.left_out = timezone.now(), len(certificates), len(left_out)
    batch.save(update_fields=["started_at", "total", "left_out"])
    span = {"first": certificates[0].number, "last": certificates[-1].number} if certificates else {}
    data = {"batch": batch.pk, "certificates": len(certificates), "left_out": left_out, **span}
    journal.write(batch.school, batch.made_by, journal.Line(IssueLog.Action.RESERVED, purpose=batch.purpose, data=data))


def _sorted_out(pupils: Sequence[Pupil], today: dt.date) -> tuple[list[Pupil], list[int]]:
    """Who still gets a certificate, and the keys of those whose data changed since somebody asked."""
    refused = [pupil.pk for pupil in pupils if next(rules.refusals(pupil, today=today), None)]
    return [pupil for pupil in pupils if pupil.pk not in set(refused)], refused


def _certificates(batch: IssueBatch, pupils: Sequence[Pupil], *, today: dt.date) -> Iterator[Certificate]:
    school, year = batch.school, batch.school_year
    Numbering.objects.get_or_create(school=school, school_year=year)
    numbering = Numbering.objects.select_for_update().get(school=school, school_year=year)
    status_list = lists.open_list()
    places = _places(status_list, len(pupils))
    for sequence, (pupil, place) in enumerate(zip(pupils, places, strict=True), numbering.last + 1):
        number = numbers.certificate_number(school=school.number, year=year.code, sequence=sequence)
        content = content_of(
            pupil,
            school=school,
            year=year,
            number=number,
            issued_on=today,
            valid_until=valid_until(pupil, batch.valid_until, today=today),
            nonce=secrets.token_hex(16),
        )
        yield Certificate(
            number=number,
            school=school,
            school_year=year,
            sequence=sequence,
            kind=kind_of(content),
            batch=batch,
            pupil=pupil,
            status_list=status_list,
            status_index=place,
            issued_on=today,
            valid_until=content.valid_until,
            content=content.to_json(),
            retention_ends_on=content.valid_until + dt.timedelta(days=settings.AUSTAUSCH_CERTIFICATES_KEPT_DAYS),
            replaces=batch.replaces,
        )
    numbering.last += len(pupils)
    numbering.save(update_fields=["last"])
    StatusList.objects.filter(pk=status_list.pk).update(used=F("used") + len(pupils))


def valid_until(pupil: Pupil, wanted: dt.date, *, today: dt.date) -> dt.date:
    """The last day of a certificate: never after the expected end of what it certifies, never before today."""
    if pupil.has_left or pupil.expected_end is None:
        return max(wanted, today)
    return max(min(wanted, pupil.expected_end), today)


def _places(status_list: StatusList, amount: int) -> list[int]:
    """Random free places, so that neighbours do not tell who was issued together."""
    known = set(Certificate.objects.filter(status_list=status_list).values_list("status_index", flat=True))
    places = []
    for _number in range(amount):
        place = free_index(status_list.size, known.__contains__)
        known.add(place)
        places.append(place)
    return places


# ── 2. Make ─────────────────────────────────────────────────────────────────────────────────────────────────


def _make_all(batch: IssueBatch) -> None:
    waiting = Certificate.objects.filter(batch=batch).reserved().order_by("sequence")
    while certificates := list(waiting.select_related("status_list")[:AT_ONCE]):
        key, signer = keys.signer_for(batch.school, batch.school_year, today=timezone.localdate())
        ready = [_make(batch, certificate, key, signer) for certificate in certificates]
        lost = _record(batch, key, ready)
        for name in lost:
            storage().delete(name)


def _make(batch: IssueBatch, certificate: Certificate, key: SigningKey, signer: Signer) -> _Ready:
    made = sealing.make(
        Content.from_json(certificate.content),
        signer=signer,
        places=places_of(key, certificate.status_list),
        status_index=certificate.status_index,
        signed_at=timezone.localtime(),
    )
    name = f"{folder(batch)}/{certificate.number}-{secrets.token_hex(6)}.pdf"
    return _Ready(
        certificate, made.seal, storage().save(name, ContentFile(made.pdf)), hashlib.sha256(made.pdf).hexdigest()
    )


def places_of(key: SigningKey, status_list: StatusList) -> sealing.Places:
    return sealing.Places(
        host=lists.host(),
        check=lists.check_address(),
        certificate=lists.address(f"pruefen/zertifikate/{key.reference.lower()}"),
        status=status_list.uri,
    )


@transaction.atomic
def _record(batch: IssueBatch, key: SigningKey, ready: Sequence[_Ready]) -> list[str]:
    """Certificates, log and progress together. Returns the files of those that somebody else has recorded."""
    locked = IssueBatch.objects.select_for_update().get(pk=batch.pk)
    gone = _gone_meanwhile(ready)
    if gone or locked.replaces_id:
        # Something is revoked below, which locks lists before the log. In another order two could wait for each other.
        list(StatusList.objects.select_for_update().order_by("pk"))
    keys_of_ready = [item.certificate.pk for item in ready]
    waiting = {row.pk: row for row in Certificate.objects.reserved().filter(pk__in=keys_of_ready)}
    now = timezone.now()
    lines, mine = [], []
    for item in ready:
        row = waiting.get(item.certificate.pk)
        if row is None:
            continue
        row.state, row.key, row.issued_at = Certificate.State.ISSUED, key, now
        row.seal, row.file, row.file_sha256 = item.seal, item.file, item.sha256
        mine.append(row)
        data = {"file": item.sha256, "seal": hashlib.sha256(item.seal).hexdigest(), "batch": batch.pk}
        lines.append(journal.Line(IssueLog.Action.ISSUED, certificate_number=row.number, data=data))
    Certificate.objects.bulk_update(mine, ["state", "key", "issued_at", "seal", "file", "file_sha256"])
    journal.write(batch.school, locked.made_by, *lines)
    if locked.replaces_id and mine:
        _replace(locked)
    for row in mine:
        if row.pupil_id in gone:
            _revoke_at_once(row, gone[row.pupil_id])
    locked.done, locked.claimed_at = locked.done + len(mine), now
    locked.save(update_fields=["done", "claimed_at"])
    recorded = {row.pk for row in mine}
    return [item.file for item in ready if item.certificate.pk not in recorded]


def _gone_meanwhile(ready: Sequence[_Ready]) -> dict[int, Pupil]:
    """Pupils of whom somebody has confirmed that they have left since the certificate's content was fixed.

    Their rows are locked, so that whoever confirms it now waits, and then finds the certificate that is out.
    """
    certificates = [item.certificate for item in ready if item.certificate.kind == Certificate.Kind.ATTENDS]
    attending = [row.pupil_id for row in certificates if row.pupil_id is not None]
    pupils = Pupil.objects.select_for_update(of=("self",)).select_related("import_batch__applied_by")
    return {pupil.pk: pupil for pupil in pupils.filter(pk__in=attending).order_by("pk") if pupil.has_left}


def _revoke_at_once(certificate: Certificate, pupil: Pupil) -> None:
    """It has its number and is in the log; what it says is true no longer, and nobody could revoke it before."""
    said = pupil.import_batch
    rows = Certificate.objects.filter(pk=certificate.pk)
    revoke_rows(rows, said.applied_by if said else None, reason=Revocation.Reason.LEFT, import_batch=said)


def _replace(batch: IssueBatch) -> None:
    old = batch.replaces
    if old is not None:
        revoke_rows(Certificate.objects.filter(pk=old.pk), batch.made_by, reason=Revocation.Reason.REPLACED)


# ── 3. Finish ───────────────────────────────────────────────────────────────────────────────────────────────


def _finish(batch: IssueBatch) -> None:
    archive, print_files = results.build(batch, folder=folder(batch))
    with transaction.atomic():
        IssueBatch.objects.filter(pk=batch.pk).update(
            state=State.FINISHED,
            archive=archive,
            print_files=print_files,
            finished_at=timezone.now(),
            claimed_at=None,
            problem=_("%(number)s left out: their data have changed.") % {"number": batch.left_out}
            if batch.left_out
            else "",
        )
    _tidy(batch, {archive, *print_files})


def _tidy(batch: IssueBatch, kept: set[str]) -> None:
    """Removes what killed runs have written and nobody has recorded."""
    kept |= set(Certificate.objects.filter(batch=batch).values_list("file", flat=True))
    try:
        _folders, names = storage().listdir(folder(batch))
    except FileNotFoundError:
        return
    for name in names:
        if f"{folder(batch)}/{name}" not in kept:
            storage().delete(f"{folder(batch)}/{name}")
