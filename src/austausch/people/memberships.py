"""What an organisation's administrators do with the roles of its people."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.core.policy import Action, is_portal_team, policy
from austausch.people.account_policy import highest_role
from austausch.people.models import Membership, User
from austausch.people.registration import RoleAboveOwnError

Role = Membership.Role


class LastOrganisationAdministratorError(Exception):
    """The change would leave the organisation without anybody who can manage its people."""

    def __init__(self) -> None:
        super().__init__(
            _("This is the organisation’s last active administrator. Please name another one first, then go on.")
        )


@transaction.atomic
def change_role(membership: Membership, *, role: int, by: User) -> None:
    """Raises RoleAboveOwnError, LastOrganisationAdministratorError, PermissionDenied."""
    held = _locked(membership, Action.EDIT, by)
    if role > highest_role(by, held.organisation):
        raise RoleAboveOwnError
    if role < Role.ADMINISTRATOR:
        _require_another_administrator(held, by)
    held.role = role
    held.save(update_fields=["role"])
    log(
        instance=held.organisation,
        action="austausch.role_changed",
        user=by,
        data={"person": held.user_id, "role": role},
    )


@transaction.atomic
def remove(membership: Membership, *, by: User) -> None:
    """Ends a membership; the account and what the person wrote stay. Raises as `change_role` does."""
    held = _locked(membership, Action.DELETE, by)
    _require_another_administrator(held, by)
    log(instance=held.organisation, action="austausch.member_removed", user=by, data={"person": held.user_id})
    held.delete()


def _locked(membership: Membership, action: Action, by: User) -> Membership:
    policy.require(by, action, membership)
    # All administrators' rows, so that two cannot take each other out at the same moment.
    rows = Membership.objects.select_for_update(of=("self",)).select_related("organisation", "user").order_by("pk")
    list(rows.filter(organisation=membership.organisation_id, role=Role.ADMINISTRATOR))
    return rows.get(pk=membership.pk)


def _require_another_administrator(held: Membership, by: User) -> None:
    if held.role < Role.ADMINISTRATOR or not held.user.is_active or is_portal_team(by):
        return
    others = Membership.objects.filter(
        organisation=held.organisation_id, role=Role.ADMINISTRATOR, user__is_active=True
    ).exclude(pk=held.pk)
    if not others.exists():
        raise LastOrganisationAdministratorError
