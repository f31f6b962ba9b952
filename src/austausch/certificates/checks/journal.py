"""The log of checks: append-only, one chain for each office, shortened at its beginning only and after its time.

Each entry holds the digest of the one before. What is past its retention is deleted from the beginning of a chain, and
the digest of the last deleted entry stays behind twice: in the chain's row, from where the rest is verified, and in the
platform's issue log, whose own chain keeps it from being changed. Entries are about an office and a case, so unlike the
issue log, which names no person and stays, this one has an end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from austausch.certificates import journal
from austausch.certificates.journal import Break, breaks_in, digest_of
from austausch.certificates.models import CheckChain, CheckLog, IssueLog

# The database itself lets nothing younger go (migration 0007).
LEAST_DAYS: Final = 90
AT_ONCE: Final = 5_000
FORGOTTEN: Final = IssueLog.Action.FORGOTTEN


def write(organisation_key: str, *entries: CheckLog) -> None:
    """Adds entries to the office's chain, all or none; in the transaction of what they tell of."""
    if not entries:
        return
    with transaction.atomic():
        CheckChain.objects.get_or_create(key=organisation_key)
        chain = CheckChain.objects.select_for_update().get(key=organisation_key)
        now = timezone.now()
        for entry in entries:
            chain.length += 1
            entry.organisation_key, entry.at = organisation_key, now
            entry.position, entry.previous = chain.length, chain.head
            entry.digest = chain.head = digest(entry)
        CheckLog.objects.bulk_create(entries)
        chain.save(update_fields=["length", "head"])


def forget(now: dt.datetime | None = None) -> int:
    """Deletes what is past its retention; returns how many entries. Safe to be killed, and to run twice at once."""
    before = (now or timezone.now()) - kept_for()
    over = CheckLog.objects.filter(at__lt=before).order_by("organisation_key")
    return sum(_shorten(key, before) for key in list(over.values_list("organisation_key", flat=True).distinct()))


def kept_for() -> dt.timedelta:
    """How long an entry stays. Raises ImproperlyConfigured."""
    days: int = settings.AUSTAUSCH_CHECK_LOG_KEPT_DAYS
    if days < LEAST_DAYS:
        raise ImproperlyConfigured(
            f"AUSTAUSCH_CHECK_LOG_KEPT_DAYS is {days}: the log of checks is kept for {LEAST_DAYS} days at least."
        )
    return dt.timedelta(days=days)


def breaks() -> Iterator[Break]:
    """Every place at which a chain does not agree with itself; none if nothing was changed, removed or added."""
    for chain in CheckChain.objects.order_by("key"):
        yield from _breaks_of(chain)
    for entry in CheckLog.objects.exclude(organisation_key__in=CheckChain.objects.values("key"))[:AT_ONCE]:
        yield Break(entry.organisation_key, entry.position, "belongs to no chain")
    known = set(CheckChain.objects.values_list("key", flat=True))
    told = IssueLog.objects.filter(chain=journal.PLATFORM, action=FORGOTTEN, data__has_key="checks_of")
    for key in sorted(set(told.values_list("data__checks_of", flat=True)) - known):
        yield Break(key, 0, "has lost its chain, of which the issue log tells")


def digest(entry: CheckLog) -> str:
    """SHA-256 of all an entry says."""
    return digest_of(
        [
            entry.organisation_key,
            entry.position,
            entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            entry.actor,
            entry.program,
            entry.purpose,
            entry.case_number,
            entry.subject,
            entry.outcome,
            entry.code,
            entry.place,
            entry.previous,
        ]
    )


@transaction.atomic
def _shorten(key: str, before: dt.datetime) -> int:
    """Cuts a chain before its first entry that still has to stay."""
    chain = CheckChain.objects.select_for_update().get(key=key)
    entries = CheckLog.objects.filter(organisation_key=key).order_by("position")
    first_kept = entries.filter(at__gte=before).values_list("position", flat=True).first()
    cut = min(first_kept - 1 if first_kept else chain.length, chain.cut + AT_ONCE)
    last = entries.filter(position=cut).first()
    if last is None:
        return 0
    chain.cut, chain.cut_digest = cut, last.digest
    chain.save(update_fields=["cut", "cut_digest"])
    # Neither how many nor which: the portal team reads the platform's log and learns nothing of an office's checks.
    journal.write(None, None, journal.Line(FORGOTTEN, data={"checks_of": key, "digest": last.digest}))
    number, _by_model = entries.filter(position__lte=cut).delete()
    return number


def _breaks_of(chain: CheckChain) -> Iterator[Break]:
    if _anchor(chain.key) != chain.cut_digest:
        yield Break(chain.key, chain.cut, "was cut at another place than the issue log says")
    entries = CheckLog.objects.filter(organisation_key=chain.key)
    yield from breaks_in(chain, entries, digest, cut=chain.cut, before=chain.cut_digest)


def _anchor(key: str) -> str:
    """What the platform's issue log says about the last cut of this chain; "" for none."""
    told = IssueLog.objects.filter(chain=journal.PLATFORM, action=FORGOTTEN, data__checks_of=key)
    last = told.order_by("-position").first()
    return last.data["digest"] if last else ""
