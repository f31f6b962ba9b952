"""What the portal team does to accounts. Nobody is ever given a password: people choose their own by mail."""

from __future__ import annotations

from allauth.account.forms import ResetPasswordForm
from allauth.account.models import EmailAddress
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from austausch.people.models import User


class LastAdministratorError(Exception):
    """The change would leave the portal without anybody who can manage accounts."""

    def __init__(self) -> None:
        super().__init__(_("This is the last active member of the portal team. Please name another one first."))


@transaction.atomic
def save_person(user: User) -> None:
    """Saves an account as the portal team changed it. Raises LastAdministratorError, and then changes nothing."""
    # Under lock, so that two members of the portal team cannot take each other out at the same moment.
    list(User.objects.select_for_update().filter(is_superuser=True))
    user.save()
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        raise LastAdministratorError
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True, "verified": True})


def is_last_administrator(user: User) -> bool:
    return not User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk).exists()


@transaction.atomic
def delete_person(user: User) -> None:
    """Deletes an account; what the person wrote stays, without the name. Raises LastAdministratorError."""
    list(User.objects.select_for_update().filter(is_superuser=True))
    if user.is_superuser and is_last_administrator(user):
        raise LastAdministratorError
    user.delete()


def invite(user: User, request: HttpRequest) -> None:
    """Sends the mail with which a person chooses a password: the same as for a forgotten one."""
    form = ResetPasswordForm(data={"email": user.email})
    if form.is_valid():
        form.save(request)
