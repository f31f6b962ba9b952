"""The named states of schools, pupils, keys and certificates, each filter once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from austausch.certificates.models import (
        Alarm,
        Certificate,
        ImportBatch,
        IssueBatch,
        Pupil,
        School,
        SchoolYear,
        SigningKey,
        StatusList,
    )

# Of the SVWS-Server: active and on leave; graduated, left and former.
ATTENDING = (2, 3)
GONE = (8, 9, 10)


class SchoolQuerySet(models.QuerySet["School"]):
    def open(self, today: dt.date | None = None) -> SchoolQuerySet:
        """Those that issue certificates."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gte=today or timezone.localdate()))

    def within(self, ags: str) -> SchoolQuerySet:
        """Those of this place and of places in it."""
        return self.filter(place__ags__startswith=ags)


class SchoolYearQuerySet(models.QuerySet["SchoolYear"]):
    def on(self, day: dt.date) -> SchoolYearQuerySet:
        """The one in which the day lies."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def applied(self) -> ImportBatchQuerySet:
        return self.filter(state="applied")

    def working(self) -> ImportBatchQuerySet:
        """Those for which nobody can do anything but wait."""
        return self.filter(state__in=["reading", "applying"])


class PupilQuerySet(models.QuerySet["Pupil"]):
    def attending(self) -> PupilQuerySet:
        """Those for whom a certificate of attendance may be issued."""
        return self.filter(status__in=ATTENDING)

    def with_doubtful_name(self) -> PupilQuerySet:
        """Whose name looks damaged, and nobody has looked at it yet: no certificate is issued for them."""
        return self.exclude(name_doubt="")

    def gone(self) -> PupilQuerySet:
        """Those who have left: they get certificates in the past tense only."""
        return self.filter(status__in=GONE)

    def past_retention(self, today: dt.date | None = None) -> PupilQuerySet:
        """Whose data are to be deleted."""
        return self.filter(retention_ends_on__lt=today or timezone.localdate(), hold_reason="")

    def called(self, text: str) -> PupilQuerySet:
        """In whose name each of these words stands."""
        found = self
        for word in text.split()[:8]:
            found = found.filter(Q(family_name__icontains=word) | Q(first_names__icontains=word))
        return found


class SigningKeyQuerySet(models.QuerySet["SigningKey"]):
    def active(self) -> SigningKeyQuerySet:
        return self.filter(state="active")

    def published(self) -> SigningKeyQuerySet:
        """Those of schools that checkers know, also those whose seals hold no longer."""
        return self.filter(purpose="school")


class StatusListQuerySet(models.QuerySet["StatusList"]):
    def giving(self) -> StatusListQuerySet:
        """The one that gives away places."""
        return self.filter(open=True)


class IssueBatchQuerySet(models.QuerySet["IssueBatch"]):
    def unfinished(self) -> IssueBatchQuerySet:
        """Those that a worker has to begin or to go on with."""
        return self.filter(state__in=["queued", "running"])

    def undecided(self) -> IssueBatchQuerySet:
        return self.filter(state="waiting")


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def reserved(self) -> CertificateQuerySet:
        return self.filter(state="reserved")

    def out(self) -> CertificateQuerySet:
        """Issued, whatever became of them."""
        return self.exclude(state="reserved")

    def valid(self, today: dt.date | None = None) -> CertificateQuerySet:
        """Out, and a checker is told that they hold."""
        today = today or timezone.localdate()
        return self.filter(state="issued", issued_on__lte=today, valid_until__gte=today)

    def past_retention(self, today: dt.date | None = None) -> CertificateQuerySet:
        """Whose names and files are to be deleted; number and status stay."""
        return self.filter(retention_ends_on__lt=today or timezone.localdate()).exclude(content={})


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def open(self) -> AlarmQuerySet:
        return self.filter(settled_at__isnull=True)
