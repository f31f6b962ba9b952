"""Everybody reads what is shown. The German text is the portal team's: no single organisation could answer for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from austausch.core.policy import Action, Scope, is_portal_team, policy
from austausch.information.models import Information

if TYPE_CHECKING:
    from austausch.core.policy import Actor


@policy.rule(Information)
def pages(user: Actor, action: Action) -> Scope:
    if is_portal_team(user):
        return True
    return Q(live=True) if action is Action.VIEW else False
