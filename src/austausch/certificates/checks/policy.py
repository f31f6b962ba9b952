"""Who may see and do what about checks: people of the office that asked, and nobody else.

Neither the school nor the portal team learns who checked what: the first would learn who lives on benefits, the second
has no task there. The office's own administrators read its log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from austausch.certificates.models import Check, CheckingOffice, CheckItem, CheckLog, OfficeKey, Watch
from austausch.core.policy import Action, Scope, among, is_portal_team, policy
from austausch.people.models import Membership, Organisation
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.core.policy import Actor

Role = Membership.Role


@policy.rule(CheckingOffice)
def offices(user: Actor, action: Action) -> Scope:
    if is_portal_team(user):
        return True
    own = organisations_of(user, Role.READER)
    return among("organisation", own) if action is Action.VIEW else False


@policy.rule(OfficeKey)
def keys(user: Actor, action: Action) -> Scope:
    return _of_offices(user, Role.ADMINISTRATOR)


@policy.rule(Check)
def checks(user: Actor, action: Action) -> Scope:
    return _of_offices(user, Role.AUTHOR)


@policy.rule(CheckItem)
def items(user: Actor, action: Action) -> Scope:
    return among("request__organisation", checking_offices_of(user, Role.AUTHOR))


@policy.rule(Watch)
def watches(user: Actor, action: Action) -> Scope:
    return _of_offices(user, Role.AUTHOR)


@policy.rule(CheckLog)
def log(user: Actor, action: Action) -> Scope:
    own = checking_offices_of(user, Role.ADMINISTRATOR)
    if action is not Action.VIEW or not own:
        return False
    return Q(organisation_key__in=list(Organisation.objects.filter(pk__in=own).values_list("key", flat=True)))


def checking_offices_of(user: Actor, role: Membership.Role) -> list[int]:
    """Organisations that may check and in which the user has at least this role.

    None for the portal team: it gives memberships, and must not give itself the answers of an office.
    """
    own = [] if is_portal_team(user) else organisations_of(user, role)
    return (
        list(CheckingOffice.objects.filter(organisation__in=own).values_list("organisation_id", flat=True))
        if own
        else []
    )


def _of_offices(user: Actor, role: Membership.Role) -> Scope:
    return among("organisation", checking_offices_of(user, role))
