"""A school that can issue: with keys, people and pupils."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from austausch.certificates import actions, issuing, keys, lists, years
from austausch.certificates.models import Certificate, IssueBatch, Pupil, School
from austausch.people.models import User
from tests.factories import PupilFactory, SchoolFactory, SchoolRoleFactory

PURPOSE = "Vorlage bei der Familienkasse"


@dataclass(frozen=True)
class Issuer:
    school: School
    office: User
    management: User


def issuer(**values: object) -> Issuer:
    """A school with keys, and one person in its office and one in its management."""
    school = SchoolFactory(**values)
    office = SchoolRoleFactory(school=school).user
    management = SchoolRoleFactory(school=school, management=True).user
    make_keys()
    return Issuer(school, office, management)


def make_keys(today: dt.date | None = None) -> None:
    today = today or timezone.localdate()
    years.ensure(today)
    keys.carry_out(keys.plan(today), today=today)


def pupils_of(school: School, number: int, **values: object) -> list[Pupil]:
    return PupilFactory.create_batch(number, school=school, **values)


def asked(issuer: Issuer, pupils: list[Pupil], **values: object) -> IssueBatch:
    values = {"scope": IssueBatch.Scope.SCHOOL, "purpose": PURPOSE, **values}
    return actions.ask(issuer.school, issuer.office, pupils=pupils, **values)


def issued(issuer: Issuer, pupils: list[Pupil], **values: object) -> list[Certificate]:
    """Certificates that are out, and lists that know of them. In tests a task runs only once its test has committed."""
    batch = asked(issuer, pupils, **values)
    if batch.state == IssueBatch.State.WAITING:
        actions.allow(batch, issuer.management)
    issuing.run(batch.pk)
    lists.refresh()
    return list(Certificate.objects.filter(batch=batch).order_by("sequence"))
