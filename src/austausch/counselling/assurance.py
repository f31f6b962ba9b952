"""Reminders that nobody has assured an office for half a year.

Once a month everybody who may assure gets one mail with all their offices that are due; where an organisation has
nobody, the board of the portal's team shows them. The outbox knows each mail by month and reader for ever, so whoever
dies in between begins again and posts nothing twice.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.core import outbox
from austausch.core.policy import Action, policy
from austausch.counselling.models import Office
from austausch.people.models import Membership

if TYPE_CHECKING:
    from austausch.core.policy import Actor
    from austausch.counselling.queries import OfficeQuerySet
    from austausch.people.models import User

ASSURANCE = outbox.Category(key="offices", label=_("Counselling offices that nobody has assured for long"))
# Nobody is written to at night.
BEGINS_AT = dt.timedelta(hours=7)
MOST_IN_MAIL = 20


def due_for(user: Actor) -> OfficeQuerySet:
    """The offices that are due and that this user may assure."""
    due: OfficeQuerySet = policy.which(user, Action.EDIT, Office.objects.due_for_assurance())  # type: ignore[assignment]
    return due


def remind(now: dt.datetime | None = None) -> int:
    """Posts this month's reminders, once; how many mails."""
    today = (timezone.localtime(now) - BEGINS_AT).date()
    due = defaultdict[int, list[Office]](list)
    for office in Office.objects.due_for_assurance(today).filter(live=True).order_by("name", "pk"):
        due[office.owner_id].append(office)
    readers = defaultdict["User", list[Office]](list)
    members = Membership.objects.filter(
        organisation__in=due.keys(), role__gte=Membership.Role.PUBLISHER, user__is_active=True
    ).select_related("user")
    for member in members.order_by("pk"):
        readers[member.user] += due[member.organisation_id]
    return sum(_post(user, offices, today) for user, offices in readers.items())


def _post(user: User, offices: list[Office], today: dt.date) -> bool:
    lines = [
        (office, outbox.address("wagtailsnippets_counselling_office:edit", office.pk))
        for office in offices[:MOST_IN_MAIL]
    ]
    return outbox.post(
        category=ASSURANCE,
        key=f"offices:{today:%Y-%m}:{user.pk}",
        to=user,
        template="counselling/mails/assurance.txt",
        context={
            "name": user.name,
            "lines": lines,
            "number": len(offices),
            "more": max(0, len(offices) - MOST_IN_MAIL),
            "all": outbox.address("wagtailsnippets_counselling_office:list"),
        },
    )
