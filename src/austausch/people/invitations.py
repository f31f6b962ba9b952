"""Invitations: an administrator asks one address into one organisation.

The link's token is 256 random bits that stand only in the mail; here lies its SHA-256. It works once, for 14 days,
until somebody takes it back, and only as long as who has sent it may still give the role.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.core import outbox
from austausch.core.policy import Action, policy
from austausch.people.account_policy import highest_role
from austausch.people.models import Invitation, Membership, Organisation, User
from austausch.people.models.registration import INVITATION_VALID_FOR
from austausch.people.registration import ACCOUNT, RoleAboveOwnError, join

if TYPE_CHECKING:
    from django.db.models import QuerySet


class InvitationError(Exception):
    """It cannot be done; the message says why and what to do."""


class InvitationClosedError(InvitationError):
    """The link was used, taken back or has run out, or who sent it may not invite any more."""

    def __init__(self) -> None:
        super().__init__(_("This invitation is not valid any more. Please ask for a new one."))


class OtherPersonError(InvitationError):
    """Somebody signed in with another address holds the link."""

    def __init__(self) -> None:
        super().__init__(_("This invitation was sent to another address than that of your account."))


def open_invitations() -> QuerySet[Invitation]:
    """Those whose link works, if who sent it still may invite."""
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())


def invite(*, organisation: Organisation, email: str, role: int, by: User) -> Invitation:
    """Sends the link; an older one for the same address stops working.

    Raises RoleAboveOwnError, InvitationError (is a member already), PermissionDenied.
    """
    email = email.strip().lower()
    token = secrets.token_urlsafe(32)
    # Who may give none at all is refused by the policy below.
    if role > highest_role(by, organisation) > 0:
        raise RoleAboveOwnError
    with transaction.atomic():
        older = open_invitations().filter(organisation=organisation, email=email)
        older.update(revoked_at=timezone.now())
        made = Invitation.objects.create(
            organisation=organisation, email=email, role=role, token_sha256=_sha256(token), made_by=by
        )
        policy.require(by, Action.CREATE, made)
        if Membership.objects.filter(organisation=organisation, user__email=email, role__gte=role).exists():
            raise InvitationError(_("This person is a member already."))
        outbox.post(
            category=ACCOUNT,
            key=f"invitation:{made.pk}",
            to=email,
            template="people/mails/invitation.txt",
            context={"invitation": made, "link": outbox.address("account_invitation", token)},
        )
        log(instance=organisation, action="austausch.invited", user=by, data={"role": role})
        return made


@transaction.atomic
def revoke(invitation: Invitation, by: User) -> None:
    """Makes the link worthless. One that is used already stays as it is. Raises PermissionDenied."""
    policy.require(by, Action.DELETE, invitation)
    if Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=timezone.now()):
        log(instance=invitation.organisation, action="austausch.invitation_revoked", user=by)


def find(token: str) -> Invitation | None:
    """The invitation whose link this is, while it is valid."""
    rows = open_invitations().select_related("organisation", "made_by")
    invitation = rows.filter(token_sha256=_sha256(token)).first()
    if invitation is None or invitation.made_by is None:
        return None
    may = policy.may(invitation.made_by, Action.CREATE, invitation)
    return invitation if may and invitation.role <= highest_role(invitation.made_by, invitation.organisation) else None


def has_account(invitation: Invitation) -> bool:
    return User.objects.filter(email=invitation.email).exists()


@transaction.atomic
def accept(*, token: str, user: User) -> Membership:
    """Gives an existing account the membership. Raises InvitationClosedError, OtherPersonError."""
    invitation = _use_up(token)
    if user.email != invitation.email:
        raise OtherPersonError
    return _join(user, invitation)


@transaction.atomic
def accept_with_new_account(*, token: str, name: str, password: str) -> User:
    """Makes the account, whose address the mail has proved. Raises InvitationClosedError, InvitationError."""
    invitation = _use_up(token)
    if has_account(invitation):
        raise InvitationError(_("There is an account with this address. Please sign in and open the link again."))
    user = User.objects.create_user(invitation.email, password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    _join(user, invitation)
    return user


def forget_old() -> int:
    """Deletes invitations a while after they have ended; how many."""
    deleted, _by_model = Invitation.objects.filter(expires_at__lt=timezone.now() - INVITATION_VALID_FOR).delete()
    return deleted


def _use_up(token: str) -> Invitation:
    invitation = find(token)
    # The update is the lock: of two who press the button at once only one finds the row unused.
    if invitation is None or not open_invitations().filter(pk=invitation.pk).update(accepted_at=timezone.now()):
        raise InvitationClosedError
    return invitation


def _join(user: User, invitation: Invitation) -> Membership:
    membership = join(user, invitation.organisation, invitation.role)
    data = {"role": invitation.role}
    log(instance=invitation.organisation, action="austausch.invitation_accepted", user=user, data=data)
    return membership


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
