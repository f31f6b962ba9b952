"""Who may see and change offices: everyone sees what is shown; the organisation that keeps an office changes it.

Authors prepare offices that the public does not see yet. What the public sees, publishers change: there is no draft
between them and somebody who needs help tonight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from austausch.core.policy import Action, Scope, is_portal_team, policy
from austausch.counselling.models import Office, Provider
from austausch.people.models import Membership
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.core.policy import Actor

Role = Membership.Role


@policy.rule(Office)
def offices(user: Actor, action: Action) -> Scope:
    if is_portal_team(user):
        return True
    shown = Q(live=True)
    if action is Action.VIEW:
        own = organisations_of(user, Role.READER)
        return shown | Q(owner__in=own) if own else shown
    publishing, writing = organisations_of(user, Role.PUBLISHER), organisations_of(user, Role.AUTHOR)
    if not writing:
        return False
    if action is Action.CREATE:
        return Q(owner__in=writing)
    if action is Action.EDIT:
        return Q(owner__in=publishing) | Q(owner__in=writing, live=False)
    if not publishing:
        return False
    # What was shown is not deleted but taken from the public: its address was printed somewhere.
    return Q(owner__in=publishing, live=False) if action is Action.DELETE else Q(owner__in=publishing)


@policy.rule(Provider)
def providers(user: Actor, action: Action) -> Scope:
    if action is Action.VIEW or is_portal_team(user):
        return True
    own = organisations_of(user, Role.AUTHOR if action in {Action.CREATE, Action.EDIT} else Role.PUBLISHER)
    if not own:
        return False
    return Q(owner__in=own, offices__isnull=True) if action is Action.DELETE else Q(owner__in=own)
