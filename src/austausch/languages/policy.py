"""Who may see, write, show and confirm versions.

The public reads what is shown of what it may read. Members of the organisation that keeps the source see and write
drafts from author on; what the public reads, publishers change, show, withdraw and call still right. Confirming says
something about the language, not about the office, so authors may do it, too: `may_confirm`.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from austausch.core.policy import Action, Scope, is_portal_team, policy
from austausch.languages import kinds
from austausch.languages.kinds import Kind
from austausch.languages.models import Version
from austausch.people.models import Membership
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.core.policy import Actor

Role = Membership.Role
DRAFT = Q(state=Version.State.DRAFT)
# What somebody has to be in the organisation that keeps the source.
NEEDED = {Action.VIEW: Role.AUTHOR, Action.CREATE: Role.AUTHOR, Action.EDIT: Role.AUTHOR}


@policy.rule(Version)
def versions(user: Actor, action: Action) -> Scope:
    if is_portal_team(user):
        return True
    if action is not Action.VIEW and not organisations_of(user, Role.AUTHOR):
        return False
    known = kinds.all_kinds()
    publishing = reduce(or_, [_about(kind, _kept(kind, user, Role.PUBLISHER)) for kind in known], Q(pk__in=[]))
    if action not in NEEDED:
        return publishing
    writing = reduce(or_, [_about(kind, _kept(kind, user, Role.AUTHOR)) for kind in known], Q(pk__in=[]))
    if action is not Action.VIEW:
        return publishing | (writing & DRAFT)
    readable = [_about(kind, policy.which(user, Action.VIEW, _one(kind))) for kind in known]
    shown = ~DRAFT & reduce(or_, readable, Q(pk__in=[]))
    return shown | writing


def sources_to_write(kind: Kind, user: Actor) -> QuerySet[Model]:
    """The things of a kind for which the user may write versions."""
    return kind.rows() if is_portal_team(user) else _kept_rows(kind, user, Role.AUTHOR, kind.rows())


def may_write(user: Actor, source: Any) -> bool:
    return sources_to_write(kinds.of(source), user).filter(pk=source.pk).exists()


def may_show(user: Actor, source: Any) -> bool:
    """Whether the user decides what the public reads about this thing."""
    kind = kinds.of(source)
    if is_portal_team(user):
        return True
    return _kept_rows(kind, user, Role.PUBLISHER, kind.rows()).filter(pk=source.pk).exists()


def may_confirm(user: Actor, version: Version) -> bool:
    """Whether the user may say that the language of a text is right."""
    if is_portal_team(user):
        return True
    kind = kinds.of(version.source)
    if kind.anyone_confirms:
        return bool(organisations_of(user, Role.AUTHOR)) and policy.may(user, Action.VIEW, version)
    return may_write(user, version.source)


def _one(kind: Kind) -> QuerySet[Model]:
    """The source of the version that the query around asks for."""
    return kind.model._default_manager.filter(pk=OuterRef("object_id")).order_by()


def _kept(kind: Kind, user: Actor, role: Membership.Role) -> QuerySet[Model]:
    return _kept_rows(kind, user, role, _one(kind))


def _kept_rows(kind: Kind, user: Actor, role: Membership.Role, rows: QuerySet[Model]) -> QuerySet[Model]:
    own = organisations_of(user, role) if kind.owner else []
    return rows.filter(**{f"{kind.owner}__in": own}) if own else rows.none()


def _about(kind: Kind, rows: QuerySet[Model]) -> Q:
    return Q(Exists(rows), content_type=kinds.content_type(kind))
