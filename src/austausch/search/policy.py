"""Who may see and change what the search keeps: the portal team and whoever publishes for a body; saved searches
are their owner's alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from austausch.catalogue.policy import organisations
from austausch.core.policy import Action, Scope, is_portal_team, policy
from austausch.people.models import Membership
from austausch.search.models import SavedSearch, Search, Synonym

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


@policy.rule(SavedSearch)
def saved_searches(user: Actor, action: Action) -> Scope:
    """What somebody looks for is nobody else's business, not even the portal team's."""
    return Q(user=user.pk, removed_at=None) if user.is_authenticated and user.is_active else False
