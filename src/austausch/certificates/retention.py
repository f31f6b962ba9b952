"""Deleting what is past its retention: pupils, and what certificates say about them. Numbers and status stay.

A certificate that was revoked stays revoked for every checker, and the log keeps its chain: neither names a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from austausch.certificates import journal
from austausch.certificates.models import Certificate, IssueBatch, IssueLog, Pupil, School

AT_ONCE: Final = 500


def forget(today: dt.date | None = None) -> tuple[int, int]:
    """Deletes pupils and contents whose time is over; returns how many of each."""
    today = today or timezone.localdate()
    return _pupils(today), _contents(today)


def _pupils(today: dt.date) -> int:
    number = 0
    while keys := list(
        Pupil.objects.past_retention(today).order_by("school", "pk").values_list("pk", flat=True)[:AT_ONCE]
    ):
        with transaction.atomic():
            rows = list(Pupil.objects.filter(pk__in=keys).values_list("school", "pk").order_by("school"))
            Pupil.objects.filter(pk__in=keys).delete()
            _write_down(rows, "pupils")
        number += len(keys)
    return number


def _contents(today: dt.date) -> int:
    """Files first: what a killed run has not written down is found again, what has no file left is no harm."""
    storage, number = storages["private"], 0
    while rows := list(Certificate.objects.past_retention(today).order_by("school", "pk")[:AT_ONCE]):
        batches = IssueBatch.objects.filter(pk__in={row.batch_id for row in rows})
        for name in [row.file for row in rows] + [name for batch in batches for name in _files(batch)]:
            if name:
                storage.delete(name)
        with transaction.atomic():
            Certificate.objects.filter(pk__in=[row.pk for row in rows]).update(
                content={}, seal=b"", file="", pupil=None
            )
            batches.update(archive="", print_files=[])
            _write_down([(row.school_id, row.pk) for row in rows], "certificates")
        number += len(rows)
    return number


def _files(batch: IssueBatch) -> list[str]:
    return [batch.archive, *batch.print_files]


def _write_down(rows: Iterable[tuple[int, int]], what: str) -> None:
    for school, some in groupby(rows, key=lambda row: row[0]):
        line = journal.Line(IssueLog.Action.FORGOTTEN, data={what: len(list(some))})
        journal.write(School.objects.get(pk=school), None, line)
