"""Reminders that entries are due for a check: first to those who write them, then higher up, until somebody checks.

Once a week, everybody concerned gets one mail with all their entries. An entry goes one stage up (authors and
publishers of the body that leads it, its administrators, the portal team) when at least PAUSE has passed since the last
reminder and nobody has checked it; a stage without anybody who wants such mails is passed over at once. After the
portal team there is no further mail: the entry stays on the board.

A run is one transaction: mails, stages and the note that this week is done are all written or none. Who dies in between
leaves nothing behind, and the next minute begins again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.models import Entry, ReviewReminder, ReviewRun
from austausch.core import outbox
from austausch.core.models import Refusal
from austausch.core.policy import Action, policy
from austausch.people.models import Membership, User

if TYPE_CHECKING:
    from austausch.catalogue.queries import EntryQuerySet
    from austausch.core.policy import Actor

REVIEW = outbox.Category(key="review", label=_("Entries due for a check"))
PAUSE = dt.timedelta(days=25)
# A week begins on Monday at this hour: nobody is written to at night.
BEGINS_AT = dt.timedelta(hours=7)
KEPT_RUNS = dt.timedelta(days=400)
# What one can do in a day; the page behind the link shows all.
MOST_IN_MAIL = 10

Role = Membership.Role
Stage = ReviewReminder.Stage
STAGE_OF_ROLE = {
    Role.AUTHOR: Stage.EDITORS,
    Role.PUBLISHER: Stage.EDITORS,
    Role.ADMINISTRATOR: Stage.ADMINISTRATORS,
}
# Recipients by body and stage; those of the portal team under no body.
Recipients = Mapping[tuple[int | None, Stage], list[User]]


@dataclass
class _Letter:
    """What one person gets: the entries by the stage at which they are reminded."""

    user: User
    entries: dict[Stage, list[Entry]] = field(default_factory=lambda: defaultdict(list))


def due_for(user: Actor) -> EntryQuerySet:
    """The entries that are due for a check and that this user may say about that they are still right."""
    due: EntryQuerySet = policy.which(user, Action.EDIT, Entry.objects.due_for_check())  # type: ignore[assignment]
    return due


def remind(now: dt.datetime | None = None) -> int:
    """Posts this week's reminders, once. Returns how many mails.

    Safe to be killed anywhere, and to run in several processes at once.
    """
    today = (timezone.localtime(now) - BEGINS_AT).date()
    week = today - dt.timedelta(days=today.weekday())
    if ReviewRun.objects.filter(week=week).exists():
        return 0
    with transaction.atomic():
        try:
            with transaction.atomic():
                # Of two runs at once, the second waits here and then finds that there is nothing left to do.
                ReviewRun.objects.create(week=week)
        except IntegrityError:
            return 0
        ReviewRun.objects.filter(week__lt=week - KEPT_RUNS).delete()
        return _remind(today, week)


def _remind(today: dt.date, week: dt.date) -> int:
    due = Entry.objects.due_for_check(today)
    # What was checked, archived or withdrawn since begins anew when it is due again.
    ReviewReminder.objects.exclude(entry__in=due.order_by().values("pk")).delete()
    entries = list(due.select_related("lead", "review_reminder"))
    recipients = _recipients({entry.lead_id for entry in entries})
    letters: dict[int, _Letter] = {}
    reminders = []
    for entry in entries:
        stage = None if _is_new(entry, today) else _next_stage(entry, today, recipients)
        if stage is None:
            continue
        reminders.append(ReviewReminder(entry=entry, stage=stage, sent_on=today))
        for user in recipients[_place(entry, stage)]:
            letters.setdefault(user.pk, _Letter(user)).entries[stage].append(entry)
    ReviewReminder.objects.bulk_create(
        reminders, batch_size=500, update_conflicts=True, unique_fields=["entry"], update_fields=["stage", "sent_on"]
    )
    return sum(_post(letter, week) for letter in letters.values())


def _is_new(entry: Entry, today: dt.date) -> bool:
    """Whether whoever wrote it knows it still: it was published lately, for the first time. Lists show it as due."""
    published = entry.first_published_at
    return entry.checked_on is None and published is not None and today - timezone.localdate(published) < PAUSE


def _next_stage(entry: Entry, today: dt.date, recipients: Recipients) -> Stage | None:
    """The stage at which the entry is reminded of today, if any."""
    last: ReviewReminder | None = getattr(entry, "review_reminder", None)
    if last is not None and entry.checked_on is not None and entry.checked_on >= last.sent_on:
        last = None
    if last is not None and today - last.sent_on < PAUSE:
        return None
    above = [stage for stage in Stage if last is None or stage > last.stage]
    return next((stage for stage in above if recipients.get(_place(entry, stage))), None)


def _place(entry: Entry, stage: Stage) -> tuple[int | None, Stage]:
    return (None if stage is Stage.PORTAL_TEAM else entry.lead_id, stage)


def _recipients(bodies: Iterable[int]) -> Recipients:
    found: dict[tuple[int | None, Stage], list[User]] = defaultdict(list)
    unwilling = set(Refusal.objects.filter(category=REVIEW.key).values_list("address_hash", flat=True))

    def add(body: int | None, stage: Stage, user: User) -> None:
        if outbox.address_hash(user.email) not in unwilling:
            found[body, stage].append(user)

    members = Membership.objects.filter(
        organisation__in=bodies, role__in=list(STAGE_OF_ROLE), user__is_active=True
    ).select_related("user")
    for member in members.order_by("pk"):
        add(member.organisation_id, STAGE_OF_ROLE[Role(member.role)], member.user)
    for user in User.objects.filter(is_superuser=True, is_active=True).order_by("pk"):
        add(None, Stage.PORTAL_TEAM, user)
    return dict(found)


def _post(letter: _Letter, week: dt.date) -> bool:
    groups, room = [], MOST_IN_MAIL
    for stage in Stage:
        shown = letter.entries[stage][:room]
        room -= len(shown)
        if shown:
            lines = [(entry, outbox.address("catalogue:check", entry.slug)) for entry in shown]
            groups.append({"stage": stage.name, "lines": lines})
    number = sum(map(len, letter.entries.values()))
    context = {
        "name": letter.user.name,
        "groups": groups,
        "number": number,
        "more": max(0, number - MOST_IN_MAIL),
        "all": outbox.address("catalogue:checks"),
    }
    return outbox.post(
        category=REVIEW,
        key=f"review:{week}:{letter.user.pk}",
        to=letter.user,
        template="catalogue/mails/review.txt",
        context=context,
    )
