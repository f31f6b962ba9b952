"""Mails about registrations. What somebody wrote into the form stands in none of them: they could be anybody's words.

Called inside the transaction of what they tell of. Keys name the registration, what happened and when.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from austausch.core import outbox
from austausch.events import display
from austausch.events.links import token
from austausch.events.models import Event, Registration

# Asked for by whoever registers, and about nothing else: there is nothing to unsubscribe from but the event itself.
REGISTRATION = outbox.Category(key="events", label=_("Your registration for an event"), required=True)


def prefix(number: int) -> str:
    """How the keys of all mails of one registration begin."""
    return f"events:{number}:"


def ask_to_confirm(registration: Registration) -> None:
    _post(registration, "asked", registration.last_mail_at.isoformat())


def tell_state(registration: Registration) -> None:
    """Has a place or waits, with the link to cancel."""
    _post(registration, "state", f"{registration.state}:{registration.last_mail_at.isoformat()}")


def tell_moved_up(registration: Registration) -> None:
    _post(registration, "moved-up", "")


def tell_changed(event: Event) -> None:
    """Day, time or place are others: everybody who has a place or waits hears of it."""
    for row in event.registrations.confirmed():
        _post(row, "changed", str(event.sequence))


def tell_cancelled(event: Event) -> None:
    for row in event.registrations.confirmed():
        _post(row, "cancelled", str(event.sequence))


def tell_removed(event: Event, address: str, *, number: int) -> None:
    outbox.post(
        category=REGISTRATION,
        key=f"{prefix(number)}removed",
        to=address,
        template="events/mails/removed.txt",
        context=_about(event),
    )


def _post(registration: Registration, what: str, version: str) -> None:
    outbox.post(
        category=REGISTRATION,
        key=f"{prefix(registration.pk)}{what}:{version}",
        to=registration.email,
        template=f"events/mails/{what.replace('-', '_')}.txt",
        context={
            **_about(registration.event),
            "waiting": registration.state == Registration.State.WAITING,
            "link": outbox.address("events:own", token(registration)),
        },
    )


def _about(event: Event) -> dict[str, object]:
    return {
        "event": event,
        "when": display.when_text(event),
        "where": display.where_text(event),
        "page": outbox.address("events:event", event.slug),
    }
