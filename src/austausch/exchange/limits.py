"""How often one person may write. Counted in the rows themselves: exact, whatever address they come from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

HOUR = dt.timedelta(hours=1)


class ExchangeError(Exception):
    """It cannot be done now; the message says why and what to do."""


class TooOftenError(ExchangeError):
    """This person has written enough for now."""


@dataclass(frozen=True)
class PerHour:
    """At most `amount` rows of `rows` in an hour; `since` names the column with the moment."""

    amount: int
    since: str

    def require(self, rows: models.QuerySet[Any]) -> None:
        """Raises TooOftenError if the person to whom `rows` belong has reached it."""
        if rows.filter(**{f"{self.since}__gt": timezone.now() - HOUR}).count() >= self.amount:
            raise TooOftenError(
                _("That is %(amount)s within an hour. Please try again later.") % {"amount": self.amount}
            )


POSTS = PerHour(10, "written_at")
REPORTS = PerHour(10, "reported_at")
REQUESTS = PerHour(5, "asked_at")
MESSAGES = PerHour(20, "written_at")
INTERESTS = PerHour(10, "asked_at")
