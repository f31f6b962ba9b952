"""Opening hours as moments: midnight, public holidays, other hours, and the two nights on which clocks change."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from austausch.counselling.holidays_of import CODES, name_of
from austausch.counselling.hours import BERLIN, DAY, Hours, Otherwise, Span, Status, Weekly, moment

MONDAY = dt.date(2026, 11, 30)
NINE, NOON, FIVE = dt.time(9), dt.time(12), dt.time(17)
FORWARD, BACK = dt.date(2026, 3, 29), dt.date(2026, 10, 25)


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)


times = st.times().map(lambda time: time.replace(second=0, microsecond=0, fold=0, tzinfo=None))
days = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
weekly = st.builds(Weekly, weekday=st.integers(0, 6), opens=times, closes=times)


@st.composite
def otherwise(draw: st.DrawFn) -> Otherwise:
    first = draw(days)
    hours = draw(st.one_of(st.none(), st.tuples(times, times)))
    return Otherwise(first, first + dt.timedelta(draw(st.integers(0, 40))), *(hours or (None, None)))


@st.composite
def hours_and_moments(draw: st.DrawFn) -> tuple[Hours, dt.datetime]:
    hours = Hours(
        weekly=draw(st.lists(weekly, max_size=6)),
        otherwise=draw(st.lists(otherwise(), max_size=3)),
        open_on_holidays=draw(st.booleans()),
        holiday=name_of,
    )
    day = draw(st.one_of(days, st.sampled_from([FORWARD, BACK, FORWARD - DAY, BACK - DAY])))
    return hours, dt.datetime.combine(day, draw(times), dt.UTC)


def test_an_office_without_hours_is_neither_open_nor_closed() -> None:
    assert Hours().at(at(MONDAY, 10)).status is Status.UNKNOWN
    # Days on which it is closed say nothing of the others.
    assert Hours(otherwise=[Otherwise(MONDAY, MONDAY)]).at(at(MONDAY, 10)).status is Status.UNKNOWN


def test_it_is_open_from_the_first_minute_until_just_before_the_last() -> None:
    hours = Hours([Weekly(0, NINE, FIVE)])
    assert hours.at(at(MONDAY, 8, 59)).next == at(MONDAY, 9)
    assert hours.at(at(MONDAY, 9)).until == at(MONDAY, 17)
    assert hours.at(at(MONDAY, 16, 59)).status is Status.OPEN
    assert hours.at(at(MONDAY, 17)).next == at(MONDAY + 7 * DAY, 9)


def test_hours_across_midnight_belong_to_the_day_on_which_they_begin() -> None:
    hours = Hours([Weekly(0, dt.time(22), dt.time(2))])
    assert hours.at(at(MONDAY, 23)).until == at(MONDAY + DAY, 2)
    assert hours.at(at(MONDAY + DAY, 1, 59)).status is Status.OPEN
    assert hours.at(at(MONDAY + DAY, 2)).status is Status.CLOSED
    assert hours.at(at(MONDAY, 1)).status is Status.CLOSED


def test_a_day_that_is_closed_does_not_send_away_those_who_came_the_evening_before() -> None:
    hours = Hours([Weekly(0, dt.time(22), dt.time(2)), Weekly(1, NINE, FIVE)], [Otherwise(MONDAY + DAY, MONDAY + DAY)])
    assert hours.at(at(MONDAY + DAY, 1)).status is Status.OPEN
    assert hours.at(at(MONDAY + DAY, 10)).status is Status.CLOSED


def test_the_same_time_twice_means_all_day_and_all_week_has_no_gap() -> None:
    hours = Hours([Weekly(weekday, NINE, NINE) for weekday in range(7)])
    assert hours.at(at(MONDAY, 9)).status is Status.OPEN
    until = hours.at(at(MONDAY, 10)).until
    assert until is not None
    assert until - at(MONDAY, 10) > 300 * DAY


def test_on_a_public_holiday_of_the_state_it_is_closed_unless_it_says_otherwise() -> None:
    # All Saints' Day: a holiday in North Rhine-Westphalia, not in Lower Saxony. 1 November 2027 is a Monday.
    day, mondays = dt.date(2027, 11, 1), [Weekly(0, NINE, FIVE)]
    assert Hours(mondays, holiday=lambda d: name_of(d, "05")).at(at(day, 10)).next == at(day + 7 * DAY, 9)
    assert Hours(mondays, holiday=lambda d: name_of(d, "03")).at(at(day, 10)).status is Status.OPEN
    assert Hours(mondays, open_on_holidays=True, holiday=name_of).at(at(day, 10)).status is Status.OPEN
    assert Hours(mondays, holiday=name_of).why_otherwise(day) == "Allerheiligen"


def test_other_hours_replace_those_of_the_week_and_hold_on_a_holiday() -> None:
    christmas = dt.date(2026, 12, 25)
    hours = Hours([Weekly(4, NINE, FIVE)], [Otherwise(christmas, christmas, NOON, FIVE, "Notdienst")], holiday=name_of)
    assert hours.at(at(christmas, 10)).next == at(christmas, 12)
    assert hours.at(at(christmas, 13)).status is Status.OPEN
    assert hours.why_otherwise(christmas) == "Notdienst"


def test_hours_that_no_longer_hold_are_not_offered() -> None:
    hours = Hours([Weekly(0, NINE, FIVE, valid_to=MONDAY)])
    assert hours.at(at(MONDAY, 10)).status is Status.OPEN
    after = hours.at(at(MONDAY + DAY, 10))
    assert (after.status, after.next) == (Status.CLOSED, None)


def test_a_time_that_the_clock_skips_is_the_moment_at_which_it_jumps() -> None:
    assert moment(FORWARD, dt.time(2, 30)) == dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)
    hours = Hours([Weekly(6, dt.time(2, 30), dt.time(3, 30))])
    assert hours.on(FORWARD) == [Span(at(FORWARD, 3), at(FORWARD, 3, 30))]
    assert Hours([Weekly(6, dt.time(2, 10), dt.time(2, 50))]).on(FORWARD) == []


def test_a_time_that_the_clock_shows_twice_is_the_first() -> None:
    assert moment(BACK, dt.time(2, 30)) == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    night = Hours([Weekly(5, dt.time(22), dt.time(2, 30))])
    assert night.at(dt.datetime(2026, 10, 25, 0, 29, tzinfo=dt.UTC)).status is Status.OPEN
    assert night.at(dt.datetime(2026, 10, 25, 1, 15, tzinfo=dt.UTC)).status is Status.CLOSED


def test_the_night_of_the_change_is_an_hour_longer_and_one_shorter() -> None:
    def length(day: dt.date) -> dt.timedelta:
        (span,) = Hours([Weekly(day.weekday(), dt.time(22), dt.time(6))]).on(day)
        return span.end - span.start

    hour = dt.timedelta(hours=1)
    assert (length(FORWARD - DAY), length(BACK - DAY), length(MONDAY)) == (7 * hour, 9 * hour, 8 * hour)


@given(hours_and_moments())
def test_open_means_inside_a_span_and_closed_means_outside_all(given_: tuple[Hours, dt.datetime]) -> None:
    hours, now = given_
    first = now.astimezone(BERLIN).date() - 2 * DAY
    spans = [span for number in range(4) for span in hours.on(first + DAY * number)]
    inside = any(span.start <= now < span.end for span in spans)
    state = hours.at(now)
    assert (state.status is Status.OPEN) == (inside and hours.known)


@given(hours_and_moments())
def test_what_is_promised_comes_true(given_: tuple[Hours, dt.datetime]) -> None:
    """At `next` it is open and just before it is not; at `until` it is closed and just before it is not."""
    hours, now = given_
    state, moment_before = hours.at(now), dt.timedelta(microseconds=1)
    if state.next is not None:
        assert state.next > now
        assert hours.at(state.next).status is Status.OPEN
        assert hours.at(state.next - moment_before).status is Status.CLOSED
    if state.until is not None and state.until - now < 360 * DAY:
        assert state.until > now
        assert hours.at(state.until - moment_before).status is Status.OPEN
        assert hours.at(state.until).status is Status.CLOSED


@given(days, times)
def test_a_clock_time_becomes_the_moment_at_which_clocks_show_it(day: dt.date, time: dt.time) -> None:
    found = moment(day, time)
    shown = found.astimezone(ZoneInfo("Europe/Berlin")).replace(tzinfo=None)
    # Only a time that no clock shows moves, and never by more than the hour that is missing.
    assert dt.timedelta(0) <= shown - dt.datetime.combine(day, time) <= dt.timedelta(hours=1)
    before = (found - dt.timedelta(hours=1)).astimezone(BERLIN).replace(tzinfo=None)
    assert before != dt.datetime.combine(day, time), "shown an hour before already"


@given(days, times, times)
def test_spans_of_a_day_are_in_order_and_do_not_meet(day: dt.date, one: dt.time, other: dt.time) -> None:
    spans = Hours([Weekly(day.weekday(), one, other), Weekly(day.weekday(), other, one)]).on(day)
    assert all(span.start < span.end for span in spans)
    assert all(first.end < second.start for first, second in pairwise(spans))


@pytest.mark.parametrize("state", sorted(CODES))
def test_every_state_has_its_holidays(state: str) -> None:
    assert name_of(dt.date(2026, 10, 3), state) == "Tag der Deutschen Einheit"
    assert name_of(MONDAY, state) == ""
