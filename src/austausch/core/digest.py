"""One mail instead of many: what somebody wants collected is held back and said together, each morning or each Monday.

`outbox.post` holds such a mail; `collect` binds all that are due for one person into one more mail of the outbox, in
one transaction, and that mail is delivered like any other. So whoever is killed anywhere binds nothing twice and loses
nothing. Each part is asked about once more when the collected mail is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.core import editions, outbox
from austausch.core.models import Mail, MailRhythm, Refusal

if TYPE_CHECKING:
    from austausch.people.models import User

State = Mail.State


class Choice(models.TextChoices):
    """How somebody wants mails of a kind."""

    AT_ONCE = "at-once", _("at once")
    DAILY = "daily", _("collected, once a day")
    WEEKLY = "weekly", _("collected, on Mondays")
    NONE = "none", _("not at all")


def write(mail: Mail) -> outbox.Letter | None:
    """All that is still wanted and allowed of its parts, in the order in which it happened."""
    letters = [letter for part in _parts(mail) if (letter := outbox.letter_of(part)) is not None]
    if not letters:
        return None
    said = [(letter.subject, _without_greeting(letter.text)) for letter in letters]
    context = {"letters": said, "number": len(said), "choices": outbox.address("account_mails")}
    return outbox.rendered("core/mails/digest.txt", context)


DIGEST = outbox.Category(
    key="digest", label=_("Collected mails, with all kinds in them"), write=write, collectable=False, gathers=True
)


def collect(now: dt.datetime | None = None) -> int:
    """Posts the collected mails that are due, one for each person; how many.

    Safe to be killed anywhere, and to run in several processes at once.
    """
    now = now or timezone.now()
    people = list(_due(now).order_by("user").values_list("user", flat=True).distinct())
    return sum(_collect(person, now) for person in people)


def choices_of(user: User) -> dict[str, Choice]:
    """How the user wants mails of each kind that can be refused."""
    refused = outbox.refused(user.email)
    rhythms = dict(MailRhythm.objects.filter(user=user).values_list("category", "rhythm"))
    return {
        category.key: Choice.NONE if category.key in refused else Choice(rhythms.get(category.key, Choice.AT_ONCE))
        for category in outbox.categories()
        if not category.required and not category.gathers
    }


@transaction.atomic
def choose(user: User, choices: Mapping[str, Choice]) -> None:
    """Sets how the user wants mails of these kinds. What is held already keeps to the new choice, too."""
    before = choices_of(user)
    for category, choice in choices.items():
        if choice == before[category]:
            continue
        (outbox.refuse if choice is Choice.NONE else outbox.accept)(user.email, category)
        held = Mail.objects.filter(user=user, category=category, state=State.HELD)
        if choice in {Choice.AT_ONCE, Choice.NONE}:
            # Or "take it back" for collected mails would bring this kind back, too.
            MailRhythm.objects.filter(user=user, category=category).delete()
        if choice is Choice.AT_ONCE:
            held.update(state=State.WAITING, next_attempt_at=timezone.now())
        elif choice is not Choice.NONE:
            MailRhythm.objects.update_or_create(user=user, category=category, defaults={"rhythm": choice.value})
            held.update(next_attempt_at=editions.next_one(choice.value, timezone.now()))
            # Collected mails alone, not the kinds that are in them.
            Refusal.objects.filter(address_hash=outbox.address_hash(user.email), category=DIGEST.key).delete()


@transaction.atomic
def _collect(person: int, now: dt.datetime) -> int:
    parts = list(_due(now).filter(user=person).select_for_update(of=("self",)).select_related("user"))
    if not parts or parts[0].user is None:
        return 0
    # The first part is in no other one, so two runs at once give the same key.
    key = f"digest:{parts[0].pk}"
    if not outbox.commission(category=DIGEST, key=key, to=parts[0].user, data={}):
        return 0
    bundle = Mail.objects.get(key=key)
    Mail.objects.filter(pk__in=[part.pk for part in parts], state=State.HELD).update(state=State.BUNDLED, bundle=bundle)
    return 1


def _due(now: dt.datetime) -> models.QuerySet[Mail]:
    return Mail.objects.filter(state=State.HELD, next_attempt_at__lte=now)


def _parts(mail: Mail) -> models.QuerySet[Mail]:
    return mail.parts.filter(state=State.BUNDLED).select_related("user")


def _without_greeting(text: str) -> str:
    """One greeting is enough: the first line where it ends with a comma."""
    first, _line, rest = text.strip().partition("\n")
    return rest.strip() if first.endswith(",") and rest.strip() else text.strip()
