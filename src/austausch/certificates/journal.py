"""The issue log: append-only, and each entry holds the digest of the one before, so that any change is found.

Each school has its own chain, so that schools do not wait for each other; what concerns no school is in the
platform's. Entries name certificates by number and never a pupil, so nothing in a chain has to be deleted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from austausch.certificates.models import IssueLog, LogChain

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from austausch.certificates.models import CheckChain, School
    from austausch.people.models import User

PLATFORM = ""
BATCH = 500


@dataclass(frozen=True)
class Line:
    """What is to be written down about one thing that happened."""

    action: IssueLog.Action
    certificate_number: str = ""
    purpose: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Break:
    """A place at which a chain does not agree with itself."""

    chain: str
    position: int
    what: str


def write(school: School | None, user: User | AnonymousUser | None, *lines: Line) -> None:
    """Adds lines to the school's chain, all or none; in the transaction of what they tell of."""
    if not lines:
        return
    key = school.number if school else PLATFORM
    with transaction.atomic():
        LogChain.objects.get_or_create(key=key)
        chain = LogChain.objects.select_for_update().get(key=key)
        entries = list(_entries(chain, user.pk if user else None, lines))
        IssueLog.objects.bulk_create(entries, BATCH)
        chain.length, chain.head = entries[-1].position, entries[-1].digest
        chain.save(update_fields=["length", "head"])


def breaks() -> Iterator[Break]:
    """Every place at which a chain does not agree with itself; none if nothing was changed, removed or added."""
    for chain in LogChain.objects.order_by("key"):
        yield from _breaks_of(chain)
    orphans = IssueLog.objects.exclude(chain__in=LogChain.objects.values("key"))
    for entry in orphans.order_by("pk")[:BATCH]:
        yield Break(entry.chain_id, entry.position, "belongs to no chain")


def _breaks_of(chain: LogChain) -> Iterator[Break]:
    yield from breaks_in(chain, IssueLog.objects.filter(chain=chain), digest)


def breaks_in(
    chain: LogChain | CheckChain,
    entries: QuerySet[Any],
    digest: Callable[[Any], str],
    *,
    cut: int = 0,
    before: str = "",
) -> Iterator[Break]:
    """Where the entries of a chain do not agree with each other or with its head.

    `cut` and `before`: position and digest of the last entry that was let go.
    """
    previous, position = before, cut
    for entry in entries.order_by("position").iterator(chunk_size=2000):
        if entry.position != position + 1:
            yield Break(chain.key, position + 1, f"is missing, up to {entry.position - 1}")
        elif entry.previous != previous:
            yield Break(chain.key, entry.position, "does not follow the one before")
        if digest(entry) != entry.digest:
            yield Break(chain.key, entry.position, "was changed")
        previous, position = entry.digest, entry.position
    if (chain.length, chain.head) != (position, previous):
        yield Break(chain.key, position + 1, f"is missing: the chain ends at {chain.length}")


def _entries(chain: LogChain, actor: int | None, lines: Sequence[Line]) -> Iterator[IssueLog]:
    previous, now = chain.head, timezone.now()
    for position, line in enumerate(lines, chain.length + 1):
        entry = IssueLog(
            chain=chain,
            position=position,
            at=now,
            actor_id=actor,
            action=line.action,
            certificate_number=line.certificate_number,
            purpose=line.purpose,
            data=dict(line.data),
            previous=previous,
        )
        entry.digest = previous = digest(entry)
        yield entry


def digest(entry: IssueLog) -> str:
    """SHA-256 of all an entry says, in a form that does not depend on the database."""
    said = [
        entry.chain_id,
        entry.position,
        entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.action,
        entry.certificate_number,
        entry.purpose,
        entry.data,
        entry.previous,
    ]
    return digest_of(said)


def digest_of(said: Sequence[Any]) -> str:
    """SHA-256 (hex) of values in the one way in which all chains write them."""
    text = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
