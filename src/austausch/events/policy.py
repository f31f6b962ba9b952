"""Who may see and change events, and who sees the participants.

What is published stays visible when it is cancelled. Drafts are for members of the organiser; its authors write,
its publishers publish and cancel. Participants gave their names to the organiser: its publishers see them, and the
portal team, which answers for what is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from austausch.catalogue.policy import NEEDED, document_shown_by
from austausch.core.policy import Action, Scope, is_portal_team, policy
from austausch.events.models import Event, Registration, Series
from austausch.people.models import Membership
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.core.policy import Actor

Role = Membership.Role
# A document that an announced event shows is public, as one that a published entry cites.
document_shown_by("event_uses", Q(event_uses__event__state__in=[Event.State.PUBLISHED, Event.State.CANCELLED]))


@policy.rule(Event)
def events(user: Actor, action: Action) -> Scope:
    # An announced event is not deleted but cancelled: it stands in calendars.
    draft = Q(state=Event.State.DRAFT)
    if is_portal_team(user):
        return draft if action is Action.DELETE else True
    own = organisations_of(user, NEEDED[action])
    if action is Action.VIEW:
        return ~draft | Q(organiser__in=own) if own else ~draft
    if not own:
        return False
    return Q(organiser__in=own) & draft if action is Action.DELETE else Q(organiser__in=own)


@policy.rule(Series)
def series(user: Actor, action: Action) -> Scope:
    """Named in public lists; whoever writes events may begin one."""
    if action is Action.VIEW or is_portal_team(user):
        return True
    return action is Action.CREATE and bool(organisations_of(user, Role.AUTHOR))


@policy.rule(Registration)
def registrations(user: Actor, action: Action) -> Scope:
    if is_portal_team(user):
        return True
    own = organisations_of(user, Role.PUBLISHER)
    return Q(event__organiser__in=own) if own else False
