"""Providers and the background are part of public pages; the portal team keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from austausch.core.policy import Action, Scope, is_portal_team, policy
from austausch.pages.models import Background, Provider

if TYPE_CHECKING:
    from austausch.core.policy import Actor


@policy.rule(Provider)
@policy.rule(Background)
def parts_of_pages(user: Actor, action: Action) -> Scope:
    return action is Action.VIEW or is_portal_team(user)
