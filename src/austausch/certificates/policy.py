"""Who may see and do what about schools and their certificates.

A school's people see their own school and nothing of another one. The portal team keeps schools, roles, keys and
alarms, and reads no pupil, no certificate and no batch: being an administrator opens no data about children.
Organisations that run schools see that these exist, and how far a run for the whole municipality has come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q

from austausch.certificates.models import (
    Alarm,
    Certificate,
    ImportBatch,
    ImportRow,
    IssueBatch,
    IssueLog,
    Pupil,
    Revocation,
    School,
    SchoolRole,
    SchoolYear,
    SigningKey,
)
from austausch.core.policy import Action, Scope, among, is_portal_team, policy
from austausch.people.models import Membership, Organisation
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.core.policy import Actor

Role = SchoolRole.Role


@policy.rule(School)
def schools(user: Actor, action: Action) -> Scope:
    if is_portal_team(user):
        return action is not Action.DELETE
    if action is Action.VIEW:
        own = schools_of(user, Role.OFFICE)
        runs = organisations_of(user, Membership.Role.PUBLISHER)
        return Q(pk__in=own) | Q(organisation__in=runs) if own or runs else False
    return False


@policy.rule(SchoolRole)
def school_roles(user: Actor, action: Action) -> Scope:
    if is_portal_team(user):
        return True
    own = schools_of(user, Role.OFFICE if action is Action.VIEW else Role.HEAD)
    return among("school", own)


@policy.rule(SchoolYear)
def school_years(user: Actor, action: Action) -> Scope:
    return action is Action.VIEW or is_portal_team(user)


@policy.rule(SigningKey)
def signing_keys(user: Actor, action: Action) -> Scope:
    """Public parts only: a private key leaves its store for nobody."""
    if is_portal_team(user):
        return action is not Action.DELETE
    own = schools_of(user, Role.OFFICE)
    return among("school", own) if action is Action.VIEW else False


@policy.rule(Pupil)
def pupils(user: Actor, action: Action) -> Scope:
    return _of_own_school(user, Role.OFFICE)


@policy.rule(ImportBatch)
def imports(user: Actor, action: Action) -> Scope:
    return _of_own_school(user, Role.OFFICE)


@policy.rule(ImportRow)
def import_rows(user: Actor, action: Action) -> Scope:
    own = schools_of(user, Role.OFFICE)
    return among("batch__school", own)


@policy.rule(IssueBatch)
def batches(user: Actor, action: Action) -> Scope:
    """To allow or refuse (PUBLISH) takes a second person, and one of the two is of the school's management."""
    scope = _of_own_school(user, Role.OFFICE)
    if isinstance(scope, bool) or action is not Action.PUBLISH:
        return scope
    by_management = Q(made_by__school_roles__role=Role.HEAD, made_by__school_roles__school=F("school"))
    return (Q(school__in=schools_of(user, Role.HEAD)) | (scope & by_management)) & ~Q(made_by=user.pk)


@policy.rule(Certificate)
def certificates(user: Actor, action: Action) -> Scope:
    return _of_own_school(user, Role.OFFICE)


@policy.rule(Revocation)
def revocations(user: Actor, action: Action) -> Scope:
    own = schools_of(user, Role.OFFICE)
    return among("certificate__school", own)


@policy.rule(IssueLog)
def log_entries(user: Actor, action: Action) -> Scope:
    """A school's people read its log; the portal team reads the platform's, which names no certificate."""
    if action is not Action.VIEW:
        return False
    if is_portal_team(user):
        return Q(chain="")
    numbers = School.objects.filter(pk__in=schools_of(user, Role.OFFICE)).values("number")
    return Q(chain__in=numbers) if schools_of(user, Role.OFFICE) else False


@policy.rule(Alarm)
def alarms(user: Actor, action: Action) -> Scope:
    if is_portal_team(user):
        return True
    own = schools_of(user, Role.HEAD)
    return among("school", own) if action is Action.VIEW else False


def schools_of(user: Actor, role: SchoolRole.Role) -> list[int]:
    """Primary keys of the schools at which the user has at least this role. Empty for visitors.

    Empty for the portal team, too: a role from before somebody joined it opens no pupil any longer.
    """
    if not user.is_authenticated or not user.is_active or is_portal_team(user):
        return []
    known = getattr(user, "_roles_by_school", None)
    if known is None:
        known = dict(user.school_roles.values_list("school_id", "role"))
        user._roles_by_school = known  # type: ignore[attr-defined]
    return [school for school, held in known.items() if held >= role]


def may_call_run(user: Actor, organisation: Organisation) -> bool:
    """Whether the user may ask all schools that this organisation runs to issue."""
    return organisation.pk in organisations_of(user, Membership.Role.PUBLISHER)


def _of_own_school(user: Actor, role: SchoolRole.Role) -> Scope:
    return among("school", schools_of(user, role))
