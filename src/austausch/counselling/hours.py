"""When an office is open: pure functions from opening hours to moments.

Hours are what a clock on the wall shows in Germany. They become moments here, in one place:

- hours that end before or when they begin end on the next day, and belong to the day on which they begin;
- a day with other hours has only these; a public holiday of the state has none, unless the office says otherwise;
- where the clock is put forward, a time that it skips is the moment at which it jumps; where it is put back, a time
  that it shows twice is the first of the two: rather closed than sending somebody to a locked door.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
DAY = dt.timedelta(days=1)
# How far one looks ahead for the next opening.
AHEAD = 366


@dataclass(frozen=True)
class Weekly:
    """Every week on `weekday` (Monday is 0), from `valid_from` to `valid_to`, where these are given."""

    weekday: int
    opens: dt.time
    closes: dt.time
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        return (
            day.weekday() == self.weekday
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
        )


@dataclass(frozen=True)
class Otherwise:
    """What holds from `first` to `last` instead: these hours, or closed where there are none."""

    first: dt.date
    last: dt.date
    opens: dt.time | None = None
    closes: dt.time | None = None
    note: str = ""


@dataclass(frozen=True)
class Span:
    """Open from `start` until just before `end`; both in UTC."""

    start: dt.datetime
    end: dt.datetime


class Status(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Now:
    """How it stands at a moment: open `until`, or closed and open again `next`, where anything is known."""

    status: Status
    until: dt.datetime | None = None
    next: dt.datetime | None = None


def _no_holiday(day: dt.date) -> str:
    return ""


@dataclass(frozen=True)
class Hours:
    """All that is known of when an office is open. `holiday`: a day's name where it is a public holiday."""

    weekly: Sequence[Weekly] = ()
    otherwise: Sequence[Otherwise] = ()
    open_on_holidays: bool = False
    holiday: Callable[[dt.date], str] = field(default=_no_holiday)

    @property
    def known(self) -> bool:
        return bool(self.weekly) or any(one.opens for one in self.otherwise)

    def on(self, day: dt.date) -> list[Span]:
        """The spans that begin on this day, in order; those that meet or overlap are one."""
        return list(_joined(sorted(self._spans(day), key=lambda span: span.start)))

    def at(self, moment: dt.datetime) -> Now:
        """How it stands at the moment, which must be aware of its zone."""
        if not self.known:
            return Now(Status.UNKNOWN)
        # Python compares two times of the same zone by what their clocks show, which is wrong in the hour shown twice.
        moment = moment.astimezone(dt.UTC)
        for span in self._from(moment):
            if span.start <= moment:
                return Now(Status.OPEN, until=span.end)
            return Now(Status.CLOSED, next=span.start)
        return Now(Status.CLOSED)

    def why_otherwise(self, day: dt.date) -> str:
        """Why the hours of every week do not hold on this day: the reason given, or the holiday; "" if they do."""
        notes = [one.note for one in self.otherwise if one.first <= day <= one.last]
        if notes:
            return next(filter(None, notes), "")
        return "" if self.open_on_holidays else self.holiday(day)

    def _spans(self, day: dt.date) -> Iterator[Span]:
        other = [one for one in self.otherwise if one.first <= day <= one.last]
        if other:
            found = [(one.opens, one.closes) for one in other if one.opens is not None and one.closes is not None]
        elif self.holiday(day) and not self.open_on_holidays:
            return
        else:
            found = [(one.opens, one.closes) for one in self.weekly if one.holds_on(day)]
        for opens, closes in found:
            start, end = moment(day, opens), moment(day if closes > opens else day + DAY, closes)
            if start < end:
                yield Span(start, end)

    def _from(self, now: dt.datetime) -> Iterator[Span]:
        """The spans that end after the moment, in order; spans of different days that meet are one."""
        now = now.astimezone(dt.UTC)
        first = now.astimezone(BERLIN).date() - DAY
        days = (first + DAY * number for number in range(AHEAD + 2))
        spans = (span for day in days for span in self.on(day))
        return _joined(span for span in spans if span.end > now)


def moment(day: dt.date, time: dt.time) -> dt.datetime:
    """When the clock shows this time on this day, in UTC; the module's text says what holds where that is not clear."""
    wall = dt.datetime.combine(day, time.replace(fold=0))
    found = wall.replace(tzinfo=BERLIN).astimezone(dt.UTC)
    if found.astimezone(BERLIN).replace(tzinfo=None) == wall:
        return found
    return _jump(found - dt.timedelta(hours=3), found)


def on_the_clock(now: dt.datetime) -> tuple[dt.date, dt.time]:
    """The day, and the latest time whose moment on it has come: what the clock shows, but for the hour shown twice.

    When that begins for the second time, all of its times have come.
    """
    now = now.astimezone(dt.UTC)
    shown = now.astimezone(BERLIN)
    if shown.fold:
        first = moment(shown.date(), shown.time())
        back = _jump(first, now)
        shown = (back + (first.astimezone(BERLIN).utcoffset() or dt.timedelta())) - dt.timedelta(microseconds=1)
    return shown.date(), shown.time()


def _jump(before: dt.datetime, after: dt.datetime) -> dt.datetime:
    """The moment between the two at which the clock is changed."""
    offset = before.astimezone(BERLIN).utcoffset()
    while after - before > dt.timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(BERLIN).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _joined(spans: Sequence[Span] | Iterator[Span]) -> Iterator[Span]:
    """The same time, in spans that do not meet. They come in order of their start."""
    current: Span | None = None
    for span in spans:
        if current is not None and span.start <= current.end:
            current = Span(current.start, max(current.end, span.end))
            continue
        if current is not None:
            yield current
        current = span
    if current is not None:
        yield current
