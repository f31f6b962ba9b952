"""Requests for support: what askers and the portal team do. Each action is one transaction with its mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.core.policy import Action, is_portal_team, policy
from austausch.exchange import limits, notices
from austausch.exchange.limits import ExchangeError
from austausch.exchange.models import SupportMessage, SupportRequest
from austausch.people.models import Membership
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.people.models import Organisation, User

State = SupportRequest.State


@transaction.atomic
def request_support(user: User, *, organisation: Organisation, subject: str, text: str) -> SupportRequest:
    """Asks the portal team. Raises ExchangeError, ValidationError, PermissionDenied."""
    policy.require(user, Action.CREATE, SupportRequest)
    if organisation.pk not in organisations_of(user, Membership.Role.READER):
        raise PermissionDenied("Requests are made for an organisation in which one has a role.")
    limits.REQUESTS.require(SupportRequest.objects.filter(asker=user))
    request = SupportRequest(subject=" ".join(subject.split()), organisation=organisation, asker=user)
    request.full_clean()
    request.save(force_insert=True)
    log(instance=request, action="austausch.support_requested", user=user)
    notices.tell_of_message(_say(request, user, text, by_portal_team=False))
    return request


@transaction.atomic
def write(request: SupportRequest, user: User, text: str) -> SupportMessage:
    """The asker adds something. What was settled or waited for it is open again. Raises ExchangeError."""
    row = _locked(request, user, Action.EDIT)
    if row.asker_id != user.pk:
        raise PermissionDenied("The portal team answers with a state.")
    limits.MESSAGES.require(SupportMessage.objects.filter(author=user))
    state = State.IN_WORK if row.owner_id else State.OPEN
    changed = "" if row.state in {State.OPEN, State.IN_WORK} else state
    message = _say(row, user, text, by_portal_team=False, state=changed)
    notices.tell_of_message(message)
    return message


@transaction.atomic
def settle_own(request: SupportRequest, user: User) -> None:
    """The asker needs nothing more. A second time changes nothing."""
    row = _locked(request, user, Action.EDIT)
    if row.asker_id != user.pk:
        raise PermissionDenied("The portal team answers with a state.")
    if row.state != State.SETTLED:
        notices.tell_of_message(_say(row, user, "", by_portal_team=False, state=State.SETTLED))


@transaction.atomic
def handle(
    request: SupportRequest, user: User, *, text: str = "", state: str = "", owner: User | None = None
) -> SupportMessage | None:
    """The portal team answers, sets the state, says who is in charge. The asker is told of text and state.

    Raises ExchangeError, ValidationError, PermissionDenied. None: only the person in charge has changed.
    """
    row = _locked(request, user, Action.PUBLISH)
    if owner is not None and not is_portal_team(owner):
        raise ExchangeError(_("Only somebody of the portal team can be in charge."))
    new_state = state if state and state != row.state else ""
    if row.owner_id != (owner.pk if owner else None):
        row.owner = owner
        row.save(update_fields=["owner"])
        log(instance=row, action="austausch.support_owner", user=user)
    elif not text.strip() and not new_state:
        raise ExchangeError(_("Nothing was changed. Write an answer, or choose another state or person in charge."))
    if not text.strip() and not new_state:
        return None
    message = _say(row, user, text, by_portal_team=True, state=new_state)
    notices.tell_of_message(message)
    return message


def _say(request: SupportRequest, user: User, text: str, *, by_portal_team: bool, state: str = "") -> SupportMessage:
    message = SupportMessage(
        request=request, author=user, by_portal_team=by_portal_team, text=text.strip(), state=state
    )
    message.full_clean()
    message.save(force_insert=True)
    if state:
        request.state = state
        log(instance=request, action="austausch.support_state", user=user, data={"state": state})
    request.changed_at = timezone.now()
    request.save(update_fields=["state", "changed_at"])
    return message


def _locked(request: SupportRequest, user: User, action: Action) -> SupportRequest:
    row = SupportRequest.objects.select_for_update().get(pk=request.pk)
    policy.require(user, action, row)
    return row
