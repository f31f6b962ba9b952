"""Open now: the database finds the offices of which `hours` says that they are open, at every moment, all of them."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from austausch.counselling.finding import Query, Search, hours_of
from austausch.counselling.hours import BERLIN, DAY, Status, moment, on_the_clock
from austausch.counselling.models import Office, Opening, OpeningException
from tests.factories import OfficeFactory, OrganisationFactory, PlaceFactory

FORWARD, BACK = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
# All Saints' Day, free in five states; Christmas, free everywhere; a Tuesday.
DAYS = [FORWARD, BACK, dt.date(2027, 11, 1), dt.date(2026, 12, 25), dt.date(2026, 12, 1)]
TIMES = [dt.time(hour, minute) for hour in (0, 1, 2, 3, 9, 17, 22, 23) for minute in (0, 30)]


@pytest.fixture
def offices(db: None) -> list[Office]:
    """With all kinds of hours, in two states and nowhere."""
    chance, owner = random.Random(3), OrganisationFactory()
    places = [PlaceFactory(ags="05913", name="Dortmund"), PlaceFactory(ags="03241", name="Hannover"), None]
    for _ in range(90):
        office = OfficeFactory(owner=owner, place=chance.choice(places), open_on_holidays=chance.random() < 0.2)
        for _ in range(chance.randrange(6)):
            valid = chance.choice([{}, {}, {"valid_to": chance.choice(DAYS)}, {"valid_from": chance.choice(DAYS)}])
            day = chance.choice(DAYS).weekday() + chance.choice([0, 0, -1])
            hours = {"opens": chance.choice(TIMES), "closes": chance.choice(TIMES)}
            Opening.objects.create(office=office, weekday=day % 7, **hours, **valid)
        for _ in range(chance.choice([0, 0, 1, 2])):
            first = chance.choice(DAYS) - chance.choice([0, 1]) * DAY
            hours = chance.choice([{}, {"opens": chance.choice(TIMES), "closes": chance.choice(TIMES)}])
            last = first + chance.choice([0, 1]) * DAY
            OpeningException.objects.create(office=office, first=first, last=last, **hours)
    return list(Office.objects.with_parts())


def test_the_database_finds_what_the_hours_of_each_office_say(offices: list[Office]) -> None:
    midnights = [dt.datetime.combine(day, dt.time(), BERLIN).astimezone(dt.UTC) for day in DAYS]
    moments = [midnight + dt.timedelta(minutes=15) * step for midnight in midnights for step in range(-8, 104, 3)]
    seen = 0
    for now in moments:
        expected = {office.pk for office in offices if hours_of(office).at(now).status is Status.OPEN}
        assert set(Office.objects.open_at(now).values_list("pk", flat=True)) == expected, now.astimezone(BERLIN)
        seen += len(expected)
    assert seen > 500


def test_however_many_are_open_all_are_found(db: None) -> None:
    owner, day = OrganisationFactory(), dt.datetime(2026, 12, 1, 9, 30, tzinfo=dt.UTC)
    Office.objects.bulk_create(
        Office(slug=f"s-{number}", name=f"S {number}", owner=owner, live=True) for number in range(2100)
    )
    Opening.objects.bulk_create(
        Opening(office=office, weekday=1, opens=dt.time(9), closes=dt.time(17)) for office in Office.objects.all()
    )
    assert Search(Query(open_now=True), day).total == 2100


@given(st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2035, 12, 31)), st.times(), st.sampled_from([None, *DAYS[:2]]))
def test_the_latest_time_whose_moment_has_come_is_what_the_clock_shows(
    now: dt.datetime, time: dt.time, day: dt.date | None
) -> None:
    """But for the hour shown twice: then it is the last of its times."""
    if day is not None:
        now = dt.datetime.combine(day, now.time())
    now = now.replace(tzinfo=dt.UTC)
    today, latest = on_the_clock(now)
    assert today == now.astimezone(BERLIN).date()
    assert (moment(today, time.replace(fold=0)) <= now) == (time.replace(fold=0) <= latest)
