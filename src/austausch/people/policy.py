"""Who may see and change people, organisations and reports: the portal team; organisations' names are public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from austausch.core.models import Report
from austausch.core.policy import Action, Scope, is_portal_team, policy
from austausch.people.models import Membership, Organisation, User

if TYPE_CHECKING:
    from austausch.core.policy import Actor


@policy.rule(Organisation)
def organisations(user: Actor, action: Action) -> Scope:
    return action is Action.VIEW or is_portal_team(user)


@policy.rule(Membership)
def memberships(user: Actor, action: Action) -> Scope:
    return is_portal_team(user)


@policy.rule(User)
def people(user: Actor, action: Action) -> Scope:
    return is_portal_team(user)


@policy.rule(Report)
def reports(user: Actor, action: Action) -> Scope:
    return is_portal_team(user)
