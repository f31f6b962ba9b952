"""What a school's people see, and nobody else."""

from __future__ import annotations

import pytest

from austausch.certificates.models import IssueBatch, Pupil, School
from austausch.core.policy import Action, policy
from tests.factories import PupilFactory, SchoolRoleFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_schools_people_see_their_pupils_only() -> None:
    pupil, other = PupilFactory(), PupilFactory()
    person = SchoolRoleFactory(school=pupil.school).user

    assert list(policy.which(person, Action.VIEW, Pupil.objects.all())) == [pupil]
    assert list(policy.which(person, Action.VIEW, School.objects.all())) == [pupil.school]
    assert not policy.may(person, Action.VIEW, other)


def test_the_portal_team_keeps_schools_and_reads_no_pupil() -> None:
    pupil = PupilFactory()
    team = UserFactory(portal_team=True)

    assert policy.may(team, Action.EDIT, pupil.school)
    assert not policy.may(team, Action.VIEW, pupil)
    assert not policy.may(team, Action.VIEW, IssueBatch)
