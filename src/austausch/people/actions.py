"""What the portal team does to accounts. Nobody is ever given a password: people choose their own by mail."""

from __future__ import annotations

from allauth.account.forms import ResetPasswordForm
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.core import outbox
from austausch.core.policy import Action, policy
from austausch.people.models import User
from austausch.people.registration import ACCOUNT


class LastAdministratorError(Exception):
    """The change would leave the portal without anybody who can manage accounts."""

    def __init__(self) -> None:
        super().__init__(_("This is the last active member of the portal team. Please name another one first."))


@transaction.atomic
def save_person(user: User, by: User) -> None:
    """Saves an account as the portal team changed it.

    Raises LastAdministratorError and PermissionDenied, and then changes nothing.
    """
    policy.require(by, Action.EDIT if user.pk else Action.CREATE, User)
    # Under lock, so that two members of the portal team cannot take each other out at the same moment.
    list(User.objects.select_for_update().filter(is_superuser=True))
    if user.is_active:
        # Whoever is let in by hand is not closed for absence again in the same minute.
        user.returned_at = timezone.now() if user.absent_since else user.returned_at
        user.absent_since = None
    user.save()
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        raise LastAdministratorError
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})


def is_last_administrator(user: User) -> bool:
    return not User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk).exists()


@transaction.atomic
def delete_person(user: User, by: User) -> None:
    """Deletes an account; what the person wrote stays, without the name.

    Raises LastAdministratorError, PermissionDenied.
    """
    policy.require(by, Action.DELETE, user)
    list(User.objects.select_for_update().filter(is_superuser=True))
    if user.is_superuser and is_last_administrator(user):
        raise LastAdministratorError
    user.delete()


@transaction.atomic
def remove_second_factor(user: User, by: User | None) -> None:
    """For somebody who has lost telephone, passkeys and recovery codes: removes them all and ends every session.

    `by`: a member of the portal team, or None for the operator at the console. Raises PermissionDenied.
    """
    if by is not None:
        policy.require(by, Action.EDIT, user)
    Authenticator.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    log(instance=user, action="austausch.second_factor_removed", user=by)
    outbox.post(
        category=ACCOUNT,
        key=f"second-factor-removed:{user.pk}:{timezone.now().isoformat()}",
        to=user,
        template="people/mails/second_factor_removed.txt",
        context={"user": user, "sign_in": outbox.address("account_login")},
    )


def invite(user: User, request: HttpRequest) -> None:
    """Sends the mail with which a person chooses a password: the same as for a forgotten one.

    Raises PermissionDenied.
    """
    policy.require(request.user, Action.CREATE, User)
    form = ResetPasswordForm(data={"email": user.email})
    if form.is_valid():
        form.save(request)
