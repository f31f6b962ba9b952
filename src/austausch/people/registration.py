"""Registration: an official address, confirmed by mail first; then a name, a password and somebody's yes.

Nobody learns whether an address has an account: who asks is always told the same, and what is so stands only in the
mail. Only the domain decides whether there is a mail, and which organisation has which domain is no secret.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from austausch.core import outbox
from austausch.core.policy import Action, policy
from austausch.people.account_policy import highest_role
from austausch.people.mail_domains import clean_domain, domain_of
from austausch.people.models import EmailDomain, Membership, Organisation, Registration, User

if TYPE_CHECKING:
    from django.db.models import QuerySet

ACCOUNT = outbox.Category(key="account", label=gettext_lazy("Your account and your access"), required=True)
SALT = "austausch.people.registration"
CONFIRM_WITHIN = dt.timedelta(hours=24)
# However often somebody types an address, its owner gets one mail in this time.
ONE_MAIL_EVERY_SECONDS = 300
WAITS_AT_MOST = dt.timedelta(days=90)
KEPT_AFTER_DECISION = dt.timedelta(days=30)
State = Registration.State


class RegistrationError(Exception):
    """It cannot be done; the message says why and what to do."""


class UnknownDomainError(RegistrationError):
    """No organisation has the domain of this address."""

    def __init__(self) -> None:
        super().__init__(_("No organisation in this portal has registered the domain of this address."))


class RoleAboveOwnError(RegistrationError):
    """Nobody gives a role that they do not have themselves."""

    def __init__(self) -> None:
        super().__init__(_("You cannot give a role above your own."))


@dataclass(frozen=True)
class Confirmed:
    """Who has opened the link of our mail."""

    email: str
    organisation: Organisation


def add_domain(organisation: Organisation, domain: str, by: User) -> EmailDomain:
    """Raises ValidationError (no domain, or a public provider's), RegistrationError (taken), PermissionDenied."""
    with transaction.atomic():
        cleaned = clean_domain(domain)
        taken = EmailDomain.objects.filter(domain=cleaned).select_related("organisation").first()
        if taken:
            raise RegistrationError(_("This domain belongs to %(name)s already.") % {"name": taken.organisation})
        added = EmailDomain.objects.create(organisation=organisation, domain=cleaned)
        policy.require(by, Action.CREATE, added)
        log(instance=organisation, action="austausch.domain_added", user=by, data={"domain": cleaned})
        return added


@transaction.atomic
def remove_domain(domain: EmailDomain, by: User) -> None:
    """Who is in stays in; nobody else gets in with it. Raises PermissionDenied."""
    policy.require(by, Action.DELETE, domain)
    log(instance=domain.organisation, action="austausch.domain_removed", user=by, data={"domain": domain.domain})
    domain.delete()


@transaction.atomic
def ask_for_mail(email: str) -> None:
    """Sends the owner of the address the link to go on, or says that there is an account. Raises UnknownDomainError."""
    email = email.strip().lower()
    organisation = _organisation_of(email)
    if organisation is None:
        raise UnknownDomainError
    known = User.objects.filter(email=email).exists()
    token = signing.dumps({"email": email, "at": time.time()}, salt=SALT)
    outbox.post(
        category=ACCOUNT,
        key=f"registration:{outbox.address_hash(email)}:{int(time.time() // ONE_MAIL_EVERY_SECONDS)}",
        to=email,
        template="people/mails/registration_known.txt" if known else "people/mails/registration_confirm.txt",
        context={
            "organisation": organisation,
            "link": outbox.address("account_registration_confirmed", token),
            "sign_in": outbox.address("account_login"),
            "new_password": outbox.address("account_reset_password"),
        },
    )


def confirmed(token: str) -> Confirmed | None:
    """Who may register with this link; None if it has run out, was used, or leads nowhere any more."""
    try:
        data = signing.loads(token, salt=SALT, max_age=CONFIRM_WITHIN)
        email, at = str(data["email"]), float(data["at"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None
    sent_at = dt.datetime.fromtimestamp(at, tz=dt.UTC)
    used = Registration.objects.filter(email=email, asked_at__gte=sent_at).exists()
    organisation = _organisation_of(email)
    if used or organisation is None or User.objects.filter(email=email).exists():
        return None
    return Confirmed(email, organisation)


@transaction.atomic
def register(*, token: str, name: str, password: str) -> Registration:
    """Puts the request before those who decide. Raises RegistrationError where the link does not work (any more)."""
    person = confirmed(token)
    if person is None:
        raise RegistrationError(_("This link does not work any more. Please begin again."))
    try:
        with transaction.atomic():
            asked = Registration.objects.create(
                organisation=person.organisation, email=person.email, name=name, password=make_password(password)
            )
    except IntegrityError as error:
        raise RegistrationError(_("Your request is waiting for a decision already.")) from error
    for decider in deciders(asked.organisation):
        outbox.post(
            category=ACCOUNT,
            key=f"registration:{asked.pk}:asked:{decider.pk}",
            to=decider,
            template="people/mails/registration_asked.txt",
            context={
                "registration": asked,
                "link": outbox.address("people:registration", asked.organisation.key, asked.pk),
            },
            about=asked,
        )
    return asked


def deciders(organisation: Organisation) -> QuerySet[User]:
    """The organisation's active administrators; where it has none, the portal team."""
    own = User.objects.filter(
        is_active=True, memberships__organisation=organisation, memberships__role=Membership.Role.ADMINISTRATOR
    )
    return own if own.exists() else User.objects.filter(is_active=True, is_superuser=True)


@transaction.atomic
def approve(registration: Registration, *, role: int, by: User) -> User:
    """Makes the account and the membership. Raises RegistrationError (decided, role too high), PermissionDenied."""
    asked = _waiting(registration, by)
    if role > highest_role(by, asked.organisation):
        raise RoleAboveOwnError
    # The address may have come in by an invitation meanwhile; then its account stays as it is.
    user = User.objects.filter(email=asked.email).first()
    if user is None:
        user = User.objects.create(email=asked.email, name=asked.name, password=asked.password)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    join(user, asked.organisation, role)
    _decide(asked, State.APPROVED, by)
    _tell(asked, "people/mails/registration_approved.txt")
    log(instance=asked.organisation, action="austausch.registration_approved", user=by, data={"role": role})
    return user


@transaction.atomic
def refuse(registration: Registration, *, reason: str, by: User) -> None:
    """Says no, and why. Raises RegistrationError (decided already, no reason), PermissionDenied."""
    asked = _waiting(registration, by)
    if not reason.strip():
        raise RegistrationError(_("Please give a reason: the person gets it by mail."))
    _decide(asked, State.REFUSED, by, reason.strip())
    _tell(asked, "people/mails/registration_refused.txt")
    log(instance=asked.organisation, action="austausch.registration_refused", user=by)


def join(user: User, organisation: Organisation, role: int) -> Membership:
    """Gives this role; who has a higher one keeps it. To be called by actions that have asked the policy."""
    membership, made = Membership.objects.get_or_create(user=user, organisation=organisation, defaults={"role": role})
    if not made and membership.role < role:
        membership.role = role
        membership.save(update_fields=["role"])
    return membership


def forget_old() -> int:
    """Deletes requests that nobody has decided for long, and decided ones after a month; how many."""
    now = timezone.now()
    waiting = Registration.objects.filter(state=State.WAITING, asked_at__lt=now - WAITS_AT_MOST)
    decided = Registration.objects.exclude(state=State.WAITING).filter(decided_at__lt=now - KEPT_AFTER_DECISION)
    return waiting.delete()[0] + decided.delete()[0]


def _organisation_of(email: str) -> Organisation | None:
    found = EmailDomain.objects.filter(domain=domain_of(email)).select_related("organisation").first()
    return found.organisation if found else None


def _waiting(registration: Registration, by: User) -> Registration:
    policy.require(by, Action.EDIT, registration)
    asked = Registration.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=registration.pk)
    if asked.state != State.WAITING:
        raise RegistrationError(_("Somebody has decided this request already."))
    return asked


def _decide(asked: Registration, state: Registration.State, by: User, reason: str = "") -> None:
    asked.state, asked.decided_by, asked.decided_at, asked.reason = state, by, timezone.now(), reason
    asked.password = ""
    asked.save()


def _tell(asked: Registration, template: str) -> None:
    outbox.post(
        category=ACCOUNT,
        key=f"registration:{asked.pk}:decided",
        to=asked.email,
        template=template,
        context={"registration": asked, "sign_in": outbox.address("account_login")},
    )
