"""Quotas, and alarms on what is unusual. An alarm tells people to look; it stops and decides nothing by itself.

False Covid certificates came from misused access, not from broken keys: what one account can issue is bounded, and
what looks like misuse is seen by somebody else.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from austausch.certificates import journal, rules
from austausch.certificates.errors import QuotaError
from austausch.certificates.models import Alarm, Certificate, IssueBatch, IssueLog, Pupil, School, SchoolRole
from austausch.core import outbox
from austausch.people.models import Organisation, User

DAY: Final = dt.timedelta(days=1)
WEEK: Final = dt.timedelta(days=7)
# A school may issue for all its pupils twice in a day, and a small one a few.
PER_PUPIL: Final = 2
LEAST: Final = 40
BY_HAND_PER_WEEK: Final = 20
REISSUED_PER_WEEK: Final = 10
NIGHT: Final = (22, 5)
# A duty of whoever answers for a school: it can be neither refused nor collected.
ALARM = outbox.Category(key="certificates-alarm", label=gettext_lazy("Alarms on school certificates"), required=True)
# Calling again after schools have refused: each run asks people to decide.
RUNS_PER_DAY: Final = 3


def quota(school: School) -> int:
    """Certificates in 24 hours."""
    if school.certificates_per_day is not None:
        return school.certificates_per_day
    return max(LEAST, PER_PUPIL * Pupil.objects.filter(school=school).attending().count())


def require_quota(school: School, wanted: int) -> None:
    """Raises QuotaError. The caller raises the alarm outside its transaction, which is undone."""
    allowed, asked = quota(school), asked_within(school, DAY)
    if asked + wanted > allowed:
        raise QuotaError(
            _(
                "The school may issue %(quota)s certificates within 24 hours, and %(asked)s were asked for already. "
                "The portal team can raise the quota."
            )
            % {"quota": allowed, "asked": asked}
        )


def require_run(organisation: Organisation) -> None:
    """Raises QuotaError where the organisation has called for enough runs, decided or not."""
    recent = IssueBatch.objects.filter(school__organisation=organisation, made_at__gt=timezone.now() - DAY)
    if recent.exclude(run="").values("run").distinct().count() >= RUNS_PER_DAY:
        raise QuotaError(
            _("%(runs)s runs were called for within 24 hours. Please wait, or ask the schools themselves.")
            % {"runs": RUNS_PER_DAY}
        )


def asked_within(school: School, span: dt.timedelta) -> int:
    """Certificates given out or still waiting, of batches asked for within this time."""
    recent = IssueBatch.objects.filter(school=school, made_at__gt=timezone.now() - span)
    waiting = recent.filter(state__in=["waiting", "queued"]).values_list("pupils", flat=True).count()
    return waiting + Certificate.objects.filter(batch__in=recent).count()


def look_at(batch: IssueBatch, pupils: QuerySet[Pupil]) -> None:
    """Raises alarms about a batch that somebody asked for."""
    school, today = batch.school, timezone.localdate()
    odd = Counter(kind for pupil in pupils for kind in rules.oddities(pupil, school, today=today))
    for kind, number in odd.items():
        raise_alarm(school, kind, _odd(kind, number) % {"number": number}, batch=batch)
    hour = timezone.localtime(batch.made_at).hour
    if hour >= NIGHT[0] or hour < NIGHT[1]:
        raise_alarm(
            school,
            Alarm.Kind.NIGHT,
            _("Certificates were asked for at %(hour)s o’clock.") % {"hour": hour},
            batch=batch,
        )
    recent = IssueBatch.objects.filter(school=school, made_at__gt=timezone.now() - WEEK)
    by_hand = recent.filter(import_batch=None).values_list("pupils", flat=True).count()
    if by_hand > BY_HAND_PER_WEEK:
        text = _("%(number)s certificates outside an import within a week.") % {"number": by_hand}
        raise_alarm(school, Alarm.Kind.MANY_BY_HAND, text, batch=batch)
    reissued = recent.filter(replaces__isnull=False).count()
    if reissued > REISSUED_PER_WEEK:
        text = _("%(number)s certificates reissued within a week.") % {"number": reissued}
        raise_alarm(school, Alarm.Kind.MANY_REISSUED, text, batch=batch)


def _odd(kind: str, number: int) -> str:
    if kind == Alarm.Kind.AGE:
        return ngettext(
            "%(number)s pupil of an age that does not fit the school type.",
            "%(number)s pupils of an age that does not fit the school type.",
            number,
        )
    return ngettext(
        "%(number)s pupil who has attended the school for less than a week.",
        "%(number)s pupils who have attended the school for less than a week.",
        number,
    )


@transaction.atomic
def raise_alarm(school: School | None, kind: Alarm.Kind, text: str, *, batch: IssueBatch | None = None) -> None:
    """One alarm of a kind for a school while the last one of the same day is open; whoever answers for it gets mail."""
    if school is not None:
        School.objects.select_for_update().get(pk=school.pk)
    today = Alarm.objects.open().filter(school=school, kind=kind, raised_at__gt=timezone.now() - DAY)
    if today.exists():
        return
    alarm = Alarm.objects.create(school=school, kind=kind, text=text[:300])
    data = {"kind": str(kind), **({"batch": batch.pk} if batch else {})}
    journal.write(school, None, journal.Line(IssueLog.Action.ALARM, data=data))
    for person in _who_answers(school):
        outbox.post(
            category=ALARM,
            key=f"certificates:alarm:{alarm.pk}:{person.pk}",
            to=person,
            template="certificates/mails/alarm.txt",
            context={"alarm": alarm, "address": outbox.address("certificates:alarms")},
            about=alarm,
        )


def _who_answers(school: School | None) -> QuerySet[User]:
    """The school's management and the portal team: whoever the policy shows alarms to."""
    heads = SchoolRole.objects.filter(school=school, role=SchoolRole.Role.HEAD).values("user") if school else []
    return User.objects.filter(Q(pk__in=heads) | Q(is_superuser=True), is_active=True).order_by("pk")
