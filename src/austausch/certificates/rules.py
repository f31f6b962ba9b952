"""What must be true before a certificate is issued, and what somebody should look at.

Forged certificates were found by ages that do not fit the school type and by children who were present for a few days
only. An impossible certificate is refused, an unusual one raises an alarm that people look into; the software never
decides about a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from austausch.certificates.models import Alarm, Pupil, School
from austausch.certificates.reading import ages

SHORTEST_DAYS = 7


def refusals(pupil: Pupil, *, today: dt.date) -> Iterator[str]:
    """Why no certificate can be issued; nothing if one can. Each with its remedy."""
    if pupil.status not in {
        Pupil.Status.ACTIVE,
        Pupil.Status.ON_LEAVE,
        Pupil.Status.GRADUATED,
        Pupil.Status.LEFT,
        Pupil.Status.FORMER,
    }:
        yield _(
            "The status is “%(status)s”. Certificates are for pupils who attend the school or have attended it."
        ) % {"status": pupil.get_status_display()}
    if not pupil.family_name.strip() or not pupil.first_names.strip():
        yield _("Family name or first names are missing. Complete them in the school's administration.")
    if pupil.name_doubt:
        yield _(
            "The name looks damaged and nobody has checked it yet. Confirm or correct it among the names to be checked."
        )
    if pupil.attending_since > today:
        yield _("The pupil attends the school from %(day)s only. Issue it then.") % {"day": _day(pupil.attending_since)}
    if pupil.has_left and pupil.ended_on is None:
        yield _("The pupil has left, but the last day is missing. Complete it in the school's administration.")
    if pupil.has_left and pupil.ended_on is not None and pupil.ended_on > today:
        yield _("The pupil's last day lies in the future, but the status says that the pupil has left.")
    if not pupil.has_left and pupil.expected_end is not None and pupil.expected_end < today:
        yield _("The expected end, %(day)s, has passed. Correct it in the school's administration.") % {
            "day": _day(pupil.expected_end)
        }
    age = ages.age_on(pupil.birth_date, pupil.attending_since)
    if not ages.ANY[0] <= age <= ages.ANY[1]:
        yield _("With this birth date the pupil was %(age)s years old at the beginning. Check the date.") % {"age": age}


def oddities(pupil: Pupil, school: School, *, today: dt.date) -> Iterator[Alarm.Kind]:
    """What does not prevent the certificate, but is told to the school's management."""
    youngest, oldest = ages.plausible(school.kind)
    if not youngest <= ages.age_on(pupil.birth_date, today) <= oldest and not pupil.has_left:
        yield Alarm.Kind.AGE
    last = pupil.ended_on if pupil.has_left and pupil.ended_on else today
    if (last - pupil.attending_since).days < SHORTEST_DAYS:
        yield Alarm.Kind.SHORT


def _day(day: dt.date) -> str:
    return f"{day:%d.%m.%Y}"
