"""Figures are for everyone; the portal team keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from austausch.core.policy import Action, Scope, is_portal_team, policy
from austausch.figures.models import OlderValue, PageUse, Statistic, StatisticImport
from austausch.people.models import Membership
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.core.policy import Actor


@policy.rule(Statistic)
def statistics(user: Actor, action: Action) -> Scope:
    return action is Action.VIEW or is_portal_team(user)


@policy.rule(OlderValue)
def older_values(user: Actor, action: Action) -> Scope:
    """What was public stays public; nobody rewrites what was said before."""
    return action is Action.VIEW


@policy.rule(StatisticImport)
def imports(user: Actor, action: Action) -> Scope:
    """One's own files on their way in."""
    return Q(user=user.pk) if is_portal_team(user) else False


@policy.rule(PageUse)
def page_uses(user: Actor, action: Action) -> Scope:
    """Editors see how often pages are asked for; nobody changes it."""
    if action is not Action.VIEW:
        return False
    return is_portal_team(user) or bool(organisations_of(user, Membership.Role.AUTHOR))
