"""Figures are for everyone; the portal team keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from austausch.core.policy import Action, Scope, is_portal_team, policy
from austausch.figures.models import Statistic

if TYPE_CHECKING:
    from austausch.core.policy import Actor


@policy.rule(Statistic)
def statistics(user: Actor, action: Action) -> Scope:
    return action is Action.VIEW or is_portal_team(user)
