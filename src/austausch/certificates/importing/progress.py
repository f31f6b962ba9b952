"""How far an import is. Kept in the shared cache: nobody sees what an open transaction has written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.core.cache import caches
from django.utils import timezone

if TYPE_CHECKING:
    from austausch.certificates.models import ImportBatch

# Whoever has said nothing for so long is taken for dead.
SILENT: Final = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Progress:
    done: int
    total: int
    said_at: dt.datetime


def say(batch: ImportBatch, done: int, total: int) -> None:
    """Somebody is at work, and has come so far."""
    heard = (done, total, timezone.now().timestamp())
    caches["shared"].set(_key(batch), heard, timeout=2 * SILENT.total_seconds())


def of(batch: ImportBatch) -> Progress | None:
    """What was said last; None where nothing was, or long ago."""
    heard = caches["shared"].get(_key(batch))
    if heard is None:
        return None
    done, total, at = heard
    return Progress(done, total, dt.datetime.fromtimestamp(at, tz=dt.UTC))


def is_silent(batch: ImportBatch, now: dt.datetime | None = None) -> bool:
    """Whether nobody seems to be at work."""
    long_ago = (now or timezone.now()) - SILENT
    heard = of(batch)
    return (batch.claimed_at or batch.made_at) <= long_ago and (heard is None or heard.said_at <= long_ago)


def _key(batch: ImportBatch) -> str:
    return f"import-progress:{batch.pk}"
