"""Who may see and change what the search keeps: the portal team and whoever publishes for a body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from austausch.catalogue.policy import organisations
from austausch.core.policy import Action, Scope, is_portal_team, policy
from austausch.people.models import Membership
from austausch.search.models import Search, Synonym

if TYPE_CHECKING:
    from austausch.core.policy import Actor


@policy.rule(Search)
def searches(user: Actor, action: Action) -> Scope:
    return is_portal_team(user) or bool(organisations(user, Membership.Role.PUBLISHER))


@policy.rule(Synonym)
def synonyms(user: Actor, action: Action) -> Scope:
    """They belong to no body, so whoever publishes for one may change them; whoever writes for one may look."""
    needed = Membership.Role.AUTHOR if action is Action.VIEW else Membership.Role.PUBLISHER
    return is_portal_team(user) or bool(organisations(user, needed))
