"""Calendar files, read by another parser (vobject, dateutil) than the one that wrote them."""

from __future__ import annotations

import datetime as dt
import io
import zoneinfo
from typing import Any

import pytest
import vobject
from dateutil import tz
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import assume, given
from hypothesis import strategies as st

from austausch.catalogue.exports.about import About
from austausch.events import actions
from austausch.events.calendar import calendar_of
from austausch.events.models import Event, shown_by_clocks
from austausch.people.models import Organisation
from tests.factories import EventFactory, UserFactory

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
ABOUT = About("Termine", "termine", "http://x/termine/", "http://x/termine/kalender.ics", "http://x", "de")
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2037, 12, 31))


def event(**values: Any) -> Event:
    usual = {"slug": "termin", "title": "Termin", "kind": "workshop", "state": "published"}
    return Event(organiser=Organisation(key="stadt", name="Stadt"), **{**usual, **values})


def read(text: bytes | str) -> Any:
    found = vobject.readOne(text.decode() if isinstance(text, bytes) else text)
    assert found.name == "VCALENDAR"
    return found


def zone_of(written: bytes) -> dt.tzinfo:
    """German time as dateutil understands the rules that stand in the file."""
    found = tz.tzical(io.StringIO(written.decode())).get("Europe/Berlin")
    assert found is not None
    return found


@given(DAYS, st.times().map(lambda time: time.replace(microsecond=0, second=0)), st.integers(1, 5000))
def test_a_time_is_the_same_moment_for_whoever_reads_the_file(day: dt.date, time: dt.time, minutes: int) -> None:
    end = dt.datetime.combine(day, time) + dt.timedelta(minutes=minutes)
    assume(shown_by_clocks(day, time) and shown_by_clocks(end.date(), end.time()))
    one = event(starts_on=day, starts_at=time, ends_on=end.date(), ends_at=end.time())
    written = calendar_of([one], ABOUT)
    assert written.count(b";TZID=Europe/Berlin:") == 2
    found = read(written).vevent
    for line, moment in ((found.dtstart, one.begins), (found.dtend, one.ends)):
        assert line.value.replace(tzinfo=None) == moment.replace(tzinfo=None)
        assert (
            line.value.replace(tzinfo=None, fold=0).replace(tzinfo=zone_of(written)).utcoffset() == moment.utcoffset()
        )


@given(DAYS, st.integers(0, 20))
def test_an_all_day_event_fills_exactly_its_days(day: dt.date, more: int) -> None:
    last = day + dt.timedelta(days=more)
    found = read(calendar_of([event(starts_on=day, ends_on=last)], ABOUT)).vevent
    assert found.dtstart.value == day
    assert found.dtend.value - dt.timedelta(days=1) == last
    assert not isinstance(found.dtstart.value, dt.datetime)


@given(DAYS)
def test_the_rules_in_the_file_are_those_of_german_clocks(day: dt.date) -> None:
    noon = dt.datetime.combine(day, dt.time(12))
    zone = zone_of(calendar_of([], ABOUT))
    assert noon.replace(tzinfo=zone).utcoffset() == noon.replace(tzinfo=BERLIN).utcoffset()


def test_an_event_over_the_night_in_which_clocks_go_back_lasts_an_hour_longer() -> None:
    one = event(
        starts_on=dt.date(2026, 10, 24), starts_at=dt.time(20), ends_on=dt.date(2026, 10, 25), ends_at=dt.time(8)
    )
    assert one.ends.astimezone(dt.UTC) - one.begins.astimezone(dt.UTC) == dt.timedelta(hours=13)


def test_the_hour_that_clocks_skip_in_spring_is_refused() -> None:
    one = event(starts_on=dt.date(2027, 3, 28), starts_at=dt.time(2, 30), ends_on=dt.date(2027, 3, 28))
    with pytest.raises(ValidationError, match="Uhren vorgestellt"):
        one.clean()
    assert shown_by_clocks(dt.date(2027, 3, 28), dt.time(3))
    assert shown_by_clocks(dt.date(2026, 10, 25), dt.time(2, 30)), "the hour that comes twice does exist"


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_breaks_out_of_its_line(title: str, text: str) -> None:
    hostile = event(title=f"{title}\r\nEND:VEVENT", text=f"{text}\nATTACH:http://x", starts_on=dt.date(2026, 1, 1))
    hostile.ends_on = hostile.starts_on
    found = read(calendar_of([hostile], ABOUT))
    assert len(list(found.vevent_list)) == 1
    assert not hasattr(found.vevent, "attach")


@pytest.mark.django_db
def test_a_cancelled_event_stays_in_the_calendar_and_says_so(client: Client) -> None:
    one = EventFactory(timed=True, title="Fachtag")
    before = read(client.get(f"/termine/{one.slug}.ics").content).vevent
    actions.cancel(one, UserFactory(portal_team=True), because="Krankheit")
    for path in (f"/termine/{one.slug}.ics", "/termine/kalender.ics"):
        after = read(client.get(path).content).vevent
        assert after.uid.value == before.uid.value
        assert after.status.value == "CANCELLED"
        assert int(after.sequence.value) == int(before.sequence.value) + 1
        assert after.summary.value == "Abgesagt: Fachtag"
        assert "Krankheit" in after.description.value


@pytest.mark.django_db
def test_calendars_hear_of_another_day_and_not_of_another_text() -> None:
    one, team = EventFactory(), UserFactory(portal_team=True)
    one.text = "Neu"
    actions.change(one, team, actions.Parts())
    assert one.sequence == 0
    one.starts_on = one.ends_on = one.starts_on + dt.timedelta(days=7)
    actions.change(one, team, actions.Parts())
    assert one.sequence == 1


@pytest.mark.django_db
def test_the_list_can_be_subscribed_to_with_its_filters_and_without_drafts(client: Client) -> None:
    EventFactory(title="Konferenz"), EventFactory(title="Entwurf", drafted=True)
    EventFactory(title="Werkstatt", kind=Event.Kind.WORKSHOP)
    EventFactory(title="Vorbei", starts_on=dt.date(2022, 3, 31))
    answer = client.get("/termine/kalender.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    titles = {one.summary.value for one in read(answer.content).vevent_list}
    assert titles == {"Konferenz", "Werkstatt", "Vorbei"}
    some = read(client.get("/termine/kalender.ics?art=workshop").content)
    assert [one.summary.value for one in some.vevent_list] == ["Werkstatt"]
    assert len(list(some.contents["vtimezone"])) == 1
