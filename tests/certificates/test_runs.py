"""Runs that an organisation calls for: how many, and what a school's quota has room for."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from austausch.certificates import actions, watch
from austausch.certificates.errors import QuotaError
from austausch.certificates.models import Alarm, IssueBatch
from tests.certificates.school import PURPOSE, issuer, pupils_of
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def test_a_run_leaves_out_a_school_whose_quota_has_no_room_and_says_so_by_an_alarm() -> None:
    full = issuer(certificates_per_day=1)
    free = issuer(organisation=full.school.organisation, place=full.school.place)
    pupils_of(full.school, 2), pupils_of(free.school, 2)
    caller = MembershipFactory(organisation=full.school.organisation, role=3).user
    until = timezone.localdate() + dt.timedelta(days=100)
    wanted = {"ags": full.school.place_id, "purpose": PURPOSE, "valid_until": until}
    (batch,) = actions.call_run(full.school.organisation, caller, **wanted)
    assert batch.school == free.school
    assert [alarm.school for alarm in Alarm.objects.filter(kind=Alarm.Kind.QUOTA)] == [full.school]


def test_a_run_for_which_no_school_has_room_is_refused_and_leaves_nothing_but_alarms() -> None:
    at = issuer(certificates_per_day=1)
    pupils_of(at.school, 2)
    caller = MembershipFactory(organisation=at.school.organisation, role=3).user
    until = timezone.localdate() + dt.timedelta(days=100)
    with pytest.raises(QuotaError, match="innerhalb von 24 Stunden"):
        actions.call_run(at.school.organisation, caller, ags=at.school.place_id, purpose=PURPOSE, valid_until=until)
    assert not IssueBatch.objects.exists()
    assert Alarm.objects.get().school == at.school


def test_an_organisation_calls_for_a_few_runs_a_day_even_if_schools_refuse_each() -> None:
    at = issuer()
    pupils_of(at.school, 1)
    caller = MembershipFactory(organisation=at.school.organisation, role=3).user
    until = timezone.localdate() + dt.timedelta(days=100)
    wanted = {"ags": at.school.place_id, "purpose": PURPOSE, "valid_until": until}
    for number in range(watch.RUNS_PER_DAY):
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=number)):
            (batch,) = actions.call_run(at.school.organisation, caller, **wanted)
            actions.refuse(batch, at.management, reason="Nicht nötig")
    with pytest.raises(QuotaError, match="Läufe"):
        actions.call_run(at.school.organisation, caller, **wanted)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        assert actions.call_run(at.school.organisation, caller, **wanted)
