"""Who may see and change how people get in: an organisation's administrators and the portal team.

Domains are the portal team's alone: whoever could add one could let in anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from austausch.core.policy import Action, Scope, is_portal_team, policy
from austausch.people.models import EmailDomain, Invitation, Membership, Organisation, Registration
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.core.policy import Actor

Role = Membership.Role


@policy.rule(EmailDomain)
def email_domains(user: Actor, action: Action) -> Scope:
    if is_portal_team(user) or action is not Action.VIEW:
        return is_portal_team(user)
    return _of_administrators(user)


@policy.rule(Registration)
def registrations(user: Actor, action: Action) -> Scope:
    return is_portal_team(user) or _of_administrators(user)


@policy.rule(Invitation)
def invitations(user: Actor, action: Action) -> Scope:
    return is_portal_team(user) or _of_administrators(user)


def highest_role(user: Actor, organisation: Organisation) -> int:
    """The highest role that this user may give in the organisation; 0: none. Nobody gives more than they have."""
    if is_portal_team(user):
        return Role.ADMINISTRATOR
    return Role.ADMINISTRATOR if organisation.pk in organisations_of(user, Role.ADMINISTRATOR) else 0


def _of_administrators(user: Actor) -> Scope:
    own = organisations_of(user, Role.ADMINISTRATOR)
    return Q(organisation__in=own) if own else False
