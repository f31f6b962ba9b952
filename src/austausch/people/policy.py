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


def organisations_of(user: Actor, role: Membership.Role) -> list[int]:
    """Primary keys of the organisations in which the user has at least this role. Empty for visitors."""
    if not user.is_authenticated or not user.is_active:
        return []
    known = getattr(user, "_roles_by_organisation", None)
    if known is None:
        known = dict(user.memberships.values_list("organisation_id", "role"))
        user._roles_by_organisation = known  # type: ignore[attr-defined]
    return [organisation for organisation, held in known.items() if held >= role]
