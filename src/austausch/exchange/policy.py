"""Who may see and do what in the exchange of the network.

Posts are for people with a role in some organisation: they read those under entries they may see. What waits or is
hidden is seen by its author and by those who decide about it: publishers of the entry's body and the portal team, but
nobody decides about a post of their own. Requests for support belong to whoever asked and to the portal team. Interest
concerns two offices and nobody else, not even the portal team.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from austausch.core.policy import Action, Scope, is_portal_team, policy
from austausch.exchange.models import (
    EDITABLE_FOR,
    Follow,
    Interest,
    Post,
    PostReport,
    SupportMessage,
    SupportRequest,
)
from austausch.people.models import Membership
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.core.policy import Actor

Role = Membership.Role
State = Post.State


def is_member(user: Actor) -> bool:
    """Whether the user takes part in the exchange: with any role in any organisation, or in the portal team."""
    return is_portal_team(user) or bool(organisations_of(user, Role.READER))


@policy.rule(Post)
def posts(user: Actor, action: Action) -> Scope:
    if not is_member(user):
        return False
    own = Q(author=user.pk)
    decides = Q() if is_portal_team(user) else Q(entry__lead__in=organisations_of(user, Role.PUBLISHER))
    if action is Action.CREATE:
        return True
    if action is Action.EDIT:
        # What somebody has decided about stays what they decided about.
        recent = Q(written_at__gte=timezone.now() - EDITABLE_FOR, decided_at__isnull=True)
        return own & recent & Q(state__in=[State.WAITING, State.PUBLIC])
    if action is Action.DELETE:
        return own & ~Q(state=State.WITHDRAWN)
    if action is Action.PUBLISH:
        return decides & ~own & ~Q(state=State.WITHDRAWN)
    if action is not Action.VIEW:
        return False
    if is_portal_team(user):
        return True
    standing = [State.PUBLIC, State.WITHDRAWN]
    shown = Q(state__in=standing) & (Q(answer_to__isnull=True) | Q(answer_to__state__in=standing))
    entry = Q(entry__live=True) | Q(entry__lead__in=organisations_of(user, Role.READER))
    return entry & (shown | own | decides)


@policy.rule(PostReport)
def reports(user: Actor, action: Action) -> Scope:
    if not is_member(user):
        return False
    if action is Action.CREATE:
        return True
    about_others = ~Q(post__author=user.pk)
    if is_portal_team(user):
        return about_others
    return about_others & Q(post__entry__lead__in=organisations_of(user, Role.PUBLISHER))


@policy.rule(Follow)
def follows(user: Actor, action: Action) -> Scope:
    return Q(user=user.pk) if is_member(user) else False


@policy.rule(SupportRequest)
def support_requests(user: Actor, action: Action) -> Scope:
    """EDIT: write a message. PUBLISH: set state and person in charge."""
    if not is_member(user):
        return False
    if is_portal_team(user) or action is Action.CREATE:
        return True
    return Q(asker=user.pk) if action in {Action.VIEW, Action.EDIT} else False


@policy.rule(SupportMessage)
def support_messages(user: Actor, action: Action) -> Scope:
    if not is_member(user):
        return False
    return True if is_portal_team(user) else Q(request__asker=user.pk)


@policy.rule(Interest)
def interests(user: Actor, action: Action) -> Scope:
    """EDIT: accept or decline. DELETE: withdraw."""
    if not is_member(user):
        return False
    if action is Action.CREATE:
        return bool(organisations_of(user, Role.READER))
    asked = Q(to_organisation__in=organisations_of(user, Role.AUTHOR), state=Interest.State.OPEN)
    parties = Q(from_user=user.pk) | Q(accepted_by=user.pk)
    if action is Action.EDIT:
        return asked & Q(ends_at__gt=timezone.now()) & ~Q(from_user=user.pk)
    if action is Action.DELETE:
        return parties & Q(state__in=[Interest.State.OPEN, Interest.State.DECLINED, Interest.State.ACCEPTED])
    return asked | parties if action is Action.VIEW else False
