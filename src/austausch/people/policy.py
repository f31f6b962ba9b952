"""Who may see and change people, organisations, contacts and reports.

Organisations are public and kept by the portal team. Who works in one sees who else does; its administrators give the
roles in it. A contact is seen by those its visibility names, and by them only while there is consent: without it by
the authors of its organisation, who keep it, and by the portal team, which answers for what is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from austausch.core.models import Mail, Report
from austausch.core.policy import Action, Scope, is_portal_team, policy
from austausch.people.models import Contact, FormerName, Membership, Organisation, User
from austausch.people.queries import shown_with_consent

if TYPE_CHECKING:
    from austausch.core.policy import Actor

Role = Membership.Role
Visibility = Contact.Visibility


@policy.rule(Organisation)
def organisations(user: Actor, action: Action) -> Scope:
    return action is Action.VIEW or is_portal_team(user)


@policy.rule(FormerName)
def former_names(user: Actor, action: Action) -> Scope:
    return action is Action.VIEW or is_portal_team(user)


@policy.rule(Membership)
def memberships(user: Actor, action: Action) -> Scope:
    if is_portal_team(user):
        return True
    own = organisations_of(user, Role.READER if action is Action.VIEW else Role.ADMINISTRATOR)
    return Q(organisation__in=own) if own else False


@policy.rule(Contact)
def contacts(user: Actor, action: Action) -> Scope:
    if is_portal_team(user):
        return True
    if action is not Action.VIEW:
        own = organisations_of(user, Role.PUBLISHER if action is Action.DELETE else Role.AUTHOR)
        return Q(organisation__in=own) if own else False
    if not user.is_authenticated or not user.is_active:
        return Q(visibility=Visibility.PUBLIC) & shown_with_consent()
    meant_for = Q(visibility__in=[Visibility.PUBLIC, Visibility.SIGNED_IN])
    meant_for |= Q(organisation__in=organisations_of(user, Role.READER))
    return (meant_for & shown_with_consent()) | Q(organisation__in=organisations_of(user, Role.AUTHOR))


@policy.rule(User)
def people(user: Actor, action: Action) -> Scope:
    return is_portal_team(user)


@policy.rule(Report)
def reports(user: Actor, action: Action) -> Scope:
    return is_portal_team(user)


@policy.rule(Mail)
def mails(user: Actor, action: Action) -> Scope:
    """Those that need a decision are the portal team's; nobody else reads what waits to be sent."""
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
